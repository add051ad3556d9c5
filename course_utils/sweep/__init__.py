"""Try many configurations, each with several seeds, and keep every result.

    from course_utils.sweep import grid, sweep

    def train_one(hidden, learning_rate, seed):
        ...
        return {"validation_accuracy": accuracy, "train_loss": losses}

    configurations = grid(hidden=[10, 50, 100], learning_rate=[0.01, 0.1])
    result = sweep(train_one, configurations, seeds=3, folder="results/hidden", jobs=2)
    result.summary("validation_accuracy")  # mean, sd and n for each configuration, best first
    result.best("validation_accuracy")     # {'hidden': 100, 'learning_rate': 0.1}

Stopped half-way, by hand or by kill -9? Run the same line again: what had finished is kept, and
`result.explain()` says why each run was kept or done anew. On a Dask cluster:

    with joblib.parallel_config(backend="dask"):
        result = sweep(train_one, configurations, seeds=3, folder="results/hidden")

The workers need the same packages, this one included, and one thread each; the folder is written
by this process alone, so they need not see it.
"""

from .errors import SweepError, SweepInterrupted
from .progress import Progress
from .result import SweepResult
from .run import Run
from .search import sweep
from .space import choice, grid, log_uniform, sample, uniform, whole

__all__ = [
    "Progress",
    "Run",
    "SweepError",
    "SweepInterrupted",
    "SweepResult",
    "choice",
    "grid",
    "log_uniform",
    "sample",
    "sweep",
    "uniform",
    "whole",
]
