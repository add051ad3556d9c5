"""Stands for `course_utils.checking` in the child: the same names, and nothing that judges.

`exercise` gives the function back as it is; what tells, draws or checks does nothing. The
judge itself is in another process, so that nothing done here can change a verdict.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

serve: Callable[[str], Callable] | None = None  # set by the runtime: who answers for a name
ask: Callable[[str, tuple, dict], Any] | None = None  # set by the runtime: the references


def exercise(exercise_id: str, *, points: float = 0) -> Callable[[Callable], Callable]:
    """Mark a function as an answer; here it stays what it is."""
    return lambda function: function


class Nothing:
    """Takes every call and attribute, and gives itself back."""

    def __call__(self, *args: Any, **kwargs: Any) -> Nothing:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __bool__(self) -> bool:
        return False


class Answers:
    """Functions by name: the student's own where right, else the reference."""

    def __getattr__(self, name: str) -> Callable:
        if serve is None or name.startswith("_"):
            raise AttributeError(name)
        return serve(name)


def answers() -> Answers:
    """The functions that later cells build on."""
    return Answers()


def reference(name: str) -> Callable:
    """The reference of an exercise, which is with the grader."""

    def asked(*args: Any, **kwargs: Any) -> Any:
        if ask is None:
            raise RuntimeError(f"{name} is not at hand here")
        return ask(name, args, kwargs)

    return asked


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing()
