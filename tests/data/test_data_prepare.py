"""The pixel scaler: right numbers, right types, and back again."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from course_utils.data import PixelScaler, prepare


@pytest.fixture
def X():
    return np.random.default_rng(0).integers(0, 256, (50, 37), dtype=np.uint8)


def test_mean_and_std_are_those_of_all_pixels(X, monkeypatch):
    monkeypatch.setattr(prepare, "_BLOCK", 100)  # several blocks, the last one short
    scaler = PixelScaler.fit(X)
    assert scaler.mean == pytest.approx(np.mean(X / 255), rel=1e-12)
    assert scaler.std == pytest.approx(np.std(X / 255), rel=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scaled_values(X, dtype):
    scaler = PixelScaler.fit(X, dtype=dtype)
    before = X.copy()
    Z = scaler(X)
    assert Z.dtype == dtype
    expected = (X / 255 - np.mean(X / 255)) / np.std(X / 255)
    np.testing.assert_allclose(Z, expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_array_equal(X, before)
    assert abs(Z.mean(dtype=float)) < 1e-6
    assert Z.std(dtype=float) == pytest.approx(1, abs=1e-6)


def test_default_is_float32(X):
    assert PixelScaler.fit(X)(X).dtype == np.float32
    assert PixelScaler(0.5, 0.1)(X).dtype == np.float32


def test_other_pixels_are_scaled_by_the_training_figures(X):
    scaler = PixelScaler.fit(X)
    black = np.zeros((2, 37), dtype=np.uint8)
    np.testing.assert_allclose(scaler(black), -scaler.mean / scaler.std, rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inverse(X, dtype):
    levels = np.arange(256, dtype=np.uint8)[None, :]
    scaler = PixelScaler.fit(X, dtype)
    back = scaler.inverse(scaler(levels))
    assert back.dtype == np.uint8
    np.testing.assert_array_equal(back, levels)
    np.testing.assert_array_equal(scaler.inverse(np.array([[-1e9, 1e9]])), [[0, 255]])


def test_errors(X):
    with pytest.raises(TypeError, match="got float64; scaled already"):
        PixelScaler.fit(X / 255)
    with pytest.raises(TypeError, match="got list"):
        PixelScaler.fit([[1, 2]])
    scaler = PixelScaler.fit(X)
    with pytest.raises(TypeError, match="got float32; scaled already"):
        scaler(scaler(X))
    with pytest.raises(TypeError, match="pixels already"):
        scaler.inverse(X)
    with pytest.raises(ValueError, match="NaN"):
        scaler.inverse(np.array([[np.nan]]))
    with pytest.raises(ValueError, match="all pixels alike"):
        PixelScaler.fit(np.full((3, 4), 7, dtype=np.uint8))
    with pytest.raises(ValueError, match="empty selection"):
        PixelScaler.fit(X[:0])
    with pytest.raises(ValueError, match="a float type, got int64"):
        PixelScaler.fit(X, dtype=np.int64)
    with pytest.raises(dataclasses.FrozenInstanceError):
        scaler.mean = 0.0
