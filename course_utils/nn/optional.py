"""What a net or a run uses only when it is asked to: looked for when somebody first asks.

A course may be handed out lesson by lesson. `FromLesson` names a function that a lesson brings,
so that what stands before that lesson works without it, and says so where it is asked for.
`build --through` reads these lines: an edition that ends earlier is made without the function.
"""

import importlib
from dataclasses import dataclass


class LaterLessonError(AttributeError):
    """A later lesson has what was asked for, and this edition of the course ends before it."""


@dataclass(frozen=True, init=False)
class FromLesson:
    """Functions that a lesson brings.

    Args:
        lesson: two digits, such as "04".
        module: full name of the module that they stand in.
        *names: their names in it.
    """

    lesson: str
    module: str
    names: tuple

    def __init__(self, lesson, module, *names):
        for field, value in (("lesson", lesson), ("module", module), ("names", names)):
            object.__setattr__(self, field, value)

    def find(self, name=None):
        """Get one of the functions.

        Args:
            name: which; None for the first.

        Returns:
            The function.

        Raises:
            LaterLessonError: it is not in this edition; says which lesson has it, and what
                to do until then.
        """
        name = name or self.names[0]
        try:
            home = importlib.import_module(self.module)
        except ModuleNotFoundError as error:
            if error.name != self.module:  # a package is missing: no matter of lessons
                raise
            home = None
        if not hasattr(home, name):
            raise LaterLessonError(
                f"{name} comes in lesson {self.lesson}, and this edition of the course ends before "
                "it. Leave out what asks for it. Or write it yourself and use yours: a net takes "
                "your own layers, always both of a pair, in layers={...}"
            )
        return getattr(home, name)
