import io
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from course_utils import show

RNG = np.random.default_rng(0)


class FakeHistory(SimpleNamespace):
    def column(self, name):
        return np.asarray(getattr(self, name))


def a_history():
    return FakeHistory(
        epoch=[0, 1, 2, 3],
        train_loss=[2.3, 0.9, 0.4, 0.1],
        validation_loss=[2.3, 1.0, 0.5, 0.8],
        train_accuracy=[0.1, 0.7, 0.9, 0.99],
        validation_accuracy=[0.1, 0.6, 0.8, 0.7],
    )


def probabilities(n, wrong_rows=()):
    """Sure of class n % 10, except that some rows are sure of the next class."""
    P = np.full((n, 10), 0.01)
    y = np.arange(n) % 10
    P[np.arange(n), y] = 0.91
    for confidence, row in enumerate(wrong_rows):
        P[row] = 0.01
        P[row, (y[row] + 1) % 10] = 0.8 + 0.01 * confidence
    return y, P


def halves(X):
    """The right half is class 1."""
    return (X[:, 0] > 0).astype(float)


SWEEP = {"rate": [0.1, 0.1, 1, 1], "hidden": [10, 20, 10, 20], "accuracy": [0.9, 0.8, 0.7, 0.6]}
DIGITS = RNG.random((5, 784))

PICTURES = {
    "lines": lambda: show.lines({"loss": ([0, 1], [2.0, 1.0])}, x_label="step", y_label="loss"),
    "many lines": lambda: show.lines(
        {f"a line with the number {k}": ([0, 1], [k, 1.0]) for k in range(4)},
        x_label="step",
        y_label="loss",
        marks={"a mark": 0.5},
    ),
    "curves": lambda: show.curves(a_history(), title="digits"),
    "digit_grid": lambda: show.digit_grid(RNG.integers(0, 255, (12, 784)), range(12)),
    "weight_images": lambda: show.weight_images(RNG.standard_normal((784, 20)), count=12),
    "mistakes": lambda: show.mistakes(RNG.random((30, 784)), *probabilities(30, (3, 17))),
    "no mistakes": lambda: show.mistakes(RNG.random((30, 784)), *probabilities(30)),
    "bars": lambda: show.bars({"a": [1, 2], "b": [3, -1]}, ["cat", "dog"]),
    "graph": lambda: show.graph(
        [
            show.Node("x", 2, -4),
            show.Node("y", 5, -4),
            show.Node("q", 7, -4, "x + y", ("x", "y")),
        ]
    ),
    "paths": lambda: show.paths_on_contour(
        lambda a, b: a**2 + 3 * b**2,
        {"one": np.array([[1.0, 1.0], [0.5, 0.2]])},
        x_range=(-2, 2),
        y_range=(-2, 2),
    ),
    "class_map": lambda: show.class_map(halves, x_range=(-1, 1), y_range=(-1, 1)),
    "class_map of points": lambda: show.class_map(
        lambda X: np.ones((len(X), 5)) / 5,
        x_range=(0, 1),
        y_range=(0, 1),
        points=RNG.random((9, 2)),
        labels=[*range(5), *range(4)],
        names=[f"Iris of the kind {k}" for k in range(5)],
        title="A title that is much longer than the figure below it is wide, in two lines at least",
    ),
    "class_maps": lambda: show.class_maps(
        {"one": halves, "other": halves}, x_range=(-1, 1), y_range=(-1, 1), title="Two"
    ),
    "walk_from_point": lambda: show.walk_from_point(
        halves, (0, 0), {"right": (1, 0), "up": (0, 1)}, x_range=(-1, 1), y_range=(-1, 1)
    ),
    "confusion": lambda: show.confusion(RNG.integers(0, 9, (10, 10))),
    "calibration": lambda: show.calibration(RNG.dirichlet(np.ones(3), 90), np.arange(90) % 3),
    "curve_grid": lambda: show.curve_grid({"net": a_history()}, notes={"net": "fine"}),
    "sweep_heat": lambda: show.sweep_heat(SWEEP, "rate", "hidden", "accuracy"),
    "parallel": lambda: show.parallel(SWEEP, ["rate", "hidden"], "accuracy"),
    "means": lambda: show.means([1, 2], [3, 4], [1, 1], x_label="units", y_label="accuracy"),
    "layer_statistics": lambda: show.layer_statistics({"net": {"activations": [1, 0.1]}}),
    "histograms": lambda: show.histograms({"layer 1": RNG.standard_normal(500)}),
    "gallery": lambda: show.gallery(RNG.random((4, 8, 8, 3)), list("abcd"), right=[1, 0, 1, 1]),
    "spectrum": lambda: show.spectrum([3, 2, 1]),
    "reconstructions": lambda: show.reconstructions(DIGITS, {2: DIGITS / 2}),
}


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_every_picture_is_a_small_png_with_words(make):
    picture = make()
    data, metadata = picture._repr_mimebundle_()
    image = Image.open(io.BytesIO(picture.png))
    assert image.width > 200
    assert len(picture.png) < 120_000
    assert np.asarray(image.convert("L")).std() > 1  # something is drawn
    assert data["text/plain"] == metadata["image/png"]["alt"] == picture.alt
    assert len(picture.alt) > 20
    assert "alt=" in data["text/html"]


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_no_figure_piles_up_in_pyplot(make):
    before = plt.get_fignums()
    _ = make().png
    assert plt.get_fignums() == before


@pytest.mark.parametrize("make", PICTURES.values(), ids=PICTURES)
def test_nothing_is_cut_off_by_the_edge(make):
    figure = make().figure
    FigureCanvasAgg(figure).draw()
    needed = figure.get_tightbbox()  # inches
    width, height = figure.get_size_inches()
    assert min(needed.x0, needed.y0) >= -0.02
    assert needed.x1 <= width + 0.02
    assert needed.y1 <= height + 0.02


@pytest.mark.parametrize("name", ["lines", "curves"])
def test_axes_of_lines_are_labelled(name):
    for axes in PICTURES[name]().figure.axes:
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert len(axes.lines) == 1 or axes.get_legend()


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_the_legend_of_many_lines_stands_beside_them(count):
    series = {f"line {k}": ([0, 1], [k, k]) for k in range(count)}
    figure = show.lines(series, x_label="step", y_label="loss", size=(5.0, 3.0)).figure
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    beside = axes.get_legend().get_window_extent().x0 >= axes.bbox.x1
    assert beside == (count >= 4)
    # Beside the legend the axes are about as large as they are without one.
    assert 4.3 < axes.bbox.width / figure.dpi < 4.9


def test_alt_text_with_quotes_stays_one_attribute():
    picture = show.bars({'a "quoted" <b>': [1.0]}, ["x"])
    page = picture._repr_mimebundle_()[0]["text/html"]
    assert "&quot;quoted&quot; &lt;b&gt;" in page


def test_a_picture_without_words_is_refused():
    figure = PICTURES["bars"]().figure
    with pytest.raises(ValueError, match="description"):
        show.Picture(figure, " ")


def test_curves_tell_start_end_and_turn():
    alt = show.curves(a_history(), title="digits").alt
    assert "train loss falls from 2.3 at epoch = 0 to 0.1 at epoch = 3" in alt
    assert "validation loss falls from 2.3 at epoch = 0 to 0.8 at epoch = 3, lowest 0.5 at 2" in alt
    assert "validation accuracy rises from 0.1 at epoch = 0 to 0.7 at epoch = 3, highest" in alt


def test_mistakes_are_told_the_most_confident_first():
    alt = show.mistakes(RNG.random((30, 784)), *probabilities(30, (3, 17))).alt
    assert alt.startswith("2 of 30 images are classified wrongly")
    assert alt.index("a 7 taken for 8 (81%)") < alt.index("a 3 taken for 4 (80%)")


def test_mistakes_draw_the_probabilities_of_the_right_image():
    picture = show.mistakes(RNG.random((30, 784)), *probabilities(30, (3,)))
    (bars,) = [axes for axes in picture.figure.axes if axes.patches]
    heights = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(heights, [0.01, 0.01, 0.01, 0.01, 0.8, *[0.01] * 5])


def test_no_mistakes_at_all():
    assert "all 30 are right" in PICTURES["no mistakes"]().alt


def test_weights_are_drawn_with_the_largest_first():
    W = np.full((784, 3), 0.01)
    W[:, 1] = 0.5
    picture = show.weight_images(W, count=2)
    first = picture.figure.axes[0].images[0].get_array()
    np.testing.assert_allclose(first, 0.5)
    assert "2 of 3 units" in picture.alt
    assert "25% of their squared size in the middle quarter" in picture.alt


def test_weights_that_are_all_zero_can_be_drawn():
    assert "between 0 and 0" in show.weight_images(np.zeros((784, 2))).alt


def test_paths_tell_when_a_level_is_reached():
    alt = show.paths_on_contour(
        lambda a, b: a**2 + b**2,
        {"walk": np.array([[2.0, 0.0], [1.0, 0.0], [0.1, 0.0]])},
        x_range=(-2, 2),
        y_range=(-2, 2),
        level=0.5,
    ).alt
    assert "paths from (2, 0)" in alt
    assert "walk ends at (0.1, 0) with value 0.01 after 2 steps, below 0.5 after 2" in alt


def test_a_graph_is_read_from_left_to_right():
    alt = PICTURES["graph"]().alt
    assert "x = 2, gradient -4; y = 5, gradient -4; q = x + y = 7, gradient -4" in alt


def test_a_node_before_its_inputs_is_refused():
    with pytest.raises(ValueError, match="q is made of x, which comes later"):
        show.graph([show.Node("q", 1, 1, "x", ("x",)), show.Node("x", 1, 1)])
