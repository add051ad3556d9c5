"""Ask an answer about a net, and see what it did to it: counts of what moved, learns, forgot."""

import copy

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from course_utils.checking.exercises.lesson_06_nets import IN_OPTIMIZER
from course_utils.checking.returns import WrongReturnError, kind_of

_SEED = 6  # of dropout, the same for every answer


def run_freeze_body(call, probe):
    """What learns, what is in which mode, and what the net still computes."""
    net = copy.deepcopy(probe.args[0])
    with _Seeded():
        call(net, shared=("net",))
        found = {
            "linear parameters of the body that learn": _learning(net.body, torch.nn.Linear),
            "batch norm's parameters that learn": _learning(net.body, torch.nn.BatchNorm1d),
            "body layers in training mode": _in_training(net.body),
            "head parameters that learn": _learning(net.head, torch.nn.Linear),
            "head layers in training mode": _in_training(net.head),
        }
        return found | {"outputs": _outputs(net, probe.upstream)}


def run_new_head(call, probe):
    """The head's classes, and what the optimizer holds and moves."""
    net, C, rate = copy.deepcopy(probe.args[0]), *probe.args[1:]
    with _Seeded():
        optimizer = call(net, C, rate, shared=("net",))
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise WrongReturnError(f"expected an optimizer, got {kind_of(optimizer)}.")
        held = [p for group in optimizer.param_groups for p in group["params"]]
        own = {id(p) for p in net.parameters()}
        X, y = probe.upstream
        logits = net(X)
        found = {"classes of the head": float(logits.shape[1])}
        sums = logits.detach().sum(dim=1)
        found["rows of logits that sum to 1"] = _count(torch.isclose(sums, torch.ones_like(sums)))
        before = [p.detach().clone() for p in net.head.parameters()]
        body = _state(net.body)
        if logits.shape[1] == C:
            optimizer.zero_grad()
            cross_entropy(logits, y).backward()
            optimizer.step()
        after = list(net.head.parameters())
        found["head parameters that a step leaves"] = float(
            sum(torch.equal(p, q) for p, q in zip(before, after, strict=True))
        )
        found["parameters of no layer in the optimizer"] = _count(id(p) not in own for p in held)
        found[IN_OPTIMIZER] = _count(id(p) in own and not p.requires_grad for p in held)
        found["body parameters that a step moves"] = _moved(net.body, body, "parameters")
        rates = {float(group["lr"]) for group in optimizer.param_groups}
        found["learning rate"] = rates.pop() if len(rates) == 1 else np.nan
        return found


def run_train_epoch(call, probe):
    """What moved in the body, the losses, and what became of the head."""
    net, batches = copy.deepcopy(probe.args)
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer, body = torch.optim.SGD(trained, lr=probe.upstream), _state(net.body)
    with _Seeded():
        losses = call(net, optimizer, batches, shared=("net", "optimizer"))
    linear = net.head[-1]
    return {
        "running statistics that moved": _moved(net.body, body, "buffers"),
        "body parameters that moved": _moved(net.body, body, "parameters"),
        "losses": _as_numbers(losses),
        "losses that keep a graph": _count(_has_graph(loss) for loss in losses),
        "head weights": linear.weight.detach().numpy().copy(),
        "head biases": linear.bias.detach().numpy().copy(),
    }


def run_measure(call, probe):
    """The accuracy, and in which state the net is afterwards."""
    net, X, y = copy.deepcopy(probe.args)
    before, modes = _state(net), [layer.training for layer in _with_modes(net)]
    recorded = []
    net.register_forward_pre_hook(lambda *_: recorded.append(torch.is_grad_enabled()))
    with _Seeded():
        accuracy = call(net, X, y, shared=("net",))
    changed = zip(modes, (layer.training for layer in _with_modes(net)), strict=True)
    return {
        "accuracy": accuracy,
        "layers left in another mode": _count(old != new for old, new in changed),
        "running statistics that moved": _moved(net, before, "buffers"),
        "passes that record gradients": _count(recorded),
    }


class _Seeded:
    """Dropout draws the same numbers for every answer, and the caller's generator is left."""

    def __enter__(self):
        self.fork = torch.random.fork_rng(devices=[])
        self.fork.__enter__()
        torch.manual_seed(_SEED)

    def __exit__(self, *about):
        return self.fork.__exit__(*about)


def _count(flags):
    return float(sum(map(bool, flags)))


def _learning(module, kind):
    layers = [layer for layer in module.modules() if isinstance(layer, kind)]
    return _count(p.requires_grad for layer in layers for p in layer.parameters())


def _with_modes(module):
    """The layers that behave otherwise in training; the flag of any other says nothing."""
    kinds = torch.nn.BatchNorm1d, torch.nn.Dropout
    return [layer for layer in module.modules() if isinstance(layer, kinds)]


def _in_training(module):
    return _count(layer.training for layer in _with_modes(module))


def _state(module):
    return {key: tensor.detach().clone() for key, tensor in module.state_dict().items()}


def _moved(module, before, kind):
    """How many parameters or buffers are not what they were; counters of batches left out."""
    named = {k: v for k, v in getattr(module, f"named_{kind}")() if v.is_floating_point()}
    return _count(key not in before or not torch.equal(v, before[key]) for key, v in named.items())


def _outputs(net, X):
    """What the net gives in evaluation mode; only answers that changed it give something else."""
    net.eval()
    with torch.no_grad():
        return net(X).numpy()


def _has_graph(loss):
    return isinstance(loss, torch.Tensor) and loss.requires_grad


def _as_numbers(losses):
    if not isinstance(losses, (list, tuple, np.ndarray)):
        raise WrongReturnError(f"losses: expected a list of numbers, got {kind_of(losses)}.")
    try:
        return np.array([_number(loss) for loss in losses])
    except (TypeError, ValueError, RuntimeError):
        raise WrongReturnError(
            f"losses: expected one number for each batch, got a list of {kind_of(losses[0])}."
        ) from None


def _number(loss):
    return loss.item() if isinstance(loss, torch.Tensor) else float(loss)
