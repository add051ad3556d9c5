"""The hand-in: made when all is there, and refused with a reason and a next step when not."""

import json
import shutil
import sys
import types
import zipfile

import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.workbook import assignments as listed
from course_utils.workbook import cli, notebook_file, submit_checks
from course_utils.workbook import submit as module
from course_utils.workbook.assignments import assignments
from course_utils.workbook.grade.assignment import Limits, find_assignment
from course_utils.workbook.grade.submission import read_hand_in
from course_utils.workbook.project import NOTEBOOKS, WorkbookError, solution_path, student_path
from course_utils.workbook.submit import SubmitError, submit

LESSON = "03_fully_connected_net"
RIGHT = "def relu_forward(X):\n    return np.maximum(X, 0), X\n"


@pytest.fixture(autouse=True)
def nowhere(monkeypatch, tmp_path):
    """No notebook runs this test, and the folder is empty."""
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setenv("COURSE_NO_VENV", "1")
    monkeypatch.setattr(notebook_file, "_shell", lambda: None)
    monkeypatch.setattr(module, "_cells_run", lambda: [])
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def notebook(tmp_path):
    """A student's copy of the lesson; change(edit) changes its cells."""
    path = tmp_path / f"{LESSON}.ipynb"
    shutil.copy(student_path(NOTEBOOKS, LESSON), path)
    return path


def changed(path, edit):
    data = json.loads(path.read_text("utf-8"))
    edit(data)
    path.write_text(json.dumps(data), "utf-8")


def source_of(data, part):
    return next(
        c for c in data["cells"] if c["cell_type"] == "code" and part in "".join(c["source"])
    )


def replaced(path, part, old, new):
    def edit(data):
        cell = source_of(data, part)
        text = "".join(cell["source"])
        assert old in text
        cell["source"] = text.replace(old, new)

    changed(path, edit)


def refused(path=None, **options):
    with pytest.raises(SubmitError) as found:
        submit(path, **options)
    text = str(found.value)
    assert text.startswith("Nothing to hand in yet")
    return text


def made_by(path, to=None):
    submit(path, to=to)
    target = to or path.with_name(f"hand_in_{LESSON}.zip")
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == [f"{LESSON}.ipynb", "hand_in.json"]
        return archive.read(f"{LESSON}.ipynb"), json.loads(archive.read("hand_in.json"))


def test_the_hand_in_holds_the_notebook_as_it_is_saved_and_says_what_is_in_it(notebook, capsys):
    replaced(notebook, "def relu_forward", "raise NotImplementedError", "Y = X  # raise Nothing")
    data, about = made_by(notebook)
    assert data == notebook.read_bytes()
    assert about["lesson"] == LESSON
    assert about["exercises"] == {
        i: "answered" if i == "3.3" else "open" for i in find_assignment(LESSON).exercises
    }
    import hashlib

    assert about["sha256"] == hashlib.sha256(data).hexdigest()
    told = capsys.readouterr().out
    assert "1 of 9 exercises are answered" in told
    assert "Open: 3.1 linear_forward, 3.2 linear_backward, 3.4" in told
    assert "That is your choice" in told
    assert "hand_in_03_fully_connected_net.zip" in told


def test_the_grader_reads_it_and_finds_the_same(notebook):
    submit(notebook)
    data = notebook.with_name(f"hand_in_{LESSON}.zip").read_bytes()
    hand_in = read_hand_in(data, "x.zip", Limits().hand_in_bytes)
    assert hand_in.lesson == LESSON
    assert hand_in.remarks == ()
    assert len(hand_in.cells) > 20


def test_the_same_notebook_gives_the_same_bytes(notebook, tmp_path):
    for name in ("a.zip", "b.zip"):
        submit(notebook, to=tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_where_later_lessons_are_not_released_earlier_ones_can_be_handed_in(notebook, monkeypatch):
    known = {i: e for i, e in all_exercises().items() if e.lesson <= "03"}
    monkeypatch.setattr(listed, "all_exercises", lambda: known)
    changed(notebook, lambda d: d["metadata"].pop("course"))
    renamed = notebook.rename(notebook.with_name("mine.ipynb"))
    made_by(renamed, to=notebook.with_name("a.zip"))
    assert "04_convolutional_net" not in assignments()


def test_from_the_terminal(notebook, capsys):
    assert cli.main(["submit", str(notebook)]) == 0
    assert "This file is your hand-in." in capsys.readouterr().out
    assert cli.main(["submit", "nowhere.ipynb"]) == 1
    assert "there is no such file" in capsys.readouterr().err
    notebook.write_text("{")
    assert cli.main(["submit", str(notebook)]) == 1
    error = capsys.readouterr().err
    assert "not JSON" in error
    assert "Traceback" not in error


def test_every_student_edition_can_be_handed_in(tmp_path):
    for lesson in assignments():
        to = tmp_path / f"{lesson}.zip"
        submit(student_path(NOTEBOOKS, lesson), to=to)
        about = json.loads(zipfile.ZipFile(to).read("hand_in.json"))
        assert set(about["exercises"].values()) == {"open"}


def test_every_solution_is_answered_but_refused_as_the_wrong_edition(tmp_path):
    for lesson in assignments():
        found = submit_checks.answers_in(
            notebook_file.find_notebook(solution_path(NOTEBOOKS, lesson))
        )
        assert set(found.states.values()) == {"answered"}
        assert len(found.problems) == 1
        assert "solution edition" in found.problems[0]


def test_the_list_of_exercises_is_that_of_the_notebooks():
    names = sorted(p.stem for p in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    expected = {name: list(find_assignment(name).exercises) for name in names}
    assert assignments() == expected


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda d: d["cells"].remove(source_of(d, "def relu_forward")),
         ("3.3 relu_forward is missing", "it may stay open")),
        (lambda d: source_of(d, "def adam_update").update(source="def adam_updat(w): return w"),
         ("3.9 adam_update is missing, but there is adam_updat: name it adam_update again",)),
        (lambda d: source_of(d, "def adam_update").update(source="def my_adam_update(w): pass"),
         ("there is my_adam_update",)),
        (lambda d: source_of(d, "def linear_forward").update(source="def linear_forward(X:"),
         ("3.1 linear_forward is missing", "is no valid Python, line 1", "then save")),
        (lambda d: d["cells"].append({"cell_type": "code", "source": "x = (", "metadata": {}}),
         ("is no valid Python",)),
        (lambda d: d.update(cells=[]), ("without any code",)),
        (lambda d: d.pop("nbformat"), ("nbformat",)),
        (lambda d: d["metadata"]["kernelspec"].update(language="R", name="ir"), ("for R",)),
        (lambda d: d["metadata"]["course"].update(edition="solution"), ("solution edition",)),
    ],
)  # fmt: skip
def test_what_is_not_complete_is_refused_and_nothing_is_written(notebook, edit, words):
    changed(notebook, edit)
    told = refused(notebook)
    for word in words:
        assert word in told
    assert not list(notebook.parent.glob("*.zip"))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\xfa", b"[" * 200_000, b"[]", b"null"])
def test_what_is_no_notebook_is_refused(notebook, content):
    notebook.write_bytes(content)
    refused(notebook)


def test_another_notebook_is_told_from_a_renamed_one(notebook, tmp_path):
    renamed = notebook.rename(tmp_path / "my work.ipynb")
    submit(renamed, to=tmp_path / "a.zip")
    changed(renamed, lambda d: d["metadata"].pop("course"))
    submit(renamed, to=tmp_path / "b.zip")
    assert json.loads(zipfile.ZipFile(tmp_path / "b.zip").read("hand_in.json"))["lesson"] == LESSON
    changed(
        renamed,
        lambda d: d.update(cells=[{"cell_type": "code", "source": "x = 1", "metadata": {}}]),
    )
    assert "is no notebook of this course" in refused(renamed)


def test_magics_and_shell_lines_are_no_fault(notebook):
    more = ("%matplotlib inline\n!ls\nx = 1", "%%time\nx = 2", "%%bash\nif [ ; then")
    changed(
        notebook,
        lambda d: d["cells"].extend(
            {"cell_type": "code", "source": s, "metadata": {}} for s in more
        ),
    )
    made_by(notebook)


def test_two_definitions_are_a_note(notebook, capsys):
    changed(
        notebook,
        lambda d: d["cells"].append({"cell_type": "code", "source": RIGHT, "metadata": {}}),
    )
    _, about = made_by(notebook)
    assert about["exercises"]["3.3"] == "answered", "the last one counts"
    assert "the last one counts" in capsys.readouterr().out


def cell(path, part):
    return "".join(source_of(json.loads(path.read_text("utf-8")), part)["source"])


def test_what_was_run_and_not_saved_is_refused(notebook, monkeypatch):
    saved = cell(notebook, "def relu_forward")
    for ran, fine in (
        ([saved], True),
        (["x = 1", RIGHT, saved], True),
        ([saved.replace("    raise", "    # a comment\n\n    raise")], True),
        ([saved, RIGHT], False),
        ([RIGHT], False),
        (["%timeit 1\n" + RIGHT], False),
        (["def relu_forward(X:"], True),
    ):
        monkeypatch.setattr(module, "_cells_run", lambda ran=ran: ran)
        if fine:
            made_by(notebook)
        else:
            told = refused(notebook)
            assert "3.3 relu_forward: what you ran last is not what is saved" in told
            assert "Ctrl+S" in told


def test_an_answer_that_was_run_and_is_not_in_the_file_is_told(notebook, monkeypatch):
    changed(notebook, lambda d: d["cells"].remove(source_of(d, "def relu_forward")))
    monkeypatch.setattr(module, "_cells_run", lambda: [RIGHT])
    assert "what you ran last is not what is saved" in refused(notebook)


def test_large_outputs_are_left_out_and_answers_are_not(notebook, monkeypatch, capsys):
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 200_000}
    changed(notebook, lambda d: source_of(d, "def relu_forward").update(outputs=[output]))
    monkeypatch.setattr(module, "LARGE", 100_000)
    data, about = made_by(notebook)
    assert len(data) < 100_000
    assert "xxx" not in data.decode()
    assert "def relu_forward" in data.decode()
    assert "outputs are left out" in capsys.readouterr().out
    assert json.loads(notebook.read_bytes())["cells"], "the notebook itself is not changed"
    assert "xxx" in notebook.read_text("utf-8")


def test_a_place_that_cannot_be_written_is_told(notebook, tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be written" in refused(notebook, to=tmp_path / "file" / "a.zip")


def test_it_finds_the_notebook_that_runs_it(notebook, monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    submit()
    made = notebook.with_name(f"hand_in_{LESSON}.zip")
    made.unlink()
    # An older server tells the path from its own folder; one in JupyterLab may tell a number.
    monkeypatch.setenv("JPY_SESSION_NAME", f"work/{notebook.name}")
    submit()
    made.unlink()
    monkeypatch.setenv("JPY_SESSION_NAME", "0b8d6e9c-1f3e")
    assert 'submit("03_fully_connected_net.ipynb")' in refused()
    shell = types.SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(notebook)})
    monkeypatch.setattr(notebook_file, "_shell", lambda: shell)
    submit()
    assert made.exists()


def test_on_colab_the_notebook_on_the_screen_is_taken_and_downloaded(
    notebook, monkeypatch, tmp_path
):
    downloaded = []
    ipynb = json.loads(notebook.read_text("utf-8"))
    ipynb["metadata"]["colab"] = {"name": "Copy of 03.ipynb"}
    answer = {"ipynb": ipynb}

    def blocking_request(what, request, timeout_sec):
        assert what == "get_ipynb"
        return answer

    colab = types.ModuleType("google.colab")
    colab._message = types.SimpleNamespace(blocking_request=blocking_request)
    colab.files = types.SimpleNamespace(download=downloaded.append)
    monkeypatch.setitem(sys.modules, "google", types.ModuleType("google"))
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    submit()
    assert downloaded == [str(tmp_path / f"hand_in_{LESSON}.zip")]
    answer.clear()
    assert "Colab did not hand over" in refused()


def test_in_a_notebook_the_message_is_shown_without_a_traceback():
    assert SubmitError("a\nb")._render_traceback_() == ["a", "b"]
    assert issubclass(SubmitError, WorkbookError)


def test_it_works_in_a_real_kernel(notebook):
    nbclient = pytest.importorskip("nbclient")
    import nbformat

    call = "from course_utils.workbook.submit import submit\nsubmit()"
    code = "import os\nos.environ['JPY_SESSION_NAME'] = " + repr(str(notebook))
    cells = [nbformat.v4.new_code_cell(text) for text in (code, RIGHT, call)]
    ran = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(ran, timeout=60, allow_errors=True).execute()
    (error,) = ran.cells[-1].outputs
    assert error["ename"] == "SubmitError"
    assert "3.3 relu_forward: what you ran last is not what is saved" in error["evalue"]
    assert len(error["traceback"]) <= 3
