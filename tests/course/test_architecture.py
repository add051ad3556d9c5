"""Import rules, sizes, and nothing in the repository that belongs to one machine or person."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "course_utils"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 300


def names(paths):
    return [p.relative_to(ROOT).as_posix() for p in paths]


def imported(source: str, module: str) -> set[str]:
    """Full names of all that a module imports, also inside functions."""
    found = set()
    package = module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {start} | {f"{start}.{alias.name}" for alias in node.names}
    return found


def broken_rules(path: str, source: str) -> list[str]:
    """Which import rules of the design a file breaks; ``path`` from course_utils on."""
    module = path.removesuffix(".py").replace("/", ".")
    part = path.split("/")[1] if path.count("/") > 1 else ""
    broken = []
    for name in imported(source, module):
        head = name.split(".")
        ours = head[1] if head[0] == "course_utils" and len(head) > 1 else None
        if head[0] in ("torch", "torchvision") and part != "torchlab":
            broken.append(f"{path} imports {name}: torch belongs in torchlab/")
        if part == "nn" and ours not in (None, "nn"):
            broken.append(f"{path} imports {name}: nn imports nothing of ours")
        in_registry = path.startswith("course_utils/checking/exercises/")
        if part == "checking" and ours == "nn" and not in_registry:
            broken.append(f"{path} imports {name}: checking knows nn only in checking/exercises/")
    return broken


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_import_rules(path):
    assert broken_rules(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("path", "source", "broken"),
    [
        ("course_utils/nn/a.py", "import torch.nn", True),
        ("course_utils/nn/a.py", "def f():\n    from course_utils.show import plots", True),
        ("course_utils/nn/a.py", "from ..show import plots", True),
        ("course_utils/nn/a.py", "from course_utils import show", True),
        ("course_utils/nn/a.py", "import numpy\nfrom course_utils.nn import layers", False),
        ("course_utils/nn/a.py", "from . import layers", False),
        ("course_utils/checking/judge.py", "from course_utils import nn", True),
        ("course_utils/checking/judge.py", "from course_utils.nn.layers import relu_forward", True),
        (
            "course_utils/checking/exercises/lesson_03.py",
            "from course_utils.nn import layers",
            False,
        ),
        ("course_utils/data/a.py", "from torch.utils import data", True),
        ("course_utils/environment.py", "import torch", True),
        ("course_utils/torchlab/a.py", "import torch", False),
    ],
)
def test_the_import_rules_see_what_they_are_for(path, source, broken):
    assert bool(broken_rules(path, source)) == broken


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_modules_stay_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def repository_files() -> list[Path]:
    """What is or will be committed; all that is no build product, where git is not at hand."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        # A downloaded archive; .gitignore's folders are left out by hand.
        leave = {".venv", "build", "dist", "cache", "__pycache__", ".git", ".ipynb_checkpoints"}
        leave |= {".pytest_cache", ".ruff_cache", ".hypothesis"}
        found = [p for p in ROOT.rglob("*") if not leave & set(p.relative_to(ROOT).parts)]
    return sorted(p for p in found if p.is_file() and p != Path(__file__))


FORBIDDEN = {
    # An absolute path, except those that are the same everywhere: Colab's, Unix's own.
    "a path of one machine": re.compile(
        r"(?<![\w.:/<>*})\]])/(?!content/|usr/|dev/|bin/|etc/|datasets/|nowhere/)[a-z]\w*/[\w.-]+|C:\\Users"
    ),
    "a package index on one machine": re.compile(
        r"(?:localhost|127\.0\.0\.1|file://)[^\s\"']*/simple"
    ),
    "an e-mail address": re.compile(
        r"(?!git@)\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|io|de|uk|gov)\b"
    ),
    "work left open": re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b"),
}


def offences(text: str) -> list[str]:
    found = []
    without_pictures = re.sub(r"[A-Za-z0-9+/=]{200,}", "", text)  # base64
    for number, line in enumerate(without_pictures.split("\n"), 1):
        found += [
            f"line {number}: {about}" for about, what in FORBIDDEN.items() if what.search(line)
        ]
    return found


def test_nothing_in_the_repository_belongs_to_one_machine_or_person():
    wrong = []
    for path in repository_files():
        try:
            text = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or an archive
        wrong += [f"{path.relative_to(ROOT).as_posix()}, {found}" for found in offences(text)]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see /srv/ada/x", True),
        ("cd '/home/ada'", True),
        (r"C:\Users\ada", True),
        ("http://localhost:8080/index/simple", True),
        ("mail ada@example.org", True),
        ("# " + "TO" + "DO later", True),
        ("X @ W.sum", False),
        ("git@github.com:a/b", False),
        ("https://example.org/some/a", False),
        ("http://127.0.0.1:8888/lab", False),
    ],
)
def test_the_search_sees_what_it_is_for(text, found):
    assert bool(offences(text)) == found
