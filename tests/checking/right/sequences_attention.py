"""Right answers for the masked loss of sequences and for attention."""

import numpy as np

from tests.checking.right import right
from tests.checking.right.sequences import in_float32, spread


def log_softmax(Z):
    top = Z.max(axis=-1, keepdims=True)
    return Z - top - np.log(np.exp(Z - top).sum(axis=-1, keepdims=True))


@right("temporal_softmax_forward")
def loss_flat(Z, y, mask):
    log_P = log_softmax(Z.reshape(-1, Z.shape[2]))
    right_ones = log_P[np.arange(y.size), y.ravel()]
    return -(right_ones * mask.ravel()).sum() / len(Z), (log_P, y, mask)


@right("temporal_softmax_forward")
def loss_by_loops(Z, y, mask):
    total = 0.0
    for n, t in np.ndindex(mask.shape):
        if mask[n, t]:
            shifted = Z[n, t] - max(Z[n, t])
            total += np.log(sum(np.exp(shifted))) - shifted[y[n, t]]
    return total / len(Z), None


@right("temporal_softmax_forward")
def loss_by_where(Z, y, mask):
    log_P = np.take_along_axis(log_softmax(Z), y[..., None], axis=2).squeeze(2)
    return np.where(mask, -log_P, 0).sum(axis=1).mean(), {"P": np.exp(log_P)}


@right("temporal_softmax_forward")
def loss_by_one_hot(Z, y, mask):
    hot = np.eye(Z.shape[2])[y] * mask[:, :, None]
    return -np.einsum("ntv,ntv->", hot, log_softmax(Z)) / Z.shape[0], hot


@right("temporal_softmax_forward")
def loss_by_logaddexp(Z, y, mask):
    totals = np.logaddexp.reduce(Z, axis=-1)
    rows, columns = np.nonzero(mask)
    return (totals[mask] - Z[rows, columns, y[mask]]).sum() / len(mask), (Z, y, mask)


@right("temporal_softmax_forward")
def loss_in_float32(Z, y, mask):
    return loss_flat(in_float32(Z), y, mask)


@right("temporal_softmax_forward")
def loss_as_an_array(Z, y, mask):
    return np.array(loss_by_where(Z, y, mask)[0]), None


@right("temporal_softmax_backward")
def loss_back_by_one_hot(dloss, cache):
    log_P, labels, mask = cache
    dZ = np.zeros((*mask.shape, log_P.shape[1]), log_P.dtype)
    dZ[mask] = np.exp(log_P) - np.eye(log_P.shape[1], dtype=log_P.dtype)[labels]
    return dZ * dloss / len(mask)


@right("temporal_softmax_backward")
def loss_back_by_loops(dloss, cache):
    log_P, labels, mask = cache
    dZ, row = np.zeros((*mask.shape, log_P.shape[1])), 0
    for n, t in np.ndindex(mask.shape):
        if mask[n, t]:
            for v in range(log_P.shape[1]):
                dZ[n, t, v] = dloss / len(mask) * (np.exp(log_P[row, v]) - (v == labels[row]))
            row += 1
    return dZ


@right("temporal_softmax_backward")
def loss_back_by_put(dloss, cache):
    log_P, labels, mask = cache
    P = np.exp(log_P)
    P[range(len(labels)), labels] -= 1
    dZ = np.zeros((mask.size, P.shape[1]), P.dtype)
    dZ[np.flatnonzero(mask)] = (dloss / mask.shape[0]) * P
    return dZ.reshape(*mask.shape, -1)


@right("temporal_softmax_backward")
def loss_back_by_a_matrix(dloss, cache):
    """A matrix that spreads the places that count over all places."""
    log_P, labels, mask = cache
    P = np.exp(log_P)
    P -= labels[:, None] == np.arange(P.shape[1])
    to_places = np.eye(mask.size, dtype=P.dtype)[:, mask.ravel()]
    return (to_places @ P * dloss / len(mask)).reshape(*mask.shape, P.shape[1])


@right("temporal_softmax_backward")
def loss_back_in_float32(dloss, cache):
    return spread(loss_back_by_one_hot(np.float32(dloss), in_float32(tuple(cache))))


@right("temporal_softmax_backward")
def loss_back_times_minus(dloss, cache):
    log_P, labels, mask = cache
    dZ = np.zeros((log_P.shape[1], *mask.shape), log_P.dtype)
    dZ[:, mask] = ((labels == np.arange(len(dZ))[:, None]) - np.exp(log_P).T) * -dloss / len(mask)
    return np.moveaxis(dZ, 0, -1)


def full_mask(Q, keys, mask):
    shape = (*Q.shape[:2], keys.shape[1])
    return np.ones(shape, bool) if mask is None else np.broadcast_to(mask, shape)


@right("attention_forward")
def attend_by_where(Q, keys, values, mask=None):
    scores = np.where(full_mask(Q, keys, mask), Q @ keys.swapaxes(1, 2), -np.inf)
    scores = scores / np.sqrt(Q.shape[-1])
    top = scores.max(axis=-1, keepdims=True)
    powers = np.exp(scores - np.where(np.isfinite(top), top, 0))
    total = powers.sum(axis=-1, keepdims=True)
    P = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
    return P @ values, (Q, keys, values, P)


@right("attention_forward")
def attend_scaled_queries(Q, keys, values, mask=None):
    """The scale on the queries; −inf added; a row without any key set to 0 at the end."""
    seen = full_mask(Q, keys, mask)
    scores = np.einsum("ntk,nsk->nts", Q * Q.shape[2] ** -0.5, keys)
    scores = scores + np.where(seen, 0, -np.inf)
    powers = np.exp(scores - scores.max(axis=2, keepdims=True))
    P = np.nan_to_num(powers / powers.sum(axis=2, keepdims=True))
    return np.einsum("nts,nse->nte", P, values), P


@right("attention_forward")
def attend_very_negative(Q, keys, values, mask=None):
    """A very negative number for hidden keys, and weights of 0 for empty rows."""
    seen = full_mask(Q, keys, mask)
    scores = Q @ keys.transpose(0, 2, 1) / Q.shape[2] ** 0.5
    scores = np.where(seen, scores, np.float32(-1e30))
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    P = powers / powers.sum(-1, keepdims=True) * seen.any(axis=-1, keepdims=True)
    return P @ values, {"P": P}


@right("attention_forward")
def attend_by_loops(Q, keys, values, mask=None):
    Y = np.zeros((*Q.shape[:2], values.shape[2]), Q.dtype)
    seen = full_mask(Q, keys, mask)
    for n, t in np.ndindex(Q.shape[:2]):
        (visible,) = np.nonzero(seen[n, t])
        if len(visible):
            fits = keys[n, visible] @ Q[n, t] / np.sqrt(Q.shape[2])
            weights = np.exp(fits - fits.max())
            Y[n, t] = weights @ values[n, visible] / weights.sum()
    return Y, None


@right("attention_forward")
def attend_mask_times_exp(Q, keys, values, mask=None):
    """Hidden weights set to 0 after exp, before the sum: the rest still adds up to 1."""
    seen = full_mask(Q, keys, mask)
    scores = Q @ keys.swapaxes(-1, -2) / np.sqrt(Q.shape[-1])
    top = np.where(seen, scores, -np.inf).max(-1, keepdims=True)
    powers = np.exp(np.minimum(scores - np.nan_to_num(top, neginf=0), 0)) * seen
    return powers @ values / np.maximum(powers.sum(-1, keepdims=True), 1e-30), None


@right("attention_forward")
def attend_by_log_sum_exp(Q, keys, values, mask=None):
    seen = full_mask(Q, keys, mask)
    scores = np.where(seen, Q @ keys.swapaxes(1, 2) / np.sqrt(Q.shape[2]), -np.inf)
    log_P = scores - np.logaddexp.reduce(scores, axis=-1, keepdims=True)
    return np.where(seen, np.exp(log_P), 0) @ values, log_P


@right("attention_forward")
def attend_in_float32(Q, keys, values, mask=None):
    Y, _ = attend_by_where(*in_float32((Q, keys, values)), mask)
    return spread(Y.astype(np.float32)), None


def scores_back(dP, P):
    return P * dP - P * (P * dP).sum(axis=-1, keepdims=True)


@right("attention_backward")
def attend_back_by_einsum(dY, cache):
    Q, keys, values, P = cache
    dA = scores_back(np.einsum("nte,nse->nts", dY, values), P) / np.sqrt(Q.shape[2])
    return (
        np.einsum("nts,nsk->ntk", dA, keys),
        np.einsum("nts,ntk->nsk", dA, Q),
        np.einsum("nts,nte->nse", P, dY),
    )


@right("attention_backward")
def attend_back_by_output(dY, cache):
    """The weighted sum of dP is the product of dY with the output."""
    Q, keys, values, P = cache
    Y = P @ values
    dA = P * (dY @ values.swapaxes(1, 2) - (dY * Y).sum(axis=2, keepdims=True))
    root = Q.shape[2] ** 0.5
    return dA / root @ keys, (Q.swapaxes(1, 2) @ dA / root).swapaxes(1, 2), P.swapaxes(1, 2) @ dY


@right("attention_backward")
def attend_back_by_jacobian(dY, cache):
    """The whole matrix of the softmax's derivatives, for each row."""
    Q, keys, values, P = cache
    J = P[..., None] * np.eye(P.shape[2], dtype=P.dtype) - P[..., None] * P[..., None, :]
    dA = np.einsum("ntsr,ntr->nts", J, dY @ values.transpose(0, 2, 1))
    dA = dA * float(Q.shape[2] ** -0.5)
    return [dA @ keys, dA.transpose(0, 2, 1) @ Q, P.transpose(0, 2, 1) @ dY]


@right("attention_backward")
def attend_back_by_samples(dY, cache):
    dQ, dkeys, dvalues = (np.zeros_like(a) for a in cache[:3])
    for n, (Q, keys, values, P) in enumerate(zip(*cache, strict=True)):
        dA = scores_back(dY[n] @ values.T, P) / np.sqrt(Q.shape[1])
        dQ[n], dkeys[n], dvalues[n] = dA @ keys, dA.T @ Q, P.T @ dY[n]
    return dQ, dkeys, dvalues


@right("attention_backward")
def attend_back_by_loops(dY, cache):
    Q, keys, values, P = cache
    dQ, dkeys, dvalues = np.zeros_like(Q), np.zeros_like(keys), np.zeros_like(values)
    for n, t in np.ndindex(P.shape[:2]):
        dP = values[n] @ dY[n, t]
        mean = P[n, t] @ dP
        for s in range(P.shape[2]):
            da = P[n, t, s] * (dP[s] - mean) / np.sqrt(Q.shape[2])
            dQ[n, t] += da * keys[n, s]
            dkeys[n, s] += da * Q[n, t]
            dvalues[n, s] += P[n, t, s] * dY[n, t]
    return dQ, dkeys, dvalues


@right("attention_backward")
def attend_back_in_float32(dY, cache):
    return tuple(map(spread, attend_back_by_output(in_float32(dY), in_float32(tuple(cache)))))
