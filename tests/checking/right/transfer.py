"""Right answers on pictures, neighbours and intervals of lesson 06."""

import math
import statistics

import numpy as np

from course_utils.nn.intervals import mean_and_interval
from course_utils.nn.neighbours import nearest_neighbours
from course_utils.nn.prepared_pictures import prepare_pictures
from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("prepare_pictures")
def pictures_in_float64(X, image_shape, mean, std):
    pictures = (X.reshape(-1, *image_shape) / 255 - np.array(mean)) / np.array(std)
    return pictures.transpose(0, 3, 1, 2)


@right("prepare_pictures")
def pictures_channels_first_early(X, image_shape, mean, std):
    pictures = X.reshape(len(X), *image_shape).transpose(0, 3, 1, 2).astype(np.float32)
    mean, std = np.array(mean)[:, None, None], np.array(std)[:, None, None]
    return (pictures / 255 - mean) / std


@right("prepare_pictures")
def pictures_on_the_scale_of_bytes(X, image_shape, mean, std):
    pictures = X.reshape(-1, *image_shape).astype(float)
    pictures = (pictures - 255 * np.array(mean)) / (255 * np.array(std))
    return np.moveaxis(pictures, 3, 1)


@right("prepare_pictures")
def pictures_channel_by_channel(X, image_shape, mean, std):
    H, W, C = image_shape
    made = np.empty((len(X), C, H, W), dtype=np.float32)
    for c in range(C):
        made[:, c] = (X[:, c::C].reshape(-1, H, W) / 255 - mean[c]) / std[c]
    return made


@right("prepare_pictures")
def pictures_by_einsum(X, image_shape, mean, std):
    scaled = (X.reshape(-1, *image_shape) / np.float64(255) - mean) * (1 / np.array(std))
    return np.einsum("nhwc->nchw", scaled)


@right("prepare_pictures")
def pictures_one_by_one(X, image_shape, mean, std):
    made = []
    for row in X:
        picture = row.astype("float64").reshape(image_shape) / 255.0
        made.append(np.stack([(picture[..., c] - m) / s for c, (m, s) in
                              enumerate(zip(mean, std, strict=True))]))  # fmt: skip
    return np.array(made)


@right("prepare_pictures")
def pictures_scale_and_shift(X, image_shape, mean, std):
    scale, shift = 1 / (255 * np.array(std)), -np.array(mean) / np.array(std)
    return (frozen(X).reshape(-1, *image_shape) * scale + shift).transpose(0, 3, 1, 2)


right("prepare_pictures")(prepare_pictures)


@right("nearest_neighbours")
def neighbours_by_loops(Q, F, k):
    rows, values = [], []
    for q in Q:
        cosines = [float(q @ f) / (np.linalg.norm(q) * np.linalg.norm(f)) for f in F]
        best = sorted(range(len(F)), key=lambda m: -cosines[m])[:k]
        rows.append(best)
        values.append([cosines[m] for m in best])
    return np.array(rows), np.array(values)


@right("nearest_neighbours")
def neighbours_reversed(Q, F, k):
    S = (Q @ F.T) / np.outer(np.linalg.norm(Q, axis=1), np.linalg.norm(F, axis=1))
    rows = S.argsort(axis=1)[:, ::-1][:, :k]
    return rows, S[np.arange(len(Q))[:, None], rows]


@right("nearest_neighbours")
def neighbours_by_distance_of_units(Q, F, k):
    q, f = (X / np.sqrt((X**2).sum(1))[:, None] for X in (Q, F))
    distances = ((q[:, None] - f[None]) ** 2).sum(2)
    rows = np.argsort(distances, axis=1)[:, :k]
    return rows, 1 - np.take_along_axis(distances, rows, 1) / 2


@right("nearest_neighbours")
def neighbours_partitioned(Q, F, k):
    S = np.einsum("nd,md->nm", Q, F) / np.linalg.norm(Q, axis=1, keepdims=True)
    S = S / np.linalg.norm(F, axis=1)
    some = np.argpartition(-S, k - 1, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(S, some, 1), axis=1)
    rows = np.take_along_axis(some, order, 1)
    return rows, np.take_along_axis(S, rows, 1)


@right("nearest_neighbours")
def neighbours_as_lists(Q, F, k):
    rows, values = nearest_neighbours(Q, F, k)
    return [rows.astype(np.int32), values]


@right("nearest_neighbours")
def neighbours_one_after_the_other(Q, F, k):
    S = (Q / np.linalg.norm(Q, axis=-1)[:, None]) @ (F / np.linalg.norm(F, axis=-1)[:, None]).T
    left, rows = S.copy(), []
    for _ in range(k):
        rows.append(left.argmax(axis=1))
        left[np.arange(len(Q)), rows[-1]] = -np.inf
    rows = np.stack(rows, axis=1)
    return rows, np.take_along_axis(S, rows, axis=1)


right("nearest_neighbours")(in_float32(nearest_neighbours))
right("nearest_neighbours")(in_fortran_order(neighbours_reversed))


@right("nearest_neighbours")
def neighbours_of_views(Q, F, k):
    return neighbours_reversed(strided(Q), frozen(F), k)


@right("mean_and_interval")
def interval_by_the_library(hits, t):
    rates = [float(row.mean()) for row in hits]
    mean, spread = statistics.mean(rates), statistics.stdev(rates)
    half = t * spread / len(rates) ** 0.5
    return mean, mean - half, mean + half


@right("mean_and_interval")
def interval_by_sums(hits, t):
    R, N = hits.shape
    rates = hits.sum(axis=1) / N
    mean = rates.sum() / R
    variance = ((rates - mean) ** 2).sum() / (R - 1)
    return mean, mean - t * np.sqrt(variance / R), mean + t * np.sqrt(variance / R)


@right("mean_and_interval")
def interval_by_loops(hits, t):
    rates = []
    for row in hits:
        rates.append(sum(1 for hit in row if hit) / len(row))
    mean = math.fsum(rates) / len(rates)
    squares = math.fsum((rate - mean) ** 2 for rate in rates)
    error = math.sqrt(squares / (len(rates) - 1) / len(rates))
    return [mean, mean - t * error, mean + t * error]


@right("mean_and_interval")
def interval_in_float32(hits, t):
    rates = hits.astype(np.float32).mean(1)
    half = t * rates.std(ddof=1) / np.sqrt(np.float32(len(rates)))
    return rates.mean(), rates.mean() - half, rates.mean() + half


@right("mean_and_interval")
def interval_with_zero_d_arrays(hits, t):
    return tuple(np.array(value) for value in mean_and_interval(frozen(hits), t))


@right("mean_and_interval")
def interval_from_pairs(hits, t):
    """The variance from all pairs of repeats: the same number."""
    rates = np.average(hits, axis=1)
    R = len(rates)
    variance = ((rates[:, None] - rates[None]) ** 2).sum() / (2 * R * (R - 1))
    return (
        hits.mean(),
        hits.mean() - t * (variance / R) ** 0.5,
        hits.mean() + t * (variance / R) ** 0.5,
    )
