import json
import math
import os
import time

import numpy as np
import pytest

from course_utils.sweep import SweepError
from course_utils.sweep.canonical import configuration
from course_utils.sweep.outcome import failed, finished
from course_utils.sweep.store import DamagedError, Identity, Store


def identity(seed=0, version="1", code=(("f", "abc"),), **values):
    return Identity("m.f", configuration(values or {"a": 1}), seed, version, dict(code))


VALUE = {
    "accuracy": np.float32(0.5),
    "epochs": np.int64(3),
    "ok": True,
    "none": None,
    "word": "é",
    "nan": math.nan,
    "history": {"loss": [1, np.float64(0.25), math.inf], "pairs": ((1, 2), (3, 4))},
    "weights": {"W1": np.arange(6.0).reshape(2, 3).T, "file": np.array(["a", "bc"])},
    "flags": np.array([True, False]),
    "scalar": np.array(2.5),
}


def the_file(folder, ending=".json"):
    (path,) = folder.glob(f"*{ending}")
    return path


def test_a_run_comes_back(tmp_path):
    Store(tmp_path).write(identity(), finished(VALUE, 1.5))
    back = Store(tmp_path).read(identity())
    result = json.loads(back.result)
    assert math.isnan(result.pop("nan"))
    assert result == {
        "accuracy": 0.5, "epochs": 3, "ok": True, "none": None, "word": "é", "scalar": 2.5,
        "history": {"loss": [1, 0.25, math.inf], "pairs": [[1, 2], [3, 4]]}, "weights": {},
    }  # fmt: skip
    assert (back.status, back.seconds, back.error) == ("finished", 1.5, None)
    arrays = Store(tmp_path).read_arrays(identity())
    assert arrays.keys() == {"weights.W1", "weights.file", "flags"}
    np.testing.assert_array_equal(arrays["weights.W1"], VALUE["weights"]["W1"], strict=True)
    np.testing.assert_array_equal(arrays["weights.file"], VALUE["weights"]["file"], strict=True)
    assert arrays["flags"].dtype == bool


def test_a_failure_comes_back(tmp_path):
    try:
        raise ValueError("too large")
    except ValueError as error:
        Store(tmp_path).write(identity(), failed(error, math.nan))
    back = Store(tmp_path).read(identity())
    assert back.status == "failed"
    assert math.isnan(back.seconds)
    assert back.error["type"] == "ValueError"
    assert back.error["message"] == "too large"


def test_arrays_are_copies():
    array = np.zeros(2)
    outcome = finished({"a": array}, 0.0)
    array[0] = 9
    assert outcome.arrays["a"][0] == 0


def test_every_part_of_the_identity_counts(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({"y": 1}, 0.0))
    assert store.read(identity()) is not None
    others = (
        identity(seed=1), identity(seed=None), identity(version="2"), identity(code=()),
        identity(a=1.0), Identity("m.g", configuration({"a": 1}), 0, "1", {"f": "abc"}),
    )  # fmt: skip
    assert [store.read(other) for other in others] == [None] * len(others)


def test_an_identity_with_nan_is_found(tmp_path):
    one = identity(a=math.nan)
    Store(tmp_path).write(one, finished({}, 0.0))
    assert Store(tmp_path).read(one) is not None


def test_a_file_that_is_cut_short_is_noticed_wherever(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({"y": 1.25, "h": [1, 2]}, 0.5))
    path = the_file(tmp_path)
    whole = path.read_bytes()
    assert store.read(identity()) is not None
    for length in range(len(whole) - 1):  # the last byte ends the line
        path.write_bytes(whole[:length])
        with pytest.raises(DamagedError):
            store.read(identity())


def test_a_changed_byte_is_noticed_or_means_nothing(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({"y": 1.25, "h": [1, 2]}, 0.5))
    path = the_file(tmp_path)
    whole, truth, noticed = path.read_bytes(), store.read(identity()), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            assert store.read(identity()) == truth  # a space became a tab, say
        except DamagedError:
            noticed += 1
    assert noticed > 0.9 * len(whole)


def test_a_number_changed_by_hand_is_noticed(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({"accuracy": 0.91}, 0.5))
    path = the_file(tmp_path)
    path.write_text(path.read_text().replace("0.91", "0.99"))
    with pytest.raises(DamagedError, match="was changed"):
        store.read(identity())


def test_another_runs_file_under_this_name_is_noticed(tmp_path):
    store = Store(tmp_path)
    store.write(identity(seed=1), finished({"y": 1}, 0.0))
    os.rename(the_file(tmp_path), tmp_path / f"{identity().name}.json")
    with pytest.raises(DamagedError, match="another run"):
        store.read(identity())


def test_damaged_and_missing_arrays_are_noticed(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({"W": np.ones(3)}, 0.0))
    path = the_file(tmp_path, ".npz")
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    for read in (store.read, store.read_arrays):
        with pytest.raises(DamagedError, match="other arrays"):
            read(identity())
    path.unlink()
    with pytest.raises(DamagedError, match="lacks its arrays"):
        store.read(identity())


def test_a_damaged_file_is_set_aside_once(tmp_path):
    store = Store(tmp_path)
    store.write(identity(), finished({}, 0.0))
    name = store.set_aside(identity())
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert name.endswith(".json.damaged")
    assert store.set_aside(identity()) == name  # another process was quicker


def test_the_newest_other_version_is_told(tmp_path):
    store = Store(tmp_path)
    store.write(identity(version="1"), finished({}, 0.0))
    store.write(identity(version="2"), finished({}, 0.0))
    for older, newer in (("1", "2"), ("2", "1")):
        os.utime(tmp_path / f"{identity(version=older).name}.json", (1, 1))
        os.utime(tmp_path / f"{identity(version=newer).name}.json", (2, 2))
        assert Store(tmp_path).others(identity(version="3"))["version"] == newer
    assert Store(tmp_path).others(identity(seed=1)) is None


def test_a_write_that_breaks_off_leaves_the_old_file(tmp_path, monkeypatch):
    store = Store(tmp_path)
    store.write(identity(), finished({"y": 1}, 0.0))

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(SweepError, match=r"No space left .* the runs before it are kept"):
        store.write(identity(), finished({"y": 2, "W": np.ones(2)}, 0.0))
    assert json.loads(store.read(identity()).result) == {"y": 1}
    assert len(list(tmp_path.iterdir())) == 1


def test_two_that_finish_the_same_run_do_not_mix(tmp_path, monkeypatch):
    """A writes its arrays, B writes both, A writes its file: it still finds its own arrays."""
    a, b = Store(tmp_path), Store(tmp_path)
    write, done = a._write, []

    def interrupted(path, content):
        write(path, content)
        if not done:
            done.append(True)
            b.write(identity(), finished({"who": "b", "W": np.full(2, 2.0)}, 0.0))

    monkeypatch.setattr(a, "_write", interrupted)
    a.write(identity(), finished({"who": "a", "W": np.full(2, 1.0)}, 0.0))
    assert json.loads(b.read(identity()).result)["who"] == "a"
    assert b.read_arrays(identity())["W"].tolist() == [1.0, 1.0]


def test_a_place_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SweepError, match=r"folder: expected .* folder=None"):
        Store(tmp_path / "file")


def test_only_looking_makes_no_folder(tmp_path):
    assert Store(tmp_path / "none", writable=False).read(identity()) is None
    assert not (tmp_path / "none").exists()


def test_leftovers_of_killed_processes_go_after_a_day(tmp_path):
    old, new = tmp_path / ".a.json.x.part", tmp_path / ".b.json.x.part"
    for path in (old, new):
        path.write_text("half")
    os.utime(old, (time.time() - 90_000,) * 2)
    Store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [new.name]


class Tensor:
    def detach(self):
        """Like PyTorch's."""


class History:
    def to_dict(self):
        """Like the course's."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.93, r"expected a dictionary such as .* got float; is the return missing"),
        (None, "got NoneType"),
        ({1: 2}, "names that are text, got 1"),
        ({"a": {"b": Tensor()}}, r"a\.b: .* got Tensor; use .item\(\)"),
        ({"h": History()}, r"h: .*use .to_dict\(\)"),
        ({"h": [1, object()]}, r"h\[1\]: .*got object"),
        ({"h": [np.ones(2)]}, r"h\[0\]: .*np.stack"),
        ({"h": np.array([[1], [1, 2]], dtype=object)}, "one of objects"),
    ],
)
def test_what_a_run_may_not_return(value, said):
    with pytest.raises(TypeError, match=said):
        finished(value, 0.0)
