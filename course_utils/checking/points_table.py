"""The table of exercises with their state and points."""

from __future__ import annotations

import html

from course_utils.checking.exercises import Exercise
from course_utils.checking.verdict import Verdict


class Progress:
    """The table that `progress` shows."""

    def __init__(self, rows: list[tuple[Exercise, Verdict | None]]) -> None:
        self.rows = rows

    @property
    def earned(self) -> float:
        """Points earned so far."""
        return sum(v.earned for _, v in self.rows if v)

    @property
    def possible(self) -> float:
        """Points there are."""
        return sum(e.points for e, _ in self.rows)

    def _cells(self):
        signs = {"right": "✓ right", "wrong": "✗ not yet", "open": "○ open"}
        for asked, verdict in self.rows:
            state = signs[verdict.status] if verdict else "○ open"
            earned = verdict.earned if verdict else 0.0
            yield asked.id, asked.name, state, f"{earned:.1f} / {asked.points:g}"

    def __repr__(self) -> str:
        lines = [
            f"{i:<5} {name:<34} {state:<10} {worth:>9}" for i, name, state, worth in self._cells()
        ]
        return "\n".join([*lines, f"{self.earned:.1f} of {self.possible:g} points"])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(f'<td style="text-align:left">{html.escape(c)}</td>' for c in row)
            + "</tr>"
            for row in self._cells()
        )
        head = "".join(
            f'<th scope="col" style="text-align:left">{name}</th>'
            for name in ("exercise", "function", "state", "points")
        )
        return (
            f"<table><caption>{self.earned:.1f} of {self.possible:g} points</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
