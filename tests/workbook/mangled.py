"""Half-solved notebooks, mangled as students, editors and accidents do it."""

import ast
import json
import random

from course_utils.workbook.editions import SOLUTION_EDITION, STUDENT_EDITION, as_text, make_edition

MARK = "a_note_of_mine"


def half_solved(lesson, rng, share=0.5):
    """The student edition with some answers of the solution edition, as plain data."""
    student = json.loads(as_text(make_edition(lesson, STUDENT_EDITION)))
    solved = json.loads(as_text(make_edition(lesson, SOLUTION_EDITION)))
    for cell, full in zip(student["cells"], solved["cells"], strict=True):
        cell["source"], full["source"] = "".join(cell["source"]), "".join(full["source"])
        if cell["source"] != full["source"] and rng.random() < share:
            cell["source"] = full["source"]
    return student


def exercise_cells(notebook):
    return [c for c in notebook["cells"] if "@exercise(" in c["source"]]


def code(source):
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [],
            "execution_count": None, "id": f"own{abs(hash(source)) % 10**6}"}  # fmt: skip


def note(text, **more):
    return {"cell_type": "markdown", "metadata": {}, "source": text, **more}


def renamed_cells(nb, rng):
    for number, cell in enumerate(nb["cells"]):
        cell["id"] = f"c{number}"


def reordered(nb, rng):
    rng.shuffle(nb["cells"])


def duplicated(nb, rng):
    chosen = rng.choice(exercise_cells(nb))
    nb["cells"].append(json.loads(json.dumps(chosen)))


def split(nb, rng):
    """Each statement of each code cell gets a cell of its own."""
    cells = []
    for cell in nb["cells"]:
        if cell["cell_type"] != "code":
            cells.append(cell)
            continue
        tree = ast.parse(cell["source"])
        cells += [code(ast.get_source_segment(cell["source"], n) or "") for n in tree.body
                  if not getattr(n, "decorator_list", [])]  # fmt: skip
        cells += [code(ast.unparse(n)) for n in tree.body if getattr(n, "decorator_list", [])]
    nb["cells"] = cells


def merged(nb, rng):
    whole = "\n\n".join(c["source"] for c in nb["cells"] if c["cell_type"] == "code")
    nb["cells"] = [c for c in nb["cells"] if c["cell_type"] != "code"] + [code(whole)]


def moved(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    nb["cells"].remove(cell)
    nb["cells"].insert(0, cell)


def metadata_stripped(nb, rng):
    nb["metadata"] = {}
    for cell in nb["cells"]:
        cell["metadata"] = {}


def minor_zero(nb, rng):
    nb["nbformat_minor"] = 0
    for cell in nb["cells"]:
        cell.pop("id", None)


def no_decorators(nb, rng):
    for cell in exercise_cells(nb):
        lines = cell["source"].split("\n")
        cell["source"] = "\n".join(x for x in lines if not x.startswith("@exercise"))


def tabs(nb, rng):
    for cell in exercise_cells(nb):
        lines = cell["source"].split("\n")
        cell["source"] = "\n".join(
            "\t" * ((len(x) - len(x.lstrip(" "))) // 4) + x.lstrip(" ") for x in lines
        )


def windows(nb, rng):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")


def magics(nb, rng):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code" and "import numpy" in cell["source"]:
            cell["source"] = "%matplotlib inline\n!pip list\n" + cell["source"]
    nb["cells"].append(code("%%time\nx = 1"))


def outputs(nb, rng):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 3
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1.0\n"]}]


def attachments(nb, rng):
    picture = {"image.png": {"image/png": "iVBORw0KGgo="}}
    nb["cells"].insert(3, note("![mine](attachment:image.png)", attachments=picture))


def broken(nb, rng):
    rng.choice(exercise_cells(nb))["source"] += "\n  oops = (1,\n"


def no_ids(nb, rng):
    for cell in nb["cells"]:
        cell.pop("id", None)


def renamed_function(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    cell["source"] = cell["source"].replace("\ndef ", "\ndef my_", 1)


def made_async(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    cell["source"] = cell["source"].replace("\ndef ", "\nasync def ", 1)


def defined_twice(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    name = ast.parse(cell["source"]).body[-1].name
    nb["cells"].append(code(f"def {name}(*args):\n    first = sum(args)\n    return first * 2"))


def helpers(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    lines = cell["source"].split("\n")
    cell["source"] = "\n".join(
        "    my_helper(my_scale)\n" + x if x.startswith("    return") else x for x in lines
    )
    nb["cells"].insert(2, code("import math as m\nmy_scale = 2.5\n\n\ndef my_helper(x):\n"
                               "    # twice\n    return m.sqrt(x)"))  # fmt: skip


def notes(nb, rng):
    nb["cells"].insert(5, note(f"# {MARK}\nRemember: $x^2$"))
    nb["cells"].append({"cell_type": "raw", "metadata": {}, "source": "raw words"})


def gone_exercise(nb, rng):
    nb["cells"].append(code('@exercise("99.1", points=1)\ndef no_longer_asked(x):\n    y = x + 99\n'
                            "    return y"))  # fmt: skip


def other_signature(nb, rng):
    cell = rng.choice(exercise_cells(nb))
    head, tail = cell["source"].split("\ndef ", 1)
    name, rest = tail.split("(", 1)
    cell["source"] = f"{head}\ndef {name}(more, {rest}" if not rest.startswith(")") else (
        f"{head}\ndef {name}(more{rest}")  # fmt: skip


def edited_given(nb, rng):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code" and "seed" in cell["source"]:
            cell["source"] += "\nmy_rate = 0.3\nfor k in range(3):\n    print(k * my_rate)"
            return
    nb["cells"].append(code("my_rate = 0.3"))


def semicolons(nb, rng):
    nb["cells"].append(code("a1 = 1; b1 = 2; c1 = (\n    3)\n# a last word"))


def lists(nb, rng):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


def partly(nb, rng):
    """A blank that is half done: lines are there, and the raise still is."""
    for cell in exercise_cells(nb):
        if "raise NotImplementedError" in cell["source"]:
            lines = cell["source"].split("\n")
            at = next(i for i, x in enumerate(lines) if "raise NotImplementedError" in x)
            depth = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, f"{depth}thought = 41 + 1")
            cell["source"] = "\n".join(lines)
            return


KINDS = [renamed_cells, reordered, duplicated, split, merged, moved, metadata_stripped, minor_zero,
         no_decorators, tabs, windows, magics, outputs, attachments, broken, no_ids,
         renamed_function, made_async, defined_twice, helpers, notes, gone_exercise,
         other_signature, edited_given, semicolons, lists, partly]  # fmt: skip
TWO_AT_ONCE = [(helpers, windows), (notes, reordered), (broken, no_ids), (defined_twice, moved),
               (gone_exercise, merged), (partly, minor_zero), (tabs, no_decorators),
               (magics, metadata_stripped), (helpers, split), (other_signature, duplicated),
               (attachments, windows), (semicolons, reordered), (partly, tabs), (helpers, merged),
               (edited_given, no_ids), (made_async, notes), (renamed_function, helpers),
               (gone_exercise, lists), (partly, helpers, reordered), (broken, helpers),
               (outputs, notes, lists), (defined_twice, partly), (duplicated, partly)]  # fmt: skip
ALL = [(kind,) for kind in KINDS] + TWO_AT_ONCE


def mangled(lesson, number):
    """The notebook of this number: always the same one."""
    rng = random.Random(number)
    notebook = half_solved(lesson, rng)
    for way in ALL[number]:
        way(notebook, rng)
    return notebook
