"""Why the grading of an exercise was ended from outside."""

from __future__ import annotations

from course_utils.checking.time_limit import TookTooLongError


class StoppedError(TookTooLongError):
    """The child was stopped, or stopped by itself; says why.

    To the judge it is an answer that took too long: what was found before stands, as it does
    in the student's notebook when only the search for a cause takes too long.

    Args:
        why: a sentence for the student.
        kind: "time", "crash", "message", "files" …
    """

    def __init__(self, why: str, kind: str) -> None:
        super().__init__(why)
        self.why, self.kind = why, kind
