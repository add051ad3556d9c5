"""Zip archives from elsewhere: what is read, and what is refused."""

from __future__ import annotations

import stat
import zipfile

import numpy as np
import pytest

from course_utils.data.errors import ContentError
from course_utils.data.ziparchive import read_zip_members


def everything(name):
    return 1_000_000


def read_all(path, wanted=everything, limit=1_000_000):
    return dict(read_zip_members(path, wanted, limit=limit))


def pack(path, content, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_plain_files(tmp_path, method):
    path = pack(tmp_path / "a.zip", {"a/": b"", "a/b": b"22", "./c": b"1"}, method)
    assert read_all(path) == {"a/b": b"22", "c": b"1"}
    assert read_all(path, lambda name: 5 if name == "c" else 0) == {"c": b"1"}


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/x", "C:/x"])
def test_ways_out(tmp_path, name):
    with pytest.raises(ContentError, match="leads out of the archive's folder"):
        read_all(pack(tmp_path / "a.zip", {name: b"1"}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices(tmp_path, kind):
    info = zipfile.ZipInfo("a")
    info.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ContentError, match="'a', which is a link or a device"):
        read_all(tmp_path / "a.zip")


def test_limits_are_kept_before_anything_is_unpacked(tmp_path):
    path = pack(tmp_path / "a.zip", {"a": bytes(10_000_000), "b": b"1"})
    assert path.stat().st_size < 20_000
    with pytest.raises(ContentError, match="holds a with 10,000,000 bytes; at most 1,000,000"):
        read_all(path)
    with pytest.raises(ContentError, match="more than the 500,000 bytes expected"):
        read_all(path, lambda name: 20_000_000, 500_000)
    assert read_all(path, lambda name: name == "b") == {"b": b"1"}


def test_a_length_that_lies(tmp_path):
    """The list of contents says 10 bytes; the packed content is a million."""
    path = pack(tmp_path / "a.zip", {"a": bytes(1_000_000)})
    content = path.read_bytes()
    assert content.count((1_000_000).to_bytes(4, "little")) == 2
    path.write_bytes(content.replace((1_000_000).to_bytes(4, "little"), b"\x0a\0\0\0"))
    with pytest.raises(ContentError, match="damaged"):
        read_all(path)


def test_a_name_twice(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a", b"2")
    with pytest.raises(ContentError, match="holds a twice"):
        read_all(tmp_path / "a.zip")


def test_encrypted(tmp_path):
    path = pack(tmp_path / "a.zip", {"a": b"1"})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    with pytest.raises(ContentError, match="holds a encrypted"):
        read_all(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_damaged(tmp_path, method):
    path = pack(tmp_path / "a.zip", {"a": np.random.default_rng(0).bytes(50_000)}, method)
    content = bytearray(path.read_bytes())
    content[25_000] ^= 1
    path.write_bytes(content)
    with pytest.raises(ContentError, match="damaged"):
        read_all(path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.97])
def test_cut_off(tmp_path, share):
    path = pack(tmp_path / "a.zip", {"a": np.random.default_rng(0).bytes(50_000)})
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(ContentError, match="damaged, cut off, or no zip archive"):
        read_all(path)
