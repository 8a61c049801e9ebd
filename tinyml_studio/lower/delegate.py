"""Which layers an engine hands on to another one: LiteRT on a desktop to XNNPACK."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import (
    Add,
    Conv,
    ConvTranspose,
    Dense,
    LeakyRelu,
    Mean,
    Mul,
    ResizeBilinear,
    Sub,
    Sum,
)
from tinyml_studio.lower.layer import Setting
from tinyml_studio.program.program import QuantizedTensor

_HANDED_ON = (
    *(Conv, ConvTranspose, Dense, Add, Sub, Mul),
    *(LeakyRelu, Mean, ResizeBilinear, Sum),
)
_WHOLE_BYTES = (Conv, ConvTranspose)


def handed_on(setting: Setting, node: Node, known: Mapping[str, QuantizedTensor]) -> Setting:
    """The setting of a layer: with the arithmetic of the delegate where that takes the layer.

    XNNPACK takes 8-bit values alone, and convolutions with 8-bit weights. Other operators that it
    takes too have LiteRT's integers.

    Source: ``xnnpack_delegate.cc`` of LiteRT 2.3.
    """
    delegate = setting.arithmetic.delegate
    if delegate is None or not isinstance(node.op, _HANDED_ON):
        return setting
    choice = setting.scheme.of(node.name)
    widths = {choice.activation_bits, *(known[x].type.bits for x in node.inputs if x in known)}
    if isinstance(node.op, _WHOLE_BYTES):
        widths.add(choice.weight_bits)
    return replace(setting, arithmetic=delegate) if widths == {INT8.bits} else setting
