import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn import embedding_backward, embedding_forward

from .helpers import awkward_views, examples, unchanged
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 6)


@examples
@given(
    sizes, sizes, sizes, sizes, st.sampled_from([np.uint8, np.int32, np.int64]), st.integers(0, 99)
)
def test_agrees_with_torch_repeated_tokens_included(N, T, V, E, kind, seed):
    tokens = np.random.default_rng(seed).integers(0, V, (N, T)).astype(kind)
    same = unchanged(tokens)
    assert_agrees_with_torch(
        lambda W: embedding_forward(tokens, W),
        embedding_backward,
        lambda W: torch.nn.functional.embedding(torch.tensor(tokens.astype(np.int64)), W),
        *normal((V, E), seed=seed),
    )
    same()


def test_by_hand():
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    Y, cache = embedding_forward(np.array([[2, 0, 2]]), W)
    np.testing.assert_array_equal(Y, [[[5.0, 6.0], [1.0, 2.0], [5.0, 6.0]]])
    dW = embedding_backward(np.array([[[1.0, 0.0], [10.0, 20.0], [3.0, 4.0]]]), cache)
    np.testing.assert_array_equal(dW, [[10.0, 20.0], [0.0, 0.0], [4.0, 4.0]])


def test_the_output_is_a_copy_and_tokens_may_lie_anyhow():
    (W,) = normal((7, 2))
    tokens = np.array([[1, 6, 1], [0, 1, 3]])
    Y, _ = embedding_forward(tokens, W)
    assert not np.shares_memory(Y, W)
    for view in awkward_views(tokens):
        Y_v, cache = embedding_forward(view, W)
        np.testing.assert_array_equal(Y_v, Y)
        np.testing.assert_array_equal(embedding_backward(np.ones_like(Y), cache)[1], [3.0, 3.0])


def test_an_empty_batch_passes_through():
    (W,) = normal((7, 2))
    Y, cache = embedding_forward(np.zeros((0, 4), int), W)
    assert Y.shape == (0, 4, 2)
    assert not embedding_backward(Y, cache).any()


@pytest.mark.parametrize(
    ("tokens", "error", "words"),
    [
        ([[1, 2]], TypeError, "tokens: expected a NumPy array of integers, got list"),
        (np.ones((2, 3)), TypeError, "tokens: .*got float64"),
        (np.ones((2, 3), bool), TypeError, "tokens: .*got bool"),
        (np.ones(3, int), ValueError, r"tokens\[None, :\]"),
        (np.ones((2, 3, 1), int), ValueError, r"tokens: expected \(N, T\)"),
        (np.array([[0, 7]]), ValueError, "V - 1 = 6, got 7; another vocabulary"),
        (np.array([[0, -1]]), ValueError, "got -1; .*padding"),
    ],
)
def test_names_what_is_wrong_with_the_tokens(tokens, error, words):
    with pytest.raises(error, match=words):
        embedding_forward(tokens, np.zeros((7, 2)))


def test_names_the_other_wrong_arguments():
    tokens = np.zeros((3, 4), int)
    with pytest.raises(TypeError, match="W: expected floats"):
        embedding_forward(tokens, np.zeros((7, 2), int))
    with pytest.raises(ValueError, match=r"W: expected \(V, E\)"):
        embedding_forward(tokens, np.zeros(7))
    _, cache = embedding_forward(tokens, np.zeros((7, 2)))
    with pytest.raises(ValueError, match=r"dY: expected \(N, T, E\) = \(3, 4, 2\)"):
        embedding_backward(np.zeros((3, 1, 2)), cache)
