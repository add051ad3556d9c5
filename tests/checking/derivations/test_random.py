"""Random true rewritings stay accepted; random edits are judged as plain loops judge them."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_utils.checking.derivations import arithmetic, tree
from course_utils.checking.derivations.edits import Scene
from course_utils.checking.derivations.equation import Ground, holds, numbers_of
from course_utils.checking.derivations.judge import judge_lines
from course_utils.checking.derivations.language import parse_line
from course_utils.checking.derivations.repair import _FIRST, _LAST, _LATE
from course_utils.checking.derivations.shapes import ShapeError, lay_out
from tests.checking.derivations.by_hand import equal
from tests.checking.derivations.common import SETTINGS

LINES = [
    ("linear", "dW[i,j] = sum(n, X[n,i] * dY[n,j])"),
    ("linear", "dX[n,i] = sum(m, W[i,m] * dY[n,m])"),
    ("linear", "Y[n,m] = sum(d, X[n,d] * W[d,m]) + b[m]"),
    ("linear", "dW[i,j] = sum(n, m, dY[n,m] * X[n,i] * delta(j,m))"),
    ("softmax", "dZ[n,j] = P[n,j] * (dP[n,j] - sum(k, P[n,k] * dP[n,k]))"),
    ("softmax_cross_entropy", "dZ[n,k] = (P[n,k] - delta(y[n],k)) / N"),
    ("tanh", "dX[n,m] = dY[n,m] * (1 - Y[n,m]**2)"),
    ("l2_penalty", "dW[i,j] = 2 * lam * W[i,j]"),
    ("two_layers", "dW2[m,k] = sum(n, A1[n,m] * dZ2[n,k]) + 2 * lam * W2[m,k]"),
    ("convolution", "dK[f,c,u,v] = sum(n,p,q, dY[n,f,p,q] * X[n,c,p+u,q+v])"),
    ("convolution", "dX[n,c,i,j] = sum(f,p,q, dY[n,f,p,q] * K[f,c,i-p,j-q])"),
]
FRESH = ["r", "kk", "i2", "aa", "z9"]
QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def rewritings(node):
    """All true rewritings of the top of an expression."""
    one, made = tree.Num(Fraction(1)), []
    made += [tree.Neg(tree.Neg(node)), tree.Bin("*", one, node), tree.Bin("/", node, one)]
    made += [tree.Bin("-", tree.Bin("*", tree.Num(Fraction(3)), node), tree.Bin("+", node, node))]
    match node:
        case tree.Bin("+" | "*" as op, a, b):
            made.append(tree.Bin(op, b, a))
        case tree.Bin("-", a, b):
            made.append(tree.Bin("+", tree.Neg(b), a))
    match node:
        case tree.Bin("*", a, tree.Bin("+" | "-" as op, b, c)):
            made.append(tree.Bin(op, tree.Bin("*", a, b), tree.Bin("*", a, c)))
        case tree.Bin("/", tree.Bin("+" | "-" as op, a, b), c):
            made.append(tree.Bin(op, tree.Bin("/", a, c), tree.Bin("/", b, c)))
        case tree.Bin("/", a, b):
            made.append(tree.Bin("*", tree.Bin("/", one, b), a))
        case tree.Bin("**", x, tree.Num(two)) if two == 2:
            made.append(tree.Bin("*", x, x))
        case tree.Call("delta", (a, b)):
            made.append(tree.Call("delta", (b, a)))
            made.append(tree.Call("where", (tree.Cmp("==", a, b), one, tree.Num(Fraction(0)))))
    if isinstance(node, tree.Sum):
        first, rest = node.letters[:1], node.letters[1:]
        made.append(tree.Sum(node.letters[::-1], node.body))
        if rest:
            made.append(tree.Sum(first, tree.Sum(rest, node.body)))
        fresh = next(i for i in FRESH if i not in tree.all_letters(node.body))
        made.append(tree.renamed(node, {first[0]: fresh}))
        parts = arithmetic.factors(node.body)
        made.append(tree.Sum(node.letters, arithmetic.product(parts[::-1])))
    return made


@pytest.mark.parametrize(("name", "line"), LINES)
def test_true_rewritings_stay_accepted(name, line):
    read = parse_line(line, SETTINGS[name].names)

    @QUIET
    @given(st.data())
    def rewrite(data):
        right = read.sides[1]
        for _ in range(data.draw(st.integers(1, 4))):
            places = list(tree.places(right, values=True))
            part, put, _ = data.draw(st.sampled_from(places))
            right = put(data.draw(st.sampled_from(rewritings(part))))
        text = f"{tree.to_text(read.sides[0])} = {tree.to_text(right)}"
        if len(text) < 480:
            finding = judge_lines(SETTINGS[name], [text])[0]
            assert finding.good, (text, finding.message)

    rewrite()


@pytest.mark.parametrize(("name", "line"), LINES)
def test_random_edits_are_judged_as_plain_loops_judge_them(name, line):
    setting = SETTINGS[name]
    ground = Ground(setting)
    left, right = parse_line(line, setting.names).sides
    scene = Scene(left, right, ground.kinds, setting)
    edits = [edit for make in (*_FIRST, *_LATE, *_LAST) for edit in make(scene)]
    rejected = 0

    @QUIET
    @given(st.sampled_from(edits))
    def edit_once(edit):
        nonlocal rejected
        try:
            layout = lay_out(left, edit.node, ground.kinds)
        except ShapeError:
            rejected += 1
            return
        free = sorted(layout.free)
        point = ground.point()
        try:
            truth = equal(left, edit.node, free, point, numbers_of(layout, point.sizes))
        except (NotImplementedError, OverflowError, ZeroDivisionError):
            return
        except TypeError:  # a complex power of a negative number is no value either
            truth = False
        assert holds(left, edit.node, layout, ground) == truth, tree.to_text(edit.node)
        rejected += not truth

    edit_once()
    assert rejected > 10
