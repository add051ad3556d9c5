"""Exercises of lesson 03, second part: batch norm and layer norm."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, kind_of, name_returns, unpack

_asked: list[Probe] = []


def asked() -> Probe:
    """The probe that a backward was asked last.

    For mistakes that use X where the cache of the reference keeps only X_hat, a mask,
    or positions: a student's own cache may keep X.
    """
    return _asked[-1]


def remember(probe: Probe) -> None:
    """Note the probe that a backward is asked now."""
    _asked[:] = [probe]


def run_norm(call: Callable, probe: Probe, peers: Mapping[str, Callable]) -> dict[str, Any]:
    """Ask a norm with running statistics, and name both of these. They may be changed in place."""
    result = call(*probe.args, free=("running",), **probe.kwargs)
    Y, running, _ = unpack(result, ("Y", "running", "cache"))
    if not isinstance(running, dict) or not {"mean", "var"} <= running.keys():
        got = sorted(running) if isinstance(running, dict) else kind_of(running)
        raise WrongReturnError(f'running: expected a dictionary with "mean" and "var", got {got}.')
    return {"Y": Y, "running mean": running["mean"], "running var": running["var"]}


def run_backward(forward: str, *names: str):
    """A way to ask a backward whose forward takes keyword arguments and may return three values."""

    def run(call: Callable, probe: Probe, peers: Mapping[str, Callable]) -> dict[str, Any]:
        remember(probe)
        args = copy.deepcopy(probe.args)
        cache = peers[forward](*args, **probe.kwargs)[-1]
        return name_returns(names, call(probe.upstream, cache))

    return run


def statistics(draw: Draw, size: int) -> dict[str, np.ndarray]:
    """Running statistics to start from: any means, variances that are above 0."""
    return {"mean": draw.array(size), "var": draw.array(size) ** 2 + draw.array(size) ** 2}


def _batch(draw: Draw, sizes: Sizes, spread: float = 1.5) -> Probe:
    N, D = sizes["N"], sizes["D"]
    X = draw.array(N, D) if draw.small else spread * draw.array(N, D) + draw.array(D)
    args = (X.astype(draw.dtype), draw.array(D), draw.array(D), statistics(draw, D))
    kwargs = {"momentum": 0.9, "eps": 0.1} if N % 2 else {"momentum": 0.7, "eps": 0.4}
    return Probe(args, sizes=sizes, kwargs=kwargs, upstream=draw.array(N, D))


def _tiny_column(draw: Draw) -> list[Probe]:
    probe = _batch(draw, {"N": 6, "D": 5})
    probe.args[0][:, 2] = 2e-3 * draw.array(6)
    about = "a column of tiny variance"
    return [Probe(probe.args, about, probe.sizes, {"eps": 1e-5}, probe.upstream)]


def _batch_specials(draw: Draw) -> list[Probe]:
    probe = _batch(draw, {"N": 3, "D": 8})
    kwargs = {"training": False, "momentum": 0.8, "eps": 0.2}
    return [*_tiny_column(draw), Probe(probe.args, "training = False", probe.sizes, kwargs)]


_BATCH = {
    "make": _batch,
    "sizes": ({"N": 5, "D": 3}, {"N": 4, "D": 6}, {"N": 7, "D": 4}),
    "smallest": {"N": 2, "D": 1},
    "shapes": {
        **dict.fromkeys(("X", "Y", "dY", "dX"), "N D"),
        **dict.fromkeys(("gamma", "beta", "dgamma", "dbeta"), "D"),
        **dict.fromkeys(("running mean", "running var"), "D"),
    },
}


def _rows(draw: Draw, sizes: Sizes) -> Probe:
    N, D = sizes["N"], sizes["D"]
    X = draw.array(N, D) if draw.small else 1.5 * draw.array(N, D) + draw.array(N, 1)
    args = (X.astype(draw.dtype), draw.array(D), draw.array(D))
    kwargs = {"eps": 0.1 if N % 2 else 0.3}
    return Probe(args, sizes=sizes, kwargs=kwargs, upstream=draw.array(N, D))


def _row_specials(draw: Draw) -> list[Probe]:
    probe, alone = _rows(draw, {"N": 3, "D": 8}), _rows(draw, {"N": 1, "D": 6})
    probe.args[0][1] = 2e-3 * draw.array(8)
    about = "a row of tiny variance"
    return [
        Probe(probe.args, about, probe.sizes, {"eps": 1e-5}, probe.upstream),
        Probe(alone.args, "a single row", alone.sizes, alone.kwargs, alone.upstream),
    ]


_ROWS = {
    "make": _rows,
    "sizes": ({"N": 5, "D": 3}, {"N": 4, "D": 7}, {"N": 6, "D": 4}),
    "smallest": {"N": 1, "D": 2},
    "special": _row_specials,
    "shapes": _BATCH["shapes"],
}


register(
    Exercise(
        id="3.10",
        name="batch_norm_forward",
        points=4,
        reference=nn.batch_norm_forward,
        **_BATCH,
        special=_batch_specials,
        returns=("Y", "running", "cache"),
        run=run_norm,
        hints=(
            "A column holds one feature of all samples. What is its mean after the first step, "
            "and its variance after the second?",
            "While training the statistics come from this batch; afterwards from running, so "
            "that no sample depends on its neighbours. eps is added before the root is taken.",
            "The running statistics are a weighted mean of what they were and of this batch. "
            "The two weights add up to 1, and momentum is that of the old value.",
        ),
    ),
    Exercise(
        id="3.11",
        name="batch_norm_backward",
        points=5,
        reference=nn.batch_norm_backward,
        **_BATCH,
        special=_tiny_column,
        returns=("dX", "dgamma", "dbeta"),
        forward="batch_norm_forward",
        run=run_backward("batch_norm_forward", "dX", "dgamma", "dbeta"),
        hints=(
            "On how many ways does one entry of X reach its column of Y? Draw the graph: "
            "X, mean, variance, X_hat, Y.",
            "gamma and beta are shared by all rows: each collects from the whole batch. "
            "For X three ways add up: straight, through the mean, through the variance.",
            "If a column of X moves by a constant, Y stays. So what must each column of dX sum "
            "to? And if the column is stretched, Y nearly stays: what does that say of dX · X_hat?",
        ),
    ),
    Exercise(
        id="3.12",
        name="layer_norm_forward",
        points=3,
        reference=nn.layer_norm_forward,
        **_ROWS,
        returns=("Y", "cache"),
        hints=(
            "Which numbers share one mean here: those of a sample, or those of a feature?",
            "A row has its own mean and variance. Their shapes must fit beside (N, D): "
            "think of keepdims.",
            "gamma and beta have one number for each feature, as in batch norm: "
            "only the axis of the statistics is another.",
        ),
    ),
    Exercise(
        id="3.13",
        name="layer_norm_backward",
        points=4,
        reference=nn.layer_norm_backward,
        **_ROWS,
        returns=("dX", "dgamma", "dbeta"),
        forward="layer_norm_forward",
        run=run_backward("layer_norm_forward", "dX", "dgamma", "dbeta"),
        hints=(
            "Two kinds of sums occur: one for the parameters, one for the statistics. "
            "Over which axis does each go?",
            "gamma differs within a row. Can it still be taken out of a mean over that row?",
            "First the gradient of X_hat, then batch norm's three ways with rows for columns. "
            "Each row of dX sums to 0: a test that needs no reference.",
        ),
    ),
)
