"""FullyConnected for Helium in C."""

from __future__ import annotations

from dataclasses import fields

from tinyml_studio.emit.blocks import fits_blocks, out_zero
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.conv2d_mve import conv2d_mve
from tinyml_studio.emit.raised import block_binding
from tinyml_studio.emit.vectors import dense_weights, vector_scaling
from tinyml_studio.emit.weighted import folded_bias
from tinyml_studio.program.instructions import Conv2D, FullyConnected
from tinyml_studio.program.program import Program


def fully_connected_mve(item: FullyConnected, program: Program) -> KernelCall | None:
    """One call of ``tms_fully_connected_mve``; None where types or shifts are not its own.

    Weights of 1 bit with an odd number of inputs have the kernel of a convolution.
    """
    if item.weight_type.bits == 1 and item.weights.shape[1] % 2:
        return conv2d_mve(_as_convolution(item), program, scratch=False)
    if not fits_blocks(program, item, helium=True):
        return None
    out_size, in_size = item.weights.shape
    layer = Parameters(
        "tms_fully_connected_mve_t",
        {
            "rows": program.tensors[item.inputs[0]].size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            "out_zero": out_zero(program, item),
            "low": item.low,
            "high": item.high,
            "weights": dense_weights(item),
            "scaling": vector_scaling(program, item, folded_bias(program, item)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return KernelCall("tms_fully_connected_mve", block_binding(program, item), arguments)


def _as_convolution(item: FullyConnected) -> Conv2D:
    """The layer as one whose pixels are the rows of the input."""
    shared = {member.name: getattr(item, member.name) for member in fields(item)}
    return Conv2D(
        **{**shared, "weights": item.weights[:, None, None, :]},
        strides=(1, 1),
        pads=((0, 0), (0, 0)),
        dilations=(1, 1),
        groups=1,
    )
