"""Judges the lines of a derivation one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.equation import (
    Ground,
    differs_only_at_kink,
    holds,
    holds_exactly,
    two_sides,
)
from course_utils.checking.derivations.language import Line, parse_line, read_name_of
from course_utils.checking.derivations.merge import merged
from course_utils.checking.derivations.refusals import RefusedError
from course_utils.checking.derivations.repair import Slip, find_slip
from course_utils.checking.derivations.setting import Derivation, define
from course_utils.checking.derivations.shapes import Layout, ShapeError, lay_out
from course_utils.checking.derivations.smallest import smallest_failure
from course_utils.checking.derivations.tree import shown, to_text

OK, NOTED, FALSE, REFUSED, DEFINED = "ok", "note", "false", "refused", "defined"


@dataclass(frozen=True)
class LineFinding:
    """What was found about one line.

    Args:
        number: of the line, from 1.
        text: as typed.
        status: ``"ok"``, ``"note"`` (true, with a remark), ``"false"``, ``"refused"`` (not
            of the language) or ``"defined"`` (a let).
        cause: a short key, ``"inner_sizes"``, ``"exchange"``, ``"factor"`` …
        message: the sentence a student reads.
        slip: the slip behind a false line, if found.
        line: the line as read, None if refused.
        exact: whether a true line was confirmed in exact arithmetic.
    """

    number: int
    text: str
    status: str
    cause: str = ""
    message: str = ""
    slip: Slip | None = None
    line: Line | None = None
    exact: bool = False

    @property
    def good(self) -> bool:
        """Whether the line is true or a definition."""
        return self.status in (OK, NOTED, DEFINED)


def judge_lines(
    derivation: Derivation, lines: Sequence[str], *, explain: bool = True
) -> list[LineFinding]:
    """Judge every line: is it true, given the definitions, whatever came before?

    Args:
        derivation: what the lines are about.
        lines: as typed; empty ones and those that begin with # are passed over.
        explain: search for the slip behind a false line.

    Returns:
        A finding for each line. Nothing is raised for what a student wrote.
    """
    ground = Ground(derivation)
    findings: list[LineFinding] = []
    before = None
    kept = [str(text).strip() for text in lines]
    for number, text in enumerate((t for t in kept if t and not t.startswith("#")), 1):
        try:
            line = parse_line(text, ground.names, before)
            before = None if line.let else line.sides[0]
            findings.append(_judge_line(number, line, ground, explain))
        except RefusedError as error:
            findings.append(LineFinding(number, text, REFUSED, "refused", str(error)))
        except RecursionError:
            message = "The line is nested too deeply: split it with let."
            findings.append(LineFinding(number, text, REFUSED, "refused", message))
    return findings


def first_false(findings: Sequence[LineFinding]) -> LineFinding | None:
    """The first line that is not right."""
    return next((f for f in findings if not f.good), None)


def _judge_line(number: int, line: Line, ground: Ground, explain: bool) -> LineFinding:
    if line.let:
        return _define(number, line, ground)
    remarks, exact = [], True
    for right in line.sides[1:]:
        left = line.sides[0]
        step = f"`{to_text(right)}`: " if len(line.sides) > 2 else ""
        try:
            layout = lay_out(left, right, ground.kinds)
        except ShapeError as error:
            slip = find_slip(left, right, ground) if explain else None
            told = step + _with_slip(str(error), slip)
            cause = slip.keys[0] if slip else error.cause
            return LineFinding(number, line.text, FALSE, cause, told, slip, line)
        if any("~" in letter for letter in layout.ranges):
            left, right = merged(left, right, layout)
            layout = lay_out(left, right, ground.kinds)
        if not holds(left, right, layout, ground):
            return _false(number, line, (left, right), layout, ground, step, explain)
        confirmed = holds_exactly(left, right, layout, ground)
        if confirmed is False:
            return _false(number, line, (left, right), layout, ground, step, explain)
        exact = exact and bool(confirmed)
        remarks += _remarks(left, right, layout, ground)
    remark = " ".join(dict.fromkeys(remarks))
    status = NOTED if remark else OK
    return LineFinding(number, line.text, status, "", remark, None, line, exact)


def _define(number: int, line: Line, ground: Ground) -> LineFinding:
    try:
        name, rule, dims = define(line.text, ground.names, ground.kinds)
    except ShapeError as error:
        return LineFinding(number, line.text, FALSE, error.cause, str(error), None, line)
    ground.add(name, rule, dims)
    return LineFinding(number, line.text, DEFINED, line=line)


def _false(number, line: Line, sides, layout, ground: Ground, step, explain) -> LineFinding:
    left, right = sides
    slip = find_slip(left, right, ground) if explain else None
    if slip:
        cause, message = slip.keys[0], slip.message
    else:
        cause = "values"
        message = "False. " + (smallest_failure(left, right, layout, ground) if explain else "")
    missing = sorted(map(shown, layout.free - tree.free_letters(right)))
    clash = _clash(left, right)
    if not slip and missing:
        verb = "stand" if len(missing) > 1 else "stands"
        message += f" {' and '.join(missing)} {verb} on the left and nowhere on the right."
    if clash and "free on the left" not in message:
        message = f"{' and '.join(clash)} is free on the left and summed on the right. {message}"
    return LineFinding(number, line.text, FALSE, cause, step + message.strip(), slip, line)


def _clash(left, right) -> list[str]:
    sums = [part for part in tree.walk(right) if isinstance(part, tree.Sum)]
    bound = {shown(i) for part in sums for i in part.letters}
    return sorted(bound & {shown(i) for i in tree.free_letters(left)})


def _remarks(left, right, layout: Layout, ground: Ground) -> list[str]:
    found = []
    if differs_only_at_kink(left, right, layout, ground):
        found.append(
            "Right. It differs from this course only where the input of ReLU is exactly 0: no "
            "derivative exists there, and the course takes 0."
        )
    clash = _clash(left, right)
    if clash:
        listed = " and ".join(clash)
        found.append(f"Right, but {listed} is free on the left: in the sum take another letter.")
    return found


def _with_slip(fact: str, slip: Slip | None) -> str:
    if slip is None:
        return fact
    # An exchanged index tells the shapes itself; the conflict of ranges would say it twice.
    return slip.message if slip.keys == ("exchange",) else f"{fact} {slip.message}"


def reached(derivation: Derivation, findings: Sequence[LineFinding]) -> dict[str, str]:
    """Which of the wanted gradients the lines give.

    Returns:
        For every wanted gradient ``""`` if a true line gives it in terms of what is known,
        else a sentence on what is missing.
    """
    rules = [*derivation.symbols, *derivation.parsed_rules]
    known = {*rules, f"d{derivation.upstream}", *derivation.given}
    state = {}
    for finding in findings:
        line = finding.line
        if line is None or not finding.good:
            continue
        if line.let:
            if _closed(line.sides[1], known):
                known.add(line.let)
            continue
        name = read_name_of(line.sides[0])
        if name and name not in rules and _covers(line.sides[0]):
            lacking = [s for right in line.sides[1:] for s in [_lacking(right, known)]]
            if "" in lacking:
                known.add(name)
            else:
                state[name] = f"{name} is still written with {lacking[-1]}."
    return {w: "" if w in known else state.get(w, _not_there(w)) for w in derivation.wanted}


def _not_there(name: str) -> str:
    return f"No true line gives {name} yet: a line must begin with {name} = or {name}[…] =."


def _covers(left: tree.Node) -> bool:
    """Whether a left side speaks of all entries: different letters alone as indices."""
    at = left.by if isinstance(left, tree.Diff) else left
    if not isinstance(at, tree.Index):
        return True
    letters = [i for i in at.at if isinstance(i, tree.Letter)]
    return len(letters) == len(at.at) == len(set(letters))


def _closed(node: tree.Node, known: set[str]) -> bool:
    return not _lacking(node, known)


def _lacking(node: tree.Node, known: set[str]) -> str:
    """What an expression holds that is not known: a diff or a gradient."""
    for part in tree.walk(node):
        if isinstance(part, tree.Diff):
            return to_text(part)
        if isinstance(part, tree.Sym) and part.name not in known:
            return part.name
    return ""


def truth(derivation: Derivation, name: str, which: int = 0) -> np.ndarray:
    """The true value of a symbol or gradient at a point, as found from the forward rules.

    Args:
        derivation: the setting.
        name: ``"dW"``.
        which: number of the point.
    """
    return derivation.points[which].value(name)


__all__ = ["LineFinding", "first_false", "judge_lines", "reached", "truth", "two_sides"]
