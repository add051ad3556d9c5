"""A new edition takes over a student's answers, and nothing of what they wrote is lost."""

import ast
import json
import random
import re

import pytest

from course_utils.workbook.editions import STUDENT_EDITION, as_text, make_edition
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import WorkbookError, lesson_sources
from course_utils.workbook.upgrade import upgrade_file
from course_utils.workbook.upgrade_merge import upgrade

from .lessons import LESSON, write_lesson
from .mangled import ALL, MARK, half_solved, mangled, no_ids, reordered

LESSONS = [p.stem for p in lesson_sources()]


@pytest.fixture(scope="module")
def editions():
    """Each lesson and its student edition, read when it is asked for."""
    known = {}

    def get(name):
        if name not in known:
            (path,) = lesson_sources([name])
            known[name] = (
                read_lesson(path),
                as_text(make_edition(read_lesson(path), STUDENT_EDITION)),
            )
        return known[name]

    return get


def as_bytes(notebook):
    return json.dumps(notebook).encode()


def sources(done):
    return ["".join(c["source"]) for c in json.loads(done.text)["cells"]]


def statements(text):
    """Every statement in a code cell, at any depth, in one form; {} where it is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return None
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(node, ast.AsyncFunctionDef):
                continue
            constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if not constant and "NotImplementedError" not in ast.dump(node):
                found.add(ast.dump(node))
    return found


def written_by(notebook):
    """What stands in a notebook: statements, texts of notes, and raw text of what is no Python."""
    code, texts = set(), []
    for cell in notebook["cells"]:
        text = "".join(cell["source"]).replace("\r\n", "\n")
        found = statements(text) if cell["cell_type"] == "code" else None
        if found is None:
            texts.append(text)
        else:
            code |= found
    return code, texts


@pytest.mark.parametrize(
    "number", range(len(ALL)), ids=["-".join(w.__name__ for w in k) for k in ALL]
)
def test_nothing_is_lost_whatever_became_of_the_notebook(editions, number):
    # Lessons by turns, the first ones (which have most exercises) more often.
    name = LESSONS[number % len(LESSONS)]
    lesson, new = editions(name)
    old = mangled(lesson, number)
    done = upgrade(as_bytes(old), new)
    result = json.loads(done.text)
    code, texts = written_by(old)
    new_code, new_texts = written_by(result)
    raw = "\n".join("".join(c["source"]) for c in result["cells"])
    # What is kept as text counts as well: an older definition, an async one.
    for text in [t for t in new_texts if "(" in t]:
        new_code |= statements(text) or set()
    given, _ = written_by(json.loads(new))  # an open blank that is defined again may go
    assert [s for s in code - given if s not in new_code] == []
    for text in texts:
        for line in filter(str.strip, text.split("\n")):
            assert line in raw
    pictures = [c.get("attachments") for c in old["cells"] if c.get("attachments")]
    assert pictures == [c["attachments"] for c in result["cells"] if c.get("attachments")]
    assert upgrade(as_bytes(old), new).text == done.text


def test_there_are_fifty():
    assert len(ALL) == 50


@pytest.mark.parametrize("name", LESSONS)
def test_a_solved_notebook_becomes_the_solved_cells_of_the_new_edition(editions, name):
    """Also where all that tells the cells apart is the names of the functions."""
    lesson, new = editions(name)
    rng = random.Random(1)
    old = half_solved(lesson, rng, share=1.0)
    exercises = [c["source"] for c in old["cells"] if "@exercise(" in c["source"]]
    reordered(old, rng)
    no_ids(old, rng)
    done = upgrade(as_bytes(old), new)
    assert done.open == []
    cells = ["".join(c["source"]) for c in json.loads(done.text)["cells"]]
    assert [c for c in cells if "@exercise(" in c] == exercises, "comments and layout, too"
    assert len(cells) == len(json.loads(new)["cells"])


def test_an_untouched_notebook_becomes_the_new_edition(editions):
    _, new = editions(LESSONS[0])
    assert upgrade(new.encode(), new).text == new


@pytest.fixture
def small(tmp_path):
    """A small lesson: the old edition with an answer, and a new edition that asks otherwise."""
    lesson = read_lesson(write_lesson(tmp_path / "old"))
    old = json.loads(as_text(make_edition(lesson, STUDENT_EDITION)))
    changed = LESSON.replace("points=4", "points=5").replace("(x, w, b)", "(x, w, b, k=1)")
    changed = changed.replace("Return w x + b.", "Return k w x + b.")
    new = as_text(
        make_edition(read_lesson(write_lesson(tmp_path / "new", changed)), STUDENT_EDITION)
    )
    return old, new


def answer(old, body="    mine = w * x  # my way\n    y = mine + b"):
    for cell in old["cells"]:
        cell["source"] = "".join(cell["source"])
        cell["source"] = re.sub(r"    raise NotImplementedError\(.*\)", body, cell["source"])
    return old


def test_the_frame_is_the_new_editions_and_the_body_the_students(small):
    old, new = small
    done = upgrade(as_bytes(answer(old)), new)
    cell = next(c for c in sources(done) if "scale_and_shift(x" in c)
    assert cell.split("\n") == [
        '@exercise("3.1", points=5)',
        "def scale_and_shift(x, w, b, k=1):",
        '    """Return k w x + b."""',
        "    # Upgrade: these lines are from scale_and_shift(x, w, b).",
        "    mine = w * x  # my way",
        "    y = mine + b",
        "    return y",
    ]
    assert done.taken == ["3.1"]
    assert any("arguments" in line for line in done.told)


def test_an_open_blank_is_the_new_blank(small):
    old, new = small
    done = upgrade(as_bytes(old), new)
    assert done.open == ["3.1"]
    assert "exercise 3.1: scale_and_shift is still open" in done.text


def test_helpers_stand_before_the_answer_that_uses_them(small):
    old, new = small
    old = answer(old, "    y = my_helper(x) * w + b")
    helper = "import math\n\n\ndef my_helper(x):\n    return math.fabs(x)"
    old["cells"].append({"cell_type": "code", "metadata": {}, "source": helper, "outputs": []})
    cells = sources(upgrade(as_bytes(old), new))
    places = [next(i for i, c in enumerate(cells) if word in c)
              for word in ("def my_helper", "def scale_and_shift")]  # fmt: skip
    assert places[0] + 1 == places[1]
    assert "import math" in cells[places[0]]


def test_notes_and_lost_exercises_are_at_the_end_under_a_heading(small):
    old, new = small
    old["cells"].append({"cell_type": "markdown", "metadata": {}, "source": MARK})
    done = upgrade(as_bytes(old), new)
    cells = sources(done)
    assert cells[-2].startswith("## From your old notebook")
    assert cells[-1] == MARK
    assert any("note kept at the end" in line for line in done.told)


def test_what_would_be_lost_is_refused(small, monkeypatch):
    old, new = small
    monkeypatch.setattr(
        "course_utils.workbook.upgrade_merge.transplanted", lambda t, n, cell, *a: cell
    )
    with pytest.raises(WorkbookError, match=r"would be lost.*mine = w"):
        upgrade(as_bytes(answer(old)), new)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"cells": 3}', b"\xff\xfe", b"[" * 5000])
def test_what_is_no_notebook_is_told(small, data):
    with pytest.raises(WorkbookError, match=r"cannot be read.*nothing was changed"):
        upgrade(data, small[1])


def test_nothing_is_overwritten_without_a_copy(small, tmp_path, capsys):
    old, new = small
    mine, edition = tmp_path / "mine.ipynb", tmp_path / "03_small.ipynb"
    mine.write_bytes(as_bytes(answer(old)))
    edition.write_text(new, "utf-8")
    before = mine.read_bytes()
    assert upgrade_file(str(mine), str(edition)) == 0
    assert upgrade_file(str(mine), str(edition)) == 0
    assert (tmp_path / "mine.backup-1.ipynb").read_bytes() == before
    assert (tmp_path / "mine.backup-2.ipynb").is_file()
    assert "my way" in mine.read_text("utf-8")
    assert "1 answers taken over, 0 exercises open" in capsys.readouterr().out
    with pytest.raises(WorkbookError, match="at once"):
        upgrade_file(str(mine), str(mine))
    with pytest.raises(WorkbookError, match="found no file"):
        upgrade_file(str(tmp_path / "none.ipynb"), str(edition))
