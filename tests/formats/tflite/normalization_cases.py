"""Vectors brought to the length 1."""

from __future__ import annotations

from tests.formats.tflite.case_builders import Case
from tests.formats.tflite.flatbuffers_encoder import Scalar

ENDS = {"scale": 0.05, "zero": -128}


def direction(bits="int8", shape=(1, 40, 8), **source):
    case = Case(shape, bits, **(source or {"scale": 0.05, "zero": 3}))
    options = {0: Scalar("i1", 0)}
    return case.end("L2_NORMALIZATION", [case.x], shape, options, scale=2.0**-7, zero=0)


NORMALIZATION_CASES = {
    "direction": direction,
    "direction uint8": lambda: direction("uint8"),
    "direction of an image": lambda: direction(shape=(1, 4, 5, 3)),
    "direction of one value": lambda: direction(shape=(1, 40, 1)),
    "direction of many": lambda: direction(shape=(1, 700), **ENDS),
    "direction of many uint8": lambda: direction("uint8", shape=(1, 700), **ENDS),
}
