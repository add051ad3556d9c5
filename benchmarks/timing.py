"""Take turns and take medians: two ways to do the same, timed on one busy machine."""

import time

import numpy as np


def interleaved(steps, *, seconds, rounds=21, clock=time.perf_counter):
    """Time several steps, turn about.

    Args:
        steps: functions without arguments, by name.
        seconds: roughly how long all of it may take.
        rounds: turns at most; five at least, however long they take.
        clock: time.process_time counts only what this process computes, on all its threads;
            so other programs count for nothing. time.perf_counter is the clock on the wall.

    Returns:
        By name: seconds of one call in each round, (rounds,). A short step is called a few
        times in each round.
    """
    first = {}
    for name, step in steps.items():
        step()  # the first call pays for what later ones find ready
        started = time.perf_counter()
        step()
        first[name] = time.perf_counter() - started
    repeats = {name: int(np.clip(2e-3 / taken, 1, 50)) for name, taken in first.items()}
    one_round = sum(repeats[name] * taken for name, taken in first.items())
    rounds = int(np.clip(seconds / one_round, 5, rounds))
    taken = {name: [] for name in steps}
    for turn in range(rounds):
        # There and back, so that nobody always comes after the same one.
        for name in steps if turn % 2 else reversed(steps):
            started = clock()
            for _ in range(repeats[name]):
                steps[name]()
            taken[name].append((clock() - started) / repeats[name])
    return {name: np.array(times) for name, times in taken.items()}


def medians(steps, **settings):
    """The median seconds of each step; the arguments are those of interleaved."""
    return {name: float(np.median(t)) for name, t in interleaved(steps, **settings).items()}


def geometric_mean(ratios):
    """The mean of ratios: twice as fast and half as fast are 1 together."""
    return float(np.exp(np.mean(np.log(list(ratios)))))
