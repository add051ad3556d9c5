from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.blame import (
    batch,
    chain,
    chain_cases,
    chain_names_exactly,
    net_cases,
    net_names_exactly,
    net_result,
    pairs,
)
from course_utils import nn
from course_utils.checking import Part, blame, blame_chain

RIGHT = {
    name: getattr(nn, name)
    for name in (
        "linear_forward",
        "linear_backward",
        "relu_forward",
        "relu_backward",
        "softmax_cross_entropy_forward",
        "softmax_cross_entropy_backward",
    )
}


def dW_mean(dY, cache):
    X, W = cache
    return dY @ W.T, X.T @ dY / len(X), dY.sum(axis=0)


def absolute(X):
    return np.abs(X), X


def blamed(explain=False, **own):
    return blame({**RIGHT, **own}, net_result, explain=explain)


def test_a_right_net_is_cleared():
    report = blamed()
    assert report.guilty == ()
    assert set(report.cleared) == set(RIGHT)
    assert report.text() == "✓ the net gives what it should: 6 parts are right"


def test_two_mistakes_are_named_with_what_is_wrong_and_nobody_else():
    report = blamed(explain=True, linear_backward=dW_mean, relu_forward=absolute)
    assert set(report.guilty) == {"linear_backward", "relu_forward"}
    assert set(report.cleared) == set(RIGHT) - set(report.guilty)
    assert "1/N" in report.text()
    assert "✓ linear_forward, relu_backward" in report.text()
    html = report._repr_mimebundle_()["text/html"]
    assert 'role="status"' in html
    assert "linear_backward" in html


@pytest.mark.parametrize("explain", [True, False])
def test_a_pair_with_a_cache_of_its_own_is_right_and_its_mistake_is_told_apart(explain):
    def forward(X, W, b):
        return X @ W + b, {"input": X, "weights": W}

    def backward(dY, kept):
        return dY @ kept["weights"].T, kept["input"].T @ dY, dY.sum(axis=0)

    def averaged(dY, kept):
        return dY @ kept["weights"].T, kept["input"].T @ dY, dY.mean(axis=0)

    assert blamed(linear_forward=forward, linear_backward=backward).guilty == ()
    report = blamed(explain, linear_forward=forward, linear_backward=averaged)
    assert report.guilty == ("linear_backward",)
    assert "db" in report.text()


def test_a_cache_in_the_wrong_order_is_the_forwards_fault():
    report = blamed(linear_forward=lambda X, W, b: (X @ W + b, (W, X)))
    assert report.guilty == ("linear_forward",)
    assert "cache" in report.text()


def test_another_slope_at_zero_is_no_mistake():
    """Rows of zeros and biases of 0 put units exactly on the kink."""

    def result(layers):
        net = nn.FullyConnectedNet(
            (4, 6, 3), rng=np.random.default_rng(0), dtype=float, layers=layers
        )
        X = np.random.default_rng(1).standard_normal((5, 4))
        X[2] = 0.0
        return net.loss_and_grads(X, np.array([0, 1, 2, 1, 0]))

    own = {**RIGHT, "relu_backward": lambda dY, X: dY * (X >= 0)}
    assert blame(own, result).guilty == ()
    own["linear_backward"] = dW_mean
    assert blame(own, result, explain=False).guilty == ("linear_backward",)


def test_what_the_net_does_not_show_is_told_as_such():
    def in_place(dY, X):
        dY[X <= 0] = 0  # spoils its argument, which nobody in this net asks for again
        return dY

    report = blamed(relu_backward=in_place, linear_backward=dW_mean)
    assert report.guilty == ("linear_backward",)
    assert report.unnoticed == ("relu_backward",)
    assert "this net does not show it: relu_backward" in report.text()


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda dY, X: 1 / 0, "ZeroDivisionError"),
        (lambda dY, X: None, "None"),
        (lambda dY, X: dY[:, :1], "expected (N, M)"),
        (lambda dY, X: dY * np.nan, "NaN"),
    ],
)
def test_a_part_that_does_not_even_work_is_named(function, words):
    report = blamed(relu_backward=function)
    assert report.guilty == ("relu_backward",)
    assert words in report.text()


def test_functions_come_from_a_module_or_an_object_as_well():
    assert blame(nn, net_result).guilty == ()
    own = SimpleNamespace(linear_backward=dW_mean)
    assert blame(own, net_result, explain=False).guilty == ("linear_backward",)


def test_references_of_ones_own_and_a_net_of_ones_own():
    right = {"twice_forward": lambda X: (2 * X, None), "twice_backward": lambda dY, _: 2 * dY}
    own = {**right, "twice_backward": lambda dY, _: dY}

    def result(layers):
        Y, cache = layers.twice_forward(np.arange(3.0))
        return Y.sum(), layers.twice_backward(np.ones(3), cache)

    report = blame(own, result, references=right)
    assert report.guilty == ("twice_backward",)
    assert report.cleared == ("twice_forward",)


def test_what_cannot_be_compared_says_why():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="fixed seed"):
        blame(RIGHT, lambda layers: rng.random())
    with pytest.raises(ValueError, match="found none"):
        blame({}, net_result)


def test_a_chain_names_the_place():
    report = blame_chain(chain(), *batch())
    assert report.guilty == ()
    assert len(report.cleared) == 12
    report = blame_chain(chain([((2, 1), dW_mean), ((1, 0), absolute)]), *batch())
    assert report.guilty == ("relu forward", "linear 3 backward")
    assert "dW" in report.text()


def test_a_chain_of_plain_tuples_with_a_loss_at_its_end():
    rng = np.random.default_rng(0)
    y = np.array([0, 2, 1, 1])
    weights = rng.standard_normal((5, 3)), rng.standard_normal(3)
    loss = RIGHT["softmax_cross_entropy_forward"], RIGHT["softmax_cross_entropy_backward"]
    linear = RIGHT["linear_forward"], RIGHT["linear_backward"]

    def summed(dloss, cache):
        return loss[1](dloss, cache) * len(cache[1])

    parts = [("linear", *linear, *linear, weights), Part("loss", loss[0], summed, *loss, (y,))]
    report = blame_chain(parts, rng.standard_normal((4, 5)), explain=True)
    assert report.guilty == ("loss backward",)
    assert "N times" in report.text() or "mean" in report.text()


def test_mistakes_are_named_exactly_in_a_chain_of_six_parts():
    """All single mistakes and a draw of pairs; the benchmark takes more of them."""
    cases = chain_cases()
    drawn = pairs(cases, 300, np.random.default_rng(5))
    assert sum(chain_names_exactly((case,)) for case in cases) >= 0.99 * len(cases) > 100
    assert sum(map(chain_names_exactly, drawn)) >= 0.99 * len(drawn)


def test_mistakes_are_named_exactly_in_a_net_of_six_layers():
    cases = net_cases()
    drawn = pairs(cases, 300, np.random.default_rng(6))
    assert sum(net_names_exactly((case,)) for case in cases) >= 0.99 * len(cases) > 50
    assert sum(map(net_names_exactly, drawn)) >= 0.99 * len(drawn)
