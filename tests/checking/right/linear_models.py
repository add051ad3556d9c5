"""Right answers in the plane: meeting point, basis functions, curvature, table of answers."""

import math

import numpy as np

from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("meeting_point")
def meeting_by_solve(W, b):
    A = np.array([W[:, 0] - W[:, 1], W[:, 0] - W[:, 2]])
    return np.linalg.solve(A, np.array([b[1] - b[0], b[2] - b[0]]))


@right("meeting_point")
def meeting_by_cramer(W, b):
    (p, q), (r, s) = W[:, 1] - W[:, 0], W[:, 2] - W[:, 1]
    u, v = b[0] - b[1], b[1] - b[2]
    det = p * s - q * r
    return np.array([u * s - q * v, p * v - u * r]) / det


@right("meeting_point")
def meeting_by_lstsq(W, b):
    pairs = [(0, 1), (1, 2), (2, 0)]
    A = np.stack([W[:, i] - W[:, j] for i, j in pairs])
    return np.linalg.lstsq(A, [b[j] - b[i] for i, j in pairs], rcond=None)[0]


@right("meeting_point")
def meeting_with_the_logit(W, b):
    A = np.hstack([W.T, -np.ones((3, 1))])
    return strided(np.linalg.solve(A, -b)[:2])


@right("meeting_point")
def meeting_by_inverse(W, b):
    D = W[:, 1:] - W[:, [0]]
    return (b[0] - b[1:]) @ np.linalg.inv(D)


@right("meeting_point")
def meeting_of_lines(W, b):
    lines = np.vstack([W, b]).T
    x, y, w = np.cross(lines[0] - lines[1], lines[1] - lines[2])
    return frozen([x / w, y / w])


@right("meeting_point")
def meeting_by_pinv(W, b):
    return -np.linalg.pinv((W - W.mean(axis=1, keepdims=True)).T) @ (b - b.mean())


right("meeting_point")(in_float32(meeting_by_cramer))


@right("gaussian_basis")
def bumps_broadcast(X, centres, width):
    return np.exp(-((X[:, None] - centres[None]) ** 2).sum(-1) / (2 * width**2))


@right("gaussian_basis")
def bumps_by_loops(X, centres, width):
    Phi = np.zeros((len(X), len(centres)), X.dtype)
    for n, x in enumerate(X):
        for m, c in enumerate(centres):
            Phi[n, m] = math.exp(-0.5 * sum(((x - c) / width) ** 2))
    return Phi


@right("gaussian_basis")
def bumps_by_norm(X, centres, width):
    r = np.linalg.norm(X[:, np.newaxis, :] - centres, axis=2)
    return np.exp(-0.5 * (r / width) ** 2)


@right("gaussian_basis")
def bumps_expanded(X, centres, width):
    squares = (X**2).sum(1)[:, None] + (centres**2).sum(1) - 2 * X @ centres.T
    return np.exp(squares / (-2 * width * width))


@right("gaussian_basis")
def bumps_as_products(X, centres, width):
    Phi = np.ones((len(X), len(centres)))
    for x, c in zip(X.T, centres.T, strict=True):
        Phi *= np.exp(-((x[:, None] - c) ** 2) / 2 / width**2)
    return Phi


@right("gaussian_basis")
def bumps_einsum(X, centres, width):
    D = (X[:, None] - centres) / (math.sqrt(2) * width)
    return strided(np.exp(-np.einsum("nmd,nmd->nm", D, D)))


@right("gaussian_basis")
def bumps_centre_by_centre(X, centres, width):
    columns = [np.exp(-np.sum((X - c) ** 2, axis=1) / (2 * width**2)) for c in centres]
    return np.column_stack(columns)


right("gaussian_basis")(in_float32(bumps_broadcast))
right("gaussian_basis")(in_fortran_order(bumps_by_loops))


@right("polynomial_basis")
def powers_vander(x, degree):
    return np.vander(x, degree + 1, increasing=True)


@right("polynomial_basis")
def powers_broadcast(x, degree):
    return x[:, None] ** np.arange(degree + 1)


@right("polynomial_basis")
def powers_by_loop(x, degree):
    Phi = np.ones((len(x), degree + 1), dtype=x.dtype)
    for m in range(1, degree + 1):
        Phi[:, m] = Phi[:, m - 1] * x
    return Phi


@right("polynomial_basis")
def powers_stacked(x, degree):
    return np.column_stack([x**m for m in range(degree + 1)])


@right("polynomial_basis")
def powers_cumprod(x, degree):
    steps = np.hstack([np.ones((len(x), 1)), np.repeat(x[:, None], degree, axis=1)])
    return np.cumprod(steps, axis=1)


@right("polynomial_basis")
def powers_outer(x, degree):
    return strided(np.power.outer(x, range(degree + 1)))


@right("polynomial_basis")
def powers_by_lists(x, degree):
    return np.array([[float(v) ** m for m in range(degree + 1)] for v in x])


@right("polynomial_basis")
def powers_of_numpy(x, degree):
    return frozen(np.polynomial.polynomial.polyvander(x, degree))


right("polynomial_basis")(in_float32(powers_by_loop))


@right("logistic_hessian")
def hessian_diag(X, p, weight_decay=0.0):
    return X.T @ np.diag(p * (1 - p)) @ X / len(X) + 2 * weight_decay * np.eye(X.shape[1])


@right("logistic_hessian")
def hessian_by_rows(X, p, weight_decay=0.0):
    H = 2 * weight_decay * np.identity(X.shape[1])
    for x, q in zip(X, p, strict=True):
        H += q * (1 - q) * np.outer(x, x) / len(p)
    return H


@right("logistic_hessian")
def hessian_einsum(X, p, weight_decay=0.0):
    H = np.einsum("ni,n,nj->ij", X, p - p**2, X) / X.shape[0]
    H[np.diag_indices(len(H))] += 2 * weight_decay
    return H


@right("logistic_hessian")
def hessian_of_roots(X, p, weight_decay=0.0):
    A = X * np.sqrt(p * (1 - p) / len(p)).reshape(-1, 1)
    return np.asfortranarray(A.T @ A + np.diag([2 * weight_decay] * X.shape[1]))


@right("logistic_hessian")
def hessian_by_entries(X, p, weight_decay=0.0):
    D = X.shape[1]
    H = np.empty((D, D))
    for i in range(D):
        for j in range(D):
            H[i, j] = np.mean(X[:, i] * X[:, j] * p * (1 - p)) + 2 * weight_decay * (i == j)
    return H


@right("logistic_hessian")
def hessian_mean_of_tables(X, p, weight_decay=0.0):
    tables = X[:, :, None] * X[:, None, :] * (p * (1 - p))[:, None, None]
    H = tables.mean(axis=0)
    np.fill_diagonal(H, H.diagonal() + 2 * weight_decay)
    return strided(H)


right("logistic_hessian")(in_float32(hessian_diag))
right("logistic_hessian")(in_fortran_order(hessian_einsum))


@right("largest_stable_rate")
def rate_eigvalsh(H):
    return 2 / np.linalg.eigvalsh(H).max()


@right("largest_stable_rate")
def rate_norm(H):
    return 2.0 / np.linalg.norm(H, 2)


@right("largest_stable_rate")
def rate_power_iteration(H):
    v = np.arange(1.0, len(H) + 1)
    for _ in range(300):
        v = H @ v
        v = v / np.linalg.norm(v)
    return float(2 / (v @ H @ v))


@right("largest_stable_rate")
def rate_svd(H):
    return np.array(2 / np.linalg.svd(H, compute_uv=False)[0])


@right("largest_stable_rate")
def rate_eig(H):
    values, _ = np.linalg.eig(H)
    return 2 / max(values.real)


@right("largest_stable_rate")
def rate_by_bisection(H):
    low, high = 0.0, np.trace(H)
    for _ in range(200):
        middle = (low + high) / 2
        below = np.linalg.eigvalsh(middle * np.eye(len(H)) - H)[0] > 0
        low, high = (low, middle) if below else (middle, high)
    return 2 / high


@right("largest_stable_rate")
def rate_smallest_of_all(H):
    return min(2 / v for v in np.linalg.eigh(H)[0])


right("largest_stable_rate")(in_float32(rate_eigvalsh))


@right("confusion_matrix")
def table_add_at(y, predicted, C):
    counts = np.zeros((C, C), dtype=int)
    np.add.at(counts, (y, predicted), 1)
    return counts


@right("confusion_matrix")
def table_by_loop(y, predicted, C):
    counts = np.zeros((C, C))
    for label, answer in zip(y, predicted, strict=True):
        counts[label, answer] += 1
    return counts


@right("confusion_matrix")
def table_bincount(y, predicted, C):
    return np.bincount(C * y + predicted, minlength=C**2).reshape((C, C)).astype(np.float32)


@right("confusion_matrix")
def table_one_hot(y, predicted, C):
    return np.eye(C)[y].T @ np.eye(C)[predicted]


@right("confusion_matrix")
def table_by_comparing(y, predicted, C):
    return np.array([[np.sum((y == c) & (predicted == k)) for k in range(C)] for c in range(C)])


@right("confusion_matrix")
def table_histogram(y, predicted, C):
    return np.histogram2d(y, predicted, bins=C, range=[[-0.5, C - 0.5]] * 2)[0]


@right("confusion_matrix")
def table_einsum(y, predicted, C):
    classes = np.arange(C)
    pairs = (y[:, None, None] == classes[:, None]) & (predicted[:, None, None] == classes)
    return strided(pairs.sum(axis=0))
