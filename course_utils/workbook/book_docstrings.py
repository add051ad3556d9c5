"""Write a docstring of the course (Args, Returns, Raises, Source) as reStructuredText.

Docstrings here are plain text: ``|q|`` is a length and ``X_`` a name, not markup. So
everything but code in backticks is escaped, and only the sections are given a form.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from itertools import groupby

SECTIONS = (
    "Args", "Attributes", "Returns", "Yields", "Raises", "Warns", "Source", "Sources",
    "Note", "Notes", "Example", "Examples",
)  # fmt: skip
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):[ ]*$")
_LISTED = ("Args", "Attributes", "Raises", "Warns")
_NAMED = re.compile(r"^(?P<names>[*\w.]+(?:, [*\w.]+)*): ?(?P<told>.*)$")
_CODE = re.compile(r"(`+)(?P<code>.+?)\1")
_BULLET = re.compile(r"^(?:[-*•]|\d+\.)\s+")


def restructured(docstring: str, indent: str = "") -> list[str]:
    """A docstring as lines of reStructuredText.

    Args:
        docstring: as it stands in the code.
        indent: put before each line.
    """
    made: list[str] = []
    for heading, lines in _sections(inspect.cleandoc(docstring).split("\n")):
        if heading is None:
            made += [*_body(lines), ""]
        elif heading in _LISTED:
            made += [f":{heading}:", *_shifted(_definitions(lines)), ""]
        elif heading.startswith("Example"):
            made += [f":{heading}:", *_shifted(_literal(lines)), ""]
        else:
            made += [f":{heading}:", *_shifted(_body(lines)), ""]
    return [(indent + line).rstrip() for line in made]


def escaped(text: str) -> str:
    """Plain text with code in backticks, as reStructuredText."""
    made, end = [], 0
    for found in _CODE.finditer(text):
        code = found["code"].strip()
        made += [_plain(text[end : found.start()]), f"\\ ``{code}``\\ "]
        end = found.end()
    return "".join([*made, _plain(text[end:])])


def first_sentence(docstring: str | None) -> str:
    """The first paragraph up to its full stop, without it; empty without a docstring."""
    paragraph = inspect.cleandoc(docstring or "").split("\n\n")[0].replace("\n", " ")
    return re.split(r"(?<=[^.])\.(?:\s|$)", paragraph, maxsplit=1)[0]


def _plain(text: str) -> str:
    return re.sub(r"([\\*|`_]|:(?=:))", r"\\\1", text)


def _sections(lines: list[str]) -> Iterator[tuple[str | None, list[str]]]:
    heading: str | None = None
    gathered: list[str] = []
    for line in [*lines, None]:
        found = _HEADING.match(line) if line is not None else None
        left = heading is not None and line and not line.startswith(" ") and not found
        if line is None or found or left:
            yield heading, inspect.cleandoc("\n".join(["", *gathered])).split("\n")
            heading, gathered = (found[1] if found else None), []
            if found or line is None:
                continue
        gathered.append(line)


def _body(lines: list[str]) -> list[str]:
    """Paragraphs, lists and indented code."""
    made: list[str] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        if blank:
            continue
        paragraph = list(group)
        if all(line.startswith("    ") for line in paragraph):
            made += [*_literal(paragraph), ""]
        else:
            made += [*_paragraph(paragraph), ""]
    return made


def _paragraph(lines: list[str]) -> list[str]:
    """A paragraph; lines that begin like points of a list make one."""
    items: list[str] = []
    for line in map(str.strip, lines):
        if bullet := _BULLET.match(line):
            items.append("- " + line[bullet.end() :])
        elif items:
            items[-1] += " " + line
        else:
            items.append(line)
    made: list[str] = []
    for item in items:
        # A first "\\ " keeps what looks like a title or a comment from being read as one.
        listed = item.startswith("- ")
        made.append("- " + escaped(item[2:]) if listed else "\\ " + escaped(item))
        if not listed:
            made.append("")
    return made


def _definitions(lines: list[str]) -> list[str]:
    """``name: what it is``, one after the other, as a definition list."""
    entries: list[tuple[str, list[str]]] = []
    for line in lines:
        if found := _NAMED.match(line):
            entries.append((found["names"], [found["told"]]))
        elif entries:
            entries[-1][1].append(line)
    made: list[str] = []
    for names, (first, *rest) in entries:
        made.append(", ".join(f"``{name}``" for name in names.split(", ")))
        told = [first, *inspect.cleandoc("\n".join(["", *rest])).split("\n")]
        made += [*_shifted(_body(told)), ""]
    return made


def _literal(lines: list[str]) -> list[str]:
    text = inspect.cleandoc("\n".join(["", *lines]))
    if marked := re.fullmatch(r"(`+)([^`]+)\1", text):
        text = marked[2]
    code = text.split("\n")
    return [".. code-block:: python", "", *_shifted(code), ""]


def _shifted(lines: list[str]) -> list[str]:
    return ["    " + line if line else "" for line in lines]
