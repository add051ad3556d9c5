"""Nets that have seen a million photographs: weights off the shelf, without a head."""

import torch

from course_utils.data import DataError, find_file

from .backbone import Backbone
from .efficientnet import EfficientNetLite0
from .torchvision_nets import torchvision_backbone

_LITE0 = "efficientnet_lite0"
_SET, _FILE = "efficientnet-lite0", "efficientnet-lite0-57934424.pth"
_SIZE = (224, 224)
_HALF = (0.5, 0.5, 0.5)  # the weights come from TensorFlow, where pixels run from -1 to 1


def pretrained(name=_LITE0):
    """Load a net with weights for ImageNet, as a backbone in evaluation mode.

    Args:
        name: "efficientnet_lite0": weights that come with an installed package, 75.1 % of
            ImageNet's validation pictures right by its publishers' count, 3.4 million
            parameters without the head, no network; or a net of torchvision by its name,
            such as "resnet18", where that package and a network are.

    Returns:
        A Backbone.

    Raises:
        ValueError: no such net.
        DataError: the weights are missing, unreachable or broken; says what to do.
        ModuleNotFoundError: a net of torchvision without torchvision.

    Source:
        Tan and Le (2019), EfficientNet, ICML. Card: datasets/README.md.
    """
    if name != _LITE0:
        if not isinstance(name, str) or name.lower().replace("-", "_") == _LITE0:
            raise ValueError(f"name: expected {_LITE0!r} or a net of torchvision, got {name!r}")
        return torchvision_backbone(name)
    net = EfficientNetLite0()
    path = find_file(_SET, _FILE)  # its checksum has been compared
    # Tensors only: a file of PyTorch is a pickle, and opening a pickle can run any program.
    weights = torch.load(path, map_location="cpu", weights_only=True)
    kept = {key: tensor for key, tensor in weights.items() if not key.startswith("_fc.")}
    try:
        net.load_state_dict(kept)
    except RuntimeError as error:
        raise DataError(f"{path}: {error}; wrong entry in registry.toml?") from error
    return _backbone(net)


def untrained(name=_LITE0, *, rng):
    """Make the same net with first weights, to see what the pretrained ones are worth.

    Args:
        name: "efficientnet_lite0".
        rng: numpy.random.Generator for the first weights.

    Returns:
        A Backbone in training mode.

    Raises:
        TypeError: rng is no generator.
        ValueError: another net.
    """
    if name != _LITE0:
        raise ValueError(f"name: expected {_LITE0!r}, got {name!r}")
    return _backbone(EfficientNetLite0(rng=rng)).train()


def _backbone(net):
    return Backbone(net, name=_LITE0, input_size=_SIZE, mean=_HALF, std=_HALF).eval()
