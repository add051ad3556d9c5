"""How a signal fares on its way through a net, and its gradient on the way back."""

import copy

import numpy as np

from .net_state import generator_state, set_generator_state


def layer_statistics(net, X, y):
    """Measure every hidden layer of a net on one batch.

    Args:
        net: a FullyConnectedNet or DeepNet; it is not changed. A DeepNet is measured as it
            trains, with the statistics of this batch.
        X: inputs, (N, D), float.
        y: labels, (N,), integers.

    Returns:
        Lists with one number for each hidden layer, from the input on: "activations", the
        standard deviation of what ReLU gives; "gradients", that of the loss's gradient
        with respect to it; "dead", the share of units that are 0 for the whole batch.

    Raises:
        ValueError: shapes that do not fit.
    """
    twin, seen = net.copy(), {"activations": [], "gradients": [], "dead": []}
    # The masks of dropout that the net would draw next, and no others.
    set_generator_state(twin, generator_state(net))

    def relu_forward(A):
        H, cache = net.layers.relu_forward(A)
        seen["activations"].append(float(H.std()))
        seen["dead"].append(float(np.mean((H == 0).all(axis=0))))
        return H, cache

    def relu_backward(dH, cache):
        seen["gradients"].append(float(dH.std()))
        return net.layers.relu_backward(dH, cache)

    twin.layers = copy.copy(net.layers)
    twin.layers.relu_forward, twin.layers.relu_backward = relu_forward, relu_backward
    twin.loss_and_grads(X, y)
    seen["gradients"].reverse()  # they came from the last layer first
    return seen
