"""Decoding: against all captions there are, against each other, and small cases by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn.beam import beam_search
from course_utils.nn.decoding import beam_decode, greedy, greedy_decode, sample

from .helpers import examples

NULL, START, END = 0, 1, 2


class Chain:
    """The next token depends on the caption's number and on the last two tokens."""

    def __init__(self, seed, N=3, V=5, coarse=False):
        rng = np.random.default_rng(seed)
        if coarse:  # few different numbers, so that many sums are equal, exactly
            self.table = -rng.integers(0, 3, (N, V, V, V)) / 2
        else:
            Z = rng.normal(size=(N, V, V, V))
            self.table = Z - np.log(np.exp(Z).sum(axis=-1, keepdims=True))
        self.N, self.V, self.calls = N, V, 0

    def state(self, which=None):
        which = np.arange(self.N) if which is None else np.array([which])
        return {"which": which, "before": np.full(len(which), START)}

    def step(self, state, tokens):
        self.calls += 1
        which = state["which"]
        seen = np.stack([which, state["before"], tokens], axis=1)  # (B, 3)
        log_probs = self.table[which, state["before"], tokens]  # (B, V)
        return log_probs, {"which": which, "before": tokens, "seen": seen}

    def score(self, which, caption):
        """The log-probability of a caption, token by token."""
        total, before, last = 0.0, START, START
        for token in caption:
            total += self.table[which, before, last, token]
            before, last = last, token
        return total

    def captions(self, length):
        """Every caption there is: words, then the end; or cut short by the length."""
        words = [token for token in range(self.V) if token != END]
        for n in range(length + 1):
            for said in itertools.product(words, repeat=n):
                yield (*said, END) if n < length else said

    def best(self, which, length, alpha):
        """The best caption by looking at all of them; of equals the one with lower tokens."""
        return min(
            self.captions(length),
            key=lambda one: (-self.score(which, one) / len(one) ** alpha, one),
        )


COMMON = {"start": START, "end": END}


def unpadded(row):
    ends = np.flatnonzero(row == END)
    cut = ends[0] + 1 if len(ends) else len(row)
    assert (row[cut:] == NULL).all()  # nothing after the end, above all no second end
    return tuple(row[:cut])


@examples
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_a_wide_beam_finds_what_looking_at_all_captions_finds(seed, coarse, alpha):
    chain = Chain(seed, N=2, V=4, coarse=coarse)
    width = 1 + 3 + 9 + 27  # all captions of 3 tokens at most over 3 words
    found = beam_search(chain.step, chain.state(), length=3, width=width, alpha=alpha, **COMMON)
    for which in range(chain.N):
        best = chain.best(which, 3, alpha)
        assert unpadded(found.tokens[which]) == best
        assert found.log_probs[which] == pytest.approx(chain.score(which, best), abs=1e-12)
        one, score = beam_decode(chain.step, chain.state(which), START, END, 3, width, alpha)
        assert (tuple(one), score) == (best, pytest.approx(chain.score(which, best), abs=1e-12))


@examples
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([0.0, 0.7, 1.0]))
def test_a_beam_of_one_is_greedy(seed, coarse, alpha):
    chain = Chain(seed, coarse=coarse)
    expected = greedy(chain.step, chain.state(), length=6, keep=("seen",), **COMMON)
    found = beam_search(
        chain.step, chain.state(), length=6, width=1, alpha=alpha, keep=("seen",), **COMMON
    )
    np.testing.assert_array_equal(found.tokens, expected.tokens)
    np.testing.assert_allclose(found.log_probs, expected.log_probs, atol=1e-12)
    np.testing.assert_array_equal(found.kept["seen"], expected.kept["seen"])
    for which in range(chain.N):
        for one, score in (
            greedy_decode(chain.step, chain.state(which), START, END, 6),
            beam_decode(chain.step, chain.state(which), START, END, 6, 1, alpha),
        ):
            assert tuple(one) == unpadded(expected.tokens[which])
            assert score == pytest.approx(expected.log_probs[which], abs=1e-12)


@pytest.mark.parametrize("coarse", [False, True])
@pytest.mark.parametrize("alpha", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("width", [2, 3, 6])
def test_many_captions_at_once_are_each_alone(coarse, alpha, width):
    """Narrow beams, in which it matters what is pruned, against the simple search."""
    for length in (1, 4, 7):
        chain = Chain(10 * width + length, N=60, coarse=coarse)
        found = beam_search(
            chain.step, chain.state(), length=length, width=width, alpha=alpha, **COMMON
        )
        for which in range(chain.N):
            state = chain.state(which)
            one, score = beam_decode(chain.step, state, START, END, length, width, alpha)
            assert tuple(one) == unpadded(found.tokens[which])
            assert score == pytest.approx(found.log_probs[which], abs=1e-12)


@examples
@given(st.integers(0, 10_000), st.integers(1, 8), st.sampled_from(["greedy", "beam", "sample"]))
def test_scores_and_what_is_kept_belong_to_the_caption(seed, length, method):
    """Rows of the state go with their parents, or these would be another caption's."""
    chain = Chain(seed)
    settings = {"length": length, "keep": ("seen", "which"), **COMMON}
    if method == "greedy":
        found = greedy(chain.step, chain.state(), **settings)
    elif method == "beam":
        found = beam_search(chain.step, chain.state(), width=4, alpha=0.6, **settings)
    else:
        rng = np.random.default_rng(seed)
        found = sample(chain.step, chain.state(), rng=rng, temperature=1.7, **settings)
    assert found.tokens.shape == (chain.N, length)
    assert found.kept["seen"].shape == (chain.N, length, 3)
    for which, row in enumerate(found.tokens):
        caption = unpadded(row)
        assert found.log_probs[which] == pytest.approx(chain.score(which, caption), abs=1e-12)
        before, last = START, START
        for t, token in enumerate(caption):
            assert tuple(found.kept["seen"][which, t]) == (which, before, last)
            before, last = last, token
        assert not found.kept["seen"][which, len(caption) :].any()
        assert (found.kept["which"][which, : len(caption)] == which).all()


def table_step(table):
    """The next token depends on the last alone; table[last] is a list of probabilities."""

    anything = [0, *[1] * (len(table[START]) - 1)]  # asked after an end, where it must not matter

    def step(state, tokens):
        with np.errstate(divide="ignore"):
            return np.log(np.array([table.get(int(one), anything) for one in tokens])), state

    return step


# Tokens: 3 "a", 4 "the", 5 "dog". "a" is likelier at first, but leads nowhere in particular.
TEMPTING = {
    START: [0, 0, 0.05, 0.5, 0.45, 0],
    3: [0, 0, 0.4, 0.3, 0.3, 0],
    4: [0, 0, 0.1, 0, 0, 0.9],
    5: [0, 0, 1, 0, 0, 0],
}


def test_a_caption_by_hand_that_greedy_misses():
    step, state = table_step(TEMPTING), {"rows": np.zeros(1)}
    settings = {"length": 5, **COMMON}
    taken = greedy(step, state, **settings)
    assert unpadded(taken.tokens[0]) == (3, END)
    assert taken.log_probs[0] == pytest.approx(math.log(0.5 * 0.4))
    better = beam_search(step, state, width=2, **settings)
    assert unpadded(better.tokens[0]) == (4, 5, END)
    assert better.log_probs[0] == pytest.approx(math.log(0.45 * 0.9))


def test_division_by_the_length_favours_long_captions():
    short_or_long = {START: [0, 0, 0.3, 0.7], 3: [0, 0, 0.4, 0.6]}
    step, state = table_step(short_or_long), {"rows": np.zeros(1)}
    lengths = []
    for alpha in (0.0, 0.5, 1.0):
        found = beam_search(step, state, width=8, length=6, alpha=alpha, **COMMON)
        lengths.append(len(unpadded(found.tokens[0])))
    # Alone 0.3 beats 0.7 * 0.4 and all longer ones; by the mean of the logarithms the six
    # words 0.7 * 0.6^5 are best.
    assert lengths[0] == 1
    assert lengths == sorted(lengths)
    assert lengths[-1] == 6


def test_finished_captions_stay_as_they_are():
    """One likely short caption, long ones unlikely: its score must not move after the end."""
    step, state = table_step({START: [0, 0, 0.6, 0.4], 3: [0, 0, 0.5, 0.5]}), {"r": np.zeros(2)}
    found = beam_search(step, state, width=3, length=9, **COMMON)
    assert [unpadded(row) for row in found.tokens] == [(END,), (END,)]
    np.testing.assert_allclose(found.log_probs, math.log(0.6))
    one, score = beam_decode(step, {"r": np.zeros(1)}, START, END, 9, 3)
    assert (tuple(one), score) == ((END,), pytest.approx(math.log(0.6)))


def test_a_finished_caption_leaves_room_for_others():
    """Its own further growth, which costs nothing here, would push the better one out."""
    step = table_step({START: [0, 0, 0.4, 0.35, 0.25], 3: [0, 0, 0, 0.95, 0.05]})
    settings = {"length": 6, "width": 2, "alpha": 1.0}
    found = beam_search(step, {"r": np.zeros(1)}, **settings, **COMMON)
    assert unpadded(found.tokens[0]) == (3,) * 6
    one, _ = beam_decode(step, {"r": np.zeros(1)}, START, END, **settings)
    assert tuple(one) == (3,) * 6


def test_no_steps_are_made_after_all_captions_ended():
    chain = Chain(0)
    chain.table[...] = np.log(1e-9)
    chain.table[..., END] = 0.0
    found = greedy(chain.step, chain.state(), length=50, keep=("seen",), **COMMON)
    assert (chain.calls, found.tokens.shape) == (1, (3, 50))
    assert found.kept["seen"].shape == (3, 50, 3)
    beam_search(chain.step, chain.state(), length=50, width=1, **COMMON)
    assert chain.calls == 2


def test_lower_tokens_win_ties():
    even = {token: [0, 0, 0.25, 0.25, 0.25, 0.25] for token in range(6)}
    step, state = table_step(even), {"rows": np.zeros(1)}
    assert greedy(step, state, length=3, **COMMON).tokens[0, 0] == END
    never = {token: [0, 0, 0, 0.5, 0.5] for token in range(5)}
    step = table_step(never)
    for found in (
        greedy(step, state, length=3, **COMMON),
        beam_search(step, state, length=3, width=3, **COMMON),
    ):
        assert found.tokens.tolist() == [[3, 3, 3]]
    assert beam_decode(step, state, START, END, 3, 3)[0].tolist() == [3, 3, 3]


def test_drawn_tokens_have_the_probabilities_asked_for():
    p = np.array([0.0, 0.0, 0.1, 0.2, 0.3, 0.4])
    n = 40_000
    step = table_step({START: list(p)})
    for temperature, top_k in ((1.0, None), (0.5, None), (2.0, 3), (1.0, 1)):
        q = p ** (1 / temperature)
        if top_k is not None:
            q[np.argsort(q)[:-top_k]] = 0
        q /= q.sum()
        found = sample(
            step, {"rows": np.zeros(n)}, length=1, rng=np.random.default_rng(0),
            temperature=temperature, top_k=top_k, **COMMON,
        )  # fmt: skip
        shares = np.bincount(found.tokens[:, 0], minlength=6) / n
        assert (shares[q == 0] == 0).all()
        np.testing.assert_allclose(shares, q, atol=5 * np.sqrt(0.25 / n))
        expected = np.log(p[found.tokens[:, 0]])  # the net's own, not the tempered ones
        np.testing.assert_allclose(found.log_probs, expected)


def test_top_k_prefers_lower_tokens_among_equals():
    step = table_step({START: [0, 0, 0.25, 0.25, 0.25, 0.25]})
    found = sample(
        step, {"rows": np.zeros(500)}, length=1, rng=np.random.default_rng(0), top_k=2, **COMMON
    )
    assert set(found.tokens[:, 0]) == {2, 3}


def test_a_seed_gives_the_same_captions_again_and_another_gives_others():
    chain = Chain(3, N=40)
    first, again, other = (
        sample(chain.step, chain.state(), length=8, rng=np.random.default_rng(s), **COMMON).tokens
        for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("write", ["greedy", "sample", "beam"])
def test_a_step_that_gives_something_else_is_refused(write):
    def decode(log_probs):
        def step(state, tokens):
            return log_probs(len(tokens)), state

        if write == "greedy":
            return greedy(step, state, length=3, **COMMON)
        if write == "sample":
            return sample(step, state, length=3, rng=np.random.default_rng(0), **COMMON)
        return beam_search(step, state, length=3, width=2, **COMMON)

    state = {"h": np.zeros((2, 7))}
    with pytest.raises(ValueError, match="logits or probabilities without log_softmax"):
        decode(lambda B: np.ones((B, 5)))
    with pytest.raises(ValueError, match="got nan"):
        decode(lambda B: np.full((B, 5), np.nan))
    with pytest.raises(ValueError, match=r"expected log_probs \(B, V\)"):
        decode(lambda B: np.zeros(5))


def test_settings_out_of_range_are_refused():
    chain = Chain(0)
    state, rng = chain.state(), np.random.default_rng(0)
    for call, told in (
        (lambda: greedy(chain.step, state, length=0, **COMMON), "length: expected a whole"),
        (lambda: beam_search(chain.step, state, length=3, width=0, **COMMON), "width: expected"),
        (
            lambda: beam_search(chain.step, state, length=3, width=2, alpha=-1, **COMMON),
            "alpha: expected 0 or more",
        ),
        (
            lambda: sample(chain.step, state, length=3, rng=rng, temperature=0, **COMMON),
            "0 would be greedy",
        ),
        (lambda: sample(chain.step, state, length=3, rng=rng, top_k=0, **COMMON), "top_k"),
        (
            lambda: greedy(chain.step, state | {"W": np.zeros((9, 9))}, length=3, **COMMON),
            "keep weights out of the state",
        ),
    ):
        with pytest.raises(ValueError, match=told):
            call()
    with pytest.raises(TypeError, match=r"rng: expected numpy\.random\.Generator"):
        sample(chain.step, state, length=3, rng=0, **COMMON)
    with pytest.raises(TypeError, match="state: expected a dictionary"):
        greedy(chain.step, np.zeros((3, 2)), length=3, **COMMON)
