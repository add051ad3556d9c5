"""Both sides compared: the comparison itself must be able to see a difference."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_utils.nn import FullyConnectedNet
from course_utils.torchlab import conversion, parity, same_steps

from ..nn.helpers import blobs, torch_net_loss

X, y = blobs(230, dtype=np.float64)


def new_net(dtype=np.float64, weight_decay=0.02):
    rng = np.random.default_rng(0)
    return FullyConnectedNet((6, 16, 3), rng=rng, weight_decay=weight_decay, dtype=dtype)


def run(net=None, data=(X, y), rule="adam", learning_rate=0.02, **given):
    settings = {"batch_size": 32, "rng": np.random.default_rng(1)} | given
    net = new_net() if net is None else net
    return same_steps(net, data, rule=rule, learning_rate=learning_rate, **settings)


@pytest.mark.parametrize("rule", ["sgd", "momentum", "rmsprop", "adam"])
def test_the_same_losses_for_a_hundred_steps(rule):
    net = new_net()
    before = net.copy()
    result = run(net, rule=rule)
    assert len(result.numpy_losses) == len(result.torch_losses) == 100
    assert result.largest_difference < 1e-9
    assert result.numpy_losses[-20:].mean() < 0.7 * result.numpy_losses[0]  # it did learn
    for seconds in (result.numpy_seconds, result.torch_seconds):
        assert seconds.shape == (100,)
        assert (seconds > 0).all()
    for key, w in before.params.items():
        np.testing.assert_array_equal(net.params[key], w)


def test_the_first_loss_is_that_of_the_first_batch_with_the_penalty():
    net = new_net()
    rows = np.random.default_rng(1).permutation(len(y))[:32]
    expected, _ = torch_net_loss(net.params, X[rows], y[rows], weight_decay=0.02)
    result = run(net, steps=1)
    assert result.numpy_losses[0] == pytest.approx(expected, rel=1e-12)
    assert result.torch_losses[0] == pytest.approx(expected, rel=1e-12)


def test_single_precision_differs_in_the_last_digits():
    data = X.astype(np.float32), y
    result = run(new_net(np.float32), data)
    assert 0 < result.largest_difference < 1e-4
    assert "float32" in str(result)


def test_a_difference_would_show(monkeypatch):
    """A torch side whose penalty is halved, and one that starts a little elsewhere."""
    real = parity._torch_step
    with monkeypatch.context() as patch:
        patch.setattr(parity, "_torch_step", lambda m, o, decay: real(m, o, decay / 2))
        assert run().largest_difference > 1e-3

    def elsewhere(net):
        net.params["b1"][0] += 1e-6
        return conversion.from_numpy(net)

    monkeypatch.setattr(parity, "from_numpy", elsewhere)
    assert run().largest_difference > 1e-9


def test_told_in_words():
    numbers = {"numpy_losses": [2.0, 1.0], "torch_losses": [2.0, 1.5]}
    times = {"numpy_seconds": [0.004, 0.002, 0.012], "torch_seconds": [0.002, 0.001, 0.009]}
    arrays = {name: np.array(values) for name, values in (numbers | times).items()}
    result = parity.Parity(**arrays, dtype=np.dtype(np.float64))
    assert str(result) == (
        "2 steps in float64: the losses differ by at most 5.0e-01; a step takes 4.00 ms in "
        "NumPy, 2.00 ms in PyTorch"
    )
    assert result.time_ratio == 2.0


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"rng": 0}, TypeError, "rng: expected"),
        ({"steps": 0}, ValueError, "expected 1 or more, got 0 and 32"),
        ({"batch_size": 0}, ValueError, "got 100 and 0"),
        ({"rule": "adma"}, ValueError, "expected one of sgd"),
        ({"momentum": 0.9}, TypeError, "no such hyperparameter"),
    ],
)
def test_settings(settings, error, told):
    with pytest.raises(error, match=told):
        run(**settings)


def without_torch(program):
    root = Path(parity.__file__).resolve().parents[2]
    program = "import sys; sys.modules['torch'] = None\n" + program
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=False
    )


def test_only_torchlab_needs_torch():
    done = without_torch("import course_utils, course_utils.nn, course_utils.data.photos")
    assert done.returncode == 0, done.stderr
    done = without_torch("import course_utils.torchlab")
    assert "expected the package torch, which is not installed; pip install torch" in done.stderr
