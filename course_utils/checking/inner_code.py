"""The code of a function and of all that is defined within it."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType


def with_inner(code: CodeType) -> Iterator[CodeType]:
    """A code object, then those of the functions, lambdas and comprehensions in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from with_inner(constant)
