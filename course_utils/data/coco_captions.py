"""COCO: photographs with captions, out of a folder laid out as its publishers do."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from . import places
from .archives import fingerprint, read_members
from .captions import Captions, CaptionSplit, Vocabulary
from .errors import ContentError, DataError
from .picture_store import stored_pictures

_SET = "coco"
_VALIDATION, _SEED = 5_000, 2014
_PICTURE_NAME = re.compile(r"[\w-]+\.jpg", re.ASCII)
_PICTURE_BYTES = 16 << 20
_JSON_BYTES = 512 << 20  # the captions to train with have 92 million


def load_coco_captions(
    folder: str | Path | None = None, *, limit: int | None = None, size: int = 224,
    min_count: int = 5,
) -> Captions:  # fmt: skip
    """Load photographs and captions of COCO 2017 from a folder.

    The folder holds annotations/captions_train2017.json, annotations/captions_val2017.json,
    train2017/*.jpg and val2017/*.jpg, as they come out of the published archives. COCO
    keeps the captions of its own test photographs to itself, so val2017 is `test` here, and
    `validation` is held out of train2017: 5,000 photographs, or a tenth if that is less,
    always the same. Photographs are squashed to squares, once; the array stays on disk (at
    224 pixels 150 kB for each: 18.6 GB for all 123,287, so choose a limit or a smaller size).

    Args:
        folder: where; None: coco/ in the folder that COURSE_DATA names, or in
            `../shared/data` beside a checkout.
        limit: at most so many photographs in each part, drawn with a fixed seed; a smaller
            limit gives some of those that a larger one gives.
        size: height and width of the pictures, in pixels.
        min_count: a word that the training captions have less often becomes <UNK>.

    Returns:
        Captions with pictures, uint8 (n, 3, size, size), read-only, each part sorted by the
        number of the photograph, with all its captions, five or more.

    Raises:
        DataError: files are missing or broken; says what to do.
        ValueError: a limit, size or count out of range.

    Source:
        Lin et al. (2014), Microsoft COCO: common objects in context, ECCV; Chen et al.
        (2015), Microsoft COCO captions, arXiv:1504.00325. https://cocodataset.org
    """
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int) or limit < 1):
        raise ValueError(f"limit: expected a whole number from 1 on, or None, got {limit!r}")
    root = _find() if folder is None else Path(folder).expanduser()
    rng = np.random.default_rng(_SEED)
    chosen = {}
    for year, parts in (("train2017", ("validation", "train")), ("val2017", ("test",))):
        photographs = _read(root / "annotations" / f"captions_{year}.json", _parse)
        rows = rng.permutation(len(photographs))
        held = min(_VALIDATION, len(rows) // 10) if len(parts) == 2 else len(rows)
        for part, some in zip(parts, (rows[:held], rows[held:]), strict=False):
            chosen[part] = year, [photographs[row] for row in np.sort(some[:limit])]
    splits = {part: _split(root / year, some, size) for part, (year, some) in chosen.items()}
    vocabulary = Vocabulary.from_texts(splits["train"].texts, min_count)
    counts = ", ".join(f"{len(split):,} for {part}" for part, split in splits.items())
    source = (
        f"COCO 2017, photographs squashed to {size}×{size}: {counts}; validation is held out of "
        "train2017, test is val2017 (Lin et al. 2014, Chen et al. 2015)"
    )
    return Captions(**splits, vocabulary=vocabulary, profile="full", source=source)


def _find() -> Path:
    found = places.placed_by_hand(_SET, "annotations")
    if found is None:
        raise DataError(
            "COCO: not on this computer, and not downloaded by the course: it takes 19 GB.\n"
            f"Looked for {_SET}/annotations in COURSE_DATA "
            f"({places.course_data() or 'not set'}) and in shared/data beside the course.\n"
            "What to do: fetch train2017.zip, val2017.zip and annotations_trainval2017.zip from "
            "https://cocodataset.org/#download, unpack all three into one folder, and give it "
            "as `folder`. The profile 'quick' needs none of it."
        )
    return found.parent


def _split(folder: Path, photographs: list[tuple[str, tuple[str, ...]]], size: int) -> CaptionSplit:
    names = tuple(name for name, _ in photographs)
    wanted = set(names)

    def bytes_of(name: str) -> int:
        return _PICTURE_BYTES if name in wanted else 0

    def stored(path: Path) -> np.ndarray:
        if not path.is_dir():
            raise ContentError("is not there; train2017.zip and val2017.zip unpacked?")
        return stored_pictures(
            lambda: read_members(path, bytes_of, limit=0),
            names, size, set_name=_SET, key=fingerprint(path),
        )  # fmt: skip

    return CaptionSplit(_read(folder, stored), tuple(texts for _, texts in photographs), names)


def _parse(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Names and captions, by the number of the photograph; those without captions left out."""
    with path.open("rb") as file:
        content = file.read(_JSON_BYTES + 1)
    if len(content) > _JSON_BYTES:
        raise ContentError(f"has more than the {_JSON_BYTES:,} bytes expected")
    try:
        told = json.loads(content)
        names = {_number(image["id"]): image["file_name"] for image in told["images"]}
        texts: dict[int, list[tuple[int, str]]] = {}
        for note in told["annotations"]:
            texts.setdefault(_number(note["image_id"]), []).append(
                (_number(note["id"]), note["caption"].strip())
            )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ContentError(
            f"is not laid out as COCO's captions: images with id and file_name, annotations "
            f"with id, image_id and caption ({type(error).__name__}: {error})"
        ) from None
    odd = [name for name in names.values() if not _PICTURE_NAME.fullmatch(str(name))]
    if odd:
        raise ContentError(f"names the photograph {odd[0]!r}, expected one like 000000000009.jpg")
    missing = texts.keys() - names.keys()
    if missing:
        raise ContentError(
            f"has captions for the photograph {min(missing)}, which it does not name"
        )
    kept = [(names[key], tuple(text for _, text in sorted(texts[key]))) for key in sorted(texts)]
    if len({name for name, _ in kept}) != len(kept):
        raise ContentError("names a photograph twice")
    if len(kept) < 2:
        raise ContentError(f"has captions for {len(kept)} photographs; expected two or more")
    return kept


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a number of a photograph or a caption is {value!r}")
    return value


def _read(path: Path, read):
    try:
        return read(path)
    except (ContentError, OSError) as error:
        reason = error if isinstance(error, ContentError) else f"cannot be read ({error})"
        raise DataError(
            f"{path}: this {'folder' if path.is_dir() else 'file'} {reason}.\n"
            "Expected a folder that holds annotations/captions_train2017.json, "
            "annotations/captions_val2017.json, train2017/ and val2017/.\n"
            "What to do: copy or unpack COCO's files there again (https://cocodataset.org)."
        ) from error
