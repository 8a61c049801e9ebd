"""DequantizeLinear: what integers stand for."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding
from tinyml_studio.formats.quantized.parameters import (
    STORED,
    along_axis,
    check_integers,
    read_encoding,
    stored_type,
)
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Identity


def convert(emitter: Emitter) -> Tensor:
    """Nothing happens to the values."""
    tensor, _ = emitter.tensor()
    if not tensor.stored:
        raise Refused(f"its operand {tensor.name!r} holds real numbers")
    _refuse_blocks(emitter)
    encoding = read_encoding(emitter, 1, 2)
    if not emitter.has(2):
        encoding = replace(encoding, kind=STORED[tensor.stored])
    check_integers(emitter, tensor, encoding)
    made = emitter.add(Identity(), replace(tensor, stored=""))
    emitter.grids[made.name] = encoding.grid
    return made


def evaluate(emitter: Emitter) -> Known:
    """Real numbers of a constant, which remember their integers."""
    known = emitter.operand(0)
    if not isinstance(known, Known) or emitter.constant(0, "operand") is None:
        raise Malformed("operand 0 is missing")
    _refuse_blocks(emitter)
    encoding = read_encoding(emitter, 1, 2, kind=stored_type(known))
    return dequantized(known, encoding, emitter.attributes.integer("axis", 1))


def dequantized(known: Known, encoding: Encoding, axis: int) -> Known:
    """Real numbers of a constant; raises `Malformed` where the axis does not fit."""
    kind = stored_type(known)
    if known.narrow:
        kind = replace(kind, bits=min(known.narrow, kind.bits))
    encoding = along_axis(replace(encoding, kind=kind), axis, known.array.shape)
    return Known(encoding.real(known.array), encoding=encoding.of(known.array))


def _refuse_blocks(emitter: Emitter) -> None:
    if emitter.attributes.integer("block_size", 0):
        raise Refused("blocks with a scale of their own are not supported")
