"""Each lesson as its readers see it: opened in JupyterLab, run, looked at. `make browser`."""

import json
import os
import shutil
from pathlib import Path

import pytest

from course_utils.workbook.browser import chromium
from tests.browser import lab

NOTEBOOKS = lab.ROOT / "notebooks"
PICTURES = lab.ROOT / "build" / "browser"
SECONDS = 420

pytestmark = pytest.mark.skipif(
    os.environ.get("COURSE_BROWSER") != "1", reason="opens a browser for minutes: make browser"
)
playwright = pytest.importorskip("playwright.sync_api", reason="pip install playwright")


def editions():
    """Student notebooks in the light theme, solved ones in the dark."""
    for path in sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")):
        yield pytest.param(path, "light", id=f"{path.stem}-student-light")
    for path in sorted(NOTEBOOKS.glob("solutions/[0-9][0-9]_*.ipynb")):
        yield pytest.param(path, "dark", id=f"{path.stem}-solution-dark")


@pytest.fixture(scope="module", params=["light", "dark"])
def opened(request, tmp_path_factory):
    """A server and a page in one theme."""
    path = chromium()
    if path is None:
        pytest.fail("no Chromium found; install chromium, or set CHROMIUM to its path")
    work = tmp_path_factory.mktemp(f"lab-{request.param}")
    with lab.served(work, request.param) as server, playwright.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            str(work / "profile"), executable_path=path, headless=True, args=lab.FLAGS,
            viewport={"width": 1280, "height": 1400},
        )  # fmt: skip
        yield request.param, server, context
        context.close()


def code_cells(path: Path) -> int:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(c["cell_type"] == "code" and bool("".join(c["source"]).strip()) for c in cells)


def stored(path: Path, mark: str) -> int:
    """In how many outputs of the stored solution something is to be seen."""
    solved = json.loads((NOTEBOOKS / "solutions" / path.name).read_text(encoding="utf-8"))
    outputs = [o for c in solved["cells"] for o in c.get("outputs", [])]
    return sum(mark in "".join(o.get("data", {}).get("text/html", "")) for o in outputs)


@pytest.mark.parametrize(("path", "theme"), list(editions()))
def test_a_lesson_runs_and_shows_what_it_should(path, theme, opened):
    of, server, context = opened
    if of != theme:
        pytest.skip("belongs to the other theme")
    name = f"{path.stem}-{theme}"
    shutil.copy(path, server.root / f"{name}.ipynb")
    page, surprises = context.new_page(), []
    page.on("pageerror", lambda error: surprises.append(str(error)))
    bars = lab.Bars(PICTURES / f"{name}-bar.png")
    try:
        address = server.page_of(f"{name}.ipynb")
        found = lab.run_all(page, address, code_cells(path), SECONDS, watch=bars)
        seen = page.evaluate(lab.SEEN)
        count = lab.shots(page, PICTURES, name)
        moved = lab.move_slider(page) if seen["sliders"] else None
    finally:
        page.close()
    (PICTURES / f"{name}.json").write_text(
        json.dumps({**seen, "screens": count, "bars_while_running": len(bars.seen)}, indent=1)
    )
    assert not seen["tracebacks"], seen["tracebacks"][0][:1500]
    assert lab.numbered(found) == code_cells(path), found
    assert not seen["widget_errors"]
    assert all(name and text for name, _, text in bars.seen), bars.seen
    assert seen["bars"] == 0, "a progress bar is left behind"
    assert seen["rejected"] == 0
    assert seen["raw_tex"] == []
    assert seen["without_alt"] == []
    assert seen["broken"] == []
    assert seen["wide"] == 0
    assert moved in (None, True), "the slider moved, and no figure changed"
    assert bool(seen["sliders"]) == ("show.move_point" in path.read_text(encoding="utf-8"))
    assert seen["verdicts"] >= stored(path, 'role="status"')
    if theme == "dark":  # the student's edition may draw less while blanks are open
        assert seen["figures"] >= stored(path, "<img")
    assert not surprises


def test_a_progress_bar_is_seen_to_move_and_leaves_nothing(opened):
    theme, server, context = opened
    code = """import time
from course_utils.show.progress import progress_bar
for _ in progress_bar(range(40), description="a long wait"):
    time.sleep(0.15)
"""
    write_notebook(server.root / "bar.ipynb", code)
    page, bars = context.new_page(), lab.Bars(PICTURES / f"bar-{theme}.png")
    try:
        lab.run_all(page, server.page_of("bar.ipynb"), 1, 60, watch=bars)
        left = page.evaluate(lab.SEEN)["bars"]
    finally:
        page.close()
    names, positions, texts = zip(*bars.seen, strict=True)
    assert set(names) == {"a long wait"}
    assert list(positions) == sorted(positions)
    assert positions[0] < 0.5 < positions[-1]
    assert texts[-1].startswith("a long wait")
    assert " of 40" in texts[-1]
    assert texts[-1].endswith("s left")
    assert left == 0


def write_notebook(path: Path, code: str) -> None:
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "execution_count": None,
            "outputs": [], "source": code}  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    told = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(told), encoding="utf-8")
