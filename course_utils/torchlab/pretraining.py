"""Pretraining without the target's labels: imitate a teacher, or say how a picture was turned."""

from dataclasses import dataclass

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from course_utils.nn._checks import expect_generator

from .augment import Augment
from .backbone import Backbone
from .features import features
from .optimizers import make_optimizer
from .schedules import Cosine
from .training import fit
from .transfer import Pictures
from .view import evaluating

QUARTERS = 4  # turns by 0, 90, 180 and 270 degrees
_BATCH = 500


@dataclass(frozen=True, eq=False)
class Targets:
    """What a teacher says about pictures, in few numbers.

    Args:
        values: float32 (N, K): mean 0, together of variance 1, the first vary most.
        kept: share of the variance of the teacher's features that K numbers keep.
    """

    values: np.ndarray
    kept: float


def teacher_targets(teacher, pictures, components, *, size, fit_on=None):
    """Ask a pretrained net what it sees, and keep the directions in which that varies most.

    Args:
        teacher: a Backbone; pictures are enlarged for it.
        pictures: (N, 3, H, W), uint8.
        components: K, at most the teacher's features.
        size: side that the pictures are enlarged to, pixels.
        fit_on: how many of the pictures, from the first on, the directions are found with;
            None for all.

    Returns:
        Targets.

    Raises:
        ValueError: more components than there are features or pictures.
    """
    enlarged = Backbone(
        teacher.net, name=teacher.name, input_size=(size, size), mean=teacher.mean,
        std=teacher.std, n_features=teacher.n_features,
    )  # fmt: skip
    F = np.asarray(features(enlarged, pictures, dtype=np.float16), dtype=np.float32)  # (N, D)
    known = F[:fit_on]
    if not 1 <= components <= min(known.shape):
        raise ValueError(
            f"components: expected 1 to {min(known.shape)}, got {components}; the teacher has "
            f"{F.shape[1]} features of {len(known)} pictures"
        )
    mean = known.mean(axis=0)
    variances, directions = np.linalg.eigh((known - mean).T @ (known - mean) / len(known))
    directions = directions[:, ::-1][:, :components]  # (D, K), the widest first
    total, largest = float(variances.sum()), float(variances[::-1][:components].sum())
    values = (F - mean) @ directions / np.sqrt(largest / components)
    return Targets(values.astype(np.float32), largest / total)


def imitate(backbone, X, targets, *, held_out=None, **settings):
    """Train a backbone to foretell what a teacher says about the same pictures.

    A linear layer reads the foretold numbers off the features, and is thrown away at the
    end. No label is used.

    Args:
        backbone: a Backbone; trained in place.
        X: uint8 rows of colour pictures (N, H*W*3), square ones.
        targets: float32 (N, K).
        held_out: the pair (X, targets) of other pictures to measure on; None for none.
        **settings: as for pretrain.

    Returns:
        A History; losses are mean squared errors, accuracies are not measured.

    Raises:
        ValueError: not one target for each picture.

    Source:
        Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, 2015; Romero
        et al., FitNets, ICLR 2015 (features in place of answers).
    """
    N, others, known = len(X), None, targets
    if len(targets) != N:
        raise ValueError(f"targets: expected {N} rows, one a picture, got {len(targets)}")
    if held_out is not None:
        known = np.concatenate([targets, held_out[1]])
        others = held_out[0], np.arange(N, len(known))
    table = torch.from_numpy(known)

    def loss(model, X, rows, smoothing):
        return mse_loss(model(X).float(), table.to(X.device)[rows])

    settings |= {"outputs": targets.shape[1], "validation": others}
    return pretrain(backbone, X, np.arange(N), loss, **settings)


def foretell_turns(backbone, X, *, held_out=None, **settings):
    """Train a backbone to say by how many quarters of a turn a picture was rotated.

    Args:
        backbone: a Backbone of square pictures; trained in place.
        X: uint8 rows of colour pictures (N, H*W*3), square ones.
        held_out: rows of other pictures to measure on; None for none.
        **settings: as for pretrain.

    Returns:
        A History; losses are cross-entropies, accuracies are not measured.

    Source:
        Gidaris, Singh and Komodakis, Unsupervised representation learning by predicting
        image rotations, ICLR 2018.
    """

    def loss(model, X, nothing, smoothing):
        turns = torch.randint(0, QUARTERS, (len(X),), device=X.device)
        turned = torch.stack(
            [torch.rot90(picture, int(k), (1, 2)) for picture, k in zip(X, turns, strict=True)]
        )
        return cross_entropy(model(turned).float(), turns)

    others = None if held_out is None else (held_out, np.zeros(len(held_out), int))
    settings |= {"outputs": QUARTERS, "validation": others}
    return pretrain(backbone, X, np.zeros(len(X), int), loss, **settings)


def pretrain(
    backbone, X, y, loss, *, outputs, epochs, rng, learning_rate=0.1, batch_size=128,
    weight_decay=2.5e-4, shift=4, validation=None, bfloat16=False, **settings,
):  # fmt: skip
    """Train a backbone on a source task, with a linear layer that is thrown away.

    Pictures are mirrored and shifted at random; the rate rises for half an epoch and then
    falls to nothing.

    Args:
        backbone: a Backbone; trained in place.
        X: uint8 rows of colour pictures (N, H*W*3), square ones.
        y: (N,), integers, what the loss is told of each picture.
        loss: as for fit.
        outputs: K, of the linear layer.
        epochs: how often to go through the pictures.
        rng: numpy.random.Generator.
        learning_rate, batch_size, weight_decay: as for fit, with Nesterov's momentum.
        shift: the most pixels that a picture moves.
        validation: the pair (X, y) to measure on besides; None for none.
        bfloat16: compute the net with 8 bits of precision in place of 24 and keep the weights
            in float32: two thirds of the time on a processor that knows such numbers.
        **settings: of fit: checkpoint, resume, report, progress.

    Returns:
        A History.
    """
    expect_generator(rng)
    side = round((X.shape[1] / 3) ** 0.5)
    shape = side, side, 3
    head = nn.Linear(backbone.n_features, outputs)
    bound = 1 / backbone.n_features**0.5
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(rng.uniform(-bound, bound, head.weight.shape)))
        head.bias.zero_()
    model = nn.Sequential(backbone, head)

    def lowered(model, X, y, smoothing):
        with torch.autocast(X.device.type, torch.bfloat16, enabled=bfloat16):
            return loss(model, X, y, smoothing)

    def measure(net, split, prepare):
        total = 0.0
        with evaluating(net.model), torch.inference_mode(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # the same turns each time
            for start in range(0, len(split[1]), _BATCH):
                rows = slice(start, start + _BATCH)
                batch = net.as_input(prepare(split[0][rows]))
                y = torch.from_numpy(split[1][rows]).to(batch.device)
                total += float(lowered(net.model, batch, y, 0.0)) * len(y)
        return total / len(split[1]), float("nan")

    return fit(
        model, (X, y), validation,
        optimizer=make_optimizer(model, "nesterov", learning_rate), epochs=epochs,
        batch_size=batch_size, rng=rng, prepare=Pictures(backbone, shape),
        schedule=Cosine(warmup=0.5), augment=Augment(shape, flip=0.5, shift=shift),
        weight_decay=weight_decay, loss=lowered, measure=measure, train_accuracy_on=2_000,
        **settings,
    )  # fmt: skip


def probe(backbone, train, validation, image_shape, strengths=(1e-3, 1e-2, 1e-1, 1.0)):
    """Measure how much a linear layer can read off frozen features: a logistic regression.

    Args:
        backbone: a Backbone.
        train, validation: anything with X, uint8 (N, D), and y, (N,).
        image_shape: of the rows.
        strengths: of scikit-learn's C, of which the best is taken.

    Returns:
        The accuracy on validation, a share from 0 to 1.
    """
    see = Pictures(backbone, image_shape)
    read = [features(backbone, see.as_pictures(part.X), batch_size=_BATCH) for part in
            (train, validation)]  # fmt: skip
    mean, std = read[0].mean(axis=0), read[0].std(axis=0) + 1e-6
    A, B = ((part - mean) / std for part in read)
    return max(
        LogisticRegression(C=C, max_iter=500).fit(A, train.y).score(B, validation.y)
        for C in strengths
    )
