"""LSTM, GRU, SVDF and buffers of streams as ONNX, every sample from a reset state."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Gru, Lstm, StreamBuffer, Svdf

_LSTM_GATES = [0, 3, 1, 2]  # ONNX has them in the order input, output, forget, cell


def write_lstm(draft: Draft, node: Node, op: Lstm) -> None:
    """LSTM; a limit of the cell, which ONNX does not have, is left out."""
    biases = np.stack([op.bias, np.zeros_like(op.bias)])[:, _LSTM_GATES]
    _write(draft, node, "LSTM", op.input_weight[_LSTM_GATES], op.hidden_weight[_LSTM_GATES], biases)


def write_gru(draft: Draft, node: Node, op: Gru) -> None:
    """GRU, whose gates ONNX has in the same order."""
    biases = np.stack([op.bias, op.hidden_bias])
    after = int(op.reset_after)
    _write(draft, node, "GRU", op.input_weight, op.hidden_weight, biases, linear_before_reset=after)


def write_svdf(draft: Draft, node: Node, op: Svdf) -> None:
    """Gemm: after a reset only the newest features are not zero."""
    newest = op.time_weight[:, -1:] * op.feature_weight
    weight = newest.reshape(len(op.bias), -1, newest.shape[1]).sum(axis=1)
    operands = [draft.read(node.inputs[0]), draft.floats(weight), draft.floats(op.bias)]
    name = draft.add("Gemm", operands, transB=1)
    draft.write(node.outputs[0], draft.clamped(name, op.clamp))


def write_stream_buffer(draft: Draft, node: Node, op: StreamBuffer) -> None:
    """Pad: after a reset all that came before is zero."""
    rank = len(draft.shape(node.inputs[0]))
    before = [0] * (rank + 1)
    before[op.axis + 1] = op.length
    pads = draft.integers([*before, *[0] * (rank + 1)])
    draft.write(node.outputs[0], draft.add("Pad", [draft.read(node.inputs[0]), pads]))


def _write(
    draft: Draft,
    node: Node,
    kind: str,
    input_weight: FloatArray,
    hidden_weight: FloatArray,
    biases: FloatArray,
    **attributes: int,
) -> None:
    """Time first for the operator, one direction, and back."""
    units = input_weight.shape[1]
    operands = [
        draft.add("Transpose", [draft.read(node.inputs[0])], perm=[1, 0, 2]),
        draft.floats(input_weight.reshape(1, -1, input_weight.shape[2])),
        draft.floats(hidden_weight.reshape(1, -1, units)),
        draft.floats(biases.reshape(1, -1)),
    ]
    made = draft.add(kind, operands, hidden_size=units, **attributes)
    one = draft.add("Squeeze", [made, draft.integers([1])])
    draft.write(node.outputs[0], draft.add("Transpose", [one], perm=[1, 0, 2]))
