"""Exercise of lesson 02 on the power iteration."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.lesson_02_pca import named_in_order, one_sign

_EIGEN = ("eigenvalue", "eigenvector")


def _symmetric(draw: Draw, sizes: Sizes) -> Probe:
    """Few steps, so that it shows how many were made; the start is not of length 1."""
    D = sizes["D"]
    v = draw.array(D)
    if draw.small:
        A = np.triu(draw.array(D, D))
        return Probe((A + np.triu(A, 1).T, v, 1))
    eigenvalues = 3.0 * 0.7 ** np.arange(D) * (-1.0) ** (np.arange(D) // 2)
    S = _with_eigenvalues(draw, eigenvalues)
    steps = {5: 3, 4: 1}.get(D, 4)
    return Probe((S.astype(draw.dtype), v, steps))


def _with_eigenvalues(draw: Draw, eigenvalues: np.ndarray) -> np.ndarray:
    Q = np.linalg.qr(draw.array(len(eigenvalues), len(eigenvalues)).astype(float))[0]
    S = (Q * eigenvalues) @ Q.T
    return (S + S.T) / 2


def _hard_eigenvalues(draw: Draw) -> list[Probe]:
    """The largest in size is negative; and numbers so large that a power of S overflows."""
    negative = _with_eigenvalues(draw, np.array([-3.0, 2.4, 1.0, -0.5, 0.2, 0.1]))
    large = _with_eigenvalues(draw, np.array([4000.0, -2000.0, 1000.0]))
    v, w = draw.array(6), draw.array(3)
    return [
        Probe((negative, v, 2), "the eigenvalue of largest size is negative", {"D": 6}),
        Probe((large, w, 150), "150 steps with large numbers", {"D": 3}),
    ]


def _run_power(call, probe, peers) -> dict[str, Any]:
    named = named_in_order(_EIGEN, call(*probe.args), ((), probe.args[1].shape))
    vector = named["eigenvector"]
    if isinstance(vector, np.ndarray) and vector.ndim == 1:
        named["eigenvector"] = one_sign(vector[None])[0]
    return named


register(
    Exercise(
        id="2.27",
        name="power_iteration",
        points=3,
        reference=nn.power_iteration,
        make=_symmetric,
        sizes=({"D": 5}, {"D": 4}, {"D": 7}),
        smallest={"D": 2},
        special=_hard_eigenvalues,
        shapes={"S": "D D", "v": "D", "eigenvalue": "", "eigenvector": "D"},
        returns=_EIGEN,
        run=_run_power,
        hints=(
            "Write v as a sum of eigenvectors. What does a product with S do to each of them?",
            "The one with the largest eigenvalue grows fastest. Take the length back to 1 after "
            "each product, or the numbers run out of range.",
            "For a unit eigenvector, S v is κ v. Which product with v turns that into the number "
            "κ, its sign included? Take it at the vector that you return.",
        ),
    ),
)
