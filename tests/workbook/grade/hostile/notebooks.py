"""Broken and unusual notebooks: cells deleted, doubled, moved; other formats and kernels."""

import json

from tests.workbook.grade.hostile import (
    RIGHT,
    SETUP,
    case,
    cells_with,
    notebook,
    written,
)

NOTHING = {"3.1": 0.0}


def saved(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return path


@case("cells", "the cell of an exercise is deleted", NOTHING, "No function of this name")
def deleted_cell(folder):
    return cells_with("")


@case("cells", "two different cells define the function: the last one counts", None, "the last one")
def doubled_cell(folder):
    wrong = RIGHT["linear_forward"].replace("+ b", "- b")
    return cells_with(RIGHT["linear_forward"], wrong)


@case("cells", "the open blank stands after the answer", NOTHING, "the last one")
def blank_after_answer(folder):
    blank = "def linear_forward(X, W, b):\n    raise NotImplementedError('open')"
    return [*cells_with(RIGHT["linear_forward"]), blank]


@case("cells", "the cells stand in another order")
def reordered_cells(folder):
    return cells_with(RIGHT["linear_forward"])[::-1]


@case("cells", "the function has another name", NOTHING, "No function of this name")
def renamed_function(folder):
    return RIGHT["linear_forward"].replace("def linear_forward", "def my_linear")


@case("cells", "all code in one cell")
def merged_cells(folder):
    return ["\n\n".join(cells_with(RIGHT["linear_forward"]))]


@case("cells", "the first cell, with the imports, is deleted", {"3.3": 0.0}, "NameError")
def deleted_imports(folder):
    return cells_with(RIGHT["linear_forward"])[1:]


@case("cells", "a cell that is no Python", NOTHING, ("passed over", "No function"))
def no_python(folder):
    return RIGHT["linear_forward"].replace("return X", "return return X")


@case("cells", "magics and shell lines between the code")
def magics(folder):
    text = "%matplotlib inline\n!pip install x\n" + RIGHT["linear_forward"] + "\nlinear_forward?"
    return cells_with(text, "%%bash\nrm -rf x", "%%time\nx = 1", "files = !ls")


@case("cells", "the decorator is deleted")
def no_decorator(folder):
    return RIGHT["linear_forward"].split("\n", 1)[1]


@case("cells", "an answer with a helper, a constant and a class in other cells")
def helpers(folder):
    helper = "ZERO = 0.0\n\ndef plus(a, b):\n    return Sum(a, b).value + ZERO"
    made = "class Sum:\n    def __init__(self, a, b):\n        self.value = a + b"
    return cells_with(RIGHT["linear_forward"].replace("X @ W + b", "plus(X @ W, b)"), helper, made)


@case("cells", "a training run that needs data, and an error at the top level")
def unneeded_cells(folder):
    return cells_with(RIGHT["linear_forward"], "data = open('data.csv').read()", "1 / 0")


@case("cells", "a variable bears the name of an exercise")
def variable_of_the_name(folder):
    return [*cells_with(RIGHT["linear_forward"]), "linear_forward = 3", "relu_forward = [1, 2]"]


@case("cells", "identifiers in other letters that Python reads as the same")
def unicode_identifiers(folder):
    return (
        RIGHT["linear_forward"]
        .replace("linear_forward", "ｌｉｎｅａｒ_ｆｏｒｗａｒｄ")
        .replace("W", "Ω")
    )


@case("cells", "a stray surrogate, null characters, a mark of byte order, foreign line ends")
def odd_characters(folder):
    cells = cells_with(RIGHT["linear_forward"].replace("\n", "\r\n"), "x = '\ud800'", "y = 1\x00")
    text = "\ufeff" + json.dumps(notebook(cells))
    return saved(folder, "odd_characters.ipynb", text)


@case("cells", "five thousand and one cells", error="5,001 cells")
def many_cells(folder):
    return ["x = 1"] * 5001


@case("cells", "brackets within brackets, 100,000 deep", None, "passed over")
def deep_brackets(folder):
    return cells_with(RIGHT["linear_forward"], "x = " + "(" * 100_000)


@case("cells", "a sum of 100,000 terms, too deep for the reader", None, "")
def deep_sum(folder):
    return cells_with(RIGHT["linear_forward"], "x = " + "-" * 100_000 + "1")


@case("format", "no JSON", error="not JSON")
def no_json(folder):
    return saved(folder, "no_json.ipynb", "this is an essay")


@case("format", "half a file", error="not JSON")
def half_a_file(folder):
    text = json.dumps(notebook(cells_with(RIGHT["linear_forward"])))
    return saved(folder, "half.ipynb", text[: len(text) // 2])


@case("format", "an empty file", error="empty")
def empty_file(folder):
    return saved(folder, "empty.ipynb", b"")


@case("format", "JSON nested 100,000 deep", error="nested")
def deep_json(folder):
    return saved(folder, "deep.ipynb", "[" * 100_000 + "]" * 100_000)


@case("format", "JSON, but no notebook", error="no notebook")
def other_json(folder):
    return saved(folder, "other.ipynb", "[1, 2, 3]")


@case("format", "a picture", error="UTF-8")
def picture(folder):
    return saved(folder, "picture.ipynb", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


@case("format", "NaN, infinity and a number of 4,000 digits in the metadata")
def odd_numbers(folder):
    text = json.dumps(notebook(cells_with(RIGHT["linear_forward"]), odd=[1]))
    return saved(folder, "odd.ipynb", text.replace("[1]", f"[NaN, Infinity, {'9' * 4000}]"))


@case("format", "a number of a million digits in the metadata", error="not JSON")
def long_number(folder):
    text = json.dumps(notebook(cells_with(RIGHT["linear_forward"]), odd=[1]))
    return saved(folder, "long.ipynb", text.replace("[1]", f"[{'9' * 10**6}]"))


@case("format", "a notebook of format 3", None, "format 3")
def old_format(folder):
    cells = [{"cell_type": "code", "input": c} for c in cells_with(RIGHT["linear_forward"])]
    text = json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": cells}]})
    return saved(folder, "old.ipynb", text)


@case("format", "a notebook of format 5", error="nbformat is 5")
def future_format(folder):
    return written(folder / "future.ipynb", cells_with(RIGHT["linear_forward"]), nbformat=5)


@case("format", "a notebook that says nothing of its format", error="nbformat")
def no_format(folder):
    text = json.dumps({"cells": []})
    return saved(folder, "none.ipynb", text)


@case("format", "the kernel of R", error="R; this course")
def kernel_of_r(folder):
    metadata = {"kernelspec": {"name": "ir", "language": "R"}}
    return written(folder / "r.ipynb", ["x <- 1"], metadata=metadata)


@case("format", "the kernel of Julia", error="julia; this course")
def kernel_of_julia(folder):
    metadata = {"language_info": {"name": "julia"}}
    return written(folder / "julia.ipynb", ["x = 1"], metadata=metadata)


@case("format", "cells that are no cells", error="list of cells")
def no_cells(folder):
    return written(folder / "cells.ipynb", [], cells=[1, "two", None])


@case("format", "a notebook without code", error="without any code")
def no_code(folder):
    cells = [{"cell_type": "markdown", "source": "# Done", "metadata": {}}]
    return written(folder / "words.ipynb", [], cells=cells)


@case("format", "sources and metadata of the wrong types", None, "holds no text")
def wrong_types(folder):
    cells = notebook(cells_with(RIGHT["linear_forward"]))["cells"]
    cells += [{"cell_type": "code", "source": 7}, {"cell_type": ["code"]}, {}]
    return written(folder / "types.ipynb", [SETUP], cells=cells, metadata=[])


@case("format", "a hand-in for another lesson", None, "says that it is 05_image")
def another_lesson(folder):
    metadata = {"course": {"lesson": "05_image_captioning"}}
    return written(folder / "other.ipynb", cells_with(RIGHT["linear_forward"]), metadata=metadata)
