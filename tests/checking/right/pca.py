"""Right answers about principal components: any method, any sign of a direction."""

import itertools

import numpy as np
from sklearn.decomposition import PCA

from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("pca_fit")
def by_svd(X, k):
    mean = X.mean(axis=0)
    _, s, Vt = np.linalg.svd(X - mean, full_matrices=False)
    return mean, Vt[:k], s[:k] ** 2 / (len(X) - 1)


@right("pca_fit")
def by_full_svd_of_the_transpose(X, k):
    mean = np.mean(X, 0)
    U, s, _ = np.linalg.svd((X - mean).T)
    return [mean, U[:, :k].T, np.square(s[:k] / np.sqrt(len(X) - 1))]


@right("pca_fit")
def by_eigh_of_covariances(X, k):
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    return X.mean(axis=0), vectors[:, ::-1][:, :k].T, values[::-1][:k]


@right("pca_fit")
def by_sorted_eig(X, k):
    centred = X - X.mean(axis=0)
    values, vectors = np.linalg.eig(np.einsum("nd,ne->de", centred, centred) / (len(X) - 1))
    order = np.argsort(values.real)[::-1][:k]
    return X.mean(axis=0), vectors.real[:, order].T.astype(X.dtype), values.real[order]


@right("pca_fit")
def by_the_gram_matrix(X, k):
    mean = X.sum(axis=0) / X.shape[0]
    centred = X - mean
    values, vectors = np.linalg.eigh(centred @ centred.T)
    components = (centred.T @ vectors[:, -k:]).T[::-1]
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    return mean, components, values[-k:][::-1] / (len(X) - 1)


@right("pca_fit")
def by_scikit_learn(X, k):
    pca = PCA(k, svd_solver="full").fit(X)
    return pca.mean_, pca.components_, pca.explained_variance_


@right("pca_fit")
def by_loops(X, k):
    N, D = X.shape
    mean = np.array([sum(column) / N for column in X.T], X.dtype)
    S = np.zeros((D, D), X.dtype)
    for x in X:
        for i, j in itertools.product(range(D), repeat=2):
            S[i, j] += (x[i] - mean[i]) * (x[j] - mean[j]) / (N - 1)
    values, vectors = np.linalg.eigh(S)
    chosen = sorted(range(D), key=lambda i: -values[i])[:k]
    components = np.stack([vectors[:, i] for i in chosen])
    return mean, components, np.array([values[i] for i in chosen])


@right("pca_fit")
def by_power_iteration_and_deflation(X, k):
    mean = X.mean(axis=0)
    centred, rows, variances = X - mean, [], []
    for i in range(k):
        v = np.cos(np.arange(1.0, X.shape[1] + 1) + i).astype(X.dtype)
        for _ in range(300):
            v = centred.T @ (centred @ v)
            v /= np.linalg.norm(v)
        rows.append(v)
        variances.append((centred @ v).var(ddof=1))
        centred = centred - np.outer(centred @ v, v)
    return mean, np.array(rows), np.array(variances)


@right("pca_fit")
def with_mixed_signs(X, k):
    mean, components, variances = by_svd(X, k)
    signs = np.where(np.arange(k) % 2 == 0, -1, 1).astype(X.dtype)
    return mean, strided(signs[:, None] * components), variances


@right("pca_fit")
def with_signs_drawn_anew(X, k):
    mean, components, variances = by_svd(X, k)
    signs = np.random.default_rng().choice([-1, 1], (k, 1)).astype(X.dtype)
    return frozen(mean), frozen(components * signs), frozen(variances)


right("pca_fit")(in_float32(by_svd))
right("pca_fit")(in_float32(by_eigh_of_covariances))
right("pca_fit")(in_fortran_order(by_the_gram_matrix))


@right("pca_compress")
def compress_plain(X, mean, components):
    scores = (X - mean) @ components.T
    return scores, scores @ components + mean


@right("pca_compress")
def compress_products_apart(X, mean, components):
    scores = X @ components.T - components @ mean
    return scores, mean[None, :] + np.dot(scores, components)


@right("pca_compress")
def compress_einsum(X, mean, components):
    scores = np.einsum("nd,kd->nk", X - mean, components)
    return [scores, strided(np.einsum("nk,kd->nd", scores, components) + mean)]


@right("pca_compress")
def compress_by_loops(X, mean, components):
    scores = np.zeros((len(X), len(components)), X.dtype)
    X_hat = np.tile(mean, (len(X), 1))
    for n, x in enumerate(X):
        for i, component in enumerate(components):
            scores[n, i] = sum((x - mean) * component)
            X_hat[n] += scores[n, i] * component
    return scores, X_hat


@right("pca_compress")
def compress_by_what_is_left(X, mean, components):
    rest = X - mean
    scores = []
    for component in components:
        scores.append(rest @ component)
        rest = rest - np.outer(scores[-1], component)
    return np.column_stack(scores), X - rest


@right("pca_compress")
def compress_by_least_squares(X, mean, components):
    scores = np.linalg.lstsq(components.T, (X - mean).T, rcond=None)[0].T
    return scores, frozen(mean + scores @ components)


@right("pca_compress")
def compress_by_scikit_learn(X, mean, components):
    pca = PCA(len(components))
    pca.mean_, pca.components_ = mean, components
    pca.explained_variance_ = np.ones(len(components), X.dtype)
    scores = pca.transform(X)
    return scores, pca.inverse_transform(scores)


right("pca_compress")(in_float32(compress_plain))
right("pca_compress")(in_fortran_order(compress_einsum))


@right("power_iteration")
def power_plain(S, v, steps):
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        v = S @ v
        v = v / np.linalg.norm(v)
    return v @ S @ v, v


@right("power_iteration")
def power_without_a_unit_start(S, v, steps):
    for _ in range(steps):
        v = np.dot(S, v)
        v /= np.sqrt(np.sum(v**2))
    return np.dot(v, np.dot(S, v)), v


@right("power_iteration")
def power_with_a_quotient(S, v, steps):
    """Any length will do on the way if the quotient is divided by v · v."""
    for _ in range(steps):
        v = np.einsum("ij,j->i", S, v)
        v = v / np.abs(v).max()
    return (v @ S @ v) / (v @ v), v / np.linalg.norm(v)


@right("power_iteration")
def power_turned_to_one_sign(S, v, steps):
    _, v = power_plain(S, v, steps)
    v = v * np.sign(v[np.abs(v).argmax()])
    return float(v @ (v @ S)), -v


@right("power_iteration")
def power_with_products_kept(S, v, steps):
    u = v / np.linalg.norm(v)
    Su = S @ u
    for _ in range(steps):
        u = Su / np.linalg.norm(Su)
        Su = S @ u
    return [(u * Su).sum(), strided(u)]


@right("power_iteration")
def power_until_it_rests(S, v, steps):
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        w = S @ v
        w = w / np.linalg.norm(w)
        if np.linalg.norm(w - v) < 1e-12:
            break
        v = w
    else:
        w = v
    return w @ S @ w, w


@right("power_iteration")
def power_by_loops(S, v, steps):
    D = len(v)
    v = v.copy()
    for _ in range(steps):
        w = np.zeros_like(v)
        for i, j in itertools.product(range(D), repeat=2):
            w[i] += S[i, j] * v[j]
        v = w / sum(w * w) ** 0.5
    return sum(v[i] * S[i, j] * v[j] for i in range(D) for j in range(D)), v


right("power_iteration")(in_float32(power_plain))
right("power_iteration")(in_fortran_order(power_with_a_quotient))


@right("components_needed")
def needed_by_argmax(variances, share):
    return np.argmax(np.cumsum(variances) / np.sum(variances) >= share) + 1


@right("components_needed")
def needed_by_searchsorted(variances, share):
    return int(np.searchsorted(np.cumsum(variances) / variances.sum(), share)) + 1


@right("components_needed")
def needed_by_counting_those_below(variances, share):
    return int((np.cumsum(variances) < share * variances.sum()).sum() + 1)


@right("components_needed")
def needed_by_a_loop(variances, share):
    total, so_far, count = sum(variances), 0.0, 0
    while so_far / total < share:
        so_far += variances[count]
        count += 1
    return count


@right("components_needed")
def needed_by_nonzero(variances, share):
    reached = np.cumsum(variances / variances.sum())
    return np.array(np.nonzero(reached >= share)[0][0] + 1)


@right("components_needed")
def needed_by_the_rest(variances, share):
    """What is left after the first m must be no more than 1 − share."""
    rest = variances.sum() - np.cumsum(variances)
    return float(1 + np.count_nonzero(rest > (1 - share) * variances.sum()))


@right("components_needed")
def needed_by_the_first_sum(variances, share):
    return next(
        m for m in range(1, len(variances) + 1) if variances[:m].sum() >= share * variances.sum()
    )


right("components_needed")(in_float32(needed_by_argmax))
