"""Exercises of lesson 05, second half: the masked loss of sequences, and attention."""

from __future__ import annotations

import copy

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import name_returns

_LOSS = {"Z": "N T V", "y": "N T", "mask": "N T", "loss": "", "dZ": "N T V"}
_ATTENTION = {"Q": "N T K", "keys": "N S K", "values": "N S E", "Y": "N T E", "dY": "N T E"}
_ATTENTION |= {"dQ": "N T K", "dkeys": "N S K", "dvalues": "N S E"}


class WithGiven(tuple):
    """The forward's cache that also remembers what the forward was given: (Z, y, mask).

    The reference keeps no logits of padding, but a slip in the mask gives numbers that
    depend on them. The mistakes of the catalogue look here; answers see a tuple.
    """

    given: tuple = ()


def _loss(draw: Draw, sizes: Sizes) -> Probe:
    N, T, V = (sizes[letter] for letter in "NTV")
    # One sentence is as long as can be, the others are shorter, and no label is padding.
    lengths = draw.rng.integers(1, max(2, T), N)
    lengths[0] = T if N > 1 or T == 1 else lengths[0]
    mask = np.arange(T) < lengths[:, None]
    if N > 1 and T > 2:
        mask[0, 1] = False  # a gap: not only the end may be left out
    return Probe((draw.array(N, T, V), draw.labels((N, T), V), mask), upstream=draw.number())


def _hard_masks(draw: Draw) -> list[Probe]:
    """Whole numbers, so that single precision holds the large logits exactly."""
    sizes = {"N": 4, "T": 3, "V": 5}
    mask = np.array([[1, 1, 0], [0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=bool)
    y = draw.labels((4, 3), 5)
    empty = "an empty sentence, and a time step at which nothing counts"
    far = np.round(1000 * draw.array(4, 3, 5)) + 2000.0 * draw.rng.integers(-2, 3, (4, 3, 1))
    near = 1000 + np.round(3 * draw.array(4, 3, 5))
    return [
        Probe((draw.array(4, 3, 5), y, mask), empty, sizes, upstream=draw.number()),
        Probe((far, y, ~mask), "logits near ±1000", sizes, upstream=1.0),
        Probe((near, y, ~mask), "all logits near 1000", sizes, upstream=draw.number()),
    ]


def _run_loss_backward(call, probe, peers) -> dict[str, np.ndarray]:
    _, cache = peers["temporal_softmax_forward"](*(copy.deepcopy(a) for a in probe.args))
    if type(cache) is tuple:
        cache = WithGiven(cache)
        cache.given = copy.deepcopy(probe.args)
    return name_returns(("dZ",), call(probe.upstream, cache))


_LOSS_PROBES = {
    "make": _loss,
    "sizes": (
        {"N": 3, "T": 5, "V": 4},
        {"N": 5, "T": 4, "V": 6},
        {"N": 4, "T": 6, "V": 3},
    ),
    "smallest": {"N": 1, "T": 1, "V": 2},
    "special": _hard_masks,
    "shapes": _LOSS,
}


def _arrays(draw: Draw, sizes: Sizes) -> tuple[np.ndarray, ...]:
    N, T, S, K, E = (sizes[letter] for letter in "NTSKE")
    return draw.array(N, T, K), draw.array(N, S, K), draw.array(N, S, E)


def _attention(draw: Draw, sizes: Sizes) -> Probe:
    """The first probe has no mask: a slip in the mask then shows as one."""
    N, T, S = (sizes[letter] for letter in "NTS")
    arrays, upstream = _arrays(draw, sizes), draw.array(N, T, sizes["E"])
    mask = draw.rng.random((N, T, S)) < 0.6
    np.put_along_axis(mask, draw.rng.integers(0, S, (N, T, 1)), True, axis=2)
    if sizes["T"] == 3 or (draw.small and draw.rng.random() < 0.5):
        return Probe((*arrays, None), "no mask", upstream=upstream)
    return Probe((*arrays, mask), "a mask", upstream=upstream)


def _hard_attention(draw: Draw) -> list[Probe]:
    sizes = {"N": 2, "T": 5, "S": 4, "K": 3, "E": 6}

    def probe(about: str, mask: np.ndarray, scale: float = 1.0) -> Probe:
        Q, keys, values = _arrays(draw, sizes)
        upstream = draw.array(2, 5, 6)
        return Probe((scale * Q, keys, values, mask), about, sizes, upstream=upstream)

    hidden = draw.rng.random((2, 5, 4)) < 0.7
    hidden[..., 0] = True
    hidden[0, 1] = hidden[1, 3] = False
    return [
        probe("a causal mask of shape (T, S)", np.tri(5, 4, dtype=bool)),
        probe("a query that may look nowhere", hidden),
    ]


def _large_scores(draw: Draw) -> list[Probe]:
    sizes = {"N": 2, "T": 5, "S": 4, "K": 3, "E": 6}
    Q, keys, values = _arrays(draw, sizes)
    padding = np.array([[[1, 1, 0, 1]], [[0, 1, 1, 1]]], dtype=bool)
    args = (np.round(1000 * Q), np.round(3 * keys), values, padding)
    return [*_hard_attention(draw), Probe(args, "scores near ±1000, a mask (N, 1, S)", sizes)]


_ATTENTION_PROBES = {
    "make": _attention,
    "sizes": (
        {"N": 2, "T": 3, "S": 4, "K": 5, "E": 6},
        {"N": 3, "T": 4, "S": 5, "K": 6, "E": 2},
        {"N": 4, "T": 2, "S": 3, "K": 7, "E": 5},
    ),
    "smallest": {"N": 1, "T": 1, "S": 1, "K": 1, "E": 1},
    "shapes": _ATTENTION,
}

register(
    Exercise(
        id="5.13",
        name="temporal_softmax_forward",
        points=2,
        reference=nn.temporal_softmax_forward,
        **_LOSS_PROBES,
        returns=("loss", "cache"),
        hints=(
            "At every place the net chooses among V tokens. How many choices count in all?",
            "Each place is a row of the softmax cross-entropy you know; "
            "the shift by the row's maximum is needed here, too.",
            "Leave out the places where the mask is False, add up the others, "
            "and divide by the number of sentences, not by that of words.",
        ),
    ),
    Exercise(
        id="5.14",
        name="temporal_softmax_backward",
        points=2,
        reference=nn.temporal_softmax_backward,
        **_LOSS_PROBES,
        returns=("dZ",),
        forward="temporal_softmax_forward",
        run=_run_loss_backward,
        hints=(
            "At one place that counts this is the gradient of softmax cross-entropy. Which is it?",
            "What does a place that does not count add to the loss? And so to the gradient?",
            "Two factors are left, for all places alike: what arrives from above, "
            "and what the forward divided by.",
        ),
    ),
    Exercise(
        id="5.19",
        name="attention_forward",
        points=4,
        reference=nn.attention_forward,
        **_ATTENTION_PROBES,
        special=_large_scores,
        returns=("Y", "cache"),
        hints=(
            "Entry [n, t, s] of the scores compares query t with key s. Which product gives it?",
            "Scores are divided by the root of the length of a query; what may not be seen gets "
            "a score that exp turns into 0; each row then becomes weights that add up to 1.",
            "The weights average the values. Mind a query that sees nothing (zeros come out), "
            "and large scores (shift each row by its maximum).",
        ),
    ),
    Exercise(
        id="5.21",
        name="attention_backward",
        points=5,
        reference=nn.attention_backward,
        **_ATTENTION_PROBES,
        special=_hard_attention,
        returns=("dQ", "dkeys", "dvalues"),
        forward="attention_forward",
        hints=(
            "Y is a product of weights and values. What are the gradients of its two factors?",
            "Through softmax, row by row: the gradient of a weight less the average of all "
            "of them, weighted by P, times the weight.",
            "The scores are a product again, of queries and keys, with one constant in front. "
            "Hidden keys have weight 0, so the mask needs no lines of its own.",
        ),
    ),
)
