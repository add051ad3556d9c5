"""Answers that are nearly the same and that few others have: worth a question, no proof.

Two answers are compared by what they say (`alike_forms`). What many have in common is no sign:
the reference's own lines, the lines of the student edition, and whatever more than a few of the
class wrote. Only the rest counts, and only if there is enough of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from course_utils.workbook.grade.alike_forms import tokens, windows
from course_utils.workbook.grade.model import OPEN, RIGHT, Graded

ALIKE = 0.75  # share of the windows of two answers that both have
SOME = 8  # rare windows that one exercise must share to count: about a line
ENOUGH = 30  # rare windows in two or more exercises: about four lines …
ENOUGH_IN_ONE = 100  # … or in a single one: a long answer …
ALIKE_IN_ONE = 0.95  # … that is the same in nearly all of its parts
_FEW = 3  # answers that may share a window for it to be rare …
_FEW_OF = 50  # … or one in so many, if that is more


@dataclass(frozen=True)
class Shared:
    """One exercise that two hand-ins answer nearly alike.

    Args:
        exercise: id.
        name: of the function.
        share: of the two answers' windows, how many both have, from 0 to 1.
        rare: how many of those hardly anybody else has.
        having: answers that are as alike as this to one of the two, both included.
        answers: answers to the exercise in all.
        expected: share of all pairs of answers that are alike in this way.
        right: both answers are right; wrong ones are rarer, and tell more.
    """

    exercise: str
    name: str
    share: float
    rare: int
    having: int
    answers: int
    expected: float
    right: bool


@dataclass(frozen=True)
class Pair:
    """Two hand-ins with nearly the same answers.

    Args:
        first: number of a hand-in.
        second: number of the other.
        shared: exercises, in order.
        same_file: the two files have the same bytes.
    """

    first: int
    second: int
    shared: tuple[Shared, ...]
    same_file: bool = False

    @property
    def rare(self) -> int:
        """All rare windows that the two share."""
        return sum(s.rare for s in self.shared)


def alike(grades: Sequence[Graded], known: Mapping[str, Sequence[str]]) -> list[Pair]:
    """Pairs of hand-ins to ask about, those with most in common first.

    Args:
        grades: of one lesson.
        known: by exercise's id, sources that everybody has seen or may come to: the
            reference, the student edition's.

    Returns:
        Pairs, each once.
    """
    shared: dict[tuple[int, int], list[Shared]] = {}
    for place, asked in enumerate(grades[0].exercises if grades else ()):
        answers = {
            n: windows(tokens(g.exercises[place].source))
            for n, g in enumerate(grades)
            if g.exercises[place].source and g.exercises[place].status != OPEN
        }
        seen = frozenset().union(*(windows(tokens(s)) for s in known.get(asked.exercise, ())))
        for pair, share, rare, having, expected in _pairs(answers, seen):
            both = all(grades[n].exercises[place].status == RIGHT for n in pair)
            about = Shared(
                asked.exercise, asked.name, share, rare, having, len(answers), expected, both
            )
            shared.setdefault(pair, []).append(about)
    for pair in _same_files(grades):
        shared.setdefault(pair, [])
    same = set(_same_files(grades))
    pairs = [Pair(*pair, tuple(found), pair in same) for pair, found in shared.items()]
    return sorted(
        filter(_stands_out, pairs), key=lambda p: (not p.same_file, -p.rare, p.first, p.second)
    )


def _stands_out(pair: Pair) -> bool:
    """Whether there is enough to ask about."""
    if len(pair.shared) == 1:
        (one,) = pair.shared
        return pair.same_file or (one.rare >= ENOUGH_IN_ONE and one.share >= ALIKE_IN_ONE)
    return pair.same_file or pair.rare >= ENOUGH


def _pairs(answers: Mapping[int, frozenset[int]], seen: frozenset[int]):
    """(pair, share, rare windows in common, answers like it, share of pairs) where it is enough."""
    count = Counter(w for own in answers.values() for w in own)
    few = max(_FEW, len(answers) // _FEW_OF)
    holders: dict[int, list[int]] = {}
    for n, own in answers.items():
        for window in own:
            if count[window] <= few and window not in seen:
                holders.setdefault(window, []).append(n)
    rare = Counter(pair for who in holders.values() for pair in combinations(sorted(who), 2))
    found = {}
    for (a, b), common in rare.items():
        share = len(answers[a] & answers[b]) / len(answers[a] | answers[b])
        if common >= SOME and share >= ALIKE:
            found[a, b] = share, common
    like = Counter(n for pair in found for n in pair)
    possible = len(answers) * (len(answers) - 1) / 2
    for (a, b), (share, common) in sorted(found.items()):
        yield (a, b), share, common, like[a] + 1, len(found) / possible


def _same_files(grades: Sequence[Graded]) -> list[tuple[int, int]]:
    """Pairs with the same bytes; an untouched lesson that nobody answered is no sign."""
    by_hash: dict[str, list[int]] = {}
    for n, g in enumerate(grades):
        if g.sha256 and any(e.earned for e in g.exercises):
            by_hash.setdefault(g.sha256, []).append(n)
    return [pair for who in by_hash.values() for pair in combinations(who, 2)]
