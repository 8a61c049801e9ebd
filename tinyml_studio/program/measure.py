"""Work of a program, counted as everybody counts it."""

from __future__ import annotations

from math import prod

from tinyml_studio.program.instructions import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    Gated,
    Instruction,
    Svdf,
)
from tinyml_studio.program.program import Program


def macs(program: Program, item: Instruction) -> int:
    """Multiply-accumulates of an instruction for one sample, padding included.

    Counted as `tinyml_studio.ir.measure.macs` counts layers: what only multiplies, pools or looks
    up counts 0.
    """
    made = prod(program.tensors[item.output].shape)
    if isinstance(item, Conv2D):
        return made * prod(item.weights.shape[1:])
    if isinstance(item, DepthwiseConv2D):
        return made * prod(item.weights.shape[:2])
    if isinstance(item, Gated):
        steps = program.tensors[item.inputs[0]].shape[0]
        return steps * (item.input_weights.size + item.hidden_weights.size)
    if isinstance(item, Svdf):
        return item.feature_weights.size + item.time_weights.size
    if isinstance(item, FullyConnected | FullyConnectedReal):
        return made * int(item.weights.shape[1])
    return 0


def total_macs(program: Program) -> int:
    """Multiply-accumulates of one inference."""
    return sum(macs(program, item) for item in program.instructions)
