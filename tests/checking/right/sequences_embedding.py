"""Right answers for the embedding."""

import numpy as np

from tests.checking.right import right
from tests.checking.right.sequences import in_float32, spread


@right("embedding_forward")
def rows_by_loops(tokens, W):
    Y = np.empty((*tokens.shape, W.shape[1]), W.dtype)
    for n, t in np.ndindex(tokens.shape):
        Y[n, t] = W[tokens[n, t]]
    return Y, (tokens, W.shape)


@right("embedding_forward")
def rows_by_one_hot(tokens, W):
    return np.eye(len(W))[tokens] @ W, {"tokens": tokens}


@right("embedding_forward")
def rows_by_take(tokens, W):
    return W.take(tokens, axis=0), tokens


@right("embedding_forward")
def rows_flat_first(tokens, W):
    return W[tokens.ravel()].reshape(*tokens.shape, -1), None


@right("embedding_forward")
def rows_by_einsum(tokens, W):
    hot = (tokens[..., None] == np.arange(len(W))).astype(W.dtype)
    return np.einsum("ntv,ve->nte", hot, W), (hot, W)


@right("embedding_forward")
def rows_in_float32(tokens, W):
    return in_float32(W)[tokens], tokens


@right("embedding_forward")
def rows_spread(tokens, W):
    return spread(W.T[:, tokens].transpose(1, 2, 0)), (tokens, W)


@right("embedding_backward")
def table_by_loops(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    for n, t in np.ndindex(tokens.shape):
        dW[tokens[n, t]] += dY[n, t]
    return dW


@right("embedding_backward")
def table_by_one_hot(dY, cache):
    tokens, (V, E) = cache
    hot = np.eye(V, dtype=dY.dtype)[tokens.ravel()]
    return hot.T @ dY.reshape(-1, E)


@right("embedding_backward")
def table_row_by_row(dY, cache):
    tokens, (V, _) = cache
    return np.stack([dY[tokens == v].sum(axis=0) for v in range(V)])


@right("embedding_backward")
def table_by_einsum(dY, cache):
    tokens, (V, _) = cache
    return np.einsum("ntv,nte->ve", tokens[..., None] == np.arange(V), dY)


@right("embedding_backward")
def table_by_bincount(dY, cache):
    tokens, (V, E) = cache
    columns = [np.bincount(tokens.ravel(), dY[..., e].ravel(), V) for e in range(E)]
    return np.stack(columns, axis=1)


@right("embedding_backward")
def table_sorted(dY, cache):
    tokens, (V, E) = cache
    order = np.argsort(tokens, axis=None)
    values, starts = np.unique(tokens.ravel()[order], return_index=True)
    dW = np.zeros((V, E))
    dW[values] = np.add.reduceat(dY.reshape(-1, E)[order], starts, axis=0)
    return dW


@right("embedding_backward")
def table_in_float32(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, np.float32)
    np.add.at(dW, tokens, in_float32(dY))
    return spread(dW)
