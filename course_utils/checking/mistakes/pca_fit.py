"""Slips in finding principal components."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_pca import (
    CENTRE,
    DIVISOR,
    HOW_MANY,
    ORDER,
    ROWS_OR_COLUMNS,
    SHARES,
    SQUARED,
    STANDARDISED,
    UNIT_LENGTH,
    WHICH_SIDE,
)

FIT = "pca_fit"
BOTH = "components variances"


def _svd(X):
    return np.linalg.svd(X - X.mean(axis=0), full_matrices=False)


def _from(matrix, N, k):
    """Components and variances of a matrix that was prepared in another way."""
    _, s, Vt = np.linalg.svd(matrix, full_matrices=False)
    return {"components": Vt[:k], "variances": s[:k] ** 2 / (N - 1)}


def _covariances(X):
    return np.cov(X, rowvar=False)


@mistake(FIT, BOTH, "X is not centred: its mean counts as a direction of spread", CENTRE)
def not_centred(X, k):
    return _from(X, len(X), k)


@mistake(FIT, BOTH, "each row is centred on its own mean, not each column", CENTRE)
def rows_centred(X, k):
    return _from(X - X.mean(axis=1, keepdims=True), len(X), k)


@mistake(FIT, BOTH, "all of X is centred on one number, the mean of everything", CENTRE)
def centred_on_one_number(X, k):
    return _from(X - X.mean(), len(X), k)


@mistake(FIT, BOTH, "X is centred on its medians, not its means", CENTRE)
def centred_on_medians(X, k):
    return _from(X - np.median(X, axis=0), len(X), k)


@mistake(FIT, "mean", "mean is that of each row, not of each column", CENTRE)
def mean_of_rows(X, k):
    return X.mean(axis=1)


@mistake(FIT, "mean", "mean is one number for all of X, not one for each column", CENTRE)
def mean_of_everything(X, k):
    return X.mean()


@mistake(FIT, "mean", "mean is one number repeated, not one for each column", CENTRE)
def mean_repeated(X, k):
    return np.full(X.shape[1], X.mean(), X.dtype)


@mistake(FIT, "mean", "mean is the median of each column", CENTRE)
def mean_is_median(X, k):
    return np.median(X, axis=0)


@mistake(FIT, "mean", "mean is the sum of each column: not divided by N", CENTRE)
def mean_not_divided(X, k):
    return X.sum(axis=0)


@mistake(FIT, "mean", "mean is that of the centred X, which is 0", CENTRE)
def mean_after_centring(X, k):
    return (X - X.mean(axis=0)).mean(axis=0)


@mistake(FIT, BOTH, "the columns are divided by their standard deviations", STANDARDISED)
def standardised(X, k):
    return _from((X - X.mean(axis=0)) / X.std(axis=0), len(X), k)


@mistake(FIT, BOTH, "these belong to the correlations, not the covariances", STANDARDISED)
def of_correlations(X, k):
    return _from((X - X.mean(axis=0)) / X.std(axis=0, ddof=1), len(X), k)


@mistake(FIT, BOTH, "the columns are squeezed to 0 to 1 first", STANDARDISED)
def squeezed(X, k):
    lowest = X.min(axis=0)
    Z = (X - lowest) / (X.max(axis=0) - lowest)
    return _from(Z - Z.mean(axis=0), len(X), k)


@mistake(FIT, "components", "components stand in columns, not in rows", ROWS_OR_COLUMNS)
def in_columns(X, k):
    return _svd(X)[2][:k].T


@mistake(
    FIT, "components", "components are columns of Vt, but svd puts them in rows", ROWS_OR_COLUMNS
)
def columns_of_vt(X, k):
    return _svd(X)[2][:, :k]


@mistake(
    FIT, "components", "components are cut from columns of Vt, not from its rows", ROWS_OR_COLUMNS
)
def columns_of_vt_as_rows(X, k):
    return _svd(X)[2][:, :k].T


@mistake(FIT, "components", "components are rows of what eigh gives, not columns", ROWS_OR_COLUMNS)
def rows_of_eigh(X, k):
    return np.linalg.eigh(_covariances(X))[1][::-1][:k]


@mistake(FIT, "components", "components are rows of eigh's vectors, not columns", ROWS_OR_COLUMNS)
def first_rows_of_eigh(X, k):
    return np.linalg.eigh(_covariances(X))[1][:k]


@mistake(FIT, "components", "components are rows of U: directions among examples", WHICH_SIDE)
def rows_of_u(X, k):
    return _svd(X)[0][:k]


@mistake(FIT, "components", "components are columns of U: a number for each example", WHICH_SIDE)
def columns_of_u(X, k):
    return _svd(X)[0][:, :k].T


@mistake(FIT, "components", "components are columns of U, and stand in columns", WHICH_SIDE)
def columns_of_u_in_columns(X, k):
    return _svd(X)[0][:, :k]


@mistake(
    FIT, BOTH, "the covariances are those of the examples, (N, N), not of the inputs", WHICH_SIDE
)
def covariances_of_rows(X, k):
    values, vectors = np.linalg.eigh(np.cov(X))
    return {"components": vectors[:, ::-1][:, :k].T, "variances": values[::-1][:k]}


@mistake(FIT, BOTH, "these have the smallest variances: eigh sorts from the smallest up", ORDER)
def smallest_first(X, k):
    values, vectors = np.linalg.eigh(_covariances(X))
    return {"components": vectors[:, :k].T, "variances": values[:k]}


@mistake(FIT, BOTH, "the right ones stand in rising order: the largest must come first", ORDER)
def rising(X, k):
    values, vectors = np.linalg.eigh(_covariances(X))
    return {"components": vectors[:, -k:].T, "variances": values[-k:]}


@mistake(FIT, "components", "components have the smallest variances, the last rows of Vt", ORDER)
def last_rows(X, k):
    return _svd(X)[2][-k:]


@mistake(FIT, BOTH, "the first one is skipped: these start with the second", ORDER)
def first_skipped(X, k):
    _, s, Vt = _svd(X)
    return {"components": Vt[1 : k + 1], "variances": s[1 : k + 1] ** 2 / (len(X) - 1)}


@mistake(FIT, BOTH, "all of them are the first one: what was found is not taken out", ORDER)
def always_the_first(X, k):
    _, s, Vt = _svd(X)
    every = np.zeros(k, dtype=int)
    return {"components": Vt[every], "variances": s[every] ** 2 / (len(X) - 1)}


@mistake(FIT, "variances", "variances are divided by N, not by N − 1", DIVISOR)
def divided_by_n(X, k):
    return _svd(X)[1][:k] ** 2 / len(X)


@mistake(FIT, "variances", "variances are sums of squares: not divided by N − 1", DIVISOR)
def not_divided(X, k):
    return _svd(X)[1][:k] ** 2


@mistake(FIT, "variances", "variances are divided by the number of inputs D", DIVISOR)
def divided_by_inputs(X, k):
    return _svd(X)[1][:k] ** 2 / X.shape[1]


@mistake(FIT, "variances", "variances are mean squares from 0, not from the mean", CENTRE)
def mean_squares(X, k):
    return ((X @ _svd(X)[2][:k].T) ** 2).sum(axis=0) / (len(X) - 1)


@mistake(FIT, "variances", "variances are the singular values, not squared", SQUARED)
def singular_values(X, k):
    return _svd(X)[1][:k]


@mistake(FIT, "variances", "variances are singular values by N − 1: the square is missing", SQUARED)
def not_squared(X, k):
    return _svd(X)[1][:k] / (len(X) - 1)


@mistake(FIT, "variances", "variances are their roots, the standard deviations", SQUARED)
def standard_deviations(X, k):
    return _svd(X)[1][:k] / np.sqrt(len(X) - 1)


@mistake(FIT, "variances", "variances are squared once too often", SQUARED)
def squared_twice(X, k):
    return (_svd(X)[1][:k] ** 2 / (len(X) - 1)) ** 2


@mistake(FIT, "variances", "variances are shares of the total", SHARES)
def shares(X, k):
    s = _svd(X)[1]
    return s[:k] ** 2 / (s**2).sum()


@mistake(FIT, "variances", "variances are shares, of singular values that are not squared", SHARES)
def shares_of_singular_values(X, k):
    s = _svd(X)[1]
    return s[:k] / s.sum()


@mistake(FIT, "variances", "variances are shares of the sum of the k chosen", SHARES)
def shares_of_k(X, k):
    s = _svd(X)[1][:k]
    return s**2 / (s**2).sum()


@mistake(FIT, "variances", "variances are running sums, not one for each component", SHARES)
def running_sums(X, k):
    return np.cumsum(_svd(X)[1][:k] ** 2) / (len(X) - 1)


@mistake(FIT, "variances", "variances are those of the columns of X, the largest k", ORDER)
def variances_of_columns(X, k):
    return np.sort(X.var(axis=0, ddof=1))[::-1][:k]


@mistake(FIT, "components", "components are as long as their singular values, not 1", UNIT_LENGTH)
def times_singular_values(X, k):
    _, s, Vt = _svd(X)
    return s[:k, None] * Vt[:k]


@mistake(FIT, "components", "components are as long as their standard deviations", UNIT_LENGTH)
def times_deviations(X, k):
    _, s, Vt = _svd(X)
    return s[:k, None] * Vt[:k] / np.sqrt(len(X) - 1)


@mistake(FIT, "components", "components are divided by their singular values", UNIT_LENGTH)
def by_singular_values(X, k):
    _, s, Vt = _svd(X)
    return Vt[:k] / s[:k, None]


@mistake(FIT, "components", "components are divided by their standard deviations", UNIT_LENGTH)
def by_deviations(X, k):
    _, s, Vt = _svd(X)
    return Vt[:k] / s[:k, None] * np.sqrt(len(X) - 1)


@mistake(FIT, "components", "components have lost the signs of their entries", UNIT_LENGTH)
def absolute(X, k):
    return np.abs(_svd(X)[2][:k])


@mistake(FIT, "components", "components are the scores of the examples", WHICH_SIDE)
def scores(X, k):
    centred = X - X.mean(axis=0)
    return centred @ _svd(X)[2][:k].T


@mistake(FIT, BOTH, "all of them are returned, not the first k", HOW_MANY)
def all_of_them(X, k):
    return _from(X - X.mean(axis=0), len(X), len(X))


@mistake(FIT, "components", "components are k + 1, one too many", HOW_MANY)
def one_too_many(X, k):
    return _svd(X)[2][: k + 1]
