"""What the lessons build, in NumPy alone: layers, losses, nets, update rules, training."""

from .checkpoint import Checkpoint, CheckpointError, load_checkpoint, restore, save_checkpoint
from .evaluation import evaluate
from .history import History
from .initializers import (
    INITIALIZERS,
    get_initializer,
    he_normal,
    small_normal,
    xavier_normal,
)
from .layers import linear_backward, linear_forward, relu_backward, relu_forward
from .losses import (
    l2_penalty_backward,
    l2_penalty_forward,
    log_softmax,
    softmax,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)
from .networks import FullyConnectedNet, TwoLayerNet
from .optimizers import Optimizer, make_optimizer
from .training import fit
from .two_layer import two_layer_loss_and_grads
from .update_rules import RULES, adam_update, momentum_update, rmsprop_update, sgd_update

__all__ = [
    "INITIALIZERS",
    "RULES",
    "Checkpoint",
    "CheckpointError",
    "FullyConnectedNet",
    "History",
    "Optimizer",
    "TwoLayerNet",
    "adam_update",
    "evaluate",
    "fit",
    "get_initializer",
    "he_normal",
    "l2_penalty_backward",
    "l2_penalty_forward",
    "linear_backward",
    "linear_forward",
    "load_checkpoint",
    "log_softmax",
    "make_optimizer",
    "momentum_update",
    "relu_backward",
    "relu_forward",
    "restore",
    "rmsprop_update",
    "save_checkpoint",
    "sgd_update",
    "small_normal",
    "softmax",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "two_layer_loss_and_grads",
    "xavier_normal",
]
