"""BATCH_MATMUL of two tensors; one may be a constant."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import MatMul


def convert_batch_matmul(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node over the last two axes."""
    (first, shape), (second, other) = emitter.tensor(0), emitter.tensor(1)
    if min(len(shape), len(other)) < 2:
        raise Refused("it multiplies over the batch")
    op = MatMul(bool(emitter.option(0, "u1")), bool(emitter.option(1, "u1")))
    return emitter.finish(op, first, second)
