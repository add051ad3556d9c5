"""Ready derivations of single layers."""

from __future__ import annotations

from course_utils.checking.derivations.known import Known
from course_utils.checking.derivations.setting import Derivation

_NDM = ({"N": 3, "D": 4, "M": 5}, {"N": 5, "D": 3, "M": 2}, {"N": 2, "D": 3, "M": 4})
_NM = ({"N": 3, "M": 4}, {"N": 5, "M": 2})
_DZ = "P[n,j] * (dP[n,j] - sum(k, P[n,k] * dP[n,k]))"
_ROOT = "sqrt(var[d] + eps)"
_NORM_DX = (
    f"gamma[d] / {_ROOT} * (dY[n,d] - sum(m, dY[m,d]) / N "
    "- Xhat[n,d] * sum(m, dY[m,d] * Xhat[m,d]) / N)"
)
_NK = ({"N": 3, "C": 5}, {"N": 5, "C": 4})

NEURON = Derivation(
    name="neuron",
    title="y = w x + b for one sample: D inputs, one number out. dy arrives from above.",
    symbols={"x": "D", "w": "D", "b": ""},
    rules=("y = sum(i, x[i] * w[i]) + b",),
    upstream="y",
    wanted=("dx", "dw", "db"),
    sizes=({"D": 3}, {"D": 5}),
    smallest={"D": 1},
)

LINEAR = Derivation(
    name="linear",
    title="Y = X W + b, one row of X per sample. dY arrives from above.",
    symbols={"X": "N D", "W": "D M", "b": "M"},
    rules=("Y[n,m] = sum(d, X[n,d] * W[d,m]) + b[m]",),
    upstream="Y",
    wanted=("dX", "dW", "db"),
    sizes=_NDM,
    smallest={"N": 1, "D": 1, "M": 1},
)


def _entrywise(name: str) -> Derivation:
    return Derivation(
        name=name,
        title=f"Y = {name}(X), entry by entry. dY arrives from above.",
        symbols={"X": "N M"},
        rules=(f"Y[n,m] = {name}(X[n,m])",),
        upstream="Y",
        wanted=("dX",),
        sizes=_NM,
        smallest={"N": 1, "M": 1},
    )


RELU, SIGMOID, TANH = (_entrywise(name) for name in ("relu", "sigmoid", "tanh"))

SOFTMAX = Derivation(
    name="softmax",
    title="P = softmax(Z), row by row. dP arrives from above.",
    symbols={"Z": "N C"},
    rules=("P[n,k] = exp(Z[n,k]) / sum(j, exp(Z[n,j]))",),
    upstream="P",
    wanted=("dZ",),
    sizes=_NK,
    smallest={"N": 1, "C": 2},
    known=(
        Known(
            "dZ[n,j] = P[n,j] * dP[n,j]",
            "A logit changes all probabilities of its row, for they add up to 1: what the row as "
            "a whole says has to be taken off.",
            _DZ,
        ),
        Known(
            "dZ[n,j] = P[n,j] * (1 - P[n,j]) * dP[n,j]",
            "This is the slope of a sigmoid: it leaves out the other probabilities of the row.",
            _DZ,
        ),
    ),
)

SOFTMAX_CROSS_ENTROPY = Derivation(
    name="softmax_cross_entropy",
    title="L is the mean over N of -log P[n,y[n]], with P = softmax(Z) row by row.",
    symbols={"Z": "N C", "y": "N"},
    labels={"y": "C"},
    rules=(
        "P[n,k] = exp(Z[n,k]) / sum(j, exp(Z[n,j]))",
        "L = -sum(n, log(P[n,y[n]])) / N",
    ),
    wanted=("dZ",),
    sizes=_NK,
    smallest={"N": 1, "C": 2},
)

L2_PENALTY = Derivation(
    name="l2_penalty",
    title="L = lam times the sum of the squares of all weights.",
    symbols={"W": "D M", "lam": ""},
    positive=("lam",),
    rules=("L = lam * sum(d, m, W[d,m]**2)",),
    wanted=("dW",),
    sizes=({"D": 3, "M": 4}, {"D": 5, "M": 2}),
    smallest={"D": 1, "M": 1},
)

BATCH_NORM = Derivation(
    name="batch_norm",
    title="Batch norm over N, with gamma, beta and eps. dY arrives from above.",
    symbols={"X": "N D", "gamma": "D", "beta": "D", "eps": ""},
    positive=("eps",),
    rules=(
        "mu[d] = sum(n, X[n,d]) / N",
        "var[d] = sum(n, (X[n,d] - mu[d])**2) / N",
        "Xhat[n,d] = (X[n,d] - mu[d]) / sqrt(var[d] + eps)",
        "Y[n,d] = gamma[d] * Xhat[n,d] + beta[d]",
    ),
    upstream="Y",
    wanted=("dX", "dgamma", "dbeta"),
    sizes=({"N": 4, "D": 3}, {"N": 3, "D": 5}),
    smallest={"N": 2, "D": 1},
    known=(
        Known(
            f"dX[n,d] = dY[n,d] * gamma[d] / {_ROOT}",
            "This takes mu and var for constants; both are made from X, and pass something on.",
            _NORM_DX,
        ),
        Known(
            f"dX[n,d] = gamma[d] / {_ROOT} * (dY[n,d] - sum(m, dY[m,d]) / N)",
            "The way through mu is there, the way through var is not: var is made from X, too.",
            _NORM_DX,
        ),
    ),
)

LAYER_NORM = Derivation(
    name="layer_norm",
    title="Layer norm over D, with gamma, beta and eps. dY arrives from above.",
    symbols={"X": "N D", "gamma": "D", "beta": "D", "eps": ""},
    positive=("eps",),
    rules=(
        "mu[n] = sum(d, X[n,d]) / D",
        "var[n] = sum(d, (X[n,d] - mu[n])**2) / D",
        "Xhat[n,d] = (X[n,d] - mu[n]) / sqrt(var[n] + eps)",
        "Y[n,d] = gamma[d] * Xhat[n,d] + beta[d]",
    ),
    upstream="Y",
    wanted=("dX", "dgamma", "dbeta"),
    sizes=({"N": 4, "D": 3}, {"N": 3, "D": 5}),
    smallest={"N": 1, "D": 2},
)

DROPOUT = Derivation(
    name="dropout",
    title="Y = X * M, entry by entry, with a mask M that is given. dY arrives from above.",
    symbols={"X": "N D", "M": "N D"},
    rules=("Y[n,d] = X[n,d] * M[n,d]",),
    upstream="Y",
    wanted=("dX",),
    sizes=({"N": 3, "D": 4}, {"N": 5, "D": 2}),
    smallest={"N": 1, "D": 1},
)

SINGLE_LAYERS = (
    *(NEURON, LINEAR, RELU, SIGMOID, TANH, SOFTMAX, SOFTMAX_CROSS_ENTROPY, L2_PENALTY, BATCH_NORM),
    *(LAYER_NORM, DROPOUT),
)
