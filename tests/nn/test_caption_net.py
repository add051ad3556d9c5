import numpy as np
import pytest
import torch

from course_utils import nn
from course_utils.nn import attention, embedding, layers, lstm, recurrent, sequence_losses
from course_utils.nn.caption_layers import CAPTION_LAYERS, choose_caption_layers
from course_utils.nn.caption_loss import caption_loss_and_grads, shift_captions
from course_utils.nn.caption_net import CELLS, CaptionNet
from course_utils.nn.clipping import clip_gradients
from course_utils.nn.decoding import beam_decode, greedy, greedy_decode

from .caption_oracle import captions, torch_logits, torch_loss_and_grads
from .helpers import numeric_gradient, unchanged

SIZES = {"D": 4, "V": 9}


def make(cell, seed=0, dtype=np.float64, D=4, V=9, **settings):
    settings = {"embedding": 3, "hidden": 5} | settings
    net = CaptionNet(D, V, rng=np.random.default_rng(seed), cell=cell, dtype=dtype, **settings)
    # Biases that are 0 would hide a gradient that goes through them.
    rng = np.random.default_rng([seed, 1])
    for key, w in net.params.items():
        net.params[key] = (w + 0.3 * rng.standard_normal(w.shape)).astype(dtype)
    return net


def data(cell, N=6, L=7, seed=0):
    return captions(N, L=L, seed=seed, places=3 if cell == "attention" else None, **SIZES)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("cell", CELLS)
def test_loss_and_gradients_agree_with_torch(cell, seed):
    net, (features, tokens) = make(cell, seed), data(cell, seed=seed)
    check = unchanged(features, tokens, *net.params.values())
    loss, grads = net.loss_and_grads(features, tokens)
    check()
    right, right_grads = torch_loss_and_grads(cell, net.params, features, tokens)
    assert float(loss) == pytest.approx(right, rel=1e-12)
    assert net.loss(features, tokens) == loss
    assert list(grads) == list(net.params)
    for key, g in right_grads.items():
        np.testing.assert_allclose(grads[key], g, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("cell", CELLS)
def test_gradients_agree_with_differences(cell):
    """The sizes and the padding differ from those of the comparison with torch."""
    net = make(cell, embedding=2, hidden=3)
    features, tokens = data(cell, N=3, L=5)
    _, grads = net.loss_and_grads(features, tokens)
    for key in net.params:
        twin = net.copy()

        def loss(w, key=key, twin=twin):
            twin.params[key] = w
            return float(twin.loss(features, tokens))

        numeric = numeric_gradient(loss, net.params[key])
        np.testing.assert_allclose(grads[key], numeric, atol=1e-7, err_msg=key)


@pytest.mark.parametrize("cell", CELLS)
def test_stepping_says_what_the_whole_way_says(cell):
    net, (features, tokens) = make(cell), data(cell)
    inputs, _, _ = shift_captions(tokens)
    p = {key: torch.tensor(w) for key, w in net.params.items()}
    Z = torch_logits(cell, p, torch.tensor(features), torch.tensor(inputs))
    right = torch.log_softmax(Z, dim=2).numpy()
    np.testing.assert_allclose(net.logits(features, inputs), Z.numpy(), atol=1e-12)
    state = net.start(features)
    for t in range(inputs.shape[1]):
        check = unchanged(*state.values())
        log_probs, new = net.step(state, inputs[:, t])
        check()
        np.testing.assert_allclose(log_probs, right[:, t], atol=1e-12)
        assert new.keys() == state.keys()
        assert all(len(array) == len(tokens) for array in new.values())
        state = new


def test_attention_in_the_state_is_where_the_step_looks():
    net, (features, _) = make("attention"), data("attention")
    _, state = net.step(net.start(features), np.full(6, 1))
    P = state["attention"]  # (N, P)
    np.testing.assert_allclose(P.sum(axis=1), 1, atol=1e-12)
    p = net.params
    memory = features @ p["W_places"] + p["b_places"]
    scores = np.einsum("nm,npm->np", state["h"], memory) / np.sqrt(5)
    powers = np.exp(scores)
    np.testing.assert_allclose(P, powers / powers.sum(axis=1, keepdims=True), atol=1e-12)


def test_the_plain_cell_is_the_function_written_out():
    net, (features, tokens) = make("rnn"), data("rnn")
    loss, grads = net.loss_and_grads(features, tokens)
    right, right_grads = caption_loss_and_grads(net.params, features, tokens)
    assert loss == right
    for key, g in right_grads.items():
        np.testing.assert_array_equal(grads[key], g)


@pytest.mark.parametrize("cell", CELLS)
def test_single_precision_stays_single(cell):
    net, (features, tokens) = make(cell, dtype=np.float32), data(cell)
    features = features.astype(np.float32)
    loss, grads = net.loss_and_grads(features, tokens)
    assert {g.dtype for g in grads.values()} | {loss.dtype} == {np.dtype(np.float32)}
    log_probs, state = net.step(net.start(features), tokens[:, 0])
    assert {a.dtype for a in state.values()} | {log_probs.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cell", CELLS)
def test_a_new_net_guesses(cell):
    V = 1000
    features, tokens = captions(20, 16, V, 12, places=4 if cell == "attention" else None)
    net = CaptionNet(16, V, rng=np.random.default_rng(0), cell=cell, hidden=64, dtype=np.float64)
    words = (tokens[:, 1:] != 0).sum() / len(tokens)
    assert net.loss(features, tokens) == pytest.approx(words * np.log(V), rel=0.02)


def test_forget_gates_stand_open_at_first():
    b = CaptionNet(4, 9, rng=np.random.default_rng(0), cell="lstm", hidden=3).params["b"]
    np.testing.assert_array_equal(b, [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])


def test_both_precisions_start_from_the_same_net():
    nets = [CaptionNet(4, 9, rng=np.random.default_rng(0), cell="attention", dtype=d)
            for d in (np.float32, np.float64)]  # fmt: skip
    for key, w in nets[0].params.items():
        np.testing.assert_array_equal(w, nets[1].params[key].astype(np.float32))


def to_learn_by_heart():
    """50 random captions of 8 to 11 words from 1,000, as many numbers as R1's began with."""
    rng = np.random.default_rng(3)
    tokens = np.zeros((50, 13), np.int64)
    tokens[:, 0] = 1
    for row in tokens:
        words = int(rng.integers(8, 12))
        row[1 : 1 + words], row[1 + words] = rng.integers(4, 1000, words), 2
    return rng.standard_normal((50, 32)).astype(np.float32), tokens


# R1: 100 steps, a loss of about 75 at first, at most 0.0865 at last.
@pytest.mark.parametrize(("cell", "learning_rate"), [("rnn", 0.005), ("lstm", 0.02)])
def test_fifty_captions_are_learned_by_heart(cell, learning_rate):
    features, tokens = to_learn_by_heart()
    net = CaptionNet(32, 1000, rng=np.random.default_rng(0), cell=cell, embedding=64, hidden=128)
    optimizer, losses = nn.make_optimizer("adam", learning_rate), []
    for _ in range(100):
        loss, grads = net.loss_and_grads(features, tokens)
        losses.append(float(loss))
        optimizer.step(net.params, clip_gradients(grads, 5.0)[0])
    words = (tokens[:, 1:] != 0).sum() / 50
    assert losses[0] == pytest.approx(words * np.log(1000), rel=0.02)
    assert 70 < losses[0] < 80
    assert net.loss(features, tokens) <= 0.0865
    written = greedy(net.step, net.start(features), start=1, end=2, length=12)
    np.testing.assert_array_equal(written.tokens, tokens[:, 1:])


def test_a_caption_is_its_own_whatever_stands_beside_it():
    net, (features, tokens) = make("lstm"), data("lstm")
    inputs, _, _ = shift_captions(tokens)
    together = net.logits(features, inputs)
    for n in range(len(tokens)):
        alone = net.logits(features[n : n + 1], inputs[n : n + 1])
        np.testing.assert_allclose(together[n : n + 1], alone, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_it_can_be_decoded(cell):
    net, (features, _) = make(cell), data(cell)
    batch = greedy(net.step, net.start(features), start=1, end=2, length=8)
    for n in range(len(features)):
        one = net.start(features[n : n + 1])
        tokens, score = greedy_decode(net.step, one, 1, 2, 8)
        np.testing.assert_array_equal(batch.tokens[n, : len(tokens)], tokens)
        assert batch.log_probs[n] == pytest.approx(score, rel=1e-9)
        _, beam_score = beam_decode(net.step, one, 1, 2, 8, width=30)
        assert beam_score >= score - 1e-12


def test_a_copy_is_trained_alone():
    net, (features, tokens) = make("rnn"), data("rnn")
    check = unchanged(*net.params.values())
    twin = net.copy()
    nn.make_optimizer("sgd", 0.1).step(twin.params, twin.loss_and_grads(features, tokens)[1])
    check()
    assert twin.loss(features, tokens) < net.loss(features, tokens)
    assert twin.n_parameters == net.n_parameters == sum(w.size for w in net.params.values())


@pytest.mark.parametrize("cell", CELLS)
def test_given_functions_are_the_ones_that_run(cell):
    used, homes = set(), (layers, embedding, recurrent, lstm, attention, sequence_losses)
    names = [name for row in CAPTION_LAYERS for name in row]

    def watched(name):
        function = next(getattr(home, name) for home in homes if hasattr(home, name))

        def call(*args):
            used.add(name)
            return function(*args)

        return call

    net = make(cell, layers={name: watched(name) for name in names})
    features, tokens = data(cell)
    net.loss_and_grads(features, tokens)
    net.step(net.start(features), tokens[:, 0])
    kind = "rnn" if cell == "rnn" else "lstm"
    rows = ["linear", "embedding", "temporal_softmax", kind]
    rows += ["attention"] if cell == "attention" else []
    expected = {f"{row}_{way}" for row in rows for way in ("forward", "backward")}
    assert used == expected | {f"{kind}_step_forward"}


def test_half_a_pair_is_not_taken():
    def mine(*args):
        raise AssertionError

    chosen = choose_caption_layers({"rnn_forward": mine, "rnn_step_forward": mine})
    assert chosen.rnn_forward is recurrent.rnn_forward
    assert chosen.rnn_step_forward is mine


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"rng": 0}, TypeError, "rng: expected numpy.random.Generator"),
        ({"cell": "gru"}, ValueError, "cell: expected one of rnn, lstm, attention"),
        ({"features": (3, 4)}, ValueError, "features: expected a whole number"),
        ({"hidden": 0}, ValueError, "hidden: expected a whole number from 1"),
        ({"null": 9}, ValueError, "null: expected a token from 0 to 8"),
        ({"dtype": int}, TypeError, "dtype: expected floats"),
    ],
)
def test_it_names_the_wrong_setting(change, error, words):
    good = {"features": 4, "vocabulary": 9, "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=words):
        CaptionNet(**(good | change))


@pytest.mark.parametrize(
    ("cell", "features", "error", "words"),
    [
        ("rnn", np.zeros((3, 5)), ValueError, r"features: expected \(N, D\) with D = 4"),
        ("rnn", np.zeros((3, 2, 4)), ValueError, r"features: expected \(N, D\)"),
        ("attention", np.zeros((3, 4)), ValueError, r"features: expected \(N, P, D\)"),
        ("rnn", np.zeros((3, 4), np.uint8), TypeError, "features: expected floats"),
    ],
)
def test_it_names_wrong_features(cell, features, error, words):
    with pytest.raises(error, match=words):
        make(cell).start(features)
