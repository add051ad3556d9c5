"""Right answers of sigmoid, tanh and softmax."""

import math

import numpy as np

from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("sigmoid_forward")
def sigmoid_plain(X):
    return 1 / (1 + np.exp(-X)), X


@right("sigmoid_forward")
def sigmoid_by_tanh(X):
    return (1 + np.tanh(X / 2)) / 2, None


@right("sigmoid_forward")
def sigmoid_by_where(X):
    E = np.exp(-np.abs(X))
    return strided(np.where(X >= 0, 1 / (1 + E), E / (1 + E))), (X, E)


@right("sigmoid_forward")
def sigmoid_by_log(X):
    return np.exp(-np.logaddexp(0, -X)), {"X": X}


@right("sigmoid_forward")
def sigmoid_clipped(X):
    return np.reciprocal(1 + np.exp(-np.clip(X, -500, 500))), X


@right("sigmoid_forward")
def sigmoid_by_loops(X):
    Y = np.zeros_like(X)
    for i, x in np.ndenumerate(X):
        Y[i] = 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))
    return [Y, Y]


right("sigmoid_forward")(in_float32(sigmoid_plain))
right("sigmoid_forward")(in_fortran_order(sigmoid_by_tanh))


@right("sigmoid_backward")
def sigmoid_back(dY, Y):
    return dY * (Y - Y**2)


@right("sigmoid_backward")
def sigmoid_back_by_loops(dY, Y):
    dX = np.empty_like(Y)
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            dX[i, j] = dY[i, j] * Y[i, j] * (1 - Y[i, j])
    return dX


@right("sigmoid_backward")
def sigmoid_back_strided(dY, Y):
    return strided(np.multiply(dY, Y) - dY * Y * Y)


@right("sigmoid_backward")
def sigmoid_back_centred(dY, Y):
    return frozen(dY * (0.25 - (Y - 0.5) ** 2))


@right("sigmoid_backward")
def sigmoid_back_einsum(dY, Y):
    return np.einsum("ij,ij,ij->ij", dY, Y, 1 - Y)


right("sigmoid_backward")(in_float32(sigmoid_back))
right("sigmoid_backward")(in_fortran_order(sigmoid_back_centred))


@right("tanh_forward")
def tanh_plain(X):
    return np.tanh(X), X


@right("tanh_forward")
def tanh_by_sigmoid(X):
    return 2 / (1 + np.exp(-2 * X)) - 1, None


@right("tanh_forward")
def tanh_by_magnitude(X):
    E = np.exp(-2 * np.abs(X))
    return strided(np.sign(X) * (1 - E) / (1 + E)), E


@right("tanh_forward")
def tanh_clipped(X):
    C = np.clip(X, -300, 300)
    return np.sinh(C) / np.cosh(C), C


@right("tanh_forward")
def tanh_by_loops(X):
    return [np.array([[math.tanh(x) for x in row] for row in X]), X]


right("tanh_forward")(in_float32(tanh_plain))
right("tanh_forward")(in_fortran_order(tanh_by_sigmoid))


@right("tanh_backward")
def tanh_back_factors(dY, Y):
    return dY * (1 + Y) * (1 - Y)


@right("tanh_backward")
def tanh_back_difference(dY, Y):
    return dY - dY * Y**2


@right("tanh_backward")
def tanh_back_by_loops(dY, Y):
    return np.array(
        [[d - d * y * y for d, y in zip(*rows, strict=True)] for rows in zip(dY, Y, strict=True)]
    )


@right("tanh_backward")
def tanh_back_by_cosh(dY, Y):
    return strided(dY / np.cosh(np.arctanh(Y)) ** 2)


@right("tanh_backward")
def tanh_back_frozen(dY, Y):
    return frozen((dY.T * (1 - np.square(Y.T))).T)


right("tanh_backward")(in_float32(tanh_back_difference))
right("tanh_backward")(in_fortran_order(tanh_back_factors))


@right("softmax")
def softmax_plain(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@right("softmax")
def softmax_row_by_row(Z):
    rows = []
    for z in Z:
        e = [math.exp(v - max(z)) for v in z]
        rows.append([v / sum(e) for v in e])
    return np.array(rows)


@right("softmax")
def softmax_by_log(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None])


@right("softmax")
def softmax_transposed(Z):
    E = np.exp(Z.T - Z.T.max(axis=0))
    return (E / E.sum(axis=0)).T


@right("softmax")
def softmax_of_differences(Z):
    return strided(1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2))


@right("softmax")
def softmax_in_place_on_a_copy(Z):
    P = Z.copy()
    P -= np.max(P, -1)[..., None]
    np.exp(P, out=P)
    P /= np.einsum("nc->n", P)[:, None]
    return frozen(P)


right("softmax")(in_float32(softmax_plain))
right("softmax")(in_fortran_order(softmax_row_by_row))
