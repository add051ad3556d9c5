"""Look for secrets in every file of a folder that students get."""

from __future__ import annotations

import functools
import importlib.util
import io
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.workbook.leaks import found_in
from course_utils.workbook.leaks_search import Search, Secret
from course_utils.workbook.leaks_views import Views
from course_utils.workbook.project import WorkbookError

_HEADER = 16  # bytes before the code in a .pyc
_UNREADABLE = (
    "compiled code whose source is not beside it, or gives other bytes: what it holds cannot "
    "be read"
)


@dataclass(frozen=True)
class Leak:
    """Something that must not be in a file.

    Args:
        file: relative to the folder.
        place: where in the file.
        told: what was found.
        exercise: id, "" where it is not known.
        function: its function.
    """

    file: str
    place: str
    told: str
    exercise: str = ""
    function: str = ""

    def __str__(self) -> str:
        about = f"exercise {self.exercise} ({self.function}): " if self.exercise else ""
        return f"{self.file}: {about}{self.told}, in {self.place}"


def tree_leaks(
    folder: Path,
    search_for: Callable[[str], Search],
    functions: dict[str, tuple[str, str]] | None = None,
) -> Iterator[Leak]:
    """Leaks in a folder, file by file.

    Args:
        folder: what students get.
        search_for: gives what is looked for in a file, by its path in the folder.
        functions: source of a secret function -> its exercise and name; looked for in bytecode.
    """
    codes = {code: about for text, about in (functions or {}).items() for code in _codes(text)}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            yield Leak(name, "its path", "a link, which may lead anywhere")
        elif path.is_file():
            data = path.read_bytes()
            search = search_for(name)
            seen = set()
            if path.suffix in (".pyc", ".pyo") and not _is_compiled_here(path, data):
                yield Leak(name, "bytecode", _UNREADABLE)
            compiled: list[Leak] = []
            look = functools.partial(_look, compiled, name, codes)
            for where, secret in _everything(search, name, data, Views(look)):
                key = (secret.exercise, secret.line)
                if key not in seen:
                    seen.add(key)
                    yield Leak(name, where, f"{secret.line!r}", secret.exercise, secret.function)
            yield from compiled


def _everything(
    search: Search, name: str, data: bytes, views: Views
) -> Iterator[tuple[str, Secret]]:
    yield from (("its name", secret) for secret in search.in_text(name))
    yield from found_in(search, data, views)


def _look(
    into: list[Leak], name: str, codes: dict[bytes, tuple[str, str]], data: bytes, place: str
) -> None:
    """Bytecode is compared as bytes; it is never loaded, since loading what is forged is not safe.

    A function compiles to the same instructions whatever its names are.
    """
    for code, (exercise, function) in codes.items():
        if code in data:
            told = "instructions of the solution"
            into.append(Leak(name, f"bytecode{place}", told, exercise, function))


def _is_compiled_here(path: Path, data: bytes) -> bool:
    """Whether this very Python makes these bytes out of the source beside it."""
    import marshal  # to write, never to load

    try:
        source = path.with_suffix(".py")
        if path.parent.name == "__pycache__":
            source = Path(importlib.util.source_from_cache(str(path)))
        if data[:4] != importlib.util.MAGIC_NUMBER or not source.is_file():
            return False
        for shown_as in (str(source), source.name, source.as_posix()):
            code = compile(source.read_bytes(), shown_as, "exec", dont_inherit=True)
            if marshal.dumps(code) == data[_HEADER:]:
                return True
    except (ValueError, SyntaxError, OSError, NotImplementedError):
        pass
    return False


def _codes(text: str) -> Iterator[bytes]:
    """Instructions of the functions in a piece of source, long enough to be no accident."""
    try:
        module = compile(text, "solution", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return
    todo = [module]
    while todo:
        code = todo.pop()
        todo += [c for c in code.co_consts if isinstance(c, types.CodeType)]
        if code is not module and len(code.co_code) >= 60:
            yield code.co_code


def refuse(leaks: list[Leak]) -> None:
    """Raise an error that names every leak, if there are any.

    Raises:
        WorkbookError: there are.
    """
    if leaks:
        told = io.StringIO()
        for found in leaks:
            told.write(f"\n  {found}")
        raise WorkbookError(
            f"{len(leaks)} leaks in what students would get: expected none.{told.getvalue()}\n"
            "Take them out, or say where the lesson shows these lines on purpose, and build again."
        )
