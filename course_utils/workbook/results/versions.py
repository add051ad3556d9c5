"""What a result depends on besides its settings: our code, the data, and the packages."""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Iterable
from pathlib import Path

import course_utils
from course_utils.workbook.results import caption_sets, insect_sets, sets
from course_utils.workbook.through_later import declared_later

_PACKAGE = Path(course_utils.__file__).parent
# Everything that a run passes through; what these import in their own folders belongs to it.
CODE = (
    "nn/deep_net.py",
    "nn/evaluation.py",
    "nn/initializers.py",
    "nn/networks.py",
    "nn/optimizers.py",
    "nn/training.py",
    "data/prepare.py",
    "workbook/results/sets.py",
)
# What some experiments pass through besides; see Experiment.code.
CONVOLUTION = ("nn/conv_net.py",)
TORCH = (
    "torchlab/augment.py",
    "torchlab/models.py",
    "torchlab/schedules.py",
    "torchlab/training.py",
)
# Captions: what all of these runs pass through, and what else those in PyTorch do.
CAPTIONS = (
    "data/captions.py",
    "nn/attention_scores.py",
    "nn/bleu.py",
    "nn/caption_baselines.py",
    "nn/caption_net.py",
    "nn/clipping.py",
    "nn/decoding.py",
    "torchlab/caption_features.py",
    "torchlab/efficientnet.py",
    "workbook/results/caption_measures.py",
    "workbook/results/caption_sets.py",
)
CAPTIONING = (
    "nn/beam.py",
    "torchlab/captioning_describe.py",
    "torchlab/captioning_training.py",
    "torchlab/schedules.py",
)
_LENGTH = 12  # hexadecimal digits


def version(data: Iterable[str], code: Iterable[str] = ()) -> str:
    """One word that changes when the nets, the training loop or the data do.

    Args:
        data: names of data sets; they are loaded, because only then it is known which
            copy of them is there.
        code: files besides CODE that matter.

    Raises:
        DataError: one of them is not there.
    """
    sources = [_source(name) for name in sorted(data)]
    return f"code {code_version(tuple(code))}, data {_digest(repr(sources))}"


def _source(name: str) -> str:
    for others in (caption_sets, insect_sets):
        if name in others.NAMES:
            return others.source(name)
    return sets.load(name).source


def made_with(*packages: str) -> dict[str, str]:
    """Python, the given packages and the kind of computer, in words, for a run to keep."""
    found = {name: importlib.metadata.version(name) for name in packages}
    computer = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return {"Python": platform.python_version(), **found, "computer": computer}


@functools.cache
def code_version(more: tuple[str, ...] = ()) -> str:
    """A hash of the statements of CODE and of what it imports; comments and docs do not count.

    Args:
        more: files besides CODE, as there.
    """
    files = _closure([_PACKAGE / name for name in (*CODE, *more)])
    return _digest("".join(_statements(path) for path in files))


def _closure(paths: list[Path]) -> list[Path]:
    """The files, all that they import from beside themselves or use from a lesson on, sorted."""
    found, waiting = set(), list(paths)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        tree = ast.parse(path.read_text("utf-8"))
        named = (_PACKAGE.parent.joinpath(*one.module.split(".")) for one in declared_later(tree))
        waiting += [path.with_suffix(".py") for path in named]
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                names = [node.module] if node.module else [alias.name for alias in node.names]
                beside = [path.with_name(f"{name}.py") for name in names]
                waiting += [one for one in beside if one.is_file()]
    return sorted(found)


def _statements(path: Path) -> str:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            node.body = body[1:]  # the docstring
    return ast.dump(tree)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_LENGTH]
