"""The reference pages: what each package gives, read from its code without running it."""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from course_utils.workbook.book_docstrings import escaped, first_sentence, restructured
from course_utils.workbook.project import REF, WorkbookError

# Packages with pages of their own, in the order of the menu.
PACKAGES = (
    "course_utils.nn",
    "course_utils.torchlab",
    "course_utils.checking",
    "course_utils.checking.derivations",
    "course_utils.checking.questions",
    "course_utils.data",
    "course_utils.show",
    "course_utils.sweep",
)
_LONGEST_VALUE = 300


@dataclass(frozen=True)
class Entry:
    """A public name: where it is defined, and its definition.

    Attributes:
        name: as it is imported from the package.
        module: that defines it, ``course_utils.nn.layers``.
        path: of that module, in the repository.
        node: the definition: a function, a class or an assignment.
    """

    name: str
    module: str
    path: str
    node: ast.stmt


def package_entries(package: str, root: Path) -> list[Entry]:
    """What ``__all__`` of a package names, by module and then as it stands there.

    Args:
        package: dotted name.
        root: the repository.

    Raises:
        WorkbookError: a name of ``__all__`` has no definition.
    """
    tree, _ = _module(package, root)
    listed = next((n.value for n in tree.body if _assigned(n) == "__all__"), None)
    if listed is None:
        raise WorkbookError(f"{package}: expected a list __all__ of public names, found none")
    entries = [_find(name, package, root) for name in ast.literal_eval(listed)]
    return sorted(entries, key=lambda e: (e.path, e.node.lineno))


def package_page(package: str, root: Path, address: str) -> str:
    """The page of one package.

    Args:
        package: dotted name.
        root: the repository.
        address: of the repository on the web, where the code can be read.

    Returns:
        reStructuredText with an entry for each public name.
    """
    tree, _ = _module(package, root)
    entries = package_entries(package, root)
    short = package.removeprefix("course_utils.")
    lines = [*_title(short, "="), *restructured(ast.get_docstring(tree) or ""), ""]
    lines += [f".. py:module:: {package}", ""]
    for path, group in groupby(entries, key=lambda e: e.path):
        module = _parsed((root / path).read_text("utf-8"))
        lines += _title(Path(path).stem.lstrip("_") if path[-11:] != "__init__.py" else short, "-")
        lines += restructured(ast.get_docstring(module) or "")
        lines += [f"`{path} <{address}/blob/{REF}/{path}>`__", ""]
        for entry in group:
            lines += _described(entry.name, entry.node, "")
    return "\n".join(lines) + "\n"


def index_page(root: Path) -> str:
    """The page that lists all packages, and all that each gives, in a line each."""
    lines = [*_title("Python reference", "="), "What the package ``course_utils`` gives, taken "
             "from its docstrings. Lessons import from these packages; shapes and names are those "
             "of the lessons.", ""]  # fmt: skip
    docs = [package.removeprefix("course_utils.") for package in PACKAGES]
    lines += [".. toctree::", "    :hidden:", "", *(f"    {doc}" for doc in docs), ""]
    for package, doc in zip(PACKAGES, docs, strict=True):
        tree, _ = _module(package, root)
        lines += [*_title(doc, "-"), f"{escaped(first_sentence(ast.get_docstring(tree)))}: "
                  f":doc:`{doc}`.", ""]  # fmt: skip
        for entry in package_entries(package, root):
            told = escaped(first_sentence(_docstring(entry.node)))
            link = f":py:obj:`~{package}.{entry.name}`"
            lines.append(f"- {link}: {told}" if told else f"- {link}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _described(name: str, node: ast.stmt, indent: str) -> list[str]:
    """The directive of one definition; classes with their public methods."""
    inner = indent + "    "
    if isinstance(node, ast.ClassDef):
        lines = [f"{indent}.. py:class:: {name}{_class_signature(node)}", ""]
        lines += restructured(_docstring(node), inner)
        for method in _public_methods(node):
            lines += _described(method.name, method, inner)
        return lines
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        marks = {_name(mark) for mark in node.decorator_list}
        if marks & {"property", "cached_property"}:
            lines = [f"{indent}.. py:property:: {name}"]
            if node.returns is not None:
                lines.append(f"{inner}:type: {ast.unparse(node.returns)}")
        else:
            inside = "method" if indent else "function"
            lines = [f"{indent}.. py:{inside}:: {name}{_signature(node, bool(indent), marks)}"]
            lines += [f"{inner}:{m}:" for m in ("classmethod", "staticmethod") if m in marks]
        return [*lines, "", *restructured(_docstring(node), inner), ""]
    value = ast.unparse(node.value) if getattr(node, "value", None) else ""
    lines = [f"{indent}.. py:data:: {name}"]
    if 0 < len(value) <= _LONGEST_VALUE:
        lines.append(f"{inner}:value: {value}")
    return [*lines, ""]


def _signature(node: ast.FunctionDef, bound: bool, marks: set[str]) -> str:
    args = copy.deepcopy(node.args)
    if bound and "staticmethod" not in marks:  # self and cls are not given
        (args.posonlyargs or args.args)[:1] = []
    returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"({ast.unparse(args)}){returns}"


def _class_signature(node: ast.ClassDef) -> str:
    """How an object is made: from ``__init__``, or from the fields of a dataclass."""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return _signature(part, True, set()).partition(" -> ")[0]
    if not {"dataclass", "NamedTuple"} & {_name(n) for n in [*node.decorator_list, *node.bases]}:
        return ""
    fields = [n for n in node.body if isinstance(n, ast.AnnAssign) and n.target.id[0] != "_"]
    return f"({', '.join(_field(n) for n in fields)})"


def _field(node: ast.AnnAssign) -> str:
    default = f" = {ast.unparse(node.value)}" if node.value is not None else ""
    if default.startswith(" = field("):
        default = " = …"
    return f"{node.target.id}: {ast.unparse(node.annotation)}{default}"


def _public_methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef]:
    for part in node.body:
        named = isinstance(part, ast.FunctionDef) and _docstring(part)
        if named and (part.name[0] != "_" or part.name == "__call__"):
            yield part


def _find(name: str, package: str, root: Path) -> Entry:
    """The definition behind a public name, followed through what imports it."""
    tree, path = _module(package, root)
    for node in tree.body:
        defined = getattr(node, "name", None) or _assigned(node)
        if defined == name:
            return Entry(name, package, path.relative_to(root).as_posix(), node)
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    found = _find(alias.name, _imported(node, package, path), root)
                    return Entry(name, found.module, found.path, found.node)
    raise WorkbookError(f"{package}: expected a definition or an import of {name}, found none")


def _imported(node: ast.ImportFrom, module: str, path: Path) -> str:
    if not node.level:
        return node.module
    parts = module.split(".")
    parts = parts if path.name == "__init__.py" else parts[:-1]
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _module(name: str, root: Path) -> tuple[ast.Module, Path]:
    base = root.joinpath(*name.split("."))
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return _parsed(path.read_text("utf-8")), path


@functools.lru_cache(maxsize=512)  # a package is asked for once for each of its names
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


def _assigned(node: ast.stmt) -> str | None:
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return getattr(targets[0], "id", None) if isinstance(node, ast.Assign | ast.AnnAssign) else None


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _docstring(node: ast.stmt) -> str:
    documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return (ast.get_docstring(node) or "") if isinstance(node, documented) else ""


def _title(text: str, line: str) -> list[str]:
    return [escaped(text), line * len(escaped(text)), ""]
