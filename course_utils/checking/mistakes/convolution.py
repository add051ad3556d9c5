"""Slips in convolution. The cache of the reference: padded X, kernels, stride, padding."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_conv import (
    AXES_ORDER,
    CHANNELS,
    CONTRIBUTIONS,
    CONV_BIAS,
    KERNEL_TURNED,
    PADDING,
    PLACES,
)

NAME = "conv2d_forward"


def pad(X, padding, mode="constant"):
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode=mode)


def windows(padded, kernels, stride):
    """All windows, (N, C, H_out, W_out, KH, KW)."""
    views = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[2:], axis=(2, 3))
    return views[:, :, ::stride, ::stride]


def _conv(padded, kernels, stride):
    return np.einsum("ncpquv,fcuv->nfpq", windows(padded, kernels, stride), kernels)


def _added(Y, b):
    return Y + b[:, None, None]


@mistake(NAME, "Y", "the kernel is turned by 180°: mathematical convolution", KERNEL_TURNED)
def kernel_turned(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels[:, :, ::-1, ::-1], stride), b)


@mistake(NAME, "Y", "the kernel is upside down", KERNEL_TURNED)
def kernel_upside_down(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels[:, :, ::-1], stride), b)


@mistake(NAME, "Y", "the kernel is mirrored, left and right exchanged", KERNEL_TURNED)
def kernel_mirrored(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels[..., ::-1], stride), b)


@mistake(NAME, "Y", "the frame repeats the edge pixels: it should be zeros", PADDING)
def edge_padding(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding, "edge"), kernels, stride), b)


@mistake(NAME, "Y", "the frame mirrors the image: it should be zeros", PADDING)
def mirrored_padding(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding, "symmetric"), kernels, stride), b)


@mistake(NAME, "Y", "the frame is all below and right, none above and left", PADDING)
def padded_after(X, kernels, b, *, stride=1, padding=0):
    after = np.pad(X, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return _added(_conv(after, kernels, stride), b)


@mistake(NAME, "Y", "padding is not used", PADDING)
def no_padding(X, kernels, b, *, stride=1, padding=0):
    enough = min(X.shape[2] - kernels.shape[2], X.shape[3] - kernels.shape[3]) >= 0
    return _added(_conv(X if enough else pad(X, padding), kernels, stride), b)


@mistake(NAME, "Y", "stride is not used: the kernel moves by one pixel", PLACES)
def stride_unused(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, 1), b)


@mistake(NAME, "Y", "windows start at p, not at p times stride", PLACES)
def starts_without_stride(X, kernels, b, *, stride=1, padding=0):
    right = _conv(pad(X, padding), kernels, stride).shape
    return _added(_conv(pad(X, padding), kernels, 1)[:, :, : right[2], : right[3]], b)


@mistake(NAME, "Y", "one row and one column of places is missing: no + 1", PLACES)
def one_place_short(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride)[:, :, :-1, :-1], b)


@mistake(NAME, "Y", "only the last channel counts: the others are overwritten", CHANNELS)
def last_channel(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding)[:, -1:], kernels[:, -1:], stride), b)


@mistake(NAME, "Y", "only the first channel counts", CHANNELS)
def first_channel(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding)[:, :1], kernels[:, :1], stride), b)


@mistake(NAME, "Y", "channels are averaged, not summed", CHANNELS)
def channels_averaged(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride) / X.shape[1], b)


@mistake(NAME, "Y", "the window is averaged, not summed", CHANNELS)
def window_averaged(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride) / kernels[0].size, b)


@mistake(NAME, "Y", "all channels are summed first: each meets the sum of the kernels", CHANNELS)
def channels_summed_first(X, kernels, b, *, stride=1, padding=0):
    image = pad(X, padding).sum(axis=1, keepdims=True)
    return _added(_conv(image, kernels.sum(axis=1, keepdims=True), stride), b)


@mistake(NAME, "Y", "the bias is not added", CONV_BIAS)
def conv_no_bias(X, kernels, b, *, stride=1, padding=0):
    return _conv(pad(X, padding), kernels, stride)


@mistake(NAME, "Y", "the bias is added once for each channel", CONV_BIAS)
def bias_per_channel(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride), X.shape[1] * b)


@mistake(NAME, "Y", "every filter gets the sum of all biases", CONV_BIAS)
def bias_summed(X, kernels, b, *, stride=1, padding=0):
    return _conv(pad(X, padding), kernels, stride) + b.sum()


@mistake(NAME, "Y", "the filters stand last: Y is (N, H_out, W_out, F)", AXES_ORDER)
def filters_last(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride), b).transpose(0, 2, 3, 1)


@mistake(NAME, "Y", "the filters stood last and were reshaped, not moved", AXES_ORDER)
def filters_reshaped(X, kernels, b, *, stride=1, padding=0):
    Y = _added(_conv(pad(X, padding), kernels, stride), b)
    return Y.transpose(0, 2, 3, 1).reshape(Y.shape)


@mistake(NAME, "Y", "the filters stand before the batch: Y is (F, N, H_out, W_out)", AXES_ORDER)
def filters_first(X, kernels, b, *, stride=1, padding=0):
    return _added(_conv(pad(X, padding), kernels, stride), b).transpose(1, 0, 2, 3)


@mistake(NAME, "Y", "only the first image is done: the return stands in the loop", CONTRIBUTIONS)
def first_image(X, kernels, b, *, stride=1, padding=0):
    Y = _added(_conv(pad(X, padding), kernels, stride), b)
    Y[1:] = 0
    return Y
