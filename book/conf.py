"""Settings of Sphinx for the web edition; `make book` lays out what it reads."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from docutils.nodes import SkipNode  # noqa: E402

from course_utils.workbook.mathml import typeset  # noqa: E402
from course_utils.workbook.project import repository_address  # noqa: E402

project = "Neural networks, line by line"
language = "en"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["downloads", "pictures"]
nitpicky = False
smartquotes = False

myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

add_module_names = False
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = project
templates_path = ["templates"]
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_extra_path = [os.environ["BOOK_EXTRA"]] if "BOOK_EXTRA" in os.environ else []
html_math_renderer = "mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_domain_indices = False
html_theme_options = {"top_of_page_buttons": []}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def _inline(writer, node):
    writer.body.append(typeset(node.astext(), block=False))
    raise SkipNode


def _block(writer, node):
    writer.body.append(typeset(node.astext(), block=True))
    raise SkipNode


def setup(app):
    """Formulas as MathML: no script, no network, and read aloud by screen readers."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    app.add_config_value("book_repository", repository_address(), "html")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
