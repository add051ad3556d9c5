"""Factors that slips multiply or divide by: a small grammar over sizes and settings.

A factor counts only if it holds on every probe, and one made of a size or a
setting only if that was seen at two values at least: so 2 is never taken for N.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from course_utils.words import listed, number

Numbers = Mapping[str, float]

_CONSTANTS = {
    "−1": -1.0,
    "2": 2.0,
    "1/2": 0.5,
    "−2": -2.0,
    "−1/2": -0.5,
    "4": 4.0,
    "1/4": 0.25,
    "3": 3.0,
    "1/3": 1 / 3,
    "3/2": 1.5,
    "2/3": 2 / 3,
    "1/ln 10 (log10 in place of ln)": 1 / math.log(10),
    "1/ln 2 (log2 in place of ln)": 1 / math.log(2),
    "ln 2": math.log(2),
    "ln 10": math.log(10),
    "√2": math.sqrt(2),
    "1/√2": math.sqrt(0.5),
}


@dataclass(frozen=True)
class Factor:
    """A factor that was recognised: how it is told, and where it was seen."""

    told: str
    seen: str = ""

    def __str__(self) -> str:
        return f"{self.told}{f' ({self.seen})' if self.seen else ''}"


def recognise(
    measured: Sequence[float], numbers: Sequence[Numbers], rtol: float = 1e-5
) -> Factor | None:
    """Name a factor measured on several probes.

    Args:
        measured: the factor on each probe, (K,).
        numbers: on each probe the sizes and settings by name.
        rtol: how exactly it must agree.

    Returns:
        The simplest factor that agrees on all probes; a constant that is no
        round number is told as it is; None if it varies without a rule.
    """
    if len(measured) < 2:
        return None

    def agrees(value: Callable[[Numbers], float]) -> bool:
        try:
            return all(
                math.isclose(m, value(n), rel_tol=rtol, abs_tol=1e-12)
                for m, n in zip(measured, numbers, strict=True)
            )
        except (ZeroDivisionError, ValueError, OverflowError):
            return False

    for told, constant in _CONSTANTS.items():
        if agrees(lambda _, constant=constant: constant):
            return Factor(told)
    shared = [n for n in numbers[0] if all(n in other for other in numbers)]
    for told, names, value in _named_factors(shared):
        varied = all(len({n[name] for n in numbers}) >= 2 for name in names)
        if varied and agrees(value):
            return Factor(told, _seen(names, numbers))
    if agrees(lambda _: measured[0]):
        return Factor(number(measured[0]))
    return None


def _named_factors(names: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], Callable]]:
    """Factors made of one or two named numbers, simplest first."""
    for name in names:
        for told, value in _of_one(name):
            yield told, (name,), value
    for sign_told, sign in (("−", -1.0), ("2·", 2.0), ("−2·", -2.0), ("½·", 0.5), ("¼·", 0.25)):
        for name in names:
            for told, value in _of_one(name):
                yield (
                    f"{sign_told}{told}",
                    (name,),
                    lambda n, value=value, sign=sign: sign * value(n),
                )
    for first, second in itertools.permutations(names, 2):
        yield f"{first}/{second}", (first, second), lambda n, a=first, b=second: n[a] / n[b]
    for first, second in itertools.combinations(names, 2):
        yield f"{first}·{second}", (first, second), lambda n, a=first, b=second: n[a] * n[b]
        yield (
            f"1/({first}·{second})",
            (first, second),
            lambda n, a=first, b=second: 1 / (n[a] * n[b]),
        )


def _of_one(name: str) -> Iterator[tuple[str, Callable[[Numbers], float]]]:
    yield name, lambda n: n[name]
    yield f"1/{name}", lambda n: 1 / n[name]
    yield f"(1 − {name})", lambda n: 1 - n[name]
    yield f"1/(1 − {name})", lambda n: 1 / (1 - n[name])
    yield f"{name}/(1 − {name})", lambda n: n[name] / (1 - n[name])
    yield f"(1 − {name})/{name}", lambda n: (1 - n[name]) / n[name]
    yield f"ln {name}", lambda n: math.log(n[name])
    yield f"√{name}", lambda n: math.sqrt(n[name])
    yield f"1/√{name}", lambda n: 1 / math.sqrt(n[name])
    yield f"{name}²", lambda n: n[name] ** 2
    yield f"1/{name}²", lambda n: 1 / n[name] ** 2
    yield f"({name} − 1)/{name}", lambda n: (n[name] - 1) / n[name]
    yield f"{name}/({name} − 1)", lambda n: n[name] / (n[name] - 1)


def _seen(names: Sequence[str], numbers: Sequence[Numbers]) -> str:
    told = []
    for name in names:
        values = sorted({n[name] for n in numbers})
        told.append(f"{name} = {listed([number(v) for v in values[:3]])}")
    return "seen at " + ", ".join(told)
