"""Read a lesson source: cells with the line of the file where each begins."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import jupytext

from course_utils.workbook.project import WorkbookError, shown

_CELL_LINE = re.compile(r"^# ?%%+(\s|$)")
# What jupytext adds for its own way back to text, no part of the notebook.
_JUPYTEXT_ONLY = {"lines_to_next_cell", "lines_to_end_of_cell_marker", "cell_marker", "title"}
_PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}


@dataclass(frozen=True)
class Cell:
    """One cell of a source. ``line`` is the line of the file where its text begins, from 1."""

    kind: str
    text: str
    line: int
    metadata: dict = field(default_factory=dict)

    @property
    def tags(self) -> list[str]:
        """Cell tags, such as ``nbval-ignore-output``."""
        return list(self.metadata.get("tags", []))


@dataclass(frozen=True)
class Lesson:
    """A lesson source: its file, its cells, and the hash that its notebooks carry."""

    path: Path
    cells: tuple[Cell, ...]
    sha256: str

    @property
    def name(self) -> str:
        """``03_fully_connected_net``."""
        return self.path.stem

    @property
    def title(self) -> str:
        """The first heading, or the name of the file."""
        for cell in self.cells:
            if cell.kind == "markdown" and (found := re.search(r"^#\s+(.+)$", cell.text, re.M)):
                return found.group(1).strip()
        return self.name

    @property
    def minutes(self) -> str:
        """How long a student needs, as the lesson says near its title, or a dash."""
        for cell in self.cells[:4]:
            if found := re.search(r"(\d+(?:\s*(?:to|[-–])\s*\d+)?)\s*min", cell.text):
                return found.group(1)
        return "–"


def read_lesson(path: Path) -> Lesson:
    """Read a lesson in jupytext's percent format.

    Args:
        path: a file ``NN_name.py``.

    Returns:
        The lesson; code cells hold exactly the lines of the file.

    Raises:
        WorkbookError: text outside cells, or a cell that jupytext reads otherwise
            than its lines stand in the file (then line numbers would be wrong).
    """
    raw = path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    notebook = jupytext.reads(raw, fmt=dict(_PERCENT))
    lines = raw.split("\n")
    starts = [n for n, line in enumerate(lines, 1) if _CELL_LINE.match(line)]
    header = _header_length(lines)
    cells = list(notebook.cells)
    if header and cells and cells[0].cell_type == "raw" and cells[0].source.startswith("---"):
        cells = cells[1:]
    if len(cells) != len(starts):
        raise WorkbookError(
            f"{shown(path)}: expected one cell for each '# %%' line ({len(starts)}), jupytext "
            f"reads {len(cells)}. Is there text before the first cell, or a '# %%' in a string?"
        )
    read = tuple(_cell(path, cell, start, lines) for cell, start in zip(cells, starts, strict=True))
    return Lesson(path, read, hashlib.sha256(raw.encode("utf-8")).hexdigest())


def _cell(path: Path, cell, start: int, lines: list[str]) -> Cell:
    metadata = {k: v for k, v in cell.metadata.items() if k not in _JUPYTEXT_ONLY}
    if cell.cell_type != "code":
        return Cell(cell.cell_type, cell.source, start + 1, metadata)
    text = cell.source.strip("\n")
    first = start + 1 + len(cell.source) - len(cell.source.lstrip("\n"))
    count = len(text.split("\n"))
    if lines[first - 1 : first - 1 + count] != text.split("\n"):
        raise WorkbookError(
            f"{shown(path)}, line {first}: this code cell does not read as it stands in the file. "
            "Likely cause: an IPython magic, or a comment that looks like one; write plain Python."
        )
    return Cell("code", text, first, metadata)


def _header_length(lines: list[str]) -> int:
    """Number of lines of a YAML header between ``# ---`` lines, 0 without one."""
    if not lines or lines[0].strip() != "# ---":
        return 0
    ends = [n for n, line in enumerate(lines[1:], 2) if line.strip() == "# ---"]
    return ends[0] if ends else 0
