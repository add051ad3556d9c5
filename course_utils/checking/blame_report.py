"""Which parts of a net are wrong, in words."""

from __future__ import annotations

import html
from dataclasses import dataclass

from course_utils.checking.verdict import RIGHT, WRONG, Finding
from course_utils.words import listed

_COLOURS = {RIGHT: "#0072B2", WRONG: "#D55E00"}  # as in verdicts


@dataclass(frozen=True)
class Blame:
    """Which parts of a net are wrong.

    Args:
        guilty: names of the parts that have to be replaced for the net to be right.
        cleared: names of the parts that are right.
        findings: for each guilty part, what is wrong with it.
        unnoticed: parts that are wrong as well, but this net's result does not show it.
    """

    guilty: tuple[str, ...]
    cleared: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    unnoticed: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """One line: who is guilty, out of how many."""
        count = len(self.cleared)
        others = (
            f"{count} {'other ' if self.guilty else ''}part{' is' if count == 1 else 's are'} right"
        )
        if not self.guilty:
            return f"✓ the net gives what it should: {others}"
        told = f"✗ {listed(self.guilty)} {'is' if len(self.guilty) == 1 else 'are'} wrong"
        return f"{told}; {others}" if count else told

    def text(self) -> str:
        """A line for each guilty part, then those that are cleared."""
        return "\n".join([self.headline, *(f"  {line}" for line in self._lines())])

    def _lines(self) -> list[str]:
        lines = [f"✗ {f.part}: {f.message}" for f in self.findings]
        if self.unnoticed:
            lines.append(f"✗ wrong, too, but this net does not show it: {listed(self.unnoticed)}")
        return lines + ([f"✓ {listed(self.cleared)}"] if self.guilty and self.cleared else [])

    def html(self) -> str:
        """The same as a box that works on light and dark pages."""
        colour = _COLOURS[WRONG if self.guilty else RIGHT]
        rows = "".join(
            f'<div style="margin-top:.25em">{html.escape(line, quote=False)}</div>'.replace(
                "\n", "<br>"
            )
            for line in self._lines()
        )
        return (
            f'<div role="status" style="border-left:4px solid {colour};padding:.4em .8em;'
            'margin:.3em 0;background:rgba(128,128,128,.08);max-width:46em">'
            f"<div><b>{html.escape(self.headline)}</b></div>{rows}</div>"
        )

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/html": self.html()}
