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
from .backbone import Backbone
from .caption_features import with_features
from .captioning import Captioner, as_floats, caption_loss, captioner
from .captioning_describe import Descriptions, bleu_judge, describe, words_of
from .captioning_training import caption_table, fit_captions, measure_captions
from .conversion import from_numpy, to_numpy
from .features import features
from .models import FromRows, Residual, conv_net, fully_connected, small_cnn
from .optimizers import make_optimizer, weights_of
from .parity import Parity, same_steps
from .pretrained import pretrained, untrained
from .projection import Projection, fit_projection
from .resnet import ResNet20, resnet20, untrained_resnet20
from .schedules import Cosine, Decay, Steps
from .torchvision_nets import import_torchvision
from .training import fit
from .view import TorchNet, evaluate, evaluating
from .weight_files import WeightsError, load_weights, save_weights

__all__ = [
    "Augment",
    "Backbone",
    "Captioner",
    "Cosine",
    "Decay",
    "Descriptions",
    "FromRows",
    "Parity",
    "Projection",
    "ResNet20",
    "Residual",
    "Steps",
    "TorchNet",
    "WeightsError",
    "as_floats",
    "bleu_judge",
    "caption_loss",
    "caption_table",
    "captioner",
    "conv_net",
    "cut_out",
    "describe",
    "evaluate",
    "evaluating",
    "features",
    "fit",
    "fit_captions",
    "fit_projection",
    "flip_left_right",
    "from_numpy",
    "fully_connected",
    "import_torchvision",
    "load_weights",
    "make_optimizer",
    "measure_captions",
    "pretrained",
    "resnet20",
    "same_steps",
    "save_weights",
    "shift_pictures",
    "small_cnn",
    "to_numpy",
    "untrained",
    "untrained_resnet20",
    "weights_of",
    "with_features",
    "words_of",
]
