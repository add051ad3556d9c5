"""Run a notebook from top to bottom in a fresh kernel of this very Python."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course_utils.workbook.project import BUILD, importable_here, shown

# Told of every code cell as it begins: its number among the code cells, and how many there are.
OnCell = Callable[[int, int], None]


# What kernels say besides their messages, such as why one did not start.
_LOG = BUILD / "kernels.log"


class LessonFailed(Exception):  # noqa: N818 - a result of running, not a fault of the program
    """A cell of a lesson did not run.

    Args:
        cell: number of the cell in the notebook, from 1.
        reason: the error in a few words.
    """

    def __init__(self, cell: int, reason: str) -> None:
        super().__init__(f"cell {cell}: {reason}")
        self.cell, self.reason = cell, reason


class ThisPython(AsyncKernelManager):
    """Starts the Python that runs this program.

    The kernel specification named python3 may be another one: what
    ``ipykernel install --user`` left behind, or a folder in JUPYTER_PATH.
    """

    @property
    def kernel_spec(self) -> KernelSpec:
        """ipykernel's own specification, with ``sys.executable``."""
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())


def kernel_environment(profile: str = "quick") -> dict[str, str]:
    """Environment variables in which lessons are run, built and compared.

    Args:
        profile: ``"quick"`` or ``"full"``.

    Returns:
        The whole environment of the child process: one thread and a fixed hash
        seed, because sums differ in the last digits otherwise; ``expect`` raises.
    """
    ipython = BUILD / "ipython"  # not the user's own: start-up files there change results
    ipython.mkdir(parents=True, exist_ok=True)
    env = dict(importable_here(), IPYTHONDIR=str(ipython))
    env.update(COURSE_STRICT="1", COURSE_PROFILE=profile, COURSE_PROGRESS="off")
    env.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")
    # The second: a warning of the debugger is no part of a lesson.
    env.update(PYTHONHASHSEED="0", PYDEVD_DISABLE_FILE_VALIDATION="1")
    return env


def execute(
    notebook, folder: Path, env: dict[str, str], *, timeout: int | None = None,
    on_cell: OnCell = lambda number, total: None,
) -> None:  # fmt: skip
    """Run every cell of a notebook; outputs are put into it, also when a cell fails.

    Args:
        notebook: an nbformat notebook, changed in place.
        folder: working directory of the kernel.
        env: environment of the kernel.
        timeout: seconds that one cell may take; None for no limit.
        on_cell: called as each code cell begins.

    Raises:
        LessonFailed: a cell raised, took too long, or its kernel died.
    """
    code = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]
    at = [0]

    def started(cell, cell_index) -> None:
        at[0] = cell_index
        if cell_index in code:
            on_cell(code.index(cell_index) + 1, len(code))

    folder.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook, timeout=timeout, record_timing=False, coalesce_streams=True,
        kernel_name="python3", kernel_manager_class=ThisPython, on_cell_start=started,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    try:
        with _LOG.open("a") as log:
            client.execute(env=env, stderr=log)
    except CellExecutionError as error:
        raise LessonFailed(at[0] + 1, _short(f"{error.ename}: {error.evalue}")) from None
    except CellTimeoutError:
        raise LessonFailed(at[0] + 1, f"took longer than {timeout} s and was stopped") from None
    except (RuntimeError, AssertionError) as error:  # no kernel, or what follows Ctrl-C
        _stop_if_interrupted(client)
        raise LessonFailed(at[0] + 1, _lost_kernel(error)) from None


def _stop_if_interrupted(client: NotebookClient) -> None:
    """Turn what nbclient makes of Ctrl-C into what Python makes of it.

    nbclient handles the signal itself: it ends the kernel, and then stumbles
    over its absence. It notes the clean-up under this name, and nowhere else.
    """
    if hasattr(client, "_async_cleanup_kernel_future"):
        raise KeyboardInterrupt


def _lost_kernel(error: Exception) -> str:
    if isinstance(error, DeadKernelError):
        return f"the kernel died. Likely cause: too little memory (see {shown(_LOG)})"
    return f"no kernel: {_short(str(error))} (see {shown(_LOG)}, or: python -m course_utils doctor)"


def strip_transient(notebook) -> list[str]:
    """Take out what differs from run to run, so that the notebook can be stored.

    Args:
        notebook: an executed notebook, changed in place.

    Returns:
        A remark for each cell that wrote to stderr; warnings and progress bars
        hold machine paths and speeds, so they are not stored.
    """
    remarks = []
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        noise = [o for o in cell.outputs if o.get("name") == "stderr"]
        cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        for output in noise:
            remarks.append(f"cell {number} wrote to stderr (not stored): {_short(output.text)}")
    return remarks


def _short(text: str, limit: int = 300) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    kept = " ".join(lines[:3])
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
