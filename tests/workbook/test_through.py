"""A release for a graded course: it runs, and later lessons are not in it."""

import ast
import hashlib
import inspect
import json
import os
import subprocess
import sys

import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.checking.mistakes import catalogue
from course_utils.workbook.leaks_secrets import lesson_secrets
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import ROOT, WorkbookError, lesson_sources
from course_utils.workbook.through import (
    _data_files,
    emptied,
    leaks_in,
    make_release,
    release,
)
from course_utils.workbook.through_code import Ref, read_package
from course_utils.workbook.through_docs import release_readme
from course_utils.workbook.through_graph import Needed
from course_utils.workbook.through_later import declared_later
from course_utils.workbook.through_lessons import border

LAST = "01"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A release through lesson 01, made once."""
    folder = tmp_path_factory.mktemp("release") / "course"
    return release(LAST, folder), folder


@pytest.fixture(scope="module")
def through_03(tmp_path_factory):
    """A release that ends where nets begin to have layers of later lessons, made once."""
    folder = tmp_path_factory.mktemp("release") / "course"
    return release("03", folder), folder


def inside(folder, *command):
    """Run Python in the release, which finds nothing of the project around it."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COURSE"))}
    env |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True
    )


def test_it_is_complete_and_says_where_it_ends(made):
    result, folder = made
    lessons = sorted(p.stem for p in lesson_sources() if p.stem[:2] <= LAST)
    assert sorted(p.stem for p in (folder / "notebooks").glob("*.ipynb")) == lessons
    mark = json.loads((folder / "release.json").read_text())
    assert mark == {"lessons": lessons, "through": LAST}
    files = (p for p in folder.rglob("*") if p.is_file())
    written = {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}
    assert written == result.files


def test_neither_answers_nor_tests_nor_sources_are_in_it(made):
    result, _ = made
    names = list(result.files)
    for gone in ("tests/", "benchmarks/", "figures/", "notebooks/source/", "notebooks/solutions/",
                 "course_utils/workbook/results/", "course_utils/workbook/grade/score",
                 "RESULTS.md", "CONTRIBUTING.md"):  # fmt: skip
        assert not [n for n in names if n.startswith(gone)]
    whole = b"\n".join(result.files.values())
    assert b"BEGIN SOLUTION" not in whole.replace(b'"### BEGIN SOLUTION"', b"")
    assert b"R5" not in result.files["README.md"]


def test_functions_of_later_exercises_are_in_it_only_where_that_is_told(made):
    """Looked for by name, in the file where it stands in the project."""
    result, _ = made
    shared = {line.split(":")[0].split()[1] for line in result.shared}
    later = {e.name for e in all_exercises().values() if e.lesson > LAST}
    there = set()
    for asked in (e for e in all_exercises().values() if e.lesson > LAST):
        file = asked.reference.__module__.replace(".", "/") + ".py"
        if f"def {asked.name}(".encode() in result.files.get(file, b""):
            there.add(asked.name)
    assert there == shared
    assert len(shared) < len(later) / 3
    assert {"lstm_forward", "freeze_body", "derive_lstm_cell"} <= later - there


def test_it_has_its_own_exercises_and_mistakes_and_every_module_can_be_imported(made):
    _, folder = made
    code = (
        "import importlib, json, pkgutil, course_utils\n"
        "from course_utils.checking.exercises import all_exercises\n"
        "from course_utils.checking.mistakes import catalogue\n"
        "names = [m.name for m in pkgutil.walk_packages(course_utils.__path__, 'course_utils.')]\n"
        "[importlib.import_module(n) for n in names if not n.endswith('__main__')]\n"
        "print(json.dumps([course_utils.__file__, list(all_exercises()), len(names),\n"
        "                  [m.id for m in catalogue()]]))\n"
    )
    ran = inside(folder, "-c", code)
    assert ran.returncode == 0, ran.stderr
    place, ids, count, mistakes = json.loads(ran.stdout)
    assert place == str(folder / "course_utils" / "__init__.py")
    # Lesson 01 puts two exercises of lesson 03 to what its derivations become as code.
    asked = {"3.2": "linear_backward", "3.6": "softmax_cross_entropy_backward"}
    assert ids == [e.id for e in all_exercises().values() if e.lesson <= LAST or e.id in asked]
    released = [all_exercises()[i].name for i in ids]
    assert sorted(mistakes) == sorted(m.id for m in catalogue() if m.name in released)
    assert 50 < count < 300


def test_its_lessons_run_and_the_doctor_finds_nothing_wrong(made):
    _, folder = made
    ran = inside(folder, "-m", "course_utils", "run", "00", "01", "--no-venv")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 of 2 lessons ran" in ran.stdout
    seen = json.loads((folder / "build/run/00_start_here.ipynb").read_text("utf-8"))
    outputs = [o for c in seen["cells"] for o in c.get("outputs", [])]
    assert outputs
    assert not [o for o in outputs if o["output_type"] == "error"]
    ran = inside(folder, "-m", "course_utils", "doctor", "--no-venv")
    assert "✓ kernel" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
    ran = inside(folder, "-m", "course_utils", "results", "--no-venv")
    assert ran.returncode == 1
    assert "results: not in this edition, which is for students." in ran.stderr
    ran = inside(folder, "-m", "course_utils", "run", "07", "--no-venv")
    assert "no lesson '07'" in ran.stderr


def later_than(last):
    return [e for e in all_exercises().values() if e.lesson > last]


def told_of(node):
    """A function's statements, whatever it and its docstring are called."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return "\n".join(ast.unparse(line) for line in body)


def test_through_03_no_reference_of_a_later_lesson_is_in_it_as_text(through_03):
    result, _ = through_03
    assert result.shared == ()
    answers = {
        told_of(node): e.id
        for e in later_than("03")
        for node in ast.parse(inspect.getsource(e.reference)).body
    }
    assert {"4.1", "4.8", "5.3", "5.17"} <= set(answers.values())
    for name, data in result.files.items():
        for node in ast.walk(ast.parse(data)) if name.endswith(".py") else ():
            if isinstance(node, ast.FunctionDef):
                assert told_of(node) not in answers, (name, node.name)
    nets = b"\n".join(d for n, d in result.files.items() if n.startswith("course_utils/nn/"))
    assert not [e.name for e in later_than("03") if f"def {e.name}(".encode() in nets]


def test_through_03_no_reference_of_a_later_lesson_can_be_called(through_03):
    """Nor is there a module that held one."""
    places = [(e.reference.__module__, e.name) for e in later_than("03")]
    code = (
        "import importlib, json, pkgutil, sys, course_utils\n"
        "names = [m.name for m in pkgutil.walk_packages(course_utils.__path__, 'course_utils.')]\n"
        "[importlib.import_module(n) for n in names if not n.endswith('__main__')]\n"
        f"places = {places}\n"
        "nets = [m for n, m in sys.modules.items() if n.startswith('course_utils.nn')]\n"
        "there = [f'{m.__name__}.{n}' for m in nets for _, n in places if n in vars(m)]\n"
        "there += [p for p in places if p[1] in vars(sys.modules.get(p[0], object))]\n"
        "print(json.dumps(there))\n"
        "from course_utils.checking.exercises import all_exercises\n"
        "print(json.dumps(sorted(all_exercises())))\n"
        "print(json.dumps(sorted(names)))\n"
    )
    ran = inside(through_03[1], "-c", code)
    assert ran.returncode == 0, ran.stderr
    callable_ones, ids, names = map(json.loads, ran.stdout.splitlines()[-3:])
    assert callable_ones == []
    assert ids == sorted(e.id for e in all_exercises().values() if e.lesson <= "03")
    assert {"course_utils.nn.deep_net", "course_utils.nn.dropout"} <= set(names)
    gone = ("convolution", "_unrolling", "pooling", "recurrent", "clipping", "conv_net")
    assert not {f"course_utils.nn.{name}" for name in gone} & set(names)
    assert "course_utils.torchlab.clipping" not in names


def test_through_03_nets_train_and_say_which_lesson_brings_the_rest(through_03):
    code = """if True:
        import numpy as np
        from course_utils import nn
        from course_utils.nn.optional import LaterLessonError
        X, y = np.random.default_rng(0).standard_normal((9, 5)), np.arange(9) % 3
        net = nn.DeepNet((5, 4, 3), rng=np.random.default_rng(0), normalization="batch", keep=0.8,
                         weight_decay=0.1)
        for kind in "batch", "layer":
            again = nn.DeepNet((5, 4, 3), rng=np.random.default_rng(0), normalization=kind)
            again.loss_and_grads(X, y)
        def fit(**more):
            nn.fit(net, (X, y), None, optimizer=nn.make_optimizer("sgd", 0.1), epochs=1,
                   batch_size=3, rng=np.random.default_rng(1), report=None, **more)
        fit()
        for ask in (lambda: fit(max_norm=1.0), lambda: net.layers.conv2d_forward,
                    lambda: nn.spatial_batch_norm_backward, lambda: nn.ConvNet((8, 8), 3)):
            try:
                ask()
            except LaterLessonError as told:
                print(told)
    """
    ran = inside(through_03[1], "-c", code)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    begin = [
        "clip_gradients comes in lesson 05, and this edition of the course ends before it.",
        "conv2d_forward comes in lesson 04, and this edition of the course ends before it.",
        "spatial_batch_norm_backward comes in lesson 04, and this edition",
        "ConvNet comes in lesson 04, and this edition",
    ]
    assert len(lines) == 4
    for line, head in zip(lines, begin, strict=True):
        assert line.startswith(head)
        assert "Or write it yourself" in line


@pytest.mark.parametrize(
    ("name", "there"), [("resnet.resnet20", True), ("schedules.Cosine", False)]
)
def test_data_in_a_folder_of_its_own_goes_with_the_code_that_names_it(name, there):
    modules = read_package(ROOT / "course_utils")
    module, _, used = name.partition(".")
    needed = Needed(modules).follow([Ref(f"course_utils.torchlab.{module}", used)], "a lesson")
    paths = {n: modules[n].path for n in needed.loaded}
    files = {p.relative_to(ROOT).as_posix(): p.read_bytes() for p in paths.values()}
    found = _data_files(modules, needed, border("06"), files)
    weights = "course_utils/torchlab/weights/resnet20-distilled.safetensors"
    assert (weights in found) == there
    if there:
        assert found[weights] == (ROOT / weights).read_bytes()


def test_what_is_declared_for_a_lesson_is_followed_from_it_on(tmp_path):
    folder = tmp_path / "course_utils"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "home.py").write_text("def early(): pass\n\n\ndef late(): pass\n")
    (folder / "net.py").write_text(
        "LAYERS = (FromLesson('02', 'course_utils.home', 'early'),\n"
        "          FromLesson('04', 'course_utils.home', 'late'))\n\n\n"
        "def use():\n    return LAYERS\n"
    )
    modules = read_package(folder)
    home = modules["course_utils.home"]
    for last, there in (
        ("01", []),
        ("02", ["early"]),
        ("03", ["early"]),
        ("04", ["early", "late"]),
    ):
        needed = Needed(modules, last=last).follow([Ref("course_utils.net", "use")], "x")
        assert sorted(n for p in home.parts if needed.has(home, p) for n in p.binds) == there
        assert (home.name in needed.loaded) == bool(there)
    (net,) = declared_later(ast.parse("x = FromLesson('05', 'a.b', 'c', 'd')"))
    assert (net.lesson, net.module, net.names) == ("05", "a.b", ("c", "d"))


@pytest.mark.parametrize(
    ("name", "made_of"),
    [
        ("course_utils/nn/layers.py", lambda text, line: text + f"\n\n# {line}\n"),
        ("course_utils/checking/exercises/seeds.json", lambda text, line: text + line),
        ("README.md", lambda text, line: text + f"\n`{line}`\n"),
        ("notebooks/notes.txt", lambda text, line: line),
    ],
)
def test_an_answer_that_gets_into_it_is_found(made, tmp_path, name, made_of):
    result, _ = made
    (path,) = lesson_sources(["06"])
    wanted = set(result.searches[0].secrets)
    secret = next(s for s in lesson_secrets(read_lesson(path)) if s in wanted and not s.renamed)
    target = tmp_path / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(made_of(result.files.get(name, b"").decode(), secret.line), "utf-8")
    (found,) = leaks_in(result, tmp_path)
    assert (found.file, found.exercise) == (name, secret.exercise)


def test_another_process_with_another_hash_seed_gives_the_same_bytes(made):
    code = (
        "import hashlib\nfrom course_utils.workbook.through import make_release\n"
        f"files = make_release('{LAST}').files\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())\n"
    )
    env = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    expected = hashlib.sha256(repr(sorted(made[0].files.items())).encode()).hexdigest()
    assert ran.stdout.strip() == expected, ran.stderr


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WorkbookError, match="other files"):
        emptied(tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_an_unknown_lesson_is_told():
    with pytest.raises(WorkbookError, match=r"number of a lesson, one of 00, 01.*got '9'"):
        make_release("9")


def test_the_readme_names_nothing_that_is_not_there():
    text = (
        "# Title\n\nHello.\n\n## Lessons\n\n| a |\n|---|\n| [x](notebooks/0.ipynb) |\n"
        "| [y](notebooks/9.ipynb) |\n\nSee [the table](RESULTS.md).\n\nThe answer is 42.\n\n"
        "## For instructors\n\nGrade.\n\n## What is where\n\n"
        "```text\ntests/  x\ncourse_utils/  y\n```\n"
    )
    there = {"notebooks/0.ipynb", "course_utils"}
    assert release_readme(text, there.__contains__, lambda block: "42" in block) == (
        "# Title\n\nHello.\n\n## Lessons\n\n| a |\n|---|\n| [x](notebooks/0.ipynb) |\n\n"
        "## What is where\n\n```text\ncourse_utils/  y\n```\n"
    )
