"""Clipping in PyTorch: shorten gradients that are too long, where they stand."""

import math

import torch


def clip_in_place(grads, max_norm):
    """Shorten gradients as course_utils.nn.clip_gradients does, in place.

    Args:
        grads: tensors, the gradients of all parameters; changed.
        max_norm: the greatest length that is let through, above 0.
    """
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
    if max_norm < norm < math.inf:
        for g in grads:
            g.mul_(max_norm / norm)
