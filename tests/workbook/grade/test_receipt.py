"""The receipt: signed, telling no secret, and naming whatever changed."""

import json
import os
import re

import pytest

from course_utils.workbook.grade import receipt as receipts
from course_utils.workbook.grade.outputs import RECEIPT, outputs
from course_utils.workbook.grade.receipt import receipt, verify
from course_utils.workbook.grade.secret import commitment, open_to_others, secret_seed, signature
from course_utils.workbook.project import WorkbookError
from tests.workbook.grade.graded import A_CLASS, LESSON, hand_in_of

SEED = "5e" * 32
BOB = "../in/bob/03.ipynb"


@pytest.fixture
def place(tmp_path):
    """A folder of results with its receipt, and the hand-ins beside it."""
    import hashlib
    from dataclasses import replace

    grades = []
    for grade in A_CLASS:
        path = tmp_path / "in" / grade.path
        path.parent.mkdir(parents=True)
        path.write_text(f"notebook of {grade.student}")
        digits = hashlib.sha256(path.read_bytes()).hexdigest()
        grades.append(replace(grade, sha256=digits))
    out = tmp_path / "out"
    outputs([hand_in_of(g) for g in grades], grades, "t").write(out)
    made = receipt(out, grades, SEED, limits={"seconds": 30}, protections={"no network": True})
    (out / RECEIPT).write_text(made)
    return out


def checked(place, seed=SEED, hand_ins=True):
    return verify(place, seed, place.parent / "in" if hand_ins else None)


def test_what_did_not_change_is_accepted(place):
    assert checked(place) == receipts.Checked(())


def test_it_tells_what_was_in_force_and_not_the_seed(place):
    body = json.loads((place / RECEIPT).read_text())["receipt"]
    assert body["limits"] == {"seconds": 30}
    assert body["protections"] == {"no network": True}
    assert {"python", "numpy", "torch", "course_utils"} <= set(body["versions"])
    assert re.fullmatch("[0-9a-f]{64}", body["code_sha256"])
    assert body["totals"] == {"hand_ins": 4, "not_graded": 1, "possible": 7.0, "earned": 14.6}
    assert set(body["outputs"]) == {
        p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file()
    } - {RECEIPT}
    everything = b"".join(p.read_bytes() for p in place.rglob("*") if p.is_file())
    assert SEED.encode() not in everything


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda p: (p / "grades.csv").write_text("x"), "grades.csv was changed"),
        (lambda p: (p / "class.html").unlink(), "class.html is missing"),
        (lambda p: (p / "students/new.html").write_text("x"), "students/new.html was added"),
        (lambda p: (p / BOB).write_text("x"), "hand-in bob/03.ipynb was changed"),
        (lambda p: (p / BOB).unlink(), "hand-in bob/03.ipynb is missing"),
    ],
)
def test_what_changed_is_named_alone(place, change, told):
    change(place)
    assert checked(place).wrong == (told,)


def test_a_changed_receipt_is_refused_wherever_it_was_changed(place):
    whole = json.loads((place / RECEIPT).read_text())
    for name, value in whole["receipt"].items():
        changed = json.loads(json.dumps(whole))
        changed["receipt"][name] = "other" if isinstance(value, str) else [] if name else 0
        (place / RECEIPT).write_text(json.dumps(changed))
        found = checked(place).wrong
        assert found, name
        assert RECEIPT in found[0]
    for junk in ("", "[]", "{", '{"receipt": {}}', '{"receipt": 3, "signature": {"value": 3}}'):
        (place / RECEIPT).write_text(junk)
        assert RECEIPT in checked(place).wrong[0]


def test_a_grade_and_its_receipt_cannot_be_changed_together_without_the_seed(place):
    """Somebody who knows how receipts are made, but not the seed."""
    table = place / "grades.csv"
    table.write_bytes(table.read_bytes().replace(b"4.8", b"7"))
    whole = json.loads((place / RECEIPT).read_text())
    body = whole["receipt"]
    body["outputs"]["grades.csv"] = receipts._sha256(table)
    whole["signature"]["value"] = signature("ab" * 32, LESSON, receipts._signed_bytes(body))
    (place / RECEIPT).write_text(json.dumps(whole))
    assert checked(place).wrong == (f"{RECEIPT} was changed after it was signed",)


def test_another_seed_is_told_from_a_change(place):
    assert "belongs to another secret seed" in checked(place, "ab" * 32).wrong[0]


def test_other_code_and_versions_are_notes(place, monkeypatch):
    monkeypatch.setattr(receipts, "code_hash", lambda: "0" * 64)
    monkeypatch.setattr(receipts, "versions", lambda: {"numpy": "0.1"})
    found = checked(place)
    assert not found.wrong
    assert any("code that grades has changed" in note for note in found.notes)
    assert any(note.startswith("numpy was ") for note in found.notes)
    assert any("not compared" in note for note in checked(place, hand_ins=False).notes)


def test_a_seed_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "deep" / "secret.seed"
    made = secret_seed(path)
    assert re.fullmatch("[0-9a-f]{64}", made)
    assert secret_seed(path) == made
    assert secret_seed(tmp_path / "other.seed") != made
    assert path.stat().st_mode & 0o777 == 0o600
    assert not open_to_others(path)
    os.chmod(path, 0o644)
    assert open_to_others(path)


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe" * 40])
def test_a_bad_seed_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "secret.seed"
    path.write_bytes(content)
    with pytest.raises(WorkbookError, match="secret seed"):
        secret_seed(path)
    assert path.read_bytes() == content


def test_a_missing_seed_is_not_made_where_one_is_needed(tmp_path):
    with pytest.raises(WorkbookError, match="found none"):
        secret_seed(tmp_path / "secret.seed", make=False)


def test_the_commitment_binds_seed_and_lesson():
    assert len({commitment(s, n) for s in ("a" * 32, "b" * 32) for n in ("03", "04")}) == 4
    assert commitment("a" * 32, "03") != signature("a" * 32, "03", b"")
