"""Right answers of the neuron, the linear layer and ReLU."""

import collections
import math

import numpy as np

from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided

Layer = collections.namedtuple("Layer", "X W b")


@right("neuron_forward")
def neuron_by_loop(x, w, b):
    total = b
    for i in range(len(x)):
        total += x[i] * w[i]
    return total, (x, w)


@right("neuron_forward")
def neuron_in_float32(x, w, b):
    return np.float32(x @ w + b), None


@right("neuron_forward")
def neuron_as_python_float(x, w, b):
    return [float(math.fsum(p * q for p, q in zip(x, w, strict=True)) + b), {"x": x}]


@right("neuron_forward")
def neuron_as_0d_array(x, w, b):
    return np.array((x * w).sum() + b), b


@right("neuron_forward")
def neuron_with_a_column(x, w, b):
    return (x.reshape(1, -1) @ w.reshape(-1, 1) + b)[0, 0], (w, x)


@right("neuron_forward")
def neuron_with_the_bias_as_a_weight(x, w, b):
    return np.append(x, 1.0) @ np.append(w, b), x


@right("neuron_backward")
def neuron_back_by_loops(dy, cache):
    x, w = cache
    dx, dw = np.zeros(len(x)), np.zeros(len(w))
    for i in range(len(x)):
        dx[i] += dy * w[i]
        dw[i] += dy * x[i]
    return dx, dw, dy


@right("neuron_backward")
def neuron_back_multiply(dy, cache):
    return np.multiply(cache[1], dy), np.multiply(cache[0], dy), np.array(dy)


@right("neuron_backward")
def neuron_back_as_list(dy, cache):
    x, w = cache
    return [strided(dy * w), strided(dy * x), float(dy)]


@right("neuron_backward")
def neuron_back_in_float32(dy, cache):
    x, w = (a.astype(np.float32) for a in cache)
    return np.float32(dy) * w, np.float32(dy) * x, np.float32(dy)


@right("neuron_backward")
def neuron_back_outer(dy, cache):
    x, w = cache
    return np.outer(dy, w)[0], frozen(np.outer(dy, x)[0]), dy * 1


@right("linear_forward")
def linear_by_loops(X, W, b):
    Y = np.zeros((X.shape[0], W.shape[1]), dtype=X.dtype)
    for n in range(X.shape[0]):
        for m in range(W.shape[1]):
            Y[n, m] = b[m]
            for d in range(X.shape[1]):
                Y[n, m] += X[n, d] * W[d, m]
    return Y, (X, W)


@right("linear_forward")
def linear_einsum(X, W, b):
    return np.einsum("nd,dm->nm", X, W) + b, X


@right("linear_forward")
def linear_transposed_twice(X, W, b):
    return (W.T @ X.T).T + np.tile(b, (len(X), 1)), Layer(X, W, b)


@right("linear_forward")
def linear_with_a_column_of_ones(X, W, b):
    return np.c_[X, np.ones(len(X))] @ np.r_[W, b[None]], [X, W, b]


@right("linear_forward")
def linear_row_by_row(X, W, b):
    return np.stack([x @ W + b for x in X]), {"X": X, "W": W}


@right("linear_forward")
def linear_broadcast_sum(X, W, b):
    return (X[:, :, None] * W).sum(axis=1) + b[None, :], None


@right("linear_forward")
def linear_in_long_double(X, W, b):
    return X.astype(np.longdouble) @ W + b, (X, W)


@right("linear_forward")
def linear_as_matrix(X, W, b):
    return strided(np.asarray(np.asmatrix(X) * np.asmatrix(W)) + b), X


right("linear_forward")(in_float32(linear_by_loops))
right("linear_forward")(in_fortran_order(linear_einsum))


@right("linear_backward")
def linear_back_by_loops(dY, cache):
    X, W = cache
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1], X.dtype)
    for x, dx, dy in zip(X, dX, dY, strict=True):
        dW += np.outer(x, dy)
        dx += W @ dy
        db += dy
    return dX, dW, db


@right("linear_backward")
def linear_back_as_views(dY, cache):
    X, W = cache
    big = np.zeros((2 * X.shape[0], 2 * X.shape[1]), X.dtype)
    big[::2, ::2] = dY @ W.T
    return big[::2, ::2], (dY.T @ X).T, np.ones(len(X), X.dtype) @ dY


@right("linear_backward")
def linear_back_einsum_as_list(dY, cache):
    X, W = cache
    dX, dW = np.einsum("nm,dm->nd", dY, W), np.einsum("nd,nm->dm", X, dY)
    return [dX, dW, np.einsum("nm->m", dY)]


@right("linear_backward")
def linear_back_with_keepdims(dY, cache):
    X, W = cache
    return np.dot(dY, W.transpose()), np.dot(X.T, dY), dY.sum(0, keepdims=True).ravel()


@right("linear_backward")
def linear_back_mean_times_N(dY, cache):
    X, W = cache
    return (W @ dY.T).T, np.tensordot(X, dY, (0, 0)), frozen(dY.mean(axis=0) * len(dY))


@right("linear_backward")
def linear_back_broadcast(dY, cache):
    X, W = cache
    dW = (X[:, :, None] * dY[:, None, :]).sum(axis=0)
    return (dY[:, None, :] * W).sum(axis=-1), dW, np.add.reduce(dY)


right("linear_backward")(in_float32(linear_back_by_loops))
right("linear_backward")(in_fortran_order(linear_back_as_views))


@right("relu_forward")
def relu_by_mask(X):
    return X * (X > 0), X > 0


@right("relu_forward")
def relu_by_absolute(X):
    return (X + np.abs(X)) / 2, None


@right("relu_forward")
def relu_by_where(X):
    return np.where(X < 0, 0, X), {"X": X}


@right("relu_forward")
def relu_by_clip(X):
    return np.clip(X, 0, None), np.sign(X)


@right("relu_forward")
def relu_by_copy(X):
    Y = X.copy()
    Y[Y < 0] = 0
    return strided(Y), Y


@right("relu_forward")
def relu_by_loops(X):
    return np.array([[x if x > 0 else 0.0 for x in row] for row in X]), X


@right("relu_forward")
def relu_with_minus_zero(X):
    return -np.minimum(-X, 0), X


right("relu_forward")(in_float32(relu_by_mask))
right("relu_forward")(in_fortran_order(relu_by_where))


@right("relu_backward")
def relu_back_by_where(dY, X):
    return np.where(X > 0, dY, 0)


@right("relu_backward")
def relu_back_slope_one_at_zero(dY, X):
    return dY * (X >= 0)


@right("relu_backward")
def relu_back_half_at_zero(dY, X):
    return dY * 0.5 * (1 + np.sign(X))


@right("relu_backward")
def relu_back_heaviside(dY, X):
    return strided(dY * np.heaviside(X, 0.3))


@right("relu_backward")
def relu_back_by_copy(dY, X):
    dX = np.array(dY)
    dX[X <= 0] = 0
    return frozen(dX)


@right("relu_backward")
def relu_back_from_output(dY, X):
    Y = np.maximum(X, 0)
    return dY * (Y != 0)


@right("relu_backward")
def relu_back_fortran(dY, X):
    return np.asfortranarray(np.where(X > 0, 1.0, 0.0) * dY)


@right("relu_backward")
def relu_back_in_float32(dY, X):
    return dY.astype(np.float32) * (X > 0)
