"""Mirrors on this computer, registries of one file, and no way to the real network."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from data_helpers import CONTENT, PAGE, registry_text

from course_utils.data import download, places
from course_utils.data.registry import load_registry

_COURSE_DATA = os.environ.get("COURSE_DATA")  # before the tests hide it


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """No setting of the user's, a cache of the test's own, and no address but this computer's."""
    for name in list(os.environ):
        if name.startswith("COURSE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(places, "beside_checkout", lambda: None)
    real = socket.getaddrinfo

    def only_local(host, *args, **kwargs):
        if host not in ("127.0.0.1", "localhost"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", only_local)
    monkeypatch.setattr(download, "TIMEOUTS_S", (5.0, 5.0))


class _Mirror(BaseHTTPRequestHandler):
    """The first part of the path says how the server behaves."""

    def do_GET(self):
        mode = self.path.split("/")[1]
        self.server.asked.append(mode)
        packed = gzip.compress(CONTENT, mtime=0)
        body = {
            "wrong": gzip.compress(CONTENT[::-1]),
            "page": PAGE,
            "bomb": gzip.compress(bytes(20_000_000)),
            "unpacked": CONTENT,
            "long": CONTENT * 3,
            "empty": b"",
        }.get(mode, packed)
        if mode.isdigit():
            self.send_error(int(mode))
            return
        if mode == "cut":  # no length given: the end looks like any other end
            body = body[: len(body) // 2]
        self.send_response(200)
        if mode not in ("cut", "endless"):
            self.send_header("Content-Length", str(len(body)))
        if mode == "encoded":
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self._send(mode, body)

    def _send(self, mode, body):
        half = len(body) // 2
        try:
            self.wfile.write(body[:half])
            if mode == "half":
                return
            if mode == "hang":
                self.wfile.flush()
                self.server.release.wait(10)
            if mode == "slow":
                time.sleep(0.3)
            self.wfile.write(body[half:])
            while mode == "endless":
                self.wfile.write(bytes(1 << 16))
        except OSError:  # the other side hung up, as it should
            pass

    def log_message(self, *args):
        pass


@pytest.fixture
def mirror():
    """A web server: `mirror("half")` is the address of a mirror with that fault."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Mirror)
    server.daemon_threads = True
    server.asked, server.release = [], threading.Event()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def address(mode):
        return f"http://127.0.0.1:{server.server_port}/{mode}/"

    address.asked = server.asked
    yield address
    server.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def registry(tmp_path):
    """Make a registry of one set, "numbers", with one file at the given mirrors."""

    def make(*mirrors, extra="", path=None):
        path = path or tmp_path / f"registry-{len(list(tmp_path.iterdir()))}.toml"
        path.write_text(registry_text(mirrors, extra), encoding="utf-8")
        return load_registry(path)

    return make


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "numbers"


@pytest.fixture
def real_mnist(monkeypatch):
    """Point COURSE_DATA to a folder with the real MNIST, or skip."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    for folder in filter(None, (_COURSE_DATA, beside)):
        if Path(folder, "mnist", "train-images-idx3-ubyte.gz").is_file():
            monkeypatch.setenv("COURSE_DATA", str(folder))
            monkeypatch.setenv("COURSE_OFFLINE", "1")
            return Path(folder)
    pytest.skip("the MNIST files are neither in COURSE_DATA nor in ../shared/data")
