import re

import pytest

from course_utils.workbook.formulas import formulas_in, with_formulas
from course_utils.workbook.lesson import Cell, Lesson, read_lesson
from course_utils.workbook.project import NOTEBOOKS, WorkbookError, source_folder

SOURCES = source_folder(NOTEBOOKS)


def shown(text, kind="markdown"):
    cell = Cell(kind, text, 7)
    return with_formulas(Lesson(SOURCES / "09_some.py", (cell,), "0"), cell, text)


def test_a_true_formula_becomes_latex():
    text = shown(r"so $$ {{linear: dW = X.T @ dY}} \tag{3.2} $$")
    assert text == r"so $$ \mathrm{d}W = {X}^{\top} \, \mathrm{d}Y \tag{3.2} $$"


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("linear: dW = dY.T @ X", "not true"),
        ("linear: dW[d,m] = sum(n, X[n,d] * dY[n,m]) / N", "not true"),
        ("softmax_cross_entropy: dZ[n,c] = P[n,c] - delta(c,y[n])", "1/N is missing"),
        ("relu: dX = dY * (X < 0)", "not true"),
        ("linear: dW = __import__('os')", "not true"),
        ("lineal: dW = X.T @ dY", "expected one of the derivations"),
    ],
)
def test_a_false_formula_stops_the_build_and_is_named(formula, said):
    with pytest.raises(WorkbookError, match="cell at line 7") as caught:
        shown(f"$$ {{{{{formula}}}}} $$")
    assert said in str(caught.value)
    assert formula in str(caught.value)


def test_code_is_left_alone():
    assert shown("f'{{linear: dW}}'", kind="code") == "f'{{linear: dW}}'"


def bare_gradients(text):
    """Displayed gradients typed by hand; worked examples with matrices of numbers may be."""
    shown = re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL)
    typed = [re.sub(r"\{\{.+?\}\}", "", block) for block in shown if "pmatrix" not in block]
    stated = (
        r"\\mathrm\{d\}\s*\w[\w{}]*\s*=|\\frac\{\\partial L\}\{\\partial [^}]+\}+\s*&?=(?!\s*\\sum)"
    )
    return [block for block in typed if re.search(stated, block)]


@pytest.mark.parametrize("path", sorted(SOURCES.glob("*.py")), ids=lambda p: p.stem)
def test_no_displayed_gradient_is_typed_by_hand(path):
    for cell in read_lesson(path).cells:
        if cell.kind == "markdown":
            assert bare_gradients(cell.text) == []


@pytest.mark.parametrize(
    "text",
    [
        r"$$ \mathrm{d}W = X^\top \mathrm{d}Y $$",
        r"$$ \frac{\partial L}{\partial x_i} = w_i $$",
        "$$ {{linear: dW = X.T @ dY}}, \n \\mathrm{d}b = 1 $$",
    ],
)
def test_a_gradient_typed_by_hand_is_found(text):
    assert bare_gradients(text)


@pytest.mark.parametrize("lesson", ["01_backprop_derivations", "03_fully_connected_net"])
def test_the_lessons_state_gradients_as_checked_formulas(lesson):
    cells = read_lesson(SOURCES / f"{lesson}.py").cells
    found = [f for cell in cells if cell.kind == "markdown" for f in formulas_in(cell.text)]
    assert len(found) >= 6
