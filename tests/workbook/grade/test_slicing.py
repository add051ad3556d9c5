"""Which lines of a notebook an answer needs."""

import pytest

from course_utils.workbook.grade.slicing import read_cells

NAMES = ("answer", "other")


def needed(*cells, name="answer"):
    """First lines of what an exercise's function needs."""
    plan = read_cells(list(enumerate(cells, 1)), NAMES)
    return [plan.statements[i].text.split("\n")[0] for i in plan.needed(name)]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (["import numpy as np\nimport os", "def answer(): return np"], ["import numpy as np", 1]),
        (["a = 1", "b = a", "c = 3", "def answer(): return b"], ["a = 1", "b = a", 1]),
        (["def answer(): return late", "late = 1"], [0, "late = 1"]),
        (["net = train()", "def answer(net): return net"], [0]),
        (["X = load()", "def answer():\n    X = 1\n    return X"], [0]),
        (
            ["k = {}", "k['a'] = 1", "k.b = 2", "def answer(): return k"],
            ["k = {}", "k['a'] = 1", "k.b = 2", 0],
        ),
        (["n = 0", "n += 1", "def answer(): return n"], ["n = 0", "n += 1", 0]),
        (["def answer(f=lambda: scale): return f", "scale = 2"], [0, "scale = 2"]),
        (
            ["class Box(Base):\n    pass", "class Base: pass", "def answer(): return Box"],
            ["class Box(Base):", "class Base: pass", 0],
        ),
        (["from math import *", "def answer(): return sin(1)"], ["from math import *", 0]),
        (
            ["try:\n    import a\nexcept ImportError:\n    a = None", "def answer(): return a"],
            ["try:", 0],
        ),
        (["y = 1", "def answer():\n    raise NotImplementedError('open')\n    return y"], [0]),
        (
            [
                "y, cache = f()",
                "def answer(x):\n    raise NotImplementedError\n    return y, cache",
            ],
            [0],
        ),
        (["wrap = 1", "@wrap\ndef answer(): pass"], ["wrap = 1", 0]),
        (
            [
                "def helper(): return deep()",
                "def deep(): return 1",
                "def answer(): return helper()",
            ],
            ["def helper(): return deep()", "def deep(): return 1", 0],
        ),
        (["answer = lambda: base", "base = 1"], ["answer = lambda: base", "base = 1"]),
        (["def answer(x: Kind) -> Kind: pass", "Kind = int"], [0, "Kind = int"]),
        (["def f():\n    global g\n    g = 1", "def answer(): return f()"], ["def f():", 0]),
    ],
)
def test_what_an_answer_needs(cells, wanted):
    own = next(c.split("\n")[0] for c in cells if "def answer" in c or c.startswith("answer"))
    assert needed(*cells) == [w if isinstance(w, str) else own for w in wanted]


def test_the_last_definition_counts_and_differing_ones_are_told():
    plan = read_cells([(1, "def answer(): return 1"), (5, "def answer(): return 2")], NAMES)
    assert plan.found["answer"].cell == 5
    assert plan.remarks == [
        "answer is defined 2 times, differently (cells 1, 5): the last one was graded."
    ]
    same = read_cells([(1, "def answer(): return 1"), (5, "def answer():\n  return 1")], NAMES)
    assert same.remarks == []


@pytest.mark.parametrize(
    "text",
    ["answer = 3", "answer[0] = f", "for answer in x: pass", "def my_answer(): pass", "answer"],
)
def test_what_defines_no_function(text):
    assert read_cells([(1, text)], NAMES).found == {}


@pytest.mark.parametrize(
    "text", ["%%bash\nls", "return return", "x = (", "def answer(:\n    pass", "\x00", "(" * 10**5]
)
def test_what_is_no_python_is_passed_over_and_told(text):
    plan = read_cells([(3, text), (4, "def other(): pass")], NAMES)
    assert "cell 3" in plan.remarks[0]
    assert "passed over" in plan.remarks[0]
    assert list(plan.found) == ["other"]


def test_magics_leave_the_line_numbers_as_they_were():
    plan = read_cells([(1, "%matplotlib inline\n!ls\nx = !ls\nif x:\n    %time y\ndef answer():\n    pass")], NAMES)  # fmt: skip # noqa: E501
    assert plan.found["answer"].node.lineno == 6
    assert plan.remarks == []
