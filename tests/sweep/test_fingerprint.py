import functools
import importlib.util
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils.data import PixelScaler
from course_utils.sweep.fingerprint import fingerprint, function_name

SOURCE = '''
import functools
from dataclasses import dataclass
import numpy as np
from json import dumps

EPOCHS = 10
SETTINGS = {"decay": 0.1}
DATA = np.arange(6.0).reshape(2, 3)
UNUSED = 1
COUNT = 0

@dataclass
class Split:
    X: object

SPLIT = Split(np.ones(3))

class Net:
    scale = 2

    def __init__(self, width):
        self.width = width

    def forward(self, x):
        return x * self.scale + offset()

    @property
    def size(self):
        return self.width * 1

    @staticmethod
    def start():
        return 5

NET = Net(3)

def offset():
    return 7

def named(rule, x=1.5):
    """What this does."""
    # a comment
    total = offset() if rule in {"sgd", "adam", "rmsprop"} else 0
    return total

@functools.lru_cache
def cached():
    return 11

def plain(f):
    @functools.wraps(f)
    def wrapper(*a, **k):
        return f(*a, **k)
    return wrapper

@plain
def wrapped():
    return 13

def factorial(n):
    return n * factorial(n - 1) if n else 1

LAYERS = {"a": np.tanh, "b": [offset, 2]}

def train(x, seed, width=4):
    """Doc."""
    global COUNT
    COUNT += 1
    inner = [named("sgd") for _ in range(EPOCHS)]
    net = Net(width)
    LAYERS["a"]
    return dumps(SETTINGS), DATA, SPLIT, NET.size, cached(), wrapped(), factorial(3), inner, net

def make(offset):
    def run(x, seed):
        return x + offset
    return run

run = make(3)

class Caller:
    def __init__(self, a):
        self.a = a

    def __call__(self, x, seed):
        return x + self.a

    def method(self, x, seed):
        return x - self.a

caller = Caller(2)
partial = functools.partial(train, 5, width=9)
'''


@pytest.fixture
def load(tmp_path):
    """A function that makes a module of a changed source, always under the same name."""
    count = iter(range(1000))

    def load(*changes):
        text = SOURCE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / f"file{next(count)}.py"
        path.write_text(text)
        spec = importlib.util.spec_from_file_location("lesson", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules["lesson"] = module  # dataclass looks there
        spec.loader.exec_module(module)
        return module

    yield load
    sys.modules.pop("lesson", None)


def changed(a, b):
    a, b = fingerprint(a).parts, fingerprint(b).parts
    return {name for name in a.keys() | b.keys() if a.get(name) != b.get(name)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    # a comment\n", "    # another\n    # and more\n\n"),
        ('"""What this does."""', '"""What this is for."""'),
        ("total = offset() if", "total = (offset()) if"),
        ("total", "amount"),
        ("UNUSED = 1", "UNUSED = 2"),
        ("COUNT = 0", "COUNT = 9"),  # it sets this itself
        ("DATA = np.arange(6.0)", "import math\nDATA = np.arange(6.0)"),
    ],
)
def test_what_changes_nothing_is_no_change(load, old, new):
    assert changed(load().train, load((old, new)).train) == set()


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("inner = [named", "inner = [1 + named", {"train"}),
        ("return 7", "return 8", {"offset"}),
        ('{"sgd", "adam", "rmsprop"}', '{"sgd", "adam"}', {"named"}),
        ("x=1.5", "x=1.25", {"named default 0"}),
        ("width=4)", "width=5)", {"train default 0"}),
        ("EPOCHS = 10", "EPOCHS = 11", {"EPOCHS"}),
        ("EPOCHS = 10", "EPOCHS = 10.0", {"EPOCHS"}),
        ('"decay": 0.1', '"decay": 0.2', {"SETTINGS"}),
        ("offset, 2", "offset, 3", {"LAYERS b 1"}),
        ("offset, 2", "cached, 2", {"LAYERS b 0"}),
        ("from json import dumps", "from pickle import dumps", {"dumps"}),
        ("np.tanh", "np.sin", {"LAYERS a"}),
        ("reshape(2, 3)", "reshape(3, 2)", {"DATA"}),
        ("np.arange(6.0)", "np.arange(6, dtype=np.float32)", {"DATA"}),
        ("np.ones(3)", "np.zeros(3)", {"SPLIT X"}),
        ("Net(3)", "Net(4)", {"NET width"}),
        ("scale = 2", "scale = 3", {"Net.scale"}),
        ("x * self.scale", "x + self.scale", {"Net.forward"}),
        ("self.width * 1", "self.width * 2", {"Net.size"}),
        ("return 5", "return 6", {"Net.start"}),
        ("return 11", "return 12", {"cached"}),
        ("return 13", "return 14", {"wrapped with f"}),
        ("return f(*a, **k)", "return f(*a, **k) + 1", {"wrapped"}),
        ("if n else 1", "if n else 2", {"factorial"}),
    ],
)
def test_a_change_is_seen_and_named(load, old, new, parts):
    assert changed(load().train, load((old, new)).train) == parts


def test_closures_partials_and_objects_that_are_called(load):
    module, other = load(), load(("make(3)", "make(4)"), ("Caller(2)", "Caller(3)"))
    assert changed(module.run, other.run) == {"run with offset"}
    assert changed(module.caller, other.caller) == {"Caller a"}
    assert changed(module.caller.method, other.caller.method) == {"method self a"}
    other = load(("partial(train, 5, width=9)", "partial(train, 6, width=8)"))
    assert changed(module.partial, other.partial) == {"train argument 0", "train argument width"}
    other = load(("x - self.a", "x * self.a"), ("x + self.a", "x / self.a"))
    assert changed(module.caller, other.caller) == {"Caller.method", "Caller.__call__"}
    assert changed(module.caller.method, other.caller.method) == {
        "Caller.method",
        "Caller.__call__",
    }


def test_what_cannot_be_followed_is_told():
    thing, rng = object(), np.random.default_rng(0)

    def train(seed):
        return thing, rng, [thing], np.linalg.norm, functools

    assert fingerprint(train).unseen == {
        "train with thing": "object",
        "train with rng": "Generator",
    }


def test_a_structure_that_contains_itself_comes_to_an_end():
    loop = [1, object()]
    loop.append(loop)

    def train(seed):
        return loop

    found = fingerprint(train)
    assert found.unseen == {"train with loop 1": "object"}
    assert "train with loop 0" in found.parts


def test_an_object_that_can_be_called_counts_by_its_content():
    def with_scale(scale):
        def train(seed):
            return scale(np.zeros((1, 3)))

        return train

    rng = np.random.default_rng(0)
    pixels = [rng.integers(0, 256, (4, 3), dtype=np.uint8) for _ in range(2)]
    functions = [with_scale(PixelScaler.fit(X)) for X in (pixels[0], pixels[0], pixels[1])]
    assert changed(functions[0], functions[1]) == set()
    assert changed(functions[0], functions[2]) == {"train with scale mean", "train with scale std"}


def test_functions_that_name_each_other_come_to_an_end():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    assert {"even", "even with odd"} <= fingerprint(even).parts.keys()


def test_names():
    assert function_name(functools.partial(np.linalg.norm)) == "numpy.linalg.norm"

    class Caller:
        def __call__(self, seed):
            return {}

    assert function_name(Caller()).endswith("test_names.<locals>.Caller")
    assert function_name(fingerprint) == "course_utils.sweep.fingerprint.fingerprint"


def test_a_fingerprint_is_the_same_in_every_process(tmp_path):
    (tmp_path / "lesson.py").write_text(SOURCE)
    code = (
        "import lesson\nfrom course_utils.sweep.fingerprint import fingerprint\n"
        "print(sorted(fingerprint(lesson.train).parts.items()))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{tmp_path}:{os.getcwd()}"},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(seen) == 1
    assert "offset" in seen.pop()
