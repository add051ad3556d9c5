"""The page of all test pictures: one HTML file that needs nothing else, and no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np

from course_utils.show.scores.entries import entries
from course_utils.show.scores.matrix import matrix_html
from course_utils.show.scores.sheets import COLUMNS, Sheets, pack
from course_utils.show.scores.summary import ScoreSummary, score_summary
from course_utils.show.wording import counted

_HERE = Path(__file__).parent
_PAGE, _STYLE, _SCRIPT = (
    (_HERE / f"page.{ending}").read_text("utf-8") for ending in ("html", "css", "js")
)


def score_page(
    pictures: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    path: str | Path,
    *,
    title: str = "Every test picture and its scores",
    shape: Sequence[int] | None = None,
) -> Path:
    """Write a page of every test picture with bars of its class scores.

    The most confident mistakes come first; the page sorts, filters by label, answer and
    verdict, and shows the confusion matrix, whose cells choose pictures too. Everything is
    in the one file. Without JavaScript all pictures are there in that first order.

    Args:
        pictures: (N, H, W), (N, H, W, 3), (N, 3, H, W), or rows (N, D); bytes, or floats of
            any range. Grey ones are drawn as ink: small is white.
        labels: (N,), whole numbers from 0 to C - 1.
        probabilities: (N, C), as softmax gives them.
        class_names: (C,).
        path: of the file to write; its folder is made if needed.
        title: heading of the page.
        shape: (H, W) or (H, W, 3) of rows; (28, 28) if None.

    Returns:
        The path. `score_summary` gives the figures on the page.

    Raises:
        ValueError: shapes that do not fit, labels out of range, scores that are no
            probabilities.
        OSError: the file cannot be written.
    """
    summary = score_summary(labels, probabilities, class_names)
    if len(pictures) != len(summary):
        raise ValueError(
            f"pictures: expected one for each of {len(summary)} labels, got {len(pictures)}"
        )
    sheets = pack(pictures, summary.order, shape)
    page = Template(_PAGE).substitute(
        title=html.escape(title), summary=html.escape(str(summary)),
        policy=_policy(), style=_STYLE + _sheet_style(sheets), script=_SCRIPT,
        count=counted(len(summary), "picture"), matrix=matrix_html(summary),
        options="".join(
            f'<option value="{c}">{html.escape(name)}</option>'
            for c, name in enumerate(summary.class_names)
        ),
        entries="\n".join(entries(summary, np.asarray(probabilities))), data=_data(summary),
    )  # fmt: skip
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def _policy() -> str:
    """What the browser may load and run: this script, and pictures inside this file."""
    digest = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )


def _sheet_style(sheets: Sheets) -> str:
    """How large pictures are shown, and a rule for each sheet."""
    (width, height), (wide, high) = sheets.size, sheets.cell
    scale = sheets.scale
    lines = [
        f".s{{width:{width * scale:.4g}px;height:{height * scale:.4g}px;"
        f"background-size:{COLUMNS * wide * scale:.6g}px auto;"
        f"background-position:calc(var(--x)*{-wide * scale:.6g}px) "
        f"calc(var(--y)*{-high * scale:.6g}px);"
        f"image-rendering:{'pixelated' if scale >= 2 else 'auto'}}}"
    ]
    lines += [f".s{k}{{background-image:url({uri})}}" for k, uri in enumerate(sheets.uris)]
    return "\n".join(lines)


def _data(summary: ScoreSummary) -> str:
    """What the script sorts and filters by, in the order of the entries."""
    order = summary.order
    data = {
        "number": order.tolist(),
        "label": summary.labels[order].tolist(),
        "answer": summary.answers[order].tolist(),
        "confidence": np.rint(1e4 * summary.confidence[order]).astype(int).tolist(),
        "scoreOfLabel": np.rint(1e4 * summary.score_of_label[order]).astype(int).tolist(),
    }
    return json.dumps(data, separators=(",", ":"))
