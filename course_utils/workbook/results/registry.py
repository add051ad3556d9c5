"""All experiments of the command, in the order in which they are run."""

from __future__ import annotations

from . import (
    captions,
    convolution,
    depth,
    digits,
    insects,
    insects_curve,
    photos,
    photos_torch,
    resnet20,
)
from .experiment import Experiment

EXPERIMENTS: tuple[Experiment, ...] = (
    *digits.EXPERIMENTS,
    *convolution.EXPERIMENTS,
    *photos.EXPERIMENTS,
    *photos_torch.EXPERIMENTS,
    *depth.EXPERIMENTS,
    *captions.EXPERIMENTS,
    *insects.EXPERIMENTS,
    *insects_curve.EXPERIMENTS,
    *resnet20.EXPERIMENTS,
)
