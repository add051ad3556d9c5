"""What scores amount to: which answers are right, how sure they are, what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.show.confusion import confusions_told
from course_utils.show.wording import percent
from course_utils.words import number

_SUM = 1e-3  # how far the scores of a picture may be from adding up to 1


@dataclass(frozen=True, eq=False)
class ScoreSummary:
    """Answers to pictures, counted; `str` of it is a paragraph.

    Args:
        labels: (N,), int64.
        answers: the class with the highest score, (N,), int64.
        confidence: that score, (N,), float64.
        score_of_label: what the label's class was given, (N,), float64.
        matrix: (C, C), row the label, column the answer.
        class_names: (C,).
    """

    labels: np.ndarray
    answers: np.ndarray
    confidence: np.ndarray
    score_of_label: np.ndarray
    matrix: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self):
        return len(self.labels)

    @property
    def right(self) -> np.ndarray:
        """Whether each answer is the label, (N,)."""
        return self.answers == self.labels

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return float(self.right.mean())

    @property
    def mistakes(self) -> int:
        """The number of wrong answers."""
        return int((~self.right).sum())

    @property
    def cross_entropy(self) -> float:
        """Mean of -ln of the label's score, nats; inf if a label was given nothing."""
        with np.errstate(divide="ignore"):
            return float(-np.log(self.score_of_label).mean())

    @property
    def order(self) -> np.ndarray:
        """Numbers of the pictures, (N,): the most confident mistakes first, the surest last.

        After the mistakes come the right answers, the doubtful ones first.
        """
        key = np.where(self.right, self.confidence, -1 - self.confidence)
        return np.argsort(key, kind="stable")

    def __str__(self):
        told = [confusions_told(self.matrix, self.class_names)]
        sure = [
            f"{percent(float(self.confidence[which].mean()))} where that is {word}"
            for which, word in ((self.right, "right"), (~self.right, "wrong"))
            if which.any()
        ]
        told.append(f"The score of the answer is on average {' and '.join(sure)}.")
        told.append(f"Mean cross-entropy {number(self.cross_entropy)} nats.")
        return " ".join(told)

    def __repr__(self):
        right = len(self) - self.mistakes
        return f"ScoreSummary({right:,} of {len(self):,} right, {len(self.class_names)} classes)"


def score_summary(
    labels: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str]
) -> ScoreSummary:
    """Count what a net's scores amount to.

    Args:
        labels: (N,), whole numbers from 0 to C - 1.
        probabilities: (N, C), as softmax gives them.
        class_names: (C,).

    Returns:
        The ScoreSummary.

    Raises:
        ValueError: shapes that do not fit, labels out of range, or scores that are no
            probabilities.
    """
    P, y = np.asarray(probabilities), np.asarray(labels)
    names = tuple(" ".join(str(name).split()) for name in class_names)
    if P.ndim != 2 or P.size == 0:
        raise ValueError(f"probabilities: expected (N, C), N at least 1, got {P.shape}")
    N, C = P.shape
    if y.shape != (N,) or y.dtype.kind not in "iu":
        raise ValueError(f"labels: expected whole numbers (N,) = ({N},), got {y.dtype} {y.shape}")
    if y.min() < 0 or y.max() >= C:
        raise ValueError(f"labels: expected 0 to {C - 1}, got {y.min()} to {y.max()}")
    if len(names) != C:
        raise ValueError(f"class_names: expected one for each of {C} classes, got {len(names)}")
    P = _probabilities(P)
    rows, y = np.arange(N), y.astype(np.int64)
    answers = P.argmax(axis=1)
    matrix = np.bincount(y * C + answers, minlength=C * C).reshape(C, C)
    return ScoreSummary(y, answers, P[rows, answers], P[rows, y], matrix, names)


def _probabilities(P: np.ndarray) -> np.ndarray:
    """The same numbers as float64, or an error that says what is wrong with them."""
    P = P.astype(np.float64)
    if not np.isfinite(P).all():
        row = int(np.flatnonzero(~np.isfinite(P).all(axis=1))[0])
        raise ValueError(f"probabilities: expected finite numbers, got {P[row]} for picture {row}")
    sums = P.sum(axis=1)
    if P.min() < -_SUM or np.abs(sums - 1).max() > _SUM:
        row = int(np.argmax(np.maximum(np.abs(sums - 1), -P.min(axis=1))))
        raise ValueError(
            f"probabilities: expected rows from 0 to 1 that add up to 1, got {P[row]} for picture "
            f"{row}, which add up to {number(sums[row])}; logits? put them through softmax"
        )
    return np.clip(P, 0, 1)
