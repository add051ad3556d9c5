import io
from types import SimpleNamespace

import pytest

from course_utils.show import progress


@pytest.fixture
def notebook(monkeypatch):
    """A notebook that remembers what was displayed, one list for each display."""
    displays = []

    def display(bundle, raw, display_id):
        states = [bundle]
        displays.append(states)
        return SimpleNamespace(update=lambda new, raw: states.append(new))

    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    return displays


def test_a_notebook_bar_is_one_display_that_is_gone_at_the_end(notebook, capsys):
    assert list(progress.progress_bar(range(5), description="epoch 1")) == [0, 1, 2, 3, 4]
    (states,) = notebook
    assert states[0]["text/plain"] == "epoch 1: 0 of 5"
    assert '<progress aria-label="epoch 1" max="5" value="0">' in states[0]["text/html"]
    assert states[-1] == {"text/plain": "", "text/html": ""}
    assert capsys.readouterr() == ("", "")


def test_a_bar_that_is_left_early_goes_too(notebook):
    for item in progress.progress_bar(range(5)):
        if item == 2:
            break
    del item
    import gc

    gc.collect()
    assert notebook[0][-1]["text/plain"] == ""


def test_an_iterator_without_length_is_counted(notebook):
    list(progress.progress_bar(iter([1, 2]), description="reading"))
    assert notebook[0][0]["text/plain"] == "reading: 0 of ?"


def test_off_leaves_the_iterable_alone(monkeypatch, notebook):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    items = [1, 2, 3]
    assert progress.progress_bar(items) is items
    assert notebook == []


def test_a_terminal_bar_writes_to_stderr_only(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "in_notebook", lambda: False)
    err = io.StringIO()
    monkeypatch.setattr("sys.stderr", err)
    assert list(progress.progress_bar(range(3), description="epoch 1")) == [0, 1, 2]
    assert capsys.readouterr().out == ""
    assert "epoch 1" in err.getvalue()
