"""Measure the verdicts: which mistakes are caught and named, and is a right answer ever accused?

    python benchmarks/verdicts.py            # writes benchmarks/verdicts.md and prints it
    python benchmarks/verdicts.py --seeds 4  # fewer probes for the right answers

Every mistake of the catalogue is judged as a whole answer. It is *caught* if the
verdict is not "right", *named* if the cause told is the mistake itself, or one
that gives the same numbers on every probe and shares its advice.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from course_utils.checking.exercises import Exercise, all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, Mistake, catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer
from course_utils.checking.verdict import WRONG, Verdict
from tests.checking.right import RIGHT

TABLE = ROOT / "benchmarks" / "verdicts.md"
README = ROOT / "README.md"
BEGIN, END = "<!-- verdicts -->", "<!-- /verdicts -->"
GROUPS = {
    "00": "one neuron",
    "02": "softmax, basis functions, logistic regression, penalty, update rules, PCA",
    "03": "linear, ReLU, loss, net, momentum, Adam, normalisation, dropout",
    "04": "convolution, pooling",
    "05": "embeddings, recurrent nets, attention, captions, decoding, BLEU",
    "06": "prepared pictures, neighbours, freezing, rates by depth, smoothed labels, intervals",
}
SEEDS = 70  # with three to seven probes each: at least 200


@dataclass(frozen=True)
class Score:
    """What was measured for one exercise."""

    exercise: Exercise
    mistakes: int
    missed: tuple[str, ...]
    unnamed: tuple[str, ...]
    milliseconds: float


def is_named(mistake: Mistake, verdict: Verdict) -> bool:
    """Whether the verdict names the mistake, or one that shares numbers and advice with it."""
    causes = [f.cause for f in verdict.findings if f.status == WRONG]
    advices = [advice.key for cause in causes if (advice := find_advice(cause)) is not None]
    if mistake.parts == (WHOLE,):
        return bool(advices) and advices[0] == mistake.advice.key
    return mistake.advice.key in advices


def score(exercise: Exercise) -> Score:
    """Judge every mistake of an exercise."""
    missed, unnamed, times = [], [], []
    for mistake in catalogue(exercise.name):
        answer = as_answer(exercise, mistake)
        judge(exercise, answer)  # the first verdict of an exercise computes its catalogue
        started = time.perf_counter()
        verdict = judge(exercise, answer)
        times.append(1000 * (time.perf_counter() - started))
        if verdict.status != WRONG:
            missed.append(mistake.id)
        elif not is_named(mistake, verdict):
            unnamed.append(mistake.id)
    typical = statistics.median(times) if times else 0.0
    return Score(exercise, len(times), tuple(missed), tuple(unnamed), typical)


def accusations(exercise: Exercise, seeds: int) -> tuple[int, int, list[str]]:
    """Judge every right answer of an exercise on fresh probes: answers, probes, those accused."""
    answers = RIGHT.get(exercise.name, [])
    probes, accused = 0, []
    for seed in range(seeds):
        probes += len(exercise.probes(seed))
        for name, answer in answers:
            verdict = judge(exercise, answer, seed=seed)
            if not verdict.right:
                accused.append(f"{name} at seed {seed}")
    return len(answers), probes, accused


def table(scores: list[Score], right: dict[str, tuple[int, int, list[str]]]) -> str:
    """Both tables as one, in Markdown."""
    lines = [
        "| exercise | function | mistakes | caught | named | right answers | probes | accused |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for s in scores:
        answers, probes, accused = right[s.exercise.id]
        caught = s.mistakes - len(s.missed)
        lines.append(
            f"| {s.exercise.id} | `{s.exercise.name}` | {s.mistakes} | {caught} "
            f"| {caught - len(s.unnamed)} | {answers} | {probes} | {len(accused)} |"
        )
    return "\n".join(lines)


def summary(scores: list[Score], right: dict[str, tuple[int, int, list[str]]]) -> str:
    """The table of the README: a line for each lesson."""
    lines = [
        "| lesson | exercises on | mistakes known | caught | named | right answers | accused |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for lesson in sorted({s.exercise.lesson for s in scores}):
        chosen = [s for s in scores if s.exercise.lesson == lesson]
        lines.append(_sum_line(chosen, right, f"| {lesson} | {GROUPS[lesson]}"))
    return "\n".join([*lines, _sum_line(scores, right, "| | **all**")])


def put_into_readme(text: str) -> None:
    """Replace what stands between the two marks."""
    page = README.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def _sum_line(scores: list[Score], right: dict, head: str) -> str:
    total = sum(s.mistakes for s in scores)
    caught = total - sum(len(s.missed) for s in scores)
    named = caught - sum(len(s.unnamed) for s in scores)
    answers = sum(right[s.exercise.id][0] for s in scores)
    accused = sum(len(right[s.exercise.id][2]) for s in scores)
    return f"{head} | {total} | {caught} | {named} | {answers} | {accused} |"


def faults(scores: list[Score], right: dict[str, tuple[int, int, list[str]]]) -> list[str]:
    """Names of all that went wrong."""
    found = [f"not caught: {m}" for s in scores for m in s.missed]
    found += [f"not named: {m}" for s in scores for m in s.unnamed]
    return found + [f"accused: {i} {a}" for i, r in right.items() for a in r[2]]


def times(scores: list[Score]) -> str:
    """Median time of a verdict on a wrong answer, by group of layers."""
    groups: dict[str, list[float]] = {}
    for s in scores:
        if s.mistakes:
            slow = s.exercise.lesson in ("04", "05")
            groups.setdefault("convolution, sequences" if slow else "dense", []).append(
                s.milliseconds
            )
    told = [f"{name}: {statistics.median(ms):.0f} ms" for name, ms in groups.items()]
    return "Median time of a verdict on a wrong answer: " + ", ".join(told) + "."


def main() -> int:
    """Measure, write the table, print what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS, help="fresh probes for right answers")
    options = parser.parse_args()
    exercises = [e for e in all_exercises().values() if e.make is not None]
    scores = [score(e) for e in exercises]
    right = {e.id: accusations(e, options.seeds) for e in exercises}
    text = (
        "# Verdicts, measured\n\nMade by `python benchmarks/verdicts.py`; the tests check it "
        f"again.\n\n{summary(scores, right)}\n\n{times(scores)} Right answers were judged on "
        f"{options.seeds} sets of fresh probes.\n\n{table(scores, right)}\n"
    )
    put_into_readme(summary(scores, right))
    TABLE.write_text(text, encoding="utf-8")
    print(text)
    found = faults(scores, right)
    print("\n".join(found) or "Nothing missed, nothing unnamed, nobody accused.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
