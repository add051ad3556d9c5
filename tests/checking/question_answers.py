"""Answers to the questions of lesson 02: right ones in many forms, wrong ones, odd ones."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

RIGHT = {
    "2.2": [
        *(1 / 3, Fraction(1, 3), "1/3", "1 / 3", np.float64(1 / 3), np.float32(1 / 3)),
        *(np.array(1 / 3), 0.33, "0.333", "≈ 0.33", "33.3 %", "33%", Decimal("0.3333")),
        *(np.float16(1 / 3), "exp(0) / (exp(0) + exp(0) + exp(0))", "2 / (3 + 3)"),
    ],
    "2.4": [
        *("exp(z0 - z1)", "exp(z0) / exp(z1)", "odds = exp(z0 - z1)", "P0/P1 = exp(z0 - z1)"),
        *("1 / exp(z1 - z0)", "exp(z0) * exp(-z1)", "exp(z0 - z1)**1", "exp(-(z1 - z0))"),
        "(exp(z0) / (exp(z0) + exp(z1))) / (exp(z1) / (exp(z0) + exp(z1)))",
        *("sigmoid(z0 - z1) / sigmoid(z1 - z0)", "sqrt(exp(2*z0 - 2*z1))"),
    ],
    "2.21": [
        *("2 / (a + b)", "2/(b+a)", "2 * (a + b)**-1", "1 / ((a + b) / 2)", "rate = 2 / (a + b)"),
        *("eta = 2/(a+b)", "1 / (a/2 + b/2)", "2*a/(a**2 + a*b)", "2*(b - a)/(b**2 - a**2)"),
    ],
    "2.23": [
        *(7850, 7850.0, "7850", "7,850", "7 850", "784 * 10 + 10", "785 * 10", "7850 parameters"),
        *(np.int64(7850), np.array(7850), Fraction(7850), "7.85e3"),
    ],
    "2.29": [0.3, "3/10", "30 %", "30%", Fraction(3, 10), np.float32(0.3), "0.30", Decimal("0.3")],
}

# A wrong answer and the cause that explains it; known slips are all tried further down.
WRONG = {
    "2.2": [
        *((0.67, "slip"), ("50 %", "slip"), (0, "slip"), (-1 / 3, "sign"), (33.3, "percent")),
        *((0.577, "root"), (0.3, "digits"), (0.34, "near"), (1.7, "range"), (-4, "range")),
    ],
    "2.4": [
        *(("z1 - z0", "slip"), ("exp(z0 + z1)", "sign"), ("2 * exp(z0 - z1)", "factor")),
        *(("exp(z0 - z1) + 1", "term_extra"), ("log(z0 - z1)", "function")),
        *(("sigmoid(z0 - z1)", "slip"), ("P0 / P1", "refused"), ("exp(z0) / (1 + exp(z1))", "")),
    ],
    "2.21": [
        *(("4 / (a + b)", "factor"), ("2 / (a - b)", "sign"), ("-2 / (a + b)", "sign")),
        *(("2 / (a * b)", "operator"), ("2 * (a + b)", "inverse"), ("2 / (a + b)**2", "power")),
        *(("2 / sqrt(a + b)", "function"), ("2 / (A + B)", "refused")),
    ],
    "2.23": [
        *((7849, "off by one"), (7851, "off by one"), (7850.5, "whole"), (3925, "half")),
        *((15700, "double"), (-7850, "sign"), (7900, "near"), ("7840 parameters", "slip")),
    ],
    "2.29": [
        *((30, "percent"), ("70 %", "slip"), (0.43, "slip"), (0.09, "square"), (0.5477, "root")),
        *((10 / 3, "reciprocal"), (-0.3, "sign"), (0.03, "power of ten"), (1.3, "range")),
    ],
}

# What no word told about a wrong answer may hold.
SECRETS = {
    "2.2": r"1 ?/ ?3|0\.33|\b33\b|third",
    "2.4": r"exp\(z0 ?- ?z1\)|exp\(z0\) ?/ ?exp\(z1\)",
    "2.21": r"2 ?/ ?\((a ?\+ ?b|b ?\+ ?a)\)",
    "2.23": r"7,?850",
    "2.29": r"0\.3\b|3 ?/ ?10|\b30\b",
}

ODD = [
    *(None, ..., True, np.True_, [0.5], (0.5,), np.array([0.5]), np.ones((2, 2)), math.nan),
    *(math.inf, 1j, np.complex64(1), {}, object(), b"0.5", "", "   ", "half", "0,5", (0, 5)),
    *(lambda: 0.5, 10**400, 10**5000, "9" * 5000, "1e999", "1/0", "(" * 100, "-" * 450 + "1"),
    *("exp(", "sum(n, 3)", "exp(q)", "9**9**9", "let x = 1", "\n\n", "\x00", "`1`", "<b>1</b>"),
    *("__import__('os').system('touch owned')", "().__class__", "eval('1')", "open('x')"),
    *("[1 for x in y]", "lambda: 1", "x := 1", "1 if 1 else 2", "z0.real", "z0 @ z1", "ones(N)"),
]
