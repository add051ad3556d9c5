"""What the recurrent nets keep for the way back belongs to them, and has the right dtype."""

import numpy as np
import pytest

from course_utils.nn import lstm_backward, lstm_forward, rnn_backward, rnn_forward

from .layer_checks import normal

NETS = [
    pytest.param(rnn_forward, rnn_backward, 1, id="rnn"),
    pytest.param(lstm_forward, lstm_backward, 4, id="lstm"),
]


def arguments(gates, N=3):
    return normal((N, 6, 4), (N, 5), (4, 5 * gates), (5, 5 * gates), (5 * gates,))


@pytest.mark.parametrize(("forward", "backward", "gates"), NETS)
@pytest.mark.parametrize("N", [1, 3])
def test_who_changes_the_states_does_not_change_the_gradients(forward, backward, gates, N):
    H, cache = forward(*arguments(gates, N))
    (dH,) = normal(H.shape, seed=1)
    before = backward(dH, cache)
    H[...] = 7
    for now, then in zip(backward(dH, cache), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(("forward", "backward", "gates"), NETS)
def test_results_are_arrays_of_their_own(forward, backward, gates):
    given = arguments(gates)
    H, cache = forward(*given)
    (dH,) = normal(H.shape, seed=1)
    results = [H, *backward(dH, cache)]
    kept = [array for step in cache for array in step]
    for result in results:
        assert result.flags.c_contiguous
        assert not any(np.shares_memory(result, other) for other in (*given, *kept, dH))


@pytest.mark.parametrize(("forward", "backward", "gates"), NETS)
@pytest.mark.parametrize("wide", range(5))
def test_one_float64_argument_makes_float64_of_all(forward, backward, gates, wide):
    given = [
        array.astype(np.float64 if i == wide else np.float32)
        for i, array in enumerate(arguments(gates))
    ]
    want, cache_wide = forward(*(array.astype(np.float64) for array in given))
    H, cache = forward(*given)
    assert H.dtype == np.float64
    np.testing.assert_allclose(H, want, rtol=0, atol=1e-6)
    (dH,) = normal(H.shape, seed=1)
    for got, right in zip(backward(dH, cache), backward(dH, cache_wide), strict=True):
        assert got.dtype == np.float64
        np.testing.assert_allclose(got, right, rtol=0, atol=1e-5)


@pytest.mark.parametrize(("forward", "backward", "gates"), NETS)
def test_no_sequences_are_no_error(forward, backward, gates):
    given = arguments(gates, N=0)
    H, cache = forward(*given)
    assert H.shape == (0, 6, 5)
    assert [grad.shape for grad in backward(H, cache)] == [array.shape for array in given]
