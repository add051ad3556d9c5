"""Bound a number that may differ between machines."""

from __future__ import annotations

import os


class ExpectationError(AssertionError):
    """A number is outside its bounds, in a run that must not go on."""


def expect(
    value: float,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    about: str = "the value",
) -> None:
    """Say whether a measured number is within bounds.

    The words do not hold the number when it is within, so they are the same on
    every machine and CI can compare them. Outside, the number is told and the
    lesson goes on, unless ``COURSE_STRICT=1`` is set: then it stops.

    Args:
        value: what was measured.
        at_least: smallest allowed value.
        at_most: largest allowed value.
        about: what it is, ``"test accuracy"``.

    Raises:
        ValueError: no bound was given.
        ExpectationError: out of bounds and ``COURSE_STRICT=1``.
    """
    if at_least is None and at_most is None:
        raise ValueError("expect: give at_least, at_most or both; got neither")
    bounds = []
    if at_least is not None:
        bounds.append(f"at least {at_least:g}")
    if at_most is not None:
        bounds.append(f"at most {at_most:g}")
    wanted = " and ".join(bounds)
    # Written so that NaN is out of bounds.
    inside = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    if inside:
        print(f"✓ {about} is {wanted}")
        return
    message = f"✗ {about}: expected {wanted}, got {value:.4g}"
    if os.environ.get("COURSE_STRICT") == "1":
        raise ExpectationError(message)
    print(message)
