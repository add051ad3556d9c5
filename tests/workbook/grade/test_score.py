"""The editions of a lesson as hand-ins; the same bytes each time; what the locks are for."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils.checking.exercises import find_exercise
from course_utils.checking.judge import SECONDS, judge
from course_utils.workbook.grade import score
from course_utils.workbook.grade.assignment import Limits, find_assignment, recognise
from course_utils.workbook.grade.model import graded_from
from course_utils.workbook.grade.process import Process
from course_utils.workbook.project import NOTEBOOKS, ROOT, WorkbookError
from tests.workbook.grade.hostile import ASSIGNMENT, CASES, LIMITS, RIGHT, cells_with, written

SEED = "a secret of the tests"
BY_NAME = {case.name: case for case in CASES}


def graded(path, folder, assignment=ASSIGNMENT, **others):
    return score.grade_file(
        path, folder=folder, student="ada", assignment=assignment, seed=SEED, **others
    )


@pytest.fixture(scope="module", autouse=True)
def _locked_in():
    in_force = score.protections()
    if not (in_force["network"] and in_force["disk"] and in_force["processes"]):
        pytest.skip(f"this machine cannot lock an answer in: {in_force}")


@pytest.mark.parametrize("lesson", ["00", "01", "03", "04"])
def test_the_solution_earns_all_and_the_open_notebook_nothing(lesson):
    assignment = find_assignment(lesson)
    solved = NOTEBOOKS / "solutions" / f"{assignment.lesson}.ipynb"
    found = graded(solved, NOTEBOOKS, assignment)
    assert found.error == ""
    assert found.earned == found.possible == sum(e.points for e in assignment.asked)
    assert found.remarks == ()
    blank = graded(NOTEBOOKS / f"{assignment.lesson}.ipynb", NOTEBOOKS, assignment)
    assert blank.earned == 0
    assert {e.status for e in blank.exercises} == {"open"}
    assert blank.remarks == ()


def test_the_nets_of_pytorch_can_be_graded(tmp_path):
    pytest.importorskip("torch")
    assignment = find_assignment("06")
    ids = ("6.3", "6.4", "6.8", "6.9")
    assignment = type(assignment)(assignment.lesson, ids)
    solved = NOTEBOOKS / "solutions" / f"{assignment.lesson}.ipynb"
    seeds = dict.fromkeys(ids, 5)
    found = graded(solved, NOTEBOOKS, assignment, seeds=seeds)
    assert found.earned == found.possible == 10


def test_the_same_bytes_in_another_process(tmp_path):
    path = BY_NAME["changes_arguments"].make(tmp_path)
    here = json.dumps(graded(path, tmp_path, limits=LIMITS).to_dict(), sort_keys=True)
    code = (
        "import json, sys; from pathlib import Path; from tests.workbook.grade import test_score;"
        "p = Path(sys.argv[1]); g = test_score.graded(p, p.parent, limits=test_score.LIMITS);"
        "print(json.dumps(g.to_dict(), sort_keys=True))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    there = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env=env, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert there.stdout.strip() == here
    again = json.dumps(graded_from(json.loads(here)).to_dict(), sort_keys=True)
    assert again == here


def test_one_secret_gives_other_numbers_than_another_and_the_same_points(tmp_path):
    wrong = RIGHT["linear_forward"].replace("+ b", "+ 2 * b")
    path = written(tmp_path / "a.ipynb", cells_with(wrong))
    one = graded(path, tmp_path)
    other = score.grade_file(
        path, folder=tmp_path, student="ada", assignment=ASSIGNMENT, seed="another"
    )
    assert [e.earned for e in one.exercises] == [e.earned for e in other.exercises]
    for secret in (SEED, "another"):
        for number in score.secret_seeds(ASSIGNMENT, secret).values():
            assert str(number) not in json.dumps(one.to_dict())


def test_own_functions_serve_where_right_and_the_reference_where_not(tmp_path):
    builds = """@exercise("3.7", points=5)
def two_layer_loss_and_grads(params, X, y, weight_decay=0.0):
    A, kept = linear_forward(X, params["W1"], params["b1"])
    H, kept_relu = relu_forward(A)
    Z, kept_2 = linear_forward(H, params["W2"], params["b2"])
    loss, kept_loss = nn.softmax_cross_entropy_forward(Z, y)
    loss += weight_decay * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    dZ = answers().softmax_cross_entropy_backward(1.0, kept_loss)
    dH, dW2, db2 = linear_backward(dZ, kept_2)
    dX, dW1, db1 = linear_backward(relu_backward(dH, kept_relu), kept)
    dW1, dW2 = (d + 2 * weight_decay * params[k] for d, k in ((dW1, "W1"), (dW2, "W2")))
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}"""
    assignment = type(ASSIGNMENT)(ASSIGNMENT.lesson, (*ASSIGNMENT.exercises, "3.7"))
    # A forward that is wrong, and one that is right with a cache of its own.
    for first, points in ((RIGHT["linear_forward"].replace("+ b", "- b"), 0), (None, 2)):
        cells = cells_with(first or RIGHT["linear_forward"].replace("(X, W)", "(X, W)"), builds)
        found = graded(written(tmp_path / "a.ipynb", cells), tmp_path, assignment)
        by_id = {e.exercise: e for e in found.exercises}
        assert by_id["3.7"].earned == 5, by_id["3.7"].text
        assert (by_id["3.1"].earned == 2) == (points == 2)


# Slips in the solutions of lesson 03: exercise, what stands there, what stands there then.
SLIPS = [
    ("3.1", "Y = X @ W + b", "Y = X @ W - b"),
    ("3.1", "Y = X @ W + b", "Y = (X @ W + b).T"),
    ("3.2", "db = dY.sum(axis=0)", "db = dY.mean(axis=0)"),
    ("3.2", "dW = X.T @ dY", "dW = dY.T @ X"),
    ("3.3", "np.maximum(X, 0)", "np.abs(X)"),
    ("3.4", "dY * (X > 0)", "dY * (X < 0)"),
    ("3.5", "shifted = Z - Z.max(axis=1, keepdims=True)", "shifted = Z"),
    ("3.6", "dZ = P.copy()", "dZ = P"),
    ("3.7", "dW1 = dW1 + 2 * weight_decay * W1", "pass"),
    ("3.8", "w = w + v", "w = w - v"),
    ("3.9", "v / (1 - beta2**t)", "v"),
    ("3.9", "t = state.get", "1 / 0\n    t = state.get"),
]


def cells_of(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


def test_a_slip_earns_in_a_child_what_it_earns_in_the_notebook(tmp_path):
    assignment = find_assignment("03")
    seeds = score.secret_seeds(assignment, SEED)
    solved = cells_of(NOTEBOOKS / "solutions" / f"{assignment.lesson}.ipynb")
    for exercise, old, new in SLIPS:
        asked = find_exercise(exercise)
        cells = [
            text.replace(old, new) if f"def {asked.name}(" in text else text for text in solved
        ]
        assert cells != solved
        path = written(tmp_path / "a.ipynb", cells)
        found = graded(path, tmp_path, assignment, seeds=seeds)
        by_id = {e.exercise: e for e in found.exercises}
        names = {"np": np, "exercise": lambda *a, **k: lambda f: f}
        for text in cells:  # the course's own text with a slip of ours
            if "@exercise(" in text:
                exec(text, names)
        own = judge(asked, names[asked.name])
        assert by_id[exercise].earned == pytest.approx(own.earned, abs=1e-4), (old, new)
        assert own.earned < asked.points
        assert all(e.earned == e.points for e in found.exercises if e.exercise != exercise)


# What each attack finds when the lock that stops it is left off: without this, a test of a
# lock would pass on a machine where the attack fails for another reason.
WITHOUT = [
    ("seccomp", "local_sockets"),
    ("seccomp", "changed_rights"),
    ("seccomp", "thread_bomb"),
    ("seccomp", "killed_by_a_pipe"),
    ("landlock", "read_solutions"),
    ("landlock", "read_another_hand_in"),
    ("landlock", "listed_hand_ins"),
    ("landlock", "read_the_system"),
    ("landlock", "written_outside"),
]


@pytest.mark.parametrize(("lock", "name"), WITHOUT, ids=[f"{b} without {a}" for a, b in WITHOUT])
def test_an_attack_gets_through_where_its_lock_is_left_off(lock, name, tmp_path, monkeypatch):
    def start(serve, *, limits, allow_weak, hidden=(), tree=None):
        settings = {"allow_weak": True, "without": [lock]}
        return Process(score.child_tree(), limits, serve, settings, hidden)

    monkeypatch.setattr(score, "_start", start)
    text = BY_NAME[name].make(tmp_path)
    if name == "killed_by_a_pipe":  # asks for the signal, but for one that does no harm
        text.write_text(text.read_text("utf-8").replace("(10, 9)", "(10, 0)"), "utf-8")
    found = graded(text, tmp_path, limits=LIMITS)
    assert found.exercises[0].earned == 0
    assert "expected 2 values" in found.exercises[0].text  # it returned "reached"


def test_a_machine_without_locks_is_refused(tmp_path, monkeypatch):
    def start(serve, *, limits, allow_weak, hidden=(), tree=None):
        settings = {"allow_weak": allow_weak, "without": ["landlock"]}
        return Process(score.child_tree(), limits, serve, settings, hidden)

    monkeypatch.setattr(score, "_start", start)
    path = written(tmp_path / "a.ipynb", cells_with(RIGHT["linear_forward"]))
    with pytest.raises(WorkbookError, match="disk cannot be closed"):
        graded(path, tmp_path, limits=LIMITS)
    assert graded(path, tmp_path, limits=LIMITS, allow_weak=True).earned == 9


def test_lessons_are_found_by_name_and_number():
    assert find_assignment("3").lesson == "03_fully_connected_net"
    assert find_assignment("03_fully_connected_net.ipynb").exercises[0] == "3.1"
    assert find_assignment("03_fully_connected_net_experiments").exercises[0] == "3.10"
    with pytest.raises(WorkbookError, match="no lesson '99'"):
        find_assignment("99")


def test_a_hand_in_is_recognised_by_what_it_says_its_name_and_its_functions():
    every = [find_assignment(n) for n in ("00", "03", "03_fully_connected_net_experiments")]
    assert recognise(every[1].lesson, "x", (), every) is every[1]
    assert recognise("", "ada_03_fully_connected_net_experiments (1).ipynb", (), every) is every[2]
    assert recognise("", "ada.ipynb", ["linear_forward", "relu_forward"], every) is every[1]
    assert recognise("", "ada.ipynb", ["something"], every) is None


def test_a_slow_answer_has_as_long_as_in_the_notebook():
    assert Limits().seconds_per_exercise >= SECONDS
