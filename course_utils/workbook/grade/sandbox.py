"""Lock the child in: no network, no other process, one folder to write, limits on the rest.

Layer upon layer, each with another means of the system. `lock` puts them in force and says
which are; where network or disk stays open it refuses, unless a weak lock was asked for.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from course_utils.workbook.grade.landlock import close_disk
from course_utils.workbook.grade.seccomp import close_system

_SYSTEM = ("/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/share/zoneinfo", "/usr/local/lib")
_SMALL = ("/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom", "/dev/zero")
# What libraries read about the processor; the same on every Linux.
_SMALL += tuple(f"/{path}" for path in ("proc/cpuinfo", "proc/meminfo", "sys/devices/system/cpu"))
_NEW_NETWORK, _NEW_USER, _NEW_IPC = 0x40000000, 0x10000000, 0x08000000
_DIE_WITH_PARENT, _NOT_DUMPABLE, _DROP_CAPABILITY = 1, 4, 24

# What each layer is for; names of what `lock` returns.
NEEDED = ("network", "disk")


class LockError(Exception):
    """This machine cannot lock an answer in."""


def lock(settings: dict) -> dict[str, bool]:
    """Lock this process in, for good.

    Args:
        settings: "scratch" and "tree", folders; "hidden", folders that must not be read even
            below a readable one; "memory", "file", "seconds", limits; "allow_weak".

    Returns:
        Which protections are in force: "network", "disk", "processes" and what they rest on.

    Raises:
        LockError: network or disk is open, and "allow_weak" is not set.
    """
    done = dict.fromkeys(
        ("network", "disk", "processes", "limits", "namespaces", "landlock", "seccomp"), False
    )
    parent = os.getppid()
    _close_descriptors(settings["keep"])
    with contextlib.suppress(Exception):
        _limit(settings)
        done["limits"] = True
    with contextlib.suppress(Exception):
        done["namespaces"] = _leave_namespaces()
    with contextlib.suppress(Exception):
        _die_with(parent)
    if "landlock" not in settings.get("without", ()):
        with contextlib.suppress(OSError):
            hidden = [Path(p) for p in settings["hidden"]]
            readable, listed = split(_readable(settings), hidden)
            close_disk(readable, listed, [Path(settings["scratch"]), Path("/dev/null")])
            done["landlock"] = True
    if "seccomp" not in settings.get("without", ()):
        with contextlib.suppress(OSError):
            close_system()
            done["seccomp"] = True
    done["processes"] = done["seccomp"]
    done["network"] = done["seccomp"] or done["namespaces"]
    # Landlock closes files, the filter what Landlock leaves open: owners, modes, devices.
    done["disk"] = done["landlock"]
    missing = [what for what in NEEDED if not done[what]]
    if missing and not settings.get("allow_weak"):
        raise LockError(f"{' and '.join(missing)} cannot be closed on this machine")
    return done


def split(readable: Iterable[Path], hidden: list[Path]) -> tuple[list[Path], list[Path]]:
    """Folders to allow so that nothing hidden is below one of them.

    Args:
        readable: what shall be read.
        hidden: what must not.

    Returns:
        What may be read, and the folders around hidden ones, of which only names are listed.
    """
    allowed, listed = [], []
    todo = [p.resolve() for p in readable]
    # A folder around Python itself cannot be hidden; what is in it is not readable anyway.
    hidden = [h for h in map(Path.resolve, hidden) if not any(h in p.parents for p in todo)]
    while todo:
        path = todo.pop()
        if any(path == h or h in path.parents for h in hidden):
            continue
        if any(path in h.parents for h in hidden):
            listed.append(path)
            todo += list(path.iterdir()) if path.is_dir() else []
        else:
            allowed.append(path)
    return allowed, listed


def _readable(settings: dict) -> list[Path]:
    """Python, its packages, the system's libraries, and the copy of the course."""
    paths = [*_SYSTEM, *_SMALL, settings["tree"], sys.prefix]
    paths += [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    base = Path(sys.base_prefix)
    if base != Path("/usr"):
        paths.append(str(base / "lib"))
    return [Path(p) for p in dict.fromkeys(map(str, paths)) if os.path.exists(p)]


def _close_descriptors(keep: list[int]) -> None:
    """Close all that was inherited but the two pipes and the three that lead nowhere."""
    last = 3
    for number in [*sorted(keep), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(last, min(number, 65536))
        last = number + 1


def _limit(settings: dict) -> None:
    import resource

    memory, seconds = settings["memory"], int(settings["seconds"]) + 1
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_DATA: memory,
        resource.RLIMIT_FSIZE: settings["file"],
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_CPU: seconds,
    }
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))


def _leave_namespaces() -> bool:
    """A network and shared memory of one's own, both empty, where users may make them."""
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (_NEW_NETWORK | _NEW_IPC, _NEW_USER | _NEW_NETWORK | _NEW_IPC):
        if libc.unshare(flags) == 0:
            return True
    return False


def _die_with(parent: int) -> None:
    """End when the grader ends; be seen by no debugger; have none of root's powers."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIE_WITH_PARENT, 9, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    libc.prctl(_NOT_DUMPABLE, 0, 0, 0, 0)
    for capability in range(64):
        libc.prctl(_DROP_CAPABILITY, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    libc.capset(ctypes.byref(header), ctypes.byref(nothing))
