"""Show something in a notebook or in a terminal, whichever is there."""

from __future__ import annotations

from typing import Any


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this code (JupyterLab, Colab, nbclient, nbval)."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def show(thing: Any) -> None:
    """Display a thing that has HTML and text forms; print its text outside a notebook."""
    if in_notebook():
        from IPython.display import display

        display(thing)
    else:
        print(thing)
