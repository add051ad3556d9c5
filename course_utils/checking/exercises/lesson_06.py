"""Exercises of lesson 06, first part: pictures, neighbours, and how sure an accuracy is."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, name_returns
from course_utils.nn.intervals import mean_and_interval
from course_utils.nn.neighbours import nearest_neighbours
from course_utils.nn.prepared_pictures import prepare_pictures

_APART = 0.02  # of two similarities: single precision must not turn their order


def _pictures(draw: Draw, sizes: Sizes) -> Probe:
    """Mean and std as plain numbers: in which precision to compute is the answer's choice."""
    N, C, H, W = (sizes[letter] for letter in "NCHW")
    if draw.small:
        X = 51 * draw.rng.integers(0, 6, (N, H * W * C))
        return Probe((X.astype(np.uint8), (H, W, C), (0.4,) * C, (0.2,) * C))
    X = draw.rng.integers(0, 256, (N, H * W * C)) * draw.rng.uniform(0.5, 0.9, (N, 1))
    mean = tuple(draw.rng.permutation(np.linspace(0.3, 0.6, C)).round(3).tolist())
    std = tuple(draw.rng.permutation(np.linspace(0.15, 0.35, C)).round(3).tolist())
    return Probe((X.astype(np.uint8), (H, W, C), mean, std))


def _black_and_white(draw: Draw) -> list[Probe]:
    """White is 1 and nothing else, and here near the mean: 255/256 would show. Black is 0."""
    sizes, mean, std = {"N": 2, "C": 3, "H": 4, "W": 6}, (0.8, 0.7, 0.75), (0.25, 0.2, 0.3)
    white = np.full((2, 4 * 6 * 3), 255, np.uint8)
    return [
        Probe((pixels, (4, 6, 3), mean, std), f"{told} pictures", sizes)
        for told, pixels in (("white", white), ("black", 0 * white))
    ]


def _features(draw: Draw, sizes: Sizes) -> Probe:
    """Rows of very different lengths, and no two similarities that are nearly equal."""
    N, M, D, k = (sizes[letter] for letter in ("N", "M", "D", "k"))
    for _ in range(2000):
        if draw.small:
            Q, F = draw.array(N, D), draw.array(M, D)
        else:
            Q = draw.rng.uniform(0.3, 3, (N, 1)) * (draw.rng.standard_normal((N, D)) + 0.4)
            F = draw.rng.uniform(0.3, 3, (M, 1)) * (draw.rng.standard_normal((M, D)) + 0.4)
        S = np.sort(_cosines(Q, F), axis=1)
        if M == 1 or np.diff(S, axis=1).min() > _APART / M:
            return Probe((Q.astype(draw.dtype), F.astype(draw.dtype), k))
    raise ValueError("no features found whose similarities all differ")


def _cosines(Q: np.ndarray, F: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(Q, axis=1)[:, None] * np.linalg.norm(F, axis=1)
    return Q @ F.T / lengths


def _all_neighbours(draw: Draw) -> list[Probe]:
    """The asked rows are among the others, and all are wanted; and a single one."""
    whole = _features(draw, {"N": 2, "M": 5, "D": 4, "k": 5})
    F = whole.args[1]
    within = Probe((F[:3].copy(), F, 2), "rows of F itself", {"N": 3, "M": 5, "D": 4, "k": 2})
    every = Probe(whole.args, "k = M", {"N": 2, "M": 5, "D": 4})
    return [every, within]


def _run_neighbours(call, probe, peers) -> dict[str, Any]:
    named = name_returns(("neighbours", "similarity"), call(*probe.args))
    neighbours = np.asarray(named["neighbours"])
    if neighbours.dtype.kind not in "iu":
        raise WrongReturnError(
            f"neighbours: expected whole numbers, the rows of F, got {neighbours.dtype}; "
            "np.argsort gives rows where np.sort gives values."
        )
    return {"neighbours": neighbours, "similarity": named["similarity"]}


def _hits(draw: Draw, sizes: Sizes) -> Probe:
    """Some pictures are hard in all repeats, and some repeats are better than others."""
    R, N = sizes["R"], sizes["N"]
    if draw.small:
        hits = draw.rng.random((R, N)) < 0.5
        hits[0], hits[1] = True, np.arange(N) % 2 == 0
        return Probe((hits, 2.0))
    hard, good = draw.rng.uniform(0.3, 0.9, N), draw.rng.uniform(-0.25, 0.1, (R, 1))
    hits = draw.rng.random((R, N)) < hard + good
    for r in range(R):  # no two repeats alike, whatever chance does
        hits[r, : r + 1] = r % 2 == 0
    return Probe((hits, {3: 4.3, 5: 2.78, 4: 3.18}.get(R, 2.0)))


def _same_every_time(draw: Draw) -> list[Probe]:
    hits = np.tile(draw.rng.random(9) < 0.6, (4, 1))
    hits[:, :2] = True, False
    return [Probe((hits, 3.18), "all repeats alike", {"R": 4, "N": 9})]


register(
    Exercise(
        id="6.1",
        name="prepare_pictures",
        points=2,
        reference=prepare_pictures,
        make=_pictures,
        sizes=(
            {"N": 2, "C": 3, "H": 4, "W": 5},
            {"N": 4, "C": 3, "H": 5, "W": 2},
            {"N": 5, "C": 4, "H": 3, "W": 6},
        ),
        smallest={"N": 1, "C": 1, "H": 1, "W": 1},
        special=_black_and_white,
        shapes={"X": "N HWC", "pictures": "N C H W"},
        returns=("pictures",),
        hints=(
            "In which order do the numbers of a row stand: all of red first, or red, green and "
            "blue of one pixel?",
            "Give the rows the shape in which they were stored, and exchange axes afterwards. "
            "Both steps leave the numbers alone.",
            "mean and std are on the scale from 0 to 1. On which scale must the pixels be before "
            "they meet, and on which axis must the channels be?",
        ),
    ),
    Exercise(
        id="6.2",
        name="nearest_neighbours",
        points=2,
        reference=nearest_neighbours,
        make=_features,
        sizes=(
            {"N": 3, "M": 8, "D": 5, "k": 4},
            {"N": 6, "M": 7, "D": 4, "k": 2},
            {"N": 2, "M": 9, "D": 6, "k": 3},
        ),
        smallest={"N": 1, "M": 2, "D": 2, "k": 1},
        special=_all_neighbours,
        shapes={"Q": "N D", "F": "M D", "neighbours": "N k", "similarity": "N k"},
        returns=("neighbours", "similarity"),
        run=_run_neighbours,
        hints=(
            "The cosine compares directions. What must happen to the length of each row first?",
            "One matrix product then holds all cosines, one row for each question.",
            "argsort sorts upwards, and the nearest has the largest cosine. Take the same places "
            "out of the cosines as you take out of the row numbers.",
        ),
    ),
    Exercise(
        id="6.14",
        name="mean_and_interval",
        points=2,
        reference=mean_and_interval,
        make=_hits,
        sizes=({"R": 3, "N": 12}, {"R": 5, "N": 16}, {"R": 4, "N": 20}),
        smallest={"R": 2, "N": 2},
        special=_same_every_time,
        shapes={"hits": "R N", "mean": "", "low": "", "high": ""},
        returns=("mean", "low", "high"),
        hints=(
            "Which numbers may be called independent trials: the pictures, or the repeats?",
            "Make one accuracy of each repeat first. From here on you have R numbers, and forget "
            "where they came from.",
            "The spread of R numbers around their own mean is divided by R − 1; a mean of R "
            "numbers is less uncertain than one of them. By which root?",
        ),
    ),
)
