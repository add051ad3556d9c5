"""Slips in ReLU."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import (
    LEAK,
    OTHER_CURVE,
    RELU_MASK,
    RELU_MAX,
    RELU_SHAPE,
    RELU_SLOPE,
    SUMMED_AWAY,
    WHOLE_NUMBERS,
)


@mistake("relu_forward", "Y", "Y is X itself: nothing is cut off", RELU_SHAPE)
def identity(X):
    return X


@mistake(
    "relu_forward", "Y", "Y is the absolute value: negative numbers are turned, not cut", RELU_SHAPE
)
def absolute(X):
    return np.abs(X)


@mistake("relu_forward", "Y", "Y keeps the negative numbers and cuts the positive ones", RELU_SHAPE)
def wrong_side(X):
    return np.minimum(X, 0)


@mistake("relu_forward", "Y", "Y is max(−X, 0): the sign of X is turned first", RELU_SHAPE)
def sign_turned(X):
    return np.maximum(-X, 0)


@mistake("relu_forward", "Y", "Y is −max(X, 0), with its sign turned", RELU_SHAPE)
def result_turned(X):
    return -np.maximum(X, 0)


@mistake("relu_forward", "Y", "Y compares with 1, not with 0", RELU_SHAPE)
def compared_with_one(X):
    return np.maximum(X, 1)


@mistake("relu_forward", "Y", "Y is cut off at 1 as well", RELU_SHAPE)
def capped(X):
    return np.clip(X, 0, 1)


@mistake("relu_forward", "Y", "Y is the square of the positive part", RELU_SHAPE)
def squared(X):
    return np.maximum(X, 0) ** 2


@mistake("relu_forward", "Y", "Y is the mask: 1 where X is positive, not X itself", RELU_SLOPE)
def mask(X):
    return (X > 0).astype(X.dtype)


@mistake("relu_forward", "Y", "Y is one number, the largest of all", RELU_MAX)
def one_number(X):
    return X.max()


@mistake(
    "relu_forward", "Y", "Y is the largest of each column: the 0 was taken for an axis", RELU_MAX
)
def column_maximum(X):
    return np.max(X, 0)


@mistake("relu_forward", "Y", "Y is the largest of each row", RELU_MAX)
def row_maximum(X):
    return X.max(axis=1)


@mistake("relu_forward", "Y", "Y holds the positive numbers alone, in one flat row", RELU_MAX)
def picked(X):
    return X[X > 0]


@mistake("relu_forward", "Y", "Y leaks: negative numbers are made small, not 0", LEAK)
def leaky(X):
    return np.where(X > 0, X, 0.01 * X)


@mistake("relu_forward", "Y", "Y leaks: negative numbers are divided by 10, not cut off", LEAK)
def leaky_tenth(X):
    return np.where(X > 0, X, 0.1 * X)


@mistake("relu_forward", "Y", "Y is the softplus, log(1 + exp(X))", OTHER_CURVE)
def softplus(X):
    return np.logaddexp(X, 0)


@mistake("relu_forward", "Y", "Y is the ELU, with exp(X) − 1 on the left", OTHER_CURVE)
def elu(X):
    return np.where(X > 0, X, np.expm1(np.minimum(X, 0)))


@mistake("relu_forward", "Y", "Y is the sigmoid", OTHER_CURVE)
def sigmoid(X):
    return 1 / (1 + np.exp(-X))


@mistake("relu_forward", "Y", "Y is the tanh", OTHER_CURVE)
def tanh(X):
    return np.tanh(X)


@mistake("relu_forward", "Y", "Y is cut to whole numbers", WHOLE_NUMBERS)
def whole_numbers(X):
    return np.maximum(X, 0).astype(int)


@mistake(
    "relu_forward",
    "Y",
    "Y has the type of its first entry: whole numbers, if that is 0",
    WHOLE_NUMBERS,
)
def type_of_the_first(X):
    return np.vectorize(lambda x: max(0, x))(X)


@mistake("relu_backward", "dX", "dX is dY itself: the mask is missing", RELU_MASK)
def no_mask(dY, X):
    return dY


@mistake(
    "relu_backward",
    "dX",
    "dX lets the gradient through where X is negative: the mask is inverted",
    RELU_MASK,
)
def mask_inverted(dY, X):
    return dY * (X <= 0)


@mistake("relu_backward", "dX", "dX is masked by the sign of dY, not of X", RELU_MASK)
def mask_from_dY(dY, X):
    return dY * (dY > 0)


@mistake("relu_backward", "dX", "dX is masked twice: by X, and by dY as well", RELU_MASK)
def mask_from_both(dY, X):
    return dY * (X > 0) * (dY > 0)


@mistake("relu_backward", "dX", "dX compares X with 1, not with 0", RELU_MASK)
def compared_with_one_back(dY, X):
    return dY * (X > 1)


@mistake(
    "relu_backward", "dX", "dX holds the entries with positive X alone, in one flat row", RELU_MASK
)
def picked_back(dY, X):
    return dY[X > 0]


@mistake("relu_backward", "dX", "dX has X and dY exchanged", RELU_MASK)
def exchanged(dY, X):
    return X * (dY > 0)


@mistake(
    "relu_backward",
    "dX",
    "dX turns the sign of dY where X is negative, instead of putting 0",
    RELU_MASK,
)
def sign_for_mask(dY, X):
    return dY * np.sign(X)


@mistake("relu_backward", "dX", "dX masks whole rows, by the sign of their sum", RELU_MASK)
def mask_of_rows(dY, X):
    return dY * (X.sum(axis=1, keepdims=True) > 0)


@mistake("relu_backward", "dX", "dX does not use dY: it is the mask alone", UPSTREAM_LOST)
def upstream_lost(dY, X):
    return (X > 0).astype(X.dtype)


@mistake("relu_backward", "dX", "dX adds the mask to dY instead of multiplying", UPSTREAM_LOST)
def mask_added(dY, X):
    return dY + (X > 0)


@mistake("relu_backward", "dX", "dX is max(X, 0), the forward step once more", RELU_SLOPE)
def forward_again(dY, X):
    return np.maximum(X, 0)


@mistake("relu_backward", "dX", "dX is multiplied by the output, not by the slope", RELU_SLOPE)
def times_output(dY, X):
    return dY * np.maximum(X, 0)


@mistake("relu_backward", "dX", "dX is multiplied by X, not by the slope", RELU_SLOPE)
def times_input(dY, X):
    return dY * X


@mistake("relu_backward", "dX", "dX leaks: where X is negative it is 0.01 dY", LEAK)
def leak_of_dY(dY, X):
    return np.where(X > 0, dY, 0.01 * dY)


@mistake("relu_backward", "dX", "dX leaks: where X is negative it is 0.01 X", LEAK)
def leak_of_X(dY, X):
    return np.where(X > 0, dY, 0.01 * X)


@mistake("relu_backward", "dX", "dX leaks: where X is negative it is 0.1 dY", LEAK)
def leak_of_tenth(dY, X):
    return np.where(X > 0, dY, 0.1 * dY)


@mistake("relu_backward", "dX", "dX has the wrong sign", SIGN)
def sign_back(dY, X):
    return -dY * (X > 0)


@mistake("relu_backward", "dX", "dX is averaged over the batch", AVERAGED)
def averaged(dY, X):
    return dY * (X > 0) / len(X)


@mistake("relu_backward", "dX", "dX is summed over the batch: one row instead of N", SUMMED_AWAY)
def summed(dY, X):
    return (dY * (X > 0)).sum(axis=0)


@mistake(
    "relu_backward",
    "dX",
    "dX has the type of its first entry: whole numbers, if that is 0",
    WHOLE_NUMBERS,
)
def type_of_the_first_back(dY, X):
    return np.vectorize(lambda dy, x: dy if x > 0 else 0)(dY, X)
