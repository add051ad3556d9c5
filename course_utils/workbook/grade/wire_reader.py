"""Reads messages: the other half of wire.py, and as careful as if each were an attack."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from course_utils.workbook.grade.strange import Keeper
from course_utils.workbook.grade.wire import (
    DEEPEST,
    GENERATORS,
    MOST_BYTES,
    MOST_NODES,
    MOST_TEXT,
    NUMBERS,
    WireError,
    cleaned,
)


class Decoder:
    """Reads one message.

    Args:
        message: its bytes, from the other end.
        keeper: finds what was kept here, and stands in for what was kept there.
        known: the objects that both ends have, in the order of the list.

    Raises:
        WireError: the message has not the form that it must have.
    """

    def __init__(self, message: bytes, keeper: Keeper, known: Sequence[Any] = ()) -> None:
        self.keeper, self.objects = keeper, list(known)
        self.nodes = self.depth = 0
        self._open: set[int] = set()
        self._data = memoryview(message)
        if len(message) < 4:
            raise WireError("a message of fewer than four bytes")
        (length,) = struct.unpack_from("<I", message)
        if length > MOST_TEXT or 4 + length > len(message):
            raise WireError(f"a message whose text is said to have {length:,} bytes")
        self._at = 4 + length
        try:
            self.header = json.loads(message[4 : self._at].decode("ascii"))
        except (ValueError, RecursionError, MemoryError) as error:
            raise WireError(f"a message that is not JSON ({type(error).__name__})") from None

    def value(self, node: Any) -> Any:
        """The value that a part of the JSON text stands for.

        Raises:
            WireError: it stands for none.
        """
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise WireError(f"more than {MOST_NODES:,} values in one message")
        kind = type(node)
        if node is None or kind in (bool, float, int):
            return node
        if kind is str:
            return cleaned(node)
        if kind is not list or not node or type(node[0]) is not str:
            raise WireError(f"a {kind.__name__} where a value was expected")
        self.depth += 1
        if self.depth > DEEPEST:
            raise WireError(f"lists within lists, more than {DEEPEST} deep")
        try:
            return self._compound(node[0], node[1:])
        except (TypeError, ValueError, IndexError, KeyError, OverflowError, ArithmeticError) as e:
            raise WireError(f"a value of kind {node[0][:9]!r} of the wrong form: {e}") from None
        finally:
            self.depth -= 1

    def expect(self, what: Any, kind: type) -> Any:
        """A part of the text that must be of one type."""
        if type(what) is not kind:
            raise WireError(f"expected a {kind.__name__}, got a {type(what).__name__}")
        return what

    def take(self, size: int) -> memoryview:
        """The next bytes after the text."""
        if type(size) is not int or not 0 <= size <= len(self._data) - self._at:
            raise WireError(f"{size!r} bytes where {len(self._data) - self._at:,} are left")
        self._at += size
        return self._data[self._at - size : self._at]

    def _compound(self, tag: str, rest: list) -> Any:
        if tag == "t":
            return tuple(self.value(v) for v in self.expect(*rest, list))
        if tag == "l":
            return self._list(*rest)
        if tag == "d":
            return self._dict(*rest)
        if tag == "a":
            return self._array(*rest)
        if tag == "r":
            return self._reference(*rest)
        if tag == "n":
            return self._scalar(*rest)
        return self._rare(tag, rest)

    def _rare(self, tag: str, rest: list) -> Any:
        if tag in "SF":
            return (set if tag == "S" else frozenset)(self.value(v) for v in rest[0])
        if tag == "i":
            return int(self.expect(*rest, str), 16)
        if tag == "c":
            return complex(float(rest[0]), float(rest[1]))
        if tag == "b":
            return bytes(self.take(*rest))
        if tag == "q":
            return Fraction(int(rest[0], 16), int(rest[1], 16))
        if tag == "D":
            return Decimal(self.expect(*rest, str)[:10_000])
        if tag == "e":
            return ...
        if tag == "O":
            return self._of_objects(*rest)
        if tag == "U":
            texts = [cleaned(self.expect(text, str)) for text in rest[1]]
            return np.array(texts, dtype=str).reshape(self._shape(rest[0], 4))
        if tag == "g":
            return self._generator(*rest)
        return self.keeper.value(self, tag, rest)

    def _list(self, entries: list) -> list:
        made: list = []
        return self._within(made, lambda: made.extend(self.value(v) for v in list(entries)))

    def _dict(self, pairs: list) -> dict:
        made: dict = {}

        def fill() -> None:
            for key, value in pairs:
                made[self.value(key)] = self.value(value)

        return self._within(made, fill)

    def _within(self, made: Any, fill: Callable[[], None]) -> Any:
        index = len(self.objects)
        self.objects.append(made)
        self._open.add(index)
        fill()
        self._open.discard(index)
        return made

    def _reference(self, index: int) -> Any:
        if type(index) is not int or not 0 <= index < len(self.objects) or index in self._open:
            raise WireError("a reference to nothing")
        return self.objects[index]

    def _array(self, dtype: str, shape: list, order: str) -> np.ndarray:
        made = self.numbers(dtype, shape, order)
        self.objects.append(made)
        return made

    def numbers(self, dtype: str, shape: list, order: str) -> np.ndarray:
        """An array of numbers from the next bytes; its own, to be written to."""
        if not NUMBERS.fullmatch(self.expect(dtype, str)) or order not in ("C", "F"):
            raise WireError(f"an array of dtype {dtype[:20]!r}")
        kind = np.dtype(dtype)
        shape = self._shape(shape, kind.itemsize)
        count = int(np.prod(shape, dtype=object)) if shape else 1
        flat = np.frombuffer(self.take(count * kind.itemsize), dtype=kind)
        return flat.reshape(shape, order=order).copy(order="K")

    def _shape(self, shape: list, itemsize: int) -> tuple[int, ...]:
        sizes = tuple(self.expect(shape, list))
        if len(sizes) > 32 or any(type(n) is not int or n < 0 for n in sizes):
            raise WireError("an array of an impossible shape")
        # Also of an empty array: sums over its empty axis would be as large as the others.
        if int(np.prod([max(n, 1) for n in sizes] or [1], dtype=object)) * itemsize > MOST_BYTES:
            raise WireError(f"an array of shape {sizes}")
        return sizes

    def _of_objects(self, shape: list, entries: list) -> np.ndarray:
        made = np.empty(self._shape(shape, 8), dtype=object)
        if made.size != len(entries):
            raise WireError("an array with another number of entries")

        def fill() -> None:
            for i, entry in enumerate(entries):
                made.reshape(-1)[i] = self.value(entry)

        return self._within(made, fill)

    def _scalar(self, dtype: str, data: str) -> np.generic:
        if not NUMBERS.fullmatch(self.expect(dtype, str)):
            raise WireError(f"a number of dtype {dtype[:20]!r}")
        raw = bytes.fromhex(data)
        if len(raw) != np.dtype(dtype).itemsize:
            raise WireError("a number of the wrong length")
        return np.frombuffer(raw, dtype=dtype)[0]

    def _generator(self, name: str, state: list) -> np.random.Generator:
        if name not in GENERATORS:
            raise WireError("a generator of an unknown kind")
        made = np.random.Generator(getattr(np.random, name)(0))
        self.objects.append(made)
        made.bit_generator.state = self.value(state)
        return made
