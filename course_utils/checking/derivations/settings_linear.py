"""Ready derivations of linear models: logistic regression, and the slope of its gradient."""

from __future__ import annotations

from course_utils.checking.derivations.setting import Derivation

_LOGISTIC = {
    "symbols": {"X": "N D", "w": "D", "b": "", "y": "N"},
    "binary": ("y",),
    "sizes": ({"N": 5, "D": 3}, {"N": 4, "D": 6}, {"N": 7, "D": 2}),
    "smallest": {"N": 1, "D": 1},
}
_PROBABILITY = ("z[n] = sum(d, X[n,d] * w[d]) + b", "p[n] = sigmoid(z[n])")

LOGISTIC = Derivation(
    name="logistic",
    title="Logistic regression: p = sigmoid(X w + b), targets y of 0 or 1, mean cross-entropy L.",
    rules=(*_PROBABILITY, "L = -sum(n, y[n] * log(p[n]) + (1 - y[n]) * log(1 - p[n])) / N"),
    wanted=("dz", "dw", "db"),
    **_LOGISTIC,
)

# The gradient by w, called g, is itself the forward quantity here: diff(g[i], w[j]) is an
# entry of the matrix of second derivatives. With dg from above, dw is that matrix times dg.
LOGISTIC_SLOPE = Derivation(
    name="logistic_slope",
    title="g is the gradient of the mean cross-entropy of logistic regression by w.",
    rules=(*_PROBABILITY, "g[i] = sum(n, X[n,i] * (p[n] - y[n])) / N"),
    upstream="g",
    wanted=("dw",),
    **_LOGISTIC,
)

LINEAR_MODELS = (LOGISTIC, LOGISTIC_SLOPE)
