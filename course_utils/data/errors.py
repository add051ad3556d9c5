"""The one error that anything to do with getting data ends in."""

from course_utils.told import Told


class DataError(Told, RuntimeError):
    """A data file is missing, unreachable or broken; the message says what to do."""


class ContentError(Exception):
    """A file does not hold what the registry promises (internal: callers add where and what to do).

    Args:
        reason: the end of a sentence that starts with the file's name, as in
            "is empty".
    """
