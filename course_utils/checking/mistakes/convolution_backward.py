"""Slips in the backward of convolution."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    SHAPE_KEPT,
    SIGN,
    SUMMED_WRONG_AXIS,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_conv import (
    AXES_ORDER,
    CHANNELS,
    CONTRIBUTIONS,
    KERNEL_TURNED,
    PADDING,
    PLACES,
)
from course_utils.checking.mistakes.convolution import windows

NAME = "conv2d_backward"


def _padded(dY, cache, kernels=None, step=None, overwrite=False):
    """The gradient of the padded image, place by place."""
    padded, own, stride, _ = cache
    kernels, step = own if kernels is None else kernels, step or stride
    dpadded = np.zeros(padded.shape, dY.dtype)
    KH, KW = kernels.shape[2:]
    for p, q in np.ndindex(dY.shape[2:]):
        at = dpadded[:, :, p * step : p * step + KH, q * step : q * step + KW]
        given = np.einsum("nf,fcuv->ncuv", dY[:, :, p, q], kernels)
        at[...] = given if overwrite else at + given
    return dpadded


def _inside(dpadded, cache):
    """The gradient without its frame."""
    p, (H, W) = cache[3], cache[0].shape[2:]
    return dpadded[:, :, p : H - p, p : W - p]


def _dkernels(dY, padded, kernels, stride):
    return np.einsum("nfpq,ncpquv->fcuv", dY, windows(padded, kernels, stride))


@mistake(NAME, "dX", "the frame is cut off below and right only", PADDING)
def cropped_corner(dY, cache):
    p, (H, W) = cache[3], cache[0].shape[2:]
    return _padded(dY, cache)[:, :, : H - 2 * p, : W - 2 * p]


@mistake(NAME, "dX", "the frame is cut off above and left only", PADDING)
def cropped_start(dY, cache):
    p = cache[3]
    return _padded(dY, cache)[:, :, 2 * p :, 2 * p :]


@mistake(NAME, "dX", "dX still has the frame of the padded image", PADDING)
def not_cropped(dY, cache):
    return _padded(dY, cache)


@mistake(NAME, "dX", "dX is overwritten where windows overlap, not added to", CONTRIBUTIONS)
def dX_overwritten(dY, cache):
    return _inside(_padded(dY, cache, overwrite=True), cache)


@mistake(NAME, "dX", "dX is done for the first image only", CONTRIBUTIONS)
def dX_first_image(dY, cache):
    dX = _inside(_padded(dY, cache), cache)
    dX[1:] = 0
    return dX


@mistake(NAME, "dX", "dX gets the gradient of the last filter only", CONTRIBUTIONS)
def dX_last_filter(dY, cache):
    return _inside(_padded(dY[:, -1:], cache, cache[1][-1:]), cache)


@mistake(NAME, "dX", "dX uses kernels turned by 180°", KERNEL_TURNED)
def dX_turned(dY, cache):
    return _inside(_padded(dY, cache, cache[1][:, :, ::-1, ::-1]), cache)


@mistake(NAME, "dX", "on the way back windows start at p, not at p times stride", PLACES)
def dX_without_stride(dY, cache):
    return _inside(_padded(dY, cache, step=1), cache)


@mistake(NAME, "dX", "dX is averaged over the batch", AVERAGED)
def dX_averaged(dY, cache):
    return _inside(_padded(dY, cache), cache) / len(dY)


@mistake(NAME, "dX", "dX has the same gradient in all channels, that of their sum", CHANNELS)
def dX_channels_summed(dY, cache):
    kernels = np.broadcast_to(cache[1].sum(axis=1, keepdims=True), cache[1].shape)
    return _inside(_padded(dY, cache, kernels), cache)


@mistake(NAME, "dX", "dX does not use dY", UPSTREAM_LOST)
def dX_no_upstream(dY, cache):
    return _inside(_padded(np.ones_like(dY), cache), cache)


@mistake(NAME, "dX", "dX has the wrong sign", SIGN)
def dX_conv_sign(dY, cache):
    return -_inside(_padded(dY, cache), cache)


@mistake(NAME, "dkernels", "dkernels keeps the last place only: it is overwritten", CONTRIBUTIONS)
def dkernels_last_place(dY, cache):
    padded, kernels, stride, _ = cache
    return np.einsum(
        "nf,ncuv->fcuv", dY[:, :, -1, -1], windows(padded, kernels, stride)[:, :, -1, -1]
    )


@mistake(NAME, "dkernels", "dkernels has the last image only", CONTRIBUTIONS)
def dkernels_last_image(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY[-1:], padded[-1:], kernels, stride)


@mistake(NAME, "dkernels", "dkernels has the first image only", CONTRIBUTIONS)
def dkernels_first_image(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY[:1], padded[:1], kernels, stride)


@mistake(NAME, "dkernels", "dkernels is averaged over the batch", AVERAGED)
def dkernels_averaged(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY, padded, kernels, stride) / len(dY)


@mistake(NAME, "dkernels", "dkernels is averaged over the places of the kernel", AVERAGED)
def dkernels_places(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY, padded, kernels, stride) / dY[0, 0].size


@mistake(NAME, "dkernels", "dkernels meets X without its frame, so shifted by padding", PADDING)
def dkernels_unpadded(dY, cache):
    padded, kernels, stride, p = cache
    H, W = padded.shape[2:]
    shifted = np.zeros_like(padded)
    shifted[:, :, : H - 2 * p, : W - 2 * p] = padded[:, :, p : H - p, p : W - p]
    return _dkernels(dY, shifted, kernels, stride)


@mistake(NAME, "dkernels", "dkernels is turned by 180°", KERNEL_TURNED)
def dkernels_turned(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY, padded, kernels, stride)[:, :, ::-1, ::-1]


@mistake(NAME, "dkernels", "dkernels is (C, F, KH, KW): filters and channels exchanged", AXES_ORDER)
def dkernels_exchanged(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(dY, padded, kernels, stride).swapaxes(0, 1)


@mistake(NAME, "dkernels", "dkernels meets windows at p, not at p times stride", PLACES)
def dkernels_without_stride(dY, cache):
    padded, kernels, _, _ = cache
    near = windows(padded, kernels, 1)[:, :, : dY.shape[2], : dY.shape[3]]
    return np.einsum("nfpq,ncpquv->fcuv", dY, near)


@mistake(NAME, "dkernels", "dkernels does not use dY", UPSTREAM_LOST)
def dkernels_no_upstream(dY, cache):
    padded, kernels, stride, _ = cache
    return _dkernels(np.ones_like(dY), padded, kernels, stride)


@mistake(NAME, "db", "db is summed over the batch only", SUMMED_WRONG_AXIS)
def db_batch_only(dY, cache):
    return dY.sum(axis=0)


@mistake(NAME, "db", "db is summed over the places only, not over the batch", SUMMED_WRONG_AXIS)
def db_places_only(dY, cache):
    return dY.sum(axis=(2, 3))


@mistake(NAME, "db", "db is summed over all axes but the last", SUMMED_WRONG_AXIS)
def db_but_the_last(dY, cache):
    return dY.sum(axis=(0, 1, 2))


@mistake(NAME, "db", "db is summed over all axes but the first", SUMMED_WRONG_AXIS)
def db_but_the_first(dY, cache):
    return dY.sum(axis=(1, 2, 3))


@mistake(NAME, "db", "db is summed over filters, too: one number", SUMMED_WRONG_AXIS)
def db_everything(dY, cache):
    return dY.sum()


@mistake(NAME, "db", "db is averaged over the batch", AVERAGED)
def conv_db_averaged(dY, cache):
    return dY.sum(axis=(2, 3)).mean(axis=0)


@mistake(NAME, "db", "db is averaged over batch and places", AVERAGED)
def db_averaged_everywhere(dY, cache):
    return dY.mean(axis=(0, 2, 3))


@mistake(NAME, "db", "db has the last image only", CONTRIBUTIONS)
def db_last_image(dY, cache):
    return dY[-1].sum(axis=(1, 2))


@mistake(NAME, "db", "db keeps axes of length 1", SHAPE_KEPT)
def conv_db_keepdims(dY, cache):
    return dY.sum(axis=(0, 2, 3), keepdims=True)
