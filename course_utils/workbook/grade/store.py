"""What has been graded already: a file for each hand-in, whole or absent, checked when read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course_utils.data.whole_files import written_whole
from course_utils.workbook.grade.model import Graded, graded_from

_FORMAT = 1


@dataclass(frozen=True)
class Key:
    """What a grade depends on; equal keys have equal grades.

    Args:
        student: whose hand-in it is.
        path: relative to the folder.
        sha256: of the file's bytes.
        lesson: name of the lesson.
        exercises: ids.
        seed: commitment to the secret seed.
        code: hash of the code that judges, and versions.
        limits: time, memory …, as text.
    """

    student: str
    path: str
    sha256: str
    lesson: str
    exercises: tuple[str, ...]
    seed: str
    code: str
    limits: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**self.__dict__, "exercises": list(self.exercises)}

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        return hashlib.sha256(_text(self.to_dict()).encode()).hexdigest()


class Store:
    """The folder of what has been graded.

    Args:
        folder: made when the first grade is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.damaged: list[str] = []  # names of files that were not what was written

    def read(self, key: Key) -> Graded | None:
        """The grade, or None if there is none or its file is damaged."""
        path = self.path(key)
        try:
            record = json.loads(path.read_bytes())
            body = record["body"]
            if _sum(body) != record["sha256"] or body["format"] != _FORMAT:
                raise ValueError("changed after it was written")
            if _text(body["key"]) != _text(key.to_dict()):
                raise ValueError("of another hand-in")
            return graded_from(body["graded"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            self.damaged.append(path.name)
            return None

    def write(self, key: Key, graded: Graded) -> None:
        """Keep a grade; whoever looks finds all of it or nothing.

        Raises:
            OSError: the disk is full, or the folder cannot be written.
        """
        body = {"format": _FORMAT, "key": key.to_dict(), "graded": graded.to_dict()}
        with written_whole(self.path(key)) as file:
            file.write(_text({"sha256": _sum(body), "body": body}).encode())

    def path(self, key: Key) -> Path:
        """Where a grade is, or would be."""
        return self.folder / key.name[:2] / f"{key.name}.json"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _sum(body: dict[str, Any]) -> str:
    return hashlib.sha256(_text(body).encode()).hexdigest()
