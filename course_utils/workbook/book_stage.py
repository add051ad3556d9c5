"""Lay out what the builder reads: Markdown of every page, figures, notebooks to download."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from course_utils.workbook.book_api import PACKAGES, index_page, package_page
from course_utils.workbook.book_lessons import front, lesson_page
from course_utils.workbook.book_links import Links
from course_utils.workbook.book_plan import LESSONS, Page, plan, sections
from course_utils.workbook.project import WorkbookError, repository_address

_NOTEBOOKS_TOLD = """\
# Lessons

Each page is a solved lesson with what it printed and plotted. The answers are folded: try first.
To work in a lesson, get the course ([two commands](../index.md)), or open the notebook where the
package is installed; the notebook to work in has blanks in place of the answers.
"""


class Stage:
    """A folder that holds exactly what was last put there; what is the same is not written.

    The builder goes by the times of files, so a second build is quick.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held: set[Path] = set()

    def put(self, name: str, content: str | bytes) -> None:
        """Write one file, unless it is there already."""
        path = self.folder / name
        data = content.encode("utf-8") if isinstance(content, str) else content
        self.held.add(path)
        if not path.exists() or path.read_bytes() != data:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def sweep(self) -> None:
        """Delete what was not put there this time."""
        for path in sorted(self.folder.rglob("*"), reverse=True):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
            elif path.is_file() and path not in self.held:
                path.unlink()


def stage(root: Path, work: Path) -> list[Page]:
    """Lay out all pages under ``work``: ``source`` to be built, ``extra`` to be copied.

    Args:
        root: the repository.
        work: the folder; what else is in its ``source`` and ``extra`` is deleted.

    Returns:
        The pages that are made of files.

    Raises:
        WorkbookError: a link leads nowhere, a figure has no words, a notebook cannot be read.
    """
    pages = plan(root)
    address = repository_address(root / "pyproject.toml")
    links = Links(pages, root, address)
    source, extra = Stage(work / "source"), Stage(work / "extra")
    for page in pages:
        if page.is_lesson:
            _stage_lesson(page, root, links, source, extra)
        else:
            text = links.rewrite((root / page.source).read_text("utf-8"), page)
            source.put(page.doc + ".md", text + (_menu(pages) if not page.section else ""))
    source.put(LESSONS + ".md", _lesson_list(pages, root))
    source.put("api/index.rst", index_page(root))
    for package in PACKAGES:
        name = package.removeprefix("course_utils.")
        source.put(f"api/{name}.rst", package_page(package, root, address))
    for picture in links.pictures:  # Markdown's are copied by the builder, those in HTML are not
        source.put(f"pictures/{picture}", (root / picture).read_bytes())
        extra.put(f"pictures/{picture}", (root / picture).read_bytes())
    source.sweep()
    extra.sweep()
    return pages


def _stage_lesson(page: Page, root: Path, links: Links, source: Stage, extra: Stage) -> None:
    student, solved = read_notebook(root / page.source), read_notebook(root / page.solution)
    name = Path(page.source).stem
    front(solved, page.solution)  # refused here, by name, if it is incomplete
    made = lesson_page(name, solved, student, f"../downloads/{name}.ipynb")
    source.put(page.doc + ".md", made.text)
    source.put(f"downloads/{name}.ipynb", (root / page.source).read_bytes())
    for figure, content in made.figures.items():
        extra.put(f"figures/{figure}", content)


def read_notebook(path: Path) -> dict:
    """A stored notebook as plain data.

    Raises:
        WorkbookError: it is missing, or no notebook.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["nbformat"] == 4 and found["cells"]:
            return found
        problem = f"nbformat {found['nbformat']}, {len(found['cells'])} cells"
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise WorkbookError(f"{path}: expected a notebook (nbformat 4), got {problem}. make build")


def _lesson_list(pages: list[Page], root: Path) -> str:
    entries = []
    for page in (p for p in pages if p.is_lesson):
        told = front(read_notebook(root / page.source), page.source)
        stem = Path(page.source).stem
        entries.append(
            f"**[{told.title}]({stem}.md)**, {told.minutes} minutes\n\n"
            f": {told.goal} Notebook: [{stem}.ipynb](../downloads/{stem}.ipynb)\n"
        )
    return _NOTEBOOKS_TOLD + "\n" + "\n".join(entries)


def _menu(pages: list[Page]) -> str:
    """The tables of contents, hidden: the theme shows them beside every page."""
    menu = []
    for heading, docs in sections(pages).items():
        body = "\n".join(f"/{doc}" for doc in docs)
        menu.append(f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n{body}\n```\n")
    return "".join(menu)


def clear(folder: Path) -> None:
    """Delete an earlier site.

    Raises:
        WorkbookError: the folder holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / ".buildinfo").exists():
        raise WorkbookError(
            f"{folder}: expected an empty folder or an earlier web edition, found other files. "
            "Name another one with --to, or empty this one."
        )
    shutil.rmtree(folder, ignore_errors=True)
