"""Right answers to batch norm and layer norm."""

import numpy as np

from course_utils import nn

from . import right


def batch_statistics(X, running, training, momentum):
    if not training:
        return running["mean"], running["var"], dict(running)
    mean, var = X.mean(axis=0), X.var(axis=0)
    new = {"mean": running["mean"] + (1 - momentum) * (mean - running["mean"])}
    new["var"] = running["var"] + (1 - momentum) * (var - running["var"])
    return mean, var, new


@right("batch_norm_forward")
def by_var(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var, new = batch_statistics(X, running, training, momentum)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, new, (X, gamma, mean, var, eps)


@right("batch_norm_forward")
def column_by_column(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    Y, new = np.empty_like(X), {k: v.copy() for k, v in running.items()}
    for j in range(X.shape[1]):
        mean, var = running["mean"][j], running["var"][j]
        if training:
            mean = sum(X[:, j]) / len(X)
            var = sum((x - mean) ** 2 for x in X[:, j]) / len(X)
            new["mean"][j] = momentum * new["mean"][j] + (1 - momentum) * mean
            new["var"][j] = momentum * new["var"][j] + (1 - momentum) * var
        for i in range(len(X)):
            Y[i, j] = gamma[j] * (X[i, j] - mean) / (var + eps) ** 0.5 + beta[j]
    return Y, new, {"anything": X}


@right("batch_norm_forward")
def scale_and_offset(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var, new = batch_statistics(X, running, training, momentum)
    scale = gamma * (var + eps) ** -0.5
    return X * scale + (beta - mean * scale), new, None


@right("batch_norm_forward")
def running_in_place(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var, new = batch_statistics(X, running, training, momentum)
    running.update(new)
    return (X - mean) / np.sqrt(var + eps) * gamma + beta, running, ()


@right("batch_norm_forward")
def mean_square_less_squared_mean(
    X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5
):
    mean, var, new = batch_statistics(X, running, training, momentum)
    if training:
        var = np.einsum("nd,nd->d", X, X) / len(X) - mean**2
    return gamma * ((X - mean) / np.sqrt(var + eps)) + beta, new, [X]


@right("batch_norm_forward")
def in_float32(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    low = {k: v.astype(np.float32) for k, v in running.items()}
    mean, var, new = batch_statistics(X.astype(np.float32), low, training, momentum)
    Y = gamma * (X.astype(np.float32) - mean) / np.sqrt(var + np.float32(eps)) + beta
    return np.asfortranarray(Y.astype(np.float32)), new, None


def step_by_step(dY, X_hat, gamma, inverse_std, axis, drop_zero_term=False):
    """Through the graph with dvar and dmean; the last term of dmean is 0."""
    n = X_hat.shape[axis]
    centred, dX_hat = X_hat / inverse_std, dY * gamma
    dvar = (dX_hat * centred * -0.5 * inverse_std**3).sum(axis=axis, keepdims=True)
    dmean = -(dX_hat * inverse_std).sum(axis=axis, keepdims=True)
    if not drop_zero_term:
        dmean = dmean - dvar * 2 / n * centred.sum(axis=axis, keepdims=True)
    return dX_hat * inverse_std + dvar * 2 * centred / n + dmean / n


@right("batch_norm_backward")
def one_line(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    N = len(dY)
    dX = gamma * inverse_std / N * (N * dY - dY.sum(0) - X_hat * (dY * X_hat).sum(0))
    return dX, (dY * X_hat).sum(0), dY.sum(0)


@right("batch_norm_backward")
def through_the_graph(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return step_by_step(dY, X_hat, gamma, inverse_std, 0), (dY * X_hat).sum(0), dY.sum(0)


@right("batch_norm_backward")
def without_the_term_that_is_zero(dY, cache):  # B00ok
    X_hat, gamma, inverse_std, _ = cache
    dX = step_by_step(dY, X_hat, gamma, inverse_std, 0, drop_zero_term=True)
    return dX, (dY * X_hat).sum(0), dY.sum(0)


@right("batch_norm_backward")
def by_projection(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    dX = np.empty_like(dY, order="F")
    for j in range(dY.shape[1]):
        x = X_hat[:, j]
        P = np.eye(len(dY)) - np.ones((len(dY), len(dY))) / len(dY) - np.outer(x, x) / len(dY)
        dX[:, j] = P @ (gamma[j] * dY[:, j]) * inverse_std[j]
    return dX, np.diag(dY.T @ X_hat).copy(), np.ones(len(dY), dY.dtype) @ dY


@right("batch_norm_backward")
def by_loops(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    N, D = dY.shape
    dX, dgamma, dbeta = np.zeros_like(dY), np.zeros(D, dY.dtype), np.zeros(D, dY.dtype)
    for i, j in np.ndindex(N, D):
        dgamma[j] += dY[i, j] * X_hat[i, j]
        dbeta[j] += dY[i, j]
    for i, k, j in np.ndindex(N, N, D):
        share = (i == k) - 1 / N - X_hat[i, j] * X_hat[k, j] / N
        dX[i, j] += dY[k, j] * gamma[j] * inverse_std[j] * share
    return dX, dgamma, dbeta


@right("batch_norm_backward")
def inside_float32(dY, cache):
    low = tuple(np.asarray(a, np.float32) for a in cache[:3])
    return one_line(dY.astype(np.float32), (*low, True))


@right("layer_norm_forward")
def rows_by_keepdims(X, gamma, beta, *, eps=1e-5):
    std = np.sqrt(X.var(axis=1, keepdims=True) + eps)
    return gamma * (X - X.mean(axis=1, keepdims=True)) / std + beta, (X, gamma, std)


@right("layer_norm_forward")
def rows_transposed(X, gamma, beta, *, eps=1e-5):
    T = (X.T - X.mean(axis=1)) / np.sqrt(X.var(axis=1) + eps)
    return (gamma[:, None] * T + beta[:, None]).T, {"T": T}


@right("layer_norm_forward")
def row_by_row(X, gamma, beta, *, eps=1e-5):
    rows = [gamma * (x - x.mean()) / (x.var() + x.dtype.type(eps)) ** 0.5 + beta for x in X]
    return np.array(rows), None


@right("layer_norm_forward")
def as_batch_norm_of_the_transpose(X, gamma, beta, *, eps=1e-5):
    n = np.ones(len(X), X.dtype)
    hat, _, cache = nn.batch_norm_forward(X.T, n, 0 * n, {"mean": n, "var": n}, eps=eps)
    return hat.T * gamma + beta, cache


@right("layer_norm_forward")
def rows_in_float32(X, gamma, beta, *, eps=1e-5):
    x = X.astype(np.float32)
    centred = x - x.mean(axis=1)[:, None]
    std = np.sqrt(np.einsum("nd,nd->n", centred, centred) / x.shape[1] + np.float32(eps))
    return (gamma * centred / std[:, None] + beta).astype(np.float32), ()


@right("layer_norm_backward")
def layer_one_line(dY, cache):
    X_hat, gamma, inverse_std = cache
    g, D = dY * gamma, dY.shape[1]
    sums = g.sum(1, keepdims=True) + X_hat * (g * X_hat).sum(1, keepdims=True)
    return inverse_std / D * (D * g - sums), (dY * X_hat).sum(0), dY.sum(0)


@right("layer_norm_backward")
def layer_through_the_graph(dY, cache):
    X_hat, gamma, inverse_std = cache
    return step_by_step(dY, X_hat, gamma, inverse_std, 1), (dY * X_hat).sum(0), dY.sum(0)


@right("layer_norm_backward")
def layer_without_the_term_that_is_zero(dY, cache):
    X_hat, gamma, inverse_std = cache
    dX = step_by_step(dY, X_hat, gamma, inverse_std, 1, drop_zero_term=True)
    return dX, np.einsum("nd,nd->d", dY, X_hat), np.einsum("nd->d", dY)


@right("layer_norm_backward")
def layer_row_by_row(dY, cache):
    X_hat, gamma, inverse_std = cache
    dX, dgamma, dbeta = np.zeros_like(dY), np.zeros_like(gamma), np.zeros_like(gamma)
    for n, (dy, x) in enumerate(zip(dY, X_hat, strict=True)):
        g = dy * gamma
        dX[n] = (g - g.mean() - x * (g @ x) / len(x)) * inverse_std[n]
        dgamma += dy * x
        dbeta += dy
    return dX, dgamma, dbeta


@right("layer_norm_backward")
def layer_as_batch_norm_of_the_transpose(dY, cache):
    X_hat, gamma, inverse_std = cache
    ones = np.ones(len(dY), dY.dtype)
    T, _, _ = nn.batch_norm_backward((dY * gamma).T, (X_hat.T, ones, inverse_std[:, 0], True))
    return T.T, (dY * X_hat).sum(0), dY.sum(0)
