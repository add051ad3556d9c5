"""Data for the lessons: found on this computer or fetched, checked, and ready to use."""

from .digits import Digits, Split, load_digits
from .errors import DataError
from .faces import Faces, load_faces
from .fetch import find_file, read_file
from .photos import Photos, load_cifar10, load_photos
from .prepare import PixelScaler
from .profile import PROFILES, resolve_profile
from .split import stratified_split

__all__ = [
    "PROFILES",
    "DataError",
    "Digits",
    "Faces",
    "Photos",
    "PixelScaler",
    "Split",
    "find_file",
    "load_cifar10",
    "load_digits",
    "load_faces",
    "load_photos",
    "read_file",
    "resolve_profile",
    "stratified_split",
]
