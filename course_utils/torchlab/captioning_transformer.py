"""A small Transformer as a captioner: words look back at words, and across at the picture."""

import torch
from torch import nn


class TransformerDecoder(nn.Module):
    """Blocks of causal self-attention, attention to the places, and a small net.

    Step by step it reads the whole beginning again each time: simple, and for captions of
    a dozen words hardly slower than keeping what was computed.

    Args:
        places: A, numbers in a place.
        hidden: M, numbers that stand for a word.
        vocabulary: V.
        layers: how many blocks.
        heads: of each attention; M is divided among them.
        length: most tokens that can be read.
        dropout: share silenced inside the blocks.

    Raises:
        ValueError: heads that M cannot be divided among.

    Source:
        Vaswani et al., Attention is all you need, NeurIPS 2017; normalised before each part,
        as in Xiong et al., ICML 2020.
    """

    def __init__(self, places, hidden, vocabulary, layers=2, heads=4, length=64, dropout=0.0):
        super().__init__()
        if hidden % heads:
            raise ValueError(
                f"heads: expected a divisor of hidden = {hidden}, got {heads}; such as 4 for 128"
            )
        self.embedding = nn.Embedding(vocabulary, hidden)
        self.position = nn.Embedding(length, hidden)
        for table in (self.embedding, self.position):
            nn.init.normal_(table.weight, std=hidden**-0.5)
        self.places = nn.Linear(places, hidden)
        self.blocks = nn.ModuleList(_Block(hidden, heads, dropout) for _ in range(layers))
        self.norm, self.dropout = nn.LayerNorm(hidden), nn.Dropout(dropout)
        self.outputs, self.length = hidden, length

    def forward(self, places, inputs):
        """Read whole captions, some for each picture.

        Args:
            places: (N, P, A).
            inputs: R captions of each, the tokens so far, (N, R, T), integers.

        Returns:
            What the next words are scored by, (N, R, T, M), and where the last block has
            looked, the mean over its heads, (N, R, T, P).
        """
        N, R, T = inputs.shape
        if self.length < T:
            raise ValueError(f"inputs: expected at most {self.length} tokens, got {T}; length=...?")
        X = self.embedding(inputs.reshape(N * R, T)) + self.position.weight[:T]  # (N R, T, M)
        X, weights = self.dropout(X), None
        keys = self.places(places)  # (N, P, M)
        for block in self.blocks:
            X, weights = block(X, keys)
        H = self.dropout(self.norm(X))
        return H.reshape(N, R, T, -1), weights.reshape(N, R, T, -1)

    def start(self, places):
        """Make the state before the first word; arguments and states as for step."""
        B, P, _ = places.shape
        nothing = torch.zeros(B, 0, dtype=torch.long, device=places.device)
        return {"read": nothing, "places": places, "attention": places.new_zeros(B, P)}

    def step(self, state, tokens):
        """Read one more token of each caption.

        Args:
            state: {name: tensor of B rows}, from start or from the step before.
            tokens: (B,), integers.

        Returns:
            What the next word is scored by, (B, M), and the new state, with the attention
            weights, "attention", (B, P).
        """
        read = torch.cat([state["read"], tokens[:, None]], dim=1)  # (B, t)
        H, weights = self(state["places"], read[:, None])
        return H[:, 0, -1], state | {"read": read, "attention": weights[:, 0, -1]}


class _Block(nn.Module):
    def __init__(self, hidden, heads, dropout):
        super().__init__()
        settings = {"dropout": dropout, "batch_first": True}
        self.back = nn.MultiheadAttention(hidden, heads, **settings)
        self.across = nn.MultiheadAttention(hidden, heads, **settings)
        self.think = nn.Sequential(
            nn.Linear(hidden, 4 * hidden), nn.GELU(), nn.Dropout(dropout),
            nn.Linear(4 * hidden, hidden),
        )  # fmt: skip
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(self, X, keys):
        """X is (N R, T, M), keys (N, P, M); gives X again and the weights, (N, R T, P)."""
        N, (rows, T, M) = len(keys), X.shape
        later = torch.ones(T, T, dtype=torch.bool, device=X.device).triu(1)  # may not be seen
        Y = self.norms[0](X)
        X = X + self.dropout(self.back(Y, Y, Y, attn_mask=later, need_weights=False)[0])
        Y = self.norms[1](X).reshape(N, -1, M)  # all captions of a picture ask at once
        seen, weights = self.across(Y, keys, keys)
        X = X + self.dropout(seen.reshape(rows, T, M))
        return X + self.dropout(self.think(self.norms[2](X))), weights
