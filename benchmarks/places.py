"""Install and run the course as its readers have it: on Colab's packages, on old and new versions.

    python benchmarks/places.py colab             one place, or several; all by default
    python benchmarks/places.py colab --python PYTHON

Each place is an environment of its own, made anew: first what is there before the course comes,
then the course, as the lessons' setup cell installs it. What was there must not change. Then every
notebook of both editions runs from top to bottom. The table is written to places.md beside this.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_suffix(".md")
RUNS = ROOT / "build" / "places.json"  # what was measured, so that places can be tried one by one
CELL_SECONDS = 600


@dataclass(frozen=True)
class Place:
    """Where the course is used.

    Args:
        python: "3.12".
        before: what is installed before the course.
        course: how the course is installed, by pip's arguments.
        about: one line.
        offline: cut the network off before the notebooks run (Linux).
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
SHOWN = ("numpy", "matplotlib", "torch", "ipykernel", "ipywidgets", "mlxtend")

# Run by the place's own Python, in the folder of the notebooks.
_VERSIONS = """
import importlib.metadata as m, json
print(json.dumps({d.metadata["Name"].lower(): d.version for d in m.distributions()}))
"""
_RUN = """
import json, sys, time
from pathlib import Path
import nbformat
from nbclient import NotebookClient
for name in sys.argv[2:]:
    path = Path(name)
    notebook, began, error = nbformat.read(path, 4), time.time(), ""
    client = NotebookClient(notebook, timeout=int(sys.argv[1]), kernel_name="python3",
                            resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    except Exception as failed:
        error = str(failed)[-1500:]
    cells = sum(c.cell_type == "code" and c.execution_count is not None for c in notebook.cells)
    print(json.dumps({"name": name, "cells": cells, "seconds": time.time() - began,
                      "error": error}), flush=True)
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


def measured(name: str, place: Place, interpreter: str, lessons: list[str]) -> dict:
    """Make the place, install, run; gives what is told about it."""
    with tempfile.TemporaryDirectory(prefix="place-") as made:
        work = Path(made)
        called(["git", "clone", "--quiet", str(ROOT), str(work / "course")])
        environment = Environment(work / "environment", interpreter)
        seconds = environment.install(place.before, work) if place.before else 0.0
        before = environment.versions()
        own = environment.install(place.course, work / "course")
        after = environment.versions()
        # The kernel's name is looked up in the environment's own folder.
        prepare = [environment.python, "-m", "ipykernel", "install", "--sys-prefix"]
        called(prepare, work)
        notebooks = work / "course" / "notebooks"
        paths = sorted([*notebooks.glob("*.ipynb"), *notebooks.glob("solutions/*.ipynb")])
        wanted = [str(p.relative_to(notebooks)) for p in paths
                  if not lessons or any(p.name.startswith(n) for n in lessons)]  # fmt: skip
        env = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE", "PYTHON"))}
        env |= {"COURSE_STRICT": "1", "COURSE_PROGRESS": "off", "OMP_NUM_THREADS": "1",
                "JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_DATA_DIR": str(work / "data")}  # fmt: skip
        command = [environment.python, "-c", _RUN, str(CELL_SECONDS), *wanted]
        if place.offline:  # a network of one's own, with nothing in it but this machine
            cut = ["unshare", "--map-root-user", "--net", "sh", "-c"]
            command = [*cut, 'ip link set lo up && exec "$@"', "sh", *command]
        runs = [json.loads(x) for x in called(command, notebooks, env).splitlines() if x[:1] == "{"]
        return {
            "python": called([environment.python, "-V"]).split()[1], "about": place.about,
            "before_seconds": seconds, "course_seconds": own, "runs": runs,
            "changed": {k: [v, after.get(k)] for k, v in before.items() if after.get(k) != v},
            "added": len(after.keys() - before.keys()), "megabytes": environment.megabytes(),
            "versions": {k: after.get(k) for k in SHOWN},
        }  # fmt: skip


def page(places: dict[str, dict]) -> str:
    """The table of all places that were measured."""
    lines = [
        "# Where it runs", "",
        "Written by `python benchmarks/places.py`: an environment for each place, then every "
        "notebook of both editions from top to bottom, one thread. *changed*: packages that were "
        "there before and that installing the course replaced.", "",
        "| place | Python | " + " | ".join(SHOWN) + " | changed | set-up, s | MB "
        "| notebooks | cells | failed | minutes |",
        "|---|---|" + "---|" * len(SHOWN) + "--:|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for name, told in places.items():
        failed = [run for run in told["runs"] if run["error"]]
        cells = [
            f"{name}: {told['about']}", told["python"],
            *(told["versions"][k] or "–" for k in SHOWN),
            len(told["changed"]), f"{told['before_seconds'] + told['course_seconds']:.0f}",
            f"{told['megabytes']:.0f}", len(told["runs"]), sum(r["cells"] for r in told["runs"]),
            len(failed), f"{sum(r['seconds'] for r in told['runs']) / 60:.1f}",
        ]  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    for name, told in places.items():
        for run in told["runs"]:
            if run["error"]:
                last = run["error"].strip().splitlines()[-1]
                lines += ["", f"{name}, {run['name']}: `{last}`"]
        if told["changed"]:
            lines += ["", f"{name}, changed: {told['changed']}"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure the places that are asked for, and write the table of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="*", choices=[*PLACES, []], help="all if none")
    parser.add_argument("--python", help="interpreter; python3.NN of the place if none")
    parser.add_argument("--lessons", nargs="*", default=[], help="beginnings of names; all if none")
    options = parser.parse_args()
    known = json.loads(RUNS.read_text(encoding="utf-8")) if RUNS.exists() else {}
    for name in options.places or PLACES:
        place = PLACES[name]
        interpreter = options.python or shutil.which(f"python{place.python}")
        if interpreter is None:
            sys.exit(f"{name}: expected python{place.python} on the PATH; or give --python")
        known[name] = measured(name, place, interpreter, options.lessons)
        RUNS.parent.mkdir(exist_ok=True)
        RUNS.write_text(json.dumps(known, indent=1), encoding="utf-8")
        if not options.lessons:
            TABLE.write_text(page(known), encoding="utf-8")
        print(page({name: known[name]}))
    return int(any(run["error"] for name in known.values() for run in name["runs"]))


if __name__ == "__main__":
    sys.exit(main())
