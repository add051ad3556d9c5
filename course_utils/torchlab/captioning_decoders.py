"""What a captioner says: recurrent nets that read the words so far, and look at places."""

import math

import torch
from torch import nn

SCORES = ("dot", "additive")


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
    """An LSTM that looks at the places after every word, and remembers what it saw.

    The state asks the attention, words are scored by the state and by what is seen, and
    what is seen goes into the next step beside the next word: so the net can tell how a
    thing stands to one that it looked at before. It begins with an empty state. All that
    it knows of the picture has come by looking.

    Args:
        places: A, numbers in a place.
        embedding: E, numbers that stand for a token.
        hidden: M, numbers in the state.
        score: "dot" or "additive".
        vocabulary: V.
        dropout: share of embeddings and of what the words are scored by that is silenced.

    Source:
        Xu et al., Show, attend and tell, ICML 2015; the state looks after it has read the
        word, as in Luong et al., EMNLP 2015.
    """

    def __init__(self, places, embedding, hidden, score, vocabulary, dropout=0.0):
        super().__init__()
        self.embedding = _table(vocabulary, embedding)
        # The LSTM in two parts, since that of the words is computed for all steps at once.
        self.words = nn.Linear(embedding, 4 * hidden)
        self.back = nn.Linear(2 * hidden, 4 * hidden, bias=False)
        with torch.no_grad():
            self.words.bias[hidden : 2 * hidden] += 1  # remember until told otherwise
        self.attention = Attention(places, hidden, score)
        self.join = nn.Linear(2 * hidden, hidden)
        self.dropout = nn.Dropout(dropout)
        self.outputs = hidden

    def forward(self, places, inputs):
        """Read whole captions; as RecurrentDecoder, and gives the weights, (N, R, T, P)."""
        N, R, T = inputs.shape
        X = self.dropout(self.embedding(inputs.reshape(N * R, T)))  # (N R, T, E)
        from_words = self.words(X).unbind(dim=1)  # T times (N R, 4 M)
        keys, values = self.attention.prepare(places)
        h = c = seen = places.new_zeros(N * R, self.outputs)
        hs, sights, looks = [], [], []
        for t in range(T):
            h, c = self._read(from_words[t], h, c, seen)
            seen, weights = self.attention(h.reshape(N, R, -1), keys, values)
            seen = seen.reshape(N * R, -1)
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
            "h": nothing, "c": nothing, "seen": nothing, "attention": places.new_zeros(B, P),
            "keys": keys, "values": values,
        }  # fmt: skip

    def step(self, state, tokens):
        """Read one more token; as RecurrentDecoder, with "attention", (B, P), in the state."""
        from_words = self.words(self.embedding(tokens))  # (B, 4 M)
        h, c = self._read(from_words, state["h"], state["c"], state["seen"])
        seen, weights = self.attention(h[:, None], state["keys"], state["values"])
        seen = seen[:, 0]  # (B, M)
        new = {"h": h, "c": c, "seen": seen, "attention": weights[:, 0]}
        return self._joined(h, seen), state | new

    def _read(self, from_words, h, c, seen):
        """One step of the LSTM; gates in the course's order i, f, o, g."""
        A = from_words + self.back(torch.cat([h, seen], dim=1))  # (B, 4 M)
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
