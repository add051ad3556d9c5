"""Small nets with a body and a head, for the exercises on freezing, training and measuring."""

import copy

import numpy as np
import torch
from torch import nn

from course_utils.checking.exercises import Probe

_TRIES = 200
_CLEAR = 1e-3
_RTOL = 1e-3  # nets are in float32, as nn.Linear makes them, and steps add up rounding


class SmallNet(nn.Module):
    """A body of three blocks with batch norm, one with dropout, and a head.

    Args:
        D: inputs.
        M: features, also those between the blocks.
        C: classes.
        dropout: share of the features that the head silences in training; None for a head
            that is a linear layer and no more.
    """

    def __init__(self, D, M, C, dropout=None):
        super().__init__()
        self.body = nn.Sequential(
            nn.Sequential(nn.Linear(D, M), nn.BatchNorm1d(M), nn.ReLU()),
            nn.Sequential(nn.Linear(M, M), nn.BatchNorm1d(M), nn.ReLU(), nn.Dropout(0.25)),
            nn.Sequential(nn.Linear(M, M), nn.BatchNorm1d(M)),
        )
        head = nn.Linear(M, C)
        self.head = head if dropout is None else nn.Sequential(nn.Dropout(dropout), head)

    def forward(self, X):
        """Compute the logits, (N, C)."""
        return self.head(self.body(X))

    def __repr__(self):
        return "a small net with a body and a head"


def _net(draw, sizes, dropout=None):
    """A net whose numbers all come from the draw; running statistics of quite other data."""
    D, M, C = (sizes[letter] for letter in "DMC")
    with torch.random.fork_rng(devices=[]):
        net = SmallNet(D, M, C, dropout)
    with torch.no_grad():
        for key, tensor in net.state_dict().items():
            if tensor.is_floating_point():
                numbers = draw.rng.standard_normal(tuple(tensor.shape))
                numbers = 0.3 + numbers**2 if key.endswith("running_var") else numbers
                tensor.copy_(torch.from_numpy(np.asarray(numbers)))
    return net


def _freeze(net):
    net.body.requires_grad_(False)
    net.body.eval()
    return net


def _inputs(draw, N, D):
    return torch.from_numpy(1.5 * draw.rng.standard_normal((N, D)) + 0.5).float()


def _labels(draw, N, C):
    return torch.from_numpy(draw.rng.permutation(np.arange(N) % C))


def freeze_body_probe(draw, sizes):
    """A net in training mode, all of which learns."""
    net = _net(draw, sizes, dropout=0.5)
    return Probe((net.train(),), rtol=_RTOL, upstream=_inputs(draw, sizes["N"], sizes["D"]))


def new_head_probe(draw, sizes):
    """A frozen net with a head for two classes more than are wanted."""
    net = _net(draw, {**sizes, "C": sizes["C"] + 2})
    rate = float(draw.rng.uniform(0.02, 0.3))
    data = _inputs(draw, sizes["N"], sizes["D"]), _labels(draw, sizes["N"], sizes["C"])
    return Probe((_freeze(net.train()), sizes["C"], rate), rtol=_RTOL, upstream=data)


def train_epoch_probe(draw, sizes):
    """A net that was left in evaluation mode, and a few batches; upstream is the rate."""
    net, batches = _net(draw, sizes, dropout=0.5), _batches(draw, sizes)
    rate = float(draw.rng.uniform(0.1, 0.3))
    return Probe((_freeze(net).eval(), batches), rtol=_RTOL, upstream=rate)


def train_epoch_specials(draw):
    """A net whose frozen body was put into training mode by somebody else."""
    sizes = {"N": 7, "D": 3, "M": 4, "C": 5, "B": 2}
    net = _freeze(_net(draw, sizes, dropout=0.5)).train()
    about = "a net that comes in training mode"
    return [Probe((net, _batches(draw, sizes)), about, sizes, rtol=_RTOL, upstream=0.2)]


def _batches(draw, sizes):
    N, D, C, B = (sizes[letter] for letter in "NDCB")
    return [(_inputs(draw, N, D), _labels(draw, N, C)) for _ in range(B)]


def measure_probe(draw, sizes):
    """A net in the middle of its training: a frozen body, a head in training mode."""
    return _measured(draw, sizes, lambda net: net.train().body.eval())


def measure_specials(draw):
    """All layers in training mode, and all in evaluation mode."""
    sizes = {"N": 12, "D": 3, "M": 4, "C": 5}
    all_train = _measured(draw, sizes, lambda net: net.train())
    all_eval = _measured(draw, sizes, lambda net: net.eval())
    return [
        Probe(all_train.args, "all layers in training mode", sizes),
        Probe(all_eval.args, "all layers in evaluation mode", sizes),
    ]


def _measured(draw, sizes, mode):
    """Inputs, of which batch statistics would name other classes than running ones do."""
    C, N = sizes["C"], 4 * sizes["N"]
    for _ in range(_TRIES):
        net, X = _net(draw, sizes, dropout=0.5), _inputs(draw, N, sizes["D"])
        named = {}
        for training in (False, True):
            twin = copy.deepcopy(net).train(training)  # a pass in training mode moves statistics
            for layer in twin.modules():
                if isinstance(layer, nn.Dropout):  # its draws would differ from time to time
                    layer.eval()
            with torch.no_grad():
                Z = twin(X)
            named[training] = Z.argmax(dim=1)
            best_two = Z.topk(2, dim=1).values
            if not training:  # rounding must not decide: other sizes of batches are right, too
                clear = (best_two[:, 0] - best_two[:, 1]).min() > _CLEAR
        y = torch.where(
            torch.from_numpy(draw.rng.random(N) < 0.6), named[False], _labels(draw, N, C)
        )
        right, others = ((named[t] == y).double().mean() for t in (False, True))
        if clear and right - others > 0.15 and len(set(named[False].tolist())) > 1:
            mode(net)
            return Probe((net, X, y), sizes=sizes)
    raise ValueError("no net found whose modes differ enough")
