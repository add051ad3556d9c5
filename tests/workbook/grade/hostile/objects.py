"""Unusual answers and objects that lie about themselves."""

from tests.workbook.grade.hostile import RIGHT, body, case, cells_with

NOTHING = {"3.1": 0.0}


def returning(made, *more):
    return cells_with(body(f"return {made}, (X, W)"), *more)


@case("objects", "an object that equals everything", NOTHING, "expected an array, got Yes")
def equals_everything(folder):
    return returning("Yes()", "class Yes:\n    def __eq__(self, other):\n        return True")


@case("objects", "an object that makes itself the right array", NOTHING, "got Lazy")
def array_on_demand(folder):
    made = "class Lazy:\n    def __array__(self, *a, **k):\n        return np.zeros(3)"
    return returning("Lazy()", made)


@case("objects", "an object that is every number", NOTHING, "got Number")
def float_on_demand(folder):
    made = "class Number:\n    def __float__(self):\n        return 1.0\n    shape = (5, 7)"
    return returning("Number()", made)


@case("objects", "an object that says it is an array", NOTHING)
def lies_about_its_class(folder):
    made = "class Liar:\n    @property\n    def __class__(self):\n        return np.ndarray"
    return returning("Liar()", made)


@case("objects", "an object that fails at every question", NOTHING)
def fails_always(folder):
    made = (
        "class Bad:\n    def __getattribute__(self, name):\n        raise SystemExit(name)\n"
        "    def __repr__(self):\n        raise KeyboardInterrupt\n"
        "    def __hash__(self):\n        raise MemoryError"
    )
    return returning("Bad()", made)


@case("objects", "an array of a class of one's own, right in its numbers")
def own_array(folder):
    made = "class Mine(np.ndarray):\n    def __eq__(self, other):\n        return True"
    return cells_with(body("return (X @ W + b).view(Mine), (X, W)"), made)


@case("objects", "a matrix, right in its numbers")
def matrix(folder):
    return body("return np.asmatrix(X @ W + b), (X, W)")


@case("objects", "an array of objects that equal everything", NOTHING, "dtype|array")
def array_of_objects(folder):
    made = "class Yes:\n    def __eq__(self, other):\n        return True"
    text = body("return np.array([[Yes()] * W.shape[1]] * len(X), dtype=object), None")
    return cells_with(text, made)


@case("objects", "a cache of a class of one's own, which the other answer reads")
def own_cache(folder):
    made = "class Kept:\n    def __init__(self, X, W):\n        self.X, self.W = X, W"
    text = (
        '@exercise("3.1", points=2)\ndef linear_forward(X, W, b):\n    return X @ W + b, Kept(X, W)'
    )
    back = RIGHT["linear_backward"].replace("X, W = cache", "X, W = cache.X, cache.W")
    return cells_with(text, made, linear_backward=back)


@case("objects", "a function in place of what it gives", NOTHING, "got function|got method")
def function_returned(folder):
    return returning("(lambda: X @ W + b)")


@case("objects", "a generator function", NOTHING, "generator")
def generator_function(folder):
    return RIGHT["linear_forward"].replace("return", "yield")


@case("objects", "an async function", NOTHING, "coroutine")
def async_function(folder):
    return RIGHT["linear_forward"].replace("def ", "async def ")


@case("objects", "a lambda")
def lambda_answer(folder):
    return "linear_forward = lambda X, W, b: (X @ W + b, (X, W))"


@case("objects", "an object that can be called")
def callable_object(folder):
    return (
        "class Layer:\n    def __call__(self, X, W, b):\n        return X @ W + b, (X, W)\n\n"
        "linear_forward = Layer()"
    )


@case("objects", "a function wrapped in decorators of one's own")
def decorated(folder):
    made = (
        "import functools\ndef timed(f):\n    @functools.wraps(f)\n    def wrapped(*a, **k):\n"
        "        return f(*a, **k)\n    return wrapped"
    )
    return cells_with("@timed\n" + RIGHT["linear_forward"], made)


@case("objects", "wrapped by its own name after it was defined")
def wrapped_later(folder):
    wrap = "def kept(f):\n    return lambda *a: f(*a)\n\nlinear_forward = kept(linear_forward)"
    return cells_with(RIGHT["linear_forward"] + "\n\n" + wrap)


@case("objects", "replaced by a wrong function after it was defined", {"3.1": 0.2}, "the last one")
def replaced_later(folder):
    wrong = "linear_forward = lambda X, W, b: (X @ W, (X, W))"
    return [*cells_with(RIGHT["linear_forward"]), wrong]


@case("objects", "raises KeyboardInterrupt", NOTHING, "KeyboardInterrupt")
def interrupts(folder):
    return body("raise KeyboardInterrupt")


@case("objects", "raises SystemExit", NOTHING, "SystemExit")
def exits(folder):
    return body("import sys\nsys.exit(0)")


@case("objects", "raises an error that cannot be told", NOTHING, "Quiet")
def untold_error(folder):
    made = "class Quiet(Exception):\n    def __str__(self):\n        raise SystemExit"
    return cells_with(body("raise Quiet"), made)


@case("objects", "raises an error named like the grader's own", NOTHING, "TookTooLongError")
def forged_error(folder):
    made = "class TookTooLongError(BaseException):\n    pass"
    return cells_with(body("raise TookTooLongError"), made)


@case("objects", "changes its arguments", NOTHING | {"3.1": 1.0}, "changed in place")
def changes_arguments(folder):
    return body("Y = X @ W + b\nX[0] = 7\nreturn Y, (X, W)")


@case("objects", "changes its arguments by a thread, after it has returned", NOTHING, "thread")
def changes_later(folder):
    return body("""
import threading, time
def later():
    time.sleep(0.01)
    X[:] = 0
threading.Thread(target=later).start()""")


@case("objects", "gives another answer at every sixth call", {"3.1": 1.0}, "two equal calls")
def counts_calls(folder):
    text = body("global calls\ncalls += 1\nif calls == 6:\n    return X @ W, (X, W)")
    return cells_with(text, "calls = 0")


@case("objects", "gives random numbers", {"3.1": 0.1}, "two equal calls")
def random_numbers(folder):
    return body("return np.random.standard_normal((len(X), W.shape[1])), None")


@case("objects", "keeps the first arguments that it saw, and answers for those", NOTHING)
def remembers(folder):
    text = body("seen.append(X @ W + b)\nreturn seen[0], (X, W)")
    return cells_with(text, "seen = []")


@case("objects", "spoils NumPy for the exercises after it", {"3.3": 0.0})
def spoils_numpy(folder):
    return body("np.maximum = lambda *a: None")


@case("objects", "is open", NOTHING, "open")
def still_open(folder):
    return body("raise NotImplementedError('open')")
