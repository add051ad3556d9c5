"""Both editions of a lesson: what each holds, and that nothing in them is left to chance."""

import ast
import json
import os
import subprocess
import sys

import pytest

from course_utils.workbook import colab
from course_utils.workbook.editions import HAND_IN, as_text, make_edition
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import ROOT, WorkbookError, repository_address

from .lessons import LESSON, with_body, write_lesson

RAISE = '    raise NotImplementedError("exercise 3.1: scale_and_shift is still open")'


@pytest.fixture
def lesson(tmp_path):
    return read_lesson(write_lesson(tmp_path))


def cell_with(notebook, text):
    (found,) = [c for c in notebook.cells if text in c.source]
    return found


def test_the_student_edition_has_a_blank_where_the_region_was(lesson):
    cell = cell_with(make_edition(lesson, "student"), "scale_and_shift(x")
    assert cell.source.split("\n") == [
        '@exercise("3.1", points=4)',
        "def scale_and_shift(x, w, b):",
        '    """Return w x + b."""',
        RAISE,
        "    return y",
    ]
    assert cell.metadata["tags"] == ["important"]


def test_the_solution_edition_keeps_the_code_and_no_markers(lesson):
    cell = cell_with(make_edition(lesson, "solution"), "scale_and_shift(x")
    assert (
        "    scaled = x * w  # why: each by its own\n    y = scaled + b\n    return y"
        in cell.source
    )
    assert "SOLUTION" not in as_text(make_edition(lesson, "solution"))


def test_a_blank_stands_as_deep_as_its_region(tmp_path):
    body = ["    for _ in range(2):", "        ### BEGIN SOLUTION", "        x = x + 1",
            "        ### END SOLUTION", "    return x"]  # fmt: skip
    notebook = make_edition(read_lesson(write_lesson(tmp_path, with_body(*body))), "student")
    assert "\n        raise NotImplementedError(" in cell_with(notebook, "@exercise").source


def test_a_region_that_takes_half_a_block_is_refused(tmp_path):
    body = ["    try:", "        ### BEGIN SOLUTION", "        x = 1", "    except ValueError:",
            "        x = 2", "        ### END SOLUTION", "    return x"]  # fmt: skip
    with pytest.raises(WorkbookError, match="without its solution this cell is no valid Python"):
        make_edition(read_lesson(write_lesson(tmp_path, with_body(*body))), "student")


def test_cells_have_the_same_ids_in_both_editions_and_no_two_the_same(lesson):
    student, solution = (make_edition(lesson, e) for e in ("student", "solution"))
    ids = [c.id for c in student.cells]
    assert ids == [c.id for c in solution.cells]
    assert len(set(ids)) == len(ids)


def test_cells_with_the_same_text_have_different_ids(tmp_path):
    lesson = read_lesson(write_lesson(tmp_path, LESSON + "\n# %%\nx = 1\n\n# %%\nx = 1\n"))
    ids, again = ([c.id for c in make_edition(lesson, "student").cells] for _ in range(2))
    assert len(set(ids)) == len(ids)
    assert ids == again, "nbformat replaces doubled ids by random ones"


def test_ids_tell_nothing_about_the_solution(lesson, tmp_path):
    other = LESSON.replace("scaled + b", "b + scaled")
    other = read_lesson(write_lesson(tmp_path / "other", other))
    ids = [[c.id for c in make_edition(le, "student").cells] for le in (lesson, other)]
    assert ids[0] == ids[1]


def test_metadata_say_kernel_language_and_source_and_nothing_else(lesson):
    metadata = make_edition(lesson, "student").metadata
    assert set(metadata) == {"course", "kernelspec", "language_info"}
    assert metadata.kernelspec.name == "python3"
    assert metadata.course == {
        "edition": "student", "lesson": "03_small", "source_sha256": lesson.sha256,
    }  # fmt: skip
    assert "version" not in metadata.language_info


def test_keys_are_sorted_and_the_file_ends_with_one_newline(lesson):
    text = as_text(make_edition(lesson, "student"))
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def test_another_process_with_another_hash_seed_gives_the_same_bytes(lesson):
    code = (
        "import sys; from pathlib import Path\n"
        "from course_utils.workbook.editions import as_text, make_edition\n"
        "from course_utils.workbook.lesson import read_lesson\n"
        "lesson = read_lesson(Path(sys.argv[1]))\n"
        "for edition in ('student', 'solution'):\n"
        "    sys.stdout.buffer.write(as_text(make_edition(lesson, edition)).encode())\n"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code, str(lesson.path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
            cwd=ROOT,
        ).stdout
        for seed in ("1", "2")
    ]
    here = "".join(as_text(make_edition(lesson, e)) for e in ("student", "solution"))
    assert made[0] == made[1] == here.encode()


def test_windows_line_ends_give_the_same_notebook(lesson, tmp_path):
    other = write_lesson(tmp_path / "windows")
    other.write_bytes(LESSON.replace("\n", "\r\n").encode())
    again = read_lesson(other)
    assert as_text(make_edition(again, "student")) == as_text(make_edition(lesson, "student"))


def test_the_badge_opens_the_student_notebook_of_the_repository(lesson):
    text = make_edition(lesson, "student").cells[0].source
    assert "<!-- badge -->" not in text
    place = repository_address().removeprefix("https://github.com/")
    target = f"https://colab.research.google.com/github/{place}/blob/main/notebooks/03_small.ipynb"
    assert f"]({target})" in text


def test_a_badge_for_another_host_is_refused(monkeypatch):
    monkeypatch.setattr(colab, "repository_address", lambda: "https://example.org/a/b")
    with pytest.raises(WorkbookError, match="from GitHub only"):
        colab.badge("03_small")


def test_the_address_is_read_from_pyproject(tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text('[project.urls]\nRepository = "https://github.com/other/course/"\n')
    assert repository_address(file) == "https://github.com/other/course"
    file.write_text("[project.urls]\n")
    with pytest.raises(WorkbookError, match="Repository"):
        repository_address(file)


def test_the_setup_cell_is_short_and_does_nothing_elsewhere(lesson, monkeypatch):
    cell = make_edition(lesson, "student").cells[1]
    assert cell.source == colab.setup_cell()
    assert len(cell.source.split("\n")) <= 12
    assert "no need to read" in cell.source.split("\n")[0]
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("ran something"))
    exec(compile(cell.source, "setup", "exec"), {})


@pytest.mark.parametrize("cloned", [False, True])
def test_on_colab_the_setup_cell_clones_installs_and_moves(monkeypatch, cloned):
    ran, moved = [], []
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    monkeypatch.setattr(subprocess, "run", lambda command, check: ran.append(command))
    monkeypatch.setattr("os.path.isdir", lambda path: cloned)
    monkeypatch.setattr("os.chdir", moved.append)
    exec(compile(colab.setup_cell("v1.2"), "setup", "exec"), {})
    folder = "/content/" + repository_address().rsplit("/", 1)[1]
    clone = ["git", "clone", "--quiet", "--depth=1", "--branch=v1.2", repository_address(), folder]
    install = [sys.executable, "-m", "pip", "install", "--quiet", folder + "[pretrained]"]
    assert ran == ([install] if cloned else [clone, install])
    assert moved == [folder + "/notebooks"]


def test_every_code_cell_of_the_student_edition_is_python(lesson):
    for cell in make_edition(lesson, "student").cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


def test_the_last_cell_makes_the_hand_in_when_asked_and_nothing_else(tmp_path, monkeypatch):
    path = write_lesson(tmp_path)
    path.write_text(path.read_text("utf-8") + "\n# %%\n# <hand-in>\n", "utf-8")
    asked = []
    monkeypatch.setattr("course_utils.workbook.submit.submit", lambda: asked.append(1))
    sources = [make_edition(read_lesson(path), e).cells[-1].source for e in ("student", "solution")]
    assert sources[0] == sources[1]
    exec(compile(sources[0], "hand-in", "exec"), {})
    assert asked == []
    exec(compile(sources[0].replace("# submit()", "submit()"), "hand-in", "exec"), {})
    assert asked == [1]


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks" / "source").glob("*.py")))
def test_every_lesson_ends_with_the_hand_in(path):
    assert read_lesson(path).cells[-1].text.strip() == HAND_IN
