"""The catalogue of transfer learning: each mistake named, no right answer accused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from course_utils.checking.designer import examine
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import catalogue, find_advice
from course_utils.nn.depth_rates import step_with_rates
from course_utils.nn.frozen_norm import frozen_norm_backward, frozen_norm_forward
from course_utils.nn.intervals import mean_and_interval
from course_utils.nn.neighbours import nearest_neighbours
from course_utils.nn.prepared_pictures import prepare_pictures
from course_utils.nn.smoothed_loss import smoothed_loss_and_gradient
from course_utils.torchlab import exercises as nets
from tests.checking.catalogue_checks import (
    exercises_named,
    expect_named,
    expect_own_sentence,
    expect_sizes,
)
from tests.checking.right import RIGHT

NUMPY_ONES = [
    "prepare_pictures",
    "nearest_neighbours",
    "frozen_norm_forward",
    "frozen_norm_backward",
    "rates_by_depth",
    "step_with_rates",
    "smoothed_loss_and_gradient",
    "mean_and_interval",
]
NAMES = [*NUMPY_ONES, "freeze_body", "new_head", "train_epoch", "measure"]
EXERCISES = exercises_named(NAMES)
MISTAKES = [m for name in NAMES for m in catalogue(name)]
RIGHT_ONES = [(name, told, answer) for name in NAMES for told, answer in RIGHT[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_is_large_enough_and_told_apart(name):
    assert len(catalogue(name)) >= 15
    assert len(RIGHT[name]) >= 5
    design = examine(EXERCISES[name])
    assert design.good, design


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_named_and_told_in_one_short_sentence(mistake):
    expect_named(EXERCISES[mistake.name], mistake)


@pytest.mark.parametrize("seed", range(1, 4))
@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, _, answer in RIGHT_ONES],
    ids=[f"{name}/{told}" for name, told, _ in RIGHT_ONES],
)
def test_a_right_answer_is_not_accused(name, answer, seed):
    verdict = judge(EXERCISES[name], answer, seed=seed)
    assert verdict.right, verdict.text()


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_distinct_and_vary(name):
    expect_sizes(EXERCISES[name], 2)


# The slips of transfer learning that everybody makes once, by their number in the course.
FAMOUS = {
    "X18, the mode after measuring": ("measure", "left_asleep"),
    "X18, the mode of an epoch": ("train_epoch", "head_asleep"),
    "X19, tensors in a list": ("train_epoch", "kept_tensors"),
    "X21, statistics drift though frozen": ("freeze_body", "only_flags"),
    "X21, woken by net.train()": ("train_epoch", "body_awake"),
    "X23, frozen parameters only": ("new_head", "only_frozen"),
    "X23, the head after the optimizer": ("new_head", "optimizer_first"),
    "X24, bytes into a net": ("prepare_pictures", "not_divided"),
    "X24, not normalised": ("prepare_pictures", "only_scaled"),
    "X25, one large rate for all": ("rates_by_depth", "all_alike"),
    "X25, the same in the step": ("step_with_rates", "one_rate"),
    "X01, gradients pile up": ("train_epoch", "no_zero_grad"),
    "X02, softmax twice": ("train_epoch", "softmax_twice"),
}


@pytest.mark.parametrize(("name", "which"), FAMOUS.values(), ids=FAMOUS)
def test_the_famous_ones_are_told_by_their_own_sentence(name, which):
    expect_own_sentence(EXERCISES[name], catalogue(name), which)


def wavy(values):
    return values + 0.1 * np.sin(7 * values)


def spoilt_pictures(X, image_shape, mean, std):
    return wavy(prepare_pictures(X, image_shape, mean, std))


def spoilt_neighbours(Q, F, k):
    rows, similarity = nearest_neighbours(Q, F, k)
    return rows, wavy(similarity)


def spoilt_norm(X, gamma, beta, running, eps=1e-5):
    Y, cache = frozen_norm_forward(X, gamma, beta, running, eps)
    return wavy(Y), cache


def spoilt_norm_back(dY, cache):
    dX, dgamma, dbeta = frozen_norm_backward(dY, cache)
    return wavy(dX), dgamma, dbeta


def spoilt_rates(depth, learning_rate, below):
    return learning_rate * below ** np.arange(depth - 1, -1, -1.0) ** 1.3


def spoilt_step(params, grads, rates, weight_decay):
    return {k: wavy(w) for k, w in step_with_rates(params, grads, rates, weight_decay).items()}


def spoilt_loss(Z, y, smoothing):
    loss, dZ = smoothed_loss_and_gradient(Z, y, smoothing)
    return loss, wavy(dZ)


def spoilt_interval(hits, t):
    mean, low, high = mean_and_interval(hits, t)
    return mean, wavy(low), high


SPOILT = [
    *(spoilt_pictures, spoilt_neighbours, spoilt_norm, spoilt_norm_back),
    *(spoilt_rates, spoilt_step, spoilt_loss, spoilt_interval),
]


@pytest.mark.parametrize(("name", "answer"), list(zip(NUMPY_ONES, SPOILT, strict=True)))
def test_an_unknown_mistake_gets_a_case_to_follow_by_hand(name, answer):
    verdict = judge(EXERCISES[name], answer)
    told = [f.message for f in verdict.findings if f.status == "wrong"]
    assert any("By hand: " in message for message in told), verdict.text()


def changes_statistics(X, gamma, beta, running, eps=1e-5):
    running["mean"] *= 0.9
    return frozen_norm_forward(X, gamma, beta, running, eps)


def test_statistics_changed_in_place_are_told():
    text = judge("6.5", changes_statistics).text()
    assert 'running["mean"] was changed in place' in text


def frozen_left_out(params, grads, rates, weight_decay):
    stepped = step_with_rates(params, grads, rates, weight_decay)
    return {key: stepped[key] for key in rates}


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("6.2", lambda Q, F, k: nearest_neighbours(Q, F, k)[0], "expected 2 values"),
        ("6.2", lambda Q, F, k: nearest_neighbours(Q, F, k)[::-1], "expected whole numbers"),
        ("6.4", lambda net, C, rate: None, "expected an optimizer, got None"),
        ("6.8", lambda net, optimizer, batches: 0.5, "expected a list of numbers"),
        ("6.9", lambda net, X, y: torch.tensor(0.5), "expected a number, got Tensor"),
        ("6.11", lambda *args: step_with_rates(*args)["W2"], "expected a dictionary"),
        ("6.11", frozen_left_out, "missing"),
        ("6.14", lambda hits, t: hits.mean(), "expected 3 values"),
    ],
)
def test_odd_answers_are_told_what_is_asked(number, answer, words):
    verdict = judge(number, answer)
    assert verdict.status == "wrong"
    assert words in verdict.text()


def too_wide(net, C, learning_rate):
    net.head = torch.nn.Linear(C, C).to(net.head.weight)
    return torch.optim.SGD(net.head.parameters(), lr=learning_rate)


def test_an_exception_inside_a_net_is_told():
    text = judge("6.4", too_wide).text()
    assert "shapes cannot be multiplied" in text


def test_frozen_parameters_in_the_optimizer_are_a_remark_and_no_mistake():
    (answer,) = [a for told, a in RIGHT["new_head"] if told == "head_and_all_that_is_there"]
    verdict = judge("6.4", answer)
    assert verdict.right
    assert "PyTorch passes over them" in verdict.text()


@pytest.mark.parametrize("name", ["freeze_body", "new_head", "train_epoch", "measure"])
def test_what_is_asked_about_a_net_is_the_same_each_time_and_leaves_the_generator_alone(name):
    before = torch.random.get_rng_state()
    first, second = (EXERCISES[name].probes() for _ in range(2))
    for one, other in zip(first, second, strict=True):
        mine, its = (p.args[0].state_dict() for p in (one, other))
        assert all(torch.equal(mine[key], its[key]) for key in mine)
    assert judge(name_id(name), getattr(nets, name)).right
    assert torch.equal(torch.random.get_rng_state(), before)


def name_id(name):
    return EXERCISES[name].id


def test_nets_to_measure_tell_the_modes_apart():
    for seed in range(8):
        for probe in EXERCISES["measure"].probes(seed):
            net, X, y = probe.args
            with torch.no_grad():
                shares = []
                for mode in (False, True):
                    net.train(mode)
                    for part in net.modules():
                        if isinstance(part, torch.nn.Dropout):
                            part.eval()  # batch norm alone has to show it: no chance in that
                    shares.append((net(X).argmax(1) == y).double().mean().item())
            assert shares[0] > shares[1] + 0.1


def test_the_registry_does_not_import_pytorch():
    code = (
        "import sys; from course_utils.checking import progress; "
        "from course_utils.checking.mistakes import find_advice; "
        "find_advice('linear_backward/db_mean'); "
        "progress('06'); print('torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"


def test_hints_about_a_named_slip_are_found_without_its_module():
    assert find_advice("freeze_body/only_flags").key == "frozen: modes of layers"
    assert find_advice("freeze_body/no_such") is None
