"""The parts of a backbone in the order of depth: what is frozen, thawed, or trained gently."""

from collections import OrderedDict

import numpy as np
from torch import nn

from course_utils.torchlab.backbone import Backbone

HEAD = "head"  # the new one, of a TransferNet: no part of a backbone is called so
_ENOUGH, _MOST = 4, 10  # parts that are worth telling apart, at least and at most
_NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm)


def parts_of(body):
    """Divide a backbone into parts, from the picture to the features.

    A backbone that knows its stages is asked. Any other, such as one of torchvision, is
    divided by its children in the order in which they were made, which is the order of the
    layers in all the usual nets; a container that holds most of the weights is opened, what
    has no parameter joins the part before it, and of more than ten parts neighbours are joined.

    Args:
        body: a torch.nn.Module.

    Returns:
        An OrderedDict: name -> list of modules. Every parameter is in exactly one part.

    Raises:
        ValueError: no parameters, or some that belong to no part.
    """
    net = body.net if isinstance(body, Backbone) else body
    if callable(getattr(net, "stages", None)):
        parts = OrderedDict((name, list(modules)) for name, modules in net.stages().items())
    else:
        parts = _joined(_by_children(net))
    _expect_whole(body, parts)
    # The last convolution of some nets is called so, as if there were no other head.
    return OrderedDict(("top" if name == HEAD else name, part) for name, part in parts.items())


def _by_children(body):
    """The children, the largest opened until there are some parts to tell apart."""
    named = list(body.named_children())
    while named and sum(_count(module) > 0 for _, module in named) < _ENOUGH:
        i = max(range(len(named)), key=lambda k: _count(named[k][1]))
        name, largest = named[i]
        inside = [(f"{name}.{inner}", module) for inner, module in largest.named_children()]
        own = sum(p.numel() for p in largest.parameters(recurse=False))
        if own or not inside:
            break
        named[i : i + 1] = inside
    parts = OrderedDict()
    for name, module in named:
        # A norm belongs to the convolution before it.
        alone = _count(module) > sum(map(_count, filter(_is_norm, module.modules())))
        if alone or not parts:
            parts[name] = [module]
        else:
            next(reversed(parts.values())).append(module)
    return parts


def _joined(parts):
    """Neighbours put together where there are too many, under the name of the first."""
    if len(parts) <= _MOST:
        return parts
    groups = [list(group) for group in np.array_split(list(parts), _MOST)]
    return OrderedDict(
        (str(group[0]), [module for name in group for module in parts[name]]) for group in groups
    )


def _is_norm(module):
    return isinstance(module, _NORMS)


def _count(module):
    return sum(p.numel() for p in module.parameters())


def _expect_whole(body, parts):
    if not _count(body):
        raise ValueError(f"backbone: {type(body).__name__} has no parameters to train or freeze")
    inside = [id(p) for modules in parts.values() for p in nn.ModuleList(modules).parameters()]
    missing = [name for name, p in body.named_parameters() if id(p) not in set(inside)]
    if missing or len(inside) != len(set(inside)):
        raise ValueError(
            f"backbone: expected each parameter of {type(body).__name__} in one part, "
            f"{missing[0] if missing else 'one'} is in {'none' if missing else 'two'}; "
            "give it a method stages() -> {name: list of modules}"
        )
