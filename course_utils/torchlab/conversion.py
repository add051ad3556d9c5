"""The same net on both sides: weights from NumPy to PyTorch and back."""

import numpy as np
from torch import nn

from course_utils.nn import FullyConnectedNet, TwoLayerNet

from .models import fully_connected
from .view import TorchNet


def from_numpy(net):
    """Make a PyTorch model with the weights of one of the course's nets.

    Args:
        net: a FullyConnectedNet; it is not changed, and shares no memory with the model.
            Its weight_decay belongs to the loss: give it to fit.

    Returns:
        What fully_connected makes, in the net's dtype.

    Raises:
        TypeError: another kind of net.
    """
    # Subclasses have more than linear layers and ReLU: they would be converted without it.
    if type(net) not in (FullyConnectedNet, TwoLayerNet):
        raise TypeError(f"net: expected a FullyConnectedNet, got {type(net).__name__}")
    model = fully_connected(net.sizes, rng=np.random.default_rng(0), dtype=net.dtype)
    params = TorchNet(model).params
    for i in range(1, net.depth + 1):
        params[f"linear{i}.weight"] = net.params[f"W{i}"].T  # (M, D)
        params[f"linear{i}.bias"] = net.params[f"b{i}"]  # (M,)
    return model


def to_numpy(model, weight_decay=0.0):
    """Make one of the course's nets with the weights of a PyTorch model.

    Args:
        model: linear layers with a ReLU between each two and nothing else, in a
            Sequential, such as fully_connected makes without batch norm; dropout may
            stand anywhere, as it does nothing once the training is over.
        weight_decay: for the net.

    Returns:
        A FullyConnectedNet of the model's dtype; it shares no memory with the model.

    Raises:
        TypeError: a model with other layers, or in another order.
    """
    if not isinstance(model, nn.Sequential):
        raise TypeError(f"model: expected a torch.nn.Sequential, got {type(model).__name__}")
    layers = [layer for layer in model if not isinstance(layer, nn.Dropout)]
    for i, layer in enumerate(layers):
        expected = nn.ReLU if i % 2 else nn.Linear
        if not isinstance(layer, expected):
            raise TypeError(
                f"model: expected {expected.__name__} as layer {i + 1}, "
                f"got {type(layer).__name__}; to_numpy knows linear layers with ReLU between"
            )
    linear = layers[::2]
    if len(layers) % 2 == 0 or any(layer.bias is None for layer in linear):
        raise TypeError("model: expected to end with a linear layer, and a bias in each")
    sizes = linear[0].in_features, *(layer.out_features for layer in linear)
    weights = [layer.weight.detach().cpu().numpy() for layer in linear]
    net = FullyConnectedNet(
        sizes, rng=np.random.default_rng(0), weight_decay=weight_decay, dtype=weights[0].dtype
    )
    for i, (W, layer) in enumerate(zip(weights, linear, strict=True), start=1):
        net.params[f"W{i}"] = W.T.copy()  # (D, M)
        net.params[f"b{i}"] = layer.bias.detach().cpu().numpy().copy()  # (M,)
    return net
