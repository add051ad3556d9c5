"""Building, building again, and saying which notebook is out of date."""

import json
import re

import nbformat
import pytest

from course_utils.workbook import build as builder
from course_utils.workbook.build import build, check
from course_utils.workbook.project import (
    NoLessonsError,
    WorkbookError,
    lesson_sources,
    solution_path,
    student_path,
)

from .lessons import LESSON, TITLE, USE, with_body, write_lesson

NOISY = """\

# %%
import sys

print("to stderr", file=sys.stderr)
print("progress 50%\\rprogress 100%", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with one lesson, built once for all tests that only look at it."""
    notebooks = tmp_path_factory.mktemp("notebooks")
    write_lesson(notebooks, LESSON + NOISY)
    assert build(notebooks=notebooks) == 0
    return notebooks


@pytest.fixture
def copy(built, tmp_path):
    """The same folder, to be changed."""
    for file in built.rglob("*"):
        if file.is_file():
            target = tmp_path / file.relative_to(built)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return tmp_path


@pytest.fixture
def no_kernel(monkeypatch):
    """Running a lesson is counted, and fails the test unless it is expected."""
    runs = []
    monkeypatch.setattr(builder, "execute", lambda notebook, *a, **k: runs.append(notebook))
    return runs


def read(path):
    return nbformat.read(path, as_version=4)


def test_the_student_edition_has_no_outputs_and_the_solution_has(built):
    student, solution = (read(p(built, "03_small")) for p in (student_path, solution_path))
    assert not any(c.get("outputs") for c in student.cells)
    (used,) = [c for c in solution.cells if c.source.startswith("print")]
    assert used.outputs[0].text == "right\n"


def test_stored_outputs_hold_nothing_that_differs_from_run_to_run(built):
    solution = read(solution_path(built, "03_small"))
    assert "stderr" not in [o.get("name") for c in solution.cells for o in c.get("outputs", [])]
    assert not any("execution" in c.metadata for c in solution.cells)
    assert "version" not in solution.metadata.language_info
    nbformat.validate(solution)


def test_nothing_else_is_left_beside_the_notebooks(built):
    kinds = {p.suffix for p in built.rglob("*") if p.is_file()}
    assert kinds == {".py", ".ipynb"}


def test_both_editions_have_the_same_cells(built):
    student, solution = (read(p(built, "03_small")) for p in (student_path, solution_path))
    assert [c.id for c in student.cells] == [c.id for c in solution.cells]


def test_a_second_build_runs_and_writes_nothing(copy, no_kernel, capsys):
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in copy.rglob("*.ipynb")}
    assert build(notebooks=copy) == 0
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in copy.rglob("*.ipynb")} == before
    assert no_kernel == []
    assert "not run again" in capsys.readouterr().out


def test_running_again_gives_the_same_bytes(copy):
    before = solution_path(copy, "03_small").read_bytes()
    assert build(notebooks=copy, force=True) == 0
    assert solution_path(copy, "03_small").read_bytes() == before


def test_a_changed_source_is_run_again(copy, no_kernel):
    write_lesson(copy, LESSON.replace("7 else", "7.0 else") + NOISY)
    build(notebooks=copy)
    assert len(no_kernel) == 1
    assert check(notebooks=copy) == []


def test_check_passes_what_was_built(built, no_kernel):
    assert check(notebooks=built) == []
    assert check(["3"], notebooks=built) == []
    assert no_kernel == []


def test_check_names_the_file_the_cell_and_the_command(copy):
    write_lesson(copy, LESSON.replace("7 else", "7.0 else") + NOISY)
    student, solution = check(notebooks=copy)
    for message, name in ((student, "03_small.ipynb"), (solution, "solutions/03_small.ipynb")):
        assert name in message.replace("\\", "/")
        assert "first at cell 5 (source)" in message
        assert "7.0 else" in message
        assert message.endswith("Run: python -m course_utils build 03")


@pytest.mark.parametrize("which", [student_path, solution_path])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda n: n.cells.pop(), "cell 6: expected 6 cells, got 5"),
        (lambda n: n.cells[3].update(source="x = 1"), r"cell 4 \(source\)"),
        (lambda n: n.cells[3].update(id="other"), r"cell 4 \(id\)"),
        (lambda n: n.cells[3].metadata.update(tags=[]), r"cell 4 \(metadata\)"),
        (lambda n: n.metadata.update(author="me"), r"its metadata differ \(author\)"),
        (
            lambda n: n.metadata.course.update(source_sha256="0"),
            r"its metadata differ \(course\.source_sha256\)",
        ),
    ],
)
def test_check_sees_every_change(copy, which, change, said):
    path = which(copy, "03_small")
    notebook = read(path)
    change(notebook)
    nbformat.write(notebook, path)
    (message,) = check(notebooks=copy)
    assert re.search(said, message)


@pytest.mark.parametrize("which", [student_path, solution_path])
def test_check_sees_missing_and_broken_files(copy, which):
    path = which(copy, "03_small")
    path.write_text("<<<<<<< HEAD")
    assert "not a readable notebook" in check(notebooks=copy)[0]
    path.unlink()
    assert "missing" in check(notebooks=copy)[0]


def test_a_student_notebook_with_outputs_is_refused(copy):
    path = student_path(copy, "03_small")
    notebook = read(path)
    notebook.cells[4].outputs = [nbformat.v4.new_output("stream", text="right\n")]
    nbformat.write(notebook, path)
    assert "cell 5 (outputs)" in check(notebooks=copy)[0]


def test_other_bytes_with_the_same_cells_are_refused_in_the_student_edition(copy):
    path = student_path(copy, "03_small")
    path.write_bytes(path.read_bytes() + b"\n")
    assert "other bytes" in check(notebooks=copy)[0]


def test_stripped_and_replaced_outputs_are_refused(copy):
    path = solution_path(copy, "03_small")
    for new in ([], [nbformat.v4.new_output("stream", text="wrong\n")]):
        notebook = read(path)
        notebook.cells[4].outputs = new
        nbformat.write(notebook, path)
        (message,) = check(notebooks=copy)
        assert "outputs are not those that the build stored" in message


def test_a_notebook_without_source_is_named(copy):
    student_path(copy, "02_gone").write_bytes(student_path(copy, "03_small").read_bytes())
    (message,) = check(notebooks=copy)
    assert "02_gone.ipynb: no source" in message


def test_the_list_of_exercises_is_written_and_checked(
    copy, tmp_path, no_kernel, monkeypatch, capsys
):
    stored = tmp_path / "assignments.json"
    stored.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(builder, "NOTEBOOKS", copy)
    monkeypatch.setattr(builder, "ASSIGNMENTS", stored)
    (problem,) = check(notebooks=copy)
    assert "assignments.json" in problem
    assert problem.endswith("Run: python -m course_utils build")
    assert build(notebooks=copy) == 0
    assert json.loads(stored.read_text(encoding="utf-8")) == {"03_small": ["3.1"]}
    assert "assignments.json: written" in capsys.readouterr().out
    assert check(notebooks=copy) == []


def test_a_refused_source_leaves_all_notebooks_alone(tmp_path, no_kernel):
    write_lesson(tmp_path)
    write_lesson(tmp_path, with_body("    return x"), "04_broken")
    with pytest.raises(WorkbookError, match="04_broken"):
        build(notebooks=tmp_path)
    assert list(tmp_path.rglob("*.ipynb")) == []


def test_a_failing_solution_is_told_and_not_stored(tmp_path, capsys):
    write_lesson(tmp_path, TITLE + "# %%\n1 / 0\n\n" + USE.replace("scale_and_shift", "max"))
    assert build(notebooks=tmp_path) == 1
    out = capsys.readouterr().out
    assert "03_small: FAILED at cell 4: ZeroDivisionError: division by zero" in out
    assert not solution_path(tmp_path, "03_small").exists()
    assert "missing" in check(notebooks=tmp_path)[0]


def test_lessons_are_chosen_by_number_name_or_path(tmp_path):
    three = write_lesson(tmp_path)
    four = write_lesson(tmp_path, name="04_next")
    for name in ("3", "03", "03_small", "notebooks/03_small.ipynb", str(three)):
        assert lesson_sources([name], tmp_path) == [three]
    assert lesson_sources([], tmp_path) == [three, four]
    with pytest.raises(WorkbookError, match=r"no lesson '7'.*03_small, 04_next"):
        lesson_sources(["7"], tmp_path)
    with pytest.raises(NoLessonsError, match=r"NN_name\.py"):
        lesson_sources([], tmp_path / "nowhere")
