"""Exceptions told in plain words, open blanks told apart, and settings blamed by changing them."""

import sys

import numpy as np
import pytest
import torch

from course_utils import nn
from course_utils.checking import exercise, judge, session
from course_utils.checking.plain_words import in_plain_words


def told(error, **scene):
    scene = {"sizes": {"N": 5, "D": 6}, "given": {}, **scene}
    return in_plain_words(error, **scene)


@pytest.mark.parametrize(
    ("error", "scene", "words"),
    [
        (KeyError("v"), {"given": {"state": {}}}, "state is empty here"),
        (KeyError("W1"), {"given": {"rates": {"W2": 1}}}, "rates has W2"),
        (NameError("name 'dz' is not defined"), {"names": {"dZ": 1}}, "Do you mean dZ?"),
        (
            TypeError("unsupported operand type(s) for ^: 'float' and 'int'"),
            {},
            "A power is written **",
        ),
        (
            TypeError("'int' object is not callable"),
            {"names": {"sum": 0}, "code": "y = sum(x * w)"},
            "sum is called here like a function, but holds one int",
        ),
        (
            AttributeError("'NoneType' object has no attribute 'exp'"),
            {"names": {"np": None}, "code": "E = np.exp(Z)"},
            "np is not the library here, but holds None",
        ),
        (
            ValueError("not enough values to unpack (expected 3, got 2)"),
            {"given": {"cache": (1, 2)}, "code": "X, W, b = cache"},
            "3 names stand on the left; the cache has 2 entries",
        ),
        (
            IndexError("index 6 is out of bounds for axis 1 with size 6"),
            {},
            "axis 1, which has D = 6 entries: 0 to 5",
        ),
        (
            ValueError("operands could not be broadcast together with shapes (5,6) (5,) "),
            {},
            "NumPy lines up the last axes: N with D",
        ),
        (ValueError("something else"), {}, "ValueError: something else"),
    ],
)
def test_an_exception_is_told_in_plain_words(error, scene, words):
    assert words in told(error, **scene)


def test_a_vector_that_fits_nowhere_is_not_told_of_axes():
    error = ValueError("operands could not be broadcast together with shapes (5,6) (7,) ")
    assert "lines up" not in told(error)


def test_an_exception_of_a_library_is_no_open_blank():
    def unknown_kind(X):
        return torch.ones(3, dtype=torch.int64).softmax(0).numpy(), X

    verdict = judge("3.3", unknown_kind)
    assert verdict.status == "wrong"
    assert "got whole numbers" in verdict.text()


def test_a_blank_is_open_wherever_it_raises():
    def inner():
        raise NotImplementedError("still to be written")

    assert judge("3.3", lambda X: inner()).open


def test_the_reference_does_not_stand_in_for_a_mistake(monkeypatch):
    monkeypatch.setattr(session, "_answers", {})

    @exercise("3.3", points=1)
    def relu_forward(X):
        return torch.ones(3, dtype=torch.int64).softmax(0), X

    with pytest.raises((NotImplementedError, RuntimeError)):
        relu_forward(np.ones((2, 3)))


def test_a_cell_is_not_stopped_by_another_name(monkeypatch, capsys):
    monkeypatch.setattr(session, "_answers", {})

    @exercise("3.3", points=1)
    def relu_fwd(X):
        return np.maximum(X, 0), X

    @exercise("3.3", points=1)
    def relu_backward(dY, cache):
        return dY

    out = capsys.readouterr().out
    assert "expected a function named relu_forward, got relu_fwd" in out
    assert "relu_backward belongs to exercise 3.4; 3.3 asks for relu_forward" in out
    assert relu_fwd(np.array([-1.0, 2.0]))[0].tolist() == [0.0, 2.0]
    assert session._answers == {}


@pytest.mark.usefixtures("no_catalogue")
def test_a_setting_is_blamed_only_if_it_decides():
    """momentum is fixed; in the probes eps parts right from wrong as well, but only by chance."""

    def fixed_momentum(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
        return nn.batch_norm_forward(X, gamma, beta, running, training=training, eps=eps)

    text = judge("3.10", fixed_momentum).text()
    assert "is momentum used" in text
    assert "for eps" not in text


@pytest.mark.usefixtures("no_catalogue")
def test_a_size_is_blamed_only_if_it_decides():
    """Rows that are named rightly are left out: with some sizes there is no such row by chance."""

    def only_errors(params, X, y, weight_decay=0.0):
        loss, grads = nn.softmax_cross_entropy_forward(X @ params["W"] + params["b"], y)
        P, y = grads
        dZ = P - np.eye(P.shape[1])[y]
        dZ[P.argmax(axis=1) == y] = 0
        loss += weight_decay * (params["W"] ** 2).sum()
        dW = X.T @ dZ / len(y) + 2 * weight_decay * params["W"]
        return loss, {"W": dW, "b": dZ.sum(axis=0) / len(y)}

    text = judge("2.22", only_errors).text()
    assert "right for D" not in text
    assert "wrong for D" not in text


def test_where_the_explanation_fails_the_verdict_stands(monkeypatch):
    def fails(case, brief=False):
        raise ZeroDivisionError("an explainer that was not thought through")

    monkeypatch.setattr(sys.modules[session.judge.__module__], "explain", fails)
    verdict = judge("3.3", lambda X: (np.tanh(X), X))
    assert verdict.status == "wrong"
    assert "numbers differ" in verdict.text()
    assert "ZeroDivisionError" in verdict.findings[0].evidence["unexplained"]


@pytest.mark.parametrize("odd", [np.array(["a", "b"]), np.zeros(2, [("a", float)])])
@pytest.mark.parametrize("number", ["5.7", "5.16", "3.2", "3.3"])
def test_no_kind_of_array_breaks_a_verdict(number, odd):
    parts = {"5.7": 5, "5.16": 2, "3.2": 3, "3.3": 2}[number]
    verdict = judge(number, lambda *args, **kwargs: (odd,) * parts)
    assert verdict.status == "wrong"
    assert verdict.text()


def test_a_cache_of_the_course_is_told_as_such():
    def three_of_two(dY, cache):
        X, W, _ = cache
        return dY @ W.T, X.T @ dY, dY.sum(axis=0)

    text = judge("3.2", three_of_two).text()
    assert "what the course's own linear_forward keeps" in text
    own = {"linear_forward": lambda X, W, b: (X @ W + b, (X, W))}
    assert "the course's own" not in judge("3.2", three_of_two, own).text()
