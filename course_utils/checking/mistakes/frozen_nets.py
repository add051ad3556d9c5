"""Slips on nets of PyTorch are where PyTorch is, and imported when they are asked for."""

from __future__ import annotations

from course_utils.checking.mistakes import keep_mistakes_in

keep_mistakes_in(
    "course_utils.torchlab.exercises.mistakes", "freeze_body", "new_head", "train_epoch", "measure"
)
