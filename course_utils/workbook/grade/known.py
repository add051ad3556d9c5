"""Changes of arguments: what a call did to the objects it was given, told to their owner.

A judge asks whether an answer changed its arguments in place. The answer gets copies at the
other end of a pipe; what it did to them is written into the judge's own objects, so that
the judge sees it, and an object that comes back is the one that went out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.workbook.grade.wire import Encoder, WireError
from course_utils.workbook.grade.wire_reader import Decoder


def picture(objects: list[Any], codec: Any = None) -> list[Any]:
    """What objects are like now, to be compared with later."""
    return [_picture_of(value, codec) for value in objects]


def changes(encoder: Encoder, objects: list[Any], before: list[Any], codec: Any = None) -> list:
    """Nodes of the objects that are no longer as they were: pairs of number and contents."""
    found = []
    for number, (value, old) in enumerate(zip(objects, before, strict=True)):
        if old is not None and not _same(_picture_of(value, codec), old):
            found.append([number, encoder.content(value)])
    return found


def apply(decoder: Decoder, told: Any, objects: list[Any], codec: Any = None) -> None:
    """Write the told changes into one's own objects.

    Raises:
        WireError: they fit none of the objects.
    """
    for entry in decoder.expect(told, list):
        number, node = decoder.expect(entry, list)
        if type(number) is not int or not 0 <= number < len(objects):
            raise WireError("a change of nothing")
        _write(objects[number], decoder.value(node), codec)


def _picture_of(value: Any, codec: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "O":
            return value.shape, tuple(map(id, value.ravel()))
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, list):
        return list(value)
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    return codec.picture(value) if codec is not None else None


def _same(now: Any, old: Any) -> bool:
    """Entries of lists are the same objects; all else is compared by its value."""
    if isinstance(old, list) and isinstance(now, list):
        if len(now) != len(old):
            return False
        pairs = zip(now, old, strict=True)
        return all(
            a is b or (isinstance(a, tuple) and len(a) == 2 and a[0] is b[0] and a[1] is b[1])
            for a, b in pairs
        )
    return type(now) is type(old) and now == old


def _write(own: Any, new: Any, codec: Any) -> None:
    if isinstance(own, np.ndarray) and isinstance(new, np.ndarray):
        if own.shape == new.shape and own.dtype == new.dtype and own.flags.writeable:
            own[...] = new
        elif own.size and own.flags.writeable and own.dtype.kind != "O":
            _spoil(own)  # its shape or type was changed in place, which cannot be done here
    elif isinstance(own, list) and isinstance(new, list):
        own[:] = new
    elif isinstance(own, dict) and isinstance(new, dict):
        own.clear()
        own.update(new)
    elif isinstance(own, np.random.Generator) and isinstance(new, np.random.Generator):
        if type(own.bit_generator) is not type(new.bit_generator):
            raise WireError("another kind of generator")
        own.bit_generator.state = new.bit_generator.state
    elif codec is None or not codec.write(own, new):
        raise WireError("a change of the wrong kind")


def _spoil(own: np.ndarray) -> None:
    flat = own.reshape(-1)
    flat[0] = ~flat[0] if own.dtype.kind == "b" else flat[0] + 1
