"""fit: equal to the course's own loop in NumPy, the same at each run, and safe to interrupt."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data import PixelScaler, load_digits
from course_utils.nn import CheckpointError, FullyConnectedNet, History, load_checkpoint
from course_utils.nn import fit as numpy_fit
from course_utils.nn import make_optimizer as make_numpy_optimizer
from course_utils.torchlab import (
    Augment,
    Cosine,
    Decay,
    TorchNet,
    evaluate,
    fit,
    from_numpy,
    fully_connected,
    make_optimizer,
    small_cnn,
    to_numpy,
)

from ..nn.helpers import blobs

X, y = blobs(230)
TRAIN, VALIDATION = (X[:150], y[:150]), (X[150:], y[150:])
X64 = X.astype(np.float64)
TRAIN64, VALIDATION64 = (X64[:150], y[:150]), (X64[150:], y[150:])


def new_model(sizes=(6, 16, 3), **settings):
    return fully_connected(sizes, rng=np.random.default_rng(0), **settings)


def train(model=None, data=TRAIN, validation=VALIDATION, rule="adam", learning_rate=0.01, **given):
    settings = {"epochs": 3, "batch_size": 32, "report": None, "rng": np.random.default_rng(1)}
    model = new_model() if model is None else model
    optimizer = make_optimizer(model, rule, learning_rate)
    return model, fit(model, data, validation, optimizer=optimizer, **settings | given)


def state(model):
    return {key: w.copy() for key, w in TorchNet(model).params.items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for key, w in first.items():
        np.testing.assert_array_equal(w, second[key], err_msg=key)


@pytest.mark.parametrize("weight_decay", [0.0, 0.02])
@pytest.mark.parametrize("rule", ["sgd", "momentum", "rmsprop", "adam"])
def test_the_same_training_as_in_numpy(rule, weight_decay):
    net = FullyConnectedNet(
        (6, 16, 11, 3), rng=np.random.default_rng(0), weight_decay=weight_decay, dtype=np.float64
    )
    model = from_numpy(net)
    common = {"epochs": 4, "batch_size": 32, "report": None, "train_accuracy_on": 100}
    expected = numpy_fit(
        net, TRAIN64, VALIDATION64, optimizer=make_numpy_optimizer(rule, 0.02),
        rng=np.random.default_rng(1), **common,
    )  # fmt: skip
    history = fit(
        model, TRAIN64, VALIDATION64, optimizer=make_optimizer(model, rule, 0.02),
        rng=np.random.default_rng(1), weight_decay=weight_decay, **common,
    )  # fmt: skip
    assert isinstance(history, History)
    for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        np.testing.assert_allclose(
            history.column(name), expected.column(name), rtol=0, atol=1e-9, err_msg=name
        )
    assert (history.epoch, history.learning_rate) == (expected.epoch, expected.learning_rate)
    assert history.stopped_because == expected.stopped_because == "all 4 epochs done"
    for key, w in to_numpy(model).params.items():
        np.testing.assert_allclose(w, net.params[key], rtol=0, atol=1e-9, err_msg=key)


def test_decay_is_the_learning_rate_decay_of_numpy():
    net = FullyConnectedNet((6, 16, 3), rng=np.random.default_rng(0), dtype=np.float64)
    model = from_numpy(net)
    common = {"epochs": 4, "batch_size": 32, "report": None}
    expected = numpy_fit(
        net, TRAIN64, None, optimizer=make_numpy_optimizer("sgd", 0.2),
        rng=np.random.default_rng(1), learning_rate_decay=0.5, **common,
    )  # fmt: skip
    _, history = train(model, TRAIN64, None, "sgd", 0.2, schedule=Decay(0.5), **common)
    np.testing.assert_allclose(history.train_loss, expected.train_loss, rtol=0, atol=1e-12)
    assert history.learning_rate == expected.learning_rate == [0.2, 0.2, 0.1, 0.05, 0.025]


def test_the_penalty_is_on_weights_and_not_on_biases_or_batch_norm():
    """One step of gradient descent, against autograd on the loss written out."""
    model = new_model(batch_norm=True, dtype=np.float64)
    twin = new_model(batch_norm=True, dtype=np.float64)
    batch = X64[:32], y[:32]
    train(model, batch, None, "sgd", 0.1, epochs=1, weight_decay=0.3, label_smoothing=0.2)
    Z = twin(torch.tensor(batch[0]))
    log_p = torch.log_softmax(Z, dim=1)
    target = torch.full((32, 3), 0.2 / 3, dtype=torch.float64)
    target[range(32), batch[1]] += 0.8
    loss = -(target * log_p).sum(dim=1).mean()
    loss = loss + 0.3 * ((twin.linear1.weight**2).sum() + (twin.linear2.weight**2).sum())
    loss.backward()
    for (name, p), q in zip(twin.named_parameters(), model.parameters(), strict=True):
        expected = (p - 0.1 * p.grad).detach().numpy()
        np.testing.assert_allclose(q.detach().numpy(), expected, atol=1e-12, err_msg=name)


def test_measured_is_the_plain_cross_entropy_of_the_model_as_it_is():
    model = new_model(batch_norm=True, dropout=0.5)
    _, history = train(model, weight_decay=0.1, label_smoothing=0.3, train_accuracy_on=None)
    for split, loss, accuracy in (
        (TRAIN, history.train_loss, history.train_accuracy),
        (VALIDATION, history.validation_loss, history.validation_accuracy),
    ):
        model.eval()
        Z = model(torch.tensor(split[0])).detach()
        expected = nn.functional.cross_entropy(Z, torch.tensor(split[1])).item()
        assert loss[-1] == pytest.approx(expected, rel=1e-5)
        share = (Z.argmax(dim=1).numpy() == split[1]).mean()
        assert accuracy[-1] == pytest.approx(share)
        assert evaluate(model, split) == pytest.approx((loss[-1], share), rel=1e-6)
    assert history.epoch == [0, 1, 2, 3]
    assert all(seconds >= 0 for seconds in history.seconds)


def everything_random():
    """A training in which all that can be random is."""
    return {
        "model": new_model(batch_norm=True, dropout=0.3),
        "augment": Augment((1, 2, 3), flip=0.5, shift=1),
        "schedule": Cosine(warmup=1),
        "weight_decay": 1e-3,
        "label_smoothing": 0.1,
        "epochs": 5,
    }


def test_equal_settings_give_equal_results_whatever_was_drawn_before():
    torch.manual_seed(1)
    first, history = train(**everything_random())
    torch.manual_seed(2)
    torch.rand(7)
    before = torch.get_rng_state()
    second, again = train(**everything_random())
    assert torch.equal(torch.get_rng_state(), before)  # and the caller's own is left alone
    assert_same(state(first), state(second))
    assert history.train_loss == again.train_loss
    other, _ = train(**everything_random() | {"rng": np.random.default_rng(2)})
    assert not np.array_equal(state(first)["linear1.weight"], state(other)["linear1.weight"])


def test_augmentation_and_dropout_do_not_change_the_batches():
    def seen(**settings):
        batches = []

        def watch(X):
            batches.append(X.copy())
            return X

        train(prepare=watch, validation=None, train_accuracy_on=1, epochs=2, **settings)
        return [b for b in batches if len(b) > 1]

    def unchanged(X, generator):
        torch.rand(5, generator=generator)
        return X

    plain, augmented = seen(), seen(augment=unchanged, model=new_model(dropout=0.5))
    assert len(plain) == 2 * math.ceil(150 / 32)
    for a, b in zip(plain, augmented, strict=True):
        np.testing.assert_array_equal(a, b)
    rows = np.concatenate(plain[:5])
    assert sorted(map(bytes, rows)) == sorted(map(bytes, TRAIN[0]))  # each example once


def test_augment_is_for_training_batches_only():
    """An augmentation that hides everything: the model cannot learn, measuring still sees."""
    sizes = []

    def hide(X, generator):
        sizes.append(len(X))
        return torch.zeros_like(X)

    model, history = train(augment=hide, epochs=2)
    assert sum(sizes) == 2 * 150
    assert max(sizes) == 32
    Z = TorchNet(model).logits(VALIDATION[0])
    assert np.ptp(Z, axis=0).min() > 0  # the validation examples were not hidden
    moved = model.linear1.weight.detach() - new_model().linear1.weight.detach()
    assert moved.abs().max() == 0  # inputs of zero have no gradient here


def test_pixels_stay_bytes_until_they_are_prepared():
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (60, 6), dtype=np.uint8)
    scale = PixelScaler.fit(pixels)
    seen = []

    def prepare(X):
        seen.append(X.dtype)
        return scale(X)

    def augment(X, generator):
        assert X.dtype == torch.uint8
        return X

    split = SimpleNamespace(X=pixels, y=rng.integers(0, 3, 60))
    train(data=split, validation=split, prepare=prepare, augment=augment)
    assert set(seen) == {np.dtype(np.uint8)}


def test_the_schedule_is_followed_step_by_step():
    rates, asked = [], []
    model = new_model()
    optimizer = make_optimizer(model, "sgd", 0.5)
    step = optimizer.step
    optimizer.step = lambda: (rates.append(optimizer.param_groups[0]["lr"]), step())[1]

    def schedule(epoch, epochs):
        asked.append((epoch, epochs))
        return 1 / (1 + epoch)

    history = fit(model, TRAIN, None, optimizer=optimizer, epochs=2, batch_size=50, report=None,
                  rng=np.random.default_rng(0), schedule=schedule)  # fmt: skip
    done = [0, 1 / 3, 2 / 3, 1, 4 / 3, 5 / 3]
    assert [e for e, _ in asked] == pytest.approx(done)
    assert {epochs for _, epochs in asked} == {2}
    assert rates == pytest.approx([0.5 / (1 + e) for e in done])
    assert history.learning_rate == pytest.approx([0.5, 0.5 / (1 + 2 / 3), 0.5 / (1 + 5 / 3)])
    assert optimizer.param_groups[0]["lr"] == 0.5  # ready for another call
    with pytest.raises(ValueError, match="expected a factor from 0 on, got nan after 0 of"):
        train(schedule=lambda epoch, epochs: math.nan)


class InterruptError(Exception):
    pass


def interrupted(after, path, **settings):
    """Train until the given epoch is reported, then fall over as a closed laptop does."""
    lines = []

    def report(line):
        lines.append(line)
        if line.split()[0] == str(after):
            raise InterruptError

    with pytest.raises(InterruptError):
        train(checkpoint=path, report=report, **settings)


@pytest.mark.parametrize("rule", ["sgd", "nesterov", "rmsprop", "adamw"])
def test_resume_gives_the_same_to_the_last_bit(tmp_path, rule):
    path = tmp_path / "run.ckpt.npz"
    whole, history = train(**everything_random(), rule=rule)
    interrupted(3, path, **everything_random(), rule=rule)
    torch.manual_seed(99)
    resumed, again = train(**everything_random(), rule=rule, checkpoint=path, resume=True)
    assert_same(state(whole), state(resumed))
    for name in ("epoch", "train_loss", "validation_loss", "learning_rate"):
        assert getattr(again, name) == getattr(history, name)
    assert again.notes == [f"resumed after epoch 2 from {path}"]
    saved = load_checkpoint(path)
    assert saved.epoch == 5
    assert_same(saved.params, state(whole))


def test_resume_without_a_schedule_keeps_the_learning_rate(tmp_path):
    path = tmp_path / "run.ckpt.npz"
    whole, _ = train(epochs=4)
    train(epochs=2, checkpoint=path)  # more epochs than were planned at first are no harm
    resumed, history = train(epochs=4, checkpoint=path, resume=True)
    assert_same(state(whole), state(resumed))
    assert history.learning_rate == [0.01] * 5


def test_best_and_last_are_both_in_the_file(tmp_path):
    path = tmp_path / "run.ckpt.npz"
    model, history = train(learning_rate=0.3, epochs=12, checkpoint=path, data=(X[:20], y[:20]))
    saved = load_checkpoint(path)
    best = history.best_epoch
    assert 0 < best < 12  # it over-fits, as it should here
    assert evaluate(model, VALIDATION)[0] == pytest.approx(history.validation_loss[-1])
    TorchNet(model).params.update(saved.best_params)
    assert evaluate(model, VALIDATION)[0] == pytest.approx(history.validation_loss[best])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"batch_size": 16}, "batch_size: expected 32"),
        ({"weight_decay": 0.5}, "weight_decay: expected 0.001"),
        ({"label_smoothing": 0.0}, "label_smoothing: expected 0.1"),
        ({"epochs": 9}, "epochs: expected 5"),  # with a schedule that depends on them
        ({"rule": "sgd"}, "optimizer: expected Adam, "),
        ({"learning_rate": 0.5}, "first learning rates: expected"),
        ({"model": new_model((6, 17, 3))}, "params: the checkpoint holds|linear1.weight"),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, changed, told):
    path = tmp_path / "run.ckpt.npz"
    train(**everything_random(), checkpoint=path)
    with pytest.raises(CheckpointError, match=told):
        train(**everything_random() | changed, checkpoint=path, resume=True)


def test_a_damaged_checkpoint_is_refused(tmp_path):
    path = tmp_path / "run.ckpt.npz"
    path.write_bytes(b"PK not a zip")
    with pytest.raises(CheckpointError, match="cannot be read"):
        train(checkpoint=path, resume=True)


def test_early_stopping_goes_back_to_the_best():
    data = (X[:20], y[:20])
    model, history = train(learning_rate=0.3, epochs=60, data=data, early_stopping=4)
    assert history.epoch[-1] < 60
    assert "has not improved for 4 epochs" in history.stopped_because
    best = history.best_epoch
    assert history.epoch[-1] == best + 4
    assert evaluate(model, VALIDATION)[0] == pytest.approx(history.validation_loss[best])
    assert history.notes == [f"the parameters are those of epoch {best}"]


def test_divergence_is_told_and_undone():
    model = new_model()
    optimizer = make_optimizer(model, "momentum", 1e30)
    history = fit(model, TRAIN, VALIDATION, optimizer=optimizer, epochs=10, batch_size=32,
                  rng=np.random.default_rng(1), report=None)  # fmt: skip
    assert history.stopped_because.startswith("diverged")
    assert "learning rate 1e+30 too large?" in history.stopped_because
    assert history.epoch == [0]
    assert_same(state(model), state(new_model()))
    # The step with a loss of inf or NaN was not made.
    assert all(s["momentum_buffer"].isfinite().all() for s in optimizer.state.values())


def test_the_model_is_left_in_evaluation_mode_and_trained_in_training_mode():
    modes = []

    class Watch(nn.Module):
        def forward(self, X):
            modes.append((self.training, len(X)))
            return X

    model = nn.Sequential(Watch(), nn.Linear(6, 3))
    train(model, epochs=2, train_accuracy_on=3)
    assert {n for training, n in modes if training} == {32, 150 % 32}
    assert not model.training


def test_validation_may_be_missing_and_progress_is_asked():
    told = []

    def progress(batches, total, description):
        told.append((total, description))
        return batches

    _, history = train(validation=None, progress=progress, epochs=2)
    assert told == [(5, "epoch 1"), (5, "epoch 2")]
    assert all(map(math.isnan, history.validation_loss))


def test_learns_fifty_digits_by_heart():
    digits = load_digits("quick")
    few = digits.train.X[:50], digits.train.y[:50]
    scale = PixelScaler.fit(digits.train.X)
    model = fully_connected((784, 64, 10), rng=np.random.default_rng(0), batch_norm=True)
    _, history = train(model, few, None, epochs=25, batch_size=10, prepare=scale)
    assert history.train_accuracy[-1] == 1.0
    assert history.train_loss[-1] < 0.05
    assert history.train_loss[0] > 1.5


def test_small_cnn_learns_fifty_digits_by_heart():
    digits = load_digits("quick")
    few = digits.train.X[:50], digits.train.y[:50]
    model = small_cnn((28, 28, 1), 10, rng=np.random.default_rng(0), widths=(8, 16, 32))
    scale = PixelScaler.fit(digits.train.X)
    _, history = train(model, few, None, epochs=30, batch_size=10, prepare=scale)
    assert history.train_accuracy[-1] == 1.0


def frozen_but_last():
    model = new_model()
    model.linear1.requires_grad_(False)
    return model


def test_frozen_parameters_stay_and_carry_no_penalty():
    model, _ = train(frozen_but_last(), weight_decay=0.5)
    assert torch.equal(model.linear1.weight, new_model().linear1.weight)
    assert not torch.equal(model.linear2.weight, new_model().linear2.weight)


NUMPY_NET = FullyConnectedNet((6, 16, 3), rng=np.random.default_rng(0))
ERRORS = {
    "model": ({"model": NUMPY_NET, "optimizer": None}, TypeError, "torch.nn.Module, got Fully"),
    "optimizer": ({"optimizer": make_numpy_optimizer("sgd", 0.1)}, TypeError, "torch.optim"),
    "rng": ({"rng": 0}, TypeError, "rng: expected numpy.random.Generator"),
    "epochs": ({"epochs": -1}, ValueError, "epochs: expected a whole number"),
    "batch size": ({"batch_size": 0}, ValueError, "batch_size: expected"),
    "patience": ({"early_stopping": 2, "validation": None}, ValueError, "validation examples"),
    "resume": ({"resume": True}, ValueError, "expected a file in checkpoint"),
    "penalty": ({"weight_decay": -1}, ValueError, "weight_decay: expected 0 or more, got -1"),
    "smoothing": ({"label_smoothing": 1}, ValueError, "label_smoothing: expected a share"),
    "pixels": ({"train": (np.zeros((9, 6), np.uint8), y[:9])}, TypeError, "give fit or evaluate"),
    "precision": ({"train": TRAIN64}, TypeError, "expected float32, as the model's"),
    "labels": ({"train": (X, y + 1), "train_accuracy_on": 1}, ValueError, "labels from 0 to C"),
    "lengths": ({"train": (X, y[:9])}, ValueError, "cut or shuffled apart"),
    "batch of one": ({"batch_size": 149}, ValueError, "150 examples in batches of 149 leave a"),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_told_before_any_step(name):
    change, error, told = ERRORS[name]
    model = new_model(batch_norm=True)
    settings = {
        "model": model, "train": TRAIN, "validation": VALIDATION, "epochs": 1, "batch_size": 32,
        "optimizer": make_optimizer(model, "sgd", 0.1), "rng": np.random.default_rng(0),
        "report": None,
    } | change  # fmt: skip
    with pytest.raises(error, match=told):
        fit(settings.pop("model"), settings.pop("train"), settings.pop("validation"), **settings)
    assert_same(state(model), state(new_model(batch_norm=True)))
