"""The course's questions once more, in PyTorch: models, training, and both sides compared."""

try:
    import torch as _torch  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "course_utils.torchlab: expected the package torch, which is not installed; "
        "pip install torch (on Linux without a GPU from "
        "https://download.pytorch.org/whl/cpu, which is much smaller)",
        name="torch",
    ) from error

from .augment import Augment, cut_out, flip_left_right, shift_pictures
from .conversion import from_numpy, to_numpy
from .models import FromRows, fully_connected, small_cnn
from .optimizers import make_optimizer, weights_of
from .parity import Parity, same_steps
from .schedules import Cosine, Decay, Steps
from .training import fit
from .view import TorchNet, evaluate, evaluating

__all__ = [
    "Augment",
    "Cosine",
    "Decay",
    "FromRows",
    "Parity",
    "Steps",
    "TorchNet",
    "cut_out",
    "evaluate",
    "evaluating",
    "fit",
    "flip_left_right",
    "from_numpy",
    "fully_connected",
    "make_optimizer",
    "same_steps",
    "shift_pictures",
    "small_cnn",
    "to_numpy",
    "weights_of",
]
