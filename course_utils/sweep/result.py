"""What a sweep gives: every run with its numbers, as a table and as means over the seeds."""

from __future__ import annotations

import collections
import contextlib
import html
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from .canonical import SEED, Configuration
from .errors import SweepError
from .run import NOT_RUN, Run, flat, is_number, result_column, setting_column
from .store import DamagedError, Store

if TYPE_CHECKING:
    import pandas as pd

_MODES = {"max": -1, "min": 1}
_SCALARS = (type(None), bool, int, float, str)
_SHOWN = 3  # kinds of error that a result lists by itself


class SweepResult:
    """All runs of a sweep, those that failed too.

    Args:
        runs: in the order of the configurations, the seeds of each together.
        store: where arrays are; None if nothing was stored.
        notes: sentences about what happened on the way.
        unseen: {name: type} of what the function uses and whose changes nobody notices.
    """

    def __init__(
        self, runs: list[Run], store: Store | None, notes: list[str], unseen: dict[str, str]
    ) -> None:
        self.runs, self.notes = runs, notes
        self._store, self._unseen = store, unseen

    @property
    def complete(self) -> bool:
        """Whether every run has finished."""
        return all(run.finished for run in self.runs)

    @property
    def table(self) -> pd.DataFrame:
        """One row for each run.

        The columns are the configuration, ``seed``, ``status``, ``seconds``, each number or text
        that the function returned, ``error`` and ``why`` (it was run now, or "kept"). Inner
        dictionaries are written with a dot, ``optimizer.rule``. A name that stands twice gets
        "(configuration)" or "(result)" behind it.
        """
        settings = self._settings(self.runs)
        values = {}
        for row, run in enumerate(self.runs):
            for name, value in flat(run.values):
                if isinstance(value, _SCALARS):
                    label = result_column(name, settings)
                    values.setdefault(label, [None] * len(self.runs))[row] = value
        own = {
            SEED: [run.seed for run in self.runs],
            "status": [run.status for run in self.runs],
            "seconds": [run.seconds for run in self.runs],
        }
        last = {
            "error": [run.message for run in self.runs],
            "why": [run.why for run in self.runs],
        }
        return _frame(settings | own | values | last)

    def summary(self, value: str, mode: str = "max") -> pd.DataFrame:
        """Mean and standard deviation of a number over the seeds, best configuration first.

        Args:
            value: the number's name, ``"validation_accuracy"``.
            mode: "max" if large is good, "min" if small is.

        Returns:
            A row for each configuration: its values, ``mean``, ``sd`` (with n - 1; NaN for one
            run), ``n`` runs the mean is taken of, ``failed`` runs, and runs that are ``missing``,
            not run or without the number. Configurations that lack runs come after those that
            have all, those without a mean last; equal ones keep their order. If a run gave NaN,
            so is the mean.

        Raises:
            SweepError: no run has such a number.
        """
        rows = self._ranking(value, mode)
        settings = self._settings([runs[0] for runs, _ in rows])
        names = ("mean", "sd", "n", "failed", "missing")
        return _frame(settings | {name: [row[name] for _, row in rows] for name in names})

    def best(self, value: str, mode: str = "max") -> dict[str, Any]:
        """The configuration with the best mean over the seeds.

        Args:
            value: the number's name.
            mode: "max" if large is good, "min" if small is.

        Returns:
            The configuration; the earlier one if two are equal.

        Raises:
            SweepError: no such number, or no configuration whose runs all have it.
        """
        runs, row = self._ranking(value, mode)[0]
        if row["n"] < len(runs) or math.isnan(row["mean"]):
            raise SweepError(
                f"best: expected a configuration all of whose runs have a number {value!r}, got "
                f"none; {self._counts()}. summary({value!r}) shows what there is"
            )
        return runs[0].configuration

    def histories(self, name: str) -> pd.DataFrame:
        """A list that the function returned, such as the loss of each epoch.

        Args:
            name: its name, with dots for inner dictionaries: ``"history.train_loss"``.

        Returns:
            A row for each entry: the configuration, ``seed``, ``step`` from 0 on, ``value``.

        Raises:
            SweepError: no run has such a list of numbers.
        """
        found = [(run, _numbers(dict(flat(run.values)).get(name))) for run in self.runs]
        found = [(run, numbers) for run, numbers in found if numbers]
        if not found:
            known = self._names(lambda value: bool(_numbers(value)))
            raise SweepError(
                f"histories: expected a list of numbers that the function returned, got {name!r}; "
                f"there is {_listed(known)}"
            )
        columns = self._settings([run for run, _ in found])
        columns[SEED] = [run.seed for run, _ in found]
        columns = {
            label: [value for value, (_, row) in zip(values, found, strict=True) for _ in row]
            for label, values in columns.items()
        }
        columns["step"] = [step for _, row in found for step in range(len(row))]
        columns["value"] = [float(value) for _, row in found for value in row]
        return _frame(columns)

    def arrays(self, row: int) -> dict[str, np.ndarray]:
        """The arrays that one run returned.

        Args:
            row: its row in `table`.

        Returns:
            {name: array}.

        Raises:
            SweepError: they were damaged since.
        """
        run = self.runs[row]
        if self._store is None or not run.finished:
            return run.in_memory
        try:
            return self._store.read_arrays(run.identity)
        except DamagedError as error:
            raise SweepError(
                f"arrays: the file of {run} {error}; run the same sweep again to mend it"
            ) from error

    def errors(self) -> str:
        """Each different error once: how often, the first run that had it, and its traceback."""
        parts = []
        for message, runs in self._errors().items():
            trace = runs[0].error["traceback"]
            parts.append(f"{len(runs)} × {message}\nfirst: {runs[0]}\n{trace}".rstrip())
        return "\n\n".join(parts) or "no run failed"

    def explain(self) -> str:
        """Why each run was done now or kept, and what nobody notices if it changes."""
        reasons = collections.Counter(run.why for run in self.runs)
        lines = [f"{count} × {why}" for why, count in reasons.most_common()]
        if self._unseen:
            unseen = ", ".join(f"{name} ({kind})" for name, kind in sorted(self._unseen.items()))
            lines.append(f"Changes in these are not noticed; give another version then: {unseen}")
        return "\n".join(lines)

    def __len__(self) -> int:
        return len(self.runs)

    def __repr__(self) -> str:
        lines = [self._counts()]
        errors = self._errors()
        for message, runs in list(errors.items())[:_SHOWN]:
            lines.append(f"{len(runs)} × {message} (first: {runs[0]})")
        if len(errors) > _SHOWN:
            lines.append(f"and {len(errors) - _SHOWN} other errors")
        lines += ["errors() shows where"] if errors else []
        if numbers := self._names(is_number):
            lines.append(f"numbers: {', '.join(numbers)}; see .table and .summary({numbers[0]!r})")
        return "\n".join(lines + self.notes)

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self)).replace(chr(10), '<br>')}</p>"

    def _counts(self) -> str:
        by_status = collections.Counter(run.status for run in self.runs)
        name = self.runs[0].identity.function.rpartition(".")[2]
        counts = ", ".join(f"{count} {status}" for status, count in sorted(
            by_status.items(), key=lambda item: ("finished", "failed", NOT_RUN).index(item[0])
        ))  # fmt: skip
        return f"{len(self.runs)} runs of {name}: {counts}"

    def _errors(self) -> dict[str, list[Run]]:
        errors: dict[str, list[Run]] = {}
        for run in self.runs:
            if run.failed:
                errors.setdefault(str(run.message), []).append(run)
        return errors

    def _names(self, wanted) -> list[str]:
        names = (n for run in self.runs for n, value in flat(run.values) if wanted(value))
        return list(dict.fromkeys(names))

    def _settings(self, runs: Iterable[Run]) -> dict[str, list[Any]]:
        """Columns of the configurations of some runs, in the order in which names first appear."""
        rows = [dict(flat(run.configuration)) for run in runs]
        names = dict.fromkeys(name for row in rows for name in row)
        return {setting_column(name): [row.get(name) for row in rows] for name in names}

    def _ranking(self, value: str, mode: str) -> list[tuple[list[Run], dict[str, Any]]]:
        """The runs of each configuration and their mean, best first."""
        if mode not in _MODES:
            raise SweepError(f"mode: expected 'max' or 'min', got {mode!r}")
        name = value.removesuffix(" (result)")
        groups: dict[Configuration, list[Run]] = {}
        for run in self.runs:
            groups.setdefault(run.identity.configuration, []).append(run)
        rows = [(runs, _moments(runs, name)) for runs in groups.values()]
        if not any(row["n"] for _, row in rows):
            raise SweepError(
                f"value: expected a number that the function returned, got {value!r}; there is "
                f"{_listed(self._names(is_number))}. {self._counts()}"
            )

        def place(item: tuple[list[Run], dict[str, Any]]) -> tuple:
            runs, row = item
            if math.isnan(row["mean"]):
                return (2, 0.0)
            return (int(row["n"] < len(runs)), _MODES[mode] * row["mean"])

        return sorted(rows, key=place)


def _moments(runs: list[Run], name: str) -> dict[str, Any]:
    """Mean, standard deviation and counts of one number over some runs."""
    found = [dict(flat(run.values)).get(name) for run in runs]
    numbers = [float(value) for value in found if is_number(value)]
    failed = sum(run.failed for run in runs)
    return {
        "mean": float(np.mean(numbers)) if numbers else math.nan,
        "sd": float(np.std(numbers, ddof=1)) if len(numbers) > 1 else math.nan,
        "n": len(numbers),
        "failed": failed,
        "missing": len(runs) - len(numbers) - failed,
    }


def _numbers(value: Any) -> list[float]:
    """The value if it is a list of numbers, else an empty list."""
    return value if isinstance(value, list) and all(map(is_number, value)) else []


def _listed(names: list[str]) -> str:
    return ", ".join(names) or "none"


def _frame(columns: dict[str, Iterable[Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: _column(list(values)) for name, values in columns.items()})


def _column(values: list[Any]) -> pd.Series:
    """A column; where a value is missing, whole numbers stay whole (10, not 10.0)."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    column = pd.Series(values, dtype=object)
    if None in values and kinds:
        kind = "Int64" if kinds == {int} else "boolean" if kinds == {bool} else None
        kind = "float64" if float in kinds <= {int, float} else kind
        with contextlib.suppress(OverflowError):  # larger than 64 bits
            return column.astype(kind) if kind else column
    return column.infer_objects()
