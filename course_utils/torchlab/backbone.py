"""A net without its head: pictures in, features out, prepared as it was trained on."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import interpolate


class Backbone(nn.Module):
    """What all nets for pictures have in common, whatever is inside.

    Args:
        net: a Module whose maps(X) gives (N, D, h, w) for pictures (N, 3, H, W).
        name: how tables and files call it.
        input_size: (H, W) that it was trained with, in pixels.
        mean: for each channel, on the scale 0 to 1, what is subtracted.
        std: for each channel, on the scale 0 to 1, what the rest is divided by.
        n_features: D; None asks the net for its n_features.

    Raises:
        TypeError: a net without maps.
        ValueError: mean or std not of three channels, or a std of zero.
    """

    def __init__(self, net, *, name, input_size, mean, std, n_features=None):
        super().__init__()
        if not callable(getattr(net, "maps", None)):
            raise TypeError(
                f"net: expected a Module with a method maps(X), got {type(net).__name__}"
            )
        if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise ValueError(
                f"mean, std: expected three numbers each, std above 0, got {mean}, {std}"
            )
        self.net, self.name, self.input_size = net, name, tuple(input_size)
        self.n_features = net.n_features if n_features is None else n_features
        self.mean, self.std = tuple(map(float, mean)), tuple(map(float, std))

    def normalise(self, pictures):
        """Bring pictures to the size and the range that the net was trained with.

        Args:
            pictures: (N, 3, H, W), uint8, or floats from 0 to 1; NumPy or a tensor.

        Returns:
            A tensor, float32 (N, 3, *input_size), where the net is.

        Raises:
            TypeError: other numbers.
            ValueError: another shape, or floats outside 0 to 1.
        """
        X = self._pixels(pictures)
        if tuple(X.shape[-2:]) != self.input_size:
            X = interpolate(
                X, self.input_size, mode="bilinear", align_corners=False, antialias=True
            )
        mean, std = (X.new_tensor(v).view(1, 3, 1, 1) for v in (self.mean, self.std))
        return (X - mean) / std

    def maps(self, X):
        """Compute the last feature maps: what is seen, and where.

        Args:
            X: normalised pictures, a tensor (N, 3, H, W), floats.

        Returns:
            (N, D, h, w).

        Raises:
            TypeError: pictures that have not been normalised.
        """
        if not torch.is_floating_point(X):
            got = str(X.dtype).removeprefix("torch.")
            raise TypeError(f"X: expected floats, got {got}; normalise(pictures) first")
        return self.net.maps(X)

    def features(self, X):
        """Compute one row of features for each picture: the maps, averaged over the places.

        Args:
            X: as for maps.

        Returns:
            (N, D).
        """
        return self.maps(X).mean(dim=(2, 3))

    def forward(self, X):
        """The features, so that a head can follow in a Sequential."""
        return self.features(X)

    def stages(self):
        """Its layers in groups, from the picture to the features.

        Returns:
            An ordered mapping of names to lists of modules, for rates that differ by depth.
        """
        if hasattr(self.net, "stages"):
            return self.net.stages()
        return {name: [part] for name, part in self.net.named_children()}

    def __repr__(self):
        H, W = self.input_size
        return f"Backbone({self.name}: {H}×{W} pixels in, {self.n_features} features out)"

    def _pixels(self, pictures):
        """Floats from 0 to 1, (N, 3, H, W), where the net is."""
        shape = tuple(pictures.shape)
        if len(shape) != 4 or shape[1] != 3:
            raise ValueError(f"pictures: expected (N, 3, H, W), got {shape}{_likely_cause(shape)}")
        if isinstance(pictures, np.ndarray):
            # A copy: an array mapped from a file is read-only, and PyTorch warns of those.
            pictures = torch.from_numpy(np.array(pictures))
        device = next(self.parameters()).device
        if pictures.dtype == torch.uint8:
            return pictures.to(device).float() / 255
        if not torch.is_floating_point(pictures):
            got = str(pictures.dtype).removeprefix("torch.")
            raise TypeError(f"pictures: expected uint8, or floats from 0 to 1, got {got}")
        low, high = (float(pictures.min()), float(pictures.max())) if len(pictures) else (0, 1)
        if not (low >= 0 and high <= 1):
            cause = "not divided by 255?" if high > 2 else "normalised already?"
            raise ValueError(
                f"pictures: expected floats from 0 to 1, got {low:.3g} to {high:.3g}; {cause}"
            )
        return pictures.to(device).float()


def _likely_cause(shape):
    if len(shape) == 4 and shape[-1] == 3:
        return "; channels last? pictures.transpose(0, 3, 1, 2)"
    if len(shape) == 3 and shape[0] == 3:
        return "; one picture is still a batch: picture[None]"
    if len(shape) == 2:
        return "; rows of pixels? photos.channels_first(X)"
    if len(shape) == 4 and shape[1] == 1:
        return "; grey? pictures.repeat(3, axis=1)"
    return ""
