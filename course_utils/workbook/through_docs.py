"""The pages of a release: README without what is not in it."""

from __future__ import annotations

import re
from collections.abc import Callable

# Sections that a student has no use for: measurements, and what instructors do.
_INSTRUCTORS = ("What a verdict is worth", "Results and speed", "For instructors")
_LINK = re.compile(r"\]\((?!https?:|#)([^)\s]+)\)")
_PATH = re.compile(r"`((?:tests|benchmarks|figures|notebooks|course_utils)/[\w./-]*)")
_COMMAND = re.compile(r"\bmake (?:test|build)\b|`?python -m course_utils (?:test|build|results)\b")


def release_readme(
    text: str, is_there: Callable[[str], bool], is_secret: Callable[[str], bool]
) -> str:
    """A README that names nothing that is not there.

    Args:
        text: the README of the project.
        is_there: whether a path, relative to the folder, is in the release.
        is_secret: whether a text holds an answer.

    Returns:
        The same, less sections for instructors, and less every row and paragraph that
        leads to a file which is not in the release.
    """
    kept = []
    for section in re.split(r"(?m)^(?=## )", text):
        if section.startswith(tuple(f"## {name}" for name in _INSTRUCTORS)):
            continue
        blocks = [_without_lost_lines(b, is_there) for b in re.split(r"\n{2,}", section.strip())]
        kept.append("\n\n".join(b for b in blocks if b and not is_secret(b)))
    return "\n\n".join(kept) + "\n"


def _without_lost_lines(block: str, is_there: Callable[[str], bool]) -> str:
    """A table or a listing loses lines, a paragraph goes as a whole."""
    lines = block.split("\n")
    if lines[0].startswith(("|", "```", "- ")):
        listing = lines[0].startswith("```")
        return "\n".join(
            line for line in lines
            if not _is_lost(line, is_there) and not (listing and _is_lost_entry(line, is_there))
        )  # fmt: skip
    return "" if _is_lost(block, is_there) else block


def _is_lost(text: str, is_there: Callable[[str], bool]) -> bool:
    told = [*_LINK.findall(text), *_PATH.findall(text)]
    return any(not is_there(path.rstrip("/")) for path in told) or bool(_COMMAND.search(text))


def _is_lost_entry(line: str, is_there: Callable[[str], bool]) -> bool:
    """A line of a listing that begins with a folder which is not there."""
    found = re.match(r"[\w./]+/(?=\s|$)", line)
    return bool(found) and not is_there(found[0].rstrip("/"))
