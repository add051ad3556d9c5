"""Questions whose answer is a number or a formula, judged and told like all else.

`NumberQuestion` and `FormulaQuestion` say what is right and which wrong answers are
known; `question_exercise` makes an exercise of one.
"""

from course_utils.checking.questions.asked import judged_as, question_exercise
from course_utils.checking.questions.formula import FormulaQuestion
from course_utils.checking.questions.number import NumberQuestion
from course_utils.checking.questions.slip import Slip

__all__ = ["FormulaQuestion", "NumberQuestion", "Slip", "judged_as", "question_exercise"]
