"""Exercises of lesson 02 on principal components: find them, use them, count them."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, name_returns, unpack

_FIT = ("mean", "components", "variances")
_ATTEMPTS = 50
# Small enough to be rounding, beside the largest variance; a real one in a probe is not.
_NOTHING = 1e-9


def _cloud(draw: Draw, N: int, D: int) -> np.ndarray:
    """Examples around 0, (N, D), with variances so far apart that any method finds them."""
    rank = min(N - 1, D)
    across = draw.array(N, rank).astype(float)
    U = np.linalg.qr(across - across.mean(axis=0))[0]  # (N, rank), at right angles to the ones
    V = np.linalg.qr(draw.array(D, rank).astype(float))[0]  # (D, rank)
    deviations = 3.0 / (1 + 0.6 * np.arange(rank))  # no two of them in the same ratio
    return np.sqrt(N - 1) * (U * deviations) @ V.T


def _whole_cloud(draw: Draw, N: int, D: int, k: int) -> np.ndarray:
    """The same in small whole numbers, drawn until the variances are well apart."""
    for _ in range(_ATTEMPTS):
        X = draw.array(N, D)
        s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
        if s[k - 1] > 0.5 and np.all(1.3 * s[1 : k + 1] < s[:k][: len(s) - 1]):
            return X
    raise ValueError(f"no whole numbers with {k} variances apart in shape {(N, D)}")


def _examples(draw: Draw, sizes: Sizes) -> Probe:
    N, D, k = (sizes[letter] for letter in ("N", "D", "k"))
    if k > min(N - 1, D):
        raise ValueError(f"k = {k} directions need more examples than {N}, or inputs than {D}")
    if draw.small:
        return Probe((_whole_cloud(draw, N, D, k), k))
    mean = 2.0 * draw.array(D)
    return Probe(((_cloud(draw, N, D) + mean).astype(draw.dtype), k))


def _far_from_zero(draw: Draw) -> list[Probe]:
    """The mean is a hundred times as long as the cloud is wide."""
    mean = np.array([400.0, -300.0, 150.0, 250.0])
    # In float32 half of the digits go to the mean: what is left is compared with more room.
    about, sizes = "a mean far from zero", {"N": 8, "D": 4, "k": 2}
    return [Probe((_cloud(draw, 8, 4) + mean, 2), about, sizes, rtol=1e-3)]


def _run_fit(call, probe, peers) -> dict[str, Any]:
    """Ask for the components; of a direction and its negative, keep the same one every time."""
    X, k = probe.args
    D = X.shape[1]
    named = named_in_order(_FIT, call(X, k), ((D,), (k, D), (k,)))
    components = named["components"]
    if isinstance(components, np.ndarray) and components.ndim == 2:
        by_rows = k == len(components) or components.shape[1] == D
        rows = one_sign(components if by_rows else components.T)
        rows = _none_for_nothing(rows, X)
        named["components"] = rows if by_rows else rows.T
    return named


def named_in_order(names: tuple[str, ...], result: Any, shapes: tuple) -> dict[str, Any]:
    """What came back by name; all there but exchanged is told as that."""
    kinds = (np.ndarray, np.generic, float)
    got = [np.shape(v) if isinstance(v, kinds) else None for v in unpack(result, names)]
    if got != list(shapes) and sorted(map(str, got)) == sorted(map(str, shapes)):
        came = ", ".join(names[shapes.index(shape)] for shape in got)
        raise WrongReturnError(f"expected ({', '.join(names)}) in this order, got ({came}).")
    return name_returns(names, result)


def one_sign(rows: Any) -> Any:
    """Each row or its negative, whichever leans to a fixed side; all else as it came.

    A right direction is right with either sign. The side is a property of the row alone,
    so that wrong rows keep it too, and a known mistake is recognised whatever its signs.
    """
    if not isinstance(rows, np.ndarray) or rows.dtype.kind != "f" or rows.ndim == 0:
        return rows
    side = rows @ 0.6 ** np.arange(rows.shape[-1])
    return rows * np.where(side < 0, -1, 1).astype(rows.dtype)[..., None]


def _none_for_nothing(rows: np.ndarray, X: np.ndarray) -> np.ndarray:
    """Rows along which the examples do not vary, as 0: eigh gives any basis of those."""
    if rows.dtype.kind != "f" or rows.shape[1] != X.shape[1] or not np.isfinite(rows).all():
        return rows
    centred = X.astype(float) - X.mean(axis=0, dtype=float)
    spread = np.square(centred @ rows.T).sum(axis=0)
    room = _NOTHING * np.square(centred).sum() * np.square(rows).sum(axis=1)
    room *= 1e4 if X.dtype == np.float32 else 1
    return np.where((spread <= room)[:, None], 0, rows).astype(rows.dtype)


def _compress(draw: Draw, sizes: Sizes) -> Probe:
    N, D, k = (sizes[letter] for letter in ("N", "D", "k"))
    if k > D:
        raise ValueError(f"no {k} directions at right angles in {D} dimensions")
    mean = draw.array(D) if draw.small else (2.0 * draw.array(D)).astype(draw.dtype)
    if draw.small:  # 0.6 and 0.8: a direction of length 1 that can be followed by hand
        basis = np.eye(D)
        basis[:2, :2] = [[0.6, 0.8], [-0.8, 0.6]]
    else:
        basis = np.linalg.qr(draw.array(D, D).astype(float))[0].T
    return Probe((draw.array(N, D), mean, basis[:k].astype(draw.dtype)))


def _compress_far(draw: Draw) -> list[Probe]:
    sizes = {"N": 6, "D": 5, "k": 2}
    X, mean, components = _compress(draw, sizes).args
    far = mean + np.array([300.0, -200.0, 100.0, 250.0, -150.0])
    about = "a mean far from zero"
    return [Probe((X + far + 0.5, far, components), about, sizes, rtol=1e-3)]


def _run_compress(call, probe, peers) -> dict[str, Any]:
    X, mean, components = probe.args
    shapes = ((len(X), len(components)), X.shape)
    return named_in_order(("scores", "X_hat"), call(X, mean, components), shapes)


def _falling(draw: Draw, sizes: Sizes) -> Probe:
    """Variances, largest first, and a share between two cumulative ones, nearer to either."""
    K = sizes["K"]
    if draw.small:
        return Probe((-np.sort(-np.abs(draw.array(K))),), kwargs={"share": 0.75})
    # As steep as their number asks for: a rule of thumb that fits one fails on another.
    variances = np.exp(-np.arange(K) * {6: 0.25, 9: 0.5, 11: 0.35}.get(K, 0.3))
    variances *= 5.0 * np.abs(1 + 0.1 * np.tanh(draw.array(K)))
    variances = -np.sort(-variances)
    shares = np.cumsum(variances) / variances.sum()
    m = {6: 3, 9: 6, 11: 4}.get(K, K // 2)
    nearer = {6: 0.35, 9: 0.65, 11: 0.3}.get(K, 0.6)
    share = float(shares[m - 1] + nearer * (shares[m] - shares[m - 1]))
    return Probe((variances.astype(draw.dtype),), kwargs={"share": share})


def _exactly(draw: Draw) -> list[Probe]:
    """Sums that meet the share exactly, in numbers that are exact in binary."""
    steep = np.array([8.0, 4.0, 2.0, 1.0, 1.0])
    flat = np.array([0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125])
    about = "a share that is met exactly"
    return [
        Probe((steep,), about, {"K": 5}, {"share": 0.75}),
        Probe((flat,), about, {"K": 7}, {"share": 0.625}),
        Probe((np.full(8, 3.0),), "variances all alike", {"K": 8}, {"share": 0.25}),
        Probe((np.array([96.0, 2.0, 1.0, 1.0]),), "one large variance", {"K": 4}, {"share": 0.5}),
    ]


register(
    Exercise(
        id="2.25",
        name="pca_fit",
        points=4,
        reference=nn.pca_fit,
        make=_examples,
        # Where N < D, N − 1 is a power of two: covariances divided by it, or not at all, have
        # the same digits, and so the same basis where there is no variance.
        sizes=(
            {"N": 7, "D": 5, "k": 3},
            {"N": 5, "D": 8, "k": 2},
            {"N": 9, "D": 6, "k": 4},
        ),
        smallest={"N": 3, "D": 2, "k": 1},
        special=_far_from_zero,
        shapes={"X": "N D", "mean": "D", "components": "k D", "variances": "k"},
        returns=_FIT,
        run=_run_fit,
        hints=(
            "Around which point does the cloud of examples vary? Over which axis of (N, D) is "
            "that point found?",
            "NumPy's svd of the centred X gives U, sigma and Vt. One of them has a direction of "
            "the inputs in each row, and sigma falls. (eigh of the covariances: columns, rising.)",
            "The variance along a direction is the sum of the squared coordinates along it, by "
            "N − 1. What has sigma to do with that sum?",
        ),
    ),
    Exercise(
        id="2.26",
        name="pca_compress",
        points=2,
        reference=nn.pca_compress,
        make=_compress,
        sizes=(
            {"N": 5, "D": 6, "k": 3},
            {"N": 7, "D": 4, "k": 2},
            {"N": 3, "D": 8, "k": 5},
        ),
        smallest={"N": 2, "D": 2, "k": 1},
        special=_compress_far,
        shapes={
            "X": "N D",
            "mean": "D",
            "components": "k D",
            "scores": "N k",
            "X_hat": "N D",
        },
        returns=("scores", "X_hat"),
        run=_run_compress,
        hints=(
            "How far does an example reach along a direction of length 1? Measured from where: "
            "from 0, or from the mean?",
            "components is (k, D), an example has D numbers, its scores are k. Which product of "
            "(N, D) and (k, D), one of them transposed, gives (N, k)?",
            "The way back: each score times its component, all added up, is a step away from the "
            "mean. What is still missing to be back among the examples?",
        ),
    ),
    Exercise(
        id="2.28",
        name="components_needed",
        points=1,
        reference=nn.components_needed,
        make=_falling,
        sizes=({"K": 6}, {"K": 9}, {"K": 11}),
        smallest={"K": 2},
        special=_exactly,
        shapes={"variances": "K", "count": ""},
        returns=("count",),
        hints=(
            "How much of all the variance do the first two components have together?",
            "A running sum of the variances, divided by their total, rises from below to 1. "
            "Where does it first reach the share?",
            "An index counts from 0: how many components stand up to and including index i? "
            "And is a share that is met exactly enough?",
        ),
    ),
)
