"""A signed receipt: what was graded, by which code, and what came out.

It proves to whoever holds the secret seed that hand-ins, grades and pages are those of that run,
byte for byte: nobody without the seed can make another receipt that is accepted. It proves
nothing against the one who holds the seed, and the seed's commitment only that it was this seed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.workbook.grade.data import json_text
from course_utils.workbook.grade.handins import find_hand_ins
from course_utils.workbook.grade.model import Graded
from course_utils.workbook.grade.outputs import RECEIPT, SEED, WORK
from course_utils.workbook.grade.secret import commitment, signature
from course_utils.workbook.grade.versions import code_hash, versions

FORMAT = 1
METHOD = "HMAC-SHA256"
_OWN = {RECEIPT, SEED, WORK}


@dataclass(frozen=True)
class Checked:
    """What a receipt says against what is there.

    Args:
        wrong: what is not as it was, a sentence each; nothing is well.
        notes: what could not be compared, or differs without changing a grade.
    """

    wrong: tuple[str, ...]
    notes: tuple[str, ...] = ()


def receipt(
    folder: Path,
    grades: Sequence[Graded],
    seed: str,
    *,
    limits: Mapping[str, Any],
    protections: Mapping[str, bool],
) -> str:
    """The text of a receipt for what stands in a folder.

    Args:
        folder: of the lesson, with all outputs written.
        grades: that they came from.
        seed: the secret.
        limits: name to value.
        protections: name to whether it was in force.
    """
    lesson = grades[0].lesson
    body = {
        "format": FORMAT,
        "lesson": lesson,
        "seed_commitment": commitment(seed, lesson),
        "code_sha256": code_hash(),
        "versions": versions(),
        "system": f"{platform.system()} {platform.machine()}",
        "limits": dict(limits),
        "protections": dict(protections),
        "hand_ins": [
            {
                "student": g.student, "path": g.path, "sha256": g.sha256,
                "earned": g.earned, "error": g.error,
            }
            for g in grades
        ],
        "outputs": {name: _sha256(path) for name, path in _outputs(folder)},
        "totals": {
            "hand_ins": len(grades),
            "not_graded": sum(bool(g.error) for g in grades),
            "possible": grades[0].possible,
            "earned": round(sum(g.earned for g in grades), 2),
        },
    }  # fmt: skip
    signed = signature(seed, lesson, _signed_bytes(body))
    return json_text({"receipt": body, "signature": {"method": METHOD, "value": signed}})


def verify(folder: Path, seed: str, hand_ins: Path | None) -> Checked:
    """Compare a receipt with what is there now.

    Args:
        folder: of the lesson.
        seed: the secret.
        hand_ins: the folder that was graded; None if it is not here.

    Returns:
        What changed, by name.
    """
    try:
        whole = json.loads((folder / RECEIPT).read_bytes())
        body, given = whole["receipt"], whole["signature"]["value"]
        lesson, outputs, entries = body["lesson"], body["outputs"], body["hand_ins"]
        expected = signature(seed, lesson, _signed_bytes(body))
        if not hmac.compare_digest(expected.encode(), str(given).encode()):
            return Checked((_bad_signature(body, seed),))
    except FileNotFoundError:
        return Checked((f"{RECEIPT} is missing: this folder was not graded to the end",))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return Checked((f"{RECEIPT} cannot be read ({type(error).__name__}: {error})",))
    wrong = list(_changed_outputs(folder, outputs))
    notes = list(_other_code(body))
    if hand_ins is None:
        notes.append("the hand-ins were not compared: their folder was not given")
    else:
        wrong += _changed_hand_ins(hand_ins, entries)
    return Checked(tuple(wrong), tuple(notes))


def _bad_signature(body: Mapping[str, Any], seed: str) -> str:
    if body.get("seed_commitment") != commitment(seed, str(body.get("lesson"))):
        return f"{RECEIPT} belongs to another secret seed: this one cannot check it"
    return f"{RECEIPT} was changed after it was signed"


def _changed_outputs(folder: Path, outputs: Mapping[str, str]) -> Iterator[str]:
    there = dict(_outputs(folder))
    for name, sha256 in outputs.items():
        if name not in there:
            yield f"{name} is missing"
        elif _sha256(there[name]) != sha256:
            yield f"{name} was changed"
    yield from (f"{name} was added" for name in there if name not in outputs)


def _changed_hand_ins(folder: Path, entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    there = {h.path: h.file for h in find_hand_ins(folder).hand_ins}
    for entry in entries:
        if not entry["sha256"]:
            continue
        file = there.get(entry["path"])
        if file is None:
            yield f"hand-in {entry['path']} is missing"
        elif _sha256(file) != entry["sha256"]:
            yield f"hand-in {entry['path']} was changed"


def _other_code(body: Mapping[str, Any]) -> Iterator[str]:
    if body["code_sha256"] != code_hash():
        yield "the code that grades has changed since: grading again may give other verdicts"
    now = versions()
    for name, version in body["versions"].items():
        if now.get(name) != version:
            yield f"{name} was {version}, here it is {now.get(name)}"


def _outputs(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if name.parts[0] not in _OWN and (path.is_file() or path.is_symlink()):
            yield name.as_posix(), path


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _signed_bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode()
