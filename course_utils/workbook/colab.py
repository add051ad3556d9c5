"""What a lesson needs on Google Colab: the badge and the setup cell."""

from __future__ import annotations

from course_utils.workbook.project import REF, WorkbookError, repository_address

BADGE = "<!-- badge -->"
SETUP = "# <setup>"
_BADGE_PICTURE = "https://colab.research.google.com/assets/colab-badge.svg"

_SETUP_CELL = """\
# Setup, no need to read it: on Google Colab this fetches the course, elsewhere it does nothing.
import os
import subprocess
import sys

if "google.colab" in sys.modules:
    folder, address = "/content/{name}", "{address}"
    clone = ["git", "clone", "--quiet", "--depth=1", "--branch={ref}", address, folder]
    install = [sys.executable, "-m", "pip", "install", "--quiet", folder + "[pretrained]"]
    for command in [install] if os.path.isdir(folder) else [clone, install]:
        subprocess.run(command, check=True)
    os.chdir(folder + "/notebooks")"""


def badge(lesson: str, ref: str = REF) -> str:
    """Markdown of the badge that opens the student edition of a lesson on Colab.

    Args:
        lesson: name of the lesson, ``03_fully_connected_net``.
        ref: branch or tag.

    Raises:
        WorkbookError: the repository is not on GitHub, where Colab reads from.
    """
    address, host = repository_address(), "https://github.com/"
    if not address.startswith(host):
        raise WorkbookError(
            f"badge: expected an address {host}OWNER/NAME in pyproject.toml, got {address}. "
            f"Colab opens notebooks from GitHub only: take '{BADGE}' out of the lessons."
        )
    where = f"{address.removeprefix(host)}/blob/{ref}/notebooks/{lesson}.ipynb"
    target = f"https://colab.research.google.com/github/{where}"
    return f"[![Open in Colab]({_BADGE_PICTURE})]({target})"


def setup_cell(ref: str = REF) -> str:
    """Code of the setup cell, at most 12 lines.

    Only the course itself is installed, with the weights that lessons 05 and 06 start
    from: its ranges in pyproject.toml accept what Colab has, so nothing is replaced and
    no restart is needed.

    Args:
        ref: branch or tag that is cloned.
    """
    address = repository_address()
    return _SETUP_CELL.format(name=address.rsplit("/", 1)[1], address=address, ref=ref)
