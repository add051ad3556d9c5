"""The page of what was measured in each place, and the record that it is made from."""

import json
from pathlib import Path

RECORD = Path(__file__).with_name("places.json")  # kept, so that places can be tried one by one
TABLE = Path(__file__).with_name("places.md")
SHOWN = ("numpy", "matplotlib", "torch", "ipykernel", "ipywidgets", "mlxtend")
_MEASURED = ("place", "changed", "set-up, s", "MB", "notebooks", "cells", "failed", "minutes",
             "tests passed", "failed", "minutes", "commit")  # fmt: skip
_ABOUT = (
    "Written by `python benchmarks/places.py`: an environment for each place, made anew; then "
    "every notebook of both editions from top to bottom, one thread; then "
    "`python -m course_utils test`, two processes: style, tests, and the notebooks compared with "
    "their outputs. *changed*: packages that were there before and that installing the course "
    "replaced. *set-up*: with the packages in the installer's cache. The wheels of torch with CUDA "
    "take most of the space. *offline*: in a network of its own with nothing in it but the machine "
    "itself. Notebooks and tests of a place can come from different commits; the later one is "
    "named."
)


def known() -> dict[str, dict]:
    """What was measured so far, by place."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def keep(name: str, told: dict) -> None:
    """Add to what is known of a place, and write the page of all."""
    places = known()
    places[name] = places.get(name, {}) | told
    text = json.dumps(places, indent=1, sort_keys=True, ensure_ascii=False)
    RECORD.write_text(text + "\n", encoding="utf-8")
    TABLE.write_text(page(places), encoding="utf-8")


def page(places: dict[str, dict]) -> str:
    """The tables of all places that were measured, and what failed there."""
    versions = [
        [f"{name}: {told['about']}", told["python"], *(told["versions"][k] or "–" for k in SHOWN)]
        for name, told in places.items()
    ]
    measured = [_row(name, told) for name, told in places.items()]
    lines = ["# Where it runs", "", _ABOUT, ""]
    lines += [*_table(("place", "Python", *SHOWN), versions, "---"), ""]
    lines += _table(_MEASURED, measured, "--:")
    for name, told in places.items():
        for run in told.get("runs", ()):
            if run["error"]:
                lines += ["", f"{name}, {run['name']}: `{run['error']}`"]
        for failure in told.get("tests", {}).get("failures", ()):
            lines += ["", f"{name}: `{failure}`"]
        if told["changed"]:
            lines += ["", f"{name}, changed: {told['changed']}"]
    return "\n".join(lines) + "\n"


def _table(head: tuple[str, ...], rows: list[list], rule: str) -> list[str]:
    ruled = f"|---|{f'{rule}|' * (len(head) - 1)}"
    return [f"| {' | '.join(head)} |", ruled, *(f"| {' | '.join(map(str, r))} |" for r in rows)]


def _row(name: str, told: dict) -> list:
    runs, tests = told.get("runs"), told.get("tests")
    ran, judged = ["–"] * 4, ["–"] * 3
    if runs:
        failed = sum(bool(run["error"]) for run in runs)
        minutes = sum(run["seconds"] for run in runs) / 60
        ran = [len(runs), sum(run["cells"] for run in runs), failed, f"{minutes:.1f}"]
    if tests:
        judged = [f"{tests['passed']:,}", tests["failed"], f"{tests['seconds'] / 60:.1f}"]
    seconds = told["before_seconds"] + told["course_seconds"]
    return [name, len(told["changed"]), f"{seconds:.0f}", f"{told['megabytes']:.0f}",
            *ran, *judged, told["commit"]]  # fmt: skip
