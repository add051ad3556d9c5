"""Nearly identical answers: found under other names, not flagged where many write the same."""

import itertools
import textwrap

from course_utils.workbook.grade.alike import alike
from course_utils.workbook.grade.alike_forms import tokens, windows
from tests.workbook.grade.graded import exercise, graded

LONG = '''
def linear_backward(dY, cache):
    """Gradients."""
    X, W = cache
    N, D = X.shape
    M = W.shape[1]
    dX = np.zeros((N, D))
    for n in range(N):
        for d in range(D):
            total = 0.0
            for m in range(M):
                total = total + dY[n, m] * W[d, m]
            dX[n, d] = total
    dW = np.einsum("nd,nm->dm", X, dY)  # over the batch
    db = np.ones(N) @ dY
    return dX, dW, db
'''
RENAMED = """
@exercise("3.2", points=4)
def linear_backward( upstream , kept ) -> tuple:
    inputs, weights = kept
    rows, features = inputs.shape
    units = weights.shape[1]   # how many
    back = np.zeros((rows, features))
    for i in range(rows):
        for j in range(features):
            s = 0.0
            for k in range(units):
                s = s + upstream[i, k] * weights[j, k]
            back[i, j] = s

    slope = np.einsum('nd,nm->dm', inputs, upstream)
    shift = (np.ones(rows) @ upstream)
    return back, slope, shift
"""
SHORT = (
    "def linear_backward(dY, cache):\n    X, W = cache\n    return dY @ W.T, X.T @ dY, dY.sum(0)\n"
)


def own(n):
    """An answer like nobody's: constants and steps of its own."""
    lines = "\n".join(f"    a{k} = dY.sum() * {n}.{k} + X[{n + k}]" for k in range(8))
    return f"def linear_backward(dY, cache):\n    X, W = cache\n{lines}\n    return a0, a1, a2\n"


ONE_LINE = "def linear_forward(X, W, b):\n    return X @ W + b\n"


def a_class(*sources, status="right", twice=False):
    return [
        graded(
            f"s{n}", exercise("3.1", source=source if twice else ONE_LINE),
            exercise("3.2", status, source=source), exercise("3.3", "open", source="x = 1"),
        )
        for n, source in enumerate(sources)
    ]  # fmt: skip


def pairs(grades, known=()):
    return [(p.first, p.second) for p in alike(grades, {"3.2": known})]


def test_names_comments_and_layout_do_not_count_and_everything_else_does():
    assert tokens(LONG) == tokens(RENAMED)
    for old, new in (
        ("range(N)", "range(D)"), ("1]", "0]"), ('"nd,nm->dm"', '"nd,nm->md"'), ("0.0", "0"),
        ("total +", "total -"), ("dX, dW, db\n", "dW, dX, db\n"), ("np.ones", "np.zeros"),
    ):  # fmt: skip
        assert old in LONG
        assert tokens(LONG.replace(old, new)) != tokens(LONG), old
    assert tokens("def f(T):\n    return T.T") == tokens("def f(a):\n    return a.T")


def test_what_does_not_parse_says_nothing():
    for source in ("def f(:", "", "x" * 100_000, "(" * 5000 + ")" * 5000, "f(" * 200, "\x00"):
        assert not windows(tokens(source))


def test_a_copy_under_other_names_is_found_among_many():
    grades = a_class(LONG, *(own(n) for n in range(30)), RENAMED)
    (pair,) = alike(grades, {})
    assert (pair.first, pair.second) == (0, 31)
    (shared,) = pair.shared
    assert (shared.exercise, shared.share, shared.having, shared.answers) == ("3.2", 1.0, 2, 32)
    assert shared.expected == 1 / (32 * 31 / 2)
    assert shared.right


def test_a_copy_with_a_line_changed_is_found_if_there_is_more_than_one():
    changed = RENAMED.replace("(np.ones(rows) @ upstream)", "upstream.sum(axis=0)")
    sources = (LONG, *(own(n) for n in range(10)), changed)
    (pair,) = alike(a_class(*sources, status="wrong", twice=True), {})
    assert (pair.first, pair.second) == (0, 11)
    assert [s.exercise for s in pair.shared] == ["3.1", "3.2"]
    assert all(0.75 <= s.share < 0.95 for s in pair.shared)
    assert [s.right for s in pair.shared] == [True, False]
    assert pairs(a_class(*sources)) == [], "one exercise alone must be the same in nearly all"


def test_what_many_write_is_no_sign():
    assert pairs(a_class(*[LONG] * 10)) == []
    assert pairs(a_class(*[LONG] * 3, *(own(n) for n in range(10)))) == [(0, 1), (0, 2), (1, 2)]


def test_what_the_reference_says_is_no_sign():
    others = [own(n) for n in range(10)]
    assert pairs(a_class(LONG, RENAMED, *others), known=[LONG]) == []


def test_a_short_answer_is_no_sign():
    assert pairs(a_class(SHORT, SHORT, *(own(n) for n in range(10)))) == []


def test_answers_of_ones_own_are_no_sign():
    assert pairs(a_class(*(own(n) for n in range(40)))) == []


def test_half_an_answer_in_common_is_no_sign():
    half = LONG[: LONG.index("    dW")] + textwrap.indent(
        "\n".join(f"z{k} = X[{k}] * {k}.5 - W.sum()" for k in range(12)), "    "
    )
    assert pairs(a_class(LONG, half, *(own(n) for n in range(10)))) == []


def test_the_same_file_is_told_unless_nobody_answered_in_it():
    grades = a_class(SHORT, SHORT, own(1))
    same = [g.__class__(**{**g.__dict__, "sha256": "ab" * 32}) for g in grades[:2]]
    (pair,) = alike([*same, grades[2]], {})
    assert pair.same_file
    untouched = [graded(f"s{n}", "open", "open", "open", path="x") for n in range(3)]
    assert alike(untouched, {}) == []


def test_the_order_of_the_hand_ins_does_not_matter():
    grades = a_class(LONG, own(1), RENAMED, own(2), LONG)
    found = {
        frozenset(
            frozenset((order[p.first].student, order[p.second].student)) for p in alike(order, {})
        )
        for order in itertools.permutations(grades)
    }
    assert found == {
        frozenset(frozenset(pair) for pair in itertools.combinations(("s0", "s2", "s4"), 2))
    }
