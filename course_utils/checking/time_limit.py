"""Stop code that does not end, where the platform can."""

from __future__ import annotations

import contextlib
import signal
import threading


class TookTooLongError(BaseException):
    """The time is up. (Not an Exception: a bare ``except Exception`` must not swallow it.)"""


@contextlib.contextmanager
def time_limit(seconds: float):
    """Raise `TookTooLongError` inside the block after `seconds`.

    Works in the main thread on Linux and macOS, where a notebook's cells run.
    Elsewhere (Windows, other threads) the block runs without a limit: the
    notebook's stop button remains.
    """
    usable = hasattr(signal, "setitimer") and (
        threading.current_thread() is threading.main_thread()
    )
    if not usable:
        yield
        return

    def ring(signum, frame):
        raise TookTooLongError(f"more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    # Rings again every second: a bare `except:` in a loop would swallow one ring.
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
