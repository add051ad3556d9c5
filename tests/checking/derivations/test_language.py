import pytest

from course_utils.checking.derivations.language import parse_line
from course_utils.checking.derivations.refusals import RefusedError
from course_utils.checking.derivations.settings import LINEAR
from course_utils.checking.derivations.tree import to_text

REFUSED = {
    "dW = X.__class__": "underscores",
    "dW = X.shape": ".T is",
    "dW = np.dot(X, dY)": "@",
    "dW = X.dot(dY)": "@",
    "dW = sum(dY, axis=0)": "sum(n, dY[n,m])",
    "dW = einsum(X, dY)": "sum(n",
    "dW = [x for x in X]": "sum(n",
    "dW = 'X'": "sign '",
    "dW = lambda: X": "let",
    "dW = X if b else dY": "where(",
    "dW = X and dY": "multiply",
    "dW = open(X)": "not known",
    "dW = (X := dY)": "",
    "dW = {X}": "sign {",
    "dW = X ^ 2": "**",
    "dW = X · dY": "*",
    "dW = Xᵀ @ dY": ".T",
    "dW = X.T @ dY - λ": "lam",
    "dW == X.T @ dY": "one =",
    "X.T @ dY": "equation",
    "dW =": "equation",
    "dw = X.T @ dY": "dW",
    "dW = X.T @ dy": "dY",
    "dW = 9**9**9": "Powers",
    "dW = (X.T @ dY": "Brackets",
    "dW = X.T dY": "*",
    "dW = f(X)(dY)": "",
    "dW[i,j] = sum(X[n,i] * dY[n,j])": "letters first",
    "dW[i,b] = sum(n, X[n,i])": "b is a declared array",
    "dW[i,j] = X[1:2,i]": "whole axis",
    "dW[i,j] = X[exp(i),j]": "Inside [ ]",
    "let X = dY": "declared already",
    "let exp = dY": "function",
    "let Q = Q + X": "itself",
    "G[n,m] = dY[n,m]": "let",
    "dW = exp(X, 2)": "1 argument",
    "dW = exp": "exp(",
    "dW = " + "(" * 60 + "X" + ")" * 60: "brackets",
    "dW = " + " + ".join(["X"] * 300): "longer",
    "dW = \\sum X": "LaTeX",
    "dW = await X": "",
    "dW = X; import os": "sign ;",
    "dW = diff(diff(Y, W), X)": "diff inside",
    "dW = diff(Y, 3)": "declared array",
    "dW = X // 2": "//",
    "dW = True": "True",
    "dW = 1e300": "Numbers",
    "dW = ones(3)": "ones(N)",
    "": "empty",
}


@pytest.mark.parametrize(("line", "told"), REFUSED.items())
def test_refuses_all_else_and_says_what_to_write(line, told):
    with pytest.raises(RefusedError) as error:
        parse_line(line, LINEAR.names)
    assert told in str(error.value)


def test_text_of_a_tree_reads_back_as_the_same_tree():
    lines = [
        "dW[i,j] = sum(n, X[n,i] * (dY[n,j] - 2)) / (N * 3) - -b[j]**2",
        "dW = (X.T @ dY) * 2 - X.T @ (dY - 1)",
        "diff(Y[n,m], W[i,j]) = where(m == j, X[n,i], 0) - (1 - (2 - 3))",
        "dW[i,j] = (2 / 3) / (4 / 5) * (-X[0,i])**2",
    ]
    for line in lines:
        read = parse_line(line, LINEAR.names)
        again = parse_line(" = ".join(map(to_text, read.sides)), LINEAR.names)
        assert again.sides == read.sides


def test_inner_letters_do_not_mix_with_outer_ones():
    read = parse_line("db[m] = sum(n, dY[n,m] * sum(n, X[n,0]))", LINEAR.names)
    assert len(read.letters) == 3
