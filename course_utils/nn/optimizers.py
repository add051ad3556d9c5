"""The Optimizer: one update rule applied to every parameter of a net.

The rules themselves are pure functions, in update_rules.py.
"""

import inspect

import numpy as np

from ._checks import expect_shape
from .update_rules import (
    RULES,
    adam_update,
    momentum_update,
    rmsprop_update,
    sgd_update,
)

__all__ = [
    "RULES",
    "Optimizer",
    "adam_update",
    "make_optimizer",
    "momentum_update",
    "rmsprop_update",
    "sgd_update",
]

# The course's own rules treat every number by itself, so Optimizer may hand them an array in
# pieces. 8,192 numbers and all intermediate results stay in the processor's cache: two
# to four times as fast as whole arrays of a large layer, and the same to the last bit.
PIECE = 8192


def _update_in_pieces(rule, w, dw, state, hyperparameters):
    """Apply an elementwise rule to one piece of the array after the other."""
    w_new = np.empty(w.shape, w.dtype)
    state_new = {}
    flat_w, flat_dw, flat_new = w.reshape(-1), dw.reshape(-1), w_new.reshape(-1)  # (size,)
    flat_state = {
        name: np.reshape(value, -1) if np.ndim(value) else value for name, value in state.items()
    }
    for start in range(0, w.size, PIECE):
        piece = slice(start, start + PIECE)
        state_in = {
            name: value[piece] if np.ndim(value) else value for name, value in flat_state.items()
        }
        flat_new[piece], state_out = rule(
            flat_w[piece], flat_dw[piece], state_in, **hyperparameters
        )
        for name, value in state_out.items():
            if np.ndim(value) == 0:
                state_new[name] = value
                continue
            if name not in state_new:
                state_new[name] = np.empty(w.shape, value.dtype)
            state_new[name].reshape(-1)[piece] = value
    return w_new, state_new


class Optimizer:
    """Apply one update rule to all parameters of a net, and keep its state.

    Args:
        rule: a function (w, dw, state, *, learning_rate, ...) -> (w_new, state_new),
            one of this module's or your own.
        learning_rate: length of the step, above 0.
        **hyperparameters: passed on to the rule.

    Raises:
        TypeError: a hyperparameter that the rule does not have.
        ValueError: a learning rate that is not a positive number.
    """

    def __init__(self, rule, learning_rate, **hyperparameters):
        self.rule = rule
        self.learning_rate = _positive("learning_rate", learning_rate)
        self.hyperparameters = _expect_hyperparameters(rule, hyperparameters)
        self.state = {}
        self._elementwise = rule in RULES.values()

    def __repr__(self):
        settings = {"learning_rate": self.learning_rate, **self.hyperparameters}
        inside = ", ".join(f"{name}={value:g}" for name, value in settings.items())
        return f"Optimizer({self.name}, {inside})"

    @property
    def name(self):
        """The rule's name, such as "adam"."""
        return self.rule.__name__.removesuffix("_update")

    def step(self, params, grads):
        """Update every parameter once, writing the new arrays back into the dict.

        The old arrays stay as they are, so a dict of them kept elsewhere keeps its values.
        A parameter keeps its dtype, whatever its gradient's.

        Args:
            params: {key: array, float}; its entries are replaced.
            grads: {key: array of the same shape}, the same keys.

        Raises:
            KeyError: a gradient missing, or one that belongs to no parameter.
            ValueError: a gradient whose shape is not its parameter's.
        """
        _expect_same_keys(params, grads)
        settings = {"learning_rate": self.learning_rate, **self.hyperparameters}
        for key, w in params.items():
            # One stray float64 would turn the net to float64 for good.
            dw = grads[key].astype(w.dtype, copy=False)
            state = self.state.get(key, {})
            if self._elementwise and w.size > PIECE:
                params[key], self.state[key] = _update_in_pieces(self.rule, w, dw, state, settings)
            else:
                params[key], self.state[key] = self.rule(w, dw, state, **settings)

    def state_dict(self):
        """Copy everything a later step depends on.

        Returns:
            {"rule", "learning_rate", "hyperparameters", "state"}; numbers and arrays.
        """
        return {
            "rule": self.name,
            "learning_rate": self.learning_rate,
            "hyperparameters": dict(self.hyperparameters),
            "state": _copied(self.state),
        }

    def load_state_dict(self, saved):
        """Take over what state_dict gave, from an optimizer with the same rule.

        Args:
            saved: what state_dict returned.

        Raises:
            ValueError: it was another rule's.
        """
        if saved["rule"] != self.name:
            raise ValueError(
                f"state_dict: expected one of {self.name}, got one of "
                f"{saved['rule']}; another optimizer than when it was saved?"
            )
        self.learning_rate = float(saved["learning_rate"])
        self.hyperparameters = dict(saved["hyperparameters"])
        self.state = _copied(saved["state"])


def make_optimizer(name, learning_rate, **hyperparameters):
    """Make an optimizer by the name of its rule.

    Args:
        name: "sgd", "momentum", "rmsprop" or "adam".
        learning_rate: length of the step, above 0.
        **hyperparameters: passed on to the rule.

    Returns:
        An Optimizer.

    Raises:
        ValueError: a name that is not known.
    """
    if name not in RULES:
        raise ValueError(f"optimizer: expected one of {', '.join(RULES)}, got {name!r}")
    return Optimizer(RULES[name], learning_rate, **hyperparameters)


def _copied(state):
    """Copy {key: {name: array or number}}."""
    return {
        key: {name: np.copy(value) if np.ndim(value) else value for name, value in entries.items()}
        for key, entries in state.items()
    }


def _positive(name, value):
    """Return a positive, finite number as a plain float."""
    if not (np.ndim(value) == 0 and np.isfinite(value) and value > 0):
        raise ValueError(f"{name}: expected a positive number, got {value!r}")
    return float(value)


def _expect_hyperparameters(rule, given):
    """Return the hyperparameters as plain floats, or say which one the rule lacks."""
    parameters = inspect.signature(rule).parameters.values()
    known = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in given:
        if name not in known and not takes_any:
            raise TypeError(
                f"{name}: {rule.__name__} has no such hyperparameter; it takes {', '.join(known)}"
            )
    return {name: float(value) for name, value in given.items()}


def _expect_same_keys(params, grads):
    """Refuse gradients that do not belong to the parameters one to one."""
    if params.keys() == grads.keys():
        for key, w in params.items():
            if w.shape != grads[key].shape:
                expect_shape(f"gradient of {key}", grads[key], w.shape, f"the shape of {key}")
        return
    missing = [key for key in params if key not in grads]
    extra = [key for key in grads if key not in params]
    told = [f"no gradient for {', '.join(missing)}"] if missing else []
    told += [f"a gradient for {', '.join(map(str, extra))}, which is no parameter"] if extra else []
    raise KeyError(
        f"grads: expected the keys of params ({', '.join(params)}), got "
        f"{' and '.join(told)}; forgotten or misspelt in loss_and_grads?"
    )
