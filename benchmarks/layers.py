"""Time every layer, forward and backward, ours against torch's, in turns within one process.

    python benchmarks/layers.py                writes layers.md and layers.png beside itself
    python benchmarks/layers.py --seconds 0.2  a quick look

Two to three minutes. Each number of threads and each dtype has a process of its own.
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import argparse
import json
import platform
import subprocess
import time
import tracemalloc

import numpy as np

from benchmarks.timing import geometric_mean, medians
from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, ORANGE, VERMILION, new_figure, styled

PAGE, FIGURE = HERE / "layers.md", HERE / "layers.png"
RUNS = ((1, "float32"), (1, "float64"), (2, "float32"), (2, "float64"))
MAIN = RUNS[0]  # the run that the targets are about
TARGETS = {
    "conv2d": 1.25,
    "max-pool": 2.0,
    "batch norm": 2.0,
    "layer norm": 2.0,
    "spatial batch norm": 2.0,
}
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


# --- measuring, in a process of its own ------------------------------------------------


def measure(threads, dtype, seconds, layers=()):
    """Time all cases, or those of some layers; the result is data for JSON."""
    import torch

    from benchmarks.layer_cases import agree, all_cases, steps_of, unrolled_numbers

    torch.set_num_threads(threads)
    # One thread: only what this process computes counts, so other programs disturb less.
    clock = time.process_time if threads == 1 else time.perf_counter
    dtype = np.dtype(dtype).type
    rows = []
    for case in all_cases():
        if layers and case.layer not in layers:
            continue
        steps = steps_of(case, dtype)
        agree(steps, dtype)
        taken = medians(steps, seconds=seconds, clock=clock)
        row = {"layer": case.layer, "size": case.size, "beside": peak_beside(steps["ours"])}
        row["unrolled"] = unrolled_numbers(case.convolution) * np.dtype(dtype).itemsize
        rows.append(row | taken)
    return {"rows": rows, "kernels": _kernels(), "torch version": torch.__version__}


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


def _kernels():
    """The name of the processor that NumPy's matrix products are written for, if it is told."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return ""
    names = {str(pool.get("architecture")) for pool in threadpool_info() if pool["prefix"] != ""}
    return ", ".join(sorted(names - {"None"}))


def run_worker(threads, dtype, seconds, *layers, **environment):
    """Measure in a new process: the number of threads is read once, when libraries load."""
    env = {**os.environ, **environment, **dict.fromkeys(THREADS, str(threads))}
    arguments = ["--worker", str(threads), dtype, str(seconds), *layers]
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


# --- telling ---------------------------------------------------------------------------


def ratios(run, layer):
    """Ours over torch's, for each size of a layer."""
    return [row["ours"] / row["torch"] for row in run["rows"] if row["layer"] == layer]


def summary(runs):
    """A line for each layer: geometric means, and the target."""
    told = [f"{threads} thread{'s' * (threads > 1)}, {dtype}" for threads, dtype in RUNS]
    yield f"| layer | sizes | {' | '.join(told)} | target | |"
    yield "|---|---:|" + "---:|" * (len(RUNS) + 1) + "---|"
    for layer in dict.fromkeys(row["layer"] for row in runs[MAIN]["rows"]):
        means = [geometric_mean(ratios(runs[run], layer)) for run in RUNS]
        target = TARGETS.get(layer)
        verdict = "" if target is None else ("met" if means[0] <= target else "**not met**")
        told = " | ".join(f"{mean:.2f}" for mean in means)
        sizes = len(ratios(runs[MAIN], layer))
        yield f"| {layer} | {sizes} | {told} | {'' if target is None else target} | {verdict} |"


def details(runs):
    """A line for each size."""
    yield (
        "| layer | size | ours, ms | torch, ms | ratio | float64 | 2 threads | 2 threads, float64 "
        "| im2col | memory, MB |"
    )
    yield "|---|---|" + "---:|" * 8
    for rows in zip(*(runs[run]["rows"] for run in RUNS), strict=True):
        row = rows[0]
        ratio = [f"{r['ours'] / r['torch']:.2f}" for r in rows]
        im2col = f"{row['im2col'] / row['torch']:.2f}" if "im2col" in row else ""
        yield (
            f"| {row['layer']} | {row['size']} | {1e3 * row['ours']:.3g} | "
            f"{1e3 * row['torch']:.3g} | {' | '.join(ratio)} | {im2col} | "
            f"{row['beside'] / 1e6:.1f} |"
        )


def against_im2col(runs):
    """Whether our convolution is ever slower than the whole batch unrolled by compiled code."""
    rows = [row for row in runs[MAIN]["rows"] if "im2col" in row]
    shares = [row["ours"] / row["im2col"] for row in rows]
    slower = [row["size"] for row, share in zip(rows, shares, strict=True) if share > 1]
    verdict = f"slower on {'; '.join(slower)}: **not met**" if slower else "met"
    ours, theirs = (max(row[key] for row in rows) / 1e6 for key in ("beside", "unrolled"))
    return (
        f"Target: never slower than im2col with compiled helpers. Ours takes {min(shares):.2f} "
        f"to {max(shares):.2f} of its time: {verdict}. Beside its results ours needs {ours:.1f} MB "
        f"at most, the padded images included; the batch unrolled takes up to {theirs:.0f} MB."
    )


def page(runs, wide, alt):
    """All of layers.md."""
    first = runs[MAIN]
    yield "# Layers against torch\n"
    yield (
        "Written by `python benchmarks/layers.py`. One step is forward and backward, with the "
        "gradients of all arguments. Numbers are ratios, ours over torch's: below 1 ours is "
        "faster. Both take turns in one process, after their results were compared; each time is "
        "a median. With one thread it is the processor's time, with two the clock on the wall.\n"
    )
    yield (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}, torch {first['torch version']}. "
        f"NumPy's matrix products: OpenBLAS, kernels for {first['kernels'] or 'unknown'}. "
        f"{_load()}\n"
    )
    yield from ("## Geometric means\n", *summary(runs), "", against_im2col(runs), "")
    if wide is not None:
        mean = geometric_mean(ratios(wide, "conv2d"))
        yield (
            "This processor has wider vectors (AVX-512) than these kernels use, and torch uses "
            f"them. Told so (`OPENBLAS_CORETYPE=SkylakeX`), conv2d is at {mean:.2f}.\n"
        )
    yield f"![{alt}]({FIGURE.name})\n"
    yield from ("## Each size\n", *details(runs), "")
    yield (
        "Times and ratio: one thread, float32. im2col: the ratio of the whole batch unrolled by "
        "compiled helpers. Memory: the most that was in use during a step of ours, beside its "
        "arguments, output and gradients; what forward keeps for backward is counted.\n"
    )


def _load():
    """What else the machine was doing, where it tells."""
    try:
        load = os.getloadavg()[1]
    except (AttributeError, OSError):
        return ""
    told = f"Programs that wanted a core while this ran: {load:.1f}."
    if load > 1.5 * os.cpu_count():
        told += " That is too many to trust the figures of two threads."
    return told


def draw(runs):
    """Bars of the ratios on a logarithmic axis, one for each size."""
    rows, other = runs[MAIN]["rows"], runs[1, "float64"]["rows"]
    main = [row["ours"] / row["torch"] for row in rows]
    wide = [row["ours"] / row["torch"] for row in other]
    names = [f"{row['layer']}  {row['size']}" for row in rows]
    with styled():
        figure = new_figure(9, 0.21 * len(rows) + 1.2)
        axes = figure.subplots()
        places = np.arange(len(rows))
        colours = [BLUE if ratio <= 1 else VERMILION for ratio in main]
        # Bars from 1, so that twice as fast is as long as half as fast.
        axes.barh(places, np.array(main) - 1, left=1, color=colours, height=0.7)
        axes.plot(wide, places, "D", color=ORANGE, markersize=4, label="float64")
        axes.axvline(1, color="black", linewidth=1)
        ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10) if min(main + wide) / 2 < t]
        ticks = [t for t in ticks if t < 2 * max(main + wide)]
        axes.set(xscale="log", xticks=ticks, xticklabels=[f"{t:g}" for t in ticks])
        axes.set(yticks=places, yticklabels=names, ylim=(len(rows) - 0.4, -0.6))
        axes.minorticks_off()
        axes.tick_params(axis="y", labelsize=7.5, length=0)
        axes.set_xlabel("time, ours / torch, one thread: bars float32")
        axes.legend(loc="lower right")
    layers = dict.fromkeys(row["layer"] for row in rows)
    told = [f"{layer} {geometric_mean(ratios(runs[MAIN], layer)):.2f}" for layer in layers]
    faster = sum(ratio <= 1 for ratio in main)
    alt = (
        f"Bars of the time ours / torch for {len(rows)} layers and sizes, float32, one thread. "
        f"Ours is faster in {faster}. Geometric means: {'; '.join(told)}."
    )
    return Picture(figure, alt)


def has_unused_vectors(kernels):
    """Whether the processor has AVX-512 and OpenBLAS took it for an older one."""
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    has_avx512 = any(name.startswith(("AVX512", "X86_V4")) for name in found)
    return has_avx512 and kernels in ("Haswell", "Zen")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.7, help="for each case and run")
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        threads, dtype, seconds, *layers = asked.worker
        json.dump(measure(int(threads), dtype, float(seconds), layers), sys.stdout)
        return
    runs = {run: run_worker(*run, asked.seconds) for run in RUNS}
    wide = None
    if has_unused_vectors(runs[MAIN]["kernels"]):
        told = {"OPENBLAS_CORETYPE": "SkylakeX"}
        wide = run_worker(*MAIN, asked.seconds, "conv2d", **told)
    picture = draw(runs)
    FIGURE.write_bytes(picture.png)
    text = "\n".join(page(runs, wide, picture.alt))
    PAGE.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
