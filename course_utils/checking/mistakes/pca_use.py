"""Slips in using principal components: scores, what is rebuilt, and how many are needed."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import TRANSPOSED
from course_utils.checking.mistakes.advice_pca import (
    ADD_MEAN,
    AT_LEAST,
    CUMULATIVE,
    OFF_BY_ONE,
    PROJECT_CENTRE,
    REBUILD_ALL,
    SCORES_FORM,
)

COMPRESS, NEEDED = "pca_compress", "components_needed"


def _scores(X, mean, components):
    return (X - mean) @ components.T


def _plane(components):
    """The (D, D) matrix that projects onto the components."""
    return components.T @ components


@mistake(
    COMPRESS, "scores", "scores are those of X itself: the mean is not taken off", PROJECT_CENTRE
)
def not_centred(X, mean, components):
    return X @ components.T


@mistake(COMPRESS, "scores", "scores have the mean added, not taken off", PROJECT_CENTRE)
def mean_added_first(X, mean, components):
    return (X + mean) @ components.T


@mistake(
    COMPRESS,
    "scores",
    "scores are measured from the mean of this X, not the one given",
    PROJECT_CENTRE,
)
def own_mean(X, mean, components):
    return (X - X.mean(axis=0)) @ components.T


@mistake(COMPRESS, "scores", "scores have the mean of each row taken off", PROJECT_CENTRE)
def rows_centred(X, mean, components):
    return (X - X.mean(axis=1, keepdims=True)) @ components.T


@mistake(COMPRESS, "scores", "scores have one number taken off all columns", PROJECT_CENTRE)
def one_number_off(X, mean, components):
    return (X - mean.mean()) @ components.T


@mistake(
    COMPRESS, "scores", "scores are negative: the mean less X, not X less the mean", PROJECT_CENTRE
)
def turned_round(X, mean, components):
    return (mean - X) @ components.T


@mistake(COMPRESS, "scores", "scores are transposed: (k, N)", TRANSPOSED)
def scores_transposed(X, mean, components):
    return components @ (X - mean).T


@mistake(COMPRESS, "scores", "scores are divided by their standard deviations", SCORES_FORM)
def whitened(X, mean, components):
    scores = _scores(X, mean, components)
    return scores / scores.std(axis=0)


@mistake(COMPRESS, "scores", "scores are of columns divided by their deviations", SCORES_FORM)
def standardised(X, mean, components):
    return (X - mean) / X.std(axis=0) @ components.T


@mistake(COMPRESS, "scores", "scores of each example are brought to length 1", SCORES_FORM)
def unit_rows(X, mean, components):
    scores = _scores(X, mean, components)
    return scores / np.linalg.norm(scores, axis=1, keepdims=True)


@mistake(COMPRESS, "scores", "scores have lost their sign", SCORES_FORM)
def absolute(X, mean, components):
    return np.abs(_scores(X, mean, components))


@mistake(COMPRESS, "scores", "scores are squared", SCORES_FORM)
def squared(X, mean, components):
    return _scores(X, mean, components) ** 2


@mistake(COMPRESS, "scores", "scores are divided by the number of inputs", SCORES_FORM)
def by_inputs(X, mean, components):
    return _scores(X, mean, components) / X.shape[1]


@mistake(COMPRESS, "X_hat", "X_hat lacks the mean: it is not added back", ADD_MEAN)
def mean_not_added(X, mean, components):
    return (X - mean) @ _plane(components)


@mistake(COMPRESS, "X_hat", "X_hat has the mean neither taken off nor added back", ADD_MEAN)
def no_mean_at_all(X, mean, components):
    return X @ _plane(components)


@mistake(COMPRESS, "X_hat", "X_hat has the mean added back, but never taken off", PROJECT_CENTRE)
def added_only(X, mean, components):
    return X @ _plane(components) + mean


@mistake(COMPRESS, "X_hat", "X_hat has the mean taken off once more, not added back", ADD_MEAN)
def taken_off_twice(X, mean, components):
    return (X - mean) @ _plane(components) - mean


@mistake(COMPRESS, "X_hat", "X_hat has the mean added twice", ADD_MEAN)
def added_twice(X, mean, components):
    return (X - mean) @ _plane(components) + 2 * mean


@mistake(COMPRESS, "X_hat", "X_hat is around the mean of this X, not the one given", ADD_MEAN)
def around_own_mean(X, mean, components):
    own = X.mean(axis=0)
    return (X - own) @ _plane(components) + own


@mistake(COMPRESS, "X_hat", "X_hat gets back the mean of this X, not the one taken off", ADD_MEAN)
def own_mean_back(X, mean, components):
    return (X - mean) @ _plane(components) + X.mean(axis=0)


@mistake(COMPRESS, "X_hat", "X_hat gets back one number, not the mean of each column", ADD_MEAN)
def one_number_back(X, mean, components):
    return (X - mean) @ _plane(components) + mean.mean()


@mistake(COMPRESS, "X_hat", "X_hat is made from the first score alone", REBUILD_ALL)
def first_score(X, mean, components):
    return _scores(X, mean, components[:1]) @ components[:1] + mean


@mistake(
    COMPRESS, "X_hat", "X_hat is made from the last score alone: = in place of +=", REBUILD_ALL
)
def last_score(X, mean, components):
    return _scores(X, mean, components[-1:]) @ components[-1:] + mean


@mistake(COMPRESS, "X_hat", "X_hat leaves the last component out", REBUILD_ALL)
def last_left_out(X, mean, components):
    return (X - mean) @ _plane(components[:-1]) + mean


@mistake(COMPRESS, "X_hat", "X_hat is what is lost, not what is rebuilt", REBUILD_ALL)
def what_is_lost(X, mean, components):
    return (X - mean) - (X - mean) @ _plane(components)


@mistake(COMPRESS, "X_hat", "X_hat is X itself: nothing has been lost", REBUILD_ALL)
def nothing_lost(X, mean, components):
    return X.copy()


@mistake(COMPRESS, "X_hat", "X_hat is clipped at 0 and 1", REBUILD_ALL)
def clipped(X, mean, components):
    return np.clip((X - mean) @ _plane(components) + mean, 0, 1)


@mistake(COMPRESS, "X_hat", "X_hat is transposed: (D, N)", TRANSPOSED)
def rebuilt_transposed(X, mean, components):
    return ((X - mean) @ _plane(components) + mean).T


def _reached(variances):
    """The share of the variance that the first 1, 2, … components have."""
    return np.cumsum(variances) / variances.sum()


@mistake(NEEDED, "count", "count is an index: it starts at 0 and is one too small", OFF_BY_ONE)
def index(variances, share):
    return int(np.argmax(_reached(variances) >= share))


@mistake(NEEDED, "count", "count is one too large", OFF_BY_ONE)
def one_too_many(variances, share):
    return int(np.argmax(_reached(variances) >= share)) + 2


@mistake(NEEDED, "count", "count is of those that stay at or below the share", OFF_BY_ONE)
def not_above(variances, share):
    return int((_reached(variances) <= share).sum())


@mistake(NEEDED, "count", "count asks for more than the share: exactly met is enough", AT_LEAST)
def more_than(variances, share):
    return int(np.argmax(_reached(variances) > share)) + 1


@mistake(NEEDED, "count", "count is where the sum comes nearest to the share, even below", AT_LEAST)
def nearest(variances, share):
    return int(np.argmin(np.abs(_reached(variances) - share))) + 1


@mistake(NEEDED, "count", "count takes the smallest variances first", CUMULATIVE)
def smallest_first(variances, share):
    return int(np.argmax(_reached(variances[::-1]) >= share)) + 1


@mistake(NEEDED, "count", "count compares sums that are not divided by the total", CUMULATIVE)
def not_divided(variances, share):
    return int(np.argmax(np.cumsum(variances) >= share)) + 1


@mistake(
    NEEDED, "count", "count compares single variances with the share, not their sum", CUMULATIVE
)
def not_summed(variances, share):
    return int((variances / variances.sum() >= share).sum())


@mistake(NEEDED, "count", "count is always 1: the sums exceed the share from the start", CUMULATIVE)
def always_one(variances, share):
    return int(np.argmax(np.cumsum(variances) / variances[0] >= share)) + 1


@mistake(NEEDED, "count", "count is of variances above that share of the largest", CUMULATIVE)
def share_of_largest(variances, share):
    return int((variances >= share * variances[0]).sum())


@mistake(NEEDED, "count", "count stops where the rest is as large as the share", CUMULATIVE)
def share_left_over(variances, share):
    return int(np.argmax(_reached(variances) >= 1 - share)) + 1


@mistake(NEEDED, "count", "count adds up standard deviations, not variances", CUMULATIVE)
def of_deviations(variances, share):
    return int(np.argmax(_reached(np.sqrt(variances)) >= share)) + 1


@mistake(NEEDED, "count", "count adds up squared variances", CUMULATIVE)
def of_squares(variances, share):
    return int(np.argmax(_reached(variances**2) >= share)) + 1


@mistake(NEEDED, "count", "count is a share of the components, not of their variance", CUMULATIVE)
def share_of_count(variances, share):
    return int(np.ceil(share * len(variances)))


@mistake(NEEDED, "count", "count is of the components left out, not of those kept", CUMULATIVE)
def left_out(variances, share):
    return len(variances) - int(np.argmax(_reached(variances) >= share)) - 1


@mistake(NEEDED, "count", "count is of variances above their mean", CUMULATIVE)
def above_the_mean(variances, share):
    return int((variances > variances.mean()).sum())


@mistake(NEEDED, "count", "count is the share that is reached, not how many reach it", CUMULATIVE)
def reached_share(variances, share):
    reached = _reached(variances)
    return float(reached[np.argmax(reached >= share)])


@mistake(
    NEEDED, "count", "count has an entry for each place where the share is reached", OFF_BY_ONE
)
def all_places(variances, share):
    return np.flatnonzero(_reached(variances) >= share) + 1
