"""Tell in the terminal how far a batch is, and how long it will still take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from typing import TextIO

from course_utils.sweep.progress import Forecast, duration

_TENTHS = 10  # lines in a log
_ALIKE = 0  # the forecast's kinds of runs: here all are of one


class BatchProgress:
    """How many hand-ins are graded; a terminal gets one line that moves, a file about ten.

    Args:
        total: hand-ins in all.
        waiting: numbers of those still to be graded.
        workers: how many at once.
        stream: stderr if None.
    """

    def __init__(
        self, total: int, waiting: Iterable[int], workers: int, stream: TextIO | None = None
    ) -> None:
        self.stream = stream or sys.stderr
        self.started = time.monotonic()
        numbers = list(waiting)
        self.total, self.done, self.kept = total, total - len(numbers), total - len(numbers)
        self._forecast = Forecast([(n, _ALIKE) for n in numbers], workers, self.started)
        self._tenth = -1
        self._show()

    def ended(self, number: int, seconds: float) -> None:
        """A hand-in is graded."""
        self.done += 1
        self._forecast.ended(number, seconds, time.monotonic())
        self._show()

    def close(self) -> None:
        """The batch is over, however it ended."""
        if self.stream.isatty():
            self.stream.write("\n")
            self.stream.flush()

    def __str__(self) -> str:
        now = time.monotonic()
        told = [f"graded {self.done} of {self.total}"]
        told += [f"{self.kept} kept from before"] if self.kept else []
        told.append(duration(now - self.started))
        left = self._forecast.left(now)
        if left and self.done < self.total:
            told.append(f"about {duration(left)} left")
        return ", ".join(told)

    def _show(self) -> None:
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{self}")
            self.stream.flush()
            return
        tenth = _TENTHS * self.done // max(self.total, 1)
        if tenth != self._tenth:
            self._tenth = tenth
            print(self, file=self.stream, flush=True)
