"""Take the two pictures of the README: a verdict, and a derivation that is checked.

    python benchmarks/pictures.py

Two cells are run in JupyterLab in a headless Chromium, as `make browser` runs lessons (it needs the
same), and photographed there, so the pictures are what a student sees.
"""

import sys
import tempfile
from pathlib import Path

from nbformat import v4

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from course_utils.workbook.browser import chromium
from course_utils.workbook.editions import as_text
from tests.browser import lab

FOLDER = ROOT / "figures"
SETUP = "from course_utils.checking import exercise"
CELLS = {
    "verdict": """\
@exercise("3.2", points=4)
def linear_backward(dY, cache):
    X, W = cache  # (N, D), (D, M)
    dX = dY @ W.T  # (N, D)
    dW = X.T @ dY  # (D, M)
    db = dY.mean(axis=0)  # (M,)
    return dX, dW, db""",
    "derivation": """\
@exercise("1.1", points=2)
def derive_linear_dW():
    return [
        "dW[i,j] = sum(n, m, dY[n,m] * diff(Y[n,m], W[i,j]))",
        "dW[i,j] = sum(n, dY[n,i] * X[n,j])",
    ]""",
}


def main() -> None:
    """Run the cells and photograph them, twice as large as they are shown."""
    from playwright.sync_api import sync_playwright

    cells = [
        v4.new_code_cell(text, id=f"cell{i}") for i, text in enumerate([SETUP, *CELLS.values()])
    ]
    with tempfile.TemporaryDirectory() as made, lab.served(Path(made) / "lab", "light") as server:
        (server.root / "cells.ipynb").write_text(as_text(v4.new_notebook(cells=cells)), "utf-8")
        with sync_playwright() as playwright:
            running = playwright.chromium.launch(executable_path=chromium(), args=lab.FLAGS)
            page = running.new_page(device_scale_factor=2, viewport={"width": 1120, "height": 1000})
            lab.run_all(page, server.page_of("cells.ipynb"), len(cells), 120)
            for number, name in enumerate(CELLS, 1):
                cell = page.locator(".jp-CodeCell").nth(number)
                cell.screenshot(path=str(FOLDER / f"{name}.png"))
            running.close()


if __name__ == "__main__":
    main()
