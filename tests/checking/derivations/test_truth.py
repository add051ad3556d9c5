"""The truth found from the forward rules agrees with torch.autograd."""

import numpy as np
import pytest

from course_utils.checking.derivations.judge import truth
from tests.checking.derivations.common import SETTINGS

torch = pytest.importorskip("torch")
F = torch.nn.functional


def two_layers(v):
    A1 = torch.relu(v["X"] @ v["W1"] + v["b1"])
    loss = F.cross_entropy(A1 @ v["W2"] + v["b2"], v["y"])
    return loss + v["lam"] * ((v["W1"] ** 2).sum() + (v["W2"] ** 2).sum())


def batch_norm(v):
    mu, var = v["X"].mean(0), v["X"].var(0, unbiased=False)
    return v["gamma"] * (v["X"] - mu) / torch.sqrt(var + v["eps"]) + v["beta"]


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
