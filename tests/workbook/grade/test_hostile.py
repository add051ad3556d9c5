"""Every hostile or broken hand-in: the right score or a clear error, and nothing else changed."""

import hashlib
import re

import pytest

from course_utils.workbook.grade.score import grade_file, protections
from tests.workbook.grade.hostile import ASSIGNMENT, CASES, LIMITS, POINTS

SEED = "a secret of the tests"


def state_of(folder):
    """Name, kind, rights, time and content of everything in a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        digest = hashlib.sha256(data).hexdigest()
        found[str(path)] = (about.st_mode, about.st_uid, about.st_mtime_ns, digest)
    return found


def told(graded):
    """All that is said about a hand-in."""
    lines = [graded.error, *graded.remarks, *(e.text for e in graded.exercises)]
    return "\n".join(lines)


@pytest.fixture(scope="module", autouse=True)
def _locked_in():
    in_force = protections()
    if not (in_force["network"] and in_force["disk"] and in_force["processes"]):
        pytest.skip(f"this machine cannot lock an answer in: {in_force}")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_hostile_hand_in_gets_what_it_is_worth(case, tmp_path):
    path = case.make(tmp_path)
    before = state_of(tmp_path)
    graded = grade_file(
        path, folder=tmp_path, student="ada", assignment=ASSIGNMENT, seed=SEED, limits=LIMITS
    )
    assert {e.exercise: e.earned for e in graded.exercises} == case.expected, told(graded)
    assert bool(graded.error) == bool(case.error), told(graded)
    for words in (*case.words, case.error):
        assert re.search(words, told(graded), re.IGNORECASE), told(graded)
    assert state_of(tmp_path) == before
    assert len(told(graded)) < 40_000
    assert "Traceback" not in told(graded)


def test_the_corpus_is_large_and_named_apart():
    assert len(CASES) >= 60
    assert len({c.name for c in CASES}) == len(CASES)
    assert set(POINTS) == set(ASSIGNMENT.exercises)
