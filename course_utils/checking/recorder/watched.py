"""Record a run that somebody else's loop makes, through the hooks it already has."""

from __future__ import annotations

import copy
from collections.abc import Callable

from course_utils.checking.recorder.recorder import TrainingRecorder


class WatchedNet:
    """A net that tells a recorder of each step and is otherwise the net itself.

    Args:
        net: has params and loss_and_grads(X, y); where it keeps its functions in
            net.layers, relu_forward among them, the hidden layers are watched too.
        recorder: is told.
        optimizer: its learning_rate is recorded, where given.
        watch_gradient: compute two early gradients twice, to see whether they pile up;
            not for a net with dropout or batch norm, which it would change.
    """

    def __init__(self, net, recorder: TrainingRecorder, optimizer=None, *,
                 watch_gradient: bool = False) -> None:  # fmt: skip
        object.__setattr__(self, "_net", net)
        object.__setattr__(self, "_recorder", recorder)
        object.__setattr__(self, "_optimizer", optimizer)
        object.__setattr__(self, "_watch_gradient", watch_gradient)
        recorder.watch(net.params)

    def loss_and_grads(self, X, y):
        """What the net gives, recorded as a step."""
        net = self._listening() if self._recorder.looks_closely else self._net
        loss, grads = net.loss_and_grads(X, y)
        again = (lambda: self._net.loss_and_grads(X, y)[1]) if self._watch_gradient else None
        rate = getattr(self._optimizer, "learning_rate", None)
        self._recorder.step(loss=loss, params=self._net.params, grads=grads, batch=X, y=y,
                            learning_rate=rate, gradient_again=again)  # fmt: skip
        return loss, grads

    def logits(self, X):
        """What the net gives; its hidden layers are recorded on the way."""
        return self._listening().logits(X)

    def _listening(self):
        """The net with the same parameters, and a ReLU that tells what it gives."""
        layers = getattr(self._net, "layers", None)
        relu = getattr(layers, "relu_forward", None)
        if relu is None:
            return self._net
        calls = iter(range(1, 10_000))

        def relu_forward(Z):
            H, cache = relu(Z)
            self._recorder.activations(f"hidden layer {next(calls)}", H)
            return H, cache

        twin = copy.copy(self._net)
        twin.layers = _Instead(layers, relu_forward=relu_forward)
        return twin

    def __getattr__(self, name):
        return getattr(self._net, name)

    def __setattr__(self, name, value):
        setattr(self._net, name, value)


class _Instead:
    """The functions of an object, some of them replaced; all others are asked of it by name."""

    def __init__(self, functions, **instead) -> None:
        self.__dict__.update(instead, _functions=functions)

    def __getattr__(self, name):
        return getattr(self._functions, name)


def record_fit(fit: Callable, net, train, validation, *, optimizer,
               recorder: TrainingRecorder | None = None, progress: Callable | None = None,
               **settings):  # fmt: skip
    """Run a training function such as course_utils.nn.fit, and record the run.

    Args:
        fit: called as fit(net, train, validation, optimizer=..., progress=..., **settings).
        net, train, validation, optimizer, progress, settings: as fit has them.
        recorder: keeps the record; a new one where None.

    Returns:
        What fit returned, and the recorder.

    Example:
        >>> history, recorder = record_fit(fit, net, digits.train, digits.validation,
        ...     optimizer=optimizer, epochs=5, batch_size=100, rng=rng, prepare=prepare)
        >>> recorder.diagnose()
    """
    recorder = TrainingRecorder() if recorder is None else recorder
    recorder.data(train=train, validation=validation, prepare=settings.get("prepare"))

    def between_epochs(batches, **about):
        if recorder.record.losses:
            recorder.epoch()
        return batches if progress is None else progress(batches, **about)

    watched = WatchedNet(net, recorder, optimizer)
    history = fit(watched, train, validation, optimizer=optimizer, progress=between_epochs,
                  **settings)  # fmt: skip
    if recorder.record.losses:
        recorder.record.epoch_ends.append(len(recorder.record.losses))
    recorder.history(history)
    return history, recorder
