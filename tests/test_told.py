"""A notebook shows the message of such an error and the reader's own line, and none of ours."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import v4

from course_utils.told import Told
from course_utils.workbook.execute import kernel_environment

SETUP = (
    "from course_utils.checking import exercise, hint\nfrom course_utils.data import load_digits"
)
CELLS = {
    "hint": ('n = 4\nhint("3.2", n)', "MisusedError: hint: expected step 1, 2 or 3, got 4",
             'In line 2: hint("3.2", n)'),
    "number": ('hint("3.01")', "UnknownExerciseError: no exercise", 'In line 1: hint("3.01")'),
    "points": ('@exercise("3.4", points=9)\ndef relu_backward(dY, cache):\n    pass',
               "MisusedError: exercise 3.4: expected points=2, got 9",
               'In line 1: @exercise("3.4", points=9)'),
    "sweep": ("from course_utils.sweep import sweep\nsweep(lambda seed: {}, [])",
              "SweepError: configurations: expected at least one",
              "In line 2: sweep(lambda seed: {}, [])"),
    "data": ("from course_utils.data.registry import get_set\nget_set('mnits')",
             "DataError: 'mnits' is no known", "In line 2: get_set('mnits')"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told():
    """What each cell shows, by its name."""
    cells = [v4.new_code_cell(SETUP), *(v4.new_code_cell(code) for code, _, _ in CELLS.values())]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = v4.new_notebook(cells=cells, metadata=kernel)
    client = NotebookClient(notebook, timeout=60, allow_errors=True)
    client.execute(env=kernel_environment())
    nbformat.validate(notebook)
    return {
        name: [o for o in cell.outputs if o.output_type == "error"]
        for name, cell in zip(CELLS, notebook.cells[1:], strict=True)
    }


@pytest.mark.parametrize("name", CELLS)
def test_a_notebook_shows_the_message_and_the_line(told, name):
    _, message, line = CELLS[name]
    (error,) = told[name]
    assert error.traceback[0].startswith(message)
    assert error.traceback[-1] == line
    assert "course_utils" not in "".join(error.traceback)


def test_without_a_line_of_the_reader_the_message_stands_alone():
    class SomeError(Told, ValueError):
        pass

    assert SomeError("a\nb")._render_traceback_() == ["SomeError: a", "b"]
