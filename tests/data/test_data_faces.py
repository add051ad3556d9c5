"""The faces: a MATLAB file by its checksum, arrays by their shapes, and never a pickle."""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from data_helpers import put
from scipy.io import savemat

from course_utils.data import DataError, Faces, faces, fetch, load_faces
from course_utils.data.content import verify_file
from course_utils.data.errors import ContentError
from course_utils.data.registry import DataFile, get_set, load_registry

FILE, IMAGES, LABELS = "olivettifaces.mat", "olivetti_faces.npy", "olivetti_faces_target.npy"
_COURSE_DATA = os.environ.get("COURSE_DATA")  # before the tests hide it


def pictures(people: int = 3) -> np.ndarray:
    """Pictures (N, 64, 64) that are neither symmetric nor alike: row r is r + the number."""
    rows = np.arange(64)[None, :, None] + np.arange(10 * people)[:, None, None]
    return np.broadcast_to(rows, (10 * people, 64, 64)).astype(np.uint8)


@pytest.fixture
def data(monkeypatch, tmp_path):
    """The folder of COURSE_DATA; the network is not asked."""
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    return folder


def registered(monkeypatch, tmp_path, content: bytes, at_most: int = 6_000_000) -> dict:
    """Let the loader read a registry in which this content is the file of faces."""
    path = tmp_path / "registry.toml"
    path.write_text(f"""
[faces]
title = "faces"
licence = "none"
source = "here"
citation = "nobody"

[[faces.files]]
name = "{FILE}"
sha256 = "{hashlib.sha256(content).hexdigest()}"
at_most = {at_most}
urls = ["https://example.org/files/1"]
""")
    sets = load_registry(path)
    monkeypatch.setattr(faces, "read_file", functools.partial(fetch.read_file, registry=sets))
    return sets


def matlab(tmp_path, **arrays) -> bytes:
    """A MATLAB file laid out as the real one: each column a picture, column by column."""
    path = tmp_path / "made.mat"
    columns = pictures().transpose(0, 2, 1).reshape(30, -1).T
    savemat(path, {"faces": columns, "p": np.full((1, 40), 0.25), **arrays})
    return path.read_bytes()


def test_quick_has_no_faces_and_asks_nobody(monkeypatch):
    monkeypatch.setattr(faces, "read_file", None)  # a call would be a TypeError
    for profile in (None, "quick"):
        with pytest.raises(DataError, match="the profile 'quick' has none"):
            load_faces(profile)


@pytest.mark.parametrize("where", [".", "faces"])
def test_matlab_file(monkeypatch, tmp_path, data, where):
    content = matlab(tmp_path)
    registered(monkeypatch, tmp_path, content)
    put(data / where, content, FILE)
    monkeypatch.setenv("COURSE_PROFILE", "full")
    loaded = load_faces()
    assert isinstance(loaded, Faces)
    assert (loaded.X.shape, loaded.X.dtype) == ((30, 4096), np.uint8)
    np.testing.assert_array_equal(loaded.images, pictures())  # upright
    np.testing.assert_array_equal(loaded.y, np.repeat([0, 1, 2], 10))
    assert loaded.y.dtype == np.int64
    assert repr(loaded) == "Faces(30 pictures of 3 people; 64×64 pixels)"
    assert "AT&T Laboratories Cambridge" in loaded.source
    assert FILE in loaded.source
    loaded.X[:] = 0  # the reader's own
    assert load_faces().X.any()


def test_rows_agree_with_what_scikit_learn_does_with_the_same_file(monkeypatch, tmp_path, data):
    """Its lines for the real file, on 400 made-up pictures; it scales them to 0 … 1."""
    pixels = np.random.default_rng(0).integers(0, 256, (4096, 400), dtype=np.uint8)
    pixels[:2, 0] = 0, 255
    content = matlab(tmp_path, faces=pixels)
    registered(monkeypatch, tmp_path, content)
    put(data, content, FILE)
    expected = np.float32(pixels.T.copy()) / 255
    expected = expected.reshape((400, 64, 64)).transpose(0, 2, 1).reshape(400, -1)
    loaded = load_faces("full")
    np.testing.assert_allclose(loaded.X / np.float32(255), expected, atol=1e-6)
    assert loaded.y.tolist() == [i // 10 for i in range(400)]


def test_doubles_in_the_matlab_file_are_bytes_all_the_same(monkeypatch, tmp_path, data):
    content = matlab(tmp_path, faces=np.full((4096, 10), 200.0))
    registered(monkeypatch, tmp_path, content)
    put(data, content, FILE)
    loaded = load_faces("full")
    assert loaded.X.dtype == np.uint8
    assert (loaded.X == 200).all()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda p: b"MATLAB 5.0 MAT-file, but no more", "no array 'faces' can be read"),
        (lambda p: b"", "is empty"),
        (lambda p: matlab(p, faces=np.zeros((40, 10))), r"got \(40, 10\); wrong entry"),
        (lambda p: matlab(p, faces=np.zeros((4096, 7))), r"got \(4096, 7\); wrong entry"),
        (lambda p: matlab(p, faces=np.full((4096, 10), 300.0)), "got float64 from 300 to 300"),
        (lambda p: matlab(p, faces=np.array(["x"], object)), "wrong entry"),
    ],
)
def test_registry_and_loader_mean_different_files(monkeypatch, tmp_path, data, content, reason):
    content = content(tmp_path)
    registered(monkeypatch, tmp_path, content)
    put(data, content, FILE)
    with pytest.raises(DataError, match=reason):
        load_faces("full")


def test_another_matlab_file_is_refused_by_its_checksum(monkeypatch, tmp_path, data):
    content = matlab(tmp_path)
    registered(monkeypatch, tmp_path, content)
    path = put(data, content[:-1], FILE)
    with pytest.raises(DataError, match="other content") as error:
        load_faces("full")
    assert "cut off, or another version" in str(error.value)
    assert path.exists()


def test_a_file_registered_without_its_length_is_read_up_to_its_limit(tmp_path):
    content = bytes(1000)
    digest = hashlib.sha256(content).hexdigest()

    def entry(at_most, compression="none"):
        return DataFile("set", "name", digest, None, compression, at_most=at_most)

    path = put(tmp_path, content, "file")
    verify_file(path, entry(1000))
    verify_file(path, entry(5000))
    with pytest.raises(ContentError, match="more than the 999 bytes"):
        verify_file(path, entry(999))
    packed = put(tmp_path, content, "file.gz")
    verify_file(packed, entry(5000, "gzip"))
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(ContentError, match="cut off: it ends after"):
        verify_file(packed, entry(5000, "gzip"))


@pytest.mark.parametrize(
    "change",
    [lambda X: X, lambda X: X.reshape(len(X), -1), lambda X: X / 255, lambda X: X.astype(float)],
)
@pytest.mark.parametrize("where", [".", "faces"])
def test_a_pair_of_arrays(data, where, change):
    (data / where).mkdir(exist_ok=True)
    y = np.repeat([4, 2, 7], 10)
    np.save(data / where / IMAGES, change(pictures()))
    np.save(data / where / LABELS, y.astype(np.int32))
    loaded = load_faces("full")
    np.testing.assert_array_equal(loaded.images, pictures())
    np.testing.assert_array_equal(loaded.y, y)
    assert (loaded.X.dtype, loaded.y.dtype) == (np.uint8, np.int64)
    assert "without checksum" in loaded.source


class Bomb:
    """A pickle that would leave a file behind if anybody opened it."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


BAD_PAIRS = [
    ({LABELS: None}, "beside this file expected olivetti_faces_target.npy"),
    ({IMAGES: None}, "beside this file expected olivetti_faces.npy"),
    ({IMAGES: np.zeros((30, 64, 63))}, r"got \(30, 64, 63\)"),
    ({IMAGES: np.zeros((0, 64, 64)), LABELS: np.zeros(0, int)}, r"got \(0, 64, 64\)"),
    ({IMAGES: np.full((30, 4096), np.nan)}, "from nan to nan"),
    ({IMAGES: np.full((30, 4096), -0.5)}, "pixels from 0 to 1"),
    ({IMAGES: np.full((30, 4096), 77.5)}, "whole ones from 0 to 255"),
    ({IMAGES: np.zeros((30, 4096), complex)}, "got complex128"),
    ({LABELS: np.zeros(29, int)}, r"expected \(30,\) numbers of people"),
    ({LABELS: np.zeros((30, 40), int)}, r"got int64 \(30, 40\)"),
    ({LABELS: np.full(30, -1)}, "from 0 on"),
    ({LABELS: np.zeros(30)}, "got float64"),
]


@pytest.mark.parametrize(("arrays", "reason"), BAD_PAIRS, ids=[reason for _, reason in BAD_PAIRS])
def test_a_pair_that_is_no_pair(data, arrays, reason):
    for name, array in {IMAGES: pictures(), LABELS: np.repeat([0, 1, 2], 10), **arrays}.items():
        if array is not None:
            np.save(data / name, array)
    with pytest.raises(DataError, match=reason):
        load_faces("full")


@pytest.mark.parametrize("name", [IMAGES, LABELS])
def test_a_pickle_under_the_name_of_an_array_is_not_opened(data, tmp_path, name):
    mark = tmp_path / "opened"
    np.save(data / IMAGES, pictures())
    np.save(data / LABELS, np.repeat([0, 1, 2], 10))
    (data / name).write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(DataError, match=f"{name}: cannot be read as an array"):
        load_faces("full")
    np.save(data / name, np.array([Bomb(mark)], object), allow_pickle=True)
    with pytest.raises(DataError, match="cannot be read as an array"):
        load_faces("full")
    with open(data / name, "wb") as file:
        np.savez(file, faces=pictures())
    with pytest.raises(DataError, match="expected one array"):
        load_faces("full")
    assert not mark.exists()


@pytest.mark.parametrize("name", ["olivetti_py3.pkz", "olivetti.pkz"])
def test_what_scikit_learn_keeps_is_a_pickle_and_not_opened(data, tmp_path, name):
    mark = tmp_path / "opened"
    (data / name).write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(DataError, match="Found, but not opened") as error:
        load_faces("full")
    assert "fetch_olivetti_faces" in str(error.value)
    assert IMAGES in str(error.value)
    assert not mark.exists()
    pickle.loads((data / name).read_bytes())  # it would have shown
    assert mark.exists()


def test_a_folder_with_mnist_alone_is_no_wrong_folder(data):
    """Faces are missing then, not misplaced; and with faces alone it is the digits that miss."""
    put(data / "mnist", b"x", "t10k-labels-idx1-ubyte.gz")
    with pytest.raises(DataError, match=r"olivettifaces.mat .*not on this computer") as error:
        load_faces("full")
    assert "other files of the course, but not this one" in str(error.value)
    assert "none of the course's files" not in str(error.value)
    put(data / "faces", b"x", FILE)
    (data / "mnist" / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz .*not on this computer"):
        fetch.find_file("mnist", "train-images-idx3-ubyte.gz")


def test_the_registered_file_is_the_one_that_scikit_learn_checks():
    from sklearn.datasets import _olivetti_faces

    file = get_set("faces").file(FILE)
    assert file.sha256 == _olivetti_faces.FACES.checksum
    assert file.urls[0] == _olivetti_faces.FACES.url
    assert file.bytes is None
    assert file.limit == 6_000_000


def test_the_real_faces(monkeypatch):
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    for folder in filter(None, (_COURSE_DATA, beside)):
        if Path(folder, "faces", FILE).is_file():
            monkeypatch.setenv("COURSE_DATA", str(folder))
            monkeypatch.setenv("COURSE_OFFLINE", "1")
            break
    else:
        pytest.skip("faces/olivettifaces.mat is neither in COURSE_DATA nor in ../shared/data")
    loaded = load_faces("full")
    assert loaded.X.shape == (400, 4096)
    np.testing.assert_array_equal(np.bincount(loaded.y), np.full(40, 10))
