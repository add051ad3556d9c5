"""Which functions a net is made of: a student's own where given, else the package's."""

import types
from collections.abc import Mapping

from . import layers, losses
from .optional import FromLesson

LAYER_NAMES = (
    "linear_forward",
    "linear_backward",
    "relu_forward",
    "relu_backward",
    "softmax_cross_entropy_forward",
    "softmax_cross_entropy_backward",
)

# Pairs that not every net has, each with its lesson and its place. They are looked for when a net
# first asks for one.
OPTIONAL_LAYERS = (
    FromLesson("02", "course_utils.nn.losses", "l2_penalty_forward", "l2_penalty_backward"),
    FromLesson("03", "course_utils.nn.normalization", "batch_norm_forward", "batch_norm_backward"),
    FromLesson("03", "course_utils.nn.normalization", "layer_norm_forward", "layer_norm_backward"),
    FromLesson("03", "course_utils.nn.dropout", "dropout_forward", "dropout_backward"),
    FromLesson("04", "course_utils.nn.convolution", "conv2d_forward", "conv2d_backward"),
    FromLesson("04", "course_utils.nn.pooling", "max_pool_forward", "max_pool_backward"),
    FromLesson("04", "course_utils.nn.pooling", "average_pool_forward", "average_pool_backward"),
    FromLesson(
        "04",
        "course_utils.nn.normalization",
        "spatial_batch_norm_forward",
        "spatial_batch_norm_backward",
    ),
)

OPTIONAL_PAIRS = tuple(pair.names for pair in OPTIONAL_LAYERS)

OPTIONAL_LAYER_NAMES = tuple(name for pair in OPTIONAL_PAIRS for name in pair)


class Layers(types.SimpleNamespace):
    """The functions of a net; optional ones of the package come when they are first asked for."""

    def __getattr__(self, name):  # asked only where nothing of this name is here yet
        for pair in OPTIONAL_LAYERS:
            if name in pair.names:
                setattr(self, name, pair.find(name))
                return vars(self)[name]
        raise AttributeError(
            f"layers: expected one of {', '.join(LAYER_NAMES + OPTIONAL_LAYER_NAMES)}; "
            f"got {name}; misspelt?"
        )


OUR_LAYERS = Layers(
    linear_forward=layers.linear_forward,
    linear_backward=layers.linear_backward,
    relu_forward=layers.relu_forward,
    relu_backward=layers.relu_backward,
    softmax_cross_entropy_forward=losses.softmax_cross_entropy_forward,
    softmax_cross_entropy_backward=losses.softmax_cross_entropy_backward,
)


def choose_layers(given):
    """Gather the functions from an object, a module or a mapping.

    Args:
        given: has the functions of LAYER_NAMES, such as globals() in a notebook, and maybe
            pairs of OPTIONAL_PAIRS; None for the package's.

    Returns:
        An object with all of LAYER_NAMES and OPTIONAL_LAYER_NAMES.

    Raises:
        AttributeError: a function of LAYER_NAMES is missing; says which.
    """
    if given is None:
        return OUR_LAYERS

    def find(name):
        found = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
        return found if callable(found) else None

    missing = [name for name in LAYER_NAMES if find(name) is None]
    if missing:
        raise AttributeError(
            f"layers: expected an object, module or mapping with {', '.join(LAYER_NAMES)}; "
            f"{', '.join(missing)} missing; not defined yet, or misspelt?"
        )
    chosen = {name: find(name) for name in LAYER_NAMES}
    for pair in OPTIONAL_PAIRS:
        # Two functions that share a cache: both are the student's, or neither.
        if all(map(find, pair)):
            chosen |= {name: find(name) for name in pair}
    return Layers(**chosen)


def expect_layers(chosen, *layers):
    """Look for optional layers before any time is spent.

    Args:
        chosen: from choose_layers.
        *layers: such as "batch_norm": each with its forward and its backward.

    Raises:
        LaterLessonError: this edition of the course ends before the lesson of one.
    """
    for layer in layers:
        for way in ("forward", "backward"):
            getattr(chosen, f"{layer}_{way}")
