"""Answers of lessons 00 and 02, as somebody tired writes them."""

import numpy as np

from course_utils import nn

from . import right, wrong


def _lr(params, X, y, weight_decay=0.0):
    w, b = (params["w"], params["b"])
    z = X @ w + b
    p = 0.5 + 0.5 * np.tanh(z / 2)
    loss = (np.logaddexp(0, z) - y * z).mean() + weight_decay * (w**2).sum()
    dz = (p - y) / len(y)
    return (z, p, dz, loss)


def _sr(params, X, y, weight_decay):
    Z = X @ params["W"] + params["b"]
    P = nn.softmax(Z)
    L = -nn.log_softmax(Z)[np.arange(len(y)), y]
    return (P, L)


@wrong("0.1", "exchanged?")
def neuron_returns_cache_first(x, w, b):
    y = x @ w + b
    return ((x, w), y)


@wrong("0.1", "expected 2 values, (y, cache), got None (no `return`?).")
def neuron_prints(x, w, b):
    y = x @ w + b
    print(y)


@wrong("0.1", "the numbers are right, only the shape is not: an")
def neuron_one_entry_array(x, w, b):
    y = np.array([x @ w + b])
    return (y, (x, w))


@right("0.1")
def neuron_generator(x, w, b):
    return (sum((p * q for p, q in zip(x, w, strict=False)), start=b), [x, w])


@right("0.1")
def neuron_vdot(x, w, b):
    return (np.add(np.vdot(w, x), b), {"x": x, "w": w})


@wrong("0.2", "NameError: w0 has no value here. A name of another cell")
def neuron_back_forgets_cache(dy, cache):
    dx = dy * w0  # noqa: F821 (the slip)
    return (dx, dx, dy)


@wrong("0.2", "exactly 1/dy² times the right value")
def neuron_back_divides(dy, cache):
    x, w = cache
    return (w / dy, x / dy, dy)


@right("0.2")
def neuron_back_list_comprehension(dy, cache):
    x, w = cache
    return (np.array([dy * wi for wi in w]), np.array([dy * xi for xi in x]), dy + 0.0)


@wrong("2.1", "ValueError: arrays of shapes (N, C) = (5, 4) and (N,) =")
def softmax_forgets_keepdims(Z):
    E = np.exp(Z - Z.max(axis=1))
    return E / E.sum(axis=1)


@wrong("2.1", "P has the largest taken off the exponentials, not off th")
def softmax_stable_too_late(Z):
    """takes the max off the exponentials"""
    E = np.exp(Z)
    E = E - E.max(axis=1, keepdims=True)
    return E / E.sum(axis=1, keepdims=True)


@wrong("2.1", "these are the right numbers for the last place a")
def softmax_returns_last_row(Z):
    for z in Z:
        e = np.exp(z - z.max())
        P = e / e.sum()
    return P


@wrong("2.1", "Z was changed in place, but its owner still needs it. Wo")
def softmax_in_place(Z):
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    return Z


@wrong("2.1", "expected an array, got list. np.array makes an array of")
def softmax_list_of_rows(Z):
    P = []
    for z in Z:
        e = np.exp(z - z.max())
        P.append(e / e.sum())
    return P


@wrong("2.1", "By hand")
def softmax_with_eps(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / (E.sum(axis=1, keepdims=True) + 0.001)


@right("2.1")
def softmax_ratio_of_differences(Z):
    """1 / sum over j of exp(z_j − z_k)"""
    with np.errstate(over="ignore"):
        return 1 / np.exp(Z[:, None, :] - Z[:, :, None]).sum(axis=2)


@right("2.1")
def softmax_apply_along(Z):

    def one(z):
        e = np.exp(z - np.max(z))
        return e / np.sum(e)

    return np.apply_along_axis(one, 1, Z)


@right("2.1")
def softmax_logaddexp(Z):
    return np.exp(Z - np.logaddexp.reduce(Z, axis=1)[:, None])


@wrong("2.3", "x has the weights of one pair of classes and the biases")
def meeting_copied_line(W, b):
    A = np.stack([W[:, 0] - W[:, 1], W[:, 0] - W[:, 2]])
    return np.linalg.solve(A, np.array([b[1] - b[0], b[2] - b[1]]))


@wrong("2.3", "LinAlgError: only a square matrix can be inverted or sol")
def meeting_inverts_W(W, b):
    return np.linalg.inv(W) @ -b


@right("2.3")
def meeting_cramer(W, b):
    (a, c), (d, e) = (W[:, 1:] - W[:, :1]).T
    p, q = b[0] - b[1:]
    det = a * e - c * d
    return np.array([p * e - c * q, a * q - p * d]) / det


@right("2.3")
def meeting_with_unknown_height(W, b):
    A = np.column_stack([W.T, -np.ones(3)])
    return np.linalg.solve(A, -b)[:2]


@wrong("2.5", "this would be right if centres held its first row everyw")
def gauss_loop_one_centre(X, centres, width):
    Phi = np.zeros((len(X), len(centres)))
    for m in range(len(centres)):
        Phi[:, m] = np.exp(-((X - centres[0]) ** 2).sum(axis=1) / (2 * width**2))
    return Phi


@right("2.5")
def gauss_expanded(X, centres, width):
    d2 = (X**2).sum(1)[:, None] - 2 * X @ centres.T + (centres**2).sum(1)
    return np.exp(-d2 / 2 / width / width)


@right("2.5")
def gauss_product_of_dims(X, centres, width):
    Phi = np.ones((len(X), len(centres)), X.dtype)
    for d in range(X.shape[1]):
        Phi *= np.exp(-0.5 * np.square(np.subtract.outer(X[:, d], centres[:, d]) / width))
    return Phi


@right("2.6")
def poly_cumprod(x, degree):
    Phi = np.repeat(x[:, None], degree + 1, axis=1)
    Phi[:, 0] = 1
    return np.cumprod(Phi, axis=1)


@right("2.6")
def poly_power_outer(x, degree):
    return np.power.outer(x, np.arange(degree + 1)).astype(x.dtype)


@wrong("2.7", "ValueError: `if`, `and`, `or`, `not` and Python's own ma")
def sigmoid_if_array(X):
    Y = 1 / (1 + np.exp(-X)) if X >= 0 else np.exp(X) / (1 + np.exp(X))
    return (Y, Y)


@wrong("2.7", "this would be right if X were |X|. The wrong numbers sta")
def sigmoid_unfilled_half(X):
    Y = np.zeros_like(X)
    p = X >= 0
    Y[p] = 1 / (1 + np.exp(-X[p]))
    Y[~p] = 1 / (1 + np.exp(X[~p]))
    return (Y, Y)


@wrong("2.7", "numbers differ")
def sigmoid_clipped(X):
    Y = 1 / (1 + np.exp(-np.clip(X, -5, 5)))
    return (Y, Y)


@wrong("2.7", "this would be right if X were half as large.")
def sigmoid_half_slope(X):
    Y = 1 / (1 + np.exp(-X / 2))
    return (Y, Y)


@right("2.7")
def sigmoid_tanh(X):
    Y = 0.5 + 0.5 * np.tanh(0.5 * X)
    return (Y, None)


@right("2.7")
def sigmoid_masks_in_place(X):
    Y = np.empty_like(X)
    up = X > 0
    Y[up] = 1 / (1 + np.exp(-X[up]))
    e = np.exp(X[~up])
    Y[~up] = e / (1 + e)
    return (Y, Y)


@wrong("2.8", "dX has 1 − Y squared, where Y is to stand once.")
def sigmoid_back_y_times_y(dY, cache):
    Y = cache
    return dY * (1 - Y) * (1 - Y)


@wrong("2.8", "dY was changed in place, but its owner still needs it. W")
def sigmoid_back_in_place(dY, cache):
    Y = cache
    dY *= Y * (1 - Y)
    return dY


@wrong("2.8", "both axes have the length N: a product @ sums ov")
def sigmoid_back_matmul(dY, cache):
    Y = cache
    return dY @ (Y * (1 - Y)).T


@right("2.8")
def sigmoid_back_diff(dY, cache):
    return (cache - cache * cache) * dY


@right("2.8")
def sigmoid_back_quarter(dY, cache):
    return dY * (0.25 - (cache - 0.5) ** 2)


@right("2.9")
def tanh_from_sigmoid_right(X):
    e = np.exp(-2 * np.abs(X))
    Y = np.sign(X) * (1 - e) / (1 + e)
    return (Y, X)


@wrong("2.10", "TypeError: ^ is no power in Python, but a comparison bit")
def tanh_back_caret(dY, cache):
    return dY * (1 - cache ^ 2)


@right("2.10")
def tanh_back_product(dY, cache):
    return dY * (1 - cache) * (1 + cache)


@wrong("2.11", "Right for N = 1, wrong from N = 3 on")
def logistic_median(z, y):
    p = 1 / (1 + np.exp(-z))
    return (np.median(np.logaddexp(0, z) - y * z), (p, y))


@wrong("2.11", "loss is averaged over the rows of class 1 alone.")
def logistic_only_ones(z, y):
    p = 0.5 + 0.5 * np.tanh(z / 2)
    return (np.logaddexp(0, -z)[y == 1].mean() if (y == 1).any() else 0.0, (p, y))


@right("2.11")
def logistic_where(z, y):
    p = 0.5 + 0.5 * np.tanh(z / 2)
    s = np.where(y == 1, -z, z)
    return (float(np.mean(np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))))), (p, y))


@wrong("2.13", "rounded down to whole numbers: // where / belongs?")
def logistic_back_int_division(dloss, cache):
    p, y = cache
    return dloss * (p - y) // len(y)


@right("2.13")
def logistic_back_two_cases(dloss, cache):
    p, y = cache
    d = np.array(p)
    d[y == 1] = p[y == 1] - 1
    return np.divide(d, y.size) * dloss


@wrong("2.14", "penalty sums a matrix product of W with itself, not squa")
def l2_matrix_power(W, weight_decay):
    return (weight_decay * np.sum(W.T @ W), (W, weight_decay))


@right("2.14")
def l2_vdot(W, weight_decay):
    return (weight_decay * np.vdot(W, W), (W, weight_decay))


@right("2.14")
def l2_singular(W, weight_decay):
    return (weight_decay * sum(float(w) ** 2 for w in W.flat), (W, weight_decay))


@wrong("2.15", "By hand")
def l2_back_plus(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * (2 + weight_decay * W)


@right("2.15")
def l2_back_add(dpenalty, cache):
    W, weight_decay = cache
    half = dpenalty * weight_decay * W
    return half + half


@wrong("2.16", "expected a dictionary, got one tuple.")
def logreg_tuple(params, X, y, weight_decay=0.0):
    z, p, dz, loss = _lr(params, X, y, weight_decay)
    return (loss, (X.T @ dz + 2 * weight_decay * params["w"], dz.sum()))


@wrong("2.16", 'params["w"] was changed in place, but its owner still ne')
def logreg_updates(params, X, y, weight_decay=0.0):
    """takes a step in here"""
    z, p, dz, loss = _lr(params, X, y, weight_decay)
    g = {"w": X.T @ dz + 2 * weight_decay * params["w"], "b": dz.sum()}
    params["w"] -= 0.1 * g["w"]
    return (loss, g)


@right("2.16")
def logreg_bias_column(params, X, y, weight_decay=0.0):
    A = np.column_stack([X, np.ones(len(X), X.dtype)])
    v = np.append(params["w"], params["b"])
    z = A @ v
    g = A.T @ (0.5 + 0.5 * np.tanh(z / 2) - y) / len(y)
    loss = np.mean(np.logaddexp(0, np.where(y, -z, z))) + weight_decay * params["w"] @ params["w"]
    return (loss, {"b": g[-1], "w": g[:-1] + 2 * weight_decay * params["w"]})


@wrong("2.17", "w has learning_rate taken off before dw multiplies: brac")
def sgd_bracket(w, dw, state, *, learning_rate):
    return ((w - learning_rate) * dw, state)


@wrong("2.17", "expected 2 values, (w, state), got one ndarray.")
def sgd_only_w(w, dw, state, *, learning_rate):
    return w - learning_rate * dw


@right("2.17")
def sgd_axpy(w, dw, state, *, learning_rate):
    new = w.copy()
    new += dw * -learning_rate
    return (new, {})


@right("2.18")
def hessian_root(X, p, weight_decay=0.0):
    R = np.sqrt(p * (1 - p) / len(X))[:, None] * X
    H = R.T @ R
    H.flat[:: len(H) + 1] += 2 * weight_decay
    return H


@right("2.18")
def hessian_outer_sum(X, p, weight_decay=0.0):
    H = sum((pn * (1 - pn) * np.outer(x, x) for x, pn in zip(X, p, strict=False))) / len(X)
    return H + np.diag(np.full(X.shape[1], 2.0 * weight_decay))


@wrong("2.19", "AttributeError: this is several values together (EighRes")
def rate_forgets_index(H):
    return 2 / np.linalg.eigh(H).max()


@right("2.19")
def rate_svd(H):
    return 2 / np.linalg.norm(H, 2)


@right("2.19")
def rate_eig(H):
    return (2 / np.max(np.linalg.eig(H)[0].real)).item()


@wrong("2.20", "is decay used, or is a fixed number in its place?")
def rmsprop_old_mean(w, dw, state, *, learning_rate, decay=0.99, eps=1e-08):
    """divides by the root of the mean before this step"""
    s0 = state.get("s", np.ones_like(w))
    s = decay * s0 + (1 - decay) * dw**2
    return (w - learning_rate * dw / (np.sqrt(s0) + eps), {"s": s})


@wrong("2.20", "the state keeps the last dw² alone, not the mean.")
def rmsprop_forgets_state(w, dw, state, *, learning_rate, decay=0.99, eps=1e-08):
    s = decay * state.get("s", 0) + (1 - decay) * dw**2
    return (w - learning_rate * dw / (np.sqrt(s) + eps), {"s": dw**2})


@wrong("2.20", "KeyError: 's': there is no such key. state is empty here")
def rmsprop_other_key(w, dw, state, *, learning_rate, decay=0.99, eps=1e-08):
    s = decay * state["s"] + (1 - decay) * dw**2
    return (w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s})


@right("2.20")
def rmsprop_lerp(w, dw, state, *, learning_rate, decay=0.99, eps=1e-08):
    s = np.array(state.get("s", np.zeros_like(w)))
    s += (1 - decay) * (dw * dw - s)
    return (w - learning_rate / (s**0.5 + eps) * dw, {"s": s})


@wrong("2.22", "By hand")
def softreg_minus_one_before_loss(params, X, y, weight_decay=0.0):
    """dZ is P itself: takes off 1 in place, then the loss is taken from what is left"""
    N = len(y)
    P, L = _sr(params, X, y, weight_decay)
    dZ = P
    dZ[np.arange(N), y] -= 1
    loss = -np.log(P[np.arange(N), y] + 1).mean() if False else -P[np.arange(N), y].mean()
    dZ = dZ / N
    return (
        loss + weight_decay * (params["W"] ** 2).sum(),
        {"W": X.T @ dZ + 2 * weight_decay * params["W"], "b": dZ.sum(0)},
    )


@wrong("2.22", "By hand")
def softreg_only_misclassified(params, X, y, weight_decay=0.0):
    """zeroes the rows that are predicted right, as a perceptron does"""
    N = len(y)
    P, L = _sr(params, X, y, weight_decay)
    dZ = P.copy()
    dZ[np.arange(N), y] -= 1
    dZ[P.argmax(1) == y] = 0
    dZ /= N
    return (
        L.mean() + weight_decay * (params["W"] ** 2).sum(),
        {"W": X.T @ dZ + 2 * weight_decay * params["W"], "b": dZ.sum(0)},
    )


@wrong("2.22", "the term with weight_decay is exactly 1/2 times what it")
def softreg_two_slips(params, X, y, weight_decay=0.0):
    """no 1/N in the gradient of W and no 2 in its penalty"""
    N = len(y)
    P, L = _sr(params, X, y, weight_decay)
    dZ = P.copy()
    dZ[np.arange(N), y] -= 1
    return (
        L.mean() + weight_decay * (params["W"] ** 2).sum(),
        {"W": X.T @ dZ + weight_decay * params["W"], "b": dZ.sum(0) / N},
    )


@right("2.22")
def softreg_by_rows(params, X, y, weight_decay=0.0):
    W, b = (params["W"], params["b"])
    dW, db, loss = (np.zeros_like(W), np.zeros_like(b), 0.0)
    for x, label in zip(X, y, strict=False):
        z = x @ W + b
        e = np.exp(z - z.max())
        p = e / e.sum()
        loss += np.log(e.sum()) + z.max() - z[label]
        p[label] -= 1
        dW += np.outer(x, p)
        db += p
    n = len(y)
    return (
        loss / n + weight_decay * np.sum(W * W),
        {"b": db / n, "W": dW / n + 2 * weight_decay * W},
    )


@wrong("2.24", "IndexError: index 3 on axis 1, which has 3 entries: 0 to")
def confusion_size_from_labels(y, predicted, C):
    C = len(np.unique(y))
    counts = np.zeros((C, C), int)
    for a, b in zip(y, predicted, strict=False):
        counts[a, b] += 1
    return counts


@right("2.24")
def confusion_bincount(y, predicted, C):
    return np.bincount(y * C + predicted, minlength=C * C).reshape(C, C)


@right("2.24")
def confusion_onehots(y, predicted, C):
    return np.eye(C, dtype=int)[y].T @ np.eye(C, dtype=int)[predicted]


@right("2.25")
def pca_cov_eigh(X, k):
    mean = X.mean(axis=0)
    lam, V = np.linalg.eigh(np.atleast_2d(np.cov(X, rowvar=False)))
    order = np.argsort(lam)[::-1][:k]
    return (mean, V.T[order], lam[order])


@right("2.25")
def pca_flipped_signs(X, k):
    mean = sum(X) / len(X)
    _, s, Vt = np.linalg.svd(X - mean)
    return (mean, -Vt[:k], np.square(s[:k]) / (X.shape[0] - 1))


@wrong("2.26", "expected (scores, X_hat) in this order, got (X_hat, scor")
def pca_returned_swapped(X, mean, components):
    scores = (X - mean) @ components.T
    return (scores @ components + mean, scores)


@right("2.26")
def pca_einsum(X, mean, components):
    scores = np.einsum("nd,kd->nk", X, components) - components @ mean
    return (scores, X - (X - mean) @ (np.eye(len(mean), dtype=X.dtype) - components.T @ components))


@wrong("2.27", "expected (eigenvalue, eigenvector) in this order, got (e")
def power_swapped(S, v, steps):
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        v = S @ v
        v = v / np.linalg.norm(v)
    return (v, v @ S @ v)


@wrong("2.27", "this would be right if v were all ones.")
def power_own_start(S, v, steps):
    v = np.ones(len(S)) / np.sqrt(len(S))
    for _ in range(steps):
        v = S @ v
        v = v / np.linalg.norm(v)
    return (v @ S @ v, v)


@right("2.27")
def power_matrix_power(S, v, steps):
    T = S / np.linalg.norm(S, 2)
    for _ in range(steps):
        v = T @ v
    u = v / np.sqrt((v**2).sum())
    return (float(u.T @ (S @ u)), u)


@right("2.28")
def needed_while(variances, share):
    total, k, carried = (float(np.sum(variances)), 0, 0.0)
    while k < len(variances) and carried < share * total * (1 - 1e-10):
        carried += float(variances[k])
        k += 1
    return k
