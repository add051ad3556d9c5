"""Make the file that a student hands in, and see that it is complete.

    from course_utils.workbook.submit import submit
    submit()

The file is a zip with the notebook as it is saved, and hand_in.json: which lesson, which
exercises are answered, the notebook's hash. Nothing is run, nothing leaves this machine.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from course_utils import __version__
from course_utils.data.whole_files import written_whole
from course_utils.workbook.notebook_file import NotebookFile, find_notebook, on_colab
from course_utils.workbook.project import WorkbookError
from course_utils.workbook.submit_checks import Answers, answers_in, unsaved
from course_utils.workbook.terminal import say

FORMAT = 1
ABOUT = "hand_in.json"
LARGE = 10 * 2**20  # bytes of notebook; beyond it outputs are left out
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip knows: the same notebook, the same hand-in


class SubmitError(WorkbookError):
    """No hand-in was made; the message says why, and what to do."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook the message alone: where in our code it was raised helps nobody."""
        return str(self).splitlines()


def submit(path: str | os.PathLike | None = None, *, to: str | os.PathLike | None = None) -> None:
    """Make the hand-in of this notebook, in one cell; save the notebook first.

    Args:
        path: the notebook's file, where it cannot be found by itself.
        to: the file to write; beside the notebook by default.

    Raises:
        SubmitError: something is missing or not saved; nothing is written then.
    """
    try:
        notebook = find_notebook(path)
    except WorkbookError as error:
        raise SubmitError(f"Nothing to hand in yet.\n{error}") from None
    made = _make(notebook, Path(to) if to else None, cells_run=_cells_run())
    if on_colab():
        from google.colab import files

        files.download(str(made))


def submit_file(path: Path, to: Path | None = None) -> int:
    """The same from a terminal; returns the exit status."""
    _make(find_notebook(path), to)
    return 0


def _make(notebook: NotebookFile, to: Path | None, cells_run: Sequence[str] = ()) -> Path:
    """Check a notebook, write its hand-in, and say what is in it."""
    answers = answers_in(notebook)
    problems = [*answers.problems, *unsaved(answers, cells_run)]
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise SubmitError(
            f"Nothing to hand in yet: {notebook.name} is not complete.\n{listed}\n"
            "Mend this, save the notebook, and hand in again."
        )
    data, dropped = _without_large_outputs(notebook.data)
    to = to or notebook.folder / f"hand_in_{answers.lesson}.zip"
    try:
        with written_whole(to) as file:
            file.write(hand_in(data, answers))
    except OSError as error:
        raise SubmitError(
            f"Nothing to hand in yet: {to} cannot be written ({error.strerror or error}). "
            "Is it open in another program, or the folder not yours? Name another: --to FILE.zip"
        ) from None
    for line in _told(answers, dropped):
        say(line)
    say(f"Made {to.name} ({max(1, round(to.stat().st_size / 1000))} kB) in {to.resolve().parent}.")
    say("This file is your hand-in.")
    return to


def hand_in(data: bytes, answers: Answers) -> bytes:
    """The zip: the same bytes for the same notebook.

    Args:
        data: of the notebook.
        answers: what is in it.
    """
    about = {
        "format": FORMAT,
        "lesson": answers.lesson,
        "notebook": f"{answers.lesson}.ipynb",
        "sha256": hashlib.sha256(data).hexdigest(),
        "exercises": answers.states,
        "course_utils": __version__,
    }
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        for name, content in (
            (about["notebook"], data),
            (ABOUT, (json.dumps(about, indent=1) + "\n").encode()),
        ):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o100644 << 16
            made.writestr(entry, content)
    return whole.getvalue()


def _told(answers: Answers, dropped: bool) -> list[str]:
    total, still = len(answers.states), answers.open
    lines = [f"{answers.lesson}: {total - len(still)} of {total} exercises are answered."]
    if still:
        lines.append(f"Open: {', '.join(still)}.")
        lines.append("Hand in anyway? That is your choice: an open blank counts as no points.")
    lines += [f"Note: {note}" for note in answers.notes]
    if dropped:
        lines.append(
            f"Note: the notebook has more than {LARGE // 2**20} MB, so its outputs are left out. "
            "Answers and text are all there."
        )
    return lines


def _without_large_outputs(data: bytes) -> tuple[bytes, bool]:
    if len(data) <= LARGE:
        return data, False
    notebook = json.loads(data.decode("utf-8-sig"))
    for cell in notebook.get("cells", []):
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(), True


def _cells_run() -> list[str]:
    """What was run in this kernel, in order."""
    try:
        from IPython import get_ipython
    except ImportError:
        return []
    shell = get_ipython()
    return [str(text) for text in shell.user_ns.get("In", [])] if shell else []
