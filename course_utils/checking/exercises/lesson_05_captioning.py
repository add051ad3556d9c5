"""Exercises of lesson 05, third part: what a captioner reads and says, its loss, clipping."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, name_returns
from course_utils.nn.caption_loss import caption_loss_and_grads, shift_captions
from course_utils.nn.clipping import clip_gradients

NULL, START, END = 0, 1, 2

_SHIFTED = {"inputs": "N T", "targets": "N T", "mask": "N T"}
_NET = {"features": "N D", "loss": "", "W_start": "D M", "b_start": "M", "W_words": "V E"}
_NET |= {"Wx": "E M", "Wh": "M M", "b": "M", "W_out": "M V", "b_out": "V"}
_NET |= {f"d{name}": dims for name, dims in _NET.items() if name[0] in "Wb"}


def encoded(draw: Draw, N: int, T: int, V: int, null: int = NULL, end: int = END) -> np.ndarray:
    """Captions of different lengths, (N, T + 1): start, words, end, and null up to the last."""
    words = [v for v in range(V) if v not in (null, START, end)]
    tokens = np.full((N, T + 1), null)
    tokens[:, 0] = START
    for n in range(N):
        # The first is as long as can be, the second as short, whatever chance does with the rest.
        count = {0: T - 1, 1: max(0, T - 3)}.get(n, int(draw.rng.integers(0, T)))
        count = count if words else 0
        tokens[n, 1 : 1 + count] = draw.rng.choice(words, count) if words else []
        tokens[n, 1 + count] = end
    return tokens


def _shift(draw: Draw, sizes: Sizes) -> Probe:
    return Probe((encoded(draw, sizes["N"], sizes["T"], V=9),))


def _other_filling(draw: Draw) -> list[Probe]:
    """Null is what the argument says; token 0 is then a word like any other."""
    tokens = encoded(draw, N=6, T=4, V=7, null=5)
    tokens[0, 1] = 0
    wide = np.pad(encoded(draw, N=2, T=4, V=9), ((0, 0), (0, 3)))
    return [
        Probe((tokens,), "null = 5", {"N": 6, "T": 4}, {"null": 5}),
        Probe((wide,), "a column and more of nothing but null", {"N": 2, "T": 7}),
    ]


def _run_shift(call, probe, peers) -> dict[str, Any]:
    named = name_returns(("inputs", "targets", "mask"), call(*probe.args, **probe.kwargs))
    mask = named["mask"]
    if not isinstance(mask, np.ndarray) or mask.dtype != bool:
        kind = getattr(mask, "dtype", type(mask).__name__)
        raise WrongReturnError(
            f"mask: expected an array of booleans, got {kind}; NumPy takes whole numbers in "
            "square brackets for places, and only booleans for a choice of them."
        )
    return named


def _captions(draw: Draw, sizes: Sizes) -> Probe:
    N, T, V, D, E, M = (sizes[letter] for letter in "NTVDEM")
    scale = 0.25 if draw.small else 0.6
    shapes = {name: dims.split() for name, dims in _NET.items() if name[0] in "Wb"}
    params = {
        name: (scale * draw.array(*(sizes[letter] for letter in dims))).astype(draw.dtype)
        for name, dims in shapes.items()
    }
    return Probe((params, draw.array(N, D), encoded(draw, N, T, V)))


def _hard_captions(draw: Draw) -> list[Probe]:
    """Null that is not token 0; a caption without a word; more null than any caption needs."""
    sizes = {"N": 4, "T": 6, "V": 7, "D": 3, "E": 2, "M": 5}
    params, features, tokens = _captions(draw, sizes).args
    empty = tokens.copy()
    empty[2] = NULL
    empty[2, :2] = START, END
    empty[0, -2:] = END, NULL
    other = encoded(draw, N=4, T=6, V=7, null=5)
    return [
        Probe((params, features, empty), "a caption without a word", sizes),
        Probe((params, features, other), "null = 5", sizes, {"null": 5}),
    ]


def _gradients(draw: Draw, sizes: Sizes) -> Probe:
    """A bound below the norm; the last probes are of gradients that are short enough."""
    D, M = sizes["D"], sizes["M"]
    grads = {"Wx": draw.array(D, M), "Wh": 2 * draw.array(M, M), "b": draw.array(M)}
    norm = float(np.sqrt(sum(np.vdot(g, g) for g in grads.values())))
    share = {4: 0.4, 3: 0.75}.get(D, 0.05)
    return Probe((grads, 1.0 if draw.small else share * norm))


def _short_gradients(draw: Draw) -> list[Probe]:
    sizes = {"D": 5, "M": 2}
    grads, _ = _gradients(draw, sizes).args
    norm = float(np.sqrt(sum(np.vdot(g, g) for g in grads.values())))
    tiny = {name: g / (50 * norm) for name, g in grads.items()}
    return [
        Probe((grads, 1.7 * norm), "a norm below max_norm", sizes),
        Probe((tiny, 1.0), "a norm of 0.02", sizes),
    ]


def _run_clip(call, probe, peers) -> dict[str, Any]:
    return name_returns(("grads", "norm"), call(*probe.args))


register(
    Exercise(
        id="5.15",
        name="shift_captions",
        points=1,
        reference=shift_captions,
        make=_shift,
        sizes=({"N": 3, "T": 5}, {"N": 6, "T": 4}, {"N": 4, "T": 7}),
        smallest={"N": 1, "T": 1},
        special=_other_filling,
        shapes=_SHIFTED | {"tokens": "N L"},
        returns=("inputs", "targets", "mask"),
        run=_run_shift,
        hints=(
            "Write START a dog END in a row. The net has read START: what should it say? And "
            "after a?",
            "Both are cut out of the same row, one token apart: the last token is never read, "
            "the first is never said.",
            "What must be said at a place where the caption is over? Nothing: such a place does "
            "not count. END itself does, or the net would never learn to stop.",
        ),
    ),
    Exercise(
        id="5.16",
        name="caption_loss_and_grads",
        points=5,
        reference=caption_loss_and_grads,
        make=_captions,
        sizes=(
            {"N": 4, "T": 6, "V": 8, "D": 3, "E": 5, "M": 2},
            {"N": 3, "T": 5, "V": 9, "D": 6, "E": 2, "M": 4},
            {"N": 6, "T": 4, "V": 7, "D": 2, "E": 3, "M": 5},
        ),
        smallest={"N": 1, "T": 1, "V": 3, "D": 1, "E": 1, "M": 1},
        special=_hard_captions,
        shapes=_NET,
        returns=("loss", "grads"),
        hints=(
            "Six steps lead from the picture and the words to the loss. Which of your functions "
            "does each? Keep one cache for each.",
            "The linear layer takes rows: (N, T, M) must become (N T, M) before it, and its "
            "scores (N, T, V) after it. The way back changes shapes at the same two places.",
            "On the way back through time two gradients come out for what went in: dX belongs to "
            "the words, dh0 to the picture. Each goes on to the layer that it came from.",
        ),
    ),
    Exercise(
        id="5.17",
        name="clip_gradients",
        points=2,
        reference=clip_gradients,
        make=_gradients,
        sizes=({"D": 4, "M": 3}, {"D": 3, "M": 5}, {"D": 2, "M": 4}),
        smallest={"D": 1, "M": 1},
        special=_short_gradients,
        shapes={"Wx": "D M", "Wh": "M M", "b": "M", "dWx": "D M", "dWh": "M M", "db": "M"}
        | {"norm": "", "max_norm": ""},
        returns=("grads", "norm"),
        run=_run_clip,
        hints=(
            "Put all gradients one behind the other into one long vector. How long is it?",
            "If each array had a factor of its own, would the step still point where the "
            "gradient points? One factor for all of them, then.",
            "Which factor makes a vector of length norm one of length max_norm? And which is "
            "right for a vector that is shorter than that anyhow?",
        ),
    ),
)
