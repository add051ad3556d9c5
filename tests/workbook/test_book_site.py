"""The web edition, built and opened: where the builder is installed, and a browser, and axe."""

from __future__ import annotations

import functools
import http.server
import importlib.util
import sys
import threading
from pathlib import Path

import pytest

from course_utils.workbook import book_environment
from course_utils.workbook.book import run_builder
from course_utils.workbook.book_check import check_site
from course_utils.workbook.book_finish import finish
from course_utils.workbook.book_plan import plan
from course_utils.workbook.book_stage import stage
from course_utils.workbook.project import ROOT
from tests.browser.headless import headless

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

LESSON = "lessons/03_fully_connected_net.html"
# One page of each kind.
KINDS = (
    "index.html", "lessons/index.html", "lessons/01_backprop_derivations.html", LESSON,
    "results.html", "benchmarks/layers.html", "data.html", "contributing.html", "api/index.html",
    "api/sweep.html", "genindex.html", "search.html?q=momentum", "404.html",
)  # fmt: skip


def python_with_builder() -> Path | None:
    if all(importlib.util.find_spec(name) for name in book_environment.NEEDED):
        return Path(sys.executable)
    return book_environment.builder_python() if book_environment.is_ready() else None


def axe_script() -> str | None:
    spec = importlib.util.find_spec("axe_playwright_python")
    folders = spec.submodule_search_locations if spec else []
    found = [path for folder in folders for path in Path(folder).glob("axe.min.js")]
    return found[0].read_text("utf-8") if found else None


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The whole site; a warning of the builder is an error."""
    python = python_with_builder()
    if python is None:
        pytest.skip("the builder of the web edition is not installed; make book installs it")
    out, work = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("work")
    stage(ROOT, work)
    run_builder(python, work, out)
    finish(out)
    return out


@pytest.fixture(scope="module")
def browser():
    with headless() as running:
        yield running


@pytest.fixture
def open_page(browser, site):
    """Opens pages as files; what is asked of a network, and what is complained of, is an error."""
    asked, complaints, contexts = [], [], []

    def opened(name, width=1280, scheme="light", start=None, **settings):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce",
            **settings,
        )  # fmt: skip
        contexts.append(context)
        allowed = ("file:", "data:", "blob:", start or "file:")

        def route(call):
            local = call.request.url.startswith(allowed)
            if not local:
                asked.append(call.request.url)
            call.continue_() if local else call.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text))
        page.goto((start or site.as_uri()) + "/" + name)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert asked == []
    assert complaints == []


# Without a browser


def test_no_page_has_a_fault(site):
    report = check_site(site)
    assert report.problems == []
    assert report.pages > len(plan(ROOT))
    assert report.links > 1000
    assert report.images > 50


def test_every_page_of_the_plan_is_there_and_small(site):
    for page in plan(ROOT):
        path = site / f"{page.doc}.html"
        assert path.stat().st_size < 2e6, page.doc


def test_every_answer_is_folded_and_the_student_edition_is_there(site):
    for page in (page for page in plan(ROOT) if page.is_lesson):
        text = (site / f"{page.doc}.html").read_text("utf-8")
        assert text.count('<details class="answer">') == text.count("Show the answer") > 0
        name = Path(page.source).name
        (download,) = (site / "_downloads").rglob(name)
        assert download.read_bytes() == (ROOT / page.source).read_bytes()


# In a browser


@functools.cache
def server(folder):
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None
    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{running.server_port}"


@pytest.mark.parametrize("where", ["file", "server"])
def test_the_search_finds_and_shows(open_page, site, where):
    start = server(site) if where == "server" else None
    page = open_page("index.html", start=start)
    page.fill(".sidebar-search", "linear_backward")
    page.press(".sidebar-search", "Enter")
    page.wait_for_selector("ul.search li")
    page.wait_for_function("document.querySelector('.search-summary').innerText.includes('found')")
    results = page.locator("ul.search li")
    assert "course_utils.nn.linear_backward" in results.first.inner_text()
    texts = results.all_inner_texts()
    assert any("layer by layer" in text for text in texts)
    excerpts = page.locator("ul.search li p.context").all_inner_texts()
    assert any("linear_backward" in excerpt for excerpt in excerpts)
    results.first.locator("a").click()
    page.wait_for_selector("#course_utils\\.nn\\.linear_backward")
    assert "api/nn.html" in page.url


def test_an_answer_opens_by_keyboard(open_page):
    page = open_page(LESSON)
    answer = page.locator("details.answer").first
    code = answer.locator("pre").first
    assert not code.is_visible()
    answer.locator("summary").focus()
    page.keyboard.press("Enter")
    assert code.is_visible()
    page.keyboard.press("Space")
    assert not code.is_visible()


def test_answers_are_open_on_paper(open_page):
    page = open_page(LESSON)
    folded = page.locator("details.answer:not([open])")
    count = folded.count()
    assert count > 5
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert folded.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == count


def test_without_scripts_answers_are_open_on_paper(open_page):
    page = open_page(LESSON, java_script_enabled=False)
    code = page.locator("details.answer pre").first
    assert not code.is_visible()
    page.emulate_media(media="print")
    assert code.is_visible()


@pytest.mark.parametrize("name", [name for name in KINDS if "?" not in name])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(open_page, name, width):
    page = open_page(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_scrolls_is_reached_by_keyboard(open_page):
    page = open_page(LESSON, 360)
    page.wait_for_function("document.querySelectorAll('pre[tabindex]').length")
    unreached = page.evaluate(
        "[...document.querySelectorAll('pre, .table-wrapper, .equation')].filter("
        "e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth && e.tabIndex < 0).length"
    )
    assert unreached == 0


def test_the_menu_of_a_phone_opens_by_keyboard(open_page):
    page = open_page("index.html", 360)
    link = page.locator(".sidebar-tree a").first
    assert not link.is_visible()
    focused = []
    for _ in range(8):  # a menu that is shut is no stop
        page.keyboard.press("Tab")
        focused.append(page.evaluate("document.activeElement.closest('.sidebar-drawer') !== null"))
    assert not any(focused)
    button = page.get_by_role("button", name="Toggle site navigation sidebar")
    for key in ("Space", "Enter"):
        button.press(key)
        page.wait_for_function(
            "document.querySelector('.sidebar-tree a').getBoundingClientRect().x >= 0"
        )
        assert button.get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        assert not link.is_visible()


def test_the_first_stop_of_the_keyboard_leads_to_the_content(open_page):
    page = open_page(LESSON)
    stops = []
    for _ in range(4):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.getAttribute('href') || ''"))
    assert "#furo-main-content" in stops


def test_a_screen_reader_hears_where_code_ends_and_its_output_begins(open_page):
    heard = open_page(LESSON).locator("[role=main]").aria_snapshot()
    said = [line.strip() for line in heard.splitlines()]
    assert sum(line.startswith('- group "Code":') for line in said) > 20
    first = next(k for k, line in enumerate(said) if "digits = load_digits" in line)
    assert said[first].startswith('- group "Code":')
    assert said[first + 1].startswith('- group "Output":')
    assert any(line.startswith("- img ") or line.startswith("- 'img ") for line in said)
    assert any(line.startswith("- math") for line in said)


def test_figures_formulas_and_titles_are_there(open_page, site):
    page = open_page(LESSON)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("[role=main]").count() == 1
    page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
    page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    box = page.locator("math[display=block]").first.bounding_box()
    assert box["height"] > 15


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_no_serious_fault(open_page, name, width, scheme):
    axe = axe_script()
    if axe is None:
        pytest.skip("axe is not installed: pip install axe-playwright-python")
    page = open_page(name, width, scheme)
    if "?" in name:
        page.wait_for_selector("ul.search li")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {preload: false})")
    assert len(found["passes"]) > 10
    serious = [
        (fault["impact"], fault["id"], node["html"][:200], node["failureSummary"])
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
        for node in fault["nodes"]
    ]
    assert serious == []
