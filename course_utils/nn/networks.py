"""Fully connected nets: parameters in a dict, and the way there and back through the layers."""

import copy

import numpy as np

from . import layers as _layers
from ._checks import expect_generator, expect_shape
from .initializers import get_initializer
from .layer_choice import LAYER_NAMES, OPTIONAL_LAYER_NAMES, choose_layers, expect_layers
from .losses import softmax

__all__ = ["LAYER_NAMES", "OPTIONAL_LAYER_NAMES", "FullyConnectedNet", "TwoLayerNet"]


class FullyConnectedNet:
    """Linear layers with ReLU between them, and softmax cross-entropy at the end.

    Args:
        sizes: units from inputs to classes, such as (784, 800, 10).
        rng: numpy.random.Generator for the first weights.
        initializer: "he_normal", "xavier_normal", "small_normal", or a function
            (rng, fan_in, fan_out, dtype) -> W. Biases start at zero.
        weight_decay: strength of the L2 penalty, on weights, never on biases.
        dtype: np.float32 or np.float64.
        layers: where the functions of LAYER_NAMES are found: an object, a module or a
            mapping, such as globals() in a notebook. It may have those of
            OPTIONAL_LAYER_NAMES too. None for the package's.

    Raises:
        TypeError: rng is no generator, or dtype no float.
        ValueError: sizes that make no net, a negative weight_decay, an unknown initializer.
        AttributeError: layers lacks a function, or this edition of the course ends before
            the lesson of one.
    """

    def __init__(
        self,
        sizes,
        *,
        rng,
        initializer="he_normal",
        weight_decay=0.0,
        dtype=np.float32,
        layers=None,
    ):
        expect_generator(rng)
        self.sizes = tuple(int(size) for size in sizes)
        if len(self.sizes) < 2 or min(self.sizes) < 1:
            raise ValueError(
                "sizes: expected at least inputs and classes, each 1 or more, "
                f"such as (784, 800, 10), got {self.sizes}"
            )
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise TypeError(
                f"dtype: expected floats such as np.float32, got {self.dtype}; "
                "in integers a small update vanishes"
            )
        if not weight_decay >= 0:  # written so that NaN is refused
            raise ValueError(f"weight_decay: expected 0 or more, got {weight_decay}")
        self.weight_decay = float(weight_decay)
        self.layers = choose_layers(layers)
        if weight_decay:
            expect_layers(self.layers, "l2_penalty")
        self.params = {}
        draw = get_initializer(initializer)
        for i, (D, M) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), start=1):
            self.params[f"W{i}"] = draw(rng, D, M, self.dtype)  # (D, M)
            self.params[f"b{i}"] = np.zeros(M, self.dtype)  # (M,)

    @property
    def depth(self):
        """Number of linear layers."""
        return len(self.sizes) - 1

    @property
    def n_parameters(self):
        """Number of weights and biases."""
        return sum(w.size for w in self.params.values())

    def logits(self, X):
        """Compute the scores of all classes.

        Args:
            X: inputs, (N, D), float.

        Returns:
            Z, (N, C).
        """
        return self._forward(X)[0]

    def probabilities(self, X):
        """Compute the probability of each class.

        Args:
            X: inputs, (N, D), float.

        Returns:
            P, (N, C); each row sums to 1.
        """
        return softmax(self.logits(X))

    def predict(self, X):
        """Name the likeliest class of each row.

        Args:
            X: inputs, (N, D), float.

        Returns:
            Class numbers, (N,), integers.
        """
        return self.logits(X).argmax(axis=1)  # (N,)

    def loss(self, X, y):
        """Compute the loss that loss_and_grads differentiates.

        Args:
            X: inputs, (N, D), float.
            y: labels, (N,), integers.

        Returns:
            Mean cross-entropy plus the L2 penalty, nats, a scalar.
        """
        data_loss, _ = self.layers.softmax_cross_entropy_forward(self.logits(X), y)
        return data_loss + self._penalty()

    def loss_and_grads(self, X, y):
        """Go forward to the loss and back to every parameter.

        Args:
            X: inputs, (N, D), float.
            y: labels, (N,), integers.

        Returns:
            The loss as in loss(), and the gradients with the keys and shapes of params.

        Source:
            The chain rule, layer by layer; Rumelhart, Hinton and Williams 1986.
        """
        Z, caches = self._forward(X, training=True)  # (N, C)
        data_loss, cache = self.layers.softmax_cross_entropy_forward(Z, y)
        dY = self.layers.softmax_cross_entropy_backward(1.0, cache)  # (N, C)
        grads = {}
        for i in range(self.depth, 0, -1):
            linear_cache, hidden_cache = caches[i]
            if i < self.depth:
                dY, more = self._hidden_backward(i, dY, hidden_cache)
                grads |= more
            dY, grads[f"W{i}"], grads[f"b{i}"] = self._linear_backward(i, dY, linear_cache)
        penalty, penalty_grads = self._penalty_and_grads()
        for key, dW in penalty_grads.items():
            grads[key] = grads[key] + dW  # a weight reaches the loss by two ways: they add up
        return data_loss + penalty, {key: grads[key] for key in self.params}

    def copy(self):
        """Make a net with the same layers and its own copy of the parameters."""
        twin = copy.copy(self)
        twin.params = {key: w.copy() for key, w in self.params.items()}
        return twin

    def _forward(self, X, training=False):
        """Return the logits and, by layer number, what each layer keeps for the way back."""
        expect_shape("X", X, (None, self.sizes[0]), f"(N, D) with D = {self.sizes[0]}")
        Y, caches = X, {}
        for i in range(1, self.depth + 1):
            W, b = self.params[f"W{i}"], self.params[f"b{i}"]
            Y, linear_cache = self.layers.linear_forward(Y, W, b)  # (N, M)
            hidden_cache = None
            if i < self.depth:  # nothing bends the logits: they may be negative
                Y, hidden_cache = self._hidden_forward(i, Y, training)
            caches[i] = linear_cache, hidden_cache
        return Y, caches

    def _hidden_forward(self, i, A, training):
        """What follows linear layer i, up to the next one: H and its cache."""
        return self.layers.relu_forward(A)

    def _hidden_backward(self, i, dH, cache):
        """Return dA, and the gradients of the parameters between both linear layers."""
        return self.layers.relu_backward(dH, cache), {}

    def _linear_backward(self, i, dY, cache):
        """Leave out dX in the first layer: nothing below it would use the product."""
        # Only where the layer is ours: a student's own has to be the one that runs.
        if i == 1 and self.layers.linear_backward is _layers.linear_backward:
            return None, *_layers.linear_backward_parameters(dY, cache)
        return self.layers.linear_backward(dY, cache)

    def _penalty(self):
        """Sum the L2 penalties of all weights."""
        return self._penalty_and_grads(with_grads=False)[0]

    def _penalty_and_grads(self, with_grads=True):
        """Return the sum of the L2 penalties and, by key, its gradients."""
        total, grads = self.dtype.type(0), {}
        if not self.weight_decay:
            return total, grads
        for i in range(1, self.depth + 1):
            W = self.params[f"W{i}"]
            penalty, cache = self.layers.l2_penalty_forward(W, self.weight_decay)
            total = total + penalty
            if with_grads:
                grads[f"W{i}"] = self.layers.l2_penalty_backward(1.0, cache)
        return total, grads


class TwoLayerNet(FullyConnectedNet):
    """A FullyConnectedNet with one hidden layer.

    Args:
        inputs: D, numbers in an example.
        hidden: M, hidden units.
        classes: C.
        **settings: as for FullyConnectedNet; rng is needed.
    """

    def __init__(self, inputs, hidden, classes, **settings):
        super().__init__((inputs, hidden, classes), **settings)
