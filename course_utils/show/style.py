"""One look for all figures: the Okabe-Ito colours, readable sizes, no frame."""

from __future__ import annotations

import textwrap

import matplotlib as mpl
from matplotlib.figure import Figure

# Okabe and Ito, Color Universal Design, 2008: told apart by the colour-blind.
# Lines differ by dash and marker as well, so that no colour is needed at all.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#7A7A7A"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
DASHES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
# Of classes in the plane: black is the boundary's, and with ten markers ten digits differ.
CLASS_COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, GREY)
CLASS_MARKERS = (*MARKERS, "<", ">", "*")

_LETTER = 0.085  # inches that a letter of a title takes
_SETTINGS = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "image.interpolation": "nearest",
}


def styled():
    """A context in which figures are made in the course's look."""
    return mpl.rc_context(_SETTINGS)


def new_figure(width: float, height: float) -> Figure:
    """A figure of its own, unknown to pyplot, so that none piles up in memory.

    Args:
        width: inches.
        height: inches.
    """
    return Figure(figsize=(width, height), layout="constrained")


def entitle(figure: Figure, title: str) -> None:
    """A title over the whole figure, in as many lines as it takes not to be cut off.

    Args:
        figure: made by `new_figure`.
        title: "" for none.
    """
    lines = textwrap.wrap(title, letters_across(figure.get_figwidth()))
    figure.suptitle("\n".join(lines), fontsize=11)


def letters_across(width: float) -> int:
    """How many letters of a title fit side by side, at least 12.

    Args:
        width: inches.
    """
    return max(12, int(width / _LETTER))


def line_look(which: int) -> dict[str, str]:
    """Colour and dash of the line with this number."""
    return {"color": COLOURS[which % len(COLOURS)], "linestyle": DASHES[which % len(DASHES)]}
