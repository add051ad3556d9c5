import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

from course_utils.nn import (
    confusion_matrix,
    logistic_regression_loss_and_grads,
    meeting_point,
    softmax,
    softmax_regression_loss_and_grads,
)

from .helpers import autograd, awkward_views, blobs, examples, numeric_gradient, unchanged

DTYPES = st.sampled_from([np.float32, np.float64])


@examples
@given(st.integers(0, 300), DTYPES)
def test_all_classes_are_equally_likely_where_they_meet(seed, dtype):
    rng = np.random.default_rng(seed)
    W, b = rng.standard_normal((2, 3)).astype(dtype), rng.standard_normal(3).astype(dtype)
    boundaries = W[:, 1:] - W[:, :1]
    assume(abs(np.linalg.det(boundaries)) > 0.1)
    same = unchanged(W, b)
    x = meeting_point(W, b)
    same()
    assert x.shape == (2,)
    assert x.dtype == dtype
    P = softmax(x[None].astype(np.float64) @ W + b)
    np.testing.assert_allclose(P, 1 / 3, rtol=2e-3 if dtype == np.float32 else 1e-10)


def test_meeting_points_by_hand():
    # Logits x1, x2 and 1: all are 1 at (1, 1).
    W = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    np.testing.assert_allclose(meeting_point(W, np.array([0.0, 0.0, 1.0])), [1, 1], rtol=1e-15)
    # Equal biases: the origin. A constant on all logits moves nothing.
    np.testing.assert_array_equal(meeting_point(W, np.full(3, 7.0)), [0, 0])
    # Three centres, nearest one wins: they meet at the centre of the circle through them.
    centres = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]) * 2 + [5.0, -3.0]
    x = meeting_point(centres.T.copy(), -0.5 * (centres**2).sum(axis=1))
    np.testing.assert_allclose(x, [5, -3], rtol=1e-14)


@examples
@given(st.integers(0, 50), st.permutations(range(3)), st.floats(-50, 50))
def test_neither_order_nor_a_common_shift_of_the_classes_matters(seed, order, shift):
    rng = np.random.default_rng(seed)
    W, b = rng.standard_normal((2, 3)), rng.standard_normal(3)
    assume(abs(np.linalg.det(W[:, 1:] - W[:, :1])) > 0.1)
    x = meeting_point(W, b)
    np.testing.assert_allclose(meeting_point(W[:, order], b[order]), x, rtol=1e-8, atol=1e-8)
    common = rng.standard_normal((2, 1))
    np.testing.assert_allclose(meeting_point(W + common, b + shift), x, rtol=1e-8, atol=1e-8)
    for W_view, b_view in zip(awkward_views(W), awkward_views(b), strict=True):
        np.testing.assert_array_equal(meeting_point(W_view, b_view), x)


@pytest.mark.parametrize(
    ("W", "b", "error", "words"),
    [
        (np.ones((2, 3)), np.ones(3), ValueError, "parallel ones; two columns alike"),
        (np.array([[0.0, 1, 2], [0, 1, 2]]), np.ones(3), ValueError, "parallel"),
        (np.array([[0.1, 0.2, 0.3], [1, 2, 3]]), np.ones(3), ValueError, "parallel"),
        (np.array([[0.0, 1, 1], [0, 1, 1]]), np.ones(3), ValueError, "parallel"),
        (np.ones((3, 2)), np.ones(3), ValueError, r"W: expected \(D, C\) = \(2, 3\).*transposed"),
        (np.ones((2, 3)), np.ones((1, 3)), ValueError, r"b: .*keepdims"),
        (np.ones((2, 3), int), np.ones(3), TypeError, "W: expected floats"),
        (np.ones((2, 3)), [0.0, 0.0, 0.0], TypeError, "b: expected a NumPy array"),
    ],
)
def test_meeting_point_names_what_is_wrong(W, b, error, words):
    with pytest.raises(error, match=words):
        meeting_point(W, b)


def test_boundaries_nearly_parallel_still_meet_far_away():
    W = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1e-9]])
    np.testing.assert_allclose(meeting_point(W, np.array([0.0, 0.0, -1.0])), [0, 1e9], rtol=1e-6)


def problem(N, D, C, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    params = {"W": rng.standard_normal((D, C)), "b": rng.standard_normal(C)}
    X, y = rng.standard_normal((N, D)), rng.integers(0, C, N)
    return {k: v.astype(dtype) for k, v in params.items()}, X.astype(dtype), y


@examples
@given(
    st.integers(1, 9),
    st.integers(1, 6),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.3]),
    DTYPES,
    st.integers(0, 30),
)
def test_softmax_regression_agrees_with_autograd(N, D, C, weight_decay, dtype, seed):
    params, X, y = problem(N, D, C, seed, dtype)
    same = unchanged(X, y, *params.values())
    loss, grads = softmax_regression_loss_and_grads(params, X, y, weight_decay)
    same()
    inputs, labels = torch.tensor(X.astype(np.float64)), torch.tensor(y)

    def torch_loss(W, b):
        data_loss = torch.nn.functional.cross_entropy(inputs @ W + b, labels)
        return data_loss + weight_decay * (W**2).sum()

    want, (want_W, want_b) = autograd(torch_loss, *params.values())
    eps = {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(loss, want, **eps)
    np.testing.assert_allclose(grads["W"], want_W, **eps)
    np.testing.assert_allclose(grads["b"], want_b, **eps)
    assert list(grads) == list(params)
    assert loss.dtype == grads["W"].dtype == grads["b"].dtype == dtype
    assert np.ndim(loss) == 0


def test_softmax_regression_agrees_with_finite_differences():
    params, X, y = problem(6, 3, 4, seed=1)
    _, grads = softmax_regression_loss_and_grads(params, X, y, 0.2)
    for key, array in params.items():
        want = numeric_gradient(
            lambda a, key=key: softmax_regression_loss_and_grads({**params, key: a}, X, y, 0.2)[0],
            array,
        )
        np.testing.assert_allclose(grads[key], want, atol=1e-8)


@examples
@given(st.integers(0, 30))
def test_two_classes_are_logistic_regression(seed):
    params, X, y = problem(8, 3, 2, seed)
    loss, grads = softmax_regression_loss_and_grads(params, X, y)
    one = {"w": params["W"][:, 1] - params["W"][:, 0], "b": params["b"][1] - params["b"][0]}
    want, want_grads = logistic_regression_loss_and_grads(one, X, y)
    assert loss == pytest.approx(want, rel=1e-12)
    np.testing.assert_allclose(grads["W"], np.outer(want_grads["w"], [-1, 1]), atol=1e-14)
    np.testing.assert_allclose(grads["b"], want_grads["b"] * np.array([-1, 1]), atol=1e-14)


@pytest.mark.parametrize("weight_decay", [0.002, 0.05])
def test_scikit_learn_finds_a_place_where_our_gradient_is_0(weight_decay):
    """It minimises C Σ loss + ΣW²/2; ours is Σ loss / N + weight_decay ΣW²: C = 1/(2 N λ)."""
    X, y = blobs(n=240, D=5, C=4, seed=2, dtype=np.float64, spread=3.0)
    theirs = LogisticRegression(
        C=1 / (2 * len(y) * weight_decay), solver="newton-cg", tol=1e-12, max_iter=1000
    ).fit(X, y)
    params = {"W": theirs.coef_.T.copy(), "b": theirs.intercept_}
    loss, grads = softmax_regression_loss_and_grads(params, X, y, weight_decay)
    np.testing.assert_allclose(grads["W"], 0, atol=1e-6)
    np.testing.assert_allclose(grads["b"], 0, atol=1e-6)
    nearby = {key: array + 0.01 for key, array in params.items()}
    nearby["W"][0, 0] += 0.01
    assert softmax_regression_loss_and_grads(nearby, X, y, weight_decay)[0] > loss


def test_softmax_regression_names_what_is_wrong():
    params, X, y = problem(4, 3, 2, seed=0)
    with pytest.raises(ValueError, match=r"W: .*\(D, M\) with D = 3 from X"):
        softmax_regression_loss_and_grads({**params, "W": np.ones((4, 2))}, X, y)
    with pytest.raises(ValueError, match="counted from 1"):
        softmax_regression_loss_and_grads(params, X, np.array([1, 2, 1, 2]))


@st.composite
def labels_and_answers(draw):
    N, C = draw(st.integers(0, 12)), draw(st.integers(1, 5))
    kinds = st.sampled_from([np.uint8, np.int32, np.int64])
    pair = [draw(st.lists(st.integers(0, C - 1), min_size=N, max_size=N)) for _ in range(2)]
    return *(np.array(p, dtype=draw(kinds)) for p in pair), C


@pytest.mark.filterwarnings("ignore:A single label was found")  # scikit-learn's doubt
@examples
@given(labels_and_answers())
def test_confusion_agrees_with_scikit_learn(probe):
    y, predicted, C = probe
    same = unchanged(y, predicted)
    counts = confusion_matrix(y, predicted, C)
    same()
    assert counts.shape == (C, C)
    assert counts.dtype.kind == "i"
    assert counts.sum() == len(y)
    np.testing.assert_array_equal(counts.sum(axis=1), [np.sum(y == c) for c in range(C)])
    assert np.trace(counts) == np.sum(y == predicted)
    if len(y):
        want = metrics.confusion_matrix(y, predicted, labels=range(C))
        np.testing.assert_array_equal(counts, want)


def test_confusion_by_hand_and_with_small_integers():
    y, predicted = [0, 0, 2, 2, 2], [0, 1, 2, 2, 0]
    want = [[1, 1, 0, 0], [0, 0, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]
    np.testing.assert_array_equal(confusion_matrix(y, predicted, 4), want)
    # 200 classes: y · C + predicted does not fit into a byte.
    y, predicted = np.array([199, 7], np.uint8), np.array([198, 7], np.uint8)
    counts = confusion_matrix(y, predicted, 200)
    assert counts[199, 198] == counts[7, 7] == 1
    assert counts.sum() == 2


@pytest.mark.parametrize(
    ("y", "predicted", "error", "words"),
    [
        (np.array([0, 3]), np.array([0, 1]), ValueError, "y: .*0 to C - 1 = 2, got 3"),
        (np.array([0, 1]), np.array([0, 3]), ValueError, "predicted: .*2, got 0 to 3; counted"),
        (np.array([0, 1]), np.array([0, -1]), ValueError, "predicted: .*got -1 to 0"),
        (np.array([0, 1]), np.array([0]), ValueError, r"predicted: .*\(2,\) one answer for each"),
        (np.array([0, 1]), np.ones((2, 3)), ValueError, r"scores of all.*argmax\(axis=1\)"),
        (np.array([0, 1]), np.array([0.2, 0.8]), TypeError, "predicted: .*probabilities instead"),
        (np.array([0.0, 1.0]), np.array([0, 1]), TypeError, r"y: .*y\.astype\(int\)"),
        (np.eye(3, dtype=int), np.array([0, 1, 2]), ValueError, "y: .*one-hot rows"),
    ],
)
def test_confusion_names_what_is_wrong(y, predicted, error, words):
    with pytest.raises(error, match=words):
        confusion_matrix(y, predicted, 3)
