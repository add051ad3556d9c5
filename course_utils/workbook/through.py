"""``build --through NN``: a release for a graded course, without what later lessons ask.

What the released lessons need is computed: from the code of their notebooks, from the modules
that register their exercises and known mistakes, and from the commands that students run, name
by name through every import (`through_graph`). What is left is written, what is not is withheld.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course_utils.checking.exercises import Exercise
from course_utils.workbook.build import student_text
from course_utils.workbook.leaks_search import Search
from course_utils.workbook.leaks_secrets import lesson_secrets, shown_elsewhere
from course_utils.workbook.leaks_tree import refuse, tree_leaks
from course_utils.workbook.lesson import Lesson, read_lesson
from course_utils.workbook.project import (
    NOTEBOOKS,
    ROOT,
    WorkbookError,
    lesson_sources,
    solution_path,
)
from course_utils.workbook.released import MARK
from course_utils.workbook.terminal import say
from course_utils.workbook.through_code import Module, Part, Ref, read_package
from course_utils.workbook.through_cut import cut_module
from course_utils.workbook.through_docs import release_readme
from course_utils.workbook.through_graph import Needed, is_there, usable
from course_utils.workbook.through_lessons import (
    Border,
    border,
    command_roots,
    exercise_roots,
    is_instructors,
    lesson_roots,
    reference_of,
)

_AS_THEY_ARE = (
    "LICENSE", "Makefile", "environment.yml", "requirements.txt", "pyproject.toml", ".gitignore",
    ".gitattributes", ".devcontainer/devcontainer.json", "datasets/README.md",
    "datasets/registry.toml",
)  # fmt: skip


@dataclass(frozen=True)
class Release:
    """What a release holds, and what it does not.

    Args:
        through: two digits of its last lesson.
        files: path -> bytes, all of it.
        withheld: modules that are left out.
        shortened: modules that are in it with fewer functions.
        shared: later exercises whose reference is in it all the same, with the reason.
        searches: what must not be in it, in the package and elsewhere.
        functions: later references, to be looked for in bytecode.
    """

    through: str
    files: dict[str, bytes]
    withheld: tuple[str, ...]
    shortened: tuple[str, ...]
    shared: tuple[str, ...]
    searches: tuple[Search, Search]
    functions: dict[str, tuple[str, str]]


def release(last: str, to: Path, *, with_solutions: bool = False) -> Release:
    """Write a release and prove that it holds nothing of later lessons but what is told.

    Args:
        last: number of the last lesson in it, ``"03"``.
        to: the folder, new or empty, or an earlier release, which is replaced.
        with_solutions: the solution notebooks of its lessons, too.

    Raises:
        WorkbookError: no such lesson, the folder holds something else, or there is a leak;
            then nothing is left there.
    """
    made = make_release(last, with_solutions=with_solutions)
    emptied(to)
    for name, data in made.files.items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if leaks := list(leaks_in(made, to)):
        shutil.rmtree(to)
        refuse(leaks)
    for line in report(made):
        say(line)
    return made


def leaks_in(made: Release, folder: Path):
    """Leaks in a folder that should hold this release."""
    package, elsewhere = made.searches

    def search_for(name: str) -> Search:
        code = name.startswith("course_utils/") or name.startswith("notebooks/solutions/")
        return package if code else elsewhere

    return tree_leaks(folder, search_for, made.functions)


def make_release(last: str, *, with_solutions: bool = False) -> Release:
    """A release as files."""
    lessons = [read_lesson(path) for path in lesson_sources()]
    last = _number(last, lessons)
    now = [le for le in lessons if le.name[:2] <= last]
    then = [le for le in lessons if le.name[:2] > last]
    end = border(last, now)
    modules = read_package(ROOT / "course_utils")
    needed = Needed(modules, end.stays, is_instructors, last)
    needed.follow(command_roots(), "the commands of students")
    needed.follow(exercise_roots(modules, end.released), "exercises of the released lessons")
    needed.follow(lesson_roots(now, modules), "the released lessons")
    in_package, elsewhere = _searches(now, then, needed, with_solutions)
    secret = _later_only(modules, end, then, needed)

    def never(module: Module, part: Part) -> bool:
        return id(part) in secret or any(in_package.in_text(_text(module, part)))

    kept = needed.parts | usable(modules, needed, never)
    files = _package_files(modules, needed, kept)
    shortened = tuple(
        m.path.relative_to(ROOT).as_posix()
        for m in modules.values()
        if m.name in needed.loaded and files[_file(m)] != m.text.encode()
    )
    files |= _data_files(modules, needed, end, files)
    files |= _notebooks(now, with_solutions)
    files |= {n: (ROOT / n).read_bytes() for n in _AS_THEY_ARE if (ROOT / n).is_file()}
    names = {le.name for le in now}
    files[MARK] = (
        json.dumps({"through": last, "lessons": sorted(names)}, indent=1) + "\n"
    ).encode()
    files["README.md"] = release_readme(
        (ROOT / "README.md").read_text("utf-8"),
        lambda path: _holds(files, path),
        lambda block: any(elsewhere.in_text(block)),
    ).encode()
    withheld = tuple(m.name for m in modules.values() if m.name not in needed.loaded)
    shared = tuple(f"{e.id} {e.name}: a released lesson asks for it" for e in end.beyond)
    shared += tuple(_shared(modules, needed, end.later))
    references = _reference_texts(modules, end.later, needed)
    return Release(
        last, dict(sorted(files.items())), withheld, shortened, shared,
        (in_package, elsewhere), references,
    )  # fmt: skip


def report(made: Release) -> list[str]:
    """What is told of a release in the terminal."""
    count = sum(name.endswith(".py") for name in made.files)
    lines = [
        f"release through lesson {made.through}: {len(made.files)} files, {count} modules; "
        f"{len(made.withheld)} modules withheld, {len(made.shortened)} shortened",
        "References of the released exercises are in it: an open blank is served by them.",
    ]
    if made.shared:
        lines.append(f"{len(made.shared)} later exercises could not be withheld:")
        lines += [f"  {line}" for line in made.shared]
    return lines


def _number(last: str, lessons: list[Lesson]) -> str:
    known = sorted({le.name[:2] for le in lessons})
    number = f"{int(last):02d}" if last.isdigit() else last
    if number not in known:
        raise WorkbookError(
            f"--through: expected the number of a lesson, one of {', '.join(known)}; got {last!r}."
        )
    return number


def _searches(
    now: Iterable[Lesson], then: Iterable[Lesson], needed: Needed, with_solutions: bool
) -> tuple[Search, Search]:
    """What is looked for in the package, and in all other files."""
    shown = [text for lesson in (*now, *then) for text in shown_elsewhere(lesson)]
    later = Search(s for lesson in then for s in lesson_secrets(lesson)).without(shown)
    own = [s for lesson in now for s in lesson_secrets(lesson)]
    solved = ["\n\n".join(c.text for c in le.cells if c.kind == "code") for le in now]
    code = [_text(m, p) for m in needed.modules.values() for p in m.parts if id(p) in needed.parts]
    answers = [] if not with_solutions else own
    elsewhere = Search([*later.secrets, *own]).without(shown)
    elsewhere = Search(s for s in elsewhere.secrets if s not in set(answers))
    return later.without([*code, *solved]), elsewhere


def _later_only(
    modules: dict[str, Module], end: Border, then: Iterable[Lesson], needed: Needed
) -> set[int]:
    """Statements that later lessons need and the released ones do not."""
    beyond = Needed(modules, lambda m, p: True, is_instructors)
    beyond.follow(exercise_roots(modules, end.later), "later exercises")
    beyond.follow(lesson_roots(then, modules), "later lessons")
    beyond.follow((reference_of(e) for e in end.later), "later references")
    return beyond.parts - needed.parts


def _package_files(modules: dict[str, Module], needed: Needed, kept: set[int]) -> dict[str, bytes]:
    there = {name: modules[name] for name in sorted(needed.loaded)}
    return {
        _file(module): cut_module(
            module, modules,
            lambda part: id(part) in kept,
            lambda ref: is_there(modules, needed, kept, ref),
        ).encode()
        for module in there.values()
    }  # fmt: skip


def _data_files(
    modules: dict[str, Module], needed: Needed, end: Border, files: dict[str, bytes]
) -> dict[str, bytes]:
    """Files beside kept modules, or in a folder of data there, that their code names."""
    found = {}
    folders = {module.path.parent for module in modules.values()}
    for path in sorted((ROOT / "course_utils").rglob("*")):
        if not path.is_file() or path.suffix in (".py", ".pyc"):
            continue
        home = next(folder for folder in path.parents if folder in folders)
        beside = [n for n in needed.loaded if modules[n].path.parent == home]
        told = (path.name.encode(), f"{path.stem}.{{".encode())
        if any(word in files[_file(modules[name])] for name in beside for word in told):
            data = path.read_bytes()
            if path.name == "seeds.json":
                ids = {e.id for e in end.released}
                seeds = {k: v for k, v in json.loads(data).items() if k in ids}
                data = (json.dumps(seeds, indent=1) + "\n").encode()
            found[path.relative_to(ROOT).as_posix()] = data
    return found


def _notebooks(now: Iterable[Lesson], with_solutions: bool) -> dict[str, bytes]:
    found = {}
    for lesson in now:
        found[f"notebooks/{lesson.name}.ipynb"] = student_text(lesson).encode()
        if with_solutions:
            stored = solution_path(NOTEBOOKS, lesson.name)
            found[f"notebooks/solutions/{lesson.name}.ipynb"] = stored.read_bytes()
    return found


def _shared(modules: dict[str, Module], needed: Needed, later: Iterable[Exercise]):
    for exercise in later:
        ref = reference_of(exercise)
        part = modules[ref.module].binding(ref.name) if ref.module in modules else None
        if part is not None and needed.has(modules[ref.module], part):
            why = needed.why.get(ref, "")
            why = needed.why.get(Ref(*why.rpartition(".")[::2]), why) if "." in why else why
            yield f"{exercise.id} {exercise.name}: stays in {_file(modules[ref.module])}, for {why}"


def _reference_texts(
    modules: dict[str, Module], later: Iterable[Exercise], needed: Needed
) -> dict[str, tuple[str, str]]:
    """Source of later references and known mistakes, to be looked for in bytecode."""
    found = {}
    for exercise in later:
        ref = reference_of(exercise)
        module = modules[ref.module]
        part = module.binding(ref.name)
        if part is not None and not needed.has(module, part):
            found[ast.unparse(part.node)] = (exercise.id, exercise.name)
    return found


def _text(module: Module, part: Part) -> str:
    return "\n".join(module.text.split("\n")[part.first - 1 : part.last])


def _file(module: Module) -> str:
    return module.path.relative_to(ROOT).as_posix()


def _holds(files: Iterable[str], path: str) -> bool:
    path = path.split("#")[0]
    return any(name == path or name.startswith(f"{path}/") for name in files)


def emptied(to: Path) -> None:
    """An earlier release goes; anything else is not ours to delete."""
    if to.exists() and any(to.iterdir()):
        if not (to / MARK).is_file():
            raise WorkbookError(
                f"{to}: expected a new or empty folder, or an earlier release; it holds other "
                "files. Name another folder."
            )
        shutil.rmtree(to)
    to.mkdir(parents=True, exist_ok=True)
