"""The verdict over a derivation: every line typeset, with what is wrong under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from course_utils.checking.broken import broken
from course_utils.checking.derivations.judge import (
    DEFINED,
    FALSE,
    NOTED,
    REFUSED,
    LineFinding,
    first_false,
    judge_lines,
    reached,
)
from course_utils.checking.derivations.language import read_name_of
from course_utils.checking.derivations.latex import to_latex
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.shapes import Kinds
from course_utils.checking.exercises import Exercise
from course_utils.checking.open_blank import is_open
from course_utils.checking.time_limit import TookTooLongError, time_limit
from course_utils.checking.verdict import NOTE, OPEN, RIGHT, WRONG, Finding, Verdict, settle
from course_utils.words import listed

SECONDS = 20.0
_MOST_LINES = 60
_SIGNS = {RIGHT: "✓", NOTE: "✓", WRONG: "✗", OPEN: "○"}


@dataclass(frozen=True)
class DerivationVerdict(Verdict):
    """A verdict that shows the lines of a derivation.

    Args:
        lines: what was found about each line.
        typeset: the LaTeX of each line, ``""`` for one that was not readable.
    """

    lines: tuple[LineFinding, ...] = ()
    typeset: tuple[str, ...] = ()

    @property
    def first_false(self) -> LineFinding | None:
        """The first line that is not right."""
        return first_false(self.lines)

    @property
    def headline(self) -> str:
        """One line: sign, exercise, function, points; just sign and name without exercise."""
        if self.exercise:
            return super().headline
        return f"{_SIGNS[self.status]} {self.name}"

    @property
    def next_step(self) -> str:
        """What a student can do now."""
        return super().next_step if self.exercise else ""

    def text(self) -> str:
        """The verdict as plain text, a line for each line of the derivation."""
        told = [self.headline]
        for number, finding in enumerate(() if self.open else self.findings):
            line = self.lines[number] if number < len(self.lines) else None
            shown = f"{line.number}. {line.text}" if line else finding.part
            told.append(f"  {_SIGNS[finding.status]} {shown}".rstrip())
            told += [f"       {part}" for part in finding.message.split("\n") if part]
        if self.next_step:
            told.append("  " + self.next_step)
        return "\n".join(told)

    def markdown(self) -> str:
        """The verdict as Markdown, every line typeset."""
        told = [f"**{self.headline}**", ""]
        for number, finding in enumerate(() if self.open else self.findings):
            sign = _SIGNS[finding.status]
            if number < len(self.lines):
                latex = self.typeset[number]
                shown = f"$\\displaystyle {latex}$" if latex else f"`{self.lines[number].text}`"
                told.append(f"{number + 1}. {sign} {shown}")
                indent = "   "
            else:
                told.append(f"\n{sign} {finding.part}".rstrip())
                indent = ""
            for part in finding.message.split("\n") if finding.message else ():
                told += ["", f"{indent}{_as_code(part)}", ""]
        if self.next_step:
            told += ["", self.next_step]
        return "\n".join(told)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text(), "text/markdown": self.markdown()}


def judged_as(derivation: Derivation) -> Callable[[Exercise, Callable], DerivationVerdict]:
    """A judge of answers that return the lines of this derivation.

    Args:
        derivation: what is derived.

    Returns:
        A function for ``Exercise.judged_by``.
    """

    def judge(exercise: Exercise, answer: Callable) -> DerivationVerdict:
        return judge_answer(exercise, answer, derivation)

    return judge


def judge_answer(exercise: Exercise, answer: Callable, derivation: Derivation):
    """Call an answer and judge the lines that it returns.

    Args:
        exercise: what was asked.
        answer: takes nothing and returns a list of lines.
        derivation: what the lines are about.

    Returns:
        The verdict; nothing the answer raises escapes, except KeyboardInterrupt.
    """
    name = getattr(answer, "__name__", exercise.name)
    try:
        with time_limit(SECONDS):
            lines = answer()
            problem = _wrong_kind(lines)
            if problem:
                return _stopped(exercise, name, Finding("", WRONG, "returns", problem))
            return judge_derivation(derivation, lines, exercise, name)
    except TookTooLongError:
        message = f"no end after {SECONDS:g} s. An endless loop?"
        return _stopped(exercise, name, Finding("", WRONG, "endless", message))
    except (Exception, SystemExit) as error:  # told to the student, never raised on
        if isinstance(error, NotImplementedError) and is_open(error, answer):
            return _stopped(exercise, name, Finding("", OPEN))
        return _stopped(exercise, name, broken(error, answer, {}, {}))


def _not_reached(lacking: dict[str, str]) -> list[Finding]:
    """What is still to be reached: one line for all gradients that no true line gives."""
    absent = [w for w, told in lacking.items() if told.startswith("No true line gives")]
    findings = [
        Finding(w, WRONG, "not_reached", told)
        for w, told in lacking.items()
        if told and (w not in absent or len(absent) == 1)
    ]
    if len(absent) > 1:
        message = f"No true line gives {listed(absent)} yet: each needs one that begins with it."
        findings.append(Finding(", ".join(absent), WRONG, "not_reached", message))
    return findings


def judge_derivation(
    derivation: Derivation, lines, exercise: Exercise | None = None, name: str = ""
) -> DerivationVerdict:
    """Judge the lines of a derivation.

    Args:
        derivation: what the lines are about.
        lines: as typed, a list or one text with a line each.
        exercise: what was asked; without it the verdict is worth 1 point.
        name: of the function that gave the lines.

    Example:
        ``judge_derivation(LINEAR, ["dW = X.T @ dY"])``
    """
    lines = lines.splitlines() if isinstance(lines, str) else list(lines)
    found = judge_lines(derivation, lines)
    if not found:
        message = "no lines yet: return a list of lines, each in quotes."
        finding = Finding("", WRONG, "empty", message)
        return _verdict(exercise, name or derivation.name, [finding], (), ())
    findings = _findings(found)
    lacking = reached(derivation, found)
    findings += _not_reached(lacking)
    typeset = tuple(_typeset(finding, derivation.kinds) for finding in found)
    made = _verdict(exercise, name or derivation.name, findings, tuple(found), typeset)
    if made.right:
        return made
    # A gradient counts when the lines give it and none about it is false; false lines
    # about other things cost their share.
    spoilt = {_about(line) for line in found if not line.good}
    share = sum(not told and w not in spoilt for w, told in lacking.items()) / len(lacking)
    true = sum(line.good for line in found) / len(found)
    return replace(made, earned=made.points * share * true)


def _about(finding: LineFinding) -> str:
    return read_name_of(finding.line.sides[0]) if finding.line else ""


def _findings(found: list[LineFinding]) -> list[Finding]:
    false = first_false(found)
    statuses = {FALSE: WRONG, REFUSED: WRONG, NOTED: NOTE}
    findings = []
    for line in found:
        message = line.message
        after = false is not None and line.number > false.number
        same = after and _about(line) == _about(false) and _about(line)
        if same and line.good and line.status != DEFINED and not message:
            message = f"True, but line {false.number} is not: it does not follow from there."
        if line is false and len(found) > 1:
            word = "not readable" if line.status == REFUSED else "false"
            message = f"The first line that is {word}. {message}"
        evidence = {"line": line.number, "exact": line.exact}
        if line.slip:
            evidence["slip"] = line.slip.keys
        status = statuses.get(line.status, RIGHT)
        findings.append(Finding(f"line {line.number}", status, line.cause, message, evidence))
    return findings


def _typeset(finding: LineFinding, kinds: Kinds) -> str:
    return to_latex(finding.line, kinds) if finding.line else ""


def _wrong_kind(lines) -> str:
    if isinstance(lines, str):
        return ""
    if not isinstance(lines, (list, tuple)):
        return f"expected a list of lines, got {type(lines).__name__}."
    odd = next((line for line in lines if not isinstance(line, str)), None)
    if odd is not None:
        return f"expected lines in quotes, got {type(odd).__name__} among them."
    if len(lines) > _MOST_LINES:
        return f"expected at most {_MOST_LINES} lines, got {len(lines)}."
    return ""


def _stopped(exercise: Exercise, name: str, finding: Finding) -> DerivationVerdict:
    return _verdict(exercise, name, [finding], (), ())


def _verdict(exercise, name, findings, lines, typeset) -> DerivationVerdict:
    number = exercise.id if exercise else ""
    points = exercise.points if exercise else 1
    plain = settle(number, name, points, findings)
    return DerivationVerdict(
        plain.exercise,
        plain.name,
        plain.status,
        plain.findings,
        plain.points,
        plain.earned,
        lines,
        typeset,
    )


def _as_code(message: str) -> str:
    """Keep *, _ and [ ] of expressions from being read as Markdown."""
    for sign in "\\*_[]<|$":
        message = message.replace(sign, f"\\{sign}")
    return message
