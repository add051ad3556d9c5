"""Lines as a tired student types them, right ones of odd form and wrong ones with what is said."""

RIGHT = {
    "linear": [
        "dW[i,j] = sum(a, dY[a,j] * X[a,i])",
        "dX = (W @ dY.T).T",
        "db[m] = sum(n, 1 * dY[n,m])",
        "dW = sum(n, outer(X[n,:], dY[n,:]))",
        "dX[n,i] = dY[n] @ W[i]",
        "db = ones(N) @ (dY)",
        "dW[:,j] = X.T @ dY[:,j]",
        "dW[i,j] = sum(n, sum(m, where(m == j, dY[n,m] * X[n,i], 0)))",
        "dX[n] = sum(m, dY[n,m] * W[:,m])",
        "dW = -X.T @ (-dY)",
        "dX = dY @ W.T + 0 * X",
        "dX[n,d] = sum(m, dY[n,m]*W[d,m]) / 1",
    ],
    "relu": [
        "dX = dY * (Y > 0)",
        "dX[n,m] = dY[n,m] * (1 - (X[n,m] <= 0))",
        "dX = dY * sign(Y)",
        "dX = dY * (sign(X) + 1) / 2",
        "dX = where(X < 0, 0, dY)",
    ],
    "sigmoid": [
        "dX = dY * sigmoid(X) * (1 - sigmoid(X))",
        "dX = Y * dY - Y**2 * dY",
        "dX = dY / (2 + exp(X) + exp(-X))",
        "dX = dY * exp(X) / (1 + exp(X))**2",
    ],
    "tanh": [
        "dX = dY - dY * Y**2",
        "dX = 4 * dY / (exp(X) + exp(-X))**2",
        "dX[i,j] = dY[i,j] * (1 - tanh(X[i,j])**2)",
    ],
    "softmax": [
        "dZ[n,j] = sum(k, dP[n,k] * P[n,k] * delta(k,j)) - sum(k, dP[n,k] * P[n,k] * P[n,j])",
        "dZ[n] = P[n] * dP[n] - P[n] * (P[n] @ dP[n])",
        "dZ[n,j] = sum(k, P[n,j] * P[n,k] * (dP[n,j] - dP[n,k]))",
    ],
    "softmax_cross_entropy": [
        "dZ[n,k] = (softmax(Z)[n,k] - delta(k,y[n])) / N",
        "dZ[n,k] = -(delta(k,y[n]) - P[n,k]) / N",
        "dZ[i,c] = P[i,c]/N - where(y[i] == c, 1/N, 0)",
    ],
    "two_layers": [
        "dW2 = (dZ2.T @ A1).T + lam*2*W2",
        "dZ1 = where(Z1 > 0, dZ2 @ W2.T, 0)",
        "db1[m] = sum(n, dA1[n,m] * (Z1[n,m] > 0))",
        "dZ1[n,m] = sum(k, dZ2[n,k]*W2[m,k]) * (A1[n,m] > 0)",
    ],
    "batch_norm": [
        "dgamma[d] = sum(n, dY[n,d] * (X[n,d] - mu[d])) / sqrt(var[d] + eps)",
        "dX[n,d] = gamma[d]/sqrt(var[d]+eps) * (dY[n,d] - sum(k, dY[k,d])/N "
        "- Xhat[n,d]*sum(k, dY[k,d]*Xhat[k,d])/N)",
    ],
    "convolution": [
        "dK[f,c,u,v] = sum(n, sum(p, q, X[n,c,u+p,v+q] * dY[n,f,p,q]))",
    ],
    "rnn_step": [
        "dWh = (dz.T @ h_prev).T",
        "db = sum(n, dh[n] * (1 - h[n]**2))",
        "dx = (dh - dh*h*h) @ Wx.T",
    ],
    "attention": [
        "dP = dY @ values.T",
        "dQ = (dA @ keys) * K**(-1/2)",
        "dvalues = (dY.T @ P).T",
    ],
    "logistic": [
        "dw = (p - y) @ X / N",
        "dz = -(y - p) / N",
        "dz[n] = where(y[n] == 1, -(1 - p[n]), p[n]) / N",
    ],
}

# setting: (line, words that the message holds)
WRONG = {
    "linear": [
        ("= X.T @ dY", "A line is an equation:"),
        ("dW = dY @ X", "In dY @ X the two factors stand in the wrong order, and"),
        ("dW = dY.T @ X", "In dY.T @ X the two factors stand in the wrong order, a"),
        ("dW = X @ dY", "In X @ dY X must be transposed."),
        ("db = dY", "A sum is missing:"),
        ("db = sum(m, dY[:,m])", "two of its indices are exchanged."),
        ("dX = dY @ W", "In dY @ W W must be transposed."),
        ("dX = W.T @ dY", "In W.T @ dY the two factors stand in the wrong order."),
        ("dW = X.T * dY", "X.T is (D, N) and dY is (N, M):"),
        ("dW = X^T @ dY", "A power is written **, not ^:"),
        ("dW = XT @ dY", "Do you mean X.T?"),
        ("dW = np.dot(X.T, dY)", "Write a product with @:"),
        ("dW = X.transpose() @ dY", "Write X.T."),
        ("dW == X.T @ dY", "An equation has one =, not ==."),
        ("dW: X.T @ dY", "A line is an equation:"),
        ("X.T @ dY", "A line is an equation:"),
        ("dW[i,j] = Σ_n X[n,i] dY[n,j]", "Write sum(n, …)."),
        ("dW[i,j] = sum_n X[n,i]*dY[n,j]", "A sum names its letters first, without bounds:"),
        ("dW[i,j] = sum(n, X[n,i] dY[n,j])", "Is a * missing between two factors?"),
        ("dW[i,j] = sum(n, X[n,i] * dY[n,j]", "Brackets do not match:"),
        ("dw = X.T @ dY", "Do you mean dW?"),
        ("dW = x.T @ dY", "Do you mean X?"),
        ("dW = X.T @ dZ", "Do you mean db, dY, dX or dW?"),
        ("db = sum(dY)", "sum names its letters first:"),
        ("db = sum(dY, axis=0)", "Write sum(n, dY[n,m])."),
        ("db = dY.sum(axis=0)", "Write sum(n, dY[n,m])."),
        ("dW[i,j] = sum(n=1..N, X[n,i]*dY[n,j])", "A sum names its letters first, without bounds:"),
        ("dW = XᵀdY", "Write .T."),
        ("dX = dY / W", "dY is (N, M) and W is (D, M):"),
        ("dW[i,j] = X[n,i] * dY[n,j]", "A sum over n is missing."),
        ("dY = X.T @ dW", "X.T is (D, N) and dW is (D, M):"),
        ("dX = dY @ W.T + b", "The term b is too much."),
        ("dW = 0", "entry [0,0] of the left side is -6, the right side gives 0"),
    ],
    "convolution": [
        (
            "dX[n,c,a,b] = sum(f,u,v, K[f,c,u,v] * dY[n,f,a-u,b-v])",
            "b is a declared array, not an index letter:",
        ),
        (
            "dX[n,c,i,j] = sum(f,p,q, dY[n,f,p,q] * K[f,c,p-i,q-j])",
            "In K[f,c,p-i,q-j] the offsets have the wrong sign.",
        ),
        (
            "dX[n,c,i,j] = sum(f,u,v, dY[n,f,i+u,j+v] * K[f,c,u,v])",
            "In dY[n,f,i+u,j+v] the offsets have the wrong sign.",
        ),
        ("dK = X * dY", "X is (N, C, H, W) and dY is (N, F, P, Q):"),
        ("db = sum(n, dY[n])", "The left side is (F,), the right side (F, P, Q)."),
    ],
    "relu": [
        ("dX = dY * X", "X is not the derivative of relu."),
        ("dX = dY * relu(X)", "relu itself stands where its derivative belongs."),
        ("dX = dY if X > 0 else 0", "A choice is written where(X[n,i] > 0, dY[n,i], 0)."),
        ("dX = max(dY, 0)", "X = 1, dY = -2: entry [0,0] of the left side is -2"),
        ("dX = dY * (X > 0) * X", "The factor X is too much."),
        ("dX = dY * (X < 0)", "The condition X < 0 is the wrong way round."),
    ],
    "sigmoid": [
        ("dX = Y * (1 - Y)", "A factor is missing at Y * (1 - Y)."),
        ("dX = dY * Y * (Y - 1)", "The sign of the whole right side is wrong."),
        (
            "dX = dY * sigmoid(Y) * (1 - sigmoid(Y))",
            "sigmoid(Y) * (1 - sigmoid(Y)) is not the derivative of",
        ),
        ("dX = dY * Y (1 - Y)", "a * is missing in front of the bracket."),
        ("dX = dY * (1 - Y)", "1 - Y is not the derivative of sigmoid."),
        ("dX = dY * Y * 1 - Y", "Brackets are missing in dY * Y * 1 - Y:"),
    ],
    "softmax": [
        ("dZ = P * (1 - P) * dP", "it leaves out the other probabilities of the row."),
        (
            "dZ[n,j] = P[n,j] * (dP[n,j] - sum(n, P[n,j] * dP[n,j]))",
            "The sum runs over n, but it belongs over the index wher",
        ),
        (
            "dZ[n,j] = P[n,j] * (dP[n,j] + sum(k, P[n,k] * dP[n,k]))",
            "The sign in front of sum(k, P[n,k] * dP[n,k]) is wrong.",
        ),
    ],
    "softmax_cross_entropy": [
        ("dZ = (P - y) / N", "P is (N, C) and y is (N,):"),
        ("dZ[n,k] = (P[n,k] - 1) / N", "A delta is missing at 1:"),
        ("dZ[n,k] = (delta(k,y[n]) - P[n,k]) / N", "The sign of the whole right side is wrong."),
        ("dZ[n,k] = (P[n,k] - delta(y,k)) / N", "delta(y, k) compares the wrong indices."),
        ("dZ[n,k] = (P[n,k] - delta(k,y[n])) / C", "A factor C/N is missing."),
        (
            "dZ[n,k] = P[n,k] - delta(k,y[n]) / N",
            "Brackets are missing in P[n,k] - delta(k, y[n]) / N:",
        ),
    ],
    "two_layers": [
        ("dW1 = X.T @ dZ1 + lam*W1", "A factor 2 is missing at lam * W1."),
        ("dA1 = W2 @ dZ2", "In W2 @ dZ2 the two factors stand in the wrong order, a"),
        ("dZ1 = dA1 * Z1", "Z1 is not the derivative of relu."),
        ("dW1 = X.T @ dA1 + 2*lam*W1", "The derivative of the activation is missing:"),
        ("db2 = sum(n, dZ2[n]) + 2*lam*b2", "The term 2 * lam * b2 is too much."),
    ],
    "batch_norm": [
        (
            "dgamma[d] = sum(n, dY[n,d] * X[n,d])",
            "X is not the right array here; another belongs in its p",
        ),
        (
            "dX = dY * gamma / sqrt(var + eps)",
            "This takes mu and var for constants; both are made from",
        ),
        ("dgamma[n] = sum(d, dY[n,d] * Xhat[n,d])", "two of its indices are exchanged."),
    ],
    "rnn_step": [
        ("dWh = h.T @ dz", "h is not the right array here; another belongs in its p"),
        ("dh_prev = dz @ Wh", "In dz @ Wh Wh must be transposed."),
        ("dz = dh * (1 - z**2)", "tanh is missing at z."),
        ("dx = dh @ Wx.T", "The derivative of the activation is missing:"),
    ],
    "attention": [
        ("dQ = dA @ keys * sqrt(K)", "1/K is missing:"),
        ("dkeys = Q.T @ dA / sqrt(K)", "In Q.T @ dA the two factors stand in the wrong order, a"),
        ("dvalues = P @ dY", "In P @ dY P must be transposed."),
        ("dA = P * dP", "what the row as a whole says has to be taken off."),
    ],
    "logistic": [
        ("dw = X.T @ (p - y)", "1/N is missing:"),
        ("dz = p - y / N", "Brackets are missing in p - y / N:"),
        ("db = p - y", "1/N is missing:"),
        ("dz = (y - p) / N", "The sign of the whole right side is wrong."),
        ("dw = X @ dz", "In X @ dz the two factors stand in the wrong order."),
    ],
}
