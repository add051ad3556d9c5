"""One layer at one size: what is timed of ours and torch's, and the proof that they agree."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import torch


def as_it_is(arrays):
    """Where torch takes its arguments, and gives its gradients, as we do."""
    return arrays


@dataclass(frozen=True)
class Case:
    """One layer at one size.

    Args:
        layer: its name in the table.
        size: its sizes in words.
        shapes: of the arguments that have gradients.
        forward: (*arguments) -> a tuple that begins with the outputs and ends with cache.
        backward: (*douts, cache) -> gradients of the arguments, in order.
        oracle: the same forward for torch's arguments, -> an output or a tuple of them.
        outputs: how many outputs have a gradient.
        weights: the arguments from here on are weights, and drawn as small as in a net, so
            that no sum runs away; None where there are none.
        to_torch: list of our arrays -> list of arrays as torch wants to have them.
        from_torch: list of torch's gradients -> list of them as ours.
        settings: keywords that forward and oracle were given, for those who take them, too.
        others: more ways to do the same, by name: (arrays, dout, **settings) -> (out, gradients).
        unrolled: of a convolution, how many numbers the whole batch unrolled has.
    """

    layer: str
    size: str
    shapes: tuple
    forward: Callable
    backward: Callable
    oracle: Callable
    outputs: int = 1
    weights: int | None = None
    to_torch: Callable = as_it_is
    from_torch: Callable = as_it_is
    settings: dict = field(default_factory=dict)
    others: dict = field(default_factory=dict)
    unrolled: int = 0


def draw(case, dtype):
    """Draw the arguments, and a gradient for each output.

    Args:
        case: a Case.
        dtype: np.float32 or np.float64.

    Returns:
        A list of arrays, and a list of arrays or scalars.
    """
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in case.shapes]
    if case.weights is not None:
        arrays[case.weights :] = [dtype(0.1) * W for W in arrays[case.weights :]]
    outs = case.forward(*arrays)[: case.outputs]
    # [()] makes a scalar of an array without axes, which is what a loss is.
    return arrays, [np.asarray(rng.standard_normal(np.shape(Y))).astype(dtype)[()] for Y in outs]


def steps_of(case, dtype, more=None):
    """Prepare functions that go there and back once.

    Args:
        case: a Case.
        dtype: np.float32 or np.float64.
        more: further ways to do the same, as the others of a case.

    Returns:
        By name, "ours", "torch", the others and more: functions without arguments that return
        the outputs and the gradients.
    """
    arrays, douts = draw(case, dtype)
    others = {**case.others, **(more or {})}
    tensors = [torch.tensor(a).requires_grad_() for a in case.to_torch(arrays)]
    upstream = [torch.as_tensor(dY) for dY in douts]

    def ours():
        *outs, cache = case.forward(*arrays)
        return outs[: case.outputs], case.backward(*douts, cache)

    def theirs():
        outs = case.oracle(*tensors)
        return outs, torch.autograd.grad(outs, tensors, upstream)

    return {"ours": ours, "torch": theirs} | {
        name: partial(step, arrays, *douts, **case.settings) for name, step in others.items()
    }


def agree(case, steps, dtype):
    """Refuse to time two different things.

    Args:
        case: a Case.
        steps: from steps_of, or more of the kind, by name.
        dtype: in which they compute.

    Raises:
        AssertionError: outputs or gradients differ from torch's by more than rounding.
    """
    eps = 1e-3 if dtype == np.float32 else 1e-9
    outs, grads = steps["torch"]()
    right = [*_as_arrays(outs), *case.from_torch(_as_arrays(grads))]
    for name, step in steps.items():
        if name == "torch":
            continue
        outs, grads = step()
        for got, wanted in zip([*_as_arrays(outs), *_as_arrays(grads)], right, strict=True):
            scale = np.abs(wanted).max()
            np.testing.assert_allclose(
                got.reshape(wanted.shape), wanted, rtol=eps, atol=eps * scale, err_msg=name
            )


def _as_arrays(results):
    """One result or several, as a list of arrays."""
    results = results if isinstance(results, tuple | list) else [results]
    return [r.detach().numpy() if torch.is_tensor(r) else np.asarray(r) for r in results]
