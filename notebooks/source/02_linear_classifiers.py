# %% [markdown]
# # 02 · Linear classifiers, learning rates and principal components
#
# <!-- badge -->
#
# **Goal.** See what a linear model can say, fit it by gradient descent, know which learning rate is
# too large *before* trying it, and find the few directions along which digits really differ.
# **Time.** 180 minutes, in six sections that can be done on six evenings. **Assumed.** Lesson 00;
# matrix products, the chain rule, eigenvectors.

# %%
# <setup>

# %%
from textwrap import fill

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import gradient_check, layer_gradient_check
from course_utils.data import DataError, PixelScaler, load_digits, load_faces, resolve_profile

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"
digits = load_digits(profile)

# %% [markdown]
# ## 1 Softmax in the plane
#
# **Idea.** With two inputs everything can be drawn. There are three classes, each with a weight
# vector, a column of $W$. A class's score, its *logit*, grows along its vector; softmax turns the
# three logits into three probabilities.
#
# **Maths.** For $N$ points $X$ and $C = 3$ classes,
#
# $$ \underset{(N,C)}{Z} = \underset{(N,2)}{X}\;\underset{(2,C)}{W} + \underset{(C)}{b}, \qquad
#    P_{nc} = \frac{e^{Z_{nc}}}{\sum_k e^{Z_{nk}}} \tag{2.1} $$
#
# A number added to a whole row of $Z$ cancels. So take off the row's largest logit first, and
# nothing overflows.
#
# **By hand.** $Z = (0, \ln 2, \ln 3)$ gives $P = (\tfrac16, \tfrac26, \tfrac36)$.

# %% [markdown]
# ### Exercise 2.1
#
# Write softmax, row by row, for logits of any size.


# %%
@exercise("2.1", points=3)
def softmax(Z):
    """Probabilities of the classes, equation (2.1).

    Args:
        Z: logits, (N, C), float; ±1000 must do no harm.

    Returns:
        P (N, C); each row sums to 1.
    """
    ### BEGIN SOLUTION
    E = np.exp(Z - Z.max(axis=1, keepdims=True))  # (N, C), the largest is 1
    P = E / E.sum(axis=1, keepdims=True)
    ### END SOLUTION
    return P


# %% [markdown]
# **Look.** Three weight vectors, and how likely each class is at every point $x$ of the plane. The
# borders are straight lines: classes 0 and 1 are equally likely where $Z_0 = Z_1$, and that is a
# linear equation in $x$.
#
# From here on the lesson calls `layers`: your functions where they are right, the reference where
# they are not yet. So one slip does not spoil all that follows.

# %% tags=["nbval-ignore-output"]
layers = answers()
W_plane = np.array([[2.0, -1.0, -1.0], [0.0, 1.7, -1.7]])  # (2, 3), a column per class
b_plane = np.array([0.5, 0.0, -0.5])


def plane_probabilities(X):
    """Probabilities of the three classes at points (N, 2)."""
    return layers.softmax(X @ W_plane + b_plane)  # (N, 3)


show.class_map(
    plane_probabilities, x_range=(-3, 3), y_range=(-3, 3), title="Softmax with three classes"
)

# %% [markdown]
# ### Where the regions meet
#
# **Maths.** Two borders cross where $Z_0 = Z_1$ and $Z_1 = Z_2$. Then $Z_0 = Z_2$ holds as well: the
# third border goes through the same point. Two equations, two unknowns:
#
# $$ x \cdot (W_{:,0} - W_{:,1}) = b_1 - b_0, \qquad x \cdot (W_{:,1} - W_{:,2}) = b_2 - b_1 \tag{2.2} $$
#
# ### Question 2.2
#
# How likely is each class at that point? Return a number.


# %%
@exercise("2.2", points=1)
def probability_where_regions_meet():
    """The probability of each of three classes where all logits are equal."""
    ### BEGIN SOLUTION
    answer = 1 / 3
    ### END SOLUTION
    return answer


# %% [markdown]
# ### Exercise 2.3
#
# Find the point: solve the two equations (2.2).


# %%
@exercise("2.3", points=2)
def meeting_point(W, b):
    """The point of the plane where three classes have the same logit, equation (2.2).

    Args:
        W: weights, (2, 3), float.
        b: biases, (3,), float.

    Returns:
        x (2,).
    """
    ### BEGIN SOLUTION
    A = np.stack([W[:, 0] - W[:, 1], W[:, 1] - W[:, 2]])  # (2, 2), a row per equation
    x = np.linalg.solve(A, np.array([b[1] - b[0], b[2] - b[1]]))  # (2,)
    ### END SOLUTION
    return x


# %%
meeting = layers.meeting_point(W_plane, b_plane)
print("meeting point", meeting.round(3), "P", plane_probabilities(meeting[None]).round(3))

# %% [markdown]
# ### Question 2.4
#
# At any other point: how many times as likely as class 1 is class 0? Write these *odds*,
# $P_0 / P_1$, as a formula of the two logits, `z0` and `z1`, in quotes.


# %%
@exercise("2.4", points=1)
def odds_of_two_classes():
    """P0 / P1 as a formula of z0 and z1, for example "z0 * z1"."""
    ### BEGIN SOLUTION
    answer = "exp(z0 - z1)"
    ### END SOLUTION
    return answer


# %% [markdown]
# The third class does not occur in the odds: one class more changes all probabilities, but not the
# odds of two others.
#
# **Look.** At a distance $t$ from the meeting point in the direction $u$, the logits are
# $t\,(u \cdot W_{:,c})$, up to a number they share. So along a ray the class with the steepest logit wins,
# and on a border two classes share what there is, while the third dies out.


# %% tags=["nbval-ignore-output"]
def along_border(first, second):
    """The unit vector along the border of two classes, on the side where the third is unlikely."""
    across = W_plane[:, first] - W_plane[:, second]
    u = np.array([-across[1], across[0]]) / np.linalg.norm(across)
    third = 3 - first - second
    return u if u @ (W_plane[:, third] - W_plane[:, first]) < 0 else -u


directions = {
    "along the vector of class 0": W_plane[:, 0] / np.linalg.norm(W_plane[:, 0]),
    "along the border of 0 and 1": along_border(0, 1),
    "along the border of 1 and 2": along_border(1, 2),
    "along the vector of class 2": W_plane[:, 2] / np.linalg.norm(W_plane[:, 2]),
}

show.walk_from_point(
    plane_probabilities,
    meeting,
    directions,
    x_range=(-3, 3),
    y_range=(-3, 3),
    title="From the meeting point outwards",
)

# %% [markdown]
# **Look.** Move the point yourself. Start inside a region, and watch which class takes over along each
# ray, and where. (Without sliders you see the same figure, from another point.)

# %% tags=["nbval-ignore-output"]
walker = show.PointWalk(plane_probabilities, directions, x_range=(-3, 3), y_range=(-3, 3))
show.move_point(walker.at, x_range=(-3, 3), y_range=(-3, 3), start=(-1.0, 1.0))

# %% [markdown]
# **What we saw.** All three classes have $\tfrac13$ at one point only. From there, straight along a border,
# two classes keep equal shares that grow to $\tfrac12$ each; along every other ray one class ends up with
# everything.

# %%
far = meeting + 6 * along_border(0, 1)
expect(plane_probabilities(far[None])[0, 0], at_least=0.49, at_most=0.5, about="P0 far out")
expect(plane_probabilities(far[None])[0, 2], at_most=1e-3, about="P2 far out")

# %% [markdown]
# ## 2 Basis functions: a linear model that bends
#
# **Idea.** A linear classifier draws straight borders. But nobody forces us to feed it the raw inputs.
# Give it $M$ functions of them, $\phi_1(x), \dots, \phi_M(x)$: the model is still linear in its
# weights, and its border is straight in $\phi$, not in $x$.
#
# **Maths.** Two usual choices are the powers of a number $x$, and bumps of a width $h$ around centres $c_m$.
# Their values at all examples are a matrix $\Phi$ of shape $(N, M)$, a column for each function:
#
# $$ \phi_k(x) = x^k, \qquad
#    \phi_m(x) = \exp\!\Big(-\frac{\lVert x - c_m \rVert^2}{2 h^2}\Big) \tag{2.3} $$
#
# **By hand.** The powers of $x = 2$ up to the third are $(1, 2, 4, 8)$. At a distance of $h$ from its centre
# a bump has the height $e^{-1/2} = 0.607$, at twice that $e^{-2} = 0.135$.

# %% [markdown]
# ### Exercises 2.5 and 2.6
#
# Write both. Bumps work in any number of dimensions: `X` is $(N, D)$, `centres` is $(M, D)$, and
# $\lVert x - c_m \rVert^2$ sums the squared differences over all $D$ coordinates.


# %%
@exercise("2.5", points=2)
def gaussian_basis(X, centres, width):
    """Bumps around centres, equation (2.3), right.

    Args:
        X: points, (N, D), float.
        centres: (M, D), float.
        width: h, a number above 0.

    Returns:
        Phi (N, M).
    """
    ### BEGIN SOLUTION
    steps = X[:, None, :] - centres[None, :, :]  # (N, M, D)
    Phi = np.exp(-(steps**2).sum(axis=2) / (2 * width**2))  # (N, M)
    ### END SOLUTION
    return Phi


# %%
@exercise("2.6", points=1)
def polynomial_basis(x, degree):
    """Powers of x, equation (2.3), left.

    Args:
        x: (N,), float.
        degree: the highest power, 0 or more.

    Returns:
        Phi (N, M) with M = degree + 1: the columns are x to the power 0, 1, …, degree.
    """
    ### BEGIN SOLUTION
    Phi = np.stack([x**k for k in range(degree + 1)], axis=1)  # (N, M)
    ### END SOLUTION
    return Phi


# %% [markdown]
# **Look.** A bump is felt near its centre only. A power is felt everywhere.

# %% tags=["nbval-ignore-output"]
layers = answers()
x = np.linspace(-1.5, 1.5, 301)
bumps = layers.gaussian_basis(x[:, None], np.linspace(-1, 1, 5)[:, None], width=0.35)
powers = layers.polynomial_basis(x, degree=4)
show.lines(
    {f"centre {c:g}": (x, bump) for c, bump in zip(np.linspace(-1, 1, 5), bumps.T, strict=True)},
    x_label="x",
    y_label="value",
    title="Five Gaussian basis functions",
)

# %% tags=["nbval-ignore-output"]
show.lines(
    {f"x to the power {k}": (x, power) for k, power in enumerate(powers.T)},
    x_label="x",
    y_label="value",
    title="Five powers: beyond ±1 they run away",
)

# %% [markdown]
# ### A case no straight line can do
#
# A disc inside a ring: whatever line leaves the disc on one side, more than half of the ring is there too.
#
# In two dimensions the powers are the monomials $x_1^a x_2^b$, with $a + b$ up to the degree. Those of degree
# 2 include $x_1^2$ and $x_2^2$; their sum is the squared distance from the middle, and in that one number
# disc and ring are apart. The classifier is logistic regression: scikit-learn's for now, your own in
# section 3.


# %%
def disc_and_ring(rng, N):
    """Points (N, 2) in a disc (label 1) and in a ring around it (label 0), a little blurred."""
    y = rng.integers(0, 2, N)
    radius = np.where(y == 1, rng.uniform(0.0, 1.0, N), rng.uniform(1.2, 2.2, N))
    angle = rng.uniform(0, 2 * np.pi, N)
    X = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return X + 0.12 * rng.standard_normal((N, 2)), y.astype(float)


def fit_on_basis(basis, X, y, weight_decay=1e-4):
    """Logistic regression on basis(X); gives a function from points (K, 2) to probabilities (K,)."""
    fitted = LogisticRegression(C=1 / (2 * weight_decay * len(y)), max_iter=10_000)
    fitted.fit(basis(X), y)
    return lambda points: fitted.predict_proba(basis(points))[:, 1]


# %% tags=["nbval-ignore-output"]
ring = disc_and_ring(np.random.default_rng(2), 300)
fresh_ring = disc_and_ring(np.random.default_rng(3), 1000)
grid = np.stack(np.meshgrid(*2 * [np.linspace(-2, 2, 5)]), axis=-1).reshape(-1, 2)  # (25, 2)
bases = {
    "raw inputs": lambda X: X,
    "powers to degree 2": lambda X: nn.monomials(X, 2),
    "25 bumps": lambda X: layers.gaussian_basis(X, grid, 0.7),
}
models = {name: fit_on_basis(basis, *ring) for name, basis in bases.items()}
show.class_maps(
    models, x_range=(-2.6, 2.6), y_range=(-2.6, 2.6), points=ring[0], labels=ring[1].astype(int)
)

# %%
accuracy = {
    name: np.mean((model(fresh_ring[0]) > 0.5) == fresh_ring[1]) for name, model in models.items()
}
expect(accuracy["raw inputs"], at_most=0.7, about="accuracy of a straight border on new points")
expect(accuracy["powers to degree 2"], at_least=0.95, about="accuracy with degree 2")
expect(accuracy["25 bumps"], at_least=0.95, about="accuracy with bumps")

# %% [markdown]
# **What we saw.** The same classifier, linear in its weights, draws a line or a ring: the basis decides.
#
# ### How wide a bump?
#
# **Look.** Now put a bump on *every* one of a hundred training points. How wide should they be?

# %% tags=["nbval-ignore-output"]
few = (ring[0][:100], ring[1][:100])
widths = np.geomspace(0.03, 100, 9)
scores = {"training points": [], "new points": []}
for width in widths:
    model = fit_on_basis(lambda X, s=width: layers.gaussian_basis(X, few[0], s), *few)
    scores["training points"].append(np.mean((model(few[0]) > 0.5) == few[1]))
    scores["new points"].append(np.mean((model(fresh_ring[0]) > 0.5) == fresh_ring[1]))
show.lines(
    {name: (widths, score) for name, score in scores.items()},
    x_label="width of the bumps",
    y_label="accuracy",
    log_x=True,
    title="A hundred bumps, one on each training point",
)

# %%
expect(scores["training points"][0], at_least=0.99, about="narrow bumps on training points")
gap = max(scores["new points"]) - scores["new points"][0]
expect(gap, at_least=0.2, about="what narrow bumps lose on new points")
expect(scores["training points"][-1], at_most=0.7, about="wide bumps on training points")

# %% [markdown]
# **What we saw.** Very narrow bumps know each training point by heart, and nothing of the space between. Very
# wide ones hardly change from point to point: only huge weights could tell the classes apart, and large
# weights cost something here (`weight_decay`, section 3). So even training points are missed. In between,
# many widths are good; which ones, only new points tell.

# %% [markdown]
# ## 3 Logistic regression
#
# **Idea.** Two classes need one logit only: $z > 0$ speaks for class 1, $z < 0$ for class 0. The
# *sigmoid* turns it into the probability $p$ of class 1. (It is the softmax of the two logits $0$ and $z$.)
#
# **Maths.** Like every layer that treats each entry alone, it takes an array $X$ and returns a $Y$ of the same
# shape. Its slope can be written with the value $Y$ alone:
#
# $$ {{sigmoid: Y[n,m] = 1 / (1 + exp(-X[n,m]))}}, \qquad {{sigmoid: dX = dY * Y * (1 - Y)}} \tag{2.4} $$
#
# **By hand.** At 0 the value is $\tfrac12$ and the slope $\tfrac14$. At $\ln 3$: $\tfrac34$ and $\tfrac{3}{16}$.
#
# Careful: `np.exp(1000)` is infinite, and $\infty / \infty$ is not a number. For $x \ge 0$ use $1/(1 + e^{-x})$, for
# $x < 0$ its twin $e^{x}/(1 + e^{x})$: then `exp` never sees a large number.

# %% [markdown]
# ### Exercises 2.7 and 2.8
#
# Write both halves of equation (2.4), the first for inputs as large as ±1000.


# %%
@exercise("2.7", points=1)
def sigmoid_forward(X):
    """Sigmoid, equation (2.4), left.

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache Y.
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(X))  # at most 1
    Y = np.where(X >= 0, 1, small) / (1 + small)
    ### END SOLUTION
    return Y, Y


# %%
@exercise("2.8", points=2)
def sigmoid_backward(dY, cache):
    """Gradient of the sigmoid, equation (2.4), right.

    Args:
        dY: dL/dY, the shape of Y, float.
        cache: Y from sigmoid_forward.

    Returns:
        dX, the shape of Y.
    """
    Y = cache
    ### BEGIN SOLUTION
    dX = dY * Y * (1 - Y)
    ### END SOLUTION
    return dX


# %% [markdown]
# ### Its twin, tanh
#
# Stretch a sigmoid to run from −1 to 1, and you have $\tanh x = 2\,\mathrm{sigmoid}(2x) - 1$. It is 0 at 0,
# which suits hidden units better; recurrent nets (lesson 05) are made of it.
#
# $$ {{tanh: Y[n,m] = tanh(X[n,m])}}, \qquad {{tanh: dX = dY * (1 - Y**2)}} \tag{2.5} $$
#
# ### Exercises 2.9 and 2.10
#
# Write both halves of equation (2.5).


# %%
@exercise("2.9", points=1)
def tanh_forward(X):
    """Hyperbolic tangent, equation (2.5), left.

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache Y.
    """
    ### BEGIN SOLUTION
    Y = np.tanh(X)
    ### END SOLUTION
    return Y, Y


# %%
@exercise("2.10", points=2)
def tanh_backward(dY, cache):
    """Gradient of tanh, equation (2.5), right.

    Args:
        dY: dL/dY, the shape of Y, float.
        cache: Y from tanh_forward.

    Returns:
        dX, the shape of Y.
    """
    Y = cache
    ### BEGIN SOLUTION
    dX = dY * (1 - Y**2)
    ### END SOLUTION
    return dX


# %% tags=["nbval-ignore-output"]
layers = answers()
x = np.linspace(-6, 6, 601)
show.lines(
    {
        "sigmoid": (x, layers.sigmoid_forward(x)[0]),
        "slope of sigmoid": (
            x,
            layers.sigmoid_backward(np.ones_like(x), layers.sigmoid_forward(x)[1]),
        ),
        "tanh": (x, layers.tanh_forward(x)[0]),
        "slope of tanh": (x, layers.tanh_backward(np.ones_like(x), layers.tanh_forward(x)[1])),
    },
    x_label="x",
    y_label="value",
    title="Sigmoid and tanh with their slopes",
)

# %% [markdown]
# ### The loss
#
# **Idea.** The loss of an example is the *surprise* at its label, in nats: $-\ln p$ if $y = 1$, $-\ln(1-p)$ if
# $y = 0$. Nothing is lost if the label was certain; the less likely it was, the more. The loss of a batch
# is the mean.
#
# **Maths.** With $p_n = \mathrm{sigmoid}(z_n)$, both cases in one line, and then the same without a logarithm
# of something tiny:
#
# $$ L = -\frac1N \sum_n \big( y_n \ln p_n + (1 - y_n) \ln(1 - p_n) \big)
#      = \frac1N \sum_n \big( \ln(1 + e^{z_n}) - y_n z_n \big) \tag{2.6} $$
#
# `np.logaddexp(0, z)` is $\ln(1 + e^z)$ and does not overflow.
#
# **By hand.** $z = 0$ costs $\ln 2 = 0.693$ for either label. $z = 1000$ with $y = 0$ costs 1000, not infinity.

# %% [markdown]
# ### Exercise 2.11
#
# Write equation (2.6) for logits of any size; keep $p$ and $y$ for the way back.


# %%
@exercise("2.11", points=3)
def logistic_loss_forward(z, y):
    """Mean cross-entropy of two classes, equation (2.6).

    Args:
        z: logits, (N,), float; ±1000 must do no harm.
        y: labels, (N,), 0 or 1.

    Returns:
        The loss, a number in nats, and the cache (p, y) with p (N,).
    """
    ### BEGIN SOLUTION
    loss = (np.logaddexp(0, z) - y * z).mean()
    p, _ = sigmoid_forward(z)  # (N,)
    ### END SOLUTION
    return loss, (p, y)


# %% [markdown]
# ### Derivation 2.12
#
# Now the way back, on paper. Given $z_n = \sum_d X_{nd} w_d + b$ and (2.6), derive `dz`, `dw` and `db`,
# one line each or with steps between; every line is judged.
#
# A line is one equation, in quotes: `"Y[n,m] = sum(d, X[n,d] * W[d,m])"`. `diff(L, p[n])` is a partial
# derivative, and `dz[n]` is short for `diff(L, z[n])`. Begin with `diff(L, p[n])`, if you are not sure.
# (Lesson 01 has the whole list.)


# %%
@exercise("2.12", points=4)
def derive_logistic_gradient():
    """Lines that lead to dz, dw and db of logistic regression, from equation (2.6)."""
    ### BEGIN SOLUTION
    lines = [
        "diff(L, p[n]) = ((1 - y[n]) / (1 - p[n]) - y[n] / p[n]) / N",
        "dz[n] = diff(L, p[n]) * p[n] * (1 - p[n])",
        "dz[n] = (p[n] - y[n]) / N",
        "dw[d] = sum(n, dz[n] * X[n,d])",
        "dw = X.T @ dz",
        "db = sum(n, dz[n])",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# Read the first of your results aloud: *what you said, minus what was true*.
#
# $$ {{logistic: dz[n] = (p[n] - y[n]) / N}}, \qquad {{logistic: dw = X.T @ dz}}, \qquad
#    {{logistic: db = sum(n, dz[n])}} \tag{2.7} $$
#
# **By hand.** One example with $z = \ln 3$, so $p = \tfrac34$: $\mathrm{d}z = -\tfrac14$ if $y = 1$, and
# $\tfrac34$ if $y = 0$.
#
# ### Exercise 2.13
#
# Write the first of (2.7), times `dloss`, the gradient that arrives from above.


# %%
@exercise("2.13", points=2)
def logistic_loss_backward(dloss, cache):
    """Gradient of the loss by the logits, equation (2.7).

    Args:
        dloss: a number.
        cache: (p, y) from logistic_loss_forward.

    Returns:
        dz (N,).
    """
    p, y = cache
    ### BEGIN SOLUTION
    dz = dloss * (p - y) / len(p)  # (N,)
    ### END SOLUTION
    return dz


# %%
z, y = np.array([1.3, -0.4, 0.0, 2.1, -3.0]), np.array([1, 0, 1, 0, 1])
layer_gradient_check(logistic_loss_forward, logistic_loss_backward, z, y, names=("z", "y"))

# %% [markdown]
# **Look.** The slope $p(1-p)$ of the sigmoid has cancelled. The squared error $(p - y)^2$ would keep it. See
# how hard each of them pulls at an example of class 1.

# %% tags=["nbval-ignore-output"]
layers = answers()
z = np.linspace(-8, 8, 321)
p, _ = layers.sigmoid_forward(z)
pulls = {"cross-entropy": p - 1, "squared error": 2 * (p - 1) * p * (1 - p)}
show.lines(
    {name: (z, pull) for name, pull in pulls.items()},
    x_label="logit z of an example of class 1",
    y_label="slope of its loss",
    title="Far left the model is sure and wrong",
)

# %%
expect(pulls["cross-entropy"][0], at_most=-0.99, about="slope of cross-entropy at z = -8")
expect(pulls["squared error"][0], at_least=-0.01, about="slope of the squared error at z = -8")

# %% [markdown]
# **What we saw.** Where the model is sure and wrong, cross-entropy pulls hardest. The squared error lets go
# there, of all places: next to nothing would be learnt.

# %% [markdown]
# ### A price on weights
#
# **Idea.** If a line parts the training points without error, steeper is always better: the weights grow
# without end. A penalty stops them.
#
# **Maths.** It has a strength $\lambda$ called `weight_decay`, and is added to the loss. The penalty, and the
# gradient that it gives by itself, are
#
# $$ \text{penalty} = \lambda \sum_{d,m} W_{dm}^2, \qquad {{l2_penalty: dW = 2*lam*W}} \tag{2.8} $$
#
# **By hand.** $W = (3, -4)$ and $\lambda = 0.1$: the penalty is 2.5, and $\mathrm{d}W = (0.6, -0.8)$.
#
# ### Exercises 2.14 and 2.15
#
# Write both, the second times `dpenalty`, the gradient that arrives from above.


# %%
@exercise("2.14", points=1)
def l2_penalty_forward(W, weight_decay):
    """Price of the weights, equation (2.8), left.

    Args:
        W: weights, any shape, float.
        weight_decay: the strength, a number.

    Returns:
        The penalty, a number, and the cache (W, weight_decay).
    """
    ### BEGIN SOLUTION
    penalty = weight_decay * (W**2).sum()
    ### END SOLUTION
    return penalty, (W, weight_decay)


# %%
@exercise("2.15", points=1)
def l2_penalty_backward(dpenalty, cache):
    """Gradient of the penalty, equation (2.8), right.

    Args:
        dpenalty: a number.
        cache: (W, weight_decay) from l2_penalty_forward.

    Returns:
        dW, the shape of W.
    """
    W, weight_decay = cache
    ### BEGIN SOLUTION
    dW = dpenalty * 2 * weight_decay * W
    ### END SOLUTION
    return dW


# %% [markdown]
# ### Exercise 2.16
#
# Put it together: logits, loss with penalty (the bias goes free), and both gradients. Call what you have
# written; where a blank is still open, the reference stands in.


# %%
@exercise("2.16", points=3)
def logistic_regression_loss_and_grads(params, X, y, weight_decay=0.0):
    """Loss of logistic regression, (2.6) plus (2.8), and its gradients.

    Args:
        params: w (D,) and b, a number.
        X: inputs, (N, D), float.
        y: labels, (N,), 0 or 1.
        weight_decay: the strength of the penalty.

    Returns:
        The loss, and grads with the keys of params.
    """
    w, b = params["w"], params["b"]
    ### BEGIN SOLUTION
    z = X @ w + b  # (N,)
    loss, cache = logistic_loss_forward(z, y)
    penalty, penalty_cache = l2_penalty_forward(w, weight_decay)
    dz = logistic_loss_backward(1.0, cache)  # (N,)
    dw = X.T @ dz + l2_penalty_backward(1.0, penalty_cache)  # (D,)
    db = dz.sum()
    loss = loss + penalty
    ### END SOLUTION
    return loss, {"w": dw, "b": db}


# %% [markdown]
# ## 4 Learning rates, seen from above
#
# **Idea.** With two weights the loss is a landscape over a plane, and gradient descent is a walk in it. We
# can watch it from above.
#
# **The data.** Zeros against ones, with two inputs: the ink left and right of the middle, both scaled to mean 0
# and standard deviation 1. A bias would bring another hundredth of accuracy; we leave it out, so that two
# weights $w_1$ and $w_2$ are all there is.

# %%
of_two = np.flatnonzero(digits.train.y < 2)[:700]
halves = digits.train.X[of_two].reshape(-1, 28, 2, 14) / 255.0  # (N, row, half, column)
ink = halves.mean(axis=(1, 3))  # (N, 2): left, right
X = (ink - ink.mean(axis=0)) / ink.std(axis=0)  # (N, 2)
y = (digits.train.y[of_two] == 0).astype(float)  # 1: it is a zero
strength = 0.003  # of the penalty
print("correlation of both inputs:", np.corrcoef(X.T)[0, 1].round(2))

# %% [markdown]
# Who has much ink on one side has much on the other. Make $w_1$ larger and $w_2$ smaller by the same
# amount, and hardly any logit changes: the loss is a long valley along that diagonal.
#
# ### Exercise 2.17
#
# The plainest rule of all: $w \leftarrow w - \eta\,\mathrm{d}w$, with the learning rate $\eta$. The state is for
# rules that remember something; hand it on as it came.


# %%
@exercise("2.17", points=1)
def sgd_update(w, dw, state, *, learning_rate):
    """One step of gradient descent.

    Args:
        w, dw: parameter and gradient, one shape, float.
        state: a dictionary; not used.
        learning_rate: eta, a number.

    Returns:
        The new w and the state.
    """
    ### BEGIN SOLUTION
    w = w - learning_rate * dw
    ### END SOLUTION
    return w, state


# %%
layers = answers()


def loss_and_slope(w, rows=slice(None)):
    """Loss and gradient at w (2,), from all examples or some of them."""
    params = {"w": w, "b": 0.0}
    loss, grads = layers.logistic_regression_loss_and_grads(params, X[rows], y[rows], strength)
    return loss, grads["w"]


def walk(rule, steps=40, start=(-1.0, 4.0), **settings):
    """Points that a rule visits, (steps + 1, 2), always with the gradient of all examples."""
    path, state = [np.array(start)], {}
    for _ in range(steps):
        w, state = rule(path[-1], loss_and_slope(path[-1])[1], state, **settings)
        path.append(w)
    return np.array(path)


# %%
def surface(w1, w2):
    """The loss over the plane, for the contour lines; w1 and w2 of one shape."""
    w = np.stack([w1.ravel(), w2.ravel()])  # (2, K)
    Z = X @ w  # (N, K)
    losses = np.logaddexp(0, Z).mean(axis=0) - y @ Z / len(y) + strength * (w**2).sum(axis=0)
    return losses.reshape(w1.shape)


def excess(w1, w2):
    """How far the loss is above its minimum, `floor`, which is found below."""
    return surface(w1, w2) - floor


# %% [markdown]
# ### How steep is the valley?
#
# **Idea.** Near its lowest point a smooth loss looks like a parabola. How it curves in every direction stands
# in the *Hessian* $H$, the derivatives of the gradient. Along an eigenvector of $H$ with eigenvalue
# $\kappa$, a step of gradient descent multiplies the distance to the minimum by $1 - \eta\kappa$:
#
# - $\eta\kappa < 1$: it creeps towards the minimum from one side;
# - $1 < \eta\kappa < 2$: it leaps over it, to and fro, closer each time;
# - $\eta\kappa > 2$: each leap is longer than the last.
#
# So the direction that curves most, alone, decides how large a rate may be:
#
# $$ \eta_{\max} = \frac{2}{\kappa_{\max}} \tag{2.9} $$

# %% [markdown]
# **Maths.** Differentiate the gradient of (2.7), $g = \frac1N X^\top (p - y)$, once more. The slope of $p$ is
# $p(1-p)$:
#
# $$ {{logistic_slope: diff(g[i], w[j]) = sum(n, X[n,i] * p[n] * (1 - p[n]) * X[n,j]) / N}} \tag{2.10} $$
#
# These are the entries of $H$, of shape $(D, D)$. The penalty $\lambda \sum w^2$ adds $2\lambda$ on its diagonal.
#
# **By hand.** One example, one input $x = 2$, $p = \tfrac12$, no penalty: $H = 2 \cdot \tfrac14 \cdot 2 = 1$, so
# rates below 2 are stable.
#
# ### Exercises 2.18 and 2.19
#
# Write (2.10) with the penalty, and (2.9).


# %%
@exercise("2.18", points=3)
def logistic_hessian(X, p, weight_decay=0.0):
    """Second derivatives of the loss of logistic regression by w, equation (2.10).

    Args:
        X: inputs, (N, D), float.
        p: probabilities, (N,), float.
        weight_decay: the strength of the penalty.

    Returns:
        H (D, D).
    """
    N, D = X.shape
    ### BEGIN SOLUTION
    slope = p * (1 - p)  # (N,)
    H = X.T @ (X * slope[:, None]) / N + 2 * weight_decay * np.eye(D, dtype=X.dtype)
    ### END SOLUTION
    return H


# %%
@exercise("2.19", points=2)
def largest_stable_rate(H):
    """The rate above which gradient descent leaves the minimum, equation (2.9).

    Args:
        H: Hessian at the minimum, (D, D), symmetric.

    Returns:
        A number.
    """
    ### BEGIN SOLUTION
    rate = 2 / np.linalg.eigvalsh(H).max()
    ### END SOLUTION
    return rate


# %% [markdown]
# With the Hessian we can do even better than descend: *Newton's step* $w \leftarrow w - H^{-1} g$ jumps to
# the lowest point of the parabola that fits here. A dozen of them find the minimum to the last digit, and
# there we read off the limit.

# %%
layers = answers()


def hessian_at(w):
    """Hessian of the loss at w, (2, 2)."""
    p, _ = layers.sigmoid_forward(X @ w)
    return layers.logistic_hessian(X, p, strength)


lowest = np.zeros(2)
for _ in range(12):
    lowest = lowest - np.linalg.solve(hessian_at(lowest), loss_and_slope(lowest)[1])
floor = loss_and_slope(lowest)[0]
limit = layers.largest_stable_rate(hessian_at(lowest))
expect(np.abs(loss_and_slope(lowest)[1]).max(), at_most=1e-12, about="gradient at the minimum")

# %% tags=["nbval-ignore-output"]
print(f"lowest point {lowest.round(3)}, loss {loss_and_slope(lowest)[0]:.4f} nats")
print(
    f"curvatures {np.linalg.eigvalsh(hessian_at(lowest)).round(4)}: largest stable rate {limit:.1f}"
)

# %% [markdown]
# scikit-learn minimises the same loss and calls the strength of its penalty `C`, which is $1 / (2 \lambda N)$. It
# should find the same point.

# %%
library = LogisticRegression(
    C=1 / (2 * strength * len(y)), fit_intercept=False, solver="newton-cholesky", tol=1e-12
)
distance = np.abs(library.fit(X, y).coef_[0] - lowest).max()
expect(distance, at_most=1e-6, about="distance to scikit-learn's weights")

# %% [markdown]
# **Look.** Four rates: very small, moderate, just below the limit, just above it.

# %% tags=["nbval-ignore-output"]
rates = {
    "rate 1": 1.0,
    "rate 10": 10.0,
    "0.95 of the limit": 0.95 * limit,
    "1.05 of the limit": 1.05 * limit,
}
paths = {name: walk(layers.sgd_update, learning_rate=rate) for name, rate in rates.items()}
frame = {"x_range": (-2.5, 8.5), "y_range": (-3.5, 6.5), "columns": 2}
show.paths_on_contour(excess, paths, **frame, title="Forty steps at four rates")

# %% tags=["nbval-ignore-output"]
show.lines(
    {name: (range(len(path)), excess(*path.T) + 1e-12) for name, path in paths.items()},
    x_label="step",
    y_label="loss above the minimum (nats)",
    log_y=True,
    title="The same forty steps",
)

# %%
long_walk = {name: walk(layers.sgd_update, 400, learning_rate=r) for name, r in rates.items()}
left = {name: excess(*path[-1:].T)[0] for name, path in long_walk.items()}
expect(left["0.95 of the limit"], at_most=1e-9, about="400 steps below the limit: excess loss")
expect(left["1.05 of the limit"], at_least=1e-4, about="400 steps above the limit: excess loss")

# %% [markdown]
# **What we saw.** Below the limit the walk arrives. Above it, it comes close, then jumps to and fro for ever. It
# does not explode, because far out the slope of *this* loss hardly grows; the net of lesson 03 has no such
# bound, and does explode.
#
# The limit belongs to the place where the Hessian is taken. At $w = 0$, where every $p$ is $\tfrac12$, the
# same loss curves more than ten times as much: a rate that settles at the minimum may still leap wildly at
# the start.

# %%
limit_at_0 = layers.largest_stable_rate(hessian_at(np.zeros(2)))
print(f"limit at w = 0: {limit_at_0:.1f}")
expect(limit / limit_at_0, at_least=10, about="limit at the minimum over that at w = 0")

# %% [markdown]
# ### Rules that remember
#
# **Idea.** *Momentum* keeps a velocity: swings cancel, the way along the valley adds up. *RMSProp* divides each
# weight's step by the recent size of its gradient, so that steep and flat directions move alike. *Adam* does
# both. Momentum and Adam are exercises of lesson 03; here they only run.
#
# **Maths.** RMSProp keeps a running mean $s$ of the squared gradients, of the shape of $w$; $\beta$ says how
# much of the old mean stays, and a tiny $\varepsilon$ keeps 0 out of the denominator:
#
# $$ s \leftarrow \beta s + (1-\beta)\,\mathrm{d}w^2, \qquad
#    w \leftarrow w - \eta\,\frac{\mathrm{d}w}{\sqrt{s} + \varepsilon} \tag{2.11} $$
#
# **By hand.** First step, $\beta = 0.99$, $\mathrm{d}w = 1$: $s = 0.01$, and the step is $10\,\eta$ long. If
# $\mathrm{d}w$ is a thousand times smaller: $10\,\eta$ again.
#
# ### Exercise 2.20
#
# Write (2.11). The state is empty before the first step, and $s$ is 0; `eps` stands outside the root.


# %%
@exercise("2.20", points=2)
def rmsprop_update(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    """One step of RMSProp, equation (2.11).

    Args:
        w, dw: parameter and gradient, one shape, float.
        state: {} or {"s": running mean of dw**2}.
        learning_rate, decay, eps: numbers; decay is beta.

    Returns:
        The new w and the new state.
    """
    ### BEGIN SOLUTION
    s = decay * state.get("s", 0.0) + (1 - decay) * dw**2
    w = w - learning_rate * dw / (np.sqrt(s) + eps)
    ### END SOLUTION
    return w, {"s": s}


# %% tags=["nbval-ignore-output"]
layers = answers()
rules = {
    "gradient descent, rate 10": (layers.sgd_update, {"learning_rate": 10.0}),
    "momentum 0.8, rate 5": (nn.momentum_update, {"learning_rate": 5.0, "momentum": 0.8}),
    "RMSProp, rate 0.3": (layers.rmsprop_update, {"learning_rate": 0.3, "decay": 0.9}),
    "Adam, rate 0.5": (nn.adam_update, {"learning_rate": 0.5}),
}
show.paths_on_contour(
    excess,
    {name: walk(rule, **settings) for name, (rule, settings) in rules.items()},
    **frame,
    title="Forty steps of four rules",
)

# %% tags=["nbval-ignore-output"]
long_walks = {name: walk(rule, 400, **settings) for name, (rule, settings) in rules.items()}
show.lines(
    {name: (range(101), excess(*path[:101].T) + 1e-12) for name, path in long_walks.items()},
    x_label="step",
    y_label="loss above the minimum (nats)",
    log_y=True,
    title="A hundred steps of four rules",
)

# %%
last_steps = np.abs(np.diff(long_walks["RMSProp, rate 0.3"][-20:], axis=0))  # (19, 2)
expect(last_steps.min(), at_least=0.29, about="RMSProp, shortest of the last steps in a weight")
expect(last_steps.max(), at_most=0.31, about="RMSProp, longest of the last steps in a weight")
ends = {name: excess(*path[-1:].T)[0] for name, path in long_walks.items()}
expect(ends["momentum 0.8, rate 5"], at_most=1e-9, about="momentum, excess loss after 400 steps")
expect(ends["RMSProp, rate 0.3"], at_least=1e-4, about="RMSProp, excess loss after 400 steps")

# %% [markdown]
# **What we saw.** RMSProp sets out along the diagonal: its first step is equally long in both weights, however
# different their gradients. It never comes to rest: it divides even the smallest gradient by its own size, so
# its steps stay $\eta$ long. With a rate that falls it would settle. Momentum and Adam run past the minimum,
# turn round and arrive.
#
# None of them shines here: this valley curves only about four times as much across as along. Rules that
# remember earn their keep where it is a thousand times.

# %% [markdown]
# ### Question 2.21
#
# How well can plain descent do? In the valley $\tfrac12 (a x^2 + b y^2)$ with the curvatures $a < b$, a step
# multiplies the distance along $x$ by $1 - \eta a$ and along $y$ by $1 - \eta b$. Which rate makes the slower of
# the two as fast as possible? Write a formula of `a` and `b`, in quotes.


# %%
@exercise("2.21", points=1)
def best_rate_in_a_valley():
    """The best rate for curvatures a < b, as a formula, for example "a * b"."""
    ### BEGIN SOLUTION
    answer = "2 / (a + b)"
    ### END SOLUTION
    return answer


# %% [markdown]
# **Look.** Measured: twenty steps at each of many rates. Put the two curvatures that were printed above into
# your formula and divide by the limit. Is the dip where you say?

# %% tags=["nbval-ignore-output"]
shares = np.linspace(0.02, 1.1, 55)  # of the limit
left = [
    excess(*walk(layers.sgd_update, 20, learning_rate=share * limit)[-1:].T)[0] for share in shares
]
show.lines(
    {"after twenty steps": (shares, left)},
    x_label="rate, as a share of the limit",
    y_label="loss above the minimum (nats)",
    log_y=True,
    title="Twenty steps of gradient descent at 55 rates",
)

# %%
best_share = shares[np.argmin(left)]
expect(best_share, at_least=0.74, at_most=0.88, about="best rate as a share of the limit")

# %% [markdown]
# **What we saw.** The best rate is not far below the limit: there the flat direction creeps and the steep one
# leaps, and both come closer at the same pace. The longer the valley, the slower that pace, at any rate.

# %% [markdown]
# ### Fewer examples a step
#
# **Idea.** The gradient of all examples is expensive; that of a few is noisy, but on average it points the same
# way. *Stochastic* gradient descent takes one example a step, *mini-batches* a handful. An *epoch* is once
# through all examples, and each walk below takes ten.


# %%
def walk_in_batches(batch_size, learning_rate, falling=1.0, epochs=10, start=(-1.0, 4.0)):
    """Path of gradient descent on shuffled batches; the rate is multiplied by falling per epoch."""
    path, rng = [np.array(start)], np.random.default_rng(4)
    for _ in range(epochs):
        order = rng.permutation(len(y))
        for first in range(0, len(y), batch_size):
            dw = loss_and_slope(path[-1], order[first : first + batch_size])[1]
            w, _ = layers.sgd_update(path[-1], dw, {}, learning_rate=learning_rate)
            path.append(w)
        learning_rate *= falling
    return np.array(path)


# %% tags=["nbval-ignore-output"]
noisy = {
    "all examples, rate 10": walk_in_batches(len(y), 10.0),
    "32 a step, rate 10": walk_in_batches(32, 10.0),
    "32 a step, rate 10, falling": walk_in_batches(32, 10.0, falling=0.6),
    "1 a step, rate 0.3": walk_in_batches(1, 0.3),
}
show.paths_on_contour(excess, noisy, **frame, title="Ten epochs with batches")

# %% tags=["nbval-ignore-output"]
by_epoch = {
    name: excess(*path[:: (len(path) - 1) // 10].T) for name, path in noisy.items()
}  # 11 numbers each: before the first epoch, and after every one
show.lines(
    {name: (range(11), losses) for name, losses in by_epoch.items()},
    x_label="epoch",
    y_label="loss above the minimum (nats)",
    log_y=True,
    title="After as many looks at every example",
)

# %%
after_three = by_epoch["all examples, rate 10"][3] / by_epoch["32 a step, rate 10"][3]
expect(after_three, at_least=5, about="excess after three epochs, full descent over batches")
settled = {
    (rate, falling): excess(*walk_in_batches(32, rate, falling)[-22:].T).mean()
    for rate, falling in ((5.0, 1.0), (20.0, 1.0), (10.0, 1.0), (10.0, 0.6))
}  # mean excess over the last epoch
expect(settled[20.0, 1.0] / settled[5.0, 1.0], at_least=2, about="excess at rate 20 over rate 5")
expect(settled[10.0, 1.0] / settled[10.0, 0.6], at_least=10, about="constant over falling rate")

# %% [markdown]
# **What we saw.** In three epochs full descent has made three steps, batches of 32 sixty-six: noisy steps
# are cheap, and there are many more of them. But with a constant rate they never settle; the noise keeps
# them dancing, the wider the larger the rate. Let the rate fall, and they come to rest. So: begin large, end
# small.

# %% [markdown]
# ## 5 Softmax regression on the digits
#
# **Idea.** The same with $C = 10$ classes and all $D = 784$ pixels: each class has a weight for each pixel, its
# *template*. One matrix product, softmax, the surprise at the label.
#
# **Maths.** With $Z = XW + b$ and $P$ from (2.1),
#
# $$ L_{\text{total}} = -\frac1N \sum_n \ln P_{n y_n} + \lambda \sum_{dc} W_{dc}^2, \qquad
#    {{softmax_cross_entropy: dZ[n,c] = (P[n,c] - delta(c,y[n])) / N}} \tag{2.12} $$
#
# where $\delta$ is 1 if both indices are equal, and 0 else: what you said, minus what was true. From there as in
# (2.7), with the penalty's share: $\mathrm{d}W = X^\top \mathrm{d}Z + 2 \lambda W$ and
# $\mathrm{d}b = \sum_n \mathrm{d}Z_n$.
#
# **By hand.** One example $x = (1, 2)$ with the label 0, two classes, all weights 0: $P = (\tfrac12, \tfrac12)$,
# $\mathrm{d}Z = (-\tfrac12, \tfrac12)$, $\mathrm{d}W = \begin{pmatrix} -\tfrac12 & \tfrac12 \\ -1 & 1 \end{pmatrix}$.

# %% [markdown]
# ### Exercise 2.22
#
# Write loss and gradients, for logits of any size: take off the largest of each row first, and
# $\ln P_{nc} = Z_{nc} - \ln \sum_k e^{Z_{nk}}$ needs no logarithm of a tiny number.


# %%
@exercise("2.22", points=4)
def softmax_regression_loss_and_grads(params, X, y, weight_decay=0.0):
    """Loss of softmax regression and its gradients, equation (2.12).

    Args:
        params: W (D, C) and b (C,).
        X: inputs, (N, D), float.
        y: labels, (N,), integers from 0 to C - 1.
        weight_decay: the strength of the penalty.

    Returns:
        The loss, and grads with the keys and shapes of params.
    """
    W, b = params["W"], params["b"]
    N = len(y)
    ### BEGIN SOLUTION
    Z = X @ W + b  # (N, C)
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))  # (N, C)
    loss = -log_P[np.arange(N), y].mean() + weight_decay * (W**2).sum()
    dZ = np.exp(log_P)  # (N, C)
    dZ[np.arange(N), y] -= 1
    dZ /= N
    dW = X.T @ dZ + 2 * weight_decay * W  # (D, C)
    db = dZ.sum(axis=0)  # (C,)
    ### END SOLUTION
    return loss, {"W": dW, "b": db}


# %%
rng = np.random.default_rng(5)
params = {"W": rng.standard_normal((6, 4)), "b": rng.standard_normal(4)}
X_small, y_small = rng.standard_normal((5, 6)), np.array([0, 3, 1, 1, 2])
layers = answers()
_, grads = layers.softmax_regression_loss_and_grads(params, X_small, y_small, 0.1)
gradient_check(
    lambda params: layers.softmax_regression_loss_and_grads(params, X_small, y_small, 0.1)[0],
    params,
    grads,
)

# %% [markdown]
# ### Question 2.23
#
# How many numbers does softmax regression learn for digits of 28×28 pixels and ten classes?


# %%
@exercise("2.23", points=1)
def parameters_of_softmax_regression():
    """The number of parameters, a whole number."""
    ### BEGIN SOLUTION
    answer = 784 * 10 + 10
    ### END SOLUTION
    return answer


# %% [markdown]
# ### Training
#
# Your gradient in a loop: shuffle, cut into batches, step. The rate falls by a tenth each epoch. All
# weights may start at 0 here: there are no hidden units that would stay alike.


# %%
def train_softmax(X, y, C, *, epochs, learning_rate, weight_decay, batch_size=50, seed=0):
    """Softmax regression by momentum on batches; gives its params."""
    rng = np.random.default_rng(seed)
    params = {"W": np.zeros((X.shape[1], C), X.dtype), "b": np.zeros(C, X.dtype)}
    states = {key: {} for key in params}
    for _ in show.progress_bar(range(epochs), description="softmax regression"):
        order = rng.permutation(len(y))
        for first in range(0, len(y), batch_size):
            rows = order[first : first + batch_size]
            _, grads = layers.softmax_regression_loss_and_grads(
                params, X[rows], y[rows], weight_decay
            )
            for key in params:
                params[key], states[key] = nn.momentum_update(
                    params[key], grads[key], states[key], learning_rate=learning_rate
                )
        learning_rate *= 0.9
    return params


def probabilities(params, X):
    """P (N, C) of a softmax regression."""
    return layers.softmax(X @ params["W"] + params["b"])


# %% tags=["nbval-ignore-output"]
to_floats = PixelScaler.fit(digits.train.X)
X_train, X_validation = to_floats(digits.train.X), to_floats(digits.validation.X)
first_rate = {"quick": 0.02, "full": 0.005}[profile]  # more digits, more steps an epoch
fits = {}
for weight_decay in (0.0, 1e-3, 1e-2, 1e-1):
    params = train_softmax(
        X_train, digits.train.y, 10,
        epochs=20, learning_rate=first_rate, weight_decay=weight_decay,
    )  # fmt: skip
    P_train, P_validation = probabilities(params, X_train), probabilities(params, X_validation)
    right = np.mean(P_train.argmax(axis=1) == digits.train.y)
    right_new = np.mean(P_validation.argmax(axis=1) == digits.validation.y)
    surprise = -np.log(P_validation[np.arange(len(P_validation)), digits.validation.y]).mean()
    fits[weight_decay] = {"params": params, "loss": surprise, "accuracy": right_new}
    print(
        f"weight_decay {weight_decay:<5g}: training {right:.1%}, validation {right_new:.1%}, {surprise:.3f} nats"
    )

# %% [markdown]
# **What we saw.** Without a penalty 3,500 training digits are known nearly by heart, and the validation digits
# pay for it. (All of MNIST, in the full profile, is too much to know by heart: there a penalty gains nothing.)
#
# The validation *loss* chooses the penalty: it hears every digit's probability, where accuracy hears only
# right or wrong. The test digits are looked at once, with the fit that was chosen.

# %% tags=["nbval-ignore-output"]
chosen = min(fits, key=lambda weight_decay: fits[weight_decay]["loss"])
params = fits[chosen]["params"]
X_test = to_floats(digits.test.X)
P_test = probabilities(params, X_test)
test_accuracy = np.mean(P_test.argmax(axis=1) == digits.test.y)
print(f"weight_decay {chosen:g}, test accuracy {test_accuracy:.2%}")

# %%
expect(test_accuracy, at_least={"quick": 0.88, "full": 0.9219}[profile], about="test accuracy")

# %% [markdown]
# **Look.** The ten templates. Ink on purple pixels speaks for the class, on orange ones against it: the 0
# hates ink in its middle, the 1 loves a stroke there.

# %% tags=["nbval-ignore-output"]
show.weight_images(params["W"], count=10, columns=5, in_order=True, title="Templates of 0 to 9")

# %% [markdown]
# ### Exercise 2.24
#
# Which digits are taken for which? Count in a table, the *confusion matrix*: the row is the label, the column
# the answer. A class that never occurs keeps a row of zeros.
#
# **By hand.** Labels $(0, 1, 1)$ and answers $(0, 1, 0)$ give $\begin{pmatrix} 1 & 0 \\ 1 & 1 \end{pmatrix}$.


# %%
@exercise("2.24", points=2)
def confusion_matrix(y, predicted, C):
    """How often each label got each answer.

    Args:
        y: labels, (N,), integers from 0 to C - 1.
        predicted: answers, (N,), integers from 0 to C - 1.
        C: number of classes.

    Returns:
        counts (C, C): row label, column answer.
    """
    ### BEGIN SOLUTION
    counts = np.zeros((C, C), int)
    np.add.at(counts, (y, predicted), 1)
    ### END SOLUTION
    return counts


# %% [markdown]
# **Look.** Right answers are grey. In the other cells are the mistakes: 4, 7 and 9 have strokes in common, and
# so have 3, 5 and 8.

# %% tags=["nbval-ignore-output"]
layers = answers()
counts = layers.confusion_matrix(digits.test.y, P_test.argmax(axis=1), 10)
show.confusion(counts, title="Softmax regression on the test digits")

# %% [markdown]
# ### Can its probabilities be believed?
#
# **Idea.** The *confidence* of an answer is its probability. Of all answers given with a confidence of 80 %,
# 80 % should be right. If fewer are, the model is too sure of itself.
#
# **Look.** A *calibration curve* puts answers into bins by their confidence, and draws how many are right. We
# compare two fits, so these are the validation digits; the test has been looked at.

# %% tags=["nbval-ignore-output"]
show.calibration(
    probabilities(fits[0.0]["params"], X_validation),
    digits.validation.y,
    title="Validation digits, no penalty",
)

# %% tags=["nbval-ignore-output"]
show.calibration(
    probabilities(fits[1e-1]["params"], X_validation),
    digits.validation.y,
    title="Validation digits, weight_decay 0.1",
)

# %% tags=["nbval-ignore-output"]
too_sure = {}
for weight_decay, fit in fits.items():
    confidence = probabilities(fit["params"], X_validation).max(axis=1).mean()
    too_sure[weight_decay] = confidence - fit["accuracy"]
    print(f"weight_decay {weight_decay:<5g}: sure {confidence:.1%}, right {fit['accuracy']:.1%}")

# %%
at_least = {"quick": 0.01, "full": -0.02}[profile]
expect(too_sure[0.0], at_least=at_least, about="confidence above accuracy, no penalty")
expect(too_sure[1e-1], at_most=-0.08, about="confidence above accuracy, weight_decay 0.1")

# %% [markdown]
# **What we saw.** Large weights make large logits, and large logits make a model sure. Fitted to few digits
# without a penalty it is too sure; with a strong penalty it is much too modest. (Fitted to all of MNIST it is
# about right with no penalty at all.) Accuracy alone shows none of this.

# %% [markdown]
# ## 6 Principal components
#
# **Idea.** A digit is 784 numbers, but digits are far from filling that space: neighbouring pixels go
# together. Which direction do they spread along most? Then, at right angles to it, which next? These
# *principal components* are a better set of axes: a few of them carry most of the variance.
#
# **Maths.** Take the mean $\mu$ off every row: $\bar X = X - \mu$. The variance along a unit vector $v$ is
# $v^\top S v$ with $S = \frac{1}{N-1} \bar X^\top \bar X$; it is largest for the eigenvector of $S$ with the largest
# eigenvalue. The singular value decomposition of $\bar X$ gives the same without building $S$:
#
# $$ \bar X = U \,\mathrm{diag}(\sigma)\, V^\top, \qquad \text{components: rows of } V^\top, \qquad
#    \text{variances: } \frac{\sigma_k^2}{N-1} \tag{2.13} $$

# %% [markdown]
# **By hand.** The points $(1, 1)$, $(-1, -1)$, $(2, 2)$, $(-2, -2)$ have mean 0 and lie on a line: the first
# component is $(1, 1)/\sqrt2$ with the variance $(2 + 2 + 8 + 8)/3 = 6.67$, the second has the variance 0.
#
# $(-1, -1)/\sqrt2$ would be just as right: a direction has two ends. The verdict accepts both.
#
# ### Exercise 2.25
#
# Write PCA. `np.linalg.svd(…, full_matrices=False)` returns $U$, $\sigma$ and $V^\top$, largest first; any other way is
# welcome.


# %%
@exercise("2.25", points=4)
def pca_fit(X, k):
    """Mean, the first k principal components and their variances, equation (2.13).

    Args:
        X: (N, D), float.
        k: number of components, at most N and D.

    Returns:
        mean (D,), components (k, D) with unit rows, variances (k,), largest first.
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=0)
    _, sigma, Vt = np.linalg.svd(X - mean, full_matrices=False)
    components = Vt[:k]  # (k, D)
    variances = sigma[:k] ** 2 / (len(X) - 1)  # (k,)
    ### END SOLUTION
    return mean, components, variances


# %%
layers = answers()
pictures = digits.train.X[:3000] / 255.0  # (N, 784), from 0 to 1
mean, components, variances = layers.pca_fit(pictures, 100)

# %% [markdown]
# **Look.** The first sixteen *eigendigits*. A digit is the mean plus so much of the first, so much of the
# second, … Early ones are broad (round or straight?), later ones are fine.

# %% tags=["nbval-ignore-output"]
show.weight_images(components.T, count=16, in_order=True, title="The first sixteen eigendigits")

# %% [markdown]
# scikit-learn should agree, but for the sign of each component:

# %%
library = PCA(n_components=20, svd_solver="full").fit(pictures)
overlap = np.abs((library.components_ * components[:20]).sum(axis=1))  # 1: the same direction
expect(np.abs(overlap - 1).max(), at_most=1e-6, about="components against scikit-learn")
difference = np.abs(library.explained_variance_ / variances[:20] - 1).max()
expect(difference, at_most=1e-6, about="variances against scikit-learn")

# %% [markdown]
# ### Squeeze and rebuild
#
# **Maths.** The coordinates of an example along the components are its *scores*; the nearest point that
# $k$ components can reach is the mean plus the components by the scores:
#
# $$ \underset{(N,k)}{T} = (X - \mu)\, V, \qquad \underset{(N,D)}{\hat X} = \mu + T\, V^\top \tag{2.14} $$
#
# where the $k$ columns of $V$ are the components (in code they are rows).
#
# **By hand.** With $\mu = 0$ and the component $(1, 1)/\sqrt2$, the point $(3, 1)$ has the score
# $4/\sqrt2 = 2.83$ and is rebuilt as $(2, 2)$: the nearest point of that line.
#
# ### Exercise 2.26
#
# Write both equations.


# %%
@exercise("2.26", points=2)
def pca_compress(X, mean, components):
    """Scores of examples and what is rebuilt from them, equation (2.14).

    Args:
        X: (N, D), float.
        mean: (D,).
        components: (k, D), unit rows.

    Returns:
        scores (N, k) and X_hat (N, D).
    """
    ### BEGIN SOLUTION
    scores = (X - mean) @ components.T  # (N, k)
    X_hat = mean + scores @ components  # (N, D)
    ### END SOLUTION
    return scores, X_hat


# %% tags=["nbval-ignore-output"]
layers = answers()
some = digits.test.X[:8] / 255.0  # (8, 784); digits that the components have not seen
rebuilt = {k: layers.pca_compress(some, mean, components[:k])[1] for k in (2, 10, 30, 100)}
show.reconstructions(some, rebuilt, title="Digits rebuilt from k numbers each")

# %% [markdown]
# ### The same without any decomposition
#
# **Idea.** Multiply any vector by $S$ again and again. Its part along the first eigenvector is multiplied by the
# largest eigenvalue $\kappa_1$ each time, every other part by a smaller one. After many steps only the first
# is left. This is the *power iteration*.
#
# **Maths.** From any start $v$ that is not at right angles to that eigenvector,
#
# $$ v \leftarrow \frac{S v}{\lVert S v \rVert}, \qquad \kappa_1 = v^\top S v, \qquad
#    \text{error} \sim \Big|\frac{\kappa_2}{\kappa_1}\Big|^{\text{steps}} \tag{2.15} $$
#
# **By hand.** $S = \begin{pmatrix} 2 & 1 \\ 1 & 2 \end{pmatrix}$, $v = (1, 0)$: first $(2, 1)/\sqrt5$, then
# $(5, 4)/\sqrt{41}$; the limit is $(1, 1)/\sqrt2$ with $\kappa_1 = 3$.
#
# ### Exercise 2.27
#
# Write (2.15), as many steps as are asked for, and the eigenvalue at the vector that you return. Again the
# sign of the vector is free.


# %%
@exercise("2.27", points=3)
def power_iteration(S, v, steps):
    """The eigenvector whose eigenvalue is largest in size, equation (2.15).

    Args:
        S: symmetric, (D, D), float.
        v: where to start, (D,), float.
        steps: how many multiplications, a whole number.

    Returns:
        The eigenvalue, a number, and the eigenvector (D,) of length 1.
    """
    ### BEGIN SOLUTION
    v = v / np.linalg.norm(v)  # (D,)
    for _ in range(steps):
        v = S @ v
        v = v / np.linalg.norm(v)
    eigenvalue = v @ S @ v
    ### END SOLUTION
    return eigenvalue, v


# %% [markdown]
# **Look.** How far is the vector from the first component after so many steps? And how fast should it come
# closer, by (2.15)?

# %% tags=["nbval-ignore-output"]
layers = answers()
centred = pictures - mean  # (N, D)
S = centred.T @ centred / (len(pictures) - 1)  # (D, D)
start = np.random.default_rng(7).standard_normal(784)
steps = np.arange(0, 61, 4)
errors = []
for count in steps:
    _, v = layers.power_iteration(S, start, int(count))
    errors.append(np.linalg.norm(v - (v @ components[0]) * components[0]))
predicted = errors[4] * (variances[1] / variances[0]) ** (steps - steps[4])
show.lines(
    {"measured": (steps, errors), "predicted slope": (steps, predicted)},
    x_label="steps",
    y_label="distance from the first component",
    log_y=True,
    title="Power iteration on the digits",
)

# %%
ratio = errors[-1] / predicted[-1]
expect(ratio, at_least=0.9, at_most=1.1, about="measured distance over predicted, at the end")

# %% [markdown]
# **What we saw.** The distance falls as fast as (2.15) says.
#
# For the second component take the first out of the data and begin again. `nn.power_pca` does that for as
# many as you ask, and never builds $S$: $\bar X^\top (\bar X v)$ is cheaper.

# %%
_, by_power, power_variances = nn.power_pca(pictures, 5, np.random.default_rng(8))
overlap = np.abs((by_power * components[:5]).sum(axis=1))
expect(np.abs(overlap - 1).max(), at_most=1e-6, about="power iteration against SVD, components")
difference = np.abs(power_variances / variances[:5] - 1).max()
expect(difference, at_most=1e-6, about="power iteration against SVD, variances")

# %% [markdown]
# ### How many are needed?
#
# **By hand.** Of the variances $(6, 3, 1)$ the first carries a share of 0.6, the first two carry 0.9. For a share
# of 0.8 two components are needed, for 0.9 also two.
#
# ### Exercise 2.28
#
# Find the smallest number of components whose variances sum to at least a given share of all.


# %%
@exercise("2.28", points=1)
def components_needed(variances, share):
    """How many components carry this share of the variance.

    Args:
        variances: all of them, (K,), largest first.
        share: above 0, up to 1.

    Returns:
        A whole number.
    """
    ### BEGIN SOLUTION
    carried = np.cumsum(variances) / np.sum(variances)  # (K,)
    count = int(np.argmax(carried >= share - 1e-12)) + 1  # rounding must not cost one more
    ### END SOLUTION
    return count


# %% [markdown]
# **Look.** The share of each component, and of the first so many together.

# %% tags=["nbval-ignore-output"]
layers = answers()
_, _, spectrum = layers.pca_fit(pictures, 784)
show.spectrum(spectrum, title="Digits of 784 pixels")

# %%
for share in (0.5, 0.8, 0.9, 0.95):
    print(f"{share:.0%} of the variance: {layers.components_needed(spectrum, share)} components")

# %% [markdown]
# ### Question 2.29
#
# The other side of the coin. A data set has four components, of variances 4, 3, 2 and 1; keep the first two.
# What is lost is the mean squared distance from the points to the rebuilt ones: which share of the total
# variance is that?


# %%
@exercise("2.29", points=1)
def variance_lost():
    """The share of the variance that is lost, a number from 0 to 1."""
    ### BEGIN SOLUTION
    answer = (2 + 1) / (4 + 3 + 2 + 1)
    ### END SOLUTION
    return answer


# %% [markdown]
# ### Does a classifier need more?
#
# **Look.** Softmax regression once more, now on the first $k$ scores instead of 784 pixels.


# %% tags=["nbval-ignore-output"]
def scores_of(split, k):
    """The first k scores of a split, (N, k), each of spread 1 over the training digits."""
    scores, _ = layers.pca_compress(split.X / 255.0, mean, components[:k])
    return scores / np.sqrt(variances[:k])


counts = (1, 2, 5, 10, 20, 40, 80)
on_components = []
for k in counts:
    found = train_softmax(
        scores_of(digits.train, k), digits.train.y, 10,
        epochs=6, learning_rate=0.02, weight_decay=1e-4,
    )  # fmt: skip
    answered = probabilities(found, scores_of(digits.validation, k)).argmax(axis=1)
    on_components.append(np.mean(answered == digits.validation.y))
show.lines(
    {"on k components": (counts, on_components)},
    x_label="number of components k",
    y_label="validation accuracy",
    log_x=True,
    marks={"784 pixels": fits[chosen]["accuracy"]},
    title="Softmax regression on principal components",
)

# %%
expect(on_components[5], at_least=0.85, about="validation accuracy on 40 components")

# %% [markdown]
# **What we saw.** To a linear classifier forty numbers say nearly as much about a digit as all its pixels. PCA
# has never seen a label, though: it keeps what *varies*, not what *tells classes apart*. Here both go
# together. That need not be so.
#
# Nor does it know about units: a pixel counted in thousandths would vary a million times as much, and the
# first component would be that pixel. Inputs of different kinds are scaled to the same spread before PCA.

# %% [markdown]
# ### Eigenfaces
#
# The same on photographs of faces is a classic: forty people, ten pictures each, 4,096 pixels. Comparing
# scores recognises people, in spite of the light, which the first components mostly follow. 400 pictures have
# at most 399 components, far fewer than pixels: so the SVD of $\bar X$ is the way, and not the eigenvectors of a
# matrix of 4096×4096.
#
# The pictures are used in the next two cells only. In the quick profile, or without them, the first cell
# says so.

# %% tags=["nbval-ignore-output"]
faces = None
try:
    faces = load_faces(profile)
    print(faces)
except DataError as reason:
    print(fill(f"No faces here, so the next cell draws none. {reason}", 96))

# %% tags=["nbval-ignore-output"]
picture = None
if faces is not None:
    flat = faces.X.reshape(len(faces.X), -1) / 255.0  # (400, 4096)
    face_mean, eigenfaces, _ = layers.pca_fit(flat, 100)
    picture = show.weight_images(
        eigenfaces.T, count=16, in_order=True, shape=(64, 64), title="The first sixteen eigenfaces"
    )
picture

# %% [markdown]
# ## 7 Where you stand

# %%
progress()

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $N, D, M, C$ | | | examples, inputs, basis functions, classes |
# | $X$, $y$ | `X`, `y` | $(N, D)$, $(N,)$ | inputs, labels |
# | $W$, $b$; $w$ | `W`, `b`; `w` | $(D, C)$, $(C,)$; $(D,)$ | weights and biases; weights of two classes |
# | $Z$, $P$; $z$, $p$ | `Z`, `P`; `z`, `p` | $(N, C)$; $(N,)$ | logits, probabilities; those of class 1 |
# | $\phi$, $\Phi$ | `Phi` | $(N, M)$ | basis functions and their values |
# | $c_m$, $h$ | `centres`, `width` | $(M, D)$, a number | centres and width of bumps |
# | $L$, $\lambda$ | `loss`, `weight_decay` | numbers | mean surprise in nats, price on weights |
# | $\mathrm{d}z$ | `dz` | as $z$ | $\partial L/\partial z$, and so for all letters |
# | $\eta$ | `learning_rate` | a number | step length |
# | $g$, $H$ | `dw`, `H` | $(D,)$, $(D, D)$ | gradient, Hessian |
# | $s$, $\beta$, $\varepsilon$ | `s`, `decay`, `eps` | as $w$, numbers | RMSProp: mean square, what stays of it |
# | $\mu$, $\bar X$, $S$ | `mean`, `centred`, `S` | $(D,)$, $(N, D)$, $(D, D)$ | mean, inputs without it, covariance |
# | $V$, $T$, $\hat X$ | `components.T`, `scores`, `X_hat` | $(D, k)$, $(N, k)$, $(N, D)$ | components, scores, rebuilt |
# | $v$ | `v` | $(D,)$ | a direction, of length 1 |
# | $\sigma_k$, $\kappa$ | `sigma`, `eigenvalue` | numbers | singular values; eigenvalues of $H$ or $S$ |

# %% [markdown]
# **Questions.**
#
# 1. Softmax of $(0, z)$ and the sigmoid of $z$: why are they the same?
# 2. You double all inputs, and every $p$ stays as it is. By which factor does the largest stable rate change
#    (no penalty)?
# 3. A model answers with 99 % confidence and is right in 90 of 100 cases. Which knob of this lesson would you
#    turn, and which way?
# 4. The disc and the ring of section 2: what can you say of the variances of their two principal components?
#    Would a linear classifier do better on those scores than on the raw inputs?
# 5. The steps of RMSProp stay as long as the rate. Why do those of plain descent shrink by themselves?
#
# `hint("2.3")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** Cox, *The regression analysis of binary sequences*, 1958 (logistic regression).
# Robbins and Monro, *A stochastic approximation method*, 1951. Polyak, 1964 (momentum); Tieleman
# and Hinton, 2012 (RMSProp); Kingma and Ba, 2015 (Adam). Bishop, *Pattern Recognition and Machine
# Learning*, 2006 (basis functions). Guo, Pleiss, Sun and Weinberger, *On calibration of modern
# neural networks*, 2017. Pearson, 1901, and Hotelling, 1933 (principal components). Von Mises and
# Pollaczek-Geiringer, 1929 (power iteration). Sirovich and Kirby, 1987, and Turk and Pentland,
# *Eigenfaces for recognition*, 1991.

# %%
# <hand-in>
