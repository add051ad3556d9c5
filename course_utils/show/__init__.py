"""Plots, figures with words, progress bars: everything that is looked at."""
