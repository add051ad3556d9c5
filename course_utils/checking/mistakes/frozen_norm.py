"""Slips in batch norm with frozen statistics."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_transfer import (
    BROUGHT_ALONG,
    ORDER_OF_NORM,
    ROOT_AND_EPS,
)

FORWARD = "frozen_norm_forward"


def _Y(X, gamma, beta, mean, var, eps):
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(FORWARD, "Y", "mean and variance are those of the batch, not running ones", BROUGHT_ALONG)
def of_the_batch(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, X.mean(axis=0), X.var(axis=0), eps)


@mistake(FORWARD, "Y", "the mean is that of the batch, not the running one", BROUGHT_ALONG)
def mean_of_the_batch(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, X.mean(axis=0), running["var"], eps)


@mistake(FORWARD, "Y", "the variance is that of the batch, not the running one", BROUGHT_ALONG)
def var_of_the_batch(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, running["mean"], X.var(axis=0), eps)


@mistake(FORWARD, "Y", "the statistics move towards the batch before they are used", BROUGHT_ALONG)
def moved_first(X, gamma, beta, running, eps=1e-5):
    mean = 0.9 * running["mean"] + 0.1 * X.mean(axis=0)
    return _Y(X, gamma, beta, mean, 0.9 * running["var"] + 0.1 * X.var(axis=0), eps)


@mistake(FORWARD, "Y", "mean and variance are taken over each row of X", BROUGHT_ALONG)
def of_each_row(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True), eps)


@mistake(FORWARD, "Y", "mean and variance of running are exchanged", BROUGHT_ALONG)
def mean_and_var_exchanged(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, running["var"], np.abs(running["mean"]), eps)


@mistake(FORWARD, "Y", "only gamma and beta are applied: nothing is normalised", BROUGHT_ALONG)
def not_normalised(X, gamma, beta, running, eps=1e-5):
    return gamma * X + beta


@mistake(FORWARD, "Y", "X comes back as it was: frozen is not switched off", BROUGHT_ALONG)
def switched_off(X, gamma, beta, running, eps=1e-5):
    return X.copy()


@mistake(FORWARD, "Y", "it is divided by the variance, without a root", ROOT_AND_EPS)
def no_root(X, gamma, beta, running, eps=1e-5):
    return gamma * (X - running["mean"]) / (running["var"] + eps) + beta


@mistake(FORWARD, "Y", "eps is added to the deviation, outside the root", ROOT_AND_EPS)
def eps_outside(X, gamma, beta, running, eps=1e-5):
    return gamma * (X - running["mean"]) / (np.sqrt(running["var"]) + eps) + beta


@mistake(FORWARD, "Y", "eps is missing", ROOT_AND_EPS)
def no_eps(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, running["mean"], running["var"], 0)


@mistake(FORWARD, "Y", "eps is squared under the root", ROOT_AND_EPS)
def eps_squared(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, running["mean"], running["var"], eps**2)


@mistake(FORWARD, "Y", "running['var'] is squared, as if it were a deviation", ROOT_AND_EPS)
def var_squared(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, running["mean"], running["var"] ** 2, eps)


@mistake(FORWARD, "Y", "the deviation multiplies where it should divide", ROOT_AND_EPS)
def multiplied(X, gamma, beta, running, eps=1e-5):
    return gamma * (X - running["mean"]) * np.sqrt(running["var"] + eps) + beta


@mistake(FORWARD, "Y", "it is not divided by the deviation", ROOT_AND_EPS)
def not_divided(X, gamma, beta, running, eps=1e-5):
    return gamma * (X - running["mean"]) + beta


@mistake(FORWARD, "Y", "the running mean is not subtracted", ORDER_OF_NORM)
def not_centred(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, 0, running["var"], eps)


@mistake(FORWARD, "Y", "the running mean is added, not subtracted", ORDER_OF_NORM)
def mean_added(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, beta, -running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "X is divided before the mean is subtracted", ORDER_OF_NORM)
def divided_first(X, gamma, beta, running, eps=1e-5):
    return gamma * (X / np.sqrt(running["var"] + eps) - running["mean"]) + beta


@mistake(FORWARD, "Y", "gamma is missing", ORDER_OF_NORM)
def no_gamma(X, gamma, beta, running, eps=1e-5):
    return _Y(X, 1, beta, running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "beta is missing", ORDER_OF_NORM)
def no_beta(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, 0, running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "gamma and beta are missing: this is X_hat", ORDER_OF_NORM)
def only_X_hat(X, gamma, beta, running, eps=1e-5):
    return _Y(X, 1, 0, running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "beta is subtracted", ORDER_OF_NORM)
def beta_subtracted(X, gamma, beta, running, eps=1e-5):
    return _Y(X, gamma, -beta, running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "gamma and beta are exchanged", ORDER_OF_NORM)
def gamma_and_beta_exchanged(X, gamma, beta, running, eps=1e-5):
    return _Y(X, beta, gamma, running["mean"], running["var"], eps)


@mistake(FORWARD, "Y", "gamma multiplies beta too: shifted before it is stretched", ORDER_OF_NORM)
def shifted_first(X, gamma, beta, running, eps=1e-5):
    return gamma * (_Y(X, 1, beta, running["mean"], running["var"], eps))


@mistake(
    FORWARD, "Y", "the running mean is subtracted at the end, without its scale", ORDER_OF_NORM
)
def mean_at_the_end(X, gamma, beta, running, eps=1e-5):
    return gamma * X / np.sqrt(running["var"] + eps) + beta - running["mean"]


@mistake(FORWARD, "Y", "it is normalised twice: by the batch, then by running", BROUGHT_ALONG)
def normalised_twice(X, gamma, beta, running, eps=1e-5):
    Y = _Y(X, gamma, beta, X.mean(axis=0), X.var(axis=0), eps)
    return (Y - running["mean"]) / np.sqrt(running["var"] + eps)
