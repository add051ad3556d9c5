"""All the texts that bytes can be read as: archives unpacked, encodings undone, strings in code.

Nothing is run, and nothing is unpickled or unmarshalled. What is encrypted stays unread.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator

from course_utils.workbook import leaks_decode as decode
from course_utils.workbook.leaks_text import parsed, strings

_DEEPEST = 6  # a text in a zip in base64 in a string is four
_SHORTEST = 8  # characters; a secret line has as many


class Views:
    """Texts with the place of each; what was seen once is not looked at again.

    Args:
        look: is given all bytes as well, with their place: each file and each layer in it.
    """

    def __init__(self, look: Callable[[bytes, str], None] = lambda data, place: None) -> None:
        self._look = look
        self._seen: set[tuple[type, int]] = set()

    def of_bytes(self, data: bytes, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Texts in bytes.

        Args:
            data: a file, an attachment, a string that was decoded.
            place: what is told of where they are.
            depth: how many layers are around them.

        Yields:
            Place and text. A text may come more than once, in different forms.
        """
        if len(data) < _SHORTEST or depth > _DEEPEST or not self._is_new(data):
            return
        self._look(data, place)
        inner = [(f"{place}, {how}", part) for how, part in decode.unpacked(data)]
        for where, part in inner:
            yield from self.of_bytes(part, where, depth + 1)
        for how, text in decode.as_texts(data):
            where = f"{place}, {how}" if how else place
            yield from self.of_text(text, where, depth)

    def of_text(self, text: str, place: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Texts in a text: itself, and what is encoded in it."""
        if len(text) < _SHORTEST or depth > _DEEPEST or not self._is_new(text):
            return
        yield place, text
        yield from self._of_structure(text, place, depth)
        for how, other in decode.unescaped(text):
            yield from self.of_text(other, f"{place}, {how}", depth + 1)
        for how, data in decode.encoded(text):
            yield from self.of_bytes(data, f"{place}, {how}", depth + 1)
        if depth < 2:  # a toy, but a cheap one
            yield f"{place}, read backwards", text[::-1]
            yield f"{place}, in rot13", codecs.encode(text, "rot13")

    def _of_structure(self, text: str, place: str, depth: int) -> Iterator[tuple[str, str]]:
        """Strings of JSON, and string constants of code."""
        start = text.lstrip()[:1]
        if start in ("{", "["):
            try:
                value = json.loads(text, object_pairs_hook=_pairs)
            except (ValueError, RecursionError):
                pass
            else:
                yield from self.of_json(value, place, depth + 1)
                return
        if any(sign in text for sign in "\"'") and (tree := parsed(text)) is not None:
            for constant in strings(tree):
                where = f"{place}, in a string"
                if isinstance(constant, bytes):
                    yield from self.of_bytes(constant, where, depth + 1)
                else:
                    yield from self.of_text(constant, where, depth + 1)
                    yield from self._of_unspaced(constant, where, depth)

    def _of_unspaced(self, text: str, place: str, depth: int) -> Iterator[tuple[str, str]]:
        for how, data in decode.base85(text):
            yield from self.of_bytes(data, f"{place}, {how}", depth + 1)

    def of_json(self, value, place: str, depth: int) -> Iterator[tuple[str, str]]:
        """Strings of what JSON holds; keys, too, and lines of a list as one text."""
        if isinstance(value, str):
            yield from self.of_text(value, place, depth)
        elif isinstance(value, _Pairs):
            notebook = _is_notebook(value)
            for key, inner in value:
                yield from self.of_text(key, place, depth)
                if notebook and key == "cells" and type(inner) is list:
                    yield from self._of_cells(inner, place, depth)
                else:
                    where = f"{place}, the notebook's {key}" if notebook else place
                    yield from self.of_json(inner, where, depth)
        elif isinstance(value, list):
            if value and all(isinstance(line, str) for line in value):
                yield from self.of_text("".join(value), place, depth)
            whole = all(isinstance(part, int) and not isinstance(part, bool) for part in value)
            if value and whole and all(0 <= part < 256 for part in value):
                yield from self.of_bytes(bytes(value), f"{place}, numbers as bytes", depth + 1)
            for inner in value:
                yield from self.of_json(inner, place, depth)

    def _of_cells(self, cells: list, place: str, depth: int) -> Iterator[tuple[str, str]]:
        for number, cell in enumerate(cells, 1):
            for key, inner in cell if isinstance(cell, _Pairs) else ():
                where = f"cell {number}" if key == "source" else f"{key} of cell {number}"
                yield from self.of_text(key, f"{place}, {where}", depth)
                yield from self.of_json(inner, f"{place}, {where}", depth)

    def _is_new(self, content: str | bytes) -> bool:
        sign = (type(content), hash(content))  # a text and its bytes have the same hash
        known = sign in self._seen
        self._seen.add(sign)
        return not known


class _Pairs(list):
    """A JSON object with doubled keys kept; a list of lists is something else."""


def _pairs(found: list[tuple[str, object]]) -> _Pairs:
    return _Pairs(found)


def _is_notebook(value: _Pairs) -> bool:
    return {"cells", "nbformat"} <= {key for key, _ in value}
