"""R1 and a goal of our own: captions by heart, and captions for photographs never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import versions
from .caption_closings import beside_controls, loss_every_ten
from .caption_controls import by_heart, without_decoder
from .experiment import Experiment, Figure
from .judges import MET, NOT_MET, at_most, beside
from .train_captions import train_captions

_HEART = {
    "data": "flickr8k-pooled", "captions": 50, "words": "their own", "hidden": 256,
    "embedding": 128, "steps": 100,
}  # fmt: skip
_FEW_HEART = {"data": "scenes", "hidden": 128, "embedding": 64}
_CELLS = {"rnn": "recurrent net", "lstm": "LSTM"}
_RATES = {"rnn": 0.01, "lstm": 0.02}

# Show, attend and tell, small: what was good on the validation photographs.
_TRAINED = {
    "data": "flickr8k-maps", "kind": "attention", "hidden": 256, "embedding": 256,
    "learning_rate": 1e-3, "batch_size": 32, "epochs": 10, "dropout": 0.4,
    "label_smoothing": 0.1, "length": 22, "beam": 5,
}  # fmt: skip
_FEW = {
    "data": "scenes", "hidden": 64, "embedding": 32, "learning_rate": 4e-3, "batch_size": 10,
    "epochs": 8, "dropout": 0.0, "label_smoothing": 0.0, "length": None,
}  # fmt: skip
_SHUFFLED = {"epochs": 3, "beam": 0, "shuffled": True}  # enough to write English
_GOALS = {1: 0.58, 4: 0.16}


def above_greedy(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether a beam reaches a goal, and with every seed more than greedy captions do."""
    if theirs is None:
        return ""
    greedy = measure.replace("_beam", "")
    above = all(result[measure] > result[greedy] for result in results)
    mean = sum(result[measure] for result in results) / len(results)
    return MET if above and mean >= theirs else NOT_MET


def _heart(what: str, measure: str, *of: Any, quick: bool = True, **own: Any) -> Figure:
    settings = {**_HEART, "learning_rate": _RATES[own["cell"]], **own}
    few = {**settings, **_FEW_HEART} if quick else None
    return Figure("R1", what, measure, settings, few, *of)


def _learnt(cell: str, words: str) -> Figure:
    named = "" if words == "their own" else ", among all words of the training captions"
    what = f"fifty captions by heart, {_CELLS[cell]}, loss after 100 steps{named}"
    return _heart(what, "last_loss", 0.0865, "", at_most, cell=cell, words=words)


def _caption(what: str, measure: str, more: Mapping[str, Any] | None = None, *of: Any) -> Figure:
    more = more or {}
    few = {**_TRAINED, **_FEW, **more, "epochs": 4 if more else _FEW["epochs"]}
    return Figure("goal", what, measure, {**_TRAINED, **more}, few, *of)


def _greedy(n: int) -> Figure:
    goal = _GOALS.get(n)
    return _caption(f"greedy captions, BLEU-{n}", f"test_bleu_{n}", None, goal,
                    "our goal" if goal else "")  # fmt: skip


def _beam(n: int) -> Figure:
    goal = _GOALS.get(n)
    said = "our goal, and above greedy" if goal else ""
    what = f"captions of a beam of 5, BLEU-{n}"
    return _caption(what, f"test_beam_bleu_{n}", None, goal, said, above_greedy)


def _control(how: str, what: str) -> Figure:
    settings = {"data": "flickr8k-pooled", "how": how}
    return Figure("goal", f"{what}, BLEU-4", "test_bleu_4", settings,
                  {**settings, "data": "scenes"}, judge=beside)  # fmt: skip


_ORDERS = (1, 2, 3, 4)
_ONE = {"full": (0,), "quick": (0,)}

EXPERIMENTS = (
    Experiment(
        "R1-captions", "R1: fifty captions by heart", by_heart,
        (
            _heart("fifty captions, recurrent net, loss before the first step", "first_loss",
                   75.2, "", beside, cell="rnn"),
            *(_learnt(cell, words) for words in ("their own", "all") for cell in _CELLS),
            _heart("fifty captions, LSTM, features as they come, loss after 100 steps",
                   "last_loss", quick=False, cell="lstm", standardised=False),
        ),
        code=versions.CAPTIONS, closing=loss_every_ten("R1-captions"),
        note=(
            "The first caption of each of the first fifty training photographs of Flickr8k, and "
            "our NumPy net, which sees a photograph by the 1,280 features of a frozen "
            "EfficientNet-Lite0. The loss is summed over a caption's words and averaged over "
            "captions. It is about words · ln V at first, so it tells how many words there are "
            "and not how good the net is; which ones theirs had is not said. The last row shows "
            "what the features need. As they come they are never negative and sum to about 300, "
            "so a step of Adam moves every number of the first state by up to 6, for all "
            "photographs alike. The gates saturate, and the loss stays at ln 50 = 3.91: the net "
            "knows all fifty captions, and not whose they are. With mean 0 and deviation 1 over "
            "the training photographs it learns both."
        ),
    ),
    Experiment(
        "goal-captions", "A goal of our own: captions for photographs", train_captions,
        (
            *map(_greedy, _ORDERS),
            *map(_beam, _ORDERS),
            _caption("what it says of other photographs, BLEU-4", "test_other_bleu_4", None, None,
                     "", beside),
            _caption("trained on shuffled photographs, greedy, BLEU-4", "test_bleu_4", _SHUFFLED,
                     None, "", beside),
        ),
        seeds=_ONE, code=(*versions.CAPTIONS, *versions.CAPTIONING),
        closing=beside_controls("goal-captions", "goal-captions-controls"),
        note=(
            "Flickr8k's photographs as 49 places that a frozen EfficientNet-Lite0 sees, and an "
            "LSTM with attention. The test photographs are looked at once for each seed; the "
            "settings had been fixed in one run before. As controls: what the same captioner "
            "says of another test photograph, and a captioner that was trained for three epochs "
            "with the captions of other photographs, so that it learns the language alone."
        ),
    ),
    Experiment(
        "goal-captions-controls", "The same photographs without a captioner", without_decoder,
        (
            _control("nearest", "the caption of the nearest training photograph"),
            _control("bag of words", "the training caption whose words fit best"),
            _control("commonest", "one caption for all, the commonest"),
        ),
        seeds=_ONE, code=versions.CAPTIONS,
        note=(
            "Captions that people wrote of training photographs. Nearest: the cosine between "
            "the 1,280 features of whole photographs, their mean taken off, and of the five "
            "captions the first. Words that fit best: each word predicted by itself, by ridge "
            "regression; such captions are short, and BLEU holds short ones back. Nothing here is "
            "random."
        ),
    ),
)  # fmt: skip
