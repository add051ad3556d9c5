"""Generated drawings of ants and bees on clutter."""

from .drawings import CLASS_NAMES, SPLITS, VERSION, Drawings, draw_insects

__all__ = ["CLASS_NAMES", "SPLITS", "VERSION", "Drawings", "draw_insects"]
