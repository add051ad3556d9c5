"""Flickr8k's files in both layouts: where they are, and what the text files say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from . import archives, places
from .errors import ContentError, DataError

SET = "flickr8k"
PER_SPLIT = {"train": 6_000, "validation": 1_000, "test": 1_000}
CAPTIONS_EACH = 5

_SMALL_PICTURES, _SMALL_TEXT = "flickr8k_224.tar", "flickr8k_captions.tsv"
# The original first; the folder in Flickr8k_Dataset.zip is really spelt Flicker8k.
PICTURES = ("Flickr8k_Dataset.zip", "Flicker8k_Dataset", "Flickr8k_Dataset", _SMALL_PICTURES)
TEXTS = ("Flickr8k_text.zip", "Flickr8k_text", "text", _SMALL_TEXT)
_TOKENS = "Flickr8k.token.txt"
_LISTS = {
    "train": "Flickr_8k.trainImages.txt",
    "validation": "Flickr_8k.devImages.txt",
    "test": "Flickr_8k.testImages.txt",
}
_TSV_SPLITS = {"train": "train", "dev": "validation", "test": "test", "none": None}
_HEADER = "image\tn\tsplit\tcaption"

_PICTURE_NAME = re.compile(r"\w+\.jpg", re.ASCII)
_CAPTION_LINE = re.compile(r"([^#\t]+)#(\d+)\t(.*)")
_TEXT_BYTES = 32 << 20  # the captions have 3.4 million bytes
_PICTURE_BYTES = 16 << 20
_ARCHIVE_BYTES = 4 << 30  # the original photographs have 1.1 GB


class Texts(NamedTuple):
    """The names of each split, sorted, and each picture's captions in their order."""

    splits: dict[str, tuple[str, ...]]
    captions: dict[str, tuple[str, ...]]


def find(names: tuple[str, ...], what: str) -> Path:
    """The first of these files and folders that is on this computer.

    Args:
        names: PICTURES or TEXTS.
        what: how the error calls it.

    Raises:
        DataError: none is; says what is looked for, and where.
    """
    folder = places.course_data()
    if folder is not None and not folder.is_dir():
        raise DataError(
            f"COURSE_DATA={folder}: there is no such folder.\n"
            f"Expected a folder that holds {SET}/{names[0]} or {SET}/{names[-1]}.\n"
            "What to do: set COURSE_DATA to the folder with the data (an absolute path is "
            "safest), or unset it."
        )
    for name in names:
        path = places.placed_by_hand(SET, name)
        cached = places.cache_root() / SET / name
        if path is not None or cached.exists():
            return path or cached
    cause = ""
    if folder is not None:
        deeper = [p for name in names for pattern in ("*", "*/*") for p in folder.glob(
            f"{pattern}/{name}")]  # fmt: skip
        cause = f" There is one in {deeper[0].parent}: is that the folder?" if deeper else ""
    raise DataError(
        f"{what}: not on this computer, and not downloaded by the course: Flickr8k is for "
        "research and teaching, and is given out on request.\n"
        f"Looked for {', '.join(names)}\n"
        f"in COURSE_DATA ({folder or 'not set'}), in shared/data/{SET} beside the course, "
        f"and in {places.cache_root() / SET}.{cause}\n"
        "What to do, whichever is easiest:\n"
        "  1. Go on without it: the profile 'quick' has generated scenes, which need no file.\n"
        "  2. Ask the authors for Flickr8k_Dataset.zip and Flickr8k_text.zip "
        "(datasets/README.md says where),\n"
        f"     and put both, as they are or unpacked, into {places.cache_root() / SET}\n"
        f"     or into any folder, under {SET}/, and set COURSE_DATA to that folder."
    )


def read_photographs(path: Path):
    """Name and JPEG file of each photograph in an archive or a folder of either layout.

    Raises:
        ContentError: a damaged archive, or a photograph of absurd length.
        OSError: it cannot be read.
    """

    def wanted(name: str) -> int:
        return _PICTURE_BYTES if _PICTURE_NAME.fullmatch(_last(name)) else 0

    seen = set()
    for name, content in archives.read_members(path, wanted, limit=_ARCHIVE_BYTES):
        if _last(name) in seen:
            raise ContentError(f"holds {_last(name)} in two folders")
        seen.add(_last(name))
        yield _last(name), content


def read_texts(path: Path) -> Texts:
    """Captions and splits, of either layout.

    Args:
        path: Flickr8k_text.zip, a folder that it was unpacked to, or a file of tabs with
            the columns image, n, split, caption.

    Returns:
        Each split sorted by name, so that both layouts give the same order. Pictures of no
        split are left out.

    Raises:
        ContentError: parts missing, or not of the sizes that Flickr8k has.
        OSError: it cannot be read.
    """
    if path.suffix == ".tsv":
        with path.open("rb") as file:
            return _checked(*_parse_table(_text(path.name, file.read(_TEXT_BYTES))))
    needed = (_TOKENS, *_LISTS.values())

    def wanted(name: str) -> int:
        return _TEXT_BYTES if _last(name) in needed else 0

    found = {}
    for name, content in archives.read_members(path, wanted, limit=_ARCHIVE_BYTES):
        if not _last(name).startswith("._") and "__MACOSX" not in name:
            found[_last(name)] = _text(name, content)
    missing = [name for name in needed if name not in found]
    if missing:
        raise ContentError(f"does not hold {', '.join(missing)}")
    captions = _parse_tokens(found[_TOKENS])
    return _checked({split: found[name].split() for split, name in _LISTS.items()}, captions)


def _parse_tokens(text: str) -> dict[str, dict[int, str]]:
    captions: dict[str, dict[int, str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        match = _CAPTION_LINE.fullmatch(line)
        if match is None:
            if line.strip():
                raise ContentError(
                    f"holds {_TOKENS} with the line {number} {line[:60]!r}, "
                    "expected name#number, a tab, and a caption"
                )
            continue
        name, n, caption = match.groups()
        captions.setdefault(name, {})[int(n)] = caption.strip()
    return captions


def _parse_table(text: str) -> tuple[dict[str, list[str]], dict[str, dict[int, str]]]:
    lines = text.splitlines()
    if not lines or lines[0] != _HEADER:
        raise ContentError(f"begins with {''.join(lines[:1])[:60]!r}, expected {_HEADER!r}")
    splits: dict[str, list[str]] = {name: [] for name in PER_SPLIT}
    captions: dict[str, dict[int, str]] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != 4 or not cells[1].isdecimal() or cells[2] not in _TSV_SPLITS:
            raise ContentError(
                f"holds the line {number} {line[:60]!r}, expected a name, a number, one of "
                f"{', '.join(_TSV_SPLITS)}, and a caption, with tabs between"
            )
        name, n, split, caption = cells
        if name not in captions and _TSV_SPLITS[split]:
            splits[_TSV_SPLITS[split]].append(name)
        captions.setdefault(name, {})[int(n)] = caption.strip()
    return splits, captions


def _checked(splits: dict[str, list[str]], captions: dict[str, dict[int, str]]) -> Texts:
    """What a checksum would promise, asked of the content itself."""
    for split, expected in PER_SPLIT.items():
        if len(splits[split]) != expected:
            raise ContentError(
                f"names {len(splits[split]):,} pictures for {split}, expected {expected:,}"
            )
    named = [name for names in splits.values() for name in names]
    if len(set(named)) != len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise ContentError(f"names {twice} twice; in two splits?")
    for name in named:
        numbers = sorted(captions.get(name, ()))
        if numbers != list(range(CAPTIONS_EACH)):
            raise ContentError(
                f"holds the captions {numbers} of {name}, expected 0 to {CAPTIONS_EACH - 1}"
            )
        if not _PICTURE_NAME.fullmatch(name):
            raise ContentError(f"holds the picture name {name!r}, expected one like 123_abc.jpg")
    ordered = {split: tuple(sorted(names)) for split, names in splits.items()}
    texts = {name: tuple(captions[name][n] for n in range(CAPTIONS_EACH)) for name in named}
    return Texts(ordered, texts)


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError(f"holds {name}, which is no text ({error})") from None


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
