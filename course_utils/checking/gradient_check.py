"""Check gradients by central differences, aware of kinks.

A central difference across a kink (ReLU at 0, a maximum that changes hands)
measures a mixture of two slopes, and so accuses a right gradient. Whether an
entry sits within ±h of a kink is decided from the function's values alone,
never from the gradient under test; such entries are set aside and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class EntryError:
    """One entry whose gradient disagrees with the slope that was measured."""

    key: str
    index: tuple[int, ...]
    gradient: float
    slope: float


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found.

    Args:
        checked: entries compared, per array.
        aside: entries set aside because a kink lies within ±step, per array.
        wrong: entries that disagree.
        worst: the largest relative difference among entries compared, per array.
        tolerance: the largest relative difference allowed.
        problem: why nothing could be compared, if so.
    """

    checked: dict[str, int]
    aside: dict[str, int]
    wrong: tuple[EntryError, ...]
    worst: dict[str, float]
    tolerance: float
    problem: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every entry compared agrees, and there were any."""
        return not self.wrong and not self.problem and not self.problems

    def __bool__(self) -> bool:
        return self.passed

    def text(self) -> str:
        """A line per array; numbers that differ between machines are left out."""
        if self.problem:
            return f"✗ gradient check: {self.problem}"
        lines = []
        for key in self.checked:
            bad = [e for e in self.wrong if e.key == key]
            if key in self.problems:
                lines.append(f"✗ {key}: {self.problems[key]}")
            elif bad:
                worst = max(bad, key=lambda e: abs(e.gradient - e.slope))
                lines.append(
                    f"✗ {key}: {len(bad)} of {self.checked[key]} entries disagree, the most at "
                    f"{list(worst.index)}: gradient {worst.gradient:.4g}, slope {worst.slope:.4g}"
                )
            else:
                lines.append(f"✓ {key}: {self.checked[key]} entries agree to {self.tolerance:.0e}")
            if self.aside[key]:
                lines[-1] += f" ({self.aside[key]} set aside: a kink within one step)"
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text()


def gradient_check(
    f: Callable[[dict[str, np.ndarray]], float],
    params: Mapping[str, np.ndarray],
    grads: Mapping[str, np.ndarray],
    *,
    samples: int = 60,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    rng: np.random.Generator | None = None,
) -> GradientReport:
    """Compare gradients with central differences (f(x + h) − f(x − h)) / 2h.

    Args:
        f: function of a dictionary of arrays; returns the loss. Called with
            copies, so it cannot harm `params`.
        params: float64 arrays, any shapes.
        grads: the gradients to check, same keys and shapes.
        samples: entries compared per array; all if it has no more.
        step: h. At 1e-5, truncation (h²) and rounding (1e-16 / h) are both
            near 1e-10 for a loss of order 1.
        tolerance: largest allowed |gradient − slope| / scale, where the scale is
            the largest |gradient| or |slope| of the array.
        rng: chooses the entries; a fixed generator when None.

    Returns:
        A report; print it or ask ``report.passed``.
    """
    params = {key: np.array(value) for key, value in params.items()}
    problem = _unusable(f, params)
    keys = list(params)
    report = GradientReport(
        dict.fromkeys(keys, 0), dict.fromkeys(keys, 0), (), dict.fromkeys(keys, 0.0), tolerance,
        problem=problem,
    )  # fmt: skip
    if problem:
        return report
    rng = rng if rng is not None else np.random.default_rng(0)
    wrong: list[EntryError] = []
    for key in keys:
        grad = np.asarray(grads[key]) if key in grads else None
        trouble = _unfit(grad, params[key])
        if trouble:
            report.problems[key] = trouble
            continue
        wrong += _check_array(f, params, key, grad, samples, step, rng, report)
        aside, asked = report.aside[key], report.aside[key] + report.checked[key]
        if 2 * aside > asked:
            report.problems[key] = (
                f"{aside} of {asked} entries lie on a kink: nothing can be said here. "
                "Check at another point (random, not zero)."
            )
    return GradientReport(
        report.checked, report.aside, tuple(wrong), report.worst, tolerance, "", report.problems
    )


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
    floats = [i for i, a in enumerate(args) if np.asarray(a).dtype.kind == "f"]
    out, cache = forward(*args)
    upstream = rng.standard_normal(np.shape(out))
    upstream = upstream if np.ndim(out) else float(upstream)
    grads = backward(upstream, cache)
    grads = grads if isinstance(grads, tuple) else (grads,)

    def loss(values: dict[str, np.ndarray]) -> float:
        full = [values[f"d{names[i]}"] if i in floats else a for i, a in enumerate(args)]
        return float(np.sum(forward(*full)[0] * upstream))

    params = {f"d{names[i]}": args[i] for i in floats}
    named = {f"d{names[i]}": g for i, g in zip(floats, grads, strict=False)}
    return gradient_check(loss, params, named, rng=rng, **options)


def _check_array(f, params, key, grad, samples, step, rng, report) -> list[EntryError]:
    flat = params[key].reshape(-1)
    chosen = np.arange(flat.size)
    if flat.size > samples:
        chosen = np.sort(rng.choice(flat.size, samples, replace=False))
    slopes = np.array([_slope(f, params, flat, int(i), step) for i in chosen])
    analytic = grad.reshape(-1)[chosen].astype(float)
    scale = max(np.abs(slopes).max(initial=0), np.abs(analytic).max(initial=0), 1e-12)
    errors = np.abs(slopes - analytic) / scale
    wrong, compared = [], []
    for i, slope, gradient, error in zip(chosen, slopes, analytic, errors, strict=True):
        # Only doubtful entries are asked for a kink: it costs six more values of f.
        if not error <= report.tolerance and _near_kink(f, params, flat, int(i), step):
            report.aside[key] += 1
            continue
        report.checked[key] += 1
        compared.append(float(error))
        if not error <= report.tolerance:
            index = tuple(int(k) for k in np.unravel_index(int(i), grad.shape))
            wrong.append(EntryError(key, index, float(gradient), float(slope)))
    report.worst[key] = max(compared, default=0.0)
    return wrong


def _slope(f, params, flat, i: int, h: float) -> float:
    return (_moved(f, params, flat, i, h) - _moved(f, params, flat, i, -h)) / (2 * h)


def _near_kink(f, params, flat, i: int, h: float) -> bool:
    """Whether the slope jumps within ±h of entry i.

    The slopes left and right of x differ by h·f'' where f is smooth: halve h
    and the difference halves. Where there is a kink it does not. Three step
    sizes are asked, since one pair alone has a blind spot (a kink at h/3).
    """
    here = _moved(f, params, flat, i, 0.0)
    jumps, scale = [], 1e-12
    for size in (h, h / 2, h / 4):
        right = (_moved(f, params, flat, i, size) - here) / size
        left = (here - _moved(f, params, flat, i, -size)) / size
        jumps.append(right - left)
        scale = max(scale, abs(right), abs(left))
    # What rounding alone can do to a one-sided slope, with room to spare.
    noise = 64 * np.finfo(float).eps * max(1.0, abs(here)) / (h / 4)
    uneven = max(abs(jumps[0] - 2 * jumps[1]), abs(jumps[1] - 2 * jumps[2]))
    return bool(uneven > max(noise, 1e-7 * scale))


def _moved(f, params, flat, i: int, by: float) -> float:
    old = flat[i]
    flat[i] = old + by
    value = float(f({key: value.copy() for key, value in params.items()}))
    flat[i] = old
    return value


def _unusable(f, params) -> str:
    """Why central differences cannot work here, if so."""
    for key, value in params.items():
        if value.dtype != np.float64:
            extra = "a step of 1e-5 vanishes" if value.dtype.kind in "iu" else "the step drowns"
            return f"{key}: expected float64, got {value.dtype}; {extra} in its rounding."
        if not np.isfinite(value).all():
            return f"{key} holds NaN or inf."
    given = {key: value.copy() for key, value in params.items()}
    first = float(f(given))
    if any(not np.array_equal(given[key], params[key]) for key in params):
        return "the function changes its arguments in place: every call sees another point."
    second = float(f({key: value.copy() for key, value in params.items()}))
    if not np.isfinite(first):
        return f"the function returns {first} here."
    if first != second:
        return "two equal calls return different values: dropout, or a generator inside?"
    return ""


def _unfit(grad: np.ndarray | None, value: np.ndarray) -> str:
    if grad is None:
        return "no gradient with this name."
    if grad.shape != value.shape:
        return f"expected shape {value.shape}, got {grad.shape}."
    if not np.isfinite(grad).all():
        return "the gradient holds NaN or inf."
    return ""
