"""What is measured, as data: the reference figure, and the runs that answer it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .judges import Judge, at_least

if TYPE_CHECKING:
    from .closings import Closing

Settings = Mapping[str, Any]
# Settings that are known only when an earlier experiment has been measured, such as "the best
# of the sweep": a function of {experiment: SweepResult}, which gives None while it has not.
Later = Callable[[Mapping[str, Any]], "Settings | None"]


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Args:
        source: section of the reference the figure is from, such as "R2".
        what: what was measured, in a few words.
        measure: which number that a run returns is set beside theirs.
        full: settings of our run on the public data set, a function that finds them, or
            None where there is no such run.
        quick: the same on the small data, which shows the way and proves nothing.
        theirs: the reference figure; None where it gives none.
        said: words that stand behind it, such as "diverged".
        judge: decides between ours and theirs; see judges.py.
    """

    source: str
    what: str
    measure: str
    full: Settings | Later | None
    quick: Settings | Later | None
    theirs: float | None = None
    said: str = ""
    judge: Judge = at_least

    def settings(self, profile: str, earlier: Mapping[str, Any]) -> Settings | None:
        """The settings in a profile, or None while they are not known."""
        given = self.full if profile == "full" else self.quick
        return given(earlier) if callable(given) else given

    def belongs_to(self, profile: str) -> bool:
        """Whether the profile has this row at all."""
        return (self.full if profile == "full" else self.quick) is not None


@dataclass(frozen=True)
class Experiment:
    """Some rows that one function measures.

    Args:
        name: of the folder its runs are kept in.
        title: of its table.
        function: called with a row's settings and seed=..., returns a dictionary of numbers;
            the settings name the data under "data". A run is kept until this function, its
            module, the nets or the data change.
        figures: the rows.
        seeds: which, by profile.
        note: what a reader has to know to judge the rows fairly, in the same order.
        code: what its runs pass through besides versions.CODE, as there.
        closing: called with {experiment: rows}; gives what stands below the table.
    """

    name: str
    title: str
    function: Callable[..., Mapping[str, Any]]
    figures: Sequence[Figure]
    seeds: Mapping[str, Sequence[int]] = field(
        default_factory=lambda: {"full": (0, 1, 2), "quick": (0,)}
    )
    note: str = ""
    code: Sequence[str] = ()
    closing: Callable[[Mapping[str, Any]], Closing] | None = None

    def chosen_by(self, words: Sequence[str]) -> bool:
        """Whether a word is a source of its rows or the start of its name; yes without words."""
        sources = {figure.source.casefold() for figure in self.figures}
        name = self.name.casefold()
        return not words or any(
            word.casefold() in sources or name.startswith(word.casefold()) for word in words
        )
