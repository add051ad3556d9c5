import html
import re

import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from tests.checking.wrong_answers import WRONG_ANSWERS


def words(page):
    """The words of a piece of HTML, as a screen reader comes to them."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


@pytest.mark.parametrize("wrong", WRONG_ANSWERS[::5], ids=lambda w: w[0])
def test_screen_and_terminal_say_the_same_words(wrong):
    verdict = judge(all_exercises()[wrong[0]], wrong[1])
    text = re.sub(r"\s+", " ", verdict.text().replace("`", " ")).strip()
    assert re.sub(r"\s", "", words(verdict.html())) == re.sub(r"\s", "", text)


def test_the_box_announces_itself_and_needs_no_colour():
    verdict = judge(all_exercises()["3.2"], lambda dY, cache: (dY, dY, dY))
    page = verdict.html()
    assert 'role="status"' in page
    assert page.count("✗") == 4  # the headline and three arrays: signs beside the colours
    assert "background:rgba(128,128,128,.08)" in page  # visible on light and on dark pages


def test_no_verdict_is_a_wall_of_text():
    for exercise_id, answer, *_ in WRONG_ANSWERS:
        text = judge(all_exercises()[exercise_id], answer).text()
        assert len(text.splitlines()) <= 14, text
        assert len(text) < 1400, text
