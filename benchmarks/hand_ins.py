"""Make hand-ins of a lesson: right answers, catalogued mistakes, open blanks, broken files.

The same number of hand-ins gives the same files. Sources are the solution edition and the wrong
lines of `course_utils.checking.mistakes`, put into the cells of the student edition.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from course_utils.checking.exercises import Exercise, find_exercise
from course_utils.checking.mistakes import WHOLE, Mistake, catalogue
from course_utils.workbook.project import NOTEBOOKS, solution_path, student_path
from tests.checking.right import RIGHT

LESSON = "03_fully_connected_net"
_BROKEN = 0.05  # share of hand-ins with something wrong beyond their answers
_KNOWN = {"np", *dir(builtins)}
COPY_EACH = 50  # every so often a hand-in is the one before it, with other names
# What people write beside what is needed: each of them common, five in a row hardly anybody's.
_HABITS = (
    "eps = 1e-12", "size = np.float64(1.0)", "rows, columns = 1, 1", "total = 0.0",
    "ones = np.ones(3)", "print_every = 100", "axis = 0", "debug = False", "dtype = np.float32",
    "shape = (1, 1)", "low, high = min(1, 2), max(1, 2)", "scale = 1.0 / max(1, 2)",
    "order = [0, 1, 2]",
    "names = {'a': 0, 'b': 1}", "half = 0.5 * 2.0", "flat = np.zeros((2, 2)).ravel()",
    "count = len([1, 2, 3])", "mask = np.arange(4) > 2", "check = all([True, True])",
    "result = None",
)  # fmt: skip


def make_hand_ins(folder: Path, count: int, lesson: str = LESSON, seed: int = 0) -> list:
    """Write hand-ins, one folder for each student.

    Args:
        folder: is made.
        count: how many.
        lesson: name of the lesson.
        seed: another gives other hand-ins.

    Returns:
        (name of a student, name of the one who copied) of all copies.
    """
    student = json.loads(student_path(NOTEBOOKS, lesson).read_text("utf-8"))
    solved = json.loads(solution_path(NOTEBOOKS, lesson).read_text("utf-8"))
    cells = dict(_exercise_cells(solved))
    wrong = {i: _wrong_cells(find_exercise(i), text) for i, text in cells.items()}
    others = {i: _other_cells(find_exercise(i), text) for i, text in cells.items()}
    before, copies = ("", ""), []
    for number in range(count):
        rng = np.random.default_rng([seed, number])
        skill = rng.beta(5, 2)
        made = json.loads(json.dumps(student))
        for cell in made["cells"]:
            for exercise, _ in _exercise_cells({"cells": [cell]}):
                text = _answer(rng, skill, cells[exercise], others[exercise], wrong[exercise])
                if text is not None:
                    cell["source"] = text.splitlines(keepends=True)
        made["cells"][-1]["metadata"]["student"] = number  # no two files are the same
        text = json.dumps(made, indent=1)
        name = f"student-{number:03d}"
        if number % COPY_EACH == COPY_EACH - 1:
            text = _copied(before[1])
            copies.append((before[0], name))
        elif rng.random() < _BROKEN:
            text = _BREAKS[number % len(_BREAKS)](text, cells)
        before = (name, text) if _is_whole(text) else before
        (folder / name).mkdir(parents=True)
        (folder / name / f"{lesson}.ipynb").write_text(text, "utf-8", newline="\n")
    return copies


def _answer(rng, skill: float, right: str, others: list[str], wrong: list[str]) -> str | None:
    """A cell, or None for an open blank."""
    drawn = rng.random()
    if drawn < skill:
        another = others and rng.random() < 0.4
        text = others[rng.integers(len(others))] if another else right
        return _with_habits(text, rng) if rng.random() < 0.4 else text
    if drawn > 1 - 0.3 * (1 - skill) or not wrong:
        return None
    # Some mistakes are made by many, most by few.
    return wrong[int(len(wrong) * rng.random() ** 3)]


def _exercise_cells(notebook: dict):
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] != "code" or "@exercise(" not in text:
            continue
        for node in ast.parse(text).body:
            for decorator in getattr(node, "decorator_list", []):
                yield decorator.args[0].value, text


def _with_habits(text: str, rng: np.random.Generator) -> str:
    """A cell with some lines that do nothing, after the doc string."""
    body = _definition(text).body
    lines = text.splitlines()
    chosen = rng.choice(_HABITS, size=rng.integers(3, 7), replace=False)
    lines[body[0].end_lineno : body[0].end_lineno] = [f"    {habit}" for habit in chosen]
    return "\n".join(lines)


def _definition(text: str) -> ast.FunctionDef:
    return next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef))


def _copied(text: str) -> str:
    """The same hand-in with other names, layout and comments."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for _, source in _exercise_cells({"cells": [cell]}):
            tree = ast.parse(source)
            own = {
                n.id
                for n in ast.walk(tree)
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
            }
            own -= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and node.id in own:
                    node.id += "_mine"
            cell["source"] = ast.unparse(tree).splitlines(keepends=True)
    return json.dumps(notebook, indent=1)


def _is_whole(text: str) -> bool:
    try:
        return all(_exercise_cells(json.loads(text)))
    except (ValueError, SyntaxError):
        return False


def _other_cells(exercise: Exercise, right: str) -> list[str]:
    """Cells with right answers that are written differently and need nothing but NumPy."""
    made = []
    for _, answer in RIGHT[exercise.name]:
        if inspect.isfunction(answer) and answer.__closure__ is None and _plain(answer):
            lines = right.splitlines()[: _definition(right).body[0].end_lineno]
            given = [a.arg for a in _definition(right).args.args]
            inner = _definition(_source(answer))
            if [a.arg for a in inner.args.args] == given:
                body = _source(answer).splitlines()[inner.body[0].lineno - 1 :]
                made.append("\n".join([*lines, *body]))
    return made


def _wrong_cells(exercise: Exercise, right: str) -> list[str]:
    """Cells with the mistakes of an exercise that need nothing but NumPy."""
    return [_with_mistake(exercise, right, m) for m in catalogue(exercise.name) if _plain(m.wrong)]


def _plain(wrong: Callable) -> bool:
    tree = ast.parse(_source(wrong))
    bound = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    bound |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return used <= bound | _KNOWN


def _source(function: Callable) -> str:
    """The text of a function without its decorators."""
    text = textwrap.dedent(inspect.getsource(function))
    return text[text.index("def ") :]


def _with_mistake(exercise: Exercise, right: str, mistake: Mistake) -> str:
    """The cell of an exercise, with the wrong lines in it."""
    definition = _definition(right)
    lines = right.splitlines()
    body = definition.body
    head = lines[: body[0].end_lineno]  # decorator, signature, doc string
    answer = lines[body[1].lineno - 1 : definition.end_lineno]
    given = [a.arg for a in definition.args.args]
    given += [f"{a.arg}={a.arg}" for a in definition.args.kwonlyargs]
    called = ", ".join(given)
    inner = textwrap.indent(_source(mistake.wrong), "    ").splitlines()
    wrong = mistake.wrong.__name__
    if mistake.parts == (WHOLE,):
        return "\n".join([*head, *inner, f"    return {wrong}({called})"])
    parts = ", ".join(exercise.returns)
    signature = ast.unparse(definition.args)
    inner += [
        f"    def rest({signature}):",
        *textwrap.indent("\n".join(answer), "    ").splitlines(),
    ]
    inner.append(f"    {parts} = rest({called})")
    if len(mistake.parts) == 1:
        inner.append(f"    {mistake.parts[0]} = {wrong}({called})")
    else:
        inner.append(f"    found = {wrong}({called})")
        inner += [f"    {part} = found[{part!r}]" for part in mistake.parts]
    return "\n".join([*head, *inner, f"    return {parts}"])


def _endless(text: str, cells: dict[str, str]) -> str:
    return _first_answer(text, cells, "while True:\n        pass\n")


def _renamed(text: str, cells: dict[str, str]) -> str:
    name = find_exercise(next(iter(cells))).name
    return text.replace(f"def {name}(", f"def my_{name}(")


def _no_python(text: str, cells: dict[str, str]) -> str:
    return _first_answer(text, cells, "return (((\n")


def _cut(text: str, cells: dict[str, str]) -> str:
    return text[: len(text) // 2]


def _first_answer(text: str, cells: dict[str, str], body: str) -> str:
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for exercise, source in _exercise_cells({"cells": [cell]}):
            if exercise == next(iter(cells)):
                cell["source"] = source[: source.index('"""')] + body
    return json.dumps(notebook, indent=1)


_BREAKS = (_cut, _endless, _renamed, _no_python)
