"""What every catalogue has to hold, asked alike of each lesson's."""

from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, find_advice
from course_utils.checking.mistakes.match import as_answer


def exercises_named(names):
    """{name: Exercise} of these functions."""
    return {e.name: e for e in all_exercises().values() if e.name in names}


def expect_named(exercise, mistake):
    """A mistake is caught in the parts that it spoils, and told by its advice, shortly."""
    verdict = judge(exercise, as_answer(exercise, mistake))
    wrong = {f.part: f for f in verdict.findings if f.status == "wrong"}
    if mistake.parts != (WHOLE,):
        assert set(wrong) == set(mistake.parts), verdict.text()
    assert wrong
    for part, finding in wrong.items():
        advice = find_advice(finding.cause)
        assert advice is not None, f"{part}: {finding.cause}: {finding.message}"
        assert advice.key == mistake.advice.key, f"{part}: {finding.cause}: {finding.message}"
    assert len(mistake.says.split()) <= 15
    assert not mistake.says.endswith(".")


def expect_own_sentence(exercise, mistakes, which):
    """A well-known slip is told in its own words, not only by its advice."""
    (mistake,) = [m for m in mistakes if m.id == f"{exercise.name}/{which}"]
    verdict = judge(exercise, as_answer(exercise, mistake))
    assert verdict.status == "wrong"
    assert mistake.says in verdict.text()


def expect_sizes(exercise, different):
    """Sizes of a probe differ from one another, and each takes so many values, or more."""
    assert all(len(set(s.values())) == len(s) for s in exercise.sizes)
    for letter in exercise.sizes[0]:
        assert len({s[letter] for s in exercise.sizes}) >= different
