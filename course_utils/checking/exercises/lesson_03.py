"""Exercises of lesson 03: the layers of a fully connected net, and two optimizers."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.compare import close
from course_utils.checking.exercises import Exercise, Probe, register
from course_utils.checking.returns import unpack

_LINEAR = {"X": "N D", "W": "D M", "b": "M", "Y": "N M", "dY": "N M"}
_LINEAR |= {"dX": "N D", "dW": "D M", "db": "M"}
_RELU = {"X": "N M", "Y": "N M", "dY": "N M", "dX": "N M"}
_LOSS = {"Z": "N C", "y": "N", "loss": "", "dZ": "N C"}
_NET = {"X": "N D", "y": "N", "loss": "", "dW1": "D M", "db1": "M", "dW2": "M C", "db2": "C"}


def _linear_probes() -> list[Probe]:
    rng = np.random.default_rng([3, 1])
    probes = []
    for N, D, M, dtype in ((5, 6, 7, float), (8, 3, 4, float), (4, 5, 3, np.float32)):
        X, W, b, dY = (rng.standard_normal(s) for s in ((N, D), (D, M), M, (N, M)))
        args = tuple(a.astype(dtype) for a in (X, W, b))
        probes.append(_sized(args, N=N, D=D, M=M, upstream=dY.astype(dtype), dtype=dtype))
    return probes


def _relu_probes() -> list[Probe]:
    rng = np.random.default_rng([3, 3])
    probes = []
    for N, M, dtype in ((5, 6, float), (7, 4, float), (3, 8, np.float32)):
        X, dY = rng.standard_normal((N, M)).astype(dtype), rng.standard_normal((N, M))
        probes.append(_sized((X,), N=N, M=M, upstream=dY.astype(dtype), dtype=dtype))
    X, dY = rng.standard_normal((4, 5)), rng.standard_normal((4, 5))
    X[1, 2] = X[0, 3] = X[3, 0] = 0.0
    probes.append(_sized((X,), N=4, M=5, upstream=dY, about="inputs that are exactly 0"))
    return probes


def _loss_probes() -> list[Probe]:
    rng = np.random.default_rng([3, 5])
    probes = []
    for N, C, dloss, dtype in ((5, 4, 1.0, float), (7, 3, 0.7, float), (6, 5, 1.0, np.float32)):
        Z, y = rng.standard_normal((N, C)).astype(dtype), rng.integers(0, C, N)
        probes.append(_sized((Z, y), N=N, C=C, upstream=dloss, dtype=dtype))
    # Rows far apart: a shift by the largest logit of all would underflow the others.
    Z = 1000.0 * rng.standard_normal((4, 6)) + np.array([[0.0], [2000.0], [-3000.0], [900.0]])
    y = np.array([1, 5, 0, 3])
    probes.append(_sized((Z, y), N=4, C=6, upstream=1.0, about="logits near ±1000"))
    return probes


def _net_probes() -> list[Probe]:
    rng = np.random.default_rng([3, 7])
    probes = []
    settings = (
        (5, 6, 7, 4, 0.0, "no weight decay"),
        (8, 5, 6, 3, 0.3, "weight decay"),
        (6, 4, 9, 5, 0.07, "weight decay"),
    )
    for N, D, M, C, weight_decay, about in settings:
        params = {
            "W1": rng.standard_normal((D, M)),
            "b1": rng.standard_normal(M),
            "W2": rng.standard_normal((M, C)),
            "b2": rng.standard_normal(C),
        }
        X, y = rng.standard_normal((N, D)), rng.integers(0, C, N)
        args = (params, X, y, weight_decay)
        probes.append(_sized(args, N=N, D=D, M=M, C=C, about=about))
    return probes


def _step_probes(**settings: tuple[float, float]) -> list[Probe]:
    rng = np.random.default_rng([3, 8])
    probes = []
    for which, shape in enumerate(((4, 3), (5,))):
        w, gradients = rng.standard_normal(shape), rng.standard_normal((4, *shape))
        kwargs = {name: values[which] for name, values in settings.items()}
        about = ", ".join(f"{name} = {value:g}" for name, value in kwargs.items())
        probes.append(Probe((w, gradients), about=about, kwargs=kwargs))
    return probes


def _run_steps(call, probe, peers) -> dict[str, np.ndarray]:
    """Take four steps, handing the state on, and name w after each."""
    w, gradients = probe.args
    state: dict = {}
    after = {}
    for step, dw in enumerate(gradients, start=1):
        # The state belongs to the rule: it may be changed in place.
        w, state = unpack(call(w, dw, state, free=("state",), **probe.kwargs), ("w", "state"))
        after[f"w after step {step}"] = w
    return after


def _sized(args, *, upstream=None, about=None, dtype=float, **sizes) -> Probe:
    single = dtype == np.float32
    about = about or ("float32 numbers" if single else "ordinary numbers")
    rtol = 1e-4 if single else 1e-5
    return Probe(args, about=about, sizes=sizes, upstream=upstream, rtol=rtol)


def _any_slope_at_zero(probe: Probe, part: str, got: np.ndarray, expected: np.ndarray) -> str:
    """At X = 0 ReLU has no derivative: every slope from 0 to 1 is as right."""
    (X,) = probe.args
    share = np.divide(got, probe.upstream)
    at_zero = X == 0
    elsewhere = np.where(at_zero, expected, got)
    if not close(elsewhere, expected, probe.rtol) or np.any(np.abs(share[at_zero] - 0.5) > 0.501):
        return ""
    return (
        "right. At X = 0 you pass the gradient on, or a part of it; this course puts 0 there. "
        "No derivative exists at that point, so neither is wrong."
    )


register(
    Exercise(
        id="3.1",
        name="linear_forward",
        points=2,
        reference=nn.linear_forward,
        probes=_linear_probes,
        returns=("Y", "cache"),
        shapes=_LINEAR,
        hints=(
            "X is (N, D), W is (D, M). Which product has shape (N, M)?",
            "Entry [n, m] of Y is the sum over d of X[n, d] W[d, m]: a matrix product.",
            "b has shape (M,). Added to an (N, M) array, NumPy gives it to every row by itself.",
        ),
    ),
    Exercise(
        id="3.2",
        name="linear_backward",
        points=4,
        reference=nn.linear_backward,
        probes=_linear_probes,
        returns=("dX", "dW", "db"),
        shapes=_LINEAR,
        forward="linear_forward",
        hints=(
            "Write one entry: Y[n, m] = sum over d of X[n, d] W[d, m] + b[m]. "
            "Which entries of Y does W[d, m] touch? And b[m]? And X[n, d]?",
            "dW[d, m] collects from every row n: sum over n of X[n, d] dY[n, m]. "
            "dX[n, d] collects from every column m. db[m] collects from every row.",
            "A sum over an inner index is a matrix product, perhaps with a transpose. "
            "dW has the shape of W, dX of X, db of b: only one arrangement fits each.",
        ),
    ),
    Exercise(
        id="3.3",
        name="relu_forward",
        points=1,
        reference=nn.relu_forward,
        probes=_relu_probes,
        returns=("Y", "cache"),
        shapes=_RELU,
        hints=(
            "What should become of 3? Of −3?",
            "Each entry is compared with 0 and the larger one kept.",
            "NumPy compares two arrays entry by entry in one function; X.max() is not it, "
            "that one finds a single number.",
        ),
    ),
    Exercise(
        id="3.4",
        name="relu_backward",
        points=2,
        reference=nn.relu_backward,
        probes=_relu_probes,
        returns=("dX",),
        shapes=_RELU,
        forward="relu_forward",
        convention=_any_slope_at_zero,
        hints=(
            "How fast does max(x, 0) grow with x, right of 0? And left of it?",
            "The slope is 1 or 0, decided by the sign of the input. "
            "The chain rule multiplies it with what arrives from above.",
            "A comparison of X with 0 gives an array of True and False, "
            "and NumPy multiplies with those as 1 and 0.",
        ),
    ),
    Exercise(
        id="3.5",
        name="softmax_cross_entropy_forward",
        points=3,
        reference=nn.softmax_cross_entropy_forward,
        probes=_loss_probes,
        returns=("loss", "cache"),
        shapes=_LOSS,
        hints=(
            "What does exp(1000) give in floating point? And does softmax change when the "
            "same number is taken off every logit of a row?",
            "Take the largest logit of each row off that row (keepdims=True keeps the shapes "
            "fitting). Then the largest exponent is 0.",
            "−log P[n, y[n]] is log(sum over c of exp(Z[n, c])) − Z[n, y[n]], with the shifted Z: "
            "so log(0) never comes up. X[np.arange(N), y] picks one entry per row. "
            "Last, the mean over the N rows.",
        ),
    ),
    Exercise(
        id="3.6",
        name="softmax_cross_entropy_backward",
        points=3,
        reference=nn.softmax_cross_entropy_backward,
        probes=_loss_probes,
        returns=("dZ",),
        shapes=_LOSS,
        forward="softmax_cross_entropy_forward",
        hints=(
            "The loss of one row is log(sum over c of exp(Z[c])) − Z[y]. "
            "What is the derivative of each of the two terms with respect to Z[c]?",
            "The first gives P[c], for every c. The second gives 1, but only where c is the label.",
            "The loss is a mean over N rows, and dloss arrives from above: two factors left. "
            "P is in the cache, and its owner still needs it: work on a copy.",
        ),
    ),
    Exercise(
        id="3.7",
        name="two_layer_loss_and_grads",
        points=5,
        reference=nn.two_layer_loss_and_grads,
        probes=_net_probes,
        returns=("loss", "grads"),
        shapes=_NET,
        hints=(
            "Five steps lead from X to the loss. In which order do you meet them on the way back?",
            "Keep one cache for each step. On the way back every call takes the gradient that the "
            "call before it returned: dZ, then dH, then dA.",
            "The penalty λ ΣW² adds to the loss for W1 and for W2, and 2λW to the gradient of "
            "each. The biases have no penalty.",
        ),
    ),
    Exercise(
        id="3.8",
        name="momentum_update",
        points=2,
        reference=nn.momentum_update,
        probes=lambda: _step_probes(learning_rate=(0.1, 0.03), momentum=(0.9, 0.5)),
        returns=("w", "state"),
        run=_run_steps,
        hints=(
            "What does the velocity remember, and what is it before the first step?",
            'state is an empty dictionary at first: state.get("v", 0.0) is the velocity or 0.',
            "First the new velocity (a share of the old one, less learning_rate times the slope), "
            "then w moves by the new velocity.",
        ),
    ),
    Exercise(
        id="3.9",
        name="adam_update",
        points=3,
        reference=nn.adam_update,
        probes=lambda: _step_probes(
            learning_rate=(0.1, 0.01), beta1=(0.9, 0.7), beta2=(0.999, 0.9), eps=(1e-8, 1e-2)
        ),
        returns=("w", "state"),
        run=_run_steps,
        hints=(
            "Adam keeps two running means: of the gradient and of its square. "
            "Both start at 0. What does that do to the first steps?",
            "Count the steps: t is 1 at the first. A mean that started at 0 has seen only a share "
            "1 − beta ** t of its weight so far; divide by that share.",
            "The step is learning_rate times the corrected first mean, over the root of the "
            "corrected second mean plus eps; eps stands outside the root.",
        ),
    ),
)
