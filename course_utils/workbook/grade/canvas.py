"""Fill one column of the gradebook that Canvas exports; everything else in it stays."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from course_utils.words import listed
from course_utils.workbook.grade.csv_text import BOM, points_text
from course_utils.workbook.grade.model import Graded
from course_utils.workbook.project import WorkbookError

# In this order, surest first; the names are Canvas's.
_KNOWN_BY = ("ID", "SIS Login ID", "SIS User ID", "Student")
_POINTS = "points possible"


@dataclass
class Filled:
    """A gradebook with one more column filled.

    Args:
        text: the CSV.
        column: which was filled, by its full name.
        filled: how many cells.
        unmatched: hand-ins that belong to no row, or to several, with the reason.
        without: students of the gradebook of whom there is no hand-in; their cells stay.
        remarks: what to look at before it is uploaded.
    """

    text: str
    column: str
    filled: int = 0
    unmatched: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def fill_gradebook(text: str, grades: Sequence[Graded], column: str) -> Filled:
    """Write totals into a column of a gradebook.

    Students are found by Canvas's number, which its download puts into the files' names,
    then by login, SIS number, and name. Nothing is guessed: a hand-in that fits two rows,
    or a row that fits two hand-ins, is listed and left.

    Args:
        text: of the CSV file, as Canvas exported it.
        grades: of one lesson; those with an error are listed and leave their cells.
        column: name of the assignment, with or without Canvas's number behind it.

    Returns:
        What to upload, and what to look at.

    Raises:
        WorkbookError: it is no gradebook, or has no such column, or several.
    """
    mark, body = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    rows, delimiter, newline = _rows(body)
    head = rows[0]
    at = _column(head, column)
    filled = Filled("", head[at].strip())
    claims: dict[int, list[Graded]] = {}
    for graded in grades:
        found, why = _row_of(graded, rows, head)
        if graded.error:
            filled.unmatched.append(f"{graded.student}: not graded ({graded.error})")
        elif found is None:
            filled.unmatched.append(f"{graded.student}: {why}")
        else:
            claims.setdefault(found, []).append(graded)
    for number, claiming in claims.items():
        if len(claiming) > 1:
            names = listed([g.student for g in claiming])
            filled.unmatched.append(f"{names}: all fit the row of {_name(rows[number], head)}")
            continue
        rows[number] += [""] * (at + 1 - len(rows[number]))
        rows[number][at] = points_text(claiming[0].earned)
        filled.filled += 1
    filled.without = [
        _name(row, head)
        for number, row in enumerate(rows)
        if number not in claims and _is_student(row, head)
    ]
    filled.remarks = _remarks(rows, head, at, grades)
    whole = io.StringIO()
    csv.writer(whole, delimiter=delimiter, lineterminator=newline).writerows(rows)
    filled.text = mark + whole.getvalue()
    return filled


def _rows(text: str) -> tuple[list[list[str]], str, str]:
    newline = "\r\n" if "\r\n" in text else "\n"
    for delimiter in (",", ";", "\t"):
        try:
            rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise WorkbookError(f"gradebook: it is no CSV file ({error})") from error
        names = {name.strip() for name in rows[0]} if rows else set()
        if {"Student", "ID"} <= names:
            return rows, delimiter, newline
    raise WorkbookError(
        "gradebook: expected a first line with the columns Student and ID, found none. Export it "
        "in Canvas with Grades, Export, Export Entire Gradebook, and pass that file as it is."
    )


def _column(head: Sequence[str], wanted: str) -> int:
    names = [name.strip() for name in head]
    plain = [re.sub(r"\s*\(\d+\)$", "", name) for name in names]
    hits = [i for i, name in enumerate(names) if name == wanted]
    hits = hits or [i for i, name in enumerate(plain) if name.casefold() == wanted.casefold()]
    if len(hits) == 1 and names[hits[0]] not in (*_KNOWN_BY, "Section"):
        return hits[0]
    assignments = [name for name in names if re.search(r"\(\d+\)$", name)]
    raise WorkbookError(
        f"gradebook: expected one column for the assignment {wanted!r}, found {len(hits)}. "
        f"Its assignments: {'; '.join(assignments) or 'none'}. Say which with --canvas-column; "
        "one that is missing is made in Canvas first."
    )


def _row_of(graded: Graded, rows, head) -> tuple[int | None, str]:
    """The one row of a student, or why there is none."""
    number = re.search(r"_(\d+)$", graded.student)
    for by in _KNOWN_BY:
        if by not in head:
            continue
        at = head.index(by)
        if by == "ID":
            wanted = {number[1]} if number else {graded.student}
        else:
            wanted = {graded.student}
            wanted |= {graded.student[: number.start()]} if number and by == "Student" else set()
        forms = {form for name in wanted for form in (_forms(name) if by == "Student" else {name})}
        hits = [
            i
            for i, row in enumerate(rows)
            if _is_student(row, head)
            and len(row) > at
            and forms & (_forms(row[at]) if by == "Student" else {row[at].strip()})
        ]
        if len(hits) == 1:
            return hits[0], ""
        if hits:
            return None, f"fits {len(hits)} rows of the gradebook, by {by}"
    return None, "no row of the gradebook has this number, login or name"


def _forms(name: str) -> set[str]:
    """How a name may be written: "Lopez, Maria", "Maria Lopez", "lopezmaria"."""
    family, comma, given = name.partition(",")
    orders = [f"{given} {family}", f"{family} {given}"] if comma else [name]
    return {_letters(order) for order in orders} - {""}


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in plain if c.isalnum())


def _is_student(row: Sequence[str], head: Sequence[str]) -> bool:
    """Whether a row is a student's: the others (points possible, posting) have no number."""
    at = head.index("ID")
    return row is not head and len(row) > at and row[at].strip() not in ("", "ID")


def _name(row: Sequence[str], head: Sequence[str]) -> str:
    return row[head.index("Student")].strip()


def _remarks(rows, head, at: int, grades: Sequence[Graded]) -> list[str]:
    for row in rows[1:]:
        if row and row[0].strip().casefold() == _POINTS and len(row) > at and grades:
            with_points = row[at].strip().replace(",", ".")
            try:
                if with_points and float(with_points) != grades[0].possible:
                    return [
                        f"Canvas counts {with_points} points for {head[at].strip()}, here there "
                        f"are {points_text(grades[0].possible)}: set it in Canvas, nothing is "
                        "scaled."
                    ]
            except ValueError:
                return []
    return []
