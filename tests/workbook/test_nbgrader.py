"""Source notebooks for nbgrader: the form of their metadata, and nbgrader's own word on them."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.checking.exercises import find_exercise
from course_utils.workbook.editions import STUDENT_EDITION, as_text, make_edition
from course_utils.workbook.leaks import found_in, secret_lines
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.nbgrader import build_nbgrader, nbgrader_source
from course_utils.workbook.project import ROOT, lesson_sources

LESSON = "00_start_here"
# nbgrader's schema 3, as published with nbgrader 0.9.
ALLOWED = {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points",
           "checksum", "cell_type"}  # fmt: skip
RIGHT = "y = x @ w + b"
SETTING = "raise NotImplementedError"
ANSWERS = {
    "right": {"neuron_forward": RIGHT, "neuron_backward": "dx, dw, db = dy * w, dy * x, dy"},
    "half": {"neuron_forward": RIGHT, "neuron_backward": "dx, dw, db = dy * w, dy * w, dy"},
    "none": {},
}  # fmt: skip


@pytest.fixture(scope="module", params=[p.stem for p in lesson_sources()])
def lesson(request):
    (path,) = lesson_sources([request.param])
    return read_lesson(path)


def test_metadata_have_the_form_that_nbgrader_asks(lesson):
    notebook = nbgrader_source(lesson)
    ids, points = [], {}
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        meta = cell.metadata.get("nbgrader")
        assert bool(meta) or "@exercise(" not in cell.source
        if not meta:
            assert "BEGIN SOLUTION" not in cell.source
            continue
        assert cell.cell_type == "code"
        assert set(meta) <= ALLOWED
        assert meta["schema_version"] == 3
        assert all(type(meta[k]) is bool for k in ("grade", "locked", "solution", "task"))
        assert re.fullmatch(r"[a-zA-Z0-9_\-]+", meta["grade_id"])
        assert ("points" in meta) == meta["grade"]
        assert meta["grade"] != meta["solution"], "points come from the test, not from a hand"
        if meta["solution"]:
            assert cell.source.count("### BEGIN SOLUTION") == cell.source.count("@exercise(") > 0
        else:
            assert meta["locked"]
            assert before.metadata.get("nbgrader"), "each test stands below its answer"
            (exercise,) = re.findall(r'_check\("([\d.]+)"\)', cell.source)
            points[exercise] = meta["points"]
        ids.append(meta["grade_id"])
    assert len(set(ids)) == len(ids)
    assert points == {
        b.exercise_id: find_exercise(b.exercise_id).points for b in find_blanks(lesson)
    }


def test_without_its_tests_it_is_the_lesson(lesson):
    """What nbgrader makes for students is the student edition, but for the words of the blank."""
    cells = [
        c for c in nbgrader_source(lesson).cells if not c.metadata.get("nbgrader", {}).get("grade")
    ]
    student = make_edition(lesson, STUDENT_EDITION).cells
    assert [c.id for c in cells] == [c.id for c in student]
    region = re.compile(r"( *)### BEGIN SOLUTION\n.*?### END SOLUTION", re.S)
    for cell, expected in zip(cells, student, strict=True):
        cut = region.sub(r"\1" + SETTING, cell.source)
        assert cut == re.sub(SETTING + r"\(.*\)", SETTING, expected.source)


def test_the_same_bytes_every_time_and_settings_are_kept(tmp_path, capsys):
    for _ in range(2):
        assert build_nbgrader(tmp_path, ["00"]) == 0
    file = tmp_path / "source" / LESSON / f"{LESSON}.ipynb"
    before = file.read_bytes()
    config = tmp_path / "nbgrader_config.py"
    config.write_text("c = get_config()\n")
    build_nbgrader(tmp_path, ["00"])
    assert file.read_bytes() == before
    assert config.read_text() == "c = get_config()\n"
    assert "is there and kept" in capsys.readouterr().out


@pytest.mark.parametrize("body", ["right", "half", "none"])
def test_the_last_line_of_a_test_cell_is_a_plain_number(body, tmp_path):
    """Anything else than a number would earn all points."""
    source = nbgrader_source(read_lesson(lesson_sources(["00"])[0]))
    code = filled(json.loads(as_text(source)), ANSWERS[body])
    cells = "\n".join(
        f"print('VALUE', repr({c['source'].splitlines()[-1]}))"
        if c["metadata"].get("nbgrader", {}).get("grade")
        else ("" if "environment" in c["source"] and "import" not in c["source"] else c["source"])
        for c in code["cells"]
        if c["cell_type"] == "code"
    ).replace("print('VALUE'", "from course_utils.checking import check as _check\nprint('VALUE'")
    file = tmp_path / "run.py"
    file.write_text(cells, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    command = [sys.executable, str(file)]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    values = re.findall(r"^VALUE (.*)$", ran.stdout, re.M)
    expected = {"right": [1, 1], "half": [1, None], "none": [0, 0]}[body]
    for value, want in zip(values, expected, strict=True):
        assert re.fullmatch(r"\d\.\d+", value)
        assert float(value) == want if want is not None else 0 < float(value) < 1


def filled(notebook, answers):
    """The notebook with these answers in place of blanks and of solutions."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if "@exercise(" not in cell["source"]:
            continue
        (name,) = re.findall(r"^def (\w+)", cell["source"], re.M)
        line = (
            f"    {answers[name]}" if name in answers else '    raise NotImplementedError("open")'
        )
        cell["source"] = re.sub(
            r"    ### BEGIN SOLUTION\n.*?### END SOLUTION|    raise NotImplementedError\(.*?\)",
            lambda found, line=line: line, cell["source"], flags=re.S,
        )  # fmt: skip
    return notebook


def test_nbgrader_itself_makes_checks_and_grades_it(tmp_path):
    """generate_assignment, validate and autograde, as an instructor calls them."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed; see CONTRIBUTING, Editions")
    build_nbgrader(tmp_path, ["00"])
    here = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    here["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{here['PATH']}"

    def nbgrader(*words, wanted=0):
        command = [sys.executable, "-m", "nbgrader", *words]
        ran = subprocess.run(command, cwd=tmp_path, env=here, capture_output=True, text=True)
        assert ran.returncode == wanted, ran.stderr
        return ran.stdout + ran.stderr

    nbgrader("generate_assignment", LESSON)
    release = tmp_path / "release" / LESSON / f"{LESSON}.ipynb"
    path = lesson_sources(["00"])[0]
    assert list(found_in(secret_lines(read_lesson(path)), release.read_bytes())) == []
    assert "neuron_forward is still open" not in release.read_text("utf-8")
    assert "this exercise is still open" in release.read_text("utf-8")
    for student, answers in ANSWERS.items():
        handed = tmp_path / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        handed.parent.mkdir(parents=True)
        notebook = filled(json.loads(release.read_text("utf-8")), answers)
        handed.write_text(json.dumps(notebook), "utf-8")
    said = nbgrader("validate", f"submitted/right/{LESSON}/{LESSON}.ipynb")
    assert "Success! Your notebook passes all the tests" in said
    said = nbgrader("validate", f"submitted/half/{LESSON}/{LESSON}.ipynb")
    assert "VALIDATION FAILED ON 1 CELL" in said
    nbgrader("autograde", LESSON)
    nbgrader("export", "--to", "grades.csv")
    with (tmp_path / "grades.csv").open(newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores["right"] == 2
    assert scores["none"] == 0
    assert 1 < scores["half"] < 2, "partial credit"
