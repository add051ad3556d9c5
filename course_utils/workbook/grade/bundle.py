"""The zip that Gradescope wants as an autograder: this grader, one lesson, its secret seed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from course_utils.workbook.grade.data import json_text
from course_utils.workbook.grade.gradescope import VISIBILITIES
from course_utils.workbook.project import NOTEBOOKS, ROOT, WorkbookError, student_path

SETTINGS, SEED = "settings.json", "secret.seed"
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip knows: the same bytes every time
_TORCH_LESSONS = ("06",)

_SETUP = """\
#!/usr/bin/env bash
# Run once by Gradescope, when the autograder is built.
set -euo pipefail
apt-get update
apt-get install -y python3 python3-venv
cd "${{AUTOGRADER:-/autograder}}"
python3 -m venv venv
{index}venv/bin/pip install --no-cache-dir -r source/requirements.txt
venv/bin/python -m compileall -q source/course
chmod 600 source/secret.seed source/settings.json
"""
_CPU_WHEELS = "PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu \\\n  "

_RUN = """\
#!/usr/bin/env bash
# Run by Gradescope for each hand-in: reads submission/, writes results/results.json.
root="${AUTOGRADER:-/autograder}"
python="${PYTHON:-$root/venv/bin/python}"
export OMP_NUM_THREADS=1 PYTHONPATH="$root/source/course"
cd "$root/source/course" || exit 1
exec "$python" -m course_utils.workbook.grade.on_gradescope "$root"
"""


def make_bundle(
    to: Path,
    lesson: str,
    seed: str,
    seeds: Mapping[str, int],
    *,
    visibility: str = "visible",
    allow_weak: bool = False,
    root: Path = ROOT,
) -> None:
    """Write an autograder for one lesson.

    Args:
        to: the zip; it holds the secret seed, so it is for Gradescope and nobody else.
        lesson: name of the lesson.
        seed: the secret.
        seeds: of each exercise, that follow from it; found here, so that no container has to.
        visibility: when students see their results, one of Gradescope's four words.
        allow_weak: grade also where the child cannot be locked in.
        root: of the repository.

    Raises:
        WorkbookError: an unknown word, or the zip cannot be written.
    """
    if visibility not in VISIBILITIES:
        raise WorkbookError(
            f"visibility: expected one of {', '.join(VISIBILITIES)}, got {visibility!r}"
        )
    torch = lesson.startswith(_TORCH_LESSONS)
    settings = {
        "lesson": lesson,
        "visibility": visibility,
        "allow_weak": allow_weak,
        "seeds": dict(seeds),
    }
    entries = {
        "setup.sh": _SETUP.format(index=_CPU_WHEELS if torch else "").encode(),
        "run_autograder": _RUN.encode(),
        "requirements.txt": _requirements(root, torch).encode(),
        SETTINGS: json_text(settings).encode(),
        SEED: (seed + "\n").encode(),
    }
    for path in _course(root, lesson):
        entries[f"course/{path.relative_to(root).as_posix()}"] = path.read_bytes()
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        for name in sorted(entries):
            about = zipfile.ZipInfo(name, _DATE)
            about.compress_type, about.create_system = zipfile.ZIP_DEFLATED, 3
            mode = 0o755 if name in ("setup.sh", "run_autograder") else 0o644
            mode = 0o600 if name in (SEED, SETTINGS) else mode
            about.external_attr = (0o100000 | mode) << 16
            made.writestr(about, entries[name])
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(whole.getvalue())
        to.chmod(0o600)
    except OSError as error:
        raise WorkbookError(f"{to}: cannot be written ({error.strerror or error})") from error


def _course(root: Path, lesson: str) -> Iterator[Path]:
    """What grading needs of the repository: the package, and the notebook that was set."""
    for path in sorted((root / "course_utils").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc":
            yield path
    yield root / "pyproject.toml"
    yield root / "datasets" / "registry.toml"
    yield student_path(root / NOTEBOOKS.name, lesson)


def _requirements(root: Path, torch: bool) -> str:
    """The tested versions of what the package depends on."""
    listed = re.search(
        r"^dependencies = \[(.*?)^\]", (root / "pyproject.toml").read_text("utf-8"), re.M | re.S
    )
    wanted = {_name(line) for line in re.findall(r'"([^"]+)"', listed[1])}
    wanted |= {"torch", "safetensors"} if torch else set()
    lines = (root / "requirements.txt").read_text("utf-8").splitlines()
    kept = [line.partition("#")[0].rstrip() for line in lines if _name(line) in wanted]
    return "\n".join(kept) + "\n"


def _name(requirement: str) -> str:
    found = re.match(r"\s*([A-Za-z0-9._-]+)", requirement)
    return found[1].lower() if found else ""
