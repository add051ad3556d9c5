"""What stands below the tables about captions, made of the stored runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .caption_measures import ORDERS
from .closings import Closing, Maker, Tables, _finished, _mean, _table, epoch_report

if TYPE_CHECKING:
    from .table import Row

_EVERY = 10  # steps between two lines


def loss_every_ten(experiment: str) -> Maker:
    """Make a closing: the loss every ten steps, a column for each setting, first seed.

    Args:
        experiment: the one whose rows are meant.
    """

    def closing(tables: Tables) -> Closing:
        rows = _one_each(tables[experiment])
        if not all(map(_finished, rows)):
            return Closing()
        runs = [row.runs[0] for row in rows]
        names = [_heard(run.configuration) for run in runs]
        lines = ["  ".join(["iteration", *(f"{name:>15}" for name in names)])]
        losses = [run.values["losses"] for run in runs]
        for step in range(0, len(losses[0]), _EVERY):
            lines.append("  ".join([f"{step:>9}", *(f"{one[step]:>15.4f}" for one in losses)]))
        block = "\n".join(lines)
        told = f"The loss every {_EVERY} steps, seed {runs[0].seed}: cell, and the words it knows:"
        return Closing([told, f"```text\n{block}\n```", _guessing(rows)])

    return closing


def beside_controls(experiment: str, controls: str) -> Maker:
    """Make a closing: all scores side by side, margins, beams on validation, the epochs.

    Args:
        experiment: the one with the captioner, first row, and with the one that was
            trained on shuffled pictures.
        controls: the one without a captioner.
    """

    def closing(tables: Tables) -> Closing:
        rows = _one_each(tables[experiment])
        if not rows or not all(map(_finished, rows)):
            return Closing()
        told = []
        others = tables[controls]
        if others and all(map(_finished, others)):
            told += _scores(rows[0], rows[1:], others)
        told += _beams(rows[0])
        return Closing([*told, *epoch_report(experiment)(tables).paragraphs])

    return closing


def _heard(configuration: Mapping[str, Any]) -> str:
    """A short name of what learns by heart."""
    plain = "" if configuration.get("standardised", True) else ", raw"
    return f"{configuration['cell']}, {configuration['words']}{plain}"


def _guessing(rows: Sequence[Row]) -> str:
    """What the first loss is made of, and what the nets can say in the end."""
    told, said = {}, []
    for row in rows:
        values = row.runs[0].values
        V, words = values["vocabulary"], values["words"]
        told[V] = f"{words:.2f} · ln {V:,} = {words * math.log(V):.1f}"
        by_heart = min(run.values["said_by_heart"] for run in row.runs)
        said.append(f"{_heard(row.runs[0].configuration)} {by_heart:.0%}")
    return (
        "A net that finds all words equally likely loses words of a caption · ln V: "
        f"{' and '.join(told.values())}. Captions that are then said word for word, greedily and "
        f"from the picture alone, with the worst seed: {', '.join(said)}."
    )


def _scores(row: Row, shuffled: Sequence[Row], others: Sequence[Row]) -> list[str]:
    """A table with all four BLEU scores, and how far the captioner is above the controls."""
    lines = [
        ["on the test pictures", *(f"BLEU-{n}" for n in ORDERS), "words", "different captions"],
        ["---", *["--:"] * (len(ORDERS) + 2)],
    ]
    width = row.runs[0].configuration["beam"]
    of_controls = [(row, "test_other", "its captions, of other pictures")]
    of_controls += [(one, "test", "trained on shuffled pictures, greedy") for one in shuffled]
    of_controls += [(one, "test", one.figure.what.rsplit(",", 1)[0]) for one in others]
    ours = [(row, "test", "greedy"), (row, "test_beam", f"beam of {width}")]
    for one, prefix, name in (*ours, *of_controls):
        bleu = [f"{_mean(one, f'{prefix}_bleu_{n}'):.4f}" for n in ORDERS]
        words, different = (_mean(one, f"{prefix}_{what}") for what in ("words", "different"))
        lines.append([name, *bleu, f"{words:.1f}", f"{different:.0f}"])
    return [_table(lines), _margins(row, of_controls)]


def _margins(row: Row, controls: Sequence[tuple[Row, str, str]]) -> str:
    told = []
    for n in (ORDERS[0], ORDERS[-1]):
        best = max(controls, key=lambda one: _mean(one[0], f"{one[1]}_bleu_{n}"))
        above = _mean(row, f"test_bleu_{n}") - _mean(best[0], f"{best[1]}_bleu_{n}")
        told.append(f"in BLEU-{n} {above:+.4f} from the best of them ({best[2]})")
    return f"Greedy captions beside the controls: {', '.join(told)}."


def _beams(row: Row) -> list[str]:
    """BLEU-4 on the validation pictures by width and alpha, means over the seeds."""
    found: dict[tuple[float, float], list[Mapping[str, float]]] = {}
    for run in row.runs:
        for one in run.values["beams"]:
            found.setdefault((one["width"], one["alpha"]), []).append(one)
    widths = sorted({width for width, _ in found if width})
    alphas = sorted({alpha for width, alpha in found if width})
    lines = [
        ["on the validation pictures", *(f"alpha {alpha:g}" for alpha in alphas)],
        ["---", *["--:"] * len(alphas)],
        ["greedy", *[_cell(found[0, 0.0])] * len(alphas)],
    ]
    for width in widths:
        lines.append([f"beam of {width}", *(_cell(found[width, alpha]) for alpha in alphas)])
    chosen = sorted({f"{run.values['beam_alpha']:g}" for run in row.runs})
    told = (
        "BLEU-4, and in brackets the mean number of words. A caption's log-probability is "
        "divided by its length to the power alpha before beams are compared. The beam on the "
        f"test pictures has alpha {' or '.join(chosen)}, by this table, seed for seed."
    )
    return [_table(lines), told]


def _cell(found: Sequence[Mapping[str, float]]) -> str:
    bleu, words = (np.mean([one[f"beam_{what}"] for one in found]) for what in ("bleu_4", "words"))
    return f"{bleu:.4f} ({words:.1f})"


def _one_each(rows: Sequence[Row]) -> list[Row]:
    """Of the rows that read the same runs, the first."""
    seen, first = [], []
    for row in rows:
        own = row.runs[0].configuration if row.runs else None
        if own is None or own not in seen:
            seen.append(own)
            first.append(row)
    return first
