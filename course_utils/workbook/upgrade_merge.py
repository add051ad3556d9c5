"""A new edition of a lesson takes over a student's answers; none is lost.

Answers are found by the name of their function and put into the frame of the new edition. All
else that a student wrote is kept: what the answers use stands before them, the rest at the end.
Before anything is written, each of the student's statements is looked for in the result.
"""

from __future__ import annotations

import ast
import builtins
import copy
import json
from dataclasses import dataclass, field

from course_utils.workbook.markers import exercise_functions
from course_utils.workbook.project import WorkbookError
from course_utils.workbook.upgrade_answers import (
    Frame,
    body_of,
    frames,
    is_blank,
    is_open,
    same_signature,
    transplanted,
)
from course_utils.workbook.upgrade_cells import (
    bound,
    first_line,
    inner,
    names,
    new_cell,
    statements,
)
from course_utils.workbook.upgrade_read import OldCell, Piece, normal, pieces_of, read_old

_HEADING = (
    "## From your old notebook\n\nThe new edition has no place for what follows. Nothing was lost: "
    "move what you still need to where it belongs, and delete the rest."
)
_USED = "# From your old notebook: the answers below use this."


@dataclass
class Upgraded:
    """A new edition with a student's answers.

    Args:
        text: the notebook, as it is stored.
        taken: ids of the exercises whose answer was taken over.
        open: ids of those that are still open.
        told: what went where, a line each.
    """

    text: str
    taken: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def upgrade(old: bytes, new: str, *, lesson: str = "") -> Upgraded:
    """Take a student's answers into a new edition.

    Args:
        old: the student's notebook, as it is stored.
        new: text of the new student edition.
        lesson: name of the lesson, where the old notebook does not say it.

    Returns:
        The notebook and what is told of it.

    Raises:
        WorkbookError: the old notebook cannot be read, or something would be lost.
    """
    return _Upgrade(old, new, lesson).made()


class _Upgrade:
    def __init__(self, old: bytes, new: str, lesson: str) -> None:
        self.notebook = json.loads(new)
        self.cells = self.notebook["cells"]
        for cell in self.cells:
            cell["source"] = "".join(cell["source"])
        lesson = lesson or self.notebook["metadata"].get("course", {}).get("lesson", "")
        _, self.old = read_old(old, lesson)
        self.frames = frames(self.cells)
        self.given = {normal(n) for c in self.cells for n in statements(c)}
        self.shown = {c["source"].strip() for c in self.cells}
        self.result = Upgraded("")
        self.pieces: list[Piece] = []  # the student's own statements
        self.rest: list[tuple[OldCell, str, str]] = []  # cell, kind, text: for the end
        self.answers: dict[str, Piece] = {}

    def made(self) -> Upgraded:
        for cell in self.old:
            self._read(cell)
        filled = copy.deepcopy(self.cells)
        for frame in self.frames:
            self._fill(frame, filled)
        self._lay_out(filled)
        self.notebook["cells"] = filled
        self._check(filled)
        for cell in filled:  # as the build stores it
            cell["source"] = cell["source"].splitlines(keepends=True)
        self.result.text = (
            json.dumps(self.notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        )
        return self.result

    def _read(self, cell: OldCell) -> None:
        if cell.untouched or not cell.text.strip() or cell.text.strip() in self.shown:
            return
        if cell.kind != "code":
            self.rest.append((cell, cell.kind, cell.text))
            return
        pieces, magics, left = pieces_of(cell)
        if not pieces and left == cell.text:
            self._tell(f"cell {cell.number} is no Python: kept as it is at the end")
            self.rest.append((cell, "raw", cell.text))
            return
        for piece in pieces:
            if (frame := self._frame_for(piece.node)) is not None:
                self._answer(frame, piece)
            elif piece.form not in self.given:
                self.pieces.append(piece)
        for text in filter(None, ("\n".join(magics), left)):
            if text.strip() not in "\n".join(self.shown):
                self.rest.append((cell, "raw", text))

    def _frame_for(self, node: ast.stmt) -> Frame | None:
        """The exercise that a function answers: by its name, else by its decorator."""
        if not isinstance(node, ast.FunctionDef):
            return None
        ids = [i for n, i in exercise_functions(ast.Module([node], [])) if n is node]
        named = [f for f in self.frames if f.name == node.name]
        return next(iter(named or [f for f in self.frames if f.exercise in ids]), None)

    def _answer(self, frame: Frame, piece: Piece) -> None:
        """The last definition wins, as it does when the cells are run."""
        before = self.answers.get(frame.exercise)
        if before is not None and not is_open(before.node, frame):
            self._tell(
                f"{frame.exercise} {frame.name}: cell {piece.cell} defines it again and counts; "
                f"the one in cell {before.cell} is kept at the end"
            )
            self.rest.append((self._cell(before.cell), "raw", before.text))
        self.answers[frame.exercise] = piece

    def _fill(self, frame: Frame, filled: list[dict]) -> None:
        piece = self.answers.get(frame.exercise)
        about = f"{frame.exercise} {frame.name}"
        if piece is None or is_open(piece.node, frame):
            self.result.open.append(frame.exercise)
            return
        note = ""
        if not same_signature(piece.node, frame):
            args = ast.unparse(piece.node.args)
            note = f"Upgrade: these lines are from {piece.node.name}({args})."
            self._tell(f"{about}: its arguments are others now; your lines are kept, look at them")
        if piece.node.name != frame.name:
            self._tell(f"{about}: was named {piece.node.name}")
        node = ast.parse(piece.text).body[0]
        cell = filled[frame.cell]
        here = next(f for f in frames(filled) if f.exercise == frame.exercise)
        try:
            cell["source"] = transplanted(piece.text, node, cell["source"], here, note)
        except ValueError:
            self._tell(f"{about}: its lines do not fit into the new frame; kept at the end")
            self.rest.append((self._cell(piece.cell), "raw", piece.text))
            self.result.open.append(frame.exercise)
            return
        self._frame_of_student(frame, piece)
        if any(is_blank(n) for n in ast.walk(piece.node)):
            self.result.open.append(frame.exercise)
            self._tell(f"{about}: taken over, with its blank still open")
        else:
            self.result.taken.append(frame.exercise)

    def _frame_of_student(self, frame: Frame, piece: Piece) -> None:
        """What a student wrote into the frame itself: decorators, another docstring."""
        own = [d for d in piece.node.decorator_list if "exercise" not in ast.unparse(d)]
        text = ast.get_docstring(piece.node)
        if own:
            told = "\n".join(f"@{ast.unparse(d)}" for d in own)
            self._tell(f"{frame.exercise} {frame.name}: your decorators are at the end")
            self.rest.append((self._cell(piece.cell), "raw", f"{told}  # above {frame.name}"))
        if text and text != ast.get_docstring(frame.node):
            self.rest.append((self._cell(piece.cell), "raw", f"{frame.name}:\n{text}"))

    def _lay_out(self, filled: list[dict]) -> None:
        """Own statements that answers use go before them; the rest to the end, cell by cell."""
        placed: set[int] = set()
        before: dict[int, list[Piece]] = {}
        for frame in self.frames:
            if frame.exercise in self.answers:
                wanted = self._used_by(self.answers[frame.exercise], placed)
                before.setdefault(frame.cell, []).extend(wanted)
                placed |= {id(p) for p in wanted}
        for piece in self.pieces:
            if id(piece) not in placed:
                # An exercise that is no longer asked would raise an error when it is run.
                gone = any(exercise_functions(ast.Module([piece.node], [])))
                self.rest.append((self._cell(piece.cell), "raw" if gone else "code", piece.text))
        self.rest.sort(key=lambda kept: kept[0].number)
        for index in sorted(before, reverse=True):
            pieces = sorted(before[index], key=self.pieces.index)
            if pieces:
                own = ", ".join(sorted({n for p in pieces for n in bound(p.node)}))
                self._tell(f"before exercise cell {index + 1}: {own}, of your own")
                text = "\n\n".join([_USED, *(p.text for p in pieces)])
                filled.insert(index, new_cell("code", text, len(filled)))
        if self.rest:
            filled.append(new_cell("markdown", _HEADING, len(filled)))
        for cell, kind, text in self._grouped():
            kept = new_cell(kind, text, len(filled), cell.attachments)
            filled.append(kept)
            what = {"code": "statements", "raw": "text", "markdown": "note"}[kind]
            self._tell(f"cell {cell.number}: {what} kept at the end ({first_line(text)})")

    def _grouped(self) -> list[tuple[OldCell, str, str]]:
        """Statements of one cell as one cell."""
        groups: list[tuple[OldCell, str, str]] = []
        for cell, kind, text in self.rest:
            if groups and kind == "code" and groups[-1][:2] == (cell, kind):
                groups[-1] = (cell, kind, f"{groups[-1][2]}\n{text}")
            else:
                groups.append((cell, kind, text))
        return groups

    def _used_by(self, answer: Piece, placed: set[int]) -> list[Piece]:
        """Own imports, functions, classes and plain values that an answer needs."""
        wanted, todo, seen = [], names(answer.node), set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            for piece in self.pieces:
                if name not in bound(piece.node) or piece in wanted:
                    continue
                if id(piece) in placed or not self._can_stand_early(piece.node):
                    continue
                wanted.append(piece)
                todo |= names(piece.node)
        return wanted

    def _can_stand_early(self, node: ast.stmt) -> bool:
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
            return True
        known = {n for p in self.pieces for n in bound(p.node)} | set(dir(builtins)) | {"np"}
        return isinstance(node, (ast.Assign, ast.AnnAssign)) and names(node) <= known

    def _check(self, filled: list[dict]) -> None:
        """Every statement, text and note of the student is in the result.

        Raises:
            WorkbookError: one is not.
        """
        there = {normal(n) for c in filled for top in statements(c) for n in inner(top)}
        raw = [c["source"] for c in filled]
        lost = []
        for piece in self.pieces:
            if piece.form not in there and not any(piece.text in text for text in raw):
                lost.append(piece.text)
        for exercise, piece in self.answers.items():
            frame = next(f for f in self.frames if f.exercise == exercise)
            if is_open(piece.node, frame) or any(piece.text in text for text in raw):
                continue
            for node in (n for top in body_of(piece.node) for n in inner(top)):
                blank = any(is_blank(n) for n in ast.walk(node))
                if not blank and normal(node) not in there:
                    lost.append(ast.unparse(node))
        lost += [text for _, _, text in self.rest if not any(text in source for source in raw)]
        if lost:
            raise WorkbookError(
                f"upgrade: {len(lost)} of your statements would be lost, the first is "
                f"{first_line(lost[0])!r}. Expected all of them in the new notebook, so nothing "
                "was written. Please keep the old notebook and tell whoever gives the course."
            )

    def _cell(self, number: int) -> OldCell:
        return self.old[number - 1]

    def _tell(self, line: str) -> None:
        self.result.told.append(line)
