"""What is done to a site after the builder: faults of its HTML mended, three files added."""

from __future__ import annotations

import html
import re
import string
from pathlib import Path

from course_utils.workbook.book_search import texts_script
from course_utils.workbook.project import ROOT, repository_address, write_text

# What the builder and the theme write, and what a screen reader needs. Each is looked for
# in every page, and a test with axe says whether one is missing.
_MENDS = (
    # A heading without a level, in front of the page's own first heading.
    (r'<p class="caption" role="heading">', r'<p class="caption">'),
    # Two landmarks of one kind need names.
    (r'<aside class="(sidebar-drawer[^"]*)">', r'<aside class="\1" aria-label="Menu">'),
    (r'<aside class="(toc-drawer[^"]*)">', r'<aside class="\1" aria-label="On this page">'),
    # Code and what it gives stand in boxes, which the eye tells apart; the ear needs names.
    (
        r'<div class="(highlight-\w+ notranslate)">',
        r'<div class="\1" role="group" aria-label="Code">',
    ),
    (r'<(div|pre) class="output">', r'<\1 class="output" role="group" aria-label="Output">'),
    # Markdown has no table without a head: cells of the head that are empty head nothing.
    (r'<th class="(head[^"]*)"><p></p></th>', r'<td class="\1"></td>'),
)
_LONG_SIGNATURE = re.compile(r"<dl>\s*((?:<dd>(?:(?!<dl).)*?</dd>\s*)+)</dl>", re.S)


def finish(out: Path, base: str | None = None) -> None:
    """Mend every page; add the texts for the search and what a server needs.

    Args:
        out: the built site.
        base: path under which it will stand on its server; ``/NAME/`` by default.
    """
    for path in sorted(out.rglob("*.html")):
        text = path.read_text("utf-8")
        if (mended := mend(text)) != text:
            write_text(path, mended)
    write_text(out / "_static" / "book-texts.js", texts_script(out))
    root = base or f"/{repository_address().rsplit('/', 1)[1]}/"
    page = string.Template((ROOT / "book" / "404.html").read_text("utf-8"))
    write_text(out / "404.html", page.substitute(base=html.escape(root, quote=True)))
    write_text(out / ".nojekyll", "")  # else GitHub leaves out folders that begin with _


def mend(text: str) -> str:
    """A page that a screen reader reads without stumbling."""
    for wrong, right in _MENDS:
        text = re.sub(wrong, right, text)
    return _LONG_SIGNATURE.sub(_as_lines, text)


def _as_lines(found: re.Match) -> str:
    """The arguments of a long signature: lines, no list of definitions without terms."""
    inside = found[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
    return f'<div class="sig-lines">{inside}</div>'
