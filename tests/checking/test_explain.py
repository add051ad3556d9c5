from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.judge import judge


def doubled(*sizes):
    """An exercise whose probes have these batch sizes."""
    return Exercise(
        id="99.2",
        name="copy",
        points=1,
        reference=lambda X: X.copy(),
        make=lambda draw, given: Probe((draw.array(given["N"], 3),)),
        sizes=tuple({"N": n} for n in sizes),
        smallest={"N": 1},
        returns=("Y",),
        hints=("", "", ""),
    )


def cause(answer, *sizes):
    return judge(doubled(*sizes), answer).findings[0].cause


def test_a_factor_n_is_named_when_seen_at_two_sizes():
    assert cause(lambda X: X * len(X), 5, 7) == "ratio N"


def test_a_factor_n_is_not_claimed_from_one_size():
    assert cause(lambda X: X * len(X), 5, 5) == "ratio 5"


def test_a_factor_two_is_not_taken_for_n():
    assert cause(lambda X: 2 * X, 2, 2) == "ratio 2"
    assert cause(lambda X: 2 * X, 2, 7) == "ratio 2"


def test_a_factor_without_a_rule_is_told_as_such():
    assert cause(lambda X: X * (2 if len(X) == 5 else 3), 5, 7) == "ratio varies"
