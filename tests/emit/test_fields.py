"""Weights of few bits as words, read back the way that the head of `fields.c` describes."""

import numpy as np
import pytest

from tests.reference import draw
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.fields import field_table, field_words, pairs_together
from tinyml_studio.emit.halves import block16, halves_weights

WIDTHS = range(1, 8)


def pairs_of(words, bits):
    """Both weights of every pair: whole ones of each word, then those of the rests of some."""
    whole, rest = divmod(16, bits)
    found = []
    for word in words.tolist():
        found += [[word >> at & (1 << bits) - 1 for at in (first, first + 16)]
                  for first in range(0, whole * bits, bits)]  # fmt: skip
    low, high = (
        sum((word >> 16 * half >> 16 - rest & (1 << rest) - 1) << rest * index
            for index, word in enumerate(words.tolist()))
        for half in (0, 1)
    )  # fmt: skip
    for first in range(0, len(words) * rest, bits):
        found.append([value >> first & (1 << bits) - 1 for value in (low, high)])
    unsigned = np.array(found)
    return 2 * unsigned - 1 if bits == 1 else unsigned - (1 << bits - 1)


@pytest.mark.parametrize("bits", WIDTHS)
def test_every_weight_is_where_it_is_read(bits):
    together = pairs_together(bits)
    pairs = draw.weights(np.random.default_rng(bits), (50 * together, 2), IntType(bits))
    words = field_words(pairs, IntType(bits)).reshape(50, -1)
    for held, expected in zip(words, pairs.reshape(50, together, 2), strict=True):
        assert (pairs_of(held, bits) == expected).all()


@pytest.mark.parametrize("bits", WIDTHS)
def test_a_weight_takes_its_bits_and_no_more(bits):
    pairs = draw.weights(np.random.default_rng(0), (48, 2), IntType(bits))
    table = field_table(pairs, IntType(bits))
    assert len(table.data) == 2 * 48 * bits // 8
    assert table.aligned


@pytest.mark.parametrize("bits", WIDTHS)
def test_the_kernels_know_what_stands_together(bits):
    assert int(Binding(weights=IntType(bits)).word("TMS_UNIT")) == pairs_together(bits)


@pytest.mark.parametrize("bits", WIDTHS)
def test_four_channels_of_sixteen_bit_layers_have_their_pairs_together(bits):
    type_, together = IntType(bits), pairs_together(bits)
    rows = draw.weights(np.random.default_rng(bits), (8, 40), type_)
    words = np.frombuffer(halves_weights(rows, type_).data, "<u4")
    pieces = words.reshape(-1, len(words) * together // (rows.size // 2))
    pairs = np.concatenate([pairs_of(piece, bits) for piece in pieces])
    found = pairs.reshape(2, 20, 4, 2).swapaxes(1, 2).reshape(8, 40)
    assert (found == rows).all()


@pytest.mark.parametrize("bits", WIDTHS)
def test_words_hold_whole_blocks_of_sixteen_bit_layers(bits):
    assert block16(bits) == (8 if bits % 2 else 4)  # as `fields16.c` has it
