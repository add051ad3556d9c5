"""Training a captioner: the course's own loop, with captions in the place of labels."""

import numpy as np
import torch

from course_utils.data.vocabulary import NULL
from course_utils.nn.decoding import expect_count
from course_utils.nn.evaluation import examples, prepared

from .captioning import as_floats, caption_loss
from .optimizers import make_optimizer
from .training import fit
from .view import evaluating

MEASURED_AT_ONCE = 100  # pictures, each with all its captions: the scores need memory


def fit_captions(
    model, train, validation, vocabulary, *, epochs, rng, batch_size=32, optimizer=None,
    learning_rate=2e-3, prepare=as_floats, max_norm=5.0, judge=None, length=None,
    captions_at_once=None, train_accuracy_on=500, **settings,
):  # fmt: skip
    """Train a captioner in place, by teacher forcing, and keep account of it.

    A step takes some pictures with all their captions, or some of them, so that each
    picture is looked at once. Everything else is torchlab.fit: History, early stopping,
    checkpoints that go on to the last bit, schedules. The loss is that of caption_loss; the
    accuracy is the share
    of next words that are the likeliest given the true words before.

    Args:
        model: a Captioner.
        train: a CaptionSplit, or Scenes: pictures and texts.
        validation: the same; None to go without.
        vocabulary: a Vocabulary.
        epochs: how often to go through the pictures.
        rng: numpy.random.Generator; gives the order of the pictures.
        batch_size: pictures in a step.
        optimizer: of the model's parameters; None for Adam at learning_rate.
        learning_rate: of Adam.
        prepare: turns a batch of pictures into floats.
        max_norm: longest gradient that is let through; None clips nothing.
        judge: a function model -> number, the higher the better, such as
            bleu_judge(validation, vocabulary): it decides about the best epoch, where
            otherwise the validation loss does.
        length: most tokens of a training caption, START and END with them; longer ones are
            cut. None for all.
        captions_at_once: how many captions of a picture a step takes, drawn anew each time;
            None for all.
        train_accuracy_on: training pictures that loss and accuracy are measured on.
        **settings: more for torchlab.fit: schedule, label_smoothing, weight_decay,
            early_stopping, checkpoint, resume, report, progress, device.

    Returns:
        A course_utils.nn.History.

    Raises:
        TypeError, ValueError, CheckpointError: as torchlab.fit raises them.
    """
    if optimizer is None:
        optimizer = make_optimizer(model, "adam", learning_rate)
    splits = [train] if validation is None else [train, validation]
    numbers = _numbers(splits)
    data = [
        (which, caption_table(split, vocabulary, length))
        for which, split in zip(numbers, splits, strict=True)
    ]
    return fit(
        model, data[0], None if validation is None else data[1], optimizer=optimizer,
        epochs=epochs, batch_size=batch_size, rng=rng, max_norm=max_norm,
        prepare=_Pictures([split.pictures for split in splits], prepare),
        loss=_loss_of(captions_at_once), measure=measure_captions,
        judge=None if judge is None else lambda net: judge(net.model),
        train_accuracy_on=train_accuracy_on, **settings,
    )  # fmt: skip


def _loss_of(captions_at_once):
    """The loss of all captions of a batch of pictures, or of some for each."""
    if captions_at_once is None:
        return caption_loss
    expect_count("captions_at_once", captions_at_once)

    def loss(model, X, tokens, label_smoothing):
        absent = tokens[..., 0] == NULL  # (N, R)
        order = (torch.rand(absent.shape, device=tokens.device) + absent).argsort(dim=1)
        chosen = order[:, :captions_at_once, None].expand(-1, -1, tokens.shape[2])
        return caption_loss(model, X, tokens.gather(1, chosen), label_smoothing)

    return loss


def caption_table(split, vocabulary, length=None):
    """Write the captions of each picture side by side.

    Args:
        split: a CaptionSplit, or Scenes.
        vocabulary: a Vocabulary.
        length: T, START and END with it; None as the longest caption needs.

    Returns:
        (n, R, T), int64, R captions for each of n pictures; rows of NULL where a picture
        has fewer.
    """
    counts = [len(texts) for texts in split.texts]
    tokens = vocabulary.encode([text for texts in split.texts for text in texts], length)
    table = np.full((len(counts), max(counts), tokens.shape[1]), NULL, dtype=np.int64)
    table[np.arange(max(counts)) < np.array(counts)[:, None]] = tokens
    return table


def measure_captions(net, split, prepare=None, batch_size=MEASURED_AT_ONCE):
    """Measure loss and accuracy of a captioner, given the true words before each.

    Args:
        net: a TorchNet of a Captioner.
        split: X, (N, ...), and tokens, (N, T) or (N, R, T), as a pair.
        prepare: turns a batch of X into floats.
        batch_size: pictures at a time.

    Returns:
        The loss as caption_loss without smoothing, nats, and the share of the next words,
        ends included, that are the likeliest.
    """
    X, tokens = examples("split", split)
    total = right = words = captions = 0
    with evaluating(net.model), torch.inference_mode():
        for start in range(0, len(X), batch_size):
            rows = slice(start, start + batch_size)
            batch = torch.from_numpy(np.ascontiguousarray(tokens[rows])).to(net.device)
            inputs, targets = batch[..., :-1], batch[..., 1:]
            mask = targets != NULL
            Z = net.model(net.as_input(prepared(X[rows], prepare)), inputs, mask)  # (L, V)
            targets = targets[mask]
            total += torch.nn.functional.cross_entropy(Z, targets, reduction="sum").item()
            right += int((Z.argmax(dim=1) == targets).sum())
            words, captions = words + len(targets), captions + int((batch[..., 0] != NULL).sum())
    return total / captions, right / words


def _numbers(splits):
    """Numbers for the pictures of all splits, one after the other."""
    ends = np.cumsum([len(split.texts) for split in splits])
    return [np.arange(end - len(split.texts), end) for end, split in zip(ends, splits, strict=True)]


class _Pictures:
    """Fetches pictures by their numbers over several arrays, and makes them floats.

    So the arrays may stay mapped from a file, and a picture with five captions is there
    once.
    """

    def __init__(self, arrays, prepare):
        self.arrays, self.prepare = arrays, prepare
        self.ends = np.cumsum([len(array) for array in arrays])

    def __call__(self, numbers):
        which = np.searchsorted(self.ends, numbers, side="right")  # (N,)
        first = self.arrays[which[0]]
        batch = np.empty((len(numbers), *first.shape[1:]), first.dtype)
        for i, array in enumerate(self.arrays):
            begins = self.ends[i] - len(array)
            batch[which == i] = array[numbers[which == i] - begins]
        return self.prepare(batch)
