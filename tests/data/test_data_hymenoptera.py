"""Photographs of ants and bees: both archives, how they are cut, and what may be wrong."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.data import DataError, hymenoptera, joined, load_insects, middle, places, registry
from course_utils.data import hymenoptera_archives as archives
from course_utils.data.errors import ContentError
from course_utils.data.framing import scaled_side
from course_utils.data.hymenoptera import load_hymenoptera

COUNTS = {"train": (7, 6), "val": (3, 4)}
OFFICIAL, SMALLER = "hymenoptera_data.zip", "hymenoptera_data.tar"
FOLDERS = ("ants", "bees")
REAL_DATA = os.environ.get("COURSE_DATA")  # before the fixture `isolated` hides it


def photo(label: int, number: int, tall: bool) -> np.ndarray:
    """A plain square in the middle, telling label and number, between two white ends."""
    middle_part = np.full((80, 80, 3), (60 + 120 * label, 20 * number, 40), dtype=np.uint8)
    end = np.full((80, 30, 3), 255, dtype=np.uint8)
    wide = np.concatenate([end, middle_part, end], axis=1)
    return wide.transpose(1, 0, 2) if tall else wide


def jpeg(image: np.ndarray, kind="JPEG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, quality=95)
    return file.getvalue()


def members(top="hymenoptera_data/") -> dict[str, bytes]:
    found = {}
    for part, counts in COUNTS.items():
        for label, count in enumerate(counts):
            for k in range(count):
                number = k if part == "train" else 8 + k
                # Names in no order, so that the order in the archive is not the sorted one.
                name = f"{top}{part}/{FOLDERS[label]}/{9 - k}_a b.jpg"
                found[name] = jpeg(photo(label, number, tall=bool(k % 2)))
    return found


def pack_tar(path: Path, content: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, data in content.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def pack_zip(path: Path, content: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


@pytest.fixture(scope="module")
def photos():
    return members()


@pytest.fixture
def published(photos):
    """As the real one: with a GIF among the ants, and a Mac's second tree of small files."""
    gif = io.BytesIO()
    Image.new("P", (20, 20)).save(gif, "GIF")
    extra = {
        "hymenoptera_data/": b"",
        "hymenoptera_data/.DS_Store": b"x",
        "hymenoptera_data/train/ants/imageNotFound.gif": gif.getvalue(),
        "__MACOSX/hymenoptera_data/train/ants/9_a b.jpg": b"no picture",
        "hymenoptera_data/train/ants/._9_a b.jpg": b"no picture",
    }
    return extra | photos


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Archives of 20 photographs are enough; gives the folder of COURSE_DATA."""
    monkeypatch.setattr(archives, "COUNTS", COUNTS)
    monkeypatch.setattr(hymenoptera, "_VALIDATION", 4)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


@pytest.fixture
def registered(monkeypatch, tmp_path):
    """Let the registry know the given archive as the published one."""

    def register(path: Path) -> None:
        text = registry.registry_path().read_text(encoding="utf-8")
        entry = registry.get_set("hymenoptera").file(OFFICIAL)
        text = text.replace(entry.sha256, hashlib.sha256(path.read_bytes()).hexdigest())
        target = tmp_path / "registry.toml"
        target.write_text(text, encoding="utf-8")
        monkeypatch.setattr(registry, "registry_path", lambda: target)

    return register


def check_parts(loaded, side=224) -> None:
    sizes = [len(part) for part in (loaded.train, loaded.validation, loaded.test)]
    assert sizes == [9, 4, 7]
    numbers = []
    for part in (loaded.train, loaded.validation, loaded.test):
        assert part.X.shape == (len(part), 3 * side * side)
        assert (part.X.dtype, part.y.dtype) == (np.uint8, np.int64)
        assert part.X.flags.writeable
        pixels = loaded.images(part.X).astype(int)  # (N, side, side, 3)
        centre = pixels[:, side // 2, side // 2]
        assert np.abs(centre[:, 0] - (60 + 120 * part.y)).max() <= 4
        # Only the plain middle is left, right up to the corners, whichever side was longer.
        assert np.abs(pixels - centre[:, None, None]).max() <= 25
        found = zip(part.y.tolist(), np.round(centre[:, 1] / 20).astype(int), strict=True)
        numbers.append(sorted(found))
    whole = [(c, k) for c, count in enumerate(COUNTS["train"]) for k in range(count)]
    assert sorted(numbers[0] + numbers[1]) == whole
    assert numbers[2] == [(c, 8 + k) for c, count in enumerate(COUNTS["val"]) for k in range(count)]
    assert np.bincount(loaded.validation.y).tolist() == [2, 2]
    assert loaded.class_names == ("ant", "bee")
    assert loaded.image_shape == (side, side, 3)
    assert loaded.profile == "full"
    assert "\n" not in loaded.source


@pytest.mark.parametrize("top", ["hymenoptera_data/", "", "./x/"])
def test_the_smaller_copy(small, top):
    pack_tar(small / "hymenoptera" / SMALLER, members(top))
    loaded = load_insects("full")
    check_parts(loaded)
    assert "at most 320 pixels" in loaded.source


def test_the_published_archive(small, registered, published):
    registered(pack_zip(small / "hymenoptera" / OFFICIAL, published))
    loaded = load_hymenoptera()
    check_parts(loaded)
    assert "as published" in loaded.source


def test_the_published_archive_comes_first_and_gives_the_same_split(
    small, registered, published, photos, monkeypatch
):
    pack_tar(small / SMALLER, photos)
    smaller = load_hymenoptera()
    pack_tar(small / "shared" / "hymenoptera" / SMALLER, photos)
    monkeypatch.delenv("COURSE_DATA")
    monkeypatch.setattr(places, "beside_checkout", lambda: small / "shared")
    path = pack_zip(places.cache_root() / "hymenoptera" / OFFICIAL, published)
    registered(path)
    loaded = load_hymenoptera()
    assert ("320" in smaller.source, "as published" in loaded.source) == (True, True)
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(loaded, part).X, getattr(smaller, part).X)


def test_sizes_and_margins(small, photos):
    pack_tar(small / SMALLER, photos)
    check_parts(load_hymenoptera(size=96), side=96)
    plain, roomy = load_hymenoptera(), load_hymenoptera(margin=16)
    assert roomy.image_shape == (256, 256, 3)
    cut = middle(roomy.images(roomy.train.X), 224)
    np.testing.assert_array_equal(cut, plain.images(plain.train.X))
    roomy.train.X[:] = 0
    assert load_hymenoptera(margin=16).train.X.any()


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"size": 31}, "size: expected 32 to 224 pixels, got 31"),
        ({"size": 225}, "size: expected 32 to 224"),
        ({"size": 96.0}, "size: expected a whole number"),
        ({"margin": 17}, "margin: expected 0 to 16 pixels, got 17; pictures are scaled to 256"),
        ({"size": 96, "margin": 8}, "margin: expected 0 to 7"),
        ({"margin": -1}, "margin: expected 0"),
        ({"margin": True}, "margin: expected a whole number"),
    ],
)
def test_settings_out_of_range(setting, told):
    with pytest.raises(ValueError, match=told):
        load_insects("full", **setting)


def test_decoded_once(small, photos, monkeypatch):
    pack_tar(small / SMALLER, photos)
    asked = []
    read = archives.read_squares
    monkeypatch.setattr(archives, "read_squares", lambda path: asked.append(path) or read(path))
    first, second = load_hymenoptera(), load_hymenoptera(size=64)
    assert len(asked) == 1
    assert len(first) == len(second) == 20


def test_absent(small, monkeypatch):
    with pytest.raises(DataError, match="none of the course's files is in this folder"):
        load_hymenoptera()
    monkeypatch.delenv("COURSE_DATA")
    with pytest.raises(DataError, match="COURSE_OFFLINE is set") as error:
        load_hymenoptera()
    for told in (OFFICIAL, "https://download.pytorch.org/tutorial/", "hymenoptera"):
        assert told in str(error.value)


def test_another_zip_is_refused(small, published):
    pack_zip(small / OFFICIAL, published)
    with pytest.raises(DataError, match=r"has .* bytes and other content"):
        load_hymenoptera()


FIRST = "hymenoptera_data/train/ants/9_a b.jpg"
FAULTS = {
    "one missing": (lambda m: {n: c for n, c in m.items() if n != FIRST}, "6 photographs train/an"),
    "one more": (lambda m: m | {"val/bees/new.jpg": m[FIRST]}, "5 photographs val/bees"),
    "no picture": (lambda m: m | {FIRST: b"GIF89a"}, "9_a b.jpg, which is no whole JPEG"),
    "half of one": (lambda m: m | {FIRST: m[FIRST][:-300]}, "no whole JPEG"),
    "a PNG": (lambda m: m | {FIRST: jpeg(photo(0, 0, False), "PNG")}, "no whole JPEG"),
    "a name twice": (lambda m: m | {"x/train/ants/9_a b.jpg": m[FIRST]}, "two photographs"),
    "a way out": (lambda m: m | {"../train/ants/x.jpg": m[FIRST]}, "leads out"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_copy_with_a_fault(small, photos, fault):
    change, reason = FAULTS[fault]
    pack_tar(small / SMALLER, change(photos))
    with pytest.raises(DataError, match=f"this file .*{reason}") as error:
        load_hymenoptera()
    assert "What to do" in str(error.value)
    assert not (places.cache_root() / "hymenoptera").exists()  # nothing broken is kept


def test_a_fault_in_a_registered_archive(small, registered, published):
    registered(pack_zip(small / OFFICIAL, published | {FIRST: b"no"}))
    with pytest.raises(DataError, match=r"no whole JPEG picture .*; wrong entry in registry"):
        load_hymenoptera()


def test_too_large_a_photograph(tmp_path, monkeypatch, photos):
    monkeypatch.setattr(archives, "COUNTS", COUNTS)
    monkeypatch.setattr(archives, "_PHOTO_BYTES", 500)
    with pytest.raises(ContentError, match="at most 500 were expected"):
        archives.read_squares(pack_zip(tmp_path / OFFICIAL, photos))


def test_the_middle():
    pictures = np.arange(2 * 7 * 6 * 3).reshape(2, 7, 6, 3)
    np.testing.assert_array_equal(middle(pictures, 4), pictures[:, 1:5, 1:5])
    np.testing.assert_array_equal(middle(pictures[0], 3), pictures[0, 2:5, 1:4])
    assert np.shares_memory(middle(pictures, 4), pictures)
    for side in (0, 7):
        with pytest.raises(ValueError, match="side: expected 1 to 6"):
            middle(pictures, side)
    assert [scaled_side(size) for size in (224, 112, 96, 32)] == [256, 128, 110, 37]


def test_joined(small, photos):
    pack_tar(small / SMALLER, photos)
    loaded = load_hymenoptera(size=32)
    whole = joined(loaded.train, loaded.validation)
    assert len(whole) == 13
    np.testing.assert_array_equal(whole.X[9:], loaded.validation.X)
    np.testing.assert_array_equal(whole.y[:9], loaded.train.y)
    assert not np.shares_memory(whole.X, loaded.train.X)
    with pytest.raises(ValueError, match="rows of one length"):
        joined(loaded.train, load_hymenoptera(size=48).train)
    with pytest.raises(ValueError, match="one or more"):
        joined()


def test_the_registry_knows_the_published_archive():
    """The SHA-256 that the build of PyTorch's tutorials compares (.jenkins/download_data.py)."""
    entry = registry.get_set("hymenoptera").file(OFFICIAL)
    assert entry.sha256 == "fbc41b31d544714d18dd1230b1e2b455e1557766e13e67f9f5a7a23af7c02209"
    assert entry.urls == (f"https://download.pytorch.org/tutorial/{OFFICIAL}",)


@pytest.fixture
def real_photos(monkeypatch):
    """Point COURSE_DATA to the real archive, or skip; gives the archive."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    for folder in filter(None, (REAL_DATA, beside)):
        path = Path(folder, "hymenoptera", SMALLER)
        if path.is_file():
            monkeypatch.setenv("COURSE_DATA", str(folder))
            monkeypatch.setenv("COURSE_OFFLINE", "1")
            monkeypatch.delenv("COURSE_CACHE")
            return path
    pytest.skip("the photographs are neither in COURSE_DATA nor in ../shared/data")


def test_real_photographs(real_photos):
    loaded = load_insects("full")
    assert list(map(len, (loaded.train, loaded.validation, loaded.test))) == [196, 48, 153]
    counts = [np.bincount(p.y).tolist() for p in (loaded.train, loaded.validation, loaded.test)]
    assert np.sum(counts[:2], axis=0).tolist() == [123, 121]
    assert counts[2] == [70, 83]
    # The first bee of the archive's val, read here in another way, is there as a bee.
    with tarfile.open(real_photos) as tar:
        bees = [n for n in tar.getnames() if Path(n).parts[-3:-1] == ("val", "bees")]
        name = min(n for n in bees if n.endswith(".jpg"))
        picture = Image.open(tar.extractfile(name)).convert("RGB")
    scale = 256 / min(picture.size)
    large = picture.resize([round(scale * s) for s in picture.size], Image.Resampling.BICUBIC)
    left, top = ((s - 224) // 2 for s in large.size)
    expected = np.asarray(large.crop((left, top, left + 224, top + 224)))[::4, ::4].astype(int)
    images = loaded.images(loaded.test.X)[:, ::4, ::4].astype(int)
    away = np.abs(images - expected).mean(axis=(1, 2, 3))
    assert away.min() < 4  # it may be moved by half a pixel
    assert loaded.test.y[away.argmin()] == 1
