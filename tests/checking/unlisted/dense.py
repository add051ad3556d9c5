"""Fully connected layers, losses, update rules, norms and dropout."""

import numpy as np

from course_utils import nn

from . import odd, right, wrong

# ---------------------------------------------------------------- linear


@wrong("3.1", "last row", "last sample", "row 4", "without b", "bias")
def bias_misses_the_last_row(X, W, b):
    """The loop that adds b ends one row too early."""
    Y = X @ W
    for n in range(len(X) - 1):
        Y[n] += b
    return Y, (X, W)


@wrong("3.1", "times b", "d times", "d · b", "b is added", "b counts", "bias", "b once")
def bias_in_the_inner_loop(X, W, b):
    """b is added inside the sum over d, so D times."""
    Y = np.zeros((len(X), W.shape[1]), X.dtype)
    for d in range(W.shape[0]):
        Y += X[:, d : d + 1] * W[d] + b
    return Y, (X, W)


@wrong(
    "3.1",
    "first column",
    "x[:, 0]",
    "w[0",
    "first feature",
    "does not use",
    "does not depend",
    "column 0",
    "first row of w",
    "first entry",
    "starts at 1",
    "skips",
    "d = 0",
)
def sum_from_one(X, W, b):
    """The sum over d starts at 1, as in Matlab."""
    Y = np.zeros((len(X), W.shape[1]), X.dtype)
    for d in range(1, W.shape[0]):
        Y += np.outer(X[:, d], W[d])
    return Y + b, (X, W)


@wrong(
    "3.2",
    "last row",
    "last sample",
    "overwrit",
    "one row",
    "single row",
    "adds up",
    "add up",
    "+=",
    "collects",
)
def weights_of_the_last_sample(dY, cache):
    """dW is assigned in the loop and not added up."""
    X, W = cache
    for n in range(len(X)):
        dW = np.outer(X[n], dY[n])
    return dY @ W.T, dW, dY.sum(axis=0)


@wrong(
    "3.2", "axis", "all entries", "every entry", "each column", "whole array", "columns", "over all"
)
def bias_sums_everything(dY, cache):
    """db is the sum of all of dY, in every entry."""
    X, W = cache
    db = np.ones(W.shape[1], dY.dtype) * dY.sum()
    return dY @ W.T, X.T @ dY, db


@wrong(
    "3.2", "times x", "· x", "* x", "multiplied by x", "extra factor", "factor x", "depends on x"
)
def input_times_x(dY, cache):
    """A misremembered chain rule: dX gets one more factor X."""
    X, W = cache
    return (dY @ W.T) * X, X.T @ dY, dY.sum(0)


@wrong("3.2", "1/d", "/ d", "by d", "mean", "averag", "d times")
def divides_by_rows_of_w(dY, cache):
    """dW is divided by len(dW), which is D and should not be there at all."""
    X, W = cache
    dW = X.T @ dY
    dW = dW / len(dW)
    return dY @ W.T, dW, dY.sum(0)


@wrong(
    "3.2",
    "first row",
    "first sample",
    "row 0",
    "only the first",
    "one row",
    "single row",
    "return",
    "other rows",
    "adds up",
    "add up",
)
def returns_inside_the_loop(dY, cache):
    """The return is indented into the loop: only the first sample is done."""
    X, W = cache
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1], W.dtype)
    for n in range(len(X)):
        dX[n] = W @ dY[n]
        dW += np.outer(X[n], dY[n])
        db += dY[n]
        return dX, dW, db


# ---------------------------------------------------------------- relu


@wrong(
    "3.3",
    "between 0 and 1",
    "below 1",
    "threshold",
    "x > 1",
    "up to 1",
    "less than 1",
    "0 to 1",
    "smaller than 1",
    "small positive",
    "at 1",
)
def relu_from_one(X):
    """The threshold is 1 and not 0."""
    return X * (X > 1), X


@wrong("3.3", "in place", "changes", "changed", "copy", "overwrit")
def relu_in_place(X):
    """Writes zeros into the caller's X."""
    X[X < 0] = 0
    return X, X


@wrong("3.3", "6", "cap", "large", "clip", "upper")
def relu_six(X):
    """ReLU6, as MobileNet has it: cut off at 6."""
    return np.clip(X, 0, 6), X


@wrong(
    "3.4",
    "dy > 0",
    "sign of dy",
    "dy is positive",
    "of dy",
    "instead of x",
    "where dy",
    "negative dy",
    "wrong array",
)
def gate_of_the_gradient(dY, cache):
    """Asks whether dY is positive, not X."""
    return np.where(dY > 0, dY, 0)


@wrong(
    "3.4",
    "times x",
    "· x",
    "* x",
    "slope 1",
    "slope is 1",
    "relu(x)",
    "max(x",
    "grows with x",
    "depends on x",
    "multiplied by x",
    "by x",
)
def output_for_slope(dY, cache):
    """Multiplies by the output of ReLU where the slope belongs."""
    return dY * np.maximum(cache, 0)


# ---------------------------------------------------------------- sigmoid, tanh


@wrong("2.7", "sign", "exp(−x)", "exp(-x)", "1 − y", "1 - y", "mirrored", "−x", "opposite")
def sigmoid_mirrored(X):
    """exp(X) in place of exp(−X)."""
    with np.errstate(over="ignore"):
        Y = 1 / (1 + np.exp(X))
    return Y, Y


@wrong("2.7", "overflow", "nan", "inf")
def sigmoid_inf_over_inf(X):
    """exp(X) / (1 + exp(X)) overflows."""
    e = np.exp(X)
    return e / (1 + e), e / (1 + e)


@wrong("2.7", "curve", "straight", "linear", "0.2", "clip", "exp")
def sigmoid_of_keras(X):
    """Keras' hard sigmoid."""
    Y = np.clip(X.dtype.type(0.2) * X + X.dtype.type(0.5), 0, 1)
    return Y, Y


@wrong("2.8", "twice", "again", "already", "second time", "sigmoid of y", "sigmoid(y)")
def sigmoid_of_sigmoid(dY, cache):
    """Takes the cache for X and squashes it once more."""
    s = 1 / (1 + np.exp(-cache))
    return dY * s * (1 - s)


@wrong("2.10", "1 − y²", "1 - y²", "y²", "y^2", "y**2", "1 + y", "square", "y * y", "y · y")
def tanh_square_of_difference(dY, cache):
    """(1 − Y)² for 1 − Y²."""
    return dY * (1 - cache) ** 2


@wrong("2.9", "2x", "2 x", "2 · x", "half", "x/2", "x / 2", "0.5", "slope")
def tanh_from_sigmoid(X):
    """2 sigmoid(X) − 1: forgot that the argument is 2 X."""
    s, _ = nn.sigmoid_forward(X)
    return 2 * s - 1, 2 * s - 1


# ---------------------------------------------------------------- softmax cross-entropy


@wrong(
    "3.5",
    "each row",
    "own maximum",
    "row's",
    "of the row",
    "underflow",
    "log(0)",
    "whole array",
    "of its row",
    "all rows",
)
def shift_of_the_whole(Z, y):
    """One maximum for the whole array, and the log of what underflows."""
    e = np.exp(Z - Z.max())
    P = e / e.sum(axis=1, keepdims=True)
    return -np.log(P[np.arange(len(Z)), y]).mean(), (P, y)


@wrong(
    "3.5",
    "every row",
    "arange",
    "other rows",
    "per row",
    "[:, y]",
    "labels of",
    "all pairs",
    "each row",
)
def labels_of_all_rows(Z, y):
    """P[:, y] picks the labels of all rows from every row."""
    P = nn.softmax(Z)
    logs = nn.log_softmax(Z)
    return -logs[:, y].mean(), (P, y)


@wrong("3.5", "log2", "ln", "natural", "bits", "nats", "base", "1.44")
def loss_in_bits(Z, y):
    """log2, as in the lecture on information theory."""
    logs = nn.log_softmax(Z) / Z.dtype.type(np.log(2))
    return -logs[np.arange(len(Z)), y].mean(), (np.exp(logs), y)


@wrong("3.5", "1e-7", "eps", "log(0)", "log(", "tiny", "inside the log", "underflow")
def keras_epsilon(Z, y):
    """log(P + 1e-7), as older frameworks do."""
    P = nn.softmax(Z)
    return -np.log(P[np.arange(len(Z)), y] + 1e-7).mean(), (P, y)


@wrong("3.5", "n · c", "n c", "1/c", "c times", "by c", "n*c", "classes")
def mean_over_one_hot(Z, y):
    """The mean goes over the N·C entries of the one-hot product."""
    hot = np.eye(Z.shape[1], dtype=Z.dtype)[y]
    return -(hot * nn.log_softmax(Z)).mean(), (nn.softmax(Z), y)


@wrong("3.6", "by c", "1/c", "1/n", "/ n", "n rows", "mean over", "by n")
def divides_by_classes(dloss, cache):
    """len(P[0]) is C, not N."""
    P, y = cache
    dZ = P.copy()
    dZ[np.arange(len(y)), y] -= 1
    return dZ * (float(dloss) / len(P[0]))


@wrong(
    "3.6",
    "1/n",
    "/ n",
    "by n",
    "at the label",
    "only where",
    "right class",
    "one-hot",
    "order",
    "label's",
)
def takes_one_after_dividing(dloss, cache):
    """Divides by N first and takes off a whole 1 afterwards."""
    P, y = cache
    dZ = P / len(y)
    dZ[np.arange(len(y)), y] -= 1
    return dZ * float(dloss)


@wrong("3.6", "argmax", "largest", "most likely", "predicted", "label", "right class")
def one_at_the_prediction(dloss, cache):
    """Takes the 1 off at the predicted class, not at the label."""
    P, y = cache
    dZ = P.copy()
    dZ[np.arange(len(y)), P.argmax(axis=1)] -= 1
    return dZ * (float(dloss) / len(y))


# ---------------------------------------------------------------- two-layer net


def _forward(params, X, y, wd):
    A, c1 = nn.linear_forward(X, params["W1"], params["b1"])
    H, cr = nn.relu_forward(A)
    Z, c2 = nn.linear_forward(H, params["W2"], params["b2"])
    loss, cl = nn.softmax_cross_entropy_forward(Z, y)
    loss = loss + wd * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    return loss, A, H, c1, cr, c2, cl


@wrong("3.7", "relu", "da ", "dh ")
def dh_for_da(params, X, y, weight_decay=0.0):
    """Computes dA and then hands dH to the first layer."""
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, weight_decay)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    dA = nn.relu_backward(dH, cr)  # noqa: F841
    _, dW1, db1 = nn.linear_backward(dH, c1)
    dW1 = dW1 + 2 * weight_decay * params["W1"]
    dW2 = dW2 + 2 * weight_decay * params["W2"]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("3.7", "bias", "penalty", "weight_decay", "weight decay", "λ")
def decays_everything(params, X, y, weight_decay=0.0):
    """A loop over all of params also decays the biases."""
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, 0.0)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    for key, w in params.items():
        loss = loss + weight_decay * (w * w).sum()
        grads[key] = grads[key] + 2 * weight_decay * w
    return loss, grads


@wrong("3.7", "1/2", "half", "0.5", "factor 2", "twice", "½")
def half_a_penalty(params, X, y, weight_decay=0.0):
    """The convention of another course: 1/2 λ W², so λ W in the gradient."""
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, 0.5 * weight_decay)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    dW1 = dW1 + weight_decay * params["W1"]
    dW2 = dW2 + weight_decay * params["W2"]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("3.7", "relu", "before the activation", "a instead of h", "not h", "hidden")
def second_layer_sees_a(params, X, y, weight_decay=0.0):
    """dW2 is made from A, which has not gone through ReLU."""
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, weight_decay)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, _, db2 = nn.linear_backward(dZ, c2)
    dW2 = A.T @ dZ
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    dW1 = dW1 + 2 * weight_decay * params["W1"]
    dW2 = dW2 + 2 * weight_decay * params["W2"]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("3.7", "w1²", "w1", "penalty", "weight decay", "weight_decay")
def penalty_of_one_layer(params, X, y, weight_decay=0.0):
    """The loss has the penalty of W2 twice and that of W1 never (copied line)."""
    W1, W2 = params["W1"], params["W2"]
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, 0.0)
    loss = loss + weight_decay * (W2 * W2).sum()
    loss = loss + weight_decay * (W2 * W2).sum()
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    dW1, dW2 = dW1 + 2 * weight_decay * W1, dW2 + 2 * weight_decay * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@wrong("3.7", "1/n", "averaged twice", "by n", "/ n", "twice", "mean")
def first_layer_divided_again(params, X, y, weight_decay=0.0):
    """dW1 and db1 are divided by N once more."""
    loss, A, H, c1, cr, c2, cl = _forward(params, X, y, weight_decay)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    dW1, db1 = dW1 / len(X) + 2 * weight_decay * params["W1"], db1 / len(X)
    dW2 = dW2 + 2 * weight_decay * params["W2"]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


# ---------------------------------------------------------------- update rules


@wrong("2.17", "in place", "changes", "changed", "copy", "overwrit")
def sgd_in_place(w, dw, state, *, learning_rate):
    """w −= … changes the caller's array."""
    w -= learning_rate * dw
    return w, state


@wrong(
    "2.17",
    "norm",
    "length of the gradient",
    "size of dw",
    "length of dw",
    "same length",
    "divided by",
    "scale of dw",
    "size of the gradient",
)
def sgd_normalized(w, dw, state, *, learning_rate):
    """Normalizes the gradient, so that each step has the same length."""
    return w - learning_rate * dw / np.linalg.norm(dw), state


@wrong("3.8", "1 − momentum", "1 - momentum", "average", "mean")
def momentum_as_mean(w, dw, state, *, learning_rate, momentum=0.9):
    """A running mean of gradients, as in Adam."""
    v = momentum * state.get("v", 0.0) + (1 - momentum) * dw
    return w - learning_rate * v, {"v": v}


@wrong("3.8", "state", "velocity", "remember", "forgot", "old v")
def momentum_forgets(w, dw, state, *, learning_rate, momentum=0.9):
    """Computes v and returns the old, empty state."""
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, state


@wrong("3.8", "nesterov", "momentum v", "twice", "look ahead", "momentum ·", "momentum *", "extra")
def momentum_of_nesterov(w, dw, state, *, learning_rate, momentum=0.9):
    """Nesterov's form."""
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + momentum * v - learning_rate * dw, {"v": v}


@wrong("2.20", "square", "dw²", "dw^2", "dw * dw", "dw · dw")
def rmsprop_of_sizes(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    """A running mean of |dw|, not of dw²; then the root."""
    s = decay * state.get("s", 0.0) + (1 - decay) * np.abs(dw)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@wrong("3.9", "t = 0", "starts", "count", "t = 1", "0/0", "zero", "nan", "inf", "t is")
def adam_counts_from_zero(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """t is raised after it was used: 1 − beta⁰ = 0 in the denominator."""
    t = state.get("t", 0)
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw**2
    m_hat, v_hat = m / np.float64(1 - beta1**t), v / np.float64(1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t + 1}


@wrong("3.9", "beta1", "beta2", "correction")
def adam_copied_correction(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """The line of m_hat was copied for v_hat, with beta1 left in."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta1**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}


# ---------------------------------------------------------------- batch norm


def _batch(
    X,
    gamma,
    beta,
    running,
    training,
    momentum,
    eps,
    *,
    ddof=0,
    outside=False,
    swap=False,
    keep_std=False,
    always=False,
):
    mean, var = running["mean"].astype(X.dtype), running["var"].astype(X.dtype)
    new = {"mean": running["mean"].copy(), "var": running["var"].copy()}
    if training or always:
        mean, var = X.mean(axis=0), X.var(axis=0, ddof=ddof)
    if training:
        old, share = (1 - momentum, momentum) if swap else (momentum, 1 - momentum)
        kept = np.sqrt(var) if keep_std else var
        new = {
            "mean": old * running["mean"] + share * mean,
            "var": old * running["var"] + share * kept,
        }
    inverse = 1 / (np.sqrt(var) + eps) if outside else 1 / np.sqrt(var + eps)
    X_hat = (X - mean) * inverse
    return gamma * X_hat + beta, new, (X_hat, gamma, inverse, training)


@wrong("3.10", "std", "root", "standard deviation", "square")
def running_std(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Keeps the standard deviation under the name var."""
    return _batch(X, gamma, beta, running, training, momentum, eps, keep_std=True)


@wrong("3.10", "n − 1", "n - 1", "ddof", "bessel")
def sample_variance(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """The variance divides by N − 1 everywhere."""
    return _batch(X, gamma, beta, running, training, momentum, eps, ddof=1)


@wrong("3.10", "momentum", "swapped", "torch")
def momentum_of_torch(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """momentum is the share of the new batch, as in Torch."""
    return _batch(X, gamma, beta, running, training, momentum, eps, swap=True)


@wrong("3.10", "eps")
def eps_outside(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Divides by std + eps."""
    return _batch(X, gamma, beta, running, training, momentum, eps, outside=True)


@wrong("3.10", "training", "running statistics")
def always_the_batch(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Uses the statistics of the batch even when training is False."""
    return _batch(X, gamma, beta, running, training, momentum, eps, always=True)


@wrong("3.11", "variance", "x_hat", "x̂", "spread", "var")
def no_way_through_the_variance(dY, cache):
    """Half finished: straight and through the mean only."""
    X_hat, gamma, inverse_std, _ = cache
    d = dY * gamma
    return (d - d.mean(0)) * inverse_std, (dY * X_hat).sum(0), dY.sum(0)


@wrong(
    "3.11",
    "times gamma",
    "· gamma",
    "* gamma",
    "gamma ·",
    "gamma *",
    "by gamma",
    "factor gamma",
    "gamma once",
    "gamma[",
    "does not depend on gamma",
)
def dgamma_times_gamma(dY, cache):
    """dgamma is taken from dX_hat, which has gamma in it already."""
    X_hat, gamma, inverse_std, _ = cache
    d = dY * gamma
    dX = (d - d.mean(0) - X_hat * (d * X_hat).mean(0)) * inverse_std
    return dX, (d * X_hat).sum(0), dY.sum(0)


@wrong("3.11", "inverse_std", "std", "root", "sqrt", "divide")
def only_the_straight_way_divided(dY, cache):
    """The bracket is closed too early: only the straight way is divided by std."""
    X_hat, gamma, inverse_std, _ = cache
    d = dY * gamma
    dX = d * inverse_std - d.mean(0) - X_hat * (d * X_hat).mean(0)
    return dX, (dY * X_hat).sum(0), dY.sum(0)


# ---------------------------------------------------------------- layer norm


@wrong(
    "3.12",
    "whole",
    "all entries",
    "each row",
    "own variance",
    "every row",
    "axis",
    "other rows",
    "all rows",
    "of its row",
    "own row",
)
def one_variance_for_all(X, gamma, beta, *, eps=1e-5):
    """X.var() without an axis."""
    inverse_std = 1 / np.sqrt(X.var() + X.dtype.type(eps))
    X_hat = (X - X.mean(axis=1, keepdims=True)) * inverse_std
    return gamma * X_hat + beta, (X_hat, gamma, inverse_std)


@wrong(
    "3.12",
    "axis",
    "over the rows",
    "column",
    "each row",
    "of a row",
    "other rows",
    "own row",
    "of its row",
)
def variance_of_columns(X, gamma, beta, *, eps=1e-5):
    """The mean goes over rows of numbers, the variance (left from batch norm) over columns."""
    inverse_std = 1 / np.sqrt(X.var(axis=0) + X.dtype.type(eps))
    X_hat = (X - X.mean(axis=1, keepdims=True)) * inverse_std
    return gamma * X_hat + beta, (X_hat, gamma, inverse_std)


@wrong(
    "3.13",
    "gamma differs",
    "before the mean",
    "gamma first",
    "times gamma",
    "· gamma",
    "gamma ·",
    "out of the mean",
    "gamma outside",
    "gamma after",
    "after the mean",
    "out of a mean",
    "before",
    "by gamma",
)
def gamma_after_the_means(dY, cache):
    """gamma is taken out of the means, as batch norm allows."""
    X_hat, gamma, inverse_std = cache
    mean = dY.mean(axis=1, keepdims=True)
    overlap = (dY * X_hat).mean(axis=1, keepdims=True)
    dX = gamma * (dY - mean - X_hat * overlap) * inverse_std
    return dX, (dY * X_hat).sum(0), dY.sum(0)


@wrong("3.13", "1/d", "/ d", "instead of d", "by n", "d entries", "1/n", "by d", "n/d", "d/n")
def means_over_n(dY, cache):
    """The sums over a row are divided by N = len(dY)."""
    X_hat, gamma, inverse_std = cache
    N = len(dY)
    d = dY * gamma
    s, o = d.sum(1, keepdims=True) / N, (d * X_hat).sum(1, keepdims=True) / N
    return (d - s - X_hat * o) * inverse_std, (dY * X_hat).sum(0), dY.sum(0)


# ---------------------------------------------------------------- dropout


@wrong(
    "3.14",
    "1 − keep",
    "1 - keep",
    "opposite",
    "swapped",
    "wrong way",
    "dropped with",
    "probability keep",
    "share keep",
    "drops",
    "dropped",
    "exchanged",
)
def keep_is_the_rate(X, keep, rng, *, training=True):
    """Takes keep for the share to drop, as Keras' rate."""
    if not training:
        return X.copy(), None
    mask = (rng.random(X.shape) > keep).astype(X.dtype) / X.dtype.type(1 - keep)
    return X * mask, mask


@wrong("3.14", "divide", "/ keep", "1/keep", "scale", "inverted", "by keep", "times keep")
def classic_dropout(X, keep, rng, *, training=True):
    """The old form: nothing while training, times keep afterwards."""
    if not training:
        return X * X.dtype.type(keep), None
    mask = (rng.random(X.shape) < keep).astype(X.dtype)
    return X * mask, mask


@wrong(
    "3.14",
    "every row",
    "same mask",
    "each entry",
    "all rows",
    "rows share",
    "one mask",
    "every entry",
    "rows",
)
def one_mask_for_the_batch(X, keep, rng, *, training=True):
    """Draws a mask of D numbers for all rows."""
    if not training:
        return X.copy(), None
    mask = (rng.random(X.shape[1]) < keep).astype(X.dtype) / X.dtype.type(keep)
    return X * mask, np.broadcast_to(mask, X.shape)


@wrong("3.15", "1/keep", "/ keep", "by keep", "scale", "keep ")
def gradient_not_scaled(dY, cache):
    """Only asks where the mask is not 0."""
    return np.where(cache > 0, dY, 0)


# ================================================================ second round


@odd("3.1", "b[0]", "first bias", "first entry of b", "one bias", "same bias", "bias")
def first_bias_for_all(X, W, b):
    """b[0] is added everywhere."""
    return X @ W + b[0], (X, W)


@odd("3.2", "reshape", "transpos", "order of")
def reshaped_to_fit(dY, cache):
    """dYᵀ X has the shape of Wᵀ, and reshape makes it fit."""
    X, W = cache
    return dY @ W.T, (dY.T @ X).reshape(W.shape), dY.sum(0)


@odd("3.4", "mean", "threshold", "x > 0", "compare")
def mask_by_the_mean(dY, cache):
    """X is compared with its mean."""
    return dY * (cache > cache.mean())


@odd("2.10", "bracket", "precedence", "1 − y²", "(1", "parenthes")
def brackets_missing(dY, cache):
    """dY * 1 − Y²: no brackets."""
    return dY * 1 - cache**2


@odd("2.8", "minus", "product", "multipl", "subtract", "− y", "taken off")
def minus_for_times(dY, cache):
    """dY − Y(1 − Y): a minus was typed for a star."""
    return dY - cache * (1 - cache)


@odd("3.5", "last row", "last sample", "overwrit", "add up", "adds up", "last one")
def loss_of_the_last_row(Z, y):
    """The loss is assigned in the loop, then divided by N."""
    logs = nn.log_softmax(Z)
    for n in range(len(Z)):
        loss = -logs[n, y[n]]
    return loss / len(Z), (np.exp(logs), y)


@odd("3.5", "the sum", "ln c", "log c", "log(c", "ln(c", "mean of", "not the mean")
def log_of_the_mean(Z, y):
    """The log of the mean of the exponentials, not of their sum."""
    top = Z.max(1, keepdims=True)
    logs = Z - top - np.log(np.exp(Z - top).mean(1, keepdims=True))
    return -logs[np.arange(len(y)), y].mean(), None


@odd("3.6", "times p", "· p", "* p", "by p", "softmax", "again", "extra factor")
def slope_of_softmax_again(dloss, cache):
    """P − one-hot is multiplied by P once more."""
    P, y = cache
    d = P - np.eye(P.shape[1], dtype=P.dtype)[y]
    return P * d * (float(dloss) / len(y))


@odd("3.7", "relu", "last layer", "logits")
def relu_on_the_logits(params, X, y, weight_decay=0.0):
    """The loop over layers puts ReLU after the last one, too."""
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    A, c1 = nn.linear_forward(X, W1, b1)
    H, cr = nn.relu_forward(A)
    Z, c2 = nn.linear_forward(H, W2, b2)
    Y, cz = nn.relu_forward(Z)
    loss, cl = nn.softmax_cross_entropy_forward(Y, y)
    loss = loss + weight_decay * ((W1**2).sum() + (W2**2).sum())
    dZ = nn.relu_backward(nn.softmax_cross_entropy_backward(1.0, cl), cz)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    dW1, dW2 = dW1 + 2 * weight_decay * W1, dW2 + 2 * weight_decay * W2
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@odd(
    "3.8",
    "extra",
    "once more",
    "twice",
    "momentum ·",
    "momentum times",
    "times momentum",
    "by momentum",
    "momentum too",
)
def momentum_at_both_places(w, dw, state, *, learning_rate, momentum=0.9):
    """w moves by momentum · v."""
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + momentum * v, {"v": v}


@odd("3.9", "m²", "m**2", "dw²", "square of", "of m", "from m")
def adam_squares_m(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """v collects m², not dw²."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * m * m
    step = learning_rate * m / (1 - beta1**t)
    return w - step / (np.sqrt(v / (1 - beta2**t)) + eps), {"m": m, "v": v, "t": t}


@odd("2.20", "correct", "1 − decay", "1 - decay")
def rmsprop_corrected(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    """RMSProp with Adam's correction for the start."""
    t = state.get("t", 0) + 1
    s = decay * state.get("s", 0.0) + (1 - decay) * dw * dw
    return w - learning_rate * dw / (np.sqrt(s / (1 - decay**t)) + eps), {"s": s, "t": t}


@odd("3.10", "1 − momentum", "1 - momentum", "share", "add up to 1", "full weight", "whole")
def running_grows(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """momentum · old + new: the new one lost its weight."""
    Y, new, cache = _batch(X, gamma, beta, running, training, momentum, eps)
    if training:
        new = {
            "mean": momentum * running["mean"] + X.mean(0),
            "var": momentum * running["var"] + X.var(0),
        }
    return Y, new, cache


@odd("3.11", "axis", "over a row", "of a row", "column", "rows")
def overlap_over_rows(dY, cache):
    """One of the two means goes over axis 1."""
    X_hat, gamma, inverse_std, _ = cache
    d = dY * gamma
    dX = (d - d.mean(0) - X_hat * (d * X_hat).mean(1, keepdims=True)) * inverse_std
    return dX, (dY * X_hat).sum(0), dY.sum(0)


@odd("3.11", "sign", "plus", "minus")
def plus_for_minus(dY, cache):
    """The way through the variance has the wrong sign."""
    X_hat, gamma, inverse_std, _ = cache
    d = dY * gamma
    dX = (d - d.mean(0) + X_hat * (d * X_hat).mean(0)) * inverse_std
    return dX, (dY * X_hat).sum(0), dY.sum(0)


@odd("3.13", "x_hat", "x̂", "dx")
def dgamma_from_dx(dY, cache):
    """dgamma is taken from dX for X_hat (a typo)."""
    X_hat, gamma, inverse_std = cache
    dX, _, dbeta = nn.layer_norm_backward(dY, cache)
    return dX, (dY * dX).sum(0), dbeta


# ================================================================ right answers


@right("3.1")
def linear_by_einsum(X, W, b):
    """Right: the same sum over d, written with einsum."""
    return np.einsum("nd,dm->nm", X, W) + b, (X, W)


@right("3.1")
def linear_with_a_column_of_ones(X, W, b):
    """Right: the bias is the weight of an input that is always 1."""
    one = np.ones((len(X), 1), X.dtype)
    return np.hstack([X, one]) @ np.vstack([W, b]), None


@right("3.2")
def linear_backward_by_samples(dY, cache):
    """Right: sums of outer products, sample by sample."""
    X, W = cache
    dW = sum(np.outer(x, dy) for x, dy in zip(X, dY, strict=True))
    return np.stack([W @ dy for dy in dY]), dW, np.ones(len(dY), dY.dtype) @ dY


@right("3.3")
def relu_by_absolute(X):
    """Right: (X + |X|) / 2 is X or 0."""
    return (X + np.abs(X)) / 2, X > 0


@right("3.4")
def relu_backward_half_at_zero(dY, cache):
    """Right: slope 1/2 at 0 is as right as any other."""
    return dY * np.heaviside(cache, 0.5).astype(dY.dtype)


@right("3.4")
def relu_backward_one_at_zero(dY, cache):
    """Right: slope 1 at 0."""
    return np.where(cache < 0, 0, dY)


@right("2.7")
def sigmoid_by_tanh(X):
    """Right: sigmoid(x) = (1 + tanh(x/2)) / 2."""
    Y = (1 + np.tanh(X / 2)) / 2
    return Y, X


@right("2.8")
def sigmoid_backward_by_square(dY, cache):
    """Right: Y − Y² = Y (1 − Y)."""
    return (cache - cache**2) * dY


@right("2.10")
def tanh_backward_factored(dY, cache):
    """Right: (1 − Y)(1 + Y) = 1 − Y²."""
    return dY * (1 - cache) * (1 + cache)


@right("3.5")
def loss_by_logaddexp(Z, y):
    """Right: logaddexp shifts by itself."""
    logs = np.logaddexp.reduce(Z, axis=1)
    return float(np.mean(logs - np.take_along_axis(Z, y[:, None], 1)[:, 0])), "nothing"


@right("3.6")
def loss_backward_by_eye(dloss, cache):
    """Right: one-hot rows from the identity."""
    P, y = cache
    return (P - np.eye(P.shape[1], dtype=P.dtype)[y]) / len(y) * dloss


@right("3.7")
def net_by_hand(params, X, y, weight_decay=0.0):
    """Right: no layer is called, all is written out."""
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    A = X @ W1 + b1
    H = A * (A > 0)
    Z = H @ W2 + b2
    Z = Z - Z.max(1, keepdims=True)
    log_p = Z - np.log(np.exp(Z).sum(1, keepdims=True))
    hot = np.eye(len(b2), dtype=X.dtype)[y]
    loss = -(hot * log_p).sum() / len(X) + weight_decay * sum((w**2).sum() for w in (W1, W2))
    G = (np.exp(log_p) - hot) / len(X)
    dA = (G @ W2.T) * (A > 0)
    return loss, {
        "b2": G.sum(0),
        "W2": H.T @ G + 2 * weight_decay * W2,
        "b1": dA.sum(0),
        "W1": X.T @ dA + weight_decay * (W1 + W1),
    }


@right("3.8")
def momentum_with_the_other_sign(w, dw, state, *, learning_rate, momentum=0.9):
    """Right: the velocity is kept positive and without the learning rate, which is constant."""
    state["velocity"] = momentum * state.get("velocity", 0.0) + dw
    return w - learning_rate * state["velocity"], state


@right("3.9")
def adam_with_means_of_weights(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Right: keeps all gradients and averages with weights beta^age, which sums to 1 − beta^t."""
    past = [*state.get("past", []), dw]
    ages = np.arange(len(past))[::-1]

    def mean(values, beta):
        weights = beta**ages / (beta**ages).sum()
        return sum(a * b for a, b in zip(weights, values, strict=True))

    v = mean([g * g for g in past], beta2)
    return w - learning_rate * mean(past, beta1) / (np.sqrt(v) + eps), {"past": past}


@right("3.10")
def batch_norm_from_moments(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Right: gamma and beta are folded into one scale and one shift."""
    mean, var = running["mean"], running["var"]
    if training:
        mean, var = X.mean(0), np.var(X, 0)
        running = {
            "mean": running["mean"] + (1 - momentum) * (mean - running["mean"]),
            "var": running["var"] + (1 - momentum) * (var - running["var"]),
        }
    scale = gamma / np.sqrt(var + eps)
    return ((X - mean) * scale + beta).astype(X.dtype), running, None


@right("3.11")
def batch_norm_backward_by_projection(dY, cache):
    """Right: a matrix takes off the mean, then the share along X_hat is taken off."""
    X_hat, gamma, inverse_std, _ = cache
    N = len(dY)
    centre = np.eye(N, dtype=dY.dtype) - dY.dtype.type(1 / N)
    d = dY * gamma
    dX = inverse_std * (centre @ d - X_hat * np.einsum("nd,nd->d", d, X_hat) / N)
    return dX, np.einsum("nd,nd->d", dY, X_hat), dY.sum(0)


@right("3.14")
def dropout_by_binomial(X, keep, rng, *, training=True):
    """Right: another way to draw, the same chances."""
    if not training:
        return X, None
    mask = rng.binomial(1, keep, X.shape) / keep
    return (X * mask).astype(X.dtype), mask
