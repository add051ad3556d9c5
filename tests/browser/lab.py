"""JupyterLab in a headless Chromium: serve a folder, open a notebook, run it, read the page."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "local"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# What JupyterLab keeps for itself goes here, and nothing of the user's is read.
_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config", "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces", "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
}  # fmt: skip


@dataclass(frozen=True)
class Server:
    """A JupyterLab that serves one folder on this machine only."""

    address: str
    root: Path

    def page_of(self, notebook: str) -> str:
        """Address at which a notebook is opened in a workspace of its own."""
        return f"{self.address}/lab/tree/{notebook}?token={TOKEN}&reset"


@contextlib.contextmanager
def served(work: Path, theme: str):
    """Serve the folder ``root`` in `work` with a theme, all cells of a notebook on the page."""
    root = work / "root"
    root.mkdir(parents=True)
    _settings(work / "settings" / "@jupyterlab", theme)
    folders = {name: str(work / folder) for name, folder in _FOLDERS.items()}
    env = {**os.environ, **folders, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    for name in ("COURSE_PROGRESS", "COURSE_STRICT"):  # somebody looks on: bars and sliders
        env.pop(name, None)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (work / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=env)
    server = Server(f"http://127.0.0.1:{port}", root)
    try:
        _wait_for(server, process, work / "server.log")
        yield server
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _settings(folder: Path, theme: str) -> None:
    told = {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "apputils-extension/themes": {"theme": THEMES[theme]},
        # Else only the cells in view are in the page, and nothing can be counted.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in told.items():
        path = folder / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def _wait_for(server: Server, process: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise RuntimeError(f"JupyterLab ended at once:\n{log.read_text()[-2000:]}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{server.address}/api/status?token={TOKEN}", timeout=2).close()
            return
        time.sleep(0.5)
    raise RuntimeError(f"JupyterLab did not answer in two minutes:\n{log.read_text()[-2000:]}")


def run_all(page, address: str, cells: int, seconds: float, watch=None) -> list[str]:
    """Open a notebook, run all of it, and give the prompts of its code cells.

    `watch` is called with the page over and over while the cells run.
    """
    page.goto(address, wait_until="domcontentloaded")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=120_000)
    # Before the kernel is idle, "Run All Cells" only asks which kernel is meant.
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=120_000)
    for _ in range(4):
        page.wait_for_timeout(1500)
        if page.query_selector(".jp-Dialog"):  # which kernel? the one that is proposed
            page.click(".jp-Dialog .jp-mod-accept")
            continue
        page.click('.lm-MenuBar-itemLabel:text-is("Run")')
        page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
        begun = time.monotonic() + 5
        while time.monotonic() < begun and not any(p.strip("[]: ") for p in prompts(page)):
            page.wait_for_timeout(200)
        if any(p.strip("[]: ") for p in prompts(page)):  # a star or a number: it has begun
            break
    end = time.monotonic() + seconds
    while time.monotonic() < end and numbered(prompts(page)) < cells:
        if watch:
            watch(page)
        page.wait_for_timeout(250)
    page.wait_for_timeout(2000)  # the last outputs, and MathJax
    return prompts(page)


def prompts(page) -> list[str]:
    """``[ ]:`` of a cell that has not run, ``[*]:`` while it does, ``[3]:`` afterwards."""
    return page.eval_on_selector_all(
        ".jp-CodeCell .jp-InputPrompt", "all => all.map(e => e.textContent)"
    )


def numbered(found: list[str]) -> int:
    """How many cells have run."""
    return sum(any(c.isdigit() for c in prompt) for prompt in found)


# One look at the page. Code and formulas are taken out before raw TeX is looked for. An error is
# shown with the mime type of stderr, so its words tell it.
SEEN = r"""() => {
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const rendered = all('.jp-RenderedMarkdown').map(e => {
    const copy = e.cloneNode(true);
    all('code, pre, mjx-container', copy).forEach(x => x.remove());
    return copy.textContent;
  });
  const figures = all('.jp-OutputArea-output img, .jp-RenderedMarkdown img');
  return {
    figures: all('.jp-OutputArea-output img').length,
    without_alt: figures.filter(e => !(e.getAttribute('alt') || '').trim())
      .map(e => e.outerHTML.slice(0, 120)),
    // Colab's badge comes from the web and is missing offline, where nobody needs it.
    broken: all('.jp-OutputArea-output img').filter(e => e.complete && !e.naturalWidth)
      .map(e => e.outerHTML.slice(0, 120)),
    formulas: all('mjx-container').length,
    rejected: all('mjx-merror, mjx-container [data-mjx-error]').length,
    raw_tex: rendered.flatMap(t => t.match(/\$|\\[A-Za-z]{2,}/g) || []),
    verdicts: all('.jp-OutputArea-output div[role=status]').length,
    bars: all('.widget-hprogress, progress').length,
    sliders: all('.noUi-handle').length,
    tracebacks: all('.jp-OutputArea-output')
      .map(e => e.textContent).filter(t => t.includes('Traceback (most recent call last)')),
    widget_errors: document.body.innerText.includes('Error displaying widget'),
    wide: all('.jp-OutputArea-output')
      .filter(e => e.scrollWidth > e.clientWidth + 40 && !e.querySelector('table, pre')).length,
  };
}"""


class Bars:
    """Progress bars that are seen while cells run: what stands beside them, and one picture."""

    _SEEN = """() => [...document.querySelectorAll('.jp-OutputArea-output progress')].map(e => {
      const name = e.getAttribute('aria-label') || '';
      return [name, e.position, e.parentElement.textContent.trim()];
    })"""

    def __init__(self, picture: Path) -> None:
        self.picture, self.seen = picture, []
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.unlink(missing_ok=True)

    def __call__(self, page) -> None:
        now = page.evaluate(self._SEEN)
        self.seen += [tuple(bar) for bar in now]
        if now and now[0][1] > 0.2 and not self.picture.exists():
            page.evaluate("""() => document.querySelector('.jp-OutputArea-output progress')
                             ?.scrollIntoView({block: 'center'})""")
            page.screenshot(path=str(self.picture))


def move_slider(page) -> bool:
    """Move the first slider with the keyboard; whether a figure has changed."""
    pictures = "all => all.map(e => e.src).join()"
    before = page.eval_on_selector_all(".jp-OutputArea-output img", pictures)
    page.query_selector(".noUi-handle").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(3000)
    return before != page.eval_on_selector_all(".jp-OutputArea-output img", pictures)


def shots(page, folder: Path, name: str, most: int = 40) -> int:
    """Pictures of the notebook from top to bottom, a screen each; gives how many."""
    folder.mkdir(parents=True, exist_ok=True)
    scroller = ".jp-NotebookPanel-notebook .jp-WindowedPanel-outer"
    for k in range(most):
        at = page.evaluate(
            "([s, k]) => { const e = document.querySelector(s);"
            " e.scrollTop = k * (e.clientHeight - 60);"
            " return e.scrollTop + e.clientHeight >= e.scrollHeight - 5; }",
            [scroller, k],
        )
        page.wait_for_timeout(300)
        page.screenshot(path=str(folder / f"{name}-{k:02d}.png"))
        if at:
            return k + 1
    return most
