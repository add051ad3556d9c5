"""What is said of mistakes that no list knows: relations, regions, experiments, small cases."""

import numpy as np
import pytest

from course_utils import nn
from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge

pytestmark = pytest.mark.usefixtures("no_catalogue")


def linear_with(dX=None, dW=None, db=None):
    """A linear backward with one array replaced."""

    def linear_backward(dY, cache):
        X, W = cache
        right = {"dX": dY @ W.T, "dW": X.T @ dY, "db": dY.sum(axis=0)}
        wrong = {"dX": dX, "dW": dW, "db": db}
        return tuple(wrong[k](X, W, dY) if wrong[k] else right[k] for k in right)

    return linear_backward


def onehot(cache):
    P, y = cache
    return np.eye(P.shape[1])[y]


def net_without_relu_mask(params, X, y, weight_decay=0.0):
    loss, grads = nn.two_layer_loss_and_grads(params, X, y, weight_decay)
    H = np.maximum(X @ params["W1"] + params["b1"], 0)
    P = nn.softmax(H @ params["W2"] + params["b2"])
    dA = nn.softmax_cross_entropy_backward(1.0, (P, y)) @ params["W2"].T
    return loss, {**grads, "W1": X.T @ dA + 2 * weight_decay * params["W1"]}


UNKNOWN = {
    "upstream twice": ("3.2", linear_with(dX=lambda X, W, dY: dY @ dY.T @ X), "fourfold"),
    "sign of dY": ("3.2", linear_with(dW=lambda X, W, dY: X.T @ np.sign(dY)), "the signs of dY"),
    "first skipped": (
        "3.2",
        linear_with(db=lambda X, W, dY: dY[1:].sum(0)),
        "first sample is",
    ),
    "last skipped": ("3.2", linear_with(dW=lambda X, W, dY: X[:-1].T @ dY[:-1]), "last sample is"),
    "first only": ("3.2", linear_with(db=lambda X, W, dY: dY[0]), "only the first sample counts"),
    "|X|": ("3.2", linear_with(dW=lambda X, W, dY: np.abs(X).T @ dY), "if X were |X|"),
    "one over root N": ("3.2", linear_with(db=lambda X, W, dY: dY.sum(0) / len(X) ** 0.5), "1/√N"),
    "N minus 1": ("3.2", linear_with(db=lambda X, W, dY: dY.mean(0) * (len(X) - 1)), "(N − 1)/N"),
    "plus X": ("3.2", linear_with(dX=lambda X, W, dY: dY @ W.T + X), "times X is too much"),
    "b reversed": ("3.1", lambda X, W, b: (X @ W + b[::-1], None), "if b were reversed"),
    "b twice": ("3.1", lambda X, W, b: (X @ W + 2 * b, None), "if b were twice as large"),
    "X centred": (
        "3.1",
        lambda X, W, b: ((X - X.mean(0)) @ W + b, 0),
        "its mean taken off",
    ),
    "leaky": (
        "3.3",
        lambda X: (np.where(X < 0, 0.01 * X, X), X),
        "where X < 0; there it is 0.01",
    ),
    "minimum": ("3.3", lambda X: (np.minimum(X, 0), X), "what should be kept is dropped"),
    "plus one": ("3.3", lambda X: (np.maximum(X, 0) + 1, X), "the right values plus"),
    "leak of dY": ("3.4", lambda dY, X: np.where(X > 0, dY, 0.2 * dY), "there it is 0.2 times dY"),
    "no upstream": ("3.4", lambda dY, X: (X > 0) * 1.0, "dY is not used"),
    "times X": ("3.4", lambda dY, X: dY * np.maximum(X, 0), "the right value times X"),
    "log2": (
        "3.5",
        lambda Z, y: (nn.softmax_cross_entropy_forward(Z, y)[0] / np.log(2), 0),
        "log2",
    ),
    "log10 and overflow": (
        "3.5",
        lambda Z, y: (-np.log10(nn.softmax(Z)[range(len(y)), y]).mean(), 0),
        "On logits near ±1000: the result is inf",
    ),
    "plus onehot": (
        "3.6",
        lambda d, c: d * (c[0] + onehot(c)) / len(c[1]),
        "at the label",
    ),
    "label only": (
        "3.6",
        lambda d, c: d * (c[0] - 1) * onehot(c) / len(c[1]),
        "away from the l",
    ),
    "over C": ("3.6", lambda d, c: d * (c[0] - onehot(c)) / c[0].shape[1], "exactly N/C times"),
    "no mask in the net": ("3.7", net_without_relu_mask, "By hand: W1 = [[3, -2]]"),
    "last row only": (
        "3.5",
        lambda Z, y: (nn.softmax_cross_entropy_forward(Z[-1:], y[-1:])[0], 0),
        "the result of the last sample alone",
    ),
    "ln C too little": (
        "3.5",
        lambda Z, y: (nn.softmax_cross_entropy_forward(Z, y)[0] - np.log(Z.shape[1]), 0),
        "minus ln C",
    ),
    "times P": (
        "3.6",
        lambda d, c: d * (c[0] - onehot(c)) / len(c[1]) * c[0],
        "the right value times cache[0]",
    ),
    "threshold 1": ("3.3", lambda X: (np.where(X > 1, X, 0), X), "only where X is between 0.0"),
    "capped at 6": ("3.3", lambda X: (np.clip(X, 0, 6), X), "only where X is between"),
    "no momentum": (
        "3.8",
        lambda w, dw, s, *, learning_rate, momentum=0.9: (w - learning_rate * dw, s),
        "if momentum were 0",
    ),
}


@pytest.mark.parametrize(("exercise_id", "answer", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_mistake_is_described(exercise_id, answer, words):
    text = judge(all_exercises()[exercise_id], answer).text()
    assert words in text, text


def test_a_small_case_can_be_followed_by_hand():
    answer = linear_with(dW=lambda X, W, dY: np.tanh(X).T @ dY)
    text = judge(all_exercises()["3.2"], answer).text()
    line = next(line for line in text.splitlines() if "By hand" in line)
    assert line.startswith("By hand: X = [[")
    given, right, mine = (line.split("=")[k].split("]]")[0].strip(" [") for k in (1, 5, 5))
    X = float(given)
    assert len([c for c in line.split("should")[0] if c == "="]) == 4  # X, W, b, dY: four numbers
    dY = float(line.split("dY = [[")[1].split("]]")[0])
    assert f"dW = [[{X * dY:g}]]" in line
    assert f"you have [[{round(np.tanh(X) * dY, 4):g}]]" in line


def test_only_one_small_case_is_shown():
    answer = linear_with(
        dX=lambda X, W, dY: np.tanh(dY @ W.T), dW=lambda X, W, dY: np.tanh(X.T @ dY)
    )
    assert judge(all_exercises()["3.2"], answer).text().count("By hand") == 1


def test_mixed_samples_are_told():
    def shuffled(X, W, b):
        return np.sort(X, axis=0) @ W + b, None

    assert "samples are mixed" in judge(all_exercises()["3.1"], shuffled).text()


def test_steps_after_a_wrong_one_are_not_explained_again():
    def damped(w, dw, state, *, learning_rate, momentum=0.9):
        return w - 0.5 * learning_rate * dw, state

    told = [f.cause for f in judge(all_exercises()["3.8"], damped).findings]
    assert told[1:] == ["follows"] * 3
    assert told[0] != "follows"
