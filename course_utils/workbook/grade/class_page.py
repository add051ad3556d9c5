"""The page of a class: how it went, what was hard, which mistakes, and what to look at."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

from course_utils.show.distribution import distribution
from course_utils.show.wording import counted, percent
from course_utils.workbook.grade.alike import Pair
from course_utils.workbook.grade.boxes import STATES, WORDS, escaped, page, table
from course_utils.workbook.grade.class_sums import (
    ExerciseSum,
    MistakeSum,
    exercise_sums,
    mistake_sums,
)
from course_utils.workbook.grade.csv_text import points_text
from course_utils.workbook.grade.model import RIGHT, Graded

_MOST = 40  # pairs that are listed; more say that something else is wrong
_FOOTER = "Made by <code>python -m course_utils grade</code>. It holds names: keep it to yourself."


def class_page(
    grades: Sequence[Graded],
    title: str,
    *,
    pages: Mapping[str, str],
    pairs: Sequence[Pair] = (),
    passed_over: Sequence[tuple[str, str]] = (),
) -> str:
    """A page that stands alone, but for links to the students' pages.

    Args:
        grades: of one lesson.
        title: of the lesson.
        pages: address of a hand-in's page, by its path and student as `page_key` gives it.
        pairs: nearly identical hand-ins.
        passed_over: (path, why) of what was not looked at.
    """
    able = [g for g in grades if not g.error]
    parts = [
        _went(able) if able else "",
        _hard(exercise_sums(grades), len(able)) if able else "",
        _mistakes(mistake_sums(grades), len(able)) if able else "",
        _alike(grades, pairs, pages) if able else "",
        _errors(grades, pages),
        _everybody(grades, pages),
        _passed_over(passed_over),
    ]
    failed = len(grades) - len(able)
    header = (
        f'<p class="quiet">{escaped(title)}</p><h1>The class</h1>'
        f'<p class="total">{counted(len(grades), "hand-in")}'
        f"{f', {failed} of them could not be graded' if failed else ''}</p>"
    )
    return page(f"The class: {title}", header, "\n".join(filter(None, parts)), f"<p>{_FOOTER}</p>")


def page_key(graded: Graded) -> str:
    """What tells hand-ins apart: names alone may look the same."""
    return f"{graded.student}\n{graded.path}"


def _section(anchor: str, heading: str, body: str) -> str:
    return (
        f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{heading}</h2>\n{body}\n</section>'
    )


def _went(able: Sequence[Graded]) -> str:
    totals, possible = [g.earned for g in able], able[0].possible
    picture = distribution(totals, possible)
    told = (
        f"<p>Of {points_text(possible)} points: mean {points_text(statistics.fmean(totals))}, "
        f"median {points_text(statistics.median(totals))}, from {points_text(min(totals))} to "
        f"{points_text(max(totals))}.</p>"
    )
    return _section(
        "points", "How many points", f"{told}<figure>{picture.html(picture.png)}</figure>"
    )


def _hard(sums: Sequence[ExerciseSum], answers: int) -> str:
    rows = [
        [
            f"{escaped(s.exercise)} <code>{escaped(s.name)}</code>",
            f"{percent(s.share)}{_bar(s, answers)}",
            *(str(s.states[state]) for state in STATES),
        ]
        for s in sums
    ]
    head = [
        "Exercise",
        "Points earned, on average",
        *(WORDS[state].capitalize() for state in STATES),
    ]
    made = table("Hand-ins by exercise and verdict", head, rows, numbers={2, 3, 4, 5, 6})
    note = (
        "<p>The hardest first. In the bars, right answers are plain, those with points lost "
        "hatched, the rest grey. “Stopped” means: ended by a limit on time or memory, or a "
        "crash.</p>"
    )
    return _section("hard", "Which exercises were hard", note + made)


def _bar(s: ExerciseSum, answers: int) -> str:
    """The five numbers beside it as a picture; for those who see only."""
    right, wrong = s.states["right"], s.states["wrong"] + s.states["stopped"]
    parts = (("right", right), ("wrong", wrong), ("none", answers - right - wrong))
    spans = "".join(
        f'<span class="{kind}" style="width:{100 * n / answers:.4g}%"></span>' for kind, n in parts
    )
    return f'<div class="bar" aria-hidden="true">{spans}</div>'


def _mistakes(sums: Sequence[MistakeSum], answers: int) -> str:
    if not sums:
        return _section("mistakes", "Which mistakes", "<p>No known mistake was named.</p>")
    rows = [
        [
            f'<strong>{escaped(m.key)}</strong><br><span class="quiet">'
            f"{_sentence(m.sentence)}</span>",
            f"{m.students}<br>{percent(m.students / answers)}",
            "<br>".join(
                f"{n} in {escaped(e)} <code>{escaped(name)}</code>" for e, name, n in m.where
            ),
            escaped(m.question),
        ]
        for m in sums
    ]
    head = ["Mistake, and what most were told", "Students", "Where", "A question for the class"]
    caption = "Known mistakes by how many students made them"
    return _section(
        "mistakes", "Which mistakes", table(caption, head, rows, numbers={1}, words=True)
    )


def _sentence(text: str) -> str:
    """The first paragraph of a message."""
    return escaped(text.strip().partition("\n")[0])


def _alike(grades: Sequence[Graded], pairs: Sequence[Pair], pages: Mapping[str, str]) -> str:
    lead = (
        "<p>A question, not a verdict. Listed are pairs whose answers say nearly the same, "
        "whatever their names and layout, with some lines that hardly anybody else has. "
        "Two who learned together, or from one page, can look like this too: ask them.</p>"
    )
    if not pairs:
        return _section(
            "alike", "Did these work together?", "<p>No two hand-ins stand out as alike.</p>"
        )
    rows = [
        [
            f"{_link(grades[p.first], pages)}<br>{_link(grades[p.second], pages)}",
            "<br>".join(_shared(s) for s in p.shared)
            + ("<br>" if p.shared and p.same_file else "")
            + ("the same file, byte for byte" if p.same_file else ""),
        ]
        for p in pairs[:_MOST]
    ]
    more = len(pairs) - _MOST
    tail = f"<p>And {more} more; see alike.json.</p>" if more > 0 else ""
    made = table(
        "Pairs of hand-ins, most in common first",
        ["Hand-ins", "What is alike"],
        rows,
        words=True,
    )
    return _section("alike", "Did these work together?", lead + made + tail)


def _shared(s) -> str:
    others = (
        "nobody else's answer is like it"
        if s.having <= 2
        else f"{s.having} of {s.answers} answers are like it"
    )
    return (
        f"{escaped(s.exercise)} <code>{escaped(s.name)}</code>: {percent(s.share)} the same, "
        f"{'both right' if s.right else 'with points lost'}; {others}; of all pairs, "
        f"{percent(s.expected)} are this alike"
    )


def _errors(grades: Sequence[Graded], pages: Mapping[str, str]) -> str:
    rows = [[_link(g, pages), escaped(g.path), escaped(g.error)] for g in grades if g.error]
    if not rows:
        return ""
    made = table("Hand-ins that could not be graded", ["Student", "File", "Why"], rows, words=True)
    note = "<p>They count as no points. Look at each, and ask the student for another file.</p>"
    return _section("errors", "What could not be graded", note + made)


def _everybody(grades: Sequence[Graded], pages: Mapping[str, str]) -> str:
    rows = [
        [
            _link(g, pages),
            points_text(g.earned),
            f"{sum(e.status == RIGHT for e in g.exercises)} of {len(g.exercises)}",
            "<br>".join(escaped(r) for r in ([f"Not graded: {g.error}"] if g.error else g.remarks)),
        ]
        for g in grades
    ]
    made = table("All hand-ins", ["Student", "Points", "Right", "Remarks"], rows, numbers={1, 2})
    return _section("everybody", "Everybody", made)


def _passed_over(passed_over: Sequence[tuple[str, str]]) -> str:
    if not passed_over:
        return ""
    rows = [[escaped(path), escaped(why)] for path, why in passed_over]
    made = table("Passed over", ["Path", "Why"], rows, words=True)
    note = "<p>What else is in the folder, and why it was not looked at.</p>"
    return _section("passed-over", "Passed over", note + made)


def _link(graded: Graded, pages: Mapping[str, str]) -> str:
    where = pages.get(page_key(graded))
    name = escaped(graded.student)
    return f'<a href="{escaped(where)}">{name}</a>' if where else name
