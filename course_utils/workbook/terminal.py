"""Tell in the terminal how far a lesson is: one line that moves, or plain lines in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO


def say(text: str = "") -> None:
    """Print at once, also into a pipe."""
    print(text, flush=True)


class LessonProgress:
    """Cell k of n of one lesson, with the time it has taken.

    Args:
        name: of the lesson.
        stream: where to write; a terminal gets one line that is overwritten, a
            file a line at the beginning, at each quarter and at the end.
    """

    def __init__(self, name: str, stream: TextIO | None = None) -> None:
        self.name, self.stream = name, stream or sys.stdout
        self.started = time.monotonic()
        self._quarter = -1

    @property
    def seconds(self) -> float:
        """Time since the lesson began."""
        return time.monotonic() - self.started

    def cell(self, number: int, total: int) -> None:
        """A code cell begins."""
        text = f"{self.name}: cell {number} of {total}, {self.seconds:.0f} s"
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{text}")
        elif (quarter := 4 * number // total) != self._quarter or number == 1:
            self._quarter = quarter
            self.stream.write(text + "\n")
        self.stream.flush()

    def finish(self, said: str) -> float:
        """The lesson is over; returns its seconds."""
        seconds = self.seconds
        start = "\r\x1b[K" if self.stream.isatty() else ""
        self.stream.write(f"{start}{self.name}: {said}, {seconds:.1f} s\n")
        self.stream.flush()
        return seconds
