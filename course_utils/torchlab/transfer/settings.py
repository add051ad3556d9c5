"""What transfer is asked for: refused before any time is spent, if it cannot be meant."""

import dataclasses

import numpy as np

from course_utils.torchlab.schedules import Cosine
from course_utils.words import listed

from .ways import find_way

COSINE = "cosine"
_TARGET = ("train", "validation", "image_shape", "class_names")


def expect_target(target):
    """Refuse what is no data set of pictures.

    Args:
        target: train and validation with X and y, image_shape, class_names.

    Raises:
        TypeError: something of that is missing.
    """
    if callable(getattr(target, "maps", None)) or isinstance(target, str):
        raise TypeError(
            f"target: expected pictures to learn, got {_kind(target)}; the net comes first: "
            "transfer(backbone, target)"
        )
    missing = [name for name in _TARGET if not hasattr(target, name)]
    if missing:
        raise TypeError(
            f"target: expected a data set such as load_photos() gives, got {_kind(target)}, "
            f"which has no {listed(missing)}; types.SimpleNamespace({_TARGET[0]}=..., "
            "validation=..., image_shape=(H, W, 3), class_names=[...]) makes one"
        )
    for name in _TARGET[:2]:
        split = getattr(target, name)
        if split is None and name == "validation":
            continue
        if not (hasattr(split, "X") and hasattr(split, "y")):
            raise TypeError(
                f"target.{name}: expected pixels X and labels y, got {_kind(split)}; "
                "course_utils.data.Split(X, y) holds both"
            )


def asked_way(how, **asked):
    """Give the way of that name with what was asked for in place of its own settings.

    Args:
        how: a key of WAYS.
        **asked: learning_rate, rule, hidden, below, body; None leaves the way's own.

    Returns:
        A Way.

    Raises:
        ValueError: no such way, or what it has no use for.
        TypeError: hidden is no tuple.
    """
    way = find_way(how)
    given = {name: value for name, value in asked.items() if value is not None}
    hidden = given.get("hidden", ())
    if not isinstance(hidden, tuple | list):
        raise TypeError(
            f"hidden: expected the units of each hidden layer, such as ({hidden},), got {hidden!r}"
        )
    if how == "frozen linear" and hidden:
        raise ValueError(
            f"hidden: expected () for a linear head, got {hidden}; how='frozen two-layer'?"
        )
    for name in ("below", "body"):
        if name in given and way.frozen:
            raise ValueError(
                f"{name}: {how!r} trains nothing below the head, got {given[name]!r}; "
                'how="discriminative"?'
            )
    return dataclasses.replace(way, **given)


def asked_schedule(schedule, way):
    """Give the schedule that is meant: "cosine" with the way's warm-up, one's own, or none."""
    if schedule == COSINE:
        return Cosine(way.warmup)
    if schedule is not None and not callable(schedule):
        raise TypeError(
            f'schedule: expected "{COSINE}", None, or a function such as Cosine(), got {schedule!r}'
        )
    return schedule


def expect_settings(
    how, way, target, *, keep, patience, head_epochs, hold_statistics, augment, dropout, seed
):
    """Refuse what does not go together, or is out of range; arguments as for transfer.

    Raises:
        TypeError: augment is no function, seed no whole number.
        ValueError: the rest.
    """
    if augment is not None and not callable(augment):
        raise TypeError(
            "augment: expected a function on batches, such as Augment(target.image_shape, "
            f"flip=0.5, shift=2), got {augment!r}"
        )
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise TypeError(f"seed: expected a whole number from 0 on, got {seed!r}")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout: expected a share from 0 to below 1, got {dropout!r}")
    if keep not in ("best", "last"):
        raise ValueError(f'keep: expected "best" or "last", got {keep!r}')
    if keep == "best" and target.validation is None:
        raise ValueError('keep: "best" needs validation pictures to judge by; keep="last"?')
    if keep == "last" and patience is not None:
        raise ValueError('patience: stopping early keeps the best weights; keep="best"?')
    if head_epochs and (way.frozen or way.fresh or way.trains == "body"):
        raise ValueError(
            f"head_epochs: {how!r} has no use for them; they come before a fine-tuning"
        )
    if hold_statistics and (way.fresh or way.frozen):
        why = "a net from scratch has none worth holding" if way.fresh else "they are frozen"
        raise ValueError(f"hold_statistics: {why}; leave it False")


def _kind(value):
    return f"the name {value!r}" if isinstance(value, str) else f"a {type(value).__name__}"
