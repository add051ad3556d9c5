"""Read a hand-in with care: it is a file that anybody may have made."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_CELLS = 5000


class HandInError(Exception):
    """The hand-in cannot be graded; says what, what was expected, and what to do."""


@dataclass(frozen=True)
class HandIn:
    """The code of a hand-in.

    Args:
        cells: number among all cells, from 1, and text of each code cell.
        lesson: the lesson that its metadata name, "" without.
        remarks: what was odd about it and does not matter.
    """

    cells: tuple[tuple[int, str], ...]
    lesson: str
    remarks: tuple[str, ...] = ()


def read_bytes(path: Path, folder: Path, most: int) -> bytes:
    """The bytes of a hand-in.

    Args:
        path: the file.
        folder: it must be below this folder, reached by no link.
        most: bytes that it may have.

    Raises:
        HandInError: it is a link, no ordinary file, too large, or elsewhere.
    """
    below = os.path.relpath(path, folder)
    if below.startswith("..") or os.path.isabs(below):
        raise HandInError("the file is not in the folder that is graded.")
    at = Path(folder)
    for part in Path(below).parts:
        at = at / part
        if at.is_symlink():
            raise HandInError(f"{part} is a symbolic link: links are never followed.")
    # Looked at and read through one descriptor: what was looked at is what is read.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise HandInError(f"the file cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise HandInError("this is no ordinary file.")
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise HandInError(
            f"the file has more than {most // 2**20} MB. Outputs with large pictures? Clear them "
            "(Edit, Clear All Outputs), save, and hand in again."
        )
    return data


def read_hand_in(data: bytes, name: str, most: int) -> HandIn:
    """The code cells of a hand-in.

    Args:
        data: bytes of a notebook, or of the zip that `submit` makes.
        name: of the file.
        most: bytes that the notebook in a zip may have.

    Raises:
        HandInError: it is no notebook with Python code.
    """
    remarks: list[str] = []
    if not data.strip():
        raise HandInError("the file is empty. Save the notebook, then hand in again.")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        data = _unpacked(data, most, remarks)
    elif name.lower().endswith(".zip"):
        raise HandInError("not a zip file, although its name says so.")
    return _notebook(_parsed(data), remarks)


def _unpacked(data: bytes, most: int, remarks: list[str]) -> bytes:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise HandInError(f"a zip file that is damaged ({error}). Make it again.") from None
    if len(entries) > 1000:
        raise HandInError(f"a zip file with {len(entries):,} files; expected one notebook.")
    notebooks = []
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]:
            raise HandInError(f"a zip file with the path {entry.filename[:80]!r}: not allowed.")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise HandInError("a zip file with a symbolic link: not allowed.")
        hidden = any(p.startswith((".", "__MACOSX")) for p in parts)
        if entry.filename.lower().endswith(".ipynb") and not hidden:
            notebooks.append(entry)
    if len(notebooks) != 1:
        told = ", ".join(sorted(e.filename for e in notebooks)[:5]) or "none"
        raise HandInError(f"a zip file with {len(notebooks)} notebooks ({told}); expected one.")
    (entry,) = notebooks
    if entry.flag_bits & 1:
        raise HandInError("a zip file with a password. Make it without one.")
    if entry.file_size > most:
        raise HandInError(f"the notebook in the zip has more than {most // 2**20} MB unpacked.")
    try:
        with archive.open(entry) as file:
            unpacked = file.read(most + 1)  # what is declared may be a lie
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise HandInError(f"a zip file that is damaged ({error}). Make it again.") from None
    except Exception as error:  # zlib.error, lzma.LZMAError: any of the unpackers
        raise HandInError(f"a zip file that is damaged ({type(error).__name__}).") from None
    if len(unpacked) > most:
        raise HandInError(f"the notebook in the zip has more than {most // 2**20} MB unpacked.")
    return unpacked


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            if data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
                raise
            text = data.decode("utf-16")
        except UnicodeDecodeError:
            raise HandInError("not text in UTF-8, so no notebook. Save it in Jupyter.") from None
    try:
        found = json.loads(text)
    except RecursionError:
        raise HandInError("not a notebook: JSON nested without end.") from None
    except (ValueError, MemoryError) as error:
        at = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise HandInError(
            f"not JSON, so no notebook{at}. A half-saved file? Open it in Jupyter, save, and hand "
            "in again."
        ) from None
    if not isinstance(found, dict):
        raise HandInError("JSON, but no notebook. Hand in the .ipynb file.")
    return found


def _notebook(found: dict[str, Any], remarks: list[str]) -> HandIn:
    form = found.get("nbformat")
    if isinstance(form, bool) or not isinstance(form, int) or form not in (3, 4):
        told = "missing" if form is None else repr(form)[:20]
        raise HandInError(f"no notebook of format 3 or 4 (nbformat is {told}). Save it anew.")
    cells = found.get("cells")
    if form == 3:
        remarks.append("a notebook of the old format 3: read as it is.")
        sheets = found.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [c for s in sheets if isinstance(s, dict) for c in _list(s.get("cells"))]
    if not isinstance(cells, list) or not all(isinstance(c, dict) for c in cells):
        raise HandInError("a notebook without a list of cells. Save it anew in Jupyter.")
    if len(cells) > MOST_CELLS:
        raise HandInError(f"a notebook of {len(cells):,} cells; at most {MOST_CELLS:,}.")
    metadata = found.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    _check_language(metadata)
    code = []
    for number, cell in enumerate(cells, 1):
        if cell.get("cell_type") != "code":
            continue
        text = _text(cell.get("source", cell.get("input", "")))
        if text is None:
            remarks.append(f"cell {number} holds no text: passed over.")
        elif "\x00" in text:
            remarks.append(f"cell {number} holds null characters: taken out.")
            code.append((number, _plain(text.replace("\x00", ""))))
        else:
            code.append((number, _plain(text)))
    if not any(text.strip() for _, text in code):
        raise HandInError("a notebook without any code. Is this the right file?")
    course = metadata.get("course")
    lesson = course.get("lesson") if isinstance(course, dict) else ""
    return HandIn(tuple(code), lesson if isinstance(lesson, str) else "", tuple(remarks))


def _check_language(metadata: dict[str, Any]) -> None:
    """Refuse what says plainly that it is another language; say nothing where it is silent."""
    for place in ("kernelspec", "language_info"):
        told = metadata.get(place)
        told = told if isinstance(told, dict) else {}
        name = told.get("language" if place == "kernelspec" else "name")
        if isinstance(name, str) and name and "python" not in name.lower():
            raise HandInError(
                f"a notebook for {name[:30]}; this course is graded in Python. Choose the kernel "
                "Python 3, run the cells, save, and hand in again."
            )


def _text(source: Any) -> str | None:
    if isinstance(source, str):
        return source
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    return None


def _plain(text: str) -> str:
    """Line ends of any system as one; no mark of byte order; nothing that UTF-8 cannot write."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return text.encode("utf-8", "replace").decode("utf-8")


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []
