"""What runs in the child: the student's functions, and nothing that could judge them."""

from __future__ import annotations
import __future__

import ast
import contextlib
import functools
import inspect
import io
import linecache
import os
import struct
import sys
import traceback
import warnings
from collections.abc import Callable
from typing import Any

from course_utils.workbook.grade.link import Link
from course_utils.workbook.grade.sandbox import LockError, lock
from course_utils.workbook.grade.slicing import Plan, Statement, read_cells

_FLAGS = __future__.annotations.compiler_flag  # annotations are never evaluated
OWN, REFERENCE = "own", "reference"
_MOST_REMARKS = 20


class Runtime:
    """The functions of one hand-in, and who serves which of them.

    Args:
        exchange: sends a message to the grader and gives its answer.
    """

    def __init__(self, exchange: Callable[[bytes], bytes]) -> None:
        self.link = Link(exchange, self._resolve, copies=True, line_of=self._line_of)
        self.plan = Plan([])
        self.names: tuple[str, ...] = ()
        self.own: dict[str, Callable] = {}
        self.failed: dict[str, Exception] = {}
        self.lines: dict[str, list[str]] = {}
        self.table: dict[str, str] = {}
        self.namespace: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
        self.protections: dict[str, Any] = {}
        self._done: set[int] = set()
        self._remarks: list[str] = []

    def read(self, cells: list, names: list[str]) -> dict[str, Any]:
        """Find the functions; nothing of the hand-in runs."""
        self.names = tuple(names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.plan = read_cells([(number, text) for number, text in cells], names)
        self.lines = {f"<cell {number}>": text.split("\n") for number, text in cells}
        found = {n: [s.cell, s.text] for n, s in self.plan.found.items()}
        return {"found": found, "remarks": self.plan.remarks[:_MOST_REMARKS]}

    def load(self, names: list[str]) -> list[str]:
        """Run what these functions need at the top level; gives remarks about what failed."""
        self._prepare()
        self._remarks = []
        wanted = sorted({number for name in names for number in self.plan.needed(name)})
        for number in wanted:
            if number not in self._done:
                self._done.add(number)
                with quiet():
                    self._run(self.plan.statements[number])
        return self._remarks[:_MOST_REMARKS]

    def begin(self, table: dict[str, str]) -> None:
        """An exercise begins: who serves which function, by name."""
        self.link.keeper.clear()
        self.table = dict(table)

    def serve_name(self, name: str, args: tuple, kwargs: dict) -> Any:
        """A call of one exercise's function by its name, from the student's own code."""
        if self.table.get(name, OWN) == REFERENCE or name not in self.own:
            return self.reference(name, args, kwargs)
        return self.own[name](*args, **kwargs)

    def reference(self, name: str, args: tuple, kwargs: dict) -> Any:
        """Ask the grader for what the reference gives."""
        return self.link.call(f"reference:{name}", args, kwargs)

    def _resolve(self, target: str) -> Callable:
        kind, _, name = target.partition(":")
        if kind == "answer":
            return functools.partial(self._answer, name)
        known = {"read": self.read, "load": self.load, "begin": self.begin}
        known["protections"] = lambda: self.protections
        if target in known:
            return known[target]
        raise LookupError("there is no such function")

    def _answer(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if name not in self.own:
            raise self.failed.get(name) or NameError(f"name {name!r} is not defined")
        with quiet():
            return self.own[name](*args, **kwargs)

    def _prepare(self) -> None:
        """Names that every lesson has; a notebook whose first cell was lost can be graded."""
        if "exercise" in self.namespace:
            return
        from course_utils import checking

        for name in ("exercise", "check", "hint", "progress", "answers", "expect"):
            self.namespace[name] = getattr(checking, name)
        checking.serve, checking.ask = functools.partial(Served, self), self.reference
        for filename, lines in self.lines.items():
            text = [line + "\n" for line in lines]
            linecache.cache[filename] = (sum(map(len, text)), None, text, filename)

    def _run(self, statement: Statement) -> None:
        filename = f"<cell {statement.cell}>"
        mine = set(self.names) & statement.binds & set(self.own)
        self.namespace.update({name: self.own[name] for name in mine})  # it may wrap them
        try:
            module = ast.fix_missing_locations(ast.Module([statement.node], []))
            code = compile(module, filename, "exec", _FLAGS, dont_inherit=True)
            exec(code, self.namespace)
        except BaseException as error:
            self._tell(statement, error)
            for name in set(self.names) & statement.binds:
                self.failed[name] = _as_exception(error)
        self._take_answers()

    def _take_answers(self) -> None:
        """Keep the functions that now have an exercise's name; others are served by name."""
        for name in self.names:
            value = self.namespace.get(name)
            if value is not None and type(value) is not Served and callable(value):
                self.own[name] = value
                self.namespace[name] = Served(self, name)

    def _tell(self, statement: Statement, error: BaseException) -> None:
        try:
            text = str(error)
        except BaseException:
            text = ""
        told = f"{type(error).__name__}: {text[:200]}".rstrip(": ")
        line = statement.node.lineno
        self._remarks.append(f"cell {statement.cell}, line {line} could not be run ({told}).")

    def _line_of(self, error: BaseException) -> tuple[int, str] | None:
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if f.filename in self.lines]
        answers = [_file_of(self.own[n]) for n in self.own if self.table.get(n) == "judged"]
        own = [f for f in own if f.filename in answers] or own
        if not own or not own[-1].lineno:
            return None
        lines = self.lines[own[-1].filename]
        number = own[-1].lineno
        return number, lines[number - 1].strip() if number <= len(lines) else ""


class Served:
    """Stands at the name of an exercise: a call of it gets whoever serves it now."""

    def __init__(self, runtime: Runtime, name: str) -> None:
        self._runtime, self.__name__ = runtime, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call whoever serves the name."""
        return self._runtime.serve_name(self.__name__, args, kwargs)


def _as_exception(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError(repr(error)[:200])


def _file_of(function: Any) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return getattr(code, "co_filename", "")


class _Nowhere(io.TextIOBase):
    """Takes what is printed."""

    def write(self, text: str) -> int:
        """Forget the text."""
        return len(text)


@contextlib.contextmanager
def quiet():
    """Prints go nowhere, and warnings are not shown."""
    with contextlib.redirect_stdout(_Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Pipe:
    """Messages over two file descriptors, each after its length in four bytes."""

    def __init__(self, source: int, sink: int) -> None:
        self.source, self.sink = source, sink
        self.serve: Callable[[bytes], bytes] = lambda message: b""

    def exchange(self, message: bytes) -> bytes:
        """Send a message; serve calls until its answer comes."""
        self.write(message)
        while True:
            reply = self.read()
            if reply[:1] != b"C":
                return reply
            self.write(self.serve(reply))

    def read(self) -> bytes:
        """The next message; ends the process when there will be none."""
        (length,) = struct.unpack("<I", self._exactly(4))
        return self._exactly(length)

    def write(self, message: bytes) -> None:
        """Send a message."""
        left = memoryview(struct.pack("<I", len(message)) + message)
        while left:
            left = left[os.write(self.sink, left) :]

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            part = os.read(self.source, min(size, 1 << 20))
            if not part:
                os._exit(0)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def main(source: int, sink: int, settings: dict[str, Any]) -> None:
    """Lock this process in, then serve the grader until it closes the pipe."""
    pipe = Pipe(source, sink)
    runtime = Runtime(pipe.exchange)
    runtime.link.most = settings["output"]
    pipe.serve = runtime.link.serve
    sys.setrecursionlimit(1000)
    try:
        runtime.protections = lock({**settings, "keep": [source, sink]})
    except LockError as error:
        runtime.protections = {"refused": str(error)}
    while True:
        pipe.write(runtime.link.serve(pipe.read()))
