"""Exact match and word error: against the definition, and cases counted by hand."""

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn.caption_scores import edit_distance, exact_match, word_error

from .helpers import examples

sentences = st.lists(st.sampled_from("abc"), max_size=7)


def distance(a, b):
    """Levenshtein's definition, by recursion."""

    @functools.cache
    def rest(i, j):
        if i == len(a) or j == len(b):
            return len(a) - i + len(b) - j
        if a[i] == b[j]:
            return rest(i + 1, j + 1)
        return 1 + min(rest(i + 1, j), rest(i, j + 1), rest(i + 1, j + 1))

    return rest(0, 0)


@examples
@given(sentences, sentences)
def test_edit_distance_is_what_it_is_defined_as(a, b):
    assert edit_distance(a, b) == distance(a, b) == edit_distance(b, a)


def test_the_usual_example():
    assert edit_distance("kitten", "sitting") == 3
    assert edit_distance("", "abc") == 3


def test_word_error_counts_to_the_nearest_reference():
    two = [["a", "red", "square"], ["a", "red", "box", "on", "the", "left"]]
    assert word_error([["a", "red", "square"]], [two]) == 0
    assert word_error([["a", "blue", "square"]], [two]) == pytest.approx(1 / 3)
    assert word_error([[]], [two]) == 1  # three to add, of three
    # Over a set: 1 edit of 3 words and 2 of 6.
    candidates = [["a", "blue", "square"], ["a", "red", "box", "on"]]
    assert word_error(candidates, [two[:1], two[1:]]) == pytest.approx(3 / 9)
    # As far from both: the shorter counts.
    assert word_error([["a", "b"]], [[["a", "b", "c"], ["a"]]]) == 1


def test_exact_match_is_equality_with_any_reference():
    group = [["a", "dog"], ("one", "dog")]
    candidates = [["a", "dog"], ["one", "dog"], ["a"], ["dog", "a"], []]
    assert exact_match(candidates, [group] * 5).tolist() == [True, True, False, False, False]


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(TypeError, match="letters"):
        exact_match(["a dog"], [["a dog"]])
    with pytest.raises(ValueError, match="a word in at least one"):
        word_error([["a"]], [[[]]])
