"""Look at the environment and say, for each thing that is wrong, how to mend it."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.workbook import bootstrap
from course_utils.workbook.project import ROOT
from course_utils.workbook.terminal import say

_OLDEST, _NEWEST = (3, 10), (3, 13)
_GIGABYTES = 1.0
_AGAIN = "python -m course_utils setup"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``mend`` says what to do, or None where all is well."""

    about: str
    found: str
    mend: str | None = None


def examine() -> int:
    """Print what is found; returns 1 if anything is to be mended."""
    wrong = 0
    for finding in findings():
        wrong += finding.mend is not None
        say(f"{'✗' if finding.mend else '✓'} {finding.about}: {finding.found}")
        if finding.mend:
            say(f"    {finding.mend}")
    say("All is well." if not wrong else f"{wrong} to mend.")
    return min(wrong, 1)


def findings(root: Path = ROOT) -> Iterator[Finding]:
    """Python, environment, packages, data, kernel and disk, in this order."""
    yield python_finding(sys.version_info[:2])
    yield environment_finding(root)
    yield packages_finding(root / "requirements.txt")
    yield quick_data_finding()
    yield public_data_finding()
    yield _kernel_finding()
    yield disk_finding(shutil.disk_usage(root).free / 1e9)


def python_finding(version: tuple[int, int]) -> Finding:
    """Is this Python one of those that are tested?"""
    text = ".".join(map(str, version)) + f" ({sys.executable})"
    if version < _OLDEST:
        return Finding("Python", text, "install 3.10 or newer, delete .venv, run setup with it")
    if version > _NEWEST:
        text += "; newer than those tested (3.10 to 3.13), usually fine"
    return Finding("Python", text)


def environment_finding(root: Path) -> Finding:
    """Is .venv complete, or is another environment in use?"""
    if Path(sys.prefix).resolve() != (root / ".venv").resolve() and sys.prefix != sys.base_prefix:
        return Finding("environment", f"another one, {sys.prefix}")
    if bootstrap.is_ready(root):
        return Finding("environment", ".venv is complete")
    state = "not complete, or its requirements changed" if (root / ".venv").exists() else "missing"
    return Finding("environment", f".venv is {state}", f"run: {_AGAIN}")


def packages_finding(requirements: Path) -> Finding:
    """Are the packages of requirements.txt there, with these versions?"""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return Finding("packages", "none of the course's packages are here", f"run: {_AGAIN}")
    wrong, count = [], 0
    for line in requirements.read_text("utf-8").splitlines():
        text = line.split("#")[0].strip()
        if not text or text.startswith("-"):
            continue
        wanted = Requirement(text)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        count += 1
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{wanted.name} is missing")
            continue
        if not wanted.specifier.contains(version):
            wrong.append(f"{wanted.name} {version} instead of {wanted.specifier}")
    if wrong:
        mend = f'run: "{sys.executable}" -m pip install -r requirements.txt -e .'
        return Finding("packages", "; ".join(wrong), mend)
    return Finding("packages", f"all {count} are there, in the tested versions")


def quick_data_finding() -> Finding:
    """Are digits and weights of the quick profile there, as they come with packages?"""
    try:
        from course_utils.data.errors import DataError
        from course_utils.data.fetch import find_file
        from course_utils.data.registry import load_registry
    except ImportError as error:
        return Finding("data, quick profile", f"{error.name} is missing", f"run: {_AGAIN}")
    own = [f for s in load_registry().values() for f in s.files if f.package]
    for file in own:
        try:
            find_file(file.set_name, file.name)
        except (DataError, ImportError) as error:
            return Finding("data, quick profile", str(error), f"run: {_AGAIN}")
    names = ", ".join(sorted({file.set_name for file in own}))
    return Finding("data, quick profile", f"{names}: here, nothing has to be downloaded")


def public_data_finding() -> Finding:
    """Which public sets are on this computer already? None is needed for the quick profile."""
    about = "data, full profile"
    try:
        from course_utils.data.registry import load_registry
    except ImportError:
        return Finding(about, "not looked for")
    here, absent = [], []
    for data_set in load_registry().values():
        public = [file for file in data_set.files if not file.package]
        if public:
            (here if all(map(_is_here, public)) else absent).append(data_set.files[0].set_name)
    told = [f"{', '.join(here)}: here"] if here else []
    if absent:
        told.append(
            f"{', '.join(absent)}: not here in their published form; downloaded when a lesson "
            "asks, or taken from a folder that COURSE_DATA names"
        )
    return Finding(about, "; ".join(told))


def _is_here(file) -> bool:
    """Whether a public file is found without asking the network."""
    from course_utils.data.errors import DataError
    from course_utils.data.fetch import find_file
    from course_utils.data.places import no_downloads

    try:
        with no_downloads():
            find_file(file.set_name, file.name)
    except DataError:
        return False
    return True


def _kernel_finding() -> Finding:
    code = (
        "import nbformat.v4 as v4; from pathlib import Path; "
        "from course_utils.workbook.execute import execute, kernel_environment; "
        "n = v4.new_notebook(cells=[v4.new_code_cell('1 + 1')]); "
        "execute(n, Path('build'), kernel_environment(), timeout=60)"
    )
    try:
        tried = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120
        )
    except subprocess.TimeoutExpired:
        return Finding("kernel", "does not answer", "a firewall may block connections to 127.0.0.1")
    if tried.returncode:
        last = (tried.stderr.strip().splitlines() or ["?"])[-1]
        return Finding("kernel", f"does not start: {last}", f"run: {_AGAIN}")
    return Finding("kernel", "starts and computes")


def disk_finding(gigabytes: float) -> Finding:
    """Is there room for notebooks, pages and data?"""
    found = f"{gigabytes:.1f} GB free"
    if gigabytes < _GIGABYTES:
        return Finding("disk", found, f"free at least {_GIGABYTES:.0f} GB")
    return Finding("disk", found)
