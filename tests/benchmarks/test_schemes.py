"""Every scheme that is timed computes what torch computes; yardsticks are known not to."""

import numpy as np
import pytest

from benchmarks import layer_schemes
from benchmarks.case import agree, steps_of
from benchmarks.layer_cases import all_cases
from course_utils.nn import _blocks

CASES = [
    (trial, case)
    for trial in layer_schemes.TRIALS
    for case in all_cases()
    if case.layer == trial.layer
]


@pytest.mark.parametrize(
    ("trial", "case"), CASES, ids=[f"{case.layer} {case.size}" for _, case in CASES]
)
def test_each_scheme_agrees_with_torch(trial, case):
    steps = steps_of(case, np.float64, more=trial.schemes)
    for name in trial.yardsticks:
        del steps[name]
    assert len(steps) >= 4
    agree(case, steps, np.float64)


def test_constants_of_ours_are_as_before_after_each_scheme(monkeypatch):
    monkeypatch.setattr(_blocks, "BLOCK_BYTES", 2**19)
    monkeypatch.setattr(_blocks, "LONG_ROW", 640)
    trial, case = next(pair for pair in CASES if pair[0].layer == "layer norm")
    for step in steps_of(case, np.float32, more=trial.schemes).values():
        step()
        assert (_blocks.BLOCK_BYTES, _blocks.LONG_ROW) == (2**19, 640)


def test_a_scheme_that_is_wrong_is_not_timed(monkeypatch):
    trial = next(t for t in layer_schemes.TRIALS if t.layer == "layer norm")
    name = next(iter(trial.schemes))
    right = trial.schemes[name]

    def wrong(arrays, dY):
        Y, (dX, *others) = right(arrays, dY)
        return Y, (1.01 * dX, *others)

    monkeypatch.setitem(trial.schemes, name, wrong)
    with pytest.raises(AssertionError, match=name):
        layer_schemes.measure(
            [case for _, case in CASES if case.layer == "layer norm"], np.float64, 1e-3, None
        )


def test_measuring_gives_a_time_for_each_scheme_and_size():
    ticks = iter(range(10**6))
    cases = [case for _, case in CASES if case.layer == "layer norm"]
    rows = layer_schemes.measure(cases, np.float32, 1e-3, lambda: next(ticks))
    trial = next(t for t in layer_schemes.TRIALS if t.layer == "layer norm")
    assert [row["size"] for row in rows] == [case.size for case in cases]
    for row in rows:
        assert set(row) == {"layer", "size", "ours", "torch", *trial.schemes}
