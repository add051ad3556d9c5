"""Where files are looked for, in which order, and what a wrong folder is answered with."""

from __future__ import annotations

import gzip

import pytest
from data_helpers import CONTENT, NAME, put

from course_utils.data import DataError, find_file, places, read_file, resolve_profile
from course_utils.data.registry import registry_path


@pytest.fixture
def offline(monkeypatch):
    monkeypatch.setenv("COURSE_OFFLINE", "1")


@pytest.fixture
def course_data(monkeypatch, tmp_path):
    folder = tmp_path / "my data"
    monkeypatch.setenv("COURSE_DATA", str(folder))
    return folder


def test_course_data_before_shared_before_cache(
    monkeypatch, tmp_path, registry, course_data, cache, mirror
):
    sets = registry(mirror("fine"))
    monkeypatch.setattr(places, "beside_checkout", lambda: tmp_path / "shared")
    expected = [
        put(course_data / "numbers"),
        put(tmp_path / "shared" / "numbers"),
        put(cache),
    ]
    for path in expected:
        assert find_file("numbers", NAME, sets) == path
        assert read_file("numbers", NAME, sets) == CONTENT
        if path == expected[0]:
            monkeypatch.delenv("COURSE_DATA")
        path.unlink()
    assert mirror.asked == []
    assert find_file("numbers", NAME, sets) == cache / NAME
    assert mirror.asked == ["fine"]


@pytest.mark.parametrize("where", ["numbers", "."])
@pytest.mark.parametrize("name", [NAME, "numbers.bin"])
def test_course_data_in_a_folder_or_flat_packed_or_not(offline, registry, course_data, where, name):
    path = put(course_data / where, name=name)
    sets = registry("http://127.0.0.1:9/")
    assert find_file("numbers", NAME, sets).samefile(path)
    assert read_file("numbers", NAME, sets) == CONTENT


def test_packed_name_with_unpacked_content_is_accepted(offline, registry, course_data):
    course_data.mkdir()
    (course_data / NAME).write_bytes(CONTENT)
    assert read_file("numbers", NAME, registry("http://127.0.0.1:9/")) == CONTENT


def test_course_data_that_does_not_exist(registry, course_data, mirror, cache):
    put(cache)
    with pytest.raises(DataError, match="no such folder") as error:
        find_file("numbers", NAME, registry(mirror("fine")))
    assert str(course_data) in str(error.value)
    assert "unset it" in str(error.value)
    assert mirror.asked == []


def test_course_data_that_is_a_file(registry, course_data):
    course_data.write_text("x")
    with pytest.raises(DataError, match="a file, not a folder"):
        find_file("numbers", NAME, registry("http://127.0.0.1:9/"))


@pytest.mark.parametrize("level", ["deep/numbers", "deep/deeper"])
def test_course_data_one_level_too_high_names_the_right_folder(registry, course_data, level):
    path = put(course_data / level)
    with pytest.raises(DataError, match="none of the course's files") as error:
        find_file("numbers", NAME, registry("http://127.0.0.1:9/"))
    assert str(path.parent) in str(error.value)


def test_course_data_with_other_course_files_only_goes_on(registry, course_data, cache):
    other = f"""
[[numbers.files]]
name = "other.bin"
sha256 = "{"0" * 64}"
bytes = 5"""
    sets = registry("http://127.0.0.1:9/", extra=other)
    put(course_data / "numbers", b"other", "other.bin")
    path = put(cache)
    assert find_file("numbers", NAME, sets) == path


def test_broken_file_placed_by_hand_is_named_and_kept(registry, course_data, mirror):
    path = put(course_data / "numbers", CONTENT[:-1])
    with pytest.raises(DataError, match="cut off") as error:
        find_file("numbers", NAME, registry(mirror("fine")))
    assert str(path) in str(error.value)
    assert "COURSE_DATA" in str(error.value)
    assert path.exists()
    assert mirror.asked == []


def test_offline_says_all_places_and_what_to_do(offline, registry, mirror, cache):
    url = mirror("fine") + NAME
    with pytest.raises(DataError) as error:
        find_file("numbers", NAME, registry(mirror("fine")))
    text = str(error.value)
    for part in (NAME, url, f"into\n       {cache}\n", "COURSE_OFFLINE", "COURSE_DATA", "quick"):
        assert part in text
    assert text.count("not there") == 1
    assert mirror.asked == []
    assert not cache.exists()


def test_offline_zero_means_online(monkeypatch, registry, mirror):
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    assert read_file("numbers", NAME, registry(mirror("fine"))) == CONTENT


def test_cache_of_a_checkout_and_of_an_installed_package(monkeypatch, tmp_path):
    monkeypatch.delenv("COURSE_CACHE")
    (tmp_path / "datasets").mkdir()
    monkeypatch.setattr(places, "checkout", lambda: tmp_path)
    assert places.cache_root() == tmp_path / "datasets" / "cache"
    monkeypatch.setattr(places.os, "access", lambda *args: False)
    assert tmp_path not in places.cache_root().parents
    monkeypatch.setattr(places, "checkout", lambda: None)
    assert places.cache_root().name == "course_utils"


def test_shared_data_is_beside_the_checkout(monkeypatch, tmp_path):
    monkeypatch.undo()  # the fixture hides the function that is tested here
    monkeypatch.setattr(places, "checkout", lambda: tmp_path / "course")
    assert places.beside_checkout() is None
    (tmp_path / "shared" / "data").mkdir(parents=True)
    assert places.beside_checkout() == tmp_path / "shared" / "data"
    monkeypatch.setattr(places, "checkout", lambda: None)
    assert places.beside_checkout() is None


def test_registry_is_found_in_the_checkout_and_in_a_wheel(monkeypatch, tmp_path):
    from course_utils.data import registry

    assert places.checkout() / "datasets" / "registry.toml" == registry_path()
    module = tmp_path / "site-packages" / "course_utils" / "data" / "registry.py"
    module.parent.mkdir(parents=True)
    monkeypatch.setattr(registry, "__file__", str(module))
    with pytest.raises(DataError, match="install the package again"):
        registry_path()
    module.with_name("registry.toml").write_text("")
    assert registry_path() == module.with_name("registry.toml").resolve()


def test_package_file_is_read_from_the_package(offline):
    assert find_file("digits-quick", "mnist_5k.csv.gz").is_file()


@pytest.mark.parametrize(
    ("package", "inside", "reason"),
    [
        ("no_such_package_at_all", "x", "is not installed"),
        ("pooch", "no/such/file", "is missing"),
        ("pooch", "core.py", "neither gzip-packed nor|holds more"),
    ],
)
def test_package_without_its_file(registry, package, inside, reason):
    sets = registry(extra=f'package = "{package}"\npackage_path = "{inside}"')
    with pytest.raises(DataError, match=reason) as error:
        read_file("numbers", NAME, sets)
    assert f"pip install --force-reinstall --no-deps {package}" in str(error.value)


@pytest.mark.parametrize(
    ("argument", "variable", "expected"),
    [
        (None, None, "quick"),
        (None, "", "quick"),
        (None, "full", "full"),
        ("quick", "full", "quick"),
        (" Full ", None, "full"),
    ],
)
def test_profile(monkeypatch, argument, variable, expected):
    if variable is not None:
        monkeypatch.setenv("COURSE_PROFILE", variable)
    assert resolve_profile(argument) == expected


def test_profile_errors(monkeypatch):
    with pytest.raises(ValueError, match=r"^profile: expected .* got 'ful'; meant 'full'"):
        resolve_profile("ful")
    with pytest.raises(ValueError, match="got 3"):
        resolve_profile(3)
    monkeypatch.setenv("COURSE_PROFILE", "fast")
    with pytest.raises(ValueError, match=r"COURSE_PROFILE: expected .* got 'fast'"):
        resolve_profile()


def test_gzip_made_by_another_program_is_the_same_file(offline, registry, course_data):
    course_data.mkdir()
    (course_data / NAME).write_bytes(gzip.compress(CONTENT, compresslevel=1, mtime=99))
    assert read_file("numbers", NAME, registry("http://127.0.0.1:9/")) == CONTENT
