"""Exercises of lesson 04: convolution, pooling, and batch norm of images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from course_utils import nn
from course_utils.checking.compare import scale_of
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.normalization import run_backward, run_norm, statistics

_IMAGES = "N C H W"


def _out(length: int, window: int, stride: int, padding: int = 0) -> int:
    return 1 + (length + 2 * padding - window) // stride


def _conv(draw: Draw, sizes: Sizes, stride: int | None = None, padding: int | None = None) -> Probe:
    """Stride and padding follow from N and C, so that they grow with a smallest case."""
    N, C, F, H, W, KH, KW = (sizes[k] for k in ["N", "C", "F", "H", "W", "KH", "KW"])
    stride = 2 - N % 2 if stride is None else stride
    padding = 1 - C % 2 if padding is None else padding
    KH, KW = min(KH, H + 2 * padding), min(KW, W + 2 * padding)
    args = (draw.array(N, C, H, W), draw.array(F, C, KH, KW), draw.array(F))
    out = _out(H, KH, stride, padding), _out(W, KW, stride, padding)
    kwargs = {"stride": stride, "padding": padding}
    return Probe(args, sizes=sizes, kwargs=kwargs, upstream=draw.array(N, F, *out))


def _wide_steps(draw: Draw) -> list[Probe]:
    probe = _conv(draw, {"N": 1, "C": 3, "F": 4, "H": 5, "W": 6, "KH": 2, "KW": 5}, 3, 2)
    sizes = {**probe.sizes, "H_out": 3, "W_out": 2}
    return [replace(probe, about="one image, stride 3, padding 2", sizes=sizes)]


_CONV = {
    "make": _conv,
    # Stride 1 without padding, 2 with padding (and a remainder), 1 with padding.
    "sizes": (
        {"N": 3, "C": 5, "F": 4, "H": 7, "W": 4, "KH": 2, "KW": 3, "H_out": 6, "W_out": 2},
        {"N": 2, "C": 4, "F": 5, "H": 6, "W": 7, "KH": 3, "KW": 2, "H_out": 3, "W_out": 4},
        {"N": 5, "C": 2, "F": 3, "H": 7, "W": 6, "KH": 4, "KW": 1, "H_out": 6, "W_out": 8},
    ),
    "smallest": {"N": 1, "C": 1, "F": 1, "H": 1, "W": 2, "KH": 1, "KW": 2},
    "special": _wide_steps,
    "shapes": {
        **dict.fromkeys(("X", "dX"), _IMAGES),
        **dict.fromkeys(("Y", "dY"), "N F H_out W_out"),
        **dict.fromkeys(("kernels", "dkernels"), "F C KH KW"),
        **dict.fromkeys(("b", "db"), "F"),
    },
}


def _pool(draw: Draw, sizes: Sizes) -> Probe:
    """Size and stride follow from C and N, so that they grow with a smallest case."""
    N, C, H, W = (sizes[letter] for letter in "NCHW")
    size, stride = min(3 - C % 2, H, W), 2 - N % 2
    return _pool_of(draw.array(N, C, H, W), draw, size, stride)


def _pool_of(X: np.ndarray, draw: Draw, size: int, stride: int, about: str = "") -> Probe:
    N, C, H, W = X.shape
    upstream = draw.array(N, C, _out(H, size, stride), _out(W, size, stride))
    sizes, kwargs = dict(zip("NCHW", X.shape, strict=True)), {"size": size, "stride": stride}
    return Probe((X,), about or Probe.about, sizes, kwargs, upstream)


def _pool_gaps(draw: Draw) -> list[Probe]:
    X = -1.0 - np.abs(draw.array(1, 2, 9, 11))
    return [_pool_of(X, draw, 2, 3, "windows with gaps between, all numbers negative")]


def _pool_ties(draw: Draw) -> list[Probe]:
    tied = -1.0 - draw.labels((2, 3, 8, 6), 3)
    tied[0, 0] = -2.0
    tied[1, 1] = np.maximum(tied[1, 1] + 2.0, 0.0)
    # No stride is passed here: it is size then.
    tied = replace(_pool_of(tied, draw, 2, 2, "ties"), kwargs={"size": 2})
    near = draw.array(3, 2, 5, 7)
    # In every window that starts at an even row and column: one number just below another.
    near[:, :, :4:2, :6:2] = np.abs(near[:, :, :4:2, :6:2]) + 3.0
    near[:, :, 1:4:2, 1:6:2] = near[:, :, :4:2, :6:2] * (1 - 3e-6)
    near = _pool_of(near, draw, 2, 2, "numbers that are nearly equal")
    return [*_pool_gaps(draw), tied, near]


def _any_of_the_tied(probe: Probe, part: str, got: np.ndarray, expected: np.ndarray) -> str:
    """Among tied maxima any may take the gradient, or all share it, if it adds up to dY."""
    (X,), dY = probe.args, probe.upstream
    size = probe.kwargs["size"]
    if probe.about != "ties" or probe.kwargs.get("stride", size) != size:
        return ""
    N, C, Ho, Wo = dY.shape
    edge = slice(None), slice(None), slice(0, Ho * size), slice(0, Wo * size)
    # Each pixel is in one window.
    numbers, given = (a[edge].reshape(N, C, Ho, size, Wo, size).astype(float) for a in (X, got))
    shares = given / dY[:, :, :, None, :, None]
    tied = numbers == numbers.max(axis=(3, 5), keepdims=True)
    room = 10 * probe.rtol
    adds_up = np.abs(given.sum(axis=(3, 5)) - dY) <= probe.rtol * scale_of(dY)
    between = (shares > -room) & (shares < 1 + room)
    if not (adds_up.all() and between.all() and (np.abs(shares[~tied]) <= room).all()):
        return ""
    return (
        "right. Where several pixels of a window are the largest, this course lets the first "
        "take the gradient; yours is shared or given otherwise and adds up, which is as right."
    )


_POOL = {
    "make": _pool,
    # Windows side by side with a remainder; overlapping at stride 1; overlapping at stride 2.
    "sizes": (
        {"N": 2, "C": 3, "H": 9, "W": 11},
        {"N": 3, "C": 4, "H": 7, "W": 8},
        {"N": 4, "C": 2, "H": 12, "W": 8},
    ),
    "smallest": {"N": 1, "C": 1, "H": 2, "W": 2},
    "shapes": {
        **dict.fromkeys(("X", "dX"), _IMAGES),
        **dict.fromkeys(("Y", "dY"), "N C H_out W_out"),
    },
}


def _images(draw: Draw, sizes: Sizes) -> Probe:
    N, C, H, W = (sizes[letter] for letter in "NCHW")
    X = draw.array(N, C, H, W)
    X = X if draw.small else 1.5 * X + draw.array(C, 1, 1)
    args = (X.astype(draw.dtype), draw.array(C), draw.array(C), statistics(draw, C))
    kwargs = {"momentum": 0.9, "eps": 0.1} if N % 2 else {"momentum": 0.7, "eps": 0.4}
    return Probe(args, sizes=dict(sizes), kwargs=kwargs, upstream=draw.array(N, C, H, W))


def _image_tiny(draw: Draw) -> list[Probe]:
    probe = _images(draw, {"N": 1, "C": 3, "H": 2, "W": 5})
    probe.args[0][:, 1] = 2e-3 * draw.array(1, 2, 5)
    return [replace(probe, about="one image, a channel of tiny variance", kwargs={"eps": 1e-5})]


def _image_specials(draw: Draw) -> list[Probe]:
    probe = _images(draw, {"N": 3, "C": 5, "H": 2, "W": 4})
    kwargs = {"training": False, "momentum": 0.8, "eps": 0.2}
    return [*_image_tiny(draw), replace(probe, about="training = False", kwargs=kwargs)]


_SPATIAL = {
    "make": _images,
    "sizes": (
        {"N": 3, "C": 4, "H": 2, "W": 5},
        {"N": 2, "C": 3, "H": 5, "W": 4},
        {"N": 5, "C": 2, "H": 4, "W": 3},
    ),
    "smallest": {"N": 1, "C": 1, "H": 1, "W": 2},
    "shapes": {
        **dict.fromkeys(("X", "Y", "dY", "dX"), _IMAGES),
        **dict.fromkeys(("gamma", "beta", "dgamma", "dbeta"), "C"),
        **dict.fromkeys(("running mean", "running var"), "C"),
    },
}


register(
    Exercise(
        id="4.1",
        name="conv2d_forward",
        points=4,
        reference=nn.conv2d_forward,
        **_CONV,
        returns=("Y", "cache"),
        hints=(
            "Which pixels of X does one output pixel see, and in how many channels?",
            "Put the zeros around the image first, on all four sides. Output row p then starts at "
            "row p · stride of the padded image.",
            "Each output is a sum over channel, kernel row and kernel column, and the bias of its "
            "filter. The kernel is laid on as it is, not turned.",
        ),
    ),
    Exercise(
        id="4.2",
        name="conv2d_backward",
        points=6,
        reference=nn.conv2d_backward,
        **_CONV,
        returns=("dX", "dkernels", "db"),
        forward="conv2d_forward",
        run=run_backward("conv2d_forward", "dX", "dkernels", "db"),
        hints=(
            "Follow one product X · K: which entry of dX, which of dkernels does it concern?",
            "Walk over the same windows as on the way there. Each window of X gives to dkernels, "
            "and each window of dX receives; nothing is overwritten.",
            "Work with the padded image to the end, and take the frame off last. "
            "db collects over all axes but one.",
        ),
    ),
    Exercise(
        id="4.3",
        name="max_pool_forward",
        points=2,
        reference=nn.max_pool_forward,
        **_POOL,
        special=_pool_ties,
        returns=("Y", "cache"),
        hints=(
            "How many whole windows fit into H rows if each starts stride below the last one?",
            "Every channel is pooled alone; a window gives its largest number, even if all its "
            "numbers are negative.",
            "Loop over output rows and columns; one slice is a window of all images and channels.",
        ),
    ),
    Exercise(
        id="4.4",
        name="max_pool_backward",
        points=3,
        reference=nn.max_pool_backward,
        **_POOL,
        special=_pool_ties,
        returns=("dX",),
        forward="max_pool_forward",
        run=run_backward("max_pool_forward", "dX"),
        convention=_any_of_the_tied,
        hints=(
            "If a pixel that is not the largest grows a little, what happens to Y?",
            "Only the winner of a window gets its gradient. What if one pixel wins two windows?",
            "Start from zeros of the shape of X. Each window adds its number at one place; "
            "with a tie, still only as much as arrived.",
        ),
    ),
    Exercise(
        id="4.5",
        name="average_pool_forward",
        points=2,
        reference=nn.average_pool_forward,
        **_POOL,
        special=_pool_gaps,
        returns=("Y", "cache"),
        hints=(
            "How many pixels has a window?",
            "As in max pooling, but what is kept of each window is its mean.",
            "Windows may overlap or leave gaps: size is their width, stride their distance.",
        ),
    ),
    Exercise(
        id="4.6",
        name="average_pool_backward",
        points=2,
        reference=nn.average_pool_backward,
        **_POOL,
        special=_pool_gaps,
        returns=("dX",),
        forward="average_pool_forward",
        run=run_backward("average_pool_forward", "dX"),
        hints=(
            "By how much does the mean of a window grow if one of its pixels grows by 1?",
            "Every pixel of a window receives the same share of the gradient of that window.",
            "A pixel in several windows receives from all of them. Pixels in none receive 0.",
        ),
    ),
    Exercise(
        id="4.7",
        name="spatial_batch_norm_forward",
        points=3,
        reference=nn.spatial_batch_norm_forward,
        **_SPATIAL,
        special=_image_specials,
        returns=("Y", "running", "cache"),
        run=run_norm,
        hints=(
            "A convolution treats all places of an image alike. How many means should there be?",
            "One mean and one variance for each channel, over all images and all their pixels.",
            "With the channels as the last axis, every pixel is a row of ordinary batch norm. "
            "Moving an axis is not the same as reshaping.",
        ),
    ),
    Exercise(
        id="4.8",
        name="spatial_batch_norm_backward",
        points=3,
        reference=nn.spatial_batch_norm_backward,
        **_SPATIAL,
        special=_image_tiny,
        returns=("dX", "dgamma", "dbeta"),
        forward="spatial_batch_norm_forward",
        run=run_backward("spatial_batch_norm_forward", "dX", "dgamma", "dbeta"),
        hints=(
            "Which steps did the forward take around batch norm? Go through them in reverse.",
            "dY must be made into rows exactly as X was, and dX put back the opposite way.",
            "The means of the backward go over as many numbers as those of the forward: "
            "images times rows times columns.",
        ),
    ),
)
