"""Typeset TeX as MathML, which every browser shows without a script or a network."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ElementTree

from latex2mathml.converter import convert

_TAG = re.compile(r"\\tag\s*\{([^{}]*)\}")
# latex2mathml knows the starred outer forms, not those that stand inside another formula.
_ENVIRONMENTS = {
    "aligned": "align*",
    "split": "align*",
    "gathered": "matrix",
}
# Commands that it does not know, by others that say the same: a bracket of fixed size grows with
# what it holds, as \left and \right do.
_COMMANDS = (
    (re.compile(r"\\arg\b"), r"\\operatorname{arg}"),
    (re.compile(r"\\[bB]igg?l?(?=\s*\\l)"), r"\\left"),
    (re.compile(r"\\[bB]igg?r?(?=\s*\\r)"), r"\\right"),
)
_UNKNOWN = re.compile(r"\\[A-Za-z]+")


def typeset(tex: str, *, block: bool) -> str:
    r"""Turn TeX into HTML with MathML.

    Args:
        tex: without dollar signs; may hold ``\tag{3.1}``.
        block: on a line of its own.

    Returns:
        A ``<math>`` element (in a ``<div>`` with the number at the right, if it is
        a block), or the TeX itself in ``<code class="tex">`` where it cannot be set.
    """
    number = _TAG.search(tex)
    shown = _mathml(_TAG.sub("", tex).strip(), block)
    if shown is None:
        shown = (
            f'<code class="tex" title="TeX that could not be set">{html.escape(tex.strip())}</code>'
        )
    if not block:
        return shown
    label = f'<span class="number">({html.escape(number[1])})</span>' if number else ""
    return f'<div class="equation"><div class="formula">{shown}</div>{label}</div>'


def typeset_display(text: str) -> str:
    r"""Turn the text of a ``text/latex`` output, ``$…$``, ``$$…$$`` or ``\[…\]``, into HTML."""
    stripped = text.strip()
    for start, end, block in (("$$", "$$", True), (r"\[", r"\]", True), ("$", "$", False)):
        if stripped.startswith(start) and stripped.endswith(end) and len(stripped) > len(start):
            tex = stripped[len(start) : -len(end)].removeprefix(r"\displaystyle")
            return typeset(tex, block=block or r"\displaystyle" in stripped)
    return typeset(stripped, block=True)


def _mathml(tex: str, block: bool) -> str | None:
    for inner, outer in _ENVIRONMENTS.items():
        tex = tex.replace(f"\\begin{{{inner}}}", f"\\begin{{{outer}}}")
        tex = tex.replace(f"\\end{{{inner}}}", f"\\end{{{outer}}}")
    for known, same in _COMMANDS:
        tex = known.sub(same, tex)
    try:
        made = convert(tex, display="block" if block else "inline")
        tree = ElementTree.fromstring(made)
    except Exception:  # the converter raises many kinds, among them IndexError
        return None
    # Unknown commands and unclosed braces come out as text, without an error.
    if _UNKNOWN.search("".join(tree.itertext())) or tex.count("{") != tex.count("}"):
        return None
    return made
