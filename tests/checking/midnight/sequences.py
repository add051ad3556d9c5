"""Answers of lesson 05, as somebody tired writes them."""

from collections import Counter

import numpy as np

from course_utils import nn

from . import right, wrong


def _rsb(f):

    def g(dh, cache):
        x, h_prev, Wx, Wh, h = cache
        return f(dh, x, h_prev, Wx, Wh, h)

    g.__name__, g.__doc__ = (f.__name__, f.__doc__)
    return g


def _rf(X, h0, Wx, Wh, b, step):
    h, states, cache = (h0, [], [])
    for t in range(X.shape[1]):
        h, c = step(X[:, t], h, t)
        states.append(h)
        cache.append(c)
    return (np.stack(states, axis=1), cache)


def _rb(dH, cache, arrive=lambda d, dh: d + dh, times=None, last=None):
    N, T, M = dH.shape
    dh = np.zeros_like(dH[:, 0])
    dX = []
    dWx = dWh = db = 0
    for t in times(T) if times else reversed(range(T)):
        dx, dh, a, c, e = nn.rnn_step_backward(arrive(dH[:, t], dh), cache[t])
        dX.append(dx)
        dWx = dWx + a
        dWh = dWh + c
        db = db + e
    return (np.stack(dX[::-1], axis=1), dh, dWx, dWh, db)


def _lsb(f):

    def g(dh, dc, cache):
        return f(dh, dc, *cache)

    g.__name__, g.__doc__ = (f.__name__, f.__doc__)
    return g


def _finish(x, h_prev, Wx, Wh, dz, dc_prev):
    return (dz @ Wx.T, dz @ Wh.T, dc_prev, x.T @ dz, h_prev.T @ dz, dz.sum(axis=0))


def _greedy(step, state, start, end, length, stop=True, pick=np.argmax, feed=None, keep_state=True):
    tokens, score, last = ([], 0.0, start)
    while len(tokens) < length and (not stop or last != end):
        lp, new = step(state, np.array([last]))
        if keep_state:
            state = new
        k = int(pick(lp[0]))
        tokens.append(k)
        score += float(lp[0, k])
        last = k if feed is None else feed(k, start)
    return (np.array(tokens), score)


def _ab(f):

    def g(dY, cache):
        return f(dY, *cache)

    g.__name__, g.__doc__ = (f.__name__, f.__doc__)
    return g


def _T(a):
    return a.transpose(0, 2, 1)


def _beam(step, state, start, end, length, width, alpha, key, stop=True, per=None, grow=None):
    beam = [(0.0, [], state)]
    for _ in range(length):
        grown = []
        for score, tokens, st in beam:
            if stop and tokens and (tokens[-1] == end):
                grown.append((score, tokens, st))
                continue
            lp, after = step(st, np.array([tokens[-1] if tokens else start]))
            items = list(enumerate(lp[0]))
            if per:
                items = sorted(items, key=lambda a: -a[1])[:per]
            for k, v in items:
                grown.append((score + v, [*tokens, k], after))
        grown.sort(key=key)
        beam = grown[:width]
    s, t, _ = beam[0]
    return (np.array(t), s)


def runs(words, n):
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _bleu(candidates, references, max_n, clip=True, geo=True, brev=None):
    a, b, c, r = (np.zeros(max_n), np.zeros(max_n), 0, 0)
    for cand, group in zip(candidates, references, strict=False):
        c += len(cand)
        r += min((abs(len(o) - len(cand)), len(o)) for o in group)[1]
        for n in range(1, max_n + 1):
            made, allowed = (runs(cand, n), Counter())
            for o in group:
                allowed |= runs(o, n)
            a[n - 1] += (
                sum((made & allowed).values())
                if clip
                else sum((v for k, v in made.items() if k in allowed))
            )
            b[n - 1] += sum(made.values())
    if not c:
        return np.zeros(max_n)
    p = a / np.maximum(b, 1)
    with np.errstate(divide="ignore"):
        logs = np.where(a > 0, np.log(p), -np.inf).cumsum()
    out = np.exp(logs / np.arange(1, max_n + 1)) if geo else p.cumsum() / np.arange(1, max_n + 1)
    pen = min(1.0, np.exp(1 - r / c)) if brev is None else brev(r, c)
    return pen * out


@wrong("5.1", "IndexError: index 5 on axis 1, which has E = 5 entries:")
def emb_columns(tokens, W):
    return (W[:, tokens], (tokens, W.shape))


@right("5.1")
def emb_onehot(tokens, W):
    return (np.eye(len(W), dtype=W.dtype)[tokens] @ W, (tokens, W.shape))


@right("5.1")
def emb_take(tokens, W):
    return (np.take(W, tokens, axis=0), (tokens, W.shape))


@wrong("5.2", "IndexError: index 3 on axis 0, which has N = 3 entries:")
def embb_lookup(dY, cache):
    tokens, shape = cache
    return dY[tokens]


@wrong("5.2", "only the first sample counts: the others are overwritten")
def embb_first_sentence(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    np.add.at(dW, tokens[0], dY[0])
    return dW


@right("5.2")
def embb_onehot(dY, cache):
    tokens, shape = cache
    return np.einsum("ntv,nte->ve", tokens[..., None] == np.arange(shape[0]), dY).astype(dY.dtype)


@right("5.2")
def embb_bincount(dY, cache):
    tokens, shape = cache
    cols = [np.bincount(tokens.ravel(), dY[..., e].ravel(), shape[0]) for e in range(shape[1])]
    return np.stack(cols, 1).astype(dY.dtype)


@wrong("5.3", "each product has a tanh of its own, then they add.")
def rnns_two_tanh(x, h_prev, Wx, Wh, b):
    h = np.tanh(x @ Wx) + np.tanh(h_prev @ Wh + b)
    return (h, (x, h_prev, Wx, Wh, h))


@right("5.3")
def rnns_concatenated(x, h_prev, Wx, Wh, b):
    h = np.tanh(np.hstack([x, h_prev]) @ np.vstack([Wx, Wh]) + b)
    return (h, (x, h_prev, Wx, Wh, h))


@wrong("5.4", "these are the numbers of dWx: exchanged? The order of wh")
@_rsb
def rsb_order(dh, x, h_prev, Wx, Wh, h):
    dz = dh * (1 - h**2)
    return (dz @ Wx.T, x.T @ dz, dz @ Wh.T, h_prev.T @ dz, dz.sum(0))


@right("5.4")
@_rsb
def rsb_joint(dh, x, h_prev, Wx, Wh, h):
    dz = dh - dh * h * h
    D = x.shape[1]
    both = dz @ np.concatenate([Wx, Wh]).T
    dW = np.concatenate([x, h_prev], axis=1).T @ dz
    return (both[:, :D], both[:, D:], dW[:D], dW[D:], np.einsum("nm->m", dz))


@wrong("5.5", "this would be right if X held its first entry everywhere")
def rnnf_same_input(X, h0, Wx, Wh, b):
    return _rf(X, h0, Wx, Wh, b, lambda x, h, t: nn.rnn_step_forward(X[:, 0], h, Wx, Wh, b))


@right("5.5")
def rnnf_preallocated(X, h0, Wx, Wh, b):
    N, T, D = X.shape
    H = np.zeros((N, T + 1, len(b)), X.dtype)
    H[:, 0] = h0
    XW = X @ Wx + b
    for t in range(T):
        H[:, t + 1] = np.tanh(XW[:, t] + H[:, t] @ Wh)
    return (H[:, 1:], (X, H, Wx, Wh))


@wrong("5.7", "these are just the numbers of dH at the first place alon")
def rnnb_dh0_is_dH0(dH, cache):
    dX, dh, dWx, dWh, db = _rb(dH, cache)
    return (dX, dH[:, 0], dWx, dWh, db)


@wrong("5.7", "the caches are read from the wrong end, dH from the righ")
def rnnb_cache_wrong_order(dH, cache):
    return _rb(dH, cache[::-1])


@right("5.7")
def rnnb_carry_in_dH(dH, cache):
    G = dH.copy()
    T = G.shape[1]
    out = []
    for t in range(T - 1, -1, -1):
        parts = nn.rnn_step_backward(G[:, t], cache[t])
        out.insert(0, parts)
        if t:
            G[:, t - 1] += parts[1]
    return (
        np.stack([o[0] for o in out], 1),
        out[0][1],
        *(sum(o[k] for o in out) for k in (2, 3, 4)),
    )


@right("5.8")
def lstm_by_slices(x, h_prev, c_prev, Wx, Wh, b):
    M = h_prev.shape[1]

    def a(k):
        s = slice(k * M, (k + 1) * M)
        return x @ Wx[:, s] + h_prev @ Wh[:, s] + b[s]

    i, f, o = (1 / (1 + np.exp(-a(k))) for k in range(3))
    g = np.tanh(a(3))
    c = i * g + f * c_prev
    return (np.tanh(c) * o, c, (x, h_prev, c_prev, Wx, Wh, i, f, o, g, c))


@wrong("5.10", "dc was changed in place, but its owner still needs it. W")
@_lsb
def lsb_dc_in_place(dh, dc, x, h_prev, c_prev, Wx, Wh, i, f, o, g, c):
    dc += dh * o * (1 - np.tanh(c) ** 2)
    dz = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
            dc * i * (1 - g**2),
        ],
        axis=1,
    )
    return _finish(x, h_prev, Wx, Wh, dz, dc * f)


@wrong("5.10", "ValueError: a product @ of arrays whose inner sizes do n")
@_lsb
def lsb_concat_axis0(dh, dc, x, h_prev, c_prev, Wx, Wh, i, f, o, g, c):
    dc = dc + dh * o * (1 - np.tanh(c) ** 2)
    dz = np.concatenate(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dh * np.tanh(c) * o * (1 - o),
            dc * i * (1 - g**2),
        ]
    )
    return _finish(x, h_prev, Wx, Wh, dz, dc * f)


@right("5.10")
@_lsb
def lsb_blockwise(dh, dc, x, h_prev, c_prev, Wx, Wh, i, f, o, g, c):
    th = np.tanh(c)
    e = dc + dh * o * (1 - th) * (1 + th)
    dz = np.hstack(
        [e * g * (i - i * i), e * c_prev * (f - f * f), dh * th * (o - o * o), e * i * (1 - g * g)]
    )
    return (
        np.einsum("nk,dk->nd", dz, Wx),
        np.einsum("nk,mk->nm", dz, Wh),
        f * e,
        np.einsum("nd,nk->dk", x, dz),
        np.einsum("nm,nk->mk", h_prev, dz),
        dz.sum(0),
    )


@right("5.11")
def lstmf_dict(X, h0, Wx, Wh, b):
    state = {"h": h0, "c": 0 * h0}
    H, cache = (np.empty((*X.shape[:2], h0.shape[1]), X.dtype), [])
    for t, x in enumerate(X.swapaxes(0, 1)):
        state["h"], state["c"], s = nn.lstm_step_forward(x, state["h"], state["c"], Wx, Wh, b)
        H[:, t] = state["h"]
        cache.append(s)
    return (H, cache)


@wrong("5.13", "this is the result of the last sample alone times 1/N")
def tsf_loop_overwrites(Z, y, mask):
    lp = nn.log_softmax(Z.reshape(-1, Z.shape[2])).reshape(Z.shape)
    N, T = y.shape
    for n in range(N):
        loss = 0.0
        for t in range(T):
            if mask[n, t]:
                loss -= lp[n, t, y[n, t]]
    return (loss / N, (lp, y, mask))


@right("5.13")
def tsf_flat(Z, y, mask):
    rows, labels = (Z[mask], y[mask])
    return (
        (np.logaddexp.reduce(rows, axis=1) - rows[np.arange(len(rows)), labels]).sum() / len(Z),
        (nn.log_softmax(Z.reshape(-1, Z.shape[2])).reshape(Z.shape), y, mask),
    )


@wrong("5.15", "expected an array of booleans, got tuple; NumPy takes wh")
def shift_mask_indices(tokens, null=0):
    i, t = (tokens[:, :-1], tokens[:, 1:])
    return (i, t, np.where(t != null))


@right("5.15")
def shift_slices(tokens, null=0):
    T = tokens.shape[1] - 1
    return (
        np.array([list(r)[:T] for r in tokens]),
        np.delete(tokens, 0, axis=1),
        ~np.equal(tokens[:, 1:], null),
    )


@wrong("5.17", 'grads["Wx"], grads["Wh"] and grads["b"] were changed in')
def clip_in_place(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    if norm > max_norm:
        for k in grads:
            grads[k] *= max_norm / norm
    return (grads, norm)


@right("5.17")
def clip_flat(grads, max_norm):
    v = np.concatenate([g.ravel() for g in grads.values()])
    n = np.linalg.norm(v)
    return ({k: g / max(1, n / max_norm) for k, g in grads.items()}, float(n))


@wrong("5.18", "ValueError: step: expected tokens of shape (1,), one for")
def greedy_feeds_int(step, state, start, end, length):
    tokens, score, last = ([], 0.0, start)
    while len(tokens) < length and last != end:
        lp, state = step(state, last)
        last = int(lp.argmax())
        tokens.append(last)
        score += lp[0, last]
    return (np.array(tokens), score)


@wrong("5.18", "expected whole numbers, got float64.")
def greedy_floats(step, state, start, end, length):
    t, s = _greedy(step, state, start, end, length)
    return (t.astype(float), s)


@right("5.18")
def greedy_for_break(step, state, start, end, length):
    out, total, prev = (np.zeros(length, int), 0.0, start)
    n = 0
    for n in range(1, length + 1):
        lp, state = step(state, np.asarray([prev]))
        prev = np.argmax(lp, axis=1)[0]
        out[n - 1], total = (prev, total + lp[0, prev])
        if prev == end:
            break
    return (out[:n], total)


@wrong("5.19", "ValueError: a product @ of arrays whose inner sizes do n")
def att_dot_T(Q, keys, values, mask=None):
    A = Q @ keys.T / np.sqrt(Q.shape[2])
    return (A @ values, None)


@right("5.19")
def att_einsum(Q, keys, values, mask=None):
    A = np.einsum("ntk,nsk->nts", Q, keys) * Q.shape[-1] ** (-0.5)
    m = np.ones(A.shape, bool) if mask is None else np.broadcast_to(mask, A.shape)
    A = A - np.where(m, A, -1e30).max(-1, keepdims=True)
    E = np.exp(np.minimum(A, 0)) * m
    P = E / np.maximum(E.sum(-1, keepdims=True), np.finfo(A.dtype).tiny)
    return (np.einsum("nts,nse->nte", P, values), (Q, keys, values, P))


@wrong("5.21", "these are the numbers of dkeys: exchanged? The order of")
@_ab
def ab_q_keys_swapped(dY, Q, keys, values, P):
    dP = dY @ _T(values)
    dA = P * (dP - (P * dP).sum(2, keepdims=True)) / np.sqrt(Q.shape[2])
    return (_T(dA) @ Q, dA @ keys, _T(P) @ dY)


@wrong("5.21", "the plain mean of P dP is taken off, not its sum.")
@_ab
def ab_mean_for_sum(dY, Q, keys, values, P):
    dP = dY @ _T(values)
    dA = P * (dP - (P * dP).mean(2, keepdims=True)) / np.sqrt(Q.shape[2])
    return (dA @ keys, _T(dA) @ Q, _T(P) @ dY)


@wrong("5.21", "ValueError: arrays of shapes (N, T, S) = (2, 3, 4) and (")
@_ab
def ab_no_keepdims(dY, Q, keys, values, P):
    dP = dY @ _T(values)
    dA = P * (dP - (P * dP).sum(2)) / np.sqrt(Q.shape[2])
    return (dA @ keys, _T(dA) @ Q, _T(P) @ dY)


@wrong("5.21", "it grows fourfold when dY is doubled: dY is used twice.")
@_ab
def ab_dvalues_of_dP(dY, Q, keys, values, P):
    dP = dY @ _T(values)
    dA = P * (dP - (P * dP).sum(2, keepdims=True)) / np.sqrt(Q.shape[2])
    return (dA @ keys, _T(dA) @ Q, _T(dA) @ dY)


@right("5.21")
@_ab
def ab_jacobian(dY, Q, keys, values, P):
    S = P.shape[2]
    J = P[..., :, None] * (np.eye(S, dtype=P.dtype) - P[..., None, :])
    dP = np.einsum("nte,nse->nts", dY, values)
    dA = np.einsum("nts,ntsr->ntr", dP, J) / Q.shape[2] ** 0.5
    return (
        np.einsum("nts,nsk->ntk", dA, keys),
        np.einsum("nts,ntk->nsk", dA, Q),
        np.einsum("nts,nte->nse", P, dY),
    )


@right("5.22")
def beam_top_per_row(step, state, start, end, length, width, alpha=0.0):
    return _beam(
        step,
        state,
        start,
        end,
        length,
        width,
        alpha,
        lambda o: (-o[0] / len(o[1]) ** alpha, o[1]),
        per=width,
    )


@wrong("5.23", "these are the right numbers for the last place a")
def bleu_only_last(candidates, references, max_n=4):
    return _bleu(candidates, references, max_n)[-1]


@wrong("5.23", "By hand")
def bleu_characters(candidates, references, max_n=4):
    return _bleu(
        [" ".join(c) for c in candidates], [[" ".join(o) for o in g] for g in references], max_n
    )


@right("5.23")
def bleu_products(candidates, references, max_n=4):
    a, b = ([0] * max_n, [0] * max_n)
    c = sum(map(len, candidates))
    r = 0
    for cand, group in zip(candidates, references, strict=False):
        lengths = sorted(len(g) for g in group)
        r += min(lengths, key=lambda L: (abs(L - len(cand)), L))
        for n in range(max_n):
            grams = [tuple(cand[i : i + n + 1]) for i in range(len(cand) - n)]
            for g in set(grams):
                best = max(
                    sum(tuple(o[i : i + n + 1]) == g for i in range(len(o) - n)) for o in group
                )
                a[n] += min(best, grams.count(g))
            b[n] += len(grams)
    if c == 0:
        return np.zeros(max_n)
    out, prod = ([], 1.0)
    for n in range(max_n):
        prod *= a[n] / b[n] if b[n] else 0.0
        out.append(prod ** (1 / (n + 1)))
    return np.array(out) * (1.0 if c > r else np.exp(1 - r / c))
