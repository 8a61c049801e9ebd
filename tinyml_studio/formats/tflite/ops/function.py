"""Functions of one value."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Function

NAMES = {
    "ABS": "Abs",
    "CEIL": "Ceil",
    "COS": "Cos",
    "ELU": "Elu",
    "EXP": "Exp",
    "FLOOR": "Floor",
    "LOG": "Log",
    "ROUND": "Round",
    "RSQRT": "Rsqrt",
    "SIGN": "Sign",
    "SIN": "Sin",
    "SQRT": "Sqrt",
    "SQUARE": "Square",
}


def convert_function(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the operator's name says which function."""
    return emitter.finish(Function(NAMES[emitter.operator.kind]), emitter.computed()[0])


def convert_gelu(emitter: Emitter) -> tuple[Tensor, ...]:
    """GELU, exact or by way of tanh."""
    name = "GeluTanh" if emitter.option(0, "u1") else "Gelu"
    return emitter.finish(Function(name), emitter.computed()[0])
