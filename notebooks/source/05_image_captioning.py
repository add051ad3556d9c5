# %% [markdown]
# # 05 · Image captioning: from one recurrent step to a sentence
#
# <!-- badge -->
#
# **Goal.** Build a net that looks at a picture and writes a sentence about it, word by word: embedding,
# recurrent net, LSTM, the loss of a sentence, and the way back through time. **Time.** 150 minutes.
# **Assumed.** Lesson 03; a look at lesson 04.
#
# Nets so far gave one answer of fixed size. A sentence has as many words as it needs, and each of
# them depends on those before.

# %%
# <setup>

# %%
import numpy as np

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import gradient_check, layer_gradient_check
from course_utils.data import Vocabulary, make_scenes
from course_utils.data.scenes import exact

rng = np.random.default_rng(5)

# %% [markdown]
# ## 1 Pictures and sentences
#
# **Idea.** The pictures of this lesson are drawn by the course itself: a few coloured shapes, sentences
# about them, and for each word the pixels that it is about. They are small enough for a laptop, and
# nobody needs to guess whether a sentence is true. The next notebook goes on with photographs.

# %%
scenes = make_scenes(1000)
print(scenes)
print("shape of the pictures:", scenes.pictures.shape)
print(*scenes.texts[3], sep="\n")

# %% tags=["nbval-ignore-output"]
scene = 0
caption = scenes.texts[scene][0]
show.word_masks(scenes.pictures[scene], caption, scenes.masks(scene, caption), title=caption)

# %% [markdown]
# **Maths.** A sentence $w_1 \dots w_T$ about a picture is a chain of choices. Each word is chosen from
# the *vocabulary* of $V$ words, in the light of the picture and of all words so far:
#
# $$ P(w_1 \dots w_T \mid \text{picture}) = \prod_{t=1}^{T}
#    P(w_t \mid \text{picture}, w_1 \dots w_{t-1}) \tag{5.1} $$
#
# Every factor is a softmax over $V$ words, as for the ten digits. The logarithm makes a sum of the
# product: the loss of a sentence is the sum of the cross-entropies of its words.

# %% [markdown]
# Words become numbers, the *tokens*. Four of them are no words: `<START>` says that a sentence begins,
# `<END>` that it is over, `<UNK>` stands for a word that is not in the vocabulary, and `<NULL>` fills up
# the short sentences of a batch.

# %%
vocabulary = Vocabulary.from_texts(scenes.texts)
V = len(vocabulary)
tokens = vocabulary.encode(scenes.texts[3][:2])
print(vocabulary)
print(tokens)
print([vocabulary.words[token] for token in tokens[0]])

# %% [markdown]
# ## 2 Words as rows of a table
#
# **Idea.** The number of a token means nothing: token 8 is not twice token 4. So each token gets a
# row of $E$ numbers in a table, the *embedding*, and the rows are learnt like all weights.
#
# **Maths.** With `tokens` of shape $(N, T)$, the table $W$ $(V, E)$ and $Y$ $(N, T, E)$,
#
# $$ {{embedding: Y[n,t,e] = W[tokens[n,t],e]}}, \qquad
#    {{embedding: dW[v,e] = sum(n, t, delta(v,tokens[n,t]) * dY[n,t,e])}} \tag{5.2} $$
#
# **By hand.** For tokens $(2, 0, 2)$, with $V = 4$ and $E = 1$, and $\mathrm{d}Y = (1, 10, 100)$: row 0 of $\mathrm{d}W$ is 10, row 2
# is 101, the others are 0. A word that stands twice is taught twice.

# %% [markdown]
# ### Exercises 5.1 and 5.2
#
# Write both halves of (5.2).


# %%
@exercise("5.1", points=1)
def embedding_forward(tokens, W):
    """Look up the row of each token, equation (5.2).

    Args:
        tokens: (N, T), integers from 0 to V - 1.
        W: the table, (V, E), float.

    Returns:
        Y (N, T, E) and the cache.
    """
    ### BEGIN SOLUTION
    Y = W[tokens]  # (N, T, E)
    cache = (tokens, W.shape)
    ### END SOLUTION
    return Y, cache


# %%
@exercise("5.2", points=2)
def embedding_backward(dY, cache):
    """Gradient of the table, equation (5.2); tokens have none.

    Args:
        dY: dL/dY, (N, T, E), float.
        cache: from embedding_forward.

    Returns:
        dW (V, E).
    """
    ### BEGIN SOLUTION
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    np.add.at(dW, tokens, dY)  # a token that stands twice is added twice
    ### END SOLUTION
    return dW


# %%
table = rng.standard_normal((4, 3))
tokens = np.array([[2, 0, 2], [3, 3, 3]])
print(
    layer_gradient_check(
        embedding_forward, embedding_backward, tokens, table, names=("tokens", "W")
    )
)

# %% [markdown]
# ## 3 One step of a recurrent net
#
# **Idea.** To go through a sentence of any length, use one small net again and again. It takes the
# next word and its own *state*, what it remembers, and gives the new state. It is a linear layer with two
# inputs, and a tanh.
#
# **Maths.** For one step, with inputs $x$ $(N, D)$ and states of $M$ numbers,
#
# $$ \underset{(N,M)}{h} = \tanh\!\big(\underset{(N,D)}{x}\;\underset{(D,M)}{W_x} +
#    \underset{(N,M)}{h_{\text{prev}}}\;\underset{(M,M)}{W_h} + \underset{(M)}{b}\big) \tag{5.3} $$
#
# **By hand.** One number each: $x = 1$, $h_{\text{prev}} = 0.5$, $W_x = 1$, $W_h = -1$, $b = 0$ gives
# $h = \tanh 0.5 \approx 0.462$.

# %% [markdown]
# ### Exercise 5.3
#
# Write equation (5.3). What the cache keeps is yours to choose: write it and the way back as a pair.


# %%
@exercise("5.3", points=1)
def rnn_step_forward(x, h_prev, Wx, Wh, b):
    """One step of a recurrent net, equation (5.3).

    Args:
        x: inputs, (N, D), float.
        h_prev: states before, (N, M), float.
        Wx, Wh, b: (D, M), (M, M) and (M,), float.

    Returns:
        h (N, M) and the cache.
    """
    ### BEGIN SOLUTION
    h = np.tanh(x @ Wx + h_prev @ Wh + b)  # (N, M)
    cache = (x, h_prev, Wx, Wh, h)
    ### END SOLUTION
    return h, cache


# %%
h, cache = rnn_step_forward(*(np.array(a) for a in ([[1.0]], [[0.5]], [[1.0]], [[-1.0]], [0.0])))
print(h)

# %% [markdown]
# ### The way back
#
# Let $z$ be the sum inside tanh. The slope there is $1 - \tanh^2 z$, and $\tanh z$ is $h$ itself:
#
# $$ {{rnn_step: dz = dh * (1 - h * h)}} \tag{5.4} $$
#
# From $z$ on it is the linear layer twice, once for each input:
#
# $$ {{rnn_step: dx = dz @ Wx.T}}, \qquad {{rnn_step: dh_prev = dz @ Wh.T}}, \qquad
#    {{rnn_step: dWx = x.T @ dz}}, \qquad {{rnn_step: dWh = h_prev.T @ dz}} $$
#
# $$ {{rnn_step: db[m] = sum(n, dz[n,m])}} \tag{5.5} $$
#
# ### Exercise 5.4
#
# Write (5.4) and (5.5).


# %%
@exercise("5.4", points=3)
def rnn_step_backward(dh, cache):
    """Gradients of one step, equations (5.4) and (5.5).

    Args:
        dh: dL/dh, (N, M), float.
        cache: from rnn_step_forward.

    Returns:
        dx (N, D), dh_prev (N, M), dWx (D, M), dWh (M, M), db (M,).
    """
    ### BEGIN SOLUTION
    x, h_prev, Wx, Wh, h = cache
    dz = dh * (1 - h**2)  # (N, M)
    dx, dh_prev = dz @ Wx.T, dz @ Wh.T
    dWx, dWh, db = x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
    ### END SOLUTION
    return dx, dh_prev, dWx, dWh, db


# %%
shapes = {"x": (4, 3), "h_prev": (4, 2), "Wx": (3, 2), "Wh": (2, 2), "b": (2,)}
arrays = [rng.standard_normal(shape) for shape in shapes.values()]
print(layer_gradient_check(rnn_step_forward, rnn_step_backward, *arrays, names=tuple(shapes)))

# %% [markdown]
# ## 4 Through time and back
#
# **Idea.** Write the steps side by side, each with the state that the last one left. What stands there is
# an ordinary deep net with a layer for each word. Two things are special: every layer has the *same*
# weights, and every state is an answer of its own.
#
# **Maths.** With $X$ $(N, T, D)$ and $H$ $(N, T, M)$, counting steps from 0 as Python does,
#
# $$ H_t = \tanh(X_t W_x + H_{t-1} W_h + b), \qquad H_{-1} = h_0 \tag{5.6} $$
#
# ### Exercise 5.5
#
# Write (5.6) as a loop over your step.


# %%
@exercise("5.5", points=2)
def rnn_forward(X, h0, Wx, Wh, b):
    """A recurrent net over T steps, equation (5.6).

    Args:
        X: sequences, (N, T, D), float.
        h0: states at the start, (N, M), float.
        Wx, Wh, b: (D, M), (M, M) and (M,), float.

    Returns:
        H, the states after each step, (N, T, M), and the cache.
    """
    ### BEGIN SOLUTION
    h, states, cache = h0, [], []
    for t in range(X.shape[1]):
        h, step = rnn_step_forward(X[:, t], h, Wx, Wh, b)  # (N, M)
        states.append(h)
        cache.append(step)
    H = np.stack(states, axis=1)  # (N, T, M)
    ### END SOLUTION
    return H, cache


# %% [markdown]
# ### Backprop through time
#
# A state reaches the loss in two ways: directly, and through the next state. What step $t+1$ hands
# back as its `dh_prev` is the second:
#
# $$ \mathrm{d}h_t \leftarrow \mathrm{d}H_t + \mathrm{d}h_{\text{prev}}^{(t+1)} \tag{5.7} $$
#
# and nothing comes from beyond the end.
#
# So walk from the end to the beginning. All steps share the weights, and what each wants of them adds up:
#
# $$ \mathrm{d}W_x \leftarrow \mathrm{d}W_x + \mathrm{d}W_x^{(t)}, \qquad
#    \mathrm{d}W_h \leftarrow \mathrm{d}W_h + \mathrm{d}W_h^{(t)}, \qquad
#    \mathrm{d}b \leftarrow \mathrm{d}b + \mathrm{d}b^{(t)} \tag{5.8} $$
#
# What step 0 hands back is $\mathrm{d}h_0$.

# %% [markdown]
# ### Exercise 5.6
#
# Derive it for two steps, line by line as in lesson 01. What lies above the states says `u1` of `h1` and `u2` of `h2`:
# $L = \sum u_1 * h_1 + u_2 * h_2$, with $z_1 = x_1 W_x + h_0 W_h + b$, $h_1 = \tanh z_1$, and $z_2$, $h_2$ likewise from $x_2$ and $h_1$.
# Asked are `dh1`, `dWx`, `dWh`, `db` and `dh0`.


# %%
@exercise("5.6", points=3)
def derive_rnn_two_steps():
    """Lines that lead to dh1, dWx, dWh, db and dh0 of two steps."""
    ### BEGIN SOLUTION
    lines = [
        "dz2 = u2 * (1 - h2**2)",
        "dh1 = u1 + dz2 @ Wh.T",
        "dz1 = dh1 * (1 - h1**2)",
        "dWx = x1.T @ dz1 + x2.T @ dz2",
        "dWh = h0.T @ dz1 + h1.T @ dz2",
        "db = ones(N) @ (dz1 + dz2)",
        "dh0 = dz1 @ Wh.T",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# **By hand.** Two steps, one number each, near 0 where tanh is a straight line of slope 1. With $W_h = 3$ and
# $\mathrm{d}H = (1, 10)$: at $t = 1$ the gradient is 10. At $t = 0$ it is $1 + 3 \cdot 10 = 31$, and $\mathrm{d}b = 10 + 31 = 41$.
#
# ### Exercise 5.7
#
# Write (5.7) and (5.8) with your `rnn_step_backward`.


# %%
@exercise("5.7", points=4)
def rnn_backward(dH, cache):
    """Backprop through time, equations (5.7) and (5.8).

    Args:
        dH: what each state changes directly, (N, T, M), float.
        cache: from rnn_forward.

    Returns:
        dX (N, T, D), dh0 (N, M), dWx (D, M), dWh (M, M), db (M,).
    """
    ### BEGIN SOLUTION
    dh = np.zeros_like(dH[:, 0])  # (N, M), nothing comes from beyond the end
    dXs, dWx, dWh, db = [], 0, 0, 0
    for t in reversed(range(dH.shape[1])):
        dx, dh, dWx_t, dWh_t, db_t = rnn_step_backward(dH[:, t] + dh, cache[t])
        dXs.append(dx)  # (N, D), the last step first
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    dX, dh0 = np.stack(dXs[::-1], axis=1), dh  # (N, T, D)
    ### END SOLUTION
    return dX, dh0, dWx, dWh, db


# %%
shapes = {"X": (4, 5, 3), "h0": (4, 2), "Wx": (3, 2), "Wh": (2, 2), "b": (2,)}
arrays = [rng.standard_normal(shape) for shape in shapes.values()]
print(layer_gradient_check(rnn_forward, rnn_backward, *arrays, names=tuple(shapes)))

# %% [markdown]
# ### How far back does a gradient reach?
#
# **Maths.** Put (5.4) and (5.5) together. One step back in time is a product with $W_h^\top$ and with slopes
# of tanh, which are at most 1:
#
# $$ \mathrm{d}h_{t-1} = \big(\mathrm{d}h_t * (1 - h_t * h_t)\big)\, W_h^\top \tag{5.9} $$
#
# Over $k$ steps the same matrix comes $k$ times. If it shrinks, the gradient dies out; if it
# stretches, the gradient may explode.
#
# **Look.** A random net, gradient 1 at the last of 40 steps only, and $W_h$ a rotation times
# $s$. How large is what arrives $k$ steps earlier?


# %%
def reach(forward, backward, Wx, Wh, b, T=40, N=64):
    """Length of the gradient that arrives k steps before the last, k = 0 … T - 1; (T,)."""
    X = 0.1 * rng.standard_normal((N, T, len(Wx)))
    H, cache = forward(X, np.zeros((N, len(Wh))), Wx, Wh, b)
    dH = np.zeros_like(H)
    dH[:, -1] = rng.standard_normal(H[:, -1].shape)  # only the last state is asked
    dX = backward(dH, cache)[0]  # (N, T, D)
    lengths = np.linalg.norm(dX, axis=2).mean(axis=0)[::-1]  # (T,), the last step first
    return lengths / lengths[0]


M = 32
rotation, _ = np.linalg.qr(rng.standard_normal((M, M)))
layers = answers()
reached = {
    f"s = {s}": reach(layers.rnn_forward, layers.rnn_backward, np.eye(M), s * rotation, np.zeros(M))
    for s in (0.7, 1.0, 1.3)
}

# %% tags=["nbval-ignore-output"]
show.lines(
    {name: (range(40), lengths) for name, lengths in reached.items()},
    x_label="steps back",
    y_label="length of the gradient",
    log_y=True,
    title="A gradient on its way back through a plain recurrent net",
)

# %% [markdown]
# **What we saw.** A straight line on a logarithmic axis is a power: $0.7^k$, and after 40 steps nothing is left.
# With $s = 1.3$ the states grow until tanh is flat, and its slope takes back what $W_h$ gives; only near the start,
# at the right, where states are still small, the gradient grows. To be of use, both would have to balance, and stay
# so while the weights are learnt.

# %%
expect(reached["s = 0.7"][39], at_most=1e-4, about="what is left after 39 steps, s = 0.7")
expect(reached["s = 0.7"][10] / 0.7**10, at_least=0.5, at_most=1.1, about="measured over 0.7^10")

# %% [markdown]
# ## 5 The LSTM: a memory with doors
#
# **Idea.** Give the net a *cell* $c$ that no matrix multiplies: it is only added to. Three *gates*, shares
# from 0 to 1, say how much of the old content stays (forget gate $f$), how much of a new *candidate* $g$ is
# written (input gate $i$), and how much of the cell is shown (output gate $o$).
#
# **Maths.** One sum as in the plain net, four times as wide, cut into blocks of $M$ columns, in this order:
#
# $$ \underset{(N,4M)}{z} = x W_x + h_{\text{prev}} W_h + b, \quad
#    (i, f, o) = \sigma(z_1, z_2, z_3), \quad g = \tanh z_4 \tag{5.10} $$
#
# $$ c = f * c_{\text{prev}} + i * g, \qquad h = o * \tanh c \tag{5.11} $$
#
# PyTorch has the same gates in the order $i, f, g, o$.

# %% [markdown]
# **By hand.** $c_{\text{prev}} = 2$. Forget gate 1 and input gate 0: $c = 2$, however long it takes. Forget
# gate 0.5, input gate 1 and candidate $-1$: $c = 0$. With output gate 0, $h = 0$: it knows, and says nothing.
#
# ### Exercise 5.8
#
# Write (5.10) and (5.11).


# %%
def sigmoid(z):
    """A share from 0 to 1; written with tanh, so that no exp can overflow."""
    return 0.5 * (1 + np.tanh(0.5 * z))


@exercise("5.8", points=3)
def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
    """One step of an LSTM, equations (5.10) and (5.11).

    Args:
        x: inputs, (N, D), float.
        h_prev, c_prev: states and cells before, (N, M), float.
        Wx, Wh, b: (D, 4M), (M, 4M) and (4M,), float; blocks i, f, o, g.

    Returns:
        h (N, M), c (N, M) and the cache.
    """
    ### BEGIN SOLUTION
    z = x @ Wx + h_prev @ Wh + b  # (N, 4M)
    z1, z2, z3, z4 = np.split(z, 4, axis=1)  # each (N, M)
    i, f, o, g = sigmoid(z1), sigmoid(z2), sigmoid(z3), np.tanh(z4)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    cache = (x, h_prev, c_prev, Wx, Wh, i, f, o, g, c)
    ### END SOLUTION
    return h, c, cache


# %% [markdown]
# ### The way back
#
# Two gradients arrive: $\mathrm{d}h$, and $\mathrm{d}c$ from the next step. But $h$ shows the cell, so the cell is reached
# in two ways, too:
#
# $$ \mathrm{d}c \leftarrow \mathrm{d}c + \mathrm{d}h * o * (1 - \tanh^2 c) \tag{5.12} $$
#
# Then each product of (5.11) gives to each factor the gradient times the other one. In capitals, since $i$ may also be an
# index:
#
# $$ {{lstm_cell: dO = dH * tanh(C)}}, \quad {{lstm_cell: dF = dC * C_prev}}, \quad {{lstm_cell: dI = dC * G}} $$
#
# $$ {{lstm_cell: dG = dC * I}}, \quad {{lstm_cell: dC_prev = dC * F}} \tag{5.13} $$
#
# and through the slopes $\sigma' = \sigma(1 - \sigma)$ and $1 - g^2$ to the four blocks of $\mathrm{d}z$. From $z$ on it is (5.5).

# %% [markdown]
# ### Exercise 5.9
#
# Derive it, entry by entry. So that gates are no indices, they are capitals here: `I`, `F`, `O`, `G` are made of `Ai`, `Af`, `Ao`,
# `Ag`; `C` and `H` by (5.11). From above, `H` is told `u` and `C` is told `v`. Asked are `dC`, `dC_prev`, `dAi`, `dAf`, `dAo` and `dAg`.


# %%
@exercise("5.9", points=3)
def derive_lstm_cell():
    """Lines that lead to dC, dC_prev and the gradients of the four blocks."""
    ### BEGIN SOLUTION
    lines = [
        "dC = v + u * O * (1 - tanh(C)**2)",
        "dC_prev = dC * F",
        "dAi = dC * G * I * (1 - I)",
        "dAf = dC * C_prev * F * (1 - F)",
        "dAo = u * tanh(C) * O * (1 - O)",
        "dAg = dC * I * (1 - G**2)",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ### Exercise 5.10
#
# And in code, with your cache.


# %%
@exercise("5.10", points=5)
def lstm_step_backward(dh, dc, cache):
    """Gradients of one LSTM step, equations (5.12), (5.13) and (5.5).

    Args:
        dh, dc: dL/dh and dL/dc, (N, M), float.
        cache: from lstm_step_forward.

    Returns:
        dx (N, D), dh_prev (N, M), dc_prev (N, M), dWx (D, 4M), dWh (M, 4M), db (4M,).
    """
    ### BEGIN SOLUTION
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, c = cache
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)  # a new array: the caller still needs the old
    di, df, do, dg = dc * g, dc * c_prev, dh * np.tanh(c), dc * i
    gates = [d * s * (1 - s) for d, s in ((di, i), (df, f), (do, o))]
    dz = np.concatenate([*gates, dg * (1 - g**2)], axis=1)  # (N, 4M)
    dx, dh_prev, dc_prev = dz @ Wx.T, dz @ Wh.T, dc * f
    dWx, dWh, db = x.T @ dz, h_prev.T @ dz, dz.sum(axis=0)
    ### END SOLUTION
    return dx, dh_prev, dc_prev, dWx, dWh, db


# %% [markdown]
# ### Exercises 5.11 and 5.12
#
# Through time as before; now *two* arrays go from step to step, $h$ and $c$, and two gradients come back.
# The cell begins empty.


# %%
@exercise("5.11", points=2)
def lstm_forward(X, h0, Wx, Wh, b):
    """An LSTM over T steps, from h0 and empty cells.

    Args:
        X: sequences, (N, T, D), float.
        h0: states at the start, (N, M), float.
        Wx, Wh, b: (D, 4M), (M, 4M) and (4M,), float; blocks i, f, o, g.

    Returns:
        H, the states after each step, (N, T, M), and the cache.
    """
    ### BEGIN SOLUTION
    h, c, states, cache = h0, np.zeros_like(h0), [], []
    for t in range(X.shape[1]):
        h, c, step = lstm_step_forward(X[:, t], h, c, Wx, Wh, b)  # (N, M), (N, M)
        states.append(h)
        cache.append(step)
    H = np.stack(states, axis=1)  # (N, T, M)
    ### END SOLUTION
    return H, cache


# %%
@exercise("5.12", points=4)
def lstm_backward(dH, cache):
    """Backprop through time for the LSTM.

    Args:
        dH: what each state changes directly, (N, T, M), float.
        cache: from lstm_forward.

    Returns:
        dX (N, T, D), dh0 (N, M), dWx (D, 4M), dWh (M, 4M), db (4M,).
    """
    ### BEGIN SOLUTION
    dh = np.zeros_like(dH[:, 0])  # (N, M)
    dc = np.zeros_like(dh)
    dXs, dWx, dWh, db = [], 0, 0, 0
    for t in reversed(range(dH.shape[1])):
        dx, dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dH[:, t] + dh, dc, cache[t])
        dXs.append(dx)  # (N, D), the last step first
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    dX, dh0 = np.stack(dXs[::-1], axis=1), dh  # (N, T, D)
    ### END SOLUTION
    return dX, dh0, dWx, dWh, db


# %%
shapes = {"X": (3, 4, 5), "h0": (3, 2), "Wx": (5, 8), "Wh": (2, 8), "b": (8,)}
arrays = [rng.standard_normal(shape) for shape in shapes.values()]
print(layer_gradient_check(lstm_forward, lstm_backward, *arrays, names=tuple(shapes)))

# %% [markdown]
# ### Does it remember?
#
# **Look.** In (5.13) the cell hands its gradient back times $f$, and nothing else. With a bias of the forget
# gate that opens it, $f$ is near 1, from the very first step of training.

# %%
layers = answers()
Wx, Wh = 0.3 * rng.standard_normal((M, 4 * M)), 0.1 * rng.standard_normal((M, 4 * M))
for bias in (0, 1, 3):
    b = np.zeros(4 * M)
    b[M : 2 * M] = bias  # the forget gate
    lengths = reach(layers.lstm_forward, layers.lstm_backward, Wx, Wh, b)
    reached[f"LSTM, forget bias {bias}"] = lengths

# %% tags=["nbval-ignore-output"]
show.lines(
    {name: (range(40), reached[name]) for name in ("s = 0.7", *list(reached)[3:])},
    x_label="steps back",
    y_label="length of the gradient",
    log_y=True,
    title="A gradient on its way back, plain net and LSTM",
)

# %%
left = {name: lengths[39] for name, lengths in reached.items()}
expect(left["LSTM, forget bias 3"], at_least=0.1, about="left after 39 steps, forget gate open")

# %% [markdown]
# **Idea.** A gradient that arrives is no knowledge yet. So here is a task for a memory: 20 random tokens, and at
# the end the question which was the *first*. Guessing among 7 is right one time in 7.


# %%
def recall(forward, backward, gates, forget_bias=0.0, steps=400, T=20, N=32, V=8, M=24):
    """Train a net to recall the first of T tokens; the share that is right, at each step."""
    rng = np.random.default_rng(0)
    E, share = 8, []
    widths = {"Wx": (E, gates * M), "Wh": (M, gates * M), "W_words": (V, E), "W_out": (M, V)}
    p = {name: rng.standard_normal(shape) / np.sqrt(shape[0]) for name, shape in widths.items()}
    p |= {"b": np.zeros(gates * M), "b_out": np.zeros(V)}
    p["b"][M : 2 * M] = forget_bias  # the plain net has no such block: nothing is set
    optimizer = nn.make_optimizer("adam", 0.01)
    for _ in range(steps):
        tokens, grads = rng.integers(1, V, (N, T)), {}
        X, words = layers.embedding_forward(tokens, p["W_words"])
        H, walk = forward(X, np.zeros((N, M)), p["Wx"], p["Wh"], p["b"])
        Z, last = nn.linear_forward(H[:, -1], p["W_out"], p["b_out"])
        share.append((Z.argmax(axis=1) == tokens[:, 0]).mean())
        _, chosen = nn.softmax_cross_entropy_forward(Z, tokens[:, 0])
        dZ, dH = nn.softmax_cross_entropy_backward(1.0, chosen), np.zeros_like(H)
        dH[:, -1], grads["W_out"], grads["b_out"] = nn.linear_backward(dZ, last)
        dX, _, grads["Wx"], grads["Wh"], grads["b"] = backward(dH, walk)
        grads["W_words"] = layers.embedding_backward(dX, words)
        optimizer.step(p, grads)
    return np.array(share)


# %% tags=["nbval-ignore-output"]
plain, lstm = (layers.rnn_forward, layers.rnn_backward), (layers.lstm_forward, layers.lstm_backward)
right = {
    "plain net": recall(*plain, gates=1),
    "LSTM, forget bias 0": recall(*lstm, gates=4),
    "LSTM, forget bias 3": recall(*lstm, gates=4, forget_bias=3.0),
}
blocks = {name: share.reshape(-1, 25).mean(axis=1) for name, share in right.items()}
show.lines(
    {name: (25 * np.arange(1, 17), share) for name, share in blocks.items()},
    x_label="step of training",
    y_label="share right",
    marks={"guessing": 1 / 7},
    title="Which was the first of 20 tokens?",
)

# %%
expect(blocks["plain net"][-4:].mean(), at_most=0.5, about="plain net, share right")
expect(blocks["LSTM, forget bias 3"][-4:].mean(), at_least=0.9, about="LSTM, share right")

# %% [markdown]
# **What we saw.** Both nets *could* remember. But to learn it, the gradient has to come back over 20 steps, and
# in the plain net, and in an LSTM that begins with half-closed gates, hardly anything arrives.

# %% [markdown]
# ## 6 The loss of a sentence
#
# **Idea.** At every step the net gives logits for the next word: $Z$ of shape $(N, T, V)$. Each place is a
# choice among $V$ words, with the cross-entropy of lesson 03. But short captions are filled up with `<NULL>`,
# and what the net would say there is nobody's business. A *mask* says which places count.
#
# **Maths.** With $P$ the softmax of $Z$ over the words, and the mask 1 where a place counts and 0 elsewhere,
#
# $$ L = -\frac{1}{N} \sum_{n,t} \mathrm{mask}_{nt} \log P_{n,t,y_{nt}}, \qquad
#    {{temporal_softmax: dZ[n,t,v] = mask[n,t] * (P[n,t,v] - delta(v,y[n,t])) / N}} \tag{5.14} $$
#
# It is divided by the number of *sentences*: a sentence of 15 words weighs more than one of 5.

# %% [markdown]
# **By hand.** A net that knows nothing gives each of $V = 20$ words the same probability. A caption of 7 words
# and `<END>` then costs $8 \ln 20 \approx 24$ nats, one of 3 words $4 \ln 20 \approx 12$. Together $L \approx 18$.
#
# ### Exercises 5.13 and 5.14
#
# Write both halves of (5.14). Logits may be as large as 1000: take the row's maximum off first.


# %%
@exercise("5.13", points=2)
def temporal_softmax_forward(Z, y, mask):
    """Masked softmax cross-entropy over time, equation (5.14).

    Args:
        Z: logits, (N, T, V), float.
        y: the right words, (N, T), integers.
        mask: (N, T), bool, True where a place counts.

    Returns:
        loss, summed over places that count and divided by N, and the cache.
    """
    N, T, V = Z.shape
    ### BEGIN SOLUTION
    shifted = Z - Z.max(axis=2, keepdims=True)  # (N, T, V)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    right = np.take_along_axis(log_P, y[:, :, None], axis=2)[:, :, 0]  # (N, T)
    loss = -right[mask].sum() / N
    cache = (log_P, y, mask)
    ### END SOLUTION
    return loss, cache


# %%
@exercise("5.14", points=2)
def temporal_softmax_backward(dloss, cache):
    """Gradient of the masked loss, equation (5.14).

    Args:
        dloss: dL/dloss, a number; 1.0 at the end of a net.
        cache: from temporal_softmax_forward.

    Returns:
        dZ (N, T, V).
    """
    ### BEGIN SOLUTION
    log_P, y, mask = cache
    dZ = np.exp(log_P)  # (N, T, V)
    n, t = np.indices(y.shape)
    dZ[n, t, y] -= 1
    dZ *= mask[:, :, None] * (dloss / len(y))
    ### END SOLUTION
    return dZ


# %%
Z, y = np.zeros((2, 8, 20)), np.zeros((2, 8), int)
mask = np.arange(8) < np.array([[8], [4]])
loss, cache = temporal_softmax_forward(Z, y, mask)
expect(abs(loss - 6 * np.log(20)), at_most=1e-9, about="distance from 6 ln 20")

# %%
Z, y = rng.standard_normal((2, 4, 5)), rng.integers(0, 5, (2, 4))
mask = np.array([[True, True, True, False], [True, False, True, True]])
print(
    layer_gradient_check(
        lambda Z: temporal_softmax_forward(Z, y, mask), temporal_softmax_backward, Z, names=("Z",)
    )
)

# %% [markdown]
# ### What goes in, what must come out
#
# **Idea.** While it is trained, the net is given the true words so far and asked for the next: *teacher
# forcing*. So a caption is used twice, shifted by one place:
#
# | step | 0 | 1 | 2 | 3 |
# |---|---|---|---|---|
# | input | `<START>` | a | circle | `<NULL>` |
# | target | a | circle | `<END>` | `<NULL>` |
#
# A net whose input already holds its target has nothing to learn but to copy: its loss falls like a stone,
# and on its own it only repeats itself.
#
# ### Exercise 5.15


# %%
@exercise("5.15", points=1)
def shift_captions(tokens, null=0):
    """Inputs, targets and mask from captions.

    Args:
        tokens: captions with START and END, filled up with null, (N, T + 1), integers.
        null: the token that fills up.

    Returns:
        inputs (N, T), targets (N, T), mask (N, T), True where a target counts.
    """
    ### BEGIN SOLUTION
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    mask = targets != null
    ### END SOLUTION
    return inputs, targets, mask


# %%
inputs, targets, mask = shift_captions(vocabulary.encode(["a red circle", "a small blue square"]))
print(inputs, targets, mask.astype(int), sep="\n\n")

# %% [markdown]
# ## 7 The captioner
#
# **Idea.** All parts are there. A picture is given as $D$ *features*; a linear layer makes the first state of
# them. Words go through the embedding, the states through a linear layer to the logits.
#
# **Maths.** For features $F$ $(N, D)$ and inputs $(N, T)$:
#
# $$ h_0 = F\, W_{\text{start}} + b_{\text{start}}, \quad X = \text{embedding}, \quad
#    H = \text{rnn}(X, h_0), \quad Z = H\, W_{\text{out}} + b_{\text{out}} \tag{5.15} $$
#
# and the loss (5.14). The way back meets the same stations in reverse. The table of words is used by all
# captions, $W_{\text{out}}$ at all steps.

# %% [markdown]
# ### Exercise 5.16
#
# Put it together from what you have written. A linear layer over time is `H @ W_out`; for its gradient, sum over
# captions and steps: lay them under each other with `reshape(-1, M)`.


# %%
@exercise("5.16", points=5)
def caption_loss_and_grads(params, features, tokens, null=0):
    """Loss of a plain recurrent captioner and its gradients, equations (5.15) and (5.14).

    Args:
        params: W_start, b_start, W_words, Wx, Wh, b, W_out, b_out.
        features: (N, D), float.
        tokens: (N, T + 1), integers, with START and END.
        null: the token that fills up.

    Returns:
        loss and a dictionary of gradients with the keys of params.
    """
    p, grads = params, {}
    inputs, targets, mask = shift_captions(tokens, null)
    ### BEGIN SOLUTION
    h0 = features @ p["W_start"] + p["b_start"]  # (N, M)
    X, words = embedding_forward(inputs, p["W_words"])  # (N, T, E)
    H, steps = rnn_forward(X, h0, p["Wx"], p["Wh"], p["b"])  # (N, T, M)
    Z = H @ p["W_out"] + p["b_out"]  # (N, T, V)
    loss, chosen = temporal_softmax_forward(Z, targets, mask)
    dZ = temporal_softmax_backward(1.0, chosen)
    dZ_rows, H_rows = dZ.reshape(-1, dZ.shape[2]), H.reshape(-1, H.shape[2])
    grads["W_out"], grads["b_out"] = H_rows.T @ dZ_rows, dZ_rows.sum(axis=0)
    dX, dh0, *of_steps = rnn_backward(dZ @ p["W_out"].T, steps)
    grads["Wx"], grads["Wh"], grads["b"] = of_steps
    grads["W_words"] = embedding_backward(dX, words)
    grads["W_start"], grads["b_start"] = features.T @ dh0, dh0.sum(axis=0)
    ### END SOLUTION
    return loss, grads


# %%
def small_captioner(rng, D=3, M=4, E=2, V=6):
    """First weights of a captioner small enough for a gradient check."""
    shapes = {
        "W_start": (D, M), "b_start": (M,), "W_words": (V, E), "Wx": (E, M), "Wh": (M, M),
        "b": (M,), "W_out": (M, V), "b_out": (V,),
    }  # fmt: skip
    return {name: 0.5 * rng.standard_normal(shape) for name, shape in shapes.items()}


params, features = small_captioner(rng), rng.standard_normal((2, 3))
tokens = np.array([[1, 4, 5, 2, 0], [1, 4, 4, 3, 2]])
_, grads = caption_loss_and_grads(params, features, tokens)
print(gradient_check(lambda p: caption_loss_and_grads(p, features, tokens)[0], params, grads))

# %% [markdown]
# ### Clipping
#
# **Idea.** Through time a gradient may explode now and then, and one step with it would throw away what was
# learnt. So a gradient that is too long is shortened, and keeps its direction. Its length is that of all
# arrays together, as if they were one long row.
#
# $$ \lVert g \rVert = \sqrt{\sum_{\text{params}} \sum_{\text{entries}} g^2}, \qquad
#    g \leftarrow g \cdot \min\!\Big(1, \frac{g_{\max}}{\lVert g \rVert}\Big) \tag{5.16} $$
#
# ### Exercise 5.17


# %%
@exercise("5.17", points=2)
def clip_gradients(grads, max_norm):
    """Shorten all gradients together to a length of at most max_norm, equation (5.16).

    Args:
        grads: {name: array}.
        max_norm: the largest length allowed, above 0.

    Returns:
        The gradients, clipped, as new arrays, and their length before.
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    share = min(1.0, max_norm / norm) if norm > 0 else 1.0
    clipped = {name: share * g for name, g in grads.items()}
    ### END SOLUTION
    return clipped, norm


# %%
clipped, norm = clip_gradients({"W": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 1.0)
print(norm, clipped)

# %% [markdown]
# ## 8 Fifty captions by heart
#
# **Idea.** As in lesson 03: a net that cannot learn fifty captions by heart has a fault, and one that can is
# worth training. The features of a picture are its first 40 principal components (lesson 02). For the states,
# an LSTM; `nn.CaptionNet` is (5.15) with either of the two.

# %%
layers = answers()
pixels = scenes.pictures.reshape(len(scenes), -1) / 255  # (1000, 3072)
mean, directions, _ = nn.pca_fit(pixels, 40)
scores = nn.pca_project(pixels, mean, directions)  # (1000, 40)
features = (scores / scores.std(axis=0)).astype(np.float32)
tokens = vocabulary.encode([texts[0] for texts in scenes.texts])  # (1000, T + 1)
net = nn.CaptionNet(
    40, V, rng=np.random.default_rng(0), cell="lstm", embedding=64, hidden=128, layers=layers
)
some = slice(0, 50)


# %% tags=["nbval-ignore-output"]
optimizer = nn.make_optimizer("adam", 0.02)
losses = []
for step in range(101):
    loss, grads = net.loss_and_grads(features[some], tokens[some])
    losses.append(loss)
    if step % 10 == 0:
        print(f"iteration {step:3}   loss {loss:8.4f}")
    clipped, _ = layers.clip_gradients(grads, 5.0)
    optimizer.step(net.params, clipped)

# %%
words = (tokens[some, 1:] != 0).sum(axis=1).mean()  # in a caption, END included
expect(
    losses[0] / (words * np.log(V)), at_least=0.9, at_most=1.1, about="first loss / words · ln V"
)
expect(losses[100], at_most=0.0865, about="loss after 100 steps")

# %% [markdown]
# ## 9 Say it
#
# **Idea.** Now the net is on its own. It gets the picture and `<START>`, and the likeliest word is taken. That word
# goes in at the next step, with the state it left; and so on, until the net says `<END>`, or the patience ends.
#
# **Maths.** *Greedy* decoding, for $t = 1, 2, \dots$ from $w_0 = \text{START}$:
#
# $$ w_t = \arg\max_w P(w \mid \text{picture}, w_1 \dots w_{t-1}) \tag{5.17} $$
#
# Its score is the sum of the logarithms of these probabilities.
#
# **By hand.** After START the net says *a* with 0.9; after *a*, *circle* with 0.5 and *red* with 0.4; after
# *circle*, END with 1. The caption is "a circle", with the score $\ln 0.9 + \ln 0.5 + \ln 1 \approx -0.80$.

# %% [markdown]
# ### Exercise 5.18
#
# Write it for one picture. `step(state, np.array([token]))` gives the logarithms of the probabilities,
# $(1, V)$, and the next state.


# %%
@exercise("5.18", points=3)
def greedy_decode(step, state, start, end, length):
    """Write one caption, taking the likeliest word each time, equation (5.17).

    Args:
        step: step(state, tokens (1,)) -> (log_probs (1, V), new state).
        state: what the first step starts from.
        start, end: tokens, integers.
        length: the caption has at most so many tokens.

    Returns:
        tokens (L,), integers, without start, with end if the net said it, and the score.
    """
    ### BEGIN SOLUTION
    tokens, score, last = [], 0.0, start
    while len(tokens) < length and last != end:
        log_probs, state = step(state, np.array([last]))  # (1, V)
        last = int(log_probs[0].argmax())
        tokens.append(last)
        score += float(log_probs[0, last])
    ### END SOLUTION
    return np.array(tokens), score


# %% [markdown]
# The caption from above, as a `step` of three sentences' worth:


# %%
def toy_step(state, tokens):
    """0 END, 1 START, 2 a, 3 circle, 4 red: what comes next, by the last word alone."""
    table = np.full((5, 5), 1e-9)
    table[1, 2], table[1, 4] = 0.9, 0.1
    table[2, 3], table[2, 4], table[2, 2] = 0.5, 0.4, 0.1
    table[3, 0], table[4, 3] = 1, 1
    return np.log(table[tokens]), state


tokens_said, score = greedy_decode(toy_step, {"h": np.zeros((1, 1))}, start=1, end=0, length=9)
print(tokens_said, f"{score:.2f}")

# %% [markdown]
# **Look.** What does the net say of pictures whose captions it has learnt by heart, and of pictures it has never
# seen?


# %%
def say(net, feature):
    """The net's own words about one picture, given as features (D,)."""
    start, end = vocabulary.id_of("<START>"), vocabulary.id_of("<END>")
    said, _ = answers().greedy_decode(net.step, net.start(feature[None]), start, end, 12)
    return vocabulary.decode(said)


rows = [*range(4), *range(50, 54)]
said = [say(net, features[k]) for k in rows]

# %% tags=["nbval-ignore-output"]
show.captioned(
    scenes.pictures[rows],
    said,
    [scenes.texts[k] for k in rows],
    columns=4,
    title="Above: learnt by heart. Below: never seen",
)

# %%
by_heart = np.mean([say(net, features[k]) == scenes.texts[k][0] for k in range(50)])
new = np.mean([exact(say(net, features[k]), scenes.texts[k]) for k in range(50, 250)])
expect(by_heart, at_least=0.96, about="captions of the fifty, word by word")
expect(new, at_most=0.3, about="right about new pictures")

# %% [markdown]
# **What we saw.** It knows the fifty word by word. About a new picture it says a sentence, too, mostly in good English, and
# wrong: it has learnt what sentences look like, not yet what a circle looks like. For that it needs more pictures,
# and an eye better than principal components.
#
# ## 10 Where you stand

# %%
progress(last="5.18")

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $N$, $T$, $V$ | | | captions in a batch, steps, words in the vocabulary |
# | $W$ | `W`, `W_words` | $(V, E)$ | embedding, a row for each word |
# | $x$, $h$ | `x`, `h` | $(N, D)$, $(N, M)$ | input and state of a step |
# | $W_x$, $W_h$, $b$ | `Wx`, `Wh`, `b` | $(D, M)$, $(M, M)$, $(M,)$; LSTM: $4M$ columns | weights of a step |
# | $i$, $f$, $o$, $g$, $c$ | `i`, `f`, `o`, `g`, `c` | $(N, M)$ | gates, candidate, cell |
# | $X$, $H$ | `X`, `H` | $(N, T, D)$, $(N, T, M)$ | all inputs, all states |
# | $Z$, mask | `Z`, `mask` | $(N, T, V)$, $(N, T)$ | logits, which places count |
# | $F$ | `features` | $(N, D)$ | what is known of the pictures |

# %% [markdown]
# **Questions.**
#
# 1. Why must the loss be summed over time before it is averaged over captions, if long captions are to count more?
#    What would change if you divided by the number of words?
# 2. Set the forget gate to 1, the input gate to 0. What is $\mathrm{d}c_{\text{prev}}$ after 100 steps?
# 3. Without the mask, which word would the net learn best?
# 4. How large is the gradient of $W_{\text{words}}$ for a word that the batch does not contain?
# 5. What does a net say that is given a grey picture?
#
# `hint("5.10")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** Elman, *Finding structure in time*, 1990. Werbos, *Backpropagation through time*, 1990. Hochreiter and
# Schmidhuber, *Long short-term memory*, 1997. Gers, Schmidhuber and Cummins, *Learning to forget*, 2000. Bengio, Simard
# and Frasconi, *Learning long-term dependencies with gradient descent is difficult*, 1994. Pascanu, Mikolov and Bengio,
# *On the difficulty of training recurrent neural networks*, 2013 (clipping). Williams and Zipser, 1989 (teacher
# forcing). Vinyals et al., *Show and tell*, 2015. Karpathy and Fei-Fei, 2015. Jozefowicz, Zaremba and Sutskever, 2015
# (bias of the forget gate).

# %%
# <hand-in>
