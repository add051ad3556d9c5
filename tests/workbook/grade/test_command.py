"""The command grade, from the folder to the receipt; hand-ins are graded by the fake."""

import csv
import json
import shutil
from pathlib import Path

import pytest

from course_utils.workbook import cli
from course_utils.workbook.grade import command
from course_utils.workbook.grade.outputs import RECEIPT, SEED, WORK
from tests.workbook.grade import fake_grading
from tests.workbook.grade.fake_grading import LESSON


class FakeSetting:
    """A lesson whose hand-ins nobody runs."""

    exercises, title, limits, limits_text = fake_grading.EXERCISES, "03 · A net", {"s": 1}, "1 s"

    def __init__(self, lesson, *, allow_weak=False):
        assert lesson == LESSON
        self.lesson = lesson

    def seeds(self, seed):
        return {"3.1": len(seed)}

    def grader(self, seeds):
        assert seeds
        return fake_grading.grade_file

    def protections(self):
        return {"network": True}


@pytest.fixture(autouse=True)
def fake(monkeypatch):
    monkeypatch.setattr(command, "Setting", FakeSetting)
    monkeypatch.setattr(command, "lesson_of", lambda file: LESSON)
    monkeypatch.setenv("COURSE_NO_VENV", "1")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hand-ins"
    for name in ("ann", "=bob", "eve", "Núñez, José"):
        (made / name).mkdir(parents=True)
        (made / name / "03.ipynb").write_bytes(f"answers of {name}".encode())
    (made / "kim").mkdir()
    (made / "readme.txt").write_text("x")
    return made


def everything(out):
    """All bytes that come out, but for the log."""
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and WORK not in p.relative_to(out).parts and p.name != SEED
    }


def test_one_command_makes_everything(folder, capsys):
    assert cli.main(["grade", str(folder), "--jobs", "1"]) == 1, "kim handed nothing in"
    out = folder.with_name("hand-ins-grades") / LESSON
    assert {p.name for p in out.iterdir()} == {
        "grades.csv", "grades.json", "alike.json", "class.html", "students", "gradescope",
        RECEIPT, SEED, WORK,
    }  # fmt: skip
    rows = list(csv.DictReader((out / "grades.csv").open(encoding="utf-8-sig", newline="")))
    assert [row["student"] for row in rows] == ["'=bob", "ann", "eve", "kim", "Núñez, José"]
    assert "no notebook" in rows[3]["error"]
    assert len(list((out / "students").iterdir())) == 5
    told = capsys.readouterr().out
    assert "5 hand-ins, 1 other entries" in told
    assert "not graded: kim" in told
    seed = (out / SEED).read_text().strip()
    assert not any(seed.encode() in content for content in everything(out).values())
    assert (out / SEED).stat().st_mode & 0o077 == 0


def test_again_and_elsewhere_the_bytes_are_the_same(folder, tmp_path):
    seed = tmp_path / "my.seed"
    seed.write_text("c0ffee" * 10)
    seed.chmod(0o600)
    made = []
    for n, jobs in enumerate(("1", "2", "1")):
        out = tmp_path / f"out{n % 2}"
        cli.main(
            ["grade", str(folder), "--out", str(out), "--jobs", jobs, "--seed-file", str(seed)]
        )
        made.append(everything(out))
    assert made[0] == made[1] == made[2]
    assert f"{LESSON}/{RECEIPT}" in made[0]


def test_a_folder_elsewhere_gives_the_same_bytes(folder, tmp_path):
    seed = tmp_path / "my.seed"
    seed.write_text("c0ffee" * 10)
    shutil.copytree(folder, tmp_path / "deep" / "er" / "other")
    for name, where in (("a", folder), ("b", tmp_path / "deep" / "er" / "other")):
        cli.main(
            ["grade", str(where), "--out", str(tmp_path / name), "--jobs", "1",
             "--seed-file", str(seed)]
        )  # fmt: skip
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


def test_verify_accepts_and_then_names_what_changed(folder, tmp_path, capsys):
    out = tmp_path / "out"
    cli.main(["grade", str(folder), "--out", str(out), "--jobs", "1"])
    capsys.readouterr()
    assert cli.main(["grade", "--verify", str(out)]) == 0
    assert "all is as it was signed" in capsys.readouterr().out
    (out / LESSON / "grades.csv").write_text("all full marks")
    (folder / "ann" / "03.ipynb").write_text("later")
    assert cli.main(["grade", "--verify", str(out)]) == 1
    told = capsys.readouterr().out
    assert "grades.csv was changed" in told
    assert "hand-in ann/03.ipynb was changed" in told
    shutil.rmtree(folder)
    cli.main(["grade", "--verify", str(out)])
    assert "not compared" in capsys.readouterr().out


def test_a_gradebook_is_filled_by_the_way(folder, tmp_path, capsys):
    book = tmp_path / "book.csv"
    book.write_text(
        'Student,ID,Section,Net (9)\nann,1,A,\n"Núñez, José",2,A,\nleft,3,A,4\n', "utf-8"
    )
    out = tmp_path / "out"
    cli.main(
        ["grade", str(folder), "--out", str(out), "--jobs", "1", "--canvas", str(book),
         "--canvas-column", "Net"]
    )  # fmt: skip
    grades = json.loads((out / LESSON / "grades.json").read_text())["hand_ins"]
    earned = {g["student"]: g["earned"] for g in grades}
    cells = {r["ID"]: r["Net (9)"] for r in csv.DictReader((out / LESSON / "canvas.csv").open())}
    assert float(cells["1"]) == earned["ann"]
    assert float(cells["2"]) == earned["Núñez, José"]
    assert cells["3"] == "4"
    assert "no cell: =bob" in capsys.readouterr().out
    assert "left" in (out / LESSON / "canvas.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "which is not there"),
        ([], "expected a folder"),
        (["{folder}/readme.txt"], "unpack it first"),
        (["{folder}/kim"], "found none"),
        (["{folder}", "--lesson", "99"], "99"),
        (["{folder}", "--canvas", "nowhere.csv"], "nowhere.csv"),
        (["{folder}", "--seed-file", "{folder}/readme.txt"], "at least 32 characters"),
        (["--verify", "{folder}"], "found none"),
        (["--gradescope-bundle", "a.zip"], "--lesson"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(folder, capsys, monkeypatch, arguments, words):
    monkeypatch.chdir(folder.parent)
    given = [a.format(folder=folder) for a in arguments]
    assert cli.main(["grade", *given]) == 1
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error
    assert not list(folder.parent.rglob(RECEIPT))


def test_a_receipt_is_gone_when_a_batch_stops_before_its_end(folder, tmp_path, monkeypatch):
    out = tmp_path / "out"
    arguments = ["grade", str(folder), "--out", str(out), "--jobs", "1"]
    cli.main(arguments)
    monkeypatch.setattr(
        command, "receipt", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    assert cli.main(arguments) == 130
    assert not (out / LESSON / RECEIPT).exists()


def test_a_cluster_needs_its_package(folder, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    assert cli.main(["grade", str(folder), "--cluster", "local"]) == 1
    assert "pip install distributed" in capsys.readouterr().err


def test_on_a_cluster_of_this_machine_everything_is_the_same(folder, tmp_path):
    pytest.importorskip("distributed", reason="the package distributed is not here")
    seed = tmp_path / "my.seed"
    seed.write_text("c0ffee" * 10)
    for name, where in (("a", ["--jobs", "1"]), ("b", ["--cluster", "local"])):
        cli.main(
            ["grade", str(folder), "--out", str(tmp_path / name), "--seed-file", str(seed), *where]
        )
    assert everything(tmp_path / "a") == everything(tmp_path / "b")
    assert Path(tmp_path, "b", LESSON, RECEIPT).exists()
