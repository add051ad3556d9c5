import os
import random
import time

import numpy as np
import pytest
import threadpoolctl

from course_utils.sweep.canonical import configuration
from course_utils.sweep.worker import LoadError, attempt, attempt_elsewhere, pack

from . import functions


def test_a_run_is_called_with_names_and_seed():
    outcome = attempt(functions.line, configuration({"slope": 3, "x": 0.5}), 7)
    assert (outcome.status, outcome.result) == ("finished", '{"y": 8.5}')


def test_a_function_without_seed_gets_none():
    assert attempt(lambda a: {"a": a}, configuration({"a": (1,)}), None).result == '{"a": [1]}'


@pytest.mark.parametrize(
    ("x", "kind", "message"),
    [
        ("value", "ValueError", "no value\nsecond line"),
        ("exit", "SystemExit", "3"),
        ("result", "TypeError", "result: expected a dictionary"),
    ],
)
def test_whatever_goes_wrong_is_an_outcome(x, kind, message):
    outcome = attempt(functions.sometimes, configuration({"x": x}), 0)
    assert outcome.status == "failed"
    assert outcome.error["type"] == kind
    assert outcome.error["message"].startswith(message)
    assert outcome.seconds >= 0


def test_a_traceback_begins_in_the_function():
    outcome = attempt(functions.sometimes, configuration({"x": "value"}), 0)
    lines = outcome.error["traceback"].splitlines()
    assert lines[0].startswith("Traceback")
    assert "functions.py" in lines[1]
    assert lines[1].endswith("in sometimes")
    assert lines[-1] == "second line"


def test_a_long_traceback_keeps_its_end():
    def deep(n):
        return deeper(n - 1) if n else 1 / 0

    def deeper(n):  # Python tells a line that is repeated only once
        return deep(n)

    outcome = attempt(lambda seed: {"y": deep(50)}, configuration({}), 0)
    lines = outcome.error["traceback"].splitlines()
    assert len(lines) == 12
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_stopping_by_hand_is_no_failure():
    with pytest.raises(KeyboardInterrupt):
        attempt(functions.interrupted, configuration({"x": 3}), 0)


def test_seconds_are_the_functions():
    def sleeper(seed):
        time.sleep(0.05)
        return {}

    assert 0.05 <= attempt(sleeper, configuration({}), 0).seconds < 0.5


def threads():
    return [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]


def test_a_run_has_one_thread_and_afterwards_all_are_back(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    seen = {}

    def look(seed):
        seen["threads"] = threads()
        seen["env"] = os.environ["OMP_NUM_THREADS"], os.environ["MKL_NUM_THREADS"]
        return {}

    with threadpoolctl.threadpool_limits(2):
        before = threads()
        assert 2 in before
        attempt(look, configuration({}), 0)
        assert set(seen["threads"]) == {1}
        assert seen["env"] == ("1", "1")
        assert threads() == before
    assert os.environ["OMP_NUM_THREADS"] == "2"
    assert "MKL_NUM_THREADS" not in os.environ


def test_global_generators_depend_on_the_run_alone_and_are_put_back():
    runs = [(width, seed) for width in (2, 3) for seed in (0, 1)]

    def results(order):
        return {
            run: attempt(functions.noisy, configuration({"width": run[0]}), run[1]).result
            for run in order
        }

    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    expected = random.random(), np.random.rand()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    forwards = results(runs)
    assert (random.random(), np.random.rand()) == expected  # noqa: NPY002
    assert results(runs[::-1]) == forwards
    assert len(set(forwards.values())) == len(runs)


def test_pytorchs_generator_too():
    torch = pytest.importorskip("torch")

    def draw(seed):
        return {"y": torch.rand(1).item()}

    torch.manual_seed(3)
    expected = torch.rand(1).item()
    torch.manual_seed(3)
    first = attempt(draw, configuration({}), 0).result
    assert torch.rand(1).item() == expected
    assert attempt(draw, configuration({}), 0).result == first
    assert attempt(draw, configuration({}), 1).result != first


def test_a_packed_function_runs_and_one_that_cannot_be_loaded_says_so():
    offset = 5
    packed = pack(lambda a, seed: {"y": a + seed + offset})
    outcome = attempt_elsewhere(packed, configuration({"a": 1}), 2, parent=-1)
    assert outcome.result == '{"y": 8}'
    with pytest.raises(LoadError):
        attempt_elsewhere(packed[:-4], configuration({"a": 1}), 2, parent=-1)
