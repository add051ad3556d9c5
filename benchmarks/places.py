"""Install and run the course as its readers have it: on Colab's packages, on old and new versions.

    python benchmarks/places.py colab                one place, or several; all by default
    python benchmarks/places.py colab --python PYTHON
    python benchmarks/places.py oldest --only tests  or notebooks

Each place is an environment of its own, made anew: first what is there before the course comes,
then the course, as the lessons' setup cell installs it. What was there must not change. Then every
notebook of both editions runs from top to bottom, and then all that `course_utils test` does. The
table is written to places.md beside this.
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
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.place import PLACES, ROOT, Environment, Place, called, tools
from benchmarks.places_page import SHOWN, keep, page

CELL_SECONDS = 600
PARTS = ("notebooks", "tests")

# Run by the place's own Python, in the folder of the notebooks.
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
        error = (str(failed).strip() or type(failed).__name__).splitlines()[-1][:300]
    cells = sum(c.cell_type == "code" and c.execution_count is not None for c in notebook.cells)
    print(json.dumps({"name": name, "cells": cells, "seconds": round(time.time() - began, 1),
                      "error": error}), flush=True)
"""


def measured(place: Place, interpreter: str, parts: list[str], lessons: list[str]) -> dict:
    """Make the place, install, run; gives what is told about it."""
    with tempfile.TemporaryDirectory(prefix="place-") as made:
        work = Path(made)
        course = work / "course"
        called(["git", "clone", "--quiet", str(ROOT), str(course)])
        environment = Environment(work / "environment", interpreter)
        seconds = environment.install(place.before, work) if place.before else 0.0
        before = environment.versions()
        own = environment.install(place.course, course)
        after = environment.versions()
        told = {
            "python": called([environment.python, "-V"]).split()[1], "about": place.about,
            "commit": called(["git", "rev-parse", "--short", "HEAD"], course).strip(),
            "before_seconds": round(seconds, 1), "course_seconds": round(own, 1),
            "changed": {k: [v, after.get(k)] for k, v in before.items() if after.get(k) != v},
            "megabytes": round(environment.megabytes()),
            "versions": {k: after.get(k) for k in SHOWN},
        }  # fmt: skip
        if "notebooks" in parts:
            told["runs"] = notebooks(place, environment, course, lessons)
        if "tests" in parts:
            environment.install(tools(), course)
            told["tests"] = tests(place, environment, course)
        return told


def notebooks(place: Place, environment: Environment, course: Path, lessons: list[str]) -> list:
    """Run the notebooks of both editions; gives for each its cells, seconds and error."""
    # The kernel's name is looked up in the environment's own folder.
    called([environment.python, "-m", "ipykernel", "install", "--sys-prefix"], course)
    folder = course / "notebooks"
    paths = sorted([*folder.glob("*.ipynb"), *folder.glob("solutions/*.ipynb")])
    wanted = [str(p.relative_to(folder)) for p in paths
              if not lessons or any(p.name.startswith(n) for n in lessons)]  # fmt: skip
    env = _clean(course) | {"COURSE_STRICT": "1", "COURSE_PROGRESS": "off", "OMP_NUM_THREADS": "1"}
    command = _cut(place, [environment.python, "-c", _RUN, str(CELL_SECONDS), *wanted])
    return [json.loads(x) for x in called(command, folder, env).splitlines() if x[:1] == "{"]


def tests(place: Place, environment: Environment, course: Path) -> dict:
    """Run what `make test` runs; gives how many passed and failed, and which failed."""
    began = time.monotonic()
    command = _cut(place, [environment.python, "-m", "course_utils", "test"])
    env = _clean(course) | {"COURSE_NO_VENV": "1"}
    done = subprocess.run(command, cwd=course, env=env, capture_output=True, text=True)
    summed = re.search(r"^(\d+) passed, (\d+) failed\s*\Z", done.stdout, re.M)
    if not summed:
        sys.exit(f"the tests did not end: {done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    failures = [
        f"{case.get('classname')} {case.get('name')}"
        for report in sorted((course / "build").glob("*.xml"))
        for case in ElementTree.parse(report).iter("testcase")
        if {child.tag for child in case} & {"failure", "error"}
    ]
    stages = re.findall(r"^(.+: (?!passed)\w+ failed), \d+ s$", done.stdout, re.M)
    return {"passed": int(summed[1]), "failed": int(summed[2]), "failures": stages + failures,
            "seconds": round(time.monotonic() - began, 1)}  # fmt: skip


def _clean(course: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("COURSE", "PYTHON")) and k != "VIRTUAL_ENV"}  # fmt: skip
    return env | {"JUPYTER_PREFER_ENV_PATH": "1", "JUPYTER_DATA_DIR": str(course.parent / "data")}


def _cut(place: Place, command: list[str]) -> list[str]:
    if not place.offline:
        return command
    # A network of one's own, with nothing in it but this machine.
    cut = ["unshare", "--map-root-user", "--net", "sh", "-c"]
    return [*cut, 'ip link set lo up && exec "$@"', "sh", *command]


def main() -> int:
    """Measure the places that are asked for, and write the table of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="*", choices=[*PLACES, []], help="all if none")
    parser.add_argument("--python", help="interpreter; python3.NN of the place if none")
    parser.add_argument("--only", choices=PARTS, help="both if not given")
    parser.add_argument("--lessons", nargs="*", default=[], help="beginnings of names; all if none")
    options = parser.parse_args()
    parts, bad = [options.only] if options.only else [*PARTS], 0
    for name in options.places or PLACES:
        place = PLACES[name]
        interpreter = options.python or shutil.which(f"python{place.python}")
        if interpreter is None:
            sys.exit(f"{name}: expected python{place.python} on the PATH; or give --python")
        told = measured(place, interpreter, parts, options.lessons)
        if not options.lessons:
            keep(name, told)
        print(page({name: told}), flush=True)
        bad += sum(bool(run["error"]) for run in told.get("runs", ()))
        bad += told.get("tests", {}).get("failed", 0)
    return min(bad, 1)


if __name__ == "__main__":
    sys.exit(main())
