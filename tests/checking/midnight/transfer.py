"""Answers of lesson 06, as somebody tired writes them."""

import numpy as np
import torch
from torch import nn as tnn
from torch.nn.functional import cross_entropy

from . import right, wrong


def _fn(X, gamma, beta, running, eps, f):
    inv = 1 / np.sqrt(running["var"] + eps)
    Xh = (X - running["mean"]) * inv
    return (f(Xh, inv), (Xh, gamma, inv))


def _ep(net, optimizer, batches, body):
    losses = []
    net.train()
    net.body.eval()
    for X, y in batches:
        body(net, optimizer, X, y, losses)
    return losses


@wrong("6.1", "brackets are lost: mean is divided by std, the pixels ar")
def prep_bracket(X, image_shape, mean, std):
    p = X.reshape(-1, *image_shape) / 255
    return (p - np.array(mean) / np.array(std)).transpose(0, 3, 1, 2)


@wrong("6.1", "channels are reversed before mean and std are used.")
def prep_bgr(X, image_shape, mean, std):
    p = X.reshape(-1, *image_shape)[..., ::-1] / 255
    return ((p - np.array(mean)) / np.array(std)).transpose(0, 3, 1, 2)


@right("6.1")
def prep_moveaxis(X, image_shape, mean, std):
    p = np.moveaxis(X.reshape(len(X), *image_shape), -1, 1).astype(np.float32)
    m, s = (np.asarray(a, np.float32).reshape(1, -1, 1, 1) for a in (mean, std))
    return (p - 255 * m) / (255 * s)


@right("6.2")
def nearest_loop(Q, F, k):
    idx, sim = (np.zeros((len(Q), k), int), np.zeros((len(Q), k)))
    for i, q in enumerate(Q):
        c = [q @ f / np.sqrt(q @ q * (f @ f)) for f in F]
        o = sorted(range(len(F)), key=lambda j: -c[j])[:k]
        idx[i], sim[i] = (o, [c[j] for j in o])
    return (idx, sim)


@right("6.3")
def freeze_loop(net):
    for m in net.body.modules():
        m.train(False)
        for p in m.parameters(recurse=False):
            p.requires_grad_(False)


@wrong("6.4", "meet a layer, or a matrix, that takes")
def head_wrong_in(net, C, learning_rate):
    net.head = tnn.Linear(net.head.out_features, C)
    return torch.optim.SGD(net.head.parameters(), lr=learning_rate)


@wrong("6.4", "expected an optimizer, got None (no `return`?).")
def head_no_return(net, C, learning_rate):
    net.head = tnn.Linear(net.head.in_features, C)
    torch.optim.SGD(net.head.parameters(), lr=learning_rate)


@wrong("6.4", "is learning_rate used, or is a fixed number in its place")
def head_hard_rate(net, C, learning_rate):
    net.head = tnn.Linear(net.head.in_features, C)
    return torch.optim.SGD(net.head.parameters(), lr=0.01)


@right("6.4")
def head_shape(net, C, learning_rate):
    new = tnn.Linear(net.head.weight.shape[1], C)
    net.head = new
    return torch.optim.SGD([{"params": [new.weight]}, {"params": [new.bias]}], lr=learning_rate)


@wrong("6.5", "AttributeError: this is a dictionary (dict), which has n")
def fnf_attribute(X, gamma, beta, running, eps=1e-05):
    return (
        _fn(X, gamma, beta, running, eps, lambda Xh, inv: gamma * Xh + beta)
        if hasattr(running, "mean")
        else (running.mean, None)
    )


@wrong("6.5", "X was changed in place, but its owner still needs it. Wo")
def fnf_in_place(X, gamma, beta, running, eps=1e-05):
    X -= running["mean"]
    X /= np.sqrt(running["var"] + eps)
    return (gamma * X + beta, (X, gamma, 1 / np.sqrt(running["var"] + eps)))


@right("6.5")
def fnf_affine(X, gamma, beta, running, eps=1e-05):
    inv = (running["var"] + eps) ** (-0.5)
    a = gamma * inv
    return (a * X + (beta - a * running["mean"]), ((X - running["mean"]) * inv, gamma, inv))


@right("6.7")
def fnb_einsum(dY, cache):
    Xh, gamma, inv = cache
    return (
        np.einsum("nd,d,d->nd", dY, gamma, inv),
        np.einsum("nd,nd->d", dY, Xh),
        np.einsum("nd->d", dY),
    )


@wrong("6.8", "expected a list of numbers, got one float.")
def epoch_mean(net, optimizer, batches):

    def f(net, o, X, y, L):
        o.zero_grad()
        loss = cross_entropy(net(X), y)
        loss.backward()
        o.step()
        L.append(loss.item())

    return float(np.mean(_ep(net, optimizer, batches, f)))


@wrong("6.8", "RuntimeError: nothing on the way to this number records")
def epoch_no_grad(net, optimizer, batches):

    def f(net, o, X, y, L):
        with torch.no_grad():
            o.zero_grad()
            loss = cross_entropy(net(X), y)
        loss.backward()
        o.step()
        L.append(loss.item())

    return _ep(net, optimizer, batches, f)


@wrong("6.8", "Error: this works on floats, and got whole")  # its type depends on PyTorch
def epoch_args_swapped(net, optimizer, batches):

    def f(net, o, X, y, L):
        o.zero_grad()
        loss = cross_entropy(y, net(X))
        loss.backward()
        o.step()
        L.append(loss.item())

    return _ep(net, optimizer, batches, f)


@right("6.8")
def epoch_nll(net, optimizer, batches):
    for m in net.modules():
        m.training = True
    for m in net.body.modules():
        m.training = False
    out = []
    for X, y in batches:
        lp = net(X).log_softmax(1)
        loss = -lp[torch.arange(len(y)), y].mean()
        for g in optimizer.param_groups:
            for p in g["params"]:
                p.grad = None
        loss.backward()
        optimizer.step()
        out.append(float(loss))
    return out


@wrong("6.9", "expected a number, got Tensor. A tensor of one number be")
def measure_tensor(net, X, y):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        acc = (net(X).argmax(1) == y).float().mean()
    for m, t in modes:
        m.training = t
    return acc


@right("6.9")
def measure_topk(net, X, y):
    flags = {m: m.training for m in net.modules()}
    try:
        net.train(False)
        with torch.inference_mode():
            hit = torch.topk(net(X), 1).indices[:, 0].eq(y)
        return hit.sum().item() / len(y)
    finally:
        for m, f in flags.items():
            m.training = f


@wrong("6.10", "below is multiplied by a falling count, not a power.")
def rates_linear(depth, learning_rate, below):
    return learning_rate * below * np.arange(depth, 0, -1.0)


@wrong("6.10", "expected an array, got list. np.array makes an array of")
def rates_list(depth, learning_rate, below):
    return [learning_rate * below**k for k in range(depth - 1, -1, -1)]


@right("6.10")
def rates_geom(depth, learning_rate, below):
    r = [learning_rate]
    while len(r) < depth:
        r.insert(0, r[0] * below)
    return np.array(r, float)


@wrong("6.11", "missing. Returned were W2, b2, W3, b3.")
def swr_drops_frozen(params, grads, rates, weight_decay):
    return {
        k: params[k]
        - rates[k] * (grads[k] + (2 * weight_decay * params[k] if params[k].ndim > 1 else 0))
        for k in rates
    }


@wrong("6.11", "proportional to the right values, by a factor that varie")
def swr_decays_frozen(params, grads, rates, weight_decay):
    return {
        k: w - rates.get(k, 0) * grads.get(k, 0) - (0.1 * 2 * weight_decay * w if w.ndim > 1 else 0)
        for k, w in params.items()
    }


@wrong("6.11", 'params["W2"], params["b2"], params["W3"], params["b3"],')
def swr_in_place(params, grads, rates, weight_decay):
    for k in rates:
        if params[k].ndim > 1:
            params[k] -= rates[k] * 2 * weight_decay * params[k]
        params[k] -= rates[k] * grads[k]
    return params


@wrong("6.11", "KeyError: 'W1': there is no such key. rates has W2, b2,")
def swr_keyerror(params, grads, rates, weight_decay):
    return {k: w - rates[k] * grads[k] for k, w in params.items()}


@right("6.11")
def swr_multiplicative(params, grads, rates, weight_decay):
    out = {}
    for k in params:
        r = rates.get(k, 0.0)
        shrink = 1 - 2 * r * weight_decay * (params[k].ndim == 2)
        out[k] = shrink * params[k] - (r * grads[k] if r else 0)
    return out


@right("6.13")
def sm_mixture(Z, y, smoothing):
    N, C = Z.shape
    lse = np.logaddexp.reduce(Z, 1)
    hard = (lse - Z[range(N), y]).mean()
    even = (lse - Z.mean(1)).mean()
    P = np.exp(Z - lse[:, None])
    d = P - smoothing / C
    d[range(N), y] -= 1 - smoothing
    return ((1 - smoothing) * hard + smoothing * even, d / N)


@right("6.14")
def mi_stats(hits, t):
    R, N = hits.shape
    a = [int(h.sum()) / N for h in hits]
    m = sum(a) / R
    s2 = sum((v - m) ** 2 for v in a) / (R - 1)
    e = t * (s2 / R) ** 0.5
    return (m, m - e, m + e)
