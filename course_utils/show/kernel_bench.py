"""A kernel to try: its numbers are fields, and the picture follows them."""

from __future__ import annotations

import html
from collections.abc import Mapping
from types import ModuleType

import numpy as np

from course_utils.console import in_notebook
from course_utils.show import point_slider
from course_utils.show.filtered import Convolve, filtered
from course_utils.show.point_slider import MovablePoint
from course_utils.show.progress import watched

_NO_WIDGETS = "To change the numbers of the kernel, install ipywidgets and restart the kernel."


def try_kernel(
    image: np.ndarray,
    kernels: Mapping[str, np.ndarray],
    convolve: Convolve,
    *,
    start: str | None = None,
) -> KernelBench:
    """Show what a kernel makes of a picture, with a list of kernels and a field for each number.

    Where nobody looks on (a build or a test, ``COURSE_PROGRESS=off``) or where no
    widgets are, it is the figure of the first kernel, and nothing else is stored.

    Args:
        image: (H, W), grey.
        kernels: name to kernel, all of one shape (KH, KW).
        convolve: takes the image and a kernel, returns the result.
        start: name of the kernel shown first; the first one if None.

    Returns:
        The figure with its list and fields, shown as the last value of a cell.

    Raises:
        ValueError: kernels of several shapes, or a start that is none of them.
    """
    kernels = {name: np.asarray(kernel, dtype=float) for name, kernel in kernels.items()}
    if len({kernel.shape for kernel in kernels.values()}) != 1:
        shapes = {name: kernel.shape for name, kernel in kernels.items()}
        raise ValueError(f"kernels: expected at least one, all of one shape, got {shapes}")
    start = next(iter(kernels)) if start is None else start
    if start not in kernels:
        raise ValueError(f"start: expected one of {', '.join(kernels)}, got {start!r}")
    widgets, remark = None, ""
    if watched() and in_notebook():
        widgets = point_slider._widgets()
        remark = "" if widgets else _NO_WIDGETS
    return KernelBench(image, kernels, convolve, start, widgets, remark)


class KernelBench(MovablePoint):
    """A figure of a kernel at work, a list of kernels, and a field for each number.

    Args:
        image: (H, W).
        kernels: name to kernel, all (KH, KW).
        convolve: takes the image and a kernel, returns the result.
        start: name of the kernel at first.
        widgets: the module ipywidgets; None for the figure alone.
        remark: a sentence to show below the figure.

    Attributes:
        picture: the figure as it is now.
        names: the list; None without widgets.
        fields: one for each number of the kernel, row by row.
    """

    def __init__(
        self, image, kernels: Mapping[str, np.ndarray], convolve: Convolve, start: str,
        widgets: ModuleType | None, remark: str = "",
    ) -> None:  # fmt: skip
        self._kernels, self._first = kernels, start
        self._shape = kernels[start].shape
        self.names, self.fields, self._busy = None, [], False

        def draw(numbers):
            kernel = np.reshape(numbers, self._shape)
            return filtered(image, {self._name(kernel): kernel}, convolve)

        super().__init__(draw, None, None, kernels[start].ravel(), (), widgets, remark)

    def _name(self, kernel: np.ndarray) -> str:
        known = (name for name, other in self._kernels.items() if np.allclose(kernel, other))
        return next(known, "your kernel")

    def _make_widgets(self, widgets, x_range, y_range, names) -> None:
        self._image = widgets.HTML(self._page(self._draw(self._start)))
        self.names = widgets.Dropdown(
            options=list(self._kernels), value=self._first, description="kernel"
        )
        narrow, KW = widgets.Layout(width="5em"), self._shape[1]
        self.fields = [
            widgets.FloatText(value=value, step=0.1, layout=narrow) for value in self._start
        ]
        rows = [self.fields[i : i + KW] for i in range(0, len(self.fields), KW)]
        self.names.observe(lambda _: self.move(self._kernels[self.names.value]), names="value")
        for field in self.fields:
            field.observe(lambda _: self._redraw(), names="value")
        table = widgets.VBox([self.names, *(widgets.HBox(row) for row in rows)])
        self._box = widgets.HBox([table, self._image])

    def move(self, kernel: np.ndarray) -> None:
        """Put other numbers into the kernel and draw what it does; the fields follow.

        Args:
            kernel: (KH, KW), or its numbers row by row.
        """
        numbers = [float(value) for value in np.ravel(kernel)]
        if self._box is None:
            self.picture = self._draw(numbers)
            return
        self._busy = True  # one drawing for all fields, not one for each
        for field, value in zip(self.fields, numbers, strict=True):
            field.value = value
        self._busy = False
        self._redraw()

    def _redraw(self) -> None:
        if self._busy:
            return
        try:
            page = self._page(self._draw([field.value for field in self.fields]))
        except Exception as error:  # in a callback it would vanish in a log
            page = f'<p role="alert">{html.escape(f"{type(error).__name__}: {error}")}</p>'
        self._image.value = page
