"""Grade 300 hand-ins of lesson 03: time, memory, a kill half-way, and the same on Dask.

    python benchmarks/grading.py [--count 300] [--jobs 2] [--folder SCRATCH]

Hand-ins are made by hand_ins.py in a scratch folder and graded by the command itself, in other
processes. Writes grading.md.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from hand_ins import COPY_EACH, LESSON, make_hand_ins
from course_utils.sweep.progress import duration
from course_utils.workbook.grade.boxes import STATES
from course_utils.workbook.grade.outputs import RECEIPT, SEED, WORK

PAGE = ROOT / "benchmarks" / "grading.md"
_SEED = "5eed" * 16  # of this benchmark only, so that its tables can be compared
_LOOK_S = 0.1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--folder", help="scratch, kept; a temporary one by default")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = Path(options.folder or temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(measured(scratch, options.count, options.jobs), "utf-8", newline="\n")


def measured(scratch: Path, count: int, jobs: int) -> str:
    """Everything that is measured, as a page."""
    folder, seed = scratch / "hand-ins", scratch / "benchmark.seed"
    if not folder.exists():
        copies = make_hand_ins(folder, count)
        (scratch / "copies.json").write_text(json.dumps(copies))
    seed.write_text(_SEED)
    seed.chmod(0o600)
    whole = graded(folder, scratch / "whole", seed, jobs)
    whole["each"] = seconds(scratch / "whole" / LESSON)  # the next run writes a log of its own
    again = graded(folder, scratch / "whole", seed, jobs)
    killed = graded(folder, scratch / "resumed", seed, jobs, kill_after=count // 2)
    resumed = graded(folder, scratch / "resumed", seed, jobs)
    same = [("Killed half-way and resumed", everything(scratch / "resumed"))]
    if importlib.util.find_spec("distributed"):
        graded(folder, scratch / "dask", seed, jobs, "--cluster", "local")
        same.append(("On a local Dask cluster", everything(scratch / "dask")))
    expected = everything(scratch / "whole")
    return page(scratch, count, jobs, whole, again, killed, resumed, same, expected)


def graded(
    folder: Path, out: Path, seed: Path, jobs: int, *more: str, kill_after: int = 0
) -> dict[str, float]:
    """Run the command; seconds, peak memory in bytes, and how many grades were there at its end."""
    command = [sys.executable, "-m", "course_utils", "grade", "--no-venv", str(folder),
               "--lesson", LESSON, "--out", str(out), "--seed-file", str(seed),
               "--jobs", str(jobs), *more]  # fmt: skip
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, OMP_NUM_THREADS="1"))
    watch = Watch(process.pid)
    while process.poll() is None:
        time.sleep(_LOOK_S)
        if kill_after and there(out) >= kill_after:
            process.send_signal(signal.SIGKILL)
    watch.stop()
    if process.returncode not in (0, 1, -signal.SIGKILL):
        raise SystemExit(f"grade ended with {process.returncode}")
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "all": watch.all, "answer": watch.one, "there": there(out)}


def there(out: Path) -> int:
    return len(list((out / LESSON / WORK / "grades").rglob("*.json")))


class Watch:
    """Looks at the memory of a process and all below it, ten times a second (Linux)."""

    def __init__(self, pid: int) -> None:
        self.pid, self.all, self.one = pid, 0, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            tree = family(self.pid)
            self.all = max(self.all, sum(memory(pid) for pid in tree))
            self.one = max([self.one, *(memory(p, "Rss") for p in tree if is_answer(p))])


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            after = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], [])
    return found


def memory(pid: int, kind: str = "Pss") -> int:
    """Bytes; shared pages are counted by share (Pss) or fully (Rss)."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    lines = [line.split() for line in text.splitlines() if line.startswith(f"{kind}:")]
    return int(lines[0][1]) * 1024 if lines else 0


def is_answer(pid: int) -> bool:
    """Whether a process is a child that runs answers, by the file it was started with."""
    try:
        return b"boot.py\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def everything(out: Path) -> dict[str, bytes]:
    """All that comes out, but for the log."""
    place = out / LESSON
    return {
        p.relative_to(place).as_posix(): p.read_bytes()
        for p in place.rglob("*")
        if p.is_file() and p.relative_to(place).parts[0] not in (WORK, SEED)
    }


def page(scratch, count, jobs, whole, again, killed, resumed, same, expected) -> str:
    place = scratch / "whole" / LESSON
    each = sorted(whole["each"])
    data = json.loads((place / "grades.json").read_text())["hand_ins"]
    with (place / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    failed = sum(bool(row["error"]) for row in rows)
    states = [e["status"] for h in data for e in h["exercises"]]
    pairs = json.loads((place / "alike.json").read_text())
    copies = {tuple(pair) for pair in json.loads((scratch / "copies.json").read_text())}
    found = {tuple(p["students"]) for p in pairs}
    counts = ", ".join(str(states.count(s)) for s in STATES)
    mb = 1e6
    told = "\n".join(
        f"| {name} | {'the same bytes' if got == expected else 'DIFFERENT'}, {len(got)} files |"
        for name, got in same
    )
    return f"""# Grading {count} hand-ins

Made by `python benchmarks/grading.py` on {platform.machine()} with {os.cpu_count()} cores, Python
{platform.python_version()}, {jobs} hand-ins at once. The hand-ins are of lesson {LESSON}: right
answers in several forms, catalogued mistakes, open blanks, and one in twenty with more wrong
(cut in half, an endless loop, a renamed function, a cell that does not parse). Each {COPY_EACH}th
is a copy of the one before it under other names.

| | |
|---|---:|
| all of them, with pages, tables and receipt | {duration(whole["seconds"])} |
| time of a hand-in, median | {statistics.median(each):.2f} s |
| … nine in ten take less than | {each[int(0.9 * len(each))]:.2f} s |
| … the longest | {each[-1]:.1f} s |
| hand-ins a minute | {60 * count / whole["seconds"]:.0f} |
| memory of everything at its peak | {whole["all"] / mb:.0f} MB |
| memory of one child that runs answers, at most | {whole["answer"] / mb:.0f} MB |
| the same command again, nothing changed | {again["seconds"]:.0f} s |
| answers: right, wrong, open, missing, stopped | {counts} |
| hand-ins that could not be graded | {failed} |
| pairs flagged as alike | {len(pairs)} |
| … of them copies that were planted | {len(found & copies)} of {len(copies)} |

Killed with `kill -9` after {killed["there"]} of {count}, then started again: it took
{duration(resumed["seconds"])} more.

| compared with the run in one go ({len(expected)} files, {RECEIPT} included) | |
|---|---|
{told}
"""


def seconds(place: Path) -> list[float]:
    """Time of each hand-in, from the log."""
    lines = (place / WORK / "seconds.txt").read_text().splitlines()
    return [float(line.split()[0]) for line in lines if line.strip()]


if __name__ == "__main__":
    main()
