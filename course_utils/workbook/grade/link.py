"""Calls over a pipe, both ways: each end may call functions that the other one has.

A message is a byte that says what it is, then a message of wire.py. A call waits for its
result; meanwhile the other end may call back, as deep as it likes within limits. What a
call did to its arguments comes back with the result.
"""

from __future__ import annotations

import builtins
import re
import sys
import traceback
from collections.abc import Callable
from typing import Any

from course_utils.workbook.grade import known
from course_utils.workbook.grade.strange import Keeper
from course_utils.workbook.grade.wire import MOST_BYTES, Encoder, WireError, cleaned
from course_utils.workbook.grade.wire_reader import Decoder

CALL, RESULT = b"C", b"R"
MOST_NESTED = 40
_LONGEST_TEXT = 2000
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}\b")  # where an object is in memory, by chance

Exchange = Callable[[bytes], bytes]


class RemoteError(Exception):
    """What the other end raised; a class of the right name is derived from it and from the
    built-in class that fits.

    Args:
        text: what ``str`` gives.
        line: number and text of the student's line, None where there is none.
    """

    def __init__(self, text: str = "", line: tuple[int, str] | None = None) -> None:
        super().__init__(text)
        self.text, self.line = text, line

    def __str__(self) -> str:
        return self.text

    @property
    def student_line(self) -> traceback.FrameSummary | None:
        """The student's line, as a traceback would tell it."""
        if self.line is None:
            return None
        number, text = self.line
        return traceback.FrameSummary("cell", number, "answer", lookup_line=False, line=text)


class Link:
    """One end of a line.

    Args:
        exchange: sends a message and gives the answer, serving calls that come between.
        resolve: the function of a name that the other end may call, raises LookupError.
        copies: as for `Keeper`.
        line_of: finds the student's line behind an exception.
        most: bytes that a message may have.
        never_told: what is raised on, past the other end: the grader's own clock.
    """

    def __init__(
        self,
        exchange: Exchange,
        resolve: Callable[[str], Callable],
        *,
        copies: bool,
        line_of: Callable[[BaseException], tuple[int, str] | None] = lambda error: None,
        most: int = MOST_BYTES,
        never_told: tuple[type[BaseException], ...] = (),
    ) -> None:
        self.exchange, self.resolve, self.line_of, self.most = exchange, resolve, line_of, most
        self.never_told = never_told
        self.keeper = Keeper(self._call_number, copies=copies, codec=self.codec)
        self.nested = self.calls = 0

    def codec(self) -> Any:
        """The codec of PyTorch's objects, imported when there are any; None without PyTorch."""
        try:
            from course_utils.torchlab import grading_codec
        except ImportError:
            return None
        return grading_codec

    def call(self, target: str, args: tuple = (), kwargs: dict | None = None) -> Any:
        """Call a function of the other end.

        Args:
            target: its name.
            args, kwargs: arguments; what the call does to them happens to these very objects.

        Returns:
            What it returns.

        Raises:
            RemoteError: what it raised, of a class derived from the built-in one.
            WireError: what came back is no answer.
        """
        encoder = Encoder(self.keeper, most=self.most)
        self.calls += 1
        number = self.calls
        header = {"call": target, "number": number, "args": [encoder.node(a) for a in args]}
        header["kwargs"] = [[k, encoder.node(v)] for k, v in (kwargs or {}).items()]
        seen = list(encoder.objects)
        reply = self.exchange(CALL + encoder.message(header))
        if reply[:1] != RESULT:
            raise WireError("a message that is no result")
        decoder = Decoder(reply[1:], self.keeper, seen)
        told = decoder.expect(decoder.header, dict)
        if told.get("number") != number:
            raise WireError("the result of another call")
        known.apply(decoder, told.get("changes"), seen, self._codec_if_used())
        if "raised" in told:
            raise _error_from(decoder.expect(told["raised"], dict))
        if "result" not in told:
            raise WireError("a result without a value")
        return decoder.value(told["result"])

    def serve(self, message: bytes) -> bytes:
        """Answer a call of the other end.

        Raises:
            WireError: the message is no call.
        """
        if message[:1] != CALL:
            raise WireError("a message that is no call")
        if self.nested >= MOST_NESTED:
            raise WireError(f"calls within calls, more than {MOST_NESTED} deep")
        self.nested += 1
        try:
            return RESULT + self._answer(message)
        finally:
            self.nested -= 1

    def _answer(self, message: bytes) -> bytes:
        decoder = Decoder(message[1:], self.keeper)
        told = decoder.expect(decoder.header, dict)
        number = told.get("number")
        try:
            args = [decoder.value(v) for v in decoder.expect(told.get("args"), list)]
            pairs = decoder.expect(told.get("kwargs"), list)
            kwargs = {decoder.expect(k, str): decoder.value(v) for k, v in pairs}
            function = self._function(decoder.expect(told.get("call"), str))
        except (WireError, RecursionError):
            raise
        except Exception as error:  # no such function, or a cache that cannot be copied
            return self._encoded(number, [], [], error=error)
        codec = self._codec_if_used()
        before = known.picture(decoder.objects, codec)
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            return self._encoded(number, decoder.objects, before, error=error)
        except BaseException as error:
            if isinstance(error, self.never_told):
                raise
            return self._encoded(number, decoder.objects, before, error=error)
        return self._encoded(number, decoder.objects, before, result)

    def _encoded(
        self,
        number: Any,
        objects: list,
        before: list,
        result: Any = None,
        error: BaseException | None = None,
    ) -> bytes:
        told: dict[str, Any] = {"number": number}
        try:
            encoder = Encoder(self.keeper, objects, self.most)
            told["changes"] = known.changes(encoder, objects, before, self._codec_if_used())
            if error is None:
                told["result"] = encoder.node(result)
            else:
                told["raised"] = _told(error, self.line_of)
            return encoder.message(told)
        except (WireError, RecursionError, MemoryError) as wrong:
            problem = ValueError(f"what came back cannot be graded: {wrong or 'too large'}")
            raised = _told(problem, lambda error: None)
            return Encoder(self.keeper).message({"number": number, "changes": [], "raised": raised})

    def _function(self, target: str) -> Callable:
        if target.startswith("#"):
            found = self.keeper.find(int(target[1:]))
            if not callable(found):
                raise LookupError("this cannot be called")
            return found
        return self.resolve(target)

    def _call_number(self, number: int, args: tuple, kwargs: dict) -> Any:
        return self.call(f"#{number}", args, kwargs)

    def _codec_if_used(self) -> Any:
        return self.codec() if "torch" in sys.modules else None


def _told(error: BaseException, line_of: Callable) -> dict[str, Any]:
    """An exception as plain data; nothing in it may fail, whatever its class does."""
    names = [c.__name__ for c in type(error).__mro__ if c.__module__ == "builtins"]
    try:
        text = str(error)
    except BaseException:  # a student's own __str__
        text = ""
    line = None
    try:
        line = line_of(error)
    except Exception:  # frames of a hostile kind
        line = None
    told = [line[0], str(line[1])[:300]] if line else None
    name = str(type(error).__name__)[:80]
    return {"type": name, "bases": names, "text": str(text)[:_LONGEST_TEXT], "line": told}


def _error_from(told: dict) -> RemoteError:
    """An exception to raise here; only built-in classes are looked up."""
    name, text = told.get("type"), told.get("text")
    if type(name) is not str or type(text) is not str:
        raise WireError("an exception without a name")
    name = name if name.isidentifier() else "Exception"
    bases = told.get("bases")
    base = next(filter(None, map(_built_in, bases if isinstance(bases, list) else [])), None)
    line = told.get("line")
    if not (isinstance(line, list) and len(line) == 2 and type(line[0]) is int):
        line = None
    classes = (RemoteError,) if base in (None, Exception) else (RemoteError, base)
    made = type(cleaned(name), classes, {})
    return made(told_plainly(text), line and (line[0], told_plainly(str(line[1]))))


def _built_in(name: Any) -> type | None:
    """A built-in exception class that a message can be given; Exception only by itself."""
    found = getattr(builtins, name, None) if type(name) is str else None
    if not (isinstance(found, type) and issubclass(found, Exception)):
        return None
    # These want more than a text.
    return ValueError if issubclass(found, UnicodeError) or "Group" in name else found


def told_plainly(text: str) -> str:
    """A text of the other end without control characters, and the same in every run."""
    kept = "".join(c if c in "\n\t" or c.isprintable() else " " for c in cleaned(text))
    return _ADDRESS.sub("0x…", kept)
