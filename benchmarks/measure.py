"""Measure everything that the project claims about its checks, one benchmark after the other.

    python benchmarks/measure.py

Writes benchmarks/verdicts.md, the table in the README and benchmarks/training_faults.md;
the gradient check and blame print theirs. About four minutes on two cores.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BENCHMARKS = ("verdicts.py", "training_faults.py", "gradient_check.py", "blame.py")


def main() -> int:
    """Run each; the exit status is 1 if any found a fault."""
    # One thread: a shared machine then gives the same figures, and small products are faster.
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    failed = []
    for name in BENCHMARKS:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, str(HERE / name)], env=env, cwd=HERE.parent).returncode:
            failed.append(name)
    print(f"\nfaults found by: {', '.join(failed)}" if failed else "\nno faults found")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
