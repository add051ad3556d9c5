"""Pointed errors for wrong arguments: what, expected, got, likely cause."""

import numpy as np


def expect_floats(name, array, cure="convert with .astype(np.float32)"):
    """Refuse anything but an array of floats.

    Args:
        name: how the lesson calls the array, for the message.
        array: what was given.
        cure: the end of the message: what to do about it.

    Raises:
        TypeError: not a NumPy array, or its numbers are no floats.
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name}: expected a NumPy array of floats, got {type(array).__name__}")
    if array.dtype.kind != "f":
        raise TypeError(f"{name}: expected floats, got {array.dtype}; {cure}")


def expect_shape(name, array, shape, letters, cause=""):
    """Refuse an array of another shape; broadcasting would hide the slip.

    Args:
        name: how the lesson calls the array.
        array: the array.
        shape: the expected shape, a tuple; None stands for any size.
        letters: the same in the lesson's letters, such as "(N, M)".
        cause: where the expected sizes come from, such as "with D = 784 from X".

    Raises:
        ValueError: another shape; the message guesses why.
    """
    got = np.shape(array)
    if len(got) == len(shape) and all(w in (None, g) for g, w in zip(got, shape, strict=True)):
        return
    wanted = letters if None in shape else f"{letters} = {shape}"
    where = f" {cause}" if cause else ""
    raise ValueError(f"{name}: expected {wanted}{where}, got {got}{_likely_cause(got, shape)}")


def _likely_cause(got, shape):
    """Guess what turned the expected shape into the one that came."""

    def fits(candidate):
        same_rank = len(candidate) == len(shape)
        return same_rank and all(w in (None, g) for g, w in zip(candidate, shape, strict=True))

    if len(got) == 2 and len(shape) == 2 and fits(got[::-1]):
        return "; transposed?"
    if len(shape) == 1 and fits(tuple(size for size in got if size != 1)):
        return "; kept an axis of length 1 (keepdims)?"
    if len(shape) == 1 and len(got) == 2:
        return "; not summed over the batch?"
    if len(got) > len(shape) == 2:
        return "; flatten each example first with X.reshape(len(X), -1)?"
    if len(got) == 1 and len(shape) == 2:
        return "; one example is still a batch: X[None, :]?"
    return ""


def expect_labels(y, n_rows, n_classes):
    """Refuse labels that do not fit logits of shape (n_rows, n_classes).

    Args:
        y: labels, expected (N,) of integers from 0 to C - 1.
        n_rows: N.
        n_classes: C, or None where it is not known yet.

    Raises:
        TypeError: labels that are no integers.
        ValueError: one-hot rows, another length, a label outside 0 .. C - 1.
    """
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[0] == n_rows and y.shape[1] in (n_classes, 1):
        cure = "y[:, 0]" if y.shape[1] == 1 else "y.argmax(axis=1)"
        kind = "a column" if y.shape[1] == 1 else "one-hot rows"
        raise ValueError(
            f"y: expected (N,) = ({n_rows},) class numbers, got {kind} {y.shape}; use {cure}"
        )
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"y: expected integer class numbers, got {y.dtype}; convert with y.astype(int)"
        )
    if y.shape != (n_rows,):
        raise ValueError(
            f"y: expected (N,) = ({n_rows},), one label for each row, got {y.shape}; "
            "cut or shuffled apart from X?"
        )
    if n_classes is None or n_rows == 0:
        return
    lowest, highest = int(y.min()), int(y.max())
    if lowest < 0 or highest >= n_classes:
        outside = lowest if lowest < 0 else highest
        why = (
            "labels counted from 1?"
            if lowest >= 1 and highest == n_classes
            else ("last layer too small, or a wrong column?")
        )
        raise ValueError(
            f"y: expected labels from 0 to C - 1 = {n_classes - 1}, got {outside}; {why}"
        )


def expect_generator(rng):
    """Refuse a seed or the global generator where a generator is meant.

    Args:
        rng: expected numpy.random.Generator.

    Raises:
        TypeError: anything else.
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng: expected numpy.random.Generator, got {type(rng).__name__}; "
            "make one with np.random.default_rng(0)"
        )


def expect_whole(name, value, least):
    """Refuse anything but a whole number that is large enough.

    Args:
        name: how the lesson calls the number.
        value: what was given.
        least: the smallest number allowed.

    Raises:
        TypeError: no whole number.
        ValueError: too small.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
