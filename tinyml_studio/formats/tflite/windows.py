"""Padding of windows: SAME and VALID as numbers."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.schema import WireOperator
from tinyml_studio.ir.ops import Pads, Shape

SAME, VALID = 0, 1


def check_windows(**values: Shape) -> None:
    """Malformed unless every kernel, stride and dilation is 1 or more."""
    for name, pair in values.items():
        if min(pair) < 1:
            raise Malformed(f"its {name} is {pair}")


def convolution_windows(
    operator: WireOperator, padding: int, spatial: Shape, kernel: Shape, given: tuple[Shape, Shape]
) -> tuple[Pads, Shape]:
    """Padding and dilations of a convolution with `given` strides and dilations."""
    if operator.blocks is not None:
        return operator.blocks.pads, operator.blocks.dilations
    strides, dilations = given
    return window_pads(padding, spatial, kernel, strides, dilations), dilations


def window_pads(
    padding: int, spatial: Shape, kernel: Shape, strides: Shape, dilations: Shape
) -> Pads:
    """Padding in front and behind on each axis.

    With SAME there are ``ceil(size / stride)`` windows, and what is missing is added half in
    front, the odd one behind. Source: ``ComputePaddingHeightWidth`` of TFLite.

    Raises
    ------
    Malformed
        If the padding is neither SAME nor VALID.
    """
    if padding not in (SAME, VALID):
        raise Malformed(f"its padding is number {padding}")
    if padding == VALID:
        return ((0, 0),) * len(spatial)
    pads = []
    for size, length, stride, dilation in zip(spatial, kernel, strides, dilations, strict=True):
        count = -(-size // stride)
        total = max((count - 1) * stride + dilation * (length - 1) + 1 - size, 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)
