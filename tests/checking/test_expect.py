import pytest

from course_utils.checking import ExpectationError, expect


@pytest.fixture(params=["0", "1"])
def strict(request, monkeypatch):
    monkeypatch.setenv("COURSE_STRICT", request.param)
    return request.param == "1"


def test_within_bounds_the_words_hold_no_measured_number(strict, capsys):
    expect(0.9472, at_least=0.93, about="test accuracy")
    expect(0.9511, at_least=0.93, about="test accuracy")
    first, second = capsys.readouterr().out.splitlines()
    assert first == second == "✓ test accuracy is at least 0.93"


@pytest.mark.parametrize("value", [0.9, float("nan"), -float("inf")])
def test_out_of_bounds_is_told_and_stops_only_a_strict_run(value, strict, capsys):
    if strict:
        with pytest.raises(ExpectationError, match=r"expected at least 0\.93, got"):
            expect(value, at_least=0.93, about="test accuracy")
    else:
        expect(value, at_least=0.93, about="test accuracy")
        assert capsys.readouterr().out.startswith("✗ test accuracy: expected at least 0.93, got")


def test_both_bounds(strict, capsys):
    expect(2.3, at_least=2.2, at_most=2.4, about="loss")
    assert capsys.readouterr().out == "✓ loss is at least 2.2 and at most 2.4\n"


def test_a_bound_is_needed():
    with pytest.raises(ValueError, match="give at_least, at_most or both"):
        expect(1.0)
