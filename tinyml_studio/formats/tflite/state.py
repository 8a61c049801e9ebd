"""Operands that an operator keeps from one inference to the next, and the scales beside them."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import parameters
from tinyml_studio.formats.tflite.schema import WireTensor

STATEFUL = frozenset({"SVDF", "UNIDIRECTIONAL_SEQUENCE_LSTM"})
"""Operators that may have variable tensors."""


def state_wire(emitter: Emitter, index: int) -> WireTensor:
    """The variable tensor of an operand.

    Raises
    ------
    Malformed
        If it is none.
    """
    wire = emitter.wire(index)
    if not wire.variable:
        raise Malformed(f"its operand {index} is a state, and no variable tensor")
    return wire


def single_scale(wire: WireTensor, what: str) -> float:
    """The one scale of a constant with a zero point of 0.

    Raises
    ------
    Refused
        If it has none, several, or a zero point.
    """
    found = parameters(wire)
    if found is None or found.scale.size != 1 or found.zero_point.any():
        raise Refused(f"its {what} do not have one scale and the zero point 0")
    return float(found.scale[0])
