"""Tables as CSV that a spreadsheet opens well, and in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# Excel takes a CSV without this mark for the machine's old encoding, and spoils every accent.
BOM = "\ufeff"
# A spreadsheet computes a cell that begins so. (Tab and carriage return: it drops them first.)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as text: UTF-8 with a byte order mark, commas, CRLF as RFC 4180 has it.

    Args:
        head: names of the columns.
        rows: numbers are written as they are, everything else as harmless text.
    """
    whole = io.StringIO()
    writer = csv.writer(whole, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in head])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return BOM + whole.getvalue()


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    begins = text.lstrip(" \u00a0")[:1]
    return "'" + text if begins and begins in _FORMULA else text


def points_text(points: float) -> str:
    """Points as they are written everywhere: at most two decimals, ``"3.33"``, ``"4"``."""
    return f"{points:.2f}".rstrip("0").rstrip(".") or "0"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return points_text(value)
    if isinstance(value, int):
        return str(value)
    text = str(value).replace(
        "\x00", "\\x00"
    )  # no CSV holds one, and Python 3.10 refuses to write it
    return harmless(text.encode("utf-8", "backslashreplace").decode())
