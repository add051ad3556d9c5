"""One run, wherever it happens: in this process, in another, or on another computer.

Every run has the same surroundings: one thread for matrix products, and the global random
generators set from its configuration and seed. So its result does not depend on which runs came
before it, nor on how many run at once.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from .canonical import SEED, Configuration, digest
from .outcome import Outcome, failed, finished

_LIBRARIES = ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")
_THREAD_VARIABLES = (*(f"{name}_NUM_THREADS" for name in _LIBRARIES), "VECLIB_MAXIMUM_THREADS")
_WATCH_S = 1.0  # how often a worker looks whether its parent lives


class LoadError(Exception):
    """A worker that cannot load the function; no run of it could ever work there."""


def attempt(function: Callable, configuration: Configuration, seed: int | None) -> Outcome:
    """Run a function on one configuration; whatever goes wrong is an outcome too.

    Args:
        function: called with the configuration's names, and ``seed`` unless it is None.
        configuration: a Configuration.
        seed: handed to the function as it is.

    Returns:
        An Outcome.

    Raises:
        KeyboardInterrupt: the one thing that is nobody's failure.
    """
    arguments = configuration.values if seed is None else {**configuration.values, SEED: seed}
    started = time.perf_counter()
    try:
        with one_thread(), _seeded(f"{configuration.text} {seed}"):
            started = time.perf_counter()
            value = function(**arguments)
            return finished(value, time.perf_counter() - started)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() in a run must not end the others either
        return failed(error, time.perf_counter() - started)


def attempt_elsewhere(
    packed: np.ndarray, configuration: Configuration, seed: int | None, parent: int
) -> Outcome:
    """What a worker process does: load the function and run it; see `attempt`.

    Args:
        packed: uint8, what `pack` made of the function.
        configuration: a Configuration.
        seed: a number or None.
        parent: process id of the one who asks.

    Raises:
        LoadError: the function cannot be loaded here.
    """
    _die_with(parent)
    _leave_ctrl_c_to(parent)
    try:
        function = pickle.loads(packed.data)  # from our own process, through a pipe
    except Exception as error:
        raise LoadError(f"{type(error).__name__}: {error}") from None
    return attempt(function, configuration, seed)


def _leave_ctrl_c_to(parent: int) -> None:
    """A terminal sends Ctrl-C to the workers as well; the parent ends them, without their words.

    Only in a child of the one who asks: a worker of a cluster keeps its own Ctrl-C.
    """
    on_main_thread = threading.current_thread() is threading.main_thread()
    if os.getppid() == parent and on_main_thread:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def pack(function: Callable) -> np.ndarray:
    """A function as bytes, with what a notebook's function needs of its notebook.

    Returns:
        uint8; an array, because joblib then shares a large one instead of sending it each time.

    Raises:
        TypeError, pickle.PicklingError: it holds something that cannot be sent.
    """
    import cloudpickle

    return np.frombuffer(cloudpickle.dumps(function), dtype=np.uint8)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """One thread for BLAS and OpenMP, also for libraries that are loaded meanwhile."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    with threadpool_limits(1):
        os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


@contextlib.contextmanager
def _seeded(text: str) -> Iterator[None]:
    """Set the global generators from a text, and put them back afterwards.

    A function should make its own, np.random.default_rng(seed); this is for those that do not.
    """
    number = int(digest(text, 8), 16)  # 32 bits, what np.random.seed takes
    torch = sys.modules.get("torch")  # never imported here, only seeded if it is there
    legacy = np.random.get_state()  # noqa: NPY002
    before = random.getstate(), torch and torch.get_rng_state()
    random.seed(number)
    np.random.seed(number)  # noqa: NPY002
    if torch:
        torch.manual_seed(number)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(legacy)  # noqa: NPY002
        if torch:
            torch.set_rng_state(before[1])


_watched = threading.Event()


def _die_with(parent: int) -> None:
    """End this worker soon after its parent is killed; else it would go on for nobody."""
    if os.name != "posix" or _watched.is_set() or os.getppid() != parent:
        return  # Windows does not tell; on a cluster the parent is another computer's

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_S)
        os._exit(1)

    _watched.set()
    threading.Thread(target=watch, daemon=True).start()
