"""Slips in finding nearest neighbours by the cosine."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_transfer import (
    COSINE,
    NEAREST_FIRST,
    PLACES_AND_VALUES,
)

NAME, BOTH = "nearest_neighbours", "neighbours similarity"


def _one(X, power=1.0):
    return X / np.linalg.norm(X, axis=1, keepdims=True) ** power


def cosines(Q, F):
    """All of them, (N, M)."""
    return _one(Q) @ _one(F).T


def largest(S, k):
    """The k largest of each row, the largest first, with their places."""
    rows = np.argsort(-S, axis=1, kind="stable")[:, :k]
    return {"neighbours": rows, "similarity": np.take_along_axis(S, rows, axis=1)}


@mistake(NAME, BOTH, "the farthest are found, not the nearest", NEAREST_FIRST)
def farthest(Q, F, k):
    S = cosines(Q, F)
    rows = np.argsort(S, axis=1)[:, :k]
    return {"neighbours": rows, "similarity": np.take_along_axis(S, rows, axis=1)}


@mistake(NAME, BOTH, "the nearest comes last", NEAREST_FIRST)
def nearest_last(Q, F, k):
    return {part: value[:, ::-1] for part, value in largest(cosines(Q, F), k).items()}


@mistake(NAME, BOTH, "the first is left out, as if it were the picture itself", NEAREST_FIRST)
def first_left_out(Q, F, k):
    return {part: value[:, 1:] for part, value in largest(cosines(Q, F), k + 1).items()}


@mistake(NAME, BOTH, "one neighbour too many is returned", NEAREST_FIRST)
def one_more(Q, F, k):
    return largest(cosines(Q, F), k + 1)


@mistake(NAME, BOTH, "only the nearest is returned, not k of them", NEAREST_FIRST)
def only_one(Q, F, k):
    return {part: value[:, :1] for part, value in largest(cosines(Q, F), k).items()}


@mistake(NAME, BOTH, "the cosines are sorted by their size without sign", NEAREST_FIRST)
def without_sign(Q, F, k):
    S = cosines(Q, F)
    rows = np.argsort(-np.abs(S), axis=1)[:, :k]
    return {"neighbours": rows, "similarity": np.take_along_axis(S, rows, axis=1)}


@mistake(NAME, BOTH, "it is sorted over the questions, not over the rows of F", NEAREST_FIRST)
def other_axis(Q, F, k):
    S = cosines(Q, F)
    return {"neighbours": np.argsort(-S, axis=0)[:, :k], "similarity": -np.sort(-S, axis=0)[:, :k]}


@mistake(NAME, BOTH, "questions and candidates are exchanged: for each row of F", NEAREST_FIRST)
def exchanged(Q, F, k):
    return largest(cosines(F, Q), min(k, len(Q)))


@mistake(NAME, BOTH, "the result is transposed: k rows of N numbers", NEAREST_FIRST)
def transposed(Q, F, k):
    return {part: value.T for part, value in largest(cosines(Q, F), k).items()}


@mistake(NAME, BOTH, "lengths are not divided out: a plain product, not the cosine", COSINE)
def plain_product(Q, F, k):
    return largest(Q @ F.T, k)


@mistake(NAME, BOTH, "only the questions are divided by their lengths", COSINE)
def only_questions(Q, F, k):
    return largest(_one(Q) @ F.T, k)


@mistake(NAME, "similarity", "only the rows of F are divided by their lengths", COSINE)
def only_candidates(Q, F, k):
    return largest(Q @ _one(F).T, k)["similarity"]


@mistake(NAME, BOTH, "rows are divided by their squared lengths", COSINE)
def squared_lengths(Q, F, k):
    return largest(_one(Q, 2) @ _one(F, 2).T, k)


@mistake(NAME, BOTH, "it is divided by the root of the lengths", COSINE)
def root_of_lengths(Q, F, k):
    return largest(_one(Q, 0.5) @ _one(F, 0.5).T, k)


@mistake(NAME, BOTH, "columns get length 1, not rows", COSINE)
def columns(Q, F, k):
    return largest(Q / np.linalg.norm(Q, axis=0) @ (F / np.linalg.norm(F, axis=0)).T, k)


@mistake(NAME, BOTH, "the whole array is divided by one length", COSINE)
def one_length(Q, F, k):
    return largest(Q @ F.T / (np.linalg.norm(Q) * np.linalg.norm(F)), k)


@mistake(NAME, BOTH, "rows are divided by the sum of absolute values, not by length", COSINE)
def absolute_sums(Q, F, k):
    return largest(
        (Q / np.abs(Q).sum(axis=1, keepdims=True)) @ (F / np.abs(F).sum(axis=1, keepdims=True)).T,
        k,
    )


@mistake(NAME, BOTH, "rows are centred first: that is the correlation", COSINE)
def centred(Q, F, k):
    return largest(cosines(Q - Q.mean(axis=1, keepdims=True), F - F.mean(axis=1, keepdims=True)), k)


def _distances(Q, F):
    return np.sqrt(((Q[:, None] - F[None]) ** 2).sum(axis=2))


@mistake(NAME, BOTH, "distances between points are used, not angles", COSINE)
def distances(Q, F, k):
    found = largest(-_distances(Q, F), k)
    return {"neighbours": found["neighbours"], "similarity": -found["similarity"]}


@mistake(NAME, BOTH, "neighbours by distance, told with their cosines", COSINE)
def by_distance(Q, F, k):
    rows = largest(-_distances(Q, F), k)["neighbours"]
    return {
        "neighbours": rows,
        "similarity": np.take_along_axis(cosines(Q, F), rows, axis=1),
    }


@mistake(NAME, "similarity", "1 minus the cosine is returned, a distance", COSINE)
def one_minus(Q, F, k):
    return 1 - largest(cosines(Q, F), k)["similarity"]


@mistake(NAME, "similarity", "the angle is returned, not its cosine", COSINE)
def angles(Q, F, k):
    return np.arccos(largest(cosines(Q, F), k)["similarity"].clip(-1, 1))


@mistake(NAME, "similarity", "the cosines are squared", COSINE)
def squared(Q, F, k):
    return largest(cosines(Q, F), k)["similarity"] ** 2


@mistake(NAME, "similarity", "these are the cosines of rows 0 to k − 1", PLACES_AND_VALUES)
def first_columns(Q, F, k):
    return cosines(Q, F)[:, :k]


@mistake(
    NAME, "similarity", "all cosines are returned, not those of the neighbours", PLACES_AND_VALUES
)
def all_cosines(Q, F, k):
    return cosines(Q, F)


@mistake(NAME, WHOLE, "the similarities run upwards, the neighbours downwards", PLACES_AND_VALUES)
def upwards(Q, F, k):
    found = largest(cosines(Q, F), k)
    return found["neighbours"], found["similarity"][:, ::-1]


@mistake(NAME, WHOLE, "the smallest cosines stand beside the right neighbours", PLACES_AND_VALUES)
def smallest_cosines(Q, F, k):
    S = cosines(Q, F)
    return largest(S, k)["neighbours"], np.sort(S, axis=1)[:, :k]


@mistake(
    NAME,
    "neighbours",
    "places within the sorted rows are returned, not rows of F",
    PLACES_AND_VALUES,
)
def ranks(Q, F, k):
    order = np.argsort(-cosines(Q, F), axis=1)
    return np.argsort(order, axis=1)[:, :k]


@mistake(NAME, "neighbours", "rows of F are counted from 1", PLACES_AND_VALUES)
def from_one(Q, F, k):
    return largest(cosines(Q, F), k)["neighbours"] + 1


@mistake(NAME, BOTH, "[::-1] turns the questions round, not the order within each", NEAREST_FIRST)
def questions_turned(Q, F, k):
    S = cosines(Q, F)
    rows = np.argsort(S, axis=1)[::-1][:, :k]
    return {"neighbours": rows, "similarity": np.take_along_axis(S, rows, axis=1)}


@mistake(NAME, "similarity", "S[:, rows] takes these columns of every question", PLACES_AND_VALUES)
def of_every_question(Q, F, k):
    S = cosines(Q, F)
    return S[:, largest(S, k)["neighbours"]]
