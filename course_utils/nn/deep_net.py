"""A fully connected net with normalization and dropout in its hidden layers."""

import numpy as np

from .layer_choice import expect_layers
from .networks import FullyConnectedNet

NORMALIZATIONS = (None, "batch", "layer")


class DeepNet(FullyConnectedNet):
    """Hidden layers of linear, normalization, ReLU and dropout; softmax cross-entropy at the end.

    With batch norm and dropout a net has two modes: `loss_and_grads` is training,
    everything else (`logits`, `probabilities`, `predict`, `loss`) is use.

    Args:
        sizes: units from inputs to classes, such as (3072, 200, 200, 10).
        rng: numpy.random.Generator for the first weights; dropout draws from a child of it.
        normalization: "batch", "layer", or None for none.
        keep: probability with which dropout keeps a hidden unit; 1 for no dropout.
        **settings: as for FullyConnectedNet.

    Raises:
        TypeError, ValueError, AttributeError: as for FullyConnectedNet; an unknown
            normalization; keep outside of 0 to 1.

    Source:
        Ioffe and Szegedy, ICML 2015: normalization stands before the bend. Srivastava et
        al., JMLR 2014: dropout after it.
    """

    def __init__(self, sizes, *, rng, normalization=None, keep=1.0, **settings):
        super().__init__(sizes, rng=rng, **settings)
        if normalization not in NORMALIZATIONS:
            raise ValueError(
                f'normalization: expected "batch", "layer" or None, got {normalization!r}'
            )
        if not 0 < keep <= 1:
            raise ValueError(
                f"keep: expected the probability to keep, above 0 and at most 1, got {keep!r}; "
                "a share to drop p is keep = 1 - p"
            )
        self.normalization, self.keep = normalization, float(keep)
        if normalization:
            expect_layers(self.layers, f"{normalization}_norm")
        if keep < 1:
            expect_layers(self.layers, "dropout")
        # A generator of its own: nets that differ only in `keep` begin with the same weights.
        self.generator = rng.spawn(1)[0]
        self.buffers = {}
        for i, M in enumerate(self.sizes[1:-1], start=1):
            if normalization:
                self.params[f"gamma{i}"] = np.ones(M, self.dtype)  # (M,)
                self.params[f"beta{i}"] = np.zeros(M, self.dtype)
            if normalization == "batch":
                self.buffers[f"mean{i}"] = np.zeros(M, self.dtype)
                self.buffers[f"var{i}"] = np.ones(M, self.dtype)

    def copy(self):
        """Make a net with the same layers and its own copy of parameters and buffers."""
        twin = super().copy()
        twin.buffers = {key: w.copy() for key, w in self.buffers.items()}
        twin.generator = _same_place(self.generator)
        return twin

    def _hidden_forward(self, i, A, training):
        A_hat, norm_cache = self._normalized(i, A, training)  # (N, M)
        H, relu_cache = self.layers.relu_forward(A_hat)
        drop_cache = None
        if training and self.keep < 1:
            H, drop_cache = self.layers.dropout_forward(H, self.keep, self.generator, training=True)
        return H, (norm_cache, relu_cache, drop_cache)

    def _hidden_backward(self, i, dH, cache):
        norm_cache, relu_cache, drop_cache = cache
        if drop_cache is not None:
            dH = self.layers.dropout_backward(dH, drop_cache)
        dA = self.layers.relu_backward(dH, relu_cache)
        if self.normalization is None:
            return dA, {}
        backward = getattr(self.layers, f"{self.normalization}_norm_backward")
        dA, dgamma, dbeta = backward(dA, norm_cache)
        return dA, {f"gamma{i}": dgamma, f"beta{i}": dbeta}

    def _normalized(self, i, A, training):
        """A, centred and scaled as asked for, and the cache of that."""
        if self.normalization is None:
            return A, None
        gamma, beta = self.params[f"gamma{i}"], self.params[f"beta{i}"]
        if self.normalization == "layer":
            return self.layers.layer_norm_forward(A, gamma, beta)
        running = {"mean": self.buffers[f"mean{i}"], "var": self.buffers[f"var{i}"]}
        Y, running, cache = self.layers.batch_norm_forward(
            A, gamma, beta, running, training=training
        )
        if training:
            self.buffers |= {f"mean{i}": running["mean"], f"var{i}": running["var"]}
        return Y, cache


def _same_place(generator):
    """A generator that will draw what this one will."""
    twin = np.random.Generator(type(generator.bit_generator)())
    twin.bit_generator.state = generator.bit_generator.state
    return twin
