"""What kernels make of a picture: the kernel with its numbers, and the result below it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from course_utils.show.cells import draw_cells
from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.style import entitle, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import number

Convolve = Callable[[np.ndarray, np.ndarray], np.ndarray]
_FEW = 25  # entries of a kernel that are told one by one


def filtered(
    image: np.ndarray, kernels: Mapping[str, np.ndarray], convolve: Convolve, *, title: str = ""
) -> Picture:
    """Draw a picture, and what each kernel makes of it.

    Args:
        image: (H, W), grey; small is white.
        kernels: name to kernel, (KH, KW).
        convolve: takes the image and a kernel, returns the result, (H_out, W_out).
        title: what the figure is to show.

    Returns:
        The picture: above the kernels, below the results. Purple is positive, brown
        negative, white zero; each result has its own scale.

    Raises:
        ValueError: no kernels, or a picture that is not (H, W).
    """
    image = np.asarray(image)
    if image.ndim != 2:
        raise ValueError(f"image: expected (H, W), got {image.shape}; one row: reshape(28, 28)?")
    if not kernels:
        raise ValueError("kernels: expected at least one, got none")
    results = {name: np.asarray(convolve(image, K)) for name, K in kernels.items()}
    columns = 1 + len(kernels)
    with styled():
        figure = new_figure(1.6 * columns + 0.2, 3.9)
        grid = figure.subplots(2, columns, height_ratios=[0.8, 1])
        grid[0, 0].set_axis_off()
        draw_image(grid[1, 0], image)
        grid[1, 0].set(xticks=(), yticks=(), title="the picture")
        for column, (name, kernel) in enumerate(kernels.items(), start=1):
            _draw_kernel(grid[0, column], np.asarray(kernel), name)
            _draw_result(grid[1, column], results[name])
        entitle(figure, title)
    told = "; ".join(_told(name, np.asarray(K), results[name]) for name, K in kernels.items())
    H, W = image.shape
    made = "one kernel makes" if len(kernels) == 1 else f"{len(kernels)} kernels make"
    lead = f"{title or 'Kernels'}: a picture of {H} by {W} pixels and what {made} of it"
    return Picture(figure, f"{lead}. {told}.")


def _draw_kernel(axes: Axes, kernel: np.ndarray, name: str) -> None:
    limit = float(np.abs(kernel).max(initial=0)) * 1.6
    texts = [[f"{value:.2g}" for value in row] for row in kernel]
    draw_cells(axes, kernel.astype(float), texts, mpl.colormaps["PuOr"], (-limit, limit))
    axes.set(xticks=(), yticks=(), aspect="equal", title=name)


def _draw_result(axes: Axes, result: np.ndarray) -> None:
    limit = float(np.abs(result).max(initial=0)) or 1.0
    axes.imshow(result, cmap="PuOr", vmin=-limit, vmax=limit)
    axes.set(xticks=(), yticks=())


def _told(name: str, kernel: np.ndarray, result: np.ndarray) -> str:
    numbers = ", ".join(number(value) for value in kernel.flat) if kernel.size <= _FEW else "…"
    zero = float(np.mean(np.abs(result) <= 1e-6 * np.abs(result).max(initial=0)))
    return (
        f"{name} ({numbers}; sum {number(round(float(kernel.sum()), 6))}) gives values from "
        f"{number(result.min())} to {number(result.max())}, {percent(zero)} of them zero"
    )
