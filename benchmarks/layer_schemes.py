"""The schemes that were tried for the layers hardest to make fast, measured again beside ours.

benchmarks/layers.py runs them and writes what it finds into layers.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.case import agree, steps_of
from benchmarks.schemes import convolution, layer_norm, lstm
from benchmarks.timing import geometric_mean, medians


@dataclass(frozen=True)
class Trial:
    """A layer, and what was tried for it.

    Args:
        layer: its name in the table of layers.
        ours: what ours does, in words.
        schemes: the others, from words to (arrays, dout) -> (out, gradients).
        found: what was learnt, without numbers: these stand in the table.
        yardsticks: names of schemes that do only a part of the work, and are not compared.
    """

    layer: str
    ours: str
    schemes: dict[str, Callable]
    found: str
    yardsticks: tuple[str, ...] = ()


TRIALS = (
    Trial(
        "conv2d",
        "a few images unrolled at a time, always into the same buffer",
        {
            "the whole batch unrolled and folded by compiled helpers": convolution.by_im2col,
            "the whole batch unrolled and folded by NumPy": convolution.whole_batch,
            "one image unrolled at a time, into new memory": convolution.image_by_image,
            "nothing unrolled, a product for each position of the kernel": (
                convolution.kernel_positions
            ),
            "products in frequencies (FFT)": convolution.by_fft,
        },
        "Unrolling costs more than the products do as soon as the unrolled matrix leaves the "
        "cache: so only a few images at once, and again on the way back. Where torch is ahead "
        "it is by the products themselves, with the wider vectors of this processor.",
    ),
    Trial(
        "layer norm",
        "blocks of a megabyte, long rows not copied",
        {
            "the formulas as they are written": layer_norm.by_the_formula,
            "the whole array, in place, sums as products with ones": layer_norm.in_place,
            "the same, a number for each row written out by BLAS": layer_norm.by_outer_products,
            "ours, but long rows joined and copied": layer_norm.ours(LONG_ROW=float("inf")),
            "ours in blocks of a quarter of a megabyte": layer_norm.ours(BLOCK_BYTES=2**18),
            "ours in one block": layer_norm.ours(BLOCK_BYTES=2**40),
            "not layer norm: 16 products of two such arrays into a third": (
                layer_norm.sixteen_products
            ),
        },
        "NumPy goes over the numbers once for each operation, and sixteen operations are left, "
        "six of them sums that BLAS does. The last line is what as many plain products take. "
        "Torch does all of it in a few passes. Of rows shorter than 512 NumPy copies the "
        "number that meets them; no other way that was tried is faster throughout.",
        yardsticks=("not layer norm: 16 products of two such arrays into a third",),
    ),
    Trial(
        "lstm",
        "inputs of all steps in one product before, gradients of the parameters in one after",
        {
            "the public step, there and back, once for each time": lstm.step_by_step,
            "input, state and a one side by side, a product for each step": lstm.side_by_side,
            "not an LSTM: the products of matrices of ours alone": lstm.products_alone,
        },
        "What is left beside the products of matrices is the last line's distance from ours. "
        "Torch's recurrent nets use oneDNN, whose products have the wider vectors of this "
        "processor; with kernels of that kind NumPy's products are faster, too, as told above.",
        yardsticks=("not an LSTM: the products of matrices of ours alone",),
    ),
)


def measure(cases, dtype, seconds, clock):
    """Time all schemes on all sizes of their layer.

    Args:
        cases: all Cases; those of a trial's layer are taken.
        dtype: np.float32 or np.float64.
        seconds: roughly, for each size.
        clock: as for timing.interleaved.

    Returns:
        A list of dicts with "layer", "size", and the seconds of "torch", "ours" and each
        scheme, by its words.
    """
    rows = []
    for trial in TRIALS:
        for case in cases:
            if case.layer != trial.layer:
                continue
            steps = steps_of(case, dtype, more=trial.schemes)
            whole = {name: step for name, step in steps.items() if name not in trial.yardsticks}
            agree(case, whole, dtype)
            taken = medians(steps, seconds=seconds, clock=clock)
            rows.append({"layer": case.layer, "size": case.size} | taken)
    return rows


def section(rows):
    """Tell what was measured, as Markdown: a table for each trial.

    Args:
        rows: from measure.

    Yields:
        Lines.
    """
    yield "## What was tried\n"
    yield (
        "Ratios to torch's time in one run of its own, one thread, float32. Everything was "
        "compared with torch's results before it was timed."
    )
    for trial in TRIALS:
        chosen = [row for row in rows if row["layer"] == trial.layer]
        yield f"\n### {trial.layer}\n"
        mean = " mean |" if len(chosen) > 1 else ""
        yield f"| scheme | {' | '.join(row['size'] for row in chosen)} |{mean}"
        yield "|---|" + "---:|" * (len(chosen) + bool(mean))
        told_as = {"ours": f"**ours**: {trial.ours}"} | {name: name for name in trial.schemes}
        for name, words in told_as.items():
            ratios = [row[name] / row["torch"] for row in chosen]
            told = " | ".join(f"{ratio:.2f}" for ratio in ratios)
            yield f"| {words} | {told} |" + (f" {geometric_mean(ratios):.2f} |" if mean else "")
        yield f"\n{trial.found}"
