"""Errors whose message is all that their reader needs."""

from __future__ import annotations

import traceback
from pathlib import Path

_PACKAGE = str(Path(__file__).parent)


class Told:
    """Mixed into an exception: a notebook shows its message, and the reader's own line.

    The frames in between are ours. They push the message off the screen, and help nobody.
    """

    def _render_traceback_(self) -> list[str]:
        """What IPython asks for in place of a traceback."""
        frames = traceback.extract_tb(self.__traceback__)
        ours = [k for k, frame in enumerate(frames) if frame.filename.startswith(_PACKAGE)]
        own = frames[ours[0] - 1] if ours and ours[0] else None  # who called us
        where = [f"In line {own.lineno}: {own.line}"] if own and own.line else []
        return [*f"{type(self).__name__}: {self}".splitlines(), *where]
