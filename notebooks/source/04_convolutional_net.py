# %% [markdown]
# # 04 · A convolutional net: from the sum to speed
#
# <!-- badge -->
#
# **Goal.** Build convolution, pooling and batch norm for images, forward and backward, prove each
# gradient, make the sum fast, and train nets that know that a picture is a picture. **Time.** 120
# minutes. **Assumed.** Lesson 03; derivation 1.10 of lesson 01 helps.
#
# At the end the same net runs in PyTorch, from the same weights, and gives the same numbers.

# %%
# <setup>

# %%
import textwrap
import time

import numpy as np

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import gradient_check, layer_gradient_check
from course_utils.data import PixelScaler, load_digits, load_photos, resolve_profile

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"
digits = load_digits(profile)
to_floats = PixelScaler.fit(digits.train.X)
rng = np.random.default_rng(4)

# %% [markdown]
# ## 1 What a fully connected net does not know
#
# **Idea.** Deal all 784 pixels out anew, in one fixed random order for all digits. For us the
# pictures are lost.

# %% tags=["nbval-ignore-output"]
order = rng.permutation(784)
X = digits.train.X[:8]
show.gallery(
    np.concatenate([X, X[:, order]]),
    [str(c) for c in digits.train.y[:8]] * 2,
    columns=8,
    size=1.0,
    title="Eight digits, and the same with their pixels dealt out anew",
)

# %% [markdown]
# For a fully connected net nothing has happened: deal out the rows of $W_1$ in the same way, and
# every logit is as before. It learns both kinds of pictures equally well, so it does not use that
# neighbours belong together.

# %%
net = nn.FullyConnectedNet((784, 30, 10), rng=np.random.default_rng(0), dtype=np.float64)
dealt = net.copy()
dealt.params["W1"] = net.params["W1"][order]
X = to_floats(digits.train.X[:8]).astype(np.float64)
apart = np.abs(net.logits(X) - dealt.logits(X[:, order])).max()
expect(apart, at_most=1e-10, about="logits apart, for dealt pixels and dealt weights")

# %% [markdown]
# Two things are true of pictures, and a net can be built on them:
#
# - **What belongs together is close together.** An edge is a matter of a few neighbours. So a unit
#   needs to see a small window only.
# - **A thing stays the same when it moves.** What finds an edge at the top left finds it at the
#   bottom right. So units at all places can share their weights.
#
# A layer from 784 numbers to 784 numbers has 615,440 weights and biases. One with a shared window of
# 3×3 has 10. Such a window of weights is a *kernel*.

# %% [markdown]
# ## 2 Convolution, by hand
#
# **Idea.** Lay the kernel on the picture, multiply what lies upon each other, add up. Then go one
# place on.
#
# **Maths.** For a picture $X$ $(H, W)$ and a kernel $K$ $(K_H, K_W)$,
#
# $$ Y_{pq} = \sum_{u,v} X_{p+u,\,q+v}\, K_{uv},
#    \qquad \underset{(H - K_H + 1,\; W - K_W + 1)}{Y} \tag{4.1} $$
#
# There are fewer places than pixels, because the kernel must not hang over the edge. Strictly this
# is a *cross-correlation*: a mathematician's convolution turns the kernel round first. The net
# learns its kernels, so it would just learn them turned.

# %% [markdown]
# **By hand.** The sum as it stands, loop by loop. It is slow and plainly right, so it will judge all
# that follows.


# %%
def convolve_loops(X, kernel):
    """Equation (4.1), as it stands: X (H, W), kernel (KH, KW), one number after the other."""
    (H, W), (KH, KW) = X.shape, kernel.shape
    Y = np.zeros((H - KH + 1, W - KW + 1))
    for p in range(Y.shape[0]):
        for q in range(Y.shape[1]):
            for u in range(KH):
                for v in range(KW):
                    Y[p, q] += X[p + u, q + v] * kernel[u, v]
    return Y


X = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2]], dtype=float)
kernel = np.array([[-1, 1], [-1, 1]], dtype=float)
print(convolve_loops(X, kernel))

# %% tags=["nbval-ignore-output"]
show.convolution_step(
    X, kernel, convolve_loops(X, kernel), place=(1, 1), title="Right minus left: it finds an edge"
)

# %% [markdown]
# Two settings say where the kernel goes. A **stride** $s$ moves it by $s$ pixels at a time, and a
# **padding** $r$ puts $r$ rows and columns of zeros around the picture first. So
#
# $$ H_{\text{out}} = 1 + \Big\lfloor \frac{H + 2r - K_H}{s} \Big\rfloor \tag{4.2} $$
#
# With $K_H = 3$, $s = 1$, $r = 1$ the picture keeps its size. A last, incomplete step is left out.
#
# **By hand.** $H = 6$, $K_H = 3$: with $s = 2$, $r = 0$ there are $1 + \lfloor 3/2 \rfloor = 2$ rows, and the last row of
# pixels is never seen.

# %% [markdown]
# **Channels and filters.** A colour picture has three numbers per pixel, a later layer has many:
# $C_{\text{in}}$ *channels*. A kernel then has a slice for each of them, and sums over all. $F$ kernels, the
# *filters*, each give one channel of the output, with a bias $b_f$. With the padding in place,
#
# $$ {{convolution_stride: Y[n,f,p,q] = sum(c, u, v, X[n,c,s*p+u,s*q+v] * K[f,c,u,v]) + b[f]}} \tag{4.3} $$
#
# with $X$ $(N, C_{\text{in}}, H, W)$, $K$ $(F, C_{\text{in}}, K_H, K_W)$, $Y$ $(N, F, H_{\text{out}}, W_{\text{out}})$.
#
# ### Exercise 4.1
#
# Write (4.3). Two loops over the places are quick enough: what happens at one place is one product,
# for all pictures and filters at once.


# %%
@exercise("4.1", points=4)
def conv2d_forward(X, kernels, b, *, stride=1, padding=0):
    """Convolution, equation (4.3).

    Args:
        X: pictures, (N, C_in, H, W), float.
        kernels: (F, C_in, KH, KW), float.
        b: biases, (F,), float.
        stride, padding: whole numbers.

    Returns:
        Y (N, F, H_out, W_out) and the cache.
    """
    (N, C, H, W), (F, _, KH, KW) = X.shape, kernels.shape
    ### BEGIN SOLUTION
    padded = np.pad(X, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    H_out = 1 + (H + 2 * padding - KH) // stride
    W_out = 1 + (W + 2 * padding - KW) // stride
    Y = np.empty((N, F, H_out, W_out), X.dtype)
    for p in range(H_out):
        for q in range(W_out):
            top, left = p * stride, q * stride
            window = padded[:, :, top : top + KH, left : left + KW]  # (N, C_in, KH, KW)
            # Over channel, row and column of the window, the last three axes of both: (N, F)
            Y[:, :, p, q] = np.tensordot(window, kernels, axes=([1, 2, 3], [1, 2, 3])) + b
    cache = (padded, kernels, stride, padding)
    ### END SOLUTION
    return Y, cache


# %%
Y, cache = conv2d_forward(X[None, None], kernel[None, None], np.zeros(1))
print(Y[0, 0])

# %% [markdown]
# ## 3 What a kernel does to a picture
#
# **Idea.** Nobody has learnt anything yet, and a kernel can already do a lot. If its numbers sum to
# 1, the brightness stays and it blurs or sharpens. If they sum to 0, it is silent where the picture
# is even, and speaks at edges.

# %%
KERNELS = {
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "edge →": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float) / 4,
    "edge ↓": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], float) / 4,
    "outline": np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], float) / 8,
}
layers = answers()


def apply(image, kernel):
    """One picture (H, W) through one kernel; with the padding it keeps its size."""
    Y, _ = layers.conv2d_forward(image[None, None], kernel[None, None], np.zeros(1), padding=1)
    return Y[0, 0]


digit = digits.train.X[digits.train.y == 5][0].reshape(28, 28) / 255

# %% tags=["nbval-ignore-output"]
show.filtered(digit, KERNELS, apply, title="Five kernels at work")

# %% [markdown]
# **Try it.** In JupyterLab and Colab you can choose a kernel and change its nine numbers. What does
# a single 1 in a corner do? What if all signs change?

# %% tags=["nbval-ignore-output"]
show.try_kernel(digit, KERNELS, apply, start="edge →")

# %% [markdown]
# ## 4 The way back
#
# **Idea.** Follow one product $X \cdot K$ of (4.3). It hands its share of $\mathrm{d}Y$ to two places: to
# the kernel entry, times the pixel, and to the pixel, times the kernel entry.
#
# **Maths.** A kernel entry was used at every place $(p, q)$ of every picture $n$, so it collects
# from all of them. A bias was added everywhere:
#
# $$ {{convolution_stride: dK[f,c,u,v] = sum(n, p, q, dY[n,f,p,q] * X[n,c,s*p+u,s*q+v])}} \tag{4.4} $$
#
# $$ {{convolution_stride: db[f] = sum(n, p, q, dY[n,f,p,q])}} \tag{4.5} $$
#
# For stride 1, read (4.4) again: $X$ is filtered, and $\mathrm{d}Y$ is the kernel.

# %% [markdown]
# A pixel $(i, j)$ was seen from the places whose window covers it. At place $(p, q)$ it met the kernel
# entry $(i - sp,\, j - sq)$, and outside of the kernel there is only 0:
#
# $$ {{convolution_stride: dX[n,c,i,j] = sum(f, p, q, dY[n,f,p,q] * K[f,c,i-s*p,j-s*q])}} \tag{4.6} $$
#
# If the picture was padded, this is the gradient of the padded one: take the frame off at the end.
#
# **By hand.** With $X = (1, 2, 3)$, $K = (1, 10)$ and $\mathrm{d}Y = (1, 2)$: the middle pixel met 10 at place 0
# and 1 at place 1, so it receives $1 \cdot 10 + 2 \cdot 1$.
#
# $$ \mathrm{d}K = \begin{pmatrix} 1\cdot1 + 2\cdot2 & 1\cdot2 + 2\cdot3 \end{pmatrix} = \begin{pmatrix} 5 & 8 \end{pmatrix}, \qquad
#    \mathrm{d}X = \begin{pmatrix} 1 & 12 & 20 \end{pmatrix} $$

# %% [markdown]
# ### Exercise 4.2
#
# Write (4.4) to (4.6), with the loops of 4.1: each place gives to `dkernels` and to its window of
# `dX`. Windows overlap, so nothing may be overwritten. The cache is the one that you kept.


# %%
@exercise("4.2", points=6)
def conv2d_backward(dY, cache):
    """Gradients of convolution, equations (4.4) to (4.6).

    Args:
        dY: dL/dY, (N, F, H_out, W_out), float.
        cache: from conv2d_forward.

    Returns:
        dX (N, C_in, H, W), dkernels (F, C_in, KH, KW), db (F,).
    """
    ### BEGIN SOLUTION
    padded, kernels, stride, padding = cache
    KH, KW = kernels.shape[2:]
    dpadded, dkernels = np.zeros_like(padded), np.zeros_like(kernels)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            rows = slice(p * stride, p * stride + KH)
            columns = slice(q * stride, q * stride + KW)
            here = dY[:, :, p, q]  # (N, F)
            window = padded[:, :, rows, columns]  # (N, C_in, KH, KW)
            dkernels += np.tensordot(here, window, axes=(0, 0))  # over n
            dpadded[:, :, rows, columns] += np.tensordot(here, kernels, axes=(1, 0))  # over f
    H, W = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    dX = dpadded[:, :, padding : padding + H, padding : padding + W]
    db = dY.sum(axis=(0, 2, 3))  # (F,)
    ### END SOLUTION
    return dX, dkernels, db


# %%
X, kernels, b = (rng.standard_normal(shape) for shape in [(2, 3, 5, 4), (2, 3, 3, 2), 2])
for stride, padding in [(1, 0), (2, 1)]:
    print(
        layer_gradient_check(
            lambda X, K, b, s=stride, r=padding: conv2d_forward(X, K, b, stride=s, padding=r),
            conv2d_backward, X, kernels, b, names=("X", "kernels", "b"),
        )
    )  # fmt: skip

# %% [markdown]
# ### Why dX is a convolution, too
#
# For stride 1, write $u = i - p$ and $v = j - q$ in (4.6) and sum over $u$, $v$ instead:
#
# $$ {{convolution: dX[n,c,i,j] = sum(f, u, v, dY[n,f,i-u,j-v] * K[f,c,u,v])}} \tag{4.7} $$
#
# The minus signs say: walk through the kernel backwards. So turn it by 180°, exchange filters and
# channels, pad $\mathrm{d}Y$ so that the kernel may touch it with one corner (a *full* convolution), and use the
# forward once more:

# %%
X, kernels, b = (rng.standard_normal(shape) for shape in [(2, 3, 6, 6), (4, 3, 3, 3), 4])
Y, cache = layers.conv2d_forward(X, kernels, b)
dY = rng.standard_normal(Y.shape)
turned = kernels[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)  # (C_in, F, KH, KW)
dX, _ = layers.conv2d_forward(dY, turned, np.zeros(3), padding=2)
apart = np.abs(dX - layers.conv2d_backward(dY, cache)[0]).max()
expect(apart, at_most=1e-12, about="dX by equations (4.6) and (4.7) apart")

# %% [markdown]
# ## 5 Pooling
#
# **Idea.** Once it is known that there is an edge, it matters little where exactly. *Max-pooling* keeps
# the largest number of each window; pictures become smaller, and a shift by a pixel often changes
# nothing. *Average pooling* keeps the mean.
#
# **Maths.** With windows of $m \times m$ at a stride $s$, usually $s = m$, each channel by itself:
#
# $$ Y_{ncpq} = \max_{u,v} X_{n,c,\,sp+u,\,sq+v}, \qquad
#    Y_{ncpq} = \frac{1}{m^2} \sum_{u,v} X_{n,c,\,sp+u,\,sq+v} \tag{4.8} $$
#
# **By hand.** Windows of 2×2 side by side, the maximum on the left, the mean on the right:
#
# $$ \begin{pmatrix} 1 & 3 & 0 & 0 \\ 2 & 2 & 0 & 4 \end{pmatrix} \to
#    \begin{pmatrix} 3 & 4 \end{pmatrix}, \quad \begin{pmatrix} 2 & 1 \end{pmatrix} $$

# %% [markdown]
# ### Exercises 4.3 to 4.6
#
# **The way back.** The maximum of a window follows one pixel only, the winner: it receives all of the
# window's $\mathrm{d}Y$. In a tie this course lets the first one win, row by row. Of a mean each pixel has the
# same share, $1/m^2$. Where windows overlap, a pixel receives from all of them.
#
# `stride=None` stands for the size of the window. What the cache holds is yours: write forward and
# backward as a pair.


# %%
@exercise("4.3", points=2)
def max_pool_forward(X, *, size=2, stride=None):
    """Max-pooling, equation (4.8).

    Args:
        X: pictures, (N, C, H, W), float.
        size: rows and columns of a window.
        stride: from one window to the next; None for size.

    Returns:
        Y (N, C, H_out, W_out) and the cache.
    """
    stride = size if stride is None else stride
    (N, C, H, W) = X.shape
    ### BEGIN SOLUTION
    H_out, W_out = 1 + (H - size) // stride, 1 + (W - size) // stride
    Y = np.empty((N, C, H_out, W_out), X.dtype)
    for p in range(H_out):
        for q in range(W_out):
            top, left = p * stride, q * stride
            window = X[:, :, top : top + size, left : left + size]  # (N, C, size, size)
            Y[:, :, p, q] = window.max(axis=(2, 3))
    cache = (X, size, stride)
    ### END SOLUTION
    return Y, cache


# %%
@exercise("4.4", points=3)
def max_pool_backward(dY, cache):
    """Gradient of max-pooling: the winner takes it all.

    Args:
        dY: dL/dY, (N, C, H_out, W_out), float.
        cache: from max_pool_forward.

    Returns:
        dX (N, C, H, W).
    """
    ### BEGIN SOLUTION
    X, size, stride = cache
    dX = np.zeros_like(X)
    n, c = np.indices(X.shape[:2])  # (N, C), (N, C)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            top, left = p * stride, q * stride
            window = X[:, :, top : top + size, left : left + size]  # (N, C, size, size)
            winner = window.reshape(*n.shape, -1).argmax(axis=2)  # (N, C), the first in a tie
            u, v = winner // size, winner % size
            dX[n, c, top + u, left + v] += dY[:, :, p, q]
    ### END SOLUTION
    return dX


# %%
@exercise("4.5", points=2)
def average_pool_forward(X, *, size=2, stride=None):
    """Average pooling, equation (4.8).

    Args:
        X: pictures, (N, C, H, W), float.
        size: rows and columns of a window.
        stride: from one window to the next; None for size.

    Returns:
        Y (N, C, H_out, W_out) and the cache.
    """
    stride = size if stride is None else stride
    (N, C, H, W) = X.shape
    ### BEGIN SOLUTION
    H_out, W_out = 1 + (H - size) // stride, 1 + (W - size) // stride
    Y = np.empty((N, C, H_out, W_out), X.dtype)
    for p in range(H_out):
        for q in range(W_out):
            top, left = p * stride, q * stride
            window = X[:, :, top : top + size, left : left + size]  # (N, C, size, size)
            Y[:, :, p, q] = window.mean(axis=(2, 3))
    cache = (X.shape, size, stride)
    ### END SOLUTION
    return Y, cache


# %%
@exercise("4.6", points=2)
def average_pool_backward(dY, cache):
    """Gradient of average pooling: equal shares.

    Args:
        dY: dL/dY, (N, C, H_out, W_out), float.
        cache: from average_pool_forward.

    Returns:
        dX (N, C, H, W).
    """
    ### BEGIN SOLUTION
    shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            top, left = p * stride, q * stride
            share = dY[:, :, p, q] / size**2  # (N, C)
            dX[:, :, top : top + size, left : left + size] += share[:, :, None, None]
    ### END SOLUTION
    return dX


# %%
X = np.array([[1.0, 3, 0, 0], [2, 2, 0, 4]])[None, None]
print(max_pool_forward(X)[0], average_pool_forward(X)[0])
X = rng.standard_normal((2, 3, 5, 6))
print(layer_gradient_check(max_pool_forward, max_pool_backward, X, names=("X",)))
print(layer_gradient_check(average_pool_forward, average_pool_backward, X, names=("X",)))

# %% [markdown]
# ## 6 Batch norm of pictures
#
# **Idea.** Batch norm (lesson 03, second half) gives every column mean 0 and variance 1. A
# convolution treats all places alike, so its batch norm does, too: one mean and one variance for each
# *channel*, over all pictures and all their pixels.
#
# **Maths.** Make a row of each pixel, with its channels side by side, and it is the batch norm that you
# know, with $N H W$ rows and $C$ columns:
#
# $$ \mu_c = \frac{1}{NHW} \sum_{n,i,j} X_{ncij}, \qquad
#    Y_{ncij} = \gamma_c\, \frac{X_{ncij} - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c \tag{4.9} $$
#
# **By hand.** One channel of two pictures of one pixel, 1 and 3: mean 2, variance 1, so −1 and 1.

# %% [markdown]
# ### Exercises 4.7 and 4.8
#
# `nn.batch_norm_forward` and `nn.batch_norm_backward` are those of lesson 03, (3.12) to (3.16). Turn pictures into
# rows, call them, turn rows into pictures. Beware: `reshape` alone never moves an axis.


# %%
@exercise("4.7", points=3)
def spatial_batch_norm_forward(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Batch norm of every channel, equation (4.9).

    Args:
        X: pictures, (N, C, H, W), float.
        gamma, beta: scale and shift, (C,).
        running: {"mean": (C,), "var": (C,)}; not to be changed.
        training, momentum, eps: as in lesson 03.

    Returns:
        Y (N, C, H, W), the new running dict, and the cache.
    """
    N, C, H, W = X.shape
    ### BEGIN SOLUTION
    rows = X.transpose(0, 2, 3, 1).reshape(-1, C)  # (N H W, C)
    rows, running, cache = nn.batch_norm_forward(
        rows, gamma, beta, running, training=training, momentum=momentum, eps=eps
    )
    Y = rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)
    ### END SOLUTION
    return Y, running, cache


# %%
@exercise("4.8", points=3)
def spatial_batch_norm_backward(dY, cache):
    """Gradients of spatial batch norm.

    Args:
        dY: dL/dY, (N, C, H, W), float.
        cache: from spatial_batch_norm_forward.

    Returns:
        dX (N, C, H, W), dgamma (C,), dbeta (C,).
    """
    N, C, H, W = dY.shape
    ### BEGIN SOLUTION
    rows = dY.transpose(0, 2, 3, 1).reshape(-1, C)  # (N H W, C)
    rows, dgamma, dbeta = nn.batch_norm_backward(rows, cache)
    dX = rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)
    ### END SOLUTION
    return dX, dgamma, dbeta


# %%
def norm(X, gamma, beta):
    """Spatial batch norm while training, without the running statistics."""
    start = {"mean": np.zeros(3), "var": np.ones(3)}
    Y, _, cache = spatial_batch_norm_forward(X, gamma, beta, start)
    return Y, cache


X, gamma, beta = rng.standard_normal((4, 3, 2, 3)), rng.standard_normal(3), rng.standard_normal(3)
layer_gradient_check(
    norm, spatial_batch_norm_backward, X, gamma, beta, names=("X", "gamma", "beta")
)

# %% [markdown]
# ## 7 From the sum to speed
#
# **Idea.** Python spends its time on going round in loops. A processor is at its best with one large
# product of matrices. So write the window of each place as a column, all columns side by side, and
# every kernel as a row. Then the whole convolution is one product. This is called *unrolling*, or
# im2col. The 4×4 picture from above:

# %%
X = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1, 1], [0, 2, 2, 2]], dtype=float)
windows = np.lib.stride_tricks.sliding_window_view(X, (2, 2))  # (H_out, W_out, KH, KW), a view
unrolled = windows.reshape(9, 4).T  # (KH KW, H_out W_out)
print(unrolled)
print((kernel.reshape(1, 4) @ unrolled).reshape(3, 3))

# %% [markdown]
# A pixel now stands in up to $K_H K_W$ columns. That costs memory, and memory is slow: a processor
# multiplies much faster than it can fetch numbers. Near to it lies a small *cache* which is quick. The
# unrolled matrix of a whole batch does not fit, that of one picture does. So the quick way is
# to unroll one picture, or a few, into the same small buffer, multiply while it is warm, and go on.


# %%
def convolve_unrolled(X, kernels, b, at_once):
    """Convolution by unrolling so many pictures at once; stride 1, no padding."""
    F, C, KH, KW = kernels.shape
    windows = np.lib.stride_tricks.sliding_window_view(X, (KH, KW), axis=(2, 3))
    places = windows.shape[2:4]
    Y = np.empty((len(X), F, *places), X.dtype)
    for n in range(0, len(X), at_once):
        part = windows[n : n + at_once].transpose(1, 4, 5, 0, 2, 3)  # (C_in, KH, KW, n, ...)
        unrolled = part.reshape(C * KH * KW, -1)  # copied here: (C_in KH KW, n H_out W_out)
        products = kernels.reshape(F, -1) @ unrolled + b[:, None]  # (F, n H_out W_out)
        Y[n : n + at_once] = products.reshape(F, -1, *places).transpose(1, 0, 2, 3)
    return Y


def seconds(run, repeats=5):
    """The shortest of a few runs: what disturbs a run only makes it longer."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


# %%
X = rng.standard_normal((64, 16, 28, 28), dtype=np.float32)
kernels = rng.standard_normal((32, 16, 3, 3), dtype=np.float32)
b = np.zeros(32, np.float32)
ways = {
    "loops over places (4.1)": lambda: conv2d_forward(X, kernels, b)[0],
    "all pictures unrolled at once": lambda: convolve_unrolled(X, kernels, b, at_once=64),
    "one picture at a time": lambda: convolve_unrolled(X, kernels, b, at_once=1),
    "the package": lambda: nn.conv2d_forward(X, kernels, b)[0],
}
by_loops = sum(convolve_loops(X[0, c], kernels[0, c]) for c in range(16))
apart = max(np.abs(run()[0, 0] - by_loops).max() for run in ways.values())
expect(apart, at_most=1e-3, about="a map by all ways and by the plain loops apart")

# %% tags=["nbval-ignore-output"]
spent = {name: seconds(run, repeats=3) for name, run in ways.items()}
plain = seconds(lambda: convolve_loops(X[0, 0], kernels[0, 0]), repeats=1) * 64 * 16 * 32
unrolled_bytes = 64 * 26 * 26 * 16 * 9 * 4
print(f"64 pictures, 16 channels, 32 filters: {unrolled_bytes / 2**20:.0f} MiB if all unrolled")
print(f"{'plain loops (reckoned from one)':32} {plain / spent['the package']:8.0f} times")
for name, time_spent in spent.items():
    print(f"{name:32} {time_spent / spent['the package']:8.1f} times the package's time")

# %%
expect(plain / spent["the package"], at_least=50, about="plain loops over the package's time")

# %% [markdown]
# **What we saw.** The same sum, four times, and factors between them. What is fast is not fewer
# multiplications but better company: numbers that are needed together lie together. (While 4.1 is open, the
# package answers for it, and its line is the package's, too.) The repository's `benchmarks/` folder measures
# more shapes, and PyTorch beside them.
#
# ## 8 The net
#
# **Idea.** First a net of three layers with weights:
#
# | step | shape of the result | weights |
# |---|---|---|
# | convolution, 8 filters of 5×5, padding 2 | $(N, 8, 28, 28)$ | $8 \cdot 25 + 8$ |
# | ReLU, max-pool 2×2 | $(N, 8, 14, 14)$ | |
# | flatten: a row per picture | $(N, 1568)$ | |
# | linear, ReLU | $(N, 100)$ | $1568 \cdot 100 + 100$ |
# | linear: the logits | $(N, 10)$ | $100 \cdot 10 + 10$ |
#
# `nn.ConvNet` chains it, and calls *your* layers where they are right. Flattening is a `reshape`; on
# the way back the shape is put back.

# %%
net = nn.ConvNet(
    (28, 28), 10, rng=np.random.default_rng(0), filters=(8,), kernel_size=5, layers=layers
)
net.params["W3"] *= np.float32(0.01)
print({key: w.shape for key, w in net.params.items()})
print(f"{net.n_parameters:,} weights and biases")
X, y = to_floats(digits.train.X[:50]), digits.train.y[:50]
expect(
    abs(net.loss(X, y) - np.log(10)), at_most=0.05, about="distance of the first loss from ln 10"
)

# %% [markdown]
# The whole chain, checked at once on a small one: two blocks, with batch norm in each.

# %%
small = nn.ConvNet(
    (6, 5), 3, rng=np.random.default_rng(1), filters=(2, 3), pool=(2, 1), hidden=(4,),
    normalization="batch", weight_decay=0.1, dtype=np.float64, layers=layers,
)  # fmt: skip
X_small, y_small = rng.standard_normal((5, 30)), np.array([0, 2, 1, 1, 2])
_, grads = small.loss_and_grads(X_small, y_small)


def loss_while_training(params):
    """The loss with the statistics of this batch, as training sees it."""
    twin = small.copy()
    twin.params = params
    return twin.loss_and_grads(X_small, y_small)[0]


gradient_check(loss_while_training, small.params, grads)

# %% [markdown]
# ### First, fifty digits
#
# As always: can it learn fifty digits by heart? These are your layers, loops and all.

# %% tags=["nbval-ignore-output"]
optimizer, losses = nn.Optimizer(nn.momentum_update, learning_rate=0.02), []
for _ in show.progress_bar(range(40), description="learning 50 digits"):
    loss, grads = net.loss_and_grads(X, y)
    losses.append(loss)
    optimizer.step(net.params, grads)
show.lines(
    {"loss": (range(40), losses)},
    x_label="step",
    y_label="loss (nats)",
    log_y=True,
    marks={"ln 10": np.log(10)},
    title="Fifty digits learnt by heart",
)

# %%
expect(losses[-1], at_most=0.05, about="loss on 50 digits after 40 steps")

# %% [markdown]
# ## 9 Training
#
# From here on the package's layers run: the same numbers, as the verdicts have shown, in less time. A
# line for each epoch; epoch 0 is the net before its first step. The dropout of lesson 03 (`keep`)
# stands before each linear layer.

# %%
setting = {
    "quick": {"filters": 8, "epochs": 10, "batch_size": 50, "decay": 0.8, "weight_decay": 1e-3},
    "full": {"filters": 16, "epochs": 10, "batch_size": 100, "decay": 0.7, "weight_decay": 1e-4},
}[profile]


def train(net, optimizer, epochs, decay=setting["decay"], report=print):
    """Train a net on the digits with the settings of this lesson; gives its history."""
    return nn.fit(
        net,
        digits.train,
        digits.validation,
        optimizer=optimizer,
        epochs=epochs,
        batch_size=setting["batch_size"],
        rng=np.random.default_rng(1),
        prepare=to_floats,
        learning_rate_decay=decay,
        report=report,
        progress=show.progress_bar,
    )


# %% tags=["nbval-ignore-output"]
three = nn.ConvNet(
    (28, 28),
    10,
    rng=np.random.default_rng(0),
    filters=(setting["filters"],),
    kernel_size=5,
    keep=0.6,
    weight_decay=setting["weight_decay"],
)
three.params["kernels1"] *= np.float32(0.15)  # begun small, so that later we see what was learnt
history = train(three, nn.make_optimizer("momentum", 0.03), setting["epochs"])

# %% tags=["nbval-ignore-output"]
show.curves(history, title=f"{len(digits.train):,} digits, three layers")

# %%
best = history.column("validation_accuracy").max()
expect(best, at_least={"quick": 0.93, "full": 0.98}[profile], about="best validation accuracy")

# %% [markdown]
# ### Deeper
#
# **Idea.** Now two blocks of convolution, batch norm, ReLU and pooling. The second block looks at the
# maps of the first: edges become corners, arcs and crossings. Each pooling halves the picture, and the
# filters double, so the work stays about the same.

# %% tags=["nbval-ignore-output"]
deeper = nn.ConvNet(
    (28, 28),
    10,
    rng=np.random.default_rng(0),
    filters=(16, 32),
    kernel_size=(5, 3),
    normalization="batch",
    keep=0.6,
    weight_decay=1e-4,
)
optimizer = {
    "quick": lambda: nn.make_optimizer("adam", 0.01),
    "full": lambda: nn.make_optimizer("momentum", 0.05),
}[profile]()
epochs, decay = {"quick": (6, 0.6), "full": (12, 0.7)}[profile]
history = train(deeper, optimizer, epochs, decay)

# %%
best = history.column("validation_accuracy").max()
expect(best, at_least={"quick": 0.94, "full": 0.988}[profile], about="best validation accuracy")

# %% [markdown]
# ### The test, once
#
# Beside them the fully connected net of lesson 03, trained on the same digits. In the quick profile all
# three have about the same number of weights.

# %% tags=["nbval-ignore-output"]
connected = nn.FullyConnectedNet(
    (784, {"quick": 200, "full": 800}[profile], 10),
    rng=np.random.default_rng(0),
    weight_decay={"quick": 5e-3, "full": 3e-4}[profile],
)
train(connected, nn.make_optimizer("momentum", 0.05), setting["epochs"], 0.8, report=None)
nets = {"fully connected": connected, "three layers": three, "deeper": deeper}
accuracy = {name: nn.evaluate(net, digits.test, to_floats)[1] for name, net in nets.items()}
for name, net in nets.items():
    print(f"{name:16} {net.n_parameters:8,} parameters   test accuracy {accuracy[name]:.2%}")

# %%
expect(
    accuracy["three layers"], at_least={"quick": 0.93, "full": 0.98}[profile], about="three layers"
)
expect(accuracy["deeper"], at_least={"quick": 0.95, "full": 0.9868}[profile], about="deeper")
won = accuracy["deeper"] - accuracy["fully connected"]
expect(won, at_least={"quick": 0.01, "full": 0.003}[profile], about="what the deeper net wins")

# %% [markdown]
# **What we saw.** It is not the number of weights that counts, but how they are arranged: what the net
# need not find out any more, because it is built in, it need not learn from digits.
#
# ## 10 What has it learnt?
#
# **Look.** The kernels of the three-layer net. Purple beside orange: they answer to edges, each in its
# direction, like those of section 3. Nobody has told them; they began as faint noise.

# %% tags=["nbval-ignore-output"]
kernels = three.params["kernels1"]  # (F, 1, 5, 5)
show.weight_images(
    kernels.reshape(len(kernels), -1).T, count=16, shape=(5, 5), title="Kernels that were learnt"
)

# %% [markdown]
# The deeper net began with kernels at He's full size. Batch norm makes up for any size of theirs, and
# the later layers work with what they get: so the first kernels have hardly moved. A picture of them shows
# the noise of the start. Good kernels are not always pretty ones.

# %%
start = nn.ConvNet(
    (28, 28), 10, rng=np.random.default_rng(0), filters=(16, 32), kernel_size=(5, 3),
    normalization="batch",
)  # fmt: skip
pair = [net.params["kernels1"].ravel() for net in (start, deeper)]
expect(np.corrcoef(*pair)[0, 1], at_least=0.5, about="correlation of first kernels, start and end")

# %% [markdown]
# **Look.** One digit on its way. The first maps still show the digit, with other things stressed in each.
# The later ones are small and mostly empty: a few places where something was found.

# %% tags=["nbval-ignore-output"]
maps = deeper.feature_maps(to_floats(digits.test.X[:1]))
steps = {name: maps[name][0] for name in ("conv1", "relu1", "pool1", "conv2", "relu2", "pool2")}
show.feature_maps(digits.test.X[0].reshape(28, 28), steps, title="A digit, step by step")

# %% [markdown]
# ### The receptive field
#
# **Idea.** A unit of the first layer sees 5×5 pixels. One of the second layer sees 3×3 numbers, each of
# which has seen a window itself. With $w$ for the width that a unit sees and $a$ for how far apart, in
# pixels, two neighbours look, a layer with windows of $K_W$ columns and stride $s$ makes
#
# $$ w \leftarrow w + (K_W - 1)\,a, \qquad a \leftarrow a\,s \tag{4.10} $$
#
# **By hand.** Before the first layer $w = a = 1$. 5×5: $w = 5$. Pooling 2×2: $w = 6$, $a = 2$. 3×3: $w = 10$.
# Pooling: $w = 12$, $a = 4$.


# %%
def receptive_fields(net):
    """(top, left, height, width) of the pixels that a middle unit of each step sees."""
    fields, first, width, apart = {}, 0, 1, 1
    for i, (k, m) in enumerate(zip(net.kernel_sizes, net.pools, strict=True), start=1):
        first -= k // 2 * apart  # the padding: where the window of unit 0 begins
        for name, size, stride in ((f"conv{i}", k, 1), (f"pool{i}", m, m)):
            width, apart = width + (size - 1) * apart, apart * stride
            middle = first + net.image_shape[0] // apart // 2 * apart
            fields[name] = (middle, middle, width, width)
    return fields


fields = receptive_fields(deeper)
print(fields)

# %% tags=["nbval-ignore-output"]
show.receptive_fields(digits.test.X[0].reshape(28, 28), fields, title="What one unit sees")

# %% [markdown]
# Is it true? Fill everything outside of the last frame with noise, and the unit must not notice. Fill
# the inside, and it must.

# %%
top, left, height, width = fields["pool2"]
inside = np.zeros((28, 28), bool)
inside[top : top + height, left : left + width] = True
image = to_floats(digits.test.X[:1]).reshape(1, 1, 28, 28)
noise = rng.standard_normal(image.shape, dtype=np.float32)
unit = {
    name: deeper.feature_maps(picture)["pool2"][0, :, 3, 3]  # one place, all 32 filters
    for name, picture in {
        "as it is": image,
        "noise outside": np.where(inside, image, noise),
        "noise inside": np.where(inside, noise, image),
    }.items()
}
expect(np.abs(unit["noise outside"] - unit["as it is"]).max(), at_most=1e-5, about="outside")
expect(np.abs(unit["noise inside"] - unit["as it is"]).max(), at_least=0.1, about="inside")

# %% [markdown]
# ### Why this answer?
#
# **Idea.** Two ways to ask. *Erase* a patch of the picture and see by how much the score of the answer
# falls: slow, and hard to argue with. Or *differentiate* the score by the pixels, times their ink: what
# erasing a single pixel would cost, to first order, from one way back through the net.


# %%
def occlusion(net, x, answer, size=5):
    """What the score of the answer loses if a patch is erased around each pixel, (28, 28)."""
    paper = x.min()
    pictures = np.repeat(x.reshape(1, 28, 28), 28 * 28, axis=0)
    for k, (row, column) in enumerate(np.ndindex(28, 28)):
        rows = slice(max(0, row - size // 2), row + size // 2 + 1)
        columns = slice(max(0, column - size // 2), column + size // 2 + 1)
        pictures[k, rows, columns] = paper
    scores = net.logits(pictures[:, None])[:, answer]  # (784,)
    return (net.logits(x[None])[0, answer] - scores).reshape(28, 28)


shown = np.array([np.flatnonzero(digits.test.y == c)[0] for c in (0, 2, 3, 4, 7, 8)])
X = to_floats(digits.test.X[shown])
said = deeper.predict(X)
erased = np.array([occlusion(deeper, x, answer) for x, answer in zip(X, said, strict=True)])
slope = (deeper.input_gradient(X, said) * (X - X.min())).reshape(-1, 28, 28)

# %% tags=["nbval-ignore-output"]
show.evidence(
    digits.test.X[shown].reshape(-1, 28, 28),
    {"erased patch": erased, "gradient × ink": slope},
    [f"a {c}, says {k}" for c, k in zip(digits.test.y[shown], said, strict=True)],
    title="What speaks for the answer",
)

# %% [markdown]
# **What we saw.** Purple is what it could not do without: an end, a bow, a crossing. Without what is
# orange it would be surer still. Both maps agree in the large and not in the small: a slope looks no
# further than the next grey value.

# %%
agree = np.mean(
    [np.corrcoef(e.ravel(), s.ravel())[0, 1] for e, s in zip(erased, slope, strict=True)]
)
expect(agree, at_least=0.1, about="mean correlation of the two maps")

# %% [markdown]
# ### Its mistakes

# %% tags=["nbval-ignore-output"]
X = to_floats(digits.test.X)
P = np.concatenate([deeper.probabilities(X[i : i + 500]) for i in range(0, len(X), 500)])
matrix = nn.confusion_matrix(digits.test.y, P.argmax(axis=1), 10)
show.confusion(matrix, title="The deeper net on the test digits")

# %% tags=["nbval-ignore-output"]
show.mistakes(digits.test.X, digits.test.y, P)

# %% [markdown]
# ## 11 The same net in PyTorch
#
# **Idea.** A framework has the same layers. Give it the same weights, and it must give the same numbers.
# Its linear layers keep $W$ transposed; its kernels lie as ours do.

# %%
import torch
from torch import nn as tnn

from course_utils import torchlab


def torch_layers(net):
    """The layers of such a net in PyTorch, still with weights of their own."""
    made, channels = [torchlab.FromRows(net.image_shape)], net.image_shape[2]
    for F, size in zip(net.filters, net.kernel_sizes, strict=True):
        made += [tnn.Conv2d(channels, F, size, padding=size // 2), tnn.BatchNorm2d(F)]
        made += [tnn.ReLU(), tnn.MaxPool2d(2)]
        channels = F
    D, M, C = net.sizes
    made += [tnn.Flatten(), tnn.Linear(D, M), tnn.BatchNorm1d(M), tnn.ReLU(), tnn.Linear(M, C)]
    return tnn.Sequential(*made)


# %%
def torch_twin(net):
    """The same net in PyTorch, with a copy of the weights; it has no dropout."""
    model = torch_layers(net)
    weighted = [layer for layer in model if isinstance(layer, tnn.Conv2d | tnn.Linear)]
    norms = [layer for layer in model if isinstance(layer, tnn.BatchNorm1d | tnn.BatchNorm2d)]
    ours = {**net.params, **net.buffers}
    state = {}  # a tensor of the model -> the array of ours that it gets
    for i, layer in enumerate(weighted, start=1):
        state[layer.weight] = ours[f"kernels{i}"] if f"kernels{i}" in ours else ours[f"W{i}"].T
        state[layer.bias] = ours[f"b{i}"]
    for i, layer in enumerate(norms, start=1):
        state[layer.weight], state[layer.bias] = ours[f"gamma{i}"], ours[f"beta{i}"]
        state[layer.running_mean], state[layer.running_var] = ours[f"mean{i}"], ours[f"var{i}"]
    for tensor, array in state.items():
        tensor.data = torch.tensor(np.ascontiguousarray(array))
    return model


def in_float64(net):
    """The same net in float64, without dropout and penalty."""
    twin = net.copy()
    twin.params = {key: w.astype(np.float64) for key, w in net.params.items()}
    twin.buffers = {key: w.astype(np.float64) for key, w in net.buffers.items()}
    twin.dtype, twin.keep, twin.weight_decay = np.dtype(np.float64), 1.0, 0.0
    return twin


# %%
X, y = to_floats(digits.test.X[:200]), digits.test.y[:200]
for net, x, apart in ((deeper, X, 1e-5), (in_float64(deeper), X.astype(np.float64), 1e-10)):
    with torch.no_grad():
        theirs = torch_twin(net).eval()(torch.tensor(x)).numpy()
    ours = net.logits(x)
    expect(np.abs(ours - theirs).max(), at_most=apart, about=f"logits apart in {ours.dtype}")

# %% [markdown]
# And the way back: every gradient, in training mode, against PyTorch's *autograd*, which derives it from
# the forward by itself.

# %%
twin = in_float64(deeper)
model = torch_twin(twin).train()
loss = tnn.functional.cross_entropy(model(torch.tensor(X.astype(np.float64))), torch.tensor(y))
loss.backward()
our_loss, grads = twin.loss_and_grads(X.astype(np.float64), y)
expect(abs(our_loss - loss.item()), at_most=1e-10, about="losses apart")
theirs = model[1].weight.grad.numpy()  # of the first kernels: it came through all layers
apart = np.abs(grads["kernels1"] - theirs).max()
expect(apart, at_most=1e-10, about="gradients of the first kernels apart")

# %% tags=["nbval-ignore-output"]
model, X, y = torch_twin(deeper).train(), X[:100], y[:100]
batch, labels = torch.tensor(X), torch.tensor(y)


def torch_step():
    """Forward and backward of one batch in PyTorch."""
    model.zero_grad()
    tnn.functional.cross_entropy(model(batch), labels).backward()


ratio = seconds(lambda: deeper.loss_and_grads(X, y)) / seconds(torch_step)
print(f"a step of 100 digits: NumPy takes {ratio:.1f} times as long as PyTorch")

# %% [markdown]
# ## 12 A small modern net
#
# **Idea.** What has changed since 1998?
#
# - *Pool first.* The maximum of four ReLUs is the ReLU of the maximum. So pooling may come before batch
#   norm and ReLU, and leaves them a quarter of the work.
# - *Residuals.* One more convolution, batch norm and ReLU look at what a block found, and what they find
#   is *added* to it: $Y = X + f(X)$. Then $\mathrm{d}X = \mathrm{d}Y + \dots$, a way back on which nothing fades.
# - *Averages.* Instead of large linear layers, each channel is averaged over the picture. Few weights are
#   left.

# %%
X = rng.standard_normal((2, 4, 6, 6))
(pooled, _), (bent, _) = nn.max_pool_forward(X), nn.relu_forward(X)
apart = np.abs(nn.relu_forward(pooled)[0] - nn.max_pool_forward(bent)[0]).max()
expect(apart, at_most=0, about="ReLU of the maxima and maxima of the ReLUs apart")

# %% [markdown]
# And in training: each epoch sees the pictures shifted, and photos mirrored, at random. The rate follows half
# a cosine down to nothing. The *labels are smoothed*: the target is 0.91 for the right class and 0.01 for
# each other one, so the net gains nothing by being ever surer.
#
# With the full profile these are colour photos, CIFAR-10: about eleven minutes of one core.

# %% tags=["nbval-ignore-output"]
photos = load_photos(profile)
scaled = PixelScaler.fit(photos.train.X)
how = {
    "quick": {"widths": (16, 32, 64), "epochs": 5, "flip": 0.0, "shift": 2, "rate": 0.1},
    "full": {"widths": (32, 64, 128), "epochs": 20, "flip": 0.5, "shift": 4, "rate": 0.1},
}[profile]
modern = torchlab.small_cnn(
    photos.image_shape, 10, rng=np.random.default_rng(0), widths=how["widths"]
)
print(modern)

# %% tags=["nbval-ignore-output"]
started = time.process_time()
history = torchlab.fit(
    modern,
    photos.train,
    photos.validation,
    optimizer=torchlab.make_optimizer(modern, "nesterov", how["rate"]),
    epochs=how["epochs"],
    batch_size={"quick": 50, "full": 128}[profile],
    rng=np.random.default_rng(1),
    prepare=scaled,
    schedule=torchlab.Cosine(warmup=1),
    augment=torchlab.Augment(photos.image_shape, flip=how["flip"], shift=how["shift"]),
    weight_decay={"quick": 2.5e-4, "full": 5e-4}[profile],
    label_smoothing=0.1,
)
minutes = (time.process_time() - started) / 60

# %% tags=["nbval-ignore-output"]
weights = sum(w.numel() for w in modern.parameters())
_, test_accuracy = torchlab.evaluate(modern, photos.test, scaled)
print(textwrap.fill(photos.source, 90))
print(f"{weights:,} parameters, {minutes:.1f} minutes of processor time")
print(f"test accuracy {test_accuracy:.2%}")

# %%
expect(test_accuracy, at_least={"quick": 0.95, "full": 0.82}[profile], about="test accuracy")

# %% [markdown]
# ## 13 Where you stand

# %%
progress()

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $N$, $C_{\text{in}}$, $H$, $W$ | `X.shape` | | pictures, channels, rows, columns |
# | $K$, $b$ | `kernels`, `b` | $(F, C_{\text{in}}, K_H, K_W)$, $(F,)$ | kernels of $F$ filters, biases |
# | $Y$ | `Y` | $(N, F, H_{\text{out}}, W_{\text{out}})$ | maps |
# | $s$, $r$ | `stride`, `padding` | numbers | step of the kernel, zeros around the picture |
# | $m$ | `size` | a number | rows and columns of a pooling window |
# | $\gamma$, $\beta$ | `gamma`, `beta` | $(C,)$ | scale and shift of a channel |
# | $\mathrm{d}K$ | `dkernels` | as $K$ | $\partial L/\partial K$ |

# %% [markdown]
# **Questions.**
#
# 1. Two convolutions of 3×3 see as much as one of 5×5. Which has fewer weights, with 16 channels in and
#    out?
# 2. Why does a bias before batch norm do nothing? Where would you see it in the gradient?
# 3. In (4.6) with stride 2, which pixels receive from one place only, which from several?
# 4. A net with pooling gets the 6 at the rim wrong and the 6 in the middle right. Why may that be?
# 5. What would you have to change to convolve sound, or films?
#
# `hint("4.2")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document
# recognition*, 1998. Fukushima, *Neocognitron*, Biological Cybernetics 1980. Chellapilla, Puri and Simard,
# *High performance convolutional neural networks for document processing*, 2006 (unrolling). Dumoulin and
# Visin, *A guide to convolution arithmetic for deep learning*, 2016. Ioffe and Szegedy, *Batch
# normalization*, 2015. Zeiler and Fergus, *Visualizing and understanding convolutional networks*, 2014
# (erasing). Simonyan, Vedaldi and Zisserman, 2014 (saliency). Lin, Chen and Yan, *Network in network*, 2014
# (averaging channels). He, Zhang, Ren and Sun, *Deep residual learning for image recognition*, 2016. Szegedy et
# al., *Rethinking the Inception architecture*, 2016 (smoothed labels). Krizhevsky, 2009 (CIFAR-10).

# %%
# <hand-in>
