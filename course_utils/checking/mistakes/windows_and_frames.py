"""Slips in where a frame of padding lies and how large a window of a picture is."""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_conv import PADDING, SHARE, WINDOW
from course_utils.checking.mistakes.convolution import windows as conv_windows
from course_utils.checking.mistakes.pooling import windows as pool_windows


def _conv(padded, kernels, b, stride):
    Y = np.einsum("ncpquv,fcuv->nfpq", conv_windows(padded, kernels, stride), kernels)
    return Y + b[:, None, None]


@mistake("conv2d_forward", "Y", "the frame is on two sides only: above and left", PADDING)
def frame_above_and_left(X, kernels, b, *, stride=1, padding=0):
    padded = np.pad(X, [(0, 0), (0, 0), (padding, 0), (padding, 0)])
    return _conv(padded, kernels, b, stride)


@mistake("conv2d_forward", "Y", "the frame is on two sides only: below and right", PADDING)
def frame_below_and_right(X, kernels, b, *, stride=1, padding=0):
    padded = np.pad(X, [(0, 0), (0, 0), (0, padding), (0, padding)])
    return _conv(padded, kernels, b, stride)


@mistake("conv2d_forward", "Y", "samples and channels are padded, too", PADDING)
def all_axes_padded(X, kernels, b, *, stride=1, padding=0):
    padded = np.pad(X, padding)[: len(X), : X.shape[1]]
    return _conv(padded, kernels, b, stride)


@mistake("max_pool_forward", "Y", "the maximum goes over one column of the window only", WINDOW)
def one_column(X, *, size=2, stride=None):
    return pool_windows(X, size, stride or size)[..., :, 0].max(axis=-1)


@mistake("max_pool_forward", "Y", "the maximum goes over one row of the window only", WINDOW)
def one_row(X, *, size=2, stride=None):
    return pool_windows(X, size, stride or size)[..., 0, :].max(axis=-1)


@mistake("average_pool_backward", "dX", "only the first pixel of each window gets a share", SHARE)
def first_pixel_alone(dY, cache):
    X = asked().args[0]
    size, stride = cache[2:]
    dX = np.zeros(X.shape, dY.dtype)
    rows, columns = (slice(0, stride * n, stride) for n in dY.shape[2:])
    dX[:, :, rows, columns] += dY / size**2
    return dX
