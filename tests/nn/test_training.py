import math
import warnings
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course_utils.nn import FullyConnectedNet, evaluate, fit, make_optimizer

from .helpers import blobs, unchanged

X, y = blobs(230)
TRAIN, VALIDATION = (X[:150], y[:150]), (X[150:], y[150:])


def new_net(sizes=(6, 16, 3), seed=0, **settings):
    return FullyConnectedNet(sizes, rng=np.random.default_rng(seed), **settings)


def train(net=None, data=TRAIN, validation=VALIDATION, rule="sgd", learning_rate=0.1, **settings):
    settings = {"epochs": 3, "batch_size": 32, "report": None} | settings
    optimizer = make_optimizer(rule, learning_rate)
    net = new_net() if net is None else net
    rng = np.random.default_rng(1)
    return net, fit(net, data, validation, optimizer=optimizer, rng=rng, **settings)


class Scripted:
    """A net whose losses are written beforehand: what fit does with them is then plain to see.

    Its one parameter counts the steps (gradient -1, learning rate 1), so it tells the epoch
    too: with one batch in an epoch both are the same.
    """

    def __init__(self, step_losses=(), validation_losses=(), train_losses=()):
        self.params = {"steps": np.zeros(1)}
        self.step_losses = dict(enumerate(step_losses))
        self.end_losses = {True: dict(enumerate(validation_losses)),
                           False: dict(enumerate(train_losses))}  # fmt: skip
        self.batches = []

    @property
    def now(self):
        return int(self.params["steps"][0])

    def loss_and_grads(self, X, y):
        self.batches.append(X[:, 0].tolist())
        return self.step_losses.get(self.now, 1.0), {"steps": np.array([-1.0])}

    def logits(self, X):
        loss = self.end_losses[bool(X[0, 0] >= 1000)].get(self.now, 1.0)
        # Two classes, label 0: the logit that makes the cross-entropy this loss.
        Z = np.zeros((len(X), 2))
        Z[:, 1] = np.where(loss > 30, loss, np.log(np.expm1(np.minimum(loss, 30))))
        return Z


def scripted(epochs=20, n=4, batch_size=4, **losses):
    """Run a Scripted net over n examples 0 .. n-1; validation examples are 1000, 1001."""
    settings = {k: losses.pop(k) for k in list(losses) if not k.endswith("_losses")}
    net = Scripted(**losses)
    lines = []
    history = fit(
        net, (np.arange(n, dtype=float)[:, None], np.zeros(n, int)),
        (np.array([[1000.0], [1001.0]]), np.zeros(2, int)),
        optimizer=make_optimizer("sgd", 1.0), epochs=epochs, batch_size=batch_size,
        rng=np.random.default_rng(3), report=lines.append, **settings,
    )  # fmt: skip
    return net, history, lines


def test_the_loop_agrees_with_the_same_loop_in_torch():
    net = new_net(weight_decay=0.01, dtype=np.float64)
    p = {k: torch.tensor(w, requires_grad=True) for k, w in net.params.items()}
    data = X.astype(np.float64)

    def cross_entropy(rows):
        Z = torch.relu(torch.tensor(data[rows]) @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
        return torch.nn.functional.cross_entropy(Z, torch.tensor(y[rows]))

    def total_loss(rows):
        return cross_entropy(rows) + 0.01 * ((p["W1"] ** 2).sum() + (p["W2"] ** 2).sum())

    first, validation = slice(0, 150), slice(150, 230)
    losses, validation_losses = [cross_entropy(first).item()], [cross_entropy(validation).item()]
    optimizer, rng = torch.optim.SGD(p.values(), lr=0.1, momentum=0.9), np.random.default_rng(1)
    for epoch in range(4):
        # Torch's velocity has no learning rate in it, ours has: 0.5 ** epoch on the velocity.
        for state in optimizer.state.values():
            state["momentum_buffer"] *= 2 if epoch else 1
        optimizer.param_groups[0]["lr"] = 0.1 * 0.5**epoch
        order = rng.permutation(150)
        for start in range(0, 150, 32):
            rows = order[start : start + 32]
            optimizer.zero_grad()
            loss = total_loss(rows)
            loss.backward()
            optimizer.step()
        losses.append(cross_entropy(first).item())
        validation_losses.append(cross_entropy(validation).item())

    same = unchanged(data, y)
    _, history = train(
        net, (data[:150], y[:150]), (data[150:], y[150:]), rule="momentum", epochs=4,
        learning_rate_decay=0.5,
    )  # fmt: skip
    same()
    np.testing.assert_allclose(history.train_loss, losses, rtol=1e-9)
    np.testing.assert_allclose(history.validation_loss, validation_losses, rtol=1e-9)
    for key, w in p.items():
        np.testing.assert_allclose(net.params[key], w.detach().numpy(), rtol=1e-8, atol=1e-10)
    assert history.learning_rate == [0.1, 0.1, 0.05, 0.025, 0.0125]
    assert history.epoch == [0, 1, 2, 3, 4]
    assert history.stopped_because == "all 4 epochs done"


@pytest.mark.parametrize("rule", ["sgd", "momentum", "rmsprop", "adam"])
def test_it_learns(rule):
    rate = 0.01 if rule in ("rmsprop", "adam") else 0.05
    net, history = train(rule=rule, learning_rate=rate, epochs=15)
    assert history.validation_accuracy[-1] > 0.95
    assert history.validation_loss[-1] < 0.25 * history.validation_loss[0]
    assert history.validation_accuracy[-1] == evaluate(net, VALIDATION)[1]
    assert history.train_accuracy[-1] == evaluate(net, TRAIN)[1]
    assert all(seconds >= 0 for seconds in history.seconds)


def test_each_epoch_sees_every_example_once_in_a_new_order_the_last_batch_short():
    net, _, _ = scripted(epochs=2, n=11, batch_size=4)
    sizes = [len(batch) for batch in net.batches]
    assert sizes == [4, 4, 3] * 2
    first, second = (list(chain(*net.batches[i : i + 3])) for i in (0, 3))
    assert sorted(first) == sorted(second) == list(range(11))
    assert first != second
    rng = np.random.default_rng(3)  # one permutation for each epoch and nothing else
    assert first == rng.permutation(11).tolist()
    assert second == rng.permutation(11).tolist()


def test_training_and_validation_loss_are_measured_alike_without_the_penalty():
    net = new_net(weight_decay=0.5)
    _, history = train(net, TRAIN, TRAIN, epochs=2)
    assert history.train_loss == history.validation_loss
    assert history.train_loss[-1] == evaluate(net, TRAIN)[0]
    assert history.train_loss[-1] < net.loss(*TRAIN)


def test_the_same_seed_gives_the_same_net():
    (a, first), (b, second) = train(), train()
    np.testing.assert_array_equal(a.params["W1"], b.params["W1"])
    assert first.train_loss == second.train_loss
    c = train(epochs=2)[0]
    assert (a.params["W1"] != c.params["W1"]).any()


def test_early_stopping_waits_and_puts_the_best_back():
    losses = [1.0, 0.8, 0.6, 0.7, 0.5, 0.55, 0.5, 0.6, 0.1]
    net, history, lines = scripted(validation_losses=losses, early_stopping=3)
    assert history.epoch[-1] == 7
    assert history.best_epoch == 4
    assert net.now == 4
    assert history.stopped_because == (
        "the validation loss has not improved for 3 epochs, since epoch 4"
    )
    assert history.notes == ["the parameters are those of epoch 4"]
    assert lines[-2:] == [f"stopped: {history.stopped_because}", history.notes[0]]
    np.testing.assert_allclose(history.validation_loss, losses[:8])


def test_early_stopping_puts_the_best_back_after_the_last_epoch_too():
    losses = [1.0, 0.5, 0.9, 0.8]
    net, history, _ = scripted(validation_losses=losses, early_stopping=9, epochs=3)
    assert net.now == 1
    assert history.stopped_because == "all 3 epochs done"
    net, history, _ = scripted(validation_losses=losses, epochs=3)  # without: the last
    assert net.now == 3
    assert history.notes == []
    net, history, _ = scripted(validation_losses=[3, 2, 1], early_stopping=9, epochs=2)
    assert net.now == 2
    assert history.notes == []  # the last is the best


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_ends_the_run_at_once(bad):
    net, history, lines = scripted(
        n=12, step_losses=[1.0] * 7 + [bad], validation_losses=[0.9] + [0.8] * 3 + [0.7] * 9
    )
    assert len(net.batches) == 8  # not one step more
    assert net.now == 6  # back to the end of epoch 2, the best
    assert history.epoch == [0, 1, 2]
    assert history.stopped_because == (
        f"diverged in epoch 3, step 2 of 3: the loss is {bad:.4g}, it began at 1; "
        "learning rate 1 too large?"
    )
    assert history.notes == ["the parameters are those of epoch 2"]
    assert lines[-2].startswith("stopped: diverged")


def test_a_net_that_breaks_in_the_last_step_of_an_epoch():
    net, history, _ = scripted(train_losses=[1, 1, math.nan], validation_losses=[1, 0.5])
    assert history.stopped_because.startswith("diverged at the end of epoch 2: the loss is nan")
    assert history.epoch == [0, 1]
    assert net.now == 1


def test_a_loss_far_above_the_first_is_divergence():
    net, history, lines = scripted(train_losses=[1, 1, 10.5], validation_losses=[1, 0.5, 11])
    assert history.stopped_because.startswith(
        "diverged by the end of epoch 2: the loss is 10.5, it began at 1; learning rate 1 too"
    )
    assert history.epoch == [0, 1, 2]  # its numbers are told
    assert net.now == 1
    assert lines[-3] == history.line()


@pytest.mark.parametrize(
    "losses",
    [
        {"train_losses": [1, 9.5, 9.5, 9.5]},  # high, and yet below 10 times the first
        {"step_losses": [1, 1e6, 1]},  # a spike that is over by the end of the epoch
        {"validation_losses": [1, 1e6, 1e6, 1]},  # overfitting is no divergence
        # A net that was good already: 10 ln 2 = 6.9 is the measure, not 10 * 0.01.
        {"step_losses": [0.01], "train_losses": [0.01, 6, 6, 6]},
    ],
)
def test_what_is_no_divergence(losses):
    net, history, _ = scripted(epochs=3, **losses)
    assert history.stopped_because == "all 3 epochs done"
    assert net.now == 3


def test_a_start_that_is_no_number_is_not_blamed_on_the_learning_rate():
    spoilt = X.copy()
    spoilt[3, 0] = np.nan
    net = new_net()
    same = unchanged(*net.params.values())
    _, history = train(net, (spoilt, y))
    same()
    assert history.stopped_because == (
        "the loss is nan before the first step; NaN or inf in the data, or first weights too large?"
    )
    assert history.epoch == [0]


@pytest.mark.parametrize("rate", [1e2, 1e30])
def test_a_real_net_diverges_without_a_warning_and_ends_finite(rate):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net, history = train(learning_rate=rate, epochs=20)
    assert history.stopped_because.startswith("diverged")
    assert f"learning rate {rate:g} too large?" in history.stopped_because
    assert all(np.isfinite(w).all() for w in net.params.values())
    for key, w in new_net().params.items():  # nothing was better than the start
        np.testing.assert_array_equal(net.params[key], w)


def test_pixels_stay_uint8_until_the_batch():
    pixels = np.random.default_rng(0).integers(0, 256, (50, 2, 3), dtype=np.uint8)
    labels = (pixels[:, 0, 0] > 127).astype(np.uint8)
    seen = []

    def prepare(batch):
        seen.append((batch.dtype, len(batch)))
        return batch.reshape(len(batch), -1).astype(np.float32) / 255 - 0.5  # (N, D)

    data = SimpleNamespace(X=pixels, y=labels)
    same = unchanged(pixels, labels)
    net, history = train(
        new_net((6, 8, 2)), data, data, epochs=40, prepare=prepare, batch_size=8, learning_rate=0.5
    )
    same()
    assert history.validation_accuracy[-1] > 0.9
    assert {dtype for dtype, _ in seen} == {np.dtype(np.uint8)}
    assert {w.dtype for w in net.params.values()} == {np.dtype(np.float32)}
    with pytest.raises(TypeError, match="X: expected floats, got uint8"):
        train(new_net((6, 2)), (pixels.reshape(50, 6), labels), None)


def test_train_accuracy_is_measured_on_examples_spread_over_the_whole():
    order = np.argsort(y[:150], kind="stable")  # sorted by class: the first 10 are all class 0
    net = new_net((6, 3))
    net.params["W1"] = np.zeros((6, 3), np.float32)
    net.params["b1"] = np.array([1, 0, 0], np.float32)  # says class 0 to everything
    data = X[:150][order], y[:150][order]
    for n in (None, 10, 10_000):
        _, history = train(net.copy(), data, epochs=0, train_accuracy_on=n)
        assert history.train_accuracy[0] == pytest.approx((data[1] == 0).mean(), abs=0.1)
    assert train(net.copy(), data, epochs=0, train_accuracy_on=1)[1].train_accuracy == [1.0]


def test_reports_go_where_they_are_sent(capsys):
    lines = []
    _, history = train(epochs=2, report=lines.append)
    assert lines == [*history.table().splitlines(), "stopped: all 2 epochs done"]
    assert capsys.readouterr().out == ""
    train(epochs=2, report=print)
    assert len(capsys.readouterr().out.splitlines()) == 5
    train(epochs=1)
    assert capsys.readouterr().out == ""


def test_progress_wraps_the_batches_of_each_epoch():
    calls = []

    def progress(iterable, *, total, description):
        calls.append((total, description, len(list(iterable))))
        return iter(iterable)

    (a, _), (b, _) = train(epochs=2, progress=progress), train(epochs=2)
    assert calls == [(5, "epoch 1", 5), (5, "epoch 2", 5)]
    np.testing.assert_array_equal(a.params["W1"], b.params["W1"])


def test_without_validation_and_without_epochs():
    net, history = train(validation=None, epochs=0)
    assert history.epoch == [0]
    assert history.stopped_because == "all 0 epochs done"
    assert np.isnan(history.validation_loss + history.validation_accuracy).all()
    assert history.train_loss[0] == pytest.approx(evaluate(net, TRAIN)[0], rel=1e-6)
    _, history = train(validation=None, epochs=2)
    assert history.best_epoch == 2


def test_parameters_are_replaced_in_the_nets_own_dict():
    net = new_net()
    params, before = net.params, dict(net.params)
    same = unchanged(*before.values())
    train(net, epochs=1, early_stopping=1)
    same()
    assert net.params is params
    assert params["W1"] is not before["W1"]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"epochs": -1}, ValueError, "epochs: expected a whole number from 0 on, got -1"),
        ({"epochs": 2.5}, ValueError, "epochs"),
        ({"epochs": True}, ValueError, "epochs"),
        ({"batch_size": 0}, ValueError, "batch_size: expected a whole number from 1 on"),
        ({"early_stopping": 0}, ValueError, "early_stopping"),
        ({"train_accuracy_on": 0}, ValueError, "train_accuracy_on"),
        ({"learning_rate_decay": 0}, ValueError, "learning_rate_decay: expected a factor"),
        ({"learning_rate_decay": math.nan}, ValueError, "learning_rate_decay"),
        ({"early_stopping": 1, "validation": None}, ValueError, "early_stopping: expected valid"),
        ({"resume": True}, ValueError, "resume: expected a file in checkpoint"),
        ({"data": (X, y[:3])}, ValueError, r"train: expected one label for each example"),
        ({"validation": (X[:0], y[:0])}, ValueError, "validation: expected at least one example"),
        ({"data": X}, TypeError, "train: expected something with X and y"),
        ({"data": (X, np.eye(3, dtype=int)[y])}, ValueError, "one-hot"),
    ],
)
def test_wrong_settings_are_told_before_the_first_step(change, error, words):
    net = new_net()
    before = dict(net.params)
    with pytest.raises(error, match=words):
        train(net, **change)
    assert all(net.params[key] is before[key] for key in before)


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError, match=r"rng: expected numpy\.random\.Generator, got int"):
        fit(
            new_net(),
            TRAIN,
            None,
            optimizer=make_optimizer("sgd", 1),
            epochs=1,
            batch_size=8,
            rng=0,
        )


def test_a_loss_that_is_no_number_takes_no_step():
    # NaN gradients would stay in the optimizer's memory, where restored parameters do not help.
    net, steps = Scripted(step_losses=[1.0, 1.0, math.nan]), []
    optimizer = make_optimizer("sgd", 1.0)
    step = optimizer.step
    optimizer.step = lambda params, grads: (steps.append(grads), step(params, grads))
    fit(
        net, (X, y * 0), None, optimizer=optimizer, epochs=9, batch_size=len(X),
        rng=np.random.default_rng(1), report=None,
    )  # fmt: skip
    assert len(steps) == 2
