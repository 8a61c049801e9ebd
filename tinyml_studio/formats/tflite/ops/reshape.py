"""RESHAPE, SQUEEZE and EXPAND_DIMS: the same values in the shape that the output states."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Reshape, Shape


def convert_reshape(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    wanted = _asked(emitter, shape) if emitter.output().dynamic else emitter.output_shape()
    if prod(shape) != prod(wanted):
        raise Malformed(f"its input {shape} and its output {wanted} differ in size")
    return emitter.finish(Reshape(wanted), source)


def _asked(emitter: Emitter, shape: Shape) -> Shape:
    """The constant target of an output whose sizes the file leaves open."""
    if emitter.operator.kind != "RESHAPE" or not emitter.has(1):
        return emitter.output_shape()
    target, batch = list(emitter.integers(1)), emitter.around.batch
    known = prod(size for size in target if size != -1)
    if target.count(-1) > 1 or min(target, default=0) < -1 or known < 1:
        raise Malformed(f"it asks for the shape {target}")
    full = tuple(batch * prod(shape) // known if size == -1 else size for size in target)
    if full[0] != batch:
        raise Refused("it mixes the batch with other axes")
    return full[1:]
