"""From line to code: a derivation runs as the exercise's backward."""

import numpy as np
import pytest
import torch

from course_utils.checking.derivations import compile_backward, compile_forward, compile_line
from course_utils.checking.derivations.compile import CompileError
from course_utils.checking.judge import judge
from tests.checking.derivations.common import SETTINGS
from tests.checking.derivations.right_lines import RIGHT

RIGHT_DB = "db[m] = sum(n, dY[n,m])"
CASES = [
    ("3.2", "linear", ("X", "W"), ["dX = dY @ W.T", "dW = X.T @ dY", RIGHT_DB]),
    (
        "3.2",
        "linear",
        ("X", "W"),
        [
            "let G[m,n] = dY[n,m]",
            "dX[a,c] = sum(m, dY[a,m] * W[c,m])",
            "dW[i,j] = sum(n, X[n,i] * G[j,n])",
            "db = ones(N) @ dY",
        ],
    ),
    ("3.4", "relu", ("X",), ["dX[n,m] = where(X[n,m] > 0, dY[n,m], 0)"]),
    (
        "3.6",
        "softmax_cross_entropy",
        ("P", "y"),
        ["dZ[n,k] = (P[n,k] - delta(y[n],k)) / N"],
    ),
]


@pytest.mark.parametrize(("exercise", "setting", "cache", "lines"), CASES)
def test_a_right_derivation_is_a_right_backward(exercise, setting, cache, lines):
    backward = compile_backward(SETTINGS[setting], lines, cache=cache)
    assert judge(exercise, backward).right


def test_a_wrong_derivation_is_a_wrong_backward_with_the_same_slip():
    lines = ["dX = dY @ W.T", "dW = X.T @ dY / N", RIGHT_DB]
    backward = compile_backward(SETTINGS["linear"], lines, cache=("X", "W"))
    verdict = judge("3.2", backward)
    assert not verdict.right
    assert [f.part for f in verdict.findings if f.status == "wrong"] == ["dW"]
    lines = ["dZ[n,k] = P[n,k] - delta(y[n],k)"]
    backward = compile_backward(SETTINGS["softmax_cross_entropy"], lines, cache=("P", "y"))
    assert not judge("3.6", backward).right


def test_every_right_line_for_a_gradient_compiles_to_the_truth():
    for name, lines in RIGHT.items():
        setting = SETTINGS[name]
        point = setting.points[0]
        arrays = {n: point.value(n) for n in setting.shapes if n not in ("L", "dL")}
        for line in lines:
            left = line.split("=")[0].split("[")[0].strip()
            if not left.startswith("d") or left not in setting.wanted:
                continue
            if "diff(" in line or line.count(" = ") > 1 or "[n,y[n]]" in line.split("=")[0]:
                continue
            held = {n: a for n, a in arrays.items() if n != left}
            held |= {size: point.sizes[size] for size in setting.whole}
            got = compile_line(setting, line)(**held)
            np.testing.assert_allclose(got, point.value(left), atol=1e-9, err_msg=line)


def test_what_is_missing_is_told():
    linear = SETTINGS["linear"]
    with pytest.raises(CompileError, match="no line gives db"):
        compile_backward(linear, ["dX = dY @ W.T", "dW = X.T @ dY"], cache=("X", "W"))
    with pytest.raises(CompileError, match="whole array"):
        compile_line(linear, "dW[0,j] = sum(n, X[n,0] * dY[n,j])")
    with pytest.raises(CompileError, match="W is needed"):
        compile_line(linear, "dX = dY @ W.T")(dY=np.ones((2, 3)))


def test_the_dtype_stays():
    backward = compile_backward(SETTINGS["relu"], ["dX = dY * (X > 0)"], cache=("X",))
    X = np.ones((2, 3), np.float32)
    assert backward(X, X).dtype == np.float32


def test_the_forward_rules_are_those_of_torch():
    rng = np.random.default_rng(4)
    X, K, b = (rng.standard_normal(shape) for shape in ((2, 3, 7, 6), (4, 3, 2, 3), (4,)))
    stride = compile_forward(SETTINGS["convolution_stride"], s=2, P=3, Q=2)
    Y, cache = stride(X, K, b)
    want = torch.nn.functional.conv2d(*map(torch.tensor, (X, K, b)), stride=2)
    np.testing.assert_allclose(Y, want.numpy(), atol=1e-12)
    assert [a is b for a, b in zip(cache, (X, K, b), strict=True)] == [True] * 3
    X, gamma, beta = (rng.standard_normal(shape) for shape in ((6, 3), (3,), (3,)))
    Y, _ = compile_forward(SETTINGS["batch_norm"])(X, gamma, beta, 0.25)
    whole = torch.nn.functional.batch_norm(
        torch.tensor(X), None, None, *map(torch.tensor, (gamma, beta)), training=True, eps=0.25
    )
    np.testing.assert_allclose(Y, whole.numpy(), atol=1e-12)
    Z, y = rng.standard_normal((5, 4)), np.array([3, 0, 1, 1, 2])
    loss, _ = compile_forward(SETTINGS["softmax_cross_entropy"])(Z, y)
    want = torch.nn.functional.cross_entropy(torch.tensor(Z), torch.tensor(y))
    np.testing.assert_allclose(loss, want.item(), rtol=1e-12)


def test_what_a_forward_lacks_is_told():
    X, K, b = np.ones((1, 2, 3, 3)), np.ones((1, 2, 2, 2)), np.ones(1)
    with pytest.raises(CompileError, match="no array shows P, Q: give each a number"):
        compile_forward(SETTINGS["convolution"])(X, K, b)
    with pytest.raises(CompileError, match="expected X, K, b, got 2 arrays"):
        compile_forward(SETTINGS["convolution"], P=2, Q=2)(X, K)
