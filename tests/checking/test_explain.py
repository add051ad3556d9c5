import numpy as np

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


def several(*shapes, returns=("dX", "dW", "db")):
    """An exercise that returns three arrays of these shapes, in letters."""
    letters = dict(zip(returns, shapes, strict=True))

    def reference(X, W, b):
        return 2 * X, 3 * W, 4 * b

    def make(draw, sizes):
        return Probe(tuple(draw.array(*(sizes[k] for k in shape.split())) for shape in shapes))

    return Exercise(
        id="99.3",
        name="three",
        points=3,
        reference=reference,
        make=make,
        sizes=({"N": 3, "D": 4, "M": 5}, {"N": 5, "D": 2, "M": 3}),
        smallest={"N": 1, "D": 1, "M": 1},
        shapes=letters,
        returns=returns,
        hints=("", "", ""),
    )


def test_parts_returned_in_another_order_are_told_as_that():
    found = judge(several("N D", "D M", "M"), lambda X, W, b: (3 * W, 2 * X, 4 * b)).findings
    assert [f.cause for f in found] == ["order", "order", ""]
    assert found[0].message.startswith("these are the numbers of dW: exchanged?")
    assert "The order of what is returned is dX, dW, db." in found[0].message


def test_parts_of_one_shape_returned_in_another_order():
    found = judge(several("N D", "N D", "M"), lambda X, W, b: (3 * W, 2 * X, 4 * b)).findings
    assert "W" in found[0].message  # as a multiple of an argument, or as the other part


def test_a_part_that_is_a_wrong_multiple_is_not_taken_for_another():
    found = judge(several("N D", "D M", "M"), lambda X, W, b: (2 * X, 3 * W, 5 * b)).findings
    assert [f.cause for f in found] == ["", "", "ratio 1.25"]


def test_axes_that_are_exchanged_are_named():
    exercise = Exercise(
        id="99.4",
        name="cube",
        points=1,
        reference=lambda X: X + 1,
        make=lambda draw, sizes: Probe((draw.array(*(sizes[k] for k in "NTD")),)),
        sizes=({"N": 2, "T": 3, "D": 4}, {"N": 3, "T": 5, "D": 2}),
        shapes={"Y": "N T D"},
        returns=("Y",),
        hints=("", "", ""),
    )
    for i, j in ((0, 1), (1, 2), (0, 2)):
        finding = judge(exercise, lambda X, i=i, j=j: (X + 1).swapaxes(i, j)).findings[0]
        assert f"axes {i} and {j} are exchanged" in finding.message
    finding = judge(exercise, lambda X: (X + 2).swapaxes(1, 2)).findings[0]
    assert "as many numbers, in another shape" in finding.message


def test_steps_that_come_late_are_not_told_as_exchanged():
    """Where parts follow from one another, that of one step may be right for the next."""

    def steps(w):
        return w + 1, np.sin(w), np.exp(np.cos(3 * w))

    exercise = Exercise(
        id="99.5",
        name="steps",
        points=1,
        reference=steps,
        make=lambda draw, sizes: Probe((draw.array(sizes["N"]),)),
        sizes=({"N": 3}, {"N": 5}),
        smallest={"N": 1},
        shapes=dict.fromkeys(("w after 1", "w after 2", "w after 3"), "N"),
        returns=("w after 1", "w after 2", "w after 3"),
        sequential=True,
        hints=("", "", ""),
    )
    found = judge(exercise, lambda w: (w + 1, steps(w)[2], steps(w)[2])).findings
    assert found[1].cause == "values"
    assert "exchanged" not in found[1].message
