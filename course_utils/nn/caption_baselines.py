"""Captions without a decoder: what a captioner has to beat."""

import numpy as np

from ._checks import expect_floats, expect_shape
from .neighbours import nearest_neighbours

_SPECIAL = 3  # <NULL>, <START> and <END> say nothing about a picture
_LEAST = 1e-3  # no word is quite impossible, none quite certain


def nearest_pictures(X_train, X):
    """Find for each picture the training picture most like it, to take over its caption.

    Args:
        X_train: features of training pictures, (n, D), float.
        X: features of pictures to describe, (N, D), float.

    Returns:
        (N,), integers: rows of X_train. Likeness is the cosine of the angle between
        features, the mean over X_train taken off; the first of equals.

    Raises:
        TypeError: no floats.
        ValueError: no training pictures, or features of another length.
    """
    _expect_features(X_train, X)
    mean = X_train.mean(axis=0)
    return nearest_neighbours(X - mean, X_train - mean, 1)[0][:, 0]


def bag_of_words_captions(X_train, which, tokens, X, penalty=10.0):
    """Predict which words fit a picture, and take the training caption made of such words.

    Every word by itself, from a linear map of the features, in no order: "a red circle
    above a blue square" and "a blue circle above a red square" are the same to it.

    Args:
        X_train: features of training pictures, (n, D), float.
        which: the picture of each training caption, (Q,), integers below n.
        tokens: training captions, (Q, T), integers, as a Vocabulary encodes them.
        X: features of pictures to describe, (N, D), float.
        penalty: of ridge regression, on features scaled to deviation 1, times n / 1000.

    Returns:
        (N,), integers: rows of tokens, the captions taken. The first of equals.

    Raises:
        TypeError: features that are no floats.
        ValueError: no captions, or shapes that do not fit.
    """
    _expect_features(X_train, X)
    tokens, which = np.asarray(tokens), np.asarray(which)
    expect_shape("tokens", tokens, (None, None), "(Q, T)")
    expect_shape("which", which, (len(tokens),), "(Q,)", "one picture for each caption")
    V = int(tokens.max(initial=0)) + 1
    bags = np.zeros((len(tokens), V), dtype=bool)  # (Q, V): which words a caption has
    bags[np.arange(len(tokens))[:, None], tokens] = True
    bags[:, :_SPECIAL] = False
    P = _word_shares(X_train, which, bags, X, penalty)  # (N, V)
    P = np.clip(P, _LEAST, 1 - _LEAST)
    bags, first = np.unique(bags, axis=0, return_index=True)  # each choice of words once
    # log-probability of a bag: the sum of ln p over its words and of ln(1 - p) over all
    # others; the sum of ln(1 - p) over all words is the same for every bag.
    scores = np.log(P / (1 - P)) @ bags.T.astype(P.dtype)  # (N, bags)
    best = scores == scores.max(axis=1, keepdims=True)
    return np.where(best, first, len(tokens)).min(axis=1)


def _word_shares(X_train, which, bags, X, penalty):
    """Predict which share of a picture's captions has each word, (N, V), by ridge regression."""
    n, D = X_train.shape
    shares = np.zeros((n, bags.shape[1]))
    np.add.at(shares, which, bags)
    shares /= np.maximum(np.bincount(which, minlength=n), 1)[:, None]
    mean, scale = X_train.mean(axis=0), X_train.std(axis=0) + 1e-8
    A, B = (X_train - mean) / scale, (X - mean) / scale
    centre = shares.mean(axis=0)
    gram = A.T @ A + penalty * n / 1000 * np.eye(D)
    return centre + B @ np.linalg.solve(gram, A.T @ (shares - centre))


def _expect_features(X_train, X):
    expect_floats("X_train", X_train)
    expect_floats("X", X)
    expect_shape("X_train", X_train, (None, None), "(n, D)")
    if not len(X_train):
        raise ValueError("X_train: expected at least one training picture, got none")
    expect_shape("X", X, (None, X_train.shape[1]), "(N, D)", "with D from X_train")
