"""Nets of torchvision by name, with its own weights; torchvision itself is a choice, not a need."""

import importlib
import sys
from collections import OrderedDict
from urllib.error import URLError

import torch
from torch import nn

from course_utils.data import DataError

from .backbone import Backbone

_SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
_OPERATORS = ("nms", "qnms")
_declared = []  # the library has to live as long as its operators


def import_torchvision():
    """Import torchvision, also beside a PyTorch that its compiled part was not made for.

    A CUDA build of torchvision beside a PyTorch for the CPU cannot load its compiled
    operators. It then stops while it is imported, because it adds a rule to one of them,
    `nms`, which is not there. Declaring that operator and its sibling mends the import;
    they are for detecting things, and nothing here calls them. Where torchvision can be
    imported as it is, nothing is declared.

    Returns:
        The module.

    Raises:
        ModuleNotFoundError: torchvision is not installed; says how to get it.
        ImportError: another fault of the installation.
    """
    if "torchvision" not in sys.modules:
        _forget()  # a failed import by the user, before this one
    try:
        return importlib.import_module("torchvision")
    except ModuleNotFoundError as error:
        if error.name != "torchvision":
            raise
        raise ModuleNotFoundError(
            "torchvision is not installed; it is needed for its nets only.\n"
            "What to do: take pretrained('efficientnet_lite0'), which needs neither "
            "torchvision nor a network; or install the torchvision that belongs to "
            f"PyTorch {torch.__version__}: https://pytorch.org/get-started/locally",
            name="torchvision",
        ) from error
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
    _forget()
    if not _declared:
        library = torch.library.Library("torchvision", "FRAGMENT")
        for operator in _OPERATORS:
            library.define(operator + _SCHEMA)
        _declared.append(library)
    try:
        return importlib.import_module("torchvision")
    except (
        RuntimeError
    ) as error:  # PyTorch 2.4 keeps the first rule, and refuses it the second time
        raise ImportError(
            "torchvision: its compiled part was made for another PyTorch than "
            f"{torch.__version__}, and this one cannot do without it.\n"
            "What to do: install the torchvision that belongs to it "
            "(https://pytorch.org/get-started/locally), or take pretrained('efficientnet_lite0').",
            name="torchvision",
        ) from error


def _forget():
    """Drop modules of a package that stopped while it was imported: they hang on what is gone."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "torchvision"]:
        del sys.modules[name]


def torchvision_backbone(name):
    """Load a net of torchvision with its own best weights, as a backbone.

    Args:
        name: such as "resnet18", "mobilenet_v3_small", "densenet121".

    Returns:
        A Backbone in evaluation mode.

    Raises:
        ModuleNotFoundError: torchvision is not installed.
        ValueError: a name that torchvision does not know, or a net without maps of
            features, such as a vision transformer.
        DataError: the weights cannot be fetched; says what to do.
    """
    models = import_torchvision().models
    try:
        weights = models.get_model_weights(name).DEFAULT
    except ValueError as error:
        raise ValueError(
            f"name: expected 'efficientnet_lite0' or a net of torchvision, got {name!r} ({error})"
        ) from error
    try:
        model = models.get_model(name, weights=weights)
    except (URLError, OSError) as error:
        folder = f"{torch.hub.get_dir()}/checkpoints"
        raise DataError(
            f"{name}: its weights are not on this computer and could not be fetched ({error}).\n"
            "What to do: take pretrained('efficientnet_lite0'), which needs no network; or, on a "
            f"computer with a network, fetch\n  {weights.url}\nand put the file into\n  {folder}"
        ) from error
    how = weights.transforms()
    size = how.crop_size[0]
    net = _Maps(name, model)
    with torch.inference_mode():
        n_features = net.eval().maps(torch.zeros(1, 3, size, size)).shape[1]
    return Backbone(
        net, name=name, input_size=(size, size), mean=how.mean, std=how.std,
        n_features=n_features,
    ).eval()  # fmt: skip


class _Maps(nn.Sequential):
    """A net of torchvision up to its last maps."""

    def __init__(self, name, model):
        if isinstance(getattr(model, "features", None), nn.Sequential):
            parts = OrderedDict(features=model.features)
            if name.startswith("densenet"):
                parts["relu"] = nn.ReLU()  # a function there, between maps and head
        elif hasattr(model, "layer4"):  # ResNet and its kin: all but the average and the head
            named = list(model.named_children())
            parts = OrderedDict(named[: [part for part, _ in named].index("layer4") + 1])
        else:
            raise ValueError(
                f"name: expected a net that ends in maps of features, got {name!r}; "
                "a ResNet, a MobileNet, an EfficientNet or a DenseNet has them"
            )
        super().__init__(parts)

    def maps(self, X):
        """Compute the last feature maps, (N, D, h, w)."""
        return self(X)
