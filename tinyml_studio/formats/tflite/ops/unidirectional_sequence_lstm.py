"""UNIDIRECTIONAL_SEQUENCE_LSTM: the standard LSTM, real or with 8-bit activations."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import FLOATS, INT8, INT16, INT32, decode
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import activation_grid
from tinyml_studio.formats.tflite.state import single_scale, state_wire
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.found import FoundGrid, FoundWeights
from tinyml_studio.ir.ops import Lstm, Shape

_INPUT_WEIGHTS, _HIDDEN_WEIGHTS, _BIASES = range(1, 5), range(5, 9), range(12, 16)
_HIDDEN, _CELL = 18, 19
_VARIANTS = (
    (range(9, 12), "peepholes"),
    (range(16, 18), "a projection"),
    (range(20, 24), "layer normalization"),
)
_TANH = 4
_LOG2_TOLERANCE = 1e-3  # as TFLite's CheckedLog2


def convert_unidirectional_sequence_lstm(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node, whose state stays from one inference to the next as in TFLite."""
    source, shape = emitter.computed()
    _check_variant(emitter)
    if len(shape) != 2:
        raise Malformed(f"its input has {len(shape) + 1} axes instead of 3")
    hidden, cell = (state_wire(emitter, index) for index in (_HIDDEN, _CELL))
    units = hidden.shape[-1] if hidden.shape else 0
    for wire in (hidden, cell):
        if wire.shape != (emitter.around.batch, units):
            raise Malformed(f"its state has the shape {wire.shape}")
    options = emitter.operator.options
    clip = 0.0 if options is None else options.real(1)
    if source.grid is None:
        return emitter.finish(_real(emitter, units, shape, clip), source)
    if source.grid.bits != 8 or activation_grid(hidden) != activation_grid(emitter.output()):
        raise Refused("only 8-bit activations are supported, with a state on the output's grid")
    stated = activation_grid(cell)
    if cell.kind != INT16 or stated is None or not _is_power_of_two(stated.scale):
        raise Refused("its cell does not have 16 bits and a power of two as scale")
    op, found = _quantized(emitter, units, shape, clip, source.grid)
    name = emitter.around.names[emitter.operator.outputs[0]]
    emitter.internal[f"{name}#cell"] = stated
    return emitter.finish(op, source, weights=found)


def _check_variant(emitter: Emitter) -> None:
    """Refuse what the kernels do not compute."""
    for operands, what in _VARIANTS:
        if any(emitter.has(index) for index in operands):
            raise Refused(f"{what} of an LSTM are not supported")
    missing = [i for i in (*_INPUT_WEIGHTS, *_HIDDEN_WEIGHTS, *_BIASES) if not emitter.has(i)]
    if missing:
        raise Refused(f"it has no operand {missing[0]}: coupled gates are not supported")
    if emitter.option(0, "i1") != _TANH:
        raise Refused("only tanh is supported as its activation")
    if emitter.option(3, "u1"):
        raise Refused("its time is the first axis, where the samples of a batch are expected")


def _is_power_of_two(scale: float) -> bool:
    exponent = math.log2(scale)
    return abs(exponent - round(exponent)) < _LOG2_TOLERANCE


def _stacked(
    emitter: Emitter, operands: range, shape: Shape, kinds: frozenset[int]
) -> NDArray[np.generic]:
    """The values of one operand for each gate."""
    made = []
    for index in operands:
        wire = emitter.constant(index)
        if wire.kind not in kinds:
            raise Refused("its weights, biases and input are not of types that belong together")
        if wire.shape != shape:
            raise Malformed(f"its operand {index} has the shape {wire.shape}, not {shape}")
        made.append(decode(wire))
    return np.stack(made)


def _real(emitter: Emitter, units: int, shape: Shape, clip: float) -> Lstm:
    """An LSTM of real numbers."""

    def of(operands: range, wanted: Shape) -> FloatArray:
        return np.asarray(_stacked(emitter, operands, wanted, FLOATS), np.float32)

    return Lstm(
        input_weight=of(_INPUT_WEIGHTS, (units, shape[1])),
        hidden_weight=of(_HIDDEN_WEIGHTS, (units, units)),
        bias=of(_BIASES, (units,)),
        cell_clip=clip,
        keeps_state=True,
    )


def _quantized(
    emitter: Emitter, units: int, shape: Shape, clip: float, grid: FoundGrid
) -> tuple[Lstm, FoundWeights]:
    """An LSTM of integers, and its scales: input weights, then hidden weights, gate by gate."""
    bytes_, words = frozenset({INT8}), frozenset({INT32})
    inputs = _stacked(emitter, _INPUT_WEIGHTS, (units, shape[1]), bytes_)
    hidden = _stacked(emitter, _HIDDEN_WEIGHTS, (units, units), bytes_)
    bias = np.asarray(_stacked(emitter, _BIASES, (units,), words), np.int64)
    scales = np.array(
        [
            single_scale(emitter.wire(index), "weights")
            for index in (*_INPUT_WEIGHTS, *_HIDDEN_WEIGHTS)
        ]
    )
    first, second = (part[:, None, None] for part in np.split(scales, 2))
    op = Lstm(
        input_weight=(inputs * first).astype(np.float32),
        hidden_weight=(hidden * second).astype(np.float32),
        bias=(bias * (grid.scale * first[..., 0])).astype(np.float32),
        cell_clip=clip,
        keeps_state=True,
    )
    return op, FoundWeights(8, scales, bias.reshape(-1))
