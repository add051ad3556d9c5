"""A picture of a gradient check: which entries of an array are wrong, and by how much."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.show.cells import frame
from course_utils.show.picture import Picture
from course_utils.show.style import BLACK, GREY, VERMILION, new_figure, styled
from course_utils.words import listed, number

_UNSEEN, _FEW = "not looked at", 3


def heat_map(report: Any, key: str) -> Picture:
    """Draw |gradient − slope| of one array, entry by entry.

    Arrays of more than two axes are drawn as rows along the last one. Wrong
    entries have a frame, those set aside are hatched, those that the check did
    not look at stay empty.

    Args:
        report: from `course_utils.checking.gradient_check`.
        key: name of the array, ``"dW"``.

    Returns:
        The picture; its words say how many entries are wrong, and where.

    Raises:
        ValueError: the report has no entries under this name.
    """
    entries = report.entries.get(key)
    if entries is None:
        known = listed(list(report.entries)) or "none (directions have no place in an array)"
        raise ValueError(f"heat_map: {key!r} was not measured entry by entry; there are: {known}")
    error, state = _as_table(entries)
    rows, columns = error.shape
    with styled():
        figure = new_figure(min(8.0, 2.2 + 0.35 * columns), min(6.0, 1.3 + 0.3 * rows))
        axes = figure.subplots()
        shown = np.ma.masked_where((state == _UNSEEN) | (state == "aside"), error)
        top = float(shown.max()) if shown.count() and shown.max() > 0 else 1.0
        drawn = axes.imshow(shown, cmap="Oranges", vmin=0, vmax=top, aspect="auto")
        _mark(axes, state)
        axes.set(title=f"{key}: |gradient − slope|", xlabel=_name_of_columns(entries.shape))
        if len(entries.shape) == 2:
            axes.set_ylabel("row")
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.yaxis.get_major_locator().set_params(integer=True)
        if len(entries.shape) < 2:
            axes.set_yticks([])
        figure.colorbar(drawn, ax=axes, label="|gradient − slope|")
    return Picture(figure, _words(key, entries, error, state))


def _as_table(entries) -> tuple[np.ndarray, np.ndarray]:
    """Errors and states as tables: a vector is one row, more axes run along the last."""
    columns = entries.shape[-1] if entries.shape else 1
    size = int(np.prod(entries.shape))
    error, state = np.zeros(size), np.full(size, _UNSEEN, dtype=object)
    error[entries.flat] = np.abs(entries.gradient - entries.slope)
    state[entries.flat] = entries.state
    return error.reshape(-1, columns), state.reshape(-1, columns)


def _mark(axes, state: np.ndarray) -> None:
    for row, column in zip(*np.nonzero(state == "aside"), strict=True):
        frame(axes, row, column, hatch="////", edgecolor=GREY, linewidth=0)
    for row, column in zip(*np.nonzero(state == "wrong"), strict=True):
        frame(axes, row, column, edgecolor=VERMILION if state.size > 400 else BLACK, linewidth=1)


def _name_of_columns(shape: tuple[int, ...]) -> str:
    return "entry" if len(shape) < 2 else "column" if len(shape) == 2 else "last axis"


def _words(key: str, entries, error: np.ndarray, state: np.ndarray) -> str:
    """What the picture shows: how many are wrong, where, the worst, and what is left out."""
    wrong, asked = state == "wrong", state != _UNSEEN
    compared = int(asked.sum() - (state == "aside").sum())
    told = f"{key}, |gradient − slope| entry by entry: "
    if wrong.any():
        worst = np.unravel_index(int(np.where(wrong, error, -1).argmax()), error.shape)
        flat = int(np.ravel_multi_index(worst, error.shape))
        index = [int(i) for i in np.unravel_index(flat, entries.shape)]
        place = _place(wrong, asked, entries.shape)
        told += (
            f"{int(wrong.sum())} of {compared} entries are wrong{place}; "
            f"the most, by {number(error[worst])}, at {index}."
        )
    else:
        told += f"none of {compared} entries is wrong."
    if aside := int((state == "aside").sum()):
        told += f" {aside} set aside at a kink (hatched)."
    if unseen := int((~asked).sum()):
        told += f" {unseen} others were not looked at (empty)."
    return told


def _place(wrong: np.ndarray, asked: np.ndarray, shape: tuple[int, ...]) -> str:
    """``", all in column 2"``, if that says it."""
    if wrong.sum() == asked.sum() > 1:
        return ", every one"
    if len(shape) == 1 or wrong.sum() < 2:
        return ""
    row, column = ("row", "column") if len(shape) == 2 else ("block", "last index")
    for axis, name in ((1, column), (0, row)):
        lines = [int(i) for i in np.flatnonzero(wrong.any(axis=1 - axis))]
        if len(lines) <= _FEW and len(lines) < wrong.shape[axis] / 2:
            return f", all in {name}{'' if len(lines) == 1 else 's'} {listed(lines)}"
    return f", in no single {row} or {column}"
