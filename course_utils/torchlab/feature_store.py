"""Rows that took long to compute, kept on disk piece by piece, so that a stop costs one piece."""

import contextlib
import shutil
import sys

import numpy as np

from course_utils.data.whole_files import mapped, write_header, written_whole

PIECE = 128  # rows; a few seconds of work on a laptop


def kept_rows(paths, n, compute, shapes, dtype, *, description=""):
    """Compute rows once, or take them from disk; a computation that was cut short goes on.

    Without room on the disk, or the right to write there, the rows are computed each time:
    slower, and said once on stderr, but no error.

    Args:
        paths: for each kind of row, the .npy file that keeps it.
        n: how many rows.
        compute: given the kinds that are missing, and the first row and the one after the
            last, gives their arrays by kind.
        shapes: for each kind, the shape of one row.
        dtype: of all arrays.
        description: what the progress bar says.

    Returns:
        For each kind an array of n rows, read-only, mapped from its file.
    """
    found = {kind: mapped(path, (n, *shapes[kind]), dtype) for kind, path in paths.items()}
    missing = [kind for kind, array in found.items() if array is None]
    if not missing:
        return found
    ranges = [(start, min(start + PIECE, n)) for start in range(0, n, PIECE)]
    try:
        for start, stop in bar(ranges, description=description):
            _keep_piece(paths, missing, start, stop, compute, shapes, dtype)
        for kind in missing:
            _join(paths[kind], ranges, (n, *shapes[kind]), dtype)
            found[kind] = mapped(paths[kind], (n, *shapes[kind]), dtype)
    except OSError as error:
        print(f"the cache: features cannot be kept ({error}); in memory only", file=sys.stderr)
        found |= _in_memory(missing, ranges, compute, shapes, dtype, description)
    return found


def bar(*args, **settings):
    """A progress bar; imported when one is shown, because it brings matplotlib."""
    from course_utils.show.progress import progress_bar

    return progress_bar(*args, **settings)


def _keep_piece(paths, kinds, start, stop, compute, shapes, dtype):
    """Write the pieces of these rows that are not there yet."""
    rows = {kind: (stop - start, *shapes[kind]) for kind in kinds}
    left = [k for k in kinds if mapped(_piece(paths[k], start), rows[k], dtype) is None]
    if not left:
        return
    for kind, array in compute(left, start, stop).items():
        with written_whole(_piece(paths[kind], start)) as file:
            np.save(file, array.astype(dtype, copy=False), allow_pickle=False)


def _join(path, ranges, shape, dtype):
    """Make one file of the pieces, and remove them."""
    try:
        with written_whole(path) as file:
            write_header(file, shape, dtype)
            for start, _ in ranges:
                file.write(np.load(_piece(path, start), allow_pickle=False).tobytes())
    except FileNotFoundError:
        # Another notebook that works on the same rows may have been quicker.
        if not path.is_file():
            raise
    with contextlib.suppress(OSError):
        shutil.rmtree(_folder(path))


def _in_memory(kinds, ranges, compute, shapes, dtype, description):
    n = ranges[-1][1]
    arrays = {kind: np.empty((n, *shapes[kind]), dtype) for kind in kinds}
    for start, stop in bar(ranges, description=description):
        for kind, array in compute(kinds, start, stop).items():
            arrays[kind][start:stop] = array
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _folder(path):
    return path.with_suffix(".pieces")


def _piece(path, start):
    return _folder(path) / f"{start:07d}.npy"
