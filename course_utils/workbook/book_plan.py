"""Which files of the repository become which pages of the web edition, and in what order."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOME, LESSONS, API, SEARCH = "index", "lessons/index", "api/index", "search"

# The file in the repository, the page without suffix, and the section of the menu. A file
# that is not there yet (GRADING.md) has no page; a pattern stands for all that fit, by name.
_PAGES = (
    ("README.md", HOME, ""),
    ("notebooks/[0-9][0-9]_*.ipynb", "lessons/{stem}", "Lessons"),
    ("RESULTS.md", "results", "Measured"),
    ("benchmarks/verdicts.md", "benchmarks/verdicts", "Measured"),
    ("tests/checking/unlisted/report.md", "benchmarks/unlisted", "Measured"),
    ("benchmarks/*.md", "benchmarks/{stem}", "Measured"),
    ("datasets/README.md", "data", "Reference"),
    ("course_utils/torchlab/weights/*.md", "weights/{stem}", "Reference"),
    ("GRADING.md", "grading", "Reference"),
    ("CONTRIBUTING.md", "contributing", "Reference"),
)


@dataclass(frozen=True)
class Page:
    """One page: the file it is made of, and its place in the site.

    Attributes:
        source: path in the repository, with slashes.
        doc: path in the site, without suffix.
        section: heading of the menu under which it stands; empty for the first page.
    """

    source: str
    doc: str
    section: str

    @property
    def is_lesson(self) -> bool:
        """Whether it is made of a notebook."""
        return self.source.endswith(".ipynb")

    @property
    def solution(self) -> str:
        """The executed notebook of a lesson, as a path in the repository."""
        folder, _, name = self.source.rpartition("/")
        return f"{folder}/solutions/{name}"


def plan(root: Path) -> list[Page]:
    """All pages that are made of files, in the order of the menu.

    Args:
        root: the repository.

    Returns:
        Pages; each file once, each place in the site once.
    """
    pages: dict[str, Page] = {}
    for pattern, doc, section in _PAGES:
        for path in sorted(root.glob(pattern)):
            source = path.relative_to(root).as_posix()
            pages.setdefault(source, Page(source, doc.format(stem=path.stem), section))
    return list(pages.values())


def sections(pages: list[Page]) -> dict[str, list[str]]:
    """The menu: headings with the pages under each, the lists of lessons and modules first."""
    menu: dict[str, list[str]] = {}
    for page in pages:
        if page.section:
            menu.setdefault(page.section, []).append(page.doc)
    first = {"Lessons": LESSONS, "Reference": API}
    return {name: [*([first[name]] if name in first else []), *docs] for name, docs in menu.items()}
