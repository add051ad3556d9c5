# %% [markdown]
# # 05 · Image captioning: attention, and how good a sentence is
#
# <!-- badge -->
#
# **Goal.** Let the net look at one place of the picture for each word, train captioners in PyTorch, and measure
# what they say: against other captions, against the truth, and against cheap tricks. **Time.** 120 minutes.
# **Assumed.** The first notebook of this lesson.

# %%
# <setup>

# %%
from collections import Counter

import numpy as np
import torch

from course_utils import nn, show, torchlab
from course_utils.checking import answers, check, exercise, expect, hint, progress
from course_utils.checking import layer_gradient_check
from course_utils.data import DataError, Difficulty, Vocabulary, faults, is_true
from course_utils.data import load_captions, make_scenes, resolve_profile
from course_utils.data.scenes import COLOURS, SHAPES

profile = resolve_profile()  # "quick" unless COURSE_PROFILE says "full"
rng = np.random.default_rng(55)

# %% [markdown]
# ## 1 Attention
#
# **Idea.** So far the whole picture had to fit into the first state. But the word *red* is about one place, and
# *square* about another. So let the net ask: its state is a *query*, and each place of the picture has a *key*
# and a *value*. The better a key fits the query, the more of its value comes back.
#
# **Maths.** For queries $Q$ $(N, T, K)$, keys $(N, S, K)$ and values $(N, S, E)$ of $S$ places,
#
# $$ A = \frac{Q\,\text{keys}^\top}{\sqrt{K}}, \qquad P_{nts} = \frac{\exp A_{nts}}{\sum_{s'} \exp A_{nts'}},
#    \qquad \underset{(N,T,E)}{Y} = \underset{(N,T,S)}{P}\;\underset{(N,S,E)}{\text{values}} \tag{5.18} $$
#
# Each row of $P$ is a share for each place, and sums to 1. A *mask* forbids places: their score is $-\infty$,
# so that their share is 0.

# %% [markdown]
# **By hand.** One query $(2, 0, 0, 0)$, $K = 4$, and keys $(1, 0, 0, 0)$ and $(0, 1, 0, 0)$: scores $(1, 0)$, weights
# $(0.73, 0.27)$. With the values 10 and 20, $Y = 12.7$.
#
# **Why $\sqrt K$?** A query and a key of $K$ independent numbers of variance 1 have a product of variance $K$. Undivided, the
# scores of a wide net would be so far apart that one place takes all, and no gradient is left:

# %%
for K in (4, 64, 1024):
    A = (rng.standard_normal((1000, 1, K)) * rng.standard_normal((1000, 8, K))).sum(axis=2)
    largest = [nn.softmax(scores).max(axis=1).mean() for scores in (A, A / np.sqrt(K))]
    print("K = {:4}: largest of 8 weights {:.2f}, with the root {:.2f}".format(K, *largest))

# %% [markdown]
# ### Exercise 5.19
#
# Write (5.18). A query that may look nowhere gets zeros; scores may be as large as 1000.


# %%
@exercise("5.19", points=4)
def attention_forward(Q, keys, values, mask=None):
    """Scaled dot-product attention, equation (5.18).

    Args:
        Q, keys, values: (N, T, K), (N, S, K) and (N, S, E), float.
        mask: bool, broadcasts to (N, T, S), True where a query may look; None for all.

    Returns:
        Y (N, T, E) and the cache.
    """
    ### BEGIN SOLUTION
    A = Q @ keys.transpose(0, 2, 1) / Q.shape[2] ** 0.5  # (N, T, S)
    seen = np.ones_like(A, bool) if mask is None else np.broadcast_to(mask, A.shape)
    top = np.max(A, axis=2, keepdims=True, where=seen, initial=np.finfo(A.dtype).min)
    shares = np.where(seen, np.exp(np.where(seen, A - top, 0)), 0)
    total = shares.sum(axis=2, keepdims=True)  # (N, T, 1), 0 where nothing is seen
    P = shares / np.where(total > 0, total, 1)
    Y = P @ values  # (N, T, E)
    cache = (Q, keys, values, P)
    ### END SOLUTION
    return Y, cache


# %% [markdown]
# ### The way back
#
# $Y$ is a product, $P$ a softmax, $A$ a product again. Softmax has a gradient that you know from lesson 01: the gradient
# less its own mean, weighted by $P$.
#
# $$ {{attention: dvalues = P.T @ dY}}, \qquad {{attention: dP = dY @ values.T}} \tag{5.19} $$
#
# $$ {{attention: dA[t,s] = P[t,s] * (dP[t,s] - sum(j, P[t,j] * dP[t,j]))}} \tag{5.20} $$
#
# $$ {{attention: dQ = dA @ keys / sqrt(K)}}, \qquad {{attention: dkeys = dA.T @ Q / sqrt(K)}} \tag{5.21} $$
#
# for one sentence; with $N$ of them, transposed are the last two axes. What the mask hides has $P = 0$, so it needs no line of its own.

# %% [markdown]
# ### Exercise 5.20
#
# Derive them: `dvalues`, `dP`, `dA`, `dQ` and `dkeys`.


# %%
@exercise("5.20", points=4)
def derive_attention():
    """Lines that lead from dY to dvalues, dQ and dkeys."""
    ### BEGIN SOLUTION
    lines = [
        "dvalues = P.T @ dY",
        "dP = dY @ values.T",
        "diff(P[t,s], A[t,j]) = P[t,s] * (delta(s,j) - P[t,j])",
        "dA[t,j] = P[t,j] * (dP[t,j] - sum(s, P[t,s] * dP[t,s]))",
        "dQ = dA @ keys / sqrt(K)",
        "dkeys = dA.T @ Q / sqrt(K)",
    ]
    ### END SOLUTION
    return lines


# %% [markdown]
# ### Exercise 5.21
#
# Write (5.19) to (5.21).


# %%
@exercise("5.21", points=5)
def attention_backward(dY, cache):
    """Gradients of attention, equations (5.19) to (5.21).

    Args:
        dY: dL/dY, (N, T, E), float.
        cache: from attention_forward.

    Returns:
        dQ (N, T, K), dkeys (N, S, K), dvalues (N, S, E).
    """
    ### BEGIN SOLUTION
    Q, keys, values, P = cache
    dvalues = P.transpose(0, 2, 1) @ dY  # (N, S, E)
    dP = dY @ values.transpose(0, 2, 1)  # (N, T, S)
    dA = P * (dP - (P * dP).sum(axis=2, keepdims=True)) / Q.shape[2] ** 0.5
    dQ, dkeys = dA @ keys, dA.transpose(0, 2, 1) @ Q
    ### END SOLUTION
    return dQ, dkeys, dvalues


# %%
shapes = {"Q": (2, 3, 4), "keys": (2, 5, 4), "values": (2, 5, 6)}
arrays = [rng.standard_normal(shape) for shape in shapes.values()]
print(layer_gradient_check(attention_forward, attention_backward, *arrays, names=tuple(shapes)))

# %% [markdown]
# ## 2 A captioner with eyes
#
# **Idea.** A small convolutional net turns a picture into a grid of *places*, each with its numbers. An LSTM writes, and
# before each word its state asks the places. Everything is trained together, from pixels to words, in PyTorch: same
# layers, same loss (5.14), same clipping.

# %%
N_train, epochs, most_alone = {"quick": (6000, 5, 1), "full": (20_000, 12, 3)}[profile]
difficulty = Difficulty(most_alone=most_alone)  # 1: one thing, or two that differ
train = make_scenes(N_train, "train", difficulty=difficulty)
validation, test, unseen = (
    make_scenes(n, split, difficulty=difficulty)
    for n, split in ((100, "validation"), (500, "test"), (500, "unseen"))
)
vocabulary = Vocabulary.from_texts(train.texts)
print(f"{len(train):,} pictures to train with, {sum(map(len, train.texts)):,} captions")
print(vocabulary)

# %%
caption = train.texts[0][0]
print(caption)

# %% tags=["nbval-ignore-output"]
show.word_masks(train.pictures[0], caption, train.masks(0, 0), title=caption)

# %% [markdown]
# The scenes know, for each word that is about something, the pixels that it is about. The net is never told.
#
# No scene of the test is among the training scenes, and none is composed of the same things at the same places.
# The split *unseen* is harder: each of its pictures has a thing whose colour and shape never came together in
# training.
#
# The writer is an LSTM whose next step is told the word, and *where* it has just looked, as row and column. It is not told
# *what* was there. So each word about a thing has to look at the thing again.

# %% tags=["nbval-ignore-output"]
model = torchlab.captioner(
    "attention",
    len(vocabulary),
    train.pictures.shape[1:],
    rng=np.random.default_rng(0),
    embedding=64,
    hidden=128,
    remembers="where",
)
history = torchlab.fit_captions(
    model,
    train,
    validation,
    vocabulary,
    epochs=epochs,
    rng=np.random.default_rng(1),
    batch_size=16,
    learning_rate=3e-3,
    captions_at_once=3,
    schedule=torchlab.Cosine(warmup=0.3),
    train_accuracy_on=100,
    progress=show.progress_bar,
)

# %% tags=["nbval-ignore-output"]
show.curves(history, title="Next words, given the true words before")

# %% [markdown]
# The loss adds up a caption's words, `<END>` among them. Untrained, a net can only guess: $\ln V$ for each word.

# %%
words = np.mean([len(text.split()) + 1 for texts in train.texts for text in texts])
first, guessing = history.column("train_loss")[0] / words, np.log(len(vocabulary))
expect(first / guessing, at_least=0.9, at_most=1.2, about="first loss of a word over guessing's")

# %% [markdown]
# ## 3 What does it say?
#
# **Look.** Now on its own, greedily. Below each picture the net's caption, and under it a true one.

# %% tags=["nbval-ignore-output"]
said = {
    name: torchlab.describe(model, split.pictures, vocabulary)
    for name, split in {"train": train.take(range(200)), "test": test, "unseen": unseen}.items()
}
show.captioned(
    train.pictures[:8], said["train"].texts[:8], train.texts[:8], title="Training pictures"
)

# %% tags=["nbval-ignore-output"]
show.captioned(test.pictures[:8], said["test"].texts[:8], test.texts[:8], title="New pictures")

# %% [markdown]
# A scene has five true captions; *exact* means: word by word one of the five.

# %%
exact = {
    name: nn.exact_match(torchlab.words_of(said[name].texts), torchlab.words_of(split.texts)).mean()
    for name, split in {"test": test, "unseen": unseen}.items()
}

# %% tags=["nbval-ignore-output"]
print("exact, " + ", ".join(f"{name}: {share:.1%}" for name, share in exact.items()))

# %%
expect(exact["test"], at_least=0.90, about="exact captions of new scenes")

# %% [markdown]
# **What we saw.** For pairs of colour and shape that it never met, it must put together what it knows of each. That is
# harder, and a net has no reason to: in its whole life, such a pair did not occur.

# %% [markdown]
# ## 4 Where does it look?
#
# **Look.** At each word, the weights $P$ of (5.18), laid over the picture; outlined, what the word is about.

# %% tags=["nbval-ignore-output"]
right = [text in true for text, true in zip(said["test"].texts, test.texts, strict=True)]
k = max(range(100), key=lambda i: (right[i], len(said["test"].texts[i])))  # a long right one
caption = said["test"].texts[k]
words = caption.split()
show.attention_words(
    test.pictures[k],
    words,
    said["test"].attention[k, : len(words)].reshape(-1, *said["test"].grid),
    test.masks(k, caption),
)

# %% [markdown]
# And over all words of all test captions: how often does the most attended place lie on what the word is about
# (*pointing*)? As a control, the attention of one picture is judged by the masks of another. A net that always looked
# at the middle, say, would do as well on both.


# %%
def looked_at(split, said):
    """Words that are about something: the word, its picture, attention and mask."""
    found = []
    for k, text in enumerate(said.texts):
        if not is_true(text, split.scenes[k]):
            continue  # of a false caption nobody knows what it is about
        for t, (word, mask) in enumerate(zip(text.split(), split.masks(k, text), strict=True)):
            if mask.any():
                found.append((word, k, said.attention[k, t], mask))
    words, which, weights, masks = map(np.array, zip(*found, strict=True))
    return words, which, weights, nn.masks_on_grid(masks, said.grid)


words, which, weights, masks = looked_at(test, said["test"])
things = np.isin(words, [*COLOURS, *SHAPES])
others = nn.from_other_pictures(which, rng)  # for each word, another that is of another picture
pointing = nn.attention_score(weights[things], masks[things])
control = nn.attention_score(weights[others][things], masks[things])
rest = nn.attention_score(weights[~things], masks[~things])

# %% tags=["nbval-ignore-output"]
print(f"{pointing.words:,} colours and shapes: pointing {pointing.pointing:.1%}")
print(
    f"by chance {pointing.pointing_by_chance:.1%}, with attention of other pictures {control.pointing:.1%}"
)
print(f"{rest.words:,} other words (places, relations): pointing {rest.pointing:.1%}")

# %%
expect(pointing.pointing, at_least=0.6, about="pointing, colours and shapes")
expect(control.pointing, at_most=0.4, about="pointing with the attention of other pictures")

# %% [markdown]
# **What we saw.** Nobody has told the net where anything is. For colours and shapes it learnt to look, because the right place
# makes the next word likely. For *left* or *above* it did not: where it looked before is in its state, and that is
# all such a word needs. So weights of attention show what a net reads at that step, not all that it knows, and not
# why it says a word.

# %% [markdown]
# ## 5 Other ways to say it
#
# **Idea.** The likeliest word at each step need not lead to the likeliest sentence. *Beam search* keeps the best $k$
# beginnings instead of one: each is continued by every word, and of all these the best $k$ stay.
#
# **Maths.** A caption's score is $\sum_t \log P(w_t \mid \dots)$, and each further word makes it smaller. So that long captions
# have a chance, those of $L$ words are compared by
#
# $$ \frac{1}{L^{\alpha}} \sum_{t=1}^{L} \log P(w_t \mid \text{picture}, w_1 \dots w_{t-1}) \tag{5.22} $$

# %% [markdown]
# **By hand.** After START: *a* 0.6, *the* 0.4. After *a*: ten words with 0.1 each. After *the*: *circle* with 0.9, then END with 1.
# Greedy begins with *a* and ends with $0.6 \cdot 0.1 = 0.06$. A beam of two keeps *the* as well, and finds
# $0.4 \cdot 0.9 = 0.36$.
#
# ### Exercise 5.22
#
# Beam search for one caption. What has ended stays in the beam as it is. Of equally good captions, the one with the lower
# tokens comes first, as Python sorts lists.


# %%
@exercise("5.22", points=5)
def beam_decode(step, state, start, end, length, width, alpha=0.0):
    """Beam search, equation (5.22).

    Args:
        step: step(state, tokens (1,)) -> (log_probs (1, V), new state).
        state: what the first step starts from.
        start, end, length: as for greedy_decode.
        width: how many beginnings are kept.
        alpha: of equation (5.22); 0 compares by probability alone.

    Returns:
        tokens (L,), integers, without start, with end if it was said, and the score, the sum.
    """
    ### BEGIN SOLUTION
    beam = [(0.0, [], state)]  # score, tokens, state after all but the last token
    for _ in range(length):
        grown = []
        for score, tokens, state in beam:
            if tokens and tokens[-1] == end:
                grown.append((score, tokens, state))
                continue
            log_probs, after = step(state, np.array([tokens[-1] if tokens else start]))  # (1, V)
            for token, log_prob in enumerate(log_probs[0]):
                grown.append((score + log_prob, [*tokens, token], after))
        grown.sort(key=lambda one: (-one[0] / len(one[1]) ** alpha, one[1]))
        beam = grown[:width]
    score, tokens, _ = beam[0]
    ### END SOLUTION
    return np.array(tokens), score


# %%
def toy_step(state, tokens):
    """0 END, 1 START, 2 a, 3 the, 4 circle, 5 to 14 others: what comes next, by the last word."""
    table = np.full((15, 15), 1e-9)
    table[1, 2], table[1, 3] = 0.6, 0.4
    table[2, 5:] = 0.1
    table[3, 4], table[3, 5] = 0.9, 0.1
    table[4:, 0] = 1
    return np.log(table[tokens]), state


for width in (1, 2):
    tokens, score = beam_decode(toy_step, {"h": np.zeros((1, 1))}, 1, 0, 9, width)
    print("width", width, "tokens", tokens, "probability", np.exp(score).round(3))

# %% [markdown]
# One can also *draw* each word by its probability. Divide the logits by a *temperature* before the softmax: near 0 it is
# greedy, at 1 the net's own opinion, above 1 it dares more.

# %% tags=["nbval-ignore-output"]
for temperature in (0.3, 1.0, 2.0):
    drawn = torchlab.describe(
        model, test.pictures[[k] * 4], vocabulary, "sample",
        rng=np.random.default_rng(3), temperature=temperature,
    )  # fmt: skip
    print(f"temperature {temperature}:", *drawn.texts, sep="\n    ")

# %% [markdown]
# ## 6 How good is a sentence?
#
# **Idea.** *Exact* is harsh: of a photograph no two people say the same. *BLEU* asks how many of the caption's words, and of its
# runs of 2, 3 and 4 words, stand in one of the true captions.
#
# **Maths.** For runs of $n$ words, count over *all* captions of the test together: $a_n$ of them are found in a reference, no run
# more often than it stands in any one of them, out of $b_n$ made. With $c$ words in the captions, and $r$ in the references
# closest in length,
#
# $$ \text{BLEU-}N = \min\!\big(1, e^{1 - r/c}\big)\; \Big(\prod_{n=1}^{N} \frac{a_n}{b_n}\Big)^{1/N} \tag{5.23} $$

# %% [markdown]
# **By hand.** Said: "a red red circle". True: "a red circle". Words: *red* counts once, so $a_1 / b_1 = 3/4$. Pairs: "a red" and
# "red circle" are found, "red red" is not: $2/3$. No penalty, as $c = 4 > r = 3$. BLEU-2 is $\sqrt{3/4 \cdot 2/3} \approx 0.707$.
#
# The *brevity penalty* in front is for a net that says "a" and nothing else: every word of it is right.
#
# ### Exercise 5.23
#
# Write (5.23). If several references are equally close in length, take the shorter. From the first $n$ on of which nothing
# is found, BLEU is 0.


# %%
def runs(words, n):
    """How often each run of n words stands in a caption."""
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


@exercise("5.23", points=4)
def corpus_bleu(candidates, references, max_n=4):
    """BLEU-1 to BLEU-max_n of a whole set of captions, equation (5.23).

    Args:
        candidates: N captions, each a list of words.
        references: N groups of one or more captions that are right.
        max_n: the longest run of words.

    Returns:
        (max_n,), float, from 0 to 1.
    """
    ### BEGIN SOLUTION
    a, b, c, r = np.zeros(max_n), np.zeros(max_n), 0, 0
    for candidate, group in zip(candidates, references, strict=True):
        c += len(candidate)
        r += min((abs(len(one) - len(candidate)), len(one)) for one in group)[1]
        for n in range(1, max_n + 1):
            made, allowed = runs(candidate, n), Counter()
            for one in group:
                allowed |= runs(one, n)  # the larger of both counts
            a[n - 1] += sum((made & allowed).values())  # the smaller of both
            b[n - 1] += sum(made.values())
    if not c:
        return np.zeros(max_n)
    with np.errstate(divide="ignore"):
        logs = np.where(a > 0, np.log(a / np.maximum(b, 1)), -np.inf).cumsum()
    bleu = min(1.0, np.exp(1 - r / c)) * np.exp(logs / np.arange(1, max_n + 1))
    ### END SOLUTION
    return bleu


# %%
print(corpus_bleu([["a", "red", "red", "circle"]], [[["a", "red", "circle"]]], max_n=2).round(3))

# %% [markdown]
# **Look.** The same net, read out in different ways, judged by everything we have.


# %%
def judged(texts, split):
    """BLEU-1, BLEU-4, share of exact captions, and words to change per reference word."""
    said, true = torchlab.words_of(texts), torchlab.words_of(split.texts)
    bleu = answers().corpus_bleu(said, true)
    return bleu[0], bleu[3], nn.exact_match(said, true).mean(), nn.word_error(said, true)


ways = {
    "greedy": {},
    "beam of 3": {"method": "beam", "width": 3},
    "drawn": {"method": "sample", "rng": np.random.default_rng(0)},
}
table = {name: judged(torchlab.describe(model, test.pictures, vocabulary, **how).texts, test)
         for name, how in ways.items()}  # fmt: skip

# %% tags=["nbval-ignore-output"]
print(f"{'':14}{'BLEU-1':>8}{'BLEU-4':>8}{'exact':>8}{'word error':>12}")
for name, row in table.items():
    print(f"{name:14}{row[0]:8.3f}{row[1]:8.3f}{row[2]:8.1%}{row[3]:12.3f}")

# %%
expect(table["beam of 3"][2] - table["greedy"][2], at_least=-0.02, about="exact, beam less greedy")
expect(table["greedy"][2] - table["drawn"][2], at_least=0.0, about="exact, greedy less drawn")

# %% [markdown]
# ## 7 Cheap tricks
#
# **Idea.** A score means little until one knows what a net would get that hardly looks. Tricks:
#
# - the *commonest caption* of the training scenes, for every picture;
# - the caption of the training picture that is *nearest*, pixel by pixel;
# - a *bag of words*: predict linearly which words fit, and take the training caption that is made of them;
# - our net, with its captions given to the *wrong pictures*.


# %%
def rows(split):
    """Pixels of each picture in a row, (n, 3 H W)."""
    return split.pictures.reshape(len(split), -1).astype(np.float32) / 255


every = [text for texts in train.texts for text in texts]
X_train, X = rows(train)[:2000], rows(test)
which, tokens = train.take(range(2000)).pairs(vocabulary)
nearest = nn.nearest_pictures(X_train, X)
bag = nn.bag_of_words_captions(X_train, which, tokens, X)
tricks = {
    "commonest": [Counter(every).most_common(1)[0][0]] * len(test),
    "nearest picture": [train.texts[n][0] for n in nearest],
    "bag of words": [vocabulary.decode(tokens[q]) for q in bag],
    "wrong pictures": [said["test"].texts[n] for n in rng.permutation(len(test))],
}
beside = {name: judged(texts, test) for name, texts in tricks.items()}

# %% tags=["nbval-ignore-output"]
for name, row in {**beside, "our net, greedy": table["greedy"]}.items():
    print(f"{name:16} BLEU-1 {row[0]:.3f}   BLEU-4 {row[1]:.3f}   exact {row[2]:6.1%}")

# %%
best_trick = max(row[2] for row in beside.values())
expect(table["greedy"][2] - best_trick, at_least=0.3, about="exact, our net less the best trick")

# %% [markdown]
# **What we saw.** BLEU-1 is high even for captions of wrong pictures: the same few words are everywhere. BLEU-4 and *exact* fall
# deep. Never believe a score whose control you have not seen.

# %% [markdown]
# ## 8 Does it need attention?
#
# **Idea.** Which part of the net earns its place? The eye has learnt enough; let it be as it is, compute its places once, and put four
# writers behind it: a plain recurrent net, an LSTM, both with the whole picture in the first state only; the LSTM with attention; and a
# *Transformer*, which has no state at all: each word looks at all words before it, with (5.18), and at the places. All four get
# the same scenes, in the quick profile few of them.


# %%
def places(split):
    """What the trained eye makes of pictures: features, (n, P, A), computed once."""
    with torch.inference_mode(), torchlab.evaluating(model):
        X = torch.from_numpy(torchlab.as_floats(split.pictures))
        return split.with_pictures(torch.cat([model.encoder(x) for x in X.split(250)]).numpy())


# %%
def train_writer(kind, split, epochs):
    """Put a new writer behind the places of the eye, and train it."""
    writer = torchlab.captioner(
        kind,
        len(vocabulary),
        split.pictures.shape[1:],
        rng=np.random.default_rng(0),
        embedding=64,
        hidden=96,
        layers=1,
    )
    torchlab.fit_captions(
        writer,
        split,
        None,
        vocabulary,
        epochs=epochs,
        rng=np.random.default_rng(1),
        batch_size=16,
        learning_rate=4e-3,
        captions_at_once=3,
        report=None,
    )
    return writer


# %% tags=["nbval-ignore-output"]
n, epochs = {"quick": (800, 4), "full": (20_000, 12)}[profile]
seen_train, seen_test = places(train.take(range(n))), places(test)
compared = {}
for kind in ("rnn", "lstm", "attention", "transformer"):
    writer = train_writer(kind, seen_train, epochs)
    texts = torchlab.describe(writer, seen_test.pictures, vocabulary).texts
    compared[kind] = (sum(w.numel() for w in writer.parameters()), *judged(texts, test))

# %% tags=["nbval-ignore-output"]
for kind, (size, _, bleu, share, _) in compared.items():
    print(f"{kind:12} {size:8,} parameters   BLEU-4 {bleu:.3f}   exact {share:.1%}")

# %%
won = compared["attention"][3] - max(compared["rnn"][3], compared["lstm"][3])
expect(won, at_least=0.05, about="exact, attention less the better of the two without")

# %% [markdown]
# ## 9 What goes wrong, and why
#
# **Look.** Wrong captions of new scenes, and of scenes with unseen pairs.

# %% tags=["nbval-ignore-output"]
wrong = {
    name: [k for k, text in enumerate(said[name].texts) if text not in split.texts[k]][:8]
    for name, split in {"test": test, "unseen": unseen}.items()
}
show.captioned(
    test.pictures[wrong["test"]],
    [said["test"].texts[k] for k in wrong["test"]],
    [test.texts[k] for k in wrong["test"]],
    title="Wrong about new scenes",
)

# %% tags=["nbval-ignore-output"]
show.captioned(
    unseen.pictures[wrong["unseen"]],
    [said["unseen"].texts[k] for k in wrong["unseen"]],
    [unseen.texts[k] for k in wrong["unseen"]],
    title="Wrong about unseen pairs",
)

# %% [markdown]
# The scenes know what is wrong with a caption. Of all wrong ones, the first thing:


# %%
def first_fault(text, scene):
    """What is wrong with a false caption, in one of three kinds."""
    remark = faults(text, scene)[0]
    if remark.startswith("no sentence"):
        return "no sentence"
    return "a thing that is not there" if remark.startswith("there ") else "a place or relation"


counted = {}
for name, split in {"test": test, "unseen": unseen}.items():
    pairs = zip(said[name].texts, split.scenes, strict=True)
    counted[name] = Counter(first_fault(t, scene) for t, scene in pairs if not is_true(t, scene))

# %% tags=["nbval-ignore-output"]
for name, kinds in counted.items():
    print(f"{name}: {sum(kinds.values())} of {len(said[name])} false;", dict(kinds.most_common()))

# %% [markdown]
# **What we saw.** About an unseen pair it keeps the colour, and gives it another shape: one that this colour was seen with. In
# all its training scenes, an orange thing was never a square. Nothing ever pushed the net to read shape and colour apart,
# and reading them together was never wrong. More scenes of the same kinds would not mend that; more kinds would.

# %% [markdown]
# ## 10 Photographs
#
# **Idea.** Photographs show more than any five sentences say. Two things change. The eye is a net that has learnt on a million
# other photographs (EfficientNet-Lite0, frozen; lesson 06 is about that), its 7×7 places computed once. And words that
# are rare become `<UNK>`. The writer is the one above, remembering *what* it saw.
#
# The full profile trains it on the 6,000 photographs of Flickr8k, about 20 minutes of one core, and needs them on disk:
# `datasets/README.md` says where from. Measured figures, with controls, are in `RESULTS.md`.

# %%
photos = None
if profile == "full":
    try:
        photos = torchlab.with_features(load_captions("full"), torchlab.pretrained())
    except (DataError, ModuleNotFoundError) as reason:
        print(reason)
print(photos or "not in this run")

# %%
if photos:
    writer = torchlab.captioner(
        "attention",
        len(photos.vocabulary),
        photos.train.pictures.shape[1:],
        rng=np.random.default_rng(0),
        dropout=0.4,
    )
    torchlab.fit_captions(
        writer,
        photos.train,
        photos.validation,
        photos.vocabulary,
        epochs=10,
        rng=np.random.default_rng(1),
        learning_rate=1e-3,
        label_smoothing=0.1,
        length=22,
        schedule=torchlab.Cosine(warmup=0.5),
    )

# %%
if photos:
    for method in ("greedy", "beam"):
        told = torchlab.describe(
            writer, photos.test.pictures, photos.vocabulary, method, width=5
        ).texts
        print(f"{method:8} BLEU-1 {judged(told, photos.test)[0]:.3f}", end="   ")
        print(f"BLEU-4 {judged(told, photos.test)[1]:.3f}")
    expect(judged(told, photos.test)[1], at_least=0.16, about="BLEU-4 on photographs")

# %% [markdown]
# ## 11 Where you stand

# %%
progress(first="5.19")

# %% [markdown]
# | symbol | in code | shape | meaning |
# |---|---|---|---|
# | $Q$, keys, values | `Q`, `keys`, `values` | $(N, T, K)$, $(N, S, K)$, $(N, S, E)$ | what asks, what is compared, what comes back |
# | $A$, $P$ | `A`, `P` | $(N, T, S)$ | scores and weights of attention |
# | $Y$ | `Y` | $(N, T, E)$ | what is seen |
# | $\alpha$ | `alpha` | a number | how much long captions are favoured |
# | $a_n$, $b_n$ | `a`, `b` | $(N_{\max},)$ | runs of $n$ words found, and made |
# | $c$, $r$ | `c`, `r` | numbers | words said, words of the references |

# %% [markdown]
# **Questions.**
#
# 1. All keys are equal. What are $P$ and $Y$, and what is $\mathrm{d}Q$?
# 2. Why may a Transformer train on all words of a caption at once, and an LSTM not?
# 3. A beam of one is greedy decoding. Is a beam of two always at least as probable?
# 4. Which caption of two words has BLEU-1 of 1 and is useless? What holds against it in (5.23)?
# 5. A colleague shows attention on the dog for the word *dog*. What else would you ask to see?
#
# **Try.** `Difficulty(most_alone=3)` in section 2: now scenes may hold two or three alike things. Read what the net
# says of them after five epochs, and after ten. Which comparison did it have to learn?

# %% [markdown]
# **Sources.** Bahdanau, Cho and Bengio, *Neural machine translation by jointly learning to align and translate*, 2015. Xu et al.,
# *Show, attend and tell*, 2015. Luong, Pham and Manning, 2015. Vaswani et al., *Attention is all you need*, 2017. Papineni et al.,
# *BLEU*, 2002. Wu et al., *Google's neural machine translation system*, 2016 (length normalisation; ours is the simpler power).
# Jain and Wallace, *Attention is not explanation*, 2019. Hodosh, Young and Hockenmaier, *Framing image description as a
# ranking task*, 2013 (Flickr8k). Liu et al., *CoordConv*, 2018. Tan and Le, *EfficientNet*, 2019.

# %%
# <hand-in>
