"""Words, their numbers, and pictures with sentences."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.data import caption_sets, load_captions
from course_utils.data.captions import (
    END,
    NULL,
    SPECIAL,
    START,
    UNK,
    Captions,
    CaptionSplit,
    Vocabulary,
    caption_pairs,
    tokenize,
)

TEXTS = ["A dog runs .", "a dog sleeps", "The cat sleeps, a dog runs!"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Two dogs, one ball .", "two dogs one ball"),
        ("A man's hat", "a man 's hat"),
        ("A man 's hat", "a man 's hat"),
        ("it’s the boys' dog", "it 's the boys dog"),
        ("they don't 'go'", "they don 't go"),
        ("a black-and-white T-shirt -- new", "a black-and-white t-shirt new"),
        ("3.5 of 1,000 ; 2nd , 7.", "3.5 of 1,000 2nd 7"),
        ('a " ADHD " shirt', "a adhd shirt"),
        ("under_score #5", "under score 5"),
        ("Cafe\u0301 \u00c9clair", "caf\u00e9 \u00e9clair"),
        ("<START> a <UNK>", "start a unk"),
        (" .,;!? ", ""),
    ],
)
def test_words_of_a_sentence(text, words):
    assert tokenize(text) == words.split()


@given(st.text(max_size=60))
def test_words_joined_give_the_same_words(text):
    words = tokenize(text)
    assert tokenize(" ".join(words)) == words


@given(st.text(alphabet="ab'’-_., 1\n\tZ", max_size=30))
def test_words_hold_no_spaces_and_no_punctuation_alone(text):
    for word in tokenize(text):
        assert word == word.lower()
        assert not set(word) & set(" _\n\t’")
        assert any(letter.isalnum() for letter in word)


def test_only_strings_have_words():
    with pytest.raises(TypeError, match="expected a string, got list; several sentences"):
        tokenize(TEXTS)


def test_numbers_follow_count_then_alphabet():
    v = Vocabulary.from_texts(TEXTS)
    # By hand: a and dog three times; runs and sleeps twice; cat and the once.
    assert v.words == (*SPECIAL, "a", "dog", "runs", "sleeps", "cat", "the")
    assert (NULL, START, END, UNK) == (0, 1, 2, 3)
    assert SPECIAL == ("<NULL>", "<START>", "<END>", "<UNK>")
    assert len(v) == 10
    assert Vocabulary.from_texts(TEXTS[::-1]) == v
    assert Vocabulary.from_texts([(TEXTS[0], TEXTS[1]), (TEXTS[2],)]) == v
    assert Vocabulary.from_texts(TEXTS, min_count=2).words == v.words[:8]
    assert "dog" in v
    assert "bird" not in v
    assert (v.id_of("dog"), v.id_of("bird")) == (5, UNK)


@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.integers(1, 4))
def test_vocabulary_agrees_with_counting(words, min_count):
    v = Vocabulary.from_texts([" ".join(words)], min_count)
    counts = Counter(words)
    assert set(v.words[4:]) == {w for w, c in counts.items() if c >= min_count}
    order = [(-counts[w], w) for w in v.words[4:]]
    assert order == sorted(order)


def test_rows_are_start_words_end_filling():
    v = Vocabulary.from_texts(TEXTS)
    tokens = v.encode(["a dog runs", "the bird", ""])
    expected = [[1, 4, 5, 6, 2], [1, 9, 3, 2, 0], [1, 2, 0, 0, 0]]
    np.testing.assert_array_equal(tokens, expected)
    assert tokens.dtype == np.int64
    np.testing.assert_array_equal(v.encode(["a dog"], length=6), [[1, 4, 5, 2, 0, 0]])
    # A sentence that is too long ends where the room ends.
    np.testing.assert_array_equal(v.encode([TEXTS[2]], length=4), [[1, 9, 8, 2]])
    assert v.encode([]).shape == (0, 3)


@given(
    st.lists(st.lists(st.sampled_from(["a", "dog", "runs", "sleeps", "cat", "the"]), max_size=9)),
    st.integers(3, 14),
)
def test_what_was_encoded_is_read_back(sentences, length):
    v = Vocabulary.from_texts(TEXTS)
    texts = [" ".join(words) for words in sentences]
    assert [v.decode(row) for row in v.encode(texts)] == texts
    tokens = v.encode(texts, length)
    assert tokens.shape == (len(texts), length)
    assert [v.decode(row) for row in tokens] == [" ".join(s[: length - 2]) for s in sentences]


def test_reading_stops_at_the_first_end():
    v = Vocabulary.from_texts(TEXTS)
    assert v.decode([START, 4, 5, END, 6, END]) == "a dog"
    assert v.decode(np.array([4, NULL, UNK, 6])) == "a <UNK> runs"
    assert v.decode([]) == ""
    assert v.decode(np.array([4, 5], dtype=np.uint8)) == "a dog"


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda v: v.encode("a dog"), TypeError, r"expected several strings.*\[text\]"),
        (lambda v: v.encode(["a"], length=2), ValueError, "expected 3 or more.*got 2"),
        (lambda v: v.decode([[1, 2]]), ValueError, r"expected one row.*\(1, 2\).*row in tokens"),
        (lambda v: v.decode([0.5]), TypeError, "expected whole numbers, got float64.*argmax"),
        (lambda v: v.decode([4, 10]), ValueError, "expected 0 to 9, got 10; made with another"),
        (lambda v: v.decode([-1]), ValueError, "got -1"),
        (lambda v: Vocabulary.from_texts("a dog"), TypeError, "expected several strings"),
        (lambda v: Vocabulary.from_texts(["a"], 0), ValueError, "min_count: expected 1 or more"),
        (lambda v: Vocabulary(["a", "b", "a"]), ValueError, "got 'a' more than once"),
        (lambda v: Vocabulary(["a dog"]), ValueError, "'a dog'.*from_texts"),
        (lambda v: Vocabulary(["<END>"]), ValueError, "more than once"),
        (lambda v: Vocabulary(["Dog"]), ValueError, "'Dog'"),
    ],
)
def test_slips_are_named(call, error, told):
    with pytest.raises(error, match=told):
        call(Vocabulary.from_texts(TEXTS))


def pictures(n):
    return np.arange(n * 12, dtype=np.uint8).reshape(n, 3, 2, 2)


def test_one_row_for_each_caption():
    v = Vocabulary.from_texts(TEXTS)
    split = CaptionSplit(pictures(3), (("a dog", "a cat runs"), ("the",), ("dog",)))
    which, tokens = split.pairs(v)
    np.testing.assert_array_equal(which, [0, 0, 1, 2])
    expected = [[1, 4, 5, 2, 0], [1, 4, 8, 6, 2], [1, 9, 2, 0, 0], [1, 5, 2, 0, 0]]
    np.testing.assert_array_equal(tokens, expected)
    assert (which.dtype, tokens.dtype) == (np.int64, np.int64)
    np.testing.assert_array_equal(caption_pairs(split.texts, v, 4)[1][:, :4], split.pairs(v, 4)[1])
    assert split.pairs(v, 4)[1].shape == (4, 4)


def test_parts_of_a_split():
    texts = (("a", "b"), ("c",), ("d",))
    split = CaptionSplit(pictures(3), texts, ("x", "y", "z"))
    assert len(split) == 3
    assert repr(split) == "CaptionSplit(pictures: uint8 (3, 3, 2, 2); 4 captions)"
    for rows in ([2, 0], np.array([2, 0]), np.array([True, False, True])):
        some = split.take(rows)
        order = [0, 2] if np.asarray(rows).dtype == bool else [2, 0]
        np.testing.assert_array_equal(some.pictures, split.pictures[order])
        assert some.texts == tuple(texts[i] for i in order)
        assert some.names == tuple("xyz"[i] for i in order)
    assert split.take(slice(1, None)).names == ("y", "z")
    other = split.with_pictures(np.ones((3, 5)))
    assert other.pictures.shape == (3, 5)
    assert (other.texts, other.names) == (split.texts, split.names)
    assert CaptionSplit(pictures(2), texts[:2]).names == ("0", "1")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ((pictures(2), (("a",),)), "texts: expected one entry per picture, 2, got 1"),
        ((pictures(1), (("a",),), ("x", "y")), "names: expected one entry per picture, 1, got 2"),
        ((pictures(1), ("a dog",)), r"got a single string for '0'.*\(text,\)"),
        ((pictures(1), ((),)), "got none for '0'"),
    ],
)
def test_what_does_not_fit_together_is_refused(fields, told):
    with pytest.raises(ValueError, match=told):
        CaptionSplit(*fields)


def test_captions_count_their_pictures():
    split = CaptionSplit(pictures(2), (("a dog",), ("a",)))
    v = Vocabulary.from_texts(split.texts)
    captions = Captions(split, split, split, v, "quick", "made up")
    assert len(captions) == 6
    assert captions.unseen is None
    expected = "Captions(quick: 2 train, 2 validation, 2 test; 6 words)"
    assert repr(captions) == expected


def test_the_profile_quick_is_scenes(monkeypatch):
    monkeypatch.setattr(
        caption_sets, "_SCENES", {"train": 40, "validation": 6, "test": 9, "unseen": 7}
    )
    captions = load_captions("quick")
    parts = (captions.train, captions.validation, captions.test, captions.unseen)
    assert [len(part) for part in parts] == [40, 6, 9, 7]
    for part in parts:
        assert part.pictures.shape == (len(part), 3, 32, 32)
        assert part.pictures.dtype == np.uint8
        words = tokenize(part.texts[0][0])
        # The pixels of each word, which only scenes know.
        assert part.masks(0, 0).shape == (len(words), 32, 32)
    assert captions.vocabulary == Vocabulary.from_texts(captions.train.texts)
    assert captions.profile == "quick"
    again = load_captions("quick")
    np.testing.assert_array_equal(again.train.pictures, captions.train.pictures)
    with pytest.raises(ValueError, match="'quick' or 'full', got 'fast'"):
        load_captions("fast")


def test_the_whole_of_quick_has_no_unknown_words():
    captions = load_captions("quick")
    for part in (captions.train, captions.validation, captions.test, captions.unseen):
        assert not (part.pairs(captions.vocabulary)[1] == UNK).any()
