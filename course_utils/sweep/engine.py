"""Many runs, one after the other or at once; a worker that dies takes no other run with it."""

from __future__ import annotations

import contextlib
import math
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .canonical import Configuration
from .errors import SweepError
from .outcome import FAILED, Outcome
from .worker import LoadError, attempt, attempt_elsewhere, one_thread, pack

_AGAIN = "what ended is kept: run the same sweep again to go on, with jobs=1 if this comes back"
_LOCAL = "LokyBackend"  # joblib's own processes; the only workers that are ours to start and stop


@dataclass(frozen=True)
class Task:
    """One run to do.

    Args:
        number: its place among all runs.
        configuration: a Configuration.
        seed: a number, or None if the function takes none.
    """

    number: int
    configuration: Configuration
    seed: int | None


def at_once(jobs: int | None) -> int:
    """How many runs happen at the same time.

    Args:
        jobs: a number; -1 for one per core; None for what joblib.parallel_config says, or 1.

    Raises:
        SweepError: 0, or no whole number.
    """
    import joblib

    if jobs is not None and (type(jobs) is not int or jobs == 0):
        raise SweepError(
            f"jobs: expected how many runs at once, -1 for one per core, or None, got {jobs!r}"
        )
    return int(joblib.effective_n_jobs(jobs))


def outcomes(
    function: Callable, tasks: Iterable[Task], workers: int
) -> Iterator[tuple[Task, Outcome]]:
    """Do all tasks and give each outcome as soon as it is there, in no particular order.

    Args:
        function: what to run.
        tasks: what to run it on.
        workers: 1 runs in this process; more go through joblib, to the backend that
            joblib.parallel_config has set, else to processes with one thread each.

    Yields:
        (Task, Outcome), each task once.

    Raises:
        SweepError: the function cannot be sent to the workers, or they do not come up.
    """
    if workers == 1:
        for task in tasks:
            yield task, attempt(function, task.configuration, task.seed)
        return
    crew, left = _Crew(function, workers), list(tasks)
    # The limit is held here too, for a backend of threads: there it belongs to the whole process,
    # and each run would lift it for the others when it ends.
    with crew, one_thread():
        while left:
            done, death = set(), None
            try:
                with contextlib.closing(crew.work(left)) as results:
                    for task, outcome in results:
                        done.add(task)
                        yield task, outcome
            except _deaths() as error:
                death = error
            left = [task for task in left if task not in done]
            if left and (death is None or not crew.handed_out):
                raise SweepError(
                    f"workers: {len(left)} runs came back without a result; {_AGAIN}"
                ) from death
            # A dead worker takes the runs beside it along, and nobody says which one killed it.
            # So those that had been handed out are done one at a time: the culprit dies alone.
            for task in [task for task in left if task in crew.handed_out]:
                left.remove(task)
                yield task, crew.alone(task)


def _deaths() -> type[Exception]:
    from joblib.externals.loky.process_executor import BrokenProcessPool

    return BrokenProcessPool


class _Crew:
    """The workers, through joblib.

    Args:
        function: what they run.
        workers: how many.
    """

    def __init__(self, function: Callable, workers: int) -> None:
        from joblib.parallel import get_active_backend

        backend = get_active_backend()[0]
        self.local, self.workers = type(backend).__name__ == _LOCAL, workers
        if not getattr(backend, "supports_return_generator", False):
            raise SweepError(
                f"backend: expected one that hands over each result as it comes, such as 'loky' "
                f"or 'dask', got {type(backend).__name__}"
            )
        try:
            self.packed = pack(function)
        except Exception as error:
            raise SweepError(
                f"function: it cannot be sent to another process ({type(error).__name__}: "
                f"{error}); does it use an open file, a lock or a running generator from outside? "
                "Make that in the function, or run with jobs=1"
            ) from error
        self.handed_out: list[Task] = []
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> _Crew:
        # Workers left by an earlier joblib call may hold old versions of our modules.
        self._dismiss()
        self._warnings.__enter__()
        # A worker that has grown by 300 MB is replaced between two runs; nothing is lost.
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        return self

    def __exit__(self, *_: Any) -> None:
        self._warnings.__exit__(None, None, None)
        self._dismiss()

    def work(self, tasks: list[Task]) -> Iterator[tuple[Task, Outcome]]:
        """Hand out tasks to all workers; outcomes come as they are ready."""
        import joblib

        self.handed_out = []
        with self._backend():
            # One run in each worker and none waiting there: whatever ends the sweep, only the
            # runs in flight are lost.
            parallel = joblib.Parallel(
                n_jobs=self.workers,
                batch_size=1,
                pre_dispatch="n_jobs",
                return_as="generator_unordered",
            )
            results = parallel(joblib.delayed(_numbered)(*call) for call in self._calls(tasks))
        by_number = {task.number: task for task in tasks}
        try:
            for number, outcome in results:
                yield by_number[number], outcome
        except LoadError as error:
            raise SweepError(
                f"function: a worker cannot load it ({error}); is it in a file that only this "
                "process finds? Define it in the notebook, or install its package"
            ) from error
        finally:
            with _quiet():
                results.close()

    def alone(self, task: Task) -> Outcome:
        """Do one task with nothing beside it; a worker that dies is an outcome."""
        try:
            # Not self.workers == 1: joblib would then run it in this process, which must live.
            for _, outcome in self.work([task]):
                return outcome
        except _deaths() as death:
            return _died(death)
        raise SweepError(f"workers: a run came back without a result; {_AGAIN}")

    def _calls(self, tasks: Iterable[Task]) -> Iterator[tuple]:
        for task in tasks:
            self.handed_out.append(task)
            yield task.number, self.packed, task.configuration, task.seed, os.getpid()

    def _backend(self) -> contextlib.AbstractContextManager:
        import joblib

        if not self.local:
            return contextlib.nullcontext()
        return joblib.parallel_config(backend="loky", inner_max_num_threads=1)

    def _dismiss(self) -> None:
        if self.local:
            from joblib.externals.loky import get_reusable_executor

            with _quiet():
                get_reusable_executor().shutdown(wait=True, kill_workers=True)


def _numbered(
    number: int, packed: np.ndarray, configuration: Configuration, seed: int | None, parent: int
) -> tuple[int, Outcome]:
    return number, attempt_elsewhere(packed, configuration, seed, parent)


def _died(death: Exception) -> Outcome:
    """The outcome of a run that ended its process."""
    codes = re.search(r"\{(.*?)\}", str(death))  # loky's "exit codes of the workers are {...}"
    message = f"the process that ran it ended ({codes.group(1) if codes else 'no exit code'})"
    cause = "a call of os._exit, or a fault in compiled code"
    if codes and "SIGKILL" in codes.group(1):
        cause = "most likely for want of memory: use fewer jobs or a smaller configuration"
    return Outcome(
        FAILED,
        math.nan,
        error={"type": "WorkerDied", "message": f"{message}; {cause}", "traceback": ""},
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Joblib warns of runs that are cut off; that is what stopping is for, and it is said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
