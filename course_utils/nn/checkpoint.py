"""A training run in one file: everything that the next epoch depends on.

The file is a plain .npz: arrays, and one of bytes that holds the rest as JSON. No pickle,
so opening a file from elsewhere runs nobody's code.
"""

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .history import History
from .net_state import arrays_of, generator_state, set_arrays, set_generator_state

FORMAT = 1


class CheckpointError(ValueError):
    """A checkpoint that cannot be read, or belongs to another training run."""


@dataclass
class Checkpoint:
    """A training run between two epochs.

    Args:
        params: {key: array}, the parameters after the last epoch, and buffers if the net has any.
        optimizer: what Optimizer.state_dict gave.
        rng_state: rng.bit_generator.state.
        history: the History so far.
        best_params: {key: array}, the same of history.best_epoch.
        settings: what has to be the same on the way on, such as {"batch_size": 64}.
        net_rng_state: state of the net's own generator, None if it has none.
    """

    params: dict
    optimizer: dict
    rng_state: dict
    history: History
    best_params: dict
    settings: dict = field(default_factory=dict)
    net_rng_state: dict | None = None

    @property
    def epoch(self):
        """The last epoch that was finished."""
        return self.history.epoch[-1]


def save_checkpoint(path, checkpoint):
    """Write a checkpoint; whoever looks finds the old file or the new one, never a half.

    Args:
        path: the file, such as "run.npz".
        checkpoint: a Checkpoint.

    Raises:
        OSError: the folder does not exist or cannot be written to.
    """
    arrays, optimizer = _split_optimizer(checkpoint.optimizer)
    arrays |= {f"params/{key}": w for key, w in checkpoint.params.items()}
    arrays |= {f"best/{key}": w for key, w in checkpoint.best_params.items()}
    rest = {
        "format": FORMAT,
        "optimizer": optimizer,
        "rng_state": checkpoint.rng_state,
        "history": checkpoint.history.to_dict(),
        "settings": checkpoint.settings,
        "net_rng_state": checkpoint.net_rng_state,
    }
    # JSON writes a float with all the digits that bring the same float back.
    text = json.dumps(rest, default=_to_json).encode()
    arrays["json"] = np.frombuffer(text, dtype=np.uint8)
    path = Path(path)
    # In the same folder, because a rename is atomic only within one file system.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def load_checkpoint(path):
    """Read what save_checkpoint wrote.

    Args:
        path: the file.

    Returns:
        A Checkpoint.

    Raises:
        FileNotFoundError: there is no such file.
        CheckpointError: cut short, damaged, or no checkpoint at all.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        rest = json.loads(arrays.pop("json").tobytes(), object_hook=_from_json)
        if rest["format"] != FORMAT:
            raise CheckpointError(
                f"checkpoint {path}: expected format {FORMAT}, got {rest['format']}; "
                "written by another version of this package?"
            )
        return Checkpoint(
            params=_under("params/", arrays),
            optimizer=_join_optimizer(rest["optimizer"], arrays),
            rng_state=rest["rng_state"],
            history=History.from_dict(rest["history"]),
            best_params=_under("best/", arrays),
            settings=rest["settings"],
            net_rng_state=rest.get("net_rng_state"),
        )
    except (FileNotFoundError, CheckpointError):
        raise
    except (
        OSError, EOFError, ValueError, KeyError, TypeError, AttributeError,
        zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise CheckpointError(
            f"checkpoint {path}: expected what fit or save_checkpoint wrote, got a file that "
            f"cannot be read ({error}); damaged, or another kind? Delete it to start anew"
        ) from error


def restore(checkpoint, net, optimizer, rng, settings=None):
    """Set a net, its optimizer and its generator to where the checkpoint was made.

    Everything is compared first, so that after an error nothing has changed.

    Args:
        checkpoint: a Checkpoint.
        net: has params, maybe buffers and a generator; all are set.
        optimizer: an Optimizer with the same rule and hyperparameters. Its learning rate
            becomes the checkpoint's.
        rng: numpy.random.Generator of the same kind.
        settings: what the caller trains with now; compared with the checkpoint's.

    Raises:
        CheckpointError: another net, rule, hyperparameter, generator or setting.
    """
    _expect_same_net(checkpoint.params, arrays_of(net))
    now, then = optimizer.state_dict(), checkpoint.optimizer
    _expect_same("optimizer", then["rule"], now["rule"])
    _expect_same("hyperparameters", then["hyperparameters"], now["hyperparameters"])
    for name, value in (settings or {}).items():
        _expect_same(name, checkpoint.settings.get(name), value)
    kind = rng.bit_generator.state["bit_generator"]
    _expect_same("rng", checkpoint.rng_state["bit_generator"], kind)
    states = checkpoint.net_rng_state, generator_state(net)
    _expect_same("the net's own generator", *("none" if s is None else "one" for s in states))
    optimizer.load_state_dict(then)
    rng.bit_generator.state = checkpoint.rng_state
    set_arrays(net, checkpoint.params)
    set_generator_state(net, checkpoint.net_rng_state)


def _expect_same(name, saved, given):
    """Refuse to go on with a setting that was different when the file was written."""
    if saved != given:
        raise CheckpointError(
            f"{name}: expected {saved}, as when the checkpoint was written, got {given}; "
            "another training run? Delete the file to start anew"
        )


def _expect_same_net(saved, params):
    """Refuse parameters of another net, with the first that differs."""
    if saved.keys() != params.keys():
        raise CheckpointError(
            f"params: the checkpoint holds {', '.join(saved)}, the net has "
            f"{', '.join(params)}; another number of layers?"
        )
    for key, w in params.items():
        if (saved[key].shape, saved[key].dtype) != (w.shape, w.dtype):
            raise CheckpointError(
                f"{key}: the checkpoint holds {saved[key].shape} {saved[key].dtype}, the net "
                f"has {w.shape} {w.dtype}; a net with other sizes or another dtype?"
            )


def _split_optimizer(saved):
    """Part what Optimizer.state_dict gave into arrays and what JSON can hold."""
    arrays, numbers = {}, {}
    for key, entries in saved["state"].items():
        numbers[key] = {}
        for name, value in entries.items():
            if isinstance(value, np.ndarray):
                arrays[f"state/{name}/{key}"] = value
            else:
                numbers[key][name] = value
    return arrays, {**saved, "state": numbers}


def _join_optimizer(saved, arrays):
    """Put together again what _split_optimizer parted."""
    state = {key: dict(entries) for key, entries in saved["state"].items()}
    for path, value in _under("state/", arrays).items():
        name, key = path.split("/", 1)
        state[key][name] = value
    return {**saved, "state": state}


def _under(prefix, arrays):
    """Pick the arrays whose name starts with prefix, under the rest of the name."""
    return {name.removeprefix(prefix): w for name, w in arrays.items() if name.startswith(prefix)}


def _to_json(value):
    """Write what JSON does not know: NumPy numbers, and the arrays some generators keep."""
    if isinstance(value, np.ndarray):
        return {"__array__": value.tolist(), "dtype": str(value.dtype)}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"checkpoint: cannot store {type(value).__name__}; expected numbers and text")


def _from_json(value):
    """Undo _to_json."""
    return np.array(value["__array__"], value["dtype"]) if "__array__" in value else value
