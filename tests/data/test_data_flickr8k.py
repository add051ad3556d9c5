"""Flickr8k: both layouts give the same, and what is missing or broken is told."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from photo_helpers import pack_tar, pack_zip, photograph, tells, unpack

from course_utils.data import DataError, flickr8k_files, load_captions, places
from course_utils.data.captions import UNK
from course_utils.data.flickr8k import load_flickr8k

PER_SPLIT = {"train": 6, "validation": 2, "test": 3}
REAL_DATA = os.environ.get("COURSE_DATA")  # before the fixture `isolated` hides it
NAMES = [f"{7 * (n % 5)}{n}_ab{n:02d}.jpg" for n in range(12)]  # not in alphabetical order
SPLITS = {
    "train": NAMES[0:6],
    "validation": NAMES[6:8],
    "test": NAMES[8:11],
}  # and NAMES[11] in none
LISTS = {"train": "trainImages", "validation": "devImages", "test": "testImages"}


def caption(number: int, n: int) -> str:
    return f"Picture {'abcdefghijkl'[number]} , said in way {n} ."


def texts() -> dict[str, bytes]:
    lines = [f"{name}#{n}\t{caption(k, n)}" for k, name in enumerate(NAMES) for n in range(5)]
    lines += [f"{NAMES[0]}.1#{n}\tno picture has this name" for n in range(5)]
    members = {"Flickr8k.token.txt": "\n".join(lines).encode()}
    for split, names in SPLITS.items():
        members[f"Flickr_8k.{LISTS[split]}.txt"] = "".join(f"{n}\n" for n in names).encode()
    return members | {"readme.txt": b"\xff\xfe not even text"}


def table() -> bytes:
    codes = {"train": "train", "validation": "dev", "test": "test"}
    of = {name: codes[split] for split, names in SPLITS.items() for name in names}
    lines = ["image\tn\tsplit\tcaption"]
    for k, name in enumerate(NAMES):
        lines += [f"{name}\t{n}\t{of.get(name, 'none')}\t{caption(k, n)}" for n in range(5)]
    return ("\n".join(lines) + "\n").encode()


def photographs(folder: str, size=(20, 12)) -> dict[str, bytes]:
    order = reversed(list(enumerate(NAMES)))
    members = {f"{folder}/{name}": photograph(k, size) for k, name in order}
    return members | {f"__MACOSX/{folder}/._{NAMES[0]}": b"no picture", f"{folder}/notes": b"x"}


@pytest.fixture
def data(monkeypatch, tmp_path):
    """An empty folder for COURSE_DATA; twelve photographs are enough."""
    monkeypatch.setattr(flickr8k_files, "PER_SPLIT", PER_SPLIT)
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


def put(folder: Path, pictures="zip", words="zip") -> None:
    """Place Flickr8k in one of its layouts."""
    here = folder / "flickr8k"
    if pictures == "zip":
        pack_zip(here / "Flickr8k_Dataset.zip", photographs("Flicker8k_Dataset"))
    elif pictures == "tar":
        pack_tar(here / "flickr8k_224.tar", photographs("flickr8k_224", (16, 16)))
    else:
        unpack(here, photographs(pictures))
    if words == "zip":
        pack_zip(here / "Flickr8k_text.zip", texts() | {"__MACOSX/._Flickr8k.token.txt": b"x"})
    elif words == "tsv":
        unpack(here, {"flickr8k_captions.tsv": table()})
    else:
        unpack(here / words, texts())


def check(captions, size=16) -> None:
    number = {name: k for k, name in enumerate(NAMES)}
    for split, names in SPLITS.items():
        part = getattr(captions, split)
        assert part.names == tuple(sorted(names))
        assert part.pictures.shape == (len(names), 3, size, size)
        assert part.pictures.dtype == np.uint8
        assert not part.pictures.flags.writeable
        for name, picture, sentences in zip(part.names, part.pictures, part.texts, strict=True):
            assert tells(picture, number[name])
            assert sentences == tuple(caption(number[name], n) for n in range(5))


@pytest.mark.parametrize("words", ["zip", "text", "Flickr8k_text", "tsv"])
@pytest.mark.parametrize("pictures", ["zip", "tar", "Flicker8k_Dataset", "Flickr8k_Dataset"])
def test_every_layout_gives_the_same(data, pictures, words):
    put(data, pictures, words)
    captions = load_flickr8k(size=16, min_count=1)
    check(captions)
    assert "Hodosh" in captions.source
    copy = "copy of 224" in captions.source
    assert copy == (pictures == "tar")


def test_the_original_is_taken_before_the_copy(data):
    put(data, "tar", "tsv")
    assert "copy of 224" in load_flickr8k(size=16).source
    put(data, "zip", "zip")
    assert "original photographs" in load_flickr8k(size=16).source


def test_words_of_the_training_captions_alone(data):
    put(data)
    words = load_flickr8k(size=16, min_count=1).vocabulary
    assert [letter for letter in "abcdefghijkl" if letter in words] == list("abcdef")
    captions = load_flickr8k(size=16, min_count=6)
    assert captions.vocabulary.words[4:8] == ("in", "picture", "said", "way")
    # The letters, each a picture's, are five times in the 30 training captions.
    assert set(captions.vocabulary.words[4:]) == {*("in", "picture", "said", "way"), *"01234"}
    _, tokens = captions.validation.pairs(captions.vocabulary)
    assert (tokens[:, 2] == UNK).all()


def test_unpacked_once_and_mapped(data, monkeypatch):
    put(data)
    first = load_flickr8k(size=16)
    monkeypatch.setattr(flickr8k_files, "read_photographs", None)  # would fail if it were called
    again = load_flickr8k(size=16)
    check(again)
    assert isinstance(again.train.pictures, np.memmap)
    np.testing.assert_array_equal(first.test.pictures, again.test.pictures)
    with pytest.raises(TypeError):
        load_flickr8k(size=8)  # another size is another array


def test_the_profile_full_is_flickr8k(data):
    put(data)
    assert load_captions("full").train.names == tuple(sorted(SPLITS["train"]))
    shutil.rmtree(data / "flickr8k")
    with pytest.raises(DataError, match="Flickr8k"):
        load_captions("full")


def test_missing_files_say_what_to_do(data):
    with pytest.raises(DataError) as caught:
        load_flickr8k()
    told = str(caught.value)
    for part in ("Flickr8k_Dataset.zip", "flickr8k_224.tar", str(data), "'quick'", "on request"):
        assert part in told
    put(data / "one_too_deep")
    with pytest.raises(DataError, match=r"one in .*one_too_deep.flickr8k: is that the folder"):
        load_flickr8k()


def test_a_folder_that_is_not_there_is_a_slip(data, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", str(data / "dtaa"))
    with pytest.raises(DataError, match="dtaa: there is no such folder"):
        load_flickr8k()


def test_beside_the_checkout_and_in_the_cache(data, monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_DATA")
    put(places.cache_root())
    check(load_flickr8k(size=16))
    put(tmp_path / "shared", "tar", "tsv")
    shutil.rmtree(places.cache_root() / "flickr8k")
    monkeypatch.setattr(places, "beside_checkout", lambda: tmp_path / "shared")
    check(load_flickr8k(size=16))


def changed(members: dict[str, bytes], ending: str, content: bytes | None) -> dict[str, bytes]:
    name = next(n for n in members if n.endswith(ending) and "MACOSX" not in n)
    if content is None:
        return {n: c for n, c in members.items() if n != name}
    return members | {name: content}


@pytest.mark.parametrize(
    ("ending", "content", "told"),
    [
        (NAMES[3], None, f"lacks 1 of 11 photographs: {NAMES[3]}"),
        (NAMES[3], b"GIF89a", f"{NAMES[3]}, which is no whole JPEG"),
        (NAMES[3], photograph(3)[:-200], f"{NAMES[3]}, which is no whole JPEG"),
        (NAMES[3], photograph(3, kind="PNG"), f"{NAMES[3]}, which is no whole JPEG"),
    ],
)
def test_broken_photographs_are_named(data, ending, content, told):
    put(data)
    members = changed(photographs("Flicker8k_Dataset"), ending, content)
    pack_zip(data / "flickr8k" / "Flickr8k_Dataset.zip", members)
    with pytest.raises(DataError, match=told):
        load_flickr8k(size=16)
    assert not list((places.cache_root() / "flickr8k").iterdir())  # no half array is left


def test_a_photograph_that_nobody_asks_for_may_be_broken(data):
    put(data)
    members = changed(photographs("Flicker8k_Dataset"), NAMES[11], b"GIF89a")
    pack_zip(data / "flickr8k" / "Flickr8k_Dataset.zip", members)
    check(load_flickr8k(size=16))


def test_a_photograph_in_two_folders_is_refused(data):
    put(data)
    members = photographs("Flicker8k_Dataset") | {f"more/{NAMES[2]}": photograph(5)}
    pack_zip(data / "flickr8k" / "Flickr8k_Dataset.zip", members)
    with pytest.raises(DataError, match="in two folders"):
        load_flickr8k(size=16)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive at all" * 99])
@pytest.mark.parametrize("name", ["Flickr8k_Dataset.zip", "Flickr8k_text.zip"])
def test_broken_archives_are_named(data, name, content):
    put(data)
    (data / "flickr8k" / name).write_bytes(content)
    with pytest.raises(DataError, match=rf"{name}: this file .*\n.*copy it there again"):
        load_flickr8k(size=16)


@pytest.mark.parametrize(
    ("ending", "old", "new", "told"),
    [
        ("trainImages.txt", None, None, "does not hold Flickr_8k.trainImages.txt"),
        ("token.txt", b"#3\t", b"#2\t", "holds the captions"),
        ("token.txt", b"#3\t", b" 3 ", "the line 4"),
        ("token.txt", b"Picture a", b"\xff\xfe", "which is no text"),
        ("testImages.txt", NAMES[8].encode(), NAMES[0].encode(), f"names {NAMES[0]} twice"),
        ("testImages.txt", NAMES[8].encode() + b"\n", b"", "names 2 pictures for test, expected 3"),
        ("testImages.txt", NAMES[8].encode(), b"other.jpg", r"captions \[\] of other.jpg"),
    ],
)
def test_broken_texts_are_named(data, ending, old, new, told):
    put(data)
    members = texts()
    name = next(n for n in members if n.endswith(ending))
    content = None if old is None else members[name].replace(old, new)
    assert content != members[name]
    pack_zip(data / "flickr8k" / "Flickr8k_text.zip", changed(members, ending, content))
    with pytest.raises(DataError, match=told):
        load_flickr8k(size=16)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"image\tn", b"picture\tn", "begins with 'picture"),
        (b"\t3\ttrain", b"\tthree\ttrain", "the line 5"),
        (b"\tdev\t", b"\tval\t", "the line 32"),
        (b"\t4\ttrain", b"\t5\ttrain", r"the captions \[0, 1, 2, 3, 5\]"),
        (b" , said", b"\t, said", "the line 2"),
    ],
)
def test_broken_tables_are_named(data, old, new, told):
    put(data, "tar", "tsv")
    assert old in table()
    (data / "flickr8k" / "flickr8k_captions.tsv").write_bytes(table().replace(old, new))
    with pytest.raises(DataError, match=told):
        load_flickr8k(size=16)


@pytest.mark.parametrize("size", [0, 2000, 2.5, True])
def test_sizes_out_of_range(data, size):
    put(data)
    with pytest.raises(ValueError, match="size: expected 1 to 1024"):
        load_flickr8k(size=size)


@pytest.fixture
def real(monkeypatch):
    """The folder with the real Flickr8k, or skip."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    for folder in filter(None, (REAL_DATA, beside)):
        if Path(folder, "flickr8k").is_dir():
            monkeypatch.setenv("COURSE_DATA", str(folder))
            return Path(folder, "flickr8k")
    pytest.skip("Flickr8k is neither in COURSE_DATA nor in ../shared/data")


def test_real_texts_agree_in_both_layouts(real):
    layouts = [real / name for name in flickr8k_files.TEXTS if (real / name).exists()]
    found = [flickr8k_files.read_texts(path) for path in layouts]
    assert [len(names) for names in found[0].splits.values()] == [6000, 1000, 1000]
    assert len(found[0].captions) == 8000
    assert all(other == found[0] for other in found[1:])
    first = found[0].captions["1000268201_693b08cb0e.jpg"]
    assert first[1] == "A girl going into a wooden building ."


def test_real_photographs(real):
    """A few of them: the whole set takes a while, and `results --full` reads it."""
    path = flickr8k_files.find(flickr8k_files.PICTURES, "photographs")
    wanted = flickr8k_files.read_texts(flickr8k_files.find(flickr8k_files.TEXTS, "captions"))
    seen = set()
    for name, content in flickr8k_files.read_photographs(path):
        assert content.startswith(b"\xff\xd8")
        seen.add(name)
    assert len(seen) == 8091
    assert wanted.captions.keys() <= seen
