"""False lines that a derivation declares: recognised in every form, and never a true line."""

import pytest

from course_utils.checking.derivations import derivation_hint
from tests.checking.derivations.common import SETTINGS, judged

KNOWN = [(name, known) for name, setting in SETTINGS.items() for known in setting.known]


@pytest.mark.parametrize(("name", "known"), KNOWN, ids=[f"{n}: {k.line}" for n, k in KNOWN])
def test_a_known_line_is_false_and_its_mended_form_true(name, known):
    finding = judged(name, known.line)
    assert finding.status == "false"
    assert finding.message == known.says
    left = known.line.split("=")[0].strip()
    assert judged(name, f"{left} = {known.mended}").status == "ok"
    assert known.mended not in known.says
    hint = derivation_hint(SETTINGS[name], [known.line], 3)
    assert hint.startswith(f"Line 1: {known.says} Mended: ")
    assert judged(name, hint.split("Mended: ")[1]).status == "ok"


def test_two_known_lines_of_a_derivation_never_mean_the_same():
    for name, setting in SETTINGS.items():
        said = [judged(name, known.line).message for known in setting.known]
        assert said == [known.says for known in setting.known]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("dWh = h1.T @ dz2", "the second alone"),
        ("dWh[c,a] = sum(n, h1[n,c] * dz2[n,a])", "the second alone"),
        ("dWh[l,m] = sum(n, dz2[n,m] * h1[n,l])", "the second alone"),
        ("dWh = 0 + h1.T @ dz2", "the second alone"),
        ("dWh = h0.T @ dz1", "the first alone"),
    ],
)
def test_the_form_of_the_line_does_not_matter(line, says):
    assert says in judged("rnn_two_steps", line).message


@pytest.mark.parametrize("line", ["dWh[0,m] = sum(n, h1[n,0] * dz2[n,m])", "dWh = 2 * h1.T @ dz2"])
def test_another_line_is_another_matter(line):
    finding = judged("rnn_two_steps", line)
    assert finding.status == "false"
    assert "alone" not in finding.message


def test_the_smallest_case_shows_numbers_that_differ_as_printed():
    """With whole numbers tanh is so near to 1 that both sides would read -1."""
    message = judged("rnn_two_steps", "dh1 = u1 + dz2 * dz2").message
    left, right = message.split("of the left side is ")[1].split(", the right side gives ")
    assert left != right.rstrip(".")
