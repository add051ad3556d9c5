import os

import numpy as np
import pytest

from course_utils.nn import (
    RULES,
    Checkpoint,
    CheckpointError,
    FullyConnectedNet,
    History,
    fit,
    load_checkpoint,
    make_optimizer,
    save_checkpoint,
)

from .helpers import blobs

X, y = blobs(130)
RESTLESS = 0.8  # a learning rate too large to settle, too small to diverge
GENERATORS = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64]


class KilledError(Exception):
    """As if the plug had been pulled."""


def start(rule="adam", sizes=(6, 8, 3), bits=np.random.PCG64, dtype=np.float32, **settings):
    """Everything a run needs, as a fresh process would make it."""
    net = FullyConnectedNet(sizes, rng=np.random.default_rng(0), dtype=dtype, weight_decay=1e-3)
    return net, make_optimizer(rule, 0.03, **settings), np.random.Generator(bits(7))


def train(run, epochs, path=None, **settings):
    net, optimizer, rng = run
    settings = {"batch_size": 32, "learning_rate_decay": 0.9, "report": None} | settings
    return fit(
        net, (X[:100], y[:100]), (X[100:], y[100:]), optimizer=optimizer, rng=rng, epochs=epochs,
        checkpoint=path, **settings,
    )  # fmt: skip


def assert_same_run(a, b):
    for key in a[0].params:
        np.testing.assert_array_equal(a[0].params[key], b[0].params[key])
        assert a[0].params[key].dtype == b[0].params[key].dtype
    assert a[1].learning_rate == b[1].learning_rate
    assert a[2].random() == b[2].random()


def without_time(history):
    return {k: v for k, v in history.to_dict().items() if k not in ("seconds", "notes")}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_three_epochs_and_three_more_are_six_to_the_last_bit(tmp_path, rule, dtype):
    straight = start(rule, dtype=dtype)
    history = train(straight, 6)
    train(start(rule, dtype=dtype), 3, tmp_path / "run.npz")
    resumed = start(rule, dtype=dtype)
    resumed[2].random(11)  # a generator that has been used meanwhile
    again = train(resumed, 6, tmp_path / "run.npz", resume=True)
    assert without_time(again) == without_time(history)
    assert again.notes == [f"resumed after epoch 3 from {tmp_path / 'run.npz'}"]
    assert_same_run(straight, resumed)


@pytest.mark.parametrize("bits", GENERATORS)
def test_killed_in_the_middle_of_an_epoch(tmp_path, bits):
    def until_epoch_4(batches, total, description):
        for i, rows in enumerate(batches):
            if description == "epoch 4" and i == 2:
                raise KilledError
            yield rows

    straight = start(bits=bits)
    history = train(straight, 6)
    path = tmp_path / "run.npz"
    with pytest.raises(KilledError):
        train(start(bits=bits), 6, path, progress=until_epoch_4)
    resumed = start(bits=bits)
    again = train(resumed, 6, path, resume=True)
    assert without_time(again) == without_time(history)
    assert_same_run(straight, resumed)


def test_killed_in_the_first_epoch_and_resumed_twice(tmp_path):
    straight, path = start(), tmp_path / "run.npz"
    history = train(straight, 5)

    def at_once(batches, **_):
        raise KilledError

    with pytest.raises(KilledError):
        train(start(), 5, path, progress=at_once)
    assert load_checkpoint(path).epoch == 0
    train(start(), 2, path, resume=True)
    resumed = start()
    again = train(resumed, 5, path, resume=True)
    assert without_time(again) == without_time(history)
    assert len(again.notes) == 2
    assert_same_run(straight, resumed)


def test_resuming_in_the_same_session_goes_on_too(tmp_path):
    straight, run = start(), start()
    train(straight, 6)
    train(run, 3, tmp_path / "run.npz")
    train(run, 6, tmp_path / "run.npz", resume=True)  # the learning rate has decayed already
    assert_same_run(straight, run)


def test_a_run_that_stopped_early_stops_again_with_the_same_parameters(tmp_path):
    path, settings = tmp_path / "run.npz", {"early_stopping": 2, "learning_rate_decay": 1.0}
    first = start("sgd")
    first[1].learning_rate = RESTLESS
    history = train(first, 60, path, **settings)
    assert "not improved for 2 epochs" in history.stopped_because
    assert history.best_epoch == history.epoch[-1] - 2
    for epochs in (60, 90):
        second = start("sgd")
        again = train(second, epochs, path, resume=True, **settings)
        assert without_time(again) == without_time(history)
        for key, w in first[0].params.items():
            np.testing.assert_array_equal(second[0].params[key], w)


def test_best_parameters_survive_a_resume(tmp_path):
    # The best epoch lies before the interruption, and is put back after it.
    path, settings = tmp_path / "run.npz", {"early_stopping": 3, "learning_rate_decay": 1.0}
    straight = start("sgd")
    straight[1].learning_rate = RESTLESS
    history = train(straight, 60, **settings)
    part = start("sgd")
    part[1].learning_rate = RESTLESS
    train(part, history.best_epoch + 1, path, **settings)
    resumed = start("sgd")
    again = train(resumed, 60, path, resume=True, **settings)
    assert without_time(again) == without_time(history)
    for key, w in straight[0].params.items():
        np.testing.assert_array_equal(resumed[0].params[key], w)


def test_without_a_file_resume_begins_anew(tmp_path):
    straight, run = start(), start()
    assert without_time(train(straight, 2)) == without_time(
        train(run, 2, tmp_path / "none.npz", resume=True)
    )
    assert_same_run(straight, run)
    # Without resume, a file that is there is not read.
    again = start()
    train(again, 2, tmp_path / "none.npz")
    np.testing.assert_array_equal(again[0].params["W1"], run[0].params["W1"])


@pytest.mark.parametrize(
    ("make", "settings", "words"),
    [
        ({"sizes": (6, 9, 3)}, {}, r"W1: the checkpoint holds \(6, 8\) float32, .* \(6, 9\)"),
        ({"sizes": (6, 3)}, {}, "params: the checkpoint holds W1, b1, W2, b2.*number of layers"),
        ({"dtype": np.float64}, {}, "W1: .*float32, the net has .*float64"),
        ({"rule": "sgd"}, {}, "optimizer: expected adam, .*got sgd"),
        ({"beta1": 0.5}, {}, "hyperparameters: expected .*got .*beta1"),
        ({"bits": np.random.MT19937}, {}, "rng: expected PCG64, .*got MT19937"),
        ({}, {"batch_size": 16}, "batch_size: expected 32, .*got 16"),
        ({}, {"learning_rate_decay": 1.0}, "learning_rate_decay: expected 0.9"),
        ({}, {"train_accuracy_on": 10}, "train_accuracy_on: expected 100"),
    ],
)
def test_another_run_is_refused_and_nothing_is_touched(tmp_path, make, settings, words):
    train(start(), 1, tmp_path / "run.npz")
    run, before = start(**make), start(**make)
    with pytest.raises(CheckpointError, match=words):
        train(run, 2, tmp_path / "run.npz", resume=True, **settings)
    assert_same_run(run, before)
    assert run[1].state == {}


def test_another_number_of_examples_is_refused(tmp_path):
    net, optimizer, rng = start()
    train((net, optimizer, rng), 1, tmp_path / "run.npz", train_accuracy_on=50)
    with pytest.raises(CheckpointError, match=r"training examples: expected 100, .*got 99"):
        fit(
            net, (X[:99], y[:99]), None, optimizer=optimizer, rng=rng, epochs=2, batch_size=32,
            learning_rate_decay=0.9, train_accuracy_on=50, checkpoint=tmp_path / "run.npz",
            resume=True, report=None,
        )  # fmt: skip


def damaged(kind, whole, tmp_path):
    if kind == "cut short":
        return whole[: len(whole) // 2]
    if kind == "empty":
        return b""
    if kind == "text":
        return b"epoch 1 loss 0.3\n" * 50
    if kind == "one bit":  # in the middle of an array, where only the checksum can tell
        middle = whole.index(b"best/W1") + 250
        return whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))
    if kind == "a pickle":
        np.savez(tmp_path / "other.npz", json=np.array([{"format": 1}], dtype=object))
    elif kind == "a single array":
        np.save(tmp_path / "other.npz.npy", np.zeros(3))
        return (tmp_path / "other.npz.npy").read_bytes()
    elif kind == "format 99":
        text = np.frombuffer(b'{"format": 99}', np.uint8)
        np.savez(tmp_path / "other.npz", json=text)
    return (tmp_path / "other.npz").read_bytes()


@pytest.mark.parametrize(
    "kind",
    ["cut short", "empty", "text", "one bit", "other npz", "a pickle", "a single array",
     "format 99"],
)  # fmt: skip
def test_a_damaged_file_is_told(tmp_path, kind):
    path = tmp_path / "run.npz"
    train(start(), 1, path)
    path.write_bytes(damaged(kind, path.read_bytes(), tmp_path))
    with pytest.raises(CheckpointError, match=r"checkpoint .*run.npz: expected"):
        load_checkpoint(path)


def test_a_file_that_is_missing_is_called_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "none.npz")


def test_a_folder_that_is_missing_shows_before_the_first_step(tmp_path):
    net, optimizer, rng = start()
    before = net.params["W1"]
    with pytest.raises(FileNotFoundError):
        train((net, optimizer, rng), 1, tmp_path / "none" / "run.npz")
    assert net.params["W1"] is before


def small_checkpoint():
    history = History()
    history.append(
        epoch=4, train_loss=0.1 + 0.2, train_accuracy=1 / 3, validation_loss=float("nan"),
        validation_accuracy=float("inf"), learning_rate=5e-324, seconds=1e300,
    )  # fmt: skip
    state = {"a/b": {"m": np.arange(3.0), "t": 5}, "c": {}}
    return Checkpoint(
        params={"a/b": np.ones((2, 0), np.float32), "json": np.array(1.5)},
        optimizer={"rule": "x", "learning_rate": 0.1, "hyperparameters": {}, "state": state},
        rng_state=np.random.Generator(np.random.MT19937(1)).bit_generator.state,
        history=history,
        best_params={"a/b": np.zeros(2)},
        settings={"batch_size": np.int64(3)},
    )


def test_everything_comes_back_as_it_went(tmp_path):
    there = small_checkpoint()
    save_checkpoint(str(tmp_path / "run"), there)  # no suffix is added
    back = load_checkpoint(str(tmp_path / "run"))
    assert repr(back.history.to_dict()) == repr(there.history.to_dict())
    assert back.epoch == 4
    for mine, theirs in ((there.params, back.params), (there.best_params, back.best_params)):
        assert mine.keys() == theirs.keys()
        for key in mine:
            np.testing.assert_array_equal(mine[key], theirs[key])
            assert mine[key].dtype == theirs[key].dtype
    np.testing.assert_array_equal(back.optimizer["state"]["a/b"]["m"], np.arange(3.0))
    assert back.optimizer["state"]["a/b"]["t"] == 5
    assert back.optimizer["state"]["c"] == {}
    assert back.settings == {"batch_size": 3}
    assert (back.rng_state["state"]["key"] == there.rng_state["state"]["key"]).all()
    with np.load(tmp_path / "run", allow_pickle=False) as file:  # no object arrays in it
        assert all(file[name].dtype.kind in "fu" for name in file.files)


def test_a_failure_while_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    save_checkpoint(path, small_checkpoint())
    before = path.read_bytes()

    def half(file, **arrays):
        file.write(b"half a file")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", half)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(path, small_checkpoint())
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["run.npz"]


def test_what_json_cannot_hold_is_told(tmp_path):
    checkpoint = small_checkpoint()
    checkpoint.settings["prepare"] = len
    with pytest.raises(TypeError, match="cannot store builtin_function_or_method"):
        save_checkpoint(tmp_path / "run.npz", checkpoint)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("rate", [100.0, 1e30])
def test_a_diverged_epoch_is_not_written_down(tmp_path, rate):
    run = start("sgd")
    run[1].learning_rate = rate
    history = train(run, 9, tmp_path / "run.npz")
    assert history.stopped_because.startswith("diverged")
    saved = load_checkpoint(tmp_path / "run.npz")
    assert saved.epoch == 0
    for key, w in start("sgd")[0].params.items():
        np.testing.assert_array_equal(saved.params[key], w)
