"""Look at every page of a built site: links, words of figures, what it loads, its headings."""

from __future__ import annotations

import posixpath
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# What a browser fetches by itself; a link of an <a> is followed only by the reader.
_LOADS = {
    "img": ("src", "srcset"), "script": ("src",), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "embed": ("src",), "object": ("data",),
}  # fmt: skip
_LINKS_THAT_LOAD = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "preconnect"}


@dataclass
class Seen:
    """What stands in one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    images: int = 0
    wordless: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    lang: str | None = None
    twice: list[str] = field(default_factory=list)
    answers: int = 0
    formulas: int = 0
    plain_tex: int = 0


@dataclass(frozen=True)
class SiteReport:
    """What was found in a site; without problems it is fit to be shown."""

    pages: int
    links: int
    images: int
    answers: int
    formulas: int
    megabytes: float
    largest: tuple[str, float]
    problems: list[str]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen = Seen()

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        seen, has = self.seen, {name: value or "" for name, value in given}
        if name := has.get("id"):
            (seen.twice.append if name in seen.ids else seen.ids.add)(name)
        if tag == "html":
            seen.lang = has.get("lang")
        elif tag == "a" and "href" in has:
            seen.links.append(has["href"])
        elif tag == "link" and set(has.get("rel", "").split()) & _LINKS_THAT_LOAD:
            seen.loads.append(has.get("href", ""))
        elif tag == "img":
            seen.images += 1
            if not has.get("alt", "").strip():
                seen.wordless.append(has.get("src", "")[:80])
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            seen.headings.append(int(tag[1]))
        seen.answers += tag == "details" and "answer" in has.get("class", "").split()
        seen.formulas += tag == "math"
        seen.plain_tex += tag == "code" and "tex" in has.get("class", "").split()
        for attribute in _LOADS.get(tag, ()):
            if attribute == "srcset":
                parts = has.get(attribute, "").split(",")
                seen.loads += [part.split()[0] for part in parts if part.strip()]
            elif has.get(attribute):
                seen.loads.append(has[attribute])


def read_page(text: str) -> Seen:
    """What stands in the HTML of a page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.seen


def check_site(folder: Path) -> SiteReport:
    """Read every page of a site, and follow every link that stays inside.

    Args:
        folder: the built site.
    """
    pages = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*.html"))}
    read = {name: read_page(path.read_text("utf-8")) for name, path in pages.items()}
    sizes = {name: path.stat().st_size / 1e6 for name, path in pages.items()}
    problems = [f"{name}: {told}" for name in read for told in _problems(name, read, folder)]
    if not pages:
        problems.append(f"{folder}: expected pages, found none")
    largest = max(sizes.items(), key=lambda item: item[1], default=("", 0.0))
    files = [path for path in folder.rglob("*") if path.is_file()]
    return SiteReport(
        pages=len(pages),
        links=sum(len(seen.links) for seen in read.values()),
        images=sum(seen.images for seen in read.values()),
        answers=sum(seen.answers for seen in read.values()),
        formulas=sum(seen.formulas for seen in read.values()),
        megabytes=sum(path.stat().st_size for path in files) / 1e6,
        largest=largest,
        problems=problems,
    )


def _problems(name: str, read: dict[str, Seen], folder: Path) -> Iterator[str]:
    seen = read[name]
    if not seen.lang:
        yield "expected <html lang>, found none"
    if seen.headings.count(1) != 1:
        yield f"expected one first heading, found {seen.headings.count(1)}"
    for before, after in zip(seen.headings, seen.headings[1:], strict=False):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"
            break
    for source in seen.wordless:
        yield f"a figure without words: {source}"
    for twice in seen.twice:
        yield f"two things are called {twice}"
    if seen.plain_tex:
        yield f"formulas that could not be set: {seen.plain_tex}"
    for load in seen.loads:
        if load.startswith(("http:", "https:", "//")):
            yield f"loads from elsewhere: {load}"
    for link in [*seen.links, *seen.loads]:
        if told := _broken(link, name, read, folder):
            yield told


def _broken(link: str, name: str, read: dict[str, Seen], folder: Path) -> str | None:
    parts = urllib.parse.urlsplit(link)
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return None
    path = urllib.parse.unquote(parts.path)
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
    if (folder / target).is_dir():
        target = posixpath.join(target, "index.html")
    if target.startswith("..") or not (folder / target).exists():
        return f"a link to nothing: {link}"
    place = urllib.parse.unquote(parts.fragment)
    if place and target in read and place not in read[target].ids:
        return f"a link to a place that is not there: {link}"
    return None
