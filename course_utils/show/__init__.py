"""Plots, figures with words, progress bars: everything that is looked at."""

from course_utils.show.bars import bars
from course_utils.show.calibration import CalibrationBins, calibration, calibration_bins
from course_utils.show.captions import captioned
from course_utils.show.class_map import class_map, class_maps
from course_utils.show.confusion import confusion
from course_utils.show.contour import paths_on_contour
from course_utils.show.convolution_step import convolution_step
from course_utils.show.curve_grid import curve_grid
from course_utils.show.evidence import evidence
from course_utils.show.feature_maps import feature_maps
from course_utils.show.filtered import filtered
from course_utils.show.gallery import gallery
from course_utils.show.graph import Node, graph
from course_utils.show.heat_map import heat_map
from course_utils.show.histograms import histograms
from course_utils.show.images import digit_grid, mistakes
from course_utils.show.intervals import intervals
from course_utils.show.kernel_bench import KernelBench, try_kernel
from course_utils.show.layer_statistics import layer_statistics
from course_utils.show.lines import curves, lines
from course_utils.show.means import means
from course_utils.show.neighbours import neighbours
from course_utils.show.parallel import parallel
from course_utils.show.picture import Picture
from course_utils.show.point_slider import move_point
from course_utils.show.progress import progress_bar
from course_utils.show.receptive_fields import receptive_fields
from course_utils.show.reconstructions import reconstructions
from course_utils.show.regions import meeting_points
from course_utils.show.scatter import scatter
from course_utils.show.scores import ScoreSummary, score_page, score_summary
from course_utils.show.spectrum import spectrum
from course_utils.show.sweep import sweep_heat
from course_utils.show.walk import PointWalk, walk_from_point
from course_utils.show.weights import weight_images
from course_utils.show.word_panels import attention_words, word_masks

__all__ = [
    "CalibrationBins",
    "KernelBench",
    "Node",
    "Picture",
    "PointWalk",
    "ScoreSummary",
    "attention_words",
    "bars",
    "calibration",
    "calibration_bins",
    "captioned",
    "class_map",
    "class_maps",
    "confusion",
    "convolution_step",
    "curve_grid",
    "curves",
    "digit_grid",
    "evidence",
    "feature_maps",
    "filtered",
    "gallery",
    "graph",
    "heat_map",
    "histograms",
    "intervals",
    "layer_statistics",
    "lines",
    "means",
    "meeting_points",
    "mistakes",
    "move_point",
    "neighbours",
    "parallel",
    "paths_on_contour",
    "progress_bar",
    "receptive_fields",
    "reconstructions",
    "scatter",
    "score_page",
    "score_summary",
    "spectrum",
    "sweep_heat",
    "try_kernel",
    "walk_from_point",
    "weight_images",
    "word_masks",
]
