"""Which functions a captioner is made of: a student's own where given, else the package's."""

import types
from collections.abc import Mapping

from . import attention, embedding, layers, lstm, recurrent, sequence_losses

# Those of one row share caches or numbers: all of a row are the student's, or none.
CAPTION_LAYERS = (
    ("linear_forward", "linear_backward"),
    ("embedding_forward", "embedding_backward"),
    ("rnn_forward", "rnn_backward"),
    ("rnn_step_forward",),
    ("lstm_forward", "lstm_backward"),
    ("lstm_step_forward",),
    ("attention_forward", "attention_backward"),
    ("temporal_softmax_forward", "temporal_softmax_backward"),
)

_HOMES = (layers, embedding, recurrent, lstm, attention, sequence_losses)
_OURS = {
    name: next(getattr(home, name) for home in _HOMES if hasattr(home, name))
    for row in CAPTION_LAYERS
    for name in row
}


def choose_caption_layers(given=None):
    """Gather the functions from an object, a module or a mapping.

    Args:
        given: has some of the functions of CAPTION_LAYERS, such as globals() in a
            notebook or answers(); None for the package's.

    Returns:
        An object with all of them: a row of CAPTION_LAYERS is taken from given where it
        has the whole row, else from the package.
    """

    def find(name):
        found = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
        return found if callable(found) else None

    chosen = {}
    for row in CAPTION_LAYERS:
        complete = given is not None and all(map(find, row))
        chosen |= {name: find(name) if complete else _OURS[name] for name in row}
    return types.SimpleNamespace(**chosen)
