"""The environment that builds the web edition: small, and apart from .venv.

The builder never runs a lesson nor imports the course, so it needs neither NumPy nor
PyTorch; and what it needs never meets the versions that lessons are tested with.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
from pathlib import Path

from course_utils.workbook.bootstrap import logged
from course_utils.workbook.project import ROOT, WorkbookError
from course_utils.workbook.terminal import say

REQUIREMENTS = "requirements-book.txt"
NEEDED = ("sphinx", "myst_parser", "furo", "latex2mathml")


def builder_python(root: Path = ROOT, *, own: bool = True) -> Path:
    """A Python that has the builder; its environment is made first where it is missing.

    Args:
        root: the repository.
        own: use ``build/.venv-book``; otherwise the Python that runs this.

    Raises:
        WorkbookError: it could not be made, or this Python lacks the packages.
    """
    if not own:
        if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
            raise WorkbookError(
                f"book: expected the packages of {REQUIREMENTS} in {sys.executable}, "
                f"{', '.join(missing)} missing. Run: {sys.executable} -m pip install "
                f"-r {REQUIREMENTS}"
            )
        return Path(sys.executable)
    python = _python(root)
    if not is_ready(root):
        log = root / "build" / "setup-book.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("", "utf-8")
        say(f"Installing the packages of {REQUIREMENTS} into build/.venv-book (once) …")
        logged([sys.executable, "-m", "venv", "--clear", str(_folder(root))], log, root)
        pip = [str(python), "-m", "pip", "install", "--progress-bar=off"]
        logged([*pip, "--disable-pip-version-check", "-r", REQUIREMENTS], log, root)
        _mark(root).write_text(_stamp(root), "utf-8")
    return python


def is_ready(root: Path = ROOT) -> bool:
    """Whether ``build/.venv-book`` holds what requirements-book.txt says at present."""
    mark = _mark(root)
    return _python(root).exists() and mark.exists() and mark.read_text("utf-8") == _stamp(root)


def _folder(root: Path) -> Path:
    return root / "build" / ".venv-book"


def _python(root: Path) -> Path:
    return _folder(root) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _mark(root: Path) -> Path:
    return _folder(root) / "workbook-book.txt"


def _stamp(root: Path) -> str:
    told = f"{sys.version_info[:2]} {root.resolve()}".encode()
    return hashlib.sha256((root / REQUIREMENTS).read_bytes() + told).hexdigest()
