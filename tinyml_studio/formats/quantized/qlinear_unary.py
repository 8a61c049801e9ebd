"""QLinearSoftmax, QLinearSigmoid and QLinearLeakyRelu (com.microsoft)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.onnx_ops import leaky_relu as leaky_relus
from tinyml_studio.formats.onnx_ops import smooth
from tinyml_studio.formats.onnx_ops import softmax as softmaxes
from tinyml_studio.formats.quantized.integer_operator import (
    convert_as,
    on_output_grid,
    real_operand,
)
from tinyml_studio.formats.quantized.parameters import read_encoding
from tinyml_studio.formats.values import Tensor


def softmax(emitter: Emitter) -> Tensor:
    """The attribute `opset` says which version of Softmax is meant; steps are whole numbers."""
    opset = emitter.attributes.integer("opset", emitter.opset)
    emitter.around = replace(emitter.around, opset=opset)
    converter = partial(softmaxes.convert, whole_steps=True)
    return _unary(emitter, converter, "Softmax")


def sigmoid(emitter: Emitter) -> Tensor:
    """No attributes."""
    return _unary(emitter, smooth.sigmoid, "Sigmoid")


def leaky_relu(emitter: Emitter) -> Tensor:
    """The slope is an attribute."""
    return _unary(emitter, leaky_relus.leaky_relu, "LeakyRelu")


def _unary(emitter: Emitter, converter: Converter, op_type: str) -> Tensor:
    """Operands: x with its parameters, those of the output."""
    source, _ = real_operand(emitter, 0)
    output = read_encoding(emitter, 3, 4)
    made = convert_as(emitter, converter, [source], op_type=op_type, drop=["opset"])
    return on_output_grid(emitter, made, output)
