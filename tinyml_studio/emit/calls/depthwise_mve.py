"""DepthwiseConv2D for Helium in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int8Array, Int64Array, IntType
from tinyml_studio.emit.blocks import fits_blocks, out_zero, scaling_columns
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    Table,
    integer_table,
    table,
)
from tinyml_studio.emit.geometry import line_geometry
from tinyml_studio.emit.raised import block_binding, lowered, raised_by
from tinyml_studio.emit.vectors import (
    MAX_TAPS,
    VECTOR,
    packed_fields,
    padded,
    padding_table,
    signs,
)
from tinyml_studio.emit.weighted import folded_bias
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program

# the channels of four vectors of accumulators, as products of bytes are widened twice
_ORDER = np.array([*range(0, 16, 4), *range(2, 16, 4), *range(1, 16, 4), *range(3, 16, 4)])


def depthwise_mve(item: DepthwiseConv2D, program: Program) -> KernelCall | None:
    """One call of ``tms_depthwise_mve``; None where types, shifts or sizes are not its own."""
    height, width, channels = item.weights.shape
    held = lowered(item)
    fits = (
        program.tensors[item.inputs[0]].shape[-1] == channels >= VECTOR
        and height * width <= MAX_TAPS
        and fits_blocks(program, item, helium=True)
        and not _pair_overflows(held.weights.reshape(-1, channels))
    )
    if not fits:
        return None
    groups = _groups(channels)
    columns = scaling_columns(program, item, folded_bias(program, item))
    scaling = columns[:, groups[:, _ORDER]].swapaxes(0, 1)
    layer = Parameters(
        "tms_depthwise_mve_t",
        {
            "geometry": line_geometry(program, item, (height, width), item.dilations),
            "out_zero": out_zero(program, item),
            "low": item.low,
            "high": item.high,
            "raise": raised_by(item) or 0,
            "padding": padding_table(program, item, channels),
            "weights": _weights(held, groups),
            "scaling": integer_table("scaling", scaling, IntType(32)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return KernelCall("tms_depthwise_mve", block_binding(program, item), arguments)


def _groups(channels: int) -> Int64Array:
    """Channels in sixteens; the last sixteen overlap those before where they have to."""
    starts = [min(start, channels - VECTOR) for start in range(0, channels, VECTOR)]
    groups: Int64Array = np.add.outer(np.array(starts), np.arange(VECTOR))
    return groups


def _pair_overflows(taps: Int8Array) -> bool:
    """Whether two products that are added in 16 bits could exceed them: four times -128."""
    pairs = padded(taps, 0, 2).reshape(-1, 2, taps.shape[1])
    return bool((pairs == -128).all(axis=1).any())


def _weights(item: DepthwiseConv2D, groups: Int64Array) -> Table:
    """Weights of sixteen channels tap by tap, two taps to a byte of 4-bit ones."""
    taps = item.weights.reshape(-1, item.weights.shape[-1])
    if item.weight_type.bits == 8:
        values = taps[:, groups].swapaxes(0, 1)
        return table("weights", "int8_t", values, aligned=True)
    bits = item.weight_type.bits
    if bits < 4:
        fields = padded(signs(taps) if bits == 1 else taps & 3, 0, 8 // bits)
        bytes_ = packed_fields(fields.reshape(-1, 8 // bits, taps.shape[1]).swapaxes(1, 2), bits)
        sparse = bytes_.reshape(-1, taps.shape[1])[:, groups].swapaxes(0, 1)
        return table("weights", "uint8_t", sparse, aligned=True)
    pairs = padded(taps, 0, 2).reshape(-1, 2, taps.shape[1])
    halves = ((pairs[:, 0] & 15) | ((pairs[:, 1] & 15) << 4)).view(np.uint8)
    packed = halves[:, groups].swapaxes(0, 1)
    return table("weights", "uint8_t", packed, aligned=True)
