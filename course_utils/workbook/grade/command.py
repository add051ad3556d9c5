"""The command ``grade``: a folder of hand-ins in, tables, pages and a receipt out."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from course_utils.words import listed
from course_utils.workbook.grade.batch import Batch, Order, grade_batch
from course_utils.workbook.grade.bundle import make_bundle
from course_utils.workbook.grade.canvas import Filled, fill_gradebook
from course_utils.workbook.grade.choose import LessonSet, by_lesson
from course_utils.workbook.grade.csv_text import points_text
from course_utils.workbook.grade.handins import find_hand_ins
from course_utils.workbook.grade.outputs import RECEIPT, SEED, WORK, make_private, outputs
from course_utils.workbook.grade.receipt import receipt, verify
from course_utils.workbook.grade.secret import open_to_others, secret_seed
from course_utils.workbook.grade.setting import Setting, all_lessons, lesson_named, lesson_of
from course_utils.workbook.grade.store import Store
from course_utils.workbook.project import WorkbookError, write_text
from course_utils.workbook.terminal import say

_WHERE = "hand_ins.json"  # where the folder was, for --verify; of this machine, so not signed


@dataclass(frozen=True)
class Wanted:
    """What the command line says.

    Args:
        folder: the hand-ins.
        out: for the results; "" puts them beside the folder, FOLDER-grades.
        lesson: number or name; "" takes all that the hand-ins answer.
        jobs: at once.
        seed_file: holds the secret seed; "" keeps one with the results.
        cluster: address of a Dask scheduler, "local" for one on this machine, "" for none.
        canvas: a gradebook as Canvas exports it.
        canvas_column: name of the assignment in it.
        visibility: when Gradescope shows results to students.
        allow_weak: grade also where the child cannot be locked in.
    """

    folder: str
    out: str = ""
    lesson: str = ""
    jobs: int = 2
    seed_file: str = ""
    cluster: str = ""
    canvas: str = ""
    canvas_column: str = ""
    visibility: str = "visible"
    allow_weak: bool = False


OPTIONS = tuple(field.name for field in dataclasses.fields(Wanted))


def grade(wanted: Wanted) -> int:
    """Grade a folder; what was graded before and has not changed is kept.

    Returns:
        0, or 1 if some hand-in could not be graded.

    Raises:
        WorkbookError: no hand-ins, an unknown lesson, a bad seed file …
    """
    folder, out = _folders(wanted)
    lessons = all_lessons()
    found = find_hand_ins(folder, lessons=lessons, skip=out)
    if not found.hand_ins:
        raise WorkbookError(
            f"grade: expected hand-ins (.ipynb or .zip) in {folder}, found none among "
            f"{len(found.passed_over)} other entries. Layout: FOLDER/student/file.ipynb, or "
            "FOLDER/student.ipynb; unpack a downloaded zip first."
        )
    failed = 0
    chosen = lesson_named(wanted.lesson) if wanted.lesson else ""
    for set_ in by_lesson(found, lesson_of, chosen):
        failed += _grade_lesson(wanted, folder, out / set_.lesson, set_)
    return min(failed, 1)


def check(out: str, folder: str = "", seed_file: str = "") -> int:
    """Compare the receipts below a folder of results with what is there.

    Returns:
        0 if nothing changed, else 1.

    Raises:
        WorkbookError: there is no receipt, or no seed.
    """
    root = Path(out)
    places = (
        [root] if (root / RECEIPT).exists() else sorted(p.parent for p in root.glob(f"*/{RECEIPT}"))
    )
    if not places:
        raise WorkbookError(
            f"verify: expected {RECEIPT} in {root} or a folder below it, found none"
        )
    wrong = 0
    for place in places:
        seed = secret_seed(Path(seed_file) if seed_file else place / SEED, make=False)
        checked = verify(place, seed, Path(folder) if folder else _was_in(place))
        for line in checked.wrong:
            say(f"{place.name}: {line}")
        for line in checked.notes:
            say(f"{place.name}: note: {line}")
        if not checked.wrong:
            say(f"{place.name}: all is as it was signed")
        wrong += len(checked.wrong)
    return min(wrong, 1)


def gradescope_bundle(to: str, wanted: Wanted) -> int:
    """Write an autograder of one lesson for Gradescope."""
    if not wanted.lesson:
        raise WorkbookError("bundle: expected --lesson with a number or name: one zip, one lesson")
    path = Path(to)
    name = lesson_named(wanted.lesson)
    seed_path = Path(wanted.seed_file) if wanted.seed_file else path.with_suffix(".seed")
    seed = secret_seed(seed_path)
    make_bundle(
        path, name, seed, Setting(name).seeds(seed),
        visibility=wanted.visibility, allow_weak=wanted.allow_weak,
    )  # fmt: skip
    say(f"{path}: the autograder of {name}. It holds the secret seed: for Gradescope only.")
    return 0


def _folders(wanted: Wanted) -> tuple[Path, Path]:
    folder = Path(wanted.folder)
    if not wanted.folder or not folder.is_dir():
        raise WorkbookError(
            f"grade: expected a folder of hand-ins, got {wanted.folder!r}"
            + (": a file; unpack it first" if folder.is_file() else ", which is not there")
        )
    folder = folder.resolve()
    out = Path(wanted.out) if wanted.out else folder.with_name(folder.name + "-grades")
    return folder, out.resolve()


def _grade_lesson(wanted: Wanted, folder: Path, out: Path, set_: LessonSet) -> int:
    setting = Setting(set_.lesson, allow_weak=wanted.allow_weak)
    hand_ins, passed_over = set_.hand_ins, set_.passed_over
    protections = setting.protections()  # before anything is run: refuses where it is not safe
    make_private(out.parent)
    make_private(out)
    seed_path = Path(wanted.seed_file) if wanted.seed_file else out / SEED
    seed = secret_seed(seed_path)
    if open_to_others(seed_path):
        say(f"{seed_path}: others on this machine can read the secret seed. Do: chmod 600")
    gradebook = _read_gradebook(wanted)
    with _workers(wanted) as jobs:
        order = Order(
            setting.lesson, setting.exercises, seed, folder,
            lambda: setting.grader(setting.seeds(seed)), setting.limits_text, jobs,
        )  # fmt: skip
        say(f"{setting.lesson}: {len(hand_ins)} hand-ins, {len(passed_over)} other entries")
        batch = grade_batch(hand_ins, order, Store(out / WORK / "grades"))
    filled = (
        fill_gradebook(gradebook, batch.grades, wanted.canvas_column or setting.title)
        if gradebook is not None
        else None
    )
    made = outputs(
        hand_ins, batch.grades, setting.title, passed_over=passed_over,
        visibility=wanted.visibility, gradebook=filled,
    )  # fmt: skip
    (out / RECEIPT).unlink(missing_ok=True)  # an old one would not fit what is written now
    made.write(out)
    text = receipt(out, batch.grades, seed, limits=setting.limits, protections=protections)
    write_text(out / RECEIPT, text)
    _write_log(out, folder, batch)
    return _tell(out, batch, filled)


def _read_gradebook(wanted: Wanted) -> str | None:
    if not wanted.canvas:
        return None
    try:
        return Path(wanted.canvas).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(
            f"gradebook: {wanted.canvas} cannot be read as UTF-8 ({error}). Pass the file as "
            "Canvas exported it, not as a spreadsheet saved it again."
        ) from error


@contextlib.contextmanager
def _workers(wanted: Wanted) -> Iterator[int | None]:
    """Where the work is done; yields how many at once."""
    if not wanted.cluster:
        yield wanted.jobs
        return
    try:
        from distributed import Client, LocalCluster
    except ImportError as missing:
        raise WorkbookError(
            "grade --cluster: the package distributed is not here. Install it: "
            "pip install distributed"
        ) from missing
    import joblib

    with contextlib.ExitStack() as stack:
        address = wanted.cluster
        if address == "local":
            made = LocalCluster(
                n_workers=max(wanted.jobs, 1), threads_per_worker=1, dashboard_address=None
            )
            address = stack.enter_context(made)
        stack.enter_context(Client(address))
        stack.enter_context(joblib.parallel_config(backend="dask"))
        yield None


def _write_log(out: Path, folder: Path, batch: Batch) -> None:
    """What is not the same every time: the folder's place, and seconds."""
    where = {"folder": os.path.relpath(folder, out)}
    write_text(out / WORK / _WHERE, json.dumps(where) + "\n")
    lines = [f"{seconds:.3f} {path}" for path, seconds in sorted(batch.seconds.items())]
    write_text(
        out / WORK / "seconds.txt",
        "\n".join(lines).encode("utf-8", "backslashreplace").decode() + "\n",
    )


def _was_in(place: Path) -> Path | None:
    """The folder that was graded, if it is still there."""
    try:
        told = json.loads((place / WORK / _WHERE).read_bytes())["folder"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    folder = (place / told).resolve()
    return folder if folder.is_dir() else None


def _tell(out: Path, batch: Batch, filled: Filled | None) -> int:
    failed = [g for g in batch.grades if g.error]
    totals = [g.earned for g in batch.grades if not g.error]
    if batch.damaged:
        say(f"{len(batch.damaged)} kept grades were damaged, and made anew")
    for graded in failed:
        say(f"not graded: {graded.student}: {graded.error}")
    if totals:
        mean = points_text(sum(totals) / len(totals))
        say(f"{len(totals)} graded, {mean} of {points_text(batch.grades[0].possible)} on average")
    if filled:
        say(f"canvas.csv: {filled.filled} cells of {filled.column} filled")
        for line in (*filled.remarks, *(f"no cell: {name}" for name in filled.unmatched)):
            say(f"canvas.csv: {line}")
    names = listed(["grades.csv", "grades.json", "class.html", "students/", "gradescope/"])
    say(f"{out}: {names}, {RECEIPT}")
    return len(failed)
