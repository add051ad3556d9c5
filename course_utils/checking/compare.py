"""Compare one returned array with the right one: type, dtype, shape, NaN, values.

The questions are asked in this order because each makes the next one
meaningless: there is no point in talking of values when the shape is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.verdict import NOTE, RIGHT, WRONG, Finding


def compare_part(
    exercise: Exercise, probe: Probe, part: str, got: Any, expected: np.ndarray
) -> Finding:
    """Compare one returned array with the reference's.

    Args:
        exercise: gives the letters of the shapes.
        probe: gives the sizes behind the letters and the tolerance.
        part: name of the array.
        got: whatever the answer returned under this name.
        expected: the right array (or number).

    Returns:
        A finding whose status is right, note or wrong.
    """
    expected = np.asarray(expected)
    for question in (_wrong_type, _wrong_shape, _not_finite, _wrong_values):
        finding = question(exercise, probe, part, got, expected)
        if finding is not None:
            return finding
    return _dtype_remark(probe, part, got)


def _wrong_type(exercise, probe, part, got, expected) -> Finding | None:
    if got is None:
        return _wrong(part, "type", "got None. Is the `return` missing, or its value never set?")
    number = isinstance(got, (int, float, np.number, np.ndarray)) and not isinstance(got, bool)
    if not number:
        what = "an array" if expected.ndim else "a number"
        return _wrong(part, "type", f"expected {what}, got {type(got).__name__}.{_make(got)}")
    dtype = np.asarray(got).dtype
    if dtype.kind in "iu" and expected.ndim == 0 and np.ndim(got) == 0:
        return None  # `return 0` for a penalty of nothing: a number is a number
    if dtype.kind not in "f" and expected.dtype.kind == "f":
        cause = {
            "i": "An array made from integers cuts fractions off.",
            "u": "An array made from integers cuts fractions off.",
            "b": "A mask alone is not yet the result.",
            "O": "Is one entry a list, or None?",
            "c": "For a symmetric matrix eig may turn complex by rounding; eigh is made for it.",
        }.get(dtype.kind, "")
        return _wrong(part, "dtype", f"expected floats, got dtype {dtype}. {cause}".rstrip())
    return None


def _make(got: Any) -> str:
    """How what was returned becomes what is asked for, where that is one step."""
    if isinstance(got, list):
        return " np.array makes an array of a list."
    if type(got).__name__ == "Tensor":
        return " A tensor of one number becomes that number with .item()."
    return ""


def _wrong_shape(exercise, probe, part, got, expected) -> Finding | None:
    got = np.asarray(got)
    if got.shape == expected.shape:
        return None
    message = f"expected {_named_shape(exercise, probe, part, expected)}, got {got.shape}"
    slip = _shape_slip(exercise, probe, part, got, expected)
    evidence = {"expected": expected.shape, "got": got.shape}
    return _wrong(part, "shape", f"{message}{'; ' + slip if slip else '.'}", **evidence)


def _shape_slip(
    exercise: Exercise, probe: Probe, part: str, got: np.ndarray, expected: np.ndarray
) -> str:
    """What would turn the shape (and, if they agree, the numbers) into the right one."""
    if got.size == 0 and expected.size:
        return "nothing is left: a slice such as [k:-k] is empty for k = 0."
    if got.ndim == expected.ndim == 2 and got.T.shape == expected.shape:
        return "transposed?"
    if got.size == expected.size:
        if close(got.reshape(expected.shape), expected, probe.rtol):
            return "the numbers are right, only the shape is not: an axis too many, or too few?"
        turned = _axes_to_exchange(got, expected, probe.rtol)
        return turned or "as many numbers, in another shape."
    if got.ndim > expected.ndim:
        for axis in range(got.ndim):
            if close(got.sum(axis=axis), expected, probe.rtol):
                return f"summed over axis {axis} it would be right."
        if expected.ndim == 1 and got.shape == 2 * expected.shape:
            return "a column and a row spread one another out: an array of shape (n, 1) is no (n,)."
        return "an axis was not summed over."
    if got.ndim < expected.ndim:
        return _one_of_several(exercise, probe, part, got, expected) or (
            "summed over an axis too many?"
        )
    letters = {size: letter for letter, size in probe.sizes.items()}
    if got.ndim == 1 and got.size in letters:
        return f"its length is {letters[got.size]}: summed over the other axis?"
    return _longer_or_shorter(exercise, probe, part, got, expected)


def _axes_to_exchange(got: np.ndarray, expected: np.ndarray, rtol: float) -> str:
    """The two axes that stand in each other's place, if that is all that is wrong."""
    for i, j in itertools.combinations(range(expected.ndim if got.ndim == expected.ndim else 0), 2):
        turned = np.swapaxes(got, i, j)
        if turned.shape == expected.shape and close(turned, expected, rtol):
            return f"the numbers are right, but axes {i} and {j} are exchanged."
    return ""


def _longer_or_shorter(
    exercise: Exercise, probe: Probe, part: str, got: np.ndarray, expected: np.ndarray
) -> str:
    """``axis 1 (T) is one too long``, where one or two axes differ."""
    differing = [k for k in range(expected.ndim) if got.shape[k] != expected.shape[k]]
    if len(differing) > 2 or got.ndim != expected.ndim:
        return "which axis has which size?"
    letters = exercise.shapes.get(part, "").split()
    named = len(letters) == expected.ndim
    inputs = [a.shape for a in (*probe.args, probe.upstream) if isinstance(a, np.ndarray)]
    if got.ndim == 2 and got.shape[0] == got.shape[1] and named and expected.shape in inputs:
        axis = differing[0]
        return (
            f"both axes have the length {letters[1 - axis]}: a product @ sums over "
            f"{letters[axis]}, where entries are to be multiplied one by one?"
        )
    told = []
    for axis in differing:
        name = f" ({letters[axis]})" if named else ""
        by = got.shape[axis] - expected.shape[axis]
        count = "one" if abs(by) == 1 else str(abs(by))
        told.append(f"axis {axis}{name} is {count} too {'long' if by > 0 else 'short'}")
    return f"{', '.join(told)}."


def _one_of_several(
    exercise: Exercise, probe: Probe, part: str, got: np.ndarray, expected: np.ndarray
) -> str:
    """The first or last row (or entry) alone, where all of them are asked for."""
    letters = exercise.shapes.get(part, "").split()
    for axis in range(expected.ndim if got.ndim == expected.ndim - 1 else 0):
        if expected.shape[axis] < 2:
            continue
        along = f" ({letters[axis]})" if len(letters) == expected.ndim else ""
        for which, place in (("last", -1), ("first", 0)):
            if close(got, np.take(expected, place, axis), probe.rtol):
                return (
                    f"these are the right numbers for the {which} place along axis {axis}{along} "
                    "alone; all of them are asked for."
                )
    return ""


def _named_shape(exercise: Exercise, probe: Probe, part: str, expected: np.ndarray) -> str:
    """``(D, M) = (6, 7)``, or the bare shape when the letters are not known."""
    if expected.ndim == 0:
        return "a single number"
    letters = exercise.shapes.get(part, "").split()
    if len(letters) != expected.ndim:
        return f"shape {expected.shape}"
    comma = "," if len(letters) == 1 else ""
    return f"({', '.join(letters)}{comma}) = {expected.shape}"


def _not_finite(exercise, probe, part, got, expected) -> Finding | None:
    got = np.asarray(got)
    bad = ~np.isfinite(got) & np.isfinite(expected)
    if not bad.any():
        return None
    kinds = " and ".join(
        name for name, of in (("NaN", np.isnan(got)), ("inf", np.isinf(got))) if (of & bad).any()
    )
    where = f"{int(bad.sum())} of {got.size} numbers are {kinds}, first at "
    where = where + _index(np.argwhere(bad)[0]) if got.ndim else f"the result is {kinds}"
    message = f"{where}. Look for exp of a large number, log of 0, or 0/0."
    return _wrong(part, "nonfinite", message, positions=np.argwhere(bad).tolist())


def _wrong_values(exercise, probe, part, got, expected) -> Finding | None:
    got = np.asarray(got)
    if close(got, expected, probe.rtol):
        return None
    error = np.abs(got.astype(float) - expected.astype(float))
    worst = np.unravel_index(int(np.argmax(error)), error.shape)
    count = int((error > probe.rtol * scale_of(expected)).sum())
    evidence = {"worst": tuple(int(i) for i in worst), "count": count, "size": got.size}
    if got.ndim == 0:
        message = f"expected {shown(expected)}, got {shown(got)}."
    else:
        message = (
            f"{count} of {got.size} numbers differ; the most at {_index(worst)}: "
            f"expected {shown(expected[worst])}, got {shown(got[worst])}."
        )
    return _wrong(part, "values", message, **evidence)


def _dtype_remark(probe: Probe, part: str, given: Any) -> Finding:
    got = np.asarray(given)
    floats = {a.dtype for a in probe.args if isinstance(a, np.ndarray) and a.dtype.kind == "f"}
    if isinstance(given, np.matrix):
        message = (
            "right, but this is an np.matrix: with it, * is a matrix product and every row keeps "
            "two axes, in later cells as well. Plain arrays and @ do the same without surprises."
        )
        return Finding(part, NOTE, "np.matrix", message)
    if floats == {np.dtype(np.float32)} and got.dtype == np.float64 and got.ndim:
        message = (
            "right, but float32 in gave float64 out: an array of float64 or of whole numbers "
            "joined in (np.zeros, np.eye, np.arange without `dtype=`). That doubles memory and "
            "time from here on."
        )
        return Finding(part, NOTE, "dtype", message, {"got": "float64", "expected": "float32"})
    if floats == {np.dtype(np.float64)} and got.dtype.itemsize < 8:
        message = (
            f"right, but float64 in gave {got.dtype} out: digits are lost that a gradient "
            "check needs. Keep the dtype of the input."
        )
        return Finding(part, NOTE, "dtype", message, {"got": str(got.dtype), "expected": "float64"})
    return Finding(part, RIGHT)


def close(got: np.ndarray, expected: np.ndarray, rtol: float) -> bool:
    """Whether two arrays agree to `rtol` of the largest expected number, entry by entry.

    The scale is the array's, not the entry's: an entry that should be 0 and is
    1e-17 is right. float32 arithmetic passes, a lost term does not.
    """
    if np.shape(got) != np.shape(expected):
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.abs(np.asarray(got, float) - np.asarray(expected, float))
        same = difference <= rtol * scale_of(expected)
    return bool(np.all(same | (got == expected)))


def scale_of(expected: np.ndarray) -> float:
    """The largest finite magnitude in an array; 1 if there is none but 0."""
    magnitudes = np.abs(np.asarray(expected, dtype=float))
    finite = magnitudes[np.isfinite(magnitudes)]
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def shown(value: Any) -> str:
    """A number with four significant digits."""
    return f"{float(value) + 0.0:.4g}"  # + 0.0 turns −0 into 0


def _index(position) -> str:
    return "[" + ", ".join(str(int(i)) for i in position) + "]"


def _wrong(part: str, cause: str, message: str, **evidence: Mapping) -> Finding:
    return Finding(part, WRONG, cause, message, dict(evidence))
