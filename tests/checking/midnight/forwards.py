"""Forwards whose cache is free in form, as the lessons' solutions keep it."""

import numpy as np

from course_utils import nn


def batch_norm_forward(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    Y, new, (X_hat, gamma, inverse, training) = nn.batch_norm_forward(
        X, gamma, beta, running, training=training, momentum=momentum, eps=eps
    )
    return Y, new, (X_hat, gamma, 1 / inverse, training)


def layer_norm_forward(X, gamma, beta, *, eps=1e-5):
    Y, (X_hat, gamma, inverse) = nn.layer_norm_forward(X, gamma, beta, eps=eps)
    return Y, (X_hat, gamma, 1 / inverse)


def spatial_batch_norm_forward(X, gamma, beta, running, **settings):
    Y, new, (_, cache) = nn.spatial_batch_norm_forward(X, gamma, beta, running, **settings)
    return Y, new, cache


def max_pool_forward(X, *, size=2, stride=None):
    Y, _ = nn.max_pool_forward(X, size=size, stride=stride)
    return Y, (X, size, stride or size)


def average_pool_forward(X, *, size=2, stride=None):
    Y, _ = nn.average_pool_forward(X, size=size, stride=stride)
    return Y, (X.shape, size, stride or size)


def rnn_step_forward(x, h_prev, Wx, Wh, b):
    h = np.tanh(x @ Wx + h_prev @ Wh + b)
    return h, (x, h_prev, Wx, Wh, h)


def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
    z = x @ Wx + h_prev @ Wh + b
    i, f, o = (0.5 * (1 + np.tanh(0.5 * part)) for part in np.split(z, 4, axis=1)[:3])
    g = np.tanh(np.split(z, 4, axis=1)[3])
    c = f * c_prev + i * g
    return o * np.tanh(c), c, (x, h_prev, c_prev, Wx, Wh, i, f, o, g, c)


def temporal_softmax_forward(Z, y, mask):
    loss, _ = nn.temporal_softmax_forward(Z, y, mask)
    log_P = nn.log_softmax(Z.reshape(-1, Z.shape[2])).reshape(Z.shape)
    return loss, (log_P, y, mask)


FORWARDS = {
    f.__name__: f
    for f in (
        *(batch_norm_forward, layer_norm_forward, spatial_batch_norm_forward),
        *(max_pool_forward, average_pool_forward, rnn_step_forward, lstm_step_forward),
        temporal_softmax_forward,
    )
}
