"""How far a sweep is, and how long it will still take."""

from __future__ import annotations

import heapq
import sys
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TextIO

from course_utils.console import in_notebook

_TENTHS = 10  # lines in a log


@dataclass(frozen=True)
class Progress:
    """What is known at one moment.

    Args:
        total: runs in all.
        done: of them finished or failed, now or before.
        kept: of those, how many were kept from before.
        failed: of those, how many failed.
        elapsed_s: seconds since the sweep began.
        left_s: seconds it will still take; None while nothing is known, 0 at the end.
    """

    total: int
    done: int
    kept: int
    failed: int
    elapsed_s: float
    left_s: float | None

    def __str__(self) -> str:
        return f"{self.details}: {self.done} of {self.total}"

    @property
    def details(self) -> str:
        """All but the count, ``"sweep, 3 kept, 1 failed, 12 s, about 25 s left"``."""
        parts = ["sweep"]
        parts += [f"{self.kept} kept"] if self.kept else []
        parts += [f"{self.failed} failed"] if self.failed else []
        parts.append(duration(self.elapsed_s))
        if self.left_s is not None and self.done < self.total:
            parts.append(f"about {duration(self.left_s)} left")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """A time as one would say it: ``"45 s"``, ``"3 min 20 s"``, ``"2 h 5 min"``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class Forecast:
    """Foretells the time left from the runs that have finished.

    A run is expected to take as long as the others with its configuration did, or if there are
    none, as long as the mean of all. The workers are simulated: each takes the next run as soon
    as it is free, so 3 equal runs on 2 workers take twice as long as one.

    Args:
        waiting: (number, configuration) of the runs to do, in their order.
        workers: how many run at once.
        now: the time, in seconds.
    """

    def __init__(self, waiting: Iterable[tuple[int, Hashable]], workers: int, now: float) -> None:
        self._waiting = dict(waiting)
        self._workers = workers
        self._began: dict[int, float] = {}  # those that run now
        self._seconds: dict[Hashable, list[float]] = {}
        self._start(now)

    def known(self, configuration: Hashable, seconds: float) -> None:
        """Tell of a run that was done before."""
        self._seconds.setdefault(configuration, []).append(seconds)

    def ended(self, number: int, seconds: float, now: float) -> None:
        """Tell of a run that has just ended; NaN seconds if nobody measured."""
        configuration = self._waiting.pop(number)
        self._began.pop(number, None)
        if seconds == seconds:
            self.known(configuration, seconds)
        self._start(now)

    def left(self, now: float) -> float | None:
        """Seconds until the last run ends; None while no run has ended."""
        if not self._waiting:
            return 0.0
        if not self._seconds:
            return None
        means = {name: sum(times) / len(times) for name, times in self._seconds.items()}
        times = [seconds for times in self._seconds.values() for seconds in times]
        mean = sum(times) / len(times)
        expected = {number: means.get(name, mean) for number, name in self._waiting.items()}
        free = [max(expected[n] - (now - began), 0.0) for n, began in self._began.items()]
        heapq.heapify(free)
        for number in self._waiting:
            if number not in self._began:
                heapq.heapreplace(free, free[0] + expected[number])
        return max(free)

    def _start(self, now: float) -> None:
        """Runs start in order, as many as there are workers."""
        for number in self._waiting:
            if len(self._began) >= self._workers:
                break
            self._began.setdefault(number, now)


def display_for(total: int, stream: TextIO | None = None) -> Display:
    """The display that suits the place: notebook, terminal, log file, or none.

    Args:
        total: runs in all.
        stream: where a terminal or log is; stderr if None.
    """
    from course_utils.show.progress import watched  # here, because `show` brings matplotlib

    stream = stream or sys.stderr
    if not watched():
        return Display()
    if in_notebook() or stream.isatty():
        return _Bar(total)
    return _Log(stream)


class Display:
    """Shows nothing."""

    def show(self, progress: Progress) -> None:
        """Called after each run."""

    def say(self, text: str) -> None:
        """Called when there is something to tell, in a sentence."""

    def close(self) -> None:
        """Called at the end, however it ends."""


class _Bar(Display):
    """One line that is written over, and gone at the end."""

    def __init__(self, total: int) -> None:
        from course_utils.show.progress import progress_bar

        self._bar = progress_bar(range(total), description="sweep")
        # tqdm's own estimate knows neither kept runs nor workers; ours stands in the text.
        self._bar.bar_format = "{desc} |{bar:20}| {n_fmt} of {total_fmt}"

    def show(self, progress: Progress) -> None:
        # Set, not counted up with update(): then tqdm has no rate of its own to show.
        self._bar.n = progress.done
        self._bar.set_description_str(f"{progress.details},")

    def say(self, text: str) -> None:
        if not in_notebook():  # there it stands in the result, and stderr stays empty
            self._bar.write(text, file=sys.stderr)

    def close(self) -> None:
        self._bar.close()


class _Log(Display):
    """Plain lines, about ten in all."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._tenth = stream, -1

    def show(self, progress: Progress) -> None:
        tenth = _TENTHS * progress.done // progress.total
        if tenth != self._tenth:
            self._tenth = tenth
            self.say(str(progress))

    def say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


class Called(Display):
    """Hands each Progress to a function of the user's.

    Args:
        function: called with a Progress.
    """

    def __init__(self, function: Callable[[Progress], None]) -> None:
        self._function = function

    def show(self, progress: Progress) -> None:
        """Called after each run."""
        self._function(progress)


def now() -> float:
    """Seconds on a clock that is never set back."""
    return time.monotonic()
