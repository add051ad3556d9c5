"""Wrong lines written after the search was finished, and never tuned for."""

UNSEEN = {
    "linear": [
        ("dW[i,j] = sum(n, X[n,j] * dY[n,j])", "index"),
        ("dX[n,i] = sum(m, dY[m,n] * W[i,m])", "exchange"),
        ("dW = (X @ dY.T).T", "transpose|order"),
        ("db[m] = -sum(n, dY[n,m])", "sign"),
        ("dX = (dY @ W.T) / N", "factor|factor_extra"),
        ("dW = X.T @ (dY * dY)", "factor_extra"),
        ("diff(Y[n,m], b[j]) = delta(n,j)", "delta_index"),
        ("Y[n,m] = sum(d, X[n,d] * W[d,m] + b[m])", "sum_reach"),
    ],
    "relu": [
        ("dX[n,m] = where(X[m,n] > 0, dY[n,m], 0)", "exchange"),
        ("dX = dY + (X > 0)", "operator"),
    ],
    "sigmoid": [
        ("dX = dY * Y * (1 - X)", "symbol|function_missing|derivative_wrong"),
        ("Y = 1 / (2 + exp(-X))", "number"),
        ("dX = 2 * dY * Y * (1 - Y)", "factor|factor_extra"),
    ],
    "tanh": [("dX = dY / (1 - Y**2)", "inverse"), ("dX = dY * (1 - Y**3)", "power")],
    "softmax": [
        ("diff(P[n,k], Z[n,j]) = P[n,k] * (delta(k,j) - P[n,k])", "index"),
        ("P[n,k] = exp(-Z[n,k]) / sum(j, exp(Z[n,j]))", "sign"),
        ("dZ[n,j] = P[n,j] * dP[n,j] - sum(k, P[n,k] * dP[n,k])", "factor_missing|brackets"),
    ],
    "softmax_cross_entropy": [
        ("dZ[n,k] = (P[n,k] - delta(y[n],k)) * N", "inverse|factor"),
        ("dZ[n,k] = (P[n,k] - y[n]) / N", "values"),
        ("dZ[n,k] = (P[n,k] - delta(y[k],n)) / N", "delta_index|exchange"),
        ("L = -sum(n, log(Z[n,y[n]])) / N", "symbol"),
        ("dZ[n,k] = P[n,k] * (1 - delta(y[n],k)) / N", "values|brackets"),
    ],
    "l2_penalty": [("dW = 2*lam*W / D", "factor|factor_extra"), ("dW = 2*lam + W", "operator")],
    "two_layers": [
        ("dW1 = X.T @ dZ1 + 2*lam*W2.T", "symbol"),
        ("dZ1 = dA1 * (Z2 > 0)", "symbol"),
        ("dW2 = A1.T @ dZ2 + 2*W2", "factor"),
        ("db1 = dZ1", "sum_missing"),
        ("dA1 = dZ2 @ W2", "transpose"),
        ("dZ2[n,k] = P[n,k] - delta(k,y[n])", "factor"),
    ],
    "sigmoid_chain": [
        ("dz1 = dz2 * w1 * a1 * (1 - a1)", "symbol"),
        ("dz2 = dz3 * w3 * a2 * (1 + a2)", "sign"),
        ("diff(L, a3) = 2 * (a3 - t)", "factor|factor_extra|number"),
    ],
    "convolution": [
        ("dK[f,c,u,v] = sum(n,p,q, dY[n,f,p,q] * X[n,c,q+u,p+v])", "exchange|index"),
        ("dX[n,c,i,j] = sum(f,p,q, dY[n,f,i,j] * K[f,c,i-p,j-q])", "index|values"),
        ("dX[n,c,i,j] = -sum(f,p,q, dY[n,f,p,q] * K[f,c,i-p,j-q])", "sign"),
        ("db[f] = sum(n,p,q, dY[n,f,p,q]) / N", "factor|factor_extra"),
    ],
    "batch_norm": [
        ("mu[d] = sum(n, X[n,d])", "factor"),
        ("dXhat[n,d] = dY[n,d] * beta[d]", "symbol"),
        ("dgamma = sum(n, dY[n] + Xhat[n])", "operator"),
    ],
    "rnn_step": [
        ("dh_prev = dz @ Wx.T", "symbol"),
        ("dz = dh * (1 + h**2)", "sign"),
        ("dWh = h_prev.T @ dh", "symbol|derivative_missing"),
        ("db = sum(n, dh[n])", "symbol|derivative_missing"),
    ],
}
