"""Fully connected layers as calls of CMSIS-NN."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.cmsis.buffers import dense_s8
from tinyml_studio.emit.cmsis.checks import refuse
from tinyml_studio.emit.cmsis.convolutions import checked_kind, weighted_call, weighted_members
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import Program


def fully_connected(item: FullyConnected, program: Program, *, helium: bool) -> KernelCall:
    """One call of ``arm_fully_connected_s8``, ``_per_channel_s8``, ``_s4`` or ``_s16``."""
    kind = checked_kind(item, program)
    outputs, inputs = item.weights.shape
    several = len(set(zip(item.multiplier.tolist(), item.shift.tolist(), strict=True))) > 1
    if several and kind != "s8":
        reason = "outputs with scales of their own take 8-bit weights and 8-bit activations there"
        refuse(item, reason)
    values = {
        "rows": program.tensors[item.inputs[0]].size // inputs,
        "inputs": inputs,
        "outputs": outputs,
        **weighted_members(item, program),
        "buffer_bytes": dense_s8(outputs, helium=helium) if kind == "s8" else 0,
    }
    name = f"tms_cmsis_dense_{'channels_' if several else ''}{kind}"
    return weighted_call(item, program, name, "tms_cmsis_dense_t", values)
