# %% [markdown]
# # 00 · Start here
#
# <!-- badge -->
#
# **Goal.** Fill your first blank, read a verdict, ask for a hint. **Time.** 10 minutes.
# **Assumed.** You can write a Python function and have met a NumPy array.
#
# Run a cell with Shift+Enter. Nothing you do here can break anything: a wrong answer is told, an
# open blank is filled in for you, and the lesson runs on.

# %%
# <setup>

# %%
import numpy as np

from course_utils.checking import check, exercise, hint, progress, try_answer
from course_utils.checking import layer_gradient_check
from course_utils.environment import environment
from course_utils.show import lines

# %% [markdown]
# ## Is everything here?
#
# The next cell looks at Python, the packages and the data. A line with ✗ says what to do about it.

# %% tags=["nbval-ignore-output"]
environment()

# %% [markdown]
# ## One neuron
#
# **Idea.** A neuron takes $D$ numbers, gives each a weight, adds them up and adds one more number of
# its own, the bias. Weights say what it looks for, the bias how easily it is pleased.
#
# **Maths.** With inputs $x$ and weights $w$ of shape $(D,)$, and a bias $b$,
#
# $$ y = \sum_{i=1}^{D} x_i w_i + b \tag{0.1} $$
#
# **By hand.** $x = (1, 2)$, $w = (3, -1)$, $b = 0.5$ give $y = 1\cdot 3 + 2\cdot(-1) + 0.5 = 1.5$.

# %% [markdown]
# ### Exercise 0.1
#
# Write equation (0.1) as one line of NumPy, in place of the line that begins with `raise`, and run
# the cell. `cache` is what the way back will need; here it is given.


# %%
@exercise("0.1", points=1)
def neuron_forward(x, w, b):
    """One neuron, equation (0.1).

    Args:
        x: inputs, (D,), float.
        w: weights, (D,), float.
        b: bias, a number.

    Returns:
        y, a number, and the cache (x, w).
    """
    ### BEGIN SOLUTION
    y = x @ w + b
    ### END SOLUTION
    cache = (x, w)
    return y, cache


# %% [markdown]
# The box above is the **verdict**. `✓` is right, `✗` is not yet right and says what was found, `○` is
# still open. An open blank is served by the reference, and says so when it is first used, so the
# next cell works in any case.

# %%
y, cache = neuron_forward(np.array([1.0, 2.0]), np.array([3.0, -1.0]), 0.5)
print(f"y = {y}")

# %% [markdown]
# ## What a verdict says
#
# Look at three wrong answers, before you make your own. `try_answer` judges any function without
# handing it in. The first forgets the sum.


# %%
def forgets_the_sum(x, w, b):
    return x * w, (x, w)


try_answer("0.1", forgets_the_sum)

# %% [markdown]
# The second gives one thing where two are asked for.


# %%
def forgets_the_cache(x, w, b):
    return x @ w + b


try_answer("0.1", forgets_the_cache)

# %% [markdown]
# The third has the right shape and wrong numbers. Where a rule explains the difference, it is named.


# %%
def turns_the_sign(x, w, b):
    return -(x @ w + b), (x, w)


try_answer("0.1", turns_the_sign)

# %% [markdown]
# ## Hints
#
# Each call of `hint` says a little more, in three steps; none of them gives the line away.

# %%
hint("0.1")

# %%
hint("0.1")

# %% [markdown]
# ## The way back
#
# **Idea.** Training asks one question over and over: if this number grew a little, how much would
# the loss $L$ grow? The answer for a number $v$ is $\partial L/\partial v$, and this course writes it
# `dv`, always.
#
# **Maths.** Say `dy` $= \partial L/\partial y$ is known. By the chain rule and (0.1),
#
# $$ {{neuron: dx[i] = dy * w[i]}}, \qquad {{neuron: dw[i] = dy * x[i]}}, \qquad
#    {{neuron: db = dy}} \tag{0.2} $$
#
# **By hand.** With the numbers above and `dy` $= 2$: `dx` $= (6, -2)$, `dw` $= (2, 4)$, `db` $= 2$.

# %% [markdown]
# ### Exercise 0.2
#
# Write the three gradients of equation (0.2). Each has the shape of what it belongs to.


# %%
@exercise("0.2", points=1)
def neuron_backward(dy, cache):
    """Gradients of one neuron, equation (0.2).

    Args:
        dy: dL/dy, a number.
        cache: (x, w) from neuron_forward.

    Returns:
        dx (D,), dw (D,), db, a number.
    """
    x, w = cache
    ### BEGIN SOLUTION
    dx = dy * w
    dw = dy * x
    db = dy
    ### END SOLUTION
    return dx, dw, db


# %% [markdown]
# ## Trust, but measure
#
# A gradient can be measured without any calculus: move one number by $h = 10^{-5}$ to both sides
# and see how much the output moves. The **gradient check** does so for every number.

# %%
x, w, b = np.array([1.0, 2.0]), np.array([3.0, -1.0]), np.array(0.5)
layer_gradient_check(neuron_forward, neuron_backward, x, w, b, names=("x", "w", "b"))

# %% [markdown]
# **Look.** The output over the weight $w_1$ is a straight line, and its slope is $x_1 = 1$: what
# `dw[0]` says for `dy` $= 1$.

# %% tags=["nbval-ignore-output"]
w1 = np.linspace(-1, 7, 9)
outputs = [neuron_forward(x, np.array([v, -1.0]), 0.5)[0] for v in w1]
lines({"y": (w1, outputs)}, x_label="weight w1", y_label="output y", title="One neuron")

# %% [markdown]
# ## Where you stand
#
# `progress()` lists the exercises of the lessons you have opened. `check("0.1")` gives a verdict
# once more.

# %%
progress()

# %% [markdown]
# ## Good to know
#
# | you want | do this |
# |---|---|
# | to begin again | menu *Kernel → Restart Kernel*, then run the cells from the top |
# | to see what a function takes | put the cursor on its name, Shift+Tab |
# | the real, large data sets | set `COURSE_PROFILE=full` before you start JupyterLab |
# | to work without network | nothing: the quick profile never asks for it |
# | to know whether a number is good | lines with `✓` under a result compare it with what was reached |
#
# Two questions to take along: why does `dx` not depend on $b$? And what would the neuron compute if
# all weights were 0?
#
# Next: lesson 03 builds a whole net out of layers like this one.

# %%
# <hand-in>
