"""The training loop: what it is asked for. How it goes, epoch by epoch, is in training_run."""

from .training_run import Run, expect_settings, go_through


def fit(
    net, train, validation, *, optimizer, epochs, batch_size, rng, prepare=None,
    learning_rate_decay=1.0, early_stopping=None, report=print, progress=None,
    checkpoint=None, resume=False, train_accuracy_on=5_000, max_norm=None, measure=None,
    judge=None,
):  # fmt: skip
    """Train a net in place, epoch by epoch, and keep account of it.

    Training ends after the last epoch, when the validation loss has not improved for
    early_stopping epochs, or when it diverges: a loss of NaN or inf, or at the end of an
    epoch one above 10 times the first (10 ln C if that is more). With early_stopping, and
    after a divergence, the net ends with the parameters of the best epoch before, which
    may be epoch 0, and history.notes tells which; otherwise with those of the last. With a
    judge its score takes the place of the validation loss.

    Args:
        net: has params, loss_and_grads(X, y) and, unless measure does without, logits(X).
        train: anything with X, (N, ...), and y, (N,), or the pair (X, y).
        validation: the same; None to go without.
        optimizer: an Optimizer.
        epochs: how often to go through train, counted from the beginning also on resume.
        batch_size: examples in a step; the last batch of an epoch may have fewer.
        rng: numpy.random.Generator; gives one permutation of train for each epoch.
        prepare: a function that turns a batch of X into floats, so that uint8 pixels
            stay uint8 until they are needed; None leaves X as it is.
        learning_rate_decay: the learning rate is multiplied by it after each epoch.
        early_stopping: patience in epochs; None never stops early.
        report: called with each line of text; None for silence.
        progress: called as progress(batches, total=..., description=...), gives the
            batches back one by one, such as a progress bar; None for none.
        checkpoint: a file to write after each epoch; None writes none.
        resume: go on from the file checkpoint where it exists, to the last bit as if
            the run had never been interrupted.
        train_accuracy_on: number of training examples, evenly spread over train, that
            training loss and accuracy are measured on; None for all.
        max_norm: gradients that are longer, all together, are clipped to this norm; None
            lets them be.
        measure: for another task than naming a class: a function (net, (X, y), prepare) ->
            (loss, accuracy), such as evaluate_captions; None for evaluate.
        judge: a function net -> number, the higher the better, asked where validation is
            measured, such as one that decodes captions and gives their BLEU.

    Returns:
        A History, with the reason why it stopped.

    Raises:
        TypeError: rng is no generator.
        ValueError: no examples, settings out of range, labels that do not fit.
        CheckpointError: the file is damaged or belongs to another run.
    """
    expect_settings(
        epochs, batch_size, train_accuracy_on, validation=validation, checkpoint=checkpoint,
        early_stopping=early_stopping, resume=resume, learning_rate_decay=learning_rate_decay,
        max_norm=max_norm,
    )  # fmt: skip
    run = Run(
        net, train, validation, optimizer, batch_size=batch_size, rng=rng, prepare=prepare,
        decay=learning_rate_decay, n_measured=train_accuracy_on, report=report,
        progress=progress, max_norm=max_norm, measure=measure, judge=judge,
    )  # fmt: skip
    go_through(run, epochs, early_stopping, checkpoint, resume)
    run.end(back_to_best=run.diverged or early_stopping is not None)
    return run.history
