"""What a release for students runs: its notebooks as they are, blanks and all."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat

from course_utils.workbook.project import BUILD, NOTEBOOKS, ROOT, WorkbookError
from course_utils.workbook.running import Runnable, run_notebooks

MARK = "release.json"  # stands at the top of a release


def is_release(root: Path = ROOT) -> bool:
    """Whether this is a release for students: notebooks without their sources."""
    return (root / MARK).is_file()


def run_release(
    wanted: list[str] | None = None, profile: str = "quick", *,
    notebooks: Path = NOTEBOOKS, out: Path = BUILD,
) -> int:  # fmt: skip
    """Run the student notebooks of a release; open blanks are served by the reference.

    Args:
        wanted: lessons by number or name; all if empty.
        profile: ``"quick"`` or ``"full"``.
        notebooks: the folder of the notebooks.
        out: gets ``run/NN_name.ipynb``, ``html/NN_name.html`` and ``html/index.html``.

    Returns:
        How many lessons failed.

    Raises:
        WorkbookError: no lesson has a wanted name.
    """
    return run_notebooks(
        [_runnable(path, notebooks) for path in _chosen(wanted or [], notebooks)], profile, out
    )


def _runnable(path: Path, notebooks: Path) -> Runnable:
    notebook = nbformat.read(path, as_version=4)
    text = notebook.cells[0].source
    title = (re.search(r"^#\s+(.+)$", text, re.M) or [path.stem, path.stem])[1]
    minutes = (re.search(r"(\d+)\s*min", text) or ["–", "–"])[1]
    return Runnable(path.stem, title, minutes, notebook, notebooks)


def _chosen(wanted: list[str], notebooks: Path) -> list[Path]:
    every = sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))
    chosen: list[Path] = []
    for name in wanted:
        stem = Path(name).stem
        start = f"{int(stem):02d}_" if stem.isdigit() else f"{stem}."
        hits = [p for p in every if p.name.startswith(start)]
        if not hits:
            known = ", ".join(p.stem for p in every)
            raise WorkbookError(f"no lesson {name!r}. Expected a number or a name, one of: {known}")
        chosen += [p for p in hits if p not in chosen]
    return chosen or every
