"""DIV by a constant, and NEG, of real numbers: products with a constant."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Mul


def convert_div(emitter: Emitter) -> tuple[Tensor, ...]:
    """Multiplication by the reciprocal."""
    source, _ = emitter.computed(0)
    divisor = emitter.real(1)
    divisor = divisor[0] if divisor.ndim > 1 and len(divisor) == 1 else divisor
    with np.errstate(divide="ignore", over="ignore"):
        factor = np.asarray(np.reciprocal(divisor))
    if not np.isfinite(factor).all():
        raise Malformed("it divides by zero")
    return _product(emitter, source, factor, Mul(clamp=emitter.clamp(0)))


def convert_neg(emitter: Emitter) -> tuple[Tensor, ...]:
    """Multiplication by -1."""
    return _product(emitter, emitter.computed()[0], np.array(-1, np.float32), Mul())


def _product(emitter: Emitter, source: Tensor, factor: FloatArray, op: Mul) -> tuple[Tensor, ...]:
    if source.grid is not None:
        raise Refused("no kernel of LiteRT has it for quantized tensors")
    name = emitter.around.fresh.fresh(f"{source.name}/factor")
    factor.flags.writeable = False
    emitter.constants[name] = factor
    return emitter.finish(op, source, Tensor(name, factor.shape, None))
