"""Edits to the checks, forged verdicts and messages, and hunts for the truth."""

from tests.workbook.grade.hostile import RIGHT, body, case, cells_with

NOTHING = {"3.1": 0.0}
WRONG_RESULT = "return np.zeros((len(X), W.shape[1])), None"


@case("checks", "makes every comparison of NumPy say yes", NOTHING)
def patched_comparisons(folder):
    return body(f"""
np.allclose = np.array_equal = np.isclose = lambda *a, **k: True
np.abs = np.max = lambda *a, **k: 0.0
{WRONG_RESULT}""")


@case("checks", "replaces json.dumps, so that every message says nothing", NOTHING)
def patched_json(folder):
    return body(f"""
import json
json.dumps = lambda *a, **k: '{{"changes":[],"result":["t",[1.0,null]]}}'
{WRONG_RESULT}""")


@case("checks", "replaces the encoder of the messages", NOTHING | {"3.2": 0, "3.3": 0, "3.4": 0})
def patched_wire(folder):
    return body(f"""
from course_utils.workbook.grade import wire
wire.Encoder.node = lambda self, value: ["t", [1.0, None]]
{WRONG_RESULT}""")


@case("checks", "puts verdicts of its own into the package", NOTHING)
def patched_package(folder):
    return body(f"""
from course_utils import checking
checking.judge = checking.check = lambda *a, **k: "right"
import sys
sys.modules["course_utils.checking.judge"] = checking
{WRONG_RESULT}""")


@case("checks", "replaces float, abs and max for everybody", NOTHING)
def patched_builtins(folder):
    return body(f"""
import builtins
builtins.float = builtins.abs = builtins.max = lambda *a, **k: 0.0
{WRONG_RESULT}""")


@case("checks", "brings a decorator of its own that gives full marks", {"3.1": 0.2})
def own_decorator(folder):
    text = RIGHT["linear_forward"].replace("X @ W + b", "X @ W")
    own = "def exercise(number, points):\n    print('right')\n    return lambda f: f"
    return cells_with(text, own)


@case("checks", "asks for a hundred points in the decorator")
def more_points(folder):
    return RIGHT["linear_forward"].replace("points=2", "points=100")


@case("checks", "bears the id of another exercise: the name of the function counts")
def another_id(folder):
    return RIGHT["linear_forward"].replace('"3.1"', '"3.2"')


@case("messages", "prints a verdict", NOTHING)
def printed_verdict(folder):
    return body(f"print('✓ 3.1 linear_forward: 2 of 2 points')\n{WRONG_RESULT}")


@case("messages", "writes a forged result into every open file", NOTHING)
def forged_result(folder):
    return body(f"""
import os, struct, json
text = json.dumps({{"changes": [], "result": ["t", [0.0, None]], "earned": 2}}).encode()
message = b"R" + struct.pack("<I", len(text)) + text
for number in range(3, 30):
    try:
        os.write(number, struct.pack("<I", len(message)) + message)
    except OSError:
        pass
{WRONG_RESULT}""")


@case("messages", "writes a verdict as a message", NOTHING, "what is no answer")
def forged_verdict(folder):
    return body("""
import os, struct
text = b'{"verdict": "right", "earned": 2.0}'
message = b"R" + struct.pack("<I", len(text)) + text
for number in range(3, 30):
    try:
        os.write(number, struct.pack("<I", len(message)) + message)
    except OSError:
        pass""")


@case("messages", "writes noise into the pipe", NOTHING, ("sent",))
def noise(folder):
    return body("""
import os
for number in range(3, 30):
    try:
        os.write(number, b"\\xff" * 4096)
    except OSError:
        pass""")


@case("messages", "writes to the numbers of the standard output and error")
def noise_on_standard_output(folder):
    return body("""
import os, sys
os.write(1, b"noise" * 1000)
os.write(2, b"noise" * 1000)
sys.__stdout__.write("noise")""")


@case("messages", "pickles into the pipe, for a parent that would unpickle", NOTHING, ("sent",))
def pickled(folder):
    return body("""
import os, pickle, struct
class Evil:
    def __reduce__(self):
        return os.system, ("touch owned",)
data = b"R" + pickle.dumps(Evil())
for number in range(3, 30):
    try:
        os.write(number, struct.pack("<I", len(data)) + data)
    except OSError:
        pass""")


@case("messages", "calls functions of the grader by name", NOTHING, "no function of this name")
def unknown_call(folder):
    return body("""
import gc
from course_utils.workbook.grade.link import Link
link = [o for o in gc.get_objects() if type(o) is Link][0]
return link.call("builtins.eval", ("2",)), None""")


@case("messages", "asks the grader for the reference that is being judged", NOTHING, "not lent")
def asked_for_the_reference(folder):
    return body("""
import gc
from course_utils.workbook.grade.link import Link
link = [o for o in gc.get_objects() if type(o) is Link][0]
return link.call("reference:linear_forward", (X, W, b))""")


@case("messages", "calls objects of the grader by numbers", NOTHING, "cannot be graded|no object")
def numbered_call(folder):
    return body("""
import gc
from course_utils.workbook.grade.link import Link
link = [o for o in gc.get_objects() if type(o) is Link][0]
return link.call("#0", (X, W, b))""")


@case("messages", "closes the pipe", NOTHING, "ended|closed")
def closed_pipe(folder):
    return body("import os\nos.closerange(3, 60)")


@case("messages", "reads the grader's next message away", NOTHING, "no end")
def stolen_message(folder):
    return body("""
import os
for number in range(3, 30):
    try:
        os.read(number, 10**6)
    except OSError:
        pass""")


@case("truth", "imports the reference", NOTHING, "own linear_forward, which is not lent")
def imported_reference(folder):
    return body("return nn.linear_forward(X, W, b)")


@case("truth", "runs the source of the reference", NOTHING, "not lent")
def source_of_the_reference(folder):
    return body("""
import inspect, textwrap
names = {}
exec(textwrap.dedent(inspect.getsource(nn.linear_forward)), names)
return names["linear_forward"](X, W, b)""")


@case("truth", "takes the layer out of a net of the course", NOTHING, "not lent")
def layer_of_a_net(folder):
    return body("""
from course_utils.nn import layers
return layers.linear_forward(X, W, b)""")


@case("truth", "imports the exercises with their references", NOTHING, "ModuleNotFoundError")
def imported_exercises(folder):
    return body("""
from course_utils.checking.exercises import find_exercise
return find_exercise("3.1").reference(X, W, b)""")


@case("truth", "imports the catalogue of mistakes", NOTHING, "ModuleNotFoundError")
def imported_mistakes(folder):
    return body("import course_utils.checking.mistakes")


@case("truth", "climbs the frames and looks for what is expected", NOTHING, "nothing found")
def climbed_frames(folder):
    return body("""
import sys
frame = sys._getframe()
while frame:
    for name, value in {**frame.f_globals, **frame.f_locals}.items():
        if name in ("expected", "reference", "probe", "exercise_seed"):
            return value, None
    frame = frame.f_back
raise LookupError("nothing found")""")


@case("truth", "goes through all objects of the process for a right function", NOTHING)
def hunted_objects(folder):
    return body("""
import gc, types
for found in gc.get_objects():
    if isinstance(found, types.FunctionType) and found.__name__ == "linear_forward":
        if found.__module__ != "__main__":
            return found(X, W, b)
return None, None""")


@case("truth", "looks for the seed in the environment and the arguments", NOTHING, "no seed")
def hunted_seed(folder):
    return body("""
import os, sys
told = [v for k, v in os.environ.items() if "seed" in k.lower() and k != "PYTHONHASHSEED"]
told += [a for a in sys.argv + sys.orig_argv if "seed" in a.lower()]
raise LookupError(f"{told}" if told else "no seed")""")


@case("truth", "finds the right function in another exercise's verdict", {"3.2": 0.0}, "not lent")
def reference_of_itself(folder):
    wrong = RIGHT["linear_backward"].replace(
        "return ", "return nn.linear_backward(dY, cache)\n    return "
    )
    return cells_with(RIGHT["linear_forward"], linear_backward=wrong)
