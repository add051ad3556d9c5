"""One check for every layer: torch agrees, dtypes stay, nothing is changed in place."""

import numpy as np

from .helpers import autograd, awkward_views, unchanged


def normal(*shapes, seed=0):
    """Make one array of normal numbers, float64, for each shape."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def assert_agrees_with_torch(forward, backward, oracle, *arrays, seed=1):
    """Compare outputs and all gradients with torch, for a random upstream gradient.

    forward and oracle take the arrays; forward returns (out, cache), backward a gradient or
    a tuple of them, in the order of the arrays. Tried in both dtypes and on arrays that lie
    otherwise in memory, and the cache must survive a backward pass.
    """
    for dtype, eps in ((np.float64, 1e-11), (np.float32, 2e-5)):
        args = [np.asarray(a, dtype) for a in arrays]
        rng = np.random.default_rng(seed)
        dout = rng.standard_normal(forward(*args)[0].shape).astype(dtype)
        want = flat(*autograd(oracle, *args, dout=dout))
        layouts = [[*args, dout]]
        if dtype == np.float64:
            layouts += zip(*map(views, layouts[0]), strict=True)
        for *inputs, dout_view in layouts:
            same = unchanged(*inputs, dout_view)
            out, cache = forward(*inputs)
            grads = flat(out, backward(dout_view, cache))
            again = flat(out, backward(dout_view, cache))
            same()
            assert len(grads) == len(want)
            for got, twice, wanted in zip(grads, again, want, strict=True):
                assert got.shape == wanted.shape
                assert got.dtype == dtype
                np.testing.assert_array_equal(got, twice)
                scale = max(1, np.abs(wanted).max(initial=0))
                np.testing.assert_allclose(got, wanted, rtol=10 * eps, atol=eps * scale)


def views(array):
    """Return equal arrays that lie otherwise in memory; a scalar lies only one way."""
    return awkward_views(array) if np.ndim(array) else [array] * 4


def flat(out, grads):
    """Put the output and one or several gradients into one list."""
    return [out, *(grads if isinstance(grads, tuple | list) else [grads])]
