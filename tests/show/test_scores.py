"""The page of every test picture: what it says against scikit-learn, and what it may load."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss

from course_utils.show import score_page, score_summary
from course_utils.show.scores import sheets

NAMES = ("ant", "bee", "wasp")
VOID = {"meta", "link", "img", "br", "input"}


def scores(N=30, C=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, C, N)
    logits = rng.normal(0, 1, (N, C)) + 1.2 * np.eye(C)[y]
    P = np.exp(logits)
    return y, P / P.sum(axis=1, keepdims=True)


def colour_pictures(N=30, side=20, seed=1):
    """Smooth pictures that JPEG keeps well, each another."""
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 256, (N, 2, 2, 3), dtype=np.uint8)
    scaled = (Image.fromarray(c).resize((side, side), Image.Resampling.BILINEAR) for c in corners)
    return np.stack([np.asarray(picture) for picture in scaled])


class Page(HTMLParser):
    """All elements as (tag, attributes, text within)."""

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.elements, self._open = [], []
        self.text = path.read_text("utf-8")
        self.feed(self.text)
        self.close()
        assert self._open == []  # every tag is closed

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", "at": len(self.elements), **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag, kind=None):
        return [
            e
            for e in self.elements
            if e["tag"] == tag and (kind is None or kind in (e.get("class") or "").split())
        ]

    def entries(self):
        """For each picture: its element, its sprite, its verdict and its bars."""
        found = []
        for entry in self.all("li", "e"):
            later = self.elements[entry["at"] + 1 :]
            stop = next(
                (k for k, e in enumerate(later) if e.get("class", "").startswith("e ")), None
            )
            inside = later[:stop]
            found.append(
                {
                    "kind": entry["class"],
                    "sprite": next(e for e in inside if e["tag"] == "i"),
                    "verdict": next(e["text"] for e in inside if e["tag"] == "p"),
                    "bars": [e for e in inside if e["tag"] == "li"],
                }
            )
        return found

    def data(self):
        return json.loads(next(e["text"] for e in self.elements if e.get("id") == "data"))


@pytest.fixture
def page(tmp_path):
    y, P = scores()
    path = score_page(
        colour_pictures(), y, P, NAMES, tmp_path / "new" / "page.html", title="Insects"
    )
    assert path == tmp_path / "new" / "page.html"
    return Page(path), y, P


def wanted_order(y, P):
    """Mistakes by falling confidence, then right answers by rising confidence."""
    answer, sure = P.argmax(axis=1), P.max(axis=1)
    wrong = [n for n in range(len(y)) if answer[n] != y[n]]
    right = [n for n in range(len(y)) if answer[n] == y[n]]
    return sorted(wrong, key=lambda n: -sure[n]) + sorted(right, key=lambda n: sure[n])


def test_one_entry_for_each_picture_most_confident_mistakes_first(page):
    parsed, y, P = page
    entries = parsed.entries()
    order = wanted_order(y, P)
    assert len(entries) == len(y)
    for entry, n in zip(entries, order, strict=True):
        answer = P[n].argmax()
        if answer == y[n]:
            assert entry["kind"] == "e r"
            assert entry["verdict"] == f"✓ right: {NAMES[y[n]]} picture {n}"
        else:
            assert entry["kind"] == "e w"
            told = f"✗ wrong: {NAMES[y[n]]} taken for {NAMES[answer]} picture {n}"
            assert entry["verdict"] == told
        assert entry["sprite"]["role"] == "img"
        assert entry["sprite"]["aria-label"] == f"picture {n}, labelled {NAMES[y[n]]}"


def test_bars_are_the_scores(page):
    parsed, y, P = page
    for entry, n in zip(parsed.entries(), wanted_order(y, P), strict=True):
        assert len(entry["bars"]) == 3
        for c, bar in enumerate(entry["bars"]):
            marks = {"": "", "t": " (label)", "a": " (answer)"}
            kind = "t" if c == y[n] else "a" if c == P[n].argmax() else ""
            name, percent = bar["text"].rsplit(" ", 1)
            assert (bar.get("class", ""), name) == (kind, NAMES[c] + marks[kind])
            assert abs(float(percent.strip("<>%")) - 100 * P[n, c]) <= 0.5
            length = float(bar["style"].removeprefix("--p:")) if "style" in bar else 0
            assert abs(length - 100 * P[n, c]) <= 0.051


def test_extreme_scores_are_not_rounded_to_certainty(tmp_path):
    P = np.array([[1.0, 0.0], [0.9999, 0.0001], [0.9994, 0.0006]])
    path = score_page(colour_pictures(3), np.zeros(3, int), P, ("a", "b"), tmp_path / "p.html")
    told = [[bar["text"] for bar in e["bars"]] for e in Page(path).entries()]
    assert told == [
        ["a (label) 99.9%", "b 0.1%"],
        ["a (label) >99.9%", "b 0.0%"],
        ["a (label) 100%", "b 0%"],
    ]


def test_of_many_classes_the_highest_are_shown_and_the_label(tmp_path):
    y, P = scores(40, 35)
    names = [f"c{k}" for k in range(35)]
    parsed = Page(score_page(colour_pictures(40), y, P, names, tmp_path / "p.html"))
    with_label_below = 0
    for entry, n in zip(parsed.entries(), wanted_order(y, P), strict=True):
        shown = [int(re.match(r"c(\d+)", bar["text"])[1]) for bar in entry["bars"]]
        best = np.argsort(-P[n], kind="stable")[:6].tolist()
        assert shown == best + ([y[n]] if y[n] not in best else [])
        with_label_below += y[n] not in best
    assert with_label_below > 3
    assert parsed.all("table") == []  # too many classes for one
    listed = [e["text"] for e in parsed.elements if e["tag"] == "li" and "taken for" in e["text"]]
    matrix = confusion_matrix(y, P.argmax(1), labels=range(35))
    np.fill_diagonal(matrix, 0)
    a, b = divmod(int(matrix.argmax()), 35)
    assert f"c{a} taken for c{b}: {matrix.max()}" == listed[0]


def test_matrix_and_summary(page):
    parsed, y, P = page
    matrix = confusion_matrix(y, P.argmax(axis=1), labels=range(3))
    assert [e["text"] for e in parsed.all("th")] == [*NAMES, "right", *NAMES]
    numbers = [int(re.sub(r"\D", "", cell["text"])) for cell in parsed.all("td")[1:]]
    assert np.array(numbers).reshape(3, 4)[:, :3].tolist() == matrix.tolist()
    buttons = [e for e in parsed.all("button") if "data-label" in e]
    for button in buttons:
        a, b = int(button["data-label"]), int(button["data-answer"])
        assert int(button["text"]) == matrix[a, b]
        assert (
            f"label {NAMES[a]}, answer {NAMES[b]}: {matrix[a, b]} picture" in button["aria-label"]
        )
    assert len(buttons) == np.count_nonzero(matrix)
    right = int(accuracy_score(y, P.argmax(axis=1), normalize=False))
    paragraph = parsed.all("p")[0]["text"]
    assert paragraph.startswith(f"{right} of 30 answers are right")
    assert f"Mean cross-entropy {log_loss(y, P):.3g} nats" in paragraph


def test_summary_against_scikit_learn():
    y, P = scores(200, 4, seed=3)
    summary = score_summary(y, P.astype(np.float32), "abcd")
    assert summary.accuracy == pytest.approx(accuracy_score(y, P.argmax(axis=1)))
    assert summary.mistakes == (y != P.argmax(axis=1)).sum()
    assert summary.cross_entropy == pytest.approx(log_loss(y, P), rel=1e-5)
    np.testing.assert_array_equal(summary.matrix, confusion_matrix(y, P.argmax(axis=1)))
    np.testing.assert_array_equal(summary.order, wanted_order(y, P))
    assert repr(summary) == f"ScoreSummary({200 - summary.mistakes} of 200 right, 4 classes)"
    sure = P.max(axis=1)
    for which in (summary.right, ~summary.right):
        assert f"{sure[which].mean():.0%} where that is" in str(summary)


def test_a_label_that_was_given_nothing():
    summary = score_summary([1, 0], [[1.0, 0.0], [1.0, 0.0]], ["a", "b"])
    assert summary.cross_entropy == np.inf
    assert "Mean cross-entropy inf nats" in str(summary)
    perfect = score_summary([0], [[1.0, 0.0]], ["a", "b"])
    assert "where that is wrong" not in str(perfect)


def test_the_script_gets_the_same_figures(page):
    parsed, y, P = page
    order = wanted_order(y, P)
    data = parsed.data()
    assert data["number"] == order
    assert data["label"] == y[order].tolist()
    assert data["answer"] == P[order].argmax(axis=1).tolist()
    np.testing.assert_allclose(data["confidence"], 1e4 * P[order].max(axis=1), atol=0.51)
    np.testing.assert_allclose(data["scoreOfLabel"], 1e4 * P[order, y[order]], atol=0.51)


def test_nothing_comes_from_outside(page):
    parsed, _, _ = page
    assert not re.search(r"https?:|//[a-z]|@import|\beval\b|Function\(", parsed.text)
    for element in parsed.elements:
        for name in ("src", "href", "srcset", "action", "data"):
            assert element.get(name, "#").startswith("#")
        assert not [name for name in element if name.startswith("on")]
    addresses = re.findall(r"url\((.{11})", parsed.text)
    assert set(addresses) == {"data:image/"}
    policy = next(
        e["content"] for e in parsed.all("meta") if "content" in e and "src" in e["content"]
    )
    assert policy.startswith("default-src 'none'; img-src data:;")
    script = next(e for e in parsed.all("script") if "type" not in e)
    digest = base64.b64encode(hashlib.sha256(script["text"].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy


def test_names_and_title_cannot_become_markup(tmp_path):
    y, P = scores(5, 2)
    names = ["</noscript><script>x</script>", "a\n\"b\" & 'c'"]
    title = "<b>$title</b> </title>"
    path = score_page(colour_pictures(5), y, P, names, tmp_path / "p.html", title=title)
    parsed = Page(path)
    assert len(parsed.all("script")) == 2
    assert len(parsed.all("noscript")) == 1
    assert parsed.all("h1")[0]["text"] == title
    assert parsed.all("title")[0]["text"] == title
    flat = [names[0], "a \"b\" & 'c'"]
    for entry, n in zip(parsed.entries(), wanted_order(y, P), strict=True):
        assert entry["sprite"]["aria-label"] == f"picture {n}, labelled {flat[y[n]]}"
    # The script takes the entries line by line.
    inside = path.read_text("utf-8").split('<ol class="grid">\n')[1].split("\n</ol>")[0]
    assert [line.startswith("<li class=") for line in inside.split("\n")] == [True] * 5


def sprites(parsed, H, W):
    """Cut each picture out of its sheet as the browser does, from the rules of the style."""
    style = parsed.all("style")[0]["text"]
    found = re.findall(
        r"\.s(\d+)\{background-image:url\(data:image/(\w+);base64,([^)]+)\)\}", style
    )
    images = {
        int(k): (kind, Image.open(io.BytesIO(base64.b64decode(data)))) for k, kind, data in found
    }
    size = re.search(r"\.s\{width:([\d.]+)px;height:([\d.]+)px;background-size:([\d.]+)px", style)
    step = re.search(r"var\(--x\)\*-([\d.]+)px\) calc\(var\(--y\)\*-([\d.]+)px", style)
    width, height, whole, right, down = map(float, [*size.groups(), *step.groups()])
    for entry in parsed.entries():
        sprite = entry["sprite"]
        kind, sheet = images[int(re.search(r"s(\d+)$", sprite["class"])[1])]
        scale = whole / sheet.width
        x, y = map(int, re.findall(r"--[xy]:(\d+)", sprite["style"]))
        assert (round(width / scale), round(height / scale)) == (W, H)
        left, top = round(x * right / scale), round(y * down / scale)
        yield kind, np.asarray(sheet.crop((left, top, left + W, top + H))).astype(int)


@pytest.mark.parametrize("form", ["bytes", "channels first", "floats", "to 255", "rows"])
def test_each_entry_shows_its_picture(tmp_path, form):
    """250 pictures: three sheets, the last not full."""
    y, P = scores(250)
    X = colour_pictures(250)
    given = {
        "bytes": X,
        "channels first": X.transpose(0, 3, 1, 2),
        "floats": X / 255,
        "to 255": X.astype(np.float32),
        "rows": X.reshape(250, -1),
    }[form]
    shape = (20, 20, 3) if form == "rows" else None
    before = given.copy()
    parsed = Page(score_page(given, y, P, NAMES, tmp_path / "p.html", shape=shape))
    np.testing.assert_array_equal(given, before)
    for (kind, seen), n in zip(sprites(parsed, 20, 20), wanted_order(y, P), strict=True):
        assert kind == "jpeg"
        assert np.abs(seen - X[n]).mean() < 4


def test_grey_pictures_stay_exact_and_are_drawn_as_ink(tmp_path):
    y, P = scores(12)
    X = np.random.default_rng(0).integers(0, 256, (12, 784), dtype=np.uint8)
    parsed = Page(score_page(X, y, P, NAMES, tmp_path / "p.html"))
    for (kind, seen), n in zip(sprites(parsed, 28, 28), wanted_order(y, P), strict=True):
        assert kind == "png"
        np.testing.assert_array_equal(seen, 255 - X[n].reshape(28, 28))


def test_prepared_pictures_are_scaled_together(tmp_path):
    """Floats of any range: the darkest of all is black, the brightest of all is white."""
    y, P = scores(6)
    X = colour_pictures(6)
    Z = (X / 255 - 0.45) / 0.25
    low, high = X.min(), X.max()
    parsed = Page(score_page(Z, y, P, NAMES, tmp_path / "p.html"))
    for (_, seen), n in zip(sprites(parsed, 20, 20), wanted_order(y, P), strict=True):
        assert np.abs(seen - 255 * (X[n] - float(low)) / (high - low)).mean() < 4


def test_the_budget_is_kept():
    noise = np.random.default_rng(0).integers(0, 256, (120, 64, 64, 3), dtype=np.uint8)
    order = np.arange(120)
    sizes = {}
    for budget in (4_000_000, 1_000_000, 300_000):
        packed = sheets.pack(noise, order, budget=budget)
        sizes[budget] = sum(map(len, packed.uris))
        assert sizes[budget] < 1.1 * budget
        assert len(packed.uris) == 2
    assert sizes[4_000_000] > sizes[1_000_000] > sizes[300_000]
    large = np.zeros((3, 300, 500, 3), dtype=np.uint8)
    packed = sheets.pack(large, order[:3])
    assert packed.size == (224, 134)
    assert packed.cell == (224, 144)


def test_small_pictures_grow_by_whole_numbers():
    scales = {}
    for side in (8, 28, 32, 64, 96, 128, 224):
        packed = sheets.pack(np.zeros((1, side, side, 3), np.uint8), np.arange(1))
        scales[side] = packed.scale * side
    assert scales == {8: 128, 28: 112, 32: 128, 64: 128, 96: 128, 128: 128, 224: 168}


GOOD = {"labels": [0, 1], "probabilities": [[0.5, 0.5], [0.1, 0.9]], "class_names": "ab"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"probabilities": [0.5, 0.5]}, r"expected \(N, C\), N at least 1, got \(2,\)"),
        ({"probabilities": np.zeros((0, 2)), "labels": []}, "N at least 1"),
        ({"probabilities": [[2.0, -1.0], [0.1, 0.9]]}, "picture 0.*logits"),
        ({"probabilities": [[0.5, 0.5], [0.9, 0.3]]}, "picture 1, which add up to 1.2; logits"),
        ({"probabilities": [[0.5, np.nan], [0.1, 0.9]]}, "finite numbers, got .* for picture 0"),
        ({"labels": [0, 2]}, "expected 0 to 1, got 0 to 2"),
        ({"labels": [-1, 0]}, "expected 0 to 1, got -1 to 0"),
        ({"labels": [0.0, 1.0]}, "whole numbers"),
        ({"labels": [0]}, r"\(N,\) = \(2,\), got int64 \(1,\)"),
        ({"class_names": "abc"}, "expected one for each of 2 classes, got 3"),
        ({"pictures": np.zeros((3, 8, 8))}, "expected one for each of 2 labels, got 3"),
        ({"pictures": np.zeros((2, 5))}, r"shape=\(H, W\)"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path, change, told):
    given = {"pictures": np.zeros((2, 8, 8)), **GOOD, **change}
    path = tmp_path / "p.html"
    with pytest.raises(ValueError, match=told):
        score_page(**given, path=path)
    assert not path.exists()
