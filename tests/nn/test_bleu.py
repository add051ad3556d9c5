"""BLEU against sacrebleu, and the cases that tell it from its look-alikes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics import BLEU

from course_utils.nn.bleu import corpus_bleu, sentence_bleu

from .helpers import examples

words = st.sampled_from(["a", "b", "c", "the", "dog"])
captions = st.lists(words, max_size=9)
sets = st.lists(
    st.tuples(captions, st.lists(st.lists(words, min_size=1, max_size=9), min_size=1, max_size=4)),
    min_size=1,
    max_size=5,
)


def sacre(candidates, references, n, **settings):
    """sacrebleu's figure; it takes references by column, and None where there is none."""
    longest = max(map(len, references))
    columns = [
        [" ".join(group[i]) if i < len(group) else None for group in references]
        for i in range(longest)
    ]
    metric = BLEU(
        tokenize="none", lowercase=False, force=True, max_ngram_order=n,
        **{"smooth_method": "none"} | settings,
    )  # fmt: skip
    return metric.corpus_score([" ".join(one) for one in candidates], columns).score / 100


@examples
@given(sets)
def test_corpus_bleu_is_that_of_sacrebleu(pairs):
    candidates, references = map(list, zip(*pairs, strict=True))
    expected = [sacre(candidates, references, n) for n in (1, 2, 3, 4)]
    np.testing.assert_allclose(corpus_bleu(candidates, references), expected, atol=1e-12)


@examples
@given(captions, st.lists(st.lists(words, min_size=1, max_size=9), min_size=1, max_size=4))
def test_sentence_bleu_is_that_of_sacrebleu_with_one_added(candidate, group):
    expected = [sacre([candidate], [group], n, smooth_method="add-k") for n in (1, 2, 3, 4)]
    np.testing.assert_allclose(sentence_bleu(candidate, group), expected, atol=1e-12)


def test_the_published_example_of_clipping():
    """Papineni et al. 2002, section 2.1: seven times "the" is worth 2/7, not 7/7."""
    candidate = ["the", "the", "the", "the", "the", "the", "the"]
    group = [
        ["the", "cat", "is", "on", "the", "mat"],
        ["there", "is", "a", "cat", "on", "the", "mat"],
    ]
    scores = corpus_bleu([candidate], [group])
    assert scores[0] == pytest.approx(2 / 7)
    assert scores[1:].tolist() == [0, 0, 0]


def test_counts_are_pooled_and_not_sentences_averaged():
    right, wrong = ["a", "b", "c", "d", "e", "f", "g", "h"], ["x", "y"]
    references = [[right], [["p", "q"]]]
    pooled = corpus_bleu([right, wrong], references)
    np.testing.assert_allclose(pooled[:2], [8 / 10, math.sqrt(8 / 10 * 7 / 8)])
    mean = (corpus_bleu([right], references[:1]) + corpus_bleu([wrong], references[1:])) / 2
    assert mean[0] == 0.5


def test_a_caption_of_one_word_is_held_back():
    long = [["a", "dog", "runs", "on", "grass"]]
    assert corpus_bleu([["a"]], [long])[0] == pytest.approx(math.exp(1 - 5 / 1))
    assert corpus_bleu([["a"]], [[*long, ["a"]]])[0] == 1.0  # the closest reference counts
    # Of two that are as close the shorter: 3 words between 2 and 4 are not held back.
    assert corpus_bleu([["a", "a", "a"]], [[["a"] * 4, ["a"] * 2]])[0] == 1.0


def test_tokens_are_as_good_as_words():
    candidates, references = [[4, 5, 6, 7]], [[[4, 5, 6, 8], [5, 6, 7]]]
    as_words = corpus_bleu([list("abcd")], [[list("abce"), list("bcd")]])
    np.testing.assert_array_equal(corpus_bleu(candidates, references), as_words)
    arrays = corpus_bleu([np.array(candidates[0])], [[np.array(r) for r in references[0]]])
    np.testing.assert_array_equal(arrays, as_words)


def test_nothing_said_is_worth_nothing():
    assert corpus_bleu([[]], [[["a", "b"]]]).tolist() == [0, 0, 0, 0]
    assert sentence_bleu([], [["a", "b"]]).tolist() == [0, 0, 0, 0]


def test_what_is_no_set_of_captions_is_refused():
    with pytest.raises(TypeError, match="its letters would be taken for words"):
        corpus_bleu(["a dog"], [[["a", "dog"]]])
    with pytest.raises(TypeError, match="the string 'a dog'"):
        corpus_bleu([["a", "dog"]], [["a dog"]])
    with pytest.raises(ValueError, match="one reference is still a group"):
        corpus_bleu([["a", "dog"]], [[]])
    with pytest.raises(ValueError, match="references by column"):
        corpus_bleu([["a"], ["b"]], [[["a"]]])
    with pytest.raises(ValueError, match="at least one caption"):
        corpus_bleu([], [])
