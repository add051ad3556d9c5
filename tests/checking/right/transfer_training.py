"""Right answers on frozen norms, rates by depth, and smoothed labels of lesson 06."""

import numpy as np

from course_utils import nn
from course_utils.nn.depth_rates import step_with_rates
from course_utils.nn.frozen_norm import frozen_norm_backward, frozen_norm_forward
from course_utils.nn.smoothed_loss import smoothed_loss_and_gradient
from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("frozen_norm_forward")
def frozen_norm_plain(X, gamma, beta, running, eps=1e-5):
    X_hat = (X - running["mean"]) / np.sqrt(running["var"] + eps)
    return gamma * X_hat + beta, None


@right("frozen_norm_forward")
def frozen_norm_as_scale_and_shift(X, gamma, beta, running, eps=1e-5):
    scale = gamma * (running["var"] + eps) ** -0.5
    return X * scale + (beta - running["mean"] * scale), {"X": X, "scale": scale}


@right("frozen_norm_forward")
def frozen_norm_of_the_package(X, gamma, beta, running, eps=1e-5):
    Y, _, cache = nn.batch_norm_forward(X, gamma, beta, running, training=False, eps=eps)
    return Y, cache


@right("frozen_norm_forward")
def frozen_norm_row_by_row(X, gamma, beta, running, eps=1e-5):
    Y = np.empty_like(X)
    for n in range(len(X)):
        for d in range(X.shape[1]):
            x_hat = (X[n, d] - running["mean"][d]) / (running["var"][d] + eps) ** 0.5
            Y[n, d] = gamma[d] * x_hat + beta[d]
    return Y, X


@right("frozen_norm_forward")
def frozen_norm_with_matrices(X, gamma, beta, running, eps=1e-5):
    scale = np.diag(gamma / np.sqrt(running["var"] + eps)).astype(X.dtype)
    return (X - running["mean"]) @ scale + beta, [X]


right("frozen_norm_forward")(in_float32(frozen_norm_forward))
right("frozen_norm_forward")(in_fortran_order(frozen_norm_forward))


@right("frozen_norm_backward")
def norm_back_plain(dY, cache):
    X_hat, gamma, inverse_std = cache
    return dY * gamma * inverse_std, (dY * X_hat).sum(0), dY.sum(0)


@right("frozen_norm_backward")
def norm_back_by_einsum(dY, cache):
    X_hat, gamma, inverse_std = cache
    return (
        np.einsum("nd,d,d->nd", dY, gamma, inverse_std),
        np.einsum("nd,nd->d", dY, X_hat),
        np.ones(len(dY), dY.dtype) @ dY,
    )


@right("frozen_norm_backward")
def norm_back_by_loops(dY, cache):
    X_hat, gamma, inverse_std = cache
    dX, dgamma, dbeta = np.zeros_like(dY), np.zeros_like(gamma), np.zeros_like(gamma)
    for n, row in enumerate(dY):
        dX[n] = row * gamma * inverse_std
        dgamma += row * X_hat[n]
        dbeta += row
    return dX, dgamma, dbeta


@right("frozen_norm_backward")
def norm_back_with_matrices(dY, cache):
    X_hat, gamma, inverse_std = cache
    return dY @ np.diag(gamma * inverse_std), np.diag(X_hat.T @ dY).copy(), dY.sum(axis=-2)


@right("frozen_norm_backward")
def norm_back_as_views(dY, cache):
    return frozen_norm_backward(strided(dY), tuple(frozen(a) for a in cache))


right("frozen_norm_backward")(in_float32(frozen_norm_backward))


@right("rates_by_depth")
def rates_by_a_loop(depth, learning_rate, below):
    rates = [learning_rate]
    for _ in range(depth - 1):
        rates.insert(0, rates[0] * below)
    return np.array(rates)


@right("rates_by_depth")
def rates_reversed(depth, learning_rate, below):
    return (learning_rate * below ** np.arange(depth, dtype=float))[::-1]


@right("rates_by_depth")
def rates_listed(depth, learning_rate, below):
    return np.array([learning_rate * below ** (depth - 1 - i) for i in range(depth)])


@right("rates_by_depth")
def rates_by_logs(depth, learning_rate, below):
    exponents = np.arange(depth)[::-1]
    return np.exp(np.log(learning_rate) + exponents * np.log(below))


@right("rates_by_depth")
def rates_in_geometric_order(depth, learning_rate, below):
    return np.geomspace(learning_rate * below ** (depth - 1), learning_rate, depth)


@right("rates_by_depth")
def rates_by_cumprod(depth, learning_rate, below):
    return learning_rate * np.cumprod([1.0] + [below] * (depth - 1))[::-1]


@right("step_with_rates")
def step_by_two_loops(params, grads, rates, weight_decay):
    stepped = {key: w.copy() for key, w in params.items()}
    for key, rate in rates.items():
        dw = grads[key].copy()
        if key.startswith("W"):
            dw += 2 * weight_decay * params[key]
        stepped[key] -= rate * dw
    return stepped


@right("step_with_rates")
def step_with_shared_frozen_ones(params, grads, rates, weight_decay):
    changed = {
        key: params[key]
        - rates[key] * (grads[key] + 2 * weight_decay * params[key] * (params[key].ndim == 2))
        for key in rates
    }
    return {**params, **changed}


@right("step_with_rates")
def step_that_shrinks_first(params, grads, rates, weight_decay):
    stepped = {}
    for key in params:
        rate = rates.get(key)
        if rate is None:
            stepped[key] = params[key]
        elif params[key].ndim >= 2:
            stepped[key] = (1 - 2 * rate * weight_decay) * params[key] - rate * grads[key]
        else:
            stepped[key] = params[key] - rate * grads[key]
    return stepped


@right("step_with_rates")
def step_at_rate_zero(params, grads, rates, weight_decay):
    def decay(w):
        return 2 * weight_decay * w if len(w.shape) > 1 else 0.0

    return {
        key: w - rates.get(key, 0.0) * (grads.get(key, 0.0) + decay(w)) for key, w in params.items()
    }


@right("step_with_rates")
def step_in_another_order(params, grads, rates, weight_decay):
    found = step_with_rates(params, grads, rates, weight_decay)
    return {key: found[key] for key in reversed(found)}


@right("step_with_rates")
def step_entry_by_entry(params, grads, rates, weight_decay):
    out = {key: np.array(w) for key, w in params.items()}
    for key in rates:
        for i in np.ndindex(out[key].shape):
            pull = 2 * weight_decay * params[key][i] if len(i) == 2 else 0.0
            out[key][i] = params[key][i] - rates[key] * (grads[key][i] + pull)
    return out


@right("smoothed_loss_and_gradient")
def smoothed_by_onehot(Z, y, smoothing):
    C = Z.shape[1]
    Q = (1 - smoothing) * np.eye(C)[y] + smoothing / C
    log_P = nn.log_softmax(Z)
    return -(Q * log_P).sum(axis=1).mean(), (np.exp(log_P) - Q) / len(Z)


@right("smoothed_loss_and_gradient")
def smoothed_as_a_mixture(Z, y, smoothing):
    """(1 - s) times the plain loss, and s times the loss against even targets."""
    N, C = Z.shape
    log_P = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
    loss = (1 - smoothing) * -log_P[np.arange(N), y].mean() + smoothing * -log_P.mean()
    dZ = np.exp(log_P) - smoothing / C
    dZ[np.arange(N), y] -= 1 - smoothing
    return loss, dZ / N


@right("smoothed_loss_and_gradient")
def smoothed_row_by_row(Z, y, smoothing):
    N, C = Z.shape
    loss, dZ = 0.0, np.zeros_like(Z)
    for n in range(N):
        top = Z[n].max()
        total = np.log(sum(np.exp(z - top) for z in Z[n])) + top
        for c in range(C):
            q = smoothing / C + (1 - smoothing if c == y[n] else 0)
            loss += q * (total - Z[n, c]) / N
            dZ[n, c] = (np.exp(Z[n, c] - total) - q) / N
    return loss, dZ


@right("smoothed_loss_and_gradient")
def smoothed_by_the_sum_of_logs(Z, y, smoothing):
    """The targets of a row sum to 1, so the log of the sum stands there once."""
    N, C = Z.shape
    Q = np.full((N, C), smoothing / C)
    Q[range(N), y] = 1 - smoothing + smoothing / C
    top = Z.max(1, keepdims=True)
    exponentials = np.exp(Z - top)
    totals = exponentials.sum(1, keepdims=True)
    loss = np.mean(np.log(totals[:, 0]) + top[:, 0] - (Q * Z).sum(1))
    return loss, (exponentials / totals - Q) / N


@right("smoothed_loss_and_gradient")
def smoothed_from_two_plain_ones(Z, y, smoothing):
    loss, cache = nn.softmax_cross_entropy_forward(Z, y)
    dZ = nn.softmax_cross_entropy_backward(1.0, cache)
    P, log_P = cache[0], nn.log_softmax(Z)
    even = -log_P.mean(), (P - 1 / Z.shape[1]) / len(Z)
    return (1 - smoothing) * loss + smoothing * even[0], (1 - smoothing) * dZ + smoothing * even[1]


right("smoothed_loss_and_gradient")(in_float32(smoothed_loss_and_gradient))
right("smoothed_loss_and_gradient")(in_fortran_order(smoothed_by_onehot))
