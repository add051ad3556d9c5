"""Convolution as a product of matrices: unroll the images, and fold the gradient back.

One number of a convolution is a sum of products: all entries of a kernel times the pixels
under it. Write these pixels below each other as a column, and the columns of all places
beside each other: this is the unrolled matrix U. Then all filters at all places are one
product, K U, and a product of matrices is what a processor does fastest.

    U[(u, v, c), (n, p, q)] = X_padded[n, c, p stride + u, q stride + v]

Every pixel now stands in U up to KH KW times. Three things keep that cheap:

- Only a few images are unrolled at once, always into the same buffer, which is small enough
  to stay in the processor's cache. U of a whole batch would be written to main memory and
  read from there, and that takes longer than the products. For the same reason the way back
  unrolls again instead of keeping U.
- It is copied in two steps: first the KW shifts to the side, into strips, then the KH shifts
  downwards, from the strips. Each second step copies long runs of memory.
- What lies side by side in memory should be long. With few channels that is the rows of an
  image, with many it is the channels of a pixel: so U lies row by row ("C") or column by
  column ("F"), and the formulas stay the same.

The way back is the transpose: a number of X that was copied to many entries of U receives
the sum of their gradients. That is the fold, in the same two steps.
"""

import numpy as np

# All buffers together, where that is room for more than one image. Measured on eight shapes:
# with a quarter of it they take a sixth longer, with twice as much nothing is won.
BUFFER_BYTES = 2**20
# From this many channels on, those of a pixel make longer runs than the rows of an image do.
# Measured: with 8 channels "F" is up to 30 % slower, with 64 up to 40 % faster.
MANY_CHANNELS = 24


class Unrolling:
    """Buffers for the unrolled matrix of a few images, filled again for each few.

    Args:
        images: (N, C, H, W), from pad; any other images where `around` is given.
        kernel_size: (KH, KW).
        stride: pixels from one place of the kernel to the next.
        dtype: of the buffers.
        n_filters: rows of the products with U, which need room, too.
        around: rows and columns of zeros to put around each image on its way in.
        enough: columns of U that are enough; fewer images are taken then than would fit.
    """

    def __init__(self, images, kernel_size, stride, dtype, n_filters, around=None, enough=None):
        (N, C, H, W), (KH, KW) = images.shape, kernel_size
        rows, columns = around or (0, 0)
        inside = slice(rows, rows + H), slice(columns, columns + W)
        H, W = H + 2 * rows, W + 2 * columns
        self.stride, self.n_images = stride, N
        self.H_out, self.W_out = 1 + (H - KH) // stride, 1 + (W - KW) // stride
        self.n_places = self.H_out * self.W_out
        n_rows = KH * KW * C
        # For one image: U and the product, the strips, the image.
        numbers = (n_rows + 1 + n_filters) * self.n_places + KW * C * H * self.W_out + C * H * W
        group = BUFFER_BYTES // (numbers * np.dtype(dtype).itemsize)
        if enough is not None:
            group = min(group, -(-enough // self.n_places))
        self.group = group = max(1, min(group, N))

        order = memory_order(C, kernel_size)
        # A last row of ones meets the biases: they need no pass of their own.
        self.matrix = np.ones((n_rows + 1, group * self.n_places), dtype, order)
        self.windows = self.matrix[:-1].reshape(KH, KW, C, group, self.H_out, self.W_out)
        strips = np.empty((KW * C, group * H * self.W_out), dtype, order)
        self.strips = strips.reshape(KW, C, group, H, self.W_out)
        self.padded = np.zeros((C, group * H * W), dtype, order).reshape(C, group, H, W)

        self.images = self.inside = None
        if around is not None:
            self.images = images.transpose(1, 0, 2, 3)  # (C, N, H, W), without the zeros
            self.inside = self.padded[(..., *inside)]
            images = self.padded.transpose(1, 0, 2, 3)  # (group, C, H, W), with them
        slide = np.lib.stride_tricks.sliding_window_view
        sideways = slide(images, KW, axis=3)[:, :, :, ::stride]  # (N, C, H, W_out, KW)
        self.sideways = sideways.transpose(4, 1, 0, 2, 3)  # (KW, C, N, H, W_out)
        downwards = slide(self.strips, KH, axis=3)[:, :, :, ::stride]
        self.downwards = downwards.transpose(5, 0, 1, 2, 3, 4)  # (KH, KW, C, group, H_out, W_out)

    def parts(self):
        """Give the slices of images that are unrolled together, one after the other."""
        for first in range(0, self.n_images, self.group):
            yield slice(first, min(first + self.group, self.n_images))

    def unroll(self, part):
        """Fill the buffer with the images of a slice.

        Args:
            part: a slice from parts().

        Returns:
            U with its row of ones, (KH KW C + 1, count H_out W_out): a view of the buffer.
        """
        count = part.stop - part.start
        if self.images is not None:
            self.inside[:, :count] = self.images[:, part]
            part = slice(count)
        self.strips[:, :, :count] = self.sideways[:, :, part]
        self.windows[:, :, :, :count] = self.downwards[:, :, :, :count]
        return self.matrix[:, : count * self.n_places]

    def fold(self, count):
        """Add up what stands in the buffer, each entry at the pixel it was copied from.

        Args:
            count: how many images the buffer holds.

        Returns:
            (C, count, H, W), padding included: a view of a buffer.
        """
        step, H_out, W_out = self.stride, self.H_out, self.W_out
        strips, padded = self.strips[:, :, :count], self.padded[:, :count]
        strips[...] = 0
        for u, rows in enumerate(self.windows[:, :, :, :count]):
            _put(rows, strips[:, :, :, u : u + step * H_out : step], first=u == 0)
        padded[...] = 0
        for v, columns in enumerate(strips):
            _put(columns, padded[:, :, :, v : v + step * W_out : step], first=v == 0)
        return padded


def _put(numbers, places, first):
    """Add the numbers at their places; the first ones meet zeros, and copying is quicker."""
    if first:
        places[...] = numbers
    else:
        places += numbers


def memory_order(C, kernel_size):
    """Say how the unrolled matrix should lie: "C" row by row, "F" column by column."""
    # A kernel of one pixel has nothing to unroll: then the images should lie as they are.
    return "F" if C >= MANY_CHANNELS and tuple(kernel_size) != (1, 1) else "C"


def pad(X, padding, kernel_size):
    """Put zeros around the images, in the memory order in which they are unrolled.

    Args:
        X: images, (N, C, H, W).
        padding: rows and columns of zeros on each side.
        kernel_size: (KH, KW).

    Returns:
        (N, C, H + 2 padding, W + 2 padding). X itself where nothing is to be done.
    """
    N, C, H, W = X.shape
    order = memory_order(C, kernel_size)
    if padding == 0 and order == "C":
        return X
    height, width = H + 2 * padding, W + 2 * padding
    padded = np.zeros((C, N * height * width), X.dtype, order).reshape(C, N, height, width)
    padded = padded.transpose(1, 0, 2, 3)  # (N, C, height, width)
    padded[:, :, padding : padding + H, padding : padding + W] = X
    return padded


def kernel_matrix(kernels):
    """Write each kernel as a row, its entries in the order of the rows of U.

    Args:
        kernels: (F, C_in, KH, KW).

    Returns:
        (F, KH KW C_in).
    """
    return kernels.transpose(0, 2, 3, 1).reshape(len(kernels), -1)
