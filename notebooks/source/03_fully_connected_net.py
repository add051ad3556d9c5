# %% [markdown]
# # 03 · A fully connected net, layer by layer
#
# <!-- badge -->
#
# **Goal.** Build the layers of a net, forward and backward, prove each gradient, and train the net
# on real handwritten digits. **Time.** 90 minutes. **Assumed.** Lesson 00; matrix products, partial
# derivatives, the chain rule.
#
# Nothing here is a black box: everything that the net computes at the end, you have written above.

# %%
# <setup>

# %%
import numpy as np

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import gradient_check, layer_gradient_check, record_fit
from course_utils.data import PixelScaler, load_digits, resolve_profile

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"

# %% [markdown]
# ## 1 The data
#
# **Idea.** A picture of 28×28 grey values is a row of $D = 784$ numbers; $N$ pictures are a matrix
# $X$ of shape $(N, D)$. Beside each row stands its label $y_n$, one of $C = 10$ digits.
#
# The digits are dealt into three piles. *Training* digits set the weights. *Validation* digits
# choose between nets. *Test* digits are looked at once, at the end: a number chosen by looking is no
# measurement any more.

# %%
digits = load_digits(profile)
digits

# %% tags=["nbval-ignore-output"]
show.digit_grid(digits.train.X[:20], digits.train.y[:20], title="Training digits and their labels")

# %% [markdown]
# Pixels are bytes from 0 to 255. A net learns faster from numbers around 0, so each batch is shifted
# by the mean of all training pixels and divided by their standard deviation. Both come from the
# training digits alone: even an average must not peek at the test.

# %%
to_floats = PixelScaler.fit(digits.train.X)
batch = to_floats(digits.train.X[:500])  # (500, 784), float32
print(batch.dtype, batch.shape)
expect(abs(batch.mean()), at_most=0.05, about="distance of the mean of 500 digits from 0")

# %% [markdown]
# ## 2 The linear layer
#
# **Idea.** $M$ neurons look at the same $D$ inputs. Their weights stand side by side as the columns
# of $W$, and a whole batch goes through in one product.
#
# **Maths.**
#
# $$ \underset{(N,M)}{Y} = \underset{(N,D)}{X}\;\underset{(D,M)}{W} + \underset{(M)}{b},
#    \qquad Y_{nm} = \sum_{d} X_{nd} W_{dm} + b_m \tag{3.1} $$
#
# **By hand.**
#
# $$ \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}
#    \begin{pmatrix} 1 & 0 \\ 2 & -1 \end{pmatrix} + (0.5,\; -1) =
#    \begin{pmatrix} 5.5 & -3 \\ 11.5 & -5 \end{pmatrix} $$

# %% [markdown]
# ### Exercise 3.1
#
# Write equation (3.1). The cache keeps what the way back will ask for.


# %%
@exercise("3.1", points=2)
def linear_forward(X, W, b):
    """Linear layer, equation (3.1).

    Args:
        X: inputs, (N, D), float.
        W: weights, (D, M), float.
        b: biases, (M,), float.

    Returns:
        Y (N, M) and the cache (X, W).
    """
    ### BEGIN SOLUTION
    Y = X @ W + b  # (N, M)
    ### END SOLUTION
    cache = (X, W)
    return Y, cache


# %% [markdown]
# The numbers from above, through your layer:

# %%
X = np.array([[1.0, 2.0], [3.0, 4.0]])
W = np.array([[1.0, 0.0], [2.0, -1.0]])
b = np.array([0.5, -1.0])
Y, cache = linear_forward(X, W, b)
print(Y)

# %% [markdown]
# ### The way back
#
# **Idea.** Suppose somebody tells us `dY`: how much the loss $L$ grows with each entry of $Y$. Who is
# responsible for $Y_{nm}$? Row $n$ of $X$, column $m$ of $W$, and $b_m$. Each collects its share from
# every entry of $Y$ that it has touched.
#
# **Maths.** From (3.1), ${{linear: diff(Y[n,m], W[d,m]) = X[n,d]}}$, and 0 for every other column. So
#
# $$ {{linear: dW[d,m] = sum(n, X[n,d] * dY[n,m])}}, \qquad {{linear: dW = X.T @ dY}} \tag{3.2} $$
#
# with the shapes $(D, M) = (D, N)\,(N, M)$.

# %% [markdown]
# In the same way $X_{nd}$ touches all of row $n$, and $b_m$ all of column $m$:
#
# $$ {{linear: dX = dY @ W.T}}, \qquad {{linear: db[m] = sum(n, dY[n,m])}} \tag{3.3} $$
#
# with the shapes $(N, D) = (N, M)\,(M, D)$ and $(M,)$.
#
# **By hand.** With $X$ and $W$ from above and
# $\mathrm{d}Y = \begin{pmatrix} 1 & 0 \\ 0 & 2 \end{pmatrix}$:
#
# $$ \mathrm{d}W = \begin{pmatrix} 1 & 6 \\ 2 & 8 \end{pmatrix}, \quad
#    \mathrm{d}X = \begin{pmatrix} 1 & 2 \\ 0 & -2 \end{pmatrix}, \quad
#    \mathrm{d}b = (1, 2) $$

# %% [markdown]
# ### Exercise 3.2
#
# Write equations (3.2) and (3.3). If the products blur, write the shapes beside them: only one
# arrangement fits.


# %%
@exercise("3.2", points=4)
def linear_backward(dY, cache):
    """Gradients of the linear layer, equations (3.2) and (3.3).

    Args:
        dY: dL/dY, (N, M), float.
        cache: (X, W) from linear_forward.

    Returns:
        dX (N, D), dW (D, M), db (M,).
    """
    X, W = cache
    ### BEGIN SOLUTION
    dX = dY @ W.T  # (N, D)
    dW = X.T @ dY  # (D, M)
    db = dY.sum(axis=0)  # (M,)
    ### END SOLUTION
    return dX, dW, db


# %%
dX, dW, db = linear_backward(np.array([[1.0, 0.0], [0.0, 2.0]]), cache)
print(dW, dX, db, sep="\n")

# %% [markdown]
# The verdict compares with a reference. The **gradient check** needs none: it moves each number by
# $10^{-5}$ to both sides and measures the slope. Use it for layers nobody has written before.

# %%
rng = np.random.default_rng(3)
X, W, b = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal(5)
layer_gradient_check(linear_forward, linear_backward, X, W, b, names=("X", "W", "b"))

# %% [markdown]
# ## 3 ReLU
#
# **Idea.** Two linear layers in a row are one linear layer: $(XW_1)W_2 = X(W_1W_2)$. A bend between
# them changes that. The simplest bend keeps what is positive.
#
# **Maths.** Entry by entry, with the shape kept,
#
# $$ Y = \max(X, 0), \qquad {{relu: dX = dY * (X > 0)}} \tag{3.4} $$
#
# where $[\cdot]$ is 1 if true and 0 if not. At $X = 0$ there is no derivative; this course takes 0.
#
# **By hand.** $X = (-2, 3)$ gives $Y = (0, 3)$; $\mathrm{d}Y = (5, 7)$ gives $\mathrm{d}X = (0, 7)$.

# %% tags=["nbval-ignore-output"]
x = np.linspace(-2, 2, 801)
show.lines(
    {"max(x, 0)": (x, np.maximum(x, 0)), "its slope": (x, (x > 0).astype(float))},
    x_label="x",
    y_label="value",
    title="ReLU and its slope",
)

# %% [markdown]
# ### Exercises 3.3 and 3.4
#
# Write both halves of equation (3.4).


# %%
@exercise("3.3", points=1)
def relu_forward(X):
    """ReLU, equation (3.4).

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache X.
    """
    ### BEGIN SOLUTION
    Y = np.maximum(X, 0)
    ### END SOLUTION
    return Y, X


# %%
@exercise("3.4", points=2)
def relu_backward(dY, cache):
    """Gradient of ReLU, equation (3.4).

    Args:
        dY: dL/dY, the shape of X, float.
        cache: X from relu_forward.

    Returns:
        dX, the shape of X.
    """
    X = cache
    ### BEGIN SOLUTION
    dX = dY * (X > 0)
    ### END SOLUTION
    return dX


# %% [markdown]
# ### When the check itself is wrong
#
# The slope of ReLU jumps at 0. Measured with a step $h$, a point closer to 0 than $h$ gets a mixture
# of both slopes: neither 0 nor 1. A plain gradient check then accuses a right layer.

# %% tags=["nbval-ignore-output"]
h = 1e-5
near_zero = np.linspace(-2 * h, 2 * h, 801)
measured = (np.maximum(near_zero + h, 0) - np.maximum(near_zero - h, 0)) / (2 * h)
show.lines(
    {"measured": (near_zero, measured), "true": (near_zero, (near_zero > 0).astype(float))},
    x_label="x",
    y_label="slope",
    title="Slope of ReLU, measured with h = 1e-5",
)

# %% [markdown]
# The check of this course notices such entries from the values of the function alone, sets them
# aside and says how many. Here two of six sit on the kink:

# %%
X = np.array([[1.3, 0.0, -0.4], [0.7, -2.1, 4e-6]])
layer_gradient_check(relu_forward, relu_backward, X, names=("X",))

# %% [markdown]
# ## 4 From numbers to probabilities
#
# **Idea.** The last layer gives one number per class, the *logits* $Z$. Softmax turns a row of them
# into probabilities: exponentials make them positive, the division makes them sum to 1.
#
# **Maths.**
#
# $$ P_{nc} = \frac{e^{Z_{nc}}}{\sum_k e^{Z_{nk}}}, \qquad
#    \underset{(N,C)}{P},\; \underset{(N,C)}{Z} \tag{3.5} $$
#
# Adding the same number to a whole row cancels. So we may take off the largest logit of the row
# first: then nothing overflows, and the result is the same.

# %% tags=["nbval-ignore-output"]
logits = np.array([[2.0, 1.0, -1.0], [1002.0, 1001.0, 999.0]])
P = nn.softmax(logits)
show.bars(
    {"logits": logits[0], "probabilities": P[0], "of the same logits + 1000": P[1]},
    names=["cat", "dog", "owl"],
    title="Softmax",
)

# %% [markdown]
# **The loss** of a row is the surprise at its label, $-\ln P_{n y_n}$, in nats; the loss of the batch
# is the mean. With (3.5) no logarithm of a tiny number is ever taken:
#
# $$ L = \frac{1}{N}\sum_n \Big(\ln \sum_k e^{Z_{nk}} - Z_{n y_n}\Big) \tag{3.6} $$
#
# **By hand.** $Z = (0, \ln 2, \ln 3)$ gives $P = (\tfrac16, \tfrac26, \tfrac36)$. If the label is 2,
# the loss is $\ln 2 = 0.693$.
#
# Ten classes and no idea: every $P$ is $\tfrac1{10}$, and the loss is $\ln 10 = 2.303$. Remember this
# number; an untrained net should start near it.

# %% [markdown]
# ### Exercise 3.5
#
# Write equation (3.6), stable for logits of any size, and keep $P$ for the way back.


# %%
@exercise("3.5", points=3)
def softmax_cross_entropy_forward(Z, y):
    """Mean surprise of softmax at the labels, equations (3.5) and (3.6).

    Args:
        Z: logits, (N, C), float.
        y: labels, (N,), integers from 0 to C - 1.

    Returns:
        The loss, a number in nats, and the cache (P, y) with P (N, C).
    """
    ### BEGIN SOLUTION
    N = len(y)
    shifted = Z - Z.max(axis=1, keepdims=True)  # (N, C)
    log_sums = np.log(np.exp(shifted).sum(axis=1))  # (N,)
    loss = (log_sums - shifted[np.arange(N), y]).mean()
    P = np.exp(shifted - log_sums[:, None])  # (N, C)
    ### END SOLUTION
    return loss, (P, y)


# %%
loss, (P, _) = softmax_cross_entropy_forward(np.log([[1.0, 2.0, 3.0]]), np.array([2]))
print(f"loss {loss:.4f}, P {P.round(4)}")

# %% [markdown]
# ### The way back
#
# **Maths.** Differentiate one row of (3.6). The first term gives
# $e^{Z_{nc}} / \sum_k e^{Z_{nk}} = P_{nc}$, the second 1 at the label and 0 elsewhere:
#
# $$ {{softmax_cross_entropy: dZ[n,c] = (P[n,c] - delta(c,y[n])) / N}} \tag{3.7} $$
#
# where $\delta$ is 1 if both indices are equal, and 0 else.
#
# Read it aloud: *what you said, minus what was true*. Each row sums to 0, and a row that is sure
# and right asks for nothing.
#
# **By hand.** For the row above, $\mathrm{d}Z = (\tfrac16, \tfrac26, -\tfrac36)$.

# %% [markdown]
# ### Exercise 3.6
#
# Write equation (3.7), times `dloss`, the gradient that arrives from above (1 if the loss is the end).


# %%
@exercise("3.6", points=3)
def softmax_cross_entropy_backward(dloss, cache):
    """Gradient of the loss with respect to the logits, equation (3.7).

    Args:
        dloss: a number.
        cache: (P, y) from softmax_cross_entropy_forward.

    Returns:
        dZ (N, C).
    """
    P, y = cache
    ### BEGIN SOLUTION
    dZ = P.copy()  # (N, C); the cache is not ours to change
    dZ[np.arange(len(y)), y] -= 1
    dZ *= dloss / len(y)
    ### END SOLUTION
    return dZ


# %%
Z, y = 3 * rng.standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
layer_gradient_check(
    softmax_cross_entropy_forward, softmax_cross_entropy_backward, Z, y, names=("Z", "y")
)

# %% [markdown]
# ## 5 The net
#
# **Idea.** Chain the layers, and the way back is the same chain in reverse. Each layer hands its
# `dX` down to the layer below, for which it is the `dY`.
#
# | step | forward | shape | backward gives |
# |---|---|---|---|
# | linear | $A = X W_1 + b_1$ | $(N, M)$ | $\mathrm{d}W_1, \mathrm{d}b_1$ |
# | ReLU | $H = \max(A, 0)$ | $(N, M)$ | $\mathrm{d}A$ |
# | linear | $Z = H W_2 + b_2$ | $(N, C)$ | $\mathrm{d}H, \mathrm{d}W_2, \mathrm{d}b_2$ |
# | softmax, loss | $L$, equation (3.6) | a number | $\mathrm{d}Z$ |

# %% [markdown]
# **A price on large weights.** Weights that grow without need fit the noise of the training digits.
# So the loss gets a *penalty*, with a strength $\lambda$ called `weight_decay`; biases go free.
#
# $$ L_{\text{total}} = L + \lambda \sum_{dm} W_{1,dm}^2 + \lambda \sum_{mc} W_{2,mc}^2,
#    \qquad \text{penalty alone: } {{l2_penalty: dW = 2*lam*W}} \tag{3.8} $$
#
# A weight now reaches the loss by two ways, through the layer and through the penalty. Its gradients
# add up.

# %% [markdown]
# ### Exercise 3.7
#
# Chain your layers. `params` holds `W1`, `b1`, `W2`, `b2`; `grads` has the same keys. A layer that is
# still open is served by the reference, so you can do this one in any case.


# %%
@exercise("3.7", points=5)
def two_layer_loss_and_grads(params, X, y, weight_decay=0.0):
    """Loss (3.8) of linear - ReLU - linear - softmax, and its gradients.

    Args:
        params: W1 (D, M), b1 (M,), W2 (M, C), b2 (C,), float.
        X: inputs, (N, D), float.
        y: labels, (N,), integers.
        weight_decay: the strength of the penalty.

    Returns:
        The loss, and grads with the keys and shapes of params.
    """
    W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
    ### BEGIN SOLUTION
    A, cache_1 = linear_forward(X, W1, b1)  # (N, M)
    H, cache_relu = relu_forward(A)
    Z, cache_2 = linear_forward(H, W2, b2)  # (N, C)
    loss, cache_loss = softmax_cross_entropy_forward(Z, y)
    loss = loss + weight_decay * ((W1**2).sum() + (W2**2).sum())

    dZ = softmax_cross_entropy_backward(1.0, cache_loss)  # (N, C)
    dH, dW2, db2 = linear_backward(dZ, cache_2)  # (N, M), (M, C), (C,)
    dA = relu_backward(dH, cache_relu)
    dX, dW1, db1 = linear_backward(dA, cache_1)  # (N, D), (D, M), (M,)
    dW1 = dW1 + 2 * weight_decay * W1
    dW2 = dW2 + 2 * weight_decay * W2
    ### END SOLUTION
    grads = {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    return loss, grads


# %% [markdown]
# From here on the lesson calls `layers`: your functions where they are right, the reference where
# they are not yet. So one slip does not spoil all that follows.

# %%
layers = answers()


def first_params(rng, D, M, C, dtype=np.float32):
    """Draw weights that keep the size of the signal through ReLU (He et al., 2015)."""
    return {
        "W1": nn.he_normal(rng, D, M, dtype),  # (D, M), standard deviation sqrt(2 / D)
        "b1": np.zeros(M, dtype),
        "W2": nn.he_normal(rng, M, C, dtype),  # (M, C)
        "b2": np.zeros(C, dtype),
    }


# %% [markdown]
# The whole net, checked at once: every gradient against the measured slope of the loss.

# %%
params = first_params(rng, D=6, M=8, C=4, dtype=np.float64)
X, y = rng.standard_normal((5, 6)), np.array([0, 3, 1, 1, 2])
_, grads = layers.two_layer_loss_and_grads(params, X, y, weight_decay=0.1)
gradient_check(
    lambda params: layers.two_layer_loss_and_grads(params, X, y, weight_decay=0.1)[0], params, grads
)

# %% [markdown]
# And the number to remember: small weights make all classes equally likely, so the first loss is
# $\ln 10$.

# %%
X, y = to_floats(digits.train.X[:500]), digits.train.y[:500]
params = first_params(np.random.default_rng(0), D=784, M=100, C=10)
params["W2"] *= np.float32(0.01)
loss, _ = layers.two_layer_loss_and_grads(params, X, y)
expect(abs(loss - np.log(10)), at_most=0.02, about="distance of the first loss from ln 10")

# %% [markdown]
# ## 6 The step
#
# **Idea.** The gradient points uphill, so step against it. In a narrow valley that swings from wall
# to wall. *Momentum* gives the step a memory: the swings cancel, the way along the valley adds up.
# *Adam* divides each step by the usual size of its gradient, so that steep and flat directions move
# alike.
#
# **Maths.** With a learning rate $\eta$, a momentum $\mu$ and the gradient $\mathrm{d}w$,
#
# $$ v \leftarrow \mu v - \eta\,\mathrm{d}w, \qquad w \leftarrow w + v \tag{3.9} $$
#
# **By hand.** $\eta = 0.1$, $\mu = 0.9$, and twice $\mathrm{d}w = 1$: $v = -0.1$, then $-0.19$.

# %% [markdown]
# Adam keeps two running means, of $\mathrm{d}w$ and of its square. Both start at 0, which makes the
# first ones too small; dividing by $1 - \beta^t$ after $t$ steps mends that.
#
# $$ m \leftarrow \beta_1 m + (1-\beta_1)\,\mathrm{d}w, \qquad
#    v \leftarrow \beta_2 v + (1-\beta_2)\,\mathrm{d}w^2 \tag{3.10} $$
#
# $$ w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \varepsilon} \tag{3.11} $$
#
# **By hand.** At $t = 1$ the corrected means are $\mathrm{d}w$ and $\mathrm{d}w^2$: the first step is
# $\eta$ long, whatever the gradient.

# %% [markdown]
# ### Exercises 3.8 and 3.9
#
# A rule takes a parameter, its gradient and a `state`, a dictionary that is empty before the first
# step. It returns the new parameter and the new state, and leaves `w` and `dw` as they were.


# %%
@exercise("3.8", points=2)
def momentum_update(w, dw, state, *, learning_rate, momentum=0.9):
    """One step with momentum, equation (3.9).

    Args:
        w, dw: parameter and gradient, one shape, float.
        state: {} or {"v": velocity}.
        learning_rate, momentum: numbers.

    Returns:
        The new w and the new state.
    """
    ### BEGIN SOLUTION
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    w = w + v
    ### END SOLUTION
    return w, {"v": v}


# %%
@exercise("3.9", points=3)
def adam_update(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam, equations (3.10) and (3.11).

    Args:
        w, dw: parameter and gradient, one shape, float.
        state: {} or {"m": mean of dw, "v": mean of dw**2, "t": steps so far}.
        learning_rate, beta1, beta2, eps: numbers.

    Returns:
        The new w and the new state.
    """
    t = state.get("t", 0) + 1
    ### BEGIN SOLUTION
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    w = w - learning_rate * m_hat / (np.sqrt(v_hat) + eps)
    ### END SOLUTION
    return w, {"m": m, "v": v, "t": t}


# %% [markdown]
# **Look.** A valley twenty times as steep across as along,
# $f(w_1, w_2) = \tfrac12 (w_1^2 + 20\, w_2^2)$, and thirty steps of each rule from the same start.


# %% tags=["nbval-ignore-output"]
def walk(rule, steps=30, **settings):
    """Points that a rule visits in the valley, (steps + 1, 2)."""
    path, state = [np.array([-4.0, 1.2])], {}
    for _ in range(steps):
        gradient = path[-1] * np.array([1.0, 20.0])
        w, state = rule(path[-1], gradient, state, **settings)
        path.append(w)
    return np.array(path)


show.paths_on_contour(
    lambda w1, w2: (w1**2 + 20 * w2**2) / 2,
    {
        "gradient descent": walk(nn.sgd_update, learning_rate=0.09),
        "momentum 0.7": walk(layers.momentum_update, learning_rate=0.05, momentum=0.7),
        "Adam": walk(layers.adam_update, learning_rate=0.4),
    },
    x_range=(-4.6, 2.0),
    y_range=(-1.6, 1.6),
    level=0.01,
    title="Thirty steps in a narrow valley",
)

# %% [markdown]
# ## 7 First, fifty digits
#
# **Idea.** Before hours of training, see whether the net can learn fifty digits by heart. If it
# cannot, something is broken, and no patience will mend it. This is your net and your rule, with
# nothing in between:

# %% tags=["nbval-ignore-output"]
X, y = to_floats(digits.train.X[:50]), digits.train.y[:50]
params = first_params(np.random.default_rng(0), D=784, M=100, C=10)
states = {key: {} for key in params}
losses = []
for _ in show.progress_bar(range(100), description="learning 50 digits"):
    loss, grads = layers.two_layer_loss_and_grads(params, X, y)
    losses.append(loss)
    for key in params:
        params[key], states[key] = layers.momentum_update(
            params[key], grads[key], states[key], learning_rate=0.01
        )
show.lines(
    {"loss": (range(100), losses)},
    x_label="step",
    y_label="loss (nats)",
    log_y=True,
    marks={"ln 10": np.log(10)},
    title="Fifty digits learnt by heart",
)

# %%
expect(losses[-1], at_most=0.01, about="loss on 50 digits after 100 steps")

# %% [markdown]
# ## 8 Training
#
# `FullyConnectedNet` is your exercise 3.7 in a loop over any number of layers, and it calls *your*
# layers. `fit` shuffles the training digits, cuts them into batches, takes a step for each, and
# measures the validation digits after every epoch. One profile trains on 3,500 digits in seconds,
# the other on all 55,000 in minutes.

# %%
setting = {
    "quick": {"hidden": 200, "epochs": 15, "batch_size": 50, "weight_decay": 5e-3},
    "full": {"hidden": 800, "epochs": 20, "batch_size": 100, "weight_decay": 3e-4},
}[profile]
net = nn.FullyConnectedNet(
    (784, setting["hidden"], 10),
    rng=np.random.default_rng(0),
    weight_decay=setting["weight_decay"],
    layers=layers,
)
print(f"{net.n_parameters:,} parameters")

# %% tags=["nbval-ignore-output"]
history = nn.fit(
    net,
    digits.train,
    digits.validation,
    optimizer=nn.Optimizer(layers.momentum_update, learning_rate=0.05),
    epochs=setting["epochs"],
    batch_size=setting["batch_size"],
    rng=np.random.default_rng(1),
    prepare=to_floats,
    learning_rate_decay=0.9,
    progress=show.progress_bar,
)

# %% tags=["nbval-ignore-output"]
show.curves(history, title=f"{len(digits.train):,} digits, {setting['hidden']} hidden units")

# %% [markdown]
# **What we saw.** The training loss falls much further than the validation loss, which soon levels
# off. The gap between them is *over-fitting*: the net begins to know its training digits by heart,
# and that helps with no other digit. More digits close the gap better than any trick.

# %%
best = history.column("validation_accuracy").max()
expect(best, at_least={"quick": 0.92, "full": 0.98}[profile], about="best validation accuracy")

# %% [markdown]
# ### The test, once
#
# All choices are made. Now, and only now, the test digits.

# %% tags=["nbval-ignore-output"]
test_loss, test_accuracy = nn.evaluate(net, digits.test, to_floats)
print(f"test accuracy {test_accuracy:.2%}, loss {test_loss:.3f}")

# %%
expect(test_accuracy, at_least={"quick": 0.92, "full": 0.9793}[profile], about="test accuracy")

# %% [markdown]
# ## 9 What has it learnt?
#
# **Look.** Each hidden unit has 784 weights: a picture of what it looks for. Purple ink speaks for
# it, orange ink against it. At first there was only noise; now there are strokes, arcs and gaps, and
# next to nothing at the rim, where no digit has ink.

# %% tags=["nbval-ignore-output"]
show.weight_images(net.params["W1"], count=32)

# %% [markdown]
# **Look.** The mistakes it was surest of. In the bars, the hatched blue one is the label, the
# vermilion one its answer. Which of them would you have got right?

# %% tags=["nbval-ignore-output"]
X = to_floats(digits.test.X)
show.mistakes(digits.test.X, digits.test.y, net.probabilities(X))

# %% [markdown]
# ## 10 When it goes wrong
#
# A learning rate that is too large does not learn faster, it explodes: each step leaps over the
# valley and lands higher up on the other side. The training loop notices, stops, says so, and gives
# back the last parameters that were good.

# %% tags=["nbval-ignore-output"]
wild = nn.FullyConnectedNet((784, 100, 10), rng=np.random.default_rng(0), layers=layers)
story = nn.fit(
    wild,
    digits.train,
    digits.validation,
    optimizer=nn.make_optimizer("sgd", 50.0),
    epochs=3,
    batch_size=50,
    rng=np.random.default_rng(1),
    prepare=to_floats,
)

# %%
print("diverged:", "diverged" in story.stopped_because)

# %% [markdown]
# ### Ask for a diagnosis
#
# Most runs do not explode, they just do not learn, and a curve alone does not say why. `record_fit`
# runs the same training and keeps a few numbers of each step: lengths of gradients, how many units
# are alive, what the inputs look like. `diagnose` reads them. Here somebody forgot to scale the
# pixels.

# %% tags=["nbval-ignore-output"]
story, recorder = record_fit(
    nn.fit,
    nn.FullyConnectedNet((784, 100, 10), rng=np.random.default_rng(0), layers=layers),
    digits.train,
    digits.validation,
    optimizer=nn.make_optimizer("sgd", 1e-5),
    epochs=2,
    batch_size=50,
    rng=np.random.default_rng(1),
    prepare=lambda X: X.astype(np.float32),
    report=None,
)
diagnosis = recorder.diagnose()
diagnosis

# %%
print(diagnosis.codes)

# %% [markdown]
# ## 11 Where you stand

# %%
progress(last="3.9")

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $N, D, M, C$ | | | batch, inputs, hidden units, classes |
# | $X$, $y$ | `X`, `y` | $(N, D)$, $(N,)$ | inputs, labels |
# | $W_1, b_1$ | `W1`, `b1` | $(D, M)$, $(M,)$ | first layer |
# | $W_2, b_2$ | `W2`, `b2` | $(M, C)$, $(C,)$ | second layer |
# | $A$, $H$ | `A`, `H` | $(N, M)$ | before and after ReLU |
# | $Z$, $P$ | `Z`, `P` | $(N, C)$ | logits, probabilities |
# | $L$ | `loss` | a number | mean surprise, nats |
# | $\mathrm{d}X$ | `dX` | as $X$ | $\partial L/\partial X$ |
# | $\eta$, $\lambda$ | `learning_rate`, `weight_decay` | numbers | step length, price on weights |

# %% [markdown]
# **Questions.**
#
# 1. Why is `db` a sum over the batch and not a mean, although the loss is a mean?
# 2. The first loss of a net with ten classes is 23. What is probably wrong?
# 3. All biases start at 0. What would happen if all weights did, too?
# 4. Which of your functions would still pass a gradient check whose upstream gradient is all ones,
#    if it forgot to use that gradient?
#
# `hint("3.2")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*,
# Nature 1986. LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document
# recognition*, 1998 (the digits). Polyak, *Some methods of speeding up the convergence of iteration
# methods*, 1964 (momentum). Glorot, Bordes and Bengio, *Deep sparse rectifier neural networks*, 2011.
# Kingma and Ba, *Adam*, 2015. He, Zhang, Ren and Sun, *Delving deep into rectifiers*, 2015 (first
# weights). Okabe and Ito, *Color universal design*, 2008 (the colours).

# %%
# <hand-in>
