"""Slips on nets of PyTorch: what is not frozen, not trained, not in the right mode."""

from . import mistakes_freezing, mistakes_heads, mistakes_measuring, mistakes_training

__all__ = ["mistakes_freezing", "mistakes_heads", "mistakes_measuring", "mistakes_training"]
