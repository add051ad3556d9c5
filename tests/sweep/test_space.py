import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from course_utils.sweep import SweepError, choice, grid, log_uniform, sample, uniform, whole
from course_utils.sweep.canonical import configuration


def test_a_grid_goes_like_nested_loops():
    expected = []
    for hidden in (50, 10):
        for rate in (0.1, 0.01, 1.0):
            for rule in ("sgd",):
                expected.append({"hidden": hidden, "rate": rate, "rule": rule})
    got = grid(hidden=[50, 10], rate=[0.1, 0.01, 1.0], rule=["sgd"])
    assert got == expected
    assert [list(one) for one in got] == [["hidden", "rate", "rule"]] * 6


def test_a_grid_leaves_out_what_a_predicate_refuses():
    kept = grid(a=range(3), b=range(3), where=lambda c: c["a"] < c["b"])
    assert kept == [{"a": 0, "b": 1}, {"a": 0, "b": 2}, {"a": 1, "b": 2}]
    with pytest.raises(SweepError, match="none of the combinations"):
        grid(a=[1], where=lambda c: False)


def test_grid_and_sample_join():
    both = grid(a=[1]) + sample(2, a=whole(2, 9))
    assert len(both) == 3
    assert both[0] == {"a": 1}


def test_numpy_values_become_pythons():
    (a, b) = grid(x=np.array([0.5, 1.5]))
    assert [type(a["x"]), b["x"]] == [float, 1.5]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ({"a": 10}, r"a: expected a list of values, got 10; .*a=\[10\]"),
        ({"a": "relu"}, r"a=\['relu'\]"),
        ({"a": {"b": 1}}, "expected a list"),
        ({"a": []}, "empty list"),
        ({"a": {1, 2}}, "no order"),
        ({"a": np.zeros((2, 2))}, "expected a list"),
        ({"a": uniform(0, 1)}, r"sample\(\.\.\.\)"),
        ({"a": [1, max]}, r"a\[1\]: .*give a name"),
        ({"seed": [1]}, r"seeds="),
    ],
)
def test_a_grid_says_what_is_wrong(names, said):
    with pytest.raises(SweepError, match=said):
        grid(**names)


SPACE = {"rate": log_uniform(1e-4, 1e-1), "width": whole(8, 512, log=True), "rule": ["sgd", "adam"]}


def test_a_sample_is_reproducible_and_a_longer_one_begins_with_it():
    ten = sample(10, 3, **SPACE)
    assert ten == sample(10, 3, **SPACE)
    assert sample(25, 3, **SPACE)[:10] == ten
    assert sample(10, 4, **SPACE) != ten


def test_a_further_name_leaves_the_others_values():
    ten = sample(10, **SPACE)
    more = sample(10, decay=uniform(0, 1), **SPACE)
    assert [{name: one[name] for name in SPACE} for one in more] == ten
    assert len({one["decay"] for one in more}) == 10


def test_streams_of_two_names_differ():
    drawn = sample(50, a=uniform(0, 1), b=uniform(0, 1))
    a, b = (np.array([one[name] for one in drawn]) for name in "ab")
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.4


def test_a_generator_gives_the_seed():
    drawn = [sample(4, np.random.default_rng(seed), **SPACE) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


@given(st.integers(1, 12), st.integers(0, 1000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_finite_space_is_drawn_without_repeats(n, seed, log):
    drawn = sample(n, seed, a=whole(1, 4, log=log), b=choice(["x", "y", "z"]))
    assert len({configuration(one) for one in drawn}) == n
    if n == 12:
        assert {(one["a"], one["b"]) for one in drawn} == {
            (a, b) for a in range(1, 5) for b in "xyz"
        }


def test_asking_for_more_than_there_is():
    with pytest.raises(SweepError, match=r"expected 7 .* got 6; that is all of the 6 combinations"):
        sample(7, a=whole(1, 3), b=["x", "y", "x"])
    with pytest.raises(SweepError, match=r"got 2; that is all of the 6 combinations that pass"):
        sample(3, a=whole(1, 3), b=["x", "y"], where=lambda c: c["a"] == 2)
    with pytest.raises(SweepError, match="gave up after 20,000 draws"):
        sample(1, a=uniform(0, 1), where=lambda c: c["a"] > 2)


def test_a_predicate_holds_for_all():
    drawn = sample(50, a=uniform(0, 1), b=uniform(0, 1), where=lambda c: c["a"] < c["b"])
    assert all(one["a"] < one["b"] for one in drawn)


# The oracle is Kolmogorov and Smirnov's test against SciPy's distributions.
def test_uniform_and_log_uniform_are_distributed_so():
    drawn = sample(4000, 1, u=uniform(-2, 3), g=log_uniform(1e-5, 10))
    assert stats.kstest([c["u"] for c in drawn], stats.uniform(-2, 5).cdf).pvalue > 0.01
    assert stats.kstest([c["g"] for c in drawn], stats.loguniform(1e-5, 10).cdf).pvalue > 0.01
    assert all(-2 <= c["u"] <= 3 and 1e-5 <= c["g"] <= 10 for c in drawn)


def test_whole_numbers_come_with_both_ends_and_by_doublings():
    rng = np.random.default_rng(0)
    even = [whole(1, 4).draw(rng) for _ in range(4000)]
    assert stats.chisquare(np.bincount(even)[1:]).pvalue > 0.01
    doubling = [whole(1, 4, log=True).draw(rng) for _ in range(4000)]
    shares = np.diff(np.log(np.arange(1, 6))) / math.log(5)
    assert stats.chisquare(np.bincount(doubling)[1:], 4000 * shares).pvalue > 0.01


def test_values_are_plain_numbers():
    (one,) = sample(1, a=uniform(0, 1), b=whole(1, 3), c=log_uniform(1, 2), d=[(3, 3)])
    assert [type(value) for value in one.values()] == [float, int, float, tuple]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: uniform(1, 1), "uniform: expected numbers low < high, got 1 and 1"),
        (lambda: uniform(0, math.inf), "low < high"),
        (lambda: log_uniform(0, 1), "0 < low"),
        (lambda: log_uniform("a", 1), "got 'a' and 1"),
        (lambda: whole(1.0, 3), "whole numbers low < high"),
        (lambda: whole(0, 3, log=True), "1 <= low"),
        (lambda: choice("abc"), "expected a list"),
        (lambda: sample(0, a=[1]), "1 or more, got 0"),
        (lambda: sample(1), "at least one name"),
        (lambda: sample(1, a=3), r"a: expected uniform.* for a fixed value write a=\[3\]"),
        (lambda: sample(1, -1, a=[3]), "expected a seed"),
        (lambda: sample(1, seed="x", a=[3]), "expected a seed"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(call, said):
    with pytest.raises(SweepError, match=said):
        call()
