"""Whether an exception says that a blank is open: its own `raise NotImplementedError`, no other's.

PyTorch and NumPy raise NotImplementedError as well, for a call that they do not
know. That is a mistake to tell, and not a blank that nobody has filled.
"""

from __future__ import annotations

import dis
import inspect
import site
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from course_utils.checking.inner_code import with_inner

_RAISES = ("RAISE_VARARGS", "RERAISE")
_LIBRARIES = (
    *(str(Path(sysconfig.get_paths()[k])) for k in ("stdlib", "purelib", "platlib")),
    site.getusersitepackages(),
)


def is_open(error: NotImplementedError, answer: Callable) -> bool:
    """Whether this is the line ``raise NotImplementedError(…)`` of a blank.

    Args:
        error: what calling the answer raised.
        answer: the function that was called.

    Returns:
        True if the exception was raised by a ``raise`` in the answer, or in other code of
        the student's; False if it came out of a library.
    """
    if hasattr(error, "student_line"):  # of an answer that ran in another process
        line = error.student_line
        return line is None or not line.line or line.line.strip().startswith("raise")
    last = _innermost(error.__traceback__)
    if last is None:
        return True
    code = last.tb_frame.f_code
    raised = dis.opname[code.co_code[last.tb_lasti]] in _RAISES
    answers = getattr(inspect.unwrap(answer), "__code__", None)
    own = answers is not None and code in with_inner(answers)
    return raised and (own or not code.co_filename.startswith(_LIBRARIES))


def _innermost(trace: TracebackType | None) -> TracebackType | None:
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace
