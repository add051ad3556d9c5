import numpy as np
import pytest

from course_utils.nn.caption_loss import caption_loss_and_grads, shift_captions

from .caption_oracle import captions, torch_loss_and_grads
from .helpers import unchanged

TOKENS = np.array([[1, 5, 2, 0], [1, 4, 6, 2], [1, 2, 0, 0]])


def test_shift_by_hand():
    inputs, targets, mask = shift_captions(TOKENS)
    np.testing.assert_array_equal(inputs, [[1, 5, 2], [1, 4, 6], [1, 2, 0]])
    np.testing.assert_array_equal(targets, [[5, 2, 0], [4, 6, 2], [2, 0, 0]])
    np.testing.assert_array_equal(mask, [[1, 1, 0], [1, 1, 1], [1, 0, 0]])
    assert mask.dtype == bool


def test_the_filling_may_be_another_token():
    _, _, mask = shift_captions(np.array([[1, 7, 9], [1, 0, 7]]), null=9)
    np.testing.assert_array_equal(mask, [[1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("tokens", "error", "words"),
    [
        (TOKENS.astype(float), TypeError, "tokens: expected .* integers, got float64"),
        (TOKENS.tolist(), TypeError, "got list"),
        (TOKENS[0], ValueError, r"tokens: expected \(N, L\)"),
        (TOKENS[:, :1], ValueError, "at least the start and one more"),
    ],
)
def test_shift_names_the_wrong_argument(tokens, error, words):
    with pytest.raises(error, match=words):
        shift_captions(tokens)


def params(D=4, M=5, V=9, E=3, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"W_start": (D, M), "b_start": (M,), "W_words": (V, E), "Wx": (E, M), "Wh": (M, M),
              "b": (M,), "W_out": (M, V), "b_out": (V,)}  # fmt: skip
    return {key: (0.6 * rng.standard_normal(s)).astype(dtype) for key, s in shapes.items()}


@pytest.mark.parametrize("seed", range(4))
def test_loss_and_gradients_agree_with_torch(seed):
    features, tokens = captions(N=6, D=4, V=9, L=7, seed=seed)
    p = params(seed=seed)
    check = unchanged(features, tokens, *p.values())
    loss, grads = caption_loss_and_grads(p, features, tokens)
    check()
    right, right_grads = torch_loss_and_grads("rnn", p, features, tokens)
    assert float(loss) == pytest.approx(right, rel=1e-12)
    assert list(grads) == list(p)
    for key, g in right_grads.items():
        np.testing.assert_allclose(grads[key], g, atol=1e-12, err_msg=key)


def test_single_precision_stays_single():
    features, tokens = captions(N=3, D=4, V=9, L=5)
    loss, grads = caption_loss_and_grads(params(dtype=np.float32), features.astype("f4"), tokens)
    assert loss.dtype == np.float32
    assert {g.dtype for g in grads.values()} == {np.dtype(np.float32)}


def test_longer_filling_changes_nothing():
    features, tokens = captions(N=4, D=4, V=9, L=6)
    p = params()
    loss, grads = caption_loss_and_grads(p, features, tokens)
    wider = np.pad(tokens, ((0, 0), (0, 3)))
    loss_wider, grads_wider = caption_loss_and_grads(p, features, wider)
    assert loss_wider == pytest.approx(loss, rel=1e-14)
    for key in grads:
        np.testing.assert_allclose(grads_wider[key], grads[key], atol=1e-14)
