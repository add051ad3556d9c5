"""What is written: tables that no spreadsheet runs, data that fit their schema, pages for all."""

import csv
import io
import itertools
import json
from html.parser import HTMLParser
from importlib import resources

import jsonschema
import pytest

from course_utils.workbook.grade.csv_text import csv_text, harmless, points_text
from course_utils.workbook.grade.data import grades_csv, grades_json
from course_utils.workbook.grade.gradescope import results
from course_utils.workbook.grade.outputs import outputs
from tests.workbook.grade.graded import A_CLASS, SIGN, exercise, graded, hand_in_of

SCRIPT = '<script>alert("x")</script>&<img src=//example.org/a.png>'


def made(grades, **options):
    return outputs([hand_in_of(g) for g in grades], grades, "03 · A net", **options).files


def rows_of(text):
    assert text.startswith("\ufeff"), "Excel needs the mark to read UTF-8"
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_the_table_has_a_row_for_each_hand_in_and_a_column_for_each_exercise():
    head, *rows = rows_of(grades_csv(A_CLASS))
    assert head == [
        "student", "file", "3.1 linear_forward (of 2)", "3.2 linear_backward (of 4)",
        "3.3 relu_forward (of 1)", "total", "of", "error", "remarks",
    ]  # fmt: skip
    assert rows[0] == ["ann", "ann/03.ipynb", "2", "4", "1", "7", "7", "", ""]
    assert rows[1] == ["bob", "bob/03.ipynb", "2", "2.8", "0", "4.8", "7", "", ""]
    assert rows[2][-1] == "handed in late, says Canvas"
    assert rows[3][2:8] == ["0", "0", "0", "0", "7", "not JSON: expected a notebook"]


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", '=HYPERLINK("x")'],
)
def test_no_cell_is_a_formula(name):
    *_, last = rows_of(grades_csv([graded(name, path=name, remarks=(name,), error=name)]))
    for cell in (last[0], last[1], last[-1], last[-2]):
        assert cell == "'" + name
    assert "=" not in {cell[:1] for cell in last}


def test_text_that_is_no_formula_and_numbers_stay_as_they_are():
    assert [harmless(t) for t in ("a=b", "Ann", "", "3-1", "'x")] == ["a=b", "Ann", "", "3-1", "'x"]
    assert rows_of(csv_text(["a", "b"], [[-1, -1.5]])) == [["a", "b"], ["-1", "-1.5"]]
    assert [points_text(p) for p in (4.0, 0.0, 10.0, 100.0, 3.335, 2 / 3, 0.001)] == [
        "4", "0", "10", "100", "3.33", "0.67", "0",
    ]  # fmt: skip


def test_commas_quotes_line_ends_and_odd_letters_survive():
    name = 'Ann "A," B;\nC \udce9 é'
    (_, row) = rows_of(grades_csv([graded(name)]))
    assert row[0] == name.replace("\udce9", "\\udce9")


def schema():
    return json.loads(
        resources.files("course_utils.workbook.grade").joinpath("grades.schema.json").read_text()
    )


def test_the_data_fit_their_schema_and_the_schema_is_strict():
    data = json.loads(grades_json(A_CLASS[0].lesson, A_CLASS, [("x.txt", "no notebook")]))
    check = jsonschema.Draft202012Validator(schema())
    check.check_schema(schema())
    check.validate(data)
    assert data["hand_ins"][1]["earned"] == 4.8
    assert data["hand_ins"][1]["exercises"][1]["mistakes"] == ["sign"]
    for change in (
        lambda d: d.update(more=1),
        lambda d: d["hand_ins"][0].pop("sha256"),
        lambda d: d["hand_ins"][0]["exercises"][0].update(status="great"),
        lambda d: d["hand_ins"][0]["exercises"][0].update(earned=-1),
        lambda d: d["hand_ins"][0].update(sha256="abc"),
    ):
        spoilt = json.loads(json.dumps(data))
        change(spoilt)
        assert not check.is_valid(spoilt)


def test_nan_is_no_json():
    with pytest.raises(ValueError, match="JSON"):
        grades_json("x", [graded("a", exercise("3.1", share=float("nan")), "open", "open")], [])


# Names and values from Gradescope's own page on the form of results.json.
TOP = {"score", "execution_time", "output", "output_format", "test_output_format",
       "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests",
       "leaderboard"}  # fmt: skip
TEST = {"score", "max_score", "status", "name", "name_format", "number", "output",
        "output_format", "tags", "visibility", "extra_data"}  # fmt: skip


@pytest.mark.parametrize("grade", A_CLASS, ids=lambda g: g.student)
def test_gradescope_gets_its_own_form_and_nothing_else(grade):
    made = results(grade, "after_published")
    assert set(made) <= TOP
    assert made["tests"], "without a score at the top there must be tests"
    for test, e in zip(made["tests"], grade.exercises, strict=True):
        assert set(test) <= TEST
        assert test["score"] == pytest.approx(e.earned)
        assert test["max_score"] == e.points
        assert test["status"] in ("passed", "failed")
        assert test["number"] == e.exercise
        assert test["output_format"] in ("text", "html", "simple_format", "md", "ansi")
        assert test["visibility"] == "after_published"
        assert isinstance(test["output"], str)
        assert test["output"]
    assert sum(t["score"] for t in made["tests"]) == pytest.approx(grade.earned)
    assert grade.error in made["output"]
    json.dumps(made).encode()


def test_gradescope_refuses_a_word_it_does_not_know():
    with pytest.raises(ValueError, match="after_due_date"):
        results(A_CLASS[0], "sometimes")


def test_the_same_grades_give_the_same_bytes_and_no_clock():
    assert made(A_CLASS) == made(A_CLASS)


def test_what_an_earlier_batch_left_is_gone(tmp_path):
    hand_ins = [hand_in_of(g) for g in A_CLASS]
    outputs(hand_ins, A_CLASS, "t").write(tmp_path / "out")
    outputs(hand_ins[:2], A_CLASS[:2], "t").write(tmp_path / "out")
    assert len(list((tmp_path / "out/students").iterdir())) == 2
    assert len(list((tmp_path / "out/gradescope").iterdir())) == 2
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0, "others cannot look in"


class Page(HTMLParser):
    """What a page is made of."""

    VOID = frozenset({"meta", "img", "br", "link", "input", "hr"})

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.text, self.ids, self.wrong = [], [], "", [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def pages(grades=A_CLASS, **options):
    return {n: t for n, t in made(grades, **options).items() if n.endswith(".html")}


@pytest.mark.parametrize("text", pages().values(), ids=pages())
def test_a_page_can_be_read_by_everybody_and_needs_nobody(text):
    page = Page(text)
    assert page.all("html")[0]["lang"] == "en"
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert len(set(page.ids)) == len(page.ids)
    for attrs in page.all("a"):
        if attrs["href"].startswith("#"):
            assert attrs["href"][1:] in page.ids
    for attrs in page.all("section"):
        assert attrs["aria-labelledby"] in page.ids
    levels = [int(tag[1]) for tag, _ in page.tags if tag in ("h1", "h2", "h3", "h4")]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), "no level left out"
    for attrs in page.all("th"):
        assert attrs["scope"] in ("col", "row")
    assert len(page.all("caption")) == len(page.all("table"))
    for attrs in page.all("img"):
        assert attrs["alt"]
        assert attrs["src"].startswith("data:")
    assert not {"script", "iframe", "link", "object"} & {tag for tag, _ in page.tags}
    assert "http" not in text.replace("http-equiv", "")
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_the_page_of_a_student_tells_each_verdict():
    page = Page(next(t for n, t in pages([A_CLASS[1]]).items() if n.startswith("students/")))
    for words in ("bob", "4.8 of 7 points", "dX has the wrong sign", "left open", "not right yet",
                  "def linear_backward"):  # fmt: skip
        assert words in page.text
    assert "hint(" not in page.text, "there is no cell to run it in"
    stopped = next(t for n, t in pages([A_CLASS[2]]).items() if n.startswith("students/"))
    assert "no end after 30 s" in Page(stopped).text
    assert "No function named linear_forward was found" in Page(stopped).text
    error = next(t for n, t in pages([A_CLASS[3]]).items() if n.startswith("students/"))
    assert "not JSON: expected a notebook" in Page(error).text


def test_what_a_student_wrote_is_text_on_every_page():
    evil = exercise(
        "3.2", "wrong", source=f"def linear_backward():\n    '''{SCRIPT}'''\n",
        findings=[(SCRIPT, "wrong", SCRIPT, SCRIPT)],
    )  # fmt: skip
    everywhere = graded(SCRIPT, evil, evil, evil, path=SCRIPT, remarks=(SCRIPT,), error="")
    broken = graded(SCRIPT, path="b", error=SCRIPT, remarks=("\udce9 \x00 \u202e",))
    for text in pages([everywhere, broken], passed_over=[(SCRIPT, SCRIPT)]).values():
        page = Page(text)
        assert not page.all("script")
        assert all(a.get("src", "").startswith("data:") for a in page.all("img"))
        assert 'alert("x")' in page.text
        assert not set("\x00\u202e") & set(text)
        text.encode("utf-8")


def test_the_page_of_the_class_adds_up():
    page = Page(pages()["class.html"])
    for words in (
        "4 hand-ins, 1 of them could not be graded",
        "Of 7 points: mean 4.87, median 4.8",
        "not JSON: expected a notebook",
        "dX has the wrong sign",
        "handed in late",
    ):
        assert words in page.text, words
    row = page.text.split("3.2 linear_backward")[1].split("\n")[0]
    assert row == "80%" + "12000", "one right and two wrong, of three that could be graded"
    assert "dX has the wrong sign" + "267%" in page.text, "two of three"
    links = [a["href"] for a in page.all("a") if a["href"].startswith("students/")]
    assert set(links) == {n for n in pages() if n.startswith("students/")}


def test_the_hardest_exercise_comes_first():
    text = Page(pages()["class.html"]).text
    assert text.index("3.3 relu_forward") < text.index("3.1 linear_forward") < text.index("3.2 ")


def test_a_class_of_which_nothing_could_be_graded_has_a_page_too():
    page = Page(pages([A_CLASS[3]])["class.html"])
    assert "not JSON" in page.text
    assert SIGN.name not in page.text
