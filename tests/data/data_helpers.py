"""What the tests of the data share: one small file, its registry, and how to place it."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

CONTENT = bytes(range(256)) * 400  # 102,400 bytes
NAME = "numbers.bin.gz"
PAGE = b"<!DOCTYPE html><html><body>Please log in to the network</body></html>"


def registry_text(mirrors, extra=""):
    return f"""
[numbers]
title = "numbers"
licence = "none"
source = "here"
citation = "nobody"
mirrors = {list(mirrors)!r}

[[numbers.files]]
name = "{NAME}"
sha256 = "{hashlib.sha256(CONTENT).hexdigest()}"
bytes = {len(CONTENT)}
compression = "gzip"
{extra}
"""


def put(folder: Path, content: bytes = CONTENT, name: str = NAME) -> Path:
    """Place a file as a person would, packed if its name says so."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path
