"""The places that the course is tried in: a Python, what is installed there, and how."""

import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Place:
    """Where the course is used.

    Args:
        python: "3.12".
        before: what is installed before the course.
        course: how the course is installed, by pip's arguments.
        about: one line.
        offline: cut the network off before the notebooks and the tests run (Linux).
    """

    python: str
    before: tuple[str, ...]
    course: tuple[str, ...]
    about: str
    offline: bool = False


RUNNING = ("nbclient>=0.10", "nbformat>=5.10", "ipykernel>=6.17", "ipywidgets>=7.7")
COLAB = (
    "numpy==2.1.3", "matplotlib==3.10.0", "ipykernel==6.17.1", "notebook==6.5.7",
    "ipywidgets==7.7.1", "mlxtend==0.23.4", "torch==2.11.0", "ipython==7.34.0", "pandas==2.2.2",
    "scikit-learn==1.6.1", "scipy==1.16.3", "joblib==1.5.3", "safetensors", "pillow", "tqdm",
    "cloudpickle", "threadpoolctl", "pooch", "nbclient", "nbformat",
)  # fmt: skip
ONLY_COURSE = (".[pretrained]",)
PINNED = ("-r", "requirements.txt", ".")


def oldest() -> tuple[str, ...]:
    """The lower end of each range in pyproject.toml, newest patch of it."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    extras = re.search(r"^pretrained = \[(.*)\]", text, re.M)[1]
    needed = re.search(r"^dependencies = \[(.*?)\]", text, re.M | re.S)[1]
    ranges = re.findall(r'"([\w-]+)>=([\d.]+)', needed + extras)
    return tuple(sorted({f"{name}=={version}.*" for name, version in ranges}))


def tools() -> tuple[str, ...]:
    """What the tests need besides: of style and of the other net, the pinned versions."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pinned = [re.search(rf"^{name}==[\d.]+", text, re.M)[0]
              for name in ("ruff", "efficientnet-lite-pytorch")]  # fmt: skip
    return (".[build,test]", *pinned)


PLACES = {
    "colab": Place("3.12", COLAB, ONLY_COURSE, "what Colab has"),
    "oldest": Place("3.10", (*oldest(), *RUNNING), ONLY_COURSE, "the oldest of each range"),
    "newest": Place("3.13", RUNNING, ONLY_COURSE, "the newest of everything"),
    "offline": Place("3.11", (), PINNED, "requirements.txt, network cut off", offline=True),
    "3.10": Place("3.10", (), PINNED, "requirements.txt"),
    "3.11": Place("3.11", (), PINNED, "requirements.txt"),
    "3.12": Place("3.12", (), PINNED, "requirements.txt"),
    "3.13": Place("3.13", (), PINNED, "requirements.txt"),
}

_VERSIONS = """
import importlib.metadata as m, json
print(json.dumps({d.metadata["Name"].lower(): d.version for d in m.distributions()}))
"""


class Environment:
    """An environment in a folder, made with uv where it is there, else with venv and pip."""

    def __init__(self, folder: Path, interpreter: str) -> None:
        self.folder, self.uv = folder, shutil.which("uv")
        make = [self.uv, "venv", "--python"] if self.uv else [interpreter, "-m", "venv"]
        called([*make, interpreter, str(folder)] if self.uv else [*make, str(folder)])
        self.python = str(folder / "bin" / "python")

    def install(self, what: tuple[str, ...], where: Path) -> float:
        """Install; gives the seconds it took."""
        began = time.monotonic()
        tool = [self.uv, "pip", "install", "--python", self.python]
        pip = [self.python, "-m", "pip", "install"]
        called([*(tool if self.uv else pip), "--quiet", *what], where)
        return time.monotonic() - began

    def versions(self) -> dict[str, str]:
        """What is installed, by name."""
        return json.loads(called([self.python, "-I", "-c", _VERSIONS]))

    def megabytes(self) -> float:
        """Size on disk."""
        files = (p for p in self.folder.rglob("*") if p.is_file() and not p.is_symlink())
        return sum(p.stat().st_size for p in files) / 1e6


def called(command: list[str], where: Path | None = None, env: dict | None = None) -> str:
    """What a command prints; its own words where it fails."""
    done = subprocess.run(command, cwd=where, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[:6])} …\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return done.stdout
