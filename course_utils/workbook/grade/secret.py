"""The secret seed of an assignment: made once, kept in a file that only its owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from course_utils.workbook.project import WorkbookError

_SHORTEST = 32  # characters: a seed that can be guessed is none
_BYTES = 32


def secret_seed(path: Path, *, make: bool = True) -> str:
    """Read the secret seed of an assignment, or make it.

    Args:
        path: of the file; a new one has mode 600.
        make: whether to make one if there is none.

    Returns:
        The seed, text without spaces around it.

    Raises:
        WorkbookError: there is none, it is too short, or it cannot be read.
    """
    try:
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
            _make(path)
        seed = path.read_text("ascii").strip()
    except FileNotFoundError:
        raise WorkbookError(
            f"secret seed: expected a file {path}, found none. It is made by the first "
            "`grade`; a lost one cannot be made again, then all is graded anew."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"secret seed: {path} cannot be read ({error})") from error
    if len(seed) < _SHORTEST:
        raise WorkbookError(
            f"secret seed: expected at least {_SHORTEST} characters in {path}, got {len(seed)}. "
            "A short one can be guessed; make one with: "
            'python -c "import secrets; print(secrets.token_hex(32))"'
        )
    return seed


def open_to_others(path: Path) -> bool:
    """Whether other users of this machine may read the file."""
    return os.name == "posix" and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def commitment(seed: str, lesson: str) -> str:
    """A hash that binds to the seed and does not tell it, 64 hexadecimal digits.

    Args:
        seed: the secret; long, so that trying all is hopeless.
        lesson: name of the lesson.
    """
    return hashlib.sha256(f"seed of {lesson}\n{seed}".encode()).hexdigest()


def signature(seed: str, lesson: str, content: bytes) -> str:
    """HMAC-SHA256 of some bytes, with a key made of the seed, 64 hexadecimal digits."""
    key = hashlib.sha256(f"key of {lesson}\n{seed}".encode()).digest()
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
