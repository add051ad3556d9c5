"""The pixels that words are about, compared with what the pixels of clean pictures show."""

import dataclasses
import itertools

import numpy as np
import pytest
import scene_oracle as oracle

from course_utils.data.scenes import DIFFICULTIES, make_scenes, word_masks

FUNCTION = {*("a", "an", "the", "there", "is", "are", "and"), *("of", "in", "at", "on"), "all"}
FUNCTION |= {"picture", "shows"}

SHAPES = ("circle", "square", "triangle", "cross", "star", "ring")


def clean(name, count=80, **knobs):
    off = {"strokes_behind": 0, "strokes_in_front": 0, "noise": 0}
    knobs = dataclasses.replace(DIFFICULTIES[name], **{**off, **knobs})
    return make_scenes(count, "test", difficulty=knobs, size=oracle.SIDE)


@pytest.mark.parametrize("name", DIFFICULTIES)
def test_words_are_about_the_things_they_name(name):
    """Every pixel of exactly a thing's colour, none that is paper or another thing's."""
    made = clean(name)
    for k, (scene, texts) in enumerate(zip(made.scenes, made.texts, strict=True)):
        blobs = oracle.blobs(made.pictures[k])
        everything = np.any([b.pixels for b in blobs], axis=0)
        blank = paper_pixels(made.pictures[k])
        for text in texts:
            masks = made.masks(k, text)
            assert masks.shape == (len(text.split()), *made.pictures.shape[2:])
            for word, mask, things in zip(text.split(), masks, meanings(text, blobs), strict=True):
                exact = np.any([b.pixels for b in things], axis=0) if things else np.False_
                assert not (exact & ~mask).any(), (text, word)
                assert not (mask & everything & ~exact).any(), (text, word)
                assert not (mask & blank).any(), (text, word)
                assert mask.any() == bool(things), (text, word)
        assert scene.size == oracle.SIDE


def paper_pixels(picture):
    grey = (picture == picture[:1]).all(axis=0)
    paper = np.bincount(picture[0][grey & (picture[0] > 200)]).argmax()
    return grey & (picture[0] == paper)


def meanings(text, blobs):
    """For each word the things it is about, by simple rules that hold for true captions."""
    words = text.split()
    relations = {"left", "right", "above", "below", "inside", "around"}
    related = " of " in text or bool(relations & set(words) - {"left", "right"})
    split = None
    if related:
        split = next(i for i, w in enumerate(words) if w in relations)
    ands = [i for i, w in enumerate(words) if w == "and"]
    edges = [0, *([split] if related else ands), len(words)]
    about = [[] for _ in words]
    for start, end in itertools.pairwise(edges):
        piece = words[start:end]
        (shape,) = (s for s in SHAPES for w in piece if w in (s, f"{s}s", f"{s}es"))
        size = {"small", "large"} & set(piece) or {"small", "large"}
        colour = set(oracle.PALETTE) & set(piece) or set(oracle.PALETTE)
        things = [b for b in blobs if (b.shape == shape and b.size in size and b.colour in colour)]
        for i in range(start, end):
            if words[i] not in FUNCTION:
                about[i] = things
    if related:
        end = split + 1 + (words[split] in ("left", "right"))
        first = next(about[i] for i in range(split) if about[i])
        last = next(about[i] for i in range(end, len(words)) if about[i])
        about[split] = first + last
    return about


def test_a_pixel_belongs_to_a_thing_that_covers_half_of_it():
    """At an edge the colours blend: the share of the nearer one is above a half."""
    made = clean("hard", 300, kinds=(1, 1))
    for k, scene in enumerate(made.scenes):
        picture = made.pictures[k].astype(float)
        paper = picture[:, paper_pixels(made.pictures[k])][:, :1, None]
        colour = np.reshape(oracle.PALETTE[scene.things[0].colour], (3, 1, 1))
        nearer = np.linalg.norm(picture - paper, axis=0) - np.linalg.norm(picture - colour, axis=0)
        sure = abs(nearer) > 3  # else a half, but for rounding
        mask = made.masks(k).any(axis=0)
        np.testing.assert_array_equal(mask[sure], nearer[sure] > 0)
        assert sure.mean() > 0.98


def test_strokes_that_would_hide_most_of_a_thing_go_behind():
    knobs = dataclasses.replace(DIFFICULTIES["hard"], kinds=(1, 1), most_alone=1)
    bare, veiled = (
        make_scenes(300, difficulty=dataclasses.replace(knobs, strokes_in_front=n), size=16)
        for n in (0, 6)
    )
    shares = []
    for k, scene in enumerate(veiled.scenes):
        before, after = (made.masks(k).any(axis=0).sum() for made in (bare, veiled))
        shares.append(after / before)
        if not scene.veil:
            assert after == before
    assert 0.5 <= min(shares) < 0.6
    assert 0.2 < np.mean([bool(scene.veil) for scene in veiled.scenes]) < 0.95


def test_what_is_hidden_is_in_no_mask():
    made = clean("hard", 200, strokes_in_front=4)
    bare = clean("hard", 200)
    veiled = 0
    for k, scene in enumerate(made.scenes):
        picture, text = made.pictures[k], made.texts[k][0]
        hidden = (picture != bare.pictures[k]).any(axis=0)
        masks, before = made.masks(k), bare.masks(k)
        assert text == bare.texts[k][0]
        assert not (masks & ~before).any()
        if scene.veil:
            assert not (masks & hidden).any()
            veiled += bool((before & ~masks).any())
            for mask, whole in zip(masks, before, strict=True):
                assert 2 * mask.sum() >= whole.sum()
        else:
            np.testing.assert_array_equal(masks, before)
    assert veiled > 100


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("name", DIFFICULTIES)
def test_every_content_word_has_pixels_at_any_size(name, size):
    made = make_scenes(150, difficulty=name, size=size)
    for k, texts in enumerate(made.texts):
        for number, text in enumerate(texts):
            masks = made.masks(k, number)
            for word, mask in zip(text.split(), masks, strict=True):
                assert mask.any() == (word not in FUNCTION), (text, word)


def test_a_thing_inside_another_hides_its_middle():
    made = clean("medium", 600)
    found = [k for k, scene in enumerate(made.scenes) if scene.inside]
    assert found
    for k in found:
        inner, outer = made.scenes[k].things[1], made.scenes[k].things[0]
        masks = word_masks(f"a {inner.colour} {inner.shape} inside a {outer.colour} {outer.shape}"
                           .replace("a orange", "an orange"), made.scenes[k])  # fmt: skip
        assert masks[1].any()
        assert not (masks[1] & masks[5]).any()
        np.testing.assert_array_equal(masks[3], masks[1] | masks[5])


def test_captions_about_nothing_there_have_empty_masks():
    made = make_scenes(1)
    assert not made.masks(0, "three pink rings").any()
    assert made.masks(0, "three pink rings").shape == (3, 32, 32)
    assert not made.masks(0, "no sentence at all").any()
    assert made.masks(0, "").shape == (0, 32, 32)


def test_of_a_false_caption_the_words_that_fit_have_masks():
    made = make_scenes(50, difficulty="easy")
    k = next(k for k, texts in enumerate(made.texts) if " left of " in texts[0])
    one, other = made.texts[k][0].split(" left of ")
    wrong = made.masks(k, f"{one} right of {other}")
    np.testing.assert_array_equal(wrong, made.masks(k, 0))
