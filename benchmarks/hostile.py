"""Grade every hostile and broken hand-in, and write what came of each: benchmarks/hostile.md.

python benchmarks/hostile.py
"""

import argparse
import hashlib
import platform
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from course_utils.workbook.grade.score import grade_file, protections, secret_seeds
from tests.workbook.grade.hostile import ASSIGNMENT, CASES, LIMITS

SEED = "a secret of the benchmark"


def outcome(case, seeds):
    """(points, what is told, seconds, whether all is as it must be)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        path = case.make(folder)
        before = contents(folder)
        begin = time.perf_counter()
        graded = grade_file(
            path,
            folder=folder,
            student="ada",
            assignment=ASSIGNMENT,
            seed=SEED,
            seeds=seeds,
            limits=LIMITS,
        )
        seconds = time.perf_counter() - begin
        same = contents(folder) == before
    earned = {e.exercise: e.earned for e in graded.exercises}
    good = same and earned == case.expected and bool(graded.error) == bool(case.error)
    return f"{graded.earned:g}", told(graded), seconds, good


def told(graded):
    """The error, else what is said about the first exercise that lost points, else a remark."""
    if graded.error:
        return graded.error
    lost = [e for e in graded.exercises if e.earned < e.points]
    if lost:
        lines = lost[0].text.split("\n")[1:]
        return (lines[0] if lines else "open: not attempted").strip(" ✗✓○")
    return graded.remarks[0] if graded.remarks else "all points"


def contents(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (path.lstat().st_mode, hashlib.sha256(data).hexdigest())
    return found


def page(rows, in_force, seconds):
    """The table as Markdown."""
    locks = ", ".join(name for name, on in in_force.items() if on) or "none"
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    good = sum(row[-1] for row in rows)
    lines = [
        "# Hostile and broken hand-ins",
        "",
        f"{good} of {len(rows)} got the score or the error that they must get; the grader ran "
        f"through, and none of its files was changed. {seconds:.0f} s in all, with "
        f"{LIMITS.seconds_per_exercise:g} s for an exercise and {LIMITS.memory_bytes >> 30} GB for "
        f"a child; the largest child took {most:.0f} MB. In force: {locks}. "
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}.",
        "",
        "Four exercises are set, worth 9 points; each case spoils the first (2 points) unless its "
        "words say otherwise. Made by `python benchmarks/hostile.py`.",
        "",
        "| kind | what it does | points | what is told | seconds |",
        "|---|---|---|---|---|",
    ]
    for case, points, words, taken, as_expected in rows:
        sign = "" if as_expected else "**not as expected** "
        words = re.sub(r"\s+", " ", words).replace("|", "\\|")
        words = words if len(words) <= 110 else words[:109] + "…"
        lines.append(f"| {case.kind} | {case.about} | {sign}{points} | {words} | {taken:.1f} |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "hostile.md")
    parser.add_argument("--only", default="", help="part of a case's name")
    asked = parser.parse_args()
    seeds = secret_seeds(ASSIGNMENT, SEED)
    rows, begin = [], time.perf_counter()
    for case in CASES:
        if asked.only in case.name:
            rows.append((case, *outcome(case, seeds)))
            print(
                f"{case.kind:<10} {case.name:<28} {rows[-1][1]:>4} {rows[-1][3]:5.1f} s", flush=True
            )
    asked.out.write_text(page(rows, protections(), time.perf_counter() - begin), "utf-8")
    return 0 if all(row[-1] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
