"""The look at a built site: each fault is seen, and a good page has none."""

from __future__ import annotations

import pytest

from course_utils.workbook.book_check import check_site, read_page

GOOD = '<html lang="en"><body><h1 id="top">A</h1>{}</body></html>'


def problems(tmp_path, body, **files):
    (tmp_path / "deep").mkdir()
    (tmp_path / "index.html").write_text(GOOD.format(body), "utf-8")
    (tmp_path / "deep/b.html").write_text(GOOD.format('<h2 id="part one">B</h2>'), "utf-8")
    (tmp_path / "a.png").write_bytes(b"x")
    return check_site(tmp_path).problems


@pytest.mark.parametrize(
    "body",
    [
        '<a href="deep/b.html#part%20one">x</a> <a href="#top">x</a>',
        '<a href="deep/b.html?q=1">x</a>',
        '<a href="https://elsewhere.example/x">x</a> <a href="mailto:a@b.example">x</a>',
        '<img src="a.png" alt="words"> <link rel="canonical" href="https://elsewhere.example/">',
        '<h2>B</h2><h3>C</h3><h2>D</h2> <img src="data:image/png;base64,AA" alt="words">',
    ],
)
def test_a_good_page_has_no_fault(tmp_path, body):
    assert problems(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="gone.html">x</a>', "a link to nothing: gone.html"),
        ('<a href="deep/b.html#gone">x</a>', "a place that is not there: deep/b.html#gone"),
        ('<a href="#gone">x</a>', "a place that is not there: #gone"),
        ('<a href="../outside.html">x</a>', "a link to nothing: ../outside.html"),
        ('<a href="deep/">x</a>', "a link to nothing: deep/"),
        ('<img src="gone.png" alt="words">', "a link to nothing: gone.png"),
        ('<img src="a.png">', "a figure without words: a.png"),
        ('<img src="a.png" alt=" ">', "a figure without words: a.png"),
        ('<script src="https://cdn.example/x.js"></script>', "loads from elsewhere: https://cdn"),
        ('<link rel="stylesheet" href="//cdn.example/x.css">', "loads from elsewhere: //cdn"),
        ('<img src="a.png" srcset="a.png, https://cdn.example/b.png 2x" alt="w">',
         "loads from elsewhere: https://cdn"),
        ("<h3>C</h3>", "level 3 follows one of level 1"),
        ("<h1>again</h1>", "expected one first heading, found 2"),
        ('<p id="top"></p>', "two things are called top"),
        ('<code class="tex">\\x</code>', "formulas that could not be set: 1"),
    ],
)  # fmt: skip
def test_a_fault_is_seen(tmp_path, body, told):
    (found,) = problems(tmp_path, body)
    assert found.startswith("index.html: ")
    assert told in found


def test_a_page_without_language_is_seen(tmp_path):
    (tmp_path / "index.html").write_text("<html><h1>A</h1></html>")
    assert check_site(tmp_path).problems == ["index.html: expected <html lang>, found none"]


def test_an_empty_folder_is_no_site(tmp_path):
    assert "expected pages, found none" in check_site(tmp_path).problems[0]


def test_what_is_counted():
    seen = read_page(
        '<html lang="en"><details class="answer"><summary>s</summary></details><details></details>'
        '<math></math><img src="x" alt="y"><a href="z"></a><code class="tex">q</code></html>'
    )
    assert (seen.answers, seen.formulas, seen.images, seen.plain_tex) == (1, 1, 1, 1)
    assert seen.links == ["z"]
