"""Take turns and take medians: several ways to do the same, timed on one busy machine."""

import time

import numpy as np

# glibc gives freed memory back to the system until an array as large as this was freed once.
LARGE = 31 * 2**20


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
    keep_freed_memory()
    rng, first = np.random.default_rng(0), {}
    for name, step in steps.items():
        step()  # the first call pays for what later ones find ready
        started = time.perf_counter()
        step()
        first[name] = time.perf_counter() - started
    repeats = {name: int(np.clip(2e-3 / taken, 1, 50)) for name, taken in first.items()}
    one_round = sum((repeats[name] + 1) * taken for name, taken in first.items())
    rounds = int(np.clip(seconds / one_round, 5, rounds))
    taken = {name: [] for name in steps}
    for _ in range(rounds):
        # In a new order each time, and after one call that does not count: otherwise who
        # comes after whom, and whose numbers are still in the cache, would be measured too.
        for name in rng.permutation(list(steps)):
            steps[name]()
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


def clock_for(threads):
    """The clock for so many threads: of this process, which others disturb less, or of the wall."""
    return time.process_time if threads == 1 else time.perf_counter


def keep_freed_memory():
    """Bring the process where one is that has held large arrays: its freed memory stays with it.

    Else every array of a megabyte would be a thousand new pages from the system, at each step,
    and take longer than what is measured.
    """
    np.empty(LARGE, np.uint8)
