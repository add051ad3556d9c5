"""Checking a file: by its content, without being fooled or flooded."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import lzma
import tracemalloc

import pytest

from course_utils.data.content import read_content, verify_file
from course_utils.data.errors import ContentError
from course_utils.data.registry import DataFile

CONTENT = b"0123456789" * 1000
PACK = {"none": bytes, "gzip": gzip.compress, "xz": lzma.compress}


def entry(compression: str, content: bytes = CONTENT) -> DataFile:
    digest = hashlib.sha256(content).hexdigest()
    return DataFile("set", "name", digest, len(content), compression)


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("compression", PACK)
def test_right_content(write, compression):
    path = write(PACK[compression](CONTENT))
    verify_file(path, entry(compression))
    assert read_content(path, entry(compression)) == CONTENT


@pytest.mark.parametrize("compression", PACK)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CONTENT[:-1], "cut off: it ends after 9,999 of 10,000"),
        (CONTENT + b"0", "more than the 10,000 bytes"),
        (CONTENT[1:] + b"0", "right length but other content"),
    ],
)
def test_other_content(write, compression, content, reason):
    path = write(PACK[compression](content))
    with pytest.raises(ContentError, match=reason):
        verify_file(path, entry(compression))


@pytest.mark.parametrize("compression", ["gzip", "xz"])
def test_packed_file_cut_anywhere(write, compression):
    packed = PACK[compression](CONTENT)
    for length in range(len(packed)):
        with pytest.raises(ContentError):
            verify_file(write(packed[:length]), entry(compression))


@pytest.mark.parametrize("compression", ["gzip", "xz"])
def test_packed_file_with_one_bit_changed(write, compression):
    """Either the content still is the right one (a bit of the header), or it is refused."""
    packed = bytearray(PACK[compression](CONTENT))
    for position in range(len(packed)):
        packed[position] ^= 0x10
        with contextlib.suppress(ContentError):
            assert read_content(write(bytes(packed)), entry(compression)) == CONTENT
        packed[position] ^= 0x10


@pytest.mark.parametrize("compression", PACK)
@pytest.mark.parametrize("page", [b"<!DOCTYPE HTML><p>", b"\n <html>", b"<?xml version='1.0'?>"])
def test_web_page(write, compression, page):
    with pytest.raises(ContentError, match="web page"):
        verify_file(write(page + bytes(20_000)), entry(compression))


def test_neither_packed_nor_unpacked(write):
    with pytest.raises(ContentError, match="neither gzip-packed nor"):
        verify_file(write(b"something short"), entry("gzip"))


@pytest.mark.parametrize("compression", ["gzip", "xz"])
def test_bomb_costs_no_memory(write, compression):
    path = write(PACK[compression](bytes(50_000_000)))
    tracemalloc.start()
    with pytest.raises(ContentError, match="holds more"):
        read_content(path, entry(compression))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000  # xz itself keeps the last 8 MB
