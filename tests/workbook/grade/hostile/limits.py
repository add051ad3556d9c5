"""Time, memory, output: an answer that takes too much."""

from tests.workbook.grade.hostile import RIGHT, body, case, cells_with

NOTHING = {"3.1": 0.0}
LATE = "no end"


@case("time", "an endless loop", NOTHING, LATE)
def endless_loop(folder):
    return body("while True:\n    pass")


@case("time", "an endless loop that swallows everything", NOTHING, LATE)
def swallowing_loop(folder):
    return body("""
while True:
    try:
        while True:
            pass
    except BaseException:
        continue""")


@case("time", "an endless loop that ignores every signal it can", NOTHING, LATE)
def deaf_loop(folder):
    return body("""
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    pass""")


@case("time", "an endless loop in C", NOTHING, LATE)
def endless_in_c(folder):
    return body("sum(range(10**18))")


@case("time", "a power that takes for ever", NOTHING, LATE)
def endless_power(folder):
    return body("9 ** 9 ** 9")


@case("time", "a regular expression without end", NOTHING, LATE)
def endless_expression(folder):
    return body("import re\nre.match('(a+)+$', 'a' * 60 + 'b')")


@case("time", "sleeps", NOTHING, LATE)
def asleep(folder):
    return body("import time\ntime.sleep(10**6)")


@case("time", "an endless loop at the top level, in what an answer needs", NOTHING, LATE)
def endless_at_the_top(folder):
    helper = "def waits():\n    while True:\n        pass\n\nscale = waits()"
    return cells_with(RIGHT["linear_forward"].replace("X @ W", "scale * X @ W"), helper)


@case("time", "an endless loop at the top level, in what no answer needs")
def endless_elsewhere(folder):
    return cells_with(RIGHT["linear_forward"], "while True:\n    pass")


@case("time", "an endless loop in the decorator", NOTHING, LATE)
def endless_decorator(folder):
    helper = "def slow(f):\n    while True:\n        pass"
    return cells_with("@slow\n" + RIGHT["linear_forward"], helper)


@case("time", "an endless loop when an object is deleted", NOTHING, LATE)
def endless_deletion(folder):
    helper = "class Sticky:\n    def __del__(self):\n        while True:\n            pass"
    text = body("sticky = Sticky()\ndel sticky")
    return cells_with(text, helper)


@case("time", "an endless generator handed back", NOTHING, "expected an array, got count")
def endless_generator(folder):
    return body("import itertools\nreturn itertools.count(), None")


@case("memory", "an array of fifty gigabytes", NOTHING, "MemoryError|allocate")
def fifty_gigabytes(folder):
    return body("np.ones(50 * 2**30 // 8)")


@case("memory", "a list that grows without end", NOTHING, "MemoryError|no end")
def growing_list(folder):
    return body("kept = []\nwhile True:\n    kept.append(bytearray(10**8))")


@case("memory", "many mappings behind Python's back", NOTHING, "MemoryError|OSError|no end")
def many_mappings(folder):
    return body("import mmap\nkept = []\nwhile True:\n    kept.append(mmap.mmap(-1, 2**28))")


@case("memory", "recursion without end", NOTHING, "RecursionError")
def endless_recursion(folder):
    return body("return linear_forward(X, W, b)")


@case(
    "memory",
    "recursion without end and without Python's limit",
    NOTHING,
    "signal|fault|Error|no end",
)
def recursion_without_limit(folder):
    return body("import sys\nsys.setrecursionlimit(10**9)\nf = lambda: f()\nf()")


@case("output", "prints without end", NOTHING, LATE)
def endless_prints(folder):
    return body("while True:\n    print('x' * 10**6)")


@case("output", "prints much, and is right")
def many_prints(folder):
    return body("for _ in range(200):\n    print('x' * 10**5)")


@case("output", "returns an array of 400 MB", NOTHING, "cannot be graded")
def giant_array(folder):
    return body("return np.zeros((50_000, 1_000)), None")


@case("output", "returns a view that takes no memory and has 10**18 numbers", NOTHING)
def giant_view(folder):
    return body("return np.broadcast_to(1.0, (10**6, 10**6, 10**6)), None")


@case("output", "returns an empty array of a giant shape", NOTHING)
def giant_empty(folder):
    return body("return np.zeros((0, 10**15)), None")


@case("output", "returns a list of ten million numbers", NOTHING, "cannot be graded")
def giant_list(folder):
    return body("return [0] * 10**7, None")


@case("output", "returns a text of 100 MB", NOTHING, "cannot be graded")
def giant_text(folder):
    return body("return 'x' * 10**8, None")


@case("output", "returns a number of a million digits", NOTHING)
def giant_number(folder):
    return body("return 1 << 4_000_000, None")


@case("output", "raises an error with a text of 100 MB", NOTHING, "ValueError")
def giant_error(folder):
    return body("raise ValueError('x' * 10**8)")


@case("output", "returns lists within lists, 100,000 deep", NOTHING, "deep|cannot be graded")
def deep_list(folder):
    return body("deep = []\nfor _ in range(10**5):\n    deep = [deep]\nreturn deep, None")


@case("output", "returns a list that holds itself", NOTHING, "holds itself")
def list_of_itself(folder):
    return body("loop = []\nloop.append(loop)\nreturn loop, None")


@case(
    "output",
    "returns tuples of the same tuples, two to the fortieth",
    NOTHING,
    "cannot be graded|no end",
)
def doubled_tuples(folder):
    return body("pair = (0,)\nfor _ in range(40):\n    pair = (pair, pair)\nreturn pair, None")


@case("time", "asks a lent reference for a computation without end", NOTHING, LATE)
def endless_reference(folder):
    return body("nn.power_iteration(np.eye(3), np.ones(3), 10**12)")


@case("memory", "asks a lent reference for an array of 80 GB", NOTHING, "MemoryError|no end")
def giant_reference(folder):
    return body("many = np.zeros((100_000, 1))\nnn.gaussian_basis(many, many, 1.0)")


@case("memory", "asks a lent reference for little, which is allowed")
def small_reference(folder):
    return body("assert nn.softmax(np.zeros((1, 2))).tolist() == [[0.5, 0.5]]")
