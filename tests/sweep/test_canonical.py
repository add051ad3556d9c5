import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.sweep import SweepError
from course_utils.sweep.canonical import canonical_text, configuration, decode, encode

names = st.text(max_size=4).filter(lambda text: text != "()")
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4)
# Few different values, so that equal pairs come up too.
few = st.sampled_from([None, True, False, 0, 1, 0.0, -0.0, 1.0, "", "1", math.nan, math.inf])
nested = st.recursive(
    plain | few,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=8,
)


def same(a, b):
    """Can code tell two values apart? By type and value, NaN being NaN, -0.0 not 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (
            a == b and math.copysign(1, a) == math.copysign(1, b)
        )
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return a == b


@settings(deadline=None)
@given(nested)
def test_a_value_comes_back_from_its_text(value):
    assert same(decode(json.loads(canonical_text(value, "value"))), value)


@settings(deadline=None)
@given(nested, nested)
def test_texts_are_equal_exactly_when_values_cannot_be_told_apart(a, b):
    assert (canonical_text(a, "a") == canonical_text(b, "b")) == same(a, b)


@settings(deadline=None)
@given(st.dictionaries(names, nested, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_names_means_nothing(values, random):
    shuffled = list(values.items())
    random.shuffle(shuffled)
    assert canonical_text(dict(shuffled), "a") == canonical_text(values, "b")


@settings(deadline=None)
@given(st.integers(-(2**31), 2**31 - 1), st.floats(), st.booleans(), st.floats(width=32))
def test_numpy_numbers_are_pythons(whole, real, truth, single):
    assert canonical_text([np.int32(whole), np.int64(whole)], "") == canonical_text([whole] * 2, "")
    assert canonical_text(np.float64(real), "") == canonical_text(real, "")
    assert canonical_text(np.bool_(truth), "") == canonical_text(truth, "")
    # All floats of 32 bits are floats of 64 bits too.
    assert canonical_text(np.float32(single), "") == canonical_text(single, "")


@pytest.mark.parametrize(
    "different",
    [
        (1, 1.0, True, "1", [1], (1,), {"a": 1}),
        (0, 0.0, -0.0, False, None, "", [], (), {}),
        (0.1, math.nextafter(0.1, 1), float(np.float32(0.1))),
    ],
)
def test_what_code_can_tell_apart_differs(different):
    assert len({configuration({"x": value}) for value in different}) == len(different)


def test_a_text_is_the_same_in_every_process():
    values = {"b": (1, 2.5), "a": {"ü": [None, True], "n": float("nan")}}
    code = (
        "from course_utils.sweep.canonical import configuration\n"
        f"nan = float('nan')\nprint(configuration({values!r}).text)"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }  # fmt: skip
    assert texts == {configuration(values).text}


def test_values_are_new_each_time_and_keep_their_order():
    one = configuration({"b": [1], "a": (2, 3)})
    one.values["b"].append(5)
    assert list(one.values.items()) == [("b", [1]), ("a", (2, 3))]
    assert one == configuration({"a": (2, 3), "b": [1]})


def loop():
    a = []
    a.append(a)
    return a


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"X": np.zeros(3)}, r"configuration\['X'\]: expected .* got ndarray; .*tolist"),
        ({"f": lambda z: z}, r"configuration\['f'\]: .* got function; .*give a name"),
        ({"f": max}, "give a name"),
        ({"a": [1, {2}]}, r"configuration\['a'\]\[1\]: .*got set; .*sorted"),
        ({"a": b"x"}, "use text"),
        ({"a": 1j}, "two floats"),
        ({"a": object()}, "build the object in the function"),
        ({"a": np.longdouble(1)}, "got longdouble"),
        ({"a": {1: 2}}, r"configuration\['a'\]: expected names that are text.*got 1"),
        ({"a": {"()": 2}}, "other than '\\(\\)'"),
        ({"seed": 1}, r"seeds=\.\.\."),
        ([1], "expected a dictionary .* got list"),
        ({"a": loop()}, "contains itself"),
    ],
)
def test_what_has_no_text_is_refused(values, said):
    with pytest.raises(SweepError, match=said):
        configuration(values)


def test_text_that_looks_like_a_mark_is_kept():
    assert decode(encode({"a": "()", "b": ["()", 1]}, "")) == {"a": "()", "b": ["()", 1]}
