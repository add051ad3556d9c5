import io
import math
import sys
from types import SimpleNamespace

import pytest

from course_utils.show import progress as bars
from course_utils.sweep import Progress
from course_utils.sweep import progress as module
from course_utils.sweep.progress import Forecast, display_for, duration


def forecast(runs, workers=1, now=0.0):
    return Forecast(enumerate(runs), workers, now)


def test_nothing_is_known_before_the_first_run_ends():
    one = forecast("aaa")
    assert one.left(5.0) is None
    one.ended(0, 10.0, 10.0)
    assert one.left(10.0) == 20.0


def test_time_that_the_present_run_has_taken_counts():
    one = forecast("aaa")
    one.ended(0, 10.0, 10.0)
    assert one.left(14.0) == 16.0
    assert one.left(99.0) == 10.0  # overdue: any moment, and then the last one


@pytest.mark.parametrize(
    ("runs", "workers", "left"),
    # With a second known per run: waves of as many as there are workers.
    [(1, 2, 1), (2, 2, 1), (3, 2, 2), (4, 2, 2), (5, 2, 3), (9, 4, 3), (7, 1, 7), (3, 8, 1)],
)
def test_equal_runs_go_in_waves(runs, workers, left):
    one = forecast(["a"] * runs, workers)
    one.known("a", 1.0)
    assert one.left(0.0) == left


def test_a_worker_takes_the_next_run_when_it_is_free():
    one = forecast(["long", "short", "short", "short"], workers=2)
    one.known("long", 10.0)
    one.known("short", 2.0)
    assert one.left(0.0) == 10.0  # 2 + 2 + 2 beside 10
    one = forecast(["short", "short", "short", "long"], workers=2)
    one.known("long", 10.0)
    one.known("short", 2.0)
    assert one.left(0.0) == 12.0  # the long one starts at 2, when two short ones have ended


def test_a_run_takes_what_others_of_its_configuration_took():
    one = forecast("abc")
    one.known("a", 4.0)
    one.known("b", 2.0)
    one.known("b", 4.0)
    # c is unknown: the mean of all times that are known.
    assert one.left(0.0) == pytest.approx(4 + 3 + 10 / 3)


def test_runs_that_end_out_of_order():
    one = forecast("aaaa", workers=2)
    one.ended(1, 3.0, 3.0)  # now 0 and 2 run, 3 waits
    assert one.left(3.0) == 3.0  # 0 is due now, so 3 begins now and 2 has just begun
    one.ended(0, 5.0, 5.0)  # 2 began at 3, 3 begins now, each for 4 s
    assert one.left(5.0) == 4.0
    one.ended(3, 4.0, 9.0)
    one.ended(2, 6.0, 9.0)
    assert one.left(9.0) == 0.0


def test_a_run_that_nobody_measured_teaches_nothing():
    one = forecast("aa")
    one.ended(0, math.nan, 1.0)
    assert one.left(1.0) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_a_duration_in_words(seconds, text):
    assert duration(seconds) == text


def test_progress_in_words():
    assert str(Progress(18, 5, 3, 1, 12.0, 40.2)) == (
        "sweep, 3 kept, 1 failed, 12 s, about 40 s left: 5 of 18"
    )
    assert str(Progress(18, 0, 0, 0, 0.0, None)) == "sweep, 0 s: 0 of 18"
    assert str(Progress(2, 2, 0, 0, 90.0, 0.0)) == "sweep, 1 min 30 s: 2 of 2"


@pytest.fixture
def outside(monkeypatch):
    """Neither a notebook nor told to be silent."""
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    for place in (module, bars):
        monkeypatch.setattr(place, "in_notebook", lambda: False)


def shown(display, total):
    for done in range(total + 1):
        display.show(Progress(total, done, 0, 0, float(done), float(total - done)))
    display.say("a note")
    display.close()


def test_a_log_gets_a_line_for_each_tenth(outside):
    stream = io.StringIO()
    shown(display_for(200, stream), 200)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 12
    assert lines[5] == "sweep, 1 min 40 s, about 1 min 40 s left: 100 of 200"
    assert lines[-1] == "a note"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_gets_one_line_that_is_gone_at_the_end(outside, monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    shown(display_for(4), 4)
    text = stream.getvalue()
    assert "sweep, 2 s, about 2 s left, |" in text
    assert "| 2 of 4" in text
    assert "it/s" not in text.split("2 of 4")[1]  # none of tqdm's own guesses
    note = text.index("a note\n")
    assert text[note + len("a note\n") :].split("\r")[-1].strip() == ""


def test_a_notebook_gets_a_display_and_nothing_on_stderr(monkeypatch, capsys):
    displays = []

    def display(bundle, raw, display_id):
        states = [bundle]
        displays.append(states)
        return SimpleNamespace(update=lambda new, raw: states.append(new))

    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    for place in (module, bars):
        monkeypatch.setattr(place, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", display)
    shown(display_for(4), 4)
    (states,) = displays
    texts = [state["text/plain"] for state in states]
    assert "sweep, 2 s, about 2 s left: 2 of 4" in texts
    assert texts[-1] == ""
    assert capsys.readouterr() == ("", "")


def test_off_is_silent(outside, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    stream = Terminal()
    shown(display_for(4, stream), 4)
    assert stream.getvalue() == ""
