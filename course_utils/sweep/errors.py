"""What a sweep stops with; a run that fails is recorded instead, and the rest goes on."""

from __future__ import annotations

from typing import Any

from course_utils.told import Told


class SweepError(Told, ValueError):
    """A sweep that cannot be started or stored; the message says what to do."""


class SweepInterrupted(KeyboardInterrupt):
    """A sweep that was stopped by hand; what had finished is kept.

    Args:
        message: how far it came and how to go on.
        result: the SweepResult so far; the rest of its runs have the status "not run".
    """

    def __init__(self, message: str, result: Any) -> None:
        super().__init__(message)
        self.result = result
