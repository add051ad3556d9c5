"""Which code gave a grade: one hash over what judges, and the versions of what it stands on."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import platform
from collections.abc import Iterator
from pathlib import Path

import course_utils

PACKAGE = Path(course_utils.__file__).parent
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch")
_COUNTS = {".py", ".json", ".toml"}

# Modules of this folder that only write down what was judged: a grade does not depend on them.
WRITERS = frozenset(
    {
        "alike", "alike_forms", "batch", "boxes", "bundle", "canvas", "choose", "class_page",
        "class_sums", "command", "csv_text", "data", "grades.schema.json", "gradescope", "handins",
        "on_gradescope", "outputs", "progress", "receipt", "secret", "store", "student_page",
        "verify", "versions",
    }
)  # fmt: skip


@functools.cache
def code_hash() -> str:
    """SHA-256 over the code that grades and judges, 64 hexadecimal digits.

    Everything a hand-in may import counts, since it runs on a copy of the package.
    """
    whole = hashlib.sha256()
    for name, path in sorted(_files()):
        content = path.read_bytes().replace(b"\r\n", b"\n")  # a checkout on Windows is the same
        whole.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest()


def versions() -> dict[str, str]:
    """Python, the libraries and the course, by name."""
    found = {"python": platform.python_version(), "course_utils": course_utils.__version__}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "absent"
    return found


def _files() -> Iterator[tuple[str, Path]]:
    for path in PACKAGE.rglob("*"):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix not in _COUNTS or not path.is_file():
            continue
        if name.startswith("workbook/"):
            _, _, inside = name.partition("workbook/grade/")
            if not inside or Path(inside).parts[0].removesuffix(".py") in WRITERS:
                continue
        yield name, path
