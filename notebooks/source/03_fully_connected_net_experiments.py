# %% [markdown]
# # 03 · A fully connected net: experiments
#
# <!-- badge -->
#
# **Goal.** Find out, by measuring and not by folklore, how many hidden units a net needs, which runs
# fail and why, why deep nets used to get stuck, and what mends them: first weights, batch norm,
# layer norm, dropout. **Time.** 120 minutes. **Assumed.** Lesson 03, its first half; derivation 1.9 of lesson
# 01 helps with batch norm.

# %%
# <setup>

# %%
import functools
from textwrap import fill

import numpy as np
import pandas as pd

from course_utils import nn, show
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import layer_gradient_check, record_fit
from course_utils.data import DataError, PixelScaler, load_digits, load_photos, resolve_profile
from course_utils.sweep import grid, sweep

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"
digits = load_digits(profile)
to_floats = PixelScaler.fit(digits.train.X)
print(len(digits.train) >= 3500, digits.train.X.dtype)

# %% [markdown]
# ## 1 How many hidden units?
#
# **Idea.** More units can say more, and cost more. A *sweep* tries several numbers and measures each. One run
# proves little: another seed, and the second best may win. So each setting runs with several seeds, and we
# look at the mean and the spread.
#
# A function of the setting and the seed does one run and returns numbers. `sweep` does the rest: with a folder
# each result is kept on disk and found again, so a sweep that was killed goes on where it stopped; a run that
# fails is a line in the table, not the end. `jobs=2` would use two processes.


# %%
def train_hidden(hidden, seed):
    """Train a net with so many hidden units; give what came of it."""
    net = nn.FullyConnectedNet(
        (784, hidden, 10),
        rng=np.random.default_rng(seed),
        weight_decay={"quick": 3e-3, "full": 3e-4}[profile],
    )
    history = nn.fit(
        net,
        digits.train,
        digits.validation,
        optimizer=nn.make_optimizer("momentum", 0.05),
        epochs=6,
        batch_size={"quick": 50, "full": 100}[profile],
        rng=np.random.default_rng([seed, 1]),
        prepare=to_floats,
        learning_rate_decay=0.7,
        report=None,
    )
    last = {name: history.column(name)[-1] for name in ("train_accuracy", "validation_accuracy")}
    return {"parameters": net.n_parameters, **last}


# %% tags=["nbval-ignore-output"]
widths = {
    "quick": [3, 10, 30, 100, 300],
    "full": [10, 50, 100, 250, 500, 800, 1200, 1600],
}[profile]
folder = None if profile == "quick" else "results/hidden-units"
units = sweep(train_hidden, grid(hidden=widths), seeds=3, folder=folder)
summary = units.summary("validation_accuracy")
summary

# %% tags=["nbval-ignore-output"]
by_width = summary.sort_values("hidden")
show.means(
    by_width["hidden"],
    by_width["mean"],
    by_width["sd"],
    x_label="hidden units",
    y_label="validation accuracy",
    log_x=True,
    title="Accuracy over the number of hidden units, three seeds each",
)

# %% [markdown]
# **What we saw.** The first few units matter most; from some hundred on, more of them change less than another
# seed does. Where error bars overlap, the smaller net is the better choice: it is cheaper, and not worse.

# %%
accuracy = dict(zip(by_width["hidden"], by_width["mean"], strict=True))
expect(
    accuracy[100] - accuracy[widths[0]], at_least=0.01, about="what 100 units win over the fewest"
)
expect(by_width["n"].min(), at_least=3, about="runs of each setting")

# %% [markdown]
# ### The best, once more
#
# The validation digits have chosen; they have done their work and may now be trained on, too. Then the test digits,
# once.

# %% tags=["nbval-ignore-output"]
best = units.best("validation_accuracy")["hidden"]
X_all = np.concatenate([digits.train.X, digits.validation.X])
y_all = np.concatenate([digits.train.y, digits.validation.y])
net = nn.FullyConnectedNet((784, best, 10), rng=np.random.default_rng(0), weight_decay=1e-3)
nn.fit(
    net,
    (X_all, y_all),
    None,
    optimizer=nn.make_optimizer("momentum", 0.05),
    epochs={"quick": 12, "full": 10}[profile],
    batch_size=100,
    rng=np.random.default_rng(1),
    prepare=to_floats,
    learning_rate_decay=0.7,
    report=None,
)
_, test_accuracy = nn.evaluate(net, digits.test, to_floats)
print(f"{best} hidden units: test accuracy {test_accuracy:.2%}")

# %%
expect(test_accuracy, at_least={"quick": 0.91, "full": 0.975}[profile], about="test accuracy")

# %% [markdown]
# ## 2 Three models, three settings
#
# **Idea.** Does a better model forgive a bad setting? Take a linear classifier and nets with one and two hidden layers.
# Train each with a rate that is too small and a few epochs, with a good one, and with one that is too large. That
# makes nine runs; each is watched by the recorder of the first half, which says what went wrong.

# %%
models = {"linear": (), "one hidden layer": (200,), "two hidden layers": (200, 100)}
settings = {
    "1: rate 0.001": {"learning_rate": 0.001, "epochs": 4, "decay": 1.0},
    "2: rate 0.05": {"learning_rate": 0.05, "epochs": 8, "decay": 0.7},
    "3: rate 1": {"learning_rate": 1.0, "epochs": 8, "decay": 0.7},
}


def train_model(hidden, learning_rate, epochs, decay):
    """One of the nine runs: test accuracy, history and diagnosis."""
    net = nn.FullyConnectedNet((784, *hidden, 10), rng=np.random.default_rng(0), weight_decay=1e-3)
    history, recorder = record_fit(
        nn.fit,
        net,
        digits.train,
        digits.validation,
        optimizer=nn.make_optimizer("momentum", learning_rate),
        epochs=epochs,
        batch_size=50,
        rng=np.random.default_rng(1),
        prepare=to_floats,
        learning_rate_decay=decay,
        report=None,
    )
    return nn.evaluate(net, digits.test, to_floats)[1], history, recorder.diagnose()


# %% tags=["nbval-ignore-output"]
runs = {
    f"{model}, {setting}": train_model(hidden, **numbers)
    for model, hidden in models.items()
    for setting, numbers in settings.items()
}
table = pd.DataFrame(
    [[f"{runs[f'{model}, {setting}'][0]:.1%}" for setting in settings] for model in models],
    index=list(models),
    columns=list(settings),
)
table.rename_axis("test accuracy")


# %% tags=["nbval-ignore-output"]
def note(history, diagnosis):
    """A few words on a run: what the recorder found, or how both losses end."""
    if diagnosis.codes:
        return ", ".join(diagnosis.codes[:2])
    train, validation = (history.column(f"{part}_loss") for part in ("train", "validation"))
    if validation[-1] > 2 * train[-1]:
        return "over-fits"
    return "under-fits: still falling" if train[-1] < 0.95 * train[-2] else "healthy"


show.curve_grid(
    {name: history for name, (_, history, _) in runs.items()},
    notes={name: note(history, diagnosis) for name, (_, history, diagnosis) in runs.items()},
    columns=3,
    title="Nine runs",
)

# %% [markdown]
# **What we saw.** The small rate has learnt little when its time is over: *under-fitting*. The good one drives the training
# loss far below the validation loss: *over-fitting*, mild here. The large one is survived by the linear model alone,
# whose loss is a bowl with bounded slopes (lesson 02): thrown out, it slides back as the rate falls. With hidden layers one
# leap throws units to where they are dead, or the loss to where it is no number, and nothing comes back.

# %%
good = [runs[f"{model}, 2: rate 0.05"][0] for model in models]
expect(min(good), at_least=0.88, about="test accuracy of the worst model with the good rate")
large = [runs[f"{model}, 3: rate 1"][0] for model in list(models)[1:]]
expect(max(large), at_most=0.5, about="test accuracy of hidden layers with the large rate")
expect(
    runs["linear, 3: rate 1"][0], at_least=0.7, about="test accuracy of the linear model with it"
)

# %% [markdown]
# ## 3 The same in PyTorch
#
# **Idea.** A framework does nothing else than your layers do. Give both the same first weights and the same batches, in
# float64, and compare the losses, step by step.

# %% tags=["nbval-ignore-output"]
from course_utils.torchlab import same_steps

twin = nn.FullyConnectedNet(
    (784, 200, 100, 10), rng=np.random.default_rng(0), weight_decay=1e-3, dtype=np.float64
)
parity = same_steps(
    twin,
    digits.train,
    rule="momentum",
    learning_rate=0.05,
    batch_size=100,
    rng=np.random.default_rng(1),
    prepare=lambda X: to_floats(X).astype(np.float64),
)
print(parity)

# %%
expect(parity.largest_difference, at_most=1e-5, about="difference of the losses in 100 steps")

# %% [markdown]
# What a framework adds: gradients of any formula without a derivation, graphics processors, and layers that others have
# tuned. On one processor, for a net like this, its time is about yours.

# %% [markdown]
# ## 4 Deeper, and stuck
#
# **Idea.** If two layers are good, are five better? Here are nets of 2 to 5 layers, 100 units each, whose first weights
# were drawn small, as one might think wise. Watch the loss: $\ln 10 = 2.303$ is guessing.


# %%
def train_deep(depth, initializer, epochs=5, **extras):
    """A net with so many linear layers, plain gradient descent; gives net and history."""
    net = nn.DeepNet(
        (784, *[100] * (depth - 1), 10),
        rng=np.random.default_rng(0),
        initializer=initializer,
        **extras,
    )
    history = nn.fit(
        net,
        digits.train,
        digits.validation,
        optimizer=nn.make_optimizer("sgd", 0.1),
        epochs=epochs,
        batch_size=50,
        rng=np.random.default_rng(1),
        prepare=to_floats,
        report=None,
    )
    return net, history


tiny = functools.partial(nn.small_normal, std=1e-3)

# %% tags=["nbval-ignore-output"]
depths = (2, 3, 4, 5)
stuck = {depth: train_deep(depth, tiny)[1] for depth in depths}
mended = {depth: train_deep(depth, "he_normal")[1] for depth in depths}
show.curve_grid(
    {f"{depth} layers, small weights": stuck[depth] for depth in depths}
    | {f"{depth} layers, He": mended[depth] for depth in depths},
    columns=4,
    title="Above: small first weights. Below: He's",
)

# %%
final = {depth: stuck[depth].column("train_loss")[-1] for depth in depths}
expect(abs(final[5] - np.log(10)), at_most=0.01, about="five layers: distance from guessing")
expect(final[2], at_most=0.5, about="two layers: training loss")
worst = max(mended[depth].column("train_loss")[-1] for depth in depths)
expect(worst, at_most=0.5, about="He's weights: the worst of the four training losses")

# %% [markdown]
# ### Why?
#
# Each layer multiplies what comes in by small weights. With 100 units of spread $10^{-3}$ a signal shrinks by
# $\sqrt{100} \cdot 10^{-3} \approx \tfrac1{100}$ per layer, and on the way back so does the gradient. After four layers nothing reaches the logits, and
# nothing reaches the first weights: the only thing that learns is the last bias, and that can only learn how often each
# digit occurs. He's weights, of spread $\sqrt{2/D}$, keep the size: $\sqrt{D}\cdot\sqrt{2/D}\cdot\tfrac1{\sqrt2} = 1$, where ReLU's half is the last factor.

# %% tags=["nbval-ignore-output"]
X, y = to_floats(digits.train.X[:500]), digits.train.y[:500]
fresh = {
    name: nn.DeepNet((784, 100, 100, 100, 100, 10), rng=np.random.default_rng(0), **how)
    for name, how in {
        "small weights": {"initializer": tiny},
        "He's weights": {"initializer": "he_normal"},
        "small weights, batch norm": {"initializer": tiny, "normalization": "batch"},
    }.items()
}
statistics = {name: nn.layer_statistics(net, X, y) for name, net in fresh.items()}
show.layer_statistics(statistics, title="Four hidden layers before the first step")

# %%
fade = {name: s["activations"][-1] / s["activations"][0] for name, s in statistics.items()}
expect(fade["small weights"], at_most=1e-4, about="small weights: last activations over first")
expect(fade["He's weights"], at_least=0.2, about="He's weights: last activations over first")

# %% [markdown]
# ## 5 Batch norm
#
# **Idea.** Why hope that signals keep their size, if one can *make* them? Batch norm shifts and scales every column to
# mean 0 and variance 1 over the batch, then lets the net choose its own scale $\gamma$ and shift $\beta$. In the figure
# above it undoes the small weights.
#
# **Maths.** Over the $N$ rows of a batch,
#
# $$ {{batch_norm: mu[d] = sum(n, X[n,d]) / N}}, \qquad
#    {{batch_norm: var[d] = sum(n, (X[n,d] - mu[d])**2) / N}} \tag{3.12} $$
#
# $$ {{batch_norm: Xhat[n,d] = (X[n,d] - mu[d]) / sqrt(var[d] + eps)}}, \qquad
#    {{batch_norm: Y[n,d] = gamma[d] * Xhat[n,d] + beta[d]}} \tag{3.13} $$

# %% [markdown]
# **In use** there may be no batch, just one picture. So training keeps running means of `mean` and `var`,
#
# $$ r \leftarrow \rho\, r + (1 - \rho)\, \text{batch}, \tag{3.14} $$
#
# with $\rho$ called `momentum`, and `training=False` uses those instead.
#
# **By hand.** The column $(1, 3)$: mean 2, variance 1, so $\hat X = (-1, 1)$; with $\gamma = 2$, $\beta = 5$ it becomes $(3, 7)$.
#
# ### Exercise 3.10
#
# Write (3.12) to (3.14). The cache is yours: keep what your way back will need.


# %%
@exercise("3.10", points=4)
def batch_norm_forward(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Batch norm, equations (3.12) to (3.14).

    Args:
        X: inputs, (N, D), float.
        gamma, beta: scale and shift, (D,).
        running: {"mean": (D,), "var": (D,)}; not to be changed.
        training: use this batch's statistics, or the running ones.
        momentum, eps: numbers.

    Returns:
        Y (N, D), the new running dict, and the cache.
    """
    ### BEGIN SOLUTION
    if training:
        mean = X.mean(axis=0)  # (D,)
        var = ((X - mean) ** 2).mean(axis=0)  # (D,)
        running = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = running["mean"], running["var"]
    std = np.sqrt(var + eps)  # (D,)
    X_hat = (X - mean) / std  # (N, D)
    Y = gamma * X_hat + beta
    cache = (X_hat, gamma, std, training)
    ### END SOLUTION
    return Y, running, cache


# %% [markdown]
# ### The way back
#
# $X$ reaches the loss by three ways: directly, through the variance and through the mean. You have derived it in 1.9; put
# together, with means over the batch,
#
# $$ {{batch_norm: dgamma[d] = sum(n, dY[n,d] * Xhat[n,d])}}, \qquad {{batch_norm: dbeta[d] = sum(n, dY[n,d])}} \tag{3.15} $$
#
# $$ {{batch_norm: dX[n,d] = gamma[d] / sqrt(var[d] + eps) * (dY[n,d] - dbeta[d] / N - Xhat[n,d] * dgamma[d] / N)}} \tag{3.16} $$
#
# Each column of `dX` sums to 0: shift all rows alike, and batch norm notices nothing. In use (`training=False`) mean and
# variance are constants, and only the first term is left.
#
# ### Exercise 3.11
#
# Write (3.15) and (3.16).


# %%
@exercise("3.11", points=5)
def batch_norm_backward(dY, cache):
    """Gradients of batch norm, equations (3.15) and (3.16).

    Args:
        dY: dL/dY, (N, D), float.
        cache: from batch_norm_forward.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).
    """
    ### BEGIN SOLUTION
    X_hat, gamma, std, training = cache
    dgamma = (dY * X_hat).sum(axis=0)  # (D,)
    dbeta = dY.sum(axis=0)  # (D,)
    inner = dY
    if training:
        inner = dY - dbeta / len(dY) - X_hat * dgamma / len(dY)  # (N, D)
    dX = gamma / std * inner
    ### END SOLUTION
    return dX, dgamma, dbeta


# %% [markdown]
# ## 6 Layer norm
#
# **Idea.** The same over the other axis: each *row* is shifted and scaled by its own mean and variance. No example looks at
# another one, so there are no running statistics, and training and use are the same. Transformers are built on it.
#
# **Maths.** As (3.12) and (3.13), with means over the $D$ entries of a row; $\gamma$ and $\beta$ still belong to the columns. So on the
# way back $\gamma$ goes in *before* the means are taken:
#
# $$ {{layer_norm: dX[n,d] = (dY[n,d] * gamma[d] - sum(k, dY[n,k] * gamma[k]) / D - Xhat[n,d] * sum(k, dY[n,k] * gamma[k] * Xhat[n,k]) / D) / sqrt(var[n] + eps)}} \tag{3.17} $$
#
# **By hand.** The row $(1, 3)$ becomes $(-1, 1)$; a row $(5, 5)$ becomes $(0, 0)$: only differences survive.

# %% [markdown]
# ### Exercises 3.12 and 3.13


# %%
@exercise("3.12", points=3)
def layer_norm_forward(X, gamma, beta, *, eps=1e-5):
    """Layer norm: rows of mean 0 and variance 1, then gamma and beta.

    Args:
        X: inputs, (N, D), float.
        gamma, beta: scale and shift, (D,).
        eps: a number.

    Returns:
        Y (N, D) and the cache.
    """
    ### BEGIN SOLUTION
    mean = X.mean(axis=1, keepdims=True)  # (N, 1)
    std = np.sqrt(X.var(axis=1, keepdims=True) + eps)  # (N, 1)
    X_hat = (X - mean) / std  # (N, D)
    Y = gamma * X_hat + beta
    cache = (X_hat, gamma, std)
    ### END SOLUTION
    return Y, cache


# %%
@exercise("3.13", points=4)
def layer_norm_backward(dY, cache):
    """Gradients of layer norm, equation (3.17); gamma and beta as in (3.15).

    Args:
        dY: dL/dY, (N, D), float.
        cache: from layer_norm_forward.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).
    """
    ### BEGIN SOLUTION
    X_hat, gamma, std = cache
    dgamma = (dY * X_hat).sum(axis=0)  # (D,)
    dbeta = dY.sum(axis=0)  # (D,)
    G = dY * gamma  # (N, D)
    along = (G * X_hat).mean(axis=1, keepdims=True)  # (N, 1)
    dX = (G - G.mean(axis=1, keepdims=True) - X_hat * along) / std
    ### END SOLUTION
    return dX, dgamma, dbeta


# %% [markdown]
# Both, measured without a reference:

# %%
layers = answers()
rng = np.random.default_rng(6)
X, gamma, beta = rng.standard_normal((5, 4)), rng.standard_normal(4), rng.standard_normal(4)
layer_gradient_check(
    layers.layer_norm_forward, layers.layer_norm_backward, X, gamma, beta,
    names=("X", "gamma", "beta"),
)  # fmt: skip

# %% [markdown]
# ## 7 Dropout
#
# **Idea.** While training, silence each hidden unit with a probability, anew for every example. No unit can rely on a
# particular other one, so what they learn is spread out. In use, all units speak.
#
# **Maths.** Keep an entry with probability $q$, called `keep`, and divide what is kept by $q$: then the expected value stays
# the same, and in use there is nothing left to do (*inverted* dropout).
#
# $$ M_{nd} = \begin{cases} 1/q & \text{with probability } q \\ 0 & \text{else} \end{cases}, \qquad
#    {{dropout: Y = X * M}}, \qquad {{dropout: dX = dY * M}} \tag{3.18} $$
#
# **By hand.** $X = (3, 5)$, $q = \tfrac12$, the first kept: $Y = (6, 0)$; the mean over all masks is $(3, 5)$.
#
# ### Exercises 3.14 and 3.15
#
# `rng.random(shape)` gives numbers from 0 to 1.


# %%
@exercise("3.14", points=2)
def dropout_forward(X, keep, rng, *, training=True):
    """Inverted dropout, equation (3.18).

    Args:
        X: any shape, float.
        keep: probability to keep an entry.
        rng: numpy.random.Generator.
        training: False leaves X as it is.

    Returns:
        Y, the shape of X, and the cache: the mask M, or None in use.
    """
    ### BEGIN SOLUTION
    if not training:
        return X.copy(), None
    M = (rng.random(X.shape) < keep).astype(X.dtype) / keep
    Y = X * M
    ### END SOLUTION
    return Y, M


# %%
@exercise("3.15", points=1)
def dropout_backward(dY, cache):
    """Gradient of dropout, equation (3.18).

    Args:
        dY: dL/dY, the shape of X, float.
        cache: the mask M, or None in use.

    Returns:
        dX, the shape of X.
    """
    M = cache
    ### BEGIN SOLUTION
    dX = dY.copy() if M is None else dY * M
    ### END SOLUTION
    return dX


# %% [markdown]
# ### What they do
#
# Five layers with small first weights, which would not learn at all; now with your batch norm, and then with dropout.
# `DeepNet` calls your functions where they are right.

# %% tags=["nbval-ignore-output"]
layers = answers()
variants = {
    "small weights": {"initializer": tiny},
    "small weights, batch norm": {"initializer": tiny, "normalization": "batch"},
    "He": {"initializer": "he_normal"},
    "He, batch norm": {"initializer": "he_normal", "normalization": "batch"},
    "He, layer norm": {"initializer": "he_normal", "normalization": "layer"},
    "He, batch norm, dropout": {"initializer": "he_normal", "normalization": "batch", "keep": 0.8},
}
effect = {name: train_deep(5, **how, epochs=8, layers=layers)[1] for name, how in variants.items()}
show.curve_grid(effect, columns=3, title="Five layers")

# %% tags=["nbval-ignore-output"]
pd.DataFrame(
    {
        name: {
            "training loss": f"{history.column('train_loss')[-1]:.3f}",
            "validation loss": f"{history.column('validation_loss')[-1]:.3f}",
            "validation accuracy": f"{history.column('validation_accuracy')[-1]:.1%}",
        }
        for name, history in effect.items()
    }
).T

# %% [markdown]
# **What we saw.** Batch norm makes the depth trainable from any first weights. Dropout costs training loss and narrows the gap to
# the validation loss; whether it gains accuracy is a question of how large the gap was.

# %%
gap = {
    name: history.column("validation_loss")[-1] - history.column("train_loss")[-1]
    for name, history in effect.items()
}
mended_loss = effect["small weights, batch norm"].column("train_loss")[-1]
expect(mended_loss, at_most=0.5, about="small weights with batch norm: training loss")
narrower = gap["He, batch norm"] - gap["He, batch norm, dropout"]
expect(narrower, at_least=0.0, about="gap without dropout, above that with it")

# %% [markdown]
# ## 8 Colour pictures
#
# **Idea.** CIFAR-10 holds 60,000 photographs of 32×32 pixels and three colours, ten kinds of things. A row now has
# $D = 3072$ numbers. Fully connected nets find this hard: a frog two pixels to the right is, to them, another set of inputs.
#
# The quick profile has no photographs; it takes the digits in their place and says so.

# %% tags=["nbval-ignore-output"]
photos = load_photos(profile)
print(fill(photos.source, 96))
show.gallery(
    photos.train.X[:20].reshape(-1, *photos.image_shape).squeeze(),
    [photos.class_names[c] for c in photos.train.y[:20]],
    title="Some training pictures",
)


# %%
def train_two_layers(prepare, hidden, learning_rate, epochs, weight_decay, decay, **how):
    """A two-layer net on the pictures; gives net and history."""
    net = nn.FullyConnectedNet(
        (photos.train.X.shape[1], hidden, 10),
        rng=np.random.default_rng(0),
        weight_decay=weight_decay,
        initializer=how.get("initializer", "he_normal"),
    )
    history = nn.fit(
        net,
        photos.train,
        photos.validation,
        optimizer=nn.make_optimizer(how.get("rule", "momentum"), learning_rate),
        epochs=epochs,
        batch_size=100,
        rng=np.random.default_rng(1),
        prepare=prepare,
        learning_rate_decay=decay,
        report=None,
    )
    return net, history


# %% [markdown]
# ### A rate that hardly learns
#
# A classic first try: subtract the mean picture, draw small weights, take a rate of $10^{-4}$, and the loss hardly moves. Is the
# net too small, the data too hard? Neither: ten times the rate, and it learns. *Look at the loss curve before you change
# anything else:* a straight, flat line asks for a larger rate.

# %% tags=["nbval-ignore-output"]
mean_picture = photos.train.X.mean(axis=0, dtype=np.float64).astype(np.float32)  # (D,)
raw = {
    "hidden": 50,
    "epochs": {"quick": 4, "full": 8}[profile],
    "weight_decay": 0.25,
    "decay": 0.85,
    "rule": "sgd",
    "initializer": functools.partial(nn.small_normal, std=1e-4),
}
scaled = PixelScaler.fit(photos.train.X)
tuned_by = {
    "quick": {"hidden": 100, "learning_rate": 0.02, "epochs": 8, "weight_decay": 1e-3},
    "full": {"hidden": 400, "learning_rate": 0.02, "epochs": 10, "weight_decay": 3e-3},
}[profile]
_, slow = train_two_layers(lambda X: X - mean_picture, learning_rate=1e-4, **raw)
_, faster = train_two_layers(lambda X: X - mean_picture, learning_rate=1e-3, **raw)
tuned, best = train_two_layers(scaled, decay=0.75, **tuned_by)
show.curve_grid(
    {"rate 0.0001": slow, "rate 0.001": faster, "tuned": best},
    quantity="accuracy",
    title="Two-layer nets",
)

# %%
accuracy = {
    name: h.column("validation_accuracy")[-1]
    for name, h in (("slow", slow), ("faster", faster), ("tuned", best))
}
expect(accuracy["faster"] - accuracy["slow"], at_least=0.05, about="what ten times the rate wins")
expect(
    accuracy["tuned"], at_least={"quick": 0.9, "full": 0.505}[profile], about="tuned, validation"
)

# %% [markdown]
# ### What tuning did
#
# Scale the inputs to mean 0 and spread 1, so that rates mean the same everywhere; He's first weights; momentum; more hidden
# units; a rate that falls each epoch; a penalty against over-fitting. Each was chosen by the validation pictures. Now the test
# pictures, once, and the first-layer weights.

# %% tags=["nbval-ignore-output"]
_, test_accuracy = nn.evaluate(tuned, photos.test, scaled)
print(f"tuned two-layer net: test accuracy {test_accuracy:.2%}")
height, width, channels = photos.image_shape
show.weight_images(
    tuned.params["W1"], count=24, shape=(height, width, 3) if channels == 3 else (height, width)
)

# %%
expect(test_accuracy, at_least={"quick": 0.88, "full": 0.483}[profile], about="test accuracy")

# %% [markdown]
# ### All of it together, in PyTorch
#
# Batch norm, momentum that looks ahead, a rate that follows half a cosine, smoothed labels, and pictures that are mirrored and
# shifted at random while training: each epoch shows other pictures, so there is less to learn by heart. (A mirrored 3 is no 3, so
# digits are only shifted.)

# %% tags=["nbval-ignore-output"]
from course_utils import torchlab

how = {
    "quick": {"sizes": (784, 200, 100, 10), "epochs": 8, "flip": 0.0, "shift": 1},
    "full": {"sizes": (3072, 1024, 512, 10), "epochs": 20, "flip": 0.5, "shift": 4},
}[profile]
model = torchlab.fully_connected(how["sizes"], rng=np.random.default_rng(0), batch_norm=True)
history = torchlab.fit(
    model,
    photos.train,
    photos.validation,
    optimizer=torchlab.make_optimizer(model, "nesterov", 0.05),
    epochs=how["epochs"],
    batch_size=128,
    rng=np.random.default_rng(1),
    prepare=scaled,
    schedule=torchlab.Cosine(warmup=1),
    augment=torchlab.Augment(photos.image_shape, flip=how["flip"], shift=how["shift"]),
    weight_decay=2.5e-4,
    label_smoothing=0.1,
    report=None,
)
show.curves(history, title="Fully connected, batch norm, augmented")

# %% tags=["nbval-ignore-output"]
_, test_accuracy = torchlab.evaluate(model, photos.test, scaled)
print(f"test accuracy {test_accuracy:.2%}")

# %%
expect(test_accuracy, at_least={"quick": 0.93, "full": 0.6}[profile], about="test accuracy")

# %% [markdown]
# **What we saw.** Each of these means is small, together they win many points, and then it ends: a net that treats every pixel as a
# stranger has no idea that a picture is a picture. Lesson 04 tells it.

# %% [markdown]
# ## 9 Where you stand

# %%
progress(first="3.10")

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $\mu$, var | `mean`, `var` | $(D,)$ or $(N, 1)$ | mean and variance of a column (batch norm) or row (layer norm) |
# | $\hat X$ | `X_hat` | $(N, D)$ | normalized inputs |
# | $\gamma$, $\beta$ | `gamma`, `beta` | $(D,)$ | scale and shift that are learnt |
# | $\rho$ | `momentum` | a number | share of the running statistics that is kept |
# | $q$, $M$ | `keep`, mask | a number, as $X$ | dropout |

# %% [markdown]
# **Questions.**
#
# 1. A colleague reports that 800 units beat 500 by 0.2 points, from one run each. What do you ask?
# 2. Batch norm with batches of one: what comes out of (3.13)?
# 3. Why must `running` not be touched when `training=False`?
# 4. With `keep=0.5` and a plain mask of 0 and 1, what would the logits do in use?
#
# `hint("3.11")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** Glorot and Bengio, AISTATS 2010, and He, Zhang, Ren and Sun, 2015 (first weights). Ioffe and Szegedy, *Batch normalization*,
# 2015. Ba, Kiros and Hinton, *Layer normalization*, 2016. Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout*, 2014.
# Krizhevsky, *Learning multiple layers of features from tiny images*, 2009 (CIFAR-10). Szegedy et al., 2016 (label smoothing). Loshchilov and
# Hutter, 2017 (the cosine).

# %%
# <hand-in>
