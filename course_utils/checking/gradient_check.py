"""Check gradients by central differences, aware of kinks.

A central difference across a kink (ReLU at 0, a maximum that changes hands)
measures a mixture of two slopes, and so accuses a right gradient. Whether an
entry sits within ±h of a kink is decided from the function's values alone,
never from the gradient under test; such entries are set aside and counted.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from course_utils.checking.gradient_report import (
    GradientReport,
    gathered,
    mostly_aside,
    slip_in,
)
from course_utils.checking.kinks import ASIDE, measure
from course_utils.checking.point import Point, unfit

Arrays = Mapping[str, np.ndarray]


def gradient_check(
    f: Callable[..., float],
    params: Arrays | np.ndarray | float,
    grads: Arrays | np.ndarray | float | Callable,
    *,
    samples: int = 60,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    rng: np.random.Generator | None = None,
    name: str = "x",
) -> GradientReport:
    """Compare gradients with central differences (f(x + h) − f(x − h)) / 2h.

    An entry is wrong only if it disagrees at more than one step size, so neither
    strong curvature nor the rounding of a large loss accuses a right gradient.

    Args:
        f: function of a dictionary of arrays, or of one array; returns the loss.
            Called with copies, so it cannot harm `params`.
        params: float64 arrays, any shapes; or one array.
        grads: the gradients to check, same keys and shapes; or one array; or a
            function that gives them when called like `f`.
        samples: entries compared per array; all if it has no more.
        step: h. At 1e-5, truncation (h²) and rounding (1e-16 / h) are both
            near 1e-10 for a loss of order 1.
        tolerance: largest allowed |gradient − slope| / scale, where the scale is
            the largest |gradient| or |slope| of the array.
        rng: chooses the entries; a fixed generator when None.
        name: what to call the array if there is only one.

    Returns:
        A report; print it, ask ``report.passed``, or look at ``report.heat_map("W")``.
    """
    rng = rng if rng is not None else np.random.default_rng(0)
    f, params, grads, trouble = as_dictionaries(f, params, grads, name)

    def look(point: Point, key: str, grad: np.ndarray, noise: float) -> tuple:
        size = grad.size
        chosen = np.arange(size)
        if size > samples:
            chosen = np.sort(rng.choice(size, samples, replace=False))
        lines = [point.entry_line(key, int(i)) for i in chosen]
        gradients = grad.reshape(-1)[chosen].astype(float)
        found, room = measure(lines, gradients, step=step, tolerance=tolerance, noise=noise)
        values = point.params[key].reshape(-1)[chosen]
        return *gathered(key, found, chosen, grad.shape), values, room

    return run_check(f, params, grads, look, step, tolerance, rng, trouble, "entries")


def run_check(f, params, grads, look, step, tolerance, rng, trouble, unit) -> GradientReport:
    """Ask whether anything can be measured, then look at one array after the other.

    Args:
        f: function of a dictionary of arrays.
        params: arrays.
        grads: gradients.
        look: ``look(point, key, grad, noise) -> (wrong, entries, values, room)``.
        step: h.
        tolerance: largest allowed relative difference.
        rng: for the line on which rounding is measured.
        trouble: why nothing can be compared, if that is known already.
        unit: ``"entries"`` or ``"directions"``.
    """
    point, keys = Point(f, params), list(params)
    report = GradientReport(
        dict.fromkeys(keys, 0), dict.fromkeys(keys, 0), (), dict.fromkeys(keys, 0.0), tolerance,
        unit=unit,
    )  # fmt: skip
    trouble = trouble or point.trouble_before(rng, step)
    if trouble:
        return replace(report, problem=trouble)
    noise = point.rounding(rng, step)
    wrong = []
    for key in keys:
        grad = np.asarray(grads[key]) if grads.get(key) is not None else None
        if trouble := unfit(grad, point.params[key]):
            report.problems[key] = trouble
            continue
        bad, entries, values, room = look(point, key, grad, noise)
        _note(report, key, entries, room)
        if bad:
            kept = entries.state != ASIDE
            slip = slip_in(entries.gradient[kept], entries.slope[kept], values[kept], key)
            if slip or grad.dtype.kind == "f":
                report.slips[key] = slip
            else:
                report.slips[key] = f"The gradient is {grad.dtype}: fractions were cut off."
        wrong += bad
    # The last call is at the point itself, which leaves a net that was moved as it was.
    return replace(report, wrong=tuple(wrong), problem=point.trouble_after())


def layer_gradient_check(
    forward: Callable,
    backward: Callable,
    *args: np.ndarray,
    names: tuple[str, ...] = (),
    rng: np.random.Generator | None = None,
    **options,
) -> GradientReport:
    """Check a layer's backward against its own forward.

    The loss is sum(Y * R) for a random R, so that R is the upstream gradient:
    with R all ones, many slips would not show.

    Args:
        forward: ``forward(*args) -> (out, cache)``.
        backward: ``backward(dout, cache) -> grads`` in the order of `args`.
        args: the forward's arguments; float arrays are checked, others held fixed.
        names: names of `args` in the report.
        rng: draws R and chooses entries.
        options: for `gradient_check`.
    """
    rng = rng if rng is not None else np.random.default_rng(0)
    names = names or tuple(f"argument {i + 1}" for i in range(len(args)))
    out, cache = forward(*(copy.deepcopy(a) for a in args))
    upstream = rng.standard_normal(np.shape(out))
    upstream = upstream if np.ndim(out) else float(upstream)
    given = copy.deepcopy(upstream)
    grads = backward(given, cache)
    grads = grads if isinstance(grads, tuple) else (grads,)
    if not np.array_equal(given, upstream):
        named = {f"d{n}": a for n, a in zip(names, args, strict=False)}
        blank = dict.fromkeys(named, 0)
        spoilt = "the backward changes the gradient that arrives in place: its owner still needs it"
        return GradientReport(blank, blank, (), {}, options.get("tolerance", 1e-6), f"{spoilt}.")
    asked = _asked(args, grads)

    def loss(values: dict[str, np.ndarray]) -> float:
        full = [values.get(f"d{n}", a) for n, a in zip(names, args, strict=True)]
        return float(np.sum(forward(*full)[0] * upstream))

    params = {f"d{names[i]}": args[i] for i in asked}
    given = grads if len(grads) != len(args) else [grads[i] for i in asked]
    named = {f"d{names[i]}": g for i, g in zip(asked, given, strict=False)}
    return gradient_check(loss, params, named, rng=rng, **options)


def _asked(args: tuple, grads: tuple) -> list[int]:
    """Which arguments the returned gradients belong to."""
    floats = [i for i, a in enumerate(args) if np.asarray(a).dtype.kind == "f"]
    arrays = [i for i in floats if np.ndim(args[i])]
    if len(grads) == len(args):
        # A gradient for an array of integers is asked for as well, and then told.
        return [i for i, g in enumerate(grads) if g is not None]
    # A setting such as a weight decay is a float without a gradient.
    return arrays if len(arrays) == len(grads) else floats


def as_dictionaries(f, params, grads, name: str):
    """Bring one array, or a function for the gradients, into the form of dictionaries.

    Returns:
        f, params, grads, and the trouble met on the way ("" if none).
    """
    single = not isinstance(params, Mapping)
    given = np.asarray(params) if single else {k: np.array(v) for k, v in params.items()}
    trouble = ""
    if callable(grads):
        copied = copy.deepcopy(given)
        grads = grads(copied)
        before, after = ({name: given}, {name: copied}) if single else (given, copied)
        if any(not np.array_equal(before[k], after[k], equal_nan=True) for k in before):
            trouble = "the function for the gradient changes its argument in place: copy it first."
    if not single:
        return f, given, grads, trouble
    return (lambda values: f(values[name])), {name: given}, {name: grads}, trouble


def _note(report: GradientReport, key: str, entries, room: float) -> None:
    """Write down how one array's comparison went."""
    kept = entries.state != ASIDE
    report.aside[key], report.checked[key] = int((~kept).sum()), int(kept.sum())
    report.room[key], report.entries[key] = room, entries
    scale = max(np.abs(entries.slope).max(initial=0), np.abs(entries.gradient).max(initial=0))
    errors = np.abs(entries.slope - entries.gradient)[kept] / max(scale, 1e-12)
    report.worst[key] = float(errors.max(initial=0))
    if few := mostly_aside(entries, report.unit):
        report.problems[key] = few
