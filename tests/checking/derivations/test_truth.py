"""The truth found from the forward rules agrees with torch.autograd."""

import numpy as np
import pytest

from course_utils.checking.derivations.judge import truth
from tests.checking.derivations.common import SETTINGS, judged

torch = pytest.importorskip("torch")
F = torch.nn.functional


def two_layers(v):
    A1 = torch.relu(v["X"] @ v["W1"] + v["b1"])
    loss = F.cross_entropy(A1 @ v["W2"] + v["b2"], v["y"])
    return loss + v["lam"] * ((v["W1"] ** 2).sum() + (v["W2"] ** 2).sum())


def logistic_slope(v):
    p = torch.sigmoid(v["X"] @ v["w"] + v["b"])
    return v["X"].T @ (p - v["y"]) / len(p)


def batch_norm(v):
    mu, var = v["X"].mean(0), v["X"].var(0, unbiased=False)
    return v["gamma"] * (v["X"] - mu) / torch.sqrt(var + v["eps"]) + v["beta"]


def rnn_two_steps(v):
    h1 = torch.tanh(v["x1"] @ v["Wx"] + v["h0"] @ v["Wh"] + v["b"])
    h2 = torch.tanh(v["x2"] @ v["Wx"] + h1 @ v["Wh"] + v["b"])
    return (v["u1"] * h1 + v["u2"] * h2).sum()


def lstm_cell(v):
    gate_i, gate_f, gate_o = (torch.sigmoid(v[name]) for name in ("Ai", "Af", "Ao"))
    C = gate_f * v["C_prev"] + gate_i * torch.tanh(v["Ag"])
    return (v["u"] * gate_o * torch.tanh(C) + v["v"] * C).sum()


def temporal_softmax(v):
    losses = F.cross_entropy(v["Z"].flatten(0, 1), v["y"].flatten(), reduction="none")
    return (losses * v["mask"].flatten()).sum() / len(v["Z"])


def frozen_norm(v):
    return v["gamma"] * (v["X"] - v["mu"]) / torch.sqrt(v["var"] + v["eps"]) + v["beta"]


def smoothed_loss(v):
    # torch's own label_smoothing is a plain number: its gradient by s is not to be had.
    even, plain = -F.log_softmax(v["Z"], 1).mean(), F.cross_entropy(v["Z"], v["y"])
    return (1 - v["s"]) * plain + v["s"] * even


FORWARD = {
    "linear": lambda v: v["X"] @ v["W"] + v["b"],
    "relu": lambda v: torch.relu(v["X"]),
    "sigmoid": lambda v: torch.sigmoid(v["X"]),
    "tanh": lambda v: torch.tanh(v["X"]),
    "softmax": lambda v: torch.softmax(v["Z"], 1),
    "softmax_cross_entropy": lambda v: F.cross_entropy(v["Z"], v["y"]),
    "l2_penalty": lambda v: v["lam"] * (v["W"] ** 2).sum(),
    "two_layers": two_layers,
    "batch_norm": batch_norm,
    "convolution": lambda v: F.conv2d(v["X"], v["K"], v["b"]),
    "convolution_stride": lambda v: F.conv2d(v["X"], v["K"], v["b"], stride=v["s"]),
    "logistic": lambda v: F.binary_cross_entropy_with_logits(v["X"] @ v["w"] + v["b"], v["y"]),
    "logistic_slope": logistic_slope,
    "embedding": lambda v: F.embedding(v["tokens"], v["W"]),
    "rnn_two_steps": rnn_two_steps,
    "lstm_cell": lstm_cell,
    "temporal_softmax": temporal_softmax,
    "smoothed_loss": smoothed_loss,
    "frozen_norm": frozen_norm,
    "attention": lambda v: F.scaled_dot_product_attention(v["Q"], v["keys"], v["values"]),
    "rnn_step": lambda v: torch.tanh(v["x"] @ v["Wx"] + v["h_prev"] @ v["Wh"] + v["b"]),
}


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("which", [0, 1])
def test_gradients_agree_with_autograd(name, which):
    setting = SETTINGS[name]
    point = setting.points[which]
    inputs = {k: torch.tensor(v) for k, v in point.given.items() if k in setting.symbols}
    leaves = [k for k in inputs if k not in setting.labels]
    for leaf in leaves:
        inputs[leaf].requires_grad_()
    out = FORWARD[name]({**inputs, **{k: point.sizes[k] for k in setting.whole}})
    if setting.upstream:
        out = (out * torch.tensor(point.value(f"d{setting.upstream}"))).sum()
    out.backward()
    for leaf in leaves:
        np.testing.assert_allclose(truth(setting, f"d{leaf}", which), inputs[leaf].grad, atol=1e-10)


def test_the_slope_of_the_gradient_is_the_matrix_of_second_derivatives():
    """diff(g[i], w[j]) against autograd's Hessian of the loss, and the loss's g against dw."""
    line = "diff(g[i], w[j]) = sum(n, X[n,i] * p[n] * (1 - p[n]) * X[n,j]) / N"
    assert judged("logistic_slope", line).good
    point = SETTINGS["logistic_slope"].points[1]
    X, w, b, y = (torch.tensor(point.value(name)) for name in ("X", "w", "b", "y"))

    def loss(w):
        return F.binary_cross_entropy_with_logits(X @ w + b, y)

    hessian = torch.autograd.functional.hessian(loss, w)
    np.testing.assert_allclose(point.tangent("g", "w"), hessian, atol=1e-12)
    gradient = torch.autograd.functional.jacobian(loss, w)
    np.testing.assert_allclose(point.value("g"), gradient, atol=1e-12)


def test_targets_of_two_classes_hold_both_of_them():
    for point in SETTINGS["logistic"].points:
        assert set(point.value("y")) == {0.0, 1.0}
