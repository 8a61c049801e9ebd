"""The loops of convolutions and fully connected layers, kernel by kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.cost.quantities import Counts, up
from tinyml_studio.cost.windows import Ints, Windows, windows_of
from tinyml_studio.emit.blocks import PAIR_BYTES

Held = Mapping[str, Any]
"""The members of a call's structure of parameters."""

_WORD = 4  # values
_RUN = 64  # blocks that a dense run has at most


def limited(held: Held, outputs: int) -> int:
    """Outputs that are limited once more, as their limits are tighter than eight bits."""
    return outputs if held["low"] > -128 or held["high"] < 127 else 0


def conv2d_rows(held: Held) -> Counts:
    """Two pixels straight from the input: neighbours in a row, or at the sides in a column."""
    w = windows_of(held["geometry"])
    tap, groups = w.depth // _WORD, up(w.channels, 2)
    inner = int(((w.x.starts >= 0) & w.x.whole).sum()) // 2 * 2
    first = int((w.x.starts < 0).sum())
    at_sides = np.ones(w.x.outside, np.bool_)
    at_sides[first : first + inner] = False
    column = _column_pairs(w)
    # every call's rows of taps and taps in a row: of pairs in rows, then of those in columns
    rows = [np.repeat(w.y.taps, inner // 2), np.tile(column, int(at_sides.sum()))]
    taps = [
        np.full(w.y.outside * (inner // 2), w.x.kernel),
        np.repeat(w.x.taps[at_sides], len(column)),
    ]
    ky, kx = np.concatenate(rows), np.concatenate(taps)
    merged = w.x.dilation == 1
    runs = ky * ((kx > 0) if merged else kx)
    length = kx * tap if merged else np.full_like(kx, tap)
    missing = w.y.kernel * w.x.kernel - ky * kx
    padded = (missing > 0) & (held["in_zero_point"] != 0)
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "lines": w.y.outside,
        "columns": int(at_sides.sum()),
        "pairs": len(ky),
        "groups": len(ky) * groups,
        "runs": int(runs.sum()) * groups,
        "odd runs": int((runs * (length & 1)).sum()) * groups,
        "blocks": int((runs * length).sum()) * groups,
        "border pixels": int(padded.sum()) * groups,
        "padded runs": int(padded.sum()) * groups * w.y.kernel,
        "padded blocks": int((missing * padded).sum()) * groups * tap,
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def _column_pairs(w: Windows) -> Ints:
    """Rows of taps of every pair, or single pixel, of a column."""
    taps, starts = w.y.taps, w.y.starts
    found, row = [], 0
    while row < w.y.outside:
        found.append(taps[row])
        together = starts[row] >= 0 and starts[row] + w.y.stride + w.y.reach < w.y.inside
        row += 2 if together and row + 1 < w.y.outside else 1
    return np.array(found, np.int64)


def conv2d_patch(held: Held, *, unit: int) -> Counts:
    """The values of two windows gathered, then two channels at once; a filter is whole units."""
    w = windows_of(held["geometry"])
    size = w.y.kernel * w.x.kernel * w.depth
    pairs, blocks, groups = up(w.pixels, 2), up(size, unit) * unit // _WORD, up(w.channels, 2)
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "pairs": pairs,
        "groups": pairs * groups,
        "odd runs": pairs * groups * (blocks & 1),
        "blocks": pairs * groups * blocks,
        "outputs": outputs,
        "limited": limited(held, outputs),
        **_gathered_pairs(w, blocks),
    }


def _gathered_pairs(w: Windows, blocks: int) -> Counts:
    """What is copied for pairs of windows that both lie inside, and for the others."""
    inside = (w.y.whole[:, None] & w.x.whole).reshape(-1)
    inside = inside if w.x.dilation == 1 else np.zeros_like(inside)
    pairs = up(w.pixels, 2)
    both = int((inside[::2] & np.append(inside, inside[-1:])[1::2][:pairs]).sum())
    run = w.x.kernel * w.depth
    values = w.taps * w.depth - 2 * both * w.y.kernel * run
    rows = (w.rows if w.x.dilation == 1 else w.taps) - 2 * both * w.y.kernel
    heads = sum(min(-(ky * run) % _WORD, run) for ky in range(w.y.kernel))
    words = sum((run - min(-(ky * run) % _WORD, run)) // _WORD for ky in range(w.y.kernel))
    tails = w.y.kernel * run - heads - words * _WORD
    same = _same_taps(w, inside)
    return {
        "gathered runs": both * w.y.kernel,
        "gathered blocks": both * w.y.kernel * (run // _WORD),
        "gathered rest": both * w.y.kernel * (run % _WORD),
        "misaligned": both * (heads + tails),
        "border pixels": pairs - both,
        "border runs": max(rows, 0),
        "border blocks": max(values, 0),
        "border rest": same * w.depth,
        "padded blocks": (pairs - both) * blocks,
    }


def _same_taps(w: Windows, inside: NDArray[np.bool_]) -> int:
    """Taps of pairs that leave the input at its top or bottom, neighbours in a row."""
    rows = np.repeat(np.arange(w.y.outside), w.x.outside)
    columns = np.tile(w.x.whole, w.y.outside)
    taps = (w.y.taps[:, None] * w.x.taps).reshape(-1)
    even, odd = slice(0, len(rows) // 2 * 2, 2), slice(1, None, 2)
    alike = (rows[even] == rows[odd]) & columns[even] & columns[odd]
    return int(taps[even][alike & ~(inside[even] & inside[odd])].sum()) * 2


def conv2d_bytes(held: Held, *, unit: int) -> Counts:
    """The bytes under one or two windows gathered, then two channels at once."""
    w = windows_of(held["geometry"])
    run = (w.x.kernel if w.x.dilation == 1 else 1) * w.depth
    size = up(w.y.kernel * w.x.kernel * w.depth, unit) * unit
    pairs, groups = up(w.pixels, 2 if size <= PAIR_BYTES else 1), up(w.channels, 2)
    runs = w.rows if w.x.dilation == 1 else w.taps
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "pairs": pairs,
        "groups": pairs * groups,
        "odd runs": pairs * groups * (size // _WORD & 1),
        "blocks": pairs * groups * (size // _WORD),
        "gathered runs": runs,
        "gathered blocks": runs * (run // _WORD),
        "gathered rest": runs * (run % _WORD),
        "padded blocks": w.border * (size // _WORD),
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def conv2d(held: Held, *, bits: int) -> Counts:
    """Groups, dilation and any width: two pixels away from the border, else one."""
    w = windows_of(held["geometry"])
    depth = w.depth // held["groups"]
    size = w.y.kernel * w.x.kernel * depth
    pairs, alone = _row_pairs(w)
    merged = w.x.dilation * w.depth == depth
    columns, length = (1, w.x.kernel * depth) if merged else (w.x.kernel, depth)
    rows = int(w.y.taps.sum())
    per_group = w.channels // held["groups"]
    twos = held["groups"] * (per_group // 2)
    ones = held["groups"] * (per_group % 2)
    single = int(w.x.taps[alone].sum())
    outside = (w.border if held["in_zero_point"] != 0 else 0) * w.channels
    runs = rows * pairs * columns * twos
    single_runs = rows * (single if not merged else len(alone)) * w.channels
    single_runs += 2 * rows * pairs * columns * ones
    single_values = rows * single * depth * w.channels + 2 * rows * pairs * columns * ones * length
    per_byte = max(8 // bits, 1) if 8 % bits == 0 else 1
    skewed = size * bits % 8 != 0
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.y.outside * len(alone),
        "pairs": w.y.outside * pairs,
        "groups": w.y.outside * pairs * twos,
        "runs": runs,
        "odd runs": runs * (length % 4 != 0),
        "blocks": runs * length,
        "rest": runs * (length % per_byte) + single_runs * (length % per_byte),
        "misaligned": (runs * length + single_values) * skewed,
        "outputs": w.pixels * w.channels,
        "padded runs": outside,
        "padded blocks": (outside > 0) * w.missing * depth * w.channels,
        "single groups": (w.y.outside * len(alone) * w.channels) + 2 * w.y.outside * pairs * ones,
        "single runs": single_runs,
        "single blocks": single_values,
    }


def _row_pairs(w: Windows) -> tuple[int, list[int]]:
    """Pairs in a row of the output, and the columns that stay alone."""
    starts, alone, pairs, column = w.x.starts, [], 0, 0
    while column < w.x.outside:
        inside = starts[column] >= 0 and starts[column] + w.x.stride + w.x.reach < w.x.inside
        if inside and column + 1 < w.x.outside:
            pairs, column = pairs + 1, column + 2
        else:
            alone.append(column)
            column += 1
    return pairs, alone


def conv2d16(held: Held) -> Counts:
    """Four channels of one pixel, straight from the input."""
    w = windows_of(held["geometry"])
    groups = up(w.channels, 4)
    merged = w.x.dilation == 1
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "groups": w.pixels * groups,
        "runs": (w.rows if merged else w.taps) * groups,
        "blocks": w.taps * (w.depth // held["block"]) * groups,
        "gathered blocks": w.taps * (w.depth // held["block"]),
        "outputs": w.pixels * w.channels,
    }


def conv2d16_patch(held: Held) -> Counts:
    """The values of a window gathered one by one, then four channels."""
    w = windows_of(held["geometry"])
    groups, taps = up(w.channels, 4), w.y.kernel * w.x.kernel
    blocks = w.pixels * up(taps * w.depth, held["block"])
    return {
        "calls": 1,
        "lines": w.y.outside,
        "pixels": w.pixels,
        "groups": w.pixels * groups,
        "blocks": blocks * groups,
        "single blocks": blocks,
        "gathered runs": w.pixels * taps,
        "gathered blocks": w.pixels * taps * w.depth,
        "border blocks": w.missing * w.depth,
        "outputs": w.pixels * w.channels,
    }


def conv2d_mve(held: Held) -> Counts:
    """Four channels of two pixels, read in place."""
    w = windows_of(held["geometry"])
    pairs, groups = up(w.pixels, 2), up(w.channels, 4)
    taps = w.y.kernel * w.x.kernel
    inside = (w.y.whole[:, None] & w.x.whole).reshape(-1)
    inside = inside if w.x.dilation == 1 else np.zeros_like(inside)
    second = np.append(inside, inside[-1:])[1::2][:pairs]
    both = int((inside[::2] & second).sum())
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "pairs": pairs,
        "border pixels": pairs - both,
        "border runs": (pairs - both) * taps,
        "gathered runs": both * w.y.kernel,
        "groups": pairs * groups,
        "runs": (both * w.y.kernel + (pairs - both) * taps) * groups,
        "blocks": pairs * taps * held["blocks"] * groups,
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def conv2d_gathered_mve(held: Held) -> Counts:
    """Four channels of two pixels whose values are gathered."""
    w = windows_of(held["geometry"])
    pairs, groups = up(w.pixels, 2), up(w.channels, 4)
    run = w.x.kernel * w.depth
    whole = w.pixels - w.border
    outputs = w.pixels * w.channels
    return {
        "calls": 1,
        "pairs": pairs,
        "groups": pairs * groups,
        "blocks": pairs * groups * held["blocks"],
        "gathered runs": whole * w.y.kernel,
        "gathered blocks": whole * w.y.kernel * up(run, 16),
        "border pixels": w.border,
        "border runs": w.border * w.y.kernel,
        "border blocks": w.border * held["blocks"],
        "border rest": w.taps * w.depth - whole * w.y.kernel * run,
        "single runs": w.pixels * w.y.kernel * (0 if w.x.dilation == 1 else w.x.kernel),
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def fully_connected_blocks(held: Held) -> Counts:
    """Four outputs at once, in runs of 64 blocks."""
    rows, blocks = held["rows"], up(held["in_size"], _WORD)
    behind = int(held["in_size"] % _WORD != 0)
    groups = up(held["out_size"], 4)
    last = blocks % _RUN
    outputs = rows * held["out_size"]
    return {
        "calls": 1,
        "lines": rows,
        "groups": rows * groups,
        "runs": rows * groups * (up(blocks - behind, _RUN) + behind),
        "rest": rows * groups * (last % 4),
        "odd runs": rows * groups * (blocks & 1),
        "blocks": rows * groups * blocks,
        "gathered blocks": rows * blocks,
        "outputs": outputs,
        "limited": limited(held, outputs),
    }


def fully_connected(held: Held, *, bits: int) -> Counts:
    """One output after the other."""
    outputs = held["rows"] * held["out_size"]
    size = held["in_size"]
    per_byte = 8 // bits if 8 % bits == 0 else 1
    return {
        "calls": 1,
        "lines": held["rows"],
        "outputs": outputs,
        "blocks": outputs * size,
        "rest": outputs * (size % max(per_byte, _WORD if bits == 8 else 1)),
        "misaligned": outputs * size * (size * bits % 8 != 0),
    }


def fully_connected_mve(held: Held) -> Counts:
    """Four outputs at once, sixteen inputs at a time."""
    groups = held["rows"] * up(held["out_size"], 4)
    outputs = held["rows"] * held["out_size"]
    return {
        "calls": 1,
        "lines": held["rows"],
        "groups": groups,
        "blocks": groups * up(held["in_size"], 16),
        "limited": limited(held, outputs),
    }
