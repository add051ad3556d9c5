"""How every lesson is written: title, badge, setup, short cells, short prose."""

import ast
import json
import re
from pathlib import Path

import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.workbook.colab import BADGE, SETUP
from course_utils.workbook.lesson import Cell, Lesson, read_lesson
from course_utils.workbook.markers import exercise_functions, find_blanks

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "notebooks" / "source").glob("[0-9][0-9]_*.py"))
SOLVED = sorted((ROOT / "notebooks" / "solutions").glob("[0-9][0-9]_*.ipynb"))
CODE_LINES, EXERCISE_LINES, PROSE_WORDS = 25, 40, 120


def words_of_prose(text: str) -> int:
    """Words of a text cell; formulas, tables, code and comments are not prose."""
    text = re.sub(r"```.*?```|<!--.*?-->|\$\$.*?\$\$", " ", text, flags=re.S)
    text = re.sub(r"\$[^$\n]+(?:\n[^$\n]+)?\$|`[^`]*`", " ", text)
    lines = [line for line in text.split("\n") if not line.lstrip().startswith("|")]
    return len(re.findall(r"[^\W\d_][\w'’-]*", "\n".join(lines)))


def style_faults(lesson: Lesson) -> list[str]:
    """What of the rules for lessons a source breaks, with the line of the cell."""
    faults = []
    first = lesson.cells[0]
    if not re.match(rf"# {lesson.name[:2]} · \S", first.text):
        faults.append(f"line 2: the title must be '# {lesson.name[:2]} · …'")
    if BADGE not in first.text:
        faults.append(f"line 2: the first cell has no {BADGE}")
    if lesson.minutes == "–":
        faults.append("line 2: the first cells do not say how many minutes the lesson takes")
    setups = [c for c in lesson.cells if c.text.strip() == SETUP]
    if len(setups) != 1 or next(c for c in lesson.cells if c.kind == "code") is not setups[0]:
        faults.append(f"the first code cell, and no other, must be '{SETUP}'")
    for cell in lesson.cells:
        faults += [f"line {cell.line}: {fault}" for fault in _cell_faults(cell)]
    return faults


def _cell_faults(cell: Cell) -> list[str]:
    if cell.kind != "code":
        words = words_of_prose(cell.text)
        return [f"{words} words of prose, at most {PROSE_WORDS}"] if words > PROSE_WORDS else []
    faults, lines = [], len(cell.text.split("\n"))
    most = EXERCISE_LINES if list(exercise_functions(ast.parse(cell.text))) else CODE_LINES
    if lines > most:
        faults.append(f"{lines} lines of code, at most {most}")
    if cell.text.rstrip().endswith(";"):
        faults.append("a semicolon at the end does not suppress output: end with plt.show()")
    return faults


@pytest.mark.parametrize("path", SOURCES, ids=[p.stem for p in SOURCES])
def test_style(path):
    assert style_faults(read_lesson(path)) == []


@pytest.mark.parametrize("lesson", sorted({p.stem[:2] for p in SOURCES}))
def test_exercises_are_those_of_the_registry(lesson):
    # A lesson may have two notebooks; each exercise is asked in one of them, once.
    notebooks = [p for p in SOURCES if p.stem.startswith(lesson)]
    asked = [(b.exercise_id, b.function) for p in notebooks for b in find_blanks(read_lesson(p))]
    known = [e for e in all_exercises().values() if not e.planned]
    assert sorted(asked) == sorted((e.id, e.name) for e in known if e.lesson == lesson)


@pytest.mark.parametrize("path", SOLVED, ids=[p.stem for p in SOLVED])
def test_no_figure_is_compared_byte_by_byte(path):
    # Another version of matplotlib draws the same figure with other bytes.
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    drawn = [
        c for c in cells if any("image/png" in o.get("data", {}) for o in c.get("outputs", ()))
    ]
    compared = [c for c in drawn if "nbval-ignore-output" not in c["metadata"].get("tags", ())]
    assert drawn
    assert ["".join(c["source"]) for c in compared] == []


GOOD = [
    Cell("markdown", f"# 03 · A title\n\n{BADGE}\n\n**Time.** 10 minutes.", 2),
    Cell("code", SETUP, 8),
    Cell("markdown", "word " * 120 + "$a b c$ `d e f`\n| g | h |\n$$\ni\n$$", 11),
    Cell("code", "x = 1\n" * 24 + "x", 20),
    Cell("code", '@exercise("3.1", points=1)\ndef f():\n' + "    x = 1\n" * 37 + "    x", 50),
]


@pytest.mark.parametrize(
    ("index", "text", "said"),
    [
        (None, "", None),
        (0, f"# A title\n{BADGE}\n10 minutes", "title"),
        (0, "# 03 · A title\n10 minutes", "badge"),
        (0, f"# 03 · A title\n{BADGE}", "minutes"),
        (1, "import numpy", "first code cell"),
        (3, SETUP, "first code cell"),
        (2, "word " * 121, "121 words"),
        (3, "x = 1\n" * 25 + "x", "26 lines of code, at most 25"),
        (4, GOOD[4].text + "\n    x", "41 lines of code, at most 40"),
        (3, "plt.plot(x);", "semicolon"),
    ],
)
def test_the_rules_see_what_they_are_for(index, text, said):
    cells = list(GOOD)
    if index is not None:
        cells[index] = Cell(GOOD[index].kind, text, GOOD[index].line)
    faults = style_faults(Lesson(Path("03_a.py"), tuple(cells), ""))
    assert len(faults) == (said is not None), faults
    assert said is None or said in faults[0]
