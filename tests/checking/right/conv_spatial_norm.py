"""Right answers to spatial batch norm."""

import numpy as np

from course_utils import nn

from . import right
from .conv_norms import step_by_step


@right("spatial_batch_norm_forward")
def over_three_axes(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    wide = (1, -1, 1, 1)
    mean, var, new = running["mean"], running["var"], running
    if training:
        mean, var = X.mean(axis=(0, 2, 3)), X.var(axis=(0, 2, 3))
        new = {"mean": momentum * new["mean"] + (1 - momentum) * mean}
        new["var"] = momentum * running["var"] + (1 - momentum) * var
    hat = (X - mean.reshape(wide)) / np.sqrt(var.reshape(wide) + eps)
    return gamma.reshape(wide) * hat + beta.reshape(wide), new, (hat, gamma, var, eps)


@right("spatial_batch_norm_forward")
def channel_by_channel(X, gamma, beta, running, **settings):
    Y, new = np.empty_like(X), {k: v.copy() for k, v in running.items()}
    for c in range(X.shape[1]):
        one = {k: v[c : c + 1] for k, v in running.items()}
        column = X[:, c].reshape(-1, 1)
        vectors = gamma[c : c + 1], beta[c : c + 1]
        y, one, _ = nn.batch_norm_forward(column, *vectors, one, **settings)
        Y[:, c] = y.reshape(Y[:, c].shape)
        new["mean"][c], new["var"][c] = one["mean"][0], one["var"][0]
    return Y, new, None


@right("spatial_batch_norm_forward")
def moveaxis(X, gamma, beta, running, **settings):
    last = np.moveaxis(X, 1, -1)
    rows, new, cache = nn.batch_norm_forward(
        last.reshape(-1, X.shape[1]), gamma, beta, running, **settings
    )
    return np.moveaxis(rows.reshape(last.shape), -1, 1), new, cache


@right("spatial_batch_norm_forward")
def channels_first(X, gamma, beta, running, **settings):
    flat = X.swapaxes(0, 1).reshape(X.shape[1], -1)
    rows, new, cache = nn.batch_norm_forward(flat.T, gamma, beta, running, **settings)
    N, C, H, W = X.shape
    return rows.T.reshape(C, N, H, W).swapaxes(0, 1), new, [cache]


@right("spatial_batch_norm_forward")
def spatial_in_float32(X, gamma, beta, running, **settings):
    low = [a.astype(np.float32) for a in (X, gamma, beta)]
    running = {k: v.astype(np.float32) for k, v in running.items()}
    return nn.spatial_batch_norm_forward(*low, running, **settings)


def spatial_parts(cache):
    (N, C, H, W), (rows, gamma, inverse_std, _) = cache
    X_hat = rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return X_hat, gamma[:, None, None], inverse_std[:, None, None]


@right("spatial_batch_norm_backward")
def spatial_one_line(dY, cache):
    X_hat, gamma, inverse_std = spatial_parts(cache)
    axes, m = {"axis": (0, 2, 3), "keepdims": True}, dY[:, 0].size
    sums = dY.sum(**axes) + X_hat * (dY * X_hat).sum(**axes)
    dX = gamma * inverse_std / m * (m * dY - sums)
    return dX, (dY * X_hat).sum((0, 2, 3)), dY.sum((0, 2, 3))


@right("spatial_batch_norm_backward")
def spatial_through_the_graph(dY, cache):
    X_hat, gamma, inverse_std = spatial_parts(cache)
    flat = [a.swapaxes(0, 1).reshape(dY.shape[1], -1) for a in (dY, X_hat)]
    dX = step_by_step(*flat, gamma[:, 0], inverse_std[:, 0], 1)
    N, C, H, W = dY.shape
    dX = dX.reshape(C, N, H, W).swapaxes(0, 1)
    return dX, (flat[0] * flat[1]).sum(1), flat[0].sum(1)


@right("spatial_batch_norm_backward")
def spatial_by_einsum(dY, cache):
    X_hat, gamma, inverse_std = spatial_parts(cache)
    dgamma, dbeta = np.einsum("nchw,nchw->c", dY, X_hat), np.einsum("nchw->c", dY)
    means = (dbeta[:, None, None] + X_hat * dgamma[:, None, None]) / dY[:, 0].size
    return gamma * (dY - means) * inverse_std, dgamma, dbeta


@right("spatial_batch_norm_backward")
def spatial_moveaxis(dY, cache):
    last = np.moveaxis(dY, 1, -1)
    dX, dgamma, dbeta = nn.batch_norm_backward(last.reshape(-1, dY.shape[1]), cache[1])
    return np.moveaxis(dX.reshape(last.shape), -1, 1), dgamma, dbeta


@right("spatial_batch_norm_backward")
def spatial_channel_by_channel(dY, cache):
    X_hat, gamma, inverse_std = spatial_parts(cache)
    dX, dgamma, dbeta = np.empty_like(dY), [], []
    for c in range(dY.shape[1]):
        g, x = dY[:, c], X_hat[:, c]
        dgamma.append((g * x).sum())
        dbeta.append(g.sum())
        dX[:, c] = gamma[c] * inverse_std[c] * (g - g.mean() - x * (g * x).mean())
    return dX, np.array(dgamma), np.array(dbeta)
