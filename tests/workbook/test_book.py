"""What goes into the web edition: the plan of pages, links, folded answers, figures with words."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest

from course_utils.workbook import book as book_module
from course_utils.workbook import book_environment, bootstrap
from course_utils.workbook.book import tell
from course_utils.workbook.book_check import SiteReport
from course_utils.workbook.book_finish import mend
from course_utils.workbook.book_lessons import front, lesson_page
from course_utils.workbook.book_links import Links
from course_utils.workbook.book_plan import HOME, LESSONS, Page, plan, sections
from course_utils.workbook.book_search import page_text
from course_utils.workbook.book_stage import Stage, clear, read_notebook
from course_utils.workbook.cli import main
from course_utils.workbook.project import ROOT, WorkbookError, lesson_sources

ADDRESS = "https://host.example/owner/name"
OPENING = (
    "# 07 · A title\n\n[![Open in Colab](https://c.example/b.svg)](https://c.example/n)\n\n"
    "**Goal.** Learn\nit. **Time.** 20 minutes. **Assumed.** Nothing."
)
PNG = base64.b64encode(b"\x89PNG one").decode()


def code(name, source, *outputs):
    return {"id": name, "cell_type": "code", "source": source, "outputs": list(outputs)}


def shown(**data):
    data = {kind.replace("_", "/"): value for kind, value in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def notebook(*cells):
    first = {"id": "0", "cell_type": "markdown", "source": OPENING.splitlines(keepends=True)}
    return {"nbformat": 4, "cells": [first, *cells]}


def page_of(solved, student=None):
    same = student or notebook(*[dict(cell, outputs=[]) for cell in solved["cells"][1:]])
    return lesson_page("07", solved, same, "../downloads/07.ipynb")


# The plan


def test_every_lesson_has_a_page_in_order():
    docs = [page.doc for page in plan(ROOT) if page.is_lesson]
    assert docs == [f"lessons/{path.stem}" for path in lesson_sources()]


def test_every_page_of_the_repository_is_in_the_plan():
    planned = {page.source for page in plan(ROOT)}
    wanted = {"README.md", "RESULTS.md", "CONTRIBUTING.md", "datasets/README.md"}
    wanted |= {f"benchmarks/{path.name}" for path in (ROOT / "benchmarks").glob("*.md")}
    wanted |= {"GRADING.md"} if (ROOT / "GRADING.md").exists() else set()
    assert wanted <= planned


def test_the_plan_has_each_file_and_each_place_once():
    pages = plan(ROOT)
    assert len({page.source for page in pages}) == len({page.doc for page in pages}) == len(pages)
    in_menu = [doc for docs in sections(pages).values() for doc in docs]
    assert len(set(in_menu)) == len(in_menu)
    assert {page.doc for page in pages} - set(in_menu) == {HOME}
    assert sections(pages)["Lessons"][0] == LESSONS


# Links

LESSON = Page("notebooks/03_x.ipynb", "lessons/03_x", "Lessons")
RESULTS = Page("RESULTS.md", "results", "Measured")
DATA = Page("datasets/README.md", "data", "Reference")


@pytest.fixture
def links(tmp_path):
    for name in ("notebooks/03_x.ipynb", "notebooks/solutions/03_x.ipynb", "RESULTS.md", "LICENSE",
                 "datasets/README.md", "figures/a.png", "nets/code.py"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return Links([LESSON, RESULTS, DATA], tmp_path, ADDRESS)


@pytest.mark.parametrize(
    ("text", "page", "becomes"),
    [
        ("[a](notebooks/03_x.ipynb)", RESULTS, "[a](lessons/03_x.md)"),
        ("[a](../notebooks/solutions/03_x.ipynb)", DATA, "[a](lessons/03_x.md)"),
        ("[a](../RESULTS.md#r1)", LESSON, "[a](../results.md#r1)"),
        ("[a](notebooks/solutions)", RESULTS, "[a](lessons/index.md)"),
        ("[`a`](LICENSE)", RESULTS, f"[`a`]({ADDRESS}/blob/main/LICENSE)"),
        ("[a](nets)", RESULTS, f"[a]({ADDRESS}/tree/main/nets)"),
        ("![a](../figures/a.png)", DATA, "![a](pictures/figures/a.png)"),
        ("![a](../figures/a.png)", LESSON, "![a](../pictures/figures/a.png)"),
        ('<img src="figures/a.png">', RESULTS, '<img src="pictures/figures/a.png">'),
        ('<a href="notebooks/03_x.ipynb">', RESULTS, '<a href="lessons/03_x.html">'),
        ("[a](https://x.example/y.md)", RESULTS, "[a](https://x.example/y.md)"),
        ("[b](#here)", RESULTS, "[b](#here)"),
        ("[![A b](https://x.example/b.svg)](LICENSE)", RESULTS,
         f"[A b]({ADDRESS}/blob/main/LICENSE)"),
        ("[![A b][badge]](#x)\n\n[badge]: https://x.example/b.svg", RESULTS,
         "[A b](#x)\n\n[badge]: https://x.example/b.svg"),
        ("![a][f]\n\n[f]: figures/a.png", RESULTS, "![a][f]\n\n[f]: pictures/figures/a.png"),
        ('<img src="https://x.example/b.svg" alt="words">', RESULTS, "words"),
        ("`[a](none.md)` $f[i](x.md)$", RESULTS, "`[a](none.md)` $f[i](x.md)$"),
        ("```text\n[a](none.md)\n```", RESULTS, "```text\n[a](none.md)\n```"),
    ],
)  # fmt: skip
def test_where_a_link_leads(links, text, page, becomes):
    assert links.rewrite(text, page) == becomes


def test_a_picture_that_is_shown_is_taken_along(links):
    links.rewrite("![a](../figures/a.png)", DATA)
    assert links.pictures == {"figures/a.png"}


@pytest.mark.parametrize("link", ["none.md", "../outside.md", "notebooks/99_y.ipynb"])
def test_a_link_to_nothing_is_refused(links, link):
    with pytest.raises(WorkbookError, match=r"RESULTS.md: expected a file or folder"):
        links.rewrite(f"[a]({link})", RESULTS)


# Lessons


def test_what_a_lesson_says_of_itself():
    told = front(notebook(), "07")
    assert (told.title, told.goal, told.minutes) == ("07 · A title", "Learn it.", "20")


def test_every_lesson_says_goal_and_minutes():
    for path in lesson_sources():
        told = front(read_notebook(ROOT / "notebooks" / f"{path.stem}.ipynb"), path.stem)
        assert told.goal
        assert int(re.match(r"\d+", told.minutes)[0]) > 0


def test_a_lesson_without_minutes_is_refused():
    silent = notebook()
    silent["cells"][0]["source"] = "# 07 · A title"
    with pytest.raises(WorkbookError, match=r"expected '# title', '\*\*Goal"):
        front(silent, "07")


def test_the_answer_and_its_verdict_are_folded_behind_the_blank():
    answer = '@exercise("7.1", points=1)\ndef f(x):\n    return x + 1'
    blank = '@exercise("7.1", points=1)\ndef f(x):\n    raise NotImplementedError("open")'
    verdict = shown(text_html='<div role="status">right</div>')
    page = page_of(notebook(code("a", answer, verdict)), notebook(code("a", blank)))
    before, _, after = page.text.partition("<details")
    assert "NotImplementedError" in before
    assert "x + 1" not in before
    inside, _, behind = after.partition("</details>")
    assert "<summary>Show the answer to 7.1</summary>" in inside
    assert "return x + 1" in inside
    assert "right" in inside
    assert behind.strip() == "```"
    assert page.answers == 1


def test_a_cell_that_is_no_answer_is_open():
    page = page_of(notebook(code("a", "1 + 1", {"output_type": "stream", "text": "2 < 3\n"})))
    assert "<details" not in page.text
    assert '<pre class="output">2 &lt; 3</pre>' in page.text


def test_the_badge_becomes_a_download_and_the_setup_cell_goes():
    setup = code("s", "# Setup, no need to read it: on Google Colab this fetches the course, "
                 "elsewhere it does nothing.\nimport os")  # fmt: skip
    text = page_of(notebook(setup)).text
    assert "[Download the notebook to work in](../downloads/07.ipynb)" in text
    assert "[open it in Colab](https://c.example/n)" in text
    assert "b.svg" not in text
    assert "import os" not in text


def test_a_figure_becomes_a_file_with_its_words():
    figure = f'<img alt="a line &amp; a dot" style="x" src="data:image/png;base64,{PNG}">'
    page = page_of(notebook(code("a", "plot()", shown(text_html=figure, image_png=PNG))))
    ((name, content),) = page.figures.items()
    assert content == b"\x89PNG one"
    assert f'alt="a line &amp; a dot" style="x" src="../figures/{name}"' in page.text
    assert "base64" not in page.text


def test_a_figure_that_is_only_a_picture_takes_the_words_of_its_metadata():
    output = shown(image_png=PNG) | {"metadata": {"image/png": {"alt": "words"}}}
    assert 'alt="words"' in page_of(notebook(code("a", "plot()", output))).text


@pytest.mark.parametrize("output", [shown(image_png=PNG), shown(text_html='<img src="a.png">')])
def test_a_figure_without_words_is_refused(output):
    with pytest.raises(WorkbookError, match="expected words for the figure"):
        page_of(notebook(code("a", "plot()", output)))


def test_code_that_holds_a_fence_stays_code():
    text = page_of(notebook(code("a", 'x = """\n```\n# no heading\n```\n"""'))).text
    assert "````python\nx =" in text


def test_scripts_and_styles_of_outputs_go():
    output = shown(text_html="<style>p{}</style><script>x()</script><table></table>")
    text = page_of(notebook(code("a", "t", output))).text
    assert "<table></table>" in text
    assert "x()" not in text
    assert "p{}" not in text


def test_editions_that_do_not_fit_are_refused():
    with pytest.raises(WorkbookError, match="the same cells in both editions"):
        page_of(notebook(code("a", "1")), notebook(code("b", "1")))


# Files


def test_a_stage_holds_what_was_put_there_last(tmp_path):
    first = Stage(tmp_path)
    first.put("a/old.md", "old")
    first.put("same.md", "same")
    at = (tmp_path / "same.md").stat().st_mtime_ns
    again = Stage(tmp_path)
    again.put("same.md", "same")
    again.sweep()
    assert [path.name for path in tmp_path.rglob("*")] == ["same.md"]
    assert (tmp_path / "same.md").stat().st_mtime_ns == at


def test_only_an_earlier_site_is_deleted(tmp_path):
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(WorkbookError, match="expected an empty folder or an earlier web edition"):
        clear(tmp_path)
    assert (tmp_path / "thesis.docx").exists()
    (tmp_path / ".buildinfo").write_text("x")
    clear(tmp_path)
    assert not tmp_path.exists()


@pytest.mark.parametrize("content", ["", "<<<<<<< ours", json.dumps({"nbformat": 3, "cells": [1]})])
def test_what_is_no_notebook_is_refused(tmp_path, content):
    (tmp_path / "x.ipynb").write_text(content)
    with pytest.raises(WorkbookError, match="expected a notebook"):
        read_notebook(tmp_path / "x.ipynb")


# The command and its environment


@pytest.mark.parametrize(("given", "own"), [([], True), (["--no-venv"], False)])
def test_the_command_makes_no_lesson_environment(monkeypatch, given, own):
    called = []
    monkeypatch.delenv("COURSE_NO_VENV", raising=False)
    monkeypatch.setattr(bootstrap, "run_inside", lambda *_: pytest.fail("made .venv"))
    monkeypatch.setattr(book_module, "book", lambda to, **given: called.append((to, given)) or 0)
    assert main(["book", "--to", "there", *given], bootstrapping=True) == 0
    assert called == [(Path("there"), {"own_environment": own, "base": None})]


def test_a_python_without_the_builder_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(book_environment, "NEEDED", ("sphinx_that_is_not_there",))
    with pytest.raises(WorkbookError, match=r"pip install -r requirements-book\.txt"):
        book_environment.builder_python(own=False)


def test_the_environment_is_made_once_and_again_when_its_packages_change(monkeypatch, tmp_path):
    run = []

    def logged(command, log, root):
        run.append(command)
        book_environment._python(root).parent.mkdir(parents=True, exist_ok=True)
        book_environment._python(root).touch()

    monkeypatch.setattr(book_environment, "logged", logged)
    (tmp_path / "requirements-book.txt").write_text("sphinx==1")
    for _ in range(2):
        book_environment.builder_python(tmp_path)
    assert [command[2] for command in run] == ["venv", "pip"]
    assert run[1][-1] == "requirements-book.txt"
    (tmp_path / "requirements-book.txt").write_text("sphinx==2")
    assert not book_environment.is_ready(tmp_path)


def test_what_the_builder_needs_is_pinned_for_every_python():
    lines = (ROOT / "requirements-book.txt").read_text("utf-8").splitlines()
    pinned = [line.split("#")[0].strip() for line in lines if not line.startswith("#")]
    assert all(re.match(r"[\w-]+==[\w.]+", line) for line in pinned if line)
    names = {line.split("==")[0].replace("-", "_") for line in pinned if line}
    assert set(book_environment.NEEDED) <= names
    ours = (ROOT / "requirements.txt").read_text("utf-8")
    (formulas,) = [line for line in pinned if line.startswith("latex2mathml")]
    assert formulas in ours  # the same formulas as the pages of make run


# What is done after the builder


def test_faults_of_the_builder_are_mended():
    assert mend('<p class="caption" role="heading"><span>') == '<p class="caption"><span>'
    assert mend('<aside class="sidebar-drawer">').endswith('drawer" aria-label="Menu">')
    assert mend('<div class="highlight-python notranslate">').endswith('aria-label="Code">')
    assert mend('<pre class="output">1').endswith('role="group" aria-label="Output">1')
    assert mend('<th class="head text-right"><p></p></th>') == '<td class="head text-right"></td>'
    assert mend('<th class="head"><p>a</p></th>') == '<th class="head"><p>a</p></th>'
    lines = "<dl>\n<dd><em>a</em>,</dd>\n<dd><em>b</em>,</dd>\n</dl>"
    assert mend(lines).count("<div>") == 2
    inner = '<dl class="f"><dt>a</dt><dd>b</dd></dl>'
    for kept in (inner, f"<dl><dd>{inner}</dd></dl>"):
        assert mend(kept) == kept


def test_the_words_of_a_page_are_those_that_are_read():
    page = (
        '<nav>menu</nav><article role="main"><h1>A<a class="headerlink">¶</a></h1><p>b<br>c'
        '<math><mi>x</mi></math></p><script>s()</script><img alt="i"></article><p>after</p>'
    )
    assert page_text(page) == "A b c"


def test_a_site_with_a_fault_is_no_success(tmp_path, capsys):
    def report(*problems):
        return SiteReport(1, 1, 1, 1, 1, 1.0, ("index.html", 0.1), list(problems))

    assert tell(report(), tmp_path) == 0
    assert tell(report("index.html: a link to nothing: x"), tmp_path) == 1
    assert "a link to nothing" in capsys.readouterr().out
