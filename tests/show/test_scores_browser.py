"""The page at work in a browser, where playwright and a Chromium are installed."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.show import score_page
from tests.browser.headless import headless

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
N, C = 130, 3
NAMES = ("ant", "bee", "wasp & <co>")


@pytest.fixture(scope="module")
def browser():
    with headless() as running:
        yield running


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    rng = np.random.default_rng(0)
    y = rng.integers(0, C, N)
    P = np.exp(rng.normal(0, 1, (N, C)) + np.eye(C)[y])
    P /= P.sum(axis=1, keepdims=True)
    path = tmp_path_factory.mktemp("page") / "p.html"
    score_page(rng.integers(0, 256, (N, 16, 16, 3), dtype=np.uint8), y, P, NAMES, path)
    return path.as_uri(), y, P


@pytest.fixture
def page(browser, made):
    """The page, with whatever it complains about as an error."""
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    opened = context.new_page()
    complaints, asked = [], []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(made[0])
    yield opened
    context.close()
    assert complaints == []
    assert {url[:5] for url in asked} <= {"file:", "data:"}


def shown(page) -> list[int]:
    """Numbers of the pictures in the list, scrolling until all of them are there."""
    for k in range(page.locator(".chunk").count()):
        page.evaluate("k => document.querySelectorAll('.chunk')[k].scrollIntoView()", k)
        page.wait_for_function("k => document.querySelectorAll('.chunk')[k].firstChild", arg=k)
    texts = page.eval_on_selector_all("#list small", "all => all.map(e => e.textContent)")
    return [int(text.split()[1]) for text in texts]


def choose(page, **settings):
    for name, value in settings.items():
        page.select_option(f"select[name={name}]", value)


def test_first_order_and_laziness(page, made):
    _, y, P = made
    assert page.locator("#list li.e").count() < N  # the rest comes when it is scrolled to
    sure, wrong = P.max(axis=1), P.argmax(axis=1) != y
    got = shown(page)
    assert got == sorted(range(N), key=lambda n: -1 - sure[n] if wrong[n] else sure[n])
    assert (
        page.locator("output").inner_text() == f"{N} of {N} pictures, {wrong.sum()} of them wrong"
    )


def test_orders(page, made):
    _, y, P = made
    keys = {
        "sure": lambda n: -round(1e4 * P[n].max()),
        "doubtful": lambda n: round(1e4 * P[n].max()),
        "missed": lambda n: round(1e4 * P[n, y[n]]),
        "label": lambda n: y[n],
        "answer": lambda n: P[n].argmax(),
        "number": lambda n: n,
    }
    first = shown(page)
    for order, key in keys.items():
        choose(page, order=order)
        assert shown(page) == sorted(first, key=key), order


def test_filters_and_show_all(page, made):
    _, y, P = made
    answer = P.argmax(axis=1)
    choose(page, label="2")
    assert set(shown(page)) == set(np.flatnonzero(y == 2))
    assert "label wasp & <co>" in page.locator("output").inner_text()
    choose(page, answer="1")
    assert set(shown(page)) == set(np.flatnonzero((y == 2) & (answer == 1)))
    choose(page, label="", verdict="r")
    assert set(shown(page)) == set(np.flatnonzero((y == 1) & (answer == 1)))
    choose(page, label="0")
    assert shown(page) == []
    assert "No picture fits" in page.locator("output").inner_text()
    page.click("button[type=reset]")
    page.wait_for_timeout(50)
    assert len(shown(page)) == N


def test_cells_of_the_matrix_by_keyboard(page, made):
    _, y, P = made
    page.focus("button[data-label='0'][data-answer='1']")
    page.keyboard.press("Enter")
    assert set(shown(page)) == set(np.flatnonzero((y == 0) & (P.argmax(axis=1) == 1)))
    cell = page.locator("button[data-label='0'][data-answer='1']")
    assert cell.get_attribute("aria-pressed") == "true"
    assert page.locator("[aria-pressed=true]").count() == 1
    cell.press("Space")  # once more: all of them again
    assert len(shown(page)) == N


def test_without_javascript_the_same_entries(browser, page, made):
    page.goto(made[0])  # as it opens: other tests have filtered it
    shown(page)
    with_script = page.eval_on_selector_all("#list li.e", "all => all.map(e => e.outerHTML)")
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(made[0])
    assert plain.locator("li.e").count() == N == len(with_script)
    assert not plain.locator("form").is_visible()
    assert plain.locator("li.e").first.is_visible()
    assert plain.locator("li.e p").first.text_content() in page.locator("#list").text_content()
    context.close()


@pytest.mark.parametrize("width", [360, 1400])
def test_no_sideways_scrolling(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_printing_fills_what_is_printed(page):
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#list li.e").count() == N
    assert not page.locator("form").is_visible()
