"""Undo one layer of an encoding or of an archive, with limits on what may come out."""

from __future__ import annotations

import base64
import binascii
import bz2
import html
import io
import lzma
import quopri
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

from course_utils.workbook.project import WorkbookError

_LARGEST = 200_000_000  # bytes that one archive may unpack to
_STREAMS = 50  # compressed streams looked for in one file
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{16,}\s+)*[A-Za-z0-9+/_-]{8,}={0,2}")
_BASE32 = re.compile(r"[A-Z2-7]{24,}={0,6}")
_HEX = re.compile(r"(?:(?:0x|\\x)?[0-9a-fA-F]{2}[\s:,]{0,2}){8,}")
_NUMBERS = re.compile(r"(?:\d{1,3}\s*,\s*){7,}\d{1,3}")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u\{?[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|n)")
_PRINTED = re.compile(rb"[\x09\x0a\x0d\x20-\x7e]{12,}")
_PRINTED_WIDE = re.compile(rb"(?:[\x09\x0a\x0d\x20-\x7e]\x00){12,}")
_STREAM = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]|BZh[1-9]1AY|\xfd7zXZ\x00")


def unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in bytes: zip (wheel, npz), tar, and compressed streams wherever they begin.

    Raises:
        WorkbookError: an archive would unpack to more than anybody could look through.
    """
    if b"PK\x03\x04" in data:
        yield from _zip(data)
    if data[257:262] == b"ustar":
        yield from _tar(data)
    printable = _is_printable(data)
    if printable:
        return
    for found in list(_STREAM.finditer(data))[:_STREAMS]:
        part = _stream(data[found.start() :], found.group())
        if part:
            yield f"compressed at byte {found.start()}", part


def _zip(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(m.file_size for m in members) > _LARGEST:
                raise _too_large()
            if archive.comment:
                yield "comment of the archive", archive.comment
            for member in members:
                yield "name in the archive", member.filename.encode()
                yield "comment in the archive", member.comment
                if member.flag_bits & 1:
                    raise WorkbookError(
                        f"{member.filename} in an archive is encrypted: expected nothing in a "
                        "student's files that cannot be looked through. Take it out."
                    )
                with archive.open(member) as file:
                    yield f"in {member.filename}", file.read(_LARGEST)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, OSError):
        return  # its streams are looked for by themselves


def _tar(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.isfile() else None
                if file:
                    yield f"in {member.name}", file.read(_LARGEST)
    except (tarfile.TarError, EOFError, OSError):
        return


def _stream(data: bytes, magic: bytes) -> bytes:
    """What a compressed stream holds, as far as it can be read."""
    if magic.startswith(b"\x1f"):
        machine = zlib.decompressobj(31)
    elif magic.startswith(b"\x78"):
        machine = zlib.decompressobj()
    else:
        machine = bz2.BZ2Decompressor() if magic.startswith(b"BZ") else lzma.LZMADecompressor()
    try:
        whole = machine.decompress(data, _LARGEST)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
        return b""
    if len(whole) >= _LARGEST:
        raise _too_large()
    return whole


def _too_large() -> WorkbookError:
    return WorkbookError(
        f"an archive in a student's files unpacks to more than {_LARGEST:,} bytes: expected "
        "something that can be looked through. Take it out, or unpack it."
    )


def as_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """Bytes as text: UTF-8, UTF-16 and UTF-32 where they are that, else what is printed in them."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "in UTF-16", data.decode("utf-16", errors="ignore")
    if b"\x00" in data:
        if data.count(b"\x00") * 5 > len(data) * 2:
            for name in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
                text = data.decode(name, errors="ignore")
                if text and sum(c.isascii() and c != "\x00" for c in text) * 2 > len(text):
                    yield f"in {name.upper()}", text
        for run in _PRINTED_WIDE.findall(data) + _PRINTED_WIDE.findall(data[1:]):
            yield "in wide characters", run.decode("utf-16-le", errors="ignore")
    try:
        yield "", data.decode("utf-8-sig")
    except UnicodeDecodeError:
        runs = _PRINTED.findall(data)
        if runs:
            yield "printed in its bytes", b"\n".join(runs).decode("ascii")


def unescaped(text: str) -> Iterator[tuple[str, str]]:
    """A text with its escapes undone, for each kind that it has."""
    if "&" in text and (other := html.unescape(text)) != text:
        yield "in HTML entities", other
    if "<" in text and (other := re.sub(r"<[^<>]*>", "", text)) != text:
        yield "between tags", html.unescape(other)
    if _ESCAPE.search(text) and (other := _without_escapes(text)) != text:
        yield "in escapes", other
    if len(re.findall(r"%[0-9A-Fa-f]{2}", text)) > 2:
        yield "in percent signs", unquote(text, errors="replace")
    if len(re.findall(r"=(?:[0-9A-F]{2}|\n)", text)) > 2:
        yield "in quoted-printable", quopri.decodestring(text.encode()).decode(errors="replace")


def _without_escapes(text: str) -> str:
    r"""A text with ``\n``, ``\x41`` and ``\u0041`` as what they stand for."""
    simple = {"n": "\n", "t": "\t", "r": "\n", '"': '"', "'": "'", "\\": "\\", "/": "/"}

    def one(found: re.Match) -> str:
        if found["code"]:
            return chr(int(found["code"][1:].strip("{}"), 16) % 0x110000)
        if found["octal"]:
            return chr(int(found["octal"], 8))
        return simple.get(found["sign"], found[0])

    form = r"\\(?:(?P<code>x[0-9a-fA-F]{2}|u\{?[0-9a-fA-F]{4}\}?|U[0-9a-fA-F]{8})"
    return re.sub(form + r"|(?P<octal>[0-7]{3})|(?P<sign>.))", one, text)


def encoded(text: str) -> Iterator[tuple[str, bytes]]:
    """Bytes that stand in a text as base64, base32, hexadecimal digits or numbers."""
    for found in _BASE64.findall(text):
        yield from (("in base64", part) for part in _base64(found))
    for found in _BASE32.findall(text):
        try:
            part = base64.b32decode(found.rstrip("=") + "=" * (-len(found.rstrip("=")) % 8))
        except (binascii.Error, ValueError):
            continue
        if _is_telling(part):
            yield "in base32", part
    for found in _HEX.findall(text):
        digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", found)
        part = bytes.fromhex(digits[: len(digits) // 2 * 2])
        if _is_telling(part):
            yield "in hexadecimal digits", part
    for found in _NUMBERS.findall(text):
        numbers = [int(n) for n in re.findall(r"\d+", found)]
        if all(n < 256 for n in numbers) and _is_telling(bytes(numbers)):
            yield "numbers as characters", bytes(numbers)


def _base64(text: str) -> Iterator[bytes]:
    """What a run of base64 signs holds: the lines as one, and each word by itself."""
    words = text.split()
    for run in dict.fromkeys(["".join(words), *words]):
        signs = run.rstrip("=").replace("-", "+").replace("_", "/")
        if len(signs) < 12:
            continue
        signs = signs[: len(signs) - (len(signs) % 4 == 1)]
        part = base64.b64decode(signs + "=" * (-len(signs) % 4))
        if _is_telling(part):
            yield part


def base85(text: str) -> Iterator[tuple[str, bytes]]:
    """What a whole string holds, if it is base85 or Ascii85."""
    word = text.strip()
    if len(word) < 20 or re.search(r"\s", word):
        return
    for name, way in (("base85", base64.b85decode), ("Ascii85", base64.a85decode)):
        try:
            part = way(word)
        except (binascii.Error, ValueError):
            continue
        if _is_telling(part):
            yield f"in {name}", part


def _is_printable(data: bytes) -> bool:
    head = data[:4096]
    return sum(32 <= b < 127 or b in b"\t\n\r" for b in head) >= 0.95 * len(head)


def _is_telling(data: bytes) -> bool:
    """Text or something packed; by far most runs of letters decode to neither."""
    packed = (
        data[:2] in (b"PK", b"\x1f\x8b", b"BZ", b"\xff\xfe", b"\xfe\xff") or data[:1] == b"\x78"
    )
    packed = packed or data[2:4] == b"\r\n"  # bytecode
    known = packed or data[:4] in (b"\x89PNG", b"\xfd7zX", b"\x93NUM")
    wide = data.count(b"\x00") * 5 > len(data) * 2
    return len(data) >= 8 and (known or wide or _is_printable(data) or b"PK\x03\x04" in data)
