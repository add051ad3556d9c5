"""Advice for slips in principal components: three hints for each kind."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

CENTRE = Advice(
    "centring",
    (
        "Move the whole cloud of examples far away from 0. Should its directions change?",
        "Variance is spread around the mean. Around what does your spread go?",
        "One number is taken off each column: the mean of that column over the examples.",
    ),
)
STANDARDISED = Advice(
    "standardised columns",
    (
        "What happens to a column that varies more than the others?",
        "Divided by their standard deviations all columns vary alike, and so does the noise.",
        "These are the components of the correlations. Here only the mean is taken off.",
    ),
)
ROWS_OR_COLUMNS = Advice(
    "directions in rows or in columns",
    (
        "How many numbers has one direction, k or D? Print one and count.",
        "svd gives Vt, with a direction in each row; eigh gives a direction in each column.",
        "The shape asked for is (k, D): one direction in each row.",
    ),
)
WHICH_SIDE = Advice(
    "examples in place of inputs",
    (
        "How many numbers has a direction in the space of the inputs: N, or D?",
        "U has a number for each example, Vt one for each input. np.cov takes each row for a "
        "variable, unless it is told otherwise.",
        "The matrix of covariances that is meant here is (D, D), and Vt belongs to it.",
    ),
)
ORDER = Advice(
    "order of the variances",
    (
        "Print all the variances. Does each come once, and the largest first?",
        "svd sorts from the largest down, eigh from the smallest up, eig not at all.",
        "Bring values and vectors into order together, then take the first k, from index 0 on.",
    ),
)
DIVISOR = Advice(
    "divisor of the variance",
    (
        "Three examples, one input: 1, 2, 3. Which variance does your formula give?",
        "The mean was found on the same examples: one of the N deviations is no longer free.",
        "Here the sum of squares is divided by N − 1, once.",
    ),
)
SQUARED = Advice(
    "singular value and variance",
    (
        "If all of X grows tenfold, by how much does a variance grow?",
        "A singular value is a length, as a standard deviation is. A variance is a square.",
        "The sum of the squared coordinates along a direction is the square of its s.",
    ),
)
SHARES = Advice(
    "shares in place of variances",
    (
        "Your numbers lie between 0 and 1, whatever the unit of X. Do variances?",
        "A share of the whole is a variance divided by the sum of them.",
        "Asked are the variances themselves; components_needed looks at shares later.",
    ),
)
UNIT_LENGTH = Advice(
    "length and signs of a direction",
    (
        "Take the sum of the squares of one row, and the product of two rows. Are they 1 and 0?",
        "A direction says where to, not how far: how far is what the variances say. A whole row "
        "may change its sign, a single entry may not.",
        "svd and eigh give directions of length 1 at right angles. What is done to them after?",
    ),
)
HOW_MANY = Advice(
    "k of them",
    (
        "Compare the shape that you return with the shape that is asked for.",
        "The decomposition finds all directions. How many did the call ask for?",
        "Cut both, the directions and their variances, to the first k.",
    ),
)
PROJECT_CENTRE = Advice(
    "measured from the mean",
    (
        "Which scores should an example have that is exactly the mean?",
        "Scores say how to get from the mean to the example. What is taken off first?",
        "The mean that is given is that of the data the components were found on, one number "
        "for each column.",
    ),
)
ADD_MEAN = Advice(
    "back to the mean",
    (
        "All scores are 0. Which point should be rebuilt?",
        "Scores times components is a step. From where does it start?",
        "What was taken off before the projection is added again after it, once.",
    ),
)
SCORES_FORM = Advice(
    "one score for each component",
    (
        "Write the shapes: (N, D) with (k, D). Which order and which transpose give (N, k)?",
        "Entry [n, i] is the product of example n, less the mean, with component i.",
        "Nothing is divided and no sign is dropped: a score is a plain coordinate.",
    ),
)
REBUILD_ALL = Advice(
    "rebuilt from all scores",
    (
        "With as many components as inputs nothing is lost. Does your X_hat equal X then?",
        "Each component takes part, by its own score. Is one left out, or something else shown?",
        "The sum over i of score i times component i is one product of two matrices.",
    ),
)
STEPS = Advice(
    "number of steps",
    (
        "How many products with S does steps = 1 ask for? And your function?",
        "Start, product, length: write down by hand which vector and which eigenvalue are "
        "returned for one step.",
        "Each round starts from the vector that the round before has left. The eigenvalue is "
        "taken after the last round, at the vector that is returned.",
    ),
)
UNIT_VECTOR = Advice(
    "length after each step",
    (
        "Multiply by 10 a hundred times more. Where do the numbers end?",
        "Only the direction matters. Which division makes the length 1, and when?",
        "The length is the root of the sum of squares. Divide by it after every product.",
    ),
)
RAYLEIGH = Advice(
    "eigenvalue of a vector",
    (
        "For S = −3 times the identity: which eigenvalue does your formula give?",
        "A length has no sign, and a single entry may be 0. A product with v uses all entries.",
        "v · S v for a v of length 1, taken at the vector that is returned.",
    ),
)
OTHER_METHOD = Advice(
    "another method",
    (
        "After one step from this start: is the vector already the eigenvector?",
        "What is asked for is where `steps` steps lead, not where they would end.",
        "A loop of products with S, each followed by a division by the length; no more.",
    ),
)
OFF_BY_ONE = Advice(
    "count and index",
    (
        "One variance has everything. What should the count be, and what do you give?",
        "argmax gives an index, and indices start at 0.",
        "Up to and including index i there are i + 1 components.",
    ),
)
AT_LEAST = Advice(
    "at least",
    (
        "Variances 3 and 1, share 0.75: is one component enough?",
        "A share that is met exactly is enough. Which comparison says so?",
        "Look at > and ≥, and at side= of searchsorted.",
    ),
)
CUMULATIVE = Advice(
    "share of the sum",
    (
        "Which number rises from the first component's share up to 1?",
        "Add up the variances from the largest on; then compare with which part of the total?",
        "The running sum, divided by the sum of all, reaches the share at one place first.",
    ),
)
