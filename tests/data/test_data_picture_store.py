"""Photographs as arrays on disk: sizes, crashes, a full disk, archives of every kind."""

from __future__ import annotations

import io
import os
import shutil

import numpy as np
import pytest
from photo_helpers import pack_tar, pack_zip, photograph, tells, unpack
from PIL import Image

from course_utils.data import DataError, archives, jpeg, picture_store, places, whole_files
from course_utils.data.errors import ContentError
from course_utils.data.jpeg import decode_jpeg
from course_utils.data.picture_store import stored_pictures

NAMES = ["b.jpg", "a.jpg", "c.jpg"]


def read():
    yield from ((name, photograph(k)) for k, name in enumerate(["a.jpg", "x.jpg", "b.jpg"]))
    yield "c.jpg", photograph(9)


def store(names=NAMES, size=6, key="somewhere", source=read):
    return stored_pictures(source, names, size, set_name="set", key=key)


def kept():
    return sorted((places.cache_root() / "set").glob("*"))


def test_rows_in_the_order_asked_for():
    pictures = store()
    assert pictures.shape == (3, 3, 6, 6)
    assert all(tells(p, n) for p, n in zip(pictures, (2, 0, 9), strict=True))
    assert not pictures.flags.writeable
    assert len(kept()) == 1


def test_another_source_order_or_size_is_another_entry():
    store()
    store(names=NAMES[::-1])
    store(size=5)
    store(key="elsewhere")
    assert len(kept()) == 4


def test_what_is_kept_is_what_was_decoded():
    """The file is read by NumPy as any other, and its rows are those of one picture each."""
    contents = {"b.jpg": encoded(gradient()), "a.jpg": encoded(gradient()[::-1])}
    store(names=list(contents), source=contents.items)
    for row, content in zip(np.load(kept()[0]), contents.values(), strict=True):
        expected = np.moveaxis(decode_jpeg("x", content, 6), 2, 0)
        np.testing.assert_array_equal(row, expected)
        assert row[0, 3, 5] > 200 > 50 > row[0, 3, 0]  # red grows to the right


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b"\0" * len(b), lambda b: b""])
def test_a_damaged_file_is_made_anew(damage, capsys):
    expected = store().copy()
    kept()[0].write_bytes(damage(kept()[0].read_bytes()))
    np.testing.assert_array_equal(store(), expected)
    assert "damaged" in capsys.readouterr().err


def test_a_crash_leaves_nothing_behind():
    def breaks():
        yield "a.jpg", photograph(0)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(source=breaks)
    assert kept() == []


def test_a_cache_that_cannot_be_written(monkeypatch, capsys):
    monkeypatch.setattr(whole_files.tempfile, "mkstemp", _refuse)
    pictures = store()
    assert all(tells(p, n) for p, n in zip(pictures, (2, 0, 9), strict=True))
    assert not pictures.flags.writeable
    assert "cannot be kept" in capsys.readouterr().err


def _refuse(**_):
    raise PermissionError("read-only")


def test_a_full_disk_is_told_before_anything_is_written(monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=300)
    monkeypatch.setattr(picture_store.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match=r"3 photographs of 6×6 pixels take 324 bytes, and 300"):
        store()
    monkeypatch.setattr(picture_store.shutil, "disk_usage", lambda path: usage._replace(free=400))
    store()


def test_missing_photographs_are_counted():
    with pytest.raises(ContentError, match=r"lacks 4 of 5 photographs: d.jpg, e.jpg, f.jpg, …"):
        store(names=["a.jpg", "g.jpg", "f.jpg", "e.jpg", "d.jpg"])


def gradient(size=(40, 30)) -> np.ndarray:
    """Brighter to the right in red, downwards in green."""
    red, green = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    return np.stack([red, green, np.full_like(red, 60)], axis=2).astype(np.uint8)


def encoded(array, quality=95, kind="JPEG"):
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind, quality=quality)
    return file.getvalue()


def test_squashed_and_not_cropped():
    """Both corners of a wide picture stay, and the whole is the average of its blocks."""
    picture = decode_jpeg("x", encoded(gradient((400, 300))), 20)
    assert picture.shape == (20, 20, 3)
    blocks = gradient((400, 300)).reshape(20, 15, 20, 20, 3).mean(axis=(1, 3))
    assert np.abs(picture - blocks).max() < 6
    assert picture[10, -1, 0] > 240 > 15 > picture[10, 0, 0]
    assert picture[-1, 10, 1] > 240 > 15 > picture[0, 10, 1]


def test_enlarged_too():
    picture = decode_jpeg("x", encoded(gradient((10, 8))), 40)
    assert picture.shape == (40, 40, 3)
    assert picture[20, -1, 0] > 235 > 20 > picture[20, 0, 0]


def test_own_size_stays_as_it_is():
    content = encoded(gradient())
    expected = np.asarray(Image.open(io.BytesIO(content)))
    np.testing.assert_array_equal(decode_jpeg("x", content), expected)
    square = encoded(gradient((24, 24)))
    np.testing.assert_array_equal(
        decode_jpeg("x", square, 24), np.asarray(Image.open(io.BytesIO(square)))
    )


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_print_colours_become_red_green_blue(mode):
    file = io.BytesIO()
    Image.new("RGB", (9, 9), (90, 90, 90)).convert(mode).save(file, "JPEG")
    picture = decode_jpeg("x", file.getvalue(), 5)
    assert picture.shape == (5, 5, 3)
    assert np.abs(picture.astype(int) - 90).max() <= 3


def test_a_header_that_promises_too_much(monkeypatch):
    monkeypatch.setattr(jpeg, "MOST_PIXELS", 100)
    with pytest.raises(ContentError, match="holds x of 20×12 pixels; at most 100"):
        decode_jpeg("x", photograph(0))


MEMBERS = {"top/b.txt": b"bb", "top/a.txt": b"aaa", "top/deep/c.txt": b"c", "skip": b"skipped"}


def wanted(name):
    return 3 if name.endswith(".txt") else 0


@pytest.fixture(params=["zip", "tar", "folder"])
def source(request, tmp_path):
    def make(members):
        if request.param == "zip":
            return pack_zip(tmp_path / "x", members)
        if request.param == "tar":
            return pack_tar(tmp_path / "x", members)
        return unpack(tmp_path / "x", members)

    return make


def test_archives_and_folders_are_read_alike(source):
    found = dict(archives.read_members(source(MEMBERS), wanted, limit=20_000))
    assert found == {name: MEMBERS[name] for name in MEMBERS if name != "skip"}


def test_a_file_that_is_too_long(source):
    path = source(MEMBERS | {"top/d.txt": b"dddd"})
    with pytest.raises(ContentError, match=r"d\.txt"):
        dict(archives.read_members(path, wanted, limit=20_000))


def test_a_fingerprint_tells_contents_apart(source):
    path = source(MEMBERS)
    first = archives.fingerprint(path)
    assert first == archives.fingerprint(path)
    assert len(first) == 20
    if path.is_dir():
        os.utime(path / "skip", ns=(1, 1))
    else:
        path.write_bytes(path.read_bytes() + b"\0")
    assert archives.fingerprint(path) != first
