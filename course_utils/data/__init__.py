"""Data for the lessons: found on this computer or fetched, checked, and ready to use."""

from .caption_sets import load_captions
from .captions import Captions, CaptionSplit, Vocabulary, caption_pairs, tokenize
from .coco_captions import load_coco_captions
from .digits import Digits, Split, load_digits
from .errors import DataError
from .faces import Faces, load_faces
from .fetch import find_file, read_file
from .flickr8k import load_flickr8k
from .framing import middle
from .hymenoptera import load_hymenoptera
from .insect_sets import load_insects
from .insects import Drawings, draw_insects
from .join import joined
from .photos import Photos, load_cifar10, load_photos
from .prepare import PixelScaler
from .profile import PROFILES, resolve_profile
from .scenes import Difficulty, Scene, Scenes, exact, faults, is_true, make_scenes
from .split import stratified_split

__all__ = [
    "PROFILES",
    "CaptionSplit",
    "Captions",
    "DataError",
    "Difficulty",
    "Digits",
    "Drawings",
    "Faces",
    "Photos",
    "PixelScaler",
    "Scene",
    "Scenes",
    "Split",
    "Vocabulary",
    "caption_pairs",
    "draw_insects",
    "exact",
    "faults",
    "find_file",
    "is_true",
    "joined",
    "load_captions",
    "load_cifar10",
    "load_coco_captions",
    "load_digits",
    "load_faces",
    "load_flickr8k",
    "load_hymenoptera",
    "load_insects",
    "load_photos",
    "make_scenes",
    "middle",
    "read_file",
    "resolve_profile",
    "stratified_split",
    "tokenize",
]
