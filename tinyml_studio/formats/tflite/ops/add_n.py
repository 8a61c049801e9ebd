"""ADD_N: the sum of any number of tensors of one shape."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Add


def convert_add_n(emitter: Emitter) -> tuple[Tensor, ...]:
    """One sum after the other, of real numbers: converters leave the operator in them."""
    held = [emitter.tensor(index) for index in range(len(emitter.operator.inputs))]
    if len(held) < 2 or len({shape for _, shape in held}) > 1:
        raise Malformed("it does not add several tensors of one shape")
    if emitter.grid() is not None:
        raise Refused(
            "it adds integers: LiteRT has no kernel for that, and TFLite-Micro's counts the zero "
            "point once too often; ADD of two is supported"
        )
    total = held[0][0]
    for other, _ in held[1:-1]:
        total = emitter.add(Add(), total, other)
    return emitter.finish(Add(), total, held[-1][0])
