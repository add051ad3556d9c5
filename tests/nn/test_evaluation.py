from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course_utils.nn import evaluate

from .helpers import blobs, unchanged


class Linear:
    """A net that the package does not know."""

    def __init__(self, W):
        self.W, self.seen = W, []

    def logits(self, X):
        self.seen.append(len(X))
        return X @ self.W


@pytest.mark.parametrize("batch_size", [1, 7, 50, 1000])
def test_loss_and_accuracy_agree_with_torch_whatever_the_batches(batch_size):
    X, y = blobs(50, dtype=np.float64)
    net = Linear(np.random.default_rng(0).standard_normal((6, 3)))
    same = unchanged(X, y)
    loss, accuracy = evaluate(net, (X, y), batch_size=batch_size)
    same()
    Z = torch.tensor(X @ net.W)
    assert loss == pytest.approx(float(torch.nn.functional.cross_entropy(Z, torch.tensor(y))))
    assert accuracy == float((Z.argmax(1) == torch.tensor(y)).double().mean())
    assert max(net.seen) <= batch_size
    assert type(loss) is type(accuracy) is float


def test_takes_a_split_a_pair_or_lists_and_prepares_each_batch():
    X, y = np.array([[0, 255], [255, 0]], np.uint8), [1, 1]
    seen = []

    def prepare(pixels):
        seen.append((pixels.dtype, len(pixels)))
        return pixels / 255.0

    net = Linear(100 * np.eye(2))
    for split in (SimpleNamespace(X=X, y=y), (X, y), [X.astype(int).tolist(), y]):
        loss, accuracy = evaluate(net, split, prepare, batch_size=1)
        assert loss == pytest.approx(50)
        assert accuracy == 0.5
    assert seen[0] == (np.uint8, 1)


def test_wrong_splits_are_told():
    net = Linear(np.eye(2))
    with pytest.raises(TypeError, match=r"split: expected something with X and y.*got ndarray"):
        evaluate(net, np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"split: .*X \(3, 2\) and y \(2,\)"):
        evaluate(net, (np.zeros((3, 2)), np.zeros(2, int)))
    with pytest.raises(ValueError, match=r"at least one example"):
        evaluate(net, (np.zeros((0, 2)), np.zeros(0, int)))
