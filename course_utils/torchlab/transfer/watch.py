"""The training recorder at a transfer: what is frozen is declared, and watched."""

import dataclasses

import numpy as np

from course_utils.checking.recorder import TrainingRecorder

from .net import HEAD

_OURS = ("softmax-twice",)  # the loss is fit's own: what looks like it is chance
_ROWS = 200  # of each set that are looked at: prepared, a picture may be 600 kB


class Watch:
    """Record one run of fit on a TransferNet, through the hooks that fit has.

    Args:
        net: a TransferNet, already told what is trained; of a backbone that thaws nothing
            is declared.
        thaws: whether parts join in later.
        from_scratch: whether the first weights are random.
    """

    def __init__(self, net, *, thaws=False, from_scratch=False):
        self.recorder = TrainingRecorder(from_scratch=from_scratch)
        self._moving = None
        if thaws:
            return
        for name in net.parts:
            if name not in net.trained:
                self._declare(net, name)
        if set(net.trained) - {HEAD}:
            if net.hold_statistics:
                self.recorder.frozen("backbone", lambda: _buffers(net.body), kind="buffers")
            elif _buffers(net.body):
                self._moving = lambda: _buffers(net.body)

    def _declare(self, net, name):
        """A frozen part may change neither in its parameters nor in its buffers."""
        modules = net.modules_of(name)

        def of(kind):
            return lambda: {
                f"{i}.{key}": value
                for i, module in enumerate(modules)
                for key, value in getattr(module, f"named_{kind}")()
            }

        for kind in ("parameters", "buffers"):
            if of(kind)():
                self.recorder.frozen(name, of(kind), kind=kind)

    def data(self, train, validation, prepare):
        """Look at some rows of both sets."""
        some = [None if one is None else _some(one) for one in (train, validation)]
        self.recorder.data(train=some[0], validation=some[1], prepare=prepare)

    def progress(self, shown=None):
        """Give a function for fit's progress, which is called between two epochs.

        Args:
            shown: the caller's own progress, or None.
        """
        begun = []

        def between_epochs(batches, **about):
            self._epoch(new=bool(begun))
            begun.append(True)
            return batches if shown is None else shown(batches, **about)

        return between_epochs

    def diagnose(self, history):
        """Name the faults of the run, after its end."""
        self._epoch(new=True)
        self.recorder.history(history)
        found = self.recorder.diagnose()
        kept = tuple(each for each in found.findings if each.code not in _OURS)
        return dataclasses.replace(found, findings=kept)

    def _epoch(self, new):
        if new:
            self.recorder.epoch()
        if self._moving is not None:
            self.recorder.buffers(self._moving())


def _some(split):
    X, y = (split.X, split.y) if hasattr(split, "X") else split
    rows = np.linspace(0, len(y) - 1, min(_ROWS, len(y))).astype(int)
    return np.asarray(X)[rows], np.asarray(y)[rows]


def _buffers(module):
    return {k: b for k, b in module.named_buffers() if b.is_floating_point()}
