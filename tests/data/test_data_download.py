"""What the network and the disk can do, and that each ends well or in one clear error."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from data_helpers import CONTENT, NAME, put, registry_text

import course_utils
from course_utils.data import DataError, download, find_file, read_file

FAULTS = {
    "404": "404: the file is no longer at this address",
    "500": r"500 \(Internal Server Error\)",
    "half": "broke off",
    "cut": "cut off: it ends after",
    "hang": "no answer in time",
    "wrong": "right length but other content",
    "page": "is a web page",
    "bomb": "holds more than the 102,400 bytes",
    "long": "holds more than|longer than",
    "endless": "longer than",
    "empty": r"empty \(0 bytes\)",
}


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(download, "TIMEOUTS_S", (5.0, 0.5))


def assert_clean(folder: Path, *names: str) -> None:
    assert sorted(path.name for path in folder.glob("*")) == sorted(names)
    assert list(folder.glob(".*")) == []


@pytest.mark.parametrize("mode", ["fine", "unpacked", "encoded", "slow"])
def test_good_mirror(registry, mirror, cache, mode, capsys):
    sets = registry(mirror(mode))
    assert find_file("numbers", NAME, sets) == cache / NAME
    assert read_file("numbers", NAME, sets) == CONTENT
    assert mirror.asked == [mode]  # the second time from the cache
    assert_clean(cache, NAME)
    assert capsys.readouterr().err.startswith(f"Downloading {NAME} (0.1 MB) from 127.0.0.1")


@pytest.mark.parametrize("mode", [mode for mode in FAULTS if mode != "hang"])
def test_fault_then_good_mirror(registry, mirror, cache, mode):
    assert read_file("numbers", NAME, registry(mirror(mode), mirror("fine"))) == CONTENT
    assert mirror.asked == [mode, "fine"]
    assert_clean(cache, NAME)


@pytest.mark.parametrize("mode", FAULTS)
def test_fault_at_the_only_mirror(registry, mirror, cache, mode, request):
    if mode == "hang":
        request.getfixturevalue("impatient")
    started = time.monotonic()
    with pytest.raises(DataError, match=FAULTS[mode]) as error:
        read_file("numbers", NAME, registry(mirror(mode)))
    assert time.monotonic() - started < 4
    text = str(error.value)
    for part in (NAME, mirror(mode) + NAME, str(cache), "COURSE_DATA", "What to do", "'quick'"):
        assert part in text
    assert_clean(cache)


def test_every_mirror_that_failed_is_named(registry, mirror):
    with pytest.raises(DataError) as error:
        find_file("numbers", NAME, registry(mirror("404"), mirror("page")))
    assert f"{mirror('404')}{NAME}: the server answers 404" in str(error.value)
    assert f"{mirror('page')}{NAME}: what arrived is a web page" in str(error.value)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://no-such-host.invalid/", "name could not be found"),
        ("http://127.0.0.1:9/", "connection refused"),
        ("http://[broken/", "InvalidURL"),
    ],
)
def test_no_network(registry, cache, address, reason):
    started = time.monotonic()
    with pytest.raises(DataError, match=reason):
        find_file("numbers", NAME, registry(address))
    assert time.monotonic() - started < 4
    assert_clean(cache)


@pytest.mark.parametrize("broken", [CONTENT[:-1], CONTENT[::-1], CONTENT + b"x", b""])
def test_broken_file_in_the_cache_is_replaced(registry, mirror, cache, broken, capsys):
    put(cache, broken)
    assert read_file("numbers", NAME, registry(mirror("fine"))) == CONTENT
    assert "it was removed" in capsys.readouterr().err
    assert_clean(cache, NAME)


def test_half_a_packed_file_in_the_cache_offline(monkeypatch, registry, cache):
    path = put(cache)
    path.write_bytes(path.read_bytes()[:-20])
    monkeypatch.setenv("COURSE_OFFLINE", "1")
    with pytest.raises(DataError, match=r"cut off.*it was removed"):
        find_file("numbers", NAME, registry("http://127.0.0.1:9/"))
    assert_clean(cache)


def test_disk_that_is_nearly_full(monkeypatch, registry, mirror, cache):
    usage = shutil.disk_usage("/")._replace(free=50_000)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match=r"no space left.*50,000 bytes are free") as error:
        find_file("numbers", NAME, registry(mirror("fine")))
    assert "COURSE_CACHE" in str(error.value)
    assert mirror.asked == []
    assert_clean(cache)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_disk_that_fills_up_while_writing(monkeypatch, registry, mirror, cache, number):
    def full(self, piece):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(download._LimitedWriter, "write", full)
    with pytest.raises(DataError, match="no space left"):
        find_file("numbers", NAME, registry(mirror("fine"), mirror("fine")))
    assert mirror.asked == ["fine"]  # another mirror would not help
    assert_clean(cache)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_disk_that_is_full_when_the_last_bytes_are_written(monkeypatch, registry, mirror, cache):
    real = os.fdopen

    def onto_full_device(handle, mode):
        os.close(handle)
        return real(os.open("/dev/full", os.O_WRONLY), mode, 1 << 20)

    monkeypatch.setattr(download.os, "fdopen", onto_full_device)
    with pytest.raises(DataError, match="no space left"):
        find_file("numbers", NAME, registry(mirror("fine")))
    assert_clean(cache)


def test_cache_folder_that_cannot_be_made(monkeypatch, tmp_path, registry, mirror):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "a file"))
    with pytest.raises(DataError, match="not writable") as error:
        find_file("numbers", NAME, registry(mirror("fine")))
    assert "set COURSE_CACHE" in str(error.value)
    assert mirror.asked == []


@pytest.fixture
def read_only(monkeypatch):
    """Refuse new files as a read-only folder does; chmod means nothing to root."""

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(download.tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(download.tempfile, "mkstemp", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)


def test_read_only_cache_serves_what_it_has(read_only, registry, cache):
    put(cache)
    assert read_file("numbers", NAME, registry("http://127.0.0.1:9/")) == CONTENT


def test_read_only_cache_with_a_broken_file(read_only, registry, mirror, cache, capsys):
    put(cache, CONTENT[:-1])
    with pytest.raises(DataError, match=r"not writable \(Read-only file system\)"):
        find_file("numbers", NAME, registry(mirror("fine")))
    assert "could not be removed" in capsys.readouterr().err


def test_interrupted_by_the_user(monkeypatch, registry, mirror, cache):
    def interrupt(self, piece):
        raise KeyboardInterrupt

    monkeypatch.setattr(download._LimitedWriter, "write", interrupt)
    with pytest.raises(KeyboardInterrupt):
        find_file("numbers", NAME, registry(mirror("fine")))
    assert_clean(cache)


def test_leftovers_of_a_crash_are_cleared_after_a_day(registry, mirror, cache):
    cache.mkdir(parents=True)
    old, new = cache / f".{NAME}.old.part", cache / f".{NAME}.new.part"
    old.touch()
    new.touch()  # another process may be writing this one
    os.utime(old, (time.time() - 90_000,) * 2)
    find_file("numbers", NAME, registry(mirror("fine")))
    assert [path.name for path in cache.glob(".*")] == [new.name]


def test_the_file_appears_only_when_complete(monkeypatch, registry, mirror, cache):
    seen = []
    real = download.verify_file

    def look(path, entry):
        seen.append((cache / NAME).exists())
        real(path, entry)

    monkeypatch.setattr(download, "verify_file", look)
    find_file("numbers", NAME, registry(mirror("wrong"), mirror("slow")))
    assert seen == [False, False]


def test_the_file_is_closed_and_renamed_not_copied(monkeypatch, registry, mirror, cache):
    files, renamed = [], []
    fdopen, replace = os.fdopen, os.replace

    def remember(*args):
        files.append(fdopen(*args))
        return files[-1]

    def look(source, target):
        renamed.append((files[-1].closed, Path(source).parent, target))
        replace(source, target)

    monkeypatch.setattr(download.os, "fdopen", remember)
    monkeypatch.setattr(download.os, "replace", look)
    find_file("numbers", NAME, registry(mirror("fine")))
    assert renamed == [(True, cache, cache / NAME)]


def test_target_held_open_by_another_process(monkeypatch, registry, mirror, cache):
    """Windows refuses to replace an open file; the other's copy will do."""

    def refuse(source, target):
        put(cache)
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(download.os, "replace", refuse)
    assert read_file("numbers", NAME, registry(mirror("fine"))) == CONTENT
    assert_clean(cache, NAME)


def test_file_that_vanishes_after_the_download(monkeypatch, registry, mirror, cache):
    from course_utils.data import fetch

    def download_and_lose(entry, folder):
        path, failures = download.download(entry, folder)
        path.unlink()
        return path, failures

    monkeypatch.setattr(fetch, "download", download_and_lose)
    with pytest.raises(DataError, match="cannot be read"):
        read_file("numbers", NAME, registry(mirror("fine")))


def test_two_processes_at_once(tmp_path, mirror, cache):
    path = tmp_path / "shared-registry.toml"
    path.write_text(registry_text([mirror("slow")]), encoding="utf-8")
    program = (
        "import sys, pathlib, hashlib\n"
        "from course_utils.data import read_file\n"
        "from course_utils.data.registry import load_registry\n"
        "sets = load_registry(pathlib.Path(sys.argv[1]))\n"
        "print(hashlib.sha256(read_file('numbers', sys.argv[2], sets)).hexdigest())\n"
    )
    root = Path(course_utils.__file__).resolve().parents[1]
    command = [sys.executable, "-c", program, str(path), NAME]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen(command, env=environment, **pipes) for _ in range(2)]
    results = [run.communicate(timeout=20) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], results
    assert results[0][0] == results[1][0] != ""
    assert_clean(cache, NAME)
