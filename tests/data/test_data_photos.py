"""Colour photos: both archives, what may be wrong with them, and what replaces them."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.data import DataError, decoded, photos, places, registry, tarball
from course_utils.data import cifar_archives as archives
from course_utils.data.errors import ContentError
from course_utils.data.photos import load_cifar10, load_photos

PER_CLASS = (50, 10)
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
OFFICIAL, JPEG = "cifar-10-binary.tar.gz", "cifar10-jpeg.tar.xz"
REAL_DATA = os.environ.get("COURSE_DATA")  # before the fixture `isolated` hides it


def pack(path: Path, members: dict[str, bytes], mode="w:gz", kinds=None) -> Path:
    """Write a tar archive; `kinds` maps names to (type, linkname) for what is no plain file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for name, (kind, link) in (kinds or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, link
            tar.addfile(info)
    return path


def official_members(seed=0) -> tuple[dict[str, bytes], np.ndarray, np.ndarray]:
    """The six files, and the pictures (N, 32, 32, 3) and labels that they hold, in order."""
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.tile(np.arange(10), 10 * 5), np.tile(np.arange(10), 10)])
    X = rng.integers(0, 256, (len(y), 32, 32, 3), dtype=np.uint8)
    members = {"cifar-10-batches-bin/": b"", "cifar-10-batches-bin/readme.html": b"<html>"}
    del members["cifar-10-batches-bin/"]
    names = [*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"]
    for k, name in enumerate(names):
        content = b""
        for image, label in zip(X[100 * k :][:100], y[100 * k :][:100], strict=True):
            content += bytes([label])
            for channel in range(3):  # red first, each plane row by row
                content += image[:, :, channel].tobytes()
        members[f"cifar-10-batches-bin/{name}"] = content
    return members, X, y


def picture(label: int, number: int) -> np.ndarray:
    """A plain colour that tells label and number, because JPEG keeps plain colours."""
    return np.full((32, 32, 3), (20 * label + 10, 4 * number, 128), dtype=np.uint8)


def jpeg(image: np.ndarray, kind="JPEG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind, quality=95)
    return file.getvalue()


def jpeg_members(per_class=PER_CLASS) -> dict[str, bytes]:
    members = {"README.md": b"pictures"}
    for part, count in zip(("test", "train"), per_class[::-1], strict=True):
        for label, name in reversed(list(enumerate(NAMES))):
            for number in range(count):
                members[f"{part}/{name}/{number:04d}.jpg"] = jpeg(picture(label, number))
    return members


@pytest.fixture(scope="module")
def jpegs():
    return jpeg_members()


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Archives of 600 pictures are enough; gives the folder of COURSE_DATA."""
    monkeypatch.setattr(archives, "PER_CLASS", PER_CLASS)
    monkeypatch.setattr(photos, "_VALIDATION", 50)
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


@pytest.fixture
def registered(monkeypatch, tmp_path):
    """Let the registry know the given archive as the official one."""

    def register(path: Path, mirror="https://example.org/a/") -> None:
        content = path.read_bytes()
        text = registry.registry_path().read_text(encoding="utf-8")
        entry = registry.get_set("cifar10").file(OFFICIAL)
        text = text.replace(entry.sha256, hashlib.sha256(content).hexdigest())
        text = text.replace(f"bytes = {entry.bytes}", f"bytes = {len(content)}")
        text = text.replace('https://www.cs.toronto.edu/~kriz/"]', f'{mirror}"]')
        target = tmp_path / "registry.toml"
        target.write_text(text, encoding="utf-8")
        monkeypatch.setattr(registry, "registry_path", lambda: target)

    return register


def check_parts(loaded) -> None:
    parts = loaded.train, loaded.validation, loaded.test
    for part in parts:
        assert part.X.shape == (len(part), 3072)
        assert (part.X.dtype, part.y.dtype) == (np.uint8, np.int64)
        assert part.X.flags.writeable
        assert part.y.flags.writeable
        np.testing.assert_array_equal(np.bincount(part.y), np.full(10, len(part) // 10))
        assert len(set(part.y[:20])) > 3  # shuffled: not sorted by class
    assert loaded.class_names == tuple(NAMES)
    assert loaded.image_shape == (32, 32, 3)
    assert loaded.profile == "full"
    assert "\n" not in loaded.source


def test_official_archive(small, registered):
    members, X, y = official_members()
    registered(pack(small / "cifar10" / OFFICIAL, members))
    loaded = load_cifar10()
    check_parts(loaded)
    assert list(map(len, (loaded.train, loaded.validation, loaded.test))) == [450, 50, 100]
    assert repr(loaded) == ("Photos(full: 450 train, 50 validation, 100 test; 32×32×3, 10 classes)")
    assert len(loaded) == 600
    # Test pictures keep their order; each training picture is there once, with its label.
    np.testing.assert_array_equal(loaded.images(loaded.test.X), X[500:])
    np.testing.assert_array_equal(loaded.test.y, y[500:])
    label_of = {image.tobytes(): label for image, label in zip(X[:500], y[:500], strict=True)}
    got = {}
    for part in (loaded.train, loaded.validation):
        got |= {row.tobytes(): label for row, label in zip(part.X, part.y, strict=True)}
    assert got == label_of
    assert "original pixels" in loaded.source
    assert "JPEG" not in loaded.source


def test_views_of_the_rows(small, registered):
    members, X, _ = official_members()
    registered(pack(small / OFFICIAL, members))
    loaded = load_cifar10()
    rows = loaded.test.X
    for view in (loaded.images(rows), loaded.channels_first(rows)):
        assert np.shares_memory(view, rows)
    np.testing.assert_array_equal(loaded.channels_first(rows), X[500:].transpose(0, 3, 1, 2))
    prepared = rows[:3].astype(np.float32)
    assert loaded.channels_first(prepared).dtype == np.float32
    with pytest.raises(ValueError, match=r"D = 3072, got \(3072,\); one row is still a batch"):
        loaded.images(rows[0])
    with pytest.raises(ValueError, match=r"D = 3072, got \(2, 784\)"):
        loaded.channels_first(np.zeros((2, 784)))


def test_the_same_split_each_time(small, registered):
    members, _, _ = official_members()
    registered(pack(small / OFFICIAL, members))
    first, second = load_cifar10(), load_cifar10()
    for part in ("train", "validation", "test"):
        np.testing.assert_array_equal(getattr(first, part).X, getattr(second, part).X)
    first.train.X[:] = 0
    assert second.train.X.any()


@pytest.mark.parametrize("kind", ["w:xz", "w:gz", "w"])
def test_jpeg_archive(small, jpegs, kind):
    pack(small / "cifar10" / JPEG, jpegs, kind)
    loaded = load_photos("full")
    check_parts(loaded)
    assert "re-encoded as JPEG" in loaded.source
    for part, counts in ((loaded.train, PER_CLASS[0]), (loaded.test, PER_CLASS[1])):
        colour = loaded.images(part.X)[:, 16, 16].astype(int)  # (N, 3), red first
        assert np.abs(colour[:, 0] - (20 * part.y + 10)).max() <= 3
        assert np.abs(colour[:, 2] - 128).max() <= 3
        assert set(np.round(colour[:, 1] / 4)) <= set(range(counts))
    numbers = np.round(loaded.train.X.reshape(-1, 32, 32, 3)[:, 16, 16, 1] / 4)
    held = np.round(loaded.validation.X.reshape(-1, 32, 32, 3)[:, 16, 16, 1] / 4)
    together = sorted(zip(np.r_[loaded.train.y, loaded.validation.y], np.r_[numbers, held],
                          strict=True))  # fmt: skip
    assert together == [(label, number) for label in range(10) for number in range(50)]


def test_jpeg_archive_is_decoded_once(small, jpegs, monkeypatch, capsys):
    path = pack(small / JPEG, jpegs, "w:xz")
    asked = []
    read = archives.read_jpeg
    monkeypatch.setattr(archives, "read_jpeg", lambda *a: asked.append(a) or read(*a))
    first, second = load_cifar10(), load_cifar10()
    assert len(asked) == 1
    np.testing.assert_array_equal(first.test.X, second.test.X)
    kept = decoded.cache_path(path, "cifar10")
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]  # no half file beside it

    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.write_bytes(content)
    third = load_cifar10()
    assert len(asked) == 2
    assert "is damaged" in capsys.readouterr().err
    np.testing.assert_array_equal(first.train.X, third.train.X)

    del jpegs["README.md"]  # another archive, another entry
    pack(path, jpegs, "w:xz")
    load_cifar10()
    assert len(asked) == 3


def test_the_order_in_the_jpeg_archive_does_not_matter(small, jpegs):
    first, second = (
        archives.read_jpeg(pack(small / JPEG, dict(members), "w"), PER_CLASS)
        for members in (jpegs.items(), reversed(jpegs.items()))
    )
    for name in archives.Pictures._fields:
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_without_a_cache_it_is_decoded_each_time(small, jpegs, monkeypatch, tmp_path, capsys):
    pack(small / JPEG, jpegs, "w:xz")
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "file"))
    check_parts(load_cifar10())
    assert "cannot be kept" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_file(small, jpegs, monkeypatch, capsys):
    pack(small / JPEG, jpegs, "w:xz")

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(decoded.np, "savez", full)
    check_parts(load_cifar10())
    assert "No space left" in capsys.readouterr().err
    assert list((places.cache_root() / "cifar10").iterdir()) == []


def test_original_pixels_come_before_jpeg(small, registered, jpegs, monkeypatch, tmp_path):
    members, _, _ = official_members()
    pack(small / JPEG, jpegs, "w:xz")
    path = pack(places.cache_root() / "cifar10" / OFFICIAL, members)
    registered(path)
    monkeypatch.delenv("COURSE_DATA")
    shared = tmp_path / "shared"
    pack(shared / "cifar10" / JPEG, jpegs, "w:xz")
    monkeypatch.setattr(places, "beside_checkout", lambda: shared)
    assert "original pixels" in load_cifar10().source
    path.unlink()
    assert "re-encoded as JPEG" in load_cifar10().source


def test_download(small, registered, monkeypatch, tmp_path, mirror):
    """The mirror of the tests serves another file: what arrives is refused and said."""
    members, _, _ = official_members()
    registered(pack(tmp_path / OFFICIAL, members), mirror("fine"))
    monkeypatch.delenv("COURSE_OFFLINE")
    monkeypatch.delenv("COURSE_DATA")
    with pytest.raises(DataError, match="what arrived is cut off") as error:
        load_cifar10()
    assert mirror.asked == ["fine"]
    assert "What to do" in str(error.value)


def test_absent(small, jpegs, monkeypatch):
    monkeypatch.delenv("COURSE_DATA")
    with pytest.raises(DataError, match="COURSE_OFFLINE is set") as error:
        load_photos("full")
    for told in (OFFICIAL, "https://www.cs.toronto.edu/~kriz/", "'quick'", "cifar10"):
        assert told in str(error.value)
    monkeypatch.setenv("COURSE_DATA", str(small / "nowhere"))
    monkeypatch.setattr(places, "beside_checkout", lambda: small)
    pack(small / "cifar10" / JPEG, jpegs, "w:xz")  # a slip in COURSE_DATA is not passed over
    with pytest.raises(DataError, match="there is no such folder"):
        load_cifar10()


@pytest.mark.parametrize("name", ["cifar-10-python.tar.gz", "cifar-10-batches-py/data_batch_1"])
@pytest.mark.parametrize("folder", ["cifar10", "."])
def test_a_pickle_is_not_opened(small, name, folder):
    path = small / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(DataError, match="opening a pickle can run any program") as error:
        load_cifar10()
    assert f"binary version, {OFFICIAL}" in str(error.value)


def test_official_archive_with_another_checksum(small, jpegs):
    """A broken file placed by hand is reported, and not passed over for the JPEG copy."""
    members, _, _ = official_members()
    pack(small / OFFICIAL, members)
    pack(small / JPEG, jpegs, "w:xz")
    with pytest.raises(DataError, match="is cut off: it ends after"):
        load_cifar10()


def without(members, *ends):
    return {name: c for name, c in members.items() if not name.endswith(ends)}


BIN = "cifar-10-batches-bin/"
OFFICIAL_FAULTS = {
    "a file missing": (lambda m: without(m, "data_batch_3.bin"), "not hold data_batch_3.bin;"),
    "a file too short": (lambda m: m | {BIN + "test_batch.bin": b"x" * 3073}, "3,073 bytes, exp"),
    "a file too long": (lambda m: m | {BIN + "test_batch.bin": bytes(100 * 3073 + 1)}, "at most"),
    "a label of 10": (lambda m: m | {BIN + "test_batch.bin": b"\n" * 100 * 3073}, "label 10"),
    "a file twice": (lambda m: m | {"./" + BIN + "test_batch.bin": bytes(100 * 3073)}, "twice"),
}


@pytest.mark.parametrize("fault", OFFICIAL_FAULTS)
def test_official_archive_with_a_fault(small, registered, fault):
    change, reason = OFFICIAL_FAULTS[fault]
    members, _, _ = official_members()
    registered(pack(small / OFFICIAL, change(members)))
    with pytest.raises(DataError, match=f"this file .*{reason}.*wrong entry"):
        load_cifar10()


SMALL = jpeg(np.zeros((31, 32, 3), np.uint8))
PICTURE = jpeg(picture(0, 0))
JPEG_FAULTS = {
    "a class missing": (lambda m: {n: c for n, c in m.items() if "/dog/" not in n},
                        "0 pictures train/dog/NNNN.jpg, expected 50"),
    "a picture missing": (lambda m: without(m, "test/cat/0003.jpg"), "9 pictures test/cat/"),
    "one more": (lambda m: m | {"test/cat/9999.jpg": PICTURE}, "11 pictures test/cat/"),
    "another size": (lambda m: m | {"train/cat/0003.jpg": SMALL}, r"cat/0003.jpg of \(32, 31\)"),
    "no picture": (lambda m: m | {"train/cat/0003.jpg": b"GIF89a"}, "no whole JPEG"),
    "half a picture": (lambda m: m | {"train/cat/0003.jpg": PICTURE[:-200]}, "no whole JPEG"),
    "a PNG": (lambda m: m | {"train/cat/0003.jpg": jpeg(picture(0, 0), "PNG")}, "no whole JPEG"),
    "a huge file": (lambda m: m | {"train/cat/0003.jpg": bytes(8193)}, "at most 8,192"),
    "a number twice": (lambda m: m | {"x/train/cat/3.jpg": PICTURE}, "two pictures 3 of train/cat"),
    "a way out": (lambda m: m | {"train/../../x.jpg": PICTURE}, "leads out"),
    "an absolute name": (lambda m: m | {"/x.jpg": PICTURE}, "leads out"),
}  # fmt: skip


@pytest.mark.parametrize("fault", JPEG_FAULTS)
def test_jpeg_archive_with_a_fault(small, jpegs, fault):
    change, reason = JPEG_FAULTS[fault]
    pack(small / JPEG, change(jpegs), "w:gz")
    with pytest.raises(DataError, match=f"this file .*{reason}") as error:
        load_cifar10()
    assert "What to do" in str(error.value)
    assert not (places.cache_root() / "cifar10").exists()  # nothing broken is kept


def everything(name):
    return 1_000_000


def read_all(path, limit=1_000_000):
    return dict(tarball.read_members(path, everything, limit=limit))


def test_tarball_reads_plain_files(tmp_path):
    members = {"./a": b"1", "b/c": b"22"}
    for mode in ("w", "w:gz", "w:xz"):
        path = pack(tmp_path / "t.tar", members, mode, {"b": (tarfile.DIRTYPE, "")})
        assert read_all(path) == {"a": b"1", "b/c": b"22"}


KINDS = {
    "symbolic link": (tarfile.SYMTYPE, "/etc/passwd"),
    "hard link": (tarfile.LNKTYPE, "a"),
    "device": (tarfile.CHRTYPE, ""),
    "pipe": (tarfile.FIFOTYPE, ""),
}


@pytest.mark.parametrize("kind", KINDS)
def test_tarball_refuses_what_is_no_plain_file(tmp_path, kind):
    path = pack(tmp_path / "t.tar", {"a": b"1"}, "w", {"train/b": KINDS[kind]})
    with pytest.raises(ContentError, match="'train/b', which is a link or a device"):
        read_all(path)


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "C:/x", "a\\..\\x"])
def test_tarball_refuses_ways_out(tmp_path, name):
    with pytest.raises(ContentError, match="leads out of the archive's folder"):
        read_all(pack(tmp_path / "t.tar", {name: b"1"}, "w"))


def test_tarball_stops_at_the_limit(tmp_path, monkeypatch):
    """Ten kilobytes that unpack to ten megabytes are not unpacked, wanted or not."""
    path = pack(tmp_path / "t.tar.gz", {"a": bytes(10_000_000)})
    assert path.stat().st_size < 20_000
    for wanted in (everything, lambda name: 0, lambda name: 20_000_000):
        with pytest.raises(ContentError, match=r"at most 1,000,000|more than the 500,000 bytes"):
            dict(tarball.read_members(path, wanted, limit=500_000))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_tarball_cut_off(tmp_path, mode, share):
    noise = np.random.default_rng(0).bytes(50_000)
    path = pack(tmp_path / "t.tar", {"a": noise}, mode)
    content = path.read_bytes()
    # A plain archive has kilobytes of nothing at its end, which may be missing.
    whole = len(content) if mode != "w" else 50_000
    path.write_bytes(content[: int(share * whole)])
    with pytest.raises(ContentError, match=r"cut off|damaged"):
        read_all(path)


@pytest.mark.parametrize("mode", ["w:gz", "w:xz"])
def test_tarball_damaged(tmp_path, mode):
    noise = np.random.default_rng(0).bytes(50_000)
    path = pack(tmp_path / "t.tar", {"a": noise}, mode)
    content = bytearray(path.read_bytes())
    content[-6 if mode == "w:gz" else 25_000] ^= 1  # gzip: its checksum, at the very end
    path.write_bytes(content)
    with pytest.raises(ContentError, match="damaged"):
        read_all(path)


def test_no_tarball(tmp_path):
    (tmp_path / "t.tar").write_bytes(b"<!DOCTYPE html>" * 100)
    with pytest.raises(ContentError, match="damaged, or no tar archive"):
        read_all(tmp_path / "t.tar")


def test_quick_has_digits_and_says_so(monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    loaded = load_photos()
    assert loaded.source.startswith("digits in place of photos")
    assert (loaded.image_shape, loaded.class_names) == ((28, 28, 1), tuple("0123456789"))
    assert loaded.channels_first(loaded.test.X).shape == (1000, 1, 28, 28)
    assert loaded.profile == "quick"
    with pytest.raises(ValueError, match="expected 'quick' or 'full'"):
        load_photos("fast")


def test_the_registry_knows_the_published_archive():
    """Length and SHA-256 of cifar-10-binary.tar.gz, MD5 c32a1d4ab5d03f1284b67883e8d87530."""
    entry = registry.get_set("cifar10").file(OFFICIAL)
    assert entry.bytes == 170_052_171
    assert entry.sha256 == "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
    assert entry.urls == (f"https://www.cs.toronto.edu/~kriz/{OFFICIAL}",)


@pytest.fixture
def real_cifar10(monkeypatch):
    """Point COURSE_DATA to the real archive and use the cache that is there, or skip.

    Decoding takes ten seconds, so this waits until somebody has used the photos, or
    has set COURSE_DATA.
    """
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    for folder in filter(None, (REAL_DATA, beside)):
        if any(Path(folder, "cifar10", name).is_file() for name in (JPEG, OFFICIAL)):
            break
    else:
        pytest.skip("CIFAR-10 is neither in COURSE_DATA nor in ../shared/data")
    monkeypatch.setenv("COURSE_DATA", str(folder))
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    monkeypatch.delenv("COURSE_CACHE")
    kept = Path(folder, "cifar10", JPEG)
    if REAL_DATA is None and kept.is_file() and not decoded.cache_path(kept, "cifar10").is_file():
        pytest.skip("CIFAR-10 is not decoded yet; load_photos('full') does it, in ten seconds")


def test_real_pictures(real_cifar10):
    loaded = load_cifar10()
    check_parts(loaded)
    assert list(map(len, (loaded.train, loaded.validation, loaded.test))) == [45_000, 5_000, 10_000]
    X = np.concatenate([loaded.train.X, loaded.validation.X])
    # The means and deviations of red, green and blue that are in every paper's footnote.
    for channel, mean, std in ((0, 0.4914, 0.2470), (1, 0.4822, 0.2435), (2, 0.4465, 0.2616)):
        values = loaded.images(X)[::5, ..., channel] / 255
        assert abs(values.mean() - mean) < 0.004
        assert abs(values.std() - std) < 0.006
    if "original pixels" in loaded.source:
        assert loaded.test.y[:8].tolist() == [3, 8, 8, 0, 6, 6, 1, 6]


def test_real_labels_belong_to_the_pictures(real_cifar10):
    """A nearest mean gets 27 % of the photos right, and 10 % if rows or bytes are mixed up."""
    loaded = load_cifar10()
    X, y = loaded.train.X[:10_000].astype(np.float32), loaded.train.y[:10_000]
    means = np.stack([X[y == c].mean(axis=0) for c in range(10)])
    T = loaded.test.X[:2000].astype(np.float32)
    distance = (means**2).sum(axis=1) - 2 * T @ means.T
    assert 0.23 < np.mean(distance.argmin(axis=1) == loaded.test.y[:2000]) < 0.33
    # Sky above, sea or grass below: upside down or across would show.
    ship = loaded.images(X[y == 8]).mean(axis=0)
    assert ship[:8, :, 2].mean() > ship[-8:, :, 2].mean() + 15


def test_nothing_heavy_is_imported_before_it_is_needed():
    import subprocess

    program = (
        "import sys; from course_utils.data.photos import load_photos; load_photos('quick'); "
        "print([name for name in ('PIL', 'torch', 'pooch') if name in sys.modules])"
    )
    root = Path(photos.__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=root, check=True
    )
    assert done.stdout.strip() == "[]"
