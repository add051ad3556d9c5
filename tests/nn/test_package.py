import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import course_utils.nn as nn

MODULES = sorted(Path(nn.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_imports_only_numpy_the_standard_library_and_itself(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level != 1:
            names = ["." * node.level + (node.module or "")]
        for name in names:
            root = name.split(".")[0]
            assert root == "numpy" or root in sys.stdlib_module_names, name


def test_importing_nn_does_not_import_torch():
    code = "import sys, course_utils.nn; print('torch' in sys.modules)"
    root = Path(nn.__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.name)
def test_no_module_is_long(path):
    assert len(path.read_text().splitlines()) < 300


@pytest.mark.parametrize("name", nn.__all__)
def test_public_docstrings_say_what_goes_in_and_what_comes_out(name):
    thing = getattr(nn, name)
    if not callable(thing):
        return
    doc = inspect.getdoc(thing)
    assert doc.splitlines()[0].endswith((".", "NumPy."))
    if inspect.isfunction(thing):
        assert "Args:" in doc
        for argument in inspect.signature(thing).parameters:
            assert f"{argument}:" in doc, argument
        raises_only = name in ("save_checkpoint", "restore")
        assert raises_only or "Returns:" in doc
