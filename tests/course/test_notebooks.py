"""The built notebooks: unsolved they run to the end, solved they are really compared."""

import copy
from pathlib import Path

import nbformat
import pytest

from course_utils.workbook.execute import execute, kernel_environment

ROOT = Path(__file__).resolve().parents[2]
STUDENT = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
SKIPPED = {"nbval-ignore-output", "nbval-skip"}
# nbval leaves pictures out: with nothing else in its output a cell is run but not compared.
NOT_COMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}
SMALLEST_SHARE = 0.4
SECONDS = 300  # of a cell, as nbval has it in `make test`: a shared machine may be slow


def compared_share(notebook) -> float:
    """The share of a notebook's code cells whose output nbval compares.

    In strict mode a cell without stored output is passed over in silence, so a
    notebook whose outputs were stripped would pass whatever its code does.
    """
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    compared = [
        c
        for c in code
        if not SKIPPED & set(c.metadata.get("tags", [])) and any(map(_comparable, c.outputs))
    ]
    return len(compared) / len(code) if code else 0.0


def _comparable(output) -> bool:
    return output.output_type in ("stream", "error") or bool(set(output.data) - NOT_COMPARED)


@pytest.mark.parametrize("path", SOLUTIONS, ids=[p.stem for p in SOLUTIONS])
def test_nbval_really_compares_the_solution(path):
    notebook = nbformat.read(path, as_version=4)
    assert compared_share(notebook) >= SMALLEST_SHARE
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    assert compared_share(notebook) == 0, "stripped, it would be refused"


@pytest.mark.parametrize("path", SOLUTIONS, ids=[p.stem for p in SOLUTIONS])
def test_no_solution_holds_an_error(path):
    notebook = nbformat.read(path, as_version=4)
    kinds = {o.output_type for c in notebook.cells for o in c.get("outputs", [])}
    assert "error" not in kinds


def test_cells_that_are_not_compared_do_not_count():
    v4 = nbformat.v4
    told = v4.new_output("stream", text="1\n")
    picture = v4.new_output("display_data", {"image/png": "aGk="})
    cells = [v4.new_code_cell("print(1)", outputs=[told]) for _ in range(4)]
    assert compared_share(v4.new_notebook(cells=cells)) == 1
    for change in (
        lambda c: c.update(outputs=[]),
        lambda c: c.update(outputs=[picture]),
        lambda c: c.metadata.update(tags=["nbval-ignore-output"]),
        lambda c: c.metadata.update(tags=["nbval-skip"]),
    ):
        changed = copy.deepcopy(cells)
        change(changed[0])
        assert compared_share(v4.new_notebook(cells=changed)) == 0.75


@pytest.mark.parametrize("path", STUDENT, ids=[p.stem for p in STUDENT])
def test_an_unsolved_notebook_runs_from_top_to_bottom(path, monkeypatch):
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path.parent, kernel_environment(), timeout=SECONDS)
    kinds = {o.output_type for c in notebook.cells for o in c.get("outputs", [])}
    assert "error" not in kinds
