"""Turn a solved notebook, with its stored outputs, into a page that folds the answers."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field

from course_utils.workbook.colab import setup_cell
from course_utils.workbook.project import WorkbookError

_FRONT = re.compile(
    r"^#\s+(?P<title>.+?)\s*$.*?\*\*Goal\.\*\*\s*(?P<goal>.+?)\s*"
    r"\*\*Time\.\*\*\s*(?P<minutes>\d+(?:\s*(?:to|[-–])\s*\d+)?)\s*min",
    re.M | re.S,
)
_BADGE = re.compile(r"^\[!\[Open in Colab\]\([^)]*\)\]\((?P<to>[^)]*)\)$", re.M)
_EXERCISE = re.compile(r"@exercise\(\s*[\"'](?P<id>[^\"']+)[\"']")
_EMBEDDED = re.compile(r"data:image/(?P<kind>png|jpeg);base64,(?P<data>[A-Za-z0-9+/=\s]+)")
_STYLE = re.compile(r"<style\b.*?</style>|<script\b.*?</script>", re.S | re.I)
_TERMINAL = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@dataclass(frozen=True)
class Front:
    """What the first cell of a lesson says about it."""

    title: str
    goal: str
    minutes: str


@dataclass
class LessonPage:
    """A lesson as Markdown, and the figures that it shows: name of the file, and content."""

    text: str
    answers: int
    figures: dict[str, bytes] = field(default_factory=dict)


def front(notebook: dict, name: str) -> Front:
    """Title, goal and minutes of a lesson.

    Args:
        notebook: either edition, as it is stored.
        name: for the message.

    Raises:
        WorkbookError: the first cell does not say them.
    """
    found = _FRONT.search(_text(notebook["cells"][0]["source"]))
    if found is None:
        raise WorkbookError(
            f"{name}: expected '# title', '**Goal.** …' and '**Time.** NN minutes' in the first "
            "cell, did not find all three. See CONTRIBUTING.md, Lessons."
        )
    return Front(found["title"], re.sub(r"\s+", " ", found["goal"]), found["minutes"])


def lesson_page(name: str, solved: dict, student: dict, download: str) -> LessonPage:
    """Make the page of a lesson; nothing is run.

    Args:
        name: of the lesson.
        solved: the executed solution notebook, as it is stored.
        student: the student edition; a cell that differs from it is an answer.
        download: where the student edition lies, as seen from the page.

    Returns:
        Markdown for MyST. An answer stands, with its verdict, in a ``<details>``.

    Raises:
        WorkbookError: the editions do not fit, or a figure has no words.
    """
    blanks = {cell["id"]: _text(cell["source"]) for cell in student["cells"]}
    if [cell["id"] for cell in solved["cells"]] != list(blanks):
        raise WorkbookError(
            f"{name}: expected the same cells in both editions, got others. Out of date? make build"
        )
    page = LessonPage("", 0)
    parts = []
    setup = setup_cell().split("\n")[0]
    for number, cell in enumerate(solved["cells"]):
        text, blank = _text(cell["source"]), blanks[cell["id"]]
        if cell["cell_type"] != "code":
            parts.append(_opening(text, download) if number == 0 else text)
            continue
        if text.startswith(setup):  # a page has nothing to set up
            continue
        shown = [_output(output, page, f"{name}, cell {number + 1}") for output in cell["outputs"]]
        code = _fenced(text, "python")
        if text == blank:
            parts += [code, *shown]
        else:
            page.answers += 1
            parts += [_fenced(blank, "python"), *_folded(text, [code, *shown])]
    page.text = "\n\n".join(part for part in parts if part) + "\n"
    return page


def _opening(text: str, download: str) -> str:
    """The first cell, with the way to the student's notebook in place of the badge."""
    told = f"[Download the notebook to work in]({download}){{}}. Here it is solved, answers folded."
    return _BADGE.sub(lambda badge: told.format(f", or [open it in Colab]({badge['to']})"), text)


def _folded(code: str, inside: list[str]) -> list[str]:
    found = _EXERCISE.search(code)
    what = f" to {html.escape(found['id'])}" if found else ""
    summary = f"<summary>Show the answer{what}</summary>"
    return [_raw(f'<details class="answer">{summary}'), *inside, _raw("</details>")]


def _output(output: dict, page: LessonPage, where: str) -> str:
    if output["output_type"] == "stream":
        return _printed(_text(output["text"]))
    if output["output_type"] == "error":
        return _printed(f"{output['ename']}: {output['evalue']}")
    data = {kind: _text(value) for kind, value in output["data"].items()}
    if "text/html" in data:
        return _raw(f'<div class="output">{_with_figures(data["text/html"], page, where)}</div>')
    for kind in ("image/png", "image/jpeg"):
        if kind in data:
            alt = output.get("metadata", {}).get(kind, {}).get("alt", "")
            figure = f'<img alt="{html.escape(alt)}" src="data:{kind};base64,{data[kind]}">'
            return _raw(f'<div class="output">{_with_figures(figure, page, where)}</div>')
    for kind in ("text/markdown", "text/latex"):  # the builder sets formulas itself
        if kind in data:
            shown = re.sub(r"\\[\[\]]", "$$", data[kind]) if "latex" in kind else data[kind]
            return "\n\n".join([_raw('<div class="output">'), shown, _raw("</div>")])
    return _printed(data.get("text/plain", ""))


def _with_figures(shown: str, page: LessonPage, where: str) -> str:
    """HTML whose embedded figures are files beside the page; each must have words."""

    def element(found: re.Match) -> str:
        tag = found[0]
        alt = re.search(r"\balt\s*=\s*\"([^\"]*)\"", tag)
        if alt is None or not alt[1].strip():
            raise WorkbookError(
                f"{where}: expected words for the figure (alt), found none. "
                "Is it a plain matplotlib figure? show.* returns a Picture, which has them."
            )
        return _EMBEDDED.sub(
            lambda image: _figure_file(image, page), tag.replace("<img", '<img loading="lazy"', 1)
        )

    return re.sub(r"<img\b[^>]*>", element, _STYLE.sub("", shown))


def _figure_file(image: re.Match, page: LessonPage) -> str:
    content = base64.b64decode(image["data"])
    name = f"{hashlib.sha256(content).hexdigest()[:16]}.{image['kind']}"
    page.figures[name] = content
    return f"../figures/{name}"


def _printed(text: str) -> str:
    plain = html.escape(_TERMINAL.sub("", text).rstrip("\n"), quote=False)
    return _raw(f'<pre class="output">{plain}</pre>') if plain else ""


def _raw(text: str) -> str:
    return _fenced(text, "{raw} html")


def _fenced(text: str, kind: str) -> str:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
