"""LSTM, GRU and SVDF of one sample in float64, from their definitions."""

import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def lstm(op, x):
    """``(T, H)`` for one sample ``(T, I)``, and the cell after every step."""
    units = op.bias.shape[1]
    hidden, cell = np.zeros(units), np.zeros(units)
    made, cells = [], []
    for row in x:
        i, f, g, o = op.input_weight @ row + op.hidden_weight @ hidden + op.bias
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        hidden = sigmoid(o) * np.tanh(cell)
        made.append(hidden)
        cells.append(cell)
    return np.array(made), np.array(cells)


def gru(op, x):
    """``(T, H)`` for one sample ``(T, I)``."""
    hidden = np.zeros(op.bias.shape[1])
    made = []
    for row in x:
        given = op.input_weight @ row + op.bias
        own = op.hidden_weight @ hidden + op.hidden_bias
        z, r = sigmoid(given[:2] + own[:2])
        if op.reset_after:
            new = np.tanh(given[2] + r * own[2])
        else:
            new = np.tanh(given[2] + op.hidden_weight[2] @ (r * hidden) + op.hidden_bias[2])
        hidden = (1 - z) * new + z * hidden
        made.append(hidden)
    return np.array(made)


def svdf(op, rows):
    """``(N, U)`` for samples ``(N, I)`` that follow each other."""
    units, steps = len(op.bias), op.time_weight.shape[1]
    kept = np.zeros((len(op.feature_weight), steps))
    made = []
    for row in rows:
        kept = np.concatenate([kept[:, 1:], (op.feature_weight @ row)[:, None]], axis=1)
        sums = (kept * op.time_weight).sum(axis=1).reshape(units, -1).sum(axis=1) + op.bias
        made.append(np.clip(sums, op.clamp.low, op.clamp.high))
    return np.array(made)
