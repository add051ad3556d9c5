"""Ready derivations of nets, convolutions and recurrent steps."""

from __future__ import annotations

from course_utils.checking.derivations.setting import Derivation

_NDMC = {"N": 3, "D": 4, "M": 5, "C": 2}, {"N": 4, "D": 2, "M": 3, "C": 5}

TWO_LAYERS = Derivation(
    name="two_layers",
    title="Linear, ReLU, linear, softmax cross-entropy, with penalty lam on W1 and W2.",
    symbols={"X": "N D", "W1": "D M", "b1": "M", "W2": "M C", "b2": "C", "y": "N", "lam": ""},
    labels={"y": "C"},
    positive=("lam",),
    rules=(
        "Z1[n,m] = sum(d, X[n,d] * W1[d,m]) + b1[m]",
        "A1[n,m] = relu(Z1[n,m])",
        "Z2[n,k] = sum(m, A1[n,m] * W2[m,k]) + b2[k]",
        "P[n,k] = exp(Z2[n,k]) / sum(j, exp(Z2[n,j]))",
        "L = -sum(n, log(P[n,y[n]])) / N + lam * (sum(d, m, W1[d,m]**2) + sum(m, k, W2[m,k]**2))",
    ),
    wanted=("dW2", "db2", "dA1", "dW1", "db1"),
    given=("dZ2",),
    sizes=_NDMC,
    smallest={"N": 1, "D": 1, "M": 1, "C": 2},
)

SIGMOID_CHAIN = Derivation(
    name="sigmoid_chain",
    title="Three sigmoid units in a row; L is half the squared distance of a3 from t.",
    symbols={"x": "", "t": "", "w1": "", "w2": "", "w3": "", "b1": "", "b2": "", "b3": ""},
    rules=(
        "z1 = w1 * x + b1",
        "a1 = sigmoid(z1)",
        "z2 = w2 * a1 + b2",
        "a2 = sigmoid(z2)",
        "z3 = w3 * a2 + b3",
        "a3 = sigmoid(z3)",
        "L = (a3 - t)**2 / 2",
    ),
    wanted=("dz3", "dz2", "dz1", "dw1"),
    sizes=({}, {}, {}),
)

_CONV = {
    "symbols": {"X": "N C H W", "K": "F C U V", "b": "F"},
    "upstream": "Y",
    "wanted": ("dX", "dK", "db"),
    "related": ("H U P", "W V Q"),
    "ranges": {"p": "P", "q": "Q"},
}

CONVOLUTION = Derivation(
    name="convolution",
    title="Convolution with stride 1 and no padding; outside an array everything is 0.",
    rules=("Y[n,f,p,q] = sum(c, u, v, X[n,c,p+u,q+v] * K[f,c,u,v]) + b[f]",),
    sizes=(
        {"N": 2, "C": 3, "F": 2, "H": 4, "W": 5, "U": 2, "V": 3, "P": 3, "Q": 3},
        {"N": 1, "C": 2, "F": 3, "H": 5, "W": 4, "U": 3, "V": 2, "P": 3, "Q": 3},
    ),
    smallest={"N": 1, "C": 1, "F": 1, "H": 2, "W": 1, "U": 2, "V": 1, "P": 1, "Q": 1},
    **_CONV,
)

CONVOLUTION_STRIDE = Derivation(
    name="convolution_stride",
    title="Convolution with stride s and no padding.",
    rules=("Y[n,f,p,q] = sum(c, u, v, X[n,c,s*p+u,s*q+v] * K[f,c,u,v]) + b[f]",),
    whole=("s",),
    sizes=(
        {"N": 2, "C": 2, "F": 3, "H": 6, "W": 5, "U": 2, "V": 3, "P": 3, "Q": 2, "s": 2},
        {"N": 1, "C": 3, "F": 2, "H": 8, "W": 5, "U": 2, "V": 2, "P": 3, "Q": 2, "s": 3},
    ),
    smallest={"N": 1, "C": 1, "F": 1, "H": 4, "W": 1, "U": 2, "V": 1, "P": 2, "Q": 1, "s": 2},
    **_CONV,
)

RNN_STEP = Derivation(
    name="rnn_step",
    title="One step of a recurrent net: h = tanh(x Wx + h_prev Wh + b). dh arrives from above.",
    symbols={"x": "N E", "h_prev": "N M", "Wx": "E M", "Wh": "M M", "b": "M"},
    rules=(
        "z[n,m] = sum(e, x[n,e] * Wx[e,m]) + sum(l, h_prev[n,l] * Wh[l,m]) + b[m]",
        "h[n,m] = tanh(z[n,m])",
    ),
    upstream="h",
    wanted=("dx", "dh_prev", "dWx", "dWh", "db"),
    sizes=({"N": 3, "E": 4, "M": 5}, {"N": 5, "E": 2, "M": 3}),
    smallest={"N": 1, "E": 1, "M": 1},
)

NETS = (TWO_LAYERS, SIGMOID_CHAIN, CONVOLUTION, CONVOLUTION_STRIDE, RNN_STEP)
