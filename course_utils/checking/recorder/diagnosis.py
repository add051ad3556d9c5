"""What the recorder says about a run: findings, and all of them in text and in HTML."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from course_utils.words import wrapped

FAULT, REMARK = "fault", "remark"

# The signs and colours of the verdicts: told apart by the colour-blind, and without colour.
_SIGNS = {FAULT: "✗", REMARK: "○"}
_COLOURS = {FAULT: "#D55E00", REMARK: "#0072B2", "right": "#0072B2"}


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Args:
        code: its name, ``"loss-summed"``.
        severity: ``"fault"`` (mend it) or ``"remark"`` (nothing is broken; think about it).
        sentence: what was seen, with the numbers it rests on.
        next_step: what to do now.
        evidence: the numbers, for programs.
    """

    code: str
    severity: str
    sentence: str
    next_step: str
    evidence: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Diagnosis:
    """All that was found in a run.

    Args:
        findings: faults first.
        asked: codes of the rules that had the data they need.
        not_asked: the other rules' codes, with what was missing.
        steps, epochs: how much of the run was seen.
    """

    findings: tuple[Finding, ...]
    asked: tuple[str, ...] = ()
    not_asked: dict[str, str] = field(default_factory=dict)
    steps: int = 0
    epochs: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all findings."""
        return tuple(finding.code for finding in self.findings)

    @property
    def healthy(self) -> bool:
        """Whether no fault was found (remarks allowed)."""
        return not any(finding.severity == FAULT for finding in self.findings)

    def named(self, code: str) -> Finding | None:
        """Give the finding with this code, or None."""
        return next((finding for finding in self.findings if finding.code == code), None)

    @property
    def headline(self) -> str:
        """One line: sign, and how many faults."""
        if not self.asked:
            return "○ nothing was recorded yet: call step() or epoch() in the loop"
        faults = sum(finding.severity == FAULT for finding in self.findings)
        of = f"{len(self.asked)} rules looked at {self._seen}"
        if faults:
            return f"✗ {faults} fault{'s' * (faults > 1)} in this run ({of})"
        return f"✓ no fault found in this run ({of})"

    @property
    def _seen(self) -> str:
        told = [f"{n:,} {word}{'s' * (n != 1)}" for n, word in
                ((self.steps, "step"), (self.epochs, "epoch")) if n]  # fmt: skip
        return " and ".join(told) or "the data"

    def text(self) -> str:
        """The diagnosis as plain text: for each finding what was seen, and what to do next."""
        lines = [self.headline]
        for found in self.findings:
            seen = f"  {_SIGNS[found.severity]} {found.code}: {found.sentence}"
            lines += [wrapped(seen), wrapped(f"    {found.next_step}")]
        return "\n".join(lines)

    def html(self) -> str:
        """The same words as a box that works on light and dark pages."""
        rows = "".join(
            f'<div style="margin-top:.35em"><b style="color:{_COLOURS[found.severity]}">'
            f"{_SIGNS[found.severity]}</b> <code>{found.code}</code>: "
            f"{html.escape(found.sentence)}"
            f'<div style="margin-left:1.2em;opacity:.8">{html.escape(found.next_step)}</div></div>'
            for found in self.findings
        )
        colour = _COLOURS["right" if self.healthy else FAULT]
        return (
            f'<div role="status" style="border-left:4px solid {colour};'
            'padding:.4em .8em;margin:.3em 0;background:rgba(128,128,128,.08);max-width:46em">'
            f"<div><b>{html.escape(self.headline)}</b></div>{rows}</div>"
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()
