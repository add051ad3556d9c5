"""Right answers of the cross-entropy and of the L2 penalty."""

import numpy as np

from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("softmax_cross_entropy_forward")
def loss_log_sum_exp(Z, y):
    top = Z.max(axis=1)
    losses = top + np.log(np.exp(Z - top[:, None]).sum(axis=1)) - Z[np.arange(len(y)), y]
    return losses.sum() / len(losses), (Z, y)


@right("softmax_cross_entropy_forward")
def loss_row_by_row(Z, y):
    total = 0.0
    for row, label in zip(Z, y, strict=True):
        shifted = row - max(row)
        total += np.log(sum(np.exp(shifted))) - shifted[label]
    return total / len(y), {"anything": Z}


@right("softmax_cross_entropy_forward")
def loss_logaddexp(Z, y):
    losses = np.logaddexp.reduce(Z, axis=1) - np.take_along_axis(Z, y[:, None], 1)[:, 0]
    return np.array(losses.mean()), [Z, y]


@right("softmax_cross_entropy_forward")
def loss_one_hot(Z, y):
    shifted = Z - np.max(Z, axis=1, keepdims=True)
    log_P = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return float(-np.sum(np.eye(Z.shape[1])[y] * log_P) / len(Z)), (np.exp(log_P), y)


@right("softmax_cross_entropy_forward")
def loss_of_differences(Z, y):
    rows = np.arange(len(y))
    others = Z - Z[rows, y][:, None]
    top = np.maximum(others.max(axis=1), 0)
    return (top + np.log(np.exp(others - top[:, None]).sum(axis=1))).mean(), None


@right("softmax_cross_entropy_forward")
def loss_with_a_trace(Z, y):
    S = Z - Z.max(1)[:, None]
    return np.log(np.exp(S).sum(1)).mean() - np.trace(S[:, y]) / len(y), (S, y)


right("softmax_cross_entropy_forward")(in_float32(loss_log_sum_exp))
right("softmax_cross_entropy_forward")(in_float32(loss_of_differences))
right("softmax_cross_entropy_forward")(in_fortran_order(loss_row_by_row))


@right("softmax_cross_entropy_backward")
def loss_back_one_hot(dloss, cache):
    P, y = cache
    return dloss * (P - np.eye(P.shape[1])[y]) / len(P)


@right("softmax_cross_entropy_backward")
def loss_back_copy(dloss, cache):
    P, y = cache
    dZ = P.copy()
    dZ[range(len(y)), y] -= 1
    dZ *= dloss / len(y)
    return dZ


@right("softmax_cross_entropy_backward")
def loss_back_by_loops(dloss, cache):
    P, y = cache
    dZ = np.empty_like(P)
    for n in range(len(P)):
        for c in range(P.shape[1]):
            dZ[n, c] = (P[n, c] - (c == y[n])) * dloss / len(P)
    return dZ


@right("softmax_cross_entropy_backward")
def loss_back_compared(dloss, cache):
    P, y = cache
    return strided((P - (np.arange(P.shape[1]) == y[:, None])) * (dloss / P.shape[0]))


@right("softmax_cross_entropy_backward")
def loss_back_subtract_at(dloss, cache):
    P, y = cache
    dZ = np.asfortranarray(P / len(y))
    np.subtract.at(dZ, (np.arange(len(y)), y), 1 / len(y))
    return frozen(dZ * dloss)


@right("softmax_cross_entropy_backward")
def loss_back_through_P(dloss, cache):
    P, y = cache
    one_hot = np.identity(P.shape[1])[y]
    return -dloss * (one_hot - P * one_hot.sum(axis=1, keepdims=True)) / len(P)


right("softmax_cross_entropy_backward")(in_float32(loss_back_one_hot))


@right("l2_penalty_forward")
def penalty_sum(W, weight_decay):
    return weight_decay * np.sum(W**2), W


@right("l2_penalty_forward")
def penalty_by_loop(W, weight_decay):
    total = 0
    for row in W:
        for w in row:
            total += w * w
    return weight_decay * total, (weight_decay, W)


@right("l2_penalty_forward")
def penalty_norm(W, weight_decay):
    return float(weight_decay * np.linalg.norm(W) ** 2), {"W": W}


@right("l2_penalty_forward")
def penalty_trace(W, weight_decay):
    return np.array(weight_decay * np.trace(W.T @ W)), None


@right("l2_penalty_forward")
def penalty_einsum(W, weight_decay):
    return [np.einsum("dm,dm,->", W, W, weight_decay), (W, weight_decay)]


@right("l2_penalty_forward")
def penalty_dot(W, weight_decay):
    flat = W.ravel(order="F")
    return flat @ (weight_decay * flat), 1


right("l2_penalty_forward")(in_float32(penalty_sum))


@right("l2_penalty_backward")
def penalty_back(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * 2 * weight_decay * W


@right("l2_penalty_backward")
def penalty_back_added(dpenalty, cache):
    W, weight_decay = cache
    return strided(weight_decay * dpenalty * W + weight_decay * dpenalty * W)


@right("l2_penalty_backward")
def penalty_back_by_loop(dpenalty, cache):
    W, weight_decay = cache
    dW = np.zeros(W.shape)
    for i, w in np.ndenumerate(W):
        dW[i] = dpenalty * weight_decay * 2 * w
    return dW


@right("l2_penalty_backward")
def penalty_back_transposed(dpenalty, cache):
    W, weight_decay = cache
    return (2 * weight_decay * W.T * dpenalty).T


@right("l2_penalty_backward")
def penalty_back_matrix(dpenalty, cache):
    W, weight_decay = cache
    return frozen(np.asfortranarray(np.diag([2 * weight_decay * dpenalty] * len(W)) @ W))


right("l2_penalty_backward")(in_float32(penalty_back))
