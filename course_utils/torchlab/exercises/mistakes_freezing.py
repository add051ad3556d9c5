"""Slips in freezing a body."""

from torch import nn

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_nets_frozen import AS_IT_WAS, FLAGS, MODES, ONLY_BODY

FREEZE = "freeze_body"


def _norms(module):
    return [m for m in module.modules() if isinstance(m, nn.BatchNorm1d)]


@mistake(
    FREEZE, WHOLE, "the body stays in training mode: batch norm goes on measuring each batch", MODES
)
def only_flags(net):
    """The body's gradients are off, its mode is not."""
    net.body.requires_grad_(False)


@mistake(FREEZE, WHOLE, "evaluation mode alone: the parameters still learn", FLAGS)
def only_mode(net):
    """The body's mode is set, its gradients are on."""
    net.body.eval()


@mistake(FREEZE, WHOLE, "nothing is frozen", FLAGS)
def nothing(net):
    """No flag and no mode is set."""


@mistake(FREEZE, WHOLE, "requires_grad is set on the module, where nobody reads it", FLAGS)
def attribute_of_module(net):
    """The mode is right."""
    net.body.requires_grad = False
    net.body.eval()


@mistake(FREEZE, WHOLE, "only parameters right inside body are frozen, none of its layers", FLAGS)
def not_recursive(net):
    """A Sequential has no parameters of its own."""
    for p in net.body.parameters(recurse=False):
        p.requires_grad_(False)
    net.body.eval()


@mistake(FREEZE, WHOLE, "weights are frozen, biases and batch norm's scales still learn", FLAGS)
def only_matrices(net):
    """Parameters with two axes."""
    for p in net.body.parameters():
        p.requires_grad_(p.ndim < 2)
    net.body.eval()


@mistake(FREEZE, WHOLE, "parameters called weight are frozen, the biases still learn", FLAGS)
def only_weights(net):
    """By name."""
    for name, p in net.body.named_parameters():
        p.requires_grad_("weight" not in name)
    net.body.eval()


@mistake(FREEZE, WHOLE, "the last block of the body still learns", FLAGS)
def last_block_learns(net):
    """All but the last."""
    net.body[:-1].requires_grad_(False)
    net.body.eval()


@mistake(FREEZE, WHOLE, "batch norm's own parameters still learn", FLAGS)
def norms_learn(net):
    """Linear layers only."""
    for layer in net.body.modules():
        if isinstance(layer, nn.Linear):
            layer.requires_grad_(False)
    net.body.eval()


@mistake(FREEZE, WHOLE, "batch norm sleeps, but the dropout inside the body is awake", MODES)
def only_norms_sleep(net):
    """The flags are right."""
    net.body.requires_grad_(False)
    for layer in _norms(net.body):
        layer.eval()


@mistake(FREEZE, WHOLE, "only batch norm is frozen", FLAGS)
def only_norms(net):
    """Mode and flags of batch norm."""
    for layer in _norms(net.body):
        layer.requires_grad_(False)
    net.body.eval()


@mistake(FREEZE, WHOLE, "the flags are turned on, not off", FLAGS)
def flags_on(net):
    """True for False."""
    net.body.requires_grad_(True)
    net.body.eval()


@mistake(FREEZE, WHOLE, "old gradients are deleted, but new ones will come", FLAGS)
def zero_grad(net):
    """Takes away what is there, once."""
    net.zero_grad()
    net.body.eval()


@mistake(FREEZE, WHOLE, "the whole net is frozen, the head too", ONLY_BODY)
def head_too(net):
    """Nothing is left to learn."""
    net.requires_grad_(False)
    net.eval()


@mistake(FREEZE, WHOLE, "the head's parameters are frozen, too", ONLY_BODY)
def head_flags_too(net):
    """The modes are right."""
    net.requires_grad_(False)
    net.body.eval()


@mistake(FREEZE, WHOLE, "the head is put into evaluation mode, too", ONLY_BODY)
def head_mode_too(net):
    """The flags are right."""
    net.body.requires_grad_(False)
    net.eval()


@mistake(FREEZE, WHOLE, "the head is frozen, not the body", ONLY_BODY)
def head_instead(net):
    """The wrong part."""
    net.head.requires_grad_(False)
    net.head.eval()


@mistake(FREEZE, WHOLE, "the body is put back into training mode at the end", MODES)
def train_again(net):
    """net.train() reaches every layer."""
    net.body.requires_grad_(False)
    net.body.eval()
    net.train()


@mistake(FREEZE, WHOLE, "only the outermost module is told to be in evaluation mode", MODES)
def flag_of_outermost(net):
    """The flag of one module, not those of its layers."""
    net.body.requires_grad_(False)
    net.body.training = False


@mistake(
    FREEZE, WHOLE, "running statistics are thrown away: each batch is its own measure", AS_IT_WAS
)
def no_statistics(net):
    """Batch norm without running statistics uses those of the batch, always."""
    net.body.requires_grad_(False)
    net.body.eval()
    for layer in _norms(net.body):
        layer.track_running_stats = False
        layer.running_mean = layer.running_var = None


@mistake(FREEZE, WHOLE, "running statistics are reset to 0 and 1: the net forgets them", AS_IT_WAS)
def reset_statistics(net):
    """What was measured over a million pictures is gone."""
    net.body.requires_grad_(False)
    net.body.eval()
    for layer in _norms(net.body):
        layer.reset_running_stats()


@mistake(FREEZE, WHOLE, "the body's parameters are set to 0", AS_IT_WAS)
def zeroed(net):
    """Frozen is not emptied."""
    net.body.requires_grad_(False)
    net.body.eval()
    for p in net.body.parameters():
        p.zero_()
