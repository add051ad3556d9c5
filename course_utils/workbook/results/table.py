"""The table: made of stored runs and nothing else, so no number in it was typed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .experiment import Experiment, Figure
from .judges import ran_away
from .versions import code_version

if TYPE_CHECKING:
    from course_utils.sweep import Run

    from .closings import Closing

ABSENT, FAILED, NOT_RUN, WAITS = "data absent", "failed", "not run", "waits"
OTHER_DATA = "other data"

FIGURES = "figures"  # the folder beside the page

_HEAD = ("what", "theirs", "ours", "verdict", "seeds", "setting", "seconds")
_RIGHT = ("theirs", "ours", "seconds")
_NAMES = {"decay": "decay each epoch", "weight_decay": "L2", "hidden": "hidden units"}
_UNSAID = ("data", "test")  # the data stand below the table, and the measure says test
_TITLES = {
    "full": "# Results beside the reference",
    "quick": "# Small results: the way, not the figures",
}
_INTRODUCTIONS = {
    "full": (
        "Every figure of the reference write-ups that this workbook has reached for, measured "
        "again on the public data by `python -m course_utils results --full`. This file is made "
        "of the stored runs; change the runs, not the file."
    ),
    "quick": (
        "The same experiments on the small data that are installed. They show the effect, and "
        "are compared with nothing: the reference was measured on other data. "
        "`python -m course_utils results --full` measures the real ones."
    ),
}
_LEGEND = (
    "*theirs*: the reference, or a goal of our own where it says so. *ours*: mean over the seeds, "
    "± standard deviation. *met*: our mean is at least theirs, or for minutes and losses at most. "
    "*shown*: what theirs did, stay at guessing or diverge, ours does too; or, for a mend, it now "
    "learns. *seconds*: processor time of one run's training, or of a whole run on one core where "
    "that was not kept."
)

_EARLIER = "*Measured with an earlier state of the code.*"


@dataclass(frozen=True)
class Row:
    """One row: a figure and the runs that answer it.

    Args:
        figure: what is compared.
        verdict: a judge's word, or why there is none; "" where there is nothing to compare.
        runs: the runs, finished or not.
        failure: the first error, in one line.
    """

    figure: Figure
    verdict: str
    runs: Sequence[Run] = field(default=())
    failure: str = ""


def row_of(figure: Figure, runs: Sequence[Run], compare: bool = True) -> Row:
    """Judge a figure by its runs: it failed if one of them did, and is not run until all are.

    Args:
        figure: what is compared.
        runs: one for each seed.
        compare: False where the data are not those of the reference.
    """
    failed = [run for run in runs if run.failed]
    if failed:
        return Row(figure, FAILED, runs, failed[0].message or "")
    if not runs or not all(run.finished for run in runs):
        return Row(figure, NOT_RUN, runs)
    results = [run.values for run in runs]
    lacking = [run for run in runs if figure.measure not in run.values]
    if lacking:
        return Row(figure, FAILED, runs, f"the run gave no {figure.measure}")
    theirs = figure.theirs if compare else None
    return Row(figure, figure.judge(results, figure.measure, theirs), runs)


def page(
    profile: str,
    tables: Sequence[tuple[Experiment, Sequence[Row]]],
    closings: Mapping[str, Closing] | None = None,
    before: str = "",
) -> str:
    """The whole file, as Markdown.

    Args:
        profile: "full" or "quick".
        tables: experiments and their rows, in order.
        closings: by the name of an experiment, what stands below its rows.
        before: the file as it was. Of an experiment that has no finished run here, its
            section stays: the runs may be on another computer.
    """
    parts = [_TITLES[profile], _INTRODUCTIONS[profile], _LEGEND]
    known = _sections(before)
    for experiment, rows in tables:
        if not rows:
            continue
        code = f"Code: {code_version(tuple(experiment.code))}."
        if not _finished(rows) and experiment.title in known:
            parts += _kept(known[experiment.title], code)
            continue
        common = _common(rows)
        parts += [f"## {experiment.title}", _table(rows, profile, common)]
        parts += [f"All rows: {told}."] if (told := _setting(common)) else []
        parts += [experiment.note] if experiment.note and profile == "full" else []
        if closings and experiment.name in closings:
            parts += _closing(closings[experiment.name])
        parts += [*_data(rows), code]
    parts += _made([row for _, rows in tables for row in rows])
    return "\n\n".join(parts) + "\n"


def _kept(section: str, code: str) -> list[str]:
    """A section as it was, and whether the code has changed since."""
    stays = code in section.splitlines() or _EARLIER in section
    return [section] if stays else [section, _EARLIER]


def _sections(text: str) -> dict[str, str]:
    """The parts of a file under a heading of the second order, by that heading."""
    parts = re.split(r"(?m)^## ", text)[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}" for part in parts}


def _finished(rows: Sequence[Row]) -> list[Run]:
    return [run for row in rows for run in row.runs if run.finished]


def _closing(closing: Closing) -> list[str]:
    picture = []
    if closing.picture is not None:
        alt = closing.picture.alt.replace("[", "(").replace("]", ")").replace("\n", " ")
        picture = [f"![{alt}]({FIGURES}/{closing.file})"]
    return [*closing.paragraphs, *picture]


def _common(rows: Sequence[Row]) -> dict[str, Any]:
    """Settings that all rows share, so that each shows only what is its own."""
    given = [row.runs[0].configuration for row in rows if row.runs]
    if len(given) < 2:
        return {}
    shared = set.intersection(
        *({(name, repr(value)) for name, value in one.items()} for one in given)
    )
    return {name: value for name, value in given[0].items() if (name, repr(value)) in shared}


def _table(rows: Sequence[Row], profile: str, common: Mapping[str, Any]) -> str:
    rules = ["--:" if name in _RIGHT else "---" for name in _HEAD]
    lines = [_HEAD, rules, *(_cells(row, profile, common) for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _cells(row: Row, profile: str, common: Mapping[str, Any]) -> list[str]:
    figure = row.figure
    theirs = ", ".join(filter(None, [_number(figure.theirs), figure.said])) or "–"
    verdict = row.verdict
    if verdict == FAILED:
        verdict = f"{FAILED}: {row.failure}"
    elif not verdict:
        verdict = "–" if profile == "full" else OTHER_DATA
    finished = [run for run in row.runs if run.finished]
    seeds = f"{len(finished)} of {len(row.runs)}" if len(finished) < len(row.runs) else None
    own = row.runs[0].configuration.items() if row.runs else ()
    setting = _setting({name: value for name, value in own if name not in common}) or "–"
    cells = [
        f"{figure.source} {figure.what}", theirs, _ours(row), verdict,
        seeds or str(len(finished) or "–"), setting, _seconds(finished),
    ]  # fmt: skip
    return [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]


def _ours(row: Row) -> str:
    """Mean and spread of what finished; and that it diverged, which the number does not tell."""
    results = [run.values for run in row.runs if run.finished]
    numbers = [result[row.figure.measure] for result in results if row.figure.measure in result]
    if not numbers:
        return "–"
    told = _number(float(np.mean(numbers)))
    if len(numbers) > 1:
        told += f" ± {np.std(numbers, ddof=1):.4f}"
    away = sum(ran_away(result) for result in results)
    return told + (f", diverged {away} of {len(results)} times" if away else "")


def _setting(configuration: Mapping[str, Any]) -> str:
    told = []
    for name, value in configuration.items():
        if name not in _UNSAID:
            told.append(f"{_NAMES.get(name, name.replace('_', ' '))} {_value(value)}")
    return ", ".join(told)


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "-".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _seconds(runs: Sequence[Run]) -> str:
    times = [time for time in map(_time, runs) if math.isfinite(time)]
    return f"{np.mean(times):.1f}" if times else "–"


def _time(run: Run) -> float:
    """Processor time, which does not tell what else the computer did; else the run's seconds."""
    if "cpu_minutes" in run.values:
        return 60 * run.values["cpu_minutes"]
    return run.values.get("cpu_seconds", run.seconds)


def _data(rows: Sequence[Row]) -> list[str]:
    """Which data, as the runs kept it."""
    values = [run.values for run in _finished(rows)]
    data = dict.fromkeys(str(one["data"]) for one in values if "data" in one)
    return [f"Data: {'; '.join(data)}."] if data else []


def _made(rows: Sequence[Row]) -> list[str]:
    """Versions and computers, as the runs kept them."""
    values = [run.values for run in _finished(rows)]
    # A run that comes from its file has its names in another order.
    made = dict.fromkeys(
        ", ".join(f"{name} {said}" for name, said in sorted(one["made_with"].items()))
        for one in values
        if "made_with" in one
    )
    return ["## Made with", *made] if made else []
