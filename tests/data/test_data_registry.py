"""The registry: the shipped one is right, and a slip in a new entry is named."""

from __future__ import annotations

import pytest
from data_helpers import NAME, registry_text

from course_utils.data import DataError, find_file, read_file
from course_utils.data.registry import get_set, load_registry

MNIST_BYTES = {
    "train-images-idx3-ubyte.gz": 16 + 60_000 * 784,
    "train-labels-idx1-ubyte.gz": 8 + 60_000,
    "t10k-images-idx3-ubyte.gz": 16 + 10_000 * 784,
    "t10k-labels-idx1-ubyte.gz": 8 + 10_000,
}


def test_mnist_entry():
    mnist = get_set("mnist")
    assert {file.name: file.bytes for file in mnist.files} == MNIST_BYTES
    for file in mnist.files:
        assert file.urls == (
            f"https://ossci-datasets.s3.amazonaws.com/mnist/{file.name}",
            f"https://storage.googleapis.com/cvdf-datasets/mnist/{file.name}",
        )


def test_real_files_match_the_registry(real_mnist):
    for name, size in MNIST_BYTES.items():
        assert len(read_file("mnist", name)) == size


def test_unknown_names():
    with pytest.raises(DataError, match=r"'mnits' is no known data set.*Meant 'mnist'"):
        get_set("mnits")
    with pytest.raises(DataError, match="known are train-images"):
        find_file("mnist", "nothing")


GOOD = registry_text(["https://example.org/a/"])


def test_good_entry_with_its_own_address(tmp_path):
    (tmp_path / "r.toml").write_text(GOOD + 'urls = ["https://example.org/other?x=1"]')
    file = load_registry(tmp_path / "r.toml")["numbers"].file(NAME)
    assert file.urls == ("https://example.org/other?x=1",)
    assert file.names == (NAME, "numbers.bin")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("licence = ", "license = ", "meant 'licence'"),
        ('title = "numbers"', "", "title: text"),
        ('title = "numbers"', "title = 3", "title: text"),
        (NAME, "../x.gz", "a plain file name"),
        ("[numbers]", '["../numbers"]', "a plain name"),
        ('sha256 = "', 'sha256 = "F', "64 hexadecimal"),
        ("bytes = 102400", "bytes = 0", "positive whole"),
        ("bytes = 102400", "bytes = true", "positive whole"),
        ("bytes = 102400", "", "either bytes or at_most"),
        ("bytes = 102400", "bytes = 5\nat_most = 5", "either bytes or at_most"),
        ("bytes = 102400", "at_most = 0", "at_most: a positive whole"),
        ("bytes = 102400", "bytes = 5\ndownload_bytes = -1", "download_bytes"),
        ('"gzip"', '"zip"', "compression: one of"),
        ("https://example.org", "ftp://example.org", r"http\(s\)"),
        ("['https://example.org/a/']", "[]", "either addresses or a package"),
        ('"gzip"', '"gzip"\npackage = "x"', "package and package_path"),
        ('"gzip"', '"gzip"\npackage = "x"\npackage_path = "y"', "either addresses or"),
        ("[[numbers.files]]", "[[numbers.fils]]", "meant 'files'"),
        ("[numbers]", "[numbers", "cannot be read"),
    ],
)
def test_slips_are_named(tmp_path, old, new, reason):
    text = GOOD.replace(old, new)
    if old == "[numbers]":
        text = text.replace("[[numbers.files]]", f"[{new}.files]" if "." in new else "")
    if '["../' in new:
        text = text.replace('[["../numbers"].files]', '[["../numbers".files]]')
    assert text != GOOD
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(DataError, match=reason) as error:
        load_registry(path)
    assert str(path) in str(error.value)


def test_two_files_of_one_name(tmp_path):
    file = GOOD[GOOD.index("[[numbers.files]]") :]
    (tmp_path / "r.toml").write_text(GOOD + file)
    with pytest.raises(DataError, match="names that differ"):
        load_registry(tmp_path / "r.toml")


def test_registry_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_registry(tmp_path / "none.toml")
