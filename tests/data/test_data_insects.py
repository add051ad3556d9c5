"""Drawings of ants and bees: the same for everybody, balanced, and not told apart by colour."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_utils.data import draw_insects, insect_sets, load_insects, middle
from course_utils.data.insects import SPLITS, VERSION
from course_utils.data.insects.ant import draw_ant
from course_utils.data.insects.bee import draw_bee
from course_utils.data.insects.body import Pose
from course_utils.data.insects.canvas import Canvas, ribbon

# fmt: off
PINNED = [[147, 203, 209, 191], [131, 88, 112, 94], [92, 113, 88, 99], [103, 89, 101, 99]]
# fmt: on


def test_what_is_given():
    drawn = draw_insects(6, "validation", size=48)
    assert drawn.pictures.shape == (6, 48, 48, 3)
    assert (drawn.pictures.dtype, drawn.labels.dtype) == (np.uint8, np.int64)
    assert (len(drawn), drawn.split, drawn.seed) == (6, "validation", 0)
    assert repr(drawn) == "Drawings(6 of the split validation; 48×48 pixels)"
    # Neither black nor blank: each picture has light and dark in it.
    assert (np.ptp(drawn.pictures.reshape(6, -1).astype(int), axis=1) > 60).all()


def test_a_drawing_depends_on_seed_split_and_number_only():
    four, six = draw_insects(4, size=32), draw_insects(6, size=32)
    np.testing.assert_array_equal(four.pictures, six.pictures[:4])
    np.testing.assert_array_equal(four.labels, six.labels[:4])
    assert four.sha256 == draw_insects(4, size=32).sha256
    others = [draw_insects(4, size=32, seed=1)] + [draw_insects(4, s, size=32) for s in SPLITS[1:]]
    assert len({d.sha256 for d in (four, six, *others)}) == 5
    rows = [row.tobytes() for d in (six, *others) for row in d.pictures]
    assert len(set(rows)) == len(rows)


def test_the_hash_covers_pixels_and_labels():
    drawn = draw_insects(2, size=32)
    expected = hashlib.sha256(f"{VERSION} (2, 32, 32, 3)".encode())
    expected.update(drawn.pictures.tobytes() + drawn.labels.tobytes())
    assert drawn.sha256 == expected.hexdigest()


def test_as_many_ants_as_bees_in_no_fixed_order():
    labels = draw_insects(40, "test", size=32).labels.reshape(-1, 2)
    assert (labels.sum(axis=1) == 1).all()
    assert 3 < labels[:, 0].sum() < 17


def test_the_same_is_seen_at_every_size():
    """Twice the size, averaged over 2×2 pixels: equal but for noise and smoothing."""
    small, large = draw_insects(6, size=56).pictures, draw_insects(6, size=112).pictures
    halved = large.reshape(6, 56, 2, 56, 2, 3).mean(axis=(2, 4))
    away = np.abs(halved - small).mean(axis=(1, 2, 3))
    strangers = np.abs(halved - small[::-1]).mean(axis=(1, 2, 3))
    assert (away < 8).all()
    assert (strangers > 2 * away).all()


def test_a_margin_adds_around():
    plain, roomy = draw_insects(3, size=48), draw_insects(3, size=48, margin=3)
    assert roomy.pictures.shape == (3, 54, 54, 3)
    np.testing.assert_array_equal(middle(roomy.pictures, 48), plain.pictures)


def test_version_1_looks_like_this():
    """Means of quarters of four drawings, to five grey levels: Pillow may round otherwise.

    Other numbers are another version: raise VERSION with them.
    """
    means = draw_insects(4, size=64).pictures.reshape(4, 2, 32, 2, 32, 3).mean(axis=(2, 4, 5))
    assert VERSION == 1
    np.testing.assert_allclose(means.reshape(4, 4), PINNED, atol=5)


def alone(draw, seed: int, side: int = 200) -> np.ndarray:
    """Where an insect is that lies straight, head to the right, (side, side) bool."""
    canvas = Canvas(side)
    canvas.fill(np.array([(0, 0), (1, 0), (1, 1), (0, 1)]), np.array([0, 255, 0]))
    pose = Pose(0.6 * np.eye(2), np.array([0.5, 0.5]), 0.0, np.array([0.0, -1.0]), 0.6)
    draw(canvas, pose, np.random.default_rng(seed))
    red, green, blue = np.moveaxis(canvas.finished(0).astype(int), -1, 0)
    return (green < 200) | (red > 60) | (blue > 60)


def thickness(seen: np.ndarray, x: float) -> float:
    """Of what is drawn across the body's axis at x, in units of its length."""
    column = seen[:, round((0.5 + 0.6 * x) * len(seen))]
    half = len(column) // 2
    above, below = column[:half][::-1], column[half:]
    return (np.argmin(np.r_[above, False]) + np.argmin(np.r_[below, False])) / (0.6 * len(seen))


@pytest.mark.parametrize("seed", range(8))
def test_an_ant_has_a_waist_and_a_bee_has_none(seed):
    ant, bee = alone(draw_ant, seed), alone(draw_bee, seed)
    waist, gaster = thickness(ant, -0.055), thickness(ant, -0.28)
    assert waist < 0.13
    assert gaster > 1.4 * waist
    assert min(thickness(bee, x) for x in (-0.2, -0.05, 0.1, 0.2)) > 0.16
    assert bee.mean() > 1.15 * ant.mean()  # wings and a stout body


def test_colours_do_not_give_the_class_away():
    """The oracle: a linear classifier on colours alone, blind to shapes, nearly guesses."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    def colours(pictures):
        flat = pictures.reshape(len(pictures), -1, 3).astype(float)
        parts = np.percentile(flat, [5, 25, 50, 75, 95], axis=1)  # (5, N, 3)
        return np.concatenate([flat.mean(1), flat.std(1), *parts], axis=1)

    train, test = draw_insects(240, size=32), draw_insects(240, "test", size=32)
    scaler = StandardScaler().fit(colours(train.pictures))
    X, T = scaler.transform(colours(train.pictures)), scaler.transform(colours(test.pictures))
    model = LogisticRegression(C=0.1, max_iter=1000).fit(X, train.labels)
    assert model.score(T, test.labels) < 0.65


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"count": 0}, "count: expected a whole number from 1 on, got 0"),
        ({"count": 2.0}, "count: expected a whole number"),
        ({"seed": -1}, "seed: expected a whole number from 0 on"),
        ({"split": "val"}, "split: expected one of train, validation, test, got 'val'"),
        ({"size": 500}, "size: expected 32 to 448"),
        ({"margin": 8}, "margin: expected 0 to 7"),
    ],
)
def test_settings_out_of_range(setting, told):
    with pytest.raises(ValueError, match=told):
        draw_insects(**{"count": 1, **setting})


def test_a_ribbon_has_its_width():
    straight = np.array([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)])
    around = ribbon(straight, np.array([0.4, 0.4, 0.2]))
    assert around.shape == (6, 2)
    np.testing.assert_allclose(np.abs(around[:, 1]), [0.2, 0.2, 0.1, 0.1, 0.2, 0.2])
    np.testing.assert_allclose(around[:, 0], [0, 1, 2, 2, 1, 0])
    assert np.sign(around[0, 1]) != np.sign(around[-1, 1])
    still = ribbon(np.zeros((3, 2)), 1.0)
    assert np.isfinite(still).all()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(insect_sets, "_COUNTS", {"train": 6, "validation": 4, "test": 8})


def test_load_insects_quick(few, monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    loaded = load_insects()
    assert [len(part) for part in (loaded.train, loaded.validation, loaded.test)] == [6, 4, 8]
    assert loaded.image_shape == (96, 96, 3)
    assert (loaded.profile, loaded.class_names) == ("quick", ("ant", "bee"))
    for split, part in zip(SPLITS, (loaded.train, loaded.validation, loaded.test), strict=True):
        assert part.X.shape == (len(part), 96 * 96 * 3)
        drawn = draw_insects(len(part), split, size=96)
        np.testing.assert_array_equal(loaded.images(part.X), drawn.pictures)
        np.testing.assert_array_equal(part.y, drawn.labels)
        assert drawn.sha256[:8] in loaded.source
    assert f"version {VERSION}" in loaded.source
    assert load_insects("quick", size=40, margin=2).image_shape == (44, 44, 3)
    with pytest.raises(ValueError, match="expected 'quick' or 'full'"):
        load_insects("fast")


def test_nothing_heavy_is_imported_before_it_is_needed():
    program = (
        "import sys; from course_utils.data import load_insects; "
        "print([name for name in ('PIL', 'torch', 'pooch') if name in sys.modules])"
    )
    root = Path(insect_sets.__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"
