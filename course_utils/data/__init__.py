"""Data for the lessons: found on this computer or fetched, checked, and ready to use."""

from .digits import Digits, Split, load_digits
from .errors import DataError
from .fetch import find_file, read_file
from .prepare import PixelScaler
from .profile import PROFILES, resolve_profile
from .split import stratified_split

__all__ = [
    "PROFILES",
    "DataError",
    "Digits",
    "PixelScaler",
    "Split",
    "find_file",
    "load_digits",
    "read_file",
    "resolve_profile",
    "stratified_split",
]
