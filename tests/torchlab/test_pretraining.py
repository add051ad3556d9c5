"""Pretraining without labels: targets of a teacher, turns, and how much a probe reads off."""

import hashlib

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA

from course_utils.data.digits import Split
from course_utils.data.photos import Photos
from course_utils.torchlab import pretrain_resnet20
from course_utils.torchlab.backbone import Backbone
from course_utils.torchlab.pretraining import foretell_turns, imitate, probe, teacher_targets
from course_utils.torchlab.resnet import MEAN, STD, ResNet20
from course_utils.torchlab.weight_files import load_weights

from .transfer_examples import SHAPE, SIDE, pictures, tiny_backbone


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))


def rng(seed=0):
    return np.random.default_rng(seed)


def student(seed=4):
    body = ResNet20(rng=rng(seed), widths=(4, 6, 8), blocks=1)
    return Backbone(body, name="student", input_size=(SIDE, SIDE), mean=MEAN, std=STD)


def as_pictures(X):
    return np.ascontiguousarray(X.reshape(-1, *SHAPE).transpose(0, 3, 1, 2))


def test_targets_are_principal_components_of_the_enlarged_pictures():
    teacher, X = tiny_backbone(), as_pictures(pictures(50, 0).X)
    found = teacher_targets(teacher, X, 4, size=24, fit_on=40)
    assert found.values.shape == (50, 4)
    assert found.values.dtype == np.float32
    enlarged = torch.nn.functional.interpolate(
        torch.tensor(X).float() / 255, (24, 24), mode="bilinear", align_corners=False
    )
    normal = (enlarged - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
    with torch.inference_mode():
        F = teacher.net(normal).numpy().astype(float)
    pca = PCA(4).fit(F[:40])
    scores = pca.transform(F)
    scores /= np.sqrt(scores[:40].var(axis=0).mean())
    signs = np.sign((scores * found.values).sum(axis=0))
    np.testing.assert_allclose(found.values * signs, scores, atol=0.02)  # half precision
    assert found.kept == pytest.approx(pca.explained_variance_ratio_.sum(), abs=0.01)
    assert found.values[:40].var(axis=0).mean() == pytest.approx(1, rel=1e-3)
    assert teacher.input_size == (SIDE, SIDE)
    with pytest.raises(
        ValueError, match="expected 1 to 8, got 9; the teacher has 8 features of 50"
    ):
        teacher_targets(teacher, X, 9, size=24)


def test_a_student_that_imitates_sees_what_the_teacher_sees():
    """No label is given, and yet a probe reads more off the features than off random ones."""
    X = pictures(120, 0)
    taught = student()
    targets = np.eye(3, dtype=np.float32)[X.y] * 3 - 1  # a teacher that knows
    held = pictures(30, 1)
    history = imitate(
        taught, X.X, targets, held_out=(held.X, np.eye(3, dtype=np.float32)[held.y] * 3 - 1),
        epochs=12, rng=rng(1), batch_size=16, learning_rate=0.05, shift=1, report=None,
    )  # fmt: skip
    assert history.train_loss[-1] < history.train_loss[0] / 3
    assert history.validation_loss[-1] < history.validation_loss[0] / 2
    train, validation = pictures(30, 5), pictures(90, 6)
    before = probe(student().eval(), train, validation, SHAPE)
    assert probe(taught.eval(), train, validation, SHAPE) > max(0.9, before)


def test_the_measured_loss_is_the_mean_squared_error():
    X, targets = pictures(20, 0).X, rng(2).standard_normal((20, 2)).astype(np.float32)
    taught = student()
    history = imitate(taught, X, targets, epochs=0, rng=rng(1), report=None)
    W = rng(1).uniform(-(8**-0.5), 8**-0.5, (2, 8))
    with torch.inference_mode():
        F = taught.eval().features(taught.normalise(as_pictures(X))).numpy()
    assert history.train_loss[0] == pytest.approx(((F @ W.T - targets) ** 2).mean(), rel=1e-4)
    with pytest.raises(ValueError, match="expected 20 rows, one a picture, got 19"):
        imitate(student(), X, targets[:19], epochs=1, rng=rng(1))


def test_turns_are_learned():
    """A bright upper half tells the way up."""
    X = np.full((80, *SHAPE), 60, np.uint8) + rng(0).integers(0, 40, (80, *SHAPE), dtype=np.uint8)
    X[:, : SIDE // 2] += 120
    settings = {"epochs": 8, "batch_size": 16, "learning_rate": 0.05, "shift": 0, "report": None}
    rows = X.reshape(80, -1)
    history = foretell_turns(student(), rows, held_out=rows[:20], rng=rng(1), **settings)
    assert history.train_loss[0] > 1.2  # ln 4 is 1.39
    assert history.train_loss[-1] < 0.1
    assert history.validation_loss[-1] < 0.1


def test_fewer_bits_lead_to_nearly_the_same_weights():
    X = pictures(40, 0).X
    settings = {"epochs": 1, "batch_size": 20, "shift": 1, "learning_rate": 0.01, "report": None}
    first, lowered, whole = student(), student(), student()
    foretell_turns(whole, X, rng=rng(1), **settings)
    foretell_turns(lowered, X, rng=rng(1), bfloat16=True, **settings)
    start = first.net.stage3[0].conv1.weight
    a, b = (net.net.stage3[0].conv1.weight - start for net in (whole, lowered))
    assert b.dtype == torch.float32
    assert 0 < (a - b).norm() < 0.1 * a.norm()


def test_the_command_that_makes_the_weights(tmp_path, monkeypatch, capsys):
    """On a few pictures of noise; a second call takes up what the first has left."""
    X = rng(0).integers(0, 256, (40, 32 * 32 * 3), dtype=np.uint8)
    parts = [Split(X, np.arange(40) % 4)] * 3
    noise = Photos(*parts, "full", "noise", (32, 32, 3), tuple("abcd"))
    monkeypatch.setattr(pretrain_resnet20, "load_cifar10", lambda: noise)
    monkeypatch.setattr(torch, "set_num_threads", lambda threads: None)
    out = tmp_path / "net.safetensors"
    for _ in range(2):
        pretrain_resnet20.main(
            ["--task", "turns", "--pictures", "24", "--epochs", "1", "--folder", str(tmp_path),
             "--out", str(out), "--seed", "3"]
        )  # fmt: skip
    told = capsys.readouterr().out
    assert told.startswith("24 pictures, labels unread; noise\n")
    assert told.count(hashlib.sha256(out.read_bytes()).hexdigest()) == 2
    assert "resumed after epoch 1" in told
    assert "a linear layer on the frozen features: validation accuracy" in told
    net = ResNet20(rng=rng())
    assert "quarters of a turn" in load_weights(out, net)["task"]
    assert not torch.equal(net.stem.conv.weight, ResNet20(rng=rng([3, 0])).stem.conv.weight)
    assert [path.name for path in tmp_path.glob("*.npz")] == ["turns-24-1-3.npz"]


def test_pretraining_that_is_resumed_ends_as_if_it_had_not_been_stopped(tmp_path):
    X = pictures(40, 0).X
    settings = {"epochs": 3, "batch_size": 16, "shift": 1}
    whole = student()
    foretell_turns(whole, X, rng=rng(1), report=None, **settings)

    def stop(line, seen=[]):  # noqa: B006 - counts over calls
        seen.append(line)
        if len(seen) == 3:
            raise KeyboardInterrupt

    path = tmp_path / "run.npz"
    stopped = student()
    with pytest.raises(KeyboardInterrupt):
        foretell_turns(stopped, X, rng=rng(1), report=stop, checkpoint=path, **settings)
    again = student()
    foretell_turns(again, X, rng=rng(1), report=None, checkpoint=path, resume=True, **settings)
    for key, value in whole.state_dict().items():
        assert torch.equal(value, again.state_dict()[key]), key
