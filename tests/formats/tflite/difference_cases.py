"""Squares of differences."""

from __future__ import annotations

from tests.formats.tflite.case_builders import Case

FINE, COARSE = {"scale": 0.05, "zero": 3}, {"scale": 0.02, "zero": -40}


def squared(bits="int8", other=(1, 6, 5, 4), *, scale=0.6, constant=False):
    """Of two tensors, or of one and a constant."""
    case = Case(kind=bits, **FINE)
    if constant:
        second = case.file.tensor((4,), bits, data=[-90, 5, 60, 127], **COARSE)
    else:
        second = case.activation(other, **COARSE)
        case.file.inputs.append(second)
    operands = [case.x, second]
    return case.end("SQUARED_DIFFERENCE", operands, (1, 6, 5, 4), scale=scale, zero=-100)


DIFFERENCE_CASES = {
    "squared difference": squared,
    "squared difference broadcast": lambda: squared(other=(1, 1, 1, 4)),
    "squared difference from a constant": lambda: squared(constant=True),
    "squared difference of fine steps": lambda: squared(scale=0.03),
}
