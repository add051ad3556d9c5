"""The catalogue of captioning: each mistake named, no right answer accused, whatever its form."""

import numpy as np
import pytest

from course_utils.checking.designer import examine
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import catalogue
from course_utils.nn.bleu import corpus_bleu
from course_utils.nn.caption_loss import caption_loss_and_grads, shift_captions
from course_utils.nn.clipping import clip_gradients
from course_utils.nn.decoding import beam_decode, greedy_decode
from tests.checking.catalogue_checks import (
    exercises_named,
    expect_named,
    expect_own_sentence,
    expect_sizes,
)
from tests.checking.right import RIGHT

NAMES = [
    "shift_captions",
    "caption_loss_and_grads",
    "clip_gradients",
    "greedy_decode",
    "beam_decode",
    "corpus_bleu",
]
EXERCISES = exercises_named(NAMES)
MISTAKES = [m for name in NAMES for m in catalogue(name)]
RIGHT_ONES = [(name, told, answer) for name in NAMES for told, answer in RIGHT[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_is_large_enough_and_told_apart(name):
    assert len(catalogue(name)) >= 15
    assert len(RIGHT[name]) >= 6
    design = examine(EXERCISES[name])
    assert design.good, design


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_named_and_told_in_one_short_sentence(mistake):
    expect_named(EXERCISES[mistake.name], mistake)


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, _, answer in RIGHT_ONES],
    ids=[f"{name}/{told}" for name, told, _ in RIGHT_ONES],
)
def test_a_right_answer_is_not_accused(name, answer, seed):
    verdict = judge(EXERCISES[name], answer, seed=seed)
    assert verdict.right, verdict.text()


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_distinct_and_vary(name):
    expect_sizes(EXERCISES[name], 3)


# What people really do: known slips above the layer, by the number they have in the course.
FAMOUS = {
    "input and target not shifted": ("shift_captions", "not_shifted"),
    "the same within the loss": ("caption_loss_and_grads", "not_shifted"),
    "padding counted": ("caption_loss_and_grads", "no_mask"),
    "padding counted in the gradient alone": ("caption_loss_and_grads", "gradient_counts_null"),
    "state not reset between captions": ("caption_loss_and_grads", "not_reset"),
    "END never stops decoding": ("greedy_decode", "never_ends"),
    "finished beams grow": ("beam_decode", "ended_ones_grow"),
    "finished beams lose score": ("beam_decode", "ended_score_changes"),
    "width makes no difference": ("beam_decode", "width_one"),
    "no length normalisation": ("beam_decode", "not_normalised"),
    "length normalisation turned round": ("beam_decode", "multiplied"),
    "mean of sentence BLEU": ("corpus_bleu", "mean_of_sentences"),
    "no brevity penalty": ("corpus_bleu", "no_penalty"),
}


@pytest.mark.parametrize(("name", "which"), FAMOUS.values(), ids=FAMOUS)
def test_the_famous_ones_are_told_by_their_own_sentence(name, which):
    expect_own_sentence(EXERCISES[name], catalogue(name), which)


def spoilt_shift(tokens, null=0):
    inputs, targets, mask = shift_captions(tokens, null)
    return inputs, np.where(targets == 4, 5, targets), mask


def spoilt_captioner(params, features, tokens, null=0):
    loss, grads = caption_loss_and_grads(params, features, tokens, null)
    grads["W_words"] = grads["W_words"] + 0.1 * np.sin(7 * grads["W_words"])
    return loss, grads


def spoilt_clipping(grads, max_norm):
    clipped, norm = clip_gradients(grads, max_norm)
    return {key: g + 0.1 * np.sin(7 * g) for key, g in clipped.items()}, norm


def spoilt_greedy(step, state, start, end, length):
    tokens, score = greedy_decode(step, state, start, end, length)
    return [(token + 1) % 5 for token in tokens], score


def spoilt_beam(step, state, start, end, length, width, alpha=0.0):
    tokens, score = beam_decode(step, state, start, end, length, width, alpha)
    return tokens, score + 0.1 * np.sin(7 * score)


def spoilt_bleu(candidates, references, max_n=4):
    scores = corpus_bleu(candidates, references, max_n)
    return scores + 0.1 * np.sin(7 * scores)


SPOILT = [spoilt_shift, spoilt_captioner, spoilt_clipping, spoilt_greedy, spoilt_beam, spoilt_bleu]


@pytest.mark.parametrize(("name", "answer"), list(zip(NAMES, SPOILT, strict=True)))
def test_an_unknown_mistake_gets_a_case_to_follow_by_hand(name, answer):
    verdict = judge(EXERCISES[name], answer)
    told = [f.message for f in verdict.findings if f.status == "wrong"]
    assert any("By hand: " in message for message in told), verdict.text()


def test_a_table_is_written_out_for_a_case_by_hand():
    text = judge("5.18", spoilt_greedy).text()
    assert "step = (logs of [" in text
    assert "after 0" in text


def test_bleu_by_hand_shows_the_words():
    text = judge("5.23", spoilt_bleu).text()
    assert "candidates = [['" in text
    assert "references = [[['" in text


def broken_step(step, state, start, end, length):
    return step(state, start)


def no_state(step, state, start, end, length):
    log_probs, _ = step(state, np.array([start]))
    return step(log_probs, np.array([start]))


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("5.15", lambda tokens, null=0: (tokens, tokens, (tokens != null).astype(int)), "booleans"),
        ("5.15", lambda tokens, null=0: tokens[:, :-1], "expected 3 values"),
        ("5.17", lambda grads, max_norm: list(grads.values()), "expected 2 values"),
        ("5.17", lambda grads, max_norm: (list(grads.values()), 1.0), "expected a dictionary"),
        ("5.18", broken_step, "np.array([token])"),
        ("5.18", no_state, "the state is a dictionary"),
        ("5.18", lambda *args: greedy_decode(*args)[0], "expected 2 values"),
        ("5.18", lambda *args: ("a dog", 0.0), "expected a list or an array"),
        ("5.18", lambda *args: ([0.5, 1.0], 0.0), "expected whole numbers"),
        ("5.22", lambda *args: ([[1], [1, 2]], 0.0), "lists within a list"),
        ("5.23", lambda c, r, max_n=4: ["a"], "expected numbers"),
        ("5.23", lambda c, r, max_n=4: corpus_bleu(c, r, max_n)[-1], "(n,) = (4,)"),
    ],
)
def test_odd_answers_are_told_what_is_asked(number, answer, words):
    verdict = judge(number, answer)
    assert verdict.status == "wrong"
    assert words in verdict.text()


def in_place_clipping(grads, max_norm):
    norm = float(np.sqrt(sum((g**2).sum() for g in grads.values())))
    for g in grads.values():
        g *= min(1.0, max_norm / norm)
    return grads, norm


def test_clipping_in_place_is_told():
    text = judge("5.17", in_place_clipping).text()
    assert 'grads["Wx"], grads["Wh"] and grads["b"] were changed in place' in text
    assert 'grads["Wx"].copy()' in text


def test_captions_of_the_probes_differ_in_length_and_are_filled():
    for name in ("shift_captions", "caption_loss_and_grads"):
        for probe in EXERCISES[name].probes():
            tokens, null = probe.args[-1], probe.kwargs.get("null", 0)
            assert (tokens[:, 0] == 1).all()
            assert ((tokens == 2).sum(axis=1) == 1).all()
            counts = (tokens != null).sum(axis=1)
            assert len(set(counts)) > 1
        assert any(p.kwargs.get("null") for p in EXERCISES[name].probes())


def test_probes_of_clipping_have_long_and_short_gradients():
    long = [
        np.sqrt(sum(float(np.vdot(g, g)) for g in p.args[0].values())) > p.args[1]
        for p in EXERCISES["clip_gradients"].probes()
    ]
    assert True in long
    assert False in long


@pytest.mark.parametrize("seed", range(12))
def test_probes_of_decoding_are_what_they_claim(seed):
    for probe in EXERCISES["greedy_decode"].probes(seed):
        tokens, _ = greedy_decode(*probe.args)
        end, length = probe.args[3:5]
        ended = tokens[-1] == end
        assert ended != (probe.about == "a caption that does not end in time")
        assert len(tokens) < length or not ended
    probes = EXERCISES["beam_decode"].probes(seed)
    for probe in probes[:4]:
        found = tuple(beam_decode(*probe.args)[0])
        assert found != tuple(greedy_decode(*probe.args[:5])[0])
    assert {p.args[5] for p in probes} >= {1, 2, 3, 4}
    assert 0.0 in {p.args[6] for p in probes}
    # Asked again, the search for numbers starts from the same place and gives the same ones.
    again = EXERCISES["beam_decode"].probes(seed)
    for one, other in zip(probes, again, strict=True):
        np.testing.assert_array_equal(one.args[0].out, other.args[0].out)
        assert one.args[2:] == other.args[2:]


def test_probes_of_bleu_have_all_that_makes_a_difference():
    probes = EXERCISES["corpus_bleu"].probes()
    scores = [corpus_bleu(p.args[0].lists, p.args[1].lists, p.args[2]) for p in probes]
    assert any(s[-1] == 0 for s in scores)
    assert sum(s[-1] > 0.1 for s in scores) >= 5
    words = [
        (sum(map(len, p.args[0].lists)), sum(len(g[0]) for g in p.args[1].lists)) for p in probes
    ]
    assert any(c > r for c, r in words)
    assert any(c < r for c, r in words)
    assert any(len({len(one) for one in group}) > 1 for p in probes for group in p.args[1].lists)
