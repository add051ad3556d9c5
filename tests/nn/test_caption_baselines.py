"""Captions without a decoder: by hand, and against scikit-learn's ridge regression."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_similarity

from course_utils.nn.caption_baselines import bag_of_words_captions, nearest_pictures


def features(n, D=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n, D)) + 3


def test_nearest_is_the_smallest_angle_to_the_mean():
    A, B = features(30), features(12, seed=1)
    expected = cosine_similarity(B - A.mean(axis=0), A - A.mean(axis=0)).argmax(axis=1)
    np.testing.assert_array_equal(nearest_pictures(A, B), expected)
    np.testing.assert_array_equal(nearest_pictures(A, A), np.arange(30))  # each its own


def test_of_equals_the_first_is_nearest():
    A = np.repeat(features(5), 2, axis=0)
    np.testing.assert_array_equal(nearest_pictures(A, A), np.repeat(np.arange(0, 10, 2), 2))


def captions_of(n, rng):
    """Two or three captions for each picture, of words 4 to 9; some words twice."""
    which, rows = [], []
    for picture in range(n):
        for _ in range(rng.integers(2, 4)):
            words = rng.integers(4, 10, rng.integers(1, 5))
            which.append(picture)
            rows.append([1, *words, 2] + [0] * (4 - len(words)))
    return np.array(which), np.array(rows)


def test_the_caption_whose_words_are_likeliest_is_taken():
    """Word by word: ridge regression of scikit-learn, then the probability of each bag."""
    rng = np.random.default_rng(0)
    A, B = features(40), features(15, seed=1)
    which, tokens = captions_of(40, rng)
    got = bag_of_words_captions(A, which, tokens, B, penalty=20.0)
    bags = np.array([[word in row for word in range(10)] for row in tokens])
    shares = np.array([bags[which == picture].mean(axis=0) for picture in range(40)])
    mean, scale = A.mean(axis=0), A.std(axis=0)
    ridge = Ridge(alpha=20.0 * 40 / 1000).fit((A - mean) / scale, shares)
    P = np.clip(ridge.predict((B - mean) / scale), 1e-3, 1 - 1e-3)
    for p, chosen in zip(P, got, strict=True):
        scores = [sum(np.log(p[w] if bag[w] else 1 - p[w]) for w in range(3, 10)) for bag in bags]
        best = np.flatnonzero(np.isclose(scores, max(scores), rtol=0, atol=1e-9))
        assert chosen == best[0]


def test_order_is_what_it_cannot_know():
    """Two captions of the same words: always the first is taken."""
    A = np.eye(2)[[0, 1] * 10]
    tokens = np.array([[1, 4, 5, 6, 2], [1, 6, 5, 4, 2]] * 10)
    got = bag_of_words_captions(A, np.arange(20), tokens, A)
    assert set(got) == {0}


def test_words_that_features_tell_are_found():
    A = np.eye(3)[np.arange(60) % 3]
    tokens = np.array([[1, 4, 7, 2], [1, 5, 7, 2], [1, 6, 7, 2]])[np.arange(60) % 3]
    got = bag_of_words_captions(A, np.arange(60), tokens, np.eye(3))
    np.testing.assert_array_equal(got, [0, 1, 2])


def test_what_does_not_fit_is_refused():
    A = features(5)
    with pytest.raises(ValueError, match="with D from X_train"):
        nearest_pictures(A, A[:, :3])
    with pytest.raises(ValueError, match="at least one training picture"):
        nearest_pictures(A[:0], A)
    with pytest.raises(TypeError, match="X: expected floats"):
        nearest_pictures(A, A.astype(int))
    with pytest.raises(ValueError, match="one picture for each caption"):
        bag_of_words_captions(A, np.arange(4), np.ones((5, 3), dtype=int), A)
