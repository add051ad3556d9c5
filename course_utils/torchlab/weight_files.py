"""Weights in files of the format safetensors: names, shapes and numbers, and no code to run."""

import hashlib
import json
from pathlib import Path

import torch

from course_utils.data.whole_files import written_whole

_ABOUT = "about"


class WeightsError(ValueError):
    """A file of weights that is missing or damaged, or belongs to another net."""


def save_weights(path, net, *, about=None):
    """Write all parameters and buffers of a net, bit by bit the same file each time.

    Args:
        path: the file; whoever looks finds the old one or the new one, never a half.
        net: a torch.nn.Module.
        about: {word: text}, kept in the file, such as what the net was trained on.

    Raises:
        OSError: it cannot be written.
        ModuleNotFoundError: the package safetensors is missing.
    """
    # Copies: two names for one tensor, or channels_last, cannot be written as they are.
    tensors = {
        key: value.detach().cpu().clone(memory_format=torch.contiguous_format)
        for key, value in net.state_dict().items()
    }
    # One word of metadata, because several are written in an order that is left to chance.
    metadata = {_ABOUT: json.dumps(dict(sorted(about.items())))} if about else None
    content = _safetensors().torch.save(tensors, metadata=metadata)
    with written_whole(Path(path)) as file:
        file.write(content)


def load_weights(path, net, *, sha256=None):
    """Read a file of save_weights into a net; nothing has changed after an error.

    Args:
        path: the file.
        net: a torch.nn.Module with the names and shapes of the one that was saved; its
            tensors keep their dtype and place.
        sha256: of the file, in hexadecimal digits, where it is known beforehand.

    Returns:
        {word: text}, what was kept about it.

    Raises:
        WeightsError: no such file, damaged, of another net, or another checksum.
        ModuleNotFoundError: the package safetensors is missing.
    """
    safetensors = _safetensors()
    if sha256 is not None and Path(path).is_file():
        found = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        if found != sha256:
            raise WeightsError(
                f"weights {path}: expected the file with SHA-256 {sha256[:16]}..., got "
                f"{found[:16]}...; damaged on the way, or made anew?"
            )
    try:
        with safetensors.safe_open(str(path), framework="pt") as file:
            about = json.loads((file.metadata() or {}).get(_ABOUT, "{}"))
            found = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (OSError, safetensors.SafetensorError, json.JSONDecodeError) as error:
        raise WeightsError(
            f"weights: expected a file of save_weights at {path}, which cannot be read "
            f"({error}); missing, or damaged on the way?"
        ) from error
    own = net.state_dict()
    for key in [*own, *found]:
        if key not in own or key not in found:
            raise WeightsError(
                f"weights {path}: {key} is in the {'net' if key in own else 'file'} only; "
                f"another net than {type(net).__name__}?"
            )
        if own[key].shape != found[key].shape:
            raise WeightsError(
                f"weights {path}: {key} has {tuple(found[key].shape)}, the net has "
                f"{tuple(own[key].shape)}; other sizes?"
            )
    with torch.no_grad():
        for key, value in found.items():
            own[key].copy_(value)
    return about


def _safetensors():
    """The package, asked for only where a file is read or written."""
    try:
        import safetensors.torch
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "weights: expected the package safetensors, which is not installed; it keeps "
            "weights in files that hold no code. pip install safetensors",
            name="safetensors",
        ) from error
    return safetensors
