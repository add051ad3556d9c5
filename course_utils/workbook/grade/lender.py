"""The references, lent to answers that build on them: in a process of their own.

An answer may call the course's own functions of earlier exercises, with whatever arguments
it likes. What they do with an array of a terabyte or a billion steps must not happen in the
grader, and must not be seen by the answer: so it happens here, within the same limits.
"""

from __future__ import annotations

import atexit
import functools
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course_utils.workbook.grade.assignment import Limits
from course_utils.workbook.grade.child import Pipe
from course_utils.workbook.grade.childtree import PACKAGE
from course_utils.workbook.grade.link import Link
from course_utils.workbook.grade.process import Process
from course_utils.workbook.grade.sandbox import lock
from course_utils.workbook.grade.stopped import StoppedError

_READY = "ready"
_PROGRAM = """import json, sys
sys.path.insert(0, json.loads(sys.argv[-1])["tree"])
from course_utils.workbook.grade.lender import main
source, sink, settings = sys.argv[1:]
main(int(source), int(sink), json.loads(settings))
"""


class Lender:
    """Calls references in another process, started when it is first needed.

    Args:
        limits: of that process.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.process: Process | None = None
        self.link = Link(self._exchange, _nothing, copies=False, never_told=(StoppedError,))
        self._running = 0
        atexit.register(self.close)

    def start(self) -> None:
        """Start the process where it does not run; no answer's time counts meanwhile."""
        if self.process is None:
            tree, settings = PACKAGE.parent, {"allow_weak": True}
            self.process = _LenderProcess(tree, self.limits, self.link.serve, settings)
            self.link.call(_READY)

    def lend(self, name: str, deadline: float) -> Callable:
        """The reference of this name; a call must end before the deadline."""

        def lent(*args: Any, **kwargs: Any) -> Any:
            self.start()
            self.process.deadline = deadline
            if not self._running:  # a reference may call a function that calls a reference
                self.link.keeper.clear()
            self._running += 1
            try:
                return self.link.call(name, args, kwargs)
            finally:
                self._running -= 1

        return lent

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.close()
            self.process = None

    def _exchange(self, message: bytes) -> bytes:
        try:
            return self.process.exchange(message)
        except BaseException:
            self.close()
            raise


class _LenderProcess(Process):
    """A process that sees the whole package; no student's code runs in it."""

    def program(self, tree: Path) -> list[str]:
        """What Python runs."""
        return ["-c", _PROGRAM]

    def hidden_folders(self) -> list[Path]:
        """Nothing has to be hidden from the references."""
        return []


def lender(limits: Limits) -> Lender:
    """The lender of this thread: one line cannot serve two."""
    return _lender(limits, os.getpid(), threading.get_ident())


@functools.cache
def _lender(limits: Limits, process: int, thread: int) -> Lender:
    return Lender(limits)


def main(source: int, sink: int, settings: dict[str, Any]) -> None:
    """Serve references until the grader closes the pipe."""
    from course_utils.checking.exercises import all_exercises

    known = {e.name: e.reference for e in all_exercises().values()}
    known[_READY] = lambda: None
    pipe = Pipe(source, sink)
    link = Link(pipe.exchange, known.__getitem__, copies=False)
    pipe.serve = link.serve
    lock({**settings, "keep": [source, sink]})
    while True:
        message = pipe.read()
        link.keeper.clear()
        pipe.write(link.serve(message))


def _nothing(name: str) -> Callable:
    raise LookupError("the lender has nothing to call")
