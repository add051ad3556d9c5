"""Running lessons: what is left behind, and what a failing one does."""

import io
import os
import re
import signal
import subprocess
import sys

import nbformat
import pytest
from nbformat import v4

from course_utils.workbook import pages
from course_utils.workbook.execute import LessonFailed, execute, kernel_environment
from course_utils.workbook.project import ROOT
from course_utils.workbook.run import run
from course_utils.workbook.terminal import LessonProgress

from .lessons import LESSON, TITLE, write_lesson

FIGURE = """\

# %%
import matplotlib.pyplot as plt
from IPython.display import Math, display

plt.plot([1, 2])
plt.show()
display(Math(r"\\hat{y} = \\foo"))
"""
FAILING = TITLE + '# %%\nprint("before")\n\n# %%\n{}["lost"]\n\n# %%\nprint("after")\n'


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Two lessons, of which the first fails, run once."""
    notebooks, out = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("out")
    write_lesson(notebooks, FAILING, "02_failing")
    write_lesson(notebooks, LESSON + FIGURE)
    told = io.StringIO()
    stdout, sys.stdout = sys.stdout, told
    try:
        failed = run(notebooks=notebooks, out=out)
    finally:
        sys.stdout = stdout
    assert failed == 1
    (out / "told.txt").write_text(told.getvalue(), "utf-8")
    return out


def test_the_terminal_tells_lessons_cells_failures_and_where_to_look(out):
    told = (out / "told.txt").read_text("utf-8")
    assert "03_small: cell 1 of 5" in told
    assert "02_failing: FAILED at cell 5: KeyError: 'lost', " in told
    assert "1 of 2 lessons ran" in told
    assert "index.html" in told
    assert "make lab   (or: python -m course_utils lab)" in told
    assert "Traceback" not in told


def test_a_failing_lesson_keeps_what_ran_and_the_next_one_runs(out):
    failing = nbformat.read(out / "run" / "02_failing.ipynb", as_version=4)
    kinds = [[o.output_type for o in c.outputs] for c in failing.cells if c.cell_type == "code"]
    assert kinds[2:] == [["stream"], ["error"], []]
    assert "KeyError" in (out / "html" / "02_failing.html").read_text("utf-8")
    good = nbformat.read(out / "run" / "03_small.ipynb", as_version=4)
    assert good.cells[4].outputs[0].text == "right\n"


def test_the_index_links_every_lesson_with_its_time_and_status(out):
    page = (out / "html" / "index.html").read_text("utf-8")
    for name in ("02_failing", "03_small"):
        assert f'<a href="{name}.html">03 · Small</a>' in page
        assert (out / "html" / f"{name}.html").exists()
    assert page.count("<td>10</td>") == 2
    assert page.count('class="failed"') == 1
    assert "FAILED at cell 5: KeyError" in page


@pytest.mark.parametrize("name", ["index", "02_failing", "03_small"])
def test_pages_touch_no_network_and_run_no_script(out, name):
    assert network_references((out / "html" / f"{name}.html").read_text("utf-8")) == []


def network_references(page):
    """What a browser would fetch or run: everything but links and what is in the page."""
    found = re.findall(r"<script|@import|url\(|<link\b|<iframe|<object|<embed", page, re.IGNORECASE)
    for tag in re.findall(r"<(?!a\b)\w[^>]*>", page):
        for value in re.findall(r"\s(?:src|href|srcset|poster|data)\s*=\s*[\"']?([^\"'\s>]*)", tag):
            if not value.startswith("data:"):
                found.append(tag)
    return found


@pytest.mark.parametrize(
    "text",
    [
        '<img src="https://x.org/a.png"/>',
        "<script>1</script>",
        '<link href="a.css">',
        "url(a.woff)",
    ],
)
def test_the_search_for_network_references_finds_them(text):
    assert network_references(f"<p>{text}</p>")
    assert not network_references(
        '<a href="https://x.org">x</a><img alt="" src="data:image/png;base64,a"/>'
    )


def test_a_page_says_language_title_and_width(out):
    page = (out / "html" / "03_small.html").read_text("utf-8")
    assert '<html lang="en">' in page
    assert "<title>03 · Small</title>" in page
    assert '<meta name="viewport"' in page
    assert "prefers-color-scheme: dark" in page


def test_formulas_are_mathml_with_their_number_at_the_side(out):
    page = (out / "html" / "03_small.html").read_text("utf-8")
    assert page.count("<math") == 2
    assert "<mtable" in page  # aligned
    assert '<span class="number">(3.1)</span>' in page
    assert "$" not in page.split("<body>")[1].split("highlight")[0]
    assert '<code class="tex" title="TeX that could not be set">\\hat{y} = \\foo</code>' in page


def test_a_figure_is_in_the_page_and_not_beside_it(out):
    assert 'src="data:image/png;base64,' in (out / "html" / "03_small.html").read_text("utf-8")


def test_alternative_text_and_remote_pictures():
    picture = v4.new_output(
        "display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": "A <line>"}}
    )
    remote = v4.new_output(
        "display_data", {"text/html": '<img src="https://x.org/a.png" alt="A map">'}
    )
    code = v4.new_code_cell("1", outputs=[picture, remote])
    text = v4.new_markdown_cell(
        '![A badge](https://x.org/b.svg) <img src="//x.org/c.png" alt="Cat">'
    )
    notebook = v4.new_notebook(cells=[text, code])
    page = pages.notebook_page(notebook, "T", pages.Path())
    assert 'alt="A &lt;line&gt;"' in page
    for alt in ("A badge", "Cat", "A map"):
        assert alt in page
    assert network_references(page) == []
    assert "x.org/a.png" in notebook.cells[1].outputs[1].data["text/html"], (
        "the notebook is not changed"
    )


def test_the_kernel_is_this_python_with_our_environment(tmp_path, monkeypatch):
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        '{"argv": ["/nowhere/python"], "display_name": "x", "language": "python"}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("COURSE_STRICT", "0")
    names = [
        "OMP_NUM_THREADS",
        "COURSE_STRICT",
        "COURSE_PROFILE",
        "COURSE_PROGRESS",
        "PYTHONHASHSEED",
    ]
    code = "import os, sys\nprint(sys.executable)\nprint(os.getcwd())\n"
    code += f"print([os.environ.get(n) for n in {names}])"
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code)])
    execute(notebook, tmp_path, kernel_environment("full"))
    python, folder, values = notebook.cells[0].outputs[0].text.splitlines()
    assert python == sys.executable
    assert os.path.samefile(folder, tmp_path)
    assert values == "['1', '1', 'full', 'off', '0']"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os\nos._exit(3)", "cell 2: the kernel died"),
        ("import time\ntime.sleep(60)", "cell 2: took longer than 2 s"),
    ],
)
def test_a_dead_or_endless_kernel_is_told_in_plain_words(tmp_path, code, said):
    notebook = v4.new_notebook(cells=[v4.new_code_cell("1"), v4.new_code_cell(code)])
    with pytest.raises(LessonFailed, match=said):
        execute(notebook, tmp_path, kernel_environment(), timeout=2)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C reaches a console's processes otherwise there")
def test_ctrl_c_ends_a_run_without_a_traceback(tmp_path):
    """A real signal to a real run, as a terminal sends it: to the whole process group."""
    write_lesson(tmp_path, TITLE + "# %%\nimport time\n\ntime.sleep(60)\n")
    code = (
        "import sys\nfrom pathlib import Path\nfrom course_utils.workbook import cli, run\n"
        f"here = Path({str(tmp_path)!r})\n"
        "run.run.__kwdefaults__.update(notebooks=here, out=here)\n"
        "sys.exit(cli.main(['run']))\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for line in child.stdout:
        if "cell 3 of 3" in line:
            break
    os.killpg(child.pid, signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    assert said.strip() == "Stopped."


def test_progress_is_one_line_in_a_terminal_and_few_lines_elsewhere():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        progress = LessonProgress("03", stream)
        for number in range(1, 41):
            progress.cell(number, 40)
        progress.finish("done")
    assert terminal.getvalue().count("\n") == 1
    assert "cell 17 of 40" in terminal.getvalue()
    assert 4 <= log.getvalue().count("\n") <= 7
    assert log.getvalue().splitlines()[-1].startswith("03: done, ")
