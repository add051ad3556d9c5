"""What the lessons build, in NumPy alone: layers, losses, nets, update rules, training."""

from .activations import sigmoid_backward, sigmoid_forward, tanh_backward, tanh_forward
from .attention import attention_backward, attention_forward
from .attention_scores import (
    AttentionScore,
    attention_score,
    from_other_pictures,
    masks_on_grid,
)
from .basis import gaussian_basis, monomials, polynomial_basis
from .beam import beam_search
from .bleu import corpus_bleu, sentence_bleu
from .caption_baselines import bag_of_words_captions, nearest_pictures
from .caption_evaluation import evaluate_captions
from .caption_loss import caption_loss_and_grads, shift_captions
from .caption_net import CaptionNet
from .caption_scores import edit_distance, exact_match, word_error
from .checkpoint import Checkpoint, CheckpointError, load_checkpoint, restore, save_checkpoint
from .clipping import clip_gradients
from .conv_net import ConvNet
from .convolution import conv2d_backward, conv2d_forward
from .decoding import Decoded, beam_decode, greedy, greedy_decode, sample
from .deep_net import DeepNet
from .dropout import dropout_backward, dropout_forward
from .embedding import embedding_backward, embedding_forward
from .evaluation import evaluate
from .history import History
from .initializers import (
    INITIALIZERS,
    get_initializer,
    he_normal,
    small_normal,
    xavier_normal,
)
from .layer_choice import OPTIONAL_LAYERS
from .layer_statistics import layer_statistics
from .layers import linear_backward, linear_forward, relu_backward, relu_forward
from .linear_classifiers import (
    confusion_matrix,
    meeting_point,
    softmax_regression_loss_and_grads,
)
from .logistic import (
    largest_stable_rate,
    logistic_hessian,
    logistic_loss_backward,
    logistic_loss_forward,
    logistic_regression_loss_and_grads,
)
from .losses import (
    l2_penalty_backward,
    l2_penalty_forward,
    log_softmax,
    softmax,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)
from .lstm import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward
from .networks import FullyConnectedNet, TwoLayerNet
from .normalization import (
    batch_norm_backward,
    batch_norm_forward,
    layer_norm_backward,
    layer_norm_forward,
    spatial_batch_norm_backward,
    spatial_batch_norm_forward,
)
from .optimizers import Optimizer, make_optimizer
from .optional import FromLesson
from .pca import components_needed, pca_compress, pca_fit, pca_project, pca_reconstruct
from .pooling import (
    average_pool_backward,
    average_pool_forward,
    max_pool_backward,
    max_pool_forward,
)
from .power_iteration import power_iteration, power_pca
from .recurrent import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward
from .sequence_losses import temporal_softmax_backward, temporal_softmax_forward
from .training import fit
from .two_layer import two_layer_loss_and_grads
from .update_rules import RULES, adam_update, momentum_update, rmsprop_update, sgd_update

__all__ = [
    "INITIALIZERS",
    "RULES",
    "AttentionScore",
    "CaptionNet",
    "Checkpoint",
    "CheckpointError",
    "ConvNet",
    "Decoded",
    "DeepNet",
    "FullyConnectedNet",
    "History",
    "Optimizer",
    "TwoLayerNet",
    "adam_update",
    "attention_backward",
    "attention_forward",
    "attention_score",
    "average_pool_backward",
    "average_pool_forward",
    "bag_of_words_captions",
    "batch_norm_backward",
    "batch_norm_forward",
    "beam_decode",
    "beam_search",
    "caption_loss_and_grads",
    "clip_gradients",
    "components_needed",
    "confusion_matrix",
    "conv2d_backward",
    "conv2d_forward",
    "corpus_bleu",
    "dropout_backward",
    "dropout_forward",
    "edit_distance",
    "embedding_backward",
    "embedding_forward",
    "evaluate",
    "evaluate_captions",
    "exact_match",
    "fit",
    "from_other_pictures",
    "gaussian_basis",
    "get_initializer",
    "greedy",
    "greedy_decode",
    "he_normal",
    "l2_penalty_backward",
    "l2_penalty_forward",
    "largest_stable_rate",
    "layer_norm_backward",
    "layer_norm_forward",
    "layer_statistics",
    "linear_backward",
    "linear_forward",
    "load_checkpoint",
    "log_softmax",
    "logistic_hessian",
    "logistic_loss_backward",
    "logistic_loss_forward",
    "logistic_regression_loss_and_grads",
    "lstm_backward",
    "lstm_forward",
    "lstm_step_backward",
    "lstm_step_forward",
    "make_optimizer",
    "masks_on_grid",
    "max_pool_backward",
    "max_pool_forward",
    "meeting_point",
    "momentum_update",
    "monomials",
    "nearest_pictures",
    "pca_compress",
    "pca_fit",
    "pca_project",
    "pca_reconstruct",
    "polynomial_basis",
    "power_iteration",
    "power_pca",
    "relu_backward",
    "relu_forward",
    "restore",
    "rmsprop_update",
    "rnn_backward",
    "rnn_forward",
    "rnn_step_backward",
    "rnn_step_forward",
    "sample",
    "save_checkpoint",
    "sentence_bleu",
    "sgd_update",
    "shift_captions",
    "sigmoid_backward",
    "sigmoid_forward",
    "small_normal",
    "softmax",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "softmax_regression_loss_and_grads",
    "spatial_batch_norm_backward",
    "spatial_batch_norm_forward",
    "tanh_backward",
    "tanh_forward",
    "temporal_softmax_backward",
    "temporal_softmax_forward",
    "two_layer_loss_and_grads",
    "word_error",
    "xavier_normal",
]

_NETS = (
    FromLesson("04", "course_utils.nn.conv_net", "ConvNet"),
    FromLesson("05", "course_utils.nn.caption_net", "CaptionNet"),
)


def __getattr__(name):  # asked only where there is nothing of this name
    """Say which lesson brings a net or a layer, in an edition that ends before it."""
    for later in (*OPTIONAL_LAYERS, *_NETS):
        if name in later.names:
            return later.find(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
