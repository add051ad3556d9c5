"""A batch: kept one by one, resumed to the same, and stopped by nobody's hand-in."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from course_utils.workbook.grade.batch import Order, grade_batch
from course_utils.workbook.grade.handins import find_hand_ins
from course_utils.workbook.grade.store import Store
from course_utils.workbook.project import ROOT
from tests.workbook.grade import fake_grading

SEED = "0123456789abcdef" * 4


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hand-ins"
    made.mkdir()
    for n in range(12):
        (made / f"student{n}.ipynb").write_bytes(f"answers {n}".encode())
    return made


def order(folder, jobs=1, **changed):
    about = dict(  # noqa: C408
        lesson=fake_grading.LESSON, exercises=fake_grading.EXERCISES, seed=SEED, folder=folder,
        grader=lambda: fake_grading.grade_file, jobs=jobs,
    )  # fmt: skip
    return Order(**{**about, **changed})


def graded(folder, store, **options):
    return grade_batch(find_hand_ins(folder).hand_ins, order(folder, **options), Store(store))


def plain(batch):
    return json.dumps([g.to_dict() for g in batch.grades])


def calls(monkeypatch, tmp_path, name):
    marks = tmp_path / name
    marks.mkdir()
    monkeypatch.setenv(fake_grading.CALLS, str(marks))
    return lambda: len(list(marks.iterdir()))


def test_two_processes_give_what_one_gives_in_the_order_of_the_names(folder, tmp_path):
    one = graded(folder, tmp_path / "a")
    two = graded(folder, tmp_path / "b", jobs=2)
    assert plain(one) == plain(two)
    assert [g.student for g in two.grades] == [f"student{n}" for n in range(12)], "2 before 10"
    assert len({g.earned for g in one.grades}) > 3, "the fake tells hand-ins apart"
    assert (one.kept, len(one.seconds)) == (0, 12)


def test_a_second_run_grades_nothing_and_gives_the_same(folder, tmp_path, monkeypatch):
    first = graded(folder, tmp_path / "store")
    count = calls(monkeypatch, tmp_path, "second")
    second = graded(folder, tmp_path / "store")
    assert count() == 0
    assert second.kept == 12
    assert plain(first) == plain(second)


@pytest.mark.parametrize(
    ("change", "anew"),
    [
        ("a hand-in", 1),
        ("a name", 1),
        ("the seed", 12),
        ("the exercises", 12),
        ("the limits", 12),
        ("the code", 12),
    ],
)
def test_what_a_grade_depends_on_is_graded_anew(folder, tmp_path, monkeypatch, change, anew):
    from course_utils.workbook.grade import batch

    graded(folder, tmp_path / "store")
    options = {}
    if change == "a hand-in":
        (folder / "student3.ipynb").write_bytes(b"other answers")
    elif change == "a name":
        (folder / "student3.ipynb").rename(folder / "student33.ipynb")
    elif change == "the seed":
        options = {"seed": "f" * 64}
    elif change == "the exercises":
        monkeypatch.setattr(fake_grading, "EXERCISES", ("3.1", "3.2"))
    elif change == "the limits":
        options = {"limits": "10 s"}
    else:
        monkeypatch.setattr(batch, "code_hash", lambda: "other code")
    count = calls(monkeypatch, tmp_path, "again")
    graded(folder, tmp_path / "store", **options)
    assert count() == anew


@pytest.mark.parametrize("damage", ["cut", "edited", "foreign", "empty", "deep", "folder"])
def test_a_damaged_entry_is_graded_anew(folder, tmp_path, monkeypatch, damage):
    store = tmp_path / "store"
    whole = graded(folder, store)
    first, other, *_ = sorted(store.rglob("*.json"))
    if damage == "cut":
        first.write_bytes(first.read_bytes()[:-20])
    elif damage == "edited":
        text = first.read_text().replace('"earned": ', '"earned": 1')
        assert text != first.read_text()
        first.write_text(text)
    elif damage == "foreign":
        first.write_bytes(other.read_bytes())
    elif damage == "empty":
        first.write_bytes(b"")
    elif damage == "deep":
        first.write_bytes(b"[" * 100_000)
    else:
        first.unlink()
        first.mkdir()
    count = calls(monkeypatch, tmp_path, "again")
    if damage == "folder":  # cannot be replaced by a file: said, and nothing lost
        with pytest.raises(Exception, match="could not be written"):
            graded(folder, store)
        return
    again = graded(folder, store)
    assert plain(again) == plain(whole)
    assert count() == 1
    assert again.damaged == [first.name]


@pytest.mark.parametrize(
    ("content", "jobs", "words"),
    [
        (b"RAISE", 1, "RuntimeError: no luck at all"),
        (b"CRASH", 2, "the process that ran it ended"),
        (b"TOO MUCH", 1, "3.1: 1000.0 of"),
        (b"NAN", 1, "3.1: nan of"),
        (b"BROKEN", 1, "not JSON"),
    ],
)
def test_a_bad_hand_in_is_a_row_with_an_error_and_stops_nothing(
    folder, tmp_path, content, jobs, words
):
    whole = graded(folder, tmp_path / "before")
    (folder / "student5.ipynb").write_bytes(content)
    batch = graded(folder, tmp_path / "store", jobs=jobs)
    bad = batch.grades[5]
    assert words in bad.error
    assert bad.earned == 0
    assert {e.status for e in bad.exercises} == {"missing"}
    assert [e.exercise for e in bad.exercises] == list(fake_grading.EXERCISES)
    rest = [g for g in batch.grades if g.student != "student5"]
    assert rest == [g for g in whole.grades if g.student != "student5"]


def test_what_failed_by_the_grader_is_tried_again_and_what_was_judged_is_not(
    folder, tmp_path, monkeypatch
):
    (folder / "student5.ipynb").write_bytes(b"RAISE")
    (folder / "student6.ipynb").write_bytes(b"BROKEN")
    graded(folder, tmp_path / "store")
    count = calls(monkeypatch, tmp_path, "again")
    graded(folder, tmp_path / "store")
    assert count() == 1


def test_a_file_that_changes_while_it_is_graded_gets_no_grade(folder, tmp_path):
    hand_ins = find_hand_ins(folder).hand_ins

    def changing(path, **about):
        made = fake_grading.grade_file(path, **about)
        return replace(made, sha256="0" * 64) if path.stem == "student2" else made

    batch = grade_batch(hand_ins, order(folder, grader=lambda: changing), Store(tmp_path / "s"))
    assert "changed while it was graded" in batch.grades[2].error
    assert [bool(g.error) for g in batch.grades].count(True) == 1


def test_an_empty_folder_and_an_unreadable_file_are_rows(folder, tmp_path):
    (folder / "zoe").mkdir()
    gone = find_hand_ins(folder).hand_ins
    (folder / "student1.ipynb").unlink()
    batch = grade_batch(gone, order(folder), Store(tmp_path / "s"))
    assert "cannot be read" in batch.grades[1].error
    assert batch.grades[-1].student == "zoe"
    assert "no notebook" in batch.grades[-1].error


KILLED = """
import sys
from pathlib import Path
from tests.workbook.grade.test_batch import graded
graded(Path(sys.argv[1]), Path(sys.argv[2]), jobs=2)
"""


def test_killed_half_way_it_goes_on_to_the_same_table(folder, tmp_path, monkeypatch):
    for n in range(6, 12):
        (folder / f"student{n}.ipynb").write_bytes(f"WAITS {n}".encode())
    gate, store = tmp_path / "gate", tmp_path / "store"
    monkeypatch.setenv(fake_grading.GATE, str(gate))
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), str(store)], cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(list(store.rglob("*.json"))) < 6 and time.monotonic() < until:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert len(list(store.rglob("*.json"))) == 6, "it was killed half-way"
    gate.touch()
    resumed = graded(folder, store)
    assert resumed.kept == 6
    assert plain(resumed) == plain(graded(folder, tmp_path / "fresh"))


def test_the_terminal_is_told_how_far_it_is(folder, tmp_path, capsys):
    graded(folder, tmp_path / "store")
    told = capsys.readouterr().err.splitlines()
    assert told[0].startswith("graded 0 of 12")
    assert told[-1].startswith("graded 12 of 12")
    assert any("left" in line for line in told[1:-1])
    graded(folder, tmp_path / "store")
    assert "12 kept from before" in capsys.readouterr().err


def test_on_a_dask_cluster_of_this_machine_the_bytes_are_the_same(folder, tmp_path):
    distributed = pytest.importorskip("distributed", reason="the package distributed is not here")
    import joblib

    here = graded(folder, tmp_path / "here")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster), joblib.parallel_config(backend="dask"):
        there = graded(folder, tmp_path / "there", jobs=None)
    assert plain(here) == plain(there)
    kept = [sorted(p.name for p in Path(tmp_path, n).rglob("*.json")) for n in ("here", "there")]
    assert kept[0] == kept[1]
