"""Work through a large array (N, D) in blocks that stay in the processor's cache.

Three things make plain NumPy slow and inexact on such arrays, and blocks mend them.

- Each operation reads and writes the whole array. In blocks of a megabyte the next
  operation finds its numbers still in the cache.
- Where one number for each column meets every row, NumPy starts anew with each short row, and
  copies it on the way. So several rows are taken as one long run, and the numbers for the
  columns are written out as often: until there are 8192, what NumPy takes at once. Rows that
  are long enough to start anew stay as they are, and NumPy is told to take less, which spares
  the copies: that helps where one number for each row meets its columns, too.
- A float32 has seven digits. Where 100,000 numbers are added one after the other, the sum
  soon has no room left for the last digits of the next number. Here at most 512 numbers are
  summed in the array's own dtype, and those sums are added in float64.
"""

from contextlib import contextmanager

import numpy as np

# Measured with the three norms: a quarter of it takes a tenth to a quarter longer, four times
# as much is the same.
BLOCK_BYTES = 2**20
RUN = 8192
PIECE = 512
# Measured where each row meets one number: without copies rows of 800 take two fifths less time,
# rows of 512 a fifth less, rows of 256 a third more.
LONG_ROW = 512


class Blocks:
    """Blocks of rows, or of columns where the entries of a column lie side by side.

    A block is handed out as a matrix of long runs: (runs, rows in a run times D), or in
    order "F" (columns, N). What is done with it is done inside `with uncopied(blocks.length)`.

    Args:
        shape: (N, D).
        dtype: of the array.
        order: "C" where the entries of a row lie side by side, "F" where those of a column do.

    Attributes:
        parts: slices of rows, or of columns, which together cover the array.
        length: numbers in a row, or in a column.
    """

    def __init__(self, shape, dtype, order="C"):
        self.shape, self.dtype, self.order = tuple(shape), np.dtype(dtype), order
        N, D = self.shape
        self.length = N if order == "F" else D
        size = max(1, BLOCK_BYTES // self.dtype.itemsize)
        self._rows = 1  # in a run
        if order == "F":
            self.parts = _cut(D, size // max(1, N))
        else:
            if D < LONG_ROW:
                self._rows = max(1, min(N, -(-min(RUN, size) // max(1, D))))
            whole = N - N % self._rows
            self.parts = _cut(whole, size // max(1, self._rows * D) * self._rows or self._rows)
            self.parts += _cut(N, N, start=whole)
        longest = max((part.stop - part.start for part in self.parts), default=0)
        self._scratch = np.empty(longest * self.length, self.dtype)
        self._ones = np.ones(PIECE, self.dtype)

    def empty(self):
        """Make an array (N, D) that lies in memory as the blocks go."""
        return np.empty(self.shape, self.dtype, self.order)

    def of(self, array, part):
        """Give a block of an array (N, D) as a matrix of long runs: a view where it can be."""
        if self.order == "F":
            return array.T[part]
        count = part.stop - part.start
        return array[part].reshape(count // min(count, self._rows), -1)

    def scratch(self, part):
        """Give room for a block, shaped as it is; the next call gives the same room."""
        count = part.stop - part.start
        runs = count if self.order == "F" else count // min(count, self._rows)
        return self._scratch[: count * self.length].reshape(runs, -1)

    def beside(self, vector):
        """Prepare one number for each column to meet every row.

        Args:
            vector: (D,).

        Returns:
            A function from a part to an array that fits beside the block.
        """
        if self.order == "F":
            return vector.astype(self.dtype)[:, None].__getitem__
        run = np.empty((self._rows, len(vector)), self.dtype)
        run[...] = vector
        run = run.reshape(-1)
        return lambda part: run[: (part.stop - part.start) * len(vector)]

    def subtract(self, array, vector, out):
        """Take one number off each column of an array (N, D); out is from empty."""
        beside = self.beside(vector)
        for part in self.parts:
            np.subtract(self.of(array, part), beside(part), out=self.of(out, part))

    def sums(self):
        """Start sums of the columns: zeros, (D,), in float64, for add_columns."""
        return np.zeros(self.shape[1], np.result_type(self.dtype, np.float64))

    def add_columns(self, sums, part, block):
        """Add the columns of a block, from of or scratch. A product with ones is the fastest sum.

        Args:
            sums: (D,), from sums; changed in place.
            part: where the block is.
            block: a matrix of long runs.
        """
        if self.order == "F":
            rows, sums = block.T, sums[part]  # (N, columns), and a view of sums
        else:
            rows = block.reshape(part.stop - part.start, -1)  # (n, D)
        if len(rows) <= PIECE:
            sums += self._ones[: len(rows)] @ rows
            return
        whole = len(rows) - len(rows) % PIECE
        pieces = self._ones @ rows[:whole].reshape(-1, PIECE, rows.shape[1])
        sums += pieces.sum(axis=0, dtype=sums.dtype)
        sums += self._ones[: len(rows) - whole] @ rows[whole:]


@contextmanager
def uncopied(length):
    """Keep NumPy from copying rows, if they are long, where each meets one number or few.

    Args:
        length: numbers in a row.
    """
    if length < LONG_ROW:
        yield
        return
    # What is shorter than its buffer NumPy puts together there first.
    before = np.setbufsize(LONG_ROW)
    try:
        yield
    finally:
        np.setbufsize(before)


def order_of(X):
    """Say which entries of X lie side by side: "F" for those of a column, else "C"."""
    return "F" if X.flags.f_contiguous and not X.flags.c_contiguous else "C"


def _cut(stop, size, start=0):
    """Slices of this size, at least 1, from start to stop; the last may be shorter."""
    size = max(1, size)
    return [slice(i, min(i + size, stop)) for i in range(start, stop, size)]
