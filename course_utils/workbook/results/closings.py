"""What stands below a table besides its note: made of the same stored runs, no number typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from course_utils.nn.history import History

from .diagnosis import fate
from .judges import NOTHING_LEARNT

if TYPE_CHECKING:
    from course_utils.show.picture import Picture

    from .table import Row

Tables = Mapping[str, "Sequence[Row]"]  # by the name of the experiment


@dataclass(frozen=True)
class Closing:
    """Paragraphs, and at the end a picture, if there is one.

    Args:
        paragraphs: in Markdown.
        picture: what is to be seen.
        file: its name, without a folder, such as "curves.png".
    """

    paragraphs: Sequence[str] = ()
    picture: Picture | None = None
    file: str = ""


Maker = Callable[[Tables], Closing]


def epoch_report(experiment: str) -> Maker:
    """Make a closing: what the first row's first run reports, a line for each epoch.

    Args:
        experiment: the one whose rows are meant.
    """

    def closing(tables: Tables) -> Closing:
        row = tables[experiment][0]
        if not _finished(row):
            return Closing()
        run = row.runs[0]
        told = f"Epoch by epoch, seed {run.seed}; row 0 is before the first step:"
        return Closing([told, f"```text\n{History.from_dict(run.values['history']).table()}\n```"])

    return closing


def first_signal(experiment: str, measured: Sequence[int]) -> Maker:
    """Make a closing: how much of a signal some rows have before their first step.

    Args:
        experiment: the one whose rows are meant.
        measured: which of its rows.
    """

    def closing(tables: Tables) -> Closing:
        rows = [tables[experiment][i] for i in measured]
        if not all(map(_finished, rows)):
            return Closing()
        # A stored run has its names in another order.
        names = sorted(rows[0].runs[0].values["first_step"], key=_from_the_end)
        head = ["before the first step", *(_signal_name(name) for name in names)]
        lines = [head, ["---", *["--:"] * len(names)]]
        for row in rows:
            sizes = [run.values["first_step"] for run in row.runs]
            means = [float(np.mean([one[name] for one in sizes])) for name in names]
            lines.append([row.figure.what.rsplit(",", 1)[0], *(f"{mean:.1e}" for mean in means)])
        told = (
            "Root mean squares on a hundred digits: of the logits, each less the mean of its "
            "digit's ten, and of the gradient in the weights of each layer."
        )
        return Closing([_table(lines), told])

    return closing


def side_by_side(pairs: Sequence[tuple[str, str]], file: str) -> Maker:
    """Make a closing: the same rows from scratch and in PyTorch, and the curves of all.

    Rows are matched by their settings; what has no partner is left out.

    Args:
        pairs: (experiment in NumPy, experiment in PyTorch).
        file: name of the picture.
    """

    def closing(tables: Tables) -> Closing:
        matched = [pair for names in pairs for pair in _matched(*(tables[name] for name in names))]
        if not matched or not all(_finished(row) for pair in matched for row in pair):
            return Closing()
        return Closing(
            [_comparison(matched), _ratio_in_words(matched)], _curves([a for a, _ in matched]), file
        )

    return closing


def _comparison(matched: Sequence[tuple[Row, Row]]) -> str:
    lines = [
        ["test accuracy, processor seconds", "NumPy", "PyTorch", "NumPy, s", "PyTorch, s",
         "NumPy / PyTorch", "what became of it"],
        ["---", "--:", "--:", "--:", "--:", "--:", "---"],
    ]  # fmt: skip
    for pair in matched:
        accuracies = [f"{_mean(row, 'test_accuracy'):.4f}" for row in pair]
        seconds = [_mean(row, "cpu_seconds") for row in pair]
        lines.append(
            [_name(pair[0]), *accuracies, *(f"{s:.1f}" for s in seconds),
             f"{seconds[0] / seconds[1]:.2f}", fate(pair[0].runs[0].values)]
        )  # fmt: skip
    return _table(lines)


def _ratio_in_words(matched: Sequence[tuple[Row, Row]]) -> str:
    """The geometric mean of the ratios, for fully connected and for convolutional nets."""
    ratios: dict[str, list[float]] = {}
    for ours, framework in matched:
        kind = "convolutional" if "filters" in ours.runs[0].configuration else "fully connected"
        ratio = _mean(ours, "cpu_seconds") / _mean(framework, "cpu_seconds")
        ratios.setdefault(kind, []).append(ratio)
    told = [
        f"{kind} nets take {np.exp(np.mean(np.log(found))):.2f} times as long"
        for kind, found in ratios.items()
    ]
    pairs = [[_mean(row, "test_accuracy") for row in pair] for pair in matched]
    # What has not learnt ends at any one class.
    apart = max((abs(a - b) for a, b in pairs if min(a, b) > NOTHING_LEARNT), default=0.0)
    return (
        f"From scratch in NumPy, {' and '.join(told)} as in PyTorch (geometric mean, processor "
        "seconds of training with its measuring, one thread each). Where a net learns, the mean "
        f"test accuracies of both lie at most {apart:.4f} apart: same first weights, same "
        "batches, and sums in another order."
    )


def _curves(rows: Sequence[Row]) -> Picture:
    from course_utils.show import curve_grid

    histories, notes = {}, {}
    for row in rows:
        model, setting, *more = _name(row).split(", ")
        name, values = f"{model}, {setting}", row.runs[0].values
        histories[name] = History.from_dict(values["history"])
        notes[name] = ": ".join([*more, fate(values)])
    title = f"{len(rows)} runs in NumPy, seed {rows[0].runs[0].seed}"
    return curve_grid(histories, notes=notes, columns=3, title=title)


def _matched(ours: Sequence[Row], framework: Sequence[Row]) -> list[tuple[Row, Row]]:
    settings = [_setting(row) for row in framework]
    return [
        _same_seeds(row, framework[settings.index(_setting(row))])
        for row in ours
        if row.runs and _setting(row) in settings
    ]


def _same_seeds(*rows: Row) -> tuple[Row, ...]:
    """The rows with only those runs that each of them has."""
    common = set.intersection(*({run.seed for run in row.runs} for row in rows))
    return tuple(replace(row, runs=[run for run in row.runs if run.seed in common]) for row in rows)


def _setting(row: Row) -> dict | None:
    """What both sides are told; only one of them is told whether to look at the test."""
    if not row.runs:
        return None
    return {name: value for name, value in row.runs[0].configuration.items() if name != "test"}


def _name(row: Row) -> str:
    return row.figure.what.removesuffix(", test accuracy")


def _mean(row: Row, measure: str) -> float:
    return float(np.mean([run.values[measure] for run in row.runs]))


def _finished(row: Row) -> bool:
    return bool(row.runs) and all(run.finished for run in row.runs)


def _from_the_end(name: str) -> tuple[bool, int]:
    """Sorts the logits first, then the layers on the way back."""
    return name != "logits", -int("0" + "".join(filter(str.isdigit, name)))


def _signal_name(name: str) -> str:
    return name if name == "logits" else f"gradient in {name}"


def _table(lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
