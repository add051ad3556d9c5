"""All ready derivations by name: what lessons and tests look up."""

from __future__ import annotations

from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.settings import SINGLE_LAYERS
from course_utils.checking.derivations.settings_linear import LINEAR_MODELS
from course_utils.checking.derivations.settings_nets import NETS
from course_utils.checking.derivations.settings_sequences import SEQUENCES
from course_utils.checking.derivations.settings_transfer import TRANSFER

SETTINGS: dict[str, Derivation] = {
    d.name: d for d in (*SINGLE_LAYERS, *NETS, *LINEAR_MODELS, *SEQUENCES, *TRANSFER)
}
