"""What a ConvNet is told, made whole: sizes as tuples, layers numbered through."""

import re

import numpy as np

from ._checks import expect_whole


def numbered_from(first, arrays):
    """Add to each layer's number, the digits of its key.

    Args:
        first: how much to add.
        arrays: {key: array}, keys such as "W1" or "gamma2".

    Returns:
        {key: array} in the same order, the arrays themselves.
    """
    parts = {key: re.fullmatch(r"(\D+)(\d+)", key).groups() for key in arrays}
    return {f"{name}{int(i) + first}": arrays[key] for key, (name, i) in parts.items()}


def image_shape(given):
    """Give a picture's shape with its channels.

    Args:
        given: (H, W, C), or (H, W) for grey pictures.

    Returns:
        (H, W, C).

    Raises:
        TypeError, ValueError: no shape of a picture.
    """
    shape = whole_numbers("image_shape", given)
    if len(shape) not in (2, 3):
        raise ValueError(f"image_shape: expected (H, W) or (H, W, C), got {shape}")
    return (*shape, 1)[:3]


def one_for_each(name, given, n):
    """Give a number for each block.

    Args:
        name: how the caller calls it, for the message.
        given: one number for all blocks, or n of them.
        n: number of blocks.

    Returns:
        A tuple of n whole numbers.

    Raises:
        TypeError, ValueError: no whole numbers from 1 on, or not n of them.
    """
    numbers = whole_numbers(name, [given] * n if np.ndim(given) == 0 else given)
    if len(numbers) != n:
        raise ValueError(f"{name}: expected one number or one for each of {n} blocks, got {given}")
    return numbers


def whole_numbers(name, given):
    """Give a tuple of whole numbers, 1 or more, at least one of them.

    Args:
        name: how the caller calls it, for the message.
        given: a sequence.

    Returns:
        A tuple of ints.

    Raises:
        TypeError, ValueError: something else.
    """
    if np.ndim(given) != 1 or len(given) == 0:
        raise ValueError(f"{name}: expected a tuple of whole numbers such as (16, 32), got {given}")
    for number in given:
        expect_whole(name, number, 1)
    return tuple(int(number) for number in given)
