"""Lines from hand-ins, right ones in many styles, wrong ones with the slip behind them."""

import pytest

from course_utils.checking.derivations import judge_lines
from tests.checking.derivations.common import SETTINGS, judged, slip_is
from tests.checking.derivations.right_lines import RIGHT
from tests.checking.derivations.unseen_lines import UNSEEN
from tests.checking.derivations.wrong_lines import WRONG

# shared/DERIVATION_LINES.md: setting, line, verdict, words that the message holds.
ROWS = [
    ("linear", "dW[i,j] = sum(n, X[n,i] * dY[n,j])", "ok", ""),
    ("linear", "dW = X.T @ dY", "ok", ""),
    ("linear", "db = dY @ ones(N)", "false", "inner sizes are M and N"),
    ("linear", "db = sum(n, dY[n])", "ok", ""),
    ("linear", "Y[n,m] = sum(i, X[n,i] * W[m,i]) + b[m]", "false", "[m,i], but W is (D, M)"),
    ("linear", "dW[i,j] = sum(n, dY[n,i] * X[n,j])", "false", "this is the transpose"),
    ("linear", "dX = dY @ W.T", "ok", ""),
    ("linear", "dX[n,j] = sum(m, dY[n,m] * W[m,j])", "false", "[m,j], but W is (D, M)"),
    ("relu", "dX[n,i] = where(X[n,i] >= 0, dY[n,i], 0)", "note", "exactly 0"),
    ("softmax_cross_entropy", "dZ[n,k] = (P[n,k] - delta(y[n],k)) / N", "ok", ""),
    ("softmax_cross_entropy", "dZ[n,k] = P[n,k] - delta(y[n],k)", "false", "1/N is missing"),
    (
        "softmax_cross_entropy",
        "dZ[n,k] = (relu(Z[n,k]) - delta(y[n],k)) / N",
        "false",
        "relu is the wrong function",
    ),
    ("two_layers", "dW2 = A1.T @ dZ2 + 2*lam*W2", "ok", ""),
    ("two_layers", "dW2 = dZ2 @ A1.T + 2*lam*W2", "false", "wrong order"),
    ("two_layers", "db1 = ones(N) @ (dZ2 @ W2.T)", "false", "derivative of the activation"),
    ("convolution", "dX[n,c,i,j] = sum(f,p,q, dY[n,f,p,q] * K[f,c,i-p,j-q])", "ok", ""),
    (
        "convolution",
        "diff(Y[n,f,p,q], X[n,c,i,j]) = sum(c, K[f,c,i-p,j-q])",
        "false",
        "c is free on the left",
    ),
    ("convolution", "dK[f,c,u,v] = sum(n,p,q, dY[n,f,p,q] * X[n,c,p+u,q+v])", "ok", ""),
    (
        "convolution",
        "dK[f,c,u,v] = sum(f,p,q, dY[n,f,p,q] * X[n,c,p+u,q+v])",
        "false",
        "f is free on the left and summed on the right; n is left over",
    ),
    ("logistic", "z = X @ w", "false", "A term with b is missing"),
    ("logistic", "dw = X.T @ p / N", "false", "A term with y is missing beside p"),
    ("logistic", "dz = (p - y) * p * (1 - p) / N", "false", "p * (1 - p) is too much"),
    ("logistic", "dz = (p - y) * exp(-z) / (1 + exp(-z))**2 / N", "false", "too much"),
    ("sigmoid_chain", "dw1 = x + 7*t", "false", "For t = 1, x = 3: dw1 is "),
]


@pytest.mark.parametrize(("setting", "line", "status", "words"), ROWS)
def test_lines_that_people_wrote(setting, line, status, words):
    finding = judged(setting, line)
    assert (finding.status, words in finding.message) == (status, True), finding.message


def test_a_true_last_line_after_a_false_step_names_the_step():
    lines = ["dW[i,j] = sum(n, dY[n,i] * X[n,j])", "dW = X.T @ dY"]
    first, last = judge_lines(SETTINGS["linear"], lines)
    assert (first.status, last.status) == ("false", "ok")


def test_right_lines_in_every_style_are_accepted():
    lines = [(name, line) for name, lines in RIGHT.items() for line in lines]
    assert len(lines) >= 60
    refused = [(name, line, judged(name, line).message) for name, line in lines]
    assert [told for told in refused if not judged(*told[:2]).good] == []


@pytest.mark.parametrize(("corpus", "least", "share"), [(WRONG, 120, 0.9), (UNSEEN, 40, 0.85)])
def test_wrong_lines_are_rejected_and_the_slip_named(corpus, least, share):
    lines = [(name, *line) for name, lines in corpus.items() for line in lines]
    assert len(lines) >= least
    found = [(judged(name, line), key) for name, line, key in lines]
    assert [finding.text for finding, _ in found if finding.good] == []
    named = sum(slip_is(finding, key) for finding, key in found)
    assert named / len(found) >= share


def test_the_wrong_line_is_named_among_right_ones():
    for name, lines in WRONG.items():
        right = RIGHT[name]
        for k, (line, _) in enumerate(lines):
            at = k % (len(right[:4]) + 1)
            whole = [*right[:at], line, *right[at:4]]
            found = judge_lines(SETTINGS[name], whole, explain=False)
            assert [f.number for f in found if not f.good] == [at + 1], line


def test_no_message_prints_the_mended_line():
    for name, lines in WRONG.items():
        for line, _ in lines:
            finding = judged(name, line)
            right = line.split("=", 1)[1]
            assert finding.message
            for answer in RIGHT[name]:
                side = answer.split("=", 1)[1].strip()
                if len(side) > 12 and side not in right:
                    assert side not in finding.message, line


@pytest.mark.parametrize(
    ("setting", "line", "words"),
    [
        ("linear", "dW[ij] = sum(n, X[n,i] * dY[n,j])", "i and j are left over"),
        ("softmax_cross_entropy", "dZ = (P - delta(y,k)) / N", "y[n]"),
        ("linear", "db = sum(n, sum(m, dY[n,m]))", "False"),
    ],
)
def test_lines_that_once_broke_the_search(setting, line, words):
    finding = judged(setting, line)
    assert finding.status == "false"
    assert words in finding.message
