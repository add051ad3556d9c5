"""Explained variance and images rebuilt from principal components."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from course_utils import show
from course_utils.show.spectrum import components_for

RNG = np.random.default_rng(0)
X = RNG.standard_normal((80, 30)) @ np.diag(0.8 ** np.arange(30))


@pytest.fixture(scope="module")
def pca():
    return PCA().fit(X)


def test_shares_are_those_of_scikit_learn(pca):
    left, right = show.spectrum(pca.explained_variance_).figure.axes
    np.testing.assert_allclose(
        [bar.get_height() for bar in left.patches], pca.explained_variance_ratio_
    )
    summed = right.lines[0].get_ydata()
    np.testing.assert_allclose(summed[1:], np.cumsum(pca.explained_variance_ratio_))
    assert summed[0] == 0


@pytest.mark.parametrize("share", [0.8, 0.9, 0.95])
def test_the_number_of_components_for_a_share_is_scikit_learn_s(pca, share):
    count = PCA(n_components=share).fit(X).n_components_
    picture = show.spectrum(pca.explained_variance_, title="noise")
    assert f"{share:.0%} takes {count} components" in picture.alt
    assert f"{share:.0%}: {count}" in [t.get_text() for t in picture.figure.axes[1].texts]


def test_rounding_does_not_ask_for_one_component_more():
    summed = np.cumsum([0.7, 0.2, 0.1])  # 0.7 + 0.2 is 0.8999999999999999
    assert summed[1] < 0.9
    assert components_for(summed, 0.9) == 2
    assert components_for(summed, 1.0) == 3
    assert components_for(summed[:1], 0.9) is None


def test_the_first_components_of_more():
    picture = show.spectrum([6.0, 2.0], share=(0.5, 0.9), total=10.0)
    assert picture.alt == (
        "Principal components: the first explains 60% of the variance; the second 20%; "
        "50% takes 1 component; 90% is not reached; all 2 together explain 80%."
    )


def test_one_component_and_many_can_be_drawn():
    assert "all 1 together explain 100%" in show.spectrum([3.0]).alt
    many = show.spectrum(0.98 ** np.arange(784))
    assert many.figure.axes[0].get_yscale() == "log"
    assert many.png.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("variances", "message"),
    [([1.0, 2.0], "not sorted"), ([0.0, 0.0], "all examples equal"), ([np.nan], "all finite")],
)
def test_what_is_no_spectrum_is_refused(variances, message):
    with pytest.raises(ValueError, match=message):
        show.spectrum(variances)


DIGITS = RNG.random((4, 784))


def test_a_row_for_each_number_of_components_with_its_error():
    rebuilt = {1: DIGITS + 0.2, 10: DIGITS + 0.1}
    picture = show.reconstructions(DIGITS, rebuilt, title="Digits")
    assert picture.alt == (
        "Digits: 4 images and what is rebuilt of them, a row for each number of components; "
        "mean squared error per pixel: 1 component 0.04, 10 components 0.01."
    )
    grid = np.reshape(picture.figure.axes, (3, 4))
    labels = [axes.get_ylabel() for axes in grid[:, 0]]
    assert labels == ["original", "1 component\nerror 0.04", "10 components\nerror 0.01"]
    np.testing.assert_allclose(grid[1, 2].images[0].get_array(), DIGITS[2].reshape(28, 28) + 0.2)


def test_all_rows_have_the_scale_of_the_originals():
    picture = show.reconstructions(DIGITS, {1: 3 * DIGITS})
    limits = {axes.images[0].get_clim() for axes in picture.figure.axes}
    assert limits == {(DIGITS.min(), DIGITS.max())}


def test_bytes_and_colour():
    photos = RNG.integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    picture = show.reconstructions(photos, {3: photos.astype(float) + 2})
    assert "3 components 4." in picture.alt
    rebuilt = picture.figure.axes[2].images[0].get_array()
    np.testing.assert_allclose(rebuilt, np.clip((photos[0] + 2.0) / 255, 0, 1))


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"rebuilt\[5\]: expected \(4, 784\), got \(3, 784\)"):
        show.reconstructions(DIGITS, {5: DIGITS[:3]})
