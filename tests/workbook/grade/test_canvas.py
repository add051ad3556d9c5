"""Canvas's gradebook: one column is filled, nothing else changes, nobody is guessed."""

import csv
import io

import pytest

from course_utils.workbook.grade.canvas import fill_gradebook
from course_utils.workbook.project import WorkbookError
from tests.workbook.grade.graded import graded

# As Canvas exports it: a row on posting, a row of points, and the invented test student.
BOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Net 03 (991),Other (992),Current Score
,,,,,Manual Posting,,
    Points Possible,,,,,7.0,10.0,(read only)
"Silva, Maria",12345,u1,msilva,A,,5,50
"Núñez, José",12346,u2,jnunez,A,1,,
"Lee, Ann",12347,u3,alee,A,,,
"Lee, Ann",12348,u4,alee2,B,,,
"Student, Test",12349,,fe3,A,,,
"""


def filled(*grades, book=BOOK, column="Net 03"):
    return fill_gradebook(book, grades, column)


def cells(text, column=5, delimiter=","):
    return {row[1]: row[column] for row in csv.reader(io.StringIO(text), delimiter=delimiter)}


@pytest.mark.parametrize(
    "student",
    ["silvamaria_12345", "msilva", "u1", "12345", "Maria Silva", "Silva, Maria", "silvamaria",
     "maria-silva", "Maria Silva_4711"],
)  # fmt: skip
def test_a_student_is_found_by_number_login_or_name(student):
    made = filled(graded(student))
    assert made.unmatched == []
    assert made.filled == 1
    assert cells(made.text)["12345"] == "7"


def test_everything_else_stays_byte_for_byte():
    made = filled(graded("msilva", "right", "open", "open"))
    expected = BOOK.replace(
        '"Silva, Maria",12345,u1,msilva,A,,', '"Silva, Maria",12345,u1,msilva,A,2,'
    )
    assert made.text == expected
    assert made.without == ["Núñez, José", "Lee, Ann", "Lee, Ann", "Student, Test"]
    assert made.column == "Net 03 (991)"


@pytest.mark.parametrize(("mark", "end", "sign"), [("\ufeff", "\r\n", ","), ("", "\n", ";")])
def test_the_form_of_the_file_stays(mark, end, sign):
    plain = BOOK.replace('"Silva, Maria"', "Maria").replace('"Núñez, José"', "José")
    plain = plain.replace('"Lee, Ann"', "Ann").replace('"Student, Test"', "Test")
    book = mark + plain.replace(",", sign).replace("\n", end)
    made = filled(book=book)
    assert made.text == book
    assert cells(filled(graded("u2"), book=book).text.lstrip("\ufeff"), 5, sign)["12346"] == "7"


def test_who_fits_two_rows_or_none_is_listed_and_left():
    made = filled(graded("Ann Lee"), graded("nobody"), graded("x_99999"))
    assert made.filled == 0
    assert made.text == BOOK
    assert "Ann Lee: fits 2 rows" in made.unmatched[0]
    assert made.unmatched[1].startswith("nobody: no row")
    assert made.unmatched[2].startswith("x_99999: no row")
    assert filled(graded("leeann_12348")).unmatched == [], "the number tells them apart"


def test_two_hand_ins_for_one_row_fill_nothing():
    made = filled(graded("msilva"), graded("Maria Silva", "open", "open", "open"))
    assert made.text == BOOK
    assert "msilva and Maria Silva: all fit the row of Silva, Maria" in made.unmatched


def test_a_hand_in_that_could_not_be_graded_leaves_its_cell():
    made = filled(graded("jnunez", error="not JSON"))
    assert cells(made.text)["12346"] == "1"
    assert made.unmatched == ["jnunez: not graded (not JSON)"]


def test_other_points_in_canvas_are_told_and_nothing_is_scaled():
    made = filled(graded("msilva"), book=BOOK.replace("7.0,10.0", "100.0,10.0"))
    assert "Canvas counts 100.0 points" in made.remarks[0]
    assert cells(made.text)["12345"] == "7"
    assert filled(graded("msilva")).remarks == []


@pytest.mark.parametrize("column", ["Net 04", "ID", "Section", ""])
def test_an_unknown_column_lists_those_there_are(column):
    with pytest.raises(WorkbookError, match=r"Net 03 \(991\); Other \(992\)"):
        filled(column=column)


@pytest.mark.parametrize("book", ["", "a,b\n1,2\n", "student;id\n"])
def test_what_is_no_gradebook_is_refused(book):
    with pytest.raises(WorkbookError, match="Student and ID"):
        filled(book=book)


def test_short_rows_are_filled_up():
    made = filled(graded("msilva"), book="Student,ID,Net 03 (991)\nmsilva,1\n")
    assert cells(made.text, 2)["1"] == "7"
