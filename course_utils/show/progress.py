"""Progress bars that leave no trace: the one place where the course uses tqdm.

tqdm writes to stderr, or makes a widget that a stored notebook cannot show.
Both break a comparison of outputs, so in a notebook the bar is one display
that is written over and disappears at the end.
"""

from __future__ import annotations

import html
import io
import os
from collections.abc import Iterable, Iterator
from typing import Any

from tqdm import tqdm

from course_utils.console import in_notebook


def progress_bar(
    iterable: Iterable, *, total: int | None = None, description: str = ""
) -> Iterable | Iterator[Any]:
    """Iterate with a bar: time left in a notebook or terminal, nothing if COURSE_PROGRESS=off.

    Args:
        iterable: what to go through.
        total: how many items, if ``len(iterable)`` does not say.
        description: what is going on, ``"epoch 3 of 10"``.

    Returns:
        The iterable, wrapped.
    """
    if not watched():
        return iterable
    kind = _NotebookBar if in_notebook() else tqdm
    return kind(iterable, total=total, desc=description, leave=False, mininterval=0.2)


def watched() -> bool:
    """Whether somebody looks on: not where ``COURSE_PROGRESS=off``, as in builds and tests."""
    return os.environ.get("COURSE_PROGRESS", "").lower() not in ("off", "0")


class _NotebookBar(tqdm):
    """tqdm's counting and timing, shown by an HTML progress element."""

    def __init__(self, *args, **kwargs) -> None:
        from IPython.display import display

        self._shown = None
        # tqdm's own writing goes to a buffer that nobody reads.
        super().__init__(*args, file=io.StringIO(), **kwargs)
        self._shown = display(self._bundle(), raw=True, display_id=True)

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Called by tqdm whenever the bar should be drawn anew."""
        if self._shown is not None:
            self._shown.update(self._bundle(), raw=True)

    def close(self) -> None:
        """Called by tqdm at the end: the bar goes and leaves nothing behind."""
        already = self.disable  # tqdm closes twice: at the end, and when collected
        super().close()
        if not already and self._shown is not None:
            self._shown.update({"text/plain": "", "text/html": ""}, raw=True)

    def _bundle(self) -> dict[str, str]:
        meter = self.format_dict
        left = ""
        if meter["rate"] and self.total:
            left = f", {(self.total - self.n) / meter['rate']:.0f} s left"
        of = self.desc.rstrip(",: ")
        text = f"{of}{': ' if of else ''}{self.n} of {self.total or '?'}{left}"
        return {"text/plain": text, "text/html": self._bar() + _small(text)}

    def _bar(self) -> str:
        if not self.total:
            return ""
        name = html.escape(self.desc.rstrip(",: ") or "progress")
        return f'<progress aria-label="{name}" max="{self.total}" value="{self.n}"></progress> '


def _small(text: str) -> str:
    return f'<small style="opacity:.7">{html.escape(text)}</small>'
