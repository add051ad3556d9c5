"""Which configurations to try: all of a grid, or some drawn at random.

Both give plain lists of dictionaries, so ``grid(...) + sample(...)`` tries both.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .canonical import canonical_text, configuration, decode, encode
from .errors import SweepError

_PATIENCE = 20_000  # draws in a row that give nothing new before sample gives up

Where = Callable[[dict[str, Any]], bool]


@dataclass(frozen=True)
class Distribution:
    """Where the values of one name are drawn from.

    Args:
        draw: called with a numpy.random.Generator; gives one value.
        size: how many different values there are; None if there is no end to them.
        text: how it was written.
    """

    draw: Callable[[np.random.Generator], Any]
    size: int | None
    text: str

    def __repr__(self) -> str:
        return self.text


def uniform(low: float, high: float) -> Distribution:
    """Floats between low and high, each stretch of the same length as likely."""
    low, high = _bounds("uniform", low, high)
    return Distribution(lambda rng: float(rng.uniform(low, high)), None, f"uniform({low}, {high})")


def log_uniform(low: float, high: float) -> Distribution:
    """Floats between low and high, each factor of ten as likely; for learning rates and decays."""
    low, high = _bounds("log_uniform", low, high, positive=True)
    a, b = math.log(low), math.log(high)

    def draw(rng: np.random.Generator) -> float:
        return min(max(math.exp(rng.uniform(a, b)), low), high)  # exp(log(low)) may round below

    return Distribution(draw, None, f"log_uniform({low}, {high})")


def whole(low: int, high: int, *, log: bool = False) -> Distribution:
    """Whole numbers from low to high, both included.

    Args:
        low: the smallest.
        high: the largest.
        log: each doubling as likely as the next, for widths of layers.
    """
    if any(type(bound) is not int for bound in (low, high)) or low >= high or (log and low < 1):
        least = "1 <= low" if log else "low"
        raise SweepError(f"whole: expected whole numbers {least} < high, got {low!r} and {high!r}")

    def draw(rng: np.random.Generator) -> int:
        if not log:
            return int(rng.integers(low, high, endpoint=True))
        return min(int(math.exp(rng.uniform(math.log(low), math.log(high + 1)))), high)

    return Distribution(draw, high - low + 1, f"whole({low}, {high}, {log=})")


def choice(values: Iterable[Any]) -> Distribution:
    """One of some values, each as likely."""
    values = _listed("choice", values)
    different = len({canonical_text(value, "choice") for value in values})
    return Distribution(
        lambda rng: values[int(rng.integers(len(values)))], different, f"choice({values})"
    )


def grid(*, where: Where | None = None, **names: Iterable[Any]) -> list[dict[str, Any]]:
    """All combinations of some values, the last name going fastest, like nested loops.

    Args:
        where: keeps the combinations for which it is true; called with a dictionary.
        **names: a list of values for each name.

    Returns:
        A list of configurations.

    Raises:
        SweepError: an empty list, a single value, or a value no configuration can have.

    Example:
        >>> grid(rule=["sgd", "adam"], rate=[0.1, 1.0], where=lambda c: c["rate"] < 1)
        [{'rule': 'sgd', 'rate': 0.1}, {'rule': 'adam', 'rate': 0.1}]
    """
    lists = {name: _listed(name, values) for name, values in names.items()}
    configuration(dict.fromkeys(lists))  # refuses a name that is not allowed
    combinations = (
        dict(zip(lists, row, strict=True)) for row in itertools.product(*lists.values())
    )
    kept = [combination for combination in combinations if where is None or where(combination)]
    if not kept:
        raise SweepError(
            "grid: where(...) is true for none of the combinations; the wrong way round?"
        )
    return kept


def sample(
    n: int,
    seed: int | np.random.Generator = 0,
    *,
    where: Where | None = None,
    **names: Distribution | list,
) -> list[dict[str, Any]]:
    """Draw configurations at random, all different.

    Each name has a random stream of its own. So ``sample(20, ...)`` begins with the
    configurations of ``sample(10, ...)``, and without ``where`` a further name leaves the others'
    values as they were. (Only where values are few and draws are repeated can this differ.)

    Args:
        n: how many.
        seed: a whole number, or a numpy.random.Generator that gives one.
        where: keeps the combinations for which it is true; called with a dictionary.
        **names: uniform(...), log_uniform(...), whole(...), choice([...]), or a list, which
            means choice.

    Returns:
        A list of n configurations.

    Raises:
        SweepError: there are fewer than n different ones.

    Example:
        >>> [c["depth"] for c in sample(3, depth=whole(1, 3))]
        [1, 3, 2]
    """
    if type(n) is not int or n < 1:
        raise SweepError(f"sample: expected how many configurations, 1 or more, got {n!r}")
    if not names:
        raise SweepError("sample: expected at least one name, such as rate=log_uniform(1e-4, 1)")
    configuration(dict.fromkeys(names))
    space = {name: _distribution(name, given) for name, given in names.items()}
    if isinstance(seed, np.random.Generator):
        seed = int(seed.integers(2**62))
    if type(seed) is not int or seed < 0:
        raise SweepError(
            f"sample: expected a seed, 0 or a larger whole number, or a Generator, got {seed!r}"
        )
    streams = {name: np.random.default_rng([seed, *name.encode("utf-8")]) for name in space}
    return _different(n, space, streams, where)


def _different(
    n: int,
    space: Mapping[str, Distribution],
    streams: Mapping[str, np.random.Generator],
    where: Where | None,
) -> list[dict[str, Any]]:
    """Draw until there are n different configurations, or until it is plain that there are not."""
    sizes = [distribution.size for distribution in space.values()]
    size = None if None in sizes else math.prod(sizes)
    seen, kept, misses = set(), [], 0
    while len(kept) < n:
        if len(seen) == size or misses == _PATIENCE:
            why = f"gave up after {_PATIENCE:,} draws without a new one"
            if len(seen) == size:
                why = f"that is all of the {size} combinations" + (
                    " that pass where(...)" if where else ""
                )
            raise SweepError(
                f"sample: expected {n} different configurations, got {len(kept)}; {why}. Ask for "
                "fewer, or widen the space"
            )
        drawn = {name: space[name].draw(streams[name]) for name in space}
        text, misses = configuration(drawn).text, misses + 1
        if text in seen:
            continue
        seen.add(text)
        if where is None or where(drawn):
            kept.append(drawn)
            misses = 0
    return kept


def _distribution(name: str, given: Any) -> Distribution:
    if isinstance(given, Distribution):
        return given
    if isinstance(given, list):
        return choice(given)
    raise SweepError(
        f"{name}: expected uniform(...), log_uniform(...), whole(...) or a list to choose from, "
        f"got {given!r}; for a fixed value write {name}=[{given!r}]"
    )


def _listed(name: str, values: Any) -> list[Any]:
    """The values as a list of what a configuration can hold, NumPy's numbers made Python's."""
    if isinstance(values, Distribution):
        raise SweepError(
            f"{name}: expected a list of values, got {values}; that is for sample(...)"
        )
    one_row = not isinstance(values, np.ndarray) or values.ndim == 1
    if isinstance(values, set | frozenset):
        raise SweepError(f"{name}: expected a list of values, got a set, which has no order")
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable) or not one_row:
        raise SweepError(
            f"{name}: expected a list of values, got {values!r}; for one value write "
            f"{name}=[{values!r}]"
        )
    values = [decode(encode(value, f"{name}[{i}]")) for i, value in enumerate(values)]
    if not values:
        raise SweepError(f"{name}: expected at least one value, got an empty list")
    return values


def _bounds(name: str, low: Any, high: Any, positive: bool = False) -> tuple[float, float]:
    try:
        floats = float(low), float(high)
    except (TypeError, ValueError):
        floats = math.nan, math.nan
    if not (floats[0] < floats[1] and all(map(math.isfinite, floats))):
        raise SweepError(f"{name}: expected numbers low < high, got {low!r} and {high!r}")
    if positive and floats[0] <= 0:
        raise SweepError(f"{name}: expected 0 < low, since it has a logarithm, got {low!r}")
    return floats
