"""The child process as the grader sees it: started, asked within a time, stopped."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from course_utils.workbook.grade.assignment import Limits
from course_utils.workbook.grade.childtree import PACKAGE
from course_utils.workbook.grade.scratch import delete, too_much
from course_utils.workbook.grade.stopped import StoppedError
from course_utils.workbook.project import NOTEBOOKS, WorkbookError

_TICK = 0.2  # seconds
_READ = select.POLLIN | select.POLLHUP if hasattr(select, "poll") else 0
_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "MPLBACKEND": "agg",
    **dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    ),
}


class Process:
    """One child.

    Args:
        tree: the copy of the package that it sees.
        limits: what it may use.
        serve: answers the calls that it makes back.
        settings: for the sandbox, plain data.
        hidden: folders that it must not read, wherever they are.
    """

    def __init__(
        self,
        tree: Path,
        limits: Limits,
        serve: Callable[[bytes], bytes],
        settings: dict,
        hidden: tuple[Path, ...] = (),
    ) -> None:
        if os.name != "posix":
            raise WorkbookError("answers can be graded on Linux (or, weakly locked in, on macOS).")
        self.limits, self.serve = limits, serve
        self.deadline = time.monotonic() + limits.seconds_to_start
        self.scratch = Path(tempfile.mkdtemp(prefix="answer-")).resolve()
        to_child, self._sink = os.pipe()
        self._source, from_child = os.pipe()
        told = json.dumps(
            {
                "memory": limits.memory_bytes,
                "file": limits.file_bytes,
                "output": limits.output_bytes,
                "seconds": limits.seconds_to_start + 40 * limits.seconds_per_exercise,
                "scratch": str(self.scratch),
                "tree": str(tree),
                "hidden": [str(p) for p in (*self.hidden_folders(), *hidden)],
                **settings,
            }
        )
        command = [sys.executable, "-s", *self.program(tree), str(to_child), str(from_child)]
        env = {**_ENVIRONMENT, "HOME": str(self.scratch), "TMPDIR": str(self.scratch)}
        env |= {"MPLCONFIGDIR": str(self.scratch), "LANG": "C.UTF-8", "PATH": os.defpath}
        try:
            self._process = subprocess.Popen(
                [*command, told],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=_errors(),
                pass_fds=(to_child, from_child),
                cwd=self.scratch,
                env=env,
                start_new_session=True,
            )
        finally:
            os.close(to_child)
            os.close(from_child)
        os.set_blocking(self._sink, False)
        os.set_blocking(self._source, False)
        self._open = True

    def program(self, tree: Path) -> list[str]:
        """What Python runs: the copy's own beginning."""
        return [str(tree / "boot.py")]

    def hidden_folders(self) -> list[Path]:
        """Folders that the child must not read, wherever they are installed."""
        return [PACKAGE, NOTEBOOKS]

    def exchange(self, message: bytes) -> bytes:
        """Send a message and wait for its answer, serving calls in between.

        Raises:
            StoppedError: the child ended, was late, or sent what is no message.
        """
        if not self._open:
            raise StoppedError("it had been stopped before.", "crash")
        try:
            self._write(message)
            while True:
                reply = self._read()
                if reply[:1] != b"C":
                    self._look_at_scratch()
                    return reply
                self._write(self.serve(reply))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the child, whatever it does."""
        if self._open:
            self._open = False
            self._kill()
            os.close(self._sink)
            os.close(self._source)

    def close(self) -> None:
        """End the child and delete its scratch folder."""
        self.stop()
        delete(self.scratch)

    def _kill(self) -> None:
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            self._process.kill()
        self._process.wait()

    def _write(self, message: bytes) -> None:
        left = memoryview(struct.pack("<I", len(message)) + message)
        while left:
            self._wait(write=True)
            try:
                left = left[os.write(self._sink, left) :]
            except BlockingIOError:
                continue
            except (BrokenPipeError, OSError):
                raise self._ended() from None

    def _read(self) -> bytes:
        (length,) = struct.unpack("<I", self._exactly(4))
        if length > self.limits.output_bytes + 2**20:
            raise StoppedError(f"it sent {length:,} bytes at once.", "message")
        return self._exactly(length)

    def _exactly(self, size: int) -> bytes:
        parts = []
        while size:
            self._wait(write=False)
            try:
                part = os.read(self._source, min(size, 1 << 20))
            except BlockingIOError:
                continue
            if not part:
                raise self._ended()
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _wait(self, write: bool) -> None:
        """Wait until the pipe is ready; look at the clock and the scratch folder meanwhile."""
        ready = select.poll()
        ready.register(self._sink if write else self._source, select.POLLOUT if write else _READ)
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise StoppedError("no end in the time that an exercise has.", "time")
            if ready.poll(1000 * min(left, _TICK)):
                return
            self._look_at_scratch()

    def _look_at_scratch(self) -> None:
        told = too_much(self.scratch, self.limits.files, self.limits.file_bytes)
        if told:
            raise StoppedError(told, "files")

    def _ended(self) -> StoppedError:
        try:
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return StoppedError("it closed the line to the grader.", "message")
        if code == -signal.SIGSEGV:
            return StoppedError("the program broke down (segmentation fault).", "crash")
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            return StoppedError(f"the program was ended by the signal {name}.", "crash")
        return StoppedError(f"it ended the program itself (exit code {code}).", "crash")


def _errors() -> int | object:
    """Where the child's complaints go: nowhere, unless somebody looks for a fault of ours."""
    path = os.environ.get("COURSE_GRADE_LOG")
    return open(path, "ab") if path else subprocess.DEVNULL
