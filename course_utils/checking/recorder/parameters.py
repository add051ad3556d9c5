"""Looks at the parameters and gradients of a step, by some entries of each array."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from course_utils.checking.recorder.measure import array, fingerprint, rms, spread_entries
from course_utils.checking.recorder.record import Record, Trace

# Gradients that pile up show in the first steps: later they turn round.
YOUNG_GRADIENTS = 10
# Units that begin alike drift apart by rounding, 1e-7 a step, and stay alike all the same.
ALIKE, YOUNG_ALIKE = 1e-3, 3


class Parameters:
    """Fills the traces of a record."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.latest: Mapping | None = None
        self._before: dict[str, np.ndarray] = {}  # some entries, one step ago
        self._number_before = -1
        self._next_fingerprints = 1
        self._gradient: np.ndarray | None = None  # some entries of all, while young
        self._gradient_before: np.ndarray | None = None

    def look(self, number: int, params: Mapping, grads: Mapping | None) -> None:
        """Measure each parameter, its gradient and its last update.

        Args:
            number: of the step.
            params: {key: array}.
            grads: {key: array or None}, or None.
        """
        self.latest = params
        thorough = number >= self._next_fingerprints  # steps 1, 2, 4, 8, 16, …: it costs more
        if thorough:
            self._next_fingerprints = 2 * number
        if thorough or number == 0:
            self.take_fingerprints(params)
        consecutive, now = number == self._number_before + 1, {}
        young = []
        for key, w in params.items():
            trace, now[key] = self._trace(key, w), spread_entries(w)
            size = rms(now[key])
            trace.values.append(size)
            if consecutive and key in self._before and size > 0:
                trace.updates.append(rms(now[key] - self._before[key]) / size)
            dw = None if grads is None else grads.get(key)
            if dw is not None:
                entries = spread_entries(dw)
                trace.gradients.append(rms(entries))
                trace.gradient_nonzero |= bool(entries.any()) or (
                    not trace.gradient_nonzero and bool(array(dw).any())
                )
                young.append(entries)
        if young and number <= YOUNG_GRADIENTS:
            self._compare_with_last(np.concatenate(young))
        self._before, self._number_before = now, number

    def take_fingerprints(self, params: Mapping) -> None:
        """Hash every parameter, and see whether the units of a weight are all alike."""
        self.latest = params
        for key, w in params.items():
            trace, w = self._trace(key, w), array(w)
            trace.fingerprints.append(fingerprint(w))
            if trace.is_weight and min(w.shape[:2]) > 1 and len(trace.alike) < YOUNG_ALIKE:
                # Columns in the course, rows in torch: who feeds what is not known here.
                trace.alike.append(_alike(w.reshape(len(w), -1)))

    def compare_gradients(self, number: int, again: Callable[[], Mapping]) -> None:
        """Note how far this step's gradient is from the last one's plus a fresh one.

        Called after look(). The distance is 0 where gradients pile up, and about the
        length of the last gradient where they do not.
        """
        now, last = self._gradient, self._gradient_before
        if now is None or last is None or now.shape != last.shape:
            return
        fresh, second = self._entries(again()), self._entries(again())
        if fresh.shape != now.shape or not np.linalg.norm(fresh) > 0:
            return
        length = np.linalg.norm(fresh)
        in_the_loop = np.linalg.norm(now - last - fresh)
        # Where the function itself adds up, each call adds the same gradient again.
        step = np.linalg.norm(second - fresh)
        in_the_net = np.linalg.norm((second - fresh) - (fresh - now)) if step > 0 else np.inf
        distance = float(min(in_the_loop, in_the_net) / length)
        self.record.repeated_gradients.append((number, distance))

    def _compare_with_last(self, gradient: np.ndarray) -> None:
        """Note length, direction and change of the gradient against the step before."""
        last = self._gradient_before = self._gradient
        self._gradient = gradient
        length = float(np.linalg.norm(gradient))
        if last is None or last.shape != gradient.shape:
            self.record.young_gradients.append((length, 0.0, length))
            return
        other = float(np.linalg.norm(last))
        cosine = float(gradient @ last) / (length * other) if length * other > 0 else 0.0
        change = float(np.linalg.norm(gradient - last))
        self.record.young_gradients.append((length, cosine, change))

    def _trace(self, key: str, w) -> Trace:
        """The trace of a parameter, made at first sight."""
        traces = self.record.traces
        if key not in traces:
            traces[key] = Trace(tuple(int(n) for n in w.shape))
        return traces[key]

    def _entries(self, grads: Mapping) -> np.ndarray:
        """Some entries of all gradients, in the order of the parameters."""
        given = [grads.get(key) for key in self.latest]
        given = [spread_entries(dw) for dw in given if dw is not None]
        return np.concatenate(given) if given else np.zeros(0)


def _alike(w: np.ndarray) -> bool:
    """Whether all columns, or all rows, are equal but for rounding."""
    near = ALIKE * float(np.abs(w).max())
    return bool((np.abs(w - w[:, :1]).max() <= near) or (np.abs(w - w[:1]).max() <= near))
