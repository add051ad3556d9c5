"""Exercises of lesson 02 on two classes: the logistic loss, its gradient, its curvature."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register

_LOSS = {"z": "N", "y": "N", "loss": "", "dz": "N"}
_REGRESSION = {"X": "N D", "y": "N", "w": "D", "b": "", "loss": "", "dw": "D", "db": ""}


def _binary_labels(draw: Draw, n_rows: int) -> np.ndarray:
    """Labels 0 and 1, both of them where there is room for two.

    In the smallest integers: beside those, float32 stays float32.
    """
    y = draw.labels(n_rows, 2)
    if n_rows > 1:
        y[: n_rows // 2] = 1 - y[-1]
    return y.astype(np.int8)


def _loss(draw: Draw, sizes: Sizes) -> Probe:
    N = sizes["N"]
    return Probe((draw.array(N), _binary_labels(draw, N)), upstream=draw.number())


def _sure(draw: Draw) -> list[Probe]:
    """Logits near ±1000, and near ±40 where 1 − p is 0 already: half of them sure and wrong."""
    probes = []
    for largest in (1000.0, 40.0):
        z = largest * np.array([1.0, 1.0, -1.0, -1.0, 0.8, -0.8, 0.01, 0.0])
        z = z + draw.array(8)
        y = np.array([1, 0, 1, 0, 0, 1, 0, 0], dtype=np.int8)
        about = f"logits near ±{largest:g}"
        probes.append(Probe((z, y), about, {"N": 8}, upstream=draw.number()))
    return probes


_LOSS_PROBES = {
    "make": _loss,
    "sizes": ({"N": 5}, {"N": 9}, {"N": 7}),
    "smallest": {"N": 1},
    "special": _sure,
    "shapes": _LOSS,
}


def _regression(draw: Draw, sizes: Sizes) -> Probe:
    N, D = sizes["N"], sizes["D"]
    params = {"w": draw.array(D), "b": np.asarray(draw.array(1)[0])}
    # The first one has no penalty: a slip in the penalty then shows as one.
    weight_decay = 0.0 if N == 5 else draw.number(0.05, 0.4)
    about = "weight decay" if weight_decay else "no weight decay"
    X = draw.array(N, D)
    p, _ = nn.sigmoid_forward(X @ params["w"] + params["b"])
    y = _binary_labels(draw, N)
    while abs(np.mean(p - y)) < 0.05:  # db would be a difference that has lost its digits
        y = _binary_labels(draw, N)
    return Probe((params, X, y, weight_decay), about=about)


def _large_logits(draw: Draw) -> list[Probe]:
    params = {"w": draw.array(3), "b": np.asarray(draw.number())}
    z = np.array([1000.0, -1000.0, 800.0, -900.0, 40.0, 2.0])
    y = np.array([0, 1, 1, 0, 0, 0], dtype=np.int8)  # sure and wrong, sure and right, …
    X = draw.array(6, 3)
    # Each row is moved along w until its logit is the one that is wanted.
    missing = z - X @ params["w"] - params["b"]
    X += np.outer(missing, params["w"]) / np.sum(params["w"] ** 2)
    args = (params, X, y, 0.0)
    # Half the digits of float32 go to the thousand: what is left is compared with more room,
    # too much of it for a penalty to be seen.
    return [Probe(args, about="logits near ±1000", sizes={"N": 6, "D": 3}, rtol=1e-3)]


def _hessian(draw: Draw, sizes: Sizes) -> Probe:
    N, D = sizes["N"], sizes["D"]
    p, _ = nn.sigmoid_forward(draw.array(N))
    if draw.small:
        p = np.clip(np.round(4 * p), 1, 3) / 4  # quarters can be followed by hand
    weight_decay = 0.0 if N == 5 else draw.number(0.05, 0.4)
    about = "weight decay" if weight_decay else "no weight decay"
    return Probe((draw.array(N, D), p, weight_decay), about=about)


def _certain(draw: Draw) -> list[Probe]:
    """Probabilities that are exactly 0 and 1, and a column of ones for the bias."""
    p = np.array([0.0, 1.0, 0.3, 1.0, 0.6, 0.0, 0.9])
    X = draw.array(7, 4)
    X[:, 0] = 1.0
    about, sizes = "some p exactly 0 or 1", {"N": 7, "D": 4}
    return [Probe((X, p, draw.number(0.05, 0.4)), about, sizes)]


def _symmetric(draw: Draw, sizes: Sizes) -> Probe:
    """A matrix with all eigenvalues above 0 and the largest well apart from the others."""
    D = sizes["D"]
    if draw.small:
        A = draw.array(D, D)
    else:
        A = draw.array(D + 2, D)
        A[0] *= 2.0
    return Probe((A.T @ A,))


def _axes(draw: Draw) -> list[Probe]:
    """Diagonal matrices: the largest eigenvalue first, in the middle, last; and a small one."""
    along = ([7.0, 0.5, 2.0], [0.3, 5.0, 1.0, 2.5], [0.2, 0.9, 1.5, 0.4, 3.1])
    diagonal = [
        Probe((np.diag(entries),), "a diagonal matrix", {"D": len(entries)}) for entries in along
    ]
    small = 1e-3 * _symmetric(draw, {"D": 4}).args[0]
    return [*diagonal, Probe((small,), "a gentle curvature", {"D": 4})]


register(
    Exercise(
        id="2.11",
        name="logistic_loss_forward",
        points=3,
        reference=nn.logistic_loss_forward,
        **_LOSS_PROBES,
        returns=("loss", "cache"),
        hints=(
            "Class 1 has the probability p = sigmoid(z). Which one has class 0? And what is a "
            "row's loss, once its label is known?",
            "With p written out, −log p is log(1 + exp(−z)), and −log(1 − p) is log(1 + exp(z)). "
            "Show on paper that the two differ by exactly z: one formula then serves both labels.",
            "exp(1000) is inf. In log(1 + exp(z)) draw the larger of z and 0 out of the "
            "logarithm: what stays inside has an exponent of 0 or less. Last, the mean.",
        ),
    ),
    Exercise(
        id="2.13",
        name="logistic_loss_backward",
        points=2,
        reference=nn.logistic_loss_backward,
        **_LOSS_PROBES,
        returns=("dz",),
        forward="logistic_loss_forward",
        hints=(
            "A row of class 1 whose p is nearly 1 is fine. What should its gradient be? "
            "And if its p is nearly 0: which way should z go?",
            "The loss of one row is log(1 + exp(z)) − y z. What is the derivative of each of the "
            "two terms with respect to z?",
            "Both derivatives are in the cache. Two factors are left: the loss is a mean over N "
            "rows, and dloss arrives from above.",
        ),
    ),
    Exercise(
        id="2.16",
        name="logistic_regression_loss_and_grads",
        points=3,
        reference=nn.logistic_regression_loss_and_grads,
        make=_regression,
        sizes=({"N": 5, "D": 6}, {"N": 8, "D": 3}, {"N": 6, "D": 4}),
        smallest={"N": 1, "D": 1},
        special=_large_logits,
        shapes=_REGRESSION,
        returns=("loss", "grads"),
        hints=(
            "Three steps lead from X to the loss: the logits, the loss of the data, the penalty. "
            "Which of them does w touch, and which does b touch?",
            "dz has one entry for each row. w[d] collects X[n, d] dz[n] over all rows; "
            "b is added to every logit, so it collects every dz[n].",
            "The mean over N is in dz already. The penalty λ Σw² adds to the loss, and 2λw to "
            "the gradient of w. The bias has no penalty.",
        ),
    ),
    Exercise(
        id="2.18",
        name="logistic_hessian",
        points=3,
        reference=nn.logistic_hessian,
        make=_hessian,
        sizes=({"N": 5, "D": 6}, {"N": 8, "D": 3}, {"N": 7, "D": 4}),
        smallest={"N": 1, "D": 1},
        special=_certain,
        shapes={"X": "N D", "p": "N", "H": "D D"},
        returns=("H",),
        hints=(
            "Entry [i, j] says how the gradient of w[i] changes with w[j]. "
            "Which shape does that give?",
            "The gradient is X^T (p − y)/N. Only p moves with w: its slope along z is that of the "
            "sigmoid, and z moves with w[j] by X[n, j].",
            "Each row n adds X[n, i] X[n, j] with the weight of its own slope: a product of X^T "
            "and X with something diagonal between them. The penalty 2λw has the derivative 2λ, "
            "and only with respect to its own weight.",
        ),
    ),
    Exercise(
        id="2.19",
        name="largest_stable_rate",
        points=2,
        reference=nn.largest_stable_rate,
        make=_symmetric,
        sizes=({"D": 3}, {"D": 5}, {"D": 4}),
        smallest={"D": 1},
        special=_axes,
        shapes={"H": "D D", "rate": ""},
        returns=("rate",),
        hints=(
            "The parabola κ w²/2 has the slope κ w, so a step takes w to (1 − rate · κ) w. "
            "For which rates does |w| shrink?",
            "A bowl in D dimensions is steep in one direction and flat in another. Along an "
            "eigenvector of H it is such a parabola, and κ is the eigenvalue. "
            "Which direction complains first?",
            "Of all eigenvalues one decides. For a symmetric matrix np.linalg has a function of "
            "its own; look in which order it returns them.",
        ),
    ),
)
