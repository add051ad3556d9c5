"""COCO's folder layout: parts, limits, and what may be wrong with it."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from photo_helpers import photograph, tells, unpack

from course_utils.data import DataError, coco_captions, places
from course_utils.data.coco_captions import load_coco_captions

TRAIN = list(range(30, 0, -1))  # not in order
TEST = [41, 40, 42]


def name(number: int) -> str:
    return f"{number:012d}.jpg"


def sentences(number: int) -> list[str]:
    return [f"Thing {number} seen from side {k}." for k in range(5 + number % 2)]


def annotations(numbers) -> dict:
    """As COCO writes them: in no order, with fields that nobody here needs."""
    images = [{"id": n, "file_name": name(n), "height": 12, "license": 3} for n in numbers]
    notes = [
        {"id": 1000 * n + k, "image_id": n, "caption": f"{text}\n"}
        for n in numbers
        for k, text in reversed(list(enumerate(sentences(n))))
    ]
    return {"info": {"year": 2017}, "licenses": [], "images": images, "annotations": notes}


def files(year: str, numbers) -> dict[str, bytes]:
    members = {f"{year}/{name(n)}": photograph(n) for n in numbers}
    told = json.dumps(annotations(numbers)).encode()
    return members | {f"annotations/captions_{year}.json": told}


@pytest.fixture
def folder(tmp_path):
    return unpack(tmp_path / "coco", files("train2017", TRAIN) | files("val2017", TEST))


def test_parts(folder):
    captions = load_coco_captions(folder, size=8, min_count=1)
    assert [len(captions.train), len(captions.validation), len(captions.test)] == [27, 3, 3]
    assert {*captions.train.names, *captions.validation.names} == {name(n) for n in TRAIN}
    assert captions.test.names == (name(40), name(41), name(42))
    for part in (captions.train, captions.validation, captions.test):
        assert list(part.names) == sorted(part.names)
        assert (part.pictures.shape[1:], part.pictures.dtype) == ((3, 8, 8), np.uint8)
        for file, picture, texts in zip(part.names, part.pictures, part.texts, strict=True):
            number = int(file[:12])
            assert tells(picture, number)
            assert texts == tuple(sentences(number))
    assert "41" not in captions.vocabulary  # a word of the test part
    assert captions.profile == "full"
    assert "Lin et al. 2014" in captions.source


def test_the_same_parts_every_time_and_smaller_within_larger(folder):
    whole, few, fewer = (load_coco_captions(folder, limit=k, size=8) for k in (None, 9, 2))
    assert [len(few.train), len(few.validation), len(few.test)] == [9, 3, 3]
    assert [len(fewer.train), len(fewer.validation), len(fewer.test)] == [2, 2, 2]
    for part in ("train", "validation", "test"):
        nested = [set(getattr(captions, part).names) for captions in (fewer, few, whole)]
        assert nested[0] <= nested[1] <= nested[2]
    assert load_coco_captions(folder, limit=9, size=8).train.names == few.train.names
    # Drawn, and not simply the first.
    assert few.train.names != whole.train.names[:9]


def test_validation_has_at_most_its_share(folder, monkeypatch):
    monkeypatch.setattr(coco_captions, "_VALIDATION", 2)
    captions = load_coco_captions(folder, size=8)
    assert [len(captions.train), len(captions.validation)] == [28, 2]


def test_found_in_course_data(folder, monkeypatch):
    with pytest.raises(DataError, match=r"COURSE_DATA \(not set\).*\n.*cocodataset.org"):
        load_coco_captions(size=8)
    monkeypatch.setenv("COURSE_DATA", str(folder.parent))
    assert len(load_coco_captions(size=8).train) == 27
    monkeypatch.delenv("COURSE_DATA")
    monkeypatch.setattr(places, "beside_checkout", lambda: folder.parent)
    assert len(load_coco_captions(size=8).train) == 27


def test_other_photographs_are_unpacked_anew(folder):
    before = load_coco_captions(folder, size=8).test.pictures.copy()
    unpack(folder, {f"val2017/{name(41)}": photograph(7)})
    after = load_coco_captions(folder, size=8).test
    assert tells(after.pictures[1], 7)
    np.testing.assert_array_equal(after.pictures[0], before[0])


def drop(folder, what):
    path = folder / what
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("annotations/captions_val2017.json", r"captions_val2017.json: this file cannot be read"),
        ("val2017", r"val2017: this file is not there; .*unpacked"),
        (
            f"train2017/{name(30)}",
            rf"train2017: this folder lacks 1 of \d+ photographs: {name(30)}",
        ),
    ],
)
def test_missing_parts_are_named(folder, what, told):
    drop(folder, what)
    with pytest.raises(DataError, match=told):
        load_coco_captions(folder, size=8)


def without(key, field=None):
    told = annotations(TEST)
    if field is None:
        del told[key]
    else:
        del told[key][1][field]
    return told


def with_value(key, field, value):
    told = annotations(TEST)
    told[key][1][field] = value
    return told


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("{", "not laid out as COCO's captions.*JSONDecodeError"),
        ([1], "not laid out"),
        ({}, "KeyError: 'images'"),
        (without("annotations"), "KeyError: 'annotations'"),
        (without("images", "file_name"), "KeyError: 'file_name'"),
        (without("annotations", "caption"), "KeyError: 'caption'"),
        (with_value("annotations", "caption", None), "not laid out"),
        (with_value("annotations", "image_id", "41"), "is '41'"),
        (with_value("annotations", "image_id", 7), "captions for the photograph 7"),
        (with_value("images", "file_name", "../../x.jpg"), r"'../../x.jpg', expected one like"),
        (with_value("images", "file_name", name(41)), "names a photograph twice"),
        ({"images": [], "annotations": []}, "captions for 0 photographs"),
    ],
)
def test_broken_annotations_are_named(folder, told, message):
    text = told if isinstance(told, str) else json.dumps(told)
    path = folder / "annotations" / "captions_val2017.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=f"captions_val2017.json: this file .*{message}"):
        load_coco_captions(folder, size=8)


def test_photographs_without_captions_are_left_out(folder):
    told = annotations(TEST)
    told["annotations"] = [note for note in told["annotations"] if note["image_id"] != 41]
    path = folder / "annotations" / "captions_val2017.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    assert load_coco_captions(folder, size=8).test.names == (name(40), name(42))


@pytest.mark.parametrize("limit", [0, -1, 2.5, True])
def test_limits_out_of_range(folder, limit):
    with pytest.raises(ValueError, match="limit: expected a whole number from 1 on"):
        load_coco_captions(folder, limit=limit)
