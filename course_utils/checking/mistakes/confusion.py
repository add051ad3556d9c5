"""Slips in the table of who is taken for whom."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import LEFT_EARLY
from course_utils.checking.mistakes.advice_linear import (
    TABLE_AXES,
    TABLE_SHARES,
    TABLE_SIZE,
    TABLE_TICKS,
)

_TABLE = "confusion_matrix"


def _counts(y, predicted, C):
    counts = np.zeros((C, C))
    np.add.at(counts, (y, predicted), 1)
    return counts


@mistake(_TABLE, "counts", "counts has the answers as rows: it is transposed", TABLE_AXES)
def transposed(y, predicted, C):
    return _counts(y, predicted, C).T


@mistake(_TABLE, "counts", "counts has the labels for both axes", TABLE_AXES)
def labels_twice(y, predicted, C):
    return _counts(y, y, C)


@mistake(_TABLE, "counts", "counts has the answers for both axes", TABLE_AXES)
def answers_twice(y, predicted, C):
    return _counts(predicted, predicted, C)


@mistake(_TABLE, "counts", "counts ticks each pair twice, here and mirrored", TABLE_AXES)
def mirrored(y, predicted, C):
    counts = _counts(y, predicted, C)
    return counts + counts.T


@mistake(_TABLE, "counts", "counts has the last class first: its rows are reversed", TABLE_AXES)
def rows_reversed(y, predicted, C):
    return _counts(y, predicted, C)[::-1]


@mistake(_TABLE, "counts", "counts ticks a repeated pair only once", TABLE_TICKS)
def repeats_lost(y, predicted, C):
    return np.minimum(_counts(y, predicted, C), 1)


@mistake(_TABLE, "counts", "counts has the right answers alone, on the diagonal", TABLE_TICKS)
def diagonal_only(y, predicted, C):
    return np.diag(np.diag(_counts(y, predicted, C)))


@mistake(_TABLE, "counts", "counts has the wrong answers alone: its diagonal is empty", TABLE_TICKS)
def errors_only(y, predicted, C):
    counts = _counts(y, predicted, C)
    return counts - np.diag(np.diag(counts))


@mistake(_TABLE, "counts", "counts has the number of right answers of each class", TABLE_TICKS)
def right_by_class(y, predicted, C):
    return np.diag(_counts(y, predicted, C))


@mistake(_TABLE, "counts", "counts has whole rows ticked: only y is used as an index", TABLE_TICKS)
def whole_rows(y, predicted, C):
    return _counts(y, predicted, C).sum(axis=1, keepdims=True).repeat(C, axis=1)


@mistake(_TABLE, "counts", "counts is one list C times: a tick shows in every row", TABLE_TICKS)
def shared_rows(y, predicted, C):
    return np.tile(np.bincount(predicted, minlength=C), (C, 1))


@mistake(_TABLE, "counts", "counts starts from ones, not from zeros", TABLE_TICKS)
def from_ones(y, predicted, C):
    return _counts(y, predicted, C) + 1


@mistake(_TABLE, "counts", "counts weighs each tick with its label", TABLE_TICKS)
def weighed_with_label(y, predicted, C):
    return _counts(y, predicted, C) * np.arange(C)[:, None]


@mistake(_TABLE, "counts", "counts multiplies class totals: pairs are lost", TABLE_TICKS)
def products_of_totals(y, predicted, C):
    return np.outer(np.bincount(y, minlength=C), np.bincount(predicted, minlength=C))


@mistake(_TABLE, "counts", "counts leaves the last example out", LEFT_EARLY)
def without_last(y, predicted, C):
    return _counts(y[:-1], predicted[:-1], C)


@mistake(_TABLE, "counts", "counts leaves the first example out", LEFT_EARLY)
def without_first(y, predicted, C):
    return _counts(y[1:], predicted[1:], C)


@mistake(_TABLE, "counts", "counts looks at the first C examples only", LEFT_EARLY)
def first_C(y, predicted, C):
    return _counts(y[:C], predicted[:C], C)


@mistake(_TABLE, "counts", "counts holds one tick: a return inside the loop", LEFT_EARLY)
def one_tick(y, predicted, C):
    return _counts(y[:1], predicted[:1], C)


@mistake(_TABLE, "counts", "counts is divided by N: shares of all examples", TABLE_SHARES)
def shares(y, predicted, C):
    return _counts(y, predicted, C) / len(y)


@mistake(_TABLE, "counts", "counts is divided by row: shares of each class", TABLE_SHARES)
def shares_of_rows(y, predicted, C):
    counts = _counts(y, predicted, C)
    return counts / counts.sum(axis=1, keepdims=True)


@mistake(_TABLE, "counts", "counts is divided by row: shares of each class", TABLE_SHARES)
def shares_of_rows_guarded(y, predicted, C):
    counts = _counts(y, predicted, C)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@mistake(_TABLE, "counts", "counts is divided by column: shares of each answer", TABLE_SHARES)
def shares_of_columns(y, predicted, C):
    counts = _counts(y, predicted, C)
    return counts / counts.sum(axis=0)


@mistake(_TABLE, "counts", "counts is in percent of all examples", TABLE_SHARES)
def percent(y, predicted, C):
    return 100 * _counts(y, predicted, C) / len(y)


@mistake(_TABLE, "counts", "counts is the accuracy, a single share", TABLE_SHARES)
def accuracy(y, predicted, C):
    return np.mean(y == predicted)


@mistake(_TABLE, "counts", "counts is only as large as the largest label needs", TABLE_SIZE)
def size_from_labels(y, predicted, C):
    K = max(y.max(), predicted.max()) + 1
    return _counts(y, predicted, K)


@mistake(_TABLE, "counts", "counts has classes that occur, not all C of them", TABLE_SIZE)
def size_from_classes_seen(y, predicted, C):
    seen = np.unique(np.concatenate([y, predicted]))
    return _counts(np.searchsorted(seen, y), np.searchsorted(seen, predicted), len(seen))


@mistake(_TABLE, "counts", "counts has a row and a column too many", TABLE_SIZE)
def one_too_many(y, predicted, C):
    return _counts(y, predicted, C + 1)


@mistake(_TABLE, "counts", "counts numbers the classes from 1: all is one place off", TABLE_SIZE)
def numbered_from_one(y, predicted, C):
    return _counts((y - 1) % C, (predicted - 1) % C, C)


@mistake(_TABLE, "counts", "counts is one long row: its cells are not arranged", TABLE_SIZE)
def not_arranged(y, predicted, C):
    return _counts(y, predicted, C).ravel()
