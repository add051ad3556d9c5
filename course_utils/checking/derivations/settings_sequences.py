"""Ready derivations for sequences: embedding, recurrent nets, the LSTM's cell, attention."""

from __future__ import annotations

from course_utils.checking.derivations.known import Known
from course_utils.checking.derivations.setting import Derivation

_BOTH_STEPS = "{} was used in both steps, and this counts {} alone: ways to the loss add up."
_OWN_STEP = (
    "Each step's gradient belongs to what this step found: products of both steps are mixed."
)
_DWX, _DWH = "x1.T @ dz1 + x2.T @ dz2", "h0.T @ dz1 + h1.T @ dz2"
_DC = "v + dH * O * (1 - tanh(C)**2)"
_DA = "P[t,j] * (dP[t,j] - sum(s, P[t,s] * dP[t,s]))"

EMBEDDING = Derivation(
    name="embedding",
    title="Y[n,t] is the row of W that token t of sentence n names. dY arrives from above.",
    symbols={"tokens": "N T", "W": "V E"},
    labels={"tokens": "V"},
    rules=("Y[n,t,e] = W[tokens[n,t],e]",),
    upstream="Y",
    wanted=("dW",),
    sizes=({"N": 3, "T": 4, "V": 5, "E": 2}, {"N": 2, "T": 5, "V": 3, "E": 4}),
    smallest={"N": 1, "T": 1, "V": 2, "E": 1},
)

RNN_TWO_STEPS = Derivation(
    name="rnn_two_steps",
    title="Two steps of a recurrent net with the same Wx, Wh and b. What lies above says u1 of "
    "h1 and u2 of h2, so that L = sum of u1 * h1 + u2 * h2.",
    symbols={
        **{"x1": "N E", "x2": "N E", "h0": "N M", "Wx": "E M", "Wh": "M M", "b": "M"},
        **{"u1": "N M", "u2": "N M"},
    },
    rules=(
        "z1[n,m] = sum(e, x1[n,e] * Wx[e,m]) + sum(l, h0[n,l] * Wh[l,m]) + b[m]",
        "h1[n,m] = tanh(z1[n,m])",
        "z2[n,m] = sum(e, x2[n,e] * Wx[e,m]) + sum(l, h1[n,l] * Wh[l,m]) + b[m]",
        "h2[n,m] = tanh(z2[n,m])",
        "L = sum(n, m, u1[n,m] * h1[n,m] + u2[n,m] * h2[n,m])",
    ),
    wanted=("dh1", "dWx", "dWh", "db", "dh0"),
    sizes=({"N": 3, "E": 4, "M": 5}, {"N": 5, "E": 2, "M": 3}),
    smallest={"N": 1, "E": 1, "M": 1},
    known=(
        Known("dh1 = u1", "h1 reaches L by the second step as well.", "u1 + dz2 @ Wh.T"),
        Known(
            "dh1 = dz2 @ Wh.T",
            "h1 also reaches L directly: what lies above it says u1.",
            "u1 + dz2 @ Wh.T",
        ),
        Known(
            "dz1 = u1 * (1 - h1**2)",
            "The whole gradient at h1 goes through the tanh, with what comes back from step 2.",
            "dh1 * (1 - h1**2)",
        ),
        Known("dWx = x2.T @ dz2", _BOTH_STEPS.format("Wx", "the second"), _DWX),
        Known("dWx = x1.T @ dz1", _BOTH_STEPS.format("Wx", "the first"), _DWX),
        Known("dWx = (x1 + x2).T @ (dz1 + dz2)", _OWN_STEP, _DWX),
        Known("dWh = h1.T @ dz2", _BOTH_STEPS.format("Wh", "the second"), _DWH),
        Known("dWh = h0.T @ dz1", _BOTH_STEPS.format("Wh", "the first"), _DWH),
        Known("dWh = (h0 + h1).T @ (dz1 + dz2)", _OWN_STEP, _DWH),
        Known(
            "dWh = h1.T @ dz1 + h2.T @ dz2",
            "These are the states that the steps have made; beside Wh stood those they found.",
            _DWH,
        ),
        Known(
            "db = ones(N) @ dz2",
            _BOTH_STEPS.format("b", "the second"),
            "ones(N) @ (dz1 + dz2)",
        ),
    ),
)

LSTM_CELL = Derivation(
    name="lstm_cell",
    title="One step of the LSTM's cell, entry by entry. What lies above says u of H, and the "
    "next step says v of C, so that L = sum of u * H + v * C.",
    symbols={
        **dict.fromkeys(("Ai", "Af", "Ao", "Ag", "C_prev"), "N M"),
        **{"u": "N M", "v": "N M"},
    },
    rules=(
        "I[n,m] = sigmoid(Ai[n,m])",
        "F[n,m] = sigmoid(Af[n,m])",
        "O[n,m] = sigmoid(Ao[n,m])",
        "G[n,m] = tanh(Ag[n,m])",
        "C[n,m] = F[n,m] * C_prev[n,m] + I[n,m] * G[n,m]",
        "H[n,m] = O[n,m] * tanh(C[n,m])",
        "L = sum(n, m, u[n,m] * H[n,m] + v[n,m] * C[n,m])",
    ),
    wanted=("dC", "dC_prev", "dAi", "dAf", "dAo", "dAg"),
    sizes=({"N": 3, "M": 4}, {"N": 5, "M": 2}),
    smallest={"N": 1, "M": 1},
    known=(
        Known("dC = v", "C reaches L through H as well.", _DC),
        Known("dC = v + dH * O", "On the way through H the slope of tanh at C is missing.", _DC),
        Known("dC = v + dH", "On the way through H stand two factors: a gate and a slope.", _DC),
        Known(
            "dC = (v + dH * O) * (1 - tanh(C)**2)",
            "v arrives at C itself: it does not pass the tanh.",
            _DC,
        ),
        Known(
            "dAg = dC * I * G * (1 - G)",
            "This is the slope of a sigmoid, but G comes out of a tanh.",
            "dC * I * (1 - G**2)",
        ),
        Known(
            "dAi = dC * G * (1 - I**2)",
            "This is the slope of a tanh, but I comes out of a sigmoid.",
            "dC * G * I * (1 - I)",
        ),
        Known(
            "dAf = dC * C_prev * (1 - F**2)",
            "This is the slope of a tanh, but F comes out of a sigmoid.",
            "dC * C_prev * F * (1 - F)",
        ),
        Known(
            "dAo = dH * tanh(C) * (1 - O**2)",
            "This is the slope of a tanh, but O comes out of a sigmoid.",
            "dH * tanh(C) * O * (1 - O)",
        ),
    ),
)

TEMPORAL_SOFTMAX = Derivation(
    name="temporal_softmax",
    title="L adds up -log P[n,t,y[n,t]] where mask is 1, by N, with P = softmax(Z) place by place.",
    symbols={"Z": "N T V", "y": "N T", "mask": "N T"},
    labels={"y": "V"},
    binary=("mask",),
    rules=(
        "P[n,t,v] = exp(Z[n,t,v]) / sum(w, exp(Z[n,t,w]))",
        "L = -sum(n, t, mask[n,t] * log(P[n,t,y[n,t]])) / N",
    ),
    wanted=("dZ",),
    sizes=({"N": 3, "T": 2, "V": 4}, {"N": 2, "T": 4, "V": 3}),
    smallest={"N": 1, "T": 1, "V": 2},
    known=(
        Known(
            "dZ[n,t,v] = (P[n,t,v] - delta(v,y[n,t])) / N",
            "A place that does not count adds nothing to the loss, and so nothing here.",
            "mask[n,t] * (P[n,t,v] - delta(v,y[n,t])) / N",
        ),
    ),
)

ATTENTION = Derivation(
    name="attention",
    title="Scaled dot-product attention of one sentence: T queries look at S keys. dY arrives "
    "from above.",
    symbols={"Q": "T K", "keys": "S K", "values": "S E"},
    rules=(
        "A[t,s] = sum(k, Q[t,k] * keys[s,k]) / sqrt(K)",
        "P[t,s] = exp(A[t,s]) / sum(r, exp(A[t,r]))",
        "Y[t,e] = sum(s, P[t,s] * values[s,e])",
    ),
    upstream="Y",
    wanted=("dvalues", "dP", "dA", "dQ", "dkeys"),
    sizes=({"T": 3, "S": 4, "K": 2, "E": 5}, {"T": 2, "S": 3, "K": 5, "E": 4}),
    smallest={"T": 1, "S": 2, "K": 1, "E": 1},
    known=(
        Known(
            "dA[t,j] = P[t,j] * dP[t,j]",
            "A score changes all weights of its row, for they add up to 1: what the row as a "
            "whole says has to be taken off.",
            _DA,
        ),
        Known(
            "dA[t,j] = P[t,j] * (1 - P[t,j]) * dP[t,j]",
            "This is the slope of a sigmoid: it leaves out the other weights of the row.",
            _DA,
        ),
        Known("dA[t,j] = dP[t,j]", "Between A and P stands the softmax of each row.", _DA),
        Known(
            "dA[t,j] = P[t,j] * (dP[t,j] - sum(i, P[i,j] * dP[i,j]))",
            "The sum runs over the queries; what adds up to 1 is the row of one query.",
            _DA,
        ),
        Known("dQ = dA @ keys", "The scores were divided by sqrt(K).", "dA @ keys / sqrt(K)"),
        Known(
            "dQ = dA @ keys / K",
            "The scores were divided by the root of K, not by K.",
            "dA @ keys / sqrt(K)",
        ),
        Known("dkeys = dA.T @ Q", "The scores were divided by sqrt(K).", "dA.T @ Q / sqrt(K)"),
        Known(
            "dkeys = dA.T @ Q / K",
            "The scores were divided by the root of K, not by K.",
            "dA.T @ Q / sqrt(K)",
        ),
        Known(
            "dvalues = P.T @ dY / sqrt(K)",
            "The values do not pass the scores, so their scale is none of theirs.",
            "P.T @ dY",
        ),
    ),
)

SEQUENCES = (EMBEDDING, RNN_TWO_STEPS, LSTM_CELL, TEMPORAL_SOFTMAX, ATTENTION)
