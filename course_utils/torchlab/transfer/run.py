"""Transfer learning in one call: a backbone, a target, and how."""

import copy
import time

import numpy as np

from course_utils.nn.training_run import expect_settings as expect_fit
from course_utils.torchlab.backbone import Backbone
from course_utils.torchlab.pretrained import pretrained
from course_utils.torchlab.resnet import resnet20
from course_utils.torchlab.schedules import Cosine
from course_utils.torchlab.training import fit

from .cached import features_of
from .checks import expect_optimizer_trains, relative_changes
from .fresh import untrained_like
from .groups import optimizer_by_depth, rates_by_depth
from .heads import make_head
from .net import HEAD, TransferNet
from .pictures import Pictures
from .result import TransferResult
from .settings import COSINE, asked_schedule, asked_way, expect_settings, expect_target
from .thaw import Thaw
from .watch import Watch
from .ways import find_way

_MANY = 5_000  # so many training pictures tell the statistics of batch norm anew
_MEASURED = 1_000  # training pictures that features are standardised by


def transfer(
    backbone, target, how="frozen linear", *, epochs=10, batch_size=64, learning_rate=None,
    rule=None, hidden=None, below=None, body=None, dropout=0.0, weight_decay=0.0,
    label_smoothing=0.0, augment=None, schedule=COSINE, hold_statistics=None, head_epochs=0,
    keep="best", patience=None, seed=0, checkpoint=None, resume=False, report=print,
    progress=None, train_accuracy_on=500, device=None,
):  # fmt: skip
    """Put a new head on a pretrained net and train what `how` says.

    The backbone that is given stays as it is: a copy is trained. Equal settings give equal
    results on the CPU.

    Args:
        backbone: a Backbone, or a name: "resnet20" (32×32 pixels), "efficientnet_lite0",
            or a net of torchvision, such as "resnet18".
        target: pictures to learn, such as load_insects() or load_photos(): train and
            validation with X, uint8 (N, H*W*C), and y, (N,); image_shape, class_names.
        how: "scratch", "frozen linear", "frozen two-layer", "fine-tune", "discriminative",
            "gradual" or "body only"; WAYS says what each does.
        epochs: how often to go through the training pictures.
        batch_size: pictures in a step.
        learning_rate: of the head; None: the way's own.
        rule: of make_optimizer; None: the way's own.
        hidden: units of the head's hidden layers, such as (64,); None: the way's own.
        below: factor of the learning rate from each part to the one below it; None: the
            way's own, 1 but for "discriminative" and "gradual".
        body: factor of the learning rate from the head to the whole backbone, besides;
            None: the way's own, 0.03 or 0.1 where all is fine-tuned.
        dropout: share of the inputs of each layer of the head that are silenced.
        weight_decay: strength of the L2 penalty weight_decay * sum W^2 on what is trained.
        label_smoothing: share of the target that is spread evenly over all classes.
        augment: changes each training batch, such as Augment(...). With it a frozen
            backbone is run in every step, as no two batches have the same features.
        schedule: of the learning rate, as for fit; "cosine" falls to nothing, None stays.
        hold_statistics: keep the running statistics of batch norm where the backbone is
            trained, too; None: with fewer than 5,000 training pictures, which would say less
            of them than the pretraining has.
        head_epochs: so long a linear or deeper head is trained on frozen features first,
            so that its first, random gradients do no harm below.
        keep: "best", the weights of the epoch with the lowest validation loss, or "last".
        patience: stop after so many epochs without a better one; None: never.
        seed: of first weights, batches, dropout and augmentation.
        checkpoint: a .npz file to write after each epoch; None for none.
        resume: go on from it where it exists.
        report: called with each line of text; None for silence.
        progress: as for fit.
        train_accuracy_on: training pictures that loss and accuracy are measured on.
        device: where to compute, such as "cuda"; None: where the backbone is.

    Returns:
        A TransferResult.

    Raises:
        TypeError: no backbone, or no data set of pictures.
        ValueError: no such way or net, settings that do not go together.
        DataError, ModuleNotFoundError: the weights are not there; says what to do.

    Source:
        Yosinski et al., How transferable are features in deep neural networks?, NIPS 2014;
        Kumar et al., Fine-tuning can distort pretrained features, ICLR 2022 (head_epochs).
    """
    expect_target(target)
    way = asked_way(
        how, learning_rate=learning_rate, rule=rule, hidden=hidden, below=below, body=body
    )
    schedule = asked_schedule(schedule, way)
    expect_settings(
        how, way, target, keep=keep, patience=patience, head_epochs=head_epochs,
        hold_statistics=hold_statistics, augment=augment, dropout=dropout, seed=seed,
    )  # fmt: skip
    if hold_statistics is None:
        hold_statistics = not (way.fresh or way.frozen) and len(target.train.y) < _MANY
    expect_fit(
        epochs, batch_size, train_accuracy_on, validation=target.validation,
        checkpoint=checkpoint, early_stopping=patience, resume=resume,
    )  # fmt: skip
    clock = time.perf_counter(), time.process_time()
    job = _Job(way, target, seed, weight_decay, device)
    job.make(find_backbone(backbone), dropout, hold_statistics)
    common = {
        "batch_size": batch_size, "label_smoothing": label_smoothing, "report": report,
        "train_accuracy_on": train_accuracy_on,
    }  # fmt: skip
    if head_epochs:
        job.fit_head(head_epochs, schedule=Cosine(), **common)
    before = {name: value.detach().clone() for name, value in job.net.state_dict().items()}
    common |= {
        "epochs": epochs, "checkpoint": checkpoint, "resume": resume, "progress": progress,
        "schedule": schedule, "early_stopping": _patience(keep, patience, epochs, target),
    }  # fmt: skip
    if way.frozen and augment is None:
        history, diagnosis = job.fit_head(**common)
    else:
        history, diagnosis = job.fit_all(augment=augment, **common)
    job.net.eval()
    return TransferResult(
        how, job.backbone.name, job.net, job.prepare, tuple(target.class_names), history,
        _kept(history, keep), time.perf_counter() - clock[0], time.process_time() - clock[1],
        job.feature_seconds, job.net.trained_parameters,
        sum(p.numel() for p in job.net.parameters()), relative_changes(before, job.net),
        diagnosis,
        _settings(way, common, weight_decay, dropout, head_epochs, hold_statistics, seed),
    )  # fmt: skip


def find_backbone(backbone):
    """Give the backbone of a name, or the one that is given.

    Args:
        backbone: a Backbone, "resnet20", or a name for pretrained.

    Returns:
        A Backbone.

    Raises:
        TypeError: something else.
        ValueError, DataError, ModuleNotFoundError: as pretrained.
    """
    if isinstance(backbone, Backbone):
        return backbone
    if not isinstance(backbone, str):
        raise TypeError(
            f"backbone: expected a Backbone or a name, got {type(backbone).__name__}; "
            "pretrained() gives one, and Backbone(net, ...) makes one"
        )
    if backbone.lower().replace("-", "").replace("_", "") == "resnet20":
        return resnet20()
    return pretrained(backbone)


class _Job:
    """One call of transfer: the net, and the two ways to train it."""

    def __init__(self, way, target, seed, weight_decay, device):
        self.way, self.target, self.seed = way, target, seed
        self.weight_decay, self.device, self.feature_seconds = weight_decay, device, 0.0

    def make(self, backbone, dropout, hold_statistics):
        """Put the net together."""
        way, target = self.way, self.target
        fresh = untrained_like(backbone, rng=self._rng(0)) if way.fresh else None
        self.backbone = copy.deepcopy(backbone) if fresh is None else fresh
        if self.device is not None:
            self.backbone.to(self.device)
        head = make_head(
            backbone.n_features, len(target.class_names), rng=self._rng(1), hidden=way.hidden,
            dropout=dropout, silent=way.trains != "body",
        )  # fmt: skip
        self.prepare = Pictures(self.backbone, target.image_shape)
        if not way.fresh:
            n = len(target.train.y)
            rows = np.linspace(0, n - 1, min(n, _MEASURED)).astype(int)
            # Where all features are needed anyway, they are computed in one go.
            X = target.train.X if way.frozen else target.train.X[rows]
            measured = self._features(X)
            head.standardise.measure(measured[rows] if way.frozen else measured)
        self.net = TransferNet(self.backbone, head.to(next(self.backbone.parameters()).device))
        parts = {"head": (HEAD,), "body": self.net.parts[:-1]}.get(way.trains, self.net.parts)
        self.net.train_only(*parts, hold_statistics=hold_statistics)

    def fit_head(self, epochs, *, schedule, **settings):
        """Train the head on features that are computed once."""
        trained = self.net.trained
        self.net.train_only(HEAD)
        watch = Watch(self.net)
        train, validation = (
            None if split is None else (self._features(split.X), split.y)
            for split in (self.target.train, self.target.validation)
        )
        watch.data(train, validation, None)
        way = self.way if self.way.frozen else find_way("frozen linear")
        optimizer = optimizer_by_depth(
            self.net, way.rule, {HEAD: way.learning_rate}, self.weight_decay
        )
        history = fit(
            self.net.head, train, validation, optimizer=optimizer, epochs=epochs,
            rng=self._rng(2), schedule=schedule, **self._watched(watch, settings),
        )  # fmt: skip
        diagnosis = watch.diagnose(history)
        self.net.train_only(*trained)
        return history, diagnosis

    def fit_all(self, *, schedule, **settings):
        """Train the net as it stands, what is frozen included in the forward pass."""
        thaws = self.way.trains == "thaw"
        optimizer = self._optimizer()
        if thaws:
            schedule = Thaw(self.net, schedule)
            schedule.expect_enough(settings["epochs"])
        else:
            expect_optimizer_trains(optimizer, self.net)
        watch = Watch(self.net, thaws=thaws, from_scratch=self.way.fresh)
        watch.data(self.target.train, self.target.validation, self.prepare)
        history = fit(
            self.net, self.target.train, self.target.validation, optimizer=optimizer,
            rng=self._rng(2), prepare=self.prepare, schedule=schedule,
            **self._watched(watch, settings),
        )  # fmt: skip
        return history, watch.diagnose(history)

    def _optimizer(self):
        """Rates by depth for all that is trained now, or will be thawed."""
        way = self.way
        rates = rates_by_depth(self.net.parts, way.learning_rate, way.below, way.body)
        rates = {name: rate for name, rate in rates.items() if name in self.net.trained}
        return optimizer_by_depth(self.net, way.rule, rates, self.weight_decay)

    def _watched(self, watch, settings):
        return settings | {"progress": watch.progress(settings.get("progress"))}

    def _features(self, X):
        started = time.perf_counter()
        found = features_of(self.prepare, X)
        self.feature_seconds += time.perf_counter() - started
        return found

    def _rng(self, stream):
        return np.random.default_rng([self.seed, stream])


def _patience(keep, patience, epochs, target):
    """What fit's early_stopping has to be so that the best weights are kept, or the last."""
    if keep == "last" or target.validation is None:
        return None
    return max(1, epochs) if patience is None else patience


def _kept(history, keep):
    """The epoch whose weights the net has now."""
    ran_away = history.stopped_because.startswith("diverged")
    return history.best_epoch if keep == "best" or ran_away else history.epoch[-1]


def _settings(way, common, weight_decay, dropout, head_epochs, hold_statistics, seed):
    """What was asked for, in words and numbers, to be kept with the result."""
    told = ("epochs", "batch_size", "label_smoothing")
    return {
        "rule": way.rule, "learning_rate": way.learning_rate, "hidden": way.hidden,
        "below": way.below, "body": way.body, "weight_decay": weight_decay,
        "dropout": dropout, "head_epochs": head_epochs, "hold_statistics": hold_statistics,
        "seed": seed,
        **{name: common[name] for name in told},
    }  # fmt: skip
