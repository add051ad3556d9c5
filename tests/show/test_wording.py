import pytest

from course_utils.show.wording import counted, percent, place


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0.0, "0%"), (1.0, "100%"), (0.5, "50%"), (0.934, "93%"), (0.004, "0.4%"),
        (0.0004, "0.04%"), (0.998, "99.8%"), (0.9998, "99.98%"), (0.99999, "over 99.99%"),
        (0.00001, "under 0.01%"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_only_all_is_100_percent_and_only_nothing_is_0(share, told):
    assert percent(share) == told


def test_points_and_counts():
    assert place((0.5, -2.0)) == "(0.5, -2)"
    assert place((1e-17, 3.14159)) == "(0, 3.14)"
    assert [counted(n, "step") for n in (0, 1, 12000)] == ["0 steps", "1 step", "12,000 steps"]
