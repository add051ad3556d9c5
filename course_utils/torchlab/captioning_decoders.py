"""What a captioner says: recurrent nets that read the words so far, and look at places."""

import math

import torch
from torch import nn

SCORES = ("dot", "additive")
REMEMBERS = ("what", "where")


class Attention(nn.Module):
    """Soft attention: compare a query with every place, and average the places by how it fits.

    Args:
        places: A, numbers in a place.
        hidden: M, numbers in a query, and in what is seen.
        score: "dot", scaled, or "additive".

    Raises:
        ValueError: another score.

    Source:
        Bahdanau, Cho and Bengio, ICLR 2015 (additive); Luong et al., EMNLP 2015 (dot);
        scaled as in Vaswani et al., NeurIPS 2017.
    """

    def __init__(self, places, hidden, score="dot"):
        super().__init__()
        if score not in SCORES:
            raise ValueError(f"score: expected one of {', '.join(SCORES)}, got {score!r}")
        self.key = nn.Linear(places, hidden, bias=False)
        self.value = nn.Linear(places, hidden)
        self.additive = score == "additive"
        if self.additive:
            self.query, self.weigh = nn.Linear(hidden, hidden), nn.Linear(hidden, 1, bias=False)

    def prepare(self, places):
        """Compute what all steps need of a picture, once.

        Args:
            places: (N, P, A).

        Returns:
            Keys and values, each (N, P, M).
        """
        return self.key(places), self.value(places)

    def forward(self, queries, keys, values):
        """Look.

        Args:
            queries: (N, R, M).
            keys: (N, P, M).
            values: (N, P, M).

        Returns:
            What is seen, (N, R, M), and the weights, (N, R, P).
        """
        if self.additive:
            both = torch.tanh(self.query(queries)[:, :, None] + keys[:, None])  # (N, R, P, M)
            scores = self.weigh(both)[..., 0]
        else:
            scores = queries @ keys.transpose(1, 2) / math.sqrt(keys.shape[2])  # (N, R, P)
        weights = scores.softmax(dim=2)
        return weights @ values, weights


class RecurrentDecoder(nn.Module):
    """A recurrent net that starts from the mean over the places, and then only reads.

    Args:
        cell: "rnn" or "lstm".
        places: A, numbers in a place.
        embedding: E, numbers that stand for a token.
        hidden: M, numbers in the state.
        vocabulary: V.
        dropout: share of embeddings and of states that is silenced.
    """

    def __init__(self, cell, places, embedding, hidden, vocabulary, dropout=0.0):
        super().__init__()
        self.embedding = _table(vocabulary, embedding)
        net = {"rnn": nn.RNN, "lstm": nn.LSTM}[cell]
        self.cell = net(embedding, hidden, batch_first=True)
        self.first = nn.Linear(places, hidden)
        self.dropout = nn.Dropout(dropout)
        self.outputs = hidden

    def forward(self, places, inputs):
        """Read whole captions, some for each picture.

        Args:
            places: (N, P, A).
            inputs: R captions of each, the tokens so far, (N, R, T), integers.

        Returns:
            What the next words are scored by, (N, R, T, M), and None: no attention.
        """
        N, R, T = inputs.shape
        X = self.dropout(self.embedding(inputs.reshape(N * R, T)))  # (N R, T, E)
        state = {name: h.repeat_interleave(R, dim=0) for name, h in self.start(places).items()}
        H, _ = self.cell(X, _as_torch(state))  # (N R, T, M)
        return self.dropout(H).reshape(N, R, T, -1), None

    def start(self, places):
        """Make the state before the first word; arguments and states as for step."""
        h = torch.tanh(self.first(places.mean(dim=1)))  # (N, M)
        return {"h": h, "c": torch.zeros_like(h)} if isinstance(self.cell, nn.LSTM) else {"h": h}

    def step(self, state, tokens):
        """Read one more token of each caption.

        Args:
            state: {name: tensor of B rows}, from start or from the step before.
            tokens: (B,), integers.

        Returns:
            What the next word is scored by, (B, M), and the new state.
        """
        H, last = self.cell(self.embedding(tokens)[:, None], _as_torch(state))  # (B, 1, M)
        last = last if isinstance(last, tuple) else (last,)
        return H[:, 0], {name: h[0] for name, h in zip(("h", "c"), last, strict=False)}


class AttentiveDecoder(nn.Module):
    """An LSTM that looks at the places after every word, and remembers what or where.

    The state asks the attention, words are scored by the state and by what is seen. What
    is seen, or only where it was, goes into the next step beside the next word: so the net
    can tell how a thing stands to one that it looked at before. A net that remembers
    "where" has to look at a thing for each word about it; one that remembers "what" may
    learn colour and shape with one look, and then look nowhere in particular. It begins
    with an empty state: all that it knows of the picture has come by looking.

    Args:
        places: A, numbers in a place.
        embedding: E, numbers that stand for a token.
        hidden: M, numbers in the state.
        score: "dot" or "additive".
        vocabulary: V.
        grid: (h, w), how the places lie, row by row.
        remembers: "what", M numbers, or "where", the mean row and column of the look.
        dropout: share of embeddings and of what the words are scored by that is silenced.

    Raises:
        ValueError: another score, or another thing to remember.

    Source:
        Xu et al., Show, attend and tell, ICML 2015; the state looks after it has read the
        word, as in Luong et al., EMNLP 2015. Remembering only where is ours.
    """

    def __init__(
        self, places, embedding, hidden, score, vocabulary, grid, remembers="what", dropout=0.0
    ):
        super().__init__()
        if remembers not in REMEMBERS:
            raise ValueError(
                f"remembers: expected one of {', '.join(REMEMBERS)}, got {remembers!r}"
            )
        self.embedding = _table(vocabulary, embedding)
        self.where = remembers == "where"
        self.remembered = 2 if self.where else hidden
        # The LSTM in two parts, since that of the words is computed for all steps at once.
        self.words = nn.Linear(embedding, 4 * hidden)
        self.back = nn.Linear(hidden + self.remembered, 4 * hidden, bias=False)
        with torch.no_grad():
            self.words.bias[hidden : 2 * hidden] += 1  # remember until told otherwise
            if self.where:
                self.back.weight[:, hidden:] *= 3  # two numbers, to be heard beside M others
        self.attention = Attention(places, hidden, score)
        self.join = nn.Linear(2 * hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        self.outputs = hidden
        down, across = (torch.linspace(-1, 1, n) for n in grid)
        centres = torch.stack(torch.meshgrid(down, across, indexing="ij"), dim=-1)  # (h, w, 2)
        self.register_buffer("centres", centres.flatten(0, 1), persistent=False)  # (P, 2)

    def forward(self, places, inputs):
        """Read whole captions; as RecurrentDecoder, and gives the weights, (N, R, T, P)."""
        N, R, T = inputs.shape
        X = self.dropout(self.embedding(inputs.reshape(N * R, T)))  # (N R, T, E)
        from_words = self.words(X).unbind(dim=1)  # T times (N R, 4 M)
        keys, values = self.attention.prepare(places)
        h = c = places.new_zeros(N * R, self.outputs)
        kept = places.new_zeros(N * R, self.remembered)
        hs, sights, looks = [], [], []
        for t in range(T):
            h, c = self._read(from_words[t], h, c, kept)
            seen, weights = self.attention(h.reshape(N, R, -1), keys, values)
            seen = seen.reshape(N * R, -1)
            kept = (weights @ self.centres).reshape(N * R, 2) if self.where else seen
            hs.append(h)
            sights.append(seen)
            looks.append(weights)
        H = self._joined(torch.stack(hs, dim=1), torch.stack(sights, dim=1))  # (N R, T, M)
        return self.dropout(H).reshape(N, R, T, -1), torch.stack(looks, dim=2)

    def start(self, places):
        """Make the state before the first word; arguments and states as for step."""
        B, P, _ = places.shape
        keys, values = self.attention.prepare(places)
        nothing = places.new_zeros(B, self.outputs)
        return {
            "h": nothing, "c": nothing, "kept": places.new_zeros(B, self.remembered),
            "attention": places.new_zeros(B, P), "keys": keys, "values": values,
        }  # fmt: skip

    def step(self, state, tokens):
        """Read one more token; as RecurrentDecoder, with "attention", (B, P), in the state."""
        from_words = self.words(self.embedding(tokens))  # (B, 4 M)
        h, c = self._read(from_words, state["h"], state["c"], state["kept"])
        seen, weights = self.attention(h[:, None], state["keys"], state["values"])
        seen, weights = seen[:, 0], weights[:, 0]  # (B, M), (B, P)
        kept = weights @ self.centres if self.where else seen
        new = {"h": h, "c": c, "kept": kept, "attention": weights}
        return self._joined(h, seen), state | new

    def _read(self, from_words, h, c, kept):
        """One step of the LSTM; gates in the course's order i, f, o, g."""
        A = from_words + self.back(torch.cat([h, kept], dim=1))  # (B, 4 M)
        ifo, g = A.split([3 * self.outputs, self.outputs], dim=1)
        i, f, o = ifo.sigmoid().chunk(3, dim=1)
        c = f * c + i * g.tanh()
        return o * c.tanh(), c

    def _joined(self, h, seen):
        return torch.tanh(self.join(torch.cat([h, seen], dim=-1)))


def _table(vocabulary, embedding):
    """One row of numbers for each token, of length about 1."""
    table = nn.Embedding(vocabulary, embedding)
    nn.init.normal_(table.weight, std=embedding**-0.5)
    return table


def _as_torch(state):
    """The state as PyTorch's nets of several layers take it, with an axis for them in front."""
    h = state["h"][None].contiguous()
    return (h, state["c"][None].contiguous()) if "c" in state else h
