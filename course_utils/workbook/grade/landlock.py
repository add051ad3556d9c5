"""Close the disk for this process: what may be read, and the one folder to write in."""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every machine
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ALL_BY_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_NETWORK, _SCOPED = 0b11, 0b11  # TCP bind and connect; abstract sockets and signals
_WRITE = sum(1 << bit for bit in (1, 4, 5, 7, 8, 14))  # files and folders, no links or devices
_ONLY_FILES = (1 << 1) | _READ_FILE | (1 << 14)


def close_disk(readable: Iterable[Path], listed: Iterable[Path], writable: Iterable[Path]) -> int:
    """Forbid every file but these, for good.

    Args:
        readable: may be read, with all below.
        listed: folders whose names may be listed, with all below.
        writable: may be read and written, with all below.

    Returns:
        The version of Landlock that is in force.

    Raises:
        OSError: this system has none.
    """
    if platform.system() != "Linux":
        raise OSError("Landlock is part of Linux")
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        raise OSError(ctypes.get_errno(), "Landlock is switched off")
    handled = _ALL_BY_VERSION[max(v for v in _ALL_BY_VERSION if v <= version)]
    attributes = struct.pack(
        "QQQ", handled, _NETWORK if version >= 4 else 0, _SCOPED if version >= 6 else 0
    )
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = libc.syscall(_CREATE, ctypes.create_string_buffer(attributes), size, 0)
    if rules < 0:
        raise OSError(ctypes.get_errno(), "no rules for the disk")
    try:
        for paths, rights in (
            (readable, _READ_FILE | _READ_DIR),
            (listed, _READ_DIR),
            (writable, _WRITE | _READ_FILE | _READ_DIR),
        ):
            for path in paths:
                _allow(libc, rules, path, rights & handled)
        if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.syscall(_RESTRICT, rules, 0) != 0:
            raise OSError(ctypes.get_errno(), "the rules for the disk were refused")
    finally:
        os.close(rules)
    return version


def _allow(libc: ctypes.CDLL, rules: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there need not be allowed
    try:
        rights = rights if os.path.isdir(path) else rights & _ONLY_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, handle))
        if libc.syscall(_ADD, rules, 1, rule, 0) != 0:
            raise OSError(ctypes.get_errno(), f"no rule for {path}")
    finally:
        os.close(handle)
