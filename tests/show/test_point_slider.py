"""Moving a point with sliders, without a browser: what they are set to is what is drawn."""

import base64
import json
import sys
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from course_utils import show
from course_utils.show import point_slider
from course_utils.workbook.execute import execute, kernel_environment

VIEW = "application/vnd.jupyter.widget-view+json"
RANGES = {"x_range": (-3.0, 3.0), "y_range": (-2.0, 2.0)}


def draw(point):
    """A picture of a point, its words the point itself."""
    return show.lines({"p": ([point[0]], [point[1]])}, x_label="x", y_label="y", title=str(point))


@pytest.fixture
def notebook(monkeypatch):
    """As if a kernel ran this and somebody looked on."""
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(point_slider, "in_notebook", lambda: True)


@pytest.fixture
def point(notebook):
    return show.move_point(draw, **RANGES, start=(1, 0.5), axis_names=("across", "up"))


def test_without_a_notebook_it_is_the_picture_at_the_start_and_nothing_else():
    point = show.move_point(draw, **RANGES, start=(1, 0.5))
    assert point._repr_mimebundle_() == draw((1.0, 0.5))._repr_mimebundle_()
    assert repr(point) == draw((1.0, 0.5)).alt
    assert point.x is point.y is None


def test_where_nobody_looks_on_there_are_no_widgets(notebook, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    point = show.move_point(draw, **RANGES, start=(1, 0.5))
    assert point._repr_mimebundle_() == draw((1.0, 0.5))._repr_mimebundle_()


def test_in_a_notebook_the_sliders_stand_in_front_of_the_same_picture(point):
    data, metadata = point._repr_mimebundle_()
    static, expected = draw((1.0, 0.5))._repr_mimebundle_()
    assert data.pop(VIEW)["model_id"] == point._box.model_id
    assert (data, metadata) == (static, expected)


def test_a_slider_moves_the_point_and_its_words(point):
    before = point._image.value
    point.x.value = -2.0
    assert point.picture.alt == draw((-2.0, 0.5)).alt
    point.y.value = 1.5
    assert point.picture.alt == draw((-2.0, 1.5)).alt
    assert point._image.value != before
    page = point._image.value
    assert f'alt="{point.picture.alt}"' in page
    encoded = page.split("base64,")[1].split('"')[0]
    assert base64.b64decode(encoded) == draw((-2.0, 1.5)).quick_png()
    assert f'role="status" style="{point_slider._UNSEEN}">{point.picture.alt}</p>' in page


def test_the_stored_output_stays_what_it_was(point):
    before = point._repr_mimebundle_()
    point.x.value = 2.0
    assert point._repr_mimebundle_() == before


def test_sliders_have_names_ends_and_steps(point):
    told = [(s.description, s.min, s.max, s.value) for s in (point.x, point.y)]
    assert told == [("across", -3, 3, 1), ("up", -2, 2, 0.5)]
    assert [s.step for s in (point.x, point.y)] == [0.06, 0.04]


def test_back_to_start(point):
    point.move((2, -1))
    assert (point.x.value, point.y.value) == (2, -1)
    button = point._box.children[0].children[2]
    button.click()
    assert (point.x.value, point.y.value) == (1, 0.5)
    assert point.picture.alt == draw((1.0, 0.5)).alt


def test_an_error_while_drawing_is_shown(notebook):
    def fragile(at):
        if at[0] > 1:
            raise ValueError("too far <right>")
        return draw(at)

    point = show.move_point(fragile, **RANGES, start=(0, 0))
    point.x.value = 2.0
    assert point._image.value == '<p role="alert">ValueError: too far &lt;right&gt;</p>'
    point.x.value = 0.5
    assert point.picture.alt == draw((0.5, 0.0)).alt


@pytest.mark.parametrize(("seconds", "smooth"), [(0.02, True), (0.5, False)])
def test_a_slow_figure_waits_until_the_slider_is_let_go(notebook, monkeypatch, seconds, smooth):
    clock = iter([10.0, 10.0 + seconds])
    fake = SimpleNamespace(perf_counter=lambda: next(clock))
    monkeypatch.setattr(point_slider, "time", fake)
    point = show.move_point(draw, **RANGES, start=(0, 0))
    assert point.x.continuous_update is point.y.continuous_update is smooth


def test_without_ipywidgets_one_sentence_says_what_to_do(notebook, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)  # importing it fails
    data, _ = show.move_point(draw, **RANGES, start=(0, 0))._repr_mimebundle_()
    alt = draw((0.0, 0.0)).alt
    sentence = "To move the point with sliders, install ipywidgets and restart the kernel."
    assert data["text/plain"] == f"{alt}\n{sentence}"
    assert data["text/html"].endswith(f"<p>{sentence}</p>")
    assert VIEW not in data


def test_a_start_outside_is_refused():
    with pytest.raises(ValueError, match=r"start: expected x2 from -2.0 to 2.0, got 5"):
        show.move_point(draw, **RANGES, start=(0, 5))


CELL = """
from course_utils import show
ways = {"right": (1, 0), "up": (0, 1)}
walk = show.PointWalk(lambda X: X[:, 0] > 0, ways, x_range=(-1, 1), y_range=(-1, 1))
show.move_point(walk.at, x_range=(-1, 1), y_range=(-1, 1), start=(0.5, 0.5))
"""


def test_a_built_notebook_stores_the_picture_and_no_state_of_widgets(tmp_path):
    v4 = nbformat.v4
    stored = v4.new_notebook(cells=[v4.new_code_cell(CELL)])
    execute(stored, tmp_path, kernel_environment(), timeout=100)
    (output,) = stored.cells[0].outputs
    assert set(output.data) == {"text/plain", "text/html", "image/png"}
    assert "widgets" not in stored.metadata
    assert len(json.dumps(stored)) < 200_000
    again = v4.new_notebook(cells=[v4.new_code_cell(CELL)])
    execute(again, tmp_path, kernel_environment(), timeout=100)
    assert again.cells[0].outputs[0].data == output.data


def test_the_walk_is_made_for_it(notebook):
    walk = show.PointWalk(
        lambda X: X[:, 0] > 0, {"right": (1, 0)}, x_range=(-1, 1), y_range=(-1, 1)
    )
    point = show.move_point(walk.at, x_range=(-1, 1), y_range=(-1, 1), start=(-0.5, 0))
    assert "class 1 leads from distance 0.5" in point.picture.alt
    point.x.value = 0.5
    assert "class 1 stays at 1" in point.picture.alt
    (star,) = (line for line in walk.figure.axes[0].lines if line.get_marker() == "*")
    np.testing.assert_array_equal(star.get_xydata(), [[0.5, 0]])
