"""One hand-in's functions at the other end of a line, for the judge to call."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from course_utils.checking.exercises import Exercise, all_exercises
from course_utils.checking.time_limit import TookTooLongError
from course_utils.workbook.grade.assignment import Limits
from course_utils.workbook.grade.lender import lender
from course_utils.workbook.grade.link import Link, told_plainly
from course_utils.workbook.grade.stopped import StoppedError
from course_utils.workbook.grade.wire import WireError
from course_utils.workbook.project import WorkbookError

OWN, REFERENCE, JUDGED = "own", "reference", "judged"
_MOST_REMARKS = 20
_MOST_PARTS = 500  # of one dictionary: each is judged by itself


class Line(Protocol):
    """What a session needs of the other end: `Process`, or the same within this process."""

    deadline: float

    def exchange(self, message: bytes) -> bytes:
        """Send a message and give its answer."""

    def stop(self) -> None:
        """End it."""

    def close(self) -> None:
        """End it, and delete what it left behind."""


class Session:
    """A hand-in that is being graded.

    Args:
        start: starts the other end, ``start(serve) -> Line``.
        cells: number and text of each code cell.
        names: functions of the exercises that were set.
        limits: of the other end.
        references: gives the function that answers for a reference, by its name.
    """

    def __init__(
        self,
        start: Callable[[Callable[[bytes], bytes]], Line],
        cells: list[tuple[int, str]],
        names: tuple[str, ...],
        limits: Limits,
        references: Callable[[str], Callable] | None = None,
    ) -> None:
        self.start, self.cells, self.names, self.limits = start, cells, names, limits
        self.references = references or self._from_lender
        self.link = Link(self._exchange, self._lend, copies=False, never_told=(TookTooLongError,))
        self.line: Line | None = None
        self._ended: list[Line] = []
        self.judged: Exercise | None = None
        self.right: list[str] = []
        self.stopped: StoppedError | None = None
        self.remarks: list[str] = []
        self.about_load: list[str] = []
        self.protections: dict[str, Any] = {}
        self.children = 0

    def read(self) -> dict[str, tuple[int, str]]:
        """Where the functions are: number of the cell and text, by name.

        Raises:
            StoppedError: the notebook cannot even be read within the limits.
        """
        told = self._start()
        self.remarks += [told_plainly(str(remark)) for remark in told["remarks"]]
        found = {str(n): (int(cell), str(text)) for n, (cell, text) in told["found"].items()}
        if self.references == self._from_lender and any(
            _names_another(name, text) for name, (_, text) in found.items()
        ):
            lender(self.limits).start()
        return found

    def begin(self, exercise: Exercise) -> None:
        """The next exercise: its code is run, and who serves which name is settled.

        Raises:
            StoppedError: what it needs at the top level does not end, or breaks the child.
        """
        self.judged, self.stopped = exercise, None
        if self._ended:
            self.close()
        try:
            if self.line is not None:
                try:
                    return self._begin(exercise)
                except StoppedError as error:
                    if error.kind == "time":
                        raise
                    self.close()  # perhaps an earlier exercise left a message behind
            self._start()
            self._ask("load", self.right)
            self._begin(exercise)
        except StoppedError as error:
            self.close()
            self.stopped = error
            raise

    def _begin(self, exercise: Exercise) -> None:
        self.line.deadline = time.monotonic() + self.limits.seconds_to_start
        self.link.keeper.clear()
        told = self._ask("load", [exercise.name])
        told = told if isinstance(told, list) else []
        self.about_load = [told_plainly(str(remark))[:500] for remark in told[:_MOST_REMARKS]]
        self._ask("begin", self._table(exercise))
        # The judge asks twice for so long: for the values, and for the cause.
        self.line.deadline = time.monotonic() + 2 * self.limits.seconds_per_exercise

    def answer(self, name: str) -> Callable:
        """A function for the judge: called like the student's, which runs elsewhere."""
        return _Proxy(self._call, name)

    def peers(self) -> Mapping[str, Callable]:
        """The student's right answers by name, as `checking.session` has them."""
        return {name: self.answer(name) for name in self.right if name != self.judged.name}

    def close(self) -> None:
        """End the other end, and delete what it left behind."""
        lines = [*self._ended, self.line] if self.line is not None else self._ended
        self._ended, self.line = [], None
        for line in lines:
            line.close()

    def _start(self) -> dict:
        self.children += 1
        self.line = self.start(self.link.serve)
        self.protections = self._ask("protections")
        if "refused" in self.protections:
            self.close()
            raise WorkbookError(
                f"{self.protections['refused']}, so an answer could reach the network or other "
                "files. Grade on Linux with Landlock and seccomp (in most containers both are "
                "there), or pass allow_weak to grade all the same."
            )
        return self._ask("read", self.cells, list(self.names))

    def _ask(self, what: str, *args: Any) -> Any:
        try:
            return self.link.call(what, args)
        except WorkbookError:
            raise
        except Exception as error:  # a child that cannot even do this is no child
            self.close()
            told = f"the child could not {what} the notebook ({type(error).__name__}: {error})."
            raise StoppedError(told, "crash") from None

    def _call(self, name: str, args: tuple, kwargs: dict) -> Any:
        if self.stopped is not None:
            raise self.stopped
        try:
            return _of_a_sensible_size(self.link.call(f"answer:{name}", args, kwargs))
        except StoppedError as error:
            self.stopped = error
        except TookTooLongError:
            self.stopped = StoppedError("no end in the time that an exercise has.", "time")
        except (WireError, RecursionError, MemoryError) as error:
            if hasattr(error, "student_line"):  # the student's own
                raise
            told = str(error) or type(error).__name__
            self.stopped = StoppedError(f"it sent what is no answer: {told}.", "message")
        # Its folder is deleted later: here the judge's clock is running.
        self.line.stop()
        self._ended.append(self.line)
        self.line = None
        raise self.stopped

    def _exchange(self, message: bytes) -> bytes:
        if self.line is None:
            raise StoppedError("it had been stopped before.", "crash")
        return self.line.exchange(message)

    def _lend(self, target: str) -> Callable:
        """A reference, if it is of an exercise before the one that is judged."""
        kind, _, name = target.partition(":")
        known = _by_name()
        if kind != "reference" or name not in known or self.judged is None:
            raise LookupError("the grader has no function of this name")
        if name == self.judged.name:
            raise RuntimeError(
                f"this calls the course's own {name}, which is not lent while {self.judged.id} "
                f"{name} is graded: the exercise is to write it yourself"
            )
        if _place(name) > _place(self.judged.name):
            raise RuntimeError(
                f"the course's own {name} is not lent while {self.judged.id} {self.judged.name} is "
                "graded: only functions of earlier exercises are"
            )
        return self.references(name)

    def _from_lender(self, name: str) -> Callable:
        return lender(self.limits).lend(name, self.line.deadline)

    def _table(self, exercise: Exercise) -> dict[str, str]:
        """Who serves each name: one's own where right (forward and backward as a pair)."""
        table = {}
        for name in self.names:
            right = name in self.right and all(p in self.right for p in _partners(name))
            earlier = _place(name) < _place(exercise.name)
            table[name] = OWN if right or not earlier else REFERENCE
        return table | {exercise.name: JUDGED}


class _Proxy:
    """No function: its own lines are none of the student's, and none may be told as such."""

    def __init__(self, call: Callable[[str, tuple, dict], Any], name: str) -> None:
        self._call, self.__name__ = call, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(self.__name__, args, kwargs)


def _names_another(name: str, text: str) -> bool:
    """Whether an answer mentions the function of another exercise: it may have to be lent."""
    return bool(set(re.findall(r"\w+", text)) & (set(_by_name()) - {name}))


def _of_a_sensible_size(result: Any) -> Any:
    for part in (result, *(result if isinstance(result, tuple) else ())):
        if isinstance(part, dict) and len(part) > _MOST_PARTS:
            raise ValueError(f"a dictionary with {len(part):,} entries cannot be graded")
    return result


def _by_name() -> dict[str, Exercise]:
    return {e.name: e for e in all_exercises().values()}


def _place(name: str) -> int:
    return list(_by_name()).index(name)


def _partners(name: str) -> list[str]:
    forward = _by_name()[name].forward
    return [n for n, e in _by_name().items() if e.forward == name] + ([forward] if forward else [])
