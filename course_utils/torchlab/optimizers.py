"""PyTorch's optimizers under the course's names, and as the course's training loop sees them."""

import numpy as np
import torch

_MAKERS = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}
# The course's defaults, so that both sides start alike; the rules are the same.
_DEFAULTS = {
    "sgd": {},
    "momentum": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "rmsprop": {"decay": 0.99, "eps": 1e-8},
    "adam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
    "adamw": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01},
}


def make_optimizer(model, name, learning_rate, **hyperparameters):
    """Make a PyTorch optimizer that does what the course's rule of that name does.

    "momentum" equals the course's rule while the learning rate stays; PyTorch's velocity
    leaves the learning rate out, so a change of it acts at once.

    Args:
        model: a torch.nn.Module; parameters that need no gradient are left out.
        name: "sgd", "momentum", "rmsprop" or "adam", as in course_utils.nn; also
            "nesterov" (momentum that looks ahead) and "adamw" (Adam whose weight_decay,
            decoupled, shrinks weights by learning_rate * weight_decay a step; weights
            only, no biases and no scales of batch norm).
        learning_rate: length of the step, above 0.
        **hyperparameters: under the course's names: momentum, decay, beta1, beta2, eps,
            and weight_decay for "adamw".

    Returns:
        A torch.optim.Optimizer.

    Raises:
        ValueError: a name that is not known, a learning rate out of range, a model
            without a parameter to train.
        TypeError: a hyperparameter that the rule does not have.

    Source:
        Sutskever et al. 2013 (nesterov); Loshchilov and Hutter, Decoupled weight decay
        regularization, ICLR 2019 (adamw).
    """
    if name not in _MAKERS:
        raise ValueError(f"optimizer: expected one of {', '.join(_MAKERS)}, got {name!r}")
    if not (np.ndim(learning_rate) == 0 and 0 < learning_rate < np.inf):
        raise ValueError(f"learning_rate: expected a positive number, got {learning_rate!r}")
    settings = _merged(name, hyperparameters)
    trained = [p for p in model.parameters() if p.requires_grad]
    if not trained:
        raise ValueError("model: expected a parameter to train, got none; all frozen?")
    groups = [{"params": trained}]
    if "weight_decay" in settings:
        weights, others = weights_of(model), [p for p in trained if p.ndim < 2]
        groups = [
            {"params": weights, "weight_decay": settings.pop("weight_decay")},
            {"params": others, "weight_decay": 0.0},
        ]
    if "beta1" in settings:
        settings["betas"] = settings.pop("beta1"), settings.pop("beta2")
    if "decay" in settings:
        settings["alpha"] = settings.pop("decay")
    if name == "nesterov":
        settings["nesterov"] = True
    if name != "rmsprop" and {p.device.type for p in trained} <= {"cpu", "cuda"}:
        settings["fused"] = True  # one pass over memory for each parameter
    return _MAKERS[name]([g for g in groups if g["params"]], lr=float(learning_rate), **settings)


def weights_of(model):
    """List the weights that are trained: matrices and kernels, no biases, no scales.

    Args:
        model: a torch.nn.Module.

    Returns:
        The parameters with two axes or more that need a gradient.
    """
    return [p for p in model.parameters() if p.requires_grad and p.ndim >= 2]


def _merged(name, given):
    known = _DEFAULTS[name]
    for key in given:
        if key not in known:
            takes = ", ".join(known) or "none but the learning rate"
            hint = (
                "; fit(weight_decay=...) adds the course's penalty to any rule"
                if key == "weight_decay"
                else ""
            )
            raise TypeError(f"{key}: {name} has no such hyperparameter; it takes {takes}{hint}")
    return {key: float(value) for key, value in (known | given).items()}


class OptimizerView:
    """A PyTorch optimizer as course_utils.nn.training sees one.

    Args:
        optimizer: a torch.optim.Optimizer.

    Raises:
        TypeError: something else.
    """

    def __init__(self, optimizer):
        if not isinstance(optimizer, torch.optim.Optimizer):
            raise TypeError(
                "optimizer: expected a torch.optim.Optimizer, such as make_optimizer(model, "
                f'"adam", 1e-3) of course_utils.torchlab, got {type(optimizer).__name__}'
            )
        self.optimizer = optimizer

    @property
    def learning_rate(self):
        """That of the first group of parameters."""
        return float(self.optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value):
        if value != self.learning_rate:
            factor = value / self.learning_rate
            self.learning_rates = [factor * rate for rate in self.learning_rates]

    @property
    def learning_rates(self):
        """One for each group of parameters, a list."""
        return [float(group["lr"]) for group in self.optimizer.param_groups]

    @learning_rates.setter
    def learning_rates(self, values):
        for group, value in zip(self.optimizer.param_groups, values, strict=True):
            group["lr"] = float(value)

    def state_dict(self):
        """Copy everything a later step depends on, in the form of nn.Optimizer.state_dict."""
        saved = self.optimizer.state_dict()
        state = {
            str(i): {name: _to_array(value) for name, value in entries.items()}
            for i, entries in saved["state"].items()
        }
        state["groups"] = {"learning_rates": np.array(self.learning_rates)}
        groups = [
            {k: list(v) if isinstance(v, tuple) else v for k, v in group.items() if k != "lr"}
            for group in saved["param_groups"]
        ]
        return {
            "rule": type(self.optimizer).__name__,
            "learning_rate": self.learning_rate,
            "hyperparameters": {"groups": groups},
            "state": state,
        }

    def load_state_dict(self, saved):
        """Take over what state_dict gave, from an optimizer with the same rule and groups."""
        state = dict(saved["state"])
        rates = state.pop("groups")["learning_rates"]
        now = self.optimizer.state_dict()
        stepped = [p for group in self.optimizer.param_groups for p in group["params"]]
        now["state"] = {
            int(i): {name: _to_tensor(value, stepped[int(i)]) for name, value in entries.items()}
            for i, entries in state.items()
        }
        self.optimizer.load_state_dict(now)
        self.learning_rates = rates


def _to_array(value):
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def _to_tensor(value, parameter):
    """A tensor in memory as it was: a fused step pairs numbers by their place there."""
    if not isinstance(value, np.ndarray):
        return value
    if value.shape != tuple(parameter.shape):  # a count of steps
        return torch.tensor(value)
    # The array has the order of the axes; a kernel in channels_last has another.
    return torch.empty_like(parameter.detach()).copy_(torch.from_numpy(value))
