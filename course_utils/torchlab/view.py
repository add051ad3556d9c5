"""A PyTorch model seen as the course sees a net: params, logits, predict; arrays in and out."""

import contextlib
from collections.abc import MutableMapping

import numpy as np
import torch

from course_utils.nn._checks import expect_floats, expect_shape
from course_utils.nn.evaluation import EVALUATION_BATCH
from course_utils.nn.evaluation import evaluate as evaluate_net
from course_utils.nn.losses import softmax


class TorchNet:
    """What course_utils.nn and course_utils.show ask of a net, answered by a PyTorch model.

    The model itself is not copied: what changes here changes there.

    Args:
        model: a torch.nn.Module that turns a batch into logits, (N, C).
        device: where it computes, such as "cuda"; the model is moved there. None leaves
            it where it is.

    Raises:
        TypeError: not a Module, or one without parameters in floats.
    """

    def __init__(self, model, device=None):
        if not isinstance(model, torch.nn.Module):
            raise TypeError(f"model: expected a torch.nn.Module, got {type(model).__name__}")
        self.model = model if device is None else model.to(device)
        floats = [p for p in model.parameters() if p.is_floating_point()]
        if not floats:
            raise TypeError(
                f"model: expected parameters in floats, {type(model).__name__} has none; "
                "an empty Sequential?"
            )
        self.device, self.dtype = floats[0].device, floats[0].dtype
        self.params = _Parameters(model)

    def logits(self, X):
        """Compute the scores of all classes, in evaluation mode and without gradients.

        Args:
            X: inputs, (N, ...), NumPy floats of the model's dtype.

        Returns:
            Z, (N, C), NumPy.

        Raises:
            TypeError: no floats, or of another precision than the model's.
        """
        with evaluating(self.model), torch.inference_mode():
            return self.model(self.as_input(X)).cpu().numpy()

    def probabilities(self, X):
        """Compute the probability of each class, (N, C); each row sums to 1."""
        return softmax(self.logits(X))

    def predict(self, X):
        """Name the likeliest class of each row, (N,), integers."""
        return self.logits(X).argmax(axis=1)

    def as_input(self, X):
        """Turn a batch into a tensor where the model is.

        Args:
            X: (N, ...), NumPy floats of the model's dtype.

        Returns:
            A tensor; on the CPU it shares the memory of X.

        Raises:
            TypeError: no floats, or of another precision than the model's.
        """
        expect_floats("X", X, "give fit or evaluate a prepare, such as PixelScaler.fit(train.X)")
        if not X.flags.writeable:  # PyTorch warns: it cannot promise to leave it alone
            X = X.copy()
        batch = torch.from_numpy(np.ascontiguousarray(X))
        if batch.dtype != self.dtype:
            wanted, got = (str(d).removeprefix("torch.") for d in (self.dtype, batch.dtype))
            raise TypeError(
                f"X: expected {wanted}, as the model's parameters are, got {got}; "
                f"X.astype(np.{wanted}), or prepare with dtype=np.{wanted}"
            )
        return batch.to(self.device)


class _Parameters(MutableMapping):
    """The model's state as NumPy arrays by name; assigning writes into the model's own tensors.

    Buffers belong to it too: the running statistics of batch norm are part of a result.
    """

    def __init__(self, model):
        self._model = model

    def _tensors(self):
        return self._model.state_dict()

    def __getitem__(self, key):
        return self._tensors()[key].detach().cpu().numpy()

    def __setitem__(self, key, value):
        tensor = self._tensors()[key]
        expect_shape(key, value, tuple(tensor.shape), f"the shape of {key}")
        with torch.no_grad():
            # In place, so that an optimizer and the model go on sharing the tensor.
            tensor.copy_(torch.as_tensor(np.asarray(value)))

    def __delitem__(self, key):
        raise TypeError(f"params: {key!r} belongs to the model and cannot be deleted")

    def __iter__(self):
        return iter(self._tensors())

    def items(self):
        # Asked once and not for each key: a deep model has hundreds.
        return {key: w.detach().cpu().numpy() for key, w in self._tensors().items()}.items()

    def __len__(self):
        return len(self._tensors())


@contextlib.contextmanager
def evaluating(model):
    """Put a model into evaluation mode for a while; each part gets its own mode back."""
    modes = [(part, part.training) for part in model.modules()]
    model.eval()
    try:
        yield model
    finally:
        for part, mode in modes:  # one by one: a part may be frozen in evaluation mode
            part.training = mode


def evaluate(model, split, prepare=None, batch_size=EVALUATION_BATCH, device=None):
    """Measure the cross-entropy and the accuracy of a PyTorch model on a set of examples.

    Args:
        model: a torch.nn.Module that turns a batch into logits, (N, C).
        split: anything with X, (N, ...), and y, (N,), or the pair (X, y).
        prepare: a function that turns a batch of X into floats; None leaves it as it is.
        batch_size: examples at a time; it bounds the memory.
        device: where to compute; None for where the model is.

    Returns:
        The loss, nats, without any penalty, and the accuracy, a share from 0 to 1.

    Raises:
        TypeError: inputs that are no floats, or of another precision than the model's.
        ValueError: no examples, or X and y of different lengths.
    """
    return evaluate_net(TorchNet(model, device), split, prepare, batch_size)
