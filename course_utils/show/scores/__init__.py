"""A page of every test picture with the scores of its classes, in one file."""

from .page import score_page
from .summary import ScoreSummary, score_summary

__all__ = ["ScoreSummary", "score_page", "score_summary"]
