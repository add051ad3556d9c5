"""The plain captioner with every line written out: a picture starts the state, words follow."""

import numpy as np

from ._checks import expect_shape
from .embedding import embedding_backward, embedding_forward
from .layers import linear_backward, linear_forward
from .recurrent import rnn_backward, rnn_forward
from .sequence_losses import temporal_softmax_backward, temporal_softmax_forward


def shift_captions(tokens, null=0):
    """Cut captions into what the net reads and what it must say next.

    Args:
        tokens: encoded captions, (N, L), integers: the start token, the words, the end
            token, and null up to the length of the longest. L is at least 2.
        null: the token that fills up.

    Returns:
        inputs, (N, T), targets, (N, T), integers, and mask, (N, T), bool, with T = L - 1:
        at place t the net has read inputs[:, :t + 1] and must say targets[:, t]; the
        mask is True where that counts.

    Raises:
        TypeError: tokens are no integers.
        ValueError: no table of at least two columns.

    Source:
        Teacher forcing: Williams and Zipser, A learning algorithm for continually running
        fully recurrent neural networks, Neural Computation 1989.
    """
    if not isinstance(tokens, np.ndarray) or tokens.dtype.kind not in "iu":
        got = getattr(tokens, "dtype", type(tokens).__name__)
        raise TypeError(f"tokens: expected a NumPy array of integers, got {got}")
    expect_shape("tokens", tokens, (None, None), "(N, L)")
    if tokens.shape[1] < 2:
        raise ValueError(
            f"tokens: expected at least the start and one more token, got {tokens.shape}"
        )
    inputs, targets = tokens[:, :-1], tokens[:, 1:]  # (N, T)
    return inputs, targets, targets != null


def caption_loss_and_grads(params, features, tokens, null=0):
    """Compute the loss of a plain recurrent captioner, and all its gradients.

    CaptionNet does the same, and has other cells.

    Args:
        params: {"W_start": (D, M), "b_start": (M,), "W_words": (V, E), "Wx": (E, M),
            "Wh": (M, M), "b": (M,), "W_out": (M, V), "b_out": (V,)}, float.
        features: one row of numbers for each picture, (N, D), float.
        tokens: its caption, (N, L), integers from 0 to V - 1, as for shift_captions.
        null: the token that fills up and does not count.

    Returns:
        The loss, a scalar in nats, summed over the words of a caption and averaged over
        the captions, and the gradients with the keys and shapes of params.

    Raises:
        TypeError, ValueError: as the layers raise them.

    Source:
        Vinyals et al., Show and tell, CVPR 2015, with a plain recurrent net.
    """
    inputs, targets, mask = shift_captions(tokens, null)  # (N, T)
    # The way there: the picture makes the first state, each word the next.
    h0, cache_start = linear_forward(features, params["W_start"], params["b_start"])  # (N, M)
    X, cache_words = embedding_forward(inputs, params["W_words"])  # (N, T, E)
    H, cache_rnn = rnn_forward(X, h0, params["Wx"], params["Wh"], params["b"])  # (N, T, M)
    N, T, M = H.shape
    scores, cache_out = linear_forward(H.reshape(N * T, M), params["W_out"], params["b_out"])
    Z = scores.reshape(N, T, -1)  # (N, T, V)
    loss, cache_loss = temporal_softmax_forward(Z, targets, mask)

    # The way back: the same steps in reverse.
    dZ = temporal_softmax_backward(1.0, cache_loss)  # (N, T, V)
    dH, dW_out, db_out = linear_backward(dZ.reshape(N * T, -1), cache_out)  # (N T, M)
    dX, dh0, dWx, dWh, db = rnn_backward(dH.reshape(N, T, M), cache_rnn)
    dW_words = embedding_backward(dX, cache_words)  # (V, E)
    _, dW_start, db_start = linear_backward(dh0, cache_start)  # (D, M), (M,)
    return loss, {
        "W_start": dW_start, "b_start": db_start, "W_words": dW_words,
        "Wx": dWx, "Wh": dWh, "b": db, "W_out": dW_out, "b_out": db_out,
    }  # fmt: skip
