"""The reference pages: every public name, with its docstring, as it stands in the code."""

from __future__ import annotations

import ast
import importlib
import inspect

import pytest

from course_utils.workbook.book_api import PACKAGES, index_page, package_entries, package_page
from course_utils.workbook.book_docstrings import escaped, first_sentence, restructured
from course_utils.workbook.project import ROOT, WorkbookError

WITHOUT_TORCH = [name for name in PACKAGES if name != "course_utils.torchlab"]


@pytest.mark.parametrize("package", WITHOUT_TORCH)
def test_what_is_read_is_what_is_imported(package):
    """Found without running it, and yet the same functions, at the same lines."""
    module = importlib.import_module(package)
    entries = package_entries(package, ROOT)
    assert {entry.name for entry in entries} == set(module.__all__)
    for entry in entries:
        found = getattr(module, entry.name)
        if not isinstance(entry.node, ast.FunctionDef) or not inspect.isfunction(found):
            continue
        assert found.__name__ == entry.node.name
        assert inspect.getdoc(found) == (ast.get_docstring(entry.node) or None)
        assert inspect.getsourcefile(found) == str(ROOT / entry.path)


def test_torchlab_is_read_without_torch():
    names = {entry.name for entry in package_entries("course_utils.torchlab", ROOT)}
    assert {"fit", "resnet20"} <= names


def test_every_public_function_and_class_says_what_it_does():
    silent = [
        f"{package}.{entry.name}"
        for package in PACKAGES
        for entry in package_entries(package, ROOT)
        if isinstance(entry.node, ast.FunctionDef | ast.ClassDef)
        and not first_sentence(ast.get_docstring(entry.node))
    ]
    assert silent == []


def test_the_list_names_everything():
    text = index_page(ROOT)
    for package in PACKAGES:
        for entry in package_entries(package, ROOT):
            assert f":py:obj:`~{package}.{entry.name}`" in text


@pytest.fixture
def course(tmp_path):
    def put(name, text):
        path = tmp_path / "course_utils" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    put("toy/__init__.py", '"""Toys."""\nfrom course_utils.toy._inside import Car as Auto, size\n'
        "from .sub import LIMIT\n__all__ = ['Auto', 'LIMIT', 'size']\n")  # fmt: skip
    put("toy/_inside.py", '"""In here."""\nfrom dataclasses import dataclass, field\n'
        "def size(x, /, *, by: int = 2) -> float:\n    '''How large.\n\n    Args:\n"
        "        x: what, (N,);\n            or else |x_| *.\n    '''\n"
        "@dataclass(frozen=True)\nclass Car:\n    '''A car.'''\n    wheels: int\n"
        "    seats: list = field(default_factory=list)\n    _key: int = 0\n"
        "    @property\n    def doors(self) -> int:\n        '''How many.'''\n"
        "    @staticmethod\n    def made(where):\n        '''Somewhere.'''\n"
        "    def _hidden(self):\n        '''No.'''\n"
        "    def drive(self, far=1):\n        '''Away.'''\n")  # fmt: skip
    put("toy/sub/__init__.py", "from ..limits import LIMIT\n")
    put("toy/limits.py", "LIMIT: int = 3\n")
    return tmp_path


def test_a_package_is_described(course):
    text = package_page("course_utils.toy", course, "https://host.example/o/n")
    for line in (
        ".. py:module:: course_utils.toy",
        ".. py:function:: size(x, /, *, by: int=2) -> float",
        ".. py:class:: Auto(wheels: int, seats: list = …)",
        "    .. py:property:: doors\n        :type: int",
        "    .. py:method:: made(where)\n        :staticmethod:",
        "    .. py:method:: drive(far=1)",
        ".. py:data:: LIMIT\n    :value: 3",
        "<https://host.example/o/n/blob/main/course_utils/toy/_inside.py>",
        r"what, (N,); or else \|x\_\| \*.",
    ):
        assert line in text, line
    assert "_hidden" not in text
    assert "_key" not in text


def test_a_name_that_nothing_defines_is_refused(course):
    (course / "course_utils/toy/__init__.py").write_text("__all__ = ['gone']\n")
    with pytest.raises(WorkbookError, match="a definition or an import of gone"):
        package_entries("course_utils.toy", course)


def test_plain_text_stays_plain():
    assert escaped("|q| of X_, 2*3 `code_*` end::") == r"\|q\| of X\_, 2\*3 \ ``code_*``\  end\::"


def test_the_sections_of_a_docstring():
    doc = """One line.

    More, with an indented
    second line.

    - a point
      that goes on
    - another

        code(x)

    Args:
        X, W: arrays,
            (N, D).
        b: bias.

    Returns:
        Y, and ``cache``.

    Raises:
        ValueError: bad.

    Source:
        Y = |X| W.
    """
    text = "\n".join(restructured(doc))
    assert "\\ More, with an indented second line." in text
    assert "- a point that goes on\n- another" in text
    assert ".. code-block:: python\n\n    code(x)" in text
    assert ":Args:\n    ``X``, ``W``\n        \\ arrays, (N, D)." in text
    assert ":Returns:\n    \\ Y, and \\ ``cache``\\ ." in text
    assert ":Raises:\n    ``ValueError``\n        \\ bad." in text
    assert ":Source:\n    \\ Y = \\|X\\| W." in text


@pytest.mark.parametrize(
    ("doc", "sentence"),
    [("Do it.\n\nMore.", "Do it"), ("Do 1.5 of\nit. Then", "Do 1.5 of it"), (None, ""), ("A", "A")],
)
def test_the_first_sentence(doc, sentence):
    assert first_sentence(doc) == sentence
