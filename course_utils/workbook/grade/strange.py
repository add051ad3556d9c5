"""What cannot cross: it stays where it is, and a stand-in crosses in its place.

A student's cache may be of a class of their own, an answer may return a function by
mistake, and a decoder's `step` is a function of the grader's. Each end keeps such objects
in a numbered list; the other end holds a `Foreign` that knows the number, hands it back, and
can be called if the object can. A tuple, list or dictionary of a class of one's own crosses
as what it holds, and comes home in its own class.
"""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

_NAME = re.compile(r"[^\W\d]\w{0,59}")
_made: dict[tuple, type] = {}


class Foreign:
    """Stands for an object of the other end. Its class bears the name of the object's."""

    _foreign: tuple[Any, int]  # the keeper that made it, the number at the other end

    def __deepcopy__(self, memo: dict) -> Foreign:
        return self  # the other end copies when it comes home

    def __copy__(self) -> Foreign:
        return self


class Keeper:
    """The numbered list of one end, and the stand-ins for the other's.

    Args:
        call: calls an object of the other end by its number, ``call(number, args, kwargs)``.
        copies: hand out deep copies of what comes home. A judge copies what it passes on; of
            what it cannot see, the end that has it makes the copy.
        codec: gives a codec for further kinds of values, or None.
    """

    def __init__(
        self,
        call: Callable[[int, tuple, dict], Any],
        *,
        copies: bool,
        codec: Callable[[], Any] = lambda: None,
    ) -> None:
        self.call, self.copies, self.codec = call, copies, codec
        self.kept: list[Any] = []
        self._numbers: dict[int, int] = {}

    def clear(self) -> None:
        """Forget all: numbers given out before now mean nothing."""
        self.kept.clear()
        self._numbers.clear()

    def keep(self, value: Any) -> int:
        """The number of an object; the same one each time."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.kept)
            self.kept.append(value)
        return number

    def find(self, number: Any) -> Any:
        """The object of a number.

        Raises:
            ValueError: there is none.
        """
        if type(number) is not int or not 0 <= number < len(self.kept):
            raise ValueError("no object has this number")
        return self.kept[number]

    def node(self, encoder: Any, value: Any) -> Any:
        """The node of a value that no other kind fits."""
        home = _home_of(value, self)
        if home is not None and not isinstance(value, tuple | list | dict):
            return ["m", home]
        if "torch" in sys.modules and (codec := self.codec()) is not None:
            node = codec.node(encoder, value)
            if node is not None:
                return node
        plain = _plain(value)
        if plain is not None:
            tag = {tuple: "t", list: "l", dict: "d"}.get(type(plain))
            if home is not None:
                return ["h", home, self._contents(encoder, value, plain)]
            if tag and not isinstance(value, Foreign) and self.copies:
                told = type(value).__name__
                return ["k", self.keep(value), told, self._contents(encoder, value, plain)]
            return encoder.node(plain)
        can_be_called = callable(value) and not isinstance(value, type)
        return ["o", self.keep(value), type(value).__name__, bool(can_be_called)]

    def value(self, decoder: Any, tag: str, rest: list) -> Any:
        """The value of a node that no other kind fits."""
        if tag == "o":
            number, name, can_be_called = rest
            return self._stand_in(number, str(name), bool(can_be_called))
        if tag == "m":
            found = self.find(*rest)
            return copy.deepcopy(found) if self.copies else found
        if tag == "k":
            number, name, contents = rest
            return self._of_a_class(decoder, number, str(name), contents)
        if tag == "h":
            number, contents = rest
            return _in_its_class(self.find(number), self._filled(decoder, contents))
        if tag[:1] == "T" and (codec := self.codec()) is not None:
            return codec.value(decoder, tag, rest)
        raise ValueError("a kind that does not exist")

    def _contents(self, encoder: Any, value: Any, plain: Any) -> Any:
        """Contents of a tuple, list or dictionary; lists can be changed, so they are numbered."""
        if type(plain) is not tuple:
            encoder.remember(value)
        if type(plain) is dict:
            return ["d", [[encoder.node(k), encoder.node(v)] for k, v in plain.items()]]
        tag = "t" if type(plain) is tuple else "l"
        return [tag, [encoder.node(v) for v in plain]]

    def _filled(self, decoder: Any, contents: list) -> Any:
        tag, entries = contents
        if tag == "t":
            return tuple(decoder.value(v) for v in entries)
        made: Any = [] if tag == "l" else {}
        decoder.objects.append(made)
        if tag == "l":
            made.extend(decoder.value(v) for v in list(entries))
        elif tag == "d":
            made.update((decoder.value(k), decoder.value(v)) for k, v in entries)
        else:
            raise ValueError("contents of an unknown kind")
        return made

    def _of_a_class(self, decoder: Any, number: int, name: str, contents: list) -> Any:
        at = len(decoder.objects)
        filled = self._filled(decoder, contents)
        made_class = _class_named(name, type(filled), callable_=False)
        made = tuple.__new__(made_class, filled) if type(filled) is tuple else made_class(filled)
        made._foreign = (self, number)
        if type(filled) is not tuple:
            decoder.objects[at] = made
        return made

    def _stand_in(self, number: int, name: str, can_be_called: bool) -> Foreign:
        if type(number) is not int or number < 0:
            raise ValueError("no object has this number")
        made = _class_named(name, Foreign, callable_=can_be_called)()
        made._foreign = (self, number)
        return made


def is_foreign(value: Any) -> bool:
    """Whether a value stands for an object of the other end."""
    return hasattr(type(value), "_foreign_class")


def _home_of(value: Any, keeper: Keeper) -> int | None:
    """The number that a stand-in has at its home, None for what is no stand-in of this link."""
    if not is_foreign(value):
        return None
    owner, number = getattr(value, "_foreign", (None, 0))
    return number if owner is keeper else None


def _class_named(name: str, base: type, callable_: bool) -> type:
    """A class of this name; the name is all that comes from the other end."""
    name = name if _NAME.fullmatch(name) else "object"
    key = (name, base, callable_)
    if key not in _made:
        if len(_made) > 500:  # many names are nobody's classes
            name, key = "object", ("object", base, callable_)
        body: dict[str, Any] = {"_foreign_class": True}
        if base is not Foreign:
            body["__deepcopy__"] = _deep_copy
        if callable_:
            body["__call__"] = _call
        _made[key] = type(name, (base,), body)
    return _made[key]


def _deep_copy(self: Any, memo: dict) -> Any:
    """A copy of what it holds, still the stand-in of the same object."""
    base = next(b for b in (tuple, list, dict) if isinstance(self, b))
    held = copy.deepcopy(base(self), memo)
    made = tuple.__new__(type(self), held) if base is tuple else type(self)(held)
    made._foreign = self._foreign
    return made


def _call(self: Foreign, *args: Any, **kwargs: Any) -> Any:
    keeper, number = self._foreign
    return keeper.call(number, args, kwargs)


def _plain(value: Any) -> Any:
    """What a value of a derived class holds, as one of the plain types; None if it is none."""
    if isinstance(value, np.ndarray):
        held = np.ma.getdata(value) if isinstance(value, np.ma.MaskedArray) else value
        return np.array(held, subok=False, copy=True) if type(value) is not np.ndarray else None
    for base in (tuple, list):
        if isinstance(value, base):
            return base(base.__iter__(value))
    if isinstance(value, dict):
        return dict(dict.items(value))
    for base in (bool, int, float, complex, str, bytes):
        if isinstance(value, base) and type(value) is not base:
            return base.__new__(base, base.__str__(value) if base is str else value)
    return None


def _in_its_class(original: Any, filled: Any) -> Any:
    """The contents as an object of the original's class, with its attributes."""
    if isinstance(filled, tuple):
        made = tuple.__new__(type(original), filled)
    else:
        made = copy.copy(original)
        base = list if isinstance(filled, list) else dict
        base.clear(made)
        base.__iadd__(made, filled) if base is list else base.update(made, filled)
    if hasattr(original, "__dict__"):
        made.__dict__.update(original.__dict__)
    return made
