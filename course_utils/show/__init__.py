"""Plots, figures with words, progress bars: everything that is looked at."""

from course_utils.show.bars import bars
from course_utils.show.contour import paths_on_contour
from course_utils.show.graph import Node, graph
from course_utils.show.heat_map import heat_map
from course_utils.show.images import digit_grid, mistakes, weight_images
from course_utils.show.lines import curves, lines
from course_utils.show.picture import Picture
from course_utils.show.progress import progress_bar

__all__ = [
    "Node",
    "Picture",
    "bars",
    "curves",
    "digit_grid",
    "graph",
    "heat_map",
    "lines",
    "mistakes",
    "paths_on_contour",
    "progress_bar",
    "weight_images",
]
