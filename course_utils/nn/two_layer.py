"""The two-layer net once more, every line of the way there and back written out."""

from .layers import linear_backward, linear_forward, relu_backward, relu_forward
from .losses import (
    l2_penalty_backward,
    l2_penalty_forward,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)


def two_layer_loss_and_grads(params, X, y, weight_decay=0.0):
    """Compute the loss of linear - ReLU - linear - softmax, and all its gradients.

    FullyConnectedNet does the same in a loop over any number of layers.

    Args:
        params: {"W1": (D, M), "b1": (M,), "W2": (M, C), "b2": (C,)}, float.
        X: inputs, (N, D), float.
        y: labels, (N,), integers from 0 to C - 1.
        weight_decay: strength of the L2 penalty on W1 and W2.

    Returns:
        The loss, a scalar in nats, and {"W1", "b1", "W2", "b2"}, shaped as params.

    Source:
        The chain rule, from the loss back to the inputs.
    """
    # The way there: each step keeps a cache of what its derivative will need.
    A, cache_1 = linear_forward(X, params["W1"], params["b1"])  # (N, M)
    H, cache_relu = relu_forward(A)
    Z, cache_2 = linear_forward(H, params["W2"], params["b2"])  # (N, C)
    data_loss, cache_loss = softmax_cross_entropy_forward(Z, y)  # scalar
    penalty_1, cache_penalty_1 = l2_penalty_forward(params["W1"], weight_decay)
    penalty_2, cache_penalty_2 = l2_penalty_forward(params["W2"], weight_decay)
    loss = data_loss + (penalty_1 + penalty_2)

    # The way back: the same steps in reverse, each asked for its derivative.
    dZ = softmax_cross_entropy_backward(1.0, cache_loss)  # (N, C)
    dH, dW2, db2 = linear_backward(dZ, cache_2)  # (N, M), (M, C), (C,)
    dA = relu_backward(dH, cache_relu)
    _, dW1, db1 = linear_backward(dA, cache_1)  # (D, M), (M,)

    # A weight reaches the loss by two ways, so its gradients add up.
    dW1 = dW1 + l2_penalty_backward(1.0, cache_penalty_1)
    dW2 = dW2 + l2_penalty_backward(1.0, cache_penalty_2)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
