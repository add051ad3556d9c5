"""Faults seen in the layers: dead units, signals and gradients that fade or explode."""

from __future__ import annotations

import numpy as np

from course_utils.checking.recorder.rule import found, number, rule
from course_utils.words import listed

# A unit that no example of many switches on is dead. Nets that reach 90 % on digits were seen
# with 70 % of their units dead (inputs from -1 to 1, RMSprop), so this is for more.
DEAD_SHARE, DEAD_EXAMPLES = 0.85, 200
# From one ReLU layer to the next, He's first weights keep the root mean square; chance
# moves it by a factor of up to 1.5 in narrow layers.
FADES, EXPLODES = 0.33, 3.0
# Gradients of the layers of a good net lie within a factor of about 30 of each other.
VANISHED = 1e-3
# A good net begins with gradients of length about 1.
EXPLODED = 1e3
# A good update is a thousandth of the weights, up to a tenth where they begin small; the
# first steps do not count: from weights of 0 any step is infinitely long.
UPDATE_TOO_LARGE, SETTLED = 0.2, 5
# A gradient that is the last one plus the new one differs from that by rounding only.
PILED_UP = 0.01
YOUNG_LOOKS = 5  # looks that count as "in the beginning"


@rule("symmetric-units", needs=("params",))
def symmetric_units(run):
    """All units of a hidden layer have the same weights, so they stay one unit."""
    hidden = list(run.weights.items())[:-1]  # the last layer may begin at zero
    alike = [key for key, t in hidden if len(t.alike) > 1 and all(t.alike)]
    if not alike:
        return None
    trace = run.weights[alike[0]]
    zero = max(trace.values, default=0) == 0
    return found(
        f"All units in {listed(alike)} have the same weights{' (all are 0)' if zero else ''}, "
        "and so the same gradient: they stay alike for ever, one unit counted many times.",
        "Draw the first weights at random, such as rng.standard_normal((D, M)) * sqrt(2 / D); "
        "only biases may begin at 0.",
        parameters=alike, zero=zero,
    )  # fmt: skip


@rule("zero-gradients", needs=("grads", "steps"), unless=("symmetric-units",))
def zero_gradients(run):
    """The gradients of all weights are exactly zero."""
    weights = {key: t for key, t in run.weights.items() if t.gradients}
    if not weights or any(t.gradient_nonzero for t in weights.values()) or len(run.losses) < 3:
        return None
    if not np.nanmax(run.losses) > 0.1:
        return None  # a loss of 0 has a gradient of 0
    return found(
        f"The gradients of {listed(list(weights)[:4])} were exactly 0 in all "
        f"{len(next(iter(weights.values())).gradients)} steps looked at.",
        "Are the arrays integers? There x += 1e-5 changes nothing, and a gradient cast to "
        "integers is 0: use X.astype(np.float32). Else look where the way back is cut: a layer "
        "of dead units, a gradient array that is made and never filled.",
        parameters=list(weights),
    )  # fmt: skip


@rule("dead-units", needs=("activations",), unless=("symmetric-units",))
def dead_units(run):
    """Units that no example switches on: no gradient reaches them any more."""
    dead = {}
    for layer, activity in run.activity.items():
        alive, seen = activity.latest()
        if alive is not None and seen >= DEAD_EXAMPLES and (~alive).mean() >= DEAD_SHARE:
            dead[layer] = int((~alive).sum()), len(alive), seen
    if not dead:
        return None
    told = listed([f"{n} of {of} units of {layer}" for layer, (n, of, _) in dead.items()])
    seen = max(seen for _, _, seen in dead.values())
    return found(
        f"{told} gave 0 for every one of the last {seen:,} examples: ReLU passes no gradient "
        "to them, so they cannot come back.",
        "A smaller learning rate, first biases of 0 (not negative), and inputs with mean near 0 "
        "keep units alive.",
        dead=dead,
    )  # fmt: skip


@rule("signal-fades", needs=("activations",), unless=("symmetric-units", "dead-units"))
def signal_fades(run):
    """Activations shrink from layer to layer: first weights too small."""
    sizes = _first_sizes(run)
    if len(sizes) < 2 or min(sizes) == 0 or _per_layer(sizes) > FADES:
        return None
    return found(
        f"In the beginning the activations shrink to {number(_per_layer(sizes))} of their size "
        f"from layer to layer, from {number(sizes[0])} to {number(sizes[-1])} over "
        f"{len(sizes)} hidden layers.",
        "First weights for ReLU have standard deviation sqrt(2 / D), with D inputs of a unit; "
        "2 / D without the root is far too small.",
        sizes=sizes,
    )  # fmt: skip


@rule("signal-explodes", needs=("activations",))
def signal_explodes(run):
    """Activations grow from layer to layer: first weights too wide."""
    sizes = _first_sizes(run)
    if len(sizes) < 2 or min(sizes) == 0 or _per_layer(sizes) < EXPLODES:
        return None
    return found(
        f"In the beginning the activations grow by a factor of {number(_per_layer(sizes))} "
        f"from layer to layer, from {number(sizes[0])} to {number(sizes[-1])} over "
        f"{len(sizes)} hidden layers.",
        "First weights for ReLU have standard deviation sqrt(2 / D), with D inputs of a unit; "
        "a standard deviation of 1 is far too large.",
        sizes=sizes,
    )  # fmt: skip


def _first_sizes(run):
    """Size of each layer's activations in the beginning, in the order of the layers."""
    return [float(np.mean(a.sizes[:YOUNG_LOOKS])) for a in run.activity.values()]


def _per_layer(sizes):
    """Geometric mean of the factors from layer to layer."""
    return float((sizes[-1] / sizes[0]) ** (1 / (len(sizes) - 1)))


@rule("vanishing-gradients", needs=("grads",),
      unless=("symmetric-units", "dead-units", "signal-fades", "zero-gradients"))  # fmt: skip
def vanishing_gradients(run):
    """The first layers get far smaller gradients than the last."""
    first, last = _end_gradients(run)
    if not (first > 0 and last > 0) or first > VANISHED * last:
        return None
    return found(
        f"In the beginning a weight of the first layer has a gradient of {number(first)}, one of "
        f"the last layer {number(last)}: {number(last / first)} times as much. The first layers "
        "hardly learn.",
        "Each sigmoid or tanh on the way back multiplies by at most 1/4 or 1: use ReLU with first "
        "weights of standard deviation sqrt(2 / D), fewer layers, or batch norm.",
        first=first, last=last,
    )  # fmt: skip


@rule("exploding-gradients", needs=("grads",), unless=("input-scale", "loss-summed"))
def exploding_gradients(run):
    """Gradients thousands of times as long as usual."""
    lengths = np.array([_lengths(t) for t in run.weights.values() if t.gradients])
    if lengths.size == 0 or lengths.shape[1] < YOUNG_LOOKS:
        return None
    total = np.sqrt((lengths[:, : 4 * YOUNG_LOOKS] ** 2).sum(axis=0))
    first = float(np.nanmax(total[:YOUNG_LOOKS]))
    if not first > EXPLODED:
        return None
    return found(
        f"The gradient of all weights has length {number(first)} within the first {YOUNG_LOOKS} "
        "looks; about 1 is usual. A step of the usual learning rate throws the weights far away.",
        "Smaller first weights, inputs scaled to about 1, or a gradient cut to a largest length "
        "(and a look at the backward functions: run the gradient check).",
        length=first,
    )  # fmt: skip


def _lengths(trace):
    """Length of a gradient, at each look, from the root mean square of some entries."""
    return np.array(trace.gradients[: 4 * YOUNG_LOOKS]) * float(np.prod(trace.shape)) ** 0.5


def _end_gradients(run):
    """Gradient of a typical weight of the first and the last layer, in the beginning."""
    ends = [t for t in run.weights.values() if t.gradients]
    if len(ends) < 2:
        return 0.0, 0.0
    return tuple(float(np.median(t.gradients[:YOUNG_LOOKS])) for t in (ends[0], ends[-1]))


@rule("update-too-large", needs=("params", "steps"), unless=("symmetric-units",))
def update_too_large(run):
    """Updates as long as the weights themselves."""
    ratios = {key: float(np.median(t.updates[SETTLED:])) for key, t in run.weights.items()
              if len(t.updates) >= 2 * SETTLED}  # fmt: skip
    if not ratios or not max(ratios.values()) > UPDATE_TOO_LARGE:
        return None
    key = max(ratios, key=ratios.get)
    return found(
        f"A step changes {key} by {number(100 * ratios[key])} % of its length; about 0.1 % is "
        "usual. Nothing that was learned lasts.",
        "Divide the learning rate by 10, and again, until the loss falls steadily.",
        ratios=ratios,
    )  # fmt: skip


@rule("gradients-accumulate", needs=("grads",))
def gradients_accumulate(run):
    """Each gradient is the last one plus the new one: nobody sets it to zero."""
    exact = [distance for _, distance in run.repeated_gradients]
    if exact and max(exact) < PILED_UP:
        told = "computed afresh for the same batch and added to the last one, it is this one"
    elif not exact and _grows_evenly(run.young_gradients):
        lengths = [length for length, _, _ in run.young_gradients]
        told = (f"its length grows from {number(lengths[0])} to {number(lengths[5])} in six steps, "
                "by about the same each time and in one direction")  # fmt: skip
    else:
        return None
    return found(
        f"The gradient piles up from step to step: {told}.",
        "Start each step from zero: optimizer.zero_grad() before loss.backward(), or new arrays "
        "(np.zeros_like) instead of `+=` into those of the last step.",
        distances=exact,
    )  # fmt: skip


def _grows_evenly(young):
    """Whether the first gradients look like sums of one, two, three … gradients alike.

    A gradient that grows for a good reason (small first weights) grows by a factor each
    step, not by a constant, or changes direction.
    """
    if len(young) < 6:
        return False
    first = young[0][0]
    # In good runs a change of 0.4 comes with cosines below 0.6, and cosines above 0.8 (the
    # whole set in a step) with changes below 0.25.
    steady = first > 0 and all(0.4 < change / first < 1.6 for _, _, change in young[1:6])
    one_way = all(cosine > 0.8 for _, cosine, _ in young[2:6])
    return steady and one_way and young[5][0] > 2.2 * first
