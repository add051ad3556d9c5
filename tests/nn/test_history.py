import math

import numpy as np
import pytest

from course_utils.nn import History
from course_utils.nn.history import COLUMNS


def history(validation=(2.0, 1.0, 1.5), train=(2.5, 1.2, 0.4)):
    made = History()
    for epoch, (v, t) in enumerate(zip(validation, train, strict=True)):
        made.append(
            epoch=epoch,
            train_loss=np.float32(t),
            train_accuracy=0.125,
            validation_loss=v,
            validation_accuracy=0.5,
            learning_rate=0.1,
            seconds=12.34,
        )
    return made


def test_columns_are_plain_lists_and_come_as_arrays():
    made = history()
    assert made.epoch == [0, 1, 2]
    assert made.validation_loss == [2.0, 1.0, 1.5]
    assert {type(v) for name in COLUMNS for v in getattr(made, name)} == {int, float}
    np.testing.assert_array_equal(made.column("validation_loss"), [2.0, 1.0, 1.5])
    assert made.column("epoch").dtype.kind == "i"
    assert len(made) == 3
    with pytest.raises(KeyError, match=r"train_loss, .*got 'loss'"):
        made.column("loss")
    with pytest.raises(TypeError, match="row: expected epoch, train_loss"):
        made.append(epoch=3)


@pytest.mark.parametrize(
    ("validation", "train", "best"),
    [
        ((2.0, 1.0, 1.5), (3.0, 2.0, 1.0), 1),
        ((2.0, 1.0, 1.0), (3.0, 2.0, 1.0), 1),  # the first of equals
        ((2.0, math.nan, 1.5), (3.0, 2.0, 1.0), 2),
        ((math.nan,) * 3, (3.0, 1.0, 2.0), 1),  # without validation
        ((math.inf,) * 3, (3.0, 2.0, 1.0), 0),
        ((), (), None),
    ],
)
def test_best_epoch(validation, train, best):
    assert history(validation, train).best_epoch == best


def test_lines_are_as_wide_as_their_header():
    made = history((2.0, 1e30, math.nan), (math.inf, 123456.0, 0.4))
    made.train_accuracy[2] = 1.0
    made.learning_rate[1] = 1.23456e-7
    lines = made.table().splitlines()
    assert lines[0] == made.header()
    assert len({len(line) for line in lines}) == 1
    assert lines[-1] == made.line()
    assert history().line(1) == (
        "    1      1.2000    12.50 %      1.0000    50.00 %            0.1     12.3"
    )
    assert lines[3].split()[:5] == ["2", "0.4000", "100.00", "%", "-"]


def test_text_tells_why_it_stopped():
    made = history()
    assert "stopped" not in str(made)
    made.stopped_because, made.notes = "all 2 epochs done", ["a note"]
    assert str(made).splitlines()[-2:] == ["stopped: all 2 epochs done", "a note"]
    assert repr(made) == "History(3 rows, stopped_because='all 2 epochs done')"


def test_there_and_back_as_a_dict():
    made = history()
    made.stopped_because, made.notes = "it was enough", ["a note"]
    saved = made.to_dict()
    again = History.from_dict(saved)
    assert again.to_dict() == saved
    again.train_loss.append(1.0)
    again.notes.append("more")
    assert made.to_dict() == saved
    with pytest.raises(KeyError):
        History.from_dict({})
