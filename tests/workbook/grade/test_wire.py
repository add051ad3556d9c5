"""The format of the messages: what goes in comes out, and nothing else comes out of anything."""

import ast
import copy
import json
import math
import random
import struct
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.workbook.grade import link as link_module
from course_utils.workbook.grade.link import Link
from course_utils.workbook.grade.strange import Keeper
from course_utils.workbook.grade.wire import DEEPEST, Encoder, WireError
from course_utils.workbook.grade.wire_reader import Decoder

GRADER = Path(link_module.__file__).parent
Pair = namedtuple("Pair", "one two")


def keeper(copies=False):
    return Keeper(lambda number, args, kwargs: None, copies=copies)


def there_and_back(value):
    encoder = Encoder(keeper())
    message = encoder.message({"value": encoder.node(value)})
    decoder = Decoder(message, keeper())
    return decoder.value(decoder.header["value"])


def same(one, other):
    if isinstance(one, np.ndarray):
        equal = np.array_equal(one, other, equal_nan=one.dtype.kind in "fc")
        return type(one) is type(other) and one.dtype == other.dtype and equal
    if isinstance(one, float) and math.isnan(one):
        return math.isnan(other)
    if isinstance(one, (list, tuple)):
        pairs = zip(one, other, strict=True)
        return type(one) is type(other) and all(same(a, b) for a, b in pairs)
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    return type(one) is type(other) and one == other


VALUES = [
    *(None, True, 0, -(2**63), 2**63, 10**5000, 1.5, math.inf, -0.0, math.nan, 1e-320, 2 + 3j),
    *("", "Ωμέγα 学生 \x00", b"", b"\xff\x00", ..., Fraction(1, 3), Decimal("0.10"), set(), {1, 2}),
    *([], (), {}, [1, [2, (3,)]], {"a": [1.0], 2: None, (1, 2): "x"}, frozenset({"a"})),
    *(np.float32(0.1), np.int8(-3), np.bool_(True), np.complex64(1j), np.float16(2)),
    *(np.zeros(0), np.array(3.5), np.arange(6).reshape(2, 3), np.arange(6.0).reshape(2, 3).T),
    *(np.asfortranarray(np.ones((3, 4), np.float32)), np.array([True, False]), np.arange(9)[::2]),
    *(np.array(["a", "Ω"]), np.array([None, 1, "x"], dtype=object), np.ones((2, 1, 2), ">f8")),
    *(np.longdouble("1.1"), np.zeros((0, 5)), np.array([np.nan, np.inf])),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_what_goes_in_comes_out(value):
    assert same(value, there_and_back(value))


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=9),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_any_plain_value_comes_out(value):
    clean = json.loads(json.dumps(repr(value)).encode("utf-8", "replace"))
    got = there_and_back(value)
    assert repr(got).encode("utf-8", "replace") == clean.encode("utf-8", "replace") or "\\ud" in (
        clean
    )


def test_lone_surrogates_become_question_marks():
    assert there_and_back("a\ud800b") == "a?b"


def test_a_shared_array_stays_shared():
    array = np.ones(3)
    got = there_and_back([array, (array, {"again": array})])
    assert got[0] is got[1][0] is got[1][1]["again"]


def test_what_holds_itself_or_is_too_deep_or_too_large_is_refused():
    loop = []
    loop.append(loop)
    deep = []
    for _ in range(DEEPEST + 1):
        deep = [deep]
    for value in (loop, deep, [0] * 300_000, np.zeros(2**24), "x" * 2**27):
        with pytest.raises(WireError):
            there_and_back(value)


def line(functions):
    """Two ends of a line within this process; the second has these functions."""
    there = Link(lambda message: here.serve(message), functions.__getitem__, copies=True)
    here = Link(there.serve, {}.__getitem__, copies=False)
    return here


def test_changes_of_arguments_come_back_into_the_very_objects():
    def change(X, box, rng, *, kept):
        X[0] = 9
        box["new"] = X
        kept.append(rng.random())
        return X, box

    X, box, rng, kept = np.zeros(3), {"old": 1}, np.random.default_rng(1), []
    got_X, got_box = line({"change": change}).call("change", (X, box, rng), {"kept": kept})
    assert X.tolist() == [9, 0, 0]
    assert box["new"] is X
    assert got_X is X
    assert got_box is box
    twin = np.random.default_rng(1)
    assert kept == [twin.random()]
    assert rng.random() == twin.random()


def test_what_cannot_cross_stays_and_comes_home():
    class Box:
        def __init__(self, X):
            self.X = X

    def forward(X):
        return X, Box(X), Pair(X, 2)

    def backward(box, pair):
        return type(box).__name__, box.X.sum(), type(pair).__name__, pair.one.sum()

    ends = line({"forward": forward, "backward": backward})
    X, box, pair = ends.call("forward", (np.ones(3),))
    assert type(box).__name__ == "Box"
    assert isinstance(pair, tuple)
    assert type(pair).__name__ == "Pair"
    for b, p in ((box, pair), copy.deepcopy((box, pair))):
        assert ends.call("backward", (b, p)) == ("Box", 3.0, "Pair", 3.0)


def test_a_function_as_an_argument_can_be_called_back():
    def twice(f, X):
        return f(f(X))

    assert line({"twice": twice}).call("twice", (lambda X: X + 1, np.zeros(2))).tolist() == [2, 2]


class OddError(ValueError):
    pass


@pytest.mark.parametrize(
    ("error", "base", "name"),
    [
        (NotImplementedError("open"), NotImplementedError, "NotImplementedError"),
        (KeyError("a"), KeyError, "KeyError"),
        (OddError("x"), ValueError, "OddError"),
        (np.linalg.LinAlgError("singular"), ValueError, "LinAlgError"),
        (UnicodeDecodeError("utf-8", b"x", 0, 1, "bad"), ValueError, "UnicodeDecodeError"),
        (MemoryError(), MemoryError, "MemoryError"),
        (OSError(2, "no file"), OSError, "FileNotFoundError"),
        (StopIteration(3), StopIteration, "StopIteration"),
        (SystemExit(0), Exception, "SystemExit"),
        (KeyboardInterrupt(), Exception, "KeyboardInterrupt"),
    ],
    ids=lambda v: getattr(v, "__name__", type(v).__name__),
)
def test_an_error_is_raised_here_by_its_name_and_text(error, base, name):
    def fail():
        raise error

    with pytest.raises(base) as caught:
        line({"fail": fail}).call("fail")
    assert type(caught.value).__name__ == name
    assert str(caught.value) == str(error)
    assert isinstance(caught.value, Exception)


def spoilt(message, rng):
    """The message with bytes changed, cut, doubled, or its text exchanged."""
    data = bytearray(message)
    kind = rng.randrange(5)
    if kind == 0:
        for _ in range(rng.randrange(1, 8)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif kind == 1:
        del data[rng.randrange(len(data)) :]
    elif kind == 2:
        data += bytes(data)
    elif kind == 3:
        data[:4] = struct.pack("<I", rng.randrange(2**32))
    else:
        text = bytearray(data[4:])
        pool = b'[]{},:"0123456789-.eE tlardnSFibcqDegOUohkmTmo' + bytes(text[:40])
        for _ in range(rng.randrange(1, 12)):
            text[rng.randrange(len(text))] = rng.choice(pool)
        data[4:] = text
    return bytes(data)


def test_three_thousand_spoilt_messages_are_values_or_clear_errors():
    rng = random.Random(7)
    values = [v for v in VALUES if not isinstance(v, int) or v < 10**9]
    for _ in range(3000):
        encoder = Encoder(keeper())
        node = encoder.node([rng.choice(values), rng.choice(values), lambda: 0, Pair(1, [2])])
        message = spoilt(encoder.message({"value": node}), rng)
        try:
            decoder = Decoder(message, keeper())
            found = decoder.expect(decoder.header, dict)
            decoder.value(found.get("value"))
        except WireError:
            continue


HOSTILE = [
    ["a", "O", [1], "C"],
    ["a", "<f8", [2**40], "C"],
    ["a", "<f8", [0, 2**40], "C"],
    ["a", "<f8", [-1], "C"],
    ["a", "<f8", [1] * 40, "C"],
    ["a", "<f8", [True], "C"],
    ["a", "V8", [1], "C"],
    ["r", 0],
    ["r", -1],
    ["m", 0],
    ["m", 10**9],
    ["h", 0, ["l", []]],
    ["T", 1],
    ["Tm", "Linear"],
    ["x"],
    [],
    [[1]],
    ["d", [[["l", []], 1]]],
    ["S", [["l", []]]],
    ["i", "0xg"],
    ["q", "0x1", "0x0"],
    ["n", "<f8", "00"],
    ["g", "os.system", None],
    ["g", "PCG64", {"state": 1}],
    ["b", 10**9],
    ["U", [2], ["a", 3]],
    ["O", [2**50], []],
    ["k", 0, "int", ["z", []]],
    {"a": 1},
]


@pytest.mark.parametrize("node", HOSTILE, ids=lambda n: json.dumps(n)[:30])
def test_a_hostile_node_is_refused(node):
    text = json.dumps({"value": node}).encode()
    decoder = Decoder(struct.pack("<I", len(text)) + text, keeper())
    with pytest.raises(WireError):
        decoder.value(decoder.header["value"])


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b"1" * 10**6, b"{", b"\xff", b"null"], ids=lambda t: repr(t[:5])
)
def test_a_text_that_is_no_header_is_refused(text):
    def read():
        decoder = Decoder(struct.pack("<I", len(text)) + text, keeper())
        return decoder.expect(decoder.header, dict)

    with pytest.raises(WireError):
        read()


IN_THE_PARENT = ("wire", "wire_reader", "strange", "known", "link", "session", "process", "score")
NEVER = {"eval", "exec", "compile", "__import__", "import_module", "loads_pickle"}


@pytest.mark.parametrize("name", IN_THE_PARENT)
def test_nothing_that_runs_in_the_grader_can_run_what_it_reads(name):
    tree = ast.parse((GRADER / f"{name}.py").read_text("utf-8"))
    called = {getattr(n.func, "id", "") for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & NEVER
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    imported |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert not imported & {"pickle", "marshal", "shelve", "dill", "cloudpickle", "importlib"}
