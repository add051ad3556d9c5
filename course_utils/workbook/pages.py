"""Turn executed notebooks into pages that need neither a server nor a network."""

from __future__ import annotations

import copy
import html
import re
from dataclasses import dataclass
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.formatters import HtmlFormatter
from traitlets.config import Config

from course_utils.workbook.mathml import typeset, typeset_display

_STYLE = (Path(__file__).with_name("page.css")).read_text("utf-8")
_REMOTE_IMAGE = re.compile(r"<img\b[^>]*\bsrc\s*=\s*[\"']?(?:https?:)?//[^>]*>", re.I)
_ALT = re.compile(r"\balt\s*=\s*[\"']([^\"']*)[\"']", re.I)


@dataclass(frozen=True)
class LessonResult:
    """How a lesson ran: what the index page and the terminal tell."""

    name: str
    title: str
    minutes: str
    seconds: float
    failure: str | None = None

    @property
    def status(self) -> str:
        """``ran``, or where it failed."""
        return f"FAILED at {self.failure}" if self.failure else "ran"


class _Renderer(IPythonRenderer):
    """Markdown with formulas as MathML."""

    def block_math(self, body: str) -> str:
        return typeset(body, block=True)

    def inline_math(self, body: str) -> str:
        return typeset(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return typeset(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)


class _OfflineExporter(HTMLExporter):
    """nbconvert's basic template (no scripts) with our Markdown."""

    def markdown2html(self, context, source):
        cell = context.get("cell", {})
        path = context.get("resources", {}).get("metadata", {}).get("path", "")
        renderer = _Renderer(
            escape=False,
            attachments=cell.get("attachments", {}),
            embed_images=True,
            path=path,
            anchor_link_text="#",
        )
        return _without_remote_images(MarkdownWithMath(renderer=renderer).render(source))

    def default_filters(self):
        yield from super().default_filters()
        # nbconvert registers the parent's function by itself, marked as taking the context.
        function = type(self).markdown2html
        function.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg
        yield "markdown2html", self.markdown2html


def notebook_page(notebook, title: str, folder: Path) -> str:
    """A whole page of one executed notebook.

    Args:
        notebook: an nbformat notebook; not changed.
        title: of the page.
        folder: where pictures named in the text are looked for.

    Returns:
        HTML that refers to nothing outside itself, except by links.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            _make_static(output)
    exporter = _OfflineExporter(
        config=Config({"NbConvertBase": {"display_data_priority": _PRIORITY}}),
        template_name="basic",
    )
    body, _ = exporter.from_notebook_node(
        notebook, resources={"metadata": {"path": str(folder), "name": title}}
    )
    back = '<nav><a href="index.html">All lessons</a></nav>'
    return page(title, f"{back}<main>{body}</main>")


def index_page(results: list[LessonResult]) -> str:
    """The page that links the lessons, with the time each took."""
    rows = "".join(
        f'<tr><td><a href="{r.name}.html">{html.escape(r.title)}</a></td>'
        f"<td>{html.escape(r.minutes)}</td><td>{r.seconds:.0f} s</td>"
        f'<td class="{"failed" if r.failure else "ran"}">{html.escape(r.status)}</td></tr>'
        for r in results
    )
    heads = ("Lesson", "Minutes to study", "Time to run", "Status")
    head = "".join(f'<th scope="col">{h}</th>' for h in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return page("Lessons", f"<main><h1>Lessons</h1>{table}</main>")


def page(title: str, body: str) -> str:
    """A page with the style of the workbook."""
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        f"<style>\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n{_STYLE}</style>\n"
        f"</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


# Richest first, and nothing that needs a script.
_PRIORITY = [
    "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain",
]  # fmt: skip


def _make_static(output) -> None:
    data = output.get("data")
    if not data:
        return
    if "text/latex" in data and "text/html" not in data:
        data["text/html"] = typeset_display(data["text/latex"])
    for kind in (
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
        "text/latex",
    ):
        data.pop(kind, None)
    if "text/html" in data:
        data["text/html"] = _without_remote_images(data["text/html"])


def _without_remote_images(text: str) -> str:
    def alt(found: re.Match) -> str:
        told = _ALT.search(found[0])
        return html.escape(html.unescape(told[1])) if told else ""

    return _REMOTE_IMAGE.sub(alt, text)
