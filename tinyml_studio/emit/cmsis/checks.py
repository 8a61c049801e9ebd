"""What CMSIS-NN cannot compute with the same integers: the header's own kernels do."""

from __future__ import annotations

from typing import NoReturn

from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program


class OtherIntegersError(Exception):
    """CMSIS-NN has no function for a layer, or one with other integers; the message is why."""


def refuse(item: Instruction, reason: str) -> NoReturn:
    """Say why CMSIS-NN does not compute a layer."""
    raise OtherIntegersError(f"{item.layer}: {reason}")


def activation_bits(program: Program, item: Instruction) -> int:
    """Bits of the tensors of a layer, which are all the same: 8 or 16."""
    names = (*item.inputs, item.output)
    widths = {program.tensors[name].type for name in names}
    if widths == {INT8}:
        return 8
    if widths == {INT16}:
        return 16
    words = ", ".join(str(program.tensors[name].type.bits) for name in names)
    refuse(item, f"activations have 8 or 16 bits there, the same in and out, not {words}")


def check_rounding(
    item: Instruction, rounding: Rounding, wanted: Rounding = Rounding.DOUBLE
) -> None:
    """Only the rounding of TFLite-Micro."""
    if rounding is not wanted:
        refuse(item, f"it rounds {wanted.value}, this layer {rounding.value}")


def check_weights(item: Instruction, type_: IntType, *, bits: tuple[int, ...]) -> None:
    """Only weights of some widths."""
    if type_.bits not in bits:
        words = " or ".join(map(str, bits))
        refuse(item, f"weights have {words} bits there, not {type_.bits}")


def check_same_size(program: Program, item: Instruction) -> None:
    """Only operands that are not broadcast."""
    if len({program.tensors[name].shape for name in (*item.inputs, item.output)}) > 1:
        refuse(item, "both operands must have the shape of the result")
