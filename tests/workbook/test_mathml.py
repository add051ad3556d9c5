"""Formulas become MathML: every one of the lessons, and known commands of other forms."""

import re

import pytest

from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.mathml import typeset
from course_utils.workbook.project import ROOT, lesson_sources

LESSONS = lesson_sources(None, ROOT / "notebooks")
_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$([^$]+)\$(?!\$)", re.S)


def test_brackets_of_fixed_size_grow_with_what_they_hold():
    shown = typeset(r"\Big\lfloor \frac{a}{b} \Big\rfloor", block=True)
    assert shown.count('stretchy="true"') == 2
    assert shown.index("&#x0230A;") < shown.index("<mfrac>") < shown.index("&#x0230B;")


def test_the_argument_of_the_maximum_is_upright():
    assert "<mo>arg</mo><msub><mo>max</mo>" in typeset(r"\arg\max_w P", block=False)


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_every_formula_of_a_lesson_can_be_set(path):
    texts = [cell.text for cell in read_lesson(path).cells if cell.kind == "markdown"]
    code = re.compile(r"```.*?```|`[^`]*`", re.S)
    found = [m for text in texts for m in _FORMULA.finditer(code.sub("", text))]
    # A derivation's line in braces is typeset by the build, and tested there.
    formulas = [m[1] or m[2] for m in found if "{{" not in m[0]]
    assert len(formulas) > 5
    unset = [tex for tex in formulas if 'class="tex"' in typeset(tex, block=True)]
    assert unset == []
