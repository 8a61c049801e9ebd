"""What calls of CMSIS-NN each instruction becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tinyml_studio.arith.profile import TFLM
from tinyml_studio.emit.call import KernelCall, Parameters
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.cmsis.checks import OtherIntegersError, refuse
from tinyml_studio.emit.cmsis.convolutions import conv2d, depthwise
from tinyml_studio.emit.cmsis.elementwise import add, mul
from tinyml_studio.emit.cmsis.fully_connected import fully_connected
from tinyml_studio.emit.cmsis.pools import average_pool, max_pool
from tinyml_studio.emit.cmsis.softmax import softmax
from tinyml_studio.errors import ExportError
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

MOVEMENTS = (ops.Reshape, ops.Concat, ops.Slice, ops.Pad, ops.Transpose, ops.Gather)
"""Instructions that compute nothing: the header's own kernels move their integers."""


def cmsis_calls(item: Instruction, program: Program, *, helium: bool) -> tuple[KernelCall, ...]:
    """The calls of one instruction: of CMSIS-NN, or of own kernels for what it has not.

    Raises
    ------
    ExportError
        If the network has an arithmetic other than CMSIS-NN's.
    """
    if program.arithmetic.name != TFLM.name:
        raise ExportError(
            "CMSIS-NN cannot compute the integers of this network",
            detail=f"it has the arithmetic {TFLM.name}, not {program.arithmetic.name}",
            hint='the format "C header" has kernels of its own for every layer',
        )
    call = None if isinstance(item, MOVEMENTS) else library_call(item, program, helium=helium)
    return calls_of(item, program, scratch=False) if call is None else (call,)


def own_layers(program: Program, *, helium: bool) -> tuple[str, ...]:
    """Names of the layers that compute something which CMSIS-NN does not, in order."""
    found = (
        item.layer
        for item in program.instructions
        if not isinstance(item, MOVEMENTS) and library_call(item, program, helium=helium) is None
    )
    return tuple(dict.fromkeys(found))


def library_call(item: Instruction, program: Program, *, helium: bool) -> KernelCall | None:
    """The call of CMSIS-NN; None where it has no function with the same integers."""
    try:
        return _call(item, program, helium=helium)
    except OtherIntegersError:
        return None


def _call(item: Instruction, program: Program, *, helium: bool) -> KernelCall:
    with_buffer = _WITH_BUFFER.get(type(item))
    if with_buffer is not None:
        return with_buffer(item, program, helium=helium)
    write = _OTHERS.get(type(item))
    if write is None:
        refuse(item, f"{type(item).__name__} is not written for it")
    return write(item, program)


_WITH_BUFFER: Mapping[type[Instruction], Callable[..., KernelCall]] = MappingProxyType(
    {
        ops.Conv2D: conv2d,
        ops.DepthwiseConv2D: depthwise,
        ops.FullyConnected: fully_connected,
    }
)
_OTHERS: Mapping[type[Instruction], Callable[..., KernelCall]] = MappingProxyType(
    {
        ops.MaxPool2D: max_pool,
        ops.AveragePool2D: average_pool,
        ops.Add: add,
        ops.Mul: mul,
        ops.Softmax: softmax,
    }
)


def buffer_sizes(program: Program, *, helium: bool) -> Mapping[str, int]:
    """Bytes of working memory by the tensor that an instruction writes."""
    return dict(_buffers(program, helium=helium))


def _buffers(program: Program, *, helium: bool) -> Iterator[tuple[str, int]]:
    for item in program.instructions:
        for call in cmsis_calls(item, program, helium=helium):
            for argument in call.arguments:
                if isinstance(argument, Parameters):
                    size = argument.values.get("buffer_bytes", 0)
                    if isinstance(size, int) and size:
                        yield item.output, size
