"""Augmentation: every result is a possible one, all of them occur, and nothing else changes."""

import numpy as np
import pytest
import torch

from course_utils.torchlab import Augment, cut_out, flip_left_right, shift_pictures

N, C, H, W = 40, 3, 5, 7


def pictures(dtype=torch.uint8, n=N):
    """Pictures without two equal pixels in a row, so that a move or a flip shows."""
    X = torch.randint(1, 256, (n, C, H, W), generator=torch.Generator().manual_seed(7))
    return X.to(dtype)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def moved(picture, down, right, fill):
    """One picture shifted, pixel by pixel."""
    out = np.empty_like(picture)
    for c, i, j in np.ndindex(picture.shape):
        y, x = i - down, j - right  # where the pixel comes from
        outside = not (0 <= y < H and 0 <= x < W)
        if outside and fill is not None:
            out[c, i, j] = fill
        else:
            out[c, i, j] = picture[c, min(max(y, 0), H - 1), min(max(x, 0), W - 1)]
    return out


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32, torch.float64])
@pytest.mark.parametrize("fill", [None, 0, 9])
def test_shift(dtype, fill):
    X = pictures(dtype)
    before = X.clone()
    out = shift_pictures(X, generator(), 2, fill)
    assert (out.dtype, out.shape) == (dtype, X.shape)
    assert torch.equal(X, before)
    seen = set()
    for old, new in zip(X.numpy(), out.numpy(), strict=True):
        fits = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if np.array_equal(moved(old, down, right, fill), new)
        ]
        assert len(fits) == 1
        seen |= set(fits)
    assert len(seen) > 15  # of 25; equally likely ones: 20 expected among 40


def test_all_shifts_are_equally_likely():
    """Chi-square of 25 cells, 24 degrees of freedom: above 51 once in a thousand."""
    X = torch.zeros(5000, 1, 5, 5)
    X[:, :, 2, 2] = 1  # where the one goes tells the move
    out = shift_pictures(X, generator(), 2, fill=0)
    counts = out.sum(dim=(0, 1)).flatten()
    assert counts.sum() == 5000
    assert ((counts - 200) ** 2 / 200).sum() < 51


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float32])
def test_flip(dtype):
    X = pictures(dtype, n=400)
    before = X.clone()
    out = flip_left_right(X, generator())
    assert out.dtype == dtype
    assert torch.equal(X, before)
    mirrored = torch.tensor(X.numpy()[:, :, :, ::-1].copy())
    same, other = ((out == Y).flatten(1).all(dim=1) for Y in (X, mirrored))
    assert (same ^ other).all()
    assert 160 < other.sum() < 240  # 200 ± 4 standard deviations
    assert torch.equal(flip_left_right(X, generator(), 1.0), mirrored)
    assert torch.equal(flip_left_right(X, generator(), 0.0), X)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_cut_out(size):
    X = pictures(n=300)
    before = X.clone()
    out = cut_out(X, generator(), size)
    assert torch.equal(X, before)
    areas, covered, cut_at = [], np.zeros((H, W), bool), set()
    for old, new in zip(X.numpy(), out.numpy(), strict=True):
        gone = new[0] == 0
        rows, columns = np.flatnonzero(gone.any(axis=1)), np.flatnonzero(gone.any(axis=0))
        # One rectangle, in all channels, and nothing else touched.
        expected = old.copy()
        expected[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = 0
        np.testing.assert_array_equal(new, expected)
        areas.append(int(gone.sum()))
        covered |= gone
        if len(rows) < size:
            cut_at |= {"top"} if rows[0] == 0 else {"bottom"}
        if len(columns) < size:
            cut_at |= {"left"} if columns[0] == 0 else {"right"}
    assert max(areas) == size * size
    assert covered.all()
    everywhere = {"top", "bottom", "left", "right"}  # a square of 2 has its centre to one side
    assert cut_at == {1: set(), 2: {"top", "left"}}.get(size, everywhere)
    assert torch.equal(cut_out(X, generator(), 0), X)
    assert (cut_out(X, generator(), 2, fill=7) == 7).any()


def test_rows_and_pictures_get_the_same():
    X = pictures()
    augment = Augment((H, W, C), flip=0.5, shift=2, cutout=3, shift_fill=8, cutout_fill=4)
    rows = X.permute(0, 2, 3, 1).reshape(N, -1)  # as the data sets hold them
    from_rows = augment(rows, generator(3))
    assert from_rows.shape == rows.shape
    together = augment(X, generator(3))
    assert together.shape == X.shape
    assert torch.equal(from_rows.reshape(N, H, W, C).permute(0, 3, 1, 2), together)
    # In the order that is promised: mirrored, shifted, cut.
    twin = generator(3)
    step = flip_left_right(X, twin, 0.5)
    step = cut_out(shift_pictures(step, twin, 2, 8), twin, 3, 4)
    assert torch.equal(together, step)


def test_grey_pictures_and_the_generator():
    X = torch.arange(6 * 35, dtype=torch.float32).reshape(6, 35)
    augment = Augment((5, 7), shift=1, shift_fill=-1)
    first, second = augment(X, generator(1)), augment(X, generator(1))
    assert torch.equal(first, second)
    assert not torch.equal(first, augment(X, generator(2)))
    state = torch.get_rng_state()
    augment(X, generator(1))
    assert torch.equal(torch.get_rng_state(), state)  # the global one is not asked


def test_nothing_asked_nothing_changed():
    X = pictures()
    assert torch.equal(Augment((H, W, C))(X, generator()), X)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"flip": 1.5}, "probability from 0 to 1, got 1.5"),
        ({"shift": -1}, "shift: expected a whole number"),
        ({"shift": 0.5}, "got 0.5"),
        ({"cutout": True}, "cutout: expected a whole"),
        ({"image_shape": (3072,)}, r"\(H, W, C\) or \(H, W\), got \(3072,\)"),
    ],
)
def test_settings(settings, told):
    with pytest.raises(ValueError, match=told):
        Augment(**{"image_shape": (H, W, C)} | settings)


@pytest.mark.parametrize("shape", [(4, 104), (4, H, W, C), (4, C, W, H)])
def test_batches_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"rows \(N, 105\) or pictures \(N, 3, 5, 7\), got"):
        Augment((H, W, C), flip=0.5)(torch.zeros(shape), generator())
