"""Exercises of lesson 01: derivations, judged line by line."""

from __future__ import annotations

from dataclasses import replace

from course_utils.checking.derivations import Derivation, derivation_exercise, references
from course_utils.checking.derivations import settings as layers
from course_utils.checking.derivations import settings_nets as nets
from course_utils.checking.exercises import Exercise, register

# What each exercise derives.
DERIVATIONS: dict[str, Derivation] = {
    "1.1": replace(layers.LINEAR, wanted=("dW",)),
    "1.2": replace(layers.LINEAR, wanted=("dX", "db")),
    "1.3": layers.RELU,
    "1.4": layers.SIGMOID,
    "1.5": layers.SOFTMAX,
    "1.6": layers.SOFTMAX_CROSS_ENTROPY,
    "1.7": nets.TWO_LAYERS,
    "1.8": nets.SIGMOID_CHAIN,
    "1.9": layers.BATCH_NORM,
    "1.10": nets.CONVOLUTION,
    "1.11": nets.CONVOLUTION_STRIDE,
    "1.12": nets.RNN_STEP,
    "1.13": layers.TANH,
}


def _exercise(exercise_id: str, points: float, reference, hints: tuple[str, str, str]) -> Exercise:
    return derivation_exercise(exercise_id, points, DERIVATIONS[exercise_id], reference, hints)


register(
    _exercise(
        "1.1",
        2,
        references.derive_linear_dW,
        (
            "Which entries of Y does W[i,j] touch? Write diff(Y[n,m], W[i,j]) first.",
            "W[i,j] touches column j of Y, in every row n: the factor is X[n,i]. "
            "The chain rule multiplies by dY and sums over all entries of Y.",
            "delta(m,j) keeps one term of the sum over m. What is left is a sum over n, the "
            "inner index of a product: X comes transposed.",
        ),
    ),
    _exercise(
        "1.2",
        2,
        references.derive_linear_dX_db,
        (
            "X[n,i] touches row n of Y. b[m] touches column m. Sum over what is touched.",
            "dX[n,i] is a sum over m with the factor W[i,m]; db[m] is a sum over n.",
            "A sum over m of dY[n,m] W[i,m]: both have m last, so the second is transposed. "
            "A sum over rows is a product with ones(N), from the left.",
        ),
    ),
    _exercise(
        "1.3",
        1,
        references.derive_relu_dX,
        (
            "How fast does Y[n,m] grow with X[n,m], right of 0 and left of it?",
            "The slope is 1 or 0. A comparison in brackets, (X > 0), is 1 where true.",
            "Multiply the slope with what arrives from above, entry by entry: *, not @.",
        ),
    ),
    _exercise(
        "1.4",
        2,
        references.derive_sigmoid_dX,
        (
            "Write the sigmoid as 1 / (1 + exp(-X)) and differentiate the quotient.",
            "The slope is exp(-X) / (1 + exp(-X))**2. Can you write it with Y alone?",
            "exp(-X) / (1 + exp(-X)) is 1 minus Y, and 1 / (1 + exp(-X)) is Y.",
        ),
    ),
    _exercise(
        "1.5",
        3,
        references.derive_softmax_dZ,
        (
            "Z[n,j] stands in the denominator of every P[n,k], and for k = j above it, too.",
            "The Jacobian is P[n,k] (delta(k,j) - P[n,j]). Multiply by dP[n,k], sum over k.",
            "Take the sum apart: the delta keeps the term k = j; in the other, P[n,j] does not "
            "depend on k and comes out of the sum.",
        ),
    ),
    _exercise(
        "1.6",
        3,
        references.derive_softmax_cross_entropy_dZ,
        (
            "Write the loss of a row as log(sum(k, exp(Z[n,k]))) - Z[n,y[n]].",
            "The first term differentiates to P[n,j], for every j; the second to 1 at the label.",
            "The label is told by delta(j,y[n]). And the loss is a mean over N rows.",
        ),
    ),
    _exercise(
        "1.7",
        5,
        references.derive_two_layers,
        (
            "Go backward through the rules one at a time: Z2, then A1, then Z1.",
            "dA1 uses exercise 1.2, dZ1 exercise 1.3, the weights exercise 1.1.",
            "A weight reaches the loss by the penalty as well: 2*lam*W more. Biases do not.",
        ),
    ),
    _exercise(
        "1.8",
        3,
        references.derive_sigmoid_chain,
        (
            "Start at the loss: dz3 is the distance times the slope of the last unit.",
            "The slope of a sigmoid is a (1 - a). Each step back multiplies by a weight and a "
            "slope.",
            "dz2 is dz3 times the weight between them, w3, times the slope at a2.",
        ),
    ),
    _exercise(
        "1.9",
        5,
        references.derive_batch_norm,
        (
            "Go backward through the rules: Xhat, var, mu, then X, which all three contain.",
            "X[n,d] reaches the loss by three ways: Xhat directly, var, and mu.",
            "The way through var brings 2 (X - mu) / N, that through mu brings 1 / N. The power "
            "of var + eps in dvar is -3/2.",
        ),
    ),
    _exercise(
        "1.10",
        4,
        references.derive_convolution,
        (
            "Which entries of Y does K[f,c,u,v] touch? And X[n,c,i,j]?",
            "K[f,c,u,v] meets X[n,c,p+u,q+v] in every Y[n,f,p,q]: sum over n, p, q.",
            "For X: i = p + u, so u = i - p. Sum over f, p, q; outside of K all is 0.",
        ),
    ),
    _exercise(
        "1.11",
        3,
        references.derive_convolution_stride,
        (
            "Only the places change: output p sees the inputs from s*p on.",
            "Write exercise 1.10 again with s*p + u in place of p + u.",
            "From i = s*p + u follows u = i - s*p; likewise for j.",
        ),
    ),
    _exercise(
        "1.12",
        4,
        references.derive_rnn_step,
        (
            "First through tanh, to z; then z is a linear layer of x and of h_prev.",
            "The slope of tanh is 1 - h**2, with h from the forward pass.",
            "With dz the rest is exercises 1.1 and 1.2, twice.",
        ),
    ),
    _exercise(
        "1.13",
        1,
        references.derive_tanh_dX,
        (
            "tanh is sinh over cosh. Or look at its steepest place: which slope has it at 0?",
            "The slope is 1 where tanh is 0, and 0 where tanh is 1 or -1.",
            "It can be written with the square of Y alone.",
        ),
    ),
)
