"""Point the links of a page to pages of the web edition, or to the repository."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from course_utils.workbook.book_plan import LESSONS, Page
from course_utils.workbook.project import REF, WorkbookError

# What is no prose: fenced code, inline code, formulas. A link inside is no link.
_NO_PROSE = re.compile(
    r"(^ *(?P<fence>`{3,}|~{3,}).*?^ *(?P=fence)[`~]* *$"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"
    r"|\$\$.+?\$\$|\$[^$\n]+\$)",
    re.M | re.S,
)
_REMOTE = r"(?:https?:)?//"
_REMOTE_IMAGE = re.compile(rf"!\[(?P<alt>[^\]]*)\]\({_REMOTE}[^)]*\)")
_REMOTE_TAG = re.compile(rf"<img\b[^>]*\bsrc\s*=\s*[\"']{_REMOTE}[^>]*>", re.I)
_NAMED_IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\[(?P<name>[^\]]+)\]")
_DEFINITION = re.compile(
    r"(?P<before>^ {0,3}\[(?P<name>[^\]]+)\]:\s*<?)(?P<to>[^\s>]+)(?P<after>)", re.M
)
_LINK = re.compile(r"(?P<before>\]\(\s*<?)(?P<to>[^()\s<>]+)(?P<after>>?(?:\s+\"[^\"]*\")?\s*\))")
_ATTRIBUTE = re.compile(r"(?P<before>\b(?:src|href|srcset)\s*=\s*\")(?P<to>[^\"]+)(?P<after>\")")
_ALT = re.compile(r"\balt\s*=\s*[\"']([^\"']*)", re.I)
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.I)
_PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".webp")


class Links:
    """Says for each link where it leads in the site.

    Args:
        pages: the plan.
        root: the repository; every relative link must name something in it.
        address: of the repository on the web, for files that are no pages.
    """

    def __init__(self, pages: Iterable[Page], root: Path, address: str) -> None:
        self.root, self.address = root, address
        self.docs = {page.source: page.doc for page in pages}
        self.docs |= {page.solution: page.doc for page in pages if page.is_lesson}
        self.docs["notebooks/solutions"] = self.docs["notebooks"] = LESSONS
        self.pictures: set[str] = set()

    def rewrite(self, text: str, page: Page) -> str:
        """The Markdown of a page with its links as they must stand in the site.

        Args:
            text: Markdown, as it stands in the repository.
            page: whose text it is.

        Returns:
            The text; pictures from elsewhere are replaced by their words, for a
            page asks nothing of the network.

        Raises:
            WorkbookError: a link leads to nothing.
        """
        remote = {
            found["name"].casefold()
            for found in _DEFINITION.finditer(text)
            if re.match(_REMOTE, found["to"])
        }
        return _in_prose(text, lambda prose: self._prose(prose, page, remote))

    def _prose(self, text: str, page: Page, remote: set[str]) -> str:
        text = _REMOTE_IMAGE.sub(lambda found: found["alt"], text)
        text = _NAMED_IMAGE.sub(
            lambda found: found["alt"] if found["name"].casefold() in remote else found[0], text
        )
        text = _REMOTE_TAG.sub(lambda found: (_ALT.search(found[0]) or ["", ""])[1], text)
        for pattern, ending in ((_LINK, ".md"), (_DEFINITION, ".md"), (_ATTRIBUTE, ".html")):
            text = pattern.sub(
                lambda found, ending=ending: (
                    found["before"] + self.target(found["to"], page, ending) + found["after"]
                ),
                text,
            )
        return text

    def target(self, link: str, page: Page, ending: str = ".md") -> str:
        """Where one link leads.

        Args:
            link: as it stands in the repository, relative to its file.
            page: where it stands.
            ending: of pages: ``.md`` in Markdown, which the builder looks up, else ``.html``.

        Raises:
            WorkbookError: there is no such file.
        """
        if _ELSEWHERE.match(link):
            return link
        path, hash_sign, place = link.partition("#")
        named = posixpath.normpath(posixpath.join(posixpath.dirname(page.source), path))
        if named.startswith("..") or not (self.root / named).exists():
            raise WorkbookError(
                f"{page.source}: expected a file or folder of the repository behind the link "
                f"({link}), found none at {named}. Was it moved or renamed?"
            )
        here = posixpath.dirname(page.doc)
        if named in self.docs:
            return posixpath.relpath(self.docs[named] + ending, here or ".") + hash_sign + place
        if named.lower().endswith(_PICTURES):
            self.pictures.add(named)
            return posixpath.relpath(f"pictures/{named}", here or ".")
        kind = "tree" if os.path.isdir(self.root / named) else "blob"
        return f"{self.address}/{kind}/{REF}/{named}{hash_sign}{place}"


def _in_prose(text: str, change: Callable[[str], str]) -> str:
    made, end = [], 0
    for found in _NO_PROSE.finditer(text):
        made += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*made, change(text[end:])])
