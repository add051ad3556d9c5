"""Every wrong marker is refused, with its line and what to do."""

import pytest

from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.project import WorkbookError

from .lessons import LESSON, TITLE, with_body, write_lesson

BEGIN, END = "    ### BEGIN SOLUTION", "    ### END SOLUTION"


def blanks_of(tmp_path, text):
    return find_blanks(read_lesson(write_lesson(tmp_path, text)))


def test_a_blank_is_found_with_its_exercise_and_lines(tmp_path):
    (blank,) = blanks_of(tmp_path, LESSON)
    assert (blank.exercise_id, blank.function) == ("3.1", "scale_and_shift")
    assert (blank.first, blank.begin, blank.end, blank.last) == (1, 4, 7, 8)


def test_an_end_marker_as_the_last_line_of_a_function_belongs_to_it(tmp_path):
    (blank,) = blanks_of(tmp_path, with_body(BEGIN, "    return x * 2", END))
    assert blank.end == blank.last == 5


@pytest.mark.parametrize(
    "comment",
    [
        "### begin solution",
        "## BEGIN SOLUTION",
        "#### BEGIN SOLUTION",
        "### BEGIN SOLUTON",
        "### BEGINN SOLUTION",
        "### BEGIN  SOLUTION",
        "###BEGIN SOLUTION",
        "### BEGIN SOLUTION:",
        "### Begin Solution",
        "### BEGIN_SOLUTION",
        "#END SOLUTION",
        "### END SOLUTIONS",
        "### END SOLUTION (3.1)",
        "### EDN SOLUTION",
        "x = 1  ### END SOLUTION",
    ],
)
@pytest.mark.parametrize("place", ["inside", "beside"])
def test_what_only_resembles_a_marker_is_refused(tmp_path, comment, place):
    region = [BEGIN, "    y = x * 2", END]
    lines = (
        [*region[:2], "    " + comment, region[2]]
        if place == "inside"
        else [*region, "    " + comment]
    )
    with pytest.raises(
        WorkbookError, match=r"line \d+: this looks like a solution marker"
    ) as refused:
        blanks_of(tmp_path, with_body(*lines, "    return y"))
    assert comment in str(refused.value)
    assert "### BEGIN SOLUTION" in str(refused.value)


@pytest.mark.parametrize(
    ("lines", "said", "line"),
    [
        (["    return x", END], "orphan marker", 4),
        ([BEGIN, "    return x"], "unclosed solution region", 3),
        ([BEGIN, "    y = x", BEGIN, "    y = x", END, END, "    return y"], "nested", 5),
        ([BEGIN, END, "    return x"], "empty solution region", 3),
        ([BEGIN, "    # only a comment", END, "    return x"], "empty solution region", 3),
        ([BEGIN, "    y = x", "        ### END SOLUTION", "    return y"], "indentation", 3),
        (["    return x"], "0 regions", 1),
        ([BEGIN, "    y = x", END, BEGIN, "    y = 2", END, "    return y"], "2 regions", 1),
        (['    """', BEGIN, "    y", END, '    """', "    return x"], "looks like a", 4),
    ],
)
def test_misplaced_markers_are_refused_at_their_line(tmp_path, lines, said, line):
    text = with_body(*lines)
    cell_starts = text[: text.index("@exercise")].count("\n") + 1
    with pytest.raises(WorkbookError, match=said) as refused:
        blanks_of(tmp_path, text)
    assert f"03_small.py, line {cell_starts + line - 1}:" in str(refused.value)
    assert "To mend:" in str(refused.value)


def test_a_region_outside_an_exercise_is_refused(tmp_path):
    plain = f"# %%\ndef helper(x):\n{BEGIN}\n    return x + 1\n{END}\n"
    with pytest.raises(WorkbookError, match="outside of one"):
        blanks_of(tmp_path, TITLE + plain)
    with pytest.raises(WorkbookError, match="indentation"):
        blanks_of(tmp_path, TITLE + "# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n")


def test_a_region_that_goes_on_after_its_function_is_refused(tmp_path):
    text = with_body(BEGIN, "    y = x", "z = 3", END)
    with pytest.raises(WorkbookError):
        blanks_of(tmp_path, text)


@pytest.mark.parametrize("line", ["# ### BEGIN SOLUTION", "# ## Begin solution", "# #END SOLUTION"])
def test_markers_in_markdown_are_refused(tmp_path, line):
    with pytest.raises(WorkbookError, match="in a markdown cell"):
        blanks_of(tmp_path, LESSON + f"\n# %% [markdown]\n# text\n{line}\n")


def test_ordinary_comments_are_not_refused(tmp_path):
    text = with_body(
        "    # Begin with the sum; the solution of (3.1) needs it.", BEGIN, "    y = x + 1",
        "    # beginning", END, "    # the end", "    return y",
    )  # fmt: skip
    assert len(blanks_of(tmp_path, text)) == 1


def test_an_exercise_needs_a_literal_id(tmp_path):
    text = with_body(BEGIN, "    return x", END).replace('"3.1"', "NUMBER")
    with pytest.raises(WorkbookError, match="write the id as a string"):
        blanks_of(tmp_path, text)


def test_code_that_is_no_python_is_refused(tmp_path):
    with pytest.raises(WorkbookError, match="no valid Python"):
        blanks_of(tmp_path, TITLE + "# %%\nfor\n")


def test_text_outside_of_cells_is_refused(tmp_path):
    with pytest.raises(WorkbookError, match="text before the first cell"):
        blanks_of(tmp_path, "x = 1\n\n" + LESSON)
