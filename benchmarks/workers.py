"""Measure in processes of their own, and say on what machine: for all benchmarks of speed."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
WIDE = {"OPENBLAS_CORETYPE": "SkylakeX"}  # OpenBLAS's kernels for AVX-512


def run_worker(script, *arguments, threads, **environment):
    """Run a benchmark's `--worker`: the number of threads is read once, when libraries load.

    Args:
        script: path of the benchmark.
        *arguments: what follows `--worker`.
        threads: how many it may use.
        **environment: more variables for it.

    Returns:
        What it printed, read as JSON.
    """
    env = {**os.environ, **environment, **dict.fromkeys(THREADS, str(threads))}
    command = [sys.executable, str(Path(script).resolve()), "--worker", *map(str, arguments)]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def libraries():
    """What a worker tells about the libraries it used, as data for JSON."""
    import torch

    return {"kernels": _kernels(), "torch": torch.__version__}


def _kernels():
    """The name of the processor that NumPy's matrix products are written for, if it is told."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return ""
    names = {str(pool.get("architecture")) for pool in threadpool_info() if pool["prefix"] != ""}
    return ", ".join(sorted(names - {"None"}))


def has_unused_vectors(kernels):
    """Whether the processor has AVX-512 and OpenBLAS took it for an older one."""
    found = np.show_config(mode="dicts").get("SIMD Extensions", {}).get("found", [])
    has_avx512 = any(name.startswith(("AVX512", "X86_V4")) for name in found)
    return has_avx512 and kernels in ("Haswell", "Zen")


def machine(used):
    """A few sentences: processor, versions, and what else was going on.

    Args:
        used: from libraries, by a worker.
    """
    return (
        f"Machine: {os.cpu_count()} cores, {platform.machine()}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}, torch {used['torch']}. "
        f"NumPy's matrix products: OpenBLAS, kernels for {used['kernels'] or 'unknown'}. {_load()}"
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
