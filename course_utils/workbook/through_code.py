"""Read a package as statements: what each one binds, and what it uses of the package."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from course_utils.workbook.through_later import declared_later

PACKAGE = "course_utils"
_IN_STRING = re.compile(rf"from ({PACKAGE}[\w.]*) import ([\w, ]+);")


@dataclass(frozen=True)
class Ref:
    """Something of the package: a name in a module, or the module itself where name is ""."""

    module: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


@dataclass
class Part:
    """A statement at the top level, or one thing in a list that is registered.

    Args:
        first: first line with decorators and the comments above, from 1.
        last: last line.
        binds: names it gives to the module.
        uses: what it uses of the package, names of its own module included.
        effect: it does something when the module is imported, so it stays with it.
        node: the tree.
        within: first and last line of the statement that this is one argument of.
        later: what it uses only where somebody asks for it, each with the lesson that brings it.
    """

    first: int
    last: int
    binds: frozenset[str]
    uses: frozenset[Ref]
    effect: bool
    node: ast.AST
    within: tuple[int, int] | None = None
    later: frozenset[tuple[str, Ref]] = frozenset()


@dataclass
class Module:
    """A module of the package.

    Args:
        name: full name.
        path: its file.
        text: its text.
        parts: statements, without imports.
        imports: top-level name -> what it stands for.
        import_nodes: the import statements.
    """

    name: str
    path: Path
    text: str
    parts: list[Part] = field(default_factory=list)
    imports: dict[str, Ref] = field(default_factory=dict)
    import_nodes: list[ast.stmt] = field(default_factory=list)

    @property
    def is_package(self) -> bool:
        """Whether this is an ``__init__.py``."""
        return self.path.name == "__init__.py"

    def passed_on(self) -> set[str]:
        """Imported names that the module does not use: for others, or for what the import does.

        The ``__init__`` of a package passes on everything; what of it is needed is told by
        those who need it.
        """
        if self.is_package:
            return set()
        used = {
            inner.id
            for p in self.parts
            for inner in ast.walk(p.node)
            if isinstance(inner, ast.Name)
        }
        return set(self.imports) - used

    def binding(self, name: str) -> Part | None:
        """The last statement that binds a name."""
        return next((p for p in reversed(self.parts) if name in p.binds), None)


def read_package(folder: Path) -> dict[str, Module]:
    """All modules of a package by full name.

    Args:
        folder: the folder of the package.
    """
    modules: dict[str, Module] = {}
    for path in sorted(folder.rglob("*.py")):
        inner = path.relative_to(folder.parent).with_suffix("").parts
        name = ".".join(inner[:-1] if inner[-1] == "__init__" else inner)
        modules[name] = Module(name, path, path.read_text("utf-8"))
    for module in modules.values():
        read_statements(module, modules, ast.parse(module.text))
    return modules


def read_statements(module: Module, modules: dict[str, Module], tree: ast.Module) -> None:
    """Fill in the parts of a module.

    Args:
        module: gets its parts and imports.
        modules: all modules, for what a name stands for.
        tree: of the module's text.
    """
    lines = module.text.split("\n")
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module.import_nodes.append(node)
            module.imports.update(imported(node, module, modules))
    for number, node in enumerate(tree.body):
        if node in module.import_nodes or _is_docstring(node, number) or is_all(node):
            continue
        if listed := _listed(node):
            whole = (node.lineno, node.end_lineno or node.lineno)
            for one in listed:
                uses = frozenset(_uses(one, module, modules))
                uses |= frozenset(_uses(node.value.func, module, modules))
                end = one.end_lineno or one.lineno
                module.parts.append(
                    Part(one.lineno, end, frozenset(), uses, True, one, within=whole)
                )
            continue
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        while first > 1 and lines[first - 2].startswith("#"):
            first -= 1
        effect = _has_effect(node)
        uses = frozenset(_uses(node, module, modules))
        last, later = node.end_lineno or node.lineno, frozenset(_later(node))
        module.parts.append(Part(first, last, _binds(node), uses, effect, node, later=later))


def _listed(node: ast.stmt) -> list[ast.expr]:
    """Arguments of a call that is a statement, if each stands on lines of its own."""
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return []
    args = node.value.args
    spans = [(a.lineno, a.end_lineno or a.lineno) for a in args]
    ends = [node.lineno, *(last for _, last in spans)]
    apart = all(first > before for (first, _), before in zip(spans, ends, strict=False))
    calls = all(isinstance(a, ast.Call) for a in args) and not node.value.keywords
    return args if len(args) > 1 and apart and calls and node.end_lineno > ends[-1] else []


def _is_docstring(node: ast.stmt, number: int) -> bool:
    return number == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_all(node: ast.stmt) -> bool:
    """Whether a statement is ``__all__ = […]``."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"


def _has_effect(node: ast.stmt) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return any(not _is_quiet(d) for d in node.decorator_list)
    return not isinstance(node, (ast.Assign, ast.AnnAssign))


def _is_quiet(decorator: ast.expr) -> bool:
    """Decorators of the library change a function; one of ours may put it into a list."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    text = ast.unparse(named)
    return text.split(".")[0] in ("functools", "contextlib", "dataclass", "dataclasses", "torch",
                                  "property", "staticmethod", "np", "total_ordering", "lru_cache",
                                  "cache", "contextmanager", "runtime_checkable")  # fmt: skip


def _binds(node: ast.stmt) -> frozenset[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset([node.name])
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            found.add(inner.id)
        elif isinstance(inner, (ast.Import, ast.ImportFrom)):
            found |= {a.asname or a.name.split(".")[0] for a in inner.names}
        elif isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
            found.add(inner.name)
    return frozenset(found)


def imported(
    node: ast.Import | ast.ImportFrom, module: Module, modules: dict[str, Module]
) -> dict[str, Ref]:
    """What an import binds to things of the package; other packages are passed over."""
    found: dict[str, Ref] = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.name.split(".")[0] == PACKAGE:
                bound = alias.asname or PACKAGE
                found[bound] = Ref(alias.name if alias.asname else PACKAGE)
        return found
    base = node.module or ""
    if node.level:
        inner = module.name.split(".")
        inner = inner if module.is_package else inner[:-1]
        inner = inner[: len(inner) - (node.level - 1)]
        base = ".".join([*inner, *filter(None, [node.module])])
    if base.split(".")[0] != PACKAGE:
        return found
    for alias in node.names:
        found[alias.asname or alias.name] = _stepped(Ref(base), [alias.name], modules)
    return found


@functools.cache
def _passed_names(text: str) -> frozenset[str]:
    """Names that a package takes out of its modules."""
    taken = (n for n in ast.parse(text).body if isinstance(n, ast.ImportFrom) and n.module)
    return frozenset(a.asname or a.name for n in taken for a in n.names)


def _later(node: ast.AST) -> Iterator[tuple[str, Ref]]:
    """What a statement uses from a lesson on, with the lesson."""
    for one in declared_later(node):
        yield from ((one.lesson, Ref(one.module, name)) for name in one.names)


def _uses(node: ast.AST, module: Module, modules: dict[str, Module]) -> Iterator[Ref]:
    """What a statement uses: names, attributes of modules, and names of modules in strings."""
    known = dict(module.imports)
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Import, ast.ImportFrom)):
            bound = imported(inner, module, modules)
            known.update(bound)
            yield from bound.values()
    # The names below an attribute are no uses of their own, nor is what comes later.
    told: set[ast.AST] = {c for one in declared_later(node) for c in one.strings}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute):
            chain = _chain(inner)
            if chain and chain[0].id in known and not known[chain[0].id].name:
                told.add(chain[0])
                yield _stepped(known[chain[0].id], chain[1], modules)
        elif isinstance(inner, ast.Name) and inner not in told:
            ref = known.get(inner.id, Ref(module.name, inner.id))
            yield ref
            if not ref.name:  # a module as a value: looked into by the names that stand there
                yield from (Ref(ref.module, name) for name in _words(module.text))
        elif isinstance(inner, ast.Constant) and isinstance(inner.value, str) and inner not in told:
            if inner.value in modules:
                yield Ref(inner.value, "*")  # looked up by name when it runs: all of it
            for base, names in _IN_STRING.findall(inner.value):  # code for another process
                yield from (Ref(base, name.strip()) for name in names.split(","))


@functools.cache
def _words(text: str) -> frozenset[str]:
    """Strings in code that could be names."""
    found = (n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant))
    return frozenset(v for v in found if isinstance(v, str) and v.isidentifier())


def _chain(node: ast.Attribute) -> tuple[ast.Name, list[str]] | None:
    names: list[str] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Attribute):
        names.insert(0, inner.attr)
        inner = inner.value
    return (inner, names) if isinstance(inner, ast.Name) else None


def _stepped(ref: Ref, names: list[str], modules: dict[str, Module]) -> Ref:
    """From a module along attributes, as far as they are modules."""
    place = ref.module
    for name in names:
        if f"{place}.{name}" not in modules or (
            # `show.means` is the function, not the file that it stands in
            place in modules and name in _passed_names(modules[place].text)
        ):
            return Ref(place, name)
        place = f"{place}.{name}"
    return Ref(place)
