"""The sweep itself: what is there is kept, the rest is run, and all of it is written down."""

from __future__ import annotations

import contextlib
import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .canonical import SEED, Configuration, configuration
from .engine import Task, at_once, outcomes
from .errors import SweepError, SweepInterrupted
from .fingerprint import Fingerprint, fingerprint, function_name
from .progress import Called, Display, Forecast, Progress, display_for, now
from .result import SweepResult
from .run import Run, told
from .store import DamagedError, Identity, Store


def sweep(
    function: Callable[..., Mapping[str, Any]],
    configurations: Iterable[Mapping[str, Any]],
    *,
    seeds: int | Iterable[int] | None = 1,
    folder: str | os.PathLike | None = None,
    version: str = "",
    jobs: int | None = None,
    retry_failed: bool = False,
    follow_code: bool = True,
    run: bool = True,
    progress: str | Callable[[Progress], None] | None = "bar",
) -> SweepResult:
    """Run a function on configurations, each with several seeds, and keep every result.

    The function is called with the names of a configuration and ``seed``, as in
    ``train_one(hidden=10, learning_rate=0.1, seed=2)``, and returns a dictionary of numbers; it
    may hold text, lists (histories) and arrays too. All randomness must come from ``seed``: then
    a run gives the same wherever, whenever and beside whatever it runs. The first seed is run for
    all configurations, then the second, so that a sweep stopped early has an overview.

    A run is kept in ``folder`` as soon as it ends, and found there again by its function,
    configuration, seed, ``version`` and code. So a sweep that was stopped, even by kill -9 or a
    power cut, goes on when the same line is run again; only the runs in flight are lost.

    Args:
        function: what to run; also one defined in a notebook.
        configurations: dictionaries, from `grid` or `sample`. Equal ones are run once.
        seeds: how many, from 0 on, or which; None for a function that takes no ``seed``.
        folder: where results are kept; None keeps nothing.
        version: a word for what the code does not show: a data file, an imported module.
            Another version runs everything anew.
        jobs: runs at once. 1 runs here, where a debugger works; more are processes with one
            thread each; -1 is one per core. None is 1, or what ``joblib.parallel_config`` says:
            inside ``with joblib.parallel_config(backend="dask")`` the runs go to the cluster.
        retry_failed: run those again that failed before.
        follow_code: run anew what other code gave: the function, what it names in its own
            module or notebook, constants and arrays. False leaves it to ``version`` alone.
        run: False only looks at what there is; the rest has the status "not run".
        progress: "bar" for a line in a notebook or terminal, None for silence, or a function
            that is called with a `Progress` after each run.

    Returns:
        A SweepResult: ``table``, ``summary(name)``, ``best(name)``, ``histories(name)``.

    Raises:
        SweepError: the arguments do not fit each other, or the folder cannot be written to.
        SweepInterrupted: stopped by hand, a KeyboardInterrupt; ``result`` holds what there is.

    Example:
        >>> def train_one(hidden, rate, seed):
        ...     return {"accuracy": hidden * rate + seed}
        >>> result = sweep(train_one, grid(hidden=[1, 2], rate=[0.5]), seeds=2, progress=None)
        >>> result.best("accuracy")
        {'hidden': 2, 'rate': 0.5}
    """
    notes: list[str] = []
    runs, unseen = _planned(function, configurations, seeds, str(version), follow_code, notes)
    store = None if folder is None else Store(folder, writable=run)
    for one in runs:
        if store is not None:
            _look_up(one, store, retry_failed, run, notes)
    result = SweepResult(runs, store, notes, unseen)
    workers = at_once(jobs)
    waiting = _in_order([number for number, one in enumerate(runs) if not one.kept], runs)
    display = _display(progress, len(runs), bool(run and waiting))
    if run and waiting:
        with contextlib.closing(display):
            for note in notes:
                display.say(note)
            _run(function, result, store, waiting, workers, display)
    return result


def _planned(
    function: Callable,
    configurations: Iterable[Mapping[str, Any]],
    seeds: int | Iterable[int] | None,
    version: str,
    follow_code: bool,
    notes: list[str],
) -> tuple[list[Run], dict[str, str]]:
    """All runs, none done, the seeds of a configuration together; and what cannot be followed."""
    if not callable(function):
        raise SweepError(f"function: expected a function, got {type(function).__name__}")
    if isinstance(configurations, Mapping | str) or not isinstance(configurations, Iterable):
        raise SweepError(
            f"configurations: expected a list of dictionaries, got "
            f"{type(configurations).__name__}; use grid(...) or sample(...)"
        )
    given = [configuration(values) for values in configurations]
    if not given:
        raise SweepError("configurations: expected at least one, got an empty list")
    different = list(dict.fromkeys(given))
    if len(different) < len(given):
        notes.append(f"{len(given) - len(different)} of {len(given)} configurations stood twice")
    name, code = function_name(function), fingerprint(function) if follow_code else Fingerprint()
    if name.endswith("<lambda>") and not follow_code:
        raise SweepError("function: a lambda has no name to find its runs by; use def")
    which = _seeds(seeds)
    _check_call(function, different, which[0])
    runs = [
        Run(Identity(name, one, seed, version, code.parts)) for one in different for seed in which
    ]
    return runs, code.unseen


def _seeds(seeds: int | Iterable[int] | None) -> list[int | None]:
    if seeds is None:
        return [None]
    if type(seeds) is int and seeds >= 1:
        return list(range(seeds))
    listed = list(seeds) if isinstance(seeds, Iterable) and not isinstance(seeds, str) else []
    listed = [seed.item() if isinstance(seed, np.integer) else seed for seed in listed]
    whole = all(type(seed) is int and seed >= 0 for seed in listed)
    if not listed or not whole or len(set(listed)) < len(listed):
        raise SweepError(
            f"seeds: expected how many, 1 or more, or a list of different whole numbers from 0 "
            f"on, or None, got {seeds!r}"
        )
    return listed


def _check_call(function: Callable, configurations: list[Configuration], seed: int | None) -> None:
    """Refuse configurations that the function cannot be called with, before anything runs."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some compiled functions do not tell
        return
    for one in configurations:
        values = one.values if seed is None else {**one.values, SEED: seed}
        try:
            signature.bind(**values)
        except TypeError as error:
            takes = ", ".join(signature.parameters) or "nothing"
            raise SweepError(
                f"function: it takes {takes}; it cannot be called with {told(one.values, seed)} "
                f"({error}); misspelt?"
                + (" seeds=None is for a function without seed" if "'seed'" in str(error) else "")
            ) from None


def _look_up(one: Run, store: Store, retry_failed: bool, mend: bool, notes: list[str]) -> None:
    """Keep a run that is in the folder; else say why it is to be done."""
    try:
        outcome = store.read(one.identity)
    except DamagedError as damage:
        one.why = f"its file {damage}"
        if mend:
            notes.append(f"{one}: its file {damage}; set aside as {store.set_aside(one.identity)}")
        return
    if outcome is None:
        other = store.others(one.identity)
        one.why = "new" if other is None else _difference(one.identity, other)
        return
    if outcome.error is not None and retry_failed:
        one.why = "it had failed"
        return
    one.take(outcome)
    one.why = "kept"


def _difference(identity: Identity, other: dict[str, Any]) -> str:
    """Why a run that is there is not the one that is wanted."""
    if other["version"] != identity.version:
        return f"version {other['version']!r} became {identity.version!r}"
    before, after = other["code"], identity.code
    changed = [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
    if "Python" in changed and before and after:
        return f"Python {before['Python']} became {after['Python']}"
    if not before or not after:
        return "code was not followed then" if after else "code was followed then"
    return f"{', '.join(sorted(changed))} changed"


def _in_order(numbers: list[int], runs: list[Run]) -> list[int]:
    """First seed of every configuration, then the second, and so on."""
    rank: dict[int | None, int] = {}
    for one in runs:
        rank.setdefault(one.seed, len(rank))
    return sorted(numbers, key=lambda number: (rank[runs[number].seed], number))


def _display(progress: Any, total: int, needed: bool) -> Display:
    if progress is None or (progress == "bar" and not needed):
        return Display()
    if progress == "bar":
        return display_for(total)
    if callable(progress):
        return Called(progress)
    raise SweepError(f"progress: expected 'bar', None or a function, got {progress!r}")


def _run(
    function: Callable,
    result: SweepResult,
    store: Store | None,
    waiting: list[int],
    workers: int,
    display: Display,
) -> None:
    """Do the runs that wait, and write each down as it ends."""
    runs, began = result.runs, now()
    identities = [runs[number].identity for number in waiting]
    tasks = [Task(n, i.configuration, i.seed) for n, i in zip(waiting, identities, strict=True)]
    forecast = Forecast(((task.number, task.configuration) for task in tasks), workers, began)
    for one in runs:
        if one.kept and one.finished:
            forecast.known(one.identity.configuration, one.seconds)
    kept = sum(one.kept for one in runs)

    def show() -> None:
        done, failed = (sum(getattr(one, is_) for one in runs) for is_ in ("done", "failed"))
        at = now()
        display.show(Progress(len(runs), done, kept, failed, at - began, forecast.left(at)))

    show()
    try:
        with contextlib.closing(outcomes(function, tasks, workers)) as ended:
            for task, outcome in ended:
                one = runs[task.number]
                if store is None:
                    one.in_memory = outcome.arrays
                else:
                    store.write(one.identity, outcome)
                one.take(outcome)
                # A run that fails at once says nothing about how long the others take.
                forecast.ended(task.number, one.seconds if one.finished else float("nan"), now())
                show()
    except KeyboardInterrupt:
        raise SweepInterrupted(_stopped(result, store), result) from None


def _stopped(result: SweepResult, store: Store | None) -> str:
    done = sum(one.done for one in result.runs)
    where = "in the result of this exception, since folder=None"
    if store is not None:
        where = f"in {str(store.folder)!r}: run the same sweep again to go on"
    return f"sweep stopped; {done} of {len(result.runs)} runs are kept {where}"
