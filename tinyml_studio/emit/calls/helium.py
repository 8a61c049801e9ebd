"""Which instructions have kernels of their own for Helium."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.add_mve import add_mve
from tinyml_studio.emit.calls.conv2d16 import conv2d16, fully_connected16
from tinyml_studio.emit.calls.conv2d_mve import conv2d_mve
from tinyml_studio.emit.calls.depthwise16 import depthwise16
from tinyml_studio.emit.calls.depthwise_mve import depthwise_mve
from tinyml_studio.emit.calls.fully_connected_mve import fully_connected_mve
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

_WIDER = {3: 4, 5: 8, 6: 8, 7: 8}


def with_helium(
    call: KernelCall, instruction: Instruction, program: Program, *, scratch: bool
) -> KernelCall:
    """The call, with another for a core with Helium where that has a kernel of its own.

    `scratch` says that the instruction has the scratch memory that it would like to have.
    """
    return replace(call, helium=_helium(call, _widened(instruction), program, scratch=scratch))


def _widened(instruction: Instruction) -> Instruction:
    """The instruction with weights in the next width that its vectors can take apart.

    A few bits more of flash for a fourth or less of the time; the integers are the same.
    """
    if not isinstance(instruction, ops.Conv2D | ops.DepthwiseConv2D | ops.FullyConnected):
        return instruction
    bits = _WIDER.get(instruction.weight_type.bits)
    if bits is None or instruction.narrow:
        return instruction
    return replace(instruction, weight_type=IntType(bits))


def _helium(
    call: KernelCall, instruction: Instruction, program: Program, *, scratch: bool
) -> KernelCall | None:
    if isinstance(instruction, ops.Conv2D):
        narrow = conv2d_mve(instruction, program, scratch=scratch)
        return narrow or conv2d16(instruction, program, helium=True)
    if isinstance(instruction, ops.DepthwiseConv2D):
        return depthwise_mve(instruction, program) or depthwise16(instruction, program, helium=True)
    if isinstance(instruction, ops.FullyConnected):
        return fully_connected_mve(instruction, program) or fully_connected16(
            instruction, program, helium=True
        )
    if isinstance(instruction, ops.Add):
        return add_mve(instruction, program)
    pools = isinstance(instruction, ops.AveragePool2D | ops.MaxPool2D)
    if pools and program.tensors[instruction.inputs[0]].type.carrier == INT8.carrier:
        return replace(call, kernel=f"{call.kernel}_mve")
    return None
