"""The command: measure what is missing, keep what is there, and write the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course_utils.data import DataError
from course_utils.data.places import no_downloads
from course_utils.workbook.project import BUILD, ROOT, WorkbookError, shown, write_text
from course_utils.workbook.terminal import say

from . import versions
from .experiment import Experiment, Figure
from .table import ABSENT, FAILED, FIGURES, NOT_RUN, WAITS, Row, page, row_of

if TYPE_CHECKING:
    from course_utils.sweep import SweepResult

_STORED = ("*.json", "*.npz", "*.json.damaged")  # what a sweep leaves in its folder


@dataclass(frozen=True)
class Order:
    """What was asked for.

    Args:
        profile: "full" for the public data sets, "quick" for the small ones.
        only: sources such as "R2" or beginnings of names; all experiments if empty.
        fresh: forget the runs of the chosen experiments first.
        retry: run again what failed before.
        jobs: runs at once.
        folder: where runs are kept; build/results if None.
        page: the file to write; by default RESULTS.md, or for the quick profile one in build/.
    """

    profile: str = "quick"
    only: Sequence[str] = ()
    fresh: bool = False
    retry: bool = False
    jobs: int = 1
    folder: Path | None = None
    page: Path | None = None

    @property
    def runs(self) -> Path:
        """The folder of this profile's runs."""
        return (self.folder or BUILD / "results") / self.profile

    @property
    def target(self) -> Path:
        """The file with the table."""
        default = ROOT / "RESULTS.md" if self.profile == "full" else BUILD / "RESULTS-quick.md"
        return self.page or default


def results(order: Order, experiments: Sequence[Experiment] | None = None) -> int:
    """Measure what was asked for, and write the table of everything that is stored.

    Sections of the file that no stored run answers stay as they are.

    Args:
        order: what to do.
        experiments: all of the registry if None.

    Returns:
        0, or 1 if a chosen row is not met, failed, or lacks its data.

    Raises:
        WorkbookError: a word of `only` that fits nothing, or a folder that cannot be used.
        KeyboardInterrupt: stopped by hand; what had finished is kept, and in the table.
    """
    from course_utils.sweep import SweepError, SweepInterrupted

    if experiments is None:
        from .registry import EXPERIMENTS as experiments  # noqa: N811 - the default, not a rename
    chosen = _chosen(order.only, experiments)
    measured: dict[str, SweepResult] = {}
    rows: dict[str, list[Row]] = {}
    stopped = None
    for experiment in experiments:
        wanted = experiment in chosen and stopped is None
        try:
            rows[experiment.name] = _experiment(experiment, order, wanted, measured)
        except SweepInterrupted as interrupted:
            stopped = interrupted
            rows[experiment.name] = _experiment(experiment, order, False, measured)
        except SweepError as error:
            raise WorkbookError(f"{experiment.name}: {error}") from error
    closings = {
        one.name: one.closing(rows) for one in experiments if one.closing and rows[one.name]
    }
    for closing in closings.values():
        if closing.picture is not None:
            figure = order.target.parent / FIGURES / closing.file
            figure.parent.mkdir(parents=True, exist_ok=True)
            figure.write_bytes(closing.picture.png)
    tables = [(one, rows[one.name]) for one in experiments]
    before = order.target.read_text("utf-8") if order.target.is_file() else ""
    write_text(order.target, page(order.profile, tables, closings, before))
    say(f"The table is in {shown(order.target)}, the runs are in {shown(order.runs)}.")
    if stopped is not None:
        raise stopped
    return _status([row for one in chosen for row in rows[one.name]])


def _chosen(only: Sequence[str], experiments: Sequence[Experiment]) -> list[Experiment]:
    for word in only:
        if not any(one.chosen_by([word]) for one in experiments):
            sources = sorted({figure.source for one in experiments for figure in one.figures})
            names = ", ".join([*sources, *(one.name for one in experiments)])
            raise WorkbookError(f"--only {word}: expected one of {names}")
    return [one for one in experiments if one.chosen_by(only)]


def _experiment(
    experiment: Experiment, order: Order, wanted: bool, measured: dict[str, Any]
) -> list[Row]:
    """Run one experiment, or only look at what is there; gives its rows."""
    figures = [one for one in experiment.figures if one.belongs_to(order.profile)]
    settings = [one.settings(order.profile, measured) for one in figures]
    known = list(_different(settings))
    absent, result = "", None
    if known:
        try:
            result = _runs(experiment, order, known, wanted)
            measured[experiment.name] = result
        except DataError as error:
            absent = str(error)
            if wanted:
                say(f"{experiment.title}: the data are absent.\n{absent}\n")
    rows = [
        _row(figure, one, result, absent, compare=order.profile == "full")
        for figure, one in zip(figures, settings, strict=True)
    ]
    if wanted:
        say(f"{experiment.title}: {_counted(rows)}")
        for row in rows:
            if row.verdict == FAILED:
                say(f"  {row.figure.what}: {row.failure}")
    return rows


def _runs(
    experiment: Experiment, order: Order, settings: list[Mapping[str, Any]], wanted: bool
) -> SweepResult:
    """Find the runs that are stored, and do the others if they are wanted."""
    from course_utils.sweep import sweep

    folder = order.runs / experiment.name
    names = {one["data"] for one in settings}
    if wanted:
        version = versions.version(names, experiment.code)
        if order.fresh:
            _forget(folder)
        say(f"{experiment.title} ...")
    else:
        with no_downloads():
            version = versions.version(names, experiment.code)
    return sweep(
        experiment.function, settings, seeds=experiment.seeds[order.profile], folder=folder,
        version=version, jobs=order.jobs, run=wanted, retry_failed=wanted and order.retry,
    )  # fmt: skip


def _forget(folder: Path) -> None:
    for pattern in _STORED:
        for file in folder.glob(pattern):
            file.unlink()


def _different(settings: Sequence[Mapping[str, Any] | None]) -> Iterator[Mapping[str, Any]]:
    """Settings that are known, each once: two rows may read one run."""
    seen = []
    for one in settings:
        if one is not None and one not in seen:
            seen.append(one)
            yield one


def _row(
    figure: Figure, settings: Mapping[str, Any] | None, result: SweepResult | None, absent: str,
    *, compare: bool,
) -> Row:  # fmt: skip
    if absent:
        return Row(figure, ABSENT)
    if settings is None or result is None:
        return Row(figure, WAITS)
    return row_of(figure, [run for run in result.runs if run.configuration == settings], compare)


def _counted(rows: Sequence[Row]) -> str:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.verdict or "measured"] = counts.get(row.verdict or "measured", 0) + 1
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items())


def _status(rows: Sequence[Row]) -> int:
    wrong = ("not met", "not shown", FAILED, ABSENT, NOT_RUN, WAITS)
    return int(any(row.verdict in wrong for row in rows))
