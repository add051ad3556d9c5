"""Closed-form relations between wrong numbers and right ones.

Each relation is a function of a `Case`; it returns a `Relation` if it holds on
every probe, else None. They are asked in the order of `RELATIONS`, simple
before far-fetched; to add one is to write it and to put it into the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from course_utils.checking.case import Case
from course_utils.checking.relation import Relation
from course_utils.checking.relations_kind import cut_to_whole_numbers, rounded, whole_numbers
from course_utils.checking.relations_order import other_order, right_but_for_signs
from course_utils.checking.relations_size import (
    a_term_more_or_less,
    equal_to_an_input,
    the_other_way_round,
    times_a_factor,
    times_an_array,
)
from course_utils.checking.relations_slices import equal_to_a_slice_of_an_input
from course_utils.checking.relations_terms import terms_by_a_setting
from course_utils.checking.relations_upstream import one_of_the_samples, upstream_not_used_once
from course_utils.checking.settings_used import setting_not_used
from course_utils.checking.substitutions import as_if_input_were, as_if_only_one_sample
from course_utils.checking.verdict import WRONG

ENOUGH = 3  # probes that a relation must hold on when others cannot be asked


def find_relation(
    case: Case, kinds: Sequence[Callable[[Case], Relation | None]] | None = None
) -> Relation | None:
    """The first relation that holds on every probe, if the shapes are right.

    Args:
        case: the wrong array on all probes.
        kinds: which relations to try; all by default.

    Probes where the answer is NaN or inf are left out if enough others remain:
    a wrong base of the logarithm is one even if logits of 1000 overflow besides.
    """
    usable = case.comparable
    if len(usable) < len(case.trials):
        if len(usable) < ENOUGH or not any(t.finding.status == WRONG for t in usable):
            return None
        case = replace(case, trials=usable)
    if len(usable) < 2:
        return None
    for relation in RELATIONS if kinds is None else kinds:
        found = relation(case)
        if found is not None:
            return found
    return None


def as_if_input_were_another(case: Case) -> Relation | None:
    """Exactly what would be right for another input: |X| in place of X, 1 − p in place of p."""
    told = as_if_input_were(case)
    return Relation(f"as if {told}", f"this would be right if {told}") if told else None


def as_if_one_sample_were_all(case: Case) -> Relation | None:
    """The result of the first or last sample alone: the others are overwritten."""
    found = as_if_only_one_sample(case)
    if found is None:
        return None
    which, factor = found
    times = "" if factor.told == "1" else f" times {factor}"
    return Relation(
        f"only the {which} sample", f"this is the result of the {which} sample alone{times}"
    )


RELATIONS: list[Callable[[Case], Relation | None]] = [
    times_a_factor,
    equal_to_an_input,
    cut_to_whole_numbers,
    rounded,
    other_order,
    upstream_not_used_once,
    whole_numbers,
    one_of_the_samples,
    equal_to_a_slice_of_an_input,
    the_other_way_round,
    a_term_more_or_less,
    times_an_array,
    as_if_one_sample_were_all,
    as_if_input_were_another,
    terms_by_a_setting,
    setting_not_used,
    right_but_for_signs,
]
