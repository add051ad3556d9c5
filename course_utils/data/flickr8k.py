"""Flickr8k: 8,000 photographs with five captions each, in the official three parts."""

from __future__ import annotations

from pathlib import Path

from . import flickr8k_files as files
from .archives import fingerprint
from .captions import Captions, CaptionSplit, Vocabulary
from .errors import ContentError, DataError
from .picture_store import stored_pictures

SIZE = 224  # pixels; what a pretrained net was trained with


def load_flickr8k(*, size: int = SIZE, min_count: int = 5) -> Captions:
    """Load the photographs and their captions.

    Both layouts are read: Flickr8k_Dataset.zip and Flickr8k_text.zip, as they are or
    unpacked; or flickr8k_224.tar and flickr8k_captions.tsv, a copy of 224×224 pixels. The
    original is taken if both are here. Looked for under flickr8k/ in the folder that
    COURSE_DATA names, in `../shared/data` beside a checkout, and in the cache; nothing is
    downloaded. Photographs are squashed to squares, once; the array stays on disk
    (1.2 GB for 224 pixels).

    Args:
        size: height and width of the pictures, in pixels.
        min_count: a word that the training captions have less often becomes <UNK>.

    Returns:
        6,000 + 1,000 + 1,000 pictures, uint8 (n, 3, size, size), read-only, each part
        sorted by name, with five captions each as they were written.

    Raises:
        DataError: the data are missing or broken; says what to do.
        ValueError: a size or count out of range.

    Source:
        Hodosh, Young and Hockenmaier (2013), Framing image description as a ranking task,
        Journal of Artificial Intelligence Research 47, 853-899. Card: datasets/README.md.
    """
    photographs = files.find(files.PICTURES, "Flickr8k's photographs")
    texts = _told(files.find(files.TEXTS, "Flickr8k's captions"), files.read_texts)
    names = [name for split in files.PER_SPLIT for name in texts.splits[split]]

    def stored(path: Path):
        return stored_pictures(
            lambda: files.read_photographs(path),
            names, size, set_name=files.SET, key=fingerprint(path),
        )  # fmt: skip

    pictures = _told(photographs, stored)
    parts, start = {}, 0
    for split, names in texts.splits.items():
        rows = pictures[start : start + len(names)]  # a view: neighbours on disk
        parts[split] = CaptionSplit(rows, tuple(texts.captions[name] for name in names), names)
        start += len(names)
    vocabulary = Vocabulary.from_texts(parts["train"].texts, min_count)
    copy = photographs.name == files.PICTURES[-1]
    origin = "a copy of 224×224 pixels" if copy else "the original photographs"
    source = (
        f"Flickr8k, {origin}, squashed to {size}×{size}: the official 6,000 to train with, 1,000 "
        "to choose by and 1,000 to test with, five captions each; for research and teaching "
        "only (Hodosh, Young and Hockenmaier 2013)"
    )
    return Captions(parts["train"], parts["validation"], parts["test"], vocabulary, "full", source)


def _told(path: Path, read):
    """What `read` gives; a fault of the content becomes an error that says what to do."""
    try:
        return read(path)
    except (ContentError, OSError) as error:
        reason = error if isinstance(error, ContentError) else f"cannot be read ({error})"
        raise DataError(
            f"{path}: this {'folder' if path.is_dir() else 'file'} {reason}.\n"
            "What to do: copy it there again from a good source; datasets/README.md says what "
            "Flickr8k's files hold."
        ) from error
