"""Find the file of the notebook that runs this code: JupyterLab, VS Code, Colab, or told."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from course_utils.workbook.project import WorkbookError

MOST = 500 * 2**20  # bytes; no lesson is a hundredth of it


@dataclass(frozen=True)
class NotebookFile:
    """A notebook as it is saved.

    Args:
        data: the file's bytes.
        name: of the file.
        folder: where it is, and where something beside it can be written.
    """

    data: bytes
    name: str
    folder: Path


def find_notebook(path: str | os.PathLike | None = None) -> NotebookFile:
    """Read the notebook that runs this code.

    Args:
        path: the file, where it cannot be found by itself.

    Returns:
        What is saved. On Colab, which saves by itself, what is on the screen.

    Raises:
        WorkbookError: it is not found or cannot be read; says what to do.
    """
    if path is not None:
        return _read(Path(path))
    if on_colab():
        return _from_colab()
    for candidate in _candidates():
        if candidate.is_file():
            return _read(candidate)
    raise WorkbookError(
        "the file of this notebook was not found: neither JupyterLab nor VS Code tells its name "
        'here. Say it, for example: submit("03_fully_connected_net.ipynb"), or in a terminal: '
        "python -m course_utils submit notebooks/03_fully_connected_net.ipynb"
    )


def on_colab() -> bool:
    """Whether this is a notebook on Google Colab."""
    return "google.colab" in sys.modules


def _candidates() -> list[Path]:
    """What the surroundings tell, surest first."""
    shell = _shell()
    told = [shell.user_ns.get("__vsc_ipynb_file__")] if shell else []  # VS Code
    told.append(os.environ.get("JPY_SESSION_NAME"))  # Jupyter: the path when the kernel began
    paths = [Path(unquote(t)) for t in told if isinstance(t, str) and t.endswith(".ipynb")]
    # Older servers give the path from the folder in which they were started.
    return [*paths, *(Path.cwd() / p.name for p in paths)]


def _shell():
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    return get_ipython()


def _read(path: Path) -> NotebookFile:
    try:
        if path.stat().st_size > MOST:
            raise WorkbookError(
                f"{path.name}: the file has more than {MOST // 2**20} MB. Clear its outputs "
                "(Edit, Clear All Outputs), save, and try again."
            )
        return NotebookFile(path.read_bytes(), path.name, path.resolve().parent)
    except FileNotFoundError:
        raise WorkbookError(
            f"{path}: there is no such file in {Path.cwd()}. Was the notebook renamed or moved? "
            "Say its name as it is now."
        ) from None
    except OSError as error:
        raise WorkbookError(
            f"{path} cannot be read ({error.strerror or error}). Expected a notebook that is yours "
            "to read: is it a folder, or another person's file? Save a copy, and say its name."
        ) from error


def _from_colab() -> NotebookFile:
    from google.colab import _message

    answer = _message.blocking_request("get_ipynb", request="", timeout_sec=60)
    if not isinstance(answer, dict) or not isinstance(answer.get("ipynb"), dict):
        raise WorkbookError(
            "Colab did not hand over the notebook. Try again; or download it (File, Download "
            ".ipynb), upload it into the folder on the left, and say its name: submit(path=…)"
        )
    notebook = answer["ipynb"]
    metadata = notebook.get("metadata") or {}
    name = (metadata.get("colab") or {}).get("name") or "notebook.ipynb"
    data = json.dumps(notebook, indent=1, ensure_ascii=False).encode("utf-8", "replace")
    return NotebookFile(data, Path(str(name)).name, Path.cwd())
