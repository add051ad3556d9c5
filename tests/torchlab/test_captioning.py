"""Captioners: teacher forcing against one step after the other, and against the formulas."""

import math

import numpy as np
import pytest
import torch

from course_utils.nn import temporal_softmax_forward
from course_utils.torchlab.captioning import as_floats, caption_loss, captioner
from course_utils.torchlab.captioning_decoders import Attention

KINDS = ("rnn", "lstm", "attention", "transformer")
VARIANTS = {"additive": {"score": "additive"}, "where": {"remembers": "where"}}
V = 11
TOKENS = torch.tensor([[1, 5, 6, 7, 2, 0, 0], [1, 4, 2, 0, 0, 0, 0], [1, 9, 8, 10, 4, 5, 2]])


def new_model(kind="attention", shape=(6, 8), seed=0, **settings):
    settings = {"hidden": 12, "embedding": 8, "widths": (4, 6)} | settings
    return captioner(kind, V, shape, rng=np.random.default_rng(seed), **settings)


def features(n=3, shape=(6, 8)):
    return torch.tensor(np.random.default_rng(1).normal(size=(n, *shape)), dtype=torch.float32)


@pytest.mark.parametrize("shape", [(3, 8, 10), (6, 8), (8,)])
@pytest.mark.parametrize("kind", [*KINDS, *VARIANTS])
def test_step_by_step_is_teacher_forcing(kind, shape):
    """Both ways of going through a caption give the same probabilities and weights."""
    settings = VARIANTS.get(kind, {})
    model = new_model("attention" if settings else kind, shape, **settings).eval()
    X, inputs = features(shape=shape), TOKENS[:, :-1]
    with torch.no_grad():
        Z = model(X, inputs)  # (N, T, V)
        _, weights = model.decoder(model.encoder(X), inputs[:, None])
        Z[..., [0, 1]] = -math.inf
        expected = Z.log_softmax(dim=2)
        state = model.start(X)
        for t in range(inputs.shape[1]):
            log_probs, state = model.step(state, inputs[:, t])
            torch.testing.assert_close(log_probs, expected[:, t], atol=1e-5, rtol=0)
            assert {len(one) for one in state.values()} == {3}
            if weights is not None:
                torch.testing.assert_close(state["attention"], weights[:, 0, t], atol=1e-6, rtol=0)
    assert (weights is None) == (kind in ("rnn", "lstm"))
    assert math.prod(model.grid) == model.encoder(X).shape[1]


@pytest.mark.parametrize("kind", KINDS)
def test_several_captions_of_a_picture_are_each_as_if_alone(kind):
    model = new_model(kind).eval()
    X, two = features(), torch.stack([TOKENS, TOKENS.roll(1, dims=0)], dim=1)  # (3, 2, 7)
    Z = model(X, two)
    for r in range(2):
        torch.testing.assert_close(Z[:, r], model(X, two[:, r]), atol=1e-5, rtol=0)
    mask = two > 4
    torch.testing.assert_close(model(X, two, mask), Z[mask])


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_sees_the_words_to_come_or_another_picture(kind):
    model = new_model(kind).eval()
    X, inputs = features(), TOKENS.clone()
    before = model(X, inputs)
    inputs[:, 4:] = 3
    X[2] = 0
    after = model(X, inputs)
    torch.testing.assert_close(after[:2, :4], before[:2, :4])
    assert not torch.allclose(after[:2, 4:], before[:2, 4:])
    assert not torch.allclose(after[2, :4], before[2, :4])  # and it does see its own


@pytest.mark.parametrize("score", ["dot", "additive"])
def test_attention_is_its_formula(score):
    torch.manual_seed(0)
    look = Attention(5, 4, score)
    places, queries = torch.randn(2, 6, 5), torch.randn(2, 3, 4)
    seen, weights = look(queries, *look.prepare(places))
    for n in range(2):
        for r in range(3):
            scores = []
            for p in range(6):
                key = look.key.weight @ places[n, p]
                if score == "dot":
                    scores.append(key @ queries[n, r] / 2)  # the root of 4
                else:
                    q = look.query.weight @ queries[n, r] + look.query.bias
                    scores.append(look.weigh.weight[0] @ torch.tanh(q + key))
            expected = torch.stack(scores).exp() / torch.stack(scores).exp().sum()
            torch.testing.assert_close(weights[n, r], expected)
            value = look.value(places[n].T @ expected)  # linear: the mean of values is this
            torch.testing.assert_close(seen[n, r], value)


@pytest.mark.parametrize("remembers", ["what", "where"])
def test_the_attentive_lstm_is_pytorchs_with_what_it_remembers_as_a_second_input(remembers):
    model = new_model("attention", shape=(4, 8), remembers=remembers).eval()
    decoder, M = model.decoder, 12
    B = M if remembers == "what" else 2
    cell = torch.nn.LSTMCell(8 + B, M)
    order = torch.cat([torch.arange(2 * M), torch.arange(3 * M, 4 * M), torch.arange(2 * M, 3 * M)])
    corners = torch.tensor([[-1.0, -1], [-1, 1], [1, -1], [1, 1]])  # of 2 by 2 places
    with torch.no_grad():  # PyTorch has the gates as i, f, g, o
        back = decoder.back.weight[:, M:]
        cell.weight_ih.copy_(torch.cat([decoder.words.weight, back], dim=1)[order])
        cell.weight_hh.copy_(decoder.back.weight[:, :M][order])
        cell.bias_ih.copy_(decoder.words.bias[order])
        cell.bias_hh.zero_()
        places = model.encoder(features(shape=(4, 8)))
        keys, values = decoder.attention.prepare(places)
        h, c, kept = torch.zeros(3, M), torch.zeros(3, M), torch.zeros(3, B)
        H, _ = decoder(places, TOKENS[:, None])
        for t in range(TOKENS.shape[1]):
            h, c = cell(torch.cat([decoder.embedding(TOKENS[:, t]), kept], dim=1), (h, c))
            seen, weights = (one[:, 0] for one in decoder.attention(h[:, None], keys, values))
            expected = torch.tanh(decoder.join(torch.cat([h, seen], dim=1)))
            torch.testing.assert_close(H[:, 0, t], expected, atol=1e-6, rtol=0)
            kept = seen if remembers == "what" else weights @ corners


def test_the_loss_is_the_courses_temporal_softmax():
    model = new_model().eval()
    X = features()
    Z = model(X, TOKENS[:, :-1]).detach().numpy()
    y = TOKENS[:, 1:].numpy()
    expected, _ = temporal_softmax_forward(Z, y, y != 0)
    assert caption_loss(model, X, TOKENS).item() == pytest.approx(float(expected), rel=1e-6)
    longer = torch.nn.functional.pad(TOKENS, (0, 9))  # more filling changes nothing
    assert caption_loss(model, X, longer).item() == pytest.approx(float(expected), rel=1e-6)
    # Two captions of each picture, one of them absent for the last: a mean over five.
    two = torch.stack([TOKENS, TOKENS.roll(1, dims=0)], dim=1)
    two[2, 1] = 0
    present = [(i, r) for i in range(3) for r in range(2) if two[i, r, 0]]
    parts = [caption_loss(model, X[i : i + 1], two[i : i + 1, r]) for i, r in present]
    assert len(parts) == 5
    expected = torch.stack(parts).mean()
    torch.testing.assert_close(caption_loss(model, X, two), expected)


def test_smoothed_labels_are_spread_over_all_tokens():
    model = new_model().eval()
    X = features()
    log_p = model(X, TOKENS[:, :-1]).log_softmax(dim=2)
    y = TOKENS[:, 1:]
    right = log_p.gather(2, y[..., None])[..., 0]
    each = -(0.8 * right + 0.2 * log_p.mean(dim=2))
    expected = each[y != 0].sum() / 3
    torch.testing.assert_close(caption_loss(model, X, TOKENS, 0.2), expected)


def test_places_know_where_they_are():
    """The same colour everywhere: without its place no two places in the middle could differ."""
    model = new_model(shape=(3, 16, 16)).eval()
    places = model.encoder(torch.zeros(1, 3, 16, 16))[0].reshape(8, 8, -1)
    inner = places[2:-2, 2:-2].reshape(16, -1)  # the border knows zeros from outside besides
    assert torch.cdist(inner, inner).add(torch.eye(16)).min() > 1e-6


@pytest.mark.parametrize("kind", KINDS)
def test_a_generator_gives_the_same_first_weights_and_the_global_one_is_left_alone(kind):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    first, again, other = (new_model(kind, seed=s).state_dict() for s in (0, 0, 1))
    assert torch.equal(torch.rand(1), expected)
    assert all(torch.equal(w, again[key]) for key, w in first.items())
    assert not torch.equal(first["output.weight"], other["output.weight"])


def test_bytes_become_minus_one_to_one_and_features_float32():
    pixels = np.array([[0, 255, 51]], dtype=np.uint8)
    floats = as_floats(pixels)
    assert floats.dtype == np.float32
    np.testing.assert_allclose(floats, [[-1, 1, -0.6]], atol=1e-6)
    halves = np.array([[0.5, -2]], dtype=np.float16)
    assert as_floats(halves).dtype == np.float32
    np.testing.assert_array_equal(as_floats(halves), halves)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "gru"}, "kind: expected one of rnn, lstm"),
        ({"shape": (32, 32, 3)}, "colours last"),
        ({"shape": (5, 3, 32, 32)}, "the batch counted in"),
        ({"dropout": 1.0}, "dropout: expected a share"),
        ({"score": "cosine"}, "score: expected one of dot, additive"),
        ({"remembers": "who"}, "remembers: expected one of what, where"),
        ({"kind": "transformer", "heads": 5}, "heads: expected a divisor of hidden = 12"),
        ({"shape": (3, 2, 2), "widths": (4, 4, 4)}, "widths: expected"),
    ],
)
def test_settings_out_of_range_are_refused(change, told):
    settings = {"kind": "attention", "shape": (6, 8)} | change
    with pytest.raises(ValueError, match=told):
        new_model(**settings)
    with pytest.raises(TypeError, match="rng: expected"):
        captioner("lstm", V, (8,), rng=0)


def test_a_transformer_says_how_long_a_caption_may_be():
    model = new_model("transformer", length=5)
    with pytest.raises(ValueError, match="at most 5 tokens, got 7"):
        model(features(), TOKENS)
