"""Ready derivations of transfer learning: batch norm that is frozen, labels that are smoothed."""

from __future__ import annotations

from course_utils.checking.derivations.known import Known
from course_utils.checking.derivations.setting import Derivation

_DX = "dY * gamma / sqrt(var + eps)"
_DGAMMA = "sum(n, dY[n,d] * Xhat[n,d])"
_DZ = "(P[n,j] - Q[n,j]) / N"

FROZEN_NORM = Derivation(
    name="frozen_norm",
    title="Batch norm with statistics mu and var that are given. dY arrives from above.",
    symbols={"X": "N D", "gamma": "D", "beta": "D", "mu": "D", "var": "D", "eps": ""},
    positive=("var", "eps"),
    rules=(
        "Xhat[n,d] = (X[n,d] - mu[d]) / sqrt(var[d] + eps)",
        "Y[n,d] = gamma[d] * Xhat[n,d] + beta[d]",
    ),
    upstream="Y",
    wanted=("dX", "dgamma", "dbeta"),
    sizes=({"N": 4, "D": 3}, {"N": 3, "D": 5}),
    smallest={"N": 1, "D": 1},
    known=(
        Known("dX = dY", "X is stretched by gamma and divided by a root on its way to Y.", _DX),
        Known("dX = dY * gamma", "The division by the root of var + eps is missing.", _DX),
        Known(
            "dX = dY * gamma / (sqrt(var) + eps)",
            "eps stands under the root, as in the forward rule.",
            _DX,
        ),
        Known(
            "dX[n,d] = gamma[d] / sqrt(var[d] + eps) * (dY[n,d] - sum(m, dY[m,d]) / N "
            "- Xhat[n,d] * sum(m, dY[m,d] * Xhat[m,d]) / N)",
            "That is the way back of a batch norm in training. Here mu and var are given: they "
            "do not depend on X, so nothing flows back through them.",
            "dY[n,d] * gamma[d] / sqrt(var[d] + eps)",
        ),
        Known(
            "dX = 0 * dY",
            "Frozen statistics do not stop the gradient: Y still grows with X.",
            _DX,
        ),
        Known(
            "dX = dY * gamma * Xhat / sqrt(var + eps)",
            "Xhat belongs to the gradient of gamma: it is what gamma is multiplied by.",
            _DX,
        ),
        Known(
            "dX = dY * Xhat / sqrt(var + eps)",
            "Y holds gamma times Xhat: the derivative by Xhat is the other factor.",
            _DX,
        ),
        Known(
            "dgamma[d] = sum(n, dY[n,d] * (X[n,d] - mu[d]))",
            "gamma is multiplied by Xhat, which is divided by the root already.",
            _DGAMMA,
        ),
    ),
)

SMOOTHED_LOSS = Derivation(
    name="smoothed_loss",
    title="L is the mean over N of -sum of Q log P over the classes; the share s of the target Q "
    "is spread over all C classes.",
    symbols={"Z": "N C", "y": "N", "s": ""},
    labels={"y": "C"},
    positive=("s",),
    ranges={"k": "C"},
    rules=(
        "P[n,k] = exp(Z[n,k]) / sum(j, exp(Z[n,j]))",
        "Q[n,k] = (1 - s) * delta(k,y[n]) + s / C",
        "L = -sum(n, k, Q[n,k] * log(P[n,k])) / N",
    ),
    wanted=("dZ",),
    sizes=({"N": 3, "C": 5}, {"N": 5, "C": 4}),
    smallest={"N": 1, "C": 2},
    known=(
        Known(
            "dZ[n,j] = (P[n,j] - delta(j,y[n])) / N",
            "That is the gradient for plain labels. Here the target is Q.",
            _DZ,
        ),
        Known(
            "dZ[n,j] = (P[n,j] - (1 - s) * delta(j,y[n])) / N",
            "Only a part of Q is taken off: the share s, spread over the classes, is missing.",
            _DZ,
        ),
        Known(
            "dZ[n,j] = (P[n,j] - (1 - s) * delta(j,y[n]) - s / (C - 1)) / N",
            "The share s is spread over all C classes here, the right one included.",
            _DZ,
        ),
        Known(
            "dZ[n,j] = (1 - s) * (P[n,j] - delta(j,y[n])) / N",
            "P is not made smaller by smoothing: only the target changes.",
            _DZ,
        ),
        Known(
            "dZ[n,j] = (P[n,j] - s * delta(j,y[n]) - (1 - s) / C) / N",
            "s and 1 - s have changed places: s is the share that is spread.",
            _DZ,
        ),
        Known(
            "dZ = -Q / P / N",
            "That is the gradient of P. The way through softmax is still to come.",
            "(P - Q) / N",
        ),
        Known(
            "dZ = -Q * (1 - P) / N",
            "Z[n,j] changes all P of its row, not P[n,j] alone: sum over the classes.",
            "(P - Q) / N",
        ),
    ),
)

TRANSFER = (FROZEN_NORM, SMOOTHED_LOSS)
