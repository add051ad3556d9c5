"""fit with captions: another measure than accuracy of classes, a judge, and clipped gradients."""

import math

import numpy as np
import pytest
import torch

from course_utils.nn import CheckpointError, FullyConnectedNet, fit, load_checkpoint, make_optimizer
from course_utils.nn.caption_evaluation import evaluate_captions
from course_utils.nn.caption_net import CaptionNet

from .helpers import blobs

X, y = blobs(90)


def captions(n=40, seed=0):
    """Features, and captions that follow from them: word 3 + the largest feature, repeated."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, 4)).astype(np.float32)
    tokens = np.zeros((n, 6), dtype=np.int64)
    for row, x in zip(tokens, features, strict=True):
        words = [4 + int(x.argmax())] * int(1 + x.argmin())
        row[: len(words) + 2] = [1, *words, 2]
    return features, tokens


def new_net():
    return CaptionNet(4, 9, rng=np.random.default_rng(0), embedding=8, hidden=16)


def train(net=None, data=None, **given):
    settings = {"epochs": 3, "batch_size": 16, "report": None, "rng": np.random.default_rng(1)}
    settings |= {"optimizer": make_optimizer("adam", 0.02), "measure": evaluate_captions}
    net = new_net() if net is None else net
    data = captions() if data is None else data
    return net, fit(net, data, captions(20, 1), **settings | given)


def test_measured_is_what_torch_says_about_the_same_scores():
    net = new_net()
    features, tokens = captions()
    Z = torch.tensor(net.logits(features, tokens[:, :-1]))
    targets = torch.tensor(tokens[:, 1:])
    total = torch.nn.functional.cross_entropy(
        Z.reshape(-1, 9), targets.reshape(-1), ignore_index=0, reduction="sum"
    )
    right = (Z.argmax(dim=2) == targets)[targets != 0].float().mean()
    for batch_size in (100, 7):
        loss, accuracy = evaluate_captions(net, (features, tokens), batch_size=batch_size)
        assert loss == pytest.approx(float(total) / len(tokens), rel=1e-5)
        assert accuracy == pytest.approx(float(right))


def test_filling_is_not_counted_as_right():
    net = new_net()
    net.params["b_out"][0] = 50  # always <NULL>, which stands behind every end
    assert evaluate_captions(net, captions())[1] == 0


def test_fit_trains_a_captioner():
    _, history = train(epochs=25, max_norm=5.0)
    assert history.train_loss[0] == pytest.approx(3.5 * math.log(9), rel=0.2)
    assert history.train_loss[-1] < 0.3 * history.train_loss[0]
    assert history.train_accuracy[-1] > 0.95


def test_features_may_be_fetched_by_their_numbers():
    """Captions of one picture share its features: prepare looks them up."""
    features, tokens = captions()
    plain, history = train(data=(features, tokens))
    numbers = np.arange(len(features))
    stored = np.concatenate([features, captions(20, 1)[0]])
    net = new_net()
    again = fit(
        net, (numbers, tokens), (np.arange(40, 60), captions(20, 1)[1]), epochs=3, batch_size=16,
        optimizer=make_optimizer("adam", 0.02), rng=np.random.default_rng(1), report=None,
        prepare=lambda rows: stored[rows], measure=evaluate_captions,
    )  # fmt: skip
    assert again.validation_loss == history.validation_loss
    for key, w in plain.params.items():
        np.testing.assert_array_equal(w, net.params[key])


def test_gradients_are_clipped_before_the_step():
    """One step of plain descent: it is as long as the learning rate times the norm allowed."""

    def moved(max_norm):
        net = FullyConnectedNet((6, 8, 3), rng=np.random.default_rng(0), dtype=np.float64)
        before = {key: w.copy() for key, w in net.params.items()}
        fit(
            net, (X.astype(np.float64), y), None, optimizer=make_optimizer("sgd", 0.1), epochs=1,
            batch_size=len(X), rng=np.random.default_rng(0), report=None, max_norm=max_norm,
        )  # fmt: skip
        return {key: (before[key] - w) / 0.1 for key, w in net.params.items()}

    free, clipped, loose = moved(None), moved(0.01), moved(1e6)
    norm = math.sqrt(sum((g**2).sum() for g in free.values()))
    assert norm > 0.1
    for key, g in free.items():
        np.testing.assert_allclose(clipped[key], 0.01 / norm * g, rtol=1e-6, atol=1e-12)
        np.testing.assert_array_equal(loose[key], g)


def test_a_judge_decides_about_the_best_epoch(tmp_path):
    scores = iter([0.1, 0.5, 0.3, 0.2, 0.9, 0.9])
    lines, seen = [], []

    def judge(net):
        seen.append({key: w.copy() for key, w in net.params.items()})
        return next(scores)

    path = tmp_path / "run.npz"
    net, history = train(
        epochs=9, judge=judge, early_stopping=2, report=lines.append, checkpoint=path
    )
    assert history.validation_score == [0.1, 0.5, 0.3, 0.2]
    assert history.best_epoch == 1
    assert history.stopped_because.startswith("the validation score has not improved for 2")
    assert lines[0].split()[-2:] == ["valid", "score"]
    assert lines[2].split()[-1] == "0.5000"
    assert len({len(line) for line in lines[:5]}) == 1
    for key, w in seen[1].items():  # although the validation loss was still falling
        np.testing.assert_array_equal(net.params[key], w)
        np.testing.assert_array_equal(load_checkpoint(path).best_params[key], w)
    assert history.validation_loss[3] < history.validation_loss[1]
    assert load_checkpoint(path).history.validation_score == history.validation_score


def test_resume_with_a_judge_gives_the_same_to_the_last_bit(tmp_path):
    def judge(net):
        return float(np.abs(net.params["b_out"]).sum())

    path = tmp_path / "run.npz"
    whole, history = train(epochs=4, judge=judge, max_norm=1.0)
    train(epochs=2, judge=judge, max_norm=1.0, checkpoint=path)
    resumed, again = train(epochs=4, judge=judge, max_norm=1.0, checkpoint=path, resume=True)
    assert again.validation_score == history.validation_score
    for key, w in whole.params.items():
        np.testing.assert_array_equal(w, resumed.params[key])
    with pytest.raises(CheckpointError, match=r"max_norm: expected 1\.0"):
        train(epochs=4, judge=judge, max_norm=2.0, checkpoint=path, resume=True)


def test_a_loss_that_grows_without_bounds_is_told_for_captions_too():
    _, history = train(optimizer=make_optimizer("sgd", 1e4), epochs=5)
    assert history.stopped_because.startswith("diverged")


def test_max_norm_out_of_range_is_refused():
    with pytest.raises(ValueError, match="max_norm: expected a positive number, got 0"):
        train(max_norm=0)
