"""The benchmark of the layers times the same thing twice, and tells what it measured."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import layer_schemes, layers, layers_page, readme
from benchmarks.case import agree, steps_of
from benchmarks.layer_cases import all_cases
from benchmarks.layers_figure import draw

CASES = list(all_cases())


def named(layer):
    return next(case for case in CASES if case.layer == layer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.layer} {case.size}")
def test_ours_and_torchs_agree(case):
    agree(case, steps_of(case, np.float32), np.float32)


def test_every_target_is_about_a_layer_that_is_timed():
    assert set(layers_page.TARGETS) <= {case.layer for case in CASES}
    assert {trial.layer for trial in layer_schemes.TRIALS} <= {case.layer for case in CASES}


def test_two_different_things_are_refused():
    case = named("linear")
    steps = steps_of(case, np.float64)
    (out,), grads = steps["ours"]()
    for wrong in ((out + 1e-3, grads), (out, (grads[0], grads[1], -grads[2])), (out, grads[:2])):
        with pytest.raises((AssertionError, ValueError)):
            agree(case, steps | {"ours": lambda wrong=wrong: wrong}, np.float64)


@pytest.mark.parametrize("layer", ["lstm", "lstm step"])
def test_torchs_order_of_the_gates_is_not_ours(layer):
    """Where nothing is exchanged, the comparison must see it: only then it proves something."""
    case = named(layer)
    agree(case, steps_of(case, np.float64), np.float64)
    first = case.weights
    swapped = replace(
        case,
        to_torch=lambda arrays: [*arrays[:first], *(W.T.copy() for W in arrays[first:])],
        from_torch=lambda grads: [*grads[:first], *(dW.T for dW in grads[first:])],
    )
    with pytest.raises(AssertionError, match="ours"):
        agree(swapped, steps_of(swapped, np.float64), np.float64)


def test_settings_reach_those_who_do_the_same_in_other_ways():
    seen = []

    def other(arrays, dY, **settings):
        seen.append((len(arrays), dY.shape, settings))

    case = named("conv2d")
    steps_of(case, np.float32, more={"other": other})["other"]()
    assert seen == [(3, (64, 32, 32, 32), {"stride": 1, "padding": 1})]


@pytest.mark.parametrize("numbers", [10**5, 10**6])
def test_memory_is_what_was_in_use_beside_the_result(numbers):
    def step():
        scratch = np.ones(numbers)
        return scratch[:1].copy()

    # Beside 8 bytes for each number there is little: the caller's frames, a small array.
    assert 8 * numbers <= layers.peak_beside(step) <= 8 * numbers + 10_000


def run_of(ours):
    rows = [
        {"layer": "conv2d", "size": "small", "ours": ours, "torch": 1.0, "im2col": 2.0},
        {"layer": "conv2d", "size": "large", "ours": 4 * ours, "torch": 1.0, "im2col": 2.0},
        {"layer": "relu", "size": "any", "ours": 0.5, "torch": 1.0},
    ]
    rows = [{"beside": 3e6, "unrolled": 4e6} | row for row in rows]
    return {"rows": rows, "kernels": "", "torch": "2"}


def schemes_of(ours):
    rows = []
    for trial in layer_schemes.TRIALS:
        taken = {"torch": 2.0, "ours": ours} | dict.fromkeys(trial.schemes, 3.0)
        rows += [{"layer": trial.layer, "size": size} | taken for size in ("small", "large")]
    return rows


def told(runs, wide=None):
    return "\n".join(layers_page.page(runs, wide, schemes_of(1.0), "![bars](layers.png)"))


@pytest.mark.parametrize(
    ("ours", "met"), [(0.6, True), (0.624, True), (0.626, False), (0.7, False)]
)
def test_the_page_tells_means_targets_and_the_sizes(ours, met):
    text = told(dict.fromkeys(layers.RUNS, run_of(ours)))
    # The mean of ours and 4 ours is 2 ours; the target is 1.25.
    assert f"| conv2d | 2 | {2 * ours:.2f} | " in text
    assert f"1.25 | {'met' if met else '**not met**'} |" in text
    assert f"| conv2d | large | {4e3 * ours:.3g} | 1e+03 | {4 * ours:.2f} |" in text
    assert "slower on large: **not met**" in text
    assert "| relu | 1 | 0.50 |" in text
    assert "SkylakeX" not in text


def test_the_page_tells_what_wider_vectors_bring():
    text = told(dict.fromkeys(layers.RUNS, run_of(0.6)), wide=run_of(0.25))
    assert "(`OPENBLAS_CORETYPE=SkylakeX`), conv2d is at 0.50, relu is at 0.50." in text


def test_the_page_tells_each_scheme_of_each_trial_beside_ours():
    lines = "\n".join(layer_schemes.section(schemes_of(1.0))).split("\n")
    for trial in layer_schemes.TRIALS:
        assert f"### {trial.layer}" in lines
        assert f"| **ours**: {trial.ours} | 0.50 | 0.50 | 0.50 |" in lines
        assert trial.found in lines
        assert len(trial.schemes) - len(trial.yardsticks) >= 2  # with ours at least three
        for name in trial.schemes:
            assert f"| {name} | 1.50 | 1.50 | 1.50 |" in lines


def test_the_figure_says_in_words_what_it_shows():
    alt = draw(dict.fromkeys(layers.RUNS, run_of(0.9))).alt
    assert "3 layers and sizes" in alt
    assert "faster in 2." in alt
    assert "conv2d 1.80; relu 0.50" in alt


def test_the_readme_takes_its_columns_from_the_page():
    runs = {run: run_of(0.1 * n) for n, run in enumerate(layers.RUNS, start=1)}
    head, _, first, *_ = layers_page.readme_table(told(runs)).split("\n")
    assert head == (
        "| layer | sizes | 1 thread, float32 | 2 threads, float32 | 1 thread, float64 | target | |"
    )
    assert first == "| conv2d | 2 | 0.20 | 0.60 | 0.40 | 1.25 | met |"


def test_the_readme_shows_what_the_page_says():
    text = layers.PAGE.read_text(encoding="utf-8")
    table = layers_page.readme_table(text)
    assert readme.shown("layers") == table
    rows = [line.split("|")[1].strip() for line in table.split("\n")[2:]]
    assert rows == list(dict.fromkeys(case.layer for case in CASES))


def test_the_page_is_about_the_cases_and_schemes_that_are_there():
    text = layers.PAGE.read_text(encoding="utf-8")
    for case in CASES:
        assert f"| {case.layer} | {case.size} |" in text
    for trial in layer_schemes.TRIALS:
        for name in trial.schemes:
            assert f"| {name} | " in text
        assert trial.found in text


def test_the_page_judges_its_own_means():
    """The verdicts stand there as text: each must follow from the number in its line."""
    table = layers_page.readme_table(layers.PAGE.read_text(encoding="utf-8"))
    judged = 0
    for line in table.split("\n")[2:]:
        _, layer, _, mean, *_, target, verdict, _ = (cell.strip() for cell in line.split("|"))
        assert target == str(layers_page.TARGETS.get(layer, ""))
        # A mean that is rounded to the target may be above it or not.
        if target and abs(float(mean) - float(target)) > 0.005:
            assert verdict == layers_page.verdict(float(mean), float(target))
            judged += 1
    assert judged


def test_a_worker_tells_what_it_measured_as_json(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["layers.py", "--worker", "1", "float32", "0.001", "relu"])
    layers.main()
    told = json.loads(capsys.readouterr().out)
    assert [row["layer"] for row in told["rows"]] == ["relu", "relu"]
    assert all(row["ours"] > 0 and row["torch"] > 0 for row in told["rows"])
    assert re.fullmatch(r"\d+\.\d+.*", told["torch"])
