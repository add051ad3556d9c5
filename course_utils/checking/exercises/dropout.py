"""Exercises of lesson 03, second part: dropout, judged by what all right masks share."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.normalization import remember
from course_utils.checking.returns import WrongReturnError, kind_of, unpack

# Any right answer may draw its masks in its own way. So no mask is compared, only
# what all right ones share; a share is rounded to one decimal (the chance of a right
# answer to be rounded elsewhere is below 1e-10, and the generators are fixed).
KEPT = "Y where kept (filled in elsewhere)"
SHARE = "share kept (to one decimal)"
ROWS = "share of rows with a mask unlike the first"
COLUMNS = "share of columns with a mask unlike the first"
SAME_RNG = "same mask from an equal generator (1 = yes)"
OTHER_RNG = "same mask from another generator (1 = yes)"
IN_USE = "Y when training = False"
DX_DROPPED = "dX where dropped (filled in elsewhere)"
DX_KEPT = "dX where kept (filled in elsewhere)"


def _noise(draw: Draw, sizes: Sizes) -> Probe:
    N, D = sizes["N"], sizes["D"]
    keep = {5: 0.3, 4: 0.8}.get(N, 0.6)
    X = draw.array(N, D)
    away = 0.0 if draw.small else 0.1
    return Probe((X + np.sign(X) * X.dtype.type(away), keep), upstream=draw.array(N, D))


def _run_dropout(call, probe, peers) -> dict[str, Any]:
    X, keep = probe.args

    def mask(seed: int) -> np.ndarray:
        return np.asarray(call(many, keep, np.random.default_rng(seed))[0]) != 0

    many = np.ones((70, 90), X.dtype)
    Y = _like("Y", unpack(call(X, keep, np.random.default_rng(1)), ("Y", "cache"))[0], X)
    in_use = call(X, keep, np.random.default_rng(1), training=False)
    first, again, other = mask(2), mask(2), mask(3)
    share = round(float(first.mean()), 1)
    varied = {
        ROWS: float((first[1:] != first[0]).any(axis=1).mean()),
        COLUMNS: float((first[:, 1:] != first[:, :1]).any(axis=0).mean()),
        OTHER_RNG: float((first == other).all()),
    }
    if share in (0, 1):  # all or nothing: the share tells it, and nothing can vary
        varied = {ROWS: 1.0, COLUMNS: 1.0, OTHER_RNG: 0.0}
    return {
        KEPT: _filled(Y, X, Y != 0),
        SHARE: share,
        SAME_RNG: float((first == again).all()),
        **varied,
        IN_USE: unpack(in_use, ("Y", "cache"))[0],
    }


def _like(name: str, array: Any, X: np.ndarray) -> np.ndarray:
    """Refuse what cannot be divided by X entry by entry."""
    if not isinstance(array, np.ndarray):
        raise WrongReturnError(f"{name}: expected an array of floats, got {kind_of(array)}.")
    if array.dtype.kind != "f":
        told = " A mask alone is not yet the result." if array.dtype.kind == "b" else ""
        raise WrongReturnError(f"{name}: expected floats, got dtype {array.dtype}.{told}")
    if array.shape != X.shape:
        raise WrongReturnError(f"{name}: expected the shape of X, {X.shape}, got {array.shape}.")
    return array


def _run_dropout_backward(call, probe, peers) -> dict[str, Any]:
    X, keep = probe.args
    remember(probe)
    forward = peers["dropout_forward"]
    # Where X is 0, Y does not tell whether X was kept. Ones tell it: the mask is the same.
    kept = np.asarray(forward(np.ones_like(X), keep, np.random.default_rng(1))[0]) != 0
    _, cache = forward(X.copy(), keep, np.random.default_rng(1))
    dX = _like("dX", call(probe.upstream, cache), X)
    dY = probe.upstream
    return {DX_DROPPED: _filled(dX, dY, ~kept), DX_KEPT: _filled(dX, dY, kept)}


def _filled(array: np.ndarray, of: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """`array` where chosen; elsewhere what it would be with the usual factor of its row to `of`.

    So a slip gives the same numbers whichever entries were dropped.
    """
    ratios, filled = array / of, array.copy()
    for n, row in enumerate(chosen):
        usual = ratios[n, row] if row.any() else ratios[chosen]
        factor = np.median(usual) if usual.size else 0.0
        filled[n, ~row] = factor * of[n, ~row]
    return filled


def _zeros_in_x(draw: Draw) -> list[Probe]:
    probe = _noise(draw, {"N": 3, "D": 8})
    probe.args[0][:, 1::3] = 0.0
    sizes = {"N": 3, "D": 8}
    return [Probe(probe.args, "inputs that are exactly 0", sizes, upstream=probe.upstream)]


_NOISE = {
    "make": _noise,
    "sizes": ({"N": 5, "D": 8}, {"N": 4, "D": 9}, {"N": 7, "D": 6}),
    "smallest": {"N": 1, "D": 2},
}
_NOISE_LETTERS = dict.fromkeys(("X", "dY", KEPT, IN_USE, DX_DROPPED, DX_KEPT), "N D")


register(
    Exercise(
        id="3.14",
        name="dropout_forward",
        points=2,
        reference=nn.dropout_forward,
        **_NOISE,
        shapes=_NOISE_LETTERS,
        returns=("Y", "cache"),
        run=_run_dropout,
        hints=(
            "An entry survives with probability keep. What is the mean of Y over many draws, "
            "and what should it be?",
            "Uniform numbers from 0 to 1 lie below keep in a share keep of the cases. "
            "Draw one for every entry, from the rng that is given.",
            "Make up for what is lost while training, so that afterwards nothing is to be done.",
        ),
    ),
    Exercise(
        id="3.15",
        name="dropout_backward",
        points=1,
        reference=nn.dropout_backward,
        **_NOISE,
        special=_zeros_in_x,
        shapes=_NOISE_LETTERS,
        returns=("dX",),
        forward="dropout_forward",
        run=_run_dropout_backward,
        hints=(
            "If an entry was dropped, how much does the loss care about it?",
            "With the mask fixed, dropout multiplies each entry by a number. "
            "What is the derivative of such a product?",
            "The factor on the way back is that of the way there, the division included. "
            "The cache has it.",
        ),
    ),
)
