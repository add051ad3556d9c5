"""One run as the user sees it, and how names become columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .canonical import SEED
from .outcome import FAILED, FINISHED, Outcome
from .store import Identity

NOT_RUN = "not run"
_TABLE = (SEED, "status", "seconds", "error", "why")
_SUMMARY = ("mean", "sd", "n", "failed", "missing")
_HISTORIES = ("step", "value")
RESERVED = _TABLE + _SUMMARY + _HISTORIES


@dataclass
class Run:
    """One run.

    Args:
        identity: function, configuration, seed, version and code.
        status: "finished", "failed" or "not run".
        seconds: how long the function ran; NaN if nobody measured.
        values: what the function returned, without arrays.
        error: None, or {"type", "message", "traceback"}.
        why: why it was run now, or "kept".
    """

    identity: Identity
    status: str = NOT_RUN
    seconds: float = math.nan
    values: dict[str, Any] = field(default_factory=dict)
    error: dict[str, str] | None = None
    why: str = "new"
    in_memory: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    @property
    def configuration(self) -> dict[str, Any]:
        """What it was run with, a new dictionary."""
        return self.identity.configuration.values

    @property
    def seed(self) -> int | None:
        """Its seed; None if the function takes none."""
        return self.identity.seed

    @property
    def kept(self) -> bool:
        """Whether it comes from the folder."""
        return self.why == "kept"

    @property
    def finished(self) -> bool:
        """Whether the function returned."""
        return self.status == FINISHED

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return self.status == FAILED

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do: finished or failed."""
        return self.finished or self.failed

    @property
    def message(self) -> str | None:
        """The error in one line, ``"ValueError: too large"``; None if there was none."""
        if self.error is None:
            return None
        return ": ".join(filter(None, (self.error["type"], self.error["message"].split("\n")[0])))

    def take(self, outcome: Outcome) -> None:
        """Become what an outcome says."""
        self.status, self.seconds = outcome.status, outcome.seconds
        self.values, self.error = json.loads(outcome.result), outcome.error

    def __str__(self) -> str:
        return told(self.configuration, self.seed)


def told(configuration: Mapping[str, Any], seed: int | None = None) -> str:
    """A configuration in words, ``"hidden=10, rate=0.1, seed 2"``."""
    parts = [f"{name}={value!r}" for name, value in flat(configuration)]
    return ", ".join(parts + ([] if seed is None else [f"seed {seed}"])) or "(no settings)"


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names and values, those of inner dictionaries with a dot: ``("optimizer.rule", "adam")``."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def setting_column(name: str) -> str:
    """The column of a configuration's value; the table's own names go first."""
    return f"{name} (configuration)" if name in RESERVED else name


def result_column(name: str, settings: Mapping[str, Any]) -> str:
    """The column of a result's value; configuration and the table's own names go first."""
    return f"{name} (result)" if name in RESERVED or name in settings else name


def is_number(value: Any) -> bool:
    """Whether a mean can be taken of it."""
    return isinstance(value, bool | int | float)
