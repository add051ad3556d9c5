"""What several tests of derivations use."""

from course_utils.checking.derivations.judge import LineFinding, judge_lines
from course_utils.checking.derivations.ready import SETTINGS

__all__ = ["SETTINGS", "judged", "slip_is"]


def judged(setting: str, line: str) -> LineFinding:
    return judge_lines(SETTINGS[setting], [line])[0]


def slip_is(finding: LineFinding, wanted: str) -> bool:
    """Whether the slip told is one of ``"a|b+c"``; two slips in any order."""
    keys = finding.slip.keys if finding.slip else (finding.cause,)
    return any(sorted(keys) == sorted(option.split("+")) for option in wanted.split("|"))
