"""PyTorch's objects as plain data, for grading: a closed list of layers and optimizers.

A net crosses as the names of its layers, their settings and their numbers. What the other
end did to it (modes, flags, gradients, a new head) is written into the net that went out.
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import nn

_LAYERS = {
    kind.__name__: kind
    for kind in (
        *(nn.Linear, nn.Sequential, nn.ModuleList, nn.Identity, nn.Flatten, nn.Dropout),
        *(nn.BatchNorm1d, nn.LayerNorm, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU),
        *(nn.SiLU, nn.Tanh, nn.Sigmoid, nn.Softplus, nn.Softmax, nn.LogSoftmax, nn.Hardtanh),
        *(nn.CrossEntropyLoss, nn.NLLLoss, nn.MSELoss, nn.AlphaDropout),
    )
}
_DTYPES = {
    torch.float16: "<f2",
    torch.float32: "<f4",
    torch.float64: "<f8",
    torch.uint8: "|u1",
    torch.int8: "|i1",
    torch.int16: "<i2",
    torch.int32: "<i4",
    torch.int64: "<i8",
    torch.bool: "|b1",
}
_SWITCHES = ("foreach", "fused", "capturable", "differentiable")  # of speed, not of the result
_MOST_PASSES = 10_000


class SmallNet(nn.Module):
    """A net with a body and a head that came from the other end."""

    def __init__(self) -> None:
        super().__init__()
        self._passes: list[bool] = []  # whether gradients were recorded, for each forward pass
        passes = self._passes
        self.register_forward_pre_hook(lambda *_: passes.append(torch.is_grad_enabled()))

    def forward(self, X):
        """Compute the logits, (N, C)."""
        return self.head(self.body(X))

    def __repr__(self) -> str:
        return "a small net with a body and a head"


def node(encoder: Any, value: Any) -> Any:
    """The node of a tensor, net or optimizer; None for anything else."""
    if isinstance(value, torch.Tensor):
        return _tensor_node(encoder, value)
    if isinstance(value, nn.Module):
        return _module_node(encoder, value)
    if isinstance(value, torch.optim.Optimizer):
        return _optimizer_node(encoder, value)
    return None


def value(decoder: Any, tag: str, rest: list) -> Any:
    """The object of a node.

    Raises:
        ValueError, TypeError: it stands for none.
    """
    made = {"Tt": _tensor, "Tm": _module, "To": _optimizer}.get(tag)
    if made is None:
        raise ValueError("a kind that does not exist")
    return made(decoder, *rest)


def picture(value: Any) -> Any:
    """What an object is like now, to be compared with later; None for what is not PyTorch's."""
    if isinstance(value, torch.Tensor):
        grad = None if value.grad is None else _bytes(value.grad)
        return _bytes(value), tuple(value.shape), value.requires_grad, grad
    if isinstance(value, nn.Module):
        parts = (value._parameters, value._buffers, value._modules)
        held = [[(k, id(v)) for k, v in part.items()] for part in parts]
        passes = len(getattr(value, "_passes", ()))
        return [value.training, _settings(value), held, passes, _random_state(value)]
    if isinstance(value, torch.optim.Optimizer):
        groups = [[(k, _plain(v)) for k, v in g.items() if k != "params"] for g in _groups(value)]
        return [groups, [list(map(id, g["params"])) for g in _groups(value)], len(value.state)]
    return None


def write(own: Any, new: Any) -> bool:
    """Make one's own object as the new one is; False if they do not fit."""
    if isinstance(own, torch.Tensor) and isinstance(new, torch.Tensor):
        with torch.no_grad():
            if own.shape == new.shape and own.dtype == new.dtype:
                own.data.copy_(new.data)
            else:
                own.data = new.data
        if own.is_leaf and own.is_floating_point():
            own.requires_grad_(new.requires_grad)
            own.grad = new.grad
        return True
    if isinstance(own, nn.Module) and isinstance(new, nn.Module):
        for part in ("_parameters", "_buffers", "_modules"):
            mine = getattr(own, part)
            mine.clear()
            mine.update(getattr(new, part))
        own.training = new.training
        own.__dict__.update(_settings(new))
        _replay(own, getattr(new, "_passes", ()))
        return True
    if isinstance(own, torch.optim.Optimizer) and isinstance(new, torch.optim.Optimizer):
        own.param_groups[:] = new.param_groups
        own.state.clear()
        own.state.update(new.state)
        return True
    return False


def _tensor_node(encoder: Any, tensor: torch.Tensor) -> Any:
    if tensor.layout != torch.strided or tensor.dtype not in _DTYPES or tensor.is_meta:
        return None
    encoder.remember(tensor)
    encoder.add_bytes(_bytes(tensor))
    grad = encoder.node(tensor.grad) if tensor.is_leaf else None
    kind = "p" if isinstance(tensor, nn.Parameter) else "t"
    return ["Tt", _DTYPES[tensor.dtype], list(tensor.shape), kind, tensor.requires_grad, grad]


def _tensor(decoder, dtype, shape, kind, learns, grad) -> torch.Tensor:
    made = torch.from_numpy(decoder.numbers(dtype, shape, "C"))
    if kind == "p":
        made = nn.Parameter(made, requires_grad=bool(learns))
    elif learns:
        made.requires_grad_(True)
    decoder.objects.append(made)
    gradient = decoder.value(grad)
    if isinstance(gradient, torch.Tensor):
        made.grad = gradient
    return made


def _module_node(encoder: Any, module: nn.Module) -> Any:
    name = type(module).__name__
    if _LAYERS.get(name) is not type(module) and name != "SmallNet":
        raise ValueError(f"a layer of the class {name}: only layers of torch.nn can be graded")
    encoder.remember(module)
    parts = (module._parameters, module._buffers, module._modules)
    held = [[[k, encoder.node(v)] for k, v in part.items()] for part in parts]
    passes = getattr(module, "_passes", [])[:_MOST_PASSES]
    state = _random_state(module)
    state = None if state is None else encoder.add_bytes(state)
    return ["Tm", name, module.training, encoder.node(_settings(module)), *held, passes, state]


def _module(decoder, name, training, settings, parameters, buffers, modules, passes, state):
    made = SmallNet() if name == "SmallNet" else _LAYERS[name].__new__(_LAYERS[name])
    if name != "SmallNet":
        nn.Module.__init__(made)
    decoder.objects.append(made)
    kinds = ((parameters, nn.Parameter), (buffers, torch.Tensor), (modules, nn.Module))
    for part, (pairs, kind) in zip(("_parameters", "_buffers", "_modules"), kinds, strict=True):
        for key, inner in pairs:
            found = decoder.value(inner)
            if not (found is None or isinstance(found, kind)) or type(key) is not str:
                raise ValueError(f"a part of a net that is no {kind.__name__}")
            getattr(made, part)[key] = found
    made.training = bool(training)
    # Bytes are read in the order in which they were written: after those of the parts.
    told = decoder.value(settings)
    if state is not None:
        torch.set_rng_state(torch.frombuffer(bytearray(decoder.take(state)), dtype=torch.uint8))
    for key, setting in told.items():
        if not key.startswith("_") and not callable(getattr(type(made), key, None)):
            made.__dict__[key] = setting
    if name == "SmallNet":
        made._passes.extend(bool(flag) for flag in passes)
    return made


def _optimizer_node(encoder: Any, optimizer: torch.optim.Optimizer) -> Any:
    names = [c.__name__ for c in type(optimizer).__mro__]
    name = next((n for n in names if _optimizer_class(n)), "")
    encoder.remember(optimizer)
    groups = [
        [[encoder.node(p) for p in g["params"]], encoder.node(_options(g))]
        for g in _groups(optimizer)
    ]
    state = [[encoder.node(p), encoder.node(dict(s))] for p, s in optimizer.state.items()]
    return ["To", name, groups, state]


def _optimizer(decoder, name, groups, state) -> torch.optim.Optimizer:
    index = len(decoder.objects)
    decoder.objects.append(None)
    told = []
    for params, options in groups:
        held = [decoder.value(p) for p in params]
        told.append({"params": held, **decoder.value(options)})
    made = _optimizer_class(name)(told)
    decoder.objects[index] = made
    for param, numbers in state:
        made.state[decoder.value(param)] = decoder.value(numbers)
    return made


def _optimizer_class(name: Any) -> type | None:
    found = getattr(torch.optim, name, None) if type(name) is str else None
    is_one = isinstance(found, type) and issubclass(found, torch.optim.Optimizer)
    return found if is_one and found is not torch.optim.Optimizer else None


def _groups(optimizer: torch.optim.Optimizer) -> list[dict]:
    return optimizer.param_groups


def _options(group: dict) -> dict[str, Any]:
    left_out = ("params", "param_names", *_SWITCHES)
    return {k: _plain(v) for k, v in group.items() if k not in left_out}


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    return value if value is None or isinstance(value, (bool, int, float, str)) else None


def _settings(module: nn.Module) -> dict[str, Any]:
    """Numbers and words among the attributes of a layer, ``{"p": 0.5, "inplace": False}``."""
    return {
        key: _plain(held)
        for key, held in vars(module).items()
        if not key.startswith("_")
        and key != "training"
        and (_plain(held) is not None or held is None)
    }


def _random_state(module: nn.Module) -> bytes | None:
    """The state of PyTorch's generator, which travels with a net: dropout draws from it."""
    return torch.get_rng_state().numpy().tobytes() if _is_net(module) else None


def _is_net(module: nn.Module) -> bool:
    return type(module).__name__ == "SmallNet"


def _replay(own: nn.Module, passes: list[bool]) -> None:
    """Let the owner's hooks see the passes that the net made at the other end."""
    for flag, hook in itertools.product(passes, list(own._forward_pre_hooks.values())):
        with torch.set_grad_enabled(flag):
            hook(own, ())


def _bytes(tensor: torch.Tensor) -> bytes:
    return tensor.detach().cpu().contiguous().numpy().tobytes()
