"""What the language refuses, each with what to write in its place."""

from __future__ import annotations

import ast
import difflib
import re
from typing import NoReturn


class RefusedError(Exception):
    """A line is not of the language. The message is for the student."""

    @classmethod
    def about(cls, node: ast.AST) -> RefusedError:
        """The refusal of a Python construct."""
        return cls(_about(node))

    @classmethod
    def about_function(cls, name: str, known, declared=()) -> RefusedError:
        """The refusal of an unknown function; of a declared array with ( ) behind it."""
        if name in declared:
            return cls(
                f"{name} is an array or a size, and no function: a * is missing in front of the "
                "bracket. (Indices stand in [ ].)"
            )
        return cls(_about_function(name, known))


def refuse(message: str) -> NoReturn:
    """Stop reading the line.

    Raises:
        RefusedError: always.
    """
    raise RefusedError(message)


def meant_by(name: str, known: list[str]) -> str:
    """The declared names that come nearest to an unknown one, ``"dX, dW or dY"``; "" if none."""
    same = [k for k in known if k.lower() == name.lower()]
    if same:
        return same[0]
    if name[-1:] in "Tt" and name[:-1] in known:
        return f"{name[:-1]}.T"
    near = difflib.get_close_matches(name, known, 4, 0.5)
    likeness = [difflib.SequenceMatcher(None, k, name).ratio() for k in near]
    best = [k for k, like in zip(near, likeness, strict=True) if like == max(likeness)]
    return " or ".join([", ".join(best[:-1]), best[-1]]) if len(best) > 1 else "".join(best)


# What people paste from a text or a PDF, and what it is called here.
_SIGNS = {
    **dict.fromkeys("·×⋅∙∗", "* (entry by entry) or @ (matrix product)"),
    **dict.fromkeys("⊙∘", "* (entry by entry)"),
    **dict.fromkeys("−–—", "the minus on the keyboard, -"),
    **dict.fromkeys("Σ∑", "sum(n, …)"),
    **{"∂": "diff(Y[n,m], W[i,j])", "²": "**2", "³": "**3", "⁻": "a division", "√": "sqrt(…)"},
    **{"ᵀ": ".T", "⊤": ".T", "′": "relu_prime(…) and the like", "≥": ">=", "≤": "<=", "≠": "!="},
    **{"λ": "lam", "δ": "delta", "σ": "sigmoid(…)", "μ": "mu", "γ": "gamma", "β": "beta"},
    **{"ε": "eps", "½": "1/2", "≈": "=", "⊗": "outer(a, b)", "÷": "/", "…": "all of it"},
}


def check_characters(text: str) -> None:
    """Refuse characters outside ASCII, and signs with another meaning here.

    Raises:
        RefusedError: with what to type instead.
    """
    for sign in text:
        if ord(sign) > 126 or ord(sign) < 32:
            instead = _SIGNS.get(sign)
            refuse(
                f"The sign {sign} is not part of the language."
                + (f" Write {instead}." if instead else " Use the keys of the keyboard.")
            )
    if "^" in text:
        refuse("A power is written **, not ^: Z**2.")
    if "__" in text:
        refuse("Two underscores are not part of the language.")
    if not text:
        refuse("The line is empty.")
    if re.search(r"\\[a-z]+", text):
        refuse("This is LaTeX. Write the line as sum(n, X[n,i] * dY[n,j]); it is typeset for you.")
    for sign in "\"'`;#{}\\$&|~%?!":
        if sign in text and not (sign == "!" and "!=" in text):
            told = " A transpose is written X.T." if sign == "'" else ""
            refuse(f"The sign {sign} is not part of the language.{told}")


_METHODS = {
    "sum": "sum(n, dY[n,m])",
    "mean": "sum(n, …) / N",
    "dot": "a product with @: X @ W",
    "transpose": "X.T",
    "reshape": "entries with indices: dW[i,j]",
    "shape": "the size itself: N",
    "exp": "exp(Z)",
}
_FUNCTIONS = {
    "mean": "sum(n, …) / N",
    "dot": "a product with @: X @ W",
    "matmul": "a product with @: X @ W",
    "einsum": "sum(n, X[n,i] * dY[n,j])",
    "transpose": "X.T",
    "ln": "log(…)",
    "softmax_prime": "P[n,k] * (delta(k,j) - P[n,j])",
    "d": "diff(Y[n,m], W[i,j])",
    "partial": "diff(Y[n,m], W[i,j])",
    "grad": "diff(L, W[i,j])",
    "maximum": "max(a, b)",
    "norm": "sum(i, j, W[i,j]**2)",
    "eye": "delta(i,j)",
    "zeros": "0",
    "trace": "sum(i, A[i,i])",
    "prod": "the factors one by one",
}


def _about(node: ast.AST) -> str:
    match node:
        case ast.Attribute(ast.Name("np" | "numpy" | "torch" as module), name):
            return f"{module}.{name} is program text. {_instead(name)}"
        case ast.Attribute(_, name):
            return f".{name} is not part of the language; only .T is. {_instead(name)}"
        case ast.Call(ast.Name(name), _, keywords) if keywords:
            word = keywords[0].arg or "**"
            return f"{name}(…, {word}=…) is program text. {_instead(name)}"
        case ast.Call(func):
            return (
                "Only functions of the language are called."
                if isinstance(func, ast.Name)
                else _about(func)
            )
        case ast.IfExp():
            return "A choice is written where(X[n,i] > 0, dY[n,i], 0)."
        case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
            return "A loop is written sum(n, X[n,i] * dY[n,j])."
        case ast.BoolOp() | ast.UnaryOp(ast.Not()):
            return "and, or, not are not part of the language: multiply two comparisons."
        case ast.BinOp(_, ast.FloorDiv() | ast.Mod(), _):
            return "// and % are not part of the language."
        case ast.Tuple() | ast.List():
            return "A list is not part of the language: an index goes in [ ], X[n,i]."
        case ast.Constant():
            return f"{node.value!r} is not part of the language."
        case ast.Lambda():
            return "A lambda is not part of the language: use let to define an array."
    kind = type(node).__name__
    return f"This is Python, but not part of the language ({kind})."


def _instead(name: str) -> str:
    instead = _METHODS.get(name) or _FUNCTIONS.get(name)
    return f"Write {instead}." if instead else "Write entries with indices: X[n,i]."


def _about_function(name: str, known) -> str:
    if name in _FUNCTIONS:
        return f"{name}(…) is not part of the language. Write {_FUNCTIONS[name]}."
    near = difflib.get_close_matches(name, [*known, "sum", "diff", "ones"], 1, 0.6)
    if near:
        return f"{name}(…) is not known. Do you mean {near[0]}(…)?"
    listed = ", ".join([*known, "sum", "diff", "ones"])
    return f"{name}(…) is not known. There are {listed}."
