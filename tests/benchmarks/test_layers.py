"""The benchmark of the layers times the same thing twice, and tells what it measured."""

import numpy as np
import pytest

from benchmarks import layers, timing
from benchmarks.layer_cases import agree, all_cases, steps_of

CASES = list(all_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.layer} {case.size}")
def test_ours_and_torchs_agree(case):
    agree(steps_of(case, np.float32), np.float32)


def test_two_different_things_are_refused():
    steps = steps_of(CASES[0], np.float64)
    out, grads = steps["ours"]()
    for wrong in ((out + 1e-3, grads), (out, (grads[0], grads[1], -grads[2]))):
        with pytest.raises(AssertionError, match="ours"):
            agree(steps | {"ours": lambda wrong=wrong: wrong}, np.float64)


def test_steps_take_turns_and_the_median_is_told():
    calls, now = [], iter(range(10_000))
    steps = {name: lambda name=name: calls.append(name) for name in "ab"}
    taken = timing.interleaved(steps, seconds=1e-9, clock=lambda: next(now))
    assert {name: len(times) for name, times in taken.items()} == {"a": 5, "b": 5}
    repeats = {name: (calls.count(name) - 2) // 5 for name in "ab"}
    # Each round is one tick of this clock, whatever the number of calls in it.
    assert {name: times.tolist() for name, times in taken.items()} == {
        name: [1 / repeats[name]] * 5 for name in "ab"
    }
    assert calls[:4] == ["a", "a", "b", "b"]
    assert timing.geometric_mean([0.5, 2.0, 8.0]) == pytest.approx(2.0)


def run_of(ours, dtype="float32"):
    rows = [
        {"layer": "conv2d", "size": "small", "ours": ours, "torch": 1.0, "im2col": 2.0},
        {"layer": "conv2d", "size": "large", "ours": 4 * ours, "torch": 1.0, "im2col": 2.0},
        {"layer": "relu", "size": "any", "ours": 0.5, "torch": 1.0},
    ]
    rows = [{"beside": 3e6, "unrolled": 4e6} | row for row in rows]
    return {"rows": rows, "kernels": "", "torch version": "2"}


@pytest.mark.parametrize(("ours", "met"), [(0.6, True), (0.7, False)])
def test_the_page_tells_means_targets_and_the_sizes(ours, met):
    runs = dict.fromkeys(layers.RUNS, run_of(ours))
    text = "\n".join(layers.page(runs, None, "bars"))
    # The mean of ours and 4 ours is 2 ours; the target is 1.25.
    assert f"| conv2d | 2 | {2 * ours:.2f} | " in text
    assert f"1.25 | {'met' if met else '**not met**'} |" in text
    assert f"| conv2d | large | {4e3 * ours:.3g} | 1e+03 | {4 * ours:.2f} |" in text
    assert "slower on large: **not met**" in text
    assert "| relu | 1 | 0.50 |" in text


def test_the_figure_says_in_words_what_it_shows():
    alt = layers.draw(dict.fromkeys(layers.RUNS, run_of(0.9))).alt
    assert "3 layers and sizes" in alt
    assert "faster in 2." in alt
    assert "conv2d 1.80; relu 0.50" in alt
