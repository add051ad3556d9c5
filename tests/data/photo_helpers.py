"""What the tests of photographs with captions share: pictures that tell which one they are."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def colour(number: int) -> tuple[int, int, int]:
    """A plain colour that tells the number, because JPEG keeps plain colours."""
    return (40 + 12 * (number % 16), 40 + 12 * (number // 16), 128)


def photograph(number: int, size=(20, 12), kind="JPEG", mode="RGB") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour(number)).convert(mode).save(file, kind, quality=95)
    return file.getvalue()


def tells(picture: np.ndarray, number: int) -> bool:
    """Whether a picture (3, H, W) is the photograph of this number."""
    difference = picture.astype(int) - np.reshape(colour(number), (3, 1, 1))
    return bool(np.abs(difference).max() <= 4)


def pack_zip(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def pack_tar(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def unpack(folder: Path, members: dict[str, bytes]) -> Path:
    for name, content in members.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
