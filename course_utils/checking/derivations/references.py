"""A right derivation for each exercise that asks for one, one of many."""

# The names of the exercises hold the names of the gradients.
# ruff: noqa: N802

from __future__ import annotations


def derive_linear_dW() -> list[str]:
    """The gradient of the weights of Y = X W + b."""
    return [
        "diff(Y[n,m], W[i,j]) = X[n,i] * delta(m,j)",
        "dW[i,j] = sum(n, m, dY[n,m] * X[n,i] * delta(m,j))",
        "dW[i,j] = sum(n, X[n,i] * dY[n,j])",
        "dW = X.T @ dY",
    ]


def derive_linear_dX_db() -> list[str]:
    """The gradients of the inputs and biases of Y = X W + b."""
    return [
        "dX[n,i] = sum(m, dY[n,m] * W[i,m])",
        "dX = dY @ W.T",
        "db[j] = sum(n, m, dY[n,m] * delta(m,j))",
        "db = ones(N) @ dY",
    ]


def derive_relu_dX() -> list[str]:
    """The gradient of ReLU."""
    return [
        "diff(Y[n,m], X[i,j]) = where(X[n,m] > 0, 1, 0) * delta(n,i) * delta(m,j)",
        "dX[i,j] = dY[i,j] * (X[i,j] > 0)",
    ]


def derive_sigmoid_dX() -> list[str]:
    """The gradient of the sigmoid, written with its value."""
    return [
        "Y[n,m] = 1 / (1 + exp(-X[n,m]))",
        "sigmoid_prime(X) = exp(-X) / (1 + exp(-X))**2 = Y * (1 - Y)",
        "dX = dY * Y * (1 - Y)",
    ]


def derive_tanh_dX() -> list[str]:
    """The gradient of tanh, written with its value."""
    return ["dX = dY * (1 - Y**2)"]


def derive_softmax_dZ() -> list[str]:
    """The Jacobian of softmax, and the gradient of its inputs."""
    return [
        "diff(P[n,k], Z[n,j]) = P[n,k] * (delta(k,j) - P[n,j])",
        "dZ[n,j] = sum(k, dP[n,k] * P[n,k] * (delta(k,j) - P[n,j]))",
        "dZ[n,j] = P[n,j] * (dP[n,j] - sum(k, dP[n,k] * P[n,k]))",
    ]


def derive_softmax_cross_entropy_dZ() -> list[str]:
    """The gradient of the mean cross-entropy by the logits."""
    return [
        "L = sum(n, log(sum(k, exp(Z[n,k]))) - Z[n,y[n]]) / N",
        "diff(log(sum(k, exp(Z[n,k]))), Z[n,j]) = P[n,j]",
        "dZ[n,j] = (P[n,j] - delta(j,y[n])) / N",
    ]


def derive_two_layers() -> list[str]:
    """All gradients of a net of two layers with penalty."""
    return [
        "dZ2[n,k] = (P[n,k] - delta(k,y[n])) / N",
        "dW2 = A1.T @ dZ2 + 2*lam*W2",
        "db2 = ones(N) @ dZ2",
        "dA1 = dZ2 @ W2.T",
        "dZ1 = dA1 * (Z1 > 0)",
        "dW1 = X.T @ dZ1 + 2*lam*W1",
        "db1 = ones(N) @ dZ1",
    ]


def derive_sigmoid_chain() -> list[str]:
    """The errors of three sigmoid units in a row."""
    return [
        "dz3 = (a3 - t) * a3 * (1 - a3)",
        "dz2 = dz3 * w3 * a2 * (1 - a2)",
        "dz1 = dz2 * w2 * a1 * (1 - a1)",
        "dw1 = dz1 * x",
    ]


def derive_batch_norm() -> list[str]:
    """The gradients of batch norm."""
    return [
        "dbeta[d] = sum(n, dY[n,d])",
        "dgamma[d] = sum(n, dY[n,d] * Xhat[n,d])",
        "dXhat[n,d] = dY[n,d] * gamma[d]",
        "dvar[d] = -sum(n, dXhat[n,d] * (X[n,d] - mu[d])) / 2 / (var[d] + eps)**(3/2)",
        "dmu[d] = -sum(n, dXhat[n,d]) / sqrt(var[d] + eps)",
        "dX[n,d] = dXhat[n,d] / sqrt(var[d] + eps) + dvar[d] * 2 * (X[n,d] - mu[d]) / N "
        "+ dmu[d] / N",
    ]


def derive_convolution() -> list[str]:
    """The gradients of a convolution with stride 1."""
    return [
        "diff(Y[n,f,p,q], K[f,c,u,v]) = X[n,c,p+u,q+v]",
        "dK[f,c,u,v] = sum(n, p, q, dY[n,f,p,q] * X[n,c,p+u,q+v])",
        "dX[n,c,i,j] = sum(f, p, q, dY[n,f,p,q] * K[f,c,i-p,j-q])",
        "db[f] = sum(n, p, q, dY[n,f,p,q])",
    ]


def derive_convolution_stride() -> list[str]:
    """The gradients of a convolution with stride s."""
    return [
        "dK[f,c,u,v] = sum(n, p, q, dY[n,f,p,q] * X[n,c,s*p+u,s*q+v])",
        "dX[n,c,i,j] = sum(f, p, q, dY[n,f,p,q] * K[f,c,i-s*p,j-s*q])",
        "db[f] = sum(n, p, q, dY[n,f,p,q])",
    ]


def derive_rnn_step() -> list[str]:
    """The gradients of one step of a recurrent net."""
    return [
        "dz = dh * (1 - h**2)",
        "dx = dz @ Wx.T",
        "dh_prev = dz @ Wh.T",
        "dWx = x.T @ dz",
        "dWh = h_prev.T @ dz",
        "db = ones(N) @ dz",
    ]


def derive_logistic_gradient() -> list[str]:
    """The gradients of the mean cross-entropy of logistic regression."""
    return [
        "diff(L, p[n]) = ((1 - y[n]) / (1 - p[n]) - y[n] / p[n]) / N",
        "diff(p[n], z[n]) = p[n] * (1 - p[n])",
        "dz = (p - y) / N",
        "dw[i] = sum(n, X[n,i] * dz[n])",
        "dw = X.T @ dz",
        "db = sum(n, dz[n])",
    ]


def derive_rnn_two_steps() -> list[str]:
    """The gradients of two steps of a recurrent net that share their weights."""
    return [
        "dh2 = u2",
        "dz2 = dh2 * (1 - h2**2)",
        "dh1 = u1 + dz2 @ Wh.T",
        "dz1 = dh1 * (1 - h1**2)",
        "dWx = x1.T @ dz1 + x2.T @ dz2",
        "dWh = h0.T @ dz1 + h1.T @ dz2",
        "db = ones(N) @ (dz1 + dz2)",
        "dh0 = dz1 @ Wh.T",
    ]


def derive_lstm_cell() -> list[str]:
    """The gradients of one step of the LSTM's cell and gates."""
    return [
        "dH = u",
        "dC = v + dH * O * (1 - tanh(C)**2)",
        "dC_prev = dC * F",
        "dAi = dC * G * I * (1 - I)",
        "dAf = dC * C_prev * F * (1 - F)",
        "dAo = dH * tanh(C) * O * (1 - O)",
        "dAg = dC * I * (1 - G**2)",
    ]


def derive_attention() -> list[str]:
    """The gradients of scaled dot-product attention."""
    return [
        "dvalues = P.T @ dY",
        "dP = dY @ values.T",
        "diff(P[t,s], A[t,j]) = P[t,s] * (delta(s,j) - P[t,j])",
        "dA[t,j] = P[t,j] * (dP[t,j] - sum(s, P[t,s] * dP[t,s]))",
        "dQ = dA @ keys / sqrt(K)",
        "dkeys = dA.T @ Q / sqrt(K)",
    ]


def derive_frozen_norm() -> list[str]:
    """The gradients of batch norm with given statistics."""
    return [
        "diff(Y[n,d], X[i,j]) = gamma[d] / sqrt(var[d] + eps) * delta(n,i) * delta(d,j)",
        "dX[n,d] = dY[n,d] * gamma[d] / sqrt(var[d] + eps)",
        "dgamma[d] = sum(n, dY[n,d] * Xhat[n,d])",
        "dbeta[d] = sum(n, dY[n,d])",
    ]


def derive_smoothed_loss() -> list[str]:
    """The gradient of cross-entropy with smoothed labels."""
    return [
        "L = sum(n, k, Q[n,k] * (log(sum(j, exp(Z[n,j]))) - Z[n,k])) / N",
        "dZ[n,j] = (P[n,j] * sum(k, Q[n,k]) - Q[n,j]) / N",
        "dZ[n,j] = (P[n,j] - Q[n,j]) / N",
    ]
