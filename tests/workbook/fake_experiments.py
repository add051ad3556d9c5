"""Small experiments whose runs can be counted, made to fail, or made to kill their process."""

import os
import signal
from pathlib import Path

from course_utils.workbook.results import Experiment, Figure
from course_utils.workbook.results.judges import stuck

LOG = "FAKE_EXPERIMENTS_LOG"  # a file that gets a line for each run
KILL = "FAKE_EXPERIMENTS_KILL"  # the setting at which the process kills itself
STOP = "FAKE_EXPERIMENTS_STOP"  # the setting at which somebody presses Ctrl-C
FAIL = "FAKE_EXPERIMENTS_FAIL"  # the setting that raises


def measured(data, width, seed, depth=1):
    """What a run would give: numbers that nobody could have typed."""
    with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
        log.write(f"{width} {seed}\n")
    if os.environ.get(KILL) == f"{width} {seed}":
        os.kill(os.getpid(), signal.SIGKILL)
    if os.environ.get(STOP) == f"{width} {seed}":
        raise KeyboardInterrupt
    if os.environ.get(FAIL) == str(width):
        raise ValueError(f"width {width} | is too wide")
    drawn = Path(os.environ[LOG]).with_name("drawn").read_text("utf-8")
    return {
        "validation_accuracy": float(drawn) + width / 1000 + seed / 1000,
        "validation_loss": 2.3026 if width == 1 else 1.0,
        "stopped_because": "all 3 epochs done",
        "data": "made up",
        "made_with": {"zlib": "7", "Python": "3.99"},
    }


def widths(*given, theirs=0.5, name="R2-widths"):
    """An experiment with a row for each width."""
    figures = [
        Figure("R2", f"width {width}", "validation_accuracy", row, row, theirs)
        for width, row in ((width, {"data": "digits", "width": width}) for width in given)
    ]
    return Experiment(name, f"Widths of {name}", measured, figures, {"full": (0, 1), "quick": (0,)})


def best_again(earlier):
    sweep = earlier.get("R2-widths")
    if sweep is None or not sweep.complete:
        return None
    return {"data": "digits", "width": 10 * sweep.best("validation_accuracy")["width"]}


BEST = Experiment(
    "R3-best", "The best again", measured,
    [Figure("R3", "best", "validation_accuracy", best_again, best_again, 0.5)],
)  # fmt: skip

STUCK = Experiment(
    "R4-stuck", "Stuck", measured,
    [
        Figure("R4", f"loss {width}", "validation_loss", row, row, 2.3026, "stuck", stuck)
        for width, row in ((width, {"data": "digits", "width": width}) for width in (1, 2))
    ],
)  # fmt: skip
