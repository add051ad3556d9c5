# %% [markdown]
# # 01 · Backpropagation, derived line by line
#
# <!-- badge -->
#
# **Goal.** Derive the gradients of every layer of this course, and have each line checked: the first
# false one is named, with the slip in it. **Time.** 120 minutes. **Assumed.** Lesson 00; partial
# derivatives and the chain rule.
#
# Any true way is accepted. Skip steps if you see them, write sums or matrices, rename indices.

# %%
# <setup>

# %%
import numpy as np

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, judge, progress
from course_utils.checking import layer_gradient_check
from course_utils.checking.derivations import compile_backward, compile_forward, judge_derivation
from course_utils.checking.derivations import settings, settings_nets
from course_utils.show import Node

# %% [markdown]
# ## 1 The chain rule on a graph
#
# **Idea.** A long formula is a chain of short ones. Draw them as boxes. On the way there each box
# computes a number. On the way back each asks one question: *if I grew a little, how much would the
# end grow?* The answer of a box is passed to those it is made of, times its own slope.
#
# **By hand.** $f = (x + y)\,z$ with $x = 2$, $y = 5$, $z = -4$. Call $q = x + y = 7$, so $f = -28$.
# Backward: $\partial f/\partial q = z = -4$ and $\partial f/\partial z = q = 7$; a sum hands its
# gradient on unchanged, so $x$ and $y$ get $-4$ each.

# %% tags=["nbval-ignore-output"]
show.graph(
    [
        Node("x", 2, -4),
        Node("y", 5, -4),
        Node("z", -4, 7),
        Node("q", 7, -4, "x + y", ("x", "y")),
        Node("f", -28, 1, "q z", ("q", "z")),
    ],
    title="f = (x + y) z: values in blue, gradients in vermilion",
)

# %% [markdown]
# Two rules cover nearly everything that follows.
#
# - *A product* hands each factor the gradient times the other factor.
# - *A number that is used several times* adds up what comes back from each use.
#
# The second one is where sums in gradients come from: a weight that is used for $N$ samples collects
# from $N$ of them.

# %% [markdown]
# ## 2 How to write a line
#
# A line is plain Python, one equation. `dW` is $\partial L/\partial W$.
#
# | you write | it means |
# |---|---|
# | `A[i,j] = sum(k, B[i,k] * C[k,j])` | index notation; `sum(k, …)` runs over all $k$ |
# | `A = B @ C`, `B.T`, `ones(N) @ B` | matrix notation; `*` is entry by entry |
# | `diff(Y[n,m], W[i,j])` | a partial derivative |
# | `delta(i,j)` | 1 if $i = j$, else 0 |
# | `where(X[n,m] > 0, 1, 0)`, `(X > 0)` | a choice |
# | `exp log sqrt tanh sigmoid relu` | functions, entry by entry |
# | `let s[n] = sum(k, exp(Z[n,k]))` | a name of your own |

# %% [markdown]
# Each line is judged by itself: indices and shapes first, then its values at random points. Here are
# two lines about the penalty $L = \lambda \sum W^2$, one true and one not.

# %%
judge_derivation(settings.L2_PENALTY, ["dW[i,j] = lam * W[i,j]", "dW = 2*lam*W"])

# %% [markdown]
# The last line is true, and yet it does not follow from the first. That is what a result alone never
# tells.

# %% [markdown]
# ## 3 The linear layer
#
# **Idea.** Every row of $X$ goes through the same weights. Ask which entries of $Y$ a weight
# touches; collect from those.
#
# **Maths.**
#
# $$ {{linear: Y[n,m] = sum(d, X[n,d] * W[d,m]) + b[m]}} \tag{1.1} $$
#
# with $X$ of shape $(N, D)$, $W$ $(D, M)$, $b$ $(M,)$ and $Y$ $(N, M)$. The chain rule says
#
# $$ \frac{\partial L}{\partial W_{ij}} = \sum_{n,m} \frac{\partial L}{\partial Y_{nm}}
#    \frac{\partial Y_{nm}}{\partial W_{ij}} \tag{1.2} $$
#
# **By hand.** For $X = (2\;\;3)$ and $\mathrm{d}Y = (5)$: $\mathrm{d}W = (10\;\;15)^\top$.

# %% [markdown]
# ### Exercises 1.1 and 1.2
#
# Derive `dW`, then `dX` and `db`. Return your lines in a list, each in quotes. Begin with the partial
# derivative if you are not sure.


# %%
@exercise("1.1", points=2)
def derive_linear_dW():
    """Lines that lead to dW, from equations (1.1) and (1.2)."""
    ### BEGIN SOLUTION
    lines = [
        "diff(Y[n,m], W[i,j]) = X[n,i] * delta(m,j)",
        "dW[i,j] = sum(n, m, dY[n,m] * X[n,i] * delta(m,j))",
        "dW[i,j] = sum(n, X[n,i] * dY[n,j])",
        "dW = X.T @ dY",
    ]
    ### END SOLUTION
    return lines


# %%
@exercise("1.2", points=2)
def derive_linear_dX_db():
    """Lines that lead to dX and to db, from equation (1.1)."""
    ### BEGIN SOLUTION
    lines = [
        "dX[n,i] = sum(m, dY[n,m] * W[i,m])",
        "dX = dY @ W.T",
        "db[j] = sum(n, dY[n,j])",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ### From paper to code
#
# Your lines are not only read, they can be run. `compile_backward` turns them into a function, and
# the judge of lesson 03 judges it as `linear_backward`. (Where your lines are still open or wrong,
# `answers()` gives right ones.)

# %%
paper = answers()
lines = [*paper.derive_linear_dW(), *paper.derive_linear_dX_db()]
backward = compile_backward(settings.LINEAR, lines, cache=("X", "W"))
judge("3.2", backward)

# %% [markdown]
# And measured, without any reference: the gradient check of lesson 00, on the function that your lines
# became.

# %%
rng = np.random.default_rng(1)
X, W, b = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal(5)
layer_gradient_check(nn.linear_forward, backward, X, W, b, names=("X", "W", "b"))

# %% [markdown]
# ## 4 Entry by entry: ReLU and sigmoid
#
# **Idea.** These layers treat every entry alone. So does the way back: a local slope, times what
# arrives from above. No sums.
#
# **Maths.**
#
# $$ \text{ReLU: } {{relu: Y[n,m] = relu(X[n,m])}} \qquad
#    \text{sigmoid: } {{sigmoid: Y[n,m] = 1 / (1 + exp(-X[n,m]))}} \tag{1.3} $$
#
# **By hand.** At $X = 0$ the sigmoid is $\tfrac12$ and its slope $\tfrac14$; nowhere is it steeper.

# %% [markdown]
# ### Exercises 1.3, 1.4 and 1.13
#
# Derive `dX` for ReLU, for the sigmoid and for tanh. The slopes of the last two can be written with
# their value $Y$ alone: that is why their caches keep $Y$.


# %%
@exercise("1.3", points=1)
def derive_relu_dX():
    """Lines that lead to dX of Y = relu(X)."""
    ### BEGIN SOLUTION
    lines = ["dX = dY * (X > 0)"]
    ### END SOLUTION
    return lines


# %%
@exercise("1.4", points=2)
def derive_sigmoid_dX():
    """Lines that lead to dX of Y = sigmoid(X), with Y in place of X."""
    ### BEGIN SOLUTION
    lines = [
        "diff(Y[n,m], X[n,m]) = exp(-X[n,m]) / (1 + exp(-X[n,m]))**2",
        "diff(Y[n,m], X[n,m]) = Y[n,m] * (1 - Y[n,m])",
        "dX = dY * Y * (1 - Y)",
    ]
    ### END SOLUTION
    return lines


# %%
@exercise("1.13", points=1)
def derive_tanh_dX():
    """Lines that lead to dX of Y = tanh(X), with Y in place of X."""
    ### BEGIN SOLUTION
    lines = ["dX = dY * (1 - Y**2)"]
    ### END SOLUTION
    return lines


# %% tags=["nbval-ignore-output"]
x = np.linspace(-6, 6, 241)
Y, _ = nn.sigmoid_forward(x)
show.lines(
    {"sigmoid": (x, Y), "its slope": (x, Y * (1 - Y))},
    x_label="x",
    y_label="value",
    marks={"1/4": 0.25},
    title="The sigmoid and its slope",
)

# %% [markdown]
# ## 5 Softmax and cross-entropy
#
# **Idea.** In softmax every output depends on every input of its row, because of the sum below. So
# there is a whole matrix of slopes for each row.
#
# **Maths.** With $Z$ of shape $(N, C)$ and labels $y$ $(N,)$,
#
# $$ {{softmax: P[n,k] = exp(Z[n,k]) / sum(j, exp(Z[n,j]))}} \tag{1.4} $$
#
# $$ {{softmax_cross_entropy: L = -sum(n, log(P[n,y[n]])) / N}} \tag{1.5} $$
#
# **By hand.** $Z = (0, 0)$: $P = (\tfrac12, \tfrac12)$; raising $Z_0$ by a little $\epsilon$ raises
# $P_0$ by $\tfrac14\epsilon$ and lowers $P_1$ by as much.

# %% [markdown]
# ### Exercises 1.5 and 1.6
#
# Derive `dZ` from `dP` for softmax alone, then `dZ` of the loss (1.5). In the second, nearly all of
# the first cancels: seeing it happen is the point of this lesson.


# %%
@exercise("1.5", points=3)
def derive_softmax_dZ():
    """Lines that lead from dP to dZ, equation (1.4)."""
    ### BEGIN SOLUTION
    lines = [
        "diff(P[n,k], Z[n,j]) = P[n,k] * (delta(k,j) - P[n,j])",
        "dZ[n,j] = sum(k, dP[n,k] * P[n,k] * (delta(k,j) - P[n,j]))",
        "dZ[n,j] = P[n,j] * (dP[n,j] - sum(k, dP[n,k] * P[n,k]))",
    ]
    ### END SOLUTION
    return lines


# %%
@exercise("1.6", points=3)
def derive_softmax_cross_entropy_dZ():
    """Lines that lead to dZ of the loss, equation (1.5)."""
    ### BEGIN SOLUTION
    lines = [
        "L = sum(n, log(sum(k, exp(Z[n,k]))) - Z[n,y[n]]) / N",
        "diff(log(sum(k, exp(Z[n,k]))), Z[n,j]) = P[n,j]",
        "dZ[n,j] = (P[n,j] - delta(j,y[n])) / N",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# Paper to code once more: the last line, run as exercise 3.6.

# %%
lines = answers().derive_softmax_cross_entropy_dZ()
judge("3.6", compile_backward(settings.SOFTMAX_CROSS_ENTROPY, lines, cache=("P", "y")))

# %% [markdown]
# ## 6 Two layers and a penalty
#
# **Idea.** Nothing new: the same lines, one after the other, from the loss back to the inputs. A
# weight reaches the loss by two ways, through the net and through the penalty; its gradients add up.
#
# **Maths.**
#
# $$ Z_1 = X W_1 + b_1, \quad A_1 = \max(Z_1, 0), \quad Z_2 = A_1 W_2 + b_2 \tag{1.6} $$
#
# $$ L = -\frac1N \sum_n \ln P_{n y_n} + \lambda \Big(\sum W_1^2 + \sum W_2^2\Big) \tag{1.7} $$
#
# with $P$ the softmax of $Z_2$. In lines, $\lambda$ is `lam`.
#
# **By hand.** $X = 1$, $W_1 = 2$, $W_2 = (1, -1)$, no biases, no penalty, label 0: $Z_1 = A_1 = 2$,
# $Z_2 = (2, -2)$, $P = (0.982, 0.018)$. Back: $\mathrm{d}Z_2 = (-0.018, 0.018)$,
# $\mathrm{d}W_2 = (-0.036, 0.036)$, $\mathrm{d}A_1 = -0.036$, $\mathrm{d}W_1 = -0.036$.

# %% [markdown]
# ### Exercise 1.7
#
# Give `dZ2` first, then `dW2`, `db2`, `dA1`, `dW1` and `db1`. You may use `dZ2` and any other gradient
# that you have derived, such as `dZ1`.


# %%
@exercise("1.7", points=5)
def derive_two_layers():
    """Lines that lead to all gradients of the net, equations (1.6) and (1.7)."""
    ### BEGIN SOLUTION
    lines = [
        "dZ2[n,k] = (P[n,k] - delta(k,y[n])) / N",
        "dW2 = A1.T @ dZ2 + 2*lam*W2",
        "db2 = ones(N) @ dZ2",
        "dA1 = dZ2 @ W2.T",
        "dZ1 = dA1 * (Z1 > 0)",
        "dW1 = X.T @ dZ1 + 2*lam*W1",
        "db1 = ones(N) @ dZ1",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ## 7 A chain of sigmoid units
#
# **Idea.** Three units in a row, one weight each. The error $\delta$ of a unit is the gradient at its
# input, $\mathrm{d}z$. Watch what is multiplied on each step back.
#
# **Maths.** $z_1 = w_1 x + b_1$, $a_1 = \sigma(z_1)$, then the same twice more, and
# $L = \tfrac12 (a_3 - t)^2$.
#
# ### Exercise 1.8
#
# Derive `dz3`, `dz2`, `dz1` and `dw1`.
#
# **By hand.** If all $z$ are 0, all $a$ are $\tfrac12$ and all slopes $\tfrac14$. With $t = 0$ and all
# weights 1: $\delta_3 = \tfrac12 \cdot \tfrac14$, and each step back divides by 4.


# %%
@exercise("1.8", points=3)
def derive_sigmoid_chain():
    """Lines that lead from the loss back to the first weight."""
    ### BEGIN SOLUTION
    lines = [
        "dz3 = (a3 - t) * a3 * (1 - a3)",
        "dz2 = dz3 * w3 * a2 * (1 - a2)",
        "dz1 = dz2 * w2 * a1 * (1 - a1)",
        "dw1 = dz1 * x",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# One of these units as a graph, with numbers: $x = 1$, $w = 2$, $b = -1$, $t = 0$.

# %% tags=["nbval-ignore-output"]
x, w, b = 1.0, 2.0, -1.0
z = w * x + b
a = 1 / (1 + np.exp(-z))
da = a  # (a - t) with t = 0
dz = da * a * (1 - a)
show.graph(
    [
        Node("x", x, dz * w),
        Node("w", w, dz * x),
        Node("b", b, dz),
        Node("z", z, dz, "w x + b", ("x", "w", "b")),
        Node("a", a, da, "sigmoid(z)", ("z",)),
        Node("L", a**2 / 2, 1, "a² / 2", ("a",)),
    ],
    title="One sigmoid unit and its loss",
)

# %% [markdown]
# ### Gradients that vanish
#
# Each step back multiplied by $a(1-a)$, at most $\tfrac14$. After twenty layers that is at most
# $4^{-20}$, one in a million millions, unless the weights make up for it. The next cell measures it:
# how long is the gradient after so many layers on the way back?


# %%
def gradient_lengths(forward, backward, spread, depth=20, width=100):
    """Length of the gradient after 0, 1, … layers on the way back, relative to its start."""
    rng = np.random.default_rng(0)
    Y, caches = rng.standard_normal((50, width)), []
    for _ in range(depth):
        W = spread * rng.standard_normal((width, width))  # (M, M)
        A, linear_cache = nn.linear_forward(Y, W, np.zeros(width))
        Y, cache = forward(A)
        caches.append((linear_cache, cache))
    dY = rng.standard_normal(Y.shape)
    lengths = [np.linalg.norm(dY)]
    for linear_cache, cache in reversed(caches):
        dY, _, _ = nn.linear_backward(backward(dY, cache), linear_cache)
        lengths.append(np.linalg.norm(dY))
    return np.array(lengths) / lengths[0]


# %% tags=["nbval-ignore-output"]
steps = np.arange(21)
he, xavier = np.sqrt(2 / 100), np.sqrt(1 / 100)
lengths = {
    "sigmoid": gradient_lengths(nn.sigmoid_forward, nn.sigmoid_backward, xavier),
    "tanh": gradient_lengths(nn.tanh_forward, nn.tanh_backward, xavier),
    "ReLU, He": gradient_lengths(nn.relu_forward, nn.relu_backward, he),
    "ReLU, half of it": gradient_lengths(nn.relu_forward, nn.relu_backward, he / 2),
    "ReLU, twice it": gradient_lengths(nn.relu_forward, nn.relu_backward, 2 * he),
}
show.lines(
    {name: (steps, length) for name, length in lengths.items()},
    x_label="layers on the way back",
    y_label="length of the gradient",
    log_y=True,
    size=(7.0, 4.0),
    title="What twenty layers do to a gradient",
)

# %% [markdown]
# **What we saw.** With sigmoids nothing is left for the first layers to learn from. With ReLU the
# spread of the first weights decides: at $\sqrt{2/M}$ (He et al.) the length stays; half of it
# vanishes, twice it explodes.

# %%
expect(lengths["sigmoid"][-1], at_most=1e-8, about="sigmoid, gradient after 20 layers")
expect(lengths["ReLU, He"][-1], at_least=0.1, at_most=10, about="ReLU, gradient after 20 layers")
expect(lengths["ReLU, twice it"][-1], at_least=1e4, about="ReLU with weights twice as wide")

# %% [markdown]
# ### A unit that is dead
#
# A ReLU whose input is negative for *every* sample gets no gradient at all: it cannot come back. One
# large step is enough to send it there. A leak, a small slope in place of 0, brings it back.


# %%
def train_one_unit(leak, steps=400):
    """Train y = relu(w x + b) on y = max(x, 0), from a bias of -8; give the share of live samples."""
    rng = np.random.default_rng(0)
    x, w, b = rng.standard_normal(200), 1.0, -8.0
    live = []
    for _ in range(steps):
        z = w * x + b
        slope = np.where(z > 0, 1.0, leak)
        error = np.where(z > 0, z, leak * z) - np.maximum(x, 0)
        w, b = w - 0.5 * np.mean(error * slope * x), b - 0.5 * np.mean(error * slope)
        live.append(np.mean(z > 0))
    return live


# %% tags=["nbval-ignore-output"]
lives = {"slope 0": train_one_unit(leak=0.0), "slope 0.1": train_one_unit(leak=0.1)}
show.lines(
    {name: (range(400), live) for name, live in lives.items()},
    x_label="step",
    y_label="share of samples with gradient",
    title="A dead unit, and one that comes back",
)

# %%
print("dead for good:", max(lives["slope 0"]) == 0)
expect(lives["slope 0.1"][-1], at_least=0.3, about="share of samples that reach the leaky unit")

# %% [markdown]
# ## 8 Batch norm
#
# **Idea.** Each column is shifted and scaled to mean 0 and variance 1, then to what `gamma` and
# `beta` ask for. An input reaches its column's outputs by three ways: directly, through the mean and
# through the variance.
#
# **Maths.**
#
# $$ {{batch_norm: mu[d] = sum(n, X[n,d]) / N}}, \qquad
#    {{batch_norm: var[d] = sum(n, (X[n,d] - mu[d])**2) / N}} \tag{1.8} $$
#
# $$ {{batch_norm: Xhat[n,d] = (X[n,d] - mu[d]) / sqrt(var[d] + eps)}}, \qquad
#    {{batch_norm: Y[n,d] = gamma[d] * Xhat[n,d] + beta[d]}} \tag{1.9} $$

# %% [markdown]
# **By hand.** One column, $X = (1, 3)^\top$, $\gamma = 2$, $\beta = 1$, $\varepsilon = 0$: $\mu = 2$, variance
# 1, $\hat X = (-1, 1)^\top$, $Y = (-1, 3)^\top$. Add 10 to both inputs, and nothing changes: so the two
# entries of $\mathrm{d}X$ must sum to 0.
#
# ### Exercise 1.9
#
# Derive `dgamma`, `dbeta` and `dX`. Name the steps: `dXhat`, `dvar`, `dmu` are there for you.


# %%
@exercise("1.9", points=5)
def derive_batch_norm():
    """Lines that lead to dgamma, dbeta and dX, equations (1.8) and (1.9)."""
    ### BEGIN SOLUTION
    lines = [
        "dbeta[d] = sum(n, dY[n,d])",
        "dgamma[d] = sum(n, dY[n,d] * Xhat[n,d])",
        "dXhat[n,d] = dY[n,d] * gamma[d]",
        "dvar[d] = -sum(n, dXhat[n,d] * (X[n,d] - mu[d])) / 2 / (var[d] + eps)**(3/2)",
        "dmu[d] = -sum(n, dXhat[n,d]) / sqrt(var[d] + eps)",
        "dX[n,d] = dXhat[n,d] / sqrt(var[d] + eps) + dvar[d] * 2 * (X[n,d] - mu[d]) / N + dmu[d] / N",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ## 9 Convolution
#
# **Idea.** A kernel slides over the picture; every output is the same small sum at another place. On
# the way back, a kernel entry collects from all places, and an input from all windows that saw it.
#
# **Maths.** Outside an array everything is 0. $X$ is $(N, C, H, W)$, $K$ $(F, C, U, V)$:
#
# $$ {{convolution: Y[n,f,p,q] = sum(c, u, v, X[n,c,p+u,q+v] * K[f,c,u,v]) + b[f]}} \tag{1.10} $$
#
# With a stride $s$ the window starts at $s\,p$ and $s\,q$ in place of $p$ and $q$.
#
# **By hand.** $X = (1, 2, 3)$, $K = (1, 10)$: $Y = (21, 32)$. For $\mathrm{d}Y = (1, 0)$:
# $\mathrm{d}K = (1, 2)$ and $\mathrm{d}X = (1, 10, 0)$.

# %% [markdown]
# ### Exercises 1.10 and 1.11
#
# Derive `dK`, `dX` and `db`, first with stride 1, then with stride `s`.


# %%
@exercise("1.10", points=4)
def derive_convolution():
    """Lines that lead to dK, dX and db, equation (1.10)."""
    ### BEGIN SOLUTION
    lines = [
        "diff(Y[n,f,p,q], K[f,c,u,v]) = X[n,c,p+u,q+v]",
        "dK[f,c,u,v] = sum(n, p, q, dY[n,f,p,q] * X[n,c,p+u,q+v])",
        "dX[n,c,i,j] = sum(f, p, q, dY[n,f,p,q] * K[f,c,i-p,j-q])",
        "db[f] = sum(n, p, q, dY[n,f,p,q])",
    ]
    ### END SOLUTION
    return lines


# %%
@exercise("1.11", points=3)
def derive_convolution_stride():
    """The same with stride s."""
    ### BEGIN SOLUTION
    lines = [
        "dK[f,c,u,v] = sum(n, p, q, dY[n,f,p,q] * X[n,c,s*p+u,s*q+v])",
        "dX[n,c,i,j] = sum(f, p, q, dY[n,f,p,q] * K[f,c,i-s*p,j-s*q])",
        "db[f] = sum(n, p, q, dY[n,f,p,q])",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# `dK` is a filtering of $X$ with $\mathrm{d}Y$ where the window fits ("valid"). `dX` is a convolution of
# $\mathrm{d}Y$ with the kernel turned round, over all places where they touch ("full").

# %% [markdown]
# ## 10 One step through time
#
# **Idea.** A recurrent net uses the same weights at every step. One step is a linear layer with two
# inputs, what comes in and what was remembered, and a tanh.
#
# **Maths.** With $x$ $(N, E)$, $h_{\text{prev}}$ $(N, M)$:
#
# $$ z = x W_x + h_{\text{prev}} W_h + b, \qquad h = \tanh z \tag{1.11} $$
#
# **By hand.** $x = 1$, $W_x = \tfrac12$, $h_{\text{prev}} = 0$, $b = 0$: $h = \tanh \tfrac12 = 0.462$, and the
# slope there is $1 - 0.462^2 = 0.786$.
#
# ### Exercise 1.12
#
# Derive `dx`, `dh_prev`, `dWx`, `dWh` and `db` from `dh`; `dz` is there for you.


# %%
@exercise("1.12", points=4)
def derive_rnn_step():
    """Lines that lead to all gradients of one step, equation (1.11)."""
    ### BEGIN SOLUTION
    lines = [
        "dz = dh * (1 - h**2)",
        "dx = dz @ Wx.T",
        "dh_prev = dz @ Wh.T",
        "dWx = x.T @ dz",
        "dWh = h_prev.T @ dz",
        "db = ones(N) @ dz",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ## 11 Paper against measurement
#
# Three derivations, run on random numbers. No reference is needed: the gradient check moves each input
# a little up and down, and looks what equation (1.10), (1.9) or (1.11) makes of that.


# %%
def measured(derivation, lines, *arrays, **sizes):
    """The gradient check of what lines become, by the forward rules that they are about."""
    names = tuple(derivation.symbols)
    forward = compile_forward(derivation, **sizes)
    backward = compile_backward(derivation, lines, cache=names)
    return layer_gradient_check(forward, backward, *arrays, names=names)


X, K, b = rng.standard_normal((2, 3, 5, 6)), rng.standard_normal((4, 3, 2, 3)), np.zeros(4)
# The kernel fits in four places (P) down and four (Q) across.
measured(settings_nets.CONVOLUTION, paper.derive_convolution(), X, K, b, P=4, Q=4)

# %%
X, gamma, beta = rng.standard_normal((6, 3)), rng.standard_normal(3), rng.standard_normal(3)
measured(settings.BATCH_NORM, paper.derive_batch_norm(), X, gamma, beta, 1e-5)

# %%
step = [rng.standard_normal(shape) for shape in ((3, 4), (3, 5), (4, 5), (5, 5), (5,))]
measured(settings_nets.RNN_STEP, paper.derive_rnn_step(), *step)

# %% [markdown]
# ## 12 Where you stand

# %%
progress()

# %% [markdown]
# | symbol | in lines | meaning |
# |---|---|---|
# | $N, D, M, C$ | `N` … | batch, inputs, hidden units, classes |
# | $\mathrm{d}X$ | `dX` | $\partial L/\partial X$ |
# | $\delta_{ij}$ | `delta(i,j)` | 1 if $i = j$ |
# | $\mathbf{1}_N$ | `ones(N)` | a vector of $N$ ones |
# | $\odot$ | `*` | product entry by entry |
# | $[X > 0]$ | `(X > 0)` | 1 where true |
# | $\lambda$ | `lam` | price on weights |
# | $K$ | `K` | kernels of a convolution |

# %% [markdown]
# **Questions.**
#
# 1. Why does `db` hold a sum over $n$ and `dX` none?
# 2. In 1.6 nearly everything cancels. What would be left if the loss were the squared distance of
#    $P$ from the label?
# 3. At which spread of the weights would the gradient of the sigmoid chain keep its length? What
#    would the sigmoids then do on the way there?
#
# **Sources.** Rumelhart, Hinton and Williams, Nature 1986. Hochreiter, *Untersuchungen zu dynamischen
# neuronalen Netzen*, 1991 (vanishing gradients). Glorot and Bengio, AISTATS 2010, and He et al., ICCV
# 2015 (first weights). Maas, Hannun and Ng, ICML 2013 (the leak). Ioffe and Szegedy, ICML 2015 (batch
# norm). Dumoulin and Visin, *A guide to convolution arithmetic*, 2016.

# %%
# <hand-in>
