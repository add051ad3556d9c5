"""Answers planted in every way that we could think of are all found, each with its place."""

import ast
import base64
import binascii
import builtins
import bz2
import codecs
import gzip
import html
import importlib.util
import io
import json
import lzma
import marshal
import py_compile
import re
import struct
import textwrap
import zipfile
import zlib

import numpy as np
import pytest

from course_utils.workbook.build import student_text
from course_utils.workbook.leaks import filled_blanks, found_in, prove_no_leak, secret_lines
from course_utils.workbook.leaks_search import Search
from course_utils.workbook.leaks_tree import refuse, tree_leaks
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.project import WorkbookError, lesson_sources


@pytest.fixture(scope="module")
def lesson():
    return read_lesson(lesson_sources(["03_fully_connected_net"])[0])


@pytest.fixture(scope="module")
def search(lesson):
    return secret_lines(lesson)


@pytest.fixture(scope="module")
def clean(lesson):
    return student_text(lesson)


@pytest.fixture(scope="module")
def answer(lesson, search):
    """The solution that is planted: the exercise, its code, and the whole solved cell."""
    blank = next(b for b in find_blanks(lesson) if b.function == "two_layer_loss_and_grads")
    cell = lesson.cells[blank.cell].text
    code = textwrap.dedent("\n".join(blank.solution(cell)))
    solved = re.sub(r"\n *### (BEGIN|END) SOLUTION", "", cell)
    assert any(s.exercise == blank.exercise_id for s in search.secrets)
    return blank, code, solved


def renamed(code):
    """The same with other names, throughout."""
    tree = ast.parse(code)
    names = sorted({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} - {"np"})
    names = [n for n in names if not hasattr(builtins, n)]
    new = {name: f"v{number}" for number, name in enumerate(names)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)
    return ast.unparse(tree)


def commented(code):
    return "\n".join(f"{line}  # step {n}" for n, line in enumerate(code.split("\n")))


def png_with(text):
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    told = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(text.encode()))
    pixel = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + header + told + pixel + chunk(b"IEND", b"")


def zipped(name, data):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return file.getvalue()


def b64(data):
    return base64.b64encode(data).decode()


def in_cell(text, kind="code"):
    def plant(nb):
        nb["cells"].append({"cell_type": kind, "metadata": {}, "source": text, "id": "planted"})

    return plant


# How each gets into the notebook: a function of the notebook, the solution's code, the whole cell.
IN_NOTEBOOKS = {
    "code": lambda nb, c, s: in_cell(c)(nb),
    "a comment": lambda nb, c, s: in_cell("\n".join(f"#  {x}" for x in c.split("\n")))(nb),
    "a docstring": lambda nb, c, s: in_cell(f'def f():\n    """Thus:\n\n{c}\n    """')(nb),
    "markdown fence": lambda nb, c, s: in_cell(f"So:\n\n```python\n{c}\n```", "markdown")(nb),
    "raw cell": lambda nb, c, s: in_cell(c, "raw")(nb),
    "stream output": lambda nb, c, s: output(nb, {"output_type": "stream", "text": [c]}),
    "HTML output": lambda nb, c, s: output(
        nb, display("text/html", f"<pre>{html.escape(c)}</pre>")),
    "coloured HTML": lambda nb, c, s: output(nb, display("text/html", "".join(
        f"<span class='x'>{html.escape(t)}</span>" for t in re.split(r"(\W)", c)))),
    "HTML entities": lambda nb, c, s: output(nb, display("text/html", "".join(
        f"&#{ord(t)};" for t in c))),
    "cell metadata": lambda nb, c, s: nb["cells"][3]["metadata"].update(deep={"er": [[c]]}),
    "notebook metadata": lambda nb, c, s: nb["metadata"].update(note=c),
    "a metadata key": lambda nb, c, s: nb["metadata"].update({c: 1}),
    "a cell id": lambda nb, c, s: nb["cells"][3].update(id=c),
    "an attachment, base64": lambda nb, c, s: nb["cells"][0].update(
        attachments={"a.txt": {"text/plain": b64(c.encode())}}),
    "text chunk of a PNG": lambda nb, c, s: output(nb, display("image/png", b64(png_with(c)))),
    "base64 of gzip in a string": lambda nb, c, s: in_cell(
        f"data = '{b64(gzip.compress(c.encode(), mtime=0))}'")(nb),
    "zip in base64, cut in lines": lambda nb, c, s: in_cell(
        f'data = """\n{base64.encodebytes(zipped("a.py", c)).decode()}"""')(nb),
    "hexadecimal": lambda nb, c, s: in_cell(f"h = '{binascii.hexlify(c.encode()).decode()}'")(nb),
    "\\u escapes": lambda nb, c, s: in_cell(
        "t = '" + "".join(f"\\u{ord(x):04x}" for x in c) + "'")(nb),
    "numbers of characters": lambda nb, c, s: in_cell(f"bytes({list(c.encode())})")(nb),
    "numbers in metadata": lambda nb, c, s: nb["metadata"].update(n=list(c.encode())),
    "base32": lambda nb, c, s: in_cell(f"t = '{base64.b32encode(c.encode()).decode()}'")(nb),
    "base85": lambda nb, c, s: in_cell(f"t = {base64.b85encode(c.encode()).decode()!r}")(nb),
    "quoted-printable": lambda nb, c, s: nb["metadata"].update(
        q="".join(f"={b:02X}" for b in c.encode())),
    "percent signs": lambda nb, c, s: nb["metadata"].update(
        q="".join(f"%{b:02X}" for b in c.encode())),
    "rot13": lambda nb, c, s: in_cell(f"# {codecs.encode(c, 'rot13')!r}")(nb),
    "backwards": lambda nb, c, s: nb["metadata"].update(q=c[::-1]),
    "added strings": lambda nb, c, s: in_cell(
        "t = " + " + ".join(repr(c[i : i + 7]) for i in range(0, len(c), 7)))(nb),
    "joined strings": lambda nb, c, s: in_cell(
        "t = ''.join([" + ", ".join(repr(c[i : i + 7]) for i in range(0, len(c), 7)) + "])")(nb),
    "other names": lambda nb, c, s: in_cell(renamed(c))(nb),
    "other names, comments between": lambda nb, c, s: in_cell(commented(renamed(c)))(nb),
    "other names, in a string": lambda nb, c, s: in_cell(f"exec({renamed(c)!r})")(nb),
    "other layout": lambda nb, c, s: in_cell(
        c.replace(" ", "  ").replace("(", "(\n    ").replace(",", " ,\n  "), "raw")(nb),
    "a filled blank": lambda nb, c, s: in_cell(s)(nb),
    "a doubled key": None,
    "behind the end": None,
}  # fmt: skip


def output(nb, made):
    cell = next(c for c in nb["cells"] if c["cell_type"] == "code")
    cell["outputs"] = [made]


def display(kind, text):
    return {"output_type": "display_data", "metadata": {}, "data": {kind: text}}


@pytest.mark.parametrize("kind", IN_NOTEBOOKS)
def test_a_leak_in_a_notebook_is_found_and_named(lesson, search, clean, answer, kind):
    blank, code, solved = answer
    if kind == "a doubled key":
        text = clean.replace('"metadata": {', f'"metadata": {{"x": {json.dumps(code)}, "x": 1, ', 1)
    elif kind == "behind the end":
        text = clean + "\n" + code
    else:
        notebook = json.loads(clean)
        IN_NOTEBOOKS[kind](notebook, code, solved)
        text = json.dumps(notebook)
    assert blank.exercise_id in {s.exercise for _, s in found_in(search, text.encode())}
    with pytest.raises(WorkbookError, match=r"exercise \S+ \(\w+\).* in "):
        prove_no_leak(lesson, text)


def test_each_place_is_told(search, clean, answer):
    """Where a leak is: the cell, the key and the layers around it."""
    _, code, _ = answer
    notebook = json.loads(clean)
    notebook["cells"][4]["metadata"]["note"] = b64(gzip.compress(code.encode(), mtime=0))
    places = {place for place, _ in found_in(search, json.dumps(notebook).encode())}
    assert "metadata of cell 5, in base64, compressed at byte 0" in places


def test_no_lesson_is_accused():
    for path in lesson_sources():
        lesson = read_lesson(path)
        text = student_text(lesson)  # raises where anything is found
        assert list(filled_blanks(text, {b.function for b in find_blanks(lesson)})) == []


def module_of(code):
    return "import numpy as np\n\n\n" + code


def pyc(code, name):
    return b"".join(
        [importlib.util.MAGIC_NUMBER, b"\0" * 12,
         marshal.dumps(compile(code, name, "exec"))]
    )  # fmt: skip


def solved_function(answer):
    blank, code, solved = answer
    return re.sub(r"^@exercise.*\n", "", solved[solved.index("@exercise") :])


def array_file(code, zipped_too):
    file = io.BytesIO()
    (np.savez_compressed if zipped_too else np.save)(file, np.array([code]))
    return file.getvalue()


IN_TREES = {
    "a module": ("p/a.py", lambda c, f: module_of(f).encode()),
    "a module with other names": ("p/a.py", lambda c, f: module_of(renamed(f)).encode()),
    "a comment in a module": ("p/a.py", lambda c, f: ("x = 1\n" + "".join(
        f"# {x}\n" for x in c.split("\n"))).encode()),
    "a string in a module": ("p/a.py", lambda c, f: f"T = {c!r}\n".encode()),
    "bytes in a module": ("p/a.py", lambda c, f: f"T = {zlib.compress(c.encode())!r}\n".encode()),
    "a wheel": ("p/a.whl", lambda c, f: zipped("q/b.py", module_of(f))),
    "a zip in a zip": ("p/a.zip", lambda c, f: zipped("b.zip", zipped("c.py", c))),
    "a zip behind a picture": ("p/a.png", lambda c, f: png_with("hello") + zipped("c.py", c)),
    "npy": ("p/a.npy", lambda c, f: array_file(c, False)),
    "npz": ("p/a.npz", lambda c, f: array_file(c, True)),
    "gz": ("p/a.gz", lambda c, f: gzip.compress(c.encode(), mtime=0)),
    "bz2": ("p/a.bin", lambda c, f: b"\x00\x01\xff" + bz2.compress(c.encode())),
    "xz": ("p/a.bin", lambda c, f: b"\x00\x01\xff" + lzma.compress(c.encode())),
    "zlib inside of other bytes": (
        "p/a.bin", lambda c, f: b"\xff\xfa" * 99 + zlib.compress(c.encode())),
    "UTF-16": ("p/a.txt", lambda c, f: c.encode("utf-16")),
    "UTF-16 without a mark": ("p/a.txt", lambda c, f: c.encode("utf-16-be")),
    "UTF-32": ("p/a.txt", lambda c, f: c.encode("utf-32-le")),
    "Latin-1": ("p/a.txt", lambda c, f: b"\xe9\xff" + c.encode("latin-1")),
    "JSON": ("p/a.json", lambda c, f: json.dumps({"x": [{"y": c}]}).encode()),
    "a notebook in a folder": ("p/x/a.ipynb", lambda c, f: json.dumps({"cells": [
        {"cell_type": "code", "source": c.splitlines(True)}], "nbformat": 4}).encode()),
    "bytecode": ("p/__pycache__/a.cpython-311.pyc", lambda c, f: pyc(module_of(f), "a.py")),
    "bytecode with other names": ("p/a.pyc", lambda c, f: pyc(module_of(renamed(f)), "a.py")),
    "bytecode in base64": ("p/a.txt", lambda c, f: b64(pyc(module_of(f), "a.py")).encode()),
}  # fmt: skip


@pytest.fixture(scope="module")
def only_this(search, answer):
    """Only what is planted: other lines are looked for elsewhere."""
    return Search(s for s in search.secrets if s.exercise == answer[0].exercise_id)


@pytest.mark.parametrize("kind", IN_TREES)
def test_a_leak_in_a_folder_is_found_and_named(only_this, answer, tmp_path, kind):
    blank, code, _ = answer
    function = solved_function(answer)
    name, made = IN_TREES[kind]
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    (tmp_path / "clean.py").write_text("import numpy as np\n\nx = np.zeros(3)\n")
    about = {module_of(function): (blank.exercise_id, blank.function)}
    assert list(tree_leaks(tmp_path, lambda name: only_this, about)) == []
    path.write_bytes(made(code, function))
    leaks = list(tree_leaks(tmp_path, lambda name: only_this, about))
    assert blank.exercise_id in {found.exercise for found in leaks}
    assert {found.file for found in leaks} == {name}
    with pytest.raises(
        WorkbookError, match=f"(?s)leaks in what students would get.*{name}: exercise"
    ):
        refuse(leaks)


def test_there_are_at_least_twenty_five_of_each():
    assert len(IN_NOTEBOOKS) >= 25
    assert len(IN_NOTEBOOKS) + len(IN_TREES) >= 50


def test_bytecode_is_refused_unless_its_source_is_beside_it(only_this, tmp_path):
    source = tmp_path / "a.py"
    source.write_text("x = 1\n")
    compiled = py_compile.compile(str(source))
    assert list(tree_leaks(tmp_path, lambda name: only_this)) == []
    source.write_text("x = 2\n")
    (found,) = tree_leaks(tmp_path, lambda name: only_this)
    assert "source is not beside it" in str(found)
    source.unlink()
    (found,) = tree_leaks(tmp_path, lambda name: only_this)
    assert found.place == "bytecode"
    assert compiled.endswith(found.file.rsplit("/", 1)[1])


def test_links_and_locked_archives_are_refused(only_this, tmp_path):
    (tmp_path / "link").symlink_to("/etc")
    assert "a link" in str(next(tree_leaks(tmp_path, lambda name: only_this)))
    (tmp_path / "link").unlink()
    data = bytearray(zipped("a.py", b"x = 1"))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = data.index(mark) + (6 if mark[2] == 3 else 8)
        data[at] |= 1
    (tmp_path / "a.zip").write_bytes(bytes(data))
    with pytest.raises(WorkbookError, match="encrypted"):
        list(tree_leaks(tmp_path, lambda name: only_this))
