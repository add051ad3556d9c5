"""The copy of the package that the child sees: without anything that an answer could copy.

References become calls to the grader; what only they used is left out, and so are the
judge, the exercises, the mistakes, the derivations' truths, and the lessons' tools.
"""

from __future__ import annotations

import ast
import atexit
import compileall
import functools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from course_utils.checking.exercises import all_exercises

PACKAGE = Path(__file__).resolve().parents[2]
_HERE = "workbook/grade"
_LEFT_OUT = ("checking", "workbook", "torchlab/exercises", "sweep", "__main__.py")
_OF_THE_GRADER = (
    "workbook/__init__.py",
    *(
        f"{_HERE}/{name}.py"
        for name in (
            *("__init__", "child", "known", "link", "slicing", "strange", "wire", "wire_reader"),
            *("sandbox", "landlock", "seccomp", "syscalls"),
        )
    ),
)
_DATA = (".html", ".css", ".js", ".toml", ".svg")
_LARGEST = 200_000
_BOOT = """import json
import sys
from course_utils.workbook.grade.child import main
source, sink, settings = sys.argv[1:]
main(int(source), int(sink), json.loads(settings))
"""


@functools.cache
def child_tree() -> Path:
    """The folder of the copy, made once for a run and deleted at its end."""
    folder = Path(tempfile.mkdtemp(prefix="grade-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_tree(folder)
    return folder


def write_tree(folder: Path) -> None:
    """Write the copy.

    Args:
        folder: an empty one.
    """
    for name, text in stripped_package().items():
        path = folder / "course_utils" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path in PACKAGE.rglob("*.*"):
        name = path.relative_to(PACKAGE).as_posix()
        small = path.suffix in _DATA and path.stat().st_size < _LARGEST
        if small and not name.startswith(_LEFT_OUT):
            shutil.copyfile(path, folder / "course_utils" / name)
    (folder / "boot.py").write_text(_BOOT, "utf-8")
    compileall.compile_dir(folder, quiet=1)


def stripped_package() -> dict[str, str]:
    """Text of every module of the copy, by its path in the package."""
    trees, texts = {}, {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        left_out = any(name == p or name.startswith(f"{p}/") for p in _LEFT_OUT)
        if not left_out or name in _OF_THE_GRADER:
            texts[name] = path.read_text("utf-8")
            trees[name] = ast.parse(texts[name])
    references = references_by_module()
    for name, functions in references.items():
        if name in trees:
            trees[name].body = [_stub(n, functions) for n in trees[name].body]
    _drop_what_nobody_uses(trees, set(references))
    kept = {name: texts[name] for name in trees}
    for name in set(references) & set(trees):
        kept[name] = ast.unparse(ast.fix_missing_locations(trees[name])) + "\n"
    shim = (Path(__file__).with_name("shim.py")).read_text("utf-8")
    return {**kept, "checking/__init__.py": shim}


def references_by_module() -> dict[str, dict[str, str]]:
    """{module's path: {function: exercise's name}} of all references."""
    found: dict[str, dict[str, str]] = {}
    for exercise in all_exercises().values():
        module = exercise.reference.__module__.removeprefix("course_utils.").replace(".", "/")
        found.setdefault(f"{module}.py", {})[exercise.reference.__qualname__] = exercise.name
    return found


def _stub(node: ast.stmt, functions: dict[str, str]) -> ast.stmt:
    """A function of the same name that asks the grader, where the node is a reference."""
    if not (isinstance(node, ast.FunctionDef) and node.name in functions):
        return node
    asked = f"checking.reference({functions[node.name]!r})(*args, **kwargs)"
    text = f"def {node.name}(*args, **kwargs):\n    from course_utils import checking\n"
    return ast.parse(text + f"    return {asked}\n").body[0]


def _drop_what_nobody_uses(trees: dict[str, ast.Module], changed: set[str]) -> None:
    """Take out private functions, imports and modules that only references needed."""
    while True:
        wanted = {pair for name, tree in trees.items() for pair in _imported(name, tree)}
        before = sum(len(t.body) for t in trees.values())
        for name in changed & set(trees):
            _drop_in(trees[name], {n for module, n in wanted if module == name})
        modules = {module for module, _ in wanted}
        for name in list(trees):
            private = name.rsplit("/", 1)[-1].startswith("_") and not name.endswith("__.py")
            if private and name not in modules:
                del trees[name]
        if sum(len(t.body) for t in trees.values()) == before:
            return


def _drop_in(tree: ast.Module, wanted: set[str]) -> None:
    names = [Counter(i.id for i in ast.walk(node) if isinstance(i, ast.Name)) for node in tree.body]
    everywhere = sum(names, Counter())
    kept = []
    for node, own in zip(tree.body, names, strict=True):
        if _still_used(node, lambda name, own=own: name in wanted or everywhere[name] > own[name]):
            kept.append(node)
    tree.body = kept


def _still_used(node: ast.stmt, used: Callable[[str], bool]) -> bool:
    """Whether a statement is public, or binds a name that others use; imports are shortened."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return not node.name.startswith("_") or used(node.name)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        if getattr(node, "module", "") != "__future__":
            node.names = [a for a in node.names if used((a.asname or a.name).split(".")[0])]
        return bool(node.names)
    if isinstance(node, ast.Assign):
        private = (isinstance(t, ast.Name) and t.id.startswith("_") for t in node.targets)
        return not all(private) or any(used(t.id) for t in node.targets)
    return True


def _imported(name: str, tree: ast.Module) -> Iterable[tuple[str, str]]:
    """(module's path, name) of all that a module imports from the package."""
    parts = name.removesuffix(".py").split("/")
    package = parts[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _paths(alias.name.split(".")[1:], "")
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = package[: len(package) - node.level + 1]
            elif (node.module or "").split(".")[0] == "course_utils":
                base = []
            else:
                continue
            told = (node.module or "").split(".") if node.module else []
            told = told if node.level else told[1:]
            for alias in node.names:
                yield from _paths([*base, *told], alias.name)


def _paths(parts: list[str], name: str) -> Iterable[tuple[str, str]]:
    path = "/".join(parts)
    yield f"{path}.py", name
    yield f"{path}/__init__.py", name
    yield f"{path}/{name}.py" if path else f"{name}.py", ""
