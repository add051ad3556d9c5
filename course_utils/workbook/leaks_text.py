"""Code in forms that can be compared: without layout and comments, names kept or numbered.

A line is compared as its tokens. Spaces, line ends, quotes, brackets, commas and the signs of
comments are passed over, so that neither another layout nor a ``#`` in front hides it.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|[^\w\s]")
_PASSED_OVER = frozenset("()\"'`,#\\;")
_FIXED = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_NAME = re.compile(r"[^\W\d]")
_LARGE = 5_000  # characters
_LONGEST_PARSED = 400_000  # characters; longer texts are compared as they stand


def tokens(text: str) -> list[str]:
    """The tokens of a text that say something."""
    return [t for t in _TOKEN.findall(text) if t not in _PASSED_OVER]


def skeleton(found: Sequence[str]) -> list[str]:
    """Tokens with ``$`` for every name that can be chosen freely: no builtin, no attribute."""
    return [
        "$" if _NAME.match(t) and t not in _FIXED and (i == 0 or found[i - 1] != ".") else t
        for i, t in enumerate(found)
    ]


def same_but_for_names(one: Sequence[str], other: Sequence[str], form: Sequence[str]) -> bool:
    """Whether one renaming, the same throughout, turns the first tokens into the second.

    Args:
        one: tokens.
        other: tokens with the same skeleton.
        form: the skeleton.
    """
    there: dict[str, str] = {}
    back: dict[str, str] = {}
    for a, b, free in zip(one, other, form, strict=True):
        if free == "$" and (there.setdefault(a, b) != b or back.setdefault(b, a) != a):
            return False
    return True


def parsed(text: str) -> ast.Module | None:
    """The text as Python, if it is that."""
    if len(text) > _LONGEST_PARSED or "\0" in text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escapes in what is no code after all
            return ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def trees(text: str, worth: Callable[[str], bool] = lambda text: True) -> Iterator[ast.Module]:
    """The text as Python; where it is none as a whole, each of its paragraphs that is.

    Args:
        text: anything; what is JSON is taken apart elsewhere.
        worth: whether a paragraph is worth a look.
    """
    if text.lstrip()[:1] == "{" and len(text) > _LARGE:
        return
    whole = parsed(text)
    if whole is not None:
        yield whole
        return
    for piece in re.split(r"\n\s*\n|^\s*(?:```|~~~).*$|</?pre>|</?code>", text, flags=re.M):
        uncommented = re.sub(r"^[ \t]*[#>]+ ?", "", piece, flags=re.M)
        for form in dict.fromkeys((piece, uncommented)):
            if (
                any(sign in form for sign in "=(")
                and worth(form)
                and (tree := parsed(form)) is not None
            ):
                yield tree


def written(tree: ast.AST) -> str:
    """A tree as Python writes it."""
    try:
        return ast.unparse(tree)
    except (RecursionError, ValueError):
        return ""


def plain(tree: ast.Module) -> str:
    """A tree in one of its many forms: no docstrings, no annotations, one assignment a line.

    The tree is changed; what is needed of it otherwise is to be taken before.
    """
    try:
        return ast.unparse(_Plain().visit(tree))
    except (RecursionError, ValueError):
        return ""


class _Plain(ast.NodeTransformer):
    def _scope(self, node):
        self.generic_visit(node)
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_Module = _scope  # noqa: N815 - the name that ast looks for
    visit_ClassDef = _scope  # noqa: N815

    def visit_FunctionDef(self, node):
        node.returns = None
        for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            arg.annotation = None
        return self._scope(node)

    def visit_AnnAssign(self, node):
        if node.value is None:
            return ast.Pass()
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_AugAssign(self, node):
        target = ast.parse(ast.unparse(node.target), mode="eval").body
        value = ast.BinOp(target, node.op, node.value)
        return ast.fix_missing_locations(ast.copy_location(ast.Assign([node.target], value), node))

    def visit_Assign(self, node):
        target, value = node.targets[0], node.value
        pair = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        if len(node.targets) > 1 or not pair or len(target.elts) != len(value.elts):
            return node
        if any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts)):
            return node
        made = [ast.Assign([a], b) for a, b in zip(target.elts, value.elts, strict=True)]
        return [ast.fix_missing_locations(ast.copy_location(m, node)) for m in made]


def strings(tree: ast.AST) -> Iterator[str | bytes]:
    """String constants of code, added and joined ones as one, and all of them in a row."""
    every = []
    for node in ast.walk(tree):
        folded = _folded(node)
        if folded is None:
            continue
        yield folded
        if isinstance(node, ast.Constant) and isinstance(folded, str):
            every.append((node.lineno, node.col_offset, folded))
    if len(every) > 1:
        yield "".join(text for *_, text in sorted(every))


def _folded(node: ast.AST):
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (str, bytes)) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _folded(node.left), _folded(node.right)
        return left + right if left is not None and type(left) is type(right) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 1:
        glue, listed = _folded(node.func.value), node.args[0]
        if node.func.attr == "join" and glue is not None and hasattr(listed, "elts"):
            parts = [_folded(part) for part in listed.elts]
            if parts and all(type(part) is type(glue) for part in parts):
                return glue.join(parts)
    return None
