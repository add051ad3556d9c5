"""Lines of a trial: each wrong one is told in words that help, no right one is refused."""

import pytest

from tests.checking.derivations.common import judged
from tests.checking.derivations.midnight_lines import RIGHT, WRONG


@pytest.mark.parametrize(
    ("setting", "line"), [(name, line) for name, lines in RIGHT.items() for line in lines]
)
def test_a_right_line_of_odd_form_is_accepted(setting, line):
    finding = judged(setting, line)
    assert finding.good, finding.message


@pytest.mark.parametrize(
    ("setting", "line", "words"),
    [(name, *entry) for name, lines in WRONG.items() for entry in lines],
)
def test_a_wrong_line_is_told_helpfully(setting, line, words):
    finding = judged(setting, line)
    assert finding.status in ("false", "refused")
    assert words in finding.message
