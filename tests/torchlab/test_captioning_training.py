"""fit_captions and describe: learning by heart, resuming, and saying what was learnt."""

import numpy as np
import pytest
import torch

from course_utils.data.captions import CaptionSplit, Vocabulary
from course_utils.nn import load_checkpoint
from course_utils.torchlab import Cosine, TorchNet
from course_utils.torchlab.captioning import caption_loss, captioner
from course_utils.torchlab.captioning_describe import bleu_judge, describe, words_of
from course_utils.torchlab.captioning_training import (
    caption_table,
    fit_captions,
    measure_captions,
)

COLOURS, THINGS = ("red", "green", "blue"), ("dog", "cat", "bird", "fish")


def made_up(n, seed):
    """Six places of features: one says the colour, another the thing; two captions, or one."""
    rng = np.random.default_rng(seed)
    X = rng.normal(scale=0.1, size=(n, 6, 8)).astype(np.float32)
    texts = []
    for row in X:
        colour, thing, at = rng.integers(3), rng.integers(4), rng.permutation(6)
        row[at[0], colour] += 2
        row[at[1], 3 + thing] += 2
        it = f"{COLOURS[colour]} {THINGS[thing]}"
        texts.append((f"a {it}", f"there is a {it} here")[: 1 + rng.integers(2)])
    return CaptionSplit(X, tuple(texts))


TRAIN, VALIDATION = made_up(60, 0), made_up(20, 1)
VOCABULARY = Vocabulary.from_texts(TRAIN.texts)


def new_model(kind="attention", **settings):
    settings = {"hidden": 16, "embedding": 8} | settings
    return captioner(kind, len(VOCABULARY), (6, 8), rng=np.random.default_rng(0), **settings)


def train(model=None, **given):
    settings = {"epochs": 3, "batch_size": 16, "report": None, "rng": np.random.default_rng(1)}
    model = new_model() if model is None else model
    return model, fit_captions(model, TRAIN, VALIDATION, VOCABULARY, **settings | given)


@pytest.fixture(scope="module")
def trained():
    torch.set_num_threads(1)
    return train(epochs=40, learning_rate=0.02, batch_size=10)


def assert_same(first, second):
    for key, w in TorchNet(first).params.items():
        np.testing.assert_array_equal(w, TorchNet(second).params[key], err_msg=key)


@pytest.mark.parametrize("kind", ["rnn", "lstm", "transformer"])
def test_every_kind_learns(kind):
    _, history = train(new_model(kind), epochs=25, learning_rate=0.01, batch_size=10)
    assert history.train_loss[-1] < 0.4 * history.train_loss[0]
    assert history.train_accuracy[-1] > 0.6


def test_attention_generalises_to_pictures_it_has_not_seen(trained):
    model, history = trained
    assert history.validation_loss[-1] < 0.25 * history.validation_loss[0]
    texts = describe(model, VALIDATION.pictures, VOCABULARY).texts
    said = [text.replace("there is ", "").replace(" here", "") for text in texts]
    true = [known[0] for known in VALIDATION.texts]
    assert np.mean([a == b for a, b in zip(said, true, strict=True)]) > 0.85


def test_captions_stand_side_by_side():
    split = CaptionSplit(np.zeros((2, 8)), (("a red dog",), ("a cat", "there is a cat here")))
    table = caption_table(split, VOCABULARY)
    assert table.shape == (2, 2, 7)
    assert [VOCABULARY.decode(row) for row in table[1]] == ["a cat", "there is a cat here"]
    assert VOCABULARY.decode(table[0, 0]) == "a red dog"
    assert not table[0, 1].any()
    assert caption_table(split, VOCABULARY, length=4).shape == (2, 2, 4)


def test_measured_is_the_loss_without_dropout_and_smoothing():
    model = new_model(dropout=0.5)
    _, history = train(model, label_smoothing=0.3, train_accuracy_on=None)
    model.eval()
    for split, loss, accuracy in (
        (TRAIN, history.train_loss[-1], history.train_accuracy[-1]),
        (VALIDATION, history.validation_loss[-1], history.validation_accuracy[-1]),
    ):
        table = torch.tensor(caption_table(split, VOCABULARY))
        X = torch.tensor(split.pictures)
        assert loss == pytest.approx(caption_loss(model, X, table).item(), rel=1e-5)
        mask = table[..., 1:] != 0
        right = (model(X, table[..., :-1]).argmax(dim=3) == table[..., 1:])[mask]
        assert accuracy == pytest.approx(right.float().mean().item())
        pair = split.pictures, table.numpy()
        for batch_size in (7, 100):
            again = measure_captions(TorchNet(model), pair, batch_size=batch_size)
            assert again == pytest.approx((loss, accuracy), rel=1e-5)


def everything():
    """A training in which all that can be random is."""
    return {
        "model": new_model(dropout=0.3), "epochs": 4, "captions_at_once": 1,
        "schedule": Cosine(warmup=1), "label_smoothing": 0.1,
        "judge": bleu_judge(VALIDATION, VOCABULARY, n=2),
    }  # fmt: skip


def test_resume_gives_the_same_to_the_last_bit(tmp_path):
    path = tmp_path / "run.npz"
    whole, history = train(**everything())

    class StopError(Exception):
        pass

    def report(line):
        if line.split()[0] == "3":
            raise StopError

    with pytest.raises(StopError):
        train(**everything(), checkpoint=path, report=report)
    torch.manual_seed(99)
    resumed, again = train(**everything(), checkpoint=path, resume=True)
    assert_same(whole, resumed)
    assert again.train_loss == history.train_loss
    assert again.validation_score == history.validation_score
    assert again.notes == [f"resumed after epoch 2 from {path}"]


def test_the_best_by_bleu_is_kept_and_the_best_by_loss_otherwise(tmp_path):
    scores = iter([0.1, 0.9, 0.2, 0.3])
    path = tmp_path / "run.npz"
    model, history = train(judge=lambda model: next(scores), early_stopping=5, checkpoint=path)
    assert history.best_epoch == 1
    assert history.validation_loss[-1] < history.validation_loss[1]
    assert history.notes == ["the parameters are those of epoch 1"]
    one, _ = train(epochs=1, early_stopping=5)
    assert_same(model, one)
    for key, w in load_checkpoint(path).best_params.items():
        np.testing.assert_array_equal(w, TorchNet(model).params[key])
    _, history = train(early_stopping=5)
    assert history.best_epoch == int(np.argmin(history.validation_loss))


def test_a_step_takes_as_many_captions_of_a_picture_as_it_is_told():
    seen = []
    model = new_model()
    forward = model.forward

    def watch(X, inputs, mask=None):
        if model.training:
            seen.append(inputs.shape[1])
            assert (inputs[..., 0] == 1).any(dim=1).all()  # never only an absent one
        return forward(X, inputs, mask)

    model.forward = watch
    train(model, captions_at_once=1, epochs=1)
    assert set(seen) == {1}
    seen.clear()
    train(model, epochs=1)
    assert set(seen) == {2}
    with pytest.raises(ValueError, match="captions_at_once: expected a whole number from 1"):
        train(captions_at_once=0)


def test_pictures_are_fetched_from_both_arrays_and_never_copied_whole(tmp_path):
    """Mapped from files, read-only, in halves: what is trained on is what was given."""
    mapped = []
    for name, split in (("train", TRAIN), ("validation", VALIDATION)):
        np.save(tmp_path / f"{name}.npy", split.pictures)
        mapped.append(split.with_pictures(np.load(tmp_path / f"{name}.npy", mmap_mode="r")))
    expected, history = train()
    model = new_model()
    again = fit_captions(model, *mapped, VOCABULARY, epochs=3, batch_size=16, report=None,
                         rng=np.random.default_rng(1))  # fmt: skip
    assert_same(expected, model)
    assert again.validation_loss == history.validation_loss
    _, without = train_without_validation()
    assert without.train_loss == history.train_loss


def train_without_validation():
    model = new_model()
    return model, fit_captions(model, TRAIN, None, VOCABULARY, epochs=3, batch_size=16,
                               report=None, rng=np.random.default_rng(1))  # fmt: skip


def test_gradients_are_clipped_as_the_course_does():
    model, twin = new_model(), new_model()
    batch = torch.tensor(TRAIN.pictures), torch.tensor(caption_table(TRAIN, VOCABULARY))
    settings = {"epochs": 1, "batch_size": 60, "max_norm": 0.05}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(model, optimizer=optimizer, **settings)
    caption_loss(twin, *batch).backward()
    grads = [p.grad for p in twin.parameters()]
    norm = torch.sqrt(sum((g**2).sum() for g in grads))
    assert norm > 1
    for p, q, g in zip(model.parameters(), twin.parameters(), grads, strict=True):
        torch.testing.assert_close(p, q - 0.1 * 0.05 / norm * g, atol=1e-7, rtol=1e-5)


@pytest.mark.parametrize("method", ["greedy", "beam", "sample"])
def test_descriptions_say_how_likely_they_are_and_where_was_looked(trained, method):
    model, _ = trained
    found = describe(
        model, VALIDATION.pictures, VOCABULARY, method, length=7, rng=np.random.default_rng(0),
        temperature=1.5, batch_size=7, unknown=True,
    )  # fmt: skip
    assert len(found) == 20
    assert found.attention.shape == (20, 7, 6)
    X = torch.tensor(VALIDATION.pictures)
    with torch.no_grad():
        start = torch.ones(20, 1, dtype=torch.long)
        inputs = torch.cat([start, torch.tensor(found.tokens)], dim=1)[:, :-1]
        Z = model(X, inputs)
        Z[..., [0, 1]] = -torch.inf
        log_p = Z.log_softmax(dim=2).gather(2, torch.tensor(found.tokens)[..., None])[..., 0]
        _, weights = model.decoder(model.encoder(X), inputs[:, None])
    mask = found.tokens != 0
    totals = np.where(mask, log_p.numpy(), 0).sum(axis=1)
    np.testing.assert_allclose(found.log_probs, totals, atol=1e-4)
    np.testing.assert_allclose(found.attention[mask], weights[:, 0].numpy()[mask], atol=1e-5)
    assert not found.attention[~mask].any()
    assert not np.isin(found.tokens[mask], [0, 1]).any()
    for text, row in zip(found.texts, found.tokens, strict=True):
        assert text == VOCABULARY.decode(row)


def test_decoding_is_the_same_in_any_batches_and_one_beam_is_greedy(trained):
    model, _ = trained
    X = VALIDATION.pictures
    whole, parts, beam = (
        describe(model, X, VOCABULARY, **given)
        for given in ({}, {"batch_size": 3}, {"method": "beam", "width": 1})
    )
    np.testing.assert_array_equal(whole.tokens, parts.tokens)
    np.testing.assert_array_equal(whole.tokens, beam.tokens)
    np.testing.assert_allclose(whole.attention, parts.attention, atol=1e-6)
    wide = describe(model, X, VOCABULARY, "beam", width=5, alpha=0)
    assert (wide.log_probs >= whole.log_probs - 1e-4).mean() > 0.9


def test_unknown_words_are_not_said_unless_allowed():
    model = new_model("lstm")
    with torch.no_grad():
        model.output.bias[3] = 50  # <UNK>
    said = describe(model, VALIDATION.pictures, VOCABULARY, length=4)
    assert 3 not in said.tokens
    assert said.attention is None
    assert (said.log_probs > -50).all()  # the others share what it had
    said = describe(model, VALIDATION.pictures, VOCABULARY, length=4, unknown=True)
    assert (said.tokens == 3).all()
    assert said.texts[0] == "<UNK> <UNK> <UNK> <UNK>"


def test_describing_leaves_the_model_as_it_was():
    model = new_model(dropout=0.5).train()
    first = describe(model, VALIDATION.pictures, VOCABULARY).tokens
    assert model.training
    np.testing.assert_array_equal(first, describe(model, VALIDATION.pictures, VOCABULARY).tokens)


def test_words_for_the_scores():
    assert words_of(["A dog.", "two cats"]) == [["a", "dog"], ["two", "cats"]]
    assert words_of([("a dog", "dogs"), ("cats",)]) == [[["a", "dog"], ["dogs"]], [["cats"]]]


def test_another_method_is_refused():
    with pytest.raises(ValueError, match="method: expected one of greedy, sample, beam"):
        describe(new_model(), VALIDATION.pictures, VOCABULARY, "best")
    with pytest.raises(TypeError, match="rng: expected"):
        describe(new_model(), VALIDATION.pictures, VOCABULARY, "sample")
