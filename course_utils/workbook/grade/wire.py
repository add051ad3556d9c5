"""Values as bytes and back: a closed format, so that nothing in it can run.

A message is the length of a JSON text, the text, then the bytes of its arrays in the order
in which the text names them. None, booleans, floats, strings and small whole numbers stand
in the text as they are; every other value is a list that begins with its kind. What no kind
fits (a student's own class, a function) stays where it is, and a number of it crosses.

Both ends read what the other wrote with the same care: sizes, depth and counts are limited,
every odd form is a `WireError`, and no class is made but the ones named here.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from course_utils.workbook.grade.strange import Keeper

MOST_BYTES = 64 * 2**20
MOST_TEXT = 8 * 2**20
MOST_NODES = 200_000
DEEPEST = 60

NUMBERS = re.compile(r"[<>|=]?(b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32))")
GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_PLAIN_INT = 2**63


class WireError(Exception):
    """A message or a value that this format does not allow; says what is wrong with it."""


class Encoder:
    """Turns values into one message.

    Args:
        keeper: keeps what cannot cross.
        known: objects that the other end has already, in the order of its list.
        most: bytes that the message may have.
    """

    def __init__(self, keeper: Keeper, known: Sequence[Any] = (), most: int = MOST_BYTES) -> None:
        self.keeper, self.most = keeper, most
        self.objects = list(known)
        self.buffers: list[bytes] = []
        self.size = self.nodes = self.depth = 0
        self._index = {id(value): i for i, value in enumerate(self.objects)}
        self._open: set[int] = set()

    def node(self, value: Any) -> Any:
        """The value as a part of the JSON text; arrays are added to the bytes that follow it.

        Raises:
            WireError: too large, too deep, or it holds itself.
        """
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise WireError(f"more than {MOST_NODES:,} values in one message")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is str:
            self._count(len(value))
            return value
        if kind is int:
            return value if -_PLAIN_INT <= value < _PLAIN_INT else self._large(value)
        index = self._index.get(id(value))
        if index is not None:
            if index in self._open:
                raise WireError("a list or dictionary that holds itself")
            return ["r", index]
        self.depth += 1
        if self.depth > DEEPEST:
            raise WireError(f"lists within lists, more than {DEEPEST} deep")
        try:
            return self._compound(value, kind)
        finally:
            self.depth -= 1

    def content(self, value: Any) -> Any:
        """The node of a known object as it is now, not as a reference to it."""
        index = self._index.pop(id(value))
        before = len(self.objects)
        try:
            node = self.node(value)
        finally:
            self._index[id(value)] = index
        # Its own entry was made anew: the number is taken, but nothing shall point to it.
        if len(self.objects) > before and self.objects[before] is value:
            self.objects[before] = None
        return node

    def message(self, header: Any) -> bytes:
        """The whole message.

        Raises:
            WireError: it is too large.
        """
        text = json.dumps(header, separators=(",", ":")).encode("ascii")
        if len(text) > MOST_TEXT or len(text) + self.size > self.most:
            told = f"{len(text) + self.size:,} bytes; at most {self.most:,} can be graded"
            raise WireError(told)
        return b"".join([struct.pack("<I", len(text)), text, *self.buffers])

    def remember(self, value: Any) -> int:
        """Give an object its number; a later mention of it becomes a reference."""
        index = len(self.objects)
        self.objects.append(value)
        self._index[id(value)] = index
        return index

    def add_bytes(self, data: bytes) -> int:
        """Append bytes to the message; gives their number."""
        self._count(len(data))
        self.buffers.append(data)
        return len(data)

    def _compound(self, value: Any, kind: type) -> Any:
        if kind is np.ndarray:
            return self._array(value)
        if kind is tuple:
            return ["t", [self.node(v) for v in value]]
        if kind is list:
            return self._within(value, lambda: ["l", [self.node(v) for v in value]])
        if kind is dict:
            return self._within(value, lambda: ["d", self._pairs(value)])
        if isinstance(value, np.generic) and NUMBERS.fullmatch(value.dtype.str):
            return ["n", value.dtype.str, value.tobytes().hex()]
        if kind in (set, frozenset):
            return ["S" if kind is set else "F", [self.node(v) for v in sorted(value, key=repr)]]
        return self._rare(value, kind)

    def _rare(self, value: Any, kind: type) -> Any:
        if kind is complex:
            return ["c", value.real, value.imag]
        if kind in (bytes, bytearray):
            return ["b", self.add_bytes(bytes(value))]
        if kind is Fraction:
            return ["q", self._large(value.numerator)[1], self._large(value.denominator)[1]]
        if kind is Decimal:
            return ["D", str(value)]
        if value is Ellipsis:
            return ["e"]
        if kind is np.random.Generator:
            name = type(value.bit_generator).__name__
            if name in GENERATORS:
                self.remember(value)
                return ["g", name, self.node(value.bit_generator.state)]
        return self.keeper.node(self, value)

    def _within(self, value: Any, children: Callable[[], Any]) -> Any:
        index = self.remember(value)
        self._open.add(index)
        try:
            return children()
        finally:
            self._open.discard(index)

    def _pairs(self, value: dict) -> list:
        return [[self.node(k), self.node(v)] for k, v in value.items()]

    def _array(self, value: np.ndarray) -> Any:
        if value.dtype.kind in "OU":
            if value.size > MOST_NODES:
                raise WireError(f"an array of {value.size:,} objects")
            if value.dtype.kind == "U":
                return ["U", list(value.shape), value.ravel().tolist()]
            return self._within(value, lambda: self._objects_of(value))
        if not NUMBERS.fullmatch(value.dtype.str):
            return self.keeper.node(self, value)
        self.remember(value)
        self._count(value.nbytes, and_keep=False)
        by_column = value.flags.f_contiguous and not value.flags.c_contiguous
        self.add_bytes(value.tobytes("F" if by_column else "C"))
        return ["a", value.dtype.str, list(value.shape), "F" if by_column else "C"]

    def _objects_of(self, value: np.ndarray) -> list:
        return ["O", list(value.shape), [self.node(v) for v in value.ravel().tolist()]]

    def _large(self, value: int) -> list:
        text = hex(value)
        self._count(len(text))
        return ["i", text]

    def _count(self, size: int, and_keep: bool = True) -> None:
        if self.size + size > self.most:
            raise WireError(f"more than {self.most:,} bytes in one message")
        self.size += size if and_keep else 0


def cleaned(text: str) -> str:
    """A string that every encoding can write: lone surrogates become question marks."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
