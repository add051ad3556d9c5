"""Hostile and broken hand-ins, each with what must come of it.

A case writes a file into a folder. Four exercises are set, worth 2, 4, 1 and 2 points; a case
spoils the first one and says what that is worth, the others earn all they can unless it says
otherwise.
"""

import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from course_utils.workbook.grade.assignment import Assignment, Limits
from course_utils.workbook.project import ROOT

ASSIGNMENT = Assignment("03_fully_connected_net", ("3.1", "3.2", "3.3", "3.4"))
POINTS = {"3.1": 2.0, "3.2": 4.0, "3.3": 1.0, "3.4": 2.0}
LIMITS = Limits(
    seconds_per_exercise=1.5,
    seconds_to_start=6.0,
    memory_bytes=2 * 2**30,
    output_bytes=8 * 2**20,
    file_bytes=2**20,
    files=20,
    hand_in_bytes=2 * 2**20,
)
SETUP = """import numpy as np
from course_utils import nn
from course_utils.checking import answers, check, exercise, expect, hint, progress"""
RIGHT = {
    "linear_forward": """@exercise("3.1", points=2)
def linear_forward(X, W, b):
    return X @ W + b, (X, W)""",
    "linear_backward": """@exercise("3.2", points=4)
def linear_backward(dY, cache):
    X, W = cache
    return dY @ W.T, X.T @ dY, dY.sum(axis=0)""",
    "relu_forward": """@exercise("3.3", points=1)
def relu_forward(X):
    return np.maximum(X, 0), X""",
    "relu_backward": """@exercise("3.4", points=2)
def relu_backward(dY, cache):
    return dY * (cache > 0)""",
}


@dataclass(frozen=True)
class Case:
    """One hand-in.

    Args:
        name: of the function that makes it.
        kind: the family it belongs to.
        about: what it does, in a few words.
        make: writes the file into a folder and gives its path.
        earned: points where they are not all there are.
        words: must stand in what is told about it, anywhere.
        error: words of the error, where nothing can be graded.
    """

    name: str
    kind: str
    about: str
    make: Callable[[Path], Path]
    earned: dict[str, float] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    error: str = ""

    @property
    def expected(self) -> dict[str, float]:
        """Points by exercise."""
        return dict.fromkeys(POINTS, 0.0) if self.error else {**POINTS, **self.earned}


CASES: list[Case] = []


def case(kind, about, earned=None, words=(), error=""):
    """Add the decorated maker. It gives a path, the cells, or the code of the first answer."""

    def add(maker):
        def make(folder: Path) -> Path:
            made = maker(folder)
            if isinstance(made, Path):
                return made
            cells = made if isinstance(made, list) else cells_with(made)
            return written(folder / f"{maker.__name__}.ipynb", cells)

        words_ = (words,) if isinstance(words, str) else tuple(words)
        CASES.append(Case(maker.__name__, kind, about, make, earned or {}, words_, error))
        return maker

    return add


def cells_with(linear_forward, *more, **others):
    """The cells of a right notebook, with another first answer."""
    answers = {**RIGHT, "linear_forward": linear_forward, **others}
    return [SETUP, *more, *(text for text in answers.values() if text)]


def body(text):
    """The first answer with these lines before its last one, which is right."""
    lines = "\n".join(f"    {line}" for line in text.strip("\n").split("\n"))
    head = '@exercise("3.1", points=2)\ndef linear_forward(X, W, b):\n'
    return f"{head}{lines}\n    return X @ W + b, (X, W)"


def notebook(texts, **changes):
    """A notebook as plain data."""
    made = [
        {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": 1}
        for text in texts
    ]
    course = {"lesson": ASSIGNMENT.lesson, "edition": "student"}
    return {
        "cells": made,
        "metadata": {"course": course, "kernelspec": {"name": "python3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
        **changes,
    }


def written(path, texts, **changes):
    """Write a notebook and give its path."""
    path.write_text(json.dumps(notebook(texts, **changes)), "utf-8")
    return path


for _module in ("checks", "reach", "limits", "notebooks", "files", "objects"):
    importlib.import_module(f"{__name__}.{_module}")

__all__ = ["ASSIGNMENT", "CASES", "LIMITS", "POINTS", "ROOT", "Case"]
