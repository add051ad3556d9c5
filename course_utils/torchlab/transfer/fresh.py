"""The same net as if it had never been trained: what the pretrained weights are compared with."""

import copy
import math

import torch
from torch import nn

from course_utils.nn._checks import expect_generator
from course_utils.nn.initializers import get_initializer


def untrained_like(module, *, rng):
    """Copy a net and draw its weights anew, whatever net it is.

    Args:
        module: a torch.nn.Module of convolutions, linear layers and norms.
        rng: numpy.random.Generator for the first weights.

    Returns:
        A copy with weights as He et al. draw them, biases of zero, norms that do nothing
        yet, and no memory of any picture.

    Raises:
        TypeError: rng is no generator.
        ValueError: a layer that has parameters and is none of these.
    """
    expect_generator(rng)
    draw = get_initializer("he_normal")
    net = copy.deepcopy(module)
    for name, layer in net.named_modules():
        own = dict(layer.named_parameters(recurse=False))
        if isinstance(layer, nn.modules.conv._ConvNd | nn.Linear):
            shape = layer.weight.shape
            W = draw(rng, math.prod(shape[1:]), shape[0])  # (inputs of a unit, units)
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(W).T.reshape(shape))
                if layer.bias is not None:
                    layer.bias.zero_()
        elif hasattr(layer, "reset_parameters") and (own or dict(layer.named_buffers())):
            if any(p.ndim > 1 for p in own.values()):
                raise ValueError(f"{name}: {type(layer).__name__} cannot be drawn anew")
            layer.reset_parameters()  # norms: ones and zeros, nothing drawn
        elif own:
            raise ValueError(f"{name}: {type(layer).__name__} cannot be drawn anew")
    return net
