import numpy as np
import pytest

import course_utils.nn as nn

RNG = np.random.default_rng(3)
X, Y = RNG.standard_normal((40, 6)), RNG.integers(0, 3, 40)


@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
def test_numbers_are_those_of_a_pass_written_out(normalization):
    net = nn.DeepNet(
        (6, 5, 4, 3), rng=np.random.default_rng(0), normalization=normalization, dtype=np.float64
    )
    net.params["b1"][0] = -100.0  # a unit that no input wakes, unless it is normalized
    before = {k: w.copy() for k, w in nn.net_state.arrays_of(net).items()}
    seen = nn.layer_statistics(net, X, Y)
    H, hidden = X, []
    for i in (1, 2):
        A = H @ net.params[f"W{i}"] + net.params[f"b{i}"]
        if normalization:
            axis = 0 if normalization == "batch" else 1
            A = (A - A.mean(axis, keepdims=True)) / np.sqrt(A.var(axis, keepdims=True) + 1e-5)
        H = np.maximum(A, 0)
        hidden.append(H)
    np.testing.assert_allclose(seen["activations"], [H.std() for H in hidden], rtol=1e-12)
    assert seen["dead"] == [np.mean((H == 0).all(axis=0)) for H in hidden]
    # Batch norm takes the shift away again; a row of layer norm is split by it.
    assert (seen["dead"][0] > 0) == (normalization != "batch")
    P = nn.softmax(hidden[-1] @ net.params["W3"] + net.params["b3"])
    P[np.arange(40), Y] -= 1
    last = (P / 40) @ net.params["W3"].T
    np.testing.assert_allclose(seen["gradients"][1], last.std(), rtol=1e-12)
    for key, w in nn.net_state.arrays_of(net).items():
        np.testing.assert_array_equal(w, before[key], err_msg=key)


def test_it_does_not_change_what_dropout_draws_next():
    nets = [nn.DeepNet((6, 50, 3), rng=np.random.default_rng(0), keep=0.5) for _ in range(2)]
    nn.layer_statistics(nets[0], X.astype(np.float32), Y)
    losses = [net.loss_and_grads(X.astype(np.float32), Y)[0] for net in nets]
    assert losses[0] == losses[1]


def test_a_signal_fades_with_small_weights():
    net = nn.FullyConnectedNet(
        (6, 50, 50, 50, 3), rng=np.random.default_rng(0), initializer="small_normal"
    )
    seen = nn.layer_statistics(net, X.astype(np.float32), Y)
    assert seen["activations"][2] < 0.1 * seen["activations"][1] < 0.01 * seen["activations"][0]
