"""The generator of scenes: form, splits, hash, chance, knobs, colours and stencils."""

import dataclasses
import itertools

import numpy as np
import pytest
from scene_oracle import PALETTE

from course_utils.data import make_scenes, scenes
from course_utils.data.captions import CaptionSplit, Vocabulary
from course_utils.data.scenes import COLOURS, EASY, HARD, MEDIUM, SHAPES, Difficulty
from course_utils.data.scenes.draws import Draws
from course_utils.data.scenes.stencils import stencil

NAMES = ("easy", "medium", "hard")
PLAIN = dataclasses.replace(HARD, strokes_behind=0, strokes_in_front=0, noise=0)


def test_scenes_are_a_caption_split():
    made = make_scenes(20, size=24)
    assert isinstance(made, CaptionSplit)
    assert made.pictures.shape == (20, 3, 24, 24)
    assert made.pictures.dtype == np.uint8
    assert len(made) == len(made.texts) == len(made.names) == len(made.scenes) == 20
    vocabulary = Vocabulary.from_texts(made.texts)
    which, tokens = made.pairs(vocabulary)
    assert vocabulary.decode(tokens[7]) == made.texts[1][2]
    np.testing.assert_array_equal(which, np.repeat(np.arange(20), 5))
    assert "20 of the split train" in repr(made)
    assert "24×24" in made.source


def test_a_part_keeps_its_scenes_and_masks():
    made = make_scenes(20, size=24)
    part = made.take([3, 11])
    np.testing.assert_array_equal(part.pictures, made.pictures[[3, 11]])
    assert part.texts == (made.texts[3], made.texts[11])
    assert part.scenes == (made.scenes[3], made.scenes[11])
    np.testing.assert_array_equal(part.masks(1, 2), made.masks(11, 2))
    features = part.with_pictures(np.zeros((2, 7), np.float32))
    assert features.pictures.shape == (2, 7)
    np.testing.assert_array_equal(features.masks(1, 2), made.masks(11, 2))
    assert part.digest != made.digest


# Written down once: another platform, another NumPy, a changed generator all show here.
DIGESTS = {
    "easy": "9df977970704bf0233fe1cbc4ec93a112d880eff92a2a95baaf376c62e1ad5ba",
    "medium": "5b03b2c112a36635926c2cc7f81985685058a51b60f803caef9ea7bed8915255",
    "hard": "516d855a8e87fda470ae18b1521aacc4265581a469e6c0226d049f690a1a5ebc",
}


@pytest.mark.parametrize("name", NAMES)
def test_the_hash_is_the_same_everywhere(name):
    assert make_scenes(60, difficulty=name, size=20, seed=5).digest == DIGESTS[name]


def test_pixels_and_captions_and_version_are_in_the_hash(monkeypatch):
    made = make_scenes(5)
    other = dataclasses.replace(
        made, pictures=made.pictures ^ (np.arange(5) == 3)[:, None, None, None]
    )
    texts = (*made.texts[:4], made.texts[4][::-1])
    digests = {made.digest, other.digest, dataclasses.replace(made, texts=texts).digest}
    monkeypatch.setattr(scenes.scenes, "VERSION", scenes.VERSION + 1)
    digests |= {dataclasses.replace(made).digest, make_scenes(5).digest}
    assert len(digests) == 5


def test_the_first_of_many_are_the_same():
    many, few = make_scenes(1100, difficulty="hard"), make_scenes(30, difficulty="hard")
    np.testing.assert_array_equal(few.pictures, many.pictures[:30])
    assert few.texts == many.texts[:30]
    assert few.scenes == many.scenes[:30]
    assert many.texts[1000:1030] != many.texts[:30]


def test_seeds_and_splits_differ():
    sets = [make_scenes(30), make_scenes(30, seed=1), make_scenes(30, "test")]
    for one, other in itertools.combinations(sets, 2):
        assert (one.pictures != other.pictures).mean() > 0.5
        assert one.texts != other.texts


def test_what_disturbs_a_picture_changes_no_caption():
    loud, clean = (
        make_scenes(50, difficulty="hard", size=32),
        make_scenes(50, difficulty=PLAIN, size=77),
    )
    assert loud.texts == clean.texts
    assert [s.composition for s in loud.scenes] == [s.composition for s in clean.scenes]


def compositions(made):
    """Written anew, from the things."""
    return {
        frozenset((t.colour, t.shape, t.size, t.row, t.column) for t in scene.things)
        for scene in made.scenes
    }


def drawn(split, knobs, seeds=(0,)):
    made = (make_scenes(1500, split, difficulty=knobs, seed=seed, size=16) for seed in seeds)
    return set().union(*map(compositions, made))


@pytest.mark.parametrize("name", NAMES)
def test_no_composition_is_in_two_splits_whatever_the_seeds(name):
    seeds = {"train": (0, 1), "validation": (0, 7), "test": (0, 3), "unseen": (0,)}
    sets = {split: drawn(split, name, some) for split, some in seeds.items()}
    for one, other in itertools.combinations(sets, 2):
        assert not sets[one] & sets[other], (one, other)


def test_no_composition_changes_its_split_between_settings():
    sized = dataclasses.replace(EASY, sizes=2, noise=0)
    assert drawn("train", EASY) & drawn("train", sized)
    assert not drawn("train", EASY) & drawn("test", sized)
    assert not drawn("test", EASY) & drawn("train", sized)


@pytest.mark.parametrize("name", NAMES)
def test_pairs_of_colour_and_shape_are_kept_for_unseen(name):
    def pairs(split):
        made = make_scenes(1500, split, difficulty=name, size=16)
        return [{(t.colour, t.shape) for t in scene.things} for scene in made.scenes]

    known = set().union(*pairs("train"), *pairs("validation"), *pairs("test"))
    knobs = scenes.DIFFICULTIES[name]
    colours, shapes = list(COLOURS)[: knobs.colours], SHAPES[: knobs.shapes]
    out = {(colours[c], shapes[s]) for c, s in scenes.held_out(knobs.colours, knobs.shapes)}
    assert known == set(itertools.product(colours, shapes)) - out
    assert {c for c, _ in known} == set(colours)
    assert {s for _, s in known} == set(shapes)
    assert all(scene & out for scene in pairs("unseen"))
    assert len(out) == len(colours)


@pytest.mark.parametrize(("colours", "shapes"), list(itertools.product(range(2, 9), range(2, 7))))
def test_each_colour_and_shape_is_left_to_learn(colours, shapes):
    out = scenes.held_out(colours, shapes)
    kept = set(itertools.product(range(colours), range(shapes))) - out
    assert {c for c, _ in kept} == {c for c, _ in out} == set(range(colours))
    assert {s for _, s in kept} == set(range(shapes))


def test_the_splits_share_all_compositions_out():
    """All single things: (8 · 6 - 8) kinds, 2 sizes, 9 places, of which 8, 1 and 1 tenths."""
    knobs = dataclasses.replace(HARD, kinds=(1, 1), most_alone=1)
    sizes = [len(drawn(split, knobs, range(6))) for split in ("train", "validation", "test")]
    assert sum(sizes) == 720
    spread = np.sqrt(720 * np.array([0.8, 0.1, 0.1]) * [0.2, 0.9, 0.9])
    assert (np.abs(sizes - np.array([576, 72, 72])) < 3 * spread).all()


def kinds_of(scene):
    return {(t.colour, t.shape) for t in scene.things}


@pytest.mark.parametrize(
    ("knobs", "check"),
    [
        (EASY, lambda s: len(s.things) <= 3 and all(t.size == "large" for t in s.things)),
        (EASY, lambda s: len(kinds_of(s)) == 1 or len(s.things) == 2),
        (EASY, lambda s: len(kinds_of(s)) == 1
         or (s.things[0].row == s.things[1].row) + (s.things[0].column == s.things[1].column) == 1),
        (EASY, lambda s: not s.inside and not s.veil),
        (MEDIUM, lambda s: len(s.things) <= 4 and len(kinds_of(s)) <= 2),
        (HARD, lambda s: len(s.things) <= 9 and len(kinds_of(s)) <= 3),
        (dataclasses.replace(HARD, kinds=(3, 3)), lambda s: len(kinds_of(s)) == 3),
        (dataclasses.replace(EASY, colours=2, shapes=2, kinds=(2, 2)), lambda s: {
            t.colour for t in s.things} == {"red", "blue"}),
    ],
)  # fmt: skip
def test_knobs_bound_what_is_in_a_scene(knobs, check):
    assert all(check(scene) for scene in make_scenes(400, difficulty=knobs, size=16).scenes)


def test_knobs_are_used_to_their_ends():
    made = make_scenes(1500, difficulty="hard", size=16)
    assert {len(kinds_of(s)) for s in made.scenes} == {1, 2, 3}
    assert {len(s.things) for s in made.scenes} == set(range(1, 10))
    assert {(t.row, t.column) for s in made.scenes for t in s.things} == set(
        itertools.product(range(3), repeat=2)
    )
    share = np.mean([s.inside for s in made.scenes if len(kinds_of(s)) == 2])
    assert 0.03 < share < 0.15  # a fifth, where the container is a circle, a square or a ring


@pytest.mark.parametrize("size", [16, 17, 24, 31, 32, 50, 64])
def test_things_keep_to_their_thirds_and_apart(size):
    for scene in make_scenes(300, difficulty="hard", size=size).scenes:
        taken = np.zeros((size, size), int)
        for t in scene.things[1:] if scene.inside else scene.things:
            for start, third in ((t.top, t.row), (t.left, t.column)):
                if not scene.inside:
                    assert third * size // 3 <= start
                    assert start + t.side < (third + 1) * size // 3  # one pixel stays free
            taken[t.top : t.top + t.side, t.left : t.left + t.side] += 1
        assert taken.max() == 1
        if scene.inside:
            outer, inner = scene.things
            assert outer.top < inner.top
            assert inner.top + inner.side < outer.top + outer.side <= size
            assert abs(2 * outer.left + outer.side - 2 * inner.left - inner.side) <= 1
            middle = 2 * outer.top + outer.side
            assert outer.row * size // 3 * 2 <= middle < (outer.row + 1) * size // 3 * 2


def test_noise_stays_in_its_bounds_and_uses_them():
    quiet = make_scenes(40, difficulty=dataclasses.replace(EASY, noise=0)).pictures.astype(int)
    for noise in (1, 8, 127):
        loud = make_scenes(40, difficulty=dataclasses.replace(EASY, noise=noise)).pictures
        off = loud - quiet
        seen = off[(quiet >= noise) & (quiet <= 255 - noise)] if noise < 100 else off
        assert seen.min() == -noise
        assert seen.max() <= noise
        if noise < 100:
            assert np.unique(seen).size == 2 * noise + 1
            assert abs(seen.mean()) < 4 * noise / np.sqrt(seen.size)


def test_strokes_are_grey_and_in_front_only_if_asked():
    base = dataclasses.replace(HARD, noise=0, strokes_behind=0, strokes_in_front=0)
    bare, behind, front = (
        make_scenes(80, difficulty=dataclasses.replace(base, **strokes))
        for strokes in ({}, {"strokes_behind": 3}, {"strokes_in_front": 3})
    )
    assert [s.composition for s in bare.scenes] == [s.composition for s in front.scenes]
    assert all(len(s.veil) in (0, 3) for s in front.scenes)
    assert not any(s.veil for s in behind.scenes)
    for made in (behind, front):
        for k, scene in enumerate(made.scenes):
            picture = made.pictures[k]
            grey = (picture == picture[:1]).all(axis=0) & (picture[0] >= 110) & (picture[0] < 190)
            assert grey.sum() > 5
            full = covered_pixels(scene)
            assert bool((grey & full).any()) <= bool(scene.veil)
    assert sum(bool(s.veil) for s in front.scenes) > 60


def covered_pixels(scene):
    full = np.zeros((scene.size, scene.size), bool)
    for t in scene.things:
        full[t.top : t.top + t.side, t.left : t.left + t.side] |= stencil(t.shape, t.side) == 16
    return full


@pytest.mark.parametrize("side", [3, 4, 6, 9, 27])
def test_stencils_differ_and_are_symmetric(side):
    drawn = {shape: stencil(shape, side) for shape in SHAPES}
    for one, other in itertools.combinations(SHAPES, 2):
        assert np.abs(drawn[one].astype(int) - drawn[other]).sum() >= 16, (one, other)
    for shape, covered in drawn.items():
        assert covered.max() <= 16
        assert covered.shape == (side, side)
        asymmetry = np.abs(covered.astype(int) - covered[:, ::-1])
        assert asymmetry.max() <= 1, shape  # a point on the very edge of a polygon
    for shape in ("circle", "square", "cross", "ring"):
        np.testing.assert_array_equal(drawn[shape], drawn[shape].T)
        np.testing.assert_array_equal(drawn[shape], drawn[shape][::-1])


@pytest.mark.parametrize(
    ("shape", "area"),
    [("circle", np.pi / 4), ("square", 1.0), ("triangle", 0.5), ("cross", 5 / 9),
     ("ring", np.pi / 4 * 3 / 4)],
)  # fmt: skip
def test_stencils_have_the_areas_of_their_shapes(shape, area):
    assert stencil(shape, 120).sum() / 16 / 120**2 == pytest.approx(area, abs=0.002)


def test_a_star_has_five_points():
    covered = stencil("star", 120) >= 8
    runs = [int(np.diff(row.astype(int), prepend=0).clip(0).sum()) for row in covered]
    assert runs[20] == 1  # the upper point
    assert runs[-10] == 2  # both legs
    assert covered[46].sum() > 100  # the arms
    assert covered[45].argmax() < 10


def lightness(rgb):
    linear = to_linear(rgb)
    return lab(linear)[0]


def to_linear(rgb):
    s = np.asarray(rgb) / 255
    return np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4)


def lab(linear):
    """CIE 1976, D65."""
    m = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
         [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip
    t = np.array(m) @ np.clip(linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > 0.008856, np.cbrt(t), 7.787 * t + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


# Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
BLINDNESS = {
    "none": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


def test_colours_differ_in_brightness():
    seen = sorted(lightness(rgb) for rgb in [*COLOURS.values(), (240, 240, 240)])
    assert np.diff(seen).min() > 6.9
    assert dict(COLOURS) == PALETTE


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_colours_differ_for_the_colour_blind(blindness):
    eye = np.array(BLINDNESS[blindness])
    shown = [lab(eye @ to_linear(rgb)) for rgb in [*COLOURS.values(), (240, 240, 240)]]
    nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(shown, 2))
    assert nearest > 15  # a difference of 2.3 is just seen side by side


def test_draws_are_even_and_below_their_bound():
    draws = Draws(0)
    drawn = draws.below(np.array([1, 2, 10]), 20000, 3)
    assert [np.unique(column).tolist() for column in drawn.T] == [[0], [0, 1], list(range(10))]
    for column, bound in zip(drawn.T[1:], (2, 10), strict=True):
        counts = np.bincount(column)
        assert np.abs(counts - 20000 / bound).max() < 4.5 * np.sqrt(20000 / bound)
    rows = draws.distinct(20000, (4, 5, 5))
    assert all(len(set(row)) == 3 for row in rows.tolist())
    assert rows[:, 0].max() == 3
    assert rows[:, 1:].max() == 4
    _, counts = np.unique(rows @ (25, 5, 1), return_counts=True)
    assert len(counts) == 4 * 4 * 3
    assert np.abs(counts - 20000 / 48).max() < 4.5 * np.sqrt(20000 / 48)
    octets = draws.octets(100001)
    assert len(octets) == 100001
    assert abs(octets.mean() - 127.5) < 4 * 73.9 / np.sqrt(100001)


def test_raw_bits_are_those_of_pcg64():
    """Published beside NumPy's documentation of its promise: default_rng's generator."""
    np.testing.assert_array_equal(
        Draws(3, 4).bits(5), np.random.PCG64(np.random.SeedSequence((3, 4))).random_raw(5)
    )


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"kinds": (0, 1)}, r"kinds\[0\]: expected a whole number from 1 to 3, got 0"),
        ({"kinds": (2, 1)}, r"kinds\[1\]: expected a whole number from 2 to 3"),
        ({"most_alone": 5}, "most_alone: expected a whole number from 1 to 4, got 5"),
        ({"kinds": (1, 3), "most_together": 4}, "most_together: expected .* 1 to 3"),
        ({"colours": 1}, "colours"),
        ({"shapes": 7}, "shapes"),
        ({"noise": 8.0}, "noise: expected a whole number from 0 to 127, got 8.0"),
        ({"colours": 2, "shapes": 2, "kinds": (3, 3)}, "kinds: expected at most 2"),
    ],
)
def test_settings_outside_their_range_are_refused(knobs, words):
    with pytest.raises(ValueError, match=words):
        Difficulty(**knobs)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"count": 0}, "count: expected a whole number from 1 on, got 0"),
        ({"count": 3, "size": 15}, "size: expected a whole number from 16 on, got 15"),
        ({"count": 3, "seed": -1}, "seed"),
        ({"count": 3, "split": "tests"}, "split: expected one of train, validation, test, unseen"),
        ({"count": 3, "difficulty": "hrd"}, "meant 'hard'"),
    ],
)
def test_wrong_arguments_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        make_scenes(**arguments)
    with pytest.raises(TypeError, match="difficulty: expected a name or a Difficulty, got int"):
        make_scenes(3, difficulty=2)
