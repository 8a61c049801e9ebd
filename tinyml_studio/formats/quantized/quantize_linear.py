"""QuantizeLinear: real numbers, or integers on another grid, brought on a grid."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.encoding import Encoding, same_grid
from tinyml_studio.formats.quantized.constants import kind_of_element
from tinyml_studio.formats.quantized.parameters import INT32, UINT8, along_axis, read_encoding
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Identity, Requantize


def stated_encoding(emitter: Emitter) -> Encoding:
    """Scale and zero point of a node, whose integers are uint8 where it says nothing."""
    if emitter.attributes.integer("block_size", 0):
        raise Refused("blocks with a scale of their own are not supported")
    element = emitter.attributes.integer("output_dtype", 0)
    stated = kind_of_element(element) if element else None
    encoding = read_encoding(emitter, 1, 2, default=stated or UINT8)
    if stated is not None and stated != encoding.kind:
        raise Malformed(f"its output is of type {stated}, its zero point of type {encoding.kind}")
    if encoding.kind == INT32:
        raise Malformed("it cannot make int32")
    return encoding


def convert(emitter: Emitter) -> Tensor:
    """What makes the real numbers makes them on that grid at once, unless they lie on another."""
    tensor, _ = emitter.tensor()
    if tensor.stored:
        raise Malformed(f"its operand {tensor.name!r} is quantized already")
    encoding = stated_encoding(emitter)
    return brought_on(emitter, tensor, encoding)


def brought_on(emitter: Emitter, tensor: Tensor, encoding: Encoding) -> Tensor:
    """Real numbers on the grid of an encoding, as the file's integers."""
    grid = encoding.grid
    known = emitter.grid_of(tensor.name)
    if known is None:
        emitter.wishes.append((tensor.name, grid))
    moves = known is not None and not same_grid(known, grid)
    made = emitter.add(Requantize() if moves else Identity(), tensor)
    emitter.grids[made.name] = grid
    return replace(made, stored=str(encoding.kind))


def evaluate(emitter: Emitter) -> Known:
    """Integers of a constant."""
    values = emitter.weights(0, "operand")
    encoding = along_axis(
        stated_encoding(emitter), emitter.attributes.integer("axis", 1), values.shape
    )
    packed = encoding.kind.bits if encoding.kind.bits < 8 else 0
    name = f"{'' if encoding.kind.signed else 'u'}int{max(encoding.kind.bits, 8)}"
    return Known(encoding.rounded(values).astype(name), bits=packed)
