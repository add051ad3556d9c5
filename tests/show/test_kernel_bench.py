"""Trying kernels, without a browser: what the fields hold is what is drawn."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from course_utils import show
from course_utils.show import kernel_bench, point_slider

VIEW = "application/vnd.jupyter.widget-view+json"
KERNELS = {"left": np.array([[1.0, 0, -1]]), "mean": np.full((1, 3), 1 / 3)}
IMAGE = np.outer(np.arange(6.0), np.ones(7)) % 3


def convolve(image, kernel):
    return correlate2d(image, kernel, "same")


def drawn(name, kernel):
    return show.filtered(IMAGE, {name: np.asarray(kernel)}, convolve)


@pytest.fixture
def notebook(monkeypatch):
    """As if a kernel ran this and somebody looked on."""
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(kernel_bench, "in_notebook", lambda: True)


@pytest.fixture
def bench(notebook):
    return show.try_kernel(IMAGE, KERNELS, convolve)


def test_without_a_notebook_it_is_the_picture_of_the_first_kernel_and_nothing_else():
    bench = show.try_kernel(IMAGE, KERNELS, convolve)
    want = drawn("left", KERNELS["left"])
    assert bench._repr_mimebundle_() == want._repr_mimebundle_()
    assert repr(bench) == want.alt
    assert bench.names is None
    bench.move([[0, 1, 0]])
    assert bench.picture.alt == drawn("your kernel", [[0, 1, 0]]).alt


def test_where_nobody_looks_on_there_are_no_widgets(notebook, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    assert VIEW not in show.try_kernel(IMAGE, KERNELS, convolve)._repr_mimebundle_()[0]


def test_without_ipywidgets_a_sentence_says_so(notebook, monkeypatch):
    monkeypatch.setattr(point_slider, "_widgets", lambda: None)
    data, _ = show.try_kernel(IMAGE, KERNELS, convolve)._repr_mimebundle_()
    assert "install ipywidgets" in data["text/plain"]
    assert VIEW not in data


def test_the_stored_picture_stands_behind_the_fields(bench):
    data, _ = bench._repr_mimebundle_()
    assert data.pop(VIEW)["model_id"] == bench._box.model_id
    assert data == drawn("left", KERNELS["left"])._repr_mimebundle_()[0]


def test_the_list_fills_the_fields_and_draws_once(bench, monkeypatch):
    calls = []
    monkeypatch.setattr(bench, "_draw", lambda k, draw=bench._draw: (calls.append(k), draw(k))[1])
    bench.names.value = "mean"
    assert [field.value for field in bench.fields] == [1 / 3] * 3
    assert len(calls) == 1
    assert bench.picture.alt == drawn("mean", KERNELS["mean"]).alt
    assert bench.picture.alt.replace(">", "&gt;") in bench._image.value


def test_a_field_changes_one_number(bench):
    bench.fields[1].value = 4.0
    assert bench.picture.alt == drawn("your kernel", [[1, 4, -1]]).alt


def test_an_error_is_told_where_the_picture_was(bench, monkeypatch):
    def broken(kernel):
        raise ValueError("no <picture>")

    monkeypatch.setattr(bench, "_draw", broken)
    bench.fields[0].value = 9.0
    assert '<p role="alert">ValueError: no &lt;picture&gt;</p>' in bench._image.value


@pytest.mark.parametrize(
    ("kernels", "start", "words"),
    [
        ({}, None, "all of one shape"),
        ({"a": np.ones((2, 2)), "b": np.ones((3, 3))}, None, "all of one shape"),
        (KERNELS, "right", "start: expected one of left, mean, got 'right'"),
    ],
)
def test_what_makes_no_bench_is_refused(kernels, start, words):
    with pytest.raises(ValueError, match=words):
        show.try_kernel(IMAGE, kernels, convolve, start=start)
