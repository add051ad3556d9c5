"""Slips in what a captioner reads and says, and in which places count."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_captions import (
    ONE_APART,
    WHAT_COUNTS,
    WHICH_AXIS_IS_TIME,
)

SHIFT = "shift_captions"


# Where the mask is made from wrong targets, it is wrong as well: one slip, told as one.
def _given(inputs, targets, null):
    return inputs, targets, targets != null


@mistake(SHIFT, WHOLE, "targets are the inputs: the net says what it reads", ONE_APART)
def not_shifted(tokens, null=0):
    return _given(tokens[:, :-1], tokens[:, :-1], null)


@mistake(SHIFT, "inputs", "inputs are the targets: the net reads what it must say", ONE_APART)
def start_not_read(tokens, null=0):
    return tokens[:, 1:]


@mistake(SHIFT, WHOLE, "inputs and targets are exchanged: the net is asked backwards", ONE_APART)
def exchanged(tokens, null=0):
    return _given(tokens[:, 1:], tokens[:, :-1], null)


@mistake(SHIFT, "inputs", "inputs keep the last token: nothing follows it", ONE_APART)
def inputs_whole(tokens, null=0):
    return tokens


@mistake(SHIFT, WHOLE, "targets keep START: nobody has to say it", ONE_APART)
def targets_whole(tokens, null=0):
    return _given(tokens, tokens, null)


@mistake(SHIFT, WHOLE, "targets are rolled: the last one is START", ONE_APART)
def rolled(tokens, null=0):
    return _given(tokens, np.roll(tokens, -1, axis=1), null)


@mistake(SHIFT, WHOLE, "targets lie two places ahead, not one", ONE_APART)
def two_ahead(tokens, null=0):
    filled = np.full_like(tokens[:, :1], null)
    return _given(tokens[:, :-1], np.concatenate([tokens[:, 2:], filled], axis=1), null)


@mistake(SHIFT, WHOLE, "targets lack the first word as well as START", ONE_APART)
def two_cut(tokens, null=0):
    return _given(tokens[:, :-1], tokens[:, 2:], null)


@mistake(SHIFT, WHOLE, "the first axis is cut: whole captions, not places", WHICH_AXIS_IS_TIME)
def captions_cut(tokens, null=0):
    return _given(tokens[:-1], tokens[1:], null)


@mistake(SHIFT, WHOLE, "the axes are exchanged: time stands first", WHICH_AXIS_IS_TIME)
def time_first(tokens, null=0):
    return _given(tokens[:, :-1].T, tokens[:, 1:].T, null)


@mistake(SHIFT, "mask", "the mask is made from the inputs: the place after END counts", ONE_APART)
def mask_of_inputs(tokens, null=0):
    return tokens[:, :-1] != null


@mistake(SHIFT, "mask", "the mask is turned round: only null counts", WHAT_COUNTS)
def mask_inverted(tokens, null=0):
    return tokens[:, 1:] == null


@mistake(SHIFT, "mask", "every place counts, null too", WHAT_COUNTS)
def all_count(tokens, null=0):
    return np.ones(tokens[:, 1:].shape, bool)


@mistake(SHIFT, "mask", "END does not count: the net never learns to stop", ONE_APART)
def end_does_not_count(tokens, null=0):
    targets = tokens[:, 1:]
    return (targets != null) & (targets != 2)


@mistake(SHIFT, "mask", "the mask takes 0 for null, not the argument null", WHAT_COUNTS)
def null_is_zero(tokens, null=0):
    return tokens[:, 1:] != 0


@mistake(SHIFT, "mask", "the mask is as long as tokens, not as targets", ONE_APART)
def mask_whole(tokens, null=0):
    return tokens != null


@mistake(SHIFT, "mask", "the mask asks that both tokens are words: START has no place", WHAT_COUNTS)
def start_does_not_count(tokens, null=0):
    return (tokens[:, 1:] != null) & (tokens[:, :-1] != 1)
