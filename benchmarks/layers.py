"""Time every layer, forward and backward, ours against torch's, in turns within one process.

    python benchmarks/layers.py                writes layers.md, layers.png, a table of the README
    python benchmarks/layers.py --seconds 0.2  a quick look: prints, and writes nothing

About five minutes. Each number of threads and each dtype has a process of its own. Then the
schemes that were tried for some layers are measured beside ours (layer_schemes.py).
"""

import argparse
import json
import sys
import tracemalloc
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np
import torch

from benchmarks import layer_schemes, layers_page, readme, workers
from benchmarks.case import agree, steps_of
from benchmarks.layer_cases import all_cases
from benchmarks.layers_figure import draw
from benchmarks.layers_page import MAIN, RUNS
from benchmarks.timing import clock_for, medians

PAGE, FIGURE = HERE / "layers.md", HERE / "layers.png"
SECONDS = 0.7  # for each case and run
WIDENED = ("conv2d", "lstm")  # layers that are timed again with wider vectors
SCHEMES = "schemes"  # asks a worker for these instead of layers


# --- in a process of its own -----------------------------------------------------------


def measure(threads, dtype, seconds, layers=()):
    """Time all cases, or those of some layers; the result is data for JSON."""
    torch.set_num_threads(threads)
    dtype, clock, cases = np.dtype(dtype).type, clock_for(threads), all_cases()
    if SCHEMES in layers:
        rows = layer_schemes.measure(cases, dtype, 4 * seconds, clock)
    else:
        chosen = [case for case in cases if not layers or case.layer in layers]
        rows = [time_case(case, dtype, seconds, clock) for case in chosen]
    return {"rows": rows, **workers.libraries()}


def time_case(case, dtype, seconds, clock):
    """Seconds by name of the step, and bytes."""
    steps = steps_of(case, dtype)
    agree(case, steps, dtype)
    row = {"layer": case.layer, "size": case.size, "beside": peak_beside(steps["ours"])}
    row["unrolled"] = case.unrolled * np.dtype(dtype).itemsize
    return row | medians(steps, seconds=seconds, clock=clock)


def peak_beside(step):
    """Bytes in use at the worst moment, beside what was there before and what is returned."""
    step()
    tracemalloc.start()
    try:
        results = step()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    del results
    return peak - held


# --- all of it -------------------------------------------------------------------------


def measure_all(seconds):
    """All runs, in processes of their own: of layers, with wider vectors or None, of schemes."""

    def worker(run, *layers, **environment):
        return workers.run_worker(__file__, *run, seconds, *layers, threads=run[0], **environment)

    runs = {run: worker(run) for run in RUNS}
    wide = None
    if workers.has_unused_vectors(runs[MAIN]["kernels"]):
        wide = worker(MAIN, *WIDENED, **workers.WIDE)
    return runs, wide, worker(MAIN, SCHEMES)["rows"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, help="for each case and run; writes nothing")
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        threads, dtype, seconds, *layers = asked.worker
        json.dump(measure(int(threads), dtype, float(seconds), layers), sys.stdout)
        return
    runs, wide, schemes = measure_all(asked.seconds or SECONDS)
    picture = draw(runs)
    text = "\n".join(layers_page.page(runs, wide, schemes, f"![{picture.alt}]({FIGURE.name})"))
    print(text)
    if asked.seconds is None:
        FIGURE.write_bytes(picture.png)
        PAGE.write_text(f"{text}\n", encoding="utf-8")
        readme.put("layers", layers_page.readme_table(text))


if __name__ == "__main__":
    main()
