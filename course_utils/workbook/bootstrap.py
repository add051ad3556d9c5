"""Make the environment in .venv and run a command in it; standard library only.

pip and not uv: pip is there with every Python, and it reads the index, proxy
and wheel folders that people and institutions have configured for pip, which
uv does not. The time that uv would save is spent once.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from course_utils.workbook.project import ROOT, WorkbookError, shown
from course_utils.workbook.terminal import say

_UNFINISHED = "unfinished"
_TAIL = 12

# What pip or venv writes when it fails, and what helps. The first that fits is told.
_MENDS = (
    (r"No space left|Errno 28|not enough space", "the disk is full. About 3 GB are needed."),
    (
        r"ensurepip is not available|No module named '?ensurepip",
        "this Python has no venv module. On Debian and Ubuntu: sudo apt install python3-venv",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "a proxy signs the connections with its own certificate. "
        "Set PIP_CERT to the file of your institution's certificate.",
    ),
    (
        r"resol(ve|ution)|NewConnection|Max retries|timed out|Network is unreachable|ProxyError|"
        r"ConnectionReset|Connection (refused|aborted)|Could not fetch",
        "no network, or no way to the package index. Connect, or set PIP_INDEX_URL (a mirror) "
        "or PIP_FIND_LINKS (a folder of wheels), and try again.",
    ),
    (
        r"Requires-Python|requires a different Python|Could not find a version|No matching",
        "no package for this Python. 3.10 to 3.13 are tested: take one of them.",
    ),
    (
        r"Permission denied|Access is denied|WinError 5",
        "a file may not be written. Close programs that use .venv; is the folder yours?",
    ),
)


def run_inside(command: str, argv: list[str], root: Path = ROOT) -> int:
    """Run a command in .venv, which is made first where it is missing or out of date.

    Args:
        command: name of the command; ``doctor`` makes no environment.
        argv: all arguments, handed on.
        root: the repository.

    Returns:
        The exit status of the command.

    Raises:
        WorkbookError: the environment could not be made.
    """
    python = venv_python(root)
    if command == "doctor":
        python = python if python.exists() else Path(sys.executable)
    else:
        ensure_environment(root)
    # A child and not os.exec: on Windows exec returns to the prompt before the command is done.
    child = subprocess.Popen([str(python), "-m", "course_utils.workbook.cli", *argv], cwd=root)
    try:
        return child.wait()
    except KeyboardInterrupt:
        return child.wait()  # Ctrl-C reached the child as well: it says so and ends


def ensure_environment(root: Path = ROOT) -> bool:
    """Make .venv complete: create it, install what requirements.txt says, and mark it done.

    Args:
        root: the repository.

    Returns:
        Whether anything had to be done.

    Raises:
        WorkbookError: it failed; holds the last lines of the log and the likely mend.
    """
    if is_ready(root):
        return False
    started = time.monotonic()
    log = root / "build" / "setup.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", "utf-8")
    if _must_be_made_anew(root):
        say(f"Making an environment in .venv with Python {sys.version.split()[0]} …")
        if hint := _torch_hint():
            say(hint)
        logged([sys.executable, "-m", "venv", "--clear", str(root / ".venv")], log, root)
    _mark_path(root).write_text(_UNFINISHED, "utf-8")
    say("Installing the packages of requirements.txt (some minutes the first time) …")
    install = [str(venv_python(root)), "-m", "pip", "install", "--progress-bar=off"]
    install.append("--disable-pip-version-check")
    logged([*install, "-r", "requirements.txt", "-e", "."], log, root)
    _mark_path(root).write_text(stamp(root), "utf-8")
    say(f"The environment is complete, after {time.monotonic() - started:.0f} s.")
    return True


def is_ready(root: Path = ROOT) -> bool:
    """Whether .venv was completed with the present requirements."""
    mark = _mark_path(root)
    return venv_python(root).exists() and mark.exists() and mark.read_text("utf-8") == stamp(root)


def stamp(root: Path = ROOT) -> str:
    """Hash of all that decides what is installed: requirements, Python and place.

    Raises:
        WorkbookError: a file that it needs is missing.
    """
    digest = hashlib.sha256()
    for name in ("requirements.txt", "pyproject.toml"):
        if not (root / name).exists():
            raise WorkbookError(
                f"{root}: expected a whole clone of the repository, {name} is missing. "
                f"Get it back with: git checkout {name}"
            )
        digest.update((root / name).read_bytes())
    config = root / ".venv" / "pyvenv.cfg"
    text = config.read_text("utf-8") if config.exists() else ""
    version = re.search(r"^version(?:_info)?\s*=\s*(\S+)", text, re.M)
    digest.update((version[1] if version else "").encode())
    digest.update(str(root.resolve()).encode())  # a copied .venv imports the first place's code
    return digest.hexdigest()


def venv_python(root: Path = ROOT) -> Path:
    """The Python of .venv, whether it exists or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def likely_mend(log: str) -> str:
    """What helps against the failure that a log shows."""
    for pattern, mend in _MENDS:
        if re.search(pattern, log, re.I):
            return mend
    return "read the log; python -m course_utils doctor looks for the usual causes."


def _must_be_made_anew(root: Path) -> bool:
    """True without .venv, after an interrupted set-up, or where its Python is gone."""
    folder, mark = root / ".venv", _mark_path(root)
    if not folder.exists():
        return True
    if venv_python(root).exists() and not (
        mark.exists() and mark.read_text("utf-8") == _UNFINISHED
    ):
        return False
    if any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        raise WorkbookError(
            f"{folder}: expected an environment, found another folder. Move it away, try again."
        )
    return True


def _mark_path(root: Path) -> Path:
    return root / ".venv" / "workbook-setup.txt"


def _torch_hint() -> str | None:
    """On Linux PyTorch comes with several GB of CUDA unless its own index is named."""
    if not sys.platform.startswith("linux") or shutil.which("nvidia-smi"):
        return None
    if "PIP_EXTRA_INDEX_URL" in os.environ:
        return None
    return (
        "No NVIDIA GPU seen. To spare several GB: stop with Ctrl-C, and set\n"
        "  PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu"
    )


def logged(command: list[str], log: Path, root: Path) -> None:
    """Run a command with its output in the log; the terminal sees what it is at."""
    with log.open("a", encoding="utf-8", errors="replace") as stream:
        stream.write(f"$ {' '.join(command)}\n")
        stream.flush()
        child = subprocess.Popen(
            command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        try:
            counted = 0
            for line in child.stdout:
                stream.write(line)
                if line.startswith("Collecting "):
                    counted += 1
                    _show_package(counted, line.split()[1])
                elif line.startswith("Installing collected packages"):
                    _end_line()
                    say(f"  packages to write: {line.count(',') + 1} …")
            failed = child.wait() != 0
        except KeyboardInterrupt:
            child.wait()
            _end_line()
            raise
    if failed:
        _end_line()
        text = log.read_text("utf-8", errors="replace")
        tail = "\n".join("  | " + line for line in text.splitlines()[-_TAIL:])
        raise WorkbookError(
            f"The set-up failed. The last lines of {shown(log)}:\n{tail}\n"
            f"Likely: {likely_mend(text)}\nThe next call begins again."
        )


def _show_package(counted: int, name: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\x1b[K  {counted}: {name}")
        sys.stdout.flush()
    elif counted % 40 == 0:
        say(f"  {counted} packages found …")


def _end_line() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
