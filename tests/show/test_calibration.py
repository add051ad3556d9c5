import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from course_utils import show
from course_utils.show.calibration import wilson


def test_a_case_done_by_hand():
    # Confidences 0.6, 0.7 (wrong), 0.95, 0.95: two bins of width one half hold 0 and 4 answers.
    P = np.array([[0.6, 0.4], [0.7, 0.3], [0.05, 0.95], [0.05, 0.95]])
    bins = show.calibration_bins(P, np.array([0, 1, 1, 1]), bins=5)
    np.testing.assert_allclose(bins.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_array_equal(bins.count, [0, 0, 1, 1, 2])  # 0.6 belongs to (0.4, 0.6]
    np.testing.assert_allclose(bins.confidence, [np.nan, np.nan, 0.6, 0.7, 0.95])
    np.testing.assert_allclose(bins.accuracy, [np.nan, np.nan, 1, 0, 1])
    assert bins.error == pytest.approx((0.4 + 0.7 + 2 * 0.05) / 4)
    assert bins.gap == pytest.approx((0.6 + 0.7 + 0.95 + 0.95) / 4 - 3 / 4)


def test_a_bin_has_its_upper_end_and_not_its_lower():
    P = np.array([[0.25, 0.75], [0.5, 0.5]])  # both are exact in binary
    np.testing.assert_array_equal(show.calibration_bins(P, np.array([1, 0]), 4).count, [0, 1, 1, 0])


@pytest.mark.parametrize("bins", [5, 10, 15])
def test_curve_of_scikit_learn(bins):
    rng = np.random.default_rng(0)
    P = rng.dirichlet(np.ones(4), 500)
    y = rng.integers(0, 4, 500)
    found = show.calibration_bins(P, y, bins)
    right, sure = (P.argmax(axis=1) == y).astype(int), P.max(axis=1)
    accuracy, confidence = calibration_curve(right, sure, n_bins=bins, strategy="uniform")
    some = found.count > 0
    np.testing.assert_allclose(found.accuracy[some], accuracy)
    np.testing.assert_allclose(found.confidence[some], confidence)
    assert found.count.sum() == 500


def test_two_classes_may_give_one_number_each():
    p, y = np.array([0.9, 0.2, 0.7]), np.array([1, 0, 0])
    pair = show.calibration_bins(np.stack([1 - p, p], axis=1), y)
    one = show.calibration_bins(p, y)
    assert one.error == pair.error
    np.testing.assert_array_equal(one.count, pair.count)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(1, 20), st.integers(0, 10**6))
def test_the_error_is_a_mean_of_gaps(N, C, bins, seed):
    rng = np.random.default_rng(seed)
    P, y = rng.dirichlet(np.ones(C), N), rng.integers(0, C, N)
    found = show.calibration_bins(P, y, bins)
    assert found.count.sum() == N
    right = P.argmax(axis=1) == y
    # The gap over all answers is no larger than the mean of the bins' gaps.
    assert abs(found.gap) <= found.error + 1e-12 <= 1 + 1e-12
    assert found.gap == pytest.approx(P.max(axis=1).mean() - right.mean())


def test_probabilities_that_are_not_finite_are_left_out_and_told():
    P = np.array([[0.8, 0.2], [np.nan, 0.5], [0.1, 0.9]])
    found = show.calibration_bins(P, np.array([0, 0, 1]))
    assert (found.left_out, found.count.sum()) == (1, 2)
    assert "Left out as not finite: 1." in show.calibration(P, np.array([0, 0, 1])).alt


def test_logits_and_unequal_lengths_are_refused():
    with pytest.raises(ValueError, match=r"from 0 to 1, got -2 to 3; logits\?"):
        show.calibration_bins(np.array([[3.0, -2.0]]), np.array([0]))
    with pytest.raises(ValueError, match=r"got \(2, 2\) and \(3,\)"):
        show.calibration_bins(np.full((2, 2), 0.5), np.zeros(3, int))


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_intervals(right, count, low, high):
    """Newcombe, Two-sided confidence intervals for the single proportion, 1998, table I."""
    found = wilson(np.array([right / count]), np.array([count]))
    np.testing.assert_allclose(np.ravel(found), (low, high), atol=6e-5)


def sure_and_half_right(N=200):
    P = np.tile([0.95, 0.05], (N, 1))
    return P, np.arange(N) % 2


def test_the_words_and_the_curve_say_what_the_bins_do():
    picture = show.calibration(*sure_and_half_right(), title="A loud net")
    assert picture.alt.startswith(
        "Calibration, A loud net: expected calibration error 45.0% over 200 answers in 10 bins "
        "of equal width; on the whole too sure, confidence minus accuracy is 0.45."
    )
    assert "200 with confidence 95%, 50% right" in picture.alt
    above, below = picture.figure.axes
    (curve,) = (line for line in above.lines if line.get_marker() == "o")
    np.testing.assert_allclose(curve.get_xydata(), [[0.95, 0.5]])
    assert [bar.get_height() for bar in below.patches] == [0] * 9 + [200]
    assert above.get_title() == "expected calibration error 45.0%"


def test_a_modest_net_is_told_so():
    P = np.tile([0.6, 0.4], (50, 1))
    assert "on the whole too modest, confidence minus accuracy is -0.4" in (
        show.calibration(P, np.zeros(50, int)).alt
    )


@pytest.mark.parametrize("N", [0, 1])
def test_no_answer_and_one_can_be_drawn(N):
    P, y = sure_and_half_right(N)
    picture = show.calibration(P, y)
    assert picture.png.startswith(b"\x89PNG")
    assert ("there are no answers" in picture.alt) == (N == 0)
