"""The confusion matrix as an HTML table whose cells choose pictures."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np

from course_utils.show.scores.summary import ScoreSummary
from course_utils.show.wording import counted, percent

LARGEST = 30  # classes of a table; of more, the most frequent confusions are listed
_LISTED = 30


def matrix_html(summary: ScoreSummary) -> str:
    """A table, or of more than 30 classes a list of the most frequent confusions.

    Args:
        summary: of the scores.
    """
    names = [html.escape(name) for name in summary.class_names]
    table = summary.matrix
    if len(names) > LARGEST:
        return f"<ul class=pairs>{''.join(_pairs(table, names))}</ul>"
    head = "".join(f"<th scope=col><span>{name}</span></th>" for name in names)
    rows = "".join(_row(table, names, label) for label in range(len(names)))
    return (
        "<div class=wide><table><caption>Rows are labels, columns are answers.</caption>"
        f"<thead><tr><td></td>{head}<th scope=col>right</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(table: np.ndarray, names: list[str], label: int) -> str:
    errors = np.where(np.eye(len(table), dtype=bool), 0, table)
    most = max(1, int(errors.max()))
    cells = "".join(
        f"<td{_tint(label == answer, errors[label, answer] / most)}>"
        f"{_button(int(table[label, answer]), names, label, answer)}</td>"
        for answer in range(len(names))
    )
    total = int(table[label].sum())
    share = percent(table[label, label] / total) if total else "–"
    return f"<tr><th scope=row>{names[label]}</th>{cells}<td>{share}</td></tr>"


def _tint(right: bool, share: float) -> str:
    return " class=d" if right else f' style="--t:{100 * share:.0f}%"' if share else ""


def _button(count: int, names: list[str], label: int, answer: int) -> str:
    """Without JavaScript a number in a button that does nothing; the script enables it."""
    if not count:
        return "0"
    told = f"label {names[label]}, answer {names[answer]}: {counted(count, 'picture')}"
    return (
        f'<button type=button disabled data-label={label} data-answer={answer} aria-label="{told}">'
        f"{count}</button>"
    )


def _pairs(table: np.ndarray, names: list[str]) -> Iterator[str]:
    errors = np.where(np.eye(len(table), dtype=bool), 0, table)
    for k in np.argsort(-errors, axis=None, kind="stable")[:_LISTED]:
        label, answer = divmod(int(k), len(table))
        if errors[label, answer]:
            button = _button(int(errors[label, answer]), names, label, answer)
            yield f"<li>{names[label]} taken for {names[answer]}: {button}</li>"
