"""A captioner in NumPy: a picture starts a recurrent net, which then says word after word."""

import copy

import numpy as np

from ._checks import expect_floats, expect_generator, expect_shape
from .attention import attention_forward
from .caption_layers import choose_caption_layers
from .caption_loss import shift_captions
from .initializers import xavier_normal
from .losses import log_softmax

CELLS = ("rnn", "lstm", "attention")


class CaptionNet:
    """Features, a first state by a linear layer, an embedding, a recurrent net, word scores.

    The cell "rnn" is the plain recurrent net, "lstm" the LSTM. With "attention" a picture is
    several places, and an LSTM looks at them again before each word: its state is compared
    with a linear map of every place, and what is seen goes to the word scores beside the
    state. The first state is then made from the mean over the places.

    Args:
        features: D, numbers that describe a picture, or one of its places.
        vocabulary: V, number of tokens.
        rng: numpy.random.Generator for the first weights.
        cell: "rnn", "lstm" or "attention".
        embedding: E, numbers that stand for a token.
        hidden: M, numbers in a state.
        null: the token that fills up captions and does not count.
        dtype: np.float32 or np.float64.
        layers: where functions of CAPTION_LAYERS are found, such as answers() in a
            notebook; what it lacks, and None, is the package's.

    Raises:
        TypeError: rng is no generator, or dtype no float.
        ValueError: an unknown cell, a size below 1, a null outside the vocabulary.

    Source:
        Vinyals et al., Show and tell, CVPR 2015; the picture enters by the first state as in
        Karpathy and Fei-Fei, CVPR 2015. Attention: Xu et al., Show, attend and tell, ICML
        2015, placed after the recurrent layer as in Luong et al., EMNLP 2015.
    """

    def __init__(
        self, features, vocabulary, *, rng, cell="rnn", embedding=64, hidden=128, null=0,
        dtype=np.float32, layers=None,
    ):  # fmt: skip
        expect_generator(rng)
        if cell not in CELLS:
            raise ValueError(f"cell: expected one of {', '.join(CELLS)}, got {cell!r}")
        sizes = {"features": features, "vocabulary": vocabulary, "embedding": embedding,
                 "hidden": hidden}  # fmt: skip
        for name, size in sizes.items():
            if not isinstance(size, int | np.integer) or size < 1:
                raise ValueError(f"{name}: expected a whole number from 1 on, got {size!r}")
        if not 0 <= null < vocabulary:
            raise ValueError(f"null: expected a token from 0 to {vocabulary - 1}, got {null!r}")
        self.dtype = np.dtype(dtype)
        if self.dtype.kind != "f":
            raise TypeError(f"dtype: expected floats such as np.float32, got {self.dtype}")
        self.cell, self.null, self.layers = cell, null, choose_caption_layers(layers)
        self.params = self._first_params(rng, features, vocabulary, embedding, hidden)

    @property
    def n_parameters(self):
        """Number of weights, biases and entries of the table of words."""
        return sum(w.size for w in self.params.values())

    def copy(self):
        """Make a net with the same layers and its own copy of the parameters."""
        twin = copy.copy(self)
        twin.params = {key: w.copy() for key, w in self.params.items()}
        return twin

    def logits(self, features, inputs):
        """Compute the scores of every token at every place of captions that are given.

        Args:
            features: (N, D), or (N, P, D) with attention, float.
            inputs: the tokens read, (N, T), integers.

        Returns:
            Z, (N, T, V): Z[:, t] is what the net says after inputs[:, :t + 1].
        """
        return self._forward(features, inputs)[0]

    def loss(self, features, tokens):
        """Compute the loss that loss_and_grads differentiates.

        Args:
            features: (N, D), or (N, P, D) with attention, float.
            tokens: captions as for shift_captions, (N, L), integers.

        Returns:
            Cross-entropy in nats, summed over a caption's words, averaged over captions.
        """
        inputs, targets, mask = shift_captions(tokens, self.null)
        Z = self.logits(features, inputs)
        return self.layers.temporal_softmax_forward(Z, targets, mask)[0]

    def loss_and_grads(self, features, tokens):
        """Go forward to the loss and back to every parameter.

        Args:
            features: (N, D), or (N, P, D) with attention, float.
            tokens: captions as for shift_captions, (N, L), integers.

        Returns:
            The loss as in loss(), and the gradients with the keys and shapes of params.

        Source:
            The chain rule; through time as in Werbos 1990.
        """
        inputs, targets, mask = shift_captions(tokens, self.null)
        Z, caches = self._forward(features, inputs)  # (N, T, V)
        loss, cache = self.layers.temporal_softmax_forward(Z, targets, mask)
        dZ = self.layers.temporal_softmax_backward(1.0, cache)  # (N, T, V)
        grads = self._backward(dZ, caches)
        return loss, {key: grads[key] for key in self.params}

    def start(self, features):
        """Make the state before the first word, for decoding.

        Args:
            features: (N, D), or (N, P, D) with attention, float.

        Returns:
            {"h": (N, M)}; for an LSTM "c" besides; with attention "memory" (N, P, M), what
            there is to look at, and "attention" (N, P), where the last step has looked.
        """
        h0, memory, _ = self._begin(features)
        state = {"h": h0}
        if self.cell != "rnn":
            state["c"] = np.zeros_like(h0)
        if memory is not None:
            state |= {"memory": memory, "attention": np.zeros(memory.shape[:2], self.dtype)}
        return state

    def step(self, state, tokens):
        """Read one token and say how likely each token is to come next, for decoding.

        Args:
            state: from start, or from the step before.
            tokens: the last token of each caption, (N,), integers.

        Returns:
            log_probs, (N, V), and the new state; the old one is not changed.
        """
        p, new = self.params, dict(state)
        x = self.layers.embedding_forward(np.asarray(tokens)[:, None], p["W_words"])[0][:, 0]
        weights = p["Wx"], p["Wh"], p["b"]
        if self.cell == "rnn":
            new["h"], _ = self.layers.rnn_step_forward(x, state["h"], *weights)  # (N, M)
        else:
            new["h"], new["c"], _ = self.layers.lstm_step_forward(
                x, state["h"], state["c"], *weights
            )
        seen = new["h"]
        if self.cell == "attention":
            memory = state["memory"]  # (N, P, M)
            # Not a student's: the weights are read from the cache.
            context, (*_, P) = attention_forward(seen[:, None], memory, memory)  # (N, 1, M)
            seen = np.concatenate([seen, context[:, 0]], axis=1)  # (N, 2 M)
            new["attention"] = P[:, 0]  # (N, P)
        scores, _ = self.layers.linear_forward(seen, p["W_out"], p["b_out"])
        return log_softmax(scores), new

    def _begin(self, features):
        """Return the first state, what attention may look at or None, and the caches."""
        p, linear = self.params, self.layers.linear_forward
        expect_floats("features", features)
        D = len(p["W_start"])
        if self.cell != "attention":
            expect_shape("features", features, (None, D), f"(N, D) with D = {D}")
            h0, cache = linear(features, p["W_start"], p["b_start"])  # (N, M)
            return h0, None, (cache, None)
        expect_shape("features", features, (None, None, D), f"(N, P, D) with D = {D}")
        N, P, _ = features.shape
        h0, cache = linear(features.mean(axis=1), p["W_start"], p["b_start"])  # (N, M)
        places = features.reshape(N * P, D)
        memory, cache_places = linear(places, p["W_places"], p["b_places"])  # (N P, M)
        return h0, memory.reshape(N, P, -1), (cache, cache_places)

    def _forward(self, features, inputs):
        """Return the scores, (N, T, V), and what each layer keeps for the way back."""
        p, layers, caches = self.params, self.layers, {}
        h0, memory, caches["begin"] = self._begin(features)
        X, caches["words"] = layers.embedding_forward(inputs, p["W_words"])  # (N, T, E)
        walk = layers.rnn_forward if self.cell == "rnn" else layers.lstm_forward
        H, caches["walk"] = walk(X, h0, p["Wx"], p["Wh"], p["b"])  # (N, T, M)
        if memory is not None:
            # The same numbers are compared with and taken from: keys and values at once.
            context, caches["attention"] = layers.attention_forward(H, memory, memory)
            H = np.concatenate([H, context], axis=2)  # (N, T, 2 M)
        N, T, _ = H.shape
        scores, caches["out"] = layers.linear_forward(
            H.reshape(N * T, -1), p["W_out"], p["b_out"]
        )  # (N T, V)
        return scores.reshape(N, T, -1), caches

    def _backward(self, dZ, caches):
        """Return the gradients of all parameters."""
        layers, grads = self.layers, {}
        N, T, V = dZ.shape
        dH, grads["W_out"], grads["b_out"] = layers.linear_backward(
            dZ.reshape(N * T, V), caches["out"]
        )
        dH = dH.reshape(N, T, -1)
        cache_start, cache_places = caches["begin"]
        if cache_places is not None:
            dH, dcontext = np.split(dH, 2, axis=2)  # (N, T, M) each
            dQ, dkeys, dvalues = layers.attention_backward(dcontext, caches["attention"])
            dH = dH + dQ  # a state reaches the scores directly, and by where it looks
            dmemory = (dkeys + dvalues).reshape(-1, dH.shape[2])  # (N P, M), used twice as well
            _, grads["W_places"], grads["b_places"] = layers.linear_backward(dmemory, cache_places)
        walk_back = layers.rnn_backward if self.cell == "rnn" else layers.lstm_backward
        dX, dh0, grads["Wx"], grads["Wh"], grads["b"] = walk_back(dH, caches["walk"])
        grads["W_words"] = layers.embedding_backward(dX, caches["words"])
        _, grads["W_start"], grads["b_start"] = layers.linear_backward(dh0, cache_start)
        return grads

    def _first_params(self, rng, D, V, E, M):
        """Draw the weights; biases begin at zero, but the forget gates stand open."""
        gates = 1 if self.cell == "rnn" else 4
        attentive = self.cell == "attention"

        def draw(fan_in, fan_out, blocks=1):
            # Each gate as a layer of its own: four side by side are no wider layer.
            parts = [xavier_normal(rng, fan_in, fan_out, self.dtype) for _ in range(blocks)]
            return np.concatenate(parts, axis=1)  # (fan_in, blocks fan_out)

        b = np.zeros(gates * M, self.dtype)
        if gates == 4:
            b[M : 2 * M] = 1  # Jozefowicz et al., ICML 2015: remember until told otherwise
        params = {"W_start": draw(D, M), "b_start": np.zeros(M, self.dtype)}
        if attentive:
            params |= {"W_places": draw(D, M), "b_places": np.zeros(M, self.dtype)}
        params |= {"W_words": draw(V, E), "Wx": draw(E, M, gates), "Wh": draw(M, M, gates), "b": b}
        seen = 2 * M if attentive else M
        return params | {"W_out": draw(seen, V), "b_out": np.zeros(V, self.dtype)}
