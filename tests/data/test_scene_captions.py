"""Captions of scenes: grammatical, true of the pixels, and read as a second reader reads them."""

import dataclasses
import random
import re

import numpy as np
import pytest
import scene_oracle as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import scenes
from course_utils.data.scenes import EASY, HARD, MEDIUM, Scene, Thing, exact, faults, is_true
from course_utils.data.scenes.saying import sayings

NAMES = ("easy", "medium", "hard")
SPLITS = ("train", "validation", "test", "unseen")


def clean(name, split="train", count=150):
    """Scenes to be read from their pixels: large, without strokes and noise."""
    knobs = dataclasses.replace(
        scenes.DIFFICULTIES[name], strokes_behind=0, strokes_in_front=0, noise=0
    )
    return scenes.make_scenes(count, split, difficulty=knobs, size=oracle.SIDE)


@pytest.fixture(scope="module", params=NAMES)
def made(request):
    made = clean(request.param)
    return made, [oracle.blobs(picture) for picture in made.pictures]


def test_the_pixels_show_the_things_that_the_scene_lists(made):
    made, seen = made
    for scene, blobs in zip(made.scenes, seen, strict=True):
        listed = [(t.colour, t.shape, t.size, t.row, t.column) for t in scene.things]
        found = [(b.colour, b.shape, b.size, b.row, b.column) for b in blobs]
        assert sorted(found) == sorted(listed)
        inside = [(a, b) for a in blobs for b in blobs if b.around(a)]
        assert len(inside) == scene.inside


def test_all_captions_are_true_of_the_pixels_and_grammatical(made):
    made, seen = made
    for scene, texts, blobs in zip(made.scenes, made.texts, seen, strict=True):
        assert len(texts) == len(set(texts)) == 5
        for text in texts:
            assert oracle.grammatical(text), text
            assert oracle.true(text, blobs), text
            assert is_true(text, scene), faults(text, scene)


@pytest.mark.parametrize("knobs", [EASY, MEDIUM, HARD], ids=NAMES)
def test_everything_there_is_to_say_is_true(knobs):
    made = clean({EASY: "easy", MEDIUM: "medium", HARD: "hard"}[knobs], count=60)
    for scene, picture in zip(made.scenes, made.pictures, strict=True):
        blobs = oracle.blobs(picture)
        for text in sayings(scene, knobs):
            assert oracle.grammatical(text), text
            assert oracle.true(text, blobs), text
            assert is_true(text, scene), text


def test_easy_captions_are_all_that_the_easy_templates_say():
    made = scenes.make_scenes(500, "test")
    for scene, texts in zip(made.scenes, made.texts, strict=True):
        assert set(sayings(scene, EASY)) == set(texts)


_SWAPS = [
    tuple(oracle.PALETTE),
    ("small", "large"),
    ("two", "three", "four"),
    ("circle", "square", "triangle", "cross", "star", "ring"),
    ("circles", "squares", "triangles", "crosses", "stars", "rings"),
    ("left of", "right of", "above", "below", "inside", "around"),
    ("in the middle", "at the top", "at the bottom", "on the left", "on the right",
     "in the top left corner", "in the bottom right corner", "in the top right corner"),
]  # fmt: skip


def exchanged(text, rng):
    """The caption with one word, or two, exchanged for others of their kind; still a sentence."""
    for _ in range(rng.choice((1, 1, 2))):
        words = [
            (m.span(), swap)
            for swap in _SWAPS
            for w in swap
            for m in re.finditer(rf"\b{w}\b", text)
        ]
        (start, end), swap = rng.choice(words)
        text = text[:start] + rng.choice(swap) + text[end:]
    text = re.sub(r"\ban?\b(?= [aeiou])", "an", text)
    text = re.sub(r"\ban?\b(?= [^aeiou])", "a", text)
    return re.sub(r"\ball two\b", "both", text)


def test_two_readers_agree_on_captions_with_exchanged_words(made):
    made, seen = made
    rng = random.Random(0)
    truths = []
    for scene, texts, blobs in zip(made.scenes, made.texts, seen, strict=True):
        for text in texts:
            other = exchanged(text, rng)
            truths.append(oracle.true(other, blobs))
            assert is_true(other, scene) == truths[-1], (other, texts, faults(other, scene))
    assert 0.05 < np.mean(truths) < 0.8  # both answers were asked for


def thing(colour, shape, row, column, size="large"):
    return Thing(colour, shape, size, row, column, 10 * row + 1, 10 * column + 1, 8)


PAIR = Scene((thing("red", "circle", 0, 0), thing("blue", "square", 1, 2)), False, 32)
REDS = Scene(
    (thing("red", "circle", 0, 1), thing("red", "circle", 2, 1), thing("black", "ring", 1, 0)),
    False,
    32,
)


@pytest.mark.parametrize(
    ("caption", "scene", "remarks"),
    [
        ("a red circle left of a blue square", PAIR, ()),
        ("a red circle is above a blue square", PAIR, ()),
        ("the blue square is right of the red circle", PAIR, ()),
        ("one red circle and one square", PAIR, ()),
        ("there is a circle at the top", PAIR, ()),
        ("the circles are red", REDS, ()),
        ("both circles are red", REDS, ()),
        ("two red circles are right of a black ring", REDS, ()),
        ("a red circle right of a blue square", PAIR,
         ("the red circle is not right of the blue square",)),
        ("a red circle at the bottom", PAIR, ("the red circle is not at the bottom",)),
        ("the circle at the top is blue", PAIR, ("the circle is not blue",)),
        ("the circle at the bottom is blue", PAIR,
         ("the circle is not at the bottom", "the circle is not blue")),
        ("a green circle above a blue square", PAIR, ("there is no green circle",)),
        ("two stars and three pink rings", PAIR, ("there is no star", "there is no pink ring")),
        ("a red circle", REDS, ("there are two red circles, not one",)),
        ("three red circles", REDS, ("there are two red circles, not three",)),
        ("two black rings", REDS, ("there is one black ring, not two",)),
        ("the rings are black", REDS, ("there is one ring, not several",)),
        ("the two circles are black", REDS, ("the circles are not black",)),
        ("a blue square and a square", PAIR, ("something is told twice",)),
        ("a blue square above a blue square", PAIR,
         ("the blue square is not above the blue square",)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(caption, scene, remarks):
    assert faults(caption, scene) == remarks
    assert is_true(caption, scene) == (not remarks)


@pytest.mark.parametrize(
    ("caption", "remark"),
    [
        ("", "expected a phrase, got the end"),
        ("red circle", "expected a phrase, got 'red'"),
        ("a orange circle", "expected 'an', got 'a'"),
        ("an red circle", "expected 'a', got 'an'"),
        ("two red circle", "a shape in the plural after 'two red', got 'circle'"),
        ("a red circles", "expected a shape after 'a red', got 'circles'"),
        ("there are a red circle", "a number that fits after 'there are', got 'a'"),
        ("there is two red circles", "a number that fits after 'there is', got 'two'"),
        ("there is the red circle", "a number that fits after 'there is', got 'the'"),
        ("the picture shows both circles", "a number that fits after 'the picture shows'"),
        ("a red circle and the square", "a number that fits after 'a red circle and', got 'the'"),
        ("two red circles is at the top", "'are' after 'two red circles', got 'is'"),
        ("a red circle are at the top", "'is' after 'a red circle', got 'are'"),
        ("a circle red", "the end after 'a circle', got 'red'"),
        ("a red large circle", "a shape after 'a red', got 'large'"),
        ("a red circle is red", "where or how it is after 'a red circle is', got 'red'"),
        ("a red circle left a square", "the end after 'a red circle', got 'left'"),
        ("a red circle left of", "a phrase after 'a red circle left of', got the end"),
        ("the red circle", "'is' after 'the red circle', got the end"),
        ("all two circles are red", "a number above two after 'all', got 'two'"),
        ("at the top are a red circle", "a number that fits after 'at the top are', got 'a'"),
        ("a red circle and", "a phrase after 'a red circle and', got the end"),
        ("a red circle <UNK> a square", "the end after 'a red circle', got '<UNK>'"),
        ("a red circle at the top at the top", "the end after 'a red circle at the top'"),
    ],
)
def test_what_is_no_sentence_is_false_and_says_where(caption, remark):
    (told,) = faults(caption, PAIR)
    assert told.startswith("no sentence: ")
    assert remark in told
    assert not is_true(caption, PAIR)
    with pytest.raises(scenes.UngrammaticalError):
        scenes.read(caption)


WORDS = (
    "a an the two three all both there is are red orange small circle circles at top and left of"
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=7))
def test_any_words_are_read_or_refused(words):
    caption = " ".join(words)
    remarks = faults(caption, PAIR)
    assert all(isinstance(remark, str) for remark in remarks)
    if not remarks:
        assert oracle.grammatical(caption)


def test_exact_is_word_for_word():
    texts = ("a red circle", "there is a red circle")
    assert exact("a red circle", texts)
    assert exact("  a red  circle ", texts)
    assert not exact("a red circle at the top", texts)
    assert not exact("a circle", texts)
    assert not exact("", texts)


def test_a_true_caption_need_not_be_a_reference():
    """The corner is also at the top: true, but none of the five."""
    made = scenes.make_scenes(300, "test")
    found = [
        (scene, texts)
        for scene, texts in zip(made.scenes, made.texts, strict=True)
        if len(scene.things) == 1 and (scene.things[0].row, scene.things[0].column) == (0, 0)
    ]
    assert found
    for scene, texts in found:
        caption = texts[0].replace("in the top left corner", "at the top")
        assert is_true(caption, scene)
        assert not exact(caption, texts)


def words_of(made):
    return {word for texts in made.texts for text in texts for word in text.split()}


def test_sizes_are_told_or_not_as_the_knob_says():
    easy, medium = (words_of(scenes.make_scenes(300, difficulty=d)) for d in ("easy", "medium"))
    assert not easy & {"small", "large", "inside", "around"}
    assert {"small", "large", "inside", "around"} <= medium
    mute = dataclasses.replace(MEDIUM, relations=False)
    said = words_of(scenes.make_scenes(300, difficulty=mute))
    assert not said & {"of", "above", "below", "inside", "around"}
    assert "and" in said


@pytest.mark.parametrize("captions", [1, 3, 7])
def test_as_many_captions_as_asked_for_while_there_are_more(captions):
    knobs = dataclasses.replace(MEDIUM, captions=captions)
    made = scenes.make_scenes(200, difficulty=knobs)
    for scene, texts in zip(made.scenes, made.texts, strict=True):
        said = sayings(scene, knobs)
        assert len(texts) == len(set(texts)) == min(captions, len(said))
        assert set(texts) <= set(said)


def test_all_that_can_be_said_is_said_equally_often():
    knobs = dataclasses.replace(MEDIUM, kinds=(1, 1), most_alone=1, captions=3)
    made = scenes.make_scenes(3000, difficulty=knobs)
    ranks, lengths = [], set()
    for scene, texts in zip(made.scenes, made.texts, strict=True):
        said = sayings(scene, knobs)
        ranks += [said.index(text) for text in texts]
        lengths.add(len(said))
    counts = np.bincount(ranks)
    assert lengths == {len(counts)}
    assert np.abs(counts / counts.mean() - 1).max() < 0.15  # 4 standard errors are 0.15
