"""What a judge says: one finding per returned array, and a verdict over all of them."""

from __future__ import annotations

import html
from dataclasses import dataclass, field, replace

RIGHT, NOTE, WRONG, OPEN = "right", "note", "wrong", "open"
EXTRA = "extra"  # cause of a remark about something that was returned and not asked for

# Blue and vermilion, after the Okabe-Ito palette: told apart by the colour-blind, with a
# contrast above 3.5 on white and on black. The sign in front says the same without colour.
_COLOURS = {RIGHT: "#2E86C9", NOTE: "#2E86C9", WRONG: "#D55E00", OPEN: "#7A7A7A"}
_SIGNS = {RIGHT: "✓", NOTE: "✓", WRONG: "✗", OPEN: "○"}


@dataclass(frozen=True)
class Finding:
    """What was found about one returned array (or about the call as a whole).

    Args:
        part: name of the array, ``"dW"``; ``""`` for the call as a whole.
        status: ``"right"``, ``"note"`` (right, with a remark), ``"wrong"`` or ``"open"``.
        cause: a short key of what went wrong, ``"shape"``, ``"dtype"``, ``"values"``,
            ``"mutated"`` …; ``""`` when right.
        message: the sentence a student reads.
        evidence: what the message rests on (sizes, positions, numbers), for programs.
        credit: what a wrong part still earns, from 0 to 1, see credit.py.
    """

    part: str
    status: str
    cause: str = ""
    message: str = ""
    evidence: dict = field(default_factory=dict)
    credit: float = 0.0


@dataclass(frozen=True)
class Verdict:
    """The judgement of one answer.

    Args:
        exercise: the exercise's id, ``"3.2"``.
        name: the name of the function.
        status: ``"right"``, ``"wrong"`` or ``"open"``.
        findings: a `Finding` per returned array, then those about the whole call.
        points: what the exercise is worth.
        earned: points × mean over the findings, of which a right one counts 1 and a wrong
            one its credit.
    """

    exercise: str
    name: str
    status: str
    findings: tuple[Finding, ...]
    points: float
    earned: float

    @property
    def right(self) -> bool:
        """Whether everything is right (notes allowed)."""
        return self.status == RIGHT

    @property
    def open(self) -> bool:
        """Whether the blank has not been filled yet."""
        return self.status == OPEN

    @property
    def headline(self) -> str:
        """One line: sign, exercise, function, points."""
        worth = f"{_number(self.earned)} of {_number(self.points)} points"
        if self.open:
            worth = f"open, {_number(self.points)} point{'' if self.points == 1 else 's'}"
        return f"{_SIGNS[self.status]} {self.exercise} {self.name}: {worth}"

    @property
    def next_step(self) -> str:
        """What a student can do now."""
        if self.open:
            return "The reference stands in until you fill the blank; the lesson runs on."
        if self.right:
            return ""
        return f'Change the cell and run it again; hint("{self.exercise}") helps, in three steps.'

    def text(self) -> str:
        """The verdict as plain text, a line per finding."""
        lines = [self.headline]
        lines += [f"  {_SIGNS[f.status]} {_told(f)}" for f in self._shown()]
        if self.next_step:
            lines.append("  " + self.next_step)
        return "\n".join(lines)

    def html(self) -> str:
        """The verdict as a box that works on light and dark pages."""
        rows = "".join(
            f'<div style="margin-top:.25em"><b style="color:{_COLOURS[f.status]}">'
            f"{_SIGNS[f.status]}</b> {_marked_up(_told(f))}</div>"
            for f in self._shown()
        )
        tail = f'<div style="margin-top:.4em;opacity:.8">{_marked_up(self.next_step)}</div>'
        return (
            f'<div role="status" style="border-left:4px solid {_COLOURS[self.status]};'
            'padding:.4em .8em;margin:.3em 0;background:rgba(128,128,128,.08);max-width:46em">'
            f"<div><b>{html.escape(self.headline)}</b></div>{rows}"
            f"{tail if self.next_step else ''}</div>"
        )

    def _shown(self) -> list[Finding]:
        """All findings when something is wrong; only the remarks when all is right."""
        if self.open:
            return []
        if self.right:
            return [f for f in self.findings if f.status == NOTE]
        return _folded(self.findings)

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}


def _folded(findings: tuple[Finding, ...]) -> list[Finding]:
    """One line for all parts of which the same is said."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        own = finding.message.startswith(f"{finding.part} ") or finding.message.startswith(
            "follows"
        )
        key = (finding.status, finding.part if own else finding.message or finding.part)
        groups.setdefault(key, []).append(finding)
    return [
        replace(group[0], part=", ".join(f.part for f in group)) if len(group) > 1 else group[0]
        for group in groups.values()
    ]


def settle(exercise_id: str, name: str, points: float, findings: list[Finding]) -> Verdict:
    """Sum findings up into a verdict: open if any is open, wrong if any is wrong."""
    if any(f.status == OPEN for f in findings):
        return Verdict(exercise_id, name, OPEN, tuple(findings), points, 0.0)
    asked = [f for f in findings if f.cause != EXTRA]  # what nobody asked for earns nothing
    good = sum(f.status in (RIGHT, NOTE) for f in asked)
    status = RIGHT if good == len(asked) and asked else WRONG
    worth = [1.0 if f.status in (RIGHT, NOTE) else f.credit for f in asked]
    share = sum(worth) / len(worth) if worth else 0.0
    return Verdict(exercise_id, name, status, tuple(findings), points, points * share)


def _told(finding: Finding) -> str:
    if not finding.message:
        return finding.part
    names_it = finding.message.startswith(f"{finding.part} ")
    return finding.message if names_it or not finding.part else f"{finding.part}: {finding.message}"


def _marked_up(text: str) -> str:
    """Escape for HTML, keep line breaks, set `code` in a fixed-width face."""
    pieces = html.escape(text, quote=False).split("`")
    for i in range(1, len(pieces) - (len(pieces) % 2 == 0), 2):
        pieces[i] = f"<code>{pieces[i]}</code>"
    return "".join(pieces).replace("\n", "<br>")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
