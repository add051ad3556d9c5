"""The leak proof finds planted answers, wherever and however they are written."""

import json

import pytest

from course_utils.workbook.build import student_text
from course_utils.workbook.leaks import prove_no_leak
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import WorkbookError

from .lessons import BLANK, TITLE, USE, write_lesson

BODY = """\
    ### BEGIN SOLUTION
    X, W = cache
    dX = dY @ W.T
    for row in range(len(X)):
        total = np.sum(
            X[row], axis=0
        )
    name = X
    return dX
    ### END SOLUTION
"""
LESSON = TITLE + f'# %%\n@exercise("3.1", points=4)\ndef backward(dY, cache):\n{BODY}\n\n' + USE


@pytest.fixture
def lesson(tmp_path):
    return read_lesson(write_lesson(tmp_path, LESSON))


@pytest.fixture
def notebook(lesson):
    return json.loads(student_text(lesson))


def test_a_clean_edition_passes_and_says_how_many_lines_were_looked_for(lesson, notebook):
    # dX = …, for … and total = …; the others compute nothing
    assert prove_no_leak(lesson, json.dumps(notebook)) == 3


@pytest.mark.parametrize(
    "planted",
    [
        "dX = dY @ W.T",
        "dX=dY@W.T",
        "# dX = dY @ W.T",
        "if True:\n    dX = (dY @ W.T)  # hidden",
        "text\n\n    dX  =  dY  @\tW.T\n",
        "total = np.sum(X[row], axis=0)",
        "total = np.sum(\n    X[row],\n    axis=0,\n)",
        "for row in range( len(X) ): pass",
        "<pre>dX = dY @ W.T</pre>",
    ],
)
@pytest.mark.parametrize("place", ["code", "markdown", "output", "cell metadata", "metadata"])
def test_a_planted_line_is_found(lesson, notebook, planted, place):
    cells = notebook["cells"]
    code = next(c for c in cells if c["cell_type"] == "code")
    if place == "code":
        code["source"] = planted.splitlines(keepends=True)
    elif place == "markdown":
        cells[0]["source"] = planted.splitlines(keepends=True)
    elif place == "output":
        text = planted.splitlines(keepends=True)
        code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
    elif place == "cell metadata":
        code["metadata"]["note"] = {"deep": [planted]}
    else:
        notebook["metadata"]["note"] = planted
    with pytest.raises(WorkbookError, match=r"exercise 3\.1 \(backward\)"):
        prove_no_leak(lesson, json.dumps(notebook))


@pytest.mark.parametrize("harmless", ["X, W = cache", "name = X", "return dX", "dX = dY @ V.T"])
def test_lines_that_tell_nothing_may_stand_elsewhere(lesson, notebook, harmless):
    notebook["metadata"]["note"] = harmless
    prove_no_leak(lesson, json.dumps(notebook))


@pytest.mark.parametrize(
    "shown", ["\n# %%\ndX = dY @ W.T\n", "\n# %% [markdown]\n# Then `dX = dY @ W.T`.\n"]
)
def test_a_line_that_the_lesson_shows_elsewhere_is_no_leak(tmp_path, shown):
    student_text(read_lesson(write_lesson(tmp_path, LESSON + shown)))


def test_an_answer_left_in_a_comment_of_its_own_cell_is_a_leak(tmp_path):
    slip = BLANK.replace("    return y", "    # y = scaled + b\n    return y")
    student_text(read_lesson(write_lesson(tmp_path, TITLE + BLANK + USE)))
    with pytest.raises(WorkbookError, match=r"y = scaled \+ b"):
        student_text(read_lesson(write_lesson(tmp_path, TITLE + slip + USE)))


def test_code_around_the_blank_may_repeat_a_line_of_it(tmp_path):
    text = BLANK.replace("    return y", "    y = scaled + b\n    return y")
    student_text(read_lesson(write_lesson(tmp_path, TITLE + text + USE)))
