"""Weights below 8 bits in pairs, as `fields.c` says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tinyml_studio.arith.inttype import Int8Array, Int64Array, IntType
from tinyml_studio.emit.call import Table
from tinyml_studio.program.instructions import Conv2D

EXCESS = 128
"""What dense layers with such weights add to their inputs."""

_LANE = 16
"""Bits of a word that belong to one of the two in a pair."""


def pairs_together(bits: int) -> int:
    """Pairs in the fewest words that hold nothing else; as many values of a window have them."""
    return _LANE * _words_together(bits) // bits


def inputs_together(bits: int) -> int:
    """Inputs of a dense layer, in whole blocks, that words hold together."""
    return max(4, pairs_together(bits) // 2)


def whole_windows(item: Conv2D) -> Conv2D:
    """The layer with filters, ``(O, 1, 1, K)``, that are complete for `window_fields`.

    What they are completed with is as good as 0; 1-bit weights have no 0, there it is -1.
    """
    rows = item.weights.reshape(len(item.weights), -1)
    filling = -1 if item.weight_type.bits == 1 else 0
    missing = -rows.shape[1] % pairs_together(item.weight_type.bits)
    full = np.pad(rows, [(0, 0), (0, missing)], constant_values=filling)
    return replace(item, weights=full[:, None, None, :])


def window_fields(item: Conv2D) -> Table:
    """Weights of two channels with the values of a window, as `conv2d_fields.c` says."""
    rows = whole_windows(item).weights[:, 0, 0, :]
    full = np.concatenate([rows, rows[-1:]]) if len(rows) % 2 else rows
    # pairs of channels, channels, blocks, halves of a word, values 0 or 1 and 2 or 3
    split = full.reshape(len(full) // 2, 2, -1, 2, 2)
    pairs = split.transpose(0, 2, 4, 1, 3).reshape(len(split), -1, 2)
    return field_table(pairs, item.weight_type)


def dense_fields(weights: Int8Array, type_: IntType) -> Table:
    """Weights, ``(O, I)``, of four outputs with their inputs, as `dense_fields.c` says."""
    outputs, inputs = weights.shape
    full = np.ones((-(-outputs // 4) * 4, inputs), np.int8)
    full[:outputs] = weights
    # fours of outputs, outputs, blocks, halves of a word, inputs 0 or 1 and 2 or 3
    split = full.reshape(len(full) // 4, 4, -1, 2, 2)
    pairs = split.transpose(0, 2, 1, 4, 3)[..., ::-1].reshape(len(split), -1, 2)
    return field_table(pairs, type_)


def field_table(pairs: Int8Array, type_: IntType) -> Table:
    """Weights, ``(..., 2)``, in flash."""
    words = field_words(pairs.reshape(-1, 2), type_).astype("<u4")
    return Table("weights", "uint8_t", words.tobytes(), aligned=True)


def field_words(pairs: Int8Array, type_: IntType) -> Int64Array:
    """The words of weights, ``(N, 2)``, that fill them."""
    values = pairs.astype(np.int64).reshape(-1, pairs_together(type_.bits), 2)
    unsigned = (values + 1) // 2 if type_.bits == 1 else values - type_.min
    words = np.zeros((len(values), _words_together(type_.bits)), np.int64)
    for pair, places in enumerate(_places(type_.bits)):
        for index, (word, at) in enumerate(places):
            bits = (unsigned[:, pair] >> index) & 1
            words[:, word] |= (bits[:, 0] << at) | (bits[:, 1] << (at + _LANE))
    return words.reshape(-1)


def _words_together(bits: int) -> int:
    """Words whose rests are whole pairs."""
    rest = _LANE % bits
    return math.lcm(rest, bits) // rest if rest else 1


def _places(bits: int) -> list[list[tuple[int, int]]]:
    """The word of every bit of the pairs that stand together, and its place there."""
    whole, rest = divmod(_LANE, bits)
    words = range(_words_together(bits))
    places = [
        [(word, pair * bits + bit) for bit in range(bits)]
        for word in words
        for pair in range(whole)
    ]
    rests = [(word, _LANE - rest + bit) for word in words for bit in range(rest)]
    return places + [rests[first : first + bits] for first in range(0, len(rests), bits)]
