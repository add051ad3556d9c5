"""Two sliders that move a point and draw a figure anew; the figure alone where nobody looks on."""

from __future__ import annotations

import html
import importlib
import time
from collections.abc import Callable, Sequence
from types import ModuleType

from course_utils.console import in_notebook
from course_utils.show.picture import Picture
from course_utils.show.progress import watched
from course_utils.show.regions import Range

_VIEW = "application/vnd.jupyter.widget-view+json"
_NO_WIDGETS = "To move the point with sliders, install ipywidgets and restart the kernel."
_SMOOTH = 0.15  # seconds; a redraw that takes longer waits until the slider is let go
_STEPS = 100
# Read aloud when it changes, and not seen: those who see have the figure.
_UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


def move_point(
    draw: Callable[[tuple[float, float]], Picture],
    *,
    x_range: Range,
    y_range: Range,
    start: Sequence[float],
    axis_names: tuple[str, str] = ("x1", "x2"),
) -> MovablePoint:
    """Show a figure of a point, with sliders that move it, in JupyterLab and Colab.

    Where nobody looks on (a build or a test, ``COURSE_PROGRESS=off``) or where no
    widgets are, it is the figure at the start, and nothing else is stored.

    Args:
        draw: takes a point, returns a picture; ``PointWalk(…).at`` is made to be quick.
        x_range: left and right end of the first slider.
        y_range: lower and upper end of the second.
        start: where the point is at first, (2,).
        axis_names: what the sliders are called.

    Returns:
        The figure with its sliders, shown as the last value of a cell.

    Raises:
        ValueError: a start outside the ranges.
    """
    for name, value, (low, high) in zip(axis_names, start, (x_range, y_range), strict=True):
        if not low <= value <= high:
            raise ValueError(f"start: expected {name} from {low} to {high}, got {value}")
    widgets, remark = None, ""
    if watched() and in_notebook():
        widgets = _widgets()
        remark = "" if widgets else _NO_WIDGETS
    return MovablePoint(draw, x_range, y_range, start, axis_names, widgets, remark)


def _widgets() -> ModuleType | None:
    try:
        return importlib.import_module("ipywidgets")
    except ImportError:
        return None


class MovablePoint:
    """A figure of a point, and the sliders that move it.

    Args:
        draw: takes a point, returns a picture.
        x_range: ends of the first slider.
        y_range: ends of the second.
        start: the point at first.
        axis_names: what the sliders are called.
        widgets: the module ipywidgets; None for the figure alone.
        remark: a sentence to show below the figure.

    Attributes:
        picture: the figure as it is now.
        x, y: the sliders; None without widgets.
    """

    def __init__(
        self, draw, x_range: Range, y_range: Range, start: Sequence[float],
        axis_names: tuple[str, str], widgets: ModuleType | None, remark: str = "",
    ) -> None:  # fmt: skip
        self._draw, self._remark = draw, remark
        self._start = tuple(float(value) for value in start)
        self.picture = draw(self._start)
        # Drawn now: what a slider moves later may share this figure.
        self._standing = self.picture._repr_mimebundle_()
        self.x = self.y = self._box = None
        if widgets is not None:
            self._make_widgets(widgets, x_range, y_range, axis_names)

    def _make_widgets(self, widgets, x_range: Range, y_range: Range, names) -> None:
        self.picture.quick_png()  # the first drawing is slow, the second shows how it will be
        began = time.perf_counter()
        self._image = widgets.HTML(self._page(self._draw(self._start)))
        smooth = time.perf_counter() - began < _SMOOTH
        self.x, self.y = (
            widgets.FloatSlider(
                value=value, min=low, max=high, step=(high - low) / _STEPS, description=name,
                readout_format=".2f", continuous_update=smooth,
                layout=widgets.Layout(width="24em"),
            )
            for name, value, (low, high) in zip(names, self._start, (x_range, y_range), strict=True)
        )  # fmt: skip
        back = widgets.Button(description="Back to start", tooltip="Put the point where it began")
        back.on_click(lambda _: self.move(self._start))
        for slider in (self.x, self.y):
            slider.observe(lambda _: self._redraw(), names="value")
        self._box = widgets.VBox([widgets.HBox([self.x, self.y, back]), self._image])

    def move(self, point: Sequence[float]) -> None:
        """Put the point somewhere and draw it there; the sliders follow.

        Args:
            point: (2,).
        """
        if self._box is None:
            self.picture = self._draw((float(point[0]), float(point[1])))
            return
        self.x.value, self.y.value = (float(value) for value in point)

    def _redraw(self) -> None:
        try:
            self._image.value = self._page(self._draw((self.x.value, self.y.value)))
        except Exception as error:  # in a callback it would vanish in a log
            told = f"{type(error).__name__}: {error}"
            self._image.value = f'<p role="alert">{html.escape(told)}</p>'

    def _page(self, picture: Picture) -> str:
        self.picture = picture
        words = html.escape(picture.alt)
        return f'{picture.html(picture.quick_png())}<p role="status" style="{_UNSEEN}">{words}</p>'

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = self._standing
        data = dict(data)
        if self._remark:
            data["text/plain"] += f"\n{self._remark}"
            data["text/html"] += f"<p>{self._remark}</p>"
        if self._box is not None:
            data[_VIEW] = self._box.get_view_spec()
        return data, metadata

    def __repr__(self) -> str:
        return self.picture.alt
