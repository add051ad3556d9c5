"""Where data files are looked for and kept: folders only, nothing is opened here."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


def checkout() -> Path | None:
    """The repository this package runs from, or None when it was installed as a wheel."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "datasets" / "registry.toml").is_file() else None


def course_data() -> Path | None:
    """The folder that COURSE_DATA names, absolute, existing or not; None when it is not set."""
    value = os.environ.get("COURSE_DATA", "").strip()
    return Path(value).expanduser().absolute() if value else None


def beside_checkout() -> Path | None:
    """`../shared/data` beside the checkout, one copy for a whole class; None if absent."""
    root = checkout()
    folder = root.parent / "shared" / "data" if root else None
    return folder if folder and folder.is_dir() else None


def placed_by_hand(set_name: str, file_name: str) -> Path | None:
    """A copy that somebody put on this computer, a file or a folder; None without one."""
    data, shared = course_data(), beside_checkout()
    folders = [] if data is None else [data / set_name, data]
    folders += [] if shared is None else [shared / set_name]
    return next((f / file_name for f in folders if os.path.exists(f / file_name)), None)


def cache_root() -> Path:
    """The folder for downloads: COURSE_CACHE, else the checkout's, else the user's own."""
    value = os.environ.get("COURSE_CACHE", "").strip()
    if value:
        return Path(value).expanduser().absolute()
    root = checkout()
    if root and os.access(root / "datasets", os.W_OK):
        return root / "datasets" / "cache"
    import pooch  # here, because it takes 0.1 s that most lessons need not spend

    return Path(pooch.os_cache("course_utils"))


def offline() -> bool:
    """Whether COURSE_OFFLINE asks to leave the network alone."""
    value = os.environ.get("COURSE_OFFLINE", "").strip().lower()
    return value not in ("", "0", "false", "no", "off")


@contextlib.contextmanager
def no_downloads() -> Iterator[None]:
    """Only what is on this computer: to look what is there, nobody waits for the network."""
    before = os.environ.get("COURSE_OFFLINE")
    os.environ["COURSE_OFFLINE"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["COURSE_OFFLINE"]
        else:
            os.environ["COURSE_OFFLINE"] = before
