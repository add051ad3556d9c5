"""What the README shows is what the course says."""

import re

from course_utils.checking import judge
from tests.course.test_architecture import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def words(text):
    return re.sub(r"\s+", " ", text).strip()


def test_the_verdict_of_the_readme_is_what_a_student_reads():
    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W.T, X.T @ dY, dY.mean(axis=0)

    assert words(judge("3.2", linear_backward).text()) in words(README)


def test_the_derivation_of_the_readme_is_what_a_student_reads():
    def derive_linear_dW():
        return ["dW[i,j] = sum(n, dY[n,i] * X[n,j])", "dW = X.T @ dY"]

    told = judge("1.1", derive_linear_dW).text().split("  Change the cell")[0]
    assert words(told) in words(README)


def test_every_file_that_the_readme_links_is_there():
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
