"""The filter of system calls and the split of folders, without a kernel."""

import os
import struct

import pytest

from course_utils.workbook.grade.sandbox import split
from course_utils.workbook.grade.scratch import delete, too_much
from course_utils.workbook.grade.seccomp import _AUDIT, program
from course_utils.workbook.grade.syscalls import ALLOWED, LOOKED_AT, MACHINES

ALLOW, ERROR, KILL = 0x7FFF0000, 0x00050000, 0x80000000
# Numbers that are the same in every table of the machine, from Linux's headers.
FORBIDDEN = {
    "x86_64": {"socket": 41, "fork": 57, "clone": 56, "clone3": 435, "execve": 59, "kill": 62,
               "ptrace": 101, "mount": 165, "chmod": 90, "io_uring_setup": 425, "memfd_create": 319,
               "unshare": 272, "bpf": 321, "process_vm_writev": 311, "symlink": 88, "shmget": 29},
    "aarch64": {"socket": 198, "clone": 220, "clone3": 435, "execve": 221, "kill": 129,
                "ptrace": 117, "mount": 40, "fchmodat": 53, "io_uring_setup": 425,
                "memfd_create": 279, "unshare": 97, "bpf": 280, "process_vm_writev": 271},
}  # fmt: skip


def run(code, number, machine, args=(0, 0)):
    """What the kernel's little machine would give for a call."""
    data = struct.pack("<iIQQQQQQQ", number, _AUDIT[machine], 0, *args, 0, 0, 0, 0)
    lines = [struct.unpack_from("HBBI", code, i) for i in range(0, len(code), 8)]
    at = value = 0
    while True:
        kind, if_true, if_false, constant = lines[at]
        at += 1
        if kind == 0x20:
            (value,) = struct.unpack_from("<I", data, constant)
        elif kind == 0x15:
            at += if_true if value == constant else if_false
        elif kind == 0x35:
            at += if_true if value >= constant else if_false
        else:
            assert kind == 0x06
            return constant


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_allows_what_is_listed_and_nothing_else(machine):
    code = program(machine, own_pid=77)
    assert len(code) // 8 < 4096
    allowed = {pair[MACHINES.index(machine)] for pair in ALLOWED.values()} - {None}
    looked_at = {pair[MACHINES.index(machine)] for pair in LOOKED_AT.values()}
    for number in range(600):
        given = run(code, number, machine)
        if number in allowed:
            assert given == ALLOW
        elif number not in looked_at:
            assert given & 0xFFFF0000 == ERROR
    for name, number in FORBIDDEN[machine].items():
        assert run(code, number, machine) & 0xFFFF0000 == ERROR, name


@pytest.mark.parametrize("machine", MACHINES)
def test_some_calls_are_allowed_with_some_arguments_only(machine):
    code = program(machine, own_pid=77)
    numbers = {name: pair[MACHINES.index(machine)] for name, pair in LOOKED_AT.items()}
    for name, args, fine in (
        ("fcntl", (0, 3), True),
        ("fcntl", (0, 8), False),
        ("fcntl", (0, 10), False),
        ("tgkill", (77, 1), True),
        ("tgkill", (1, 1), False),
        ("prlimit64", (0, 1), True),
        ("prlimit64", (1, 1), False),
        ("ioctl", (0, 0x5401), True),
        ("ioctl", (0, 0x5412), False),
        ("prctl", (15, 0), True),
        ("prctl", (1, 0), False),
    ):
        assert (run(code, numbers[name], machine, args) == ALLOW) == fine, (name, args)


def test_calls_of_other_machines_and_kinds_of_programs_kill():
    code = program("x86_64", own_pid=77)
    assert run(code, 0x40000000, "x86_64") == KILL
    assert run(code, 0, "aarch64") == KILL


def test_no_allowed_folder_holds_a_hidden_one(tmp_path):
    for name in ("lib/a", "lib/course/secret", "lib/b", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    allowed, listed = split(
        [tmp_path / "lib"], [tmp_path / "lib" / "course", tmp_path / "elsewhere"]
    )
    assert sorted(p.name for p in allowed) == ["a", "b"]
    assert [p.name for p in listed] == ["lib"]
    assert split([tmp_path / "lib"], [tmp_path / "elsewhere"]) == ([tmp_path / "lib"], [])
    assert split([tmp_path / "lib" / "a"], [tmp_path]) == ([tmp_path / "lib" / "a"], [])


def test_a_scratch_folder_of_any_depth_is_deleted_and_no_link_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("x", "utf-8")
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    (folder / ".0").write_text("x", "utf-8")
    here = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(1100):
            os.mkdir("d")
            os.chdir("d")
        (tmp_path / "scratch" / "d" / "link").symlink_to(outside)
    finally:
        os.chdir(here)
    assert "more than 200 files" in too_much(folder, 200, 10)
    delete(folder)
    assert not folder.exists()
    assert (outside / "kept").read_text("utf-8") == "x"


def test_a_scratch_folder_is_measured(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 600)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"x" * 600)
    assert too_much(tmp_path, 3, 1200) == ""
    assert "bytes" in too_much(tmp_path, 3, 1199)
    assert "files" in too_much(tmp_path, 2, 1200)
