"""Learning rates that differ by depth, and a step that leaves alone what has none."""

import numpy as np


def rates_by_depth(depth, learning_rate, below):
    """Give each part of a net its learning rate, smaller from part to part below the head.

    Args:
        depth: number of parts, from the picture to the head, at least 1.
        learning_rate: that of the head, the last part, above 0.
        below: the factor from each part to the one below it, above 0 and at most 1.

    Returns:
        (depth,), float: the rate of the part at the picture first, that of the head last.

    Raises:
        ValueError: a number out of range.

    Source:
        Howard and Ruder, Universal language model fine-tuning for text classification,
        ACL 2018, section 3.2.
    """
    if depth < 1 or not 0 < below <= 1:
        raise ValueError(
            f"depth, below: expected 1 or more, and a factor above 0 and at most 1, got {depth!r} "
            f"and {below!r}"
        )
    return learning_rate * below ** np.arange(depth - 1, -1, -1.0)


def step_with_rates(params, grads, rates, weight_decay):
    """Take a step of gradient descent, each parameter at its own rate, the frozen ones not.

    Args:
        params: {key: array, float}; not changed.
        grads: {key: array} of the loss without the penalty. An old gradient of a frozen
            parameter may still be there.
        rates: {key: number}; a parameter without one is frozen.
        weight_decay: strength of the penalty weight_decay * sum W^2, on weights (two axes or
            more) that are trained, never on biases.

    Returns:
        {key: array}, new: all keys of params, the frozen ones with equal numbers.

    Raises:
        ValueError: a rate for a parameter that is not there.

    Source:
        W <- W - rate (dW + 2 weight_decay W).
    """
    unknown = rates.keys() - params.keys()
    if unknown:
        raise ValueError(f"rates: expected keys of params, got {sorted(unknown)[0]!r}")
    stepped = {}
    for key, w in params.items():
        if key not in rates:
            stepped[key] = w.copy()
            continue
        dw = grads[key] + 2 * float(weight_decay) * w if w.ndim > 1 else grads[key]
        stepped[key] = w - float(rates[key]) * dw
    return stepped
