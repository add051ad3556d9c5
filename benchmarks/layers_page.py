"""Tell what benchmarks/layers.py measured: the page layers.md, and the table of the README."""

from benchmarks import layer_schemes, workers
from benchmarks.timing import geometric_mean

RUNS = ((1, "float32"), (1, "float64"), (2, "float32"), (2, "float64"))
MAIN = RUNS[0]  # the run that the targets are about
IN_README = (RUNS[0], RUNS[2], RUNS[1])
TARGETS = {
    "conv2d": 1.25,
    "max-pool": 2.0,
    "batch norm": 2.0,
    "layer norm": 2.0,
    "spatial batch norm": 2.0,
    "lstm step": 1.5,
    "lstm": 1.5,
}
MEANS = "## Geometric means\n"


def ratios(run, layer):
    """Ours over torch's, for each size of a layer."""
    return [row["ours"] / row["torch"] for row in run["rows"] if row["layer"] == layer]


def mean_ratio(run, layer):
    """The geometric mean of them."""
    return geometric_mean(ratios(run, layer))


def layers_of(run):
    """Names of layers, in the order of the table."""
    return list(dict.fromkeys(row["layer"] for row in run["rows"]))


def verdict(ratio, target):
    """Whether a target is met, for the last column of a table; nothing where there is none."""
    return "" if target is None else ("met" if ratio <= target else "**not met**")


def page(runs, wide, schemes, figure):
    """Write all of layers.md.

    Args:
        runs: from RUNS to what layers.measure gives.
        wide: the same for some layers, one thread and float32, with wider vectors, or None.
        schemes: from layer_schemes.measure.
        figure: the image, as Markdown.

    Yields:
        Lines.
    """
    yield "# Layers against torch\n"
    yield (
        "Written by `python benchmarks/layers.py`. One step is forward and backward, with the "
        "gradients of all arguments. Numbers are ratios, ours over torch's: below 1 ours is "
        "faster. Both take turns in one process, after their results were compared; each time is "
        "a median. With one thread it is the processor's time, with two the clock on the wall. "
        "Torch gets parameters and gates in its own order. Memory that is freed stays with the "
        "process, for both.\n"
    )
    yield f"{workers.machine(runs[MAIN])}\n"
    yield from (MEANS, *means(runs), "", against_im2col(runs), "")
    if wide is not None:
        told = (f"{layer} is at {mean_ratio(wide, layer):.2f}" for layer in layers_of(wide))
        yield (
            "This processor has wider vectors (AVX-512) than these kernels use, and torch uses "
            f"them. Told so (`OPENBLAS_CORETYPE=SkylakeX`), {', '.join(told)}.\n"
        )
    yield f"{figure}\n"
    yield from layer_schemes.section(schemes)
    yield from ("\n## Each size\n", *details(runs), "")
    yield (
        "Times and ratio: one thread, float32. im2col: the ratio of the whole batch unrolled by "
        "compiled helpers. Memory: the most that was in use during a step of ours, beside its "
        "arguments, output and gradients; what forward keeps for backward is counted."
    )


def means(runs):
    """A line for each layer: geometric means over its sizes, and the target."""
    yield f"| layer | sizes | {' | '.join(map(_name, RUNS))} | target | |"
    yield "|---|---:|" + "---:|" * (len(RUNS) + 1) + "---|"
    for layer in layers_of(runs[MAIN]):
        found = [mean_ratio(runs[run], layer) for run in RUNS]
        target = TARGETS.get(layer)
        told = " | ".join(f"{mean:.2f}" for mean in found)
        yield (
            f"| {layer} | {len(ratios(runs[MAIN], layer))} | {told} | "
            f"{'' if target is None else target} | {verdict(found[0], target)} |"
        )


def _name(run):
    """A run in words."""
    threads, dtype = run
    return f"{threads} thread{'s' * (threads > 1)}, {dtype}"


def readme_table(text):
    """Take the table of the README out of the page.

    Args:
        text: the page.

    Returns:
        The table of geometric means with the columns of IN_README.
    """
    lines = text.split(MEANS, 1)[1].lstrip("\n").split("\n\n", 1)[0].split("\n")
    rows = [line.strip("|").split("|") for line in lines]
    header = [cell.strip() for cell in rows[0]]
    wanted = ["layer", "sizes", *map(_name, IN_README), "target", ""]
    return "\n".join("|" + "|".join(row[header.index(w)] for w in wanted) + "|" for row in rows)


def against_im2col(runs):
    """Whether our convolution is ever slower than the whole batch unrolled by compiled code."""
    rows = [row for row in runs[MAIN]["rows"] if "im2col" in row]
    shares = [row["ours"] / row["im2col"] for row in rows]
    slower = [row["size"] for row, share in zip(rows, shares, strict=True) if share > 1]
    met = f"slower on {'; '.join(slower)}: **not met**" if slower else "met"
    ours, theirs = (max(row[key] for row in rows) / 1e6 for key in ("beside", "unrolled"))
    return (
        f"Target: never slower than im2col with compiled helpers. Ours takes {min(shares):.2f} "
        f"to {max(shares):.2f} of its time: {met}. Beside its results ours needs {ours:.1f} MB "
        f"at most, the padded images included; the batch unrolled takes up to {theirs:.0f} MB."
    )


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
