"""The ways to use a pretrained net: what is trained, and how fast."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Way:
    """One way.

    Args:
        says: what it does, a sentence.
        trains: "head", "all", "body" (the head stays as it was drawn), or "thaw" (the head
            first, then part after part).
        fresh: whether the pretrained weights are thrown away first.
        hidden: units of the head's hidden layers.
        below: factor of the learning rate from each part to the one below it.
        body: factor from the head to the part below it, besides.
        rule: of make_optimizer.
        learning_rate: of the head.
        warmup: epochs in which the rate rises.
    """

    says: str
    trains: str = "all"
    fresh: bool = False
    hidden: tuple[int, ...] = ()
    below: float = 1.0
    body: float = 1.0
    rule: str = "nesterov"
    learning_rate: float = 0.01
    warmup: float = 0.5

    @property
    def frozen(self):
        """Whether the whole backbone is, all the time."""
        return self.trains == "head"


_FROZEN = {"trains": "head", "rule": "adam", "learning_rate": 0.01, "warmup": 0.0}

WAYS = {
    "scratch": Way(
        "the same net with random first weights: what there is without transfer", fresh=True,
        learning_rate=0.05, warmup=1.0,
    ),
    "frozen linear": Way(
        "the backbone as it is, one linear layer learns to read its features", **_FROZEN
    ),
    "frozen two-layer": Way(
        "the backbone as it is, a small net learns to read its features", hidden=(64,), **_FROZEN
    ),
    "fine-tune": Way(
        "everything is trained, the backbone at 3 % of the head's learning rate", body=0.03
    ),
    "discriminative": Way(
        "everything is trained, at a smaller rate from each part to the one below", below=0.6,
        body=0.1,
    ),
    "gradual": Way(
        "the head first, then part after part from above joins in, at smaller rates below",
        trains="thaw", below=0.6, body=0.1,
    ),
    "body only": Way(
        "the backbone is trained, the head stays as it was drawn", trains="body"
    ),
}  # fmt: skip


def find_way(how):
    """Give the way of that name.

    Args:
        how: a key of WAYS.

    Returns:
        The Way.

    Raises:
        ValueError: no such way; lists them.
    """
    if how not in WAYS:
        told = "".join(f"\n  {name!r}: {way.says}" for name, way in WAYS.items())
        raise ValueError(f"how: expected one of these, got {how!r}{told}")
    return WAYS[how]
