"""Activation functions as ONNX; all but Softmax stay in the layout of their input."""

from __future__ import annotations

from tinyml_studio.formats.writer.draft import Attribute, Draft
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import (
    Clip,
    HardSigmoid,
    HardSwish,
    Identity,
    L2Normalization,
    LeakyRelu,
    LogSoftmax,
    Requantize,
    Sigmoid,
    Softmax,
    Tanh,
)


def write_clip(draft: Draft, node: Node, op: Clip) -> None:
    """Relu or Clip; a Clip without limits is an Identity."""
    layout = draft.preferred(node.inputs[0])
    source = draft.read(node.inputs[0], layout)
    draft.write(node.outputs[0], draft.clamped(source, op.clamp), layout)


def write_leaky_relu(draft: Draft, node: Node, op: LeakyRelu) -> None:
    """LeakyRelu."""
    _write_function(draft, node, "LeakyRelu", alpha=op.alpha)


def write_hard_sigmoid(draft: Draft, node: Node, op: HardSigmoid) -> None:
    """HardSigmoid."""
    _write_function(draft, node, "HardSigmoid", alpha=op.alpha, beta=op.beta)


def write_plain(draft: Draft, node: Node, op: HardSwish | Sigmoid | Tanh) -> None:
    """HardSwish, Sigmoid and Tanh have no attributes."""
    _write_function(draft, node, op.kind)


def write_identity(draft: Draft, node: Node, op: Identity | Requantize) -> None:
    """No node at all: the output is another name of the input."""
    layout = draft.preferred(node.inputs[0])
    draft.write(node.outputs[0], draft.read(node.inputs[0], layout), layout)


def write_softmax(draft: Draft, node: Node, op: Softmax) -> None:
    """Softmax along its axis, channels last, where its usual axis is contiguous."""
    source = draft.read(node.inputs[0])
    if op.beta != 1.0:
        source = draft.add("Mul", [source, draft.floats(op.beta)])
    draft.write(node.outputs[0], draft.add("Softmax", [source], axis=op.axis + 1))


def write_log_softmax(draft: Draft, node: Node, op: LogSoftmax) -> None:
    """LogSoftmax along the last axis."""
    del op
    source = draft.read(node.inputs[0])
    draft.write(node.outputs[0], draft.add("LogSoftmax", [source], axis=-1))


def write_l2_normalization(draft: Draft, node: Node, op: L2Normalization) -> None:
    """LpNormalization along the last axis."""
    del op
    source = draft.read(node.inputs[0])
    draft.write(node.outputs[0], draft.add("LpNormalization", [source], axis=-1, p=2))


def _write_function(draft: Draft, node: Node, op_type: str, **attributes: Attribute) -> None:
    layout = draft.preferred(node.inputs[0])
    source = draft.read(node.inputs[0], layout)
    draft.write(node.outputs[0], draft.add(op_type, [source], **attributes), layout)
