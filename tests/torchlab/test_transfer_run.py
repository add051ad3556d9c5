"""transfer: each way trains what it says, equal settings give equal results, and it learns."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data.digits import Split
from course_utils.torchlab import Augment, TorchNet, fit
from course_utils.torchlab.transfer import (
    WAYS,
    Pictures,
    Thaw,
    TransferNet,
    compare,
    features_of,
    find_backbone,
    make_head,
    optimizer_by_depth,
    rates_by_depth,
    transfer,
)
from course_utils.torchlab.transfer import cached as cached_module
from course_utils.torchlab.transfer import run as transfer_module

from .transfer_examples import SHAPE, SIDE, target, tiny_backbone

PARTS = ("stem", "stage1", "stage2", "stage3", "head")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    cached_module._known.clear()


def run(how="frozen linear", backbone=None, data=None, **settings):
    settings = {"epochs": 2, "batch_size": 16, "report": None} | settings
    return transfer(backbone or tiny_backbone(), data or target(), how, **settings)


def state(module):
    return {key: value.clone() for key, value in module.state_dict().items()}


def assert_same(first, second):
    assert first.keys() == second.keys()
    for key, w in first.items():
        assert torch.equal(w, second[key]), key


@pytest.mark.parametrize("how", WAYS)
def test_each_way_trains_what_it_says(how):
    backbone = tiny_backbone()
    before = state(backbone)
    result = run(how, backbone, epochs=5)
    assert_same(before, state(backbone))  # the one that is given stays as it is
    moving = {part for part, change in result.changes.items() if change}
    trained = {"head": {"head"}, "body": set(PARTS) - {"head"}}.get(WAYS[how].trains, set(PARTS))
    assert moving == trained
    counts = {part: sum(p.numel() for p in result.model.parameters_of(part)) for part in PARTS}
    assert result.trained_parameters == sum(counts[part] for part in trained)
    assert result.parameters == sum(counts.values())
    assert result.diagnosis.healthy, result.diagnosis
    assert {"frozen-parameters-move", "frozen-buffers-move"} & set(result.diagnosis.asked) or (
        WAYS[how].trains in ("all", "thaw")
    )
    assert not result.model.training
    if WAYS[how].frozen:
        assert_same(before, state(result.model.body))
    loss, accuracy = result.evaluate(target().validation)
    assert accuracy == result.accuracy
    assert loss == pytest.approx(result.history.validation_loss[result.epoch], rel=1e-4)


def test_the_first_weights_of_a_net_from_scratch_owe_nothing_to_the_backbone():
    first, other = (run("scratch", tiny_backbone(seed), epochs=0) for seed in (0, 1))
    assert_same(state(first.model), state(other.model))


def test_a_frozen_backbone_s_features_are_cached_and_give_what_the_net_gives():
    """The head's own history is that of the whole net, measured picture by picture."""
    data, result = target(), run("frozen two-layer", epochs=3, keep="last")
    Z = TorchNet(result.model).logits(result.prepare(data.validation.X))
    np.testing.assert_array_equal(result.logits(data.validation.X), Z)
    assert (Z.argmax(1) == data.validation.y).mean() == result.history.validation_accuracy[-1]
    np.testing.assert_array_equal(result.predict(data.validation.X), Z.argmax(1))
    np.testing.assert_allclose(result.probabilities(data.validation.X).sum(1), 1, rtol=1e-5)


def test_features_are_computed_once_for_each_picture(monkeypatch):
    asked = []
    backbone = tiny_backbone()
    see, X = Pictures(backbone, SHAPE), target().train.X

    def counted(backbone, pictures):
        asked.append(len(pictures))
        with torch.inference_mode():
            return backbone.features(backbone.normalise(pictures)).numpy()

    monkeypatch.setattr(cached_module, "features", counted)
    first = features_of(see, X[:20])
    np.testing.assert_array_equal(features_of(see, X[5:15][::-1]), first[5:15][::-1])
    assert asked == [20]
    both = features_of(see, np.concatenate([X[10:30], X[10:12]]))
    np.testing.assert_array_equal(both[:10], first[10:])
    np.testing.assert_array_equal(both[-2:], both[:2])
    assert asked == [20, 10]
    with torch.no_grad():
        backbone.net.stem.conv.weight.mul_(2)  # another net now
    assert not np.array_equal(features_of(see, X[:3]), first[:3])
    assert asked == [20, 10, 3]


def test_augmented_pictures_of_a_frozen_backbone():
    augment = Augment(SHAPE, flip=0.5, shift=2)
    backbone = tiny_backbone()
    result = run("frozen linear", backbone, augment=augment)
    assert_same(state(backbone), state(result.model.body))
    plain = run("frozen linear", backbone)
    assert result.history.validation_loss[1] != plain.history.validation_loss[1]
    # Before the first step there is nothing to tell them apart but rounding.
    assert result.history.validation_loss[0] == pytest.approx(
        plain.history.validation_loss[0], rel=1e-4
    )


@pytest.mark.parametrize("how", ["frozen linear", "discriminative", "gradual"])
def test_equal_settings_give_equal_results(how):
    settings = {"dropout": 0.3, "label_smoothing": 0.1, "weight_decay": 0.01, "epochs": 3}
    first, second = (run(how, **settings) for _ in range(2))
    torch.manual_seed(7)
    assert_same(state(first.model), state(second.model))
    other = run(how, **settings, seed=1)
    assert other.history.train_loss != first.history.train_loss


@pytest.mark.parametrize("how", ["frozen two-layer", "fine-tune", "gradual"])
def test_a_run_that_is_resumed_ends_as_if_it_had_not_been_stopped(how, tmp_path):
    settings = {"dropout": 0.3, "epochs": 5, "weight_decay": 0.01}
    whole = run(how, **settings)

    def stop(line, seen=[]):  # noqa: B006 - counts over calls
        seen.append(line)
        if len(seen) == 4:  # heading, epochs 0 to 2
            raise KeyboardInterrupt

    path = tmp_path / "run.npz"
    with pytest.raises(KeyboardInterrupt):
        run(how, **settings, checkpoint=path, report=stop)
    resumed = run(how, **settings, checkpoint=path, resume=True)
    assert resumed.history.notes[0].startswith("resumed after epoch")
    assert_same(state(resumed.model), state(whole.model))
    assert resumed.history.train_loss == whole.history.train_loss


def test_keep():
    """A third of the validation labels are wrong: the surer the net, the higher its loss."""
    data = target(validation=12)
    y = np.where(np.arange(12) % 3 == 0, (data.validation.y + 1) % 3, data.validation.y)
    data = dataclasses.replace(data, validation=Split(data.validation.X, y))
    settings = {"epochs": 6, "learning_rate": 0.05}
    best, last = (run("fine-tune", data=data, keep=keep, **settings) for keep in ("best", "last"))
    assert best.history.validation_loss == last.history.validation_loss
    assert (best.epoch, last.epoch) == (best.history.best_epoch, 6)
    assert best.epoch != 6  # else this test would say nothing
    assert best.accuracy == best.history.validation_accuracy[best.epoch]
    assert best.best_accuracy == max(best.history.validation_accuracy)
    early = run("fine-tune", data=data, patience=1, **settings)
    assert early.history.epoch[-1] < 6


def test_without_validation_pictures_the_last_weights_are_kept():
    data = target()
    data = SimpleNamespace(
        train=data.train, validation=None, image_shape=SHAPE, class_names=data.class_names
    )
    result = run(data=data, keep="last")
    assert result.epoch == 2
    assert np.isnan(result.accuracy)
    with pytest.raises(ValueError, match="needs validation pictures"):
        run(data=data)


def test_the_head_first_begins_where_the_frozen_head_ends():
    result = run("fine-tune", head_epochs=4, epochs=1, weight_decay=0.01)
    head = run("frozen linear", epochs=4, weight_decay=0.01, keep="last")
    assert result.history.validation_loss[0] == pytest.approx(
        head.history.validation_loss[-1], rel=1e-4
    )
    assert result.changes["stem"] > 0
    gradual = run("gradual", head_epochs=2, epochs=5)
    assert min(gradual.changes.values()) > 0


@pytest.mark.parametrize(
    ("asked", "many", "held"),
    [(True, 1, True), (False, 1_000, False), (None, 61, True), (None, 60, False)],
)
def test_held_statistics(asked, many, held, monkeypatch):
    """Where nothing is asked for, few pictures leave the statistics as they are."""
    monkeypatch.setattr(transfer_module, "_MANY", many)  # there are 60
    backbone = tiny_backbone()
    result = run("fine-tune", backbone, hold_statistics=asked, keep="last")
    before, after = dict(backbone.named_buffers()), dict(result.model.body.named_buffers())
    assert all(map(torch.equal, before.values(), after.values())) == held
    assert ("frozen-buffers-move" in result.diagnosis.asked) == held
    assert result.settings["hold_statistics"] == held
    assert result.changes["stem"] > 0


def test_rates_by_depth():
    assert rates_by_depth(("a", "b", "head"), 0.8, below=0.5) == {"a": 0.2, "b": 0.4, "head": 0.8}
    assert rates_by_depth(("a", "b", "head"), 0.8, 0.5, body=0.1) == pytest.approx(
        {"a": 0.02, "b": 0.04, "head": 0.8}
    )
    for wrong in ({"below": 0}, {"below": 1.5}, {"body": 0}):
        with pytest.raises(ValueError, match="above 0 and at most 1"):
            rates_by_depth(("a", "head"), 1.0, **wrong)


@pytest.mark.parametrize("rule", ["sgd", "adam", "adamw"])
def test_one_step_by_depth_against_autograd(rule):
    """Each part has its own rate, weights have the penalty, biases and norms have none."""
    net = TransferNet(tiny_backbone(), make_head(8, 3, rng=np.random.default_rng(0))).double()
    net.eval()
    rates = rates_by_depth(net.parts, 0.1, below=0.5)
    optimizer = optimizer_by_depth(net, rule, rates, weight_decay=0.3)
    X = torch.randn(6, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)).double()
    y = torch.arange(6) % 3
    loss = nn.functional.cross_entropy(net(X), y)
    loss = loss + (0.0 if rule == "adamw" else 0.3) * sum(
        (p**2).sum() for p in net.parameters() if p.ndim >= 2
    )
    grads = dict(zip(net.parameters(), torch.autograd.grad(loss, net.parameters()), strict=True))
    before = {p: p.detach().clone() for p in grads}
    nn.functional.cross_entropy(net(X), y).backward()
    optimizer.step()
    for part, rate in rates.items():
        for p in net.parameters_of(part):
            g, shrunk = grads[p], before[p]
            if rule != "sgd":  # Adam's first step is the sign of the gradient
                g = g / (g.abs() + 1e-8)
            if rule == "adamw" and p.ndim >= 2:
                shrunk = shrunk * (1 - rate * 0.3)
            torch.testing.assert_close(p.detach(), shrunk - rate * g, rtol=1e-7, atol=1e-9)
    assert optimizer.param_groups[0]["part"] == "head"


def test_optimizer_by_depth_refuses_nothing_to_train():
    net = TransferNet(tiny_backbone(), make_head(8, 3, rng=np.random.default_rng(0)))
    with pytest.raises(ValueError, match="got none; all frozen"):
        optimizer_by_depth(net, "sgd", {})
    with pytest.raises(ValueError, match="weight_decay: expected 0 or more, got -1"):
        optimizer_by_depth(net, "sgd", {"head": 0.1}, weight_decay=-1)


def test_thaw():
    net = TransferNet(tiny_backbone(), make_head(8, 3, rng=np.random.default_rng(0)))
    thaw = Thaw(net, schedule=lambda epoch, epochs: 0.25, whole=0.5)
    assert net.trained == ("head",)
    counts = [len(thaw.trained(epoch, 20)) for epoch in range(20)]
    assert counts == [1] * 2 + [2] * 2 + [3] * 2 + [4] * 2 + [5] * 12
    assert thaw(3.9, 20) == 0.25
    assert net.trained == ("stage3", "head")
    assert thaw(4.0, 20) == 0.25
    assert net.trained == ("stage2", "stage3", "head")
    assert Thaw(net, whole=0.0).trained(0, 1) == ("head",)
    assert Thaw(net)(0, 1) == 1.0
    with pytest.raises(ValueError, match="from 0 to below 1, got 1"):
        Thaw(net, whole=1)


def test_gradual_unfreezing_in_a_run():
    """Which part has moved by the end of which epoch, seen from outside."""
    looks, backbone = [], tiny_backbone()
    net = TransferNet(backbone, make_head(8, 3, rng=np.random.default_rng(0)))
    optimizer = optimizer_by_depth(net, "sgd", rates_by_depth(net.parts, 0.1), 0.01)
    first = state(net.body)

    def look(line):
        now = net.body.state_dict()
        looks.append(
            {key.split(".")[1] for key, w in now.items() if not torch.equal(w, first[key])}
        )

    data = target()
    fit(
        net, data.train, None, optimizer=optimizer, epochs=5, batch_size=20, report=look,
        rng=np.random.default_rng(0), prepare=Pictures(backbone, SHAPE),
        schedule=Thaw(net, whole=0.0),
    )  # fmt: skip
    after = looks[1:7]  # one line for each epoch from 0 on
    assert after[:2] == [set(), set()]
    assert [len(parts) for parts in after[2:]] == [1, 2, 3, 4]
    assert after[2] == {"stage3"}
    assert after[3] == {"stage3", "stage2"}


def test_pretrained_features_help_where_pictures_are_few():
    """The reason for all of it, on nets and pictures of the size of a test."""
    source, few = target(240, 60, noise=80), target(12, 60, noise=80)
    taught = run("scratch", data=source, epochs=8, learning_rate=0.1, seed=3)
    assert taught.accuracy > 0.9
    backbone = taught.model.body
    frozen = run("frozen linear", backbone, few, epochs=20)
    alone = run("scratch", backbone, few, epochs=20)
    assert frozen.accuracy > alone.accuracy + 0.1
    table = compare([frozen, alone])
    assert list(table.index) == ["frozen linear", "scratch"]
    assert table["validation accuracy"].tolist() == [frozen.accuracy, alone.accuracy]
    assert table["trained parameters"].tolist() == [27, alone.parameters]
    assert "27 of" in str(frozen)


def test_compare_tells_equal_ways_apart():
    two = [run(epochs=1), run(epochs=1, seed=1)]
    assert list(compare(two).index) == ["1. frozen linear", "2. frozen linear"]
    assert list(compare({"a": two[0], "b": two[1]}).index) == ["a", "b"]
    assert list(compare(two[0]).index) == ["frozen linear"]
    with pytest.raises(ValueError, match="at least one"):
        compare([])
    with pytest.raises(TypeError, match=r"what transfer gives, got str; compare\(\[first"):
        compare(["frozen linear"])


def test_grey_pictures_and_another_size():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 256, (20, 81), dtype=np.uint8), np.arange(20) % 2
    grey = SimpleNamespace(
        train=Split(X, y), validation=Split(X, y), image_shape=(9, 9), class_names=("a", "b")
    )
    result = run(data=grey)
    seen = result.prepare(X)
    assert seen.shape == (20, 3, SIDE, SIDE)
    mean, std = (np.array(v)[:, None, None] for v in (result.prepare.backbone.mean,
                                                      result.prepare.backbone.std))  # fmt: skip
    back = seen * std + mean
    np.testing.assert_allclose(back[:, 0], back[:, 2], atol=1e-5)


def test_pictures_refuses():
    see = Pictures(tiny_backbone(), SHAPE)
    X = target().train.X
    assert see(X[:2]).dtype == np.float32
    cut = X[:2].reshape(2, *SHAPE).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(see(cut), see(X[:2]))
    with pytest.raises(TypeError, match=r"uint8 pixels .*got float32; prepared already"):
        see(X.astype(np.float32))
    with pytest.raises(ValueError, match=r"rows \(N, 432\).*got \(60, 10\); another data set"):
        see(X[:, :10])
    with pytest.raises(ValueError, match="image_shape: expected"):
        Pictures(tiny_backbone(), (4, 4, 2))


@pytest.mark.parametrize(
    ("how", "settings", "told"),
    [
        ("frozen", {}, "how: expected one of these, got 'frozen'\n  'scratch': the same net"),
        ("frozen linear", {"hidden": (4,)}, "frozen two-layer"),
        ("frozen linear", {"head_epochs": 2}, "no use for them"),
        ("scratch", {"hold_statistics": True}, "a net from scratch has none worth holding"),
        ("frozen linear", {"hold_statistics": True}, "they are frozen"),
        ("frozen linear", {"below": 0.5}, "trains nothing below the head, got 0.5"),
        ("gradual", {"epochs": 2}, "of 5 parts needs 3 or more, got 2"),
        ("fine-tune", {"dropout": 1.0}, "from 0 to below 1, got 1.0"),
        ("fine-tune", {"epochs": "3"}, "a whole number from 0 on, got '3'"),
        ("fine-tune", {"resume": True}, "expected a file in checkpoint"),
        ("fine-tune", {"keep": "first"}, 'expected "best" or "last", got \'first\''),
        ("fine-tune", {"keep": "last", "patience": 2}, "keeps the best weights"),
        ("fine-tune", {"learning_rate": -1}, "learning_rate: expected a positive number"),
        ("discriminative", {"below": 2}, "to learn more slowly, not faster"),
    ],
)
def test_settings(how, settings, told):
    with pytest.raises(ValueError, match=told):
        run(how, **settings)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"hidden": 64}, r"hidden: expected .*such as \(64,\), got 64"),
        ({"augment": True}, r"augment: expected a function.*Augment\(target.image_shape"),
        ({"schedule": "cos"}, "schedule: expected \"cosine\", None, or a function .*got 'cos'"),
        ({"seed": None}, "seed: expected a whole number from 0 on, got None"),
    ],
)
def test_settings_of_another_kind(settings, told):
    with pytest.raises(TypeError, match=told):
        run("frozen two-layer", **settings)


def test_what_is_no_target():
    data, backbone = target(), tiny_backbone()
    with pytest.raises(TypeError, match=r"got a tuple, which has no train, validation, image_s"):
        transfer(backbone, (data.train.X, data.train.y))
    with pytest.raises(TypeError, match=r"got a Backbone; the net comes first: transfer\(back"):
        transfer(data, backbone)
    with pytest.raises(TypeError, match=r"target.train: expected pixels X and labels y, got a nd"):
        transfer(backbone, dataclasses.replace(data, train=data.train.X))


def test_as_many_epochs_as_gradual_unfreezing_asks_for_thaw_everything():
    result = run("gradual", epochs=3, keep="last")
    assert min(result.changes.values()) > 0
    assert result.model.trained == PARTS


def test_a_run_that_diverges_says_so():
    result = run("fine-tune", epochs=3, learning_rate=1e4)
    assert "; diverged" in str(result)


@pytest.mark.parametrize(
    "asked",
    [
        {"dropout": 0.5}, {"label_smoothing": 0.2}, {"weight_decay": 0.1}, {"seed": 1},
        {"batch_size": 8}, {"schedule": None}, {"learning_rate": 0.003}, {"rule": "sgd"},
        {"below": 0.1}, {"body": 0.5}, {"hidden": (4,)}, {"head_epochs": 1},
        {"augment": Augment(SHAPE, flip=0.5)},
    ],
    ids=lambda asked: next(iter(asked)),
)  # fmt: skip
def test_no_setting_is_forgotten(asked):
    """Each alone makes another run of it."""
    settings = {"keep": "last", "epochs": 1}
    plain, other = (run("discriminative", **settings, **more) for more in ({}, asked))
    assert plain.history.train_loss[-1] != other.history.train_loss[-1]
    if {"dropout", "label_smoothing", "weight_decay", "batch_size"} & set(asked):
        plain, other = (run("frozen linear", **settings, **more) for more in ({}, asked))
        assert plain.history.train_loss[-1] != other.history.train_loss[-1]


def test_find_backbone():
    backbone = tiny_backbone()
    assert find_backbone(backbone) is backbone
    with pytest.raises(TypeError, match="expected a Backbone or a name, got Sequential"):
        find_backbone(nn.Sequential())
