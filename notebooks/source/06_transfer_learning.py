# %% [markdown]
# # 06 · Transfer learning: what a net has learned already
#
# <!-- badge -->
#
# **Goal.** Take a net that has seen a million photographs, and make it tell ants from bees with a few
# dozen pictures: look at its features, freeze it so that nothing moves, give it a new head, then let it
# learn again, gently. **Time.** 120 minutes. **Assumed.** Lessons 03 and 04.
#
# Most nets in use were begun by somebody else. Most mistakes with them raise no error: the accuracy is
# just worse, and nobody knows why. So here each is made once, on purpose.

# %%
# <setup>

# %%
import time
from dataclasses import replace
from textwrap import fill

import numpy as np
import torch

from course_utils import nn, show, torchlab
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import layer_gradient_check
from course_utils.data import Split, load_insects, resolve_profile
from course_utils.torchlab.transfer import (
    Pictures,
    compare,
    expect_normalised,
    expect_optimizer_trains,
    features_of,
    stays_frozen,
    transfer,
)

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"
insects = load_insects(profile)
rng = np.random.default_rng(6)

# %% [markdown]
# ## 1 Two hundred pictures
#
# **Idea.** The task is to tell ants from bees. In the quick profile the course draws both: body, pose,
# colours and clutter at random, and colours say next to nothing. With the full profile they are
# photographs. Either way there are about 200 pictures to learn from, and lesson 04 had thousands.

# %%
print(insects)

# %% tags=["nbval-ignore-output"]
some = insects.test.X[:12]
show.gallery(
    insects.images(some),
    [insects.class_names[c] for c in insects.test.y[:12]],
    columns=6,
    size=1.1,
    title="Twelve of the test pictures",
)

# %% [markdown]
# ## 2 A net that has seen a million photographs
#
# **Idea.** EfficientNet-Lite0 has been trained on ImageNet: a million photographs of a thousand kinds of
# things. Its head, which names these kinds, is taken off. What is left, the *body* or *backbone*, turns
# a picture into 1280 numbers, its *features*.
#
# It was trained at 224×224 pixels. The drawings have 96×96, and are shown to it as they are: a little
# is lost, and there are five times fewer pixels to go through.

# %%
backbone = torchlab.pretrained()
backbone.input_size = insects.image_shape[:2]
print(backbone)
print("mean", backbone.mean, "std", backbone.std)

# %% [markdown]
# **Maths.** A net knows only one kind of input: the kind that it was trained with. So the bytes
# $X_{nhwc}$ go the same way as they did then, with the mean $\mu_c$ and the deviation $\sigma_c$ of *its* pictures:
#
# $$ X'_{nchw} = \frac{X_{nhwc} / 255 - \mu_c}{\sigma_c},
#    \qquad \underset{(N, H, W, C)}{X}, \quad \underset{(N, C, H, W)}{X'} \tag{6.1} $$
#
# **By hand.** For $\mu = \sigma = 0.5$: black becomes $-1$, white $1$, and a byte of 51 is
# $(0.2 - 0.5) / 0.5 = -0.6$.
#
# ### Exercise 6.1
#
# Write (6.1). The data set holds a picture as a row: line by line, and red, green and blue of a pixel
# side by side.


# %%
@exercise("6.1", points=2)
def prepare_pictures(X, image_shape, mean, std):
    """Bring rows of bytes to the form that a net was trained with, equation (6.1).

    Args:
        X: rows, (N, H*W*C), uint8.
        image_shape: (H, W, C).
        mean, std: of each channel, C numbers on the scale 0 to 1.

    Returns:
        (N, C, H, W), float.
    """
    ### BEGIN SOLUTION
    pictures = X.reshape(-1, *image_shape) / 255  # (N, H, W, C)
    pictures = (pictures - np.array(mean)) / np.array(std)
    prepared = pictures.transpose(0, 3, 1, 2).astype(np.float32)  # (N, C, H, W)
    ### END SOLUTION
    return prepared


# %%
prepare = Pictures(backbone, insects.image_shape)  # the package's own, for all that follows
batch = prepare_pictures(some, insects.image_shape, backbone.mean, backbone.std)
expect(np.abs(batch - prepare(some)).max(), at_most=1e-5, about="the pictures of both apart")

# %% [markdown]
# **The slip.** Leave out a step and nothing stops you: a net takes any numbers. What can be seen is the
# range. So the package asks for it:

# %% tags=["nbval-ignore-output"]
slips = {
    "bytes": insects.channels_first(some).astype(np.float32),
    "from 0 to 1": insects.channels_first(some) / np.float32(255),
    "as asked": prepare(some),
}
for name, X in slips.items():
    try:
        expect_normalised(X, backbone.mean, backbone.std)
        print(f"{name}: fine")
    except ValueError as error:
        print(fill(f"{name}: {error}", 96), end="\n\n")

# %% [markdown]
# ## 3 What features are
#
# **Idea.** Two pictures of bees share hardly a pixel. If a net is any good, their features are alike all
# the same. The body stays as it is from here to section 8, so the features of a picture never change: they
# are computed once, kept on disk, and every experiment on them takes seconds.

# %% tags=["nbval-ignore-output"]
started = time.perf_counter()
F, F_validation, F_test = (
    features_of(prepare, split.X) for split in (insects.train, insects.validation, insects.test)
)
y, y_validation, y_test = insects.train.y, insects.validation.y, insects.test.y
print(f"features {F.shape}, {time.perf_counter() - started:.1f} s (none at all the next time)")

# %% [markdown]
# **Maths.** How alike are two rows of features? Their length says how much there is to be seen at all,
# their direction what. So compare directions, by the *cosine* of the angle between them:
#
# $$ S_{nm} = \frac{\sum_d Q_{nd} F_{md}}{\lVert Q_n \rVert \, \lVert F_m \rVert},
#    \qquad \underset{(N, D)}{Q}, \quad \underset{(M, D)}{F}, \quad \underset{(N, M)}{S} \tag{6.2} $$
#
# **By hand.** $(3, 4)$ and $(6, 8)$: $50 / (5 \cdot 10) = 1$, the same direction. $(3, 4)$ and
# $(4, -3)$: 0.
#
# ### Exercise 6.2
#
# Find for each row of $Q$ the $k$ rows of $F$ with the largest cosines, the nearest first.


# %%
@exercise("6.2", points=2)
def nearest_neighbours(Q, F, k):
    """The rows of F that point most nearly where each row of Q points, equation (6.2).

    Args:
        Q: features that are asked about, (N, D), float.
        F: features to choose from, (M, D), float.
        k: how many, 1 to M.

    Returns:
        neighbours, (N, k), rows of F, the nearest first; and their cosines, (N, k).
    """
    ### BEGIN SOLUTION
    Q = Q / np.linalg.norm(Q, axis=1, keepdims=True)
    F = F / np.linalg.norm(F, axis=1, keepdims=True)
    S = Q @ F.T  # (N, M)
    neighbours = np.argsort(-S, axis=1)[:, :k]  # (N, k)
    similarity = np.take_along_axis(S, neighbours, axis=1)
    ### END SOLUTION
    return neighbours, similarity


# %% [markdown]
# **Look.** Six test pictures, and the four training pictures that are nearest: by features on the left, by
# pixels on the right. Blue frames are of the same kind.

# %% tags=["nbval-ignore-output"]
student = answers()
pixels, pixels_test = (
    X / np.float32(255) - np.float32(0.5) for X in (insects.train.X, insects.test.X)
)
asked = np.arange(6)
show.neighbours(
    insects.images(insects.test.X[asked]),
    y_test[asked],
    insects.images(insects.train.X),
    y,
    {
        "features": student.nearest_neighbours(F_test[asked], F, 4)[0],
        "pixels": student.nearest_neighbours(pixels_test[asked], pixels, 4)[0],
    },
    names=insects.class_names,
    title="The nearest training pictures",
)

# %% tags=["nbval-ignore-output"]
by_features = y[student.nearest_neighbours(F_test, F, 1)[0][:, 0]]
by_pixels = y[student.nearest_neighbours(pixels_test, pixels, 1)[0][:, 0]]
alike, alike_pixels = (np.mean(named == y_test) for named in (by_features, by_pixels))
print(f"named after the nearest training picture: {alike:.1%} right by features,")
print(f"{alike_pixels:.1%} by pixels")

# %%
expect(alike, at_least=0.72, about="named after the nearest by features")
expect(alike_pixels, at_most=0.66, about="named after the nearest by pixels")

# %% [markdown]
# By pixels a picture is near to those of the same brightness. By features it is near to those that show
# the same thing, though this net was never told what the drawings are.
#
# **A map.** PCA of lesson 02 draws 1280 dimensions in two. Whatever is already apart in two directions
# is easy to tell apart in 1280.

# %% tags=["nbval-ignore-output"]
maps = {}
for name, X in (("features", F), ("pixels", pixels)):
    mean, components, variances = nn.pca_fit(X.astype(float), 2)
    maps[name] = nn.pca_project(X.astype(float), mean, components)
show.scatter(maps, y, insects.class_names, title="Training pictures along two principal components")

# %% [markdown]
# ## 4 A linear probe
#
# **Idea.** How much do features know? Train the smallest thing that can answer: one linear layer and
# softmax, on features that never change. This is a *linear probe*, and it is transfer learning already:
# everything but the last layer was learned by others.
#
# The features are standardised first, with mean and deviation of the *training* pictures; then one learning
# rate suits every backbone.


# %% tags=["nbval-ignore-output"]
def read_by(head, features, labels):
    """The accuracy of a head on features."""
    with torch.no_grad():
        return np.mean(head(torch.from_numpy(features)).argmax(dim=1).numpy() == labels)


probe = transfer(backbone, insects, "frozen linear", epochs=20, learning_rate=0.001, report=None)
print(probe)
print(probe.diagnosis)
head = probe.model.head
print(f"{read_by(head, F_test, y_test):.1%} of the test pictures right")

# %%
expect(read_by(head, F_test, y_test), at_least=0.91, about="test accuracy of the probe")

# %% [markdown]
# ## 5 Freezing: what may not move
#
# **Idea.** Now as one net, body and head, as you would write it yourself. The head is to learn and the
# body is not. Two kinds of numbers in it could move:
#
# - **Parameters** are moved by gradients. Switch these off: `requires_grad`.
# - **Running statistics** of batch norm are no parameters. A forward pass in *training mode* moves
#   them, gradient or not. Switch that off as well: evaluation mode.


# %%
class Net(torch.nn.Module):
    """A body and a head, and nothing else."""

    def __init__(self, body, classes):
        super().__init__()
        self.body, self.head = body, torch.nn.Linear(body.n_features, classes)

    def forward(self, X):
        return self.head(self.body(X))


def new_net(classes=2):
    """A fresh copy of the pretrained body with a head that knows nothing yet."""
    torch.manual_seed(6)
    body = torchlab.pretrained()
    body.input_size = backbone.input_size
    return Net(body, classes)


# %% [markdown]
# ### Exercise 6.3
#
# Freeze the body of a net, both kinds of numbers. The head stays as it is, in flags and mode.


# %%
@exercise("6.3", points=2)
def freeze_body(net):
    """Freeze what is below the head: its parameters, and its running statistics.

    Args:
        net: a torch.nn.Module with body and head, in training mode; changed in place.
    """
    ### BEGIN SOLUTION
    net.body.requires_grad_(False)
    net.body.eval()
    ### END SOLUTION


# %% [markdown]
# **A new head.** The old head names other classes, so it is replaced. The optimizer comes *after* that: it
# holds tensors, not names, and knows nothing of a layer that was made later.
#
# ### Exercise 6.4
#
# Put a linear layer for `C` classes on a net whose body is frozen, and make a `torch.optim.SGD` of what is
# trained, and of nothing else.


# %%
@exercise("6.4", points=2)
def new_head(net, C, learning_rate):
    """Put a linear layer in the place of the head, and make the optimizer of what is trained.

    Args:
        net: a torch.nn.Module with a frozen body, and a head that is an nn.Linear.
        C: number of classes.
        learning_rate: of the optimizer.

    Returns:
        A torch.optim.SGD.
    """
    ### BEGIN SOLUTION
    net.head = torch.nn.Linear(net.head.in_features, C)
    trained = [p for p in net.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(trained, lr=learning_rate)
    ### END SOLUTION
    return optimizer


# %% [markdown]
# **The slip.** The other order, made on purpose. Nothing complains: the loss is computed, the optimizer
# steps, and the head that is in the net never changes. Asked in time, it comes out:

# %%
net = new_net(classes=1000)
student.freeze_body(net)
optimizer = torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=0.1)
net.head = torch.nn.Linear(backbone.n_features, 2)  # too late
try:
    expect_optimizer_trains(optimizer, net)
except ValueError as error:
    print(fill(str(error), 96))

# %% [markdown]
# **The slip that nobody sees.** Gradients are off, but the net is in training mode. Two hundred pictures go
# through, two at a time. Nobody steps, and no parameter changes.

# %%
net = new_net()
net.body.requires_grad_(False)
net.train()
X = torch.from_numpy(prepare(insects.train.X))
try:
    with stays_frozen(net.body), torch.no_grad():
        for k in range(0, len(X), 2):
            net(X[k : k + 2])
except RuntimeError as error:
    print(fill(str(error), 96))

# %% [markdown]
# The body computes other features now, and a head trained on the old ones reads them wrongly. How many
# validation pictures does the probe's head still name rightly, on this drifted body?

# %% tags=["nbval-ignore-output"]
drifted = Pictures(net.body.eval(), insects.image_shape)
F_drifted = features_of(drifted, insects.validation.X)
before, after = (read_by(head, f, y_validation) for f in (F_validation, F_drifted))
moved = np.linalg.norm(F_drifted - F_validation) / np.linalg.norm(F_validation)
print(f"the features have moved by {moved:.0%} of their length;")
print(f"validation accuracy {before:.1%} before, {after:.1%} after the drift")

# %%
expect(moved, at_least=0.3, about="movement of the features")
expect(before - after, at_least=0.03, about="accuracy lost by drifting")

# %% [markdown]
# ## 6 Batch norm in a frozen net
#
# **Idea.** With statistics that are given, batch norm is no longer a matter of the batch. Each feature is
# shifted and stretched by fixed numbers, and a single picture gets the same answer as in a crowd.
#
# **Maths.** With running mean $\mu$ and variance $v$, both $(D,)$:
#
# $$ \underset{(N,D)}{\hat X} = \frac{X - \mu}{\sqrt{v + \varepsilon}}, \qquad
#    \underset{(N,D)}{Y} = \gamma \, \hat X + \beta \tag{6.3} $$
#
# **By hand.** $\mu = 1$, $v = 4$, $\varepsilon = 0$, $\gamma = 3$, $\beta = 1$: an $X$ of 5 is 2 deviations
# above, so $Y = 7$. Whatever the others are.
#
# ### Exercise 6.5
#
# Write (6.3). `running` is read and never written.


# %%
@exercise("6.5", points=1)
def frozen_norm_forward(X, gamma, beta, running, eps=1e-5):
    """Batch norm with statistics that are given, equation (6.3).

    Args:
        X: (N, D), float.
        gamma, beta: (D,), float.
        running: {"mean": (D,), "var": (D,)}, float.
        eps: added to the variance.

    Returns:
        Y (N, D) and the cache: X_hat (N, D), gamma (D,), and 1 / sqrt(var + eps) (D,).
    """
    ### BEGIN SOLUTION
    inverse_std = 1 / np.sqrt(running["var"] + eps)  # (D,)
    X_hat = (X - running["mean"]) * inverse_std  # (N, D)
    Y = gamma * X_hat + beta
    cache = (X_hat, gamma, inverse_std)
    ### END SOLUTION
    return Y, cache


# %% [markdown]
# ### Exercise 6.6
#
# Lesson 01 derived the gradient of batch norm in training, three ways long: straight, through the mean and
# through the variance. Derive it for given $\mu$ and $v$ (`mu` and `var` in the lines): `dX`, `dgamma`
# and `dbeta`.


# %%
@exercise("6.6", points=2)
def derive_frozen_norm():
    """The gradients of batch norm with given statistics, line by line."""
    ### BEGIN SOLUTION
    lines = [
        "diff(Y[n,d], X[i,j]) = gamma[d] / sqrt(var[d] + eps) * delta(n,i) * delta(d,j)",
        "dX[n,d] = dY[n,d] * gamma[d] / sqrt(var[d] + eps)",
        "dgamma[d] = sum(n, dY[n,d] * Xhat[n,d])",
        "dbeta[d] = sum(n, dY[n,d])",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ### Exercise 6.7
#
# Write what you derived. The gradient goes through a frozen layer, only the layer does not use it: below
# it may be something that learns.


# %%
@exercise("6.7", points=2)
def frozen_norm_backward(dY, cache):
    """Gradients of batch norm with given statistics.

    Args:
        dY: dL/dY, (N, D), float.
        cache: from frozen_norm_forward.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).
    """
    ### BEGIN SOLUTION
    X_hat, gamma, inverse_std = cache
    dX = dY * gamma * inverse_std
    dgamma, dbeta = (dY * X_hat).sum(axis=0), dY.sum(axis=0)
    ### END SOLUTION
    return dX, dgamma, dbeta


# %%
running = {"mean": rng.standard_normal(3), "var": rng.uniform(0.5, 2, 3)}
print(
    layer_gradient_check(
        lambda X, gamma, beta: student.frozen_norm_forward(X, gamma, beta, running),
        student.frozen_norm_backward,
        *(rng.standard_normal(shape) for shape in [(4, 3), 3, 3]),
        names=("X", "gamma", "beta"),
    )
)

# %% [markdown]
# Here are both ways back side by side, as the build has checked them. Frozen:
#
# $$ {{frozen_norm: dX[n,d] = dY[n,d] * gamma[d] / sqrt(var[d] + eps)}} \tag{6.4} $$
#
# and in training, with mean and variance of the batch:
#
# $$ {{batch_norm: dX[n,d] = gamma[d] / sqrt(var[d] + eps) * (dY[n,d] - sum(m, dY[m,d])/N - Xhat[n,d] * sum(m, dY[m,d] * Xhat[m,d])/N)}} \tag{6.5} $$
#
# In (6.5) every row depends on all others. In (6.4) none does.

# %% [markdown]
# ## 7 An epoch, and a measurement
#
# **Idea.** Two functions are written in every project, and both go wrong in the same place: the *mode*.
#
# - `net.train()` wakes all layers, those of a frozen body, too. It belongs at the beginning of each epoch,
#   because measuring has put the net to sleep; and the body has to be put back to sleep at once.
# - Measuring needs evaluation mode and no gradients, and then the mode that was there before, layer by
#   layer: one flag for the whole net cannot say that the body sleeps and the head is awake.
#
# ### Exercises 6.8 and 6.9
#
# Write both. The loss is `torch.nn.functional.cross_entropy`.


# %%
@exercise("6.8", points=3)
def train_epoch(net, optimizer, batches):
    """Train the head for an epoch, on a body that stays as it is.

    Args:
        net: a torch.nn.Module with a frozen body and a head, in any mode.
        optimizer: of the head's parameters.
        batches: pairs of inputs and labels, tensors.

    Returns:
        The loss of each batch before its step, a list of floats.
    """
    losses = []
    ### BEGIN SOLUTION
    net.train()
    net.body.eval()  # train() has woken it
    for X, y in batches:
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())  # the number alone, without its graph
    ### END SOLUTION
    return losses


# %%
@exercise("6.9", points=3)
def measure(net, X, y):
    """Measure an accuracy, and leave the net as it was.

    Args:
        net: a torch.nn.Module, each layer in its own mode.
        X: inputs, a tensor.
        y: labels, (N,), a tensor.

    Returns:
        The share that is named rightly, a float.
    """
    ### BEGIN SOLUTION
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    with torch.no_grad():
        accuracy = (net(X).argmax(dim=1) == y).float().mean().item()
    for module, mode in modes:
        module.training = mode
    ### END SOLUTION
    return accuracy


# %% [markdown]
# All together: freeze, new head, two epochs on 80 pictures, and `stays_frozen` as a witness. It would stop
# here if a weight or a running mean of the body had changed.

# %% tags=["nbval-ignore-output"]
net = new_net(classes=1000)
student.freeze_body(net)
optimizer = student.new_head(net, 2, 0.01)
expect_optimizer_trains(optimizer, net)
X, labels = torch.from_numpy(prepare(insects.train.X[:80])), torch.from_numpy(y[:80])
batches = [(X[k : k + 20], labels[k : k + 20]) for k in range(0, 80, 20)]
X_validation = torch.from_numpy(prepare(insects.validation.X[:50]))
labels_validation = torch.from_numpy(y_validation[:50])
with stays_frozen(net.body):
    for epoch in (1, 2):
        losses = student.train_epoch(net, optimizer, batches)
        accuracy = student.measure(net, X_validation, labels_validation)
        print(f"epoch {epoch}: loss {np.mean(losses):.3f}, validation {accuracy:.0%}")

# %%
expect(accuracy, at_least=0.74, about="validation accuracy after two epochs")

# %% [markdown]
# **The slip.** The same net, measured in training mode: batch norm uses whoever happens to be in the batch,
# and remembers it. So a picture gets one answer in one batch and another in the next.

# %% tags=["nbval-ignore-output"]
awake = new_net().train()
awake.head = net.head
with torch.no_grad():
    together = awake(X_validation[:20]).argmax(dim=1)
    in_pairs = torch.cat([awake(X_validation[k : k + 2]) for k in range(0, 20, 2)]).argmax(dim=1)
changed = int((together != in_pairs).sum())
print(f"{changed} of 20 pictures are named otherwise in pairs than all together")

# %%
expect(changed, at_least=1, about="pictures named otherwise")

# %% [markdown]
# ## 8 Fine-tuning: all learn, but not equally fast
#
# **Idea.** The body knows photographs. To know drawings of insects better, let it learn on: *fine-tuning*.
# Its first layers see edges and colours, which every picture has. They need to change least. Its last
# layers see what ImageNet was about, and the head knows nothing. So the rate falls from part to part:
#
# $$ \eta_i = \eta \, \kappa^{\,L - i}, \qquad i = 1, \dots, L \tag{6.6} $$
#
# with part $L$ the head, part 1 at the picture, and a factor $\kappa \le 1$.
#
# **By hand.** $L = 4$, $\eta = 0.8$, $\kappa = \tfrac12$: 0.1, 0.2, 0.4, 0.8.
#
# ### Exercise 6.10
#
# Write (6.6).


# %%
@exercise("6.10", points=1)
def rates_by_depth(depth, learning_rate, below):
    """A learning rate for each part, equation (6.6).

    Args:
        depth: number of parts, L.
        learning_rate: that of the head.
        below: the factor from each part to the one below it.

    Returns:
        rates (L,), an array: the part at the picture first, the head last.
    """
    ### BEGIN SOLUTION
    rates = learning_rate * below ** np.arange(depth - 1, -1, -1.0)
    ### END SOLUTION
    return rates


# %% [markdown]
# **A step.** With rates of their own, and with some parameters frozen, a step of gradient descent is
#
# $$ W \leftarrow W - \eta_W \left( \frac{\partial L}{\partial W} + 2 \lambda W \right),
#    \qquad b \leftarrow b - \eta_b \frac{\partial L}{\partial b} \tag{6.7} $$
#
# for what is trained, and nothing at all for what is frozen. Three things go wrong here: an old
# gradient of a frozen parameter is still there; the penalty $\lambda$ shrinks frozen weights; one rate
# serves all.
#
# ### Exercise 6.11
#
# Write (6.7). A parameter without a rate is frozen. Weights are the arrays with more than one axis.


# %%
@exercise("6.11", points=3)
def step_with_rates(params, grads, rates, weight_decay):
    """A step of gradient descent, each parameter at its own rate, equation (6.7).

    Args:
        params: {key: array, float}; not changed.
        grads: {key: array}, without the penalty; may hold old ones of frozen parameters.
        rates: {key: number}; a parameter without one is frozen.
        weight_decay: lambda; on weights that are trained, never on biases.

    Returns:
        {key: array}, all keys of params.
    """
    ### BEGIN SOLUTION
    stepped = {}
    for key, w in params.items():
        if key not in rates:
            stepped[key] = w.copy()
            continue
        penalty = 2 * weight_decay * w if w.ndim > 1 else 0
        stepped[key] = w - rates[key] * (grads[key] + penalty)
    ### END SOLUTION
    return stepped


# %% [markdown]
# **The slip.** One large rate for everything, and batch statistics that move along. With 60 pictures
# this is the usual first attempt:

# %% tags=["nbval-ignore-output"]
sixty = replace(
    insects,
    train=Split(insects.train.X[:60], y[:60]),
    validation=Split(insects.validation.X[:60], y_validation[:60]),
)
common = {"batch_size": 20, "report": None, "train_accuracy_on": 20}
one_rate = {"body": 1.0, **common}  # no factor between head and body
rash = transfer(
    backbone, sixty, "fine-tune", epochs=1, learning_rate=0.02, hold_statistics=False, keep="last",
    **one_rate,
)  # fmt: skip
print(rash)
print(rash.diagnosis)

# %%
expect(rash.accuracy, at_most=0.75, about="accuracy after one epoch at one large rate")

# %% [markdown]
# Three steps were enough. At a rate at which a head learns, the kernels below are thrown far from where a
# million photographs had put them. Remedies, and they add up:
#
# - **smaller rates below**, (6.6), and batch norm's statistics *held*: frozen, though its layer learns;
# - **a head that does no harm**: a random one sends random gradients down. Train it first on frozen
#   features, or begin with zeros, as the package does;
# - **gradual unfreezing**: the head alone, then one part more at a time, from above.

# %% tags=["nbval-ignore-output"]
fine = transfer(
    backbone, sixty, "fine-tune", epochs=3, learning_rate=0.003, hold_statistics=True, **one_rate
)
by_depth = transfer(backbone, sixty, "discriminative", epochs=3, learning_rate=0.01, **common)
gradual = transfer(backbone, sixty, "gradual", epochs=4, learning_rate=0.01, **common)
for result in (fine, by_depth, gradual):
    print(result, result.diagnosis, sep="\n")


# %% tags=["nbval-ignore-output"]
def moved_by(result):
    """How far each part of the body has moved, those that have; the head began with nothing."""
    *below, _ = result.changes.values()
    parts = [i for i, change in enumerate(below) if change]
    return parts, [below[i] for i in parts]


show.lines(
    {
        "one small rate": moved_by(fine),
        "smaller below": moved_by(by_depth),
        "gradual": moved_by(gradual),
    },
    x_label="part",
    y_label="change over its own length",
    log_y=True,
    title="How far each part of the body has moved, from part 0 at the picture upwards",
)

# %%
for result in (fine, by_depth, gradual):
    expect(result.accuracy, at_least=0.84, about=f"validation accuracy, {result.how}")
spread = {
    name: list(result.changes.values()) for name, result in (("one", fine), ("depth", by_depth))
}
gentler = (spread["depth"][0] / spread["depth"][-2]) / (spread["one"][0] / spread["one"][-2])
expect(gentler, at_most=0.2, about="first part over last, by depth over one rate")
expect(max(spread["one"][:-1]), at_most=1e-3, about="movement of any part of the body")

# %% [markdown]
# **What we saw.** Nine steps move the body by less than a thousandth of its length, and already that counts:
# with one rate, a seventh of the rash one, the validation loss may still jump. With rates by depth the first
# parts hardly move, and the head may be fast. (The package takes a factor of 0.1 from the head to the body
# besides.) Kept are the weights of the epoch with the lowest validation loss; of the gradual one, parts that
# had not thawed by then have not moved.

# %% [markdown]
# ## 9 Labels that are not quite certain
#
# **Idea.** With few pictures a net soon names all of them rightly, and goes on: the loss falls for ever if
# the logits grow for ever. *Label smoothing* gives it a goal that it can reach. A share $s$ of the target
# is spread evenly over all $C$ classes:
#
# $$ Q_{nk} = (1 - s)\,[k = y_n] + \frac{s}{C}, \qquad
#    L = -\frac1N \sum_{n,k} Q_{nk} \log P_{nk} \tag{6.8} $$
#
# **By hand.** $C = 4$, $s = 0.2$: the right class gets $0.85$, the others $0.05$ each.
#
# ### Exercise 6.12
#
# Derive `dZ`, with $P$ the softmax of $Z$. The lines know `P`, `Q`, `s`, `y`.


# %%
@exercise("6.12", points=3)
def derive_smoothed_loss():
    """The gradient of cross-entropy with smoothed labels, line by line."""
    ### BEGIN SOLUTION
    lines = [
        "L = sum(n, k, Q[n,k] * (log(sum(j, exp(Z[n,j]))) - Z[n,k])) / N",
        "dZ[n,j] = (P[n,j] * sum(k, Q[n,k]) - Q[n,j]) / N",
        "dZ[n,j] = (P[n,j] - Q[n,j]) / N",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ### Exercise 6.13
#
# Write loss and gradient. Logits may be large: take $\log P$ from shifted logits, as in lesson 03.


# %%
@exercise("6.13", points=3)
def smoothed_loss_and_gradient(Z, y, smoothing):
    """Cross-entropy with smoothed labels, equation (6.8), and its gradient.

    Args:
        Z: logits, (N, C), float.
        y: labels, (N,), integers.
        smoothing: the share that is spread, 0 to below 1.

    Returns:
        The loss, a number, and dZ (N, C).
    """
    ### BEGIN SOLUTION
    N, C = Z.shape
    shifted = Z - Z.max(axis=1, keepdims=True)
    log_P = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, C)
    Q = np.full((N, C), smoothing / C, Z.dtype)
    Q[np.arange(N), y] += 1 - smoothing
    loss, dZ = -(Q * log_P).sum() / N, (np.exp(log_P) - Q) / N
    ### END SOLUTION
    return loss, dZ


# %% [markdown]
# **Look.** The loss of one picture, two classes, as the logit of the right one grows. Without smoothing it
# falls for ever. With it there is a best logit, and being surer costs.

# %%
logits = np.linspace(-2, 8, 101)
losses = {
    f"s = {s}": [
        student.smoothed_loss_and_gradient(np.array([[z, 0.0]]), np.array([0]), s)[0]
        for z in logits
    ]
    for s in (0.0, 0.1, 0.3)
}
best = logits[np.argmin(losses["s = 0.1"])]
expect(abs(best - np.log(0.95 / 0.05)), at_most=0.06, about="the best logit, from the best by hand")

# %% tags=["nbval-ignore-output"]
show.lines(
    {name: (logits, values) for name, values in losses.items()},
    x_label="logit of the right class, beside 0",
    y_label="loss (nats)",
    title="What smoothing does to the loss",
)

# %% [markdown]
# The other help against few pictures is to show them differently each time: mirrored, shifted. This is
# *augmentation*, known from lesson 04. Its price: no two batches have the same features, so even a frozen body
# has to be run in every step.
#
# ## 10 The ways side by side
#
# All on the same 60 pictures, chosen by validation, with equal first weights of the head:

# %% tags=["nbval-ignore-output"]
quick_ways = {"epochs": 20, "learning_rate": 0.001, "report": None}
flips = torchlab.Augment(insects.image_shape, flip=0.5, shift=4)
results = {
    "one large rate": rash,
    "frozen, linear head": transfer(backbone, sixty, "frozen linear", **quick_ways),
    "the same, smoothed": transfer(
        backbone, sixty, "frozen linear", label_smoothing=0.1, **quick_ways
    ),
    "the same, mirrored": transfer(
        backbone, sixty, "frozen linear", augment=flips, epochs=3, learning_rate=0.004, **common
    ),
    "frozen, two layers": transfer(backbone, sixty, "frozen two-layer", dropout=0.3, **quick_ways),
    "fine-tuned, one rate": fine,
    "fine-tuned by depth": by_depth,
    "unfrozen gradually": gradual,
}
table = compare(results)


# %% [markdown]
# The test pictures, once. Where the body has not moved, their features are known already.


# %% tags=["nbval-ignore-output"]
def on_test(result):
    """Accuracy on the test pictures."""
    *below, _ = result.changes.values()
    if not any(below):
        return read_by(result.model.head, F_test, y_test)
    return result.evaluate(insects.test)[1]


table["test accuracy"] = [on_test(result) for result in results.values()]
table[["validation accuracy", "test accuracy", "trained parameters", "CPU seconds"]].round(3)

# %%
expect(table["test accuracy"].max(), at_least=0.91, about="test accuracy of the best way")

# %% [markdown]
# **What we saw.** All gentle ways are close, and 300 test pictures cannot tell one per cent from another:
# the standard error of a share near 0.95 is more than 0.01. The linear head is the cheapest by far, once
# its features are there. Trained parameters differ by a factor of a thousand, and that is not what decides.

# %% [markdown]
# ## 11 How many pictures does it take?
#
# **Idea.** This is the reason for transfer. Take 5, 10, 20, 50 or all training pictures; train a head on the
# frozen body, and a net from scratch. Draw the pictures anew several times, since with 5 of them luck
# matters.
#
# **Maths.** How sure is a mean? Each repeat $r$ gives one accuracy $a_r$, on the same test pictures. All
# answers of a repeat share one training, so the $R$ repeats are the independent trials, not the
# $R \cdot N$ answers. With $t$ from Student's table for $R - 1$ degrees of freedom,
#
# $$ \bar a \pm t \, \frac{s}{\sqrt R}, \qquad s^2 = \frac{1}{R - 1} \sum_r (a_r - \bar a)^2 \tag{6.9} $$
#
# **By hand.** 0.4 and 0.6: $\bar a = 0.5$, $s = 0.141$, and $s / \sqrt 2 = 0.1$.

# %% [markdown]
# ### Exercise 6.14
#
# Write (6.9), from a table of hits: whether repeat $r$ named test picture $n$ rightly.


# %%
@exercise("6.14", points=2)
def mean_and_interval(hits, t):
    """The mean accuracy of several repeats, and an interval around it, equation (6.9).

    Args:
        hits: (R, N), bool.
        t: how many standard errors to each side.

    Returns:
        mean, low, high: three numbers.
    """
    ### BEGIN SOLUTION
    accuracies = hits.mean(axis=1)  # (R,)
    mean = accuracies.mean()
    half = t * accuracies.std(ddof=1) / np.sqrt(len(accuracies))
    low, high = mean - half, mean + half
    ### END SOLUTION
    return mean, low, high


# %% [markdown]
# The net from scratch is the small modern one of lesson 04. It would be hopeless to train EfficientNet from
# nothing on five pictures, and slow. The small one sees smaller pictures, mirrored and shifted as
# it learns; both see the same drawings.

# %%
H, W, _ = insects.image_shape
by = {"quick": 3, "full": 4}[profile]
small_shape = (H // by, W // by, 3)


def shrink(X):
    """Means over squares of pixels: rows of smaller pictures, from -0.5 to 0.5."""
    squares = insects.images(X).reshape(-1, H // by, by, W // by, by, 3)
    return (squares.mean(axis=(2, 4)) / 255 - 0.5).reshape(len(X), -1).astype(np.float32)


# %%
def hits_of_scratch(rows, seed):
    """Which test pictures a small net names rightly that has learned from these rows only."""
    draw, size = np.random.default_rng(seed), min(20, len(rows))
    net = torchlab.small_cnn(small_shape, 2, rng=draw, widths=(16, 32, 64))
    torchlab.fit(
        net, Split(small[rows], y[rows]), None, batch_size=size, rng=draw, report=None,
        optimizer=torchlab.make_optimizer(net, "adam", 0.003), schedule=torchlab.Cosine(warmup=1),
        epochs=max(steps * size // len(rows), 15),
        augment=torchlab.Augment(small_shape, flip=0.5, shift=2), train_accuracy_on=5,
    )  # fmt: skip
    return torchlab.TorchNet(net).predict(small_test) == y_test


steps = {"quick": 40, "full": 400}[profile]
small, small_test = shrink(insects.train.X), shrink(insects.test.X)


# %%
def head_on(F, F_test):
    """For features, a function like the one above: a linear head learns from these rows only."""

    def hits_of_transfer(rows, seed):
        centre, spread = F[rows].mean(axis=0), F[rows].std(axis=0)
        spread = spread + 0.1 * spread.mean()  # what is constant in five pictures is not blown up
        inputs, asked = ((features - centre) / spread for features in (F[rows], F_test))
        params = {"W": np.zeros((F.shape[1], 2), np.float32), "b": np.zeros(2, np.float32)}
        rate = 10 / F.shape[1]
        for _ in range(100):
            Z = inputs @ params["W"] + params["b"]  # (N, C)
            _, dZ = student.smoothed_loss_and_gradient(Z, y[rows], 0.1)
            grads = {"W": inputs.T @ dZ, "b": dZ.sum(axis=0)}
            params = student.step_with_rates(params, grads, {"W": rate, "b": rate}, 1e-3)
        return (asked @ params["W"] + params["b"]).argmax(axis=1) == y_test

    return hits_of_transfer


# %% [markdown]
# Your own functions train this head: the smoothed loss and the step. Each repeat draws as many ants as
# bees; the smaller set is part of the larger.
#
# One thing would be unfair: EfficientNet sees 96×96 pixels, the net from scratch 32×32. So there is a third
# body, **ResNet-20**, which takes 32×32 as well. The course has trained it without a single label, by imitating
# what EfficientNet sees in small photographs, and it has a twelfth of its parameters.


# %% tags=["nbval-ignore-output"]
def drawn(seed):
    """Training pictures in random order, an ant and a bee in turn."""
    order = np.random.default_rng(seed).permutation(len(y))
    ants, bees = order[y[order] == 0], order[y[order] == 1]
    both = min(len(ants), len(bees))
    return np.stack([ants[:both], bees[:both]], axis=1).reshape(-1)


tiny = Pictures(torchlab.resnet20(), insects.image_shape)
runs = {
    "EfficientNet-Lite0, frozen": (head_on(F, F_test), 10, 2.26),
    "ResNet-20, frozen": (
        head_on(features_of(tiny, insects.train.X), features_of(tiny, insects.test.X)),
        10,
        2.26,
    ),
    "from scratch": (hits_of_scratch, 3, 4.30),
}  # what to run, repeats, Student's t
numbers, curves = (5, 10, 20, 50, len(drawn(0))), {}
for name, (run, R, t) in runs.items():
    hits = [np.array([run(drawn(r)[:n], r) for r in range(R)]) for n in numbers]  # (R, N) each
    curves[name] = np.transpose([student.mean_and_interval(h, t) for h in hits])

# %% tags=["nbval-ignore-output"]
show.intervals(
    numbers, curves, x_label="training pictures", y_label="test accuracy", log_x=True, chance=0.5,
    title="What transfer is for",
)  # fmt: skip

# %%
best, tiny_body, scratch = (curves[name][0] for name in runs)
expect(best[1], at_least=0.66, about="accuracy with 10 pictures on EfficientNet's features")
expect(best[-1], at_least=0.90, about="accuracy with all pictures on EfficientNet's features")
expect(best[1] - scratch[-1], at_least=0.0, about="10 pictures on them, less all from scratch")
expect(best[-1] - tiny_body[-1], at_least=0.10, about="EfficientNet's features, less ResNet-20's")

# %% [markdown]
# **What we saw.** With a handful of pictures a net from scratch guesses, and a head on EfficientNet is right
# most of the time. Ten pictures there are worth more than all of them from scratch. (Much longer training
# lifts the net from scratch with all pictures, hardly with five.)
#
# But ResNet-20 gains nothing on the drawings. It has seen small photographs of ships and horses; at 32×32
# pixels these insects are as new to it as to a net that knows nothing. *Transfer is worth what the body has
# seen*, and only a measurement tells.

# %% [markdown]
# Ten repeats of the cheap ones, three of the other: with three $t$ is 4.30, with ten 2.26, and the bands
# show it. With all pictures the repeats of a frozen body differ in nothing, so its band has no width there:
# it knows nothing of *other* test pictures.

# %% [markdown]
# ## 12 Confident mistakes
#
# **Idea.** The last look is not at a number, but at pictures: those that are wrong, and sure of it. Is it
# the label, the picture, or the net?

# %% tags=["nbval-ignore-output"]
P = by_depth.probabilities(insects.test.X)
show.mistakes(
    insects.test.X, y_test, P, count=6, columns=3,
    shape=insects.image_shape, names=insects.class_names,
)  # fmt: skip

# %% [markdown]
# And all of them, on one page that needs no network: every test picture with bars of its scores, sorted and
# filtered by a click, the confident mistakes first. Open it in a browser. `print(page)` says where it
# lies.

# %% tags=["nbval-ignore-output"]
from course_utils.data.places import cache_root

page = show.score_page(
    insects.test.X, y_test, P, insects.class_names, cache_root() / "pages" / "06_insects.html",
    shape=insects.image_shape, title="Ants and bees: every test picture",
)  # fmt: skip
summary = show.score_summary(y_test, P, insects.class_names)
print(f"written: {page.name}, {page.stat().st_size / 1e6:.1f} MB")
print(fill(str(summary), 96))

# %% [markdown]
# ## 13 Where you stand

# %%
progress()

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $X'$ | `prepare(X)` | $(N, C, H, W)$ | pictures as the net was trained with |
# | $\mu_c$, $\sigma_c$ | `mean`, `std` | $(C,)$ | of its training pictures |
# | $F$, $Q$ | `F`, `F_test` | $(M, D)$, $(N, D)$ | features |
# | $S$ | `similarity` | $(N, k)$ | cosines of the neighbours |
# | $\mu$, $v$ | `running` | $(D,)$ | running mean and variance |
# | $\eta_i$, $\kappa$ | `rates`, `below` | $(L,)$, a number | rate of part $i$, factor between parts |
# | $s$, $Q_{nk}$ | `smoothing` | a number, $(N, C)$ | share that is spread, smoothed target |
# | $R$, $t$ | `hits`, `t` | $(R, N)$, a number | repeats, Student's factor |

# %% [markdown]
# **Questions.**
#
# 1. A body is frozen by `requires_grad` alone and trained with batches of 2. What drifts faster, mean or
#    variance, and why is a batch of 64 less harmful?
# 2. Why may the gradient have to go *through* a frozen layer? Where is that needed in gradual unfreezing,
#    and where never?
# 3. Which of the slips in this lesson would a look at the training loss have shown?
# 4. Ten repeats on the same 300 test pictures: what is still the same in all of them, and what does
#    the interval therefore not know of?
# 5. For which pictures would you expect a net trained on ImageNet to be of no use?
#
# `hint("6.8")` and its like still work, whenever you come back.

# %% [markdown]
# **Sources.** Yosinski, Clune, Bengio and Lipson, *How transferable are features in deep neural networks?*,
# 2014. Donahue et al., *DeCAF*, 2014, and Razavian et al., *CNN features off-the-shelf*, 2014 (linear probes).
# Tan and Le, *EfficientNet*, 2019. Howard and Ruder, *Universal language model fine-tuning*, 2018 (rates by
# depth, gradual unfreezing). Kumar et al., *Fine-tuning can distort pretrained features*, 2022 (the head first).
# Ioffe and Szegedy, *Batch normalization*, 2015. Szegedy et al., *Rethinking the Inception architecture*, 2016,
# and Müller, Kornblith and Hinton, *When does label smoothing help?*, 2019. Student, *The probable error of a
# mean*, 1908. Chilamkurthy's PyTorch tutorial on transfer learning (ants and bees).

# %%
# <hand-in>
