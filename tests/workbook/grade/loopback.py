"""The whole way of a call, without a process: encoded, decoded, called, encoded, decoded."""

from course_utils.checking.asking import references
from course_utils.workbook.grade.assignment import Limits
from course_utils.workbook.grade.child import Runtime
from course_utils.workbook.grade.session import Session


class Loopback:
    """The other end of a line, in this process."""

    deadline = 0.0

    def __init__(self, serve, functions):
        self.runtime = Runtime(serve)
        self.runtime.own.update(functions)
        self.runtime.names = tuple(functions)

    def exchange(self, message):
        return self.runtime.link.serve(message)

    def stop(self):
        pass

    close = stop


def session_of(exercise, functions, right=()):
    """A session in which these functions are the hand-in's, and this exercise is judged.

    Args:
        exercise: the one that is judged.
        functions: the hand-in's, by name.
        right: names of those that have been judged, and are right.
    """
    session = Session(
        lambda serve: Loopback(serve, functions),
        [],
        tuple(functions),
        Limits(),
        references=lambda name: references()[name],
    )
    session.right = list(right)
    session.line = session.start(session.link.serve)
    session.judged = exercise
    session.line.runtime.begin(session._table(exercise))
    return session
