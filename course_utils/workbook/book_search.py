"""The plain text of every page, for the excerpts under the results of a search."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

_SKIPPED = {"script", "style", "math", "nav", "svg"}
_VOID = {"img", "br", "hr", "input", "meta", "link", "wbr", "source", "col"}
_APART = {"p", "pre", "li", "td", "th", "dt", "dd", "div", "h1", "h2", "h3", "h4", "summary"}


class _Words(HTMLParser):
    """Gathers the text of the element that holds what the page is about."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._inside = 0  # how many elements deep in the main one
        self._skipping = 0  # how many deep in one that is left out

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        has = dict(given)
        if tag in _VOID:
            self.text += [" "] if self._inside and tag == "br" else []
            return
        if not self._inside:
            self._inside = has.get("role") == "main"
            return
        self._inside += 1
        left_out = tag in _SKIPPED or "headerlink" in (has.get("class") or "")
        if self._skipping or left_out:
            self._skipping += 1
        if tag in _APART:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag not in _VOID:
            self._inside -= 1
            self._skipping = max(self._skipping - 1, 0)

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipping:
            self.text.append(data)


def page_text(text: str) -> str:
    """The words of a page, without menus, scripts and formulas.

    Args:
        text: HTML with one element of ``role="main"``.
    """
    words = _Words()
    words.feed(text)
    words.close()
    return re.sub(r"\s+", " ", "".join(words.text)).strip()


def texts_script(folder: Path) -> str:
    """JavaScript that holds the words of every page under its name without suffix.

    Args:
        folder: the built site.
    """
    texts = {
        path.relative_to(folder).with_suffix("").as_posix(): page_text(path.read_text("utf-8"))
        for path in sorted(folder.rglob("*.html"))
    }
    told = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return f"window.bookTexts={told};\n"
