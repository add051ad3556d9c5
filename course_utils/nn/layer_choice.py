"""Which functions a net is made of: a student's own where given, else the package's."""

import types
from collections.abc import Mapping

from . import convolution, dropout, layers, losses, normalization, pooling

LAYER_NAMES = (
    "linear_forward",
    "linear_backward",
    "relu_forward",
    "relu_backward",
    "softmax_cross_entropy_forward",
    "softmax_cross_entropy_backward",
)

OPTIONAL_PAIRS = (
    ("l2_penalty_forward", "l2_penalty_backward"),
    ("batch_norm_forward", "batch_norm_backward"),
    ("layer_norm_forward", "layer_norm_backward"),
    ("dropout_forward", "dropout_backward"),
    ("conv2d_forward", "conv2d_backward"),
    ("max_pool_forward", "max_pool_backward"),
    ("average_pool_forward", "average_pool_backward"),
    ("spatial_batch_norm_forward", "spatial_batch_norm_backward"),
)

OPTIONAL_LAYER_NAMES = tuple(name for pair in OPTIONAL_PAIRS for name in pair)

_HOMES = (layers, losses, normalization, dropout, convolution, pooling)

OUR_LAYERS = types.SimpleNamespace(
    **{
        name: next(getattr(home, name) for home in _HOMES if hasattr(home, name))
        for name in LAYER_NAMES + OPTIONAL_LAYER_NAMES
    }
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
        home = find if all(map(find, pair)) else vars(OUR_LAYERS).get
        chosen |= {name: home(name) for name in pair}
    return types.SimpleNamespace(**chosen)
