"""Stratified parts: disjoint, mixed like the whole, shuffled, repeatable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import stratified_split


@st.composite
def problems(draw):
    counts = draw(st.lists(st.integers(1, 40), min_size=1, max_size=12))
    N = sum(counts)
    sizes, left = [], N
    for _ in range(draw(st.integers(1, 5))):
        if left:
            sizes.append(draw(st.integers(1, left)))
            left -= sizes[-1]
    if left and draw(st.booleans()):
        sizes.append(left)
    seed = draw(st.integers(0, 1000))
    labels = np.repeat(np.arange(len(counts)) * 3 - 4, counts)
    return np.random.default_rng(seed).permutation(labels), sizes, seed


@settings(max_examples=300, deadline=None)
@given(problems())
def test_disjoint_right_sizes_right_mixture(problem):
    y, sizes, seed = problem
    before = y.copy()
    parts = stratified_split(y, sizes, np.random.default_rng(seed))
    assert [len(part) for part in parts] == sizes
    rows = np.concatenate(parts)
    assert rows.dtype == np.int64
    assert len(set(rows.tolist())) == len(rows)
    assert rows.min() >= 0
    assert rows.max() < len(y)
    for part, size in zip(parts, sizes, strict=True):
        for c in set(y.tolist()):
            ideal = np.count_nonzero(y == c) * size / len(y)
            got = np.count_nonzero(y[part] == c)
            assert math.floor(ideal) <= got <= math.floor(ideal) + 1
    np.testing.assert_array_equal(y, before)
    again = stratified_split(y, sizes, np.random.default_rng(seed))
    for part, same in zip(parts, again, strict=True):
        np.testing.assert_array_equal(part, same)


def test_shuffled_within_and_between_classes():
    y = np.repeat(np.arange(10), 100)
    first, second = stratified_split(y, (500, 300), np.random.default_rng(0))
    assert np.count_nonzero(np.diff(y[first]) < 0) > 100  # classes in random order
    chosen = np.sort(first[y[first] == 3])
    assert chosen[-1] - chosen[0] > 60  # not simply the first of each class
    inside = first[y[first] == 3]
    assert np.count_nonzero(np.diff(inside) < 0) > 10
    assert not set(first) & set(second)
    other = stratified_split(y, (500, 300), np.random.default_rng(1))[0]
    assert set(other) != set(first)


@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_any_integer_labels(dtype):
    y = np.tile(np.array([250, 3], dtype=dtype), 10)
    (part,) = stratified_split(y, [10], np.random.default_rng(0))
    assert np.count_nonzero(y[part] == 250) == 5


@pytest.mark.parametrize(
    ("y", "sizes", "reason"),
    [
        ([0, 1], [2, 1], "sum of at most N = 2, got 3"),
        ([0, 1], [0], "above 0, got 0"),
        ([0, 1], [-1, 2], "above 0, got -1"),
        ([0, 1], [0.5, 0.5], "got 0.5; a share of the whole"),
        ([0, 1], [True], "got True"),
        ([0, 1], [], "at least one"),
        ([0.0, 1.0], [1], r"integer labels \(N,\), got float64"),
        ([[0, 1], [1, 0]], [1], "argmax"),
        (np.zeros(0, dtype=int), [1], "N = 0"),
    ],
)
def test_impossible(y, sizes, reason):
    with pytest.raises(ValueError, match=reason):
        stratified_split(y, sizes, np.random.default_rng(0))


def test_seed_instead_of_generator():
    with pytest.raises(TypeError, match=r"Generator, got int; np\.random\.default_rng"):
        stratified_split(np.array([0, 1]), [1], 0)
