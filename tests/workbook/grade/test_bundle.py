"""Gradescope's autograder, run as its harness runs it, in a scratch folder with the real grader."""

import json
import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from course_utils.workbook.grade.batch import Order
from course_utils.workbook.grade.bundle import make_bundle
from course_utils.workbook.grade.on_gradescope import graded_folder
from course_utils.workbook.grade.setting import Setting
from course_utils.workbook.project import NOTEBOOKS, ROOT, WorkbookError, solution_path
from tests.workbook.grade import fake_grading
from tests.workbook.grade.test_outputs import TEST, TOP

LESSON = "00_start_here"
SEED = "c0ffee" * 8


def bundle(tmp_path, lesson=LESSON, root=ROOT, **options):
    path = tmp_path / "autograder.zip"
    make_bundle(path, lesson, SEED, {"0.1": 1}, root=root, **options)
    return path


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A repository with little in it."""
    root = tmp_path_factory.mktemp("root")
    for name in ("pyproject.toml", "requirements.txt", "datasets/registry.toml",
                 "course_utils/__init__.py", f"notebooks/{LESSON}.ipynb",
                 "notebooks/06_transfer_learning.ipynb"):  # fmt: skip
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    (root / "course_utils/__pycache__").mkdir()
    (root / "course_utils/__pycache__/x.pyc").write_text("x")
    return root


@pytest.fixture(scope="module")
def harness(tmp_path_factory):
    """Unpack the bundle as Gradescope does; gives a function that hands a file in."""
    root = tmp_path_factory.mktemp("autograder")
    made = root.parent / "autograder.zip"
    seeds = Setting(LESSON).seeds(SEED)
    make_bundle(made, LESSON, SEED, seeds, visibility="after_due_date", allow_weak=True)
    with zipfile.ZipFile(made) as archive:
        archive.extractall(root / "source")
    shutil.copy(root / "source" / "run_autograder", root / "run_autograder")
    os.chmod(root / "run_autograder", 0o755)

    def hand_in(*files):
        for name in ("submission", "results"):
            shutil.rmtree(root / name, ignore_errors=True)
            (root / name).mkdir()
        for name, content in files:
            (root / "submission" / name).write_bytes(content)
        done = subprocess.run(
            [str(root / "run_autograder")], capture_output=True, text=True, timeout=300,
            env={"PATH": os.environ["PATH"], "AUTOGRADER": str(root), "PYTHON": sys.executable},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert SEED not in done.stdout + done.stderr
        text = (root / "results" / "results.json").read_text("utf-8")
        assert SEED not in text
        return json.loads(text)

    return hand_in


def test_the_solution_has_all_points_and_the_form_is_gradescopes(harness):
    made = harness(("my net.ipynb", solution_path(NOTEBOOKS, LESSON).read_bytes()))
    assert set(made) <= TOP
    assert all(set(test) <= TEST for test in made["tests"])
    assert [t["number"] for t in made["tests"]] == ["0.1", "0.2"]
    assert [t["score"] for t in made["tests"]] == [t["max_score"] for t in made["tests"]]
    assert made["visibility"] == "after_due_date"


def test_what_is_no_notebook_has_a_result_that_says_so(harness):
    made = harness(("net.ipynb", b"no json"))
    assert "not JSON" in made["output"]
    assert [t["score"] for t in made["tests"]] == [0, 0]


def order(grade):
    return Order(fake_grading.LESSON, fake_grading.EXERCISES, SEED, None, lambda: grade)


def test_nothing_and_several_files_have_one_result(tmp_path):
    (tmp_path / "essay.pdf").write_bytes(b"x")
    assert "no notebook (.ipynb)" in graded_folder(tmp_path, order(None)).error
    for name in (f"{fake_grading.LESSON}.ipynb", f"{fake_grading.LESSON}-1.ipynb", "other.zip"):
        (tmp_path / name).write_bytes(name.encode())
    made = graded_folder(tmp_path, order(fake_grading.grade_file))
    assert made.path == "other.zip", "the last by name"
    assert not made.error


def test_a_grader_that_fails_tells_the_instructor_and_not_the_student(tmp_path, capsys):
    def fail(*given, **options):
        raise RuntimeError("the secret 4711")

    (tmp_path / "a.ipynb").write_bytes(b"x")
    made = graded_folder(tmp_path, order(fail))
    assert "the grader failed" in made.error
    assert "4711" not in made.error
    assert "4711" in capsys.readouterr().err


def test_it_has_what_the_harness_needs_and_the_same_bytes_again(tmp_path, small):
    path = bundle(tmp_path, root=small)
    first = path.read_bytes()
    assert bundle(tmp_path, root=small).read_bytes() == first
    assert path.stat().st_mode & 0o077 == 0, "it holds the seed"
    with zipfile.ZipFile(path) as archive:
        about = {entry.filename: entry for entry in archive.infolist()}
        run = archive.read("run_autograder").decode()
        setup = archive.read("setup.sh").decode()
        needed = archive.read("requirements.txt").decode()
    for name in ("run_autograder", "setup.sh"):
        assert about[name].external_attr >> 16 & 0o111, "can be executed"
    assert run.startswith("#!/usr/bin/env bash\n")
    assert "\r" not in run + setup
    assert "numpy==" in needed
    assert "torch" not in needed, "several hundred MB that this lesson does not need"
    assert f"course/notebooks/{LESSON}.ipynb" in about
    for name in ("secret.seed", "settings.json"):
        assert about[name].external_attr >> 16 & 0o077 == 0, "for the owner only"
    assert not [n for n in about if "solutions" in n or "tests/" in n or n.endswith(".pyc")]
    subprocess.run(["bash", "-n"], input=run + setup, text=True, check=True)


def test_a_lesson_on_torch_brings_torch(tmp_path, small):
    path = bundle(tmp_path, "06_transfer_learning", root=small)
    with zipfile.ZipFile(path) as archive:
        assert "torch==" in archive.read("requirements.txt").decode()
        assert "download.pytorch.org/whl/cpu" in archive.read("setup.sh").decode()


def test_an_unknown_visibility_is_refused(tmp_path):
    with pytest.raises(WorkbookError, match="after_published"):
        bundle(tmp_path, visibility="never")
    assert not (tmp_path / "autograder.zip").exists()
