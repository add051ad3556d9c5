"""Right answers of the logistic loss, and of logistic and softmax regression."""

from collections import OrderedDict

import numpy as np

from course_utils import nn
from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("logistic_loss_forward")
def logistic_of_the_formula(z, y):
    losses = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))
    return losses.mean(), (1 / (1 + np.exp(-z)), y)


@right("logistic_loss_forward")
def logistic_logaddexp(z, y):
    return np.mean(np.logaddexp(0, z) - y * z), None


@right("logistic_loss_forward")
def logistic_of_signs(z, y):
    signs = 2 * y - 1
    return float(np.logaddexp(0, -signs * z).sum() / len(z)), {"z": z}


@right("logistic_loss_forward")
def logistic_where(z, y):
    log_p = np.where(z >= 0, -np.log1p(np.exp(-z)), z - np.log1p(np.exp(z)))
    log_q = np.where(z >= 0, -z - np.log1p(np.exp(-z)), -np.log1p(np.exp(z)))
    return np.array(-np.where(y == 1, log_p, log_q).mean()), (z, y)


@right("logistic_loss_forward")
def logistic_bool_labels(z, y):
    ones = y.astype(bool)
    total = np.logaddexp(0, -z[ones]).sum() + np.logaddexp(0, z[~ones]).sum()
    return total / z.size, ones


@right("logistic_loss_forward")
def logistic_as_softmax(z, y):
    Z = np.column_stack([np.zeros_like(z), z])
    log_P = Z - np.logaddexp.reduce(Z, axis=1)[:, None]
    return -log_P[np.arange(len(y)), y].mean(), (np.exp(log_P), y)


@right("logistic_loss_forward")
def logistic_by_loop(z, y):
    total = 0.0
    for logit, label in zip(z, y, strict=True):
        wrong_side = -logit if label else logit
        top = max(wrong_side, 0.0)
        total += top + np.log(np.exp(-top) + np.exp(wrong_side - top))
    return total / len(z), [z, y]


right("logistic_loss_forward")(in_float32(logistic_of_the_formula))
right("logistic_loss_forward")(in_float32(logistic_logaddexp))


@right("logistic_loss_backward")
def logistic_back(dloss, cache):
    p, y = cache
    return dloss * (p - y) / len(y)


@right("logistic_loss_backward")
def logistic_back_copy(dloss, cache):
    p, y = cache
    dz = p.copy()
    dz[y == 1] -= 1
    dz *= dloss / p.size
    return dz


@right("logistic_loss_backward")
def logistic_back_where(dloss, cache):
    p, y = cache
    return strided(np.where(y > 0, p - 1, p) * (dloss / len(p)))


@right("logistic_loss_backward")
def logistic_back_by_loop(dloss, cache):
    dz = np.zeros(len(cache[0]))
    for n, (p, y) in enumerate(zip(*cache, strict=True)):
        dz[n] = dloss * (p - y) / len(dz)
    return dz


@right("logistic_loss_backward")
def logistic_back_halves(dloss, cache):
    p, y = cache
    return dloss * ((1 - y) * p - y * (1 - p)) / p.shape[0]


@right("logistic_loss_backward")
def logistic_back_bool(dloss, cache):
    p, y = cache
    return frozen((p - y.astype(bool)) * dloss / len(p))


@right("logistic_loss_backward")
def logistic_back_of_signs(dloss, cache):
    p, y = cache
    signs = 2 * y - 1
    return -dloss * signs * np.where(signs > 0, 1 - p, p) / len(p)


right("logistic_loss_backward")(in_float32(logistic_back))


@right("logistic_regression_loss_and_grads")
def regression_from_layers(params, X, y, weight_decay=0.0):
    z = X @ params["w"] + params["b"]
    loss, cache = nn.logistic_loss_forward(z, y)
    penalty, cache_penalty = nn.l2_penalty_forward(params["w"], weight_decay)
    dz = nn.logistic_loss_backward(1.0, cache)
    dw = X.T @ dz + nn.l2_penalty_backward(1.0, cache_penalty)
    return loss + penalty, {"w": dw, "b": np.sum(dz)}


@right("logistic_regression_loss_and_grads")
def regression_written_out(params, X, y, weight_decay=0.0):
    w, b = params["w"], float(params["b"])
    z = X.dot(w) + b
    p = 1 / (1 + np.exp(-z))
    loss = np.mean(np.logaddexp(0, z) - y * z) + weight_decay * np.linalg.norm(w) ** 2
    dw = (p - y) @ X / len(X) + 2 * weight_decay * w
    return loss, {"b": float(np.mean(p - y)), "w": dw}


@right("logistic_regression_loss_and_grads")
def regression_by_rows(params, X, y, weight_decay=0.0):
    w, b = params["w"], params["b"]
    loss, dw, db = weight_decay * sum(w * w), 2 * weight_decay * w, 0.0
    for x, label in zip(X, y, strict=True):
        z = sum(x * w) + b
        loss += (np.logaddexp(0.0, z) - label * z) / len(X)
        error = (np.exp(-np.logaddexp(0.0, -z)) - label) / len(X)
        dw, db = dw + error * x, db + error
    return loss, {"w": dw, "b": db}


@right("logistic_regression_loss_and_grads")
def regression_with_a_column_of_ones(params, X, y, weight_decay=0.0):
    X1 = np.column_stack([X, np.ones(len(X))])
    v = np.append(params["w"], params["b"])
    charged = np.append(np.ones(X.shape[1]), 0.0)
    z, signs = X1 @ v, 2 * y - 1
    loss = np.logaddexp(0, -signs * z).mean() + weight_decay * (charged * v**2).sum()
    pull = -signs / (1 + np.exp(signs * z)) / len(y)
    g = X1.T @ pull + 2 * weight_decay * charged * v
    return [loss, {"w": g[:-1], "b": g[-1]}]


@right("logistic_regression_loss_and_grads")
def regression_einsum(params, X, y, weight_decay=0.0):
    z = np.einsum("nd,d->n", X, params["w"]) + params["b"]
    loss, cache = nn.logistic_loss_forward(z, y.astype(bool))
    dz = nn.logistic_loss_backward(1, cache)
    grads = OrderedDict(b=np.array(dz.sum()), w=strided(np.einsum("nd,n->d", X, dz)))
    if weight_decay > 0:
        loss += weight_decay * np.dot(params["w"], params["w"])
        grads["w"] = grads["w"] + 2 * weight_decay * params["w"]
    return loss, grads


@right("logistic_regression_loss_and_grads")
def regression_as_softmax(params, X, y, weight_decay=0.0):
    two = {
        "W": np.stack([0 * params["w"], params["w"]], axis=1),
        "b": np.array([0 * params["b"], params["b"]]),
    }
    loss, grads = nn.softmax_regression_loss_and_grads(two, X, y, weight_decay)
    return loss, {"w": grads["W"][:, 1], "b": grads["b"][1]}


right("logistic_regression_loss_and_grads")(in_float32(regression_from_layers))
right("logistic_regression_loss_and_grads")(in_fortran_order(regression_einsum))


@right("softmax_regression_loss_and_grads")
def softmax_from_layers(params, X, y, weight_decay=0.0):
    Z, cache = nn.linear_forward(X, params["W"], params["b"])
    loss, cache_loss = nn.softmax_cross_entropy_forward(Z, y)
    _, dW, db = nn.linear_backward(nn.softmax_cross_entropy_backward(1, cache_loss), cache)
    loss += weight_decay * np.sum(params["W"] ** 2)
    dW += 2 * weight_decay * params["W"]
    return loss, {"W": dW, "b": db}


@right("softmax_regression_loss_and_grads")
def softmax_written_out(params, X, y, weight_decay=0.0):
    Z = X @ params["W"] + params["b"]
    Z -= Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = -log_P[np.arange(len(y)), y].mean() + weight_decay * (params["W"] ** 2).sum()
    dZ = np.exp(log_P)
    dZ[np.arange(len(y)), y] -= 1
    dZ /= len(y)
    return loss, {"b": dZ.sum(0), "W": X.T @ dZ + 2 * weight_decay * params["W"]}


@right("softmax_regression_loss_and_grads")
def softmax_by_rows(params, X, y, weight_decay=0.0):
    W, b = params["W"], params["b"]
    loss, dW, db = weight_decay * np.vdot(W, W), 2 * weight_decay * W, np.zeros(b.shape)
    for x, label in zip(X, y, strict=True):
        z = x @ W + b
        log_p = z - np.logaddexp.reduce(z)
        loss -= log_p[label] / len(X)
        error = np.exp(log_p) - (np.arange(len(b)) == label)
        dW, db = dW + np.outer(x, error) / len(X), db + error / len(X)
    return float(loss), {"W": dW, "b": db}


@right("softmax_regression_loss_and_grads")
def softmax_one_hot(params, X, y, weight_decay=0.0):
    T = np.eye(params["b"].size)[y]
    Z = X @ params["W"] + params["b"]
    top = Z.max(axis=1)
    loss = np.mean(top + np.log(np.exp(Z - top[:, None]).sum(1)) - (Z * T).sum(1))
    P = np.exp(Z - top[:, None])
    P /= P.sum(1)[:, None]
    dW = (X.T @ P - X.T @ T) / len(X) + 2 * weight_decay * params["W"]
    penalty = weight_decay * np.linalg.norm(params["W"]) ** 2
    return np.array(loss + penalty), OrderedDict(W=dW, b=(P - T).mean(axis=0))


@right("softmax_regression_loss_and_grads")
def softmax_with_a_row_of_biases(params, X, y, weight_decay=0.0):
    V = np.vstack([params["W"], params["b"]])
    X1 = np.hstack([X, np.ones((len(X), 1))])
    loss, cache = nn.softmax_cross_entropy_forward(X1 @ V, y)
    G = X1.T @ nn.softmax_cross_entropy_backward(1.0, cache)
    G[:-1] += 2 * weight_decay * V[:-1]
    return [loss + weight_decay * (V[:-1] ** 2).sum(), {"W": strided(G[:-1]), "b": G[-1]}]


@right("softmax_regression_loss_and_grads")
def softmax_class_by_class(params, X, y, weight_decay=0.0):
    W, b = params["W"], params["b"]
    P = nn.softmax(X @ W + b)
    loss = weight_decay * np.trace(W.T @ W)
    loss -= nn.log_softmax(X @ W + b)[range(len(y)), y].sum() / len(y)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for c in range(len(b)):
        error = (P[:, c] - (y == c)) / len(y)
        dW[:, c] = error @ X + 2 * weight_decay * W[:, c]
        db[c] = error.sum()
    return loss, {"W": frozen(dW), "b": db}


right("softmax_regression_loss_and_grads")(in_float32(softmax_written_out))
right("softmax_regression_loss_and_grads")(in_fortran_order(softmax_one_hot))
