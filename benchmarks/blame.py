"""Measure how often `blame` and `blame_chain` name exactly the mistakes that were planted.

    python benchmarks/blame.py [--pairs 400]

Two nets of six layers: a chain linear, ReLU, linear, tanh, linear, sigmoid where
every place has functions of its own, and a FullyConnectedNet of six linear layers
that is built from one set of functions. Planted are all single mistakes, then
pairs; those of the catalogue, and some more for tanh and sigmoid. A mistake that
leaves the net's result as it is cannot be planted and is left out.
"""

import argparse
import itertools
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from course_utils import nn
from course_utils.checking import Part, blame, blame_chain
from course_utils.checking.exercises import all_exercises
from course_utils.checking.mistakes import catalogue
from course_utils.checking.mistakes.match import as_answer

KINDS = ("linear", "relu", "linear", "tanh", "linear", "sigmoid")
SIZES = (7, 8, 6, 9)  # before, between and after the linear parts


def _relu_leaks(X):
    return np.where(X > 0, X, 0.01 * X), X


def _relu_of_minus(X):
    return np.maximum(-X, 0), X


def _relu_caches_ones(X):
    return np.maximum(X, 0), np.ones_like(X)


OWN = {
    "linear_forward": [
        lambda X, W, b: (X @ W + 2 * b, (X, W)),
        lambda X, W, b: (X @ W + b, (np.abs(X), W)),
        lambda X, W, b: (X @ W + b, (X, W.copy() * 2)),
        lambda X, W, b: ((X @ W + b) / len(X), (X, W)),
    ],
    "linear_backward": [
        lambda dY, cache: (dY @ cache[1].T, -cache[0].T @ dY, dY.sum(0)),
        lambda dY, cache: (2 * dY @ cache[1].T, cache[0].T @ dY, dY.sum(0)),
        lambda dY, cache: (dY @ cache[1], cache[0].T @ dY, dY.sum(0)),
    ],
    "relu_forward": [_relu_leaks, _relu_of_minus, _relu_caches_ones],
    "relu_backward": [lambda dY, X: dY, lambda dY, X: dY * (X < 0), lambda dY, X: 1.0 * (X > 0)],
    "tanh_forward": [
        lambda X: (np.tanh(2 * X), np.tanh(2 * X)),
        lambda X: (np.tanh(X), X),
        lambda X: (np.tan(X), np.tan(X)),
    ],
    "tanh_backward": [
        lambda dY, Y: dY * (1 - Y),
        lambda dY, Y: dY * (1 + Y**2),
        lambda dY, Y: dY * (1 - np.tanh(Y) ** 2),
    ],
    "sigmoid_forward": [
        lambda X: (1 / (1 + np.exp(X)), 1 / (1 + np.exp(X))),
        lambda X: (1 / (1 + np.exp(-X)), X),
    ],
    "sigmoid_backward": [
        lambda dY, Y: dY * Y,
        lambda dY, Y: dY * Y * (1 + Y),
        lambda dY, Y: Y * (1 - Y),
    ],
}


def wrong_functions(name):
    """Wrong functions in the place of this one, from the catalogue and from above."""
    exercise = next((e for e in all_exercises().values() if e.name == name), None)
    known = [as_answer(exercise, m) for m in catalogue(name)] if exercise else []
    return known + OWN.get(name, [])


def chain(planted=()):
    """The parts of the chain, with wrong functions at some places: ((place, way), function)."""
    rng, wrong, parts, sizes = np.random.default_rng(0), dict(planted), [], iter(range(3))
    for place, kind in enumerate(KINDS):
        right = [getattr(nn, f"{kind}_{way}") for way in ("forward", "backward")]
        args = ()
        if kind == "linear":
            i = next(sizes)
            args = (
                rng.standard_normal((SIZES[i], SIZES[i + 1])) / 2,
                rng.standard_normal(SIZES[i + 1]),
            )
        own = [wrong.get((place, way), right[way]) for way in (0, 1)]
        parts.append(Part(kind, *own, *right, args))
    return parts


def run_chain(parts, X, dY):
    """What the chain gives, there and back, as one list of arrays; None if it raises."""
    try:
        with np.errstate(all="ignore"):
            caches, Y, out = [], X, []
            for part in parts:
                Y, cache = part.forward(Y, *part.args)
                caches.append(cache)
            out.append(Y)
            for part, cache in zip(reversed(parts), reversed(caches), strict=True):
                grads = part.backward(dY, cache)
                grads = grads if isinstance(grads, tuple) else (grads,)
                out += grads
                dY = grads[0]
            return out
    except Exception:
        return None


def same(a, b):
    return a is not None and all(
        np.shape(x) == np.shape(y) and np.allclose(x, y, rtol=1e-6, atol=1e-9)
        for x, y in zip(a, b, strict=True)
    )


def chain_cases():
    """Every single mistake that changes the chain's result: ((place, way), function)."""
    X, dY = batch()
    truth = run_chain(chain(), X, dY)
    ways = ("forward", "backward")
    singles = [
        ((place, way), function)
        for place, kind in enumerate(KINDS)
        for way in (0, 1)
        for function in wrong_functions(f"{kind}_{ways[way]}")
    ]
    return [s for s in singles if not same(run_chain(chain([s]), X.copy(), dY.copy()), truth)]


def batch():
    rng = np.random.default_rng(1)
    return rng.standard_normal((5, SIZES[0])), rng.standard_normal((5, SIZES[-1]))


def chain_names_exactly(planted):
    """Whether blame_chain names the planted functions and no other."""
    names = [f"{k} {i}" if KINDS.count(k) > 1 else k for i, k in enumerate(KINDS, start=1)]
    expected = {f"{names[place]} {('forward', 'backward')[way]}" for (place, way), _ in planted}
    return set(blame_chain(chain(planted), *batch()).guilty) == expected


def net_result(layers):
    """Loss and gradients of a net of six linear layers."""
    rng = np.random.default_rng(2)
    net = nn.FullyConnectedNet((7, 8, 9, 8, 7, 6, 4), rng=rng, dtype=np.float64, layers=layers)
    for key in net.params:
        if key.startswith("b"):
            net.params[key] += 0.3 * rng.standard_normal(net.params[key].shape)
    return net.loss_and_grads(rng.standard_normal((12, 7)), rng.integers(0, 4, 12))


NET_NAMES = (
    "linear_forward", "linear_backward", "relu_forward", "relu_backward",
    "softmax_cross_entropy_forward", "softmax_cross_entropy_backward",
)  # fmt: skip


def net_cases():
    """Every single mistake that changes the net's result: (name, function)."""
    right = {name: getattr(nn, name) for name in NET_NAMES}
    loss, grads = net_result(right)
    found = []
    for name in NET_NAMES:
        for function in wrong_functions(name):
            try:
                with np.errstate(all="ignore"):
                    got = net_result({**right, name: function})
                unchanged = same([got[0], *got[1].values()], [loss, *grads.values()])
            except Exception:
                unchanged = False
            if not unchanged:
                found.append((name, function))
    return found


def net_names_exactly(planted):
    """Whether blame names the planted functions and no other."""
    layers = {name: getattr(nn, name) for name in NET_NAMES} | dict(planted)
    return set(blame(layers, net_result, explain=False).guilty) == {name for name, _ in planted}


def pairs(cases, count, rng):
    """Pairs of mistakes in two different functions, drawn without repetition."""
    every = [p for p in itertools.combinations(cases, 2) if p[0][0] != p[1][0]]
    chosen = rng.permutation(len(every))[:count]
    return [every[i] for i in chosen]


def share(names_exactly, plantings):
    """A line of the table, and the plantings that were not named exactly."""
    start = time.perf_counter()
    missed = [p for p in plantings if not names_exactly(p)]
    took = 1e3 * (time.perf_counter() - start) / len(plantings)
    right = len(plantings) - len(missed)
    return (
        f"{right:5d} of {len(plantings):5d}  {right / len(plantings):7.2%}  {took:5.1f} ms",
        missed,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=int, default=400)
    count = parser.parse_args().pairs
    rng = np.random.default_rng(0)
    nets = {
        "chain of six parts": (chain_cases(), chain_names_exactly),
        "net of six layers": (net_cases(), net_names_exactly),
    }
    print("planted                      named exactly           each")
    for title, (cases, names_exactly) in nets.items():
        both = pairs(cases, count, rng)
        for what, plantings in (("one", [(c,) for c in cases]), ("two", both)):
            line, missed = share(names_exactly, plantings)
            print(f"{title}, {what}:  {line}")
            for planting in missed[:20]:
                print("   not exactly:", [(at, f.__name__, f.__module__) for at, f in planting])


if __name__ == "__main__":
    main()
