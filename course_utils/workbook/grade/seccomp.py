"""A filter of system calls, so that an answer can compute and read, and nothing else.

What is not allowed by name does not exist (ENOSYS): no process, no thread, no socket, no
signal to another, no mount, no look into other memory. The filter is put into the kernel and
cannot be taken off again.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

from course_utils.workbook.grade.syscalls import ALLOWED, LOOKED_AT, MACHINES

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_KILL, _ALLOW, _ERROR = 0x80000000, 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _MACHINE, _FIRST_LOW, _SECOND_LOW = 0, 4, 16, 24
_X32 = 0x40000000
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_TERMINAL_ASKED = (0x5401, 0x5413, 0x541B, 0x5451)  # TCGETS, TIOCGWINSZ, FIONREAD, FIOCLEX
# Copies, flags and locks; not F_SETOWN and F_SETSIG, with which a pipe can kill a process.
_OF_DESCRIPTORS = (0, 1, 2, 3, 4, 5, 6, 7, 1030)
_NAMES = (15, 16, 0x53564D41)  # PR_SET_NAME, PR_GET_NAME, PR_SET_VMA


def close_system(machine: str | None = None) -> None:
    """Put the filter in force for this process, for good.

    Raises:
        OSError: this system has no such filters, or the machine is another.
    """
    if platform.system() != "Linux" or platform.machine() not in MACHINES:
        raise OSError(f"no filter for {platform.system()} on {platform.machine()}")
    code = program(machine or platform.machine(), os.getpid())
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    buffer = ctypes.create_string_buffer(code, len(code))
    about = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(about), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")


def program(machine: str, own_pid: int) -> bytes:
    """The filter as the kernel reads it.

    Args:
        machine: "x86_64" or "aarch64".
        own_pid: signals may be sent to this process alone.
    """
    at = MACHINES.index(machine)
    lines = [
        _line(_LOAD, _MACHINE),
        _line(_EQUAL, _AUDIT[machine], 1, 0),
        _line(_RETURN, _KILL),
        _line(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":  # the calls of another kind of program, by larger numbers
        lines += [_line(_AT_LEAST, _X32, 0, 1), _line(_RETURN, _KILL)]
    for number in sorted(pair[at] for pair in ALLOWED.values() if pair[at] is not None):
        lines += [_line(_EQUAL, number, 0, 1), _line(_RETURN, _ALLOW)]
    lines += _with_argument(LOOKED_AT["ioctl"][at], _SECOND_LOW, _TERMINAL_ASKED, errno.ENOTTY)
    lines += _with_argument(LOOKED_AT["fcntl"][at], _SECOND_LOW, _OF_DESCRIPTORS, errno.EPERM)
    lines += _with_argument(LOOKED_AT["prctl"][at], _FIRST_LOW, _NAMES, errno.EPERM)
    lines += _with_argument(LOOKED_AT["prlimit64"][at], _FIRST_LOW, (0, own_pid), errno.EPERM)
    lines += _with_argument(LOOKED_AT["tgkill"][at], _FIRST_LOW, (own_pid,), errno.EPERM)
    lines.append(_line(_RETURN, _ERROR | errno.ENOSYS))
    return b"".join(lines)


def _with_argument(number: int, offset: int, values: tuple[int, ...], otherwise: int) -> list:
    """Allow a call if one of its arguments is one of these values."""
    inner = [_line(_LOAD, offset)]
    for value in values:
        inner += [_line(_EQUAL, value, 0, 1), _line(_RETURN, _ALLOW)]
    inner.append(_line(_RETURN, _ERROR | otherwise))
    return [_line(_EQUAL, number, 0, len(inner)), *inner]


def _line(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
