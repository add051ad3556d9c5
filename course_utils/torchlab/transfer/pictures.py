"""Rows of pixels, as the data sets hold them, prepared as a backbone was trained."""

from math import prod

import numpy as np


class Pictures:
    """Turn a batch of pixels into what a backbone takes: its size, its range, its channels.

    One object for training, validation and test: then no set can be prepared otherwise.

    Args:
        backbone: a Backbone; its normalise is used.
        image_shape: (H, W, C) of the rows, or (H, W) for grey pictures.

    Raises:
        ValueError: a shape that is none of a picture.
    """

    def __init__(self, backbone, image_shape):
        shape = tuple(int(n) for n in image_shape)
        if len(shape) not in (2, 3) or min(shape) < 1 or (*shape, 1)[2] not in (1, 3):
            raise ValueError(
                f"image_shape: expected (H, W, 3), or (H, W) for grey pictures, got {shape}"
            )
        self.backbone, self.image_shape = backbone, (*shape, 1)[:3]

    def __call__(self, X):
        """Prepare a batch.

        Args:
            X: uint8, rows (N, H*W*C) or pictures (N, C, h, w), such as a cut of them.

        Returns:
            (N, 3, *input_size), float32, NumPy.

        Raises:
            TypeError: no bytes; prepared already?
            ValueError: another shape.
        """
        return self.backbone.normalise(self.as_pictures(X)).cpu().numpy()

    def as_pictures(self, X):
        """See a batch as colour pictures, (N, 3, h, w), uint8; arguments as for a call."""
        X = np.asarray(X)
        if X.dtype != np.uint8:
            raise TypeError(
                f"X: expected uint8 pixels (0 to 255), got {X.dtype}; prepared already?"
            )
        H, W, C = self.image_shape
        if X.ndim == 2 and X.shape[1] == prod(self.image_shape):
            X = X.reshape(-1, H, W, C).transpose(0, 3, 1, 2)
        elif X.ndim != 4 or X.shape[1] != C:
            raise ValueError(
                f"X: expected rows (N, {prod(self.image_shape)}) or pictures (N, {C}, h, w), "
                f"got {X.shape}; another data set?"
            )
        return X.repeat(3, axis=1) if C == 1 else X  # grey: the same in red, green and blue
