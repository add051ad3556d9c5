import numpy as np

from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.judge import judge


def doubled(*sizes):
    """An exercise whose probes have these batch sizes."""
    rng = np.random.default_rng(0)
    return Exercise(
        id="99.2",
        name="copy",
        points=1,
        reference=lambda X: X.copy(),
        probes=lambda: [Probe((rng.standard_normal((n, 3)),), sizes={"N": n}) for n in sizes],
        returns=("Y",),
        hints=("", "", ""),
    )


def cause(answer, *sizes):
    return judge(doubled(*sizes), answer).findings[0].cause


def test_a_factor_n_is_named_when_seen_at_two_sizes():
    assert cause(lambda X: X * len(X), 5, 7) == "ratio N"


def test_a_factor_n_is_not_claimed_from_one_size():
    assert cause(lambda X: X * len(X), 5, 5) == "values"


def test_a_factor_two_is_not_taken_for_n():
    assert cause(lambda X: 2 * X, 2, 2) == "ratio 2"
    assert cause(lambda X: 2 * X, 2, 7) == "ratio 2"


def test_no_ratio_is_claimed_when_one_probe_disagrees():
    assert cause(lambda X: X * (2 if len(X) == 5 else 3), 5, 7) == "values"
