"""Operators that leave pixels in the samples that SPACE_TO_BATCH_ND has put them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.ops.function import NAMES
from tinyml_studio.formats.tflite.schema import Blocks, WireOperator, WireTensor
from tinyml_studio.formats.tflite.windows import SAME, VALID, window_pads
from tinyml_studio.ir.ops import Shape

Tensors = tuple[WireTensor, ...]

_CONVOLUTIONS = {"CONV_2D": (5, 4), "DEPTHWISE_CONV_2D": (6, 5)}
"""Numbers of their options for the dilations of height and width."""

_RESHAPES = frozenset({"RESHAPE", "EXPAND_DIMS", "SQUEEZE"})
_OF_ONE = frozenset(
    {
        *NAMES,
        *("RELU", "RELU6", "RELU_0_TO_1", "RELU_N1_TO_1", "LEAKY_RELU", "HARD_SWISH"),
        *("LOGISTIC", "TANH", "GELU"),
        *("QUANTIZE", "DEQUANTIZE", "NEG", "SOFTMAX", "LOG_SOFTMAX", "L2_NORMALIZATION"),
    }
)
_OF_TWO = frozenset(
    {"ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "PRELU", "SQUARED_DIFFERENCE"}
)


@dataclass(frozen=True)
class Apart:
    """Pixels in samples of their own.

    Parameters
    ----------
    factors
        For every axis behind the batch, how many parts it has been taken apart into.
    joined
        The shape where the pixels were, the batch in front.
    """

    factors: Shape
    joined: Shape

    @property
    def shape(self) -> Shape | None:
        """The shape with the parts in the batch; None where an axis has no such parts."""
        if any(size % parts for size, parts in zip(self.joined[1:], self.factors, strict=True)):
            return None
        sizes = (size // of for size, of in zip(self.joined[1:], self.factors, strict=True))
        return (self.joined[0] * prod(self.factors), *sizes)

    def with_shape(self, shape: Shape) -> Apart:
        """The same parts of a tensor whose shape has them in the batch.

        Raises
        ------
        Refused
            If it has other parts.
        """
        count = self.joined[0] * prod(self.factors)
        if len(shape) != len(self.factors) + 1 or shape[0] != count:
            raise Refused("changes the blocks")
        sizes = (size * of for size, of in zip(shape[1:], self.factors, strict=True))
        return Apart(self.factors, (self.joined[0], *sizes))


def apart_between(
    tensors: Tensors, operator: WireOperator, apart: Mapping[int, Apart]
) -> tuple[Apart, Blocks | None]:
    """Where the pixels of an operator's output lie.

    A convolution comes with the dilation and padding that it has where the pixels were.

    Raises
    ------
    Refused
        If that cannot be told.
    """
    held = [apart[index] for index in operator.inputs if index in apart]
    if len(operator.outputs) != 1 or len({(one.factors, one.joined[:-1]) for one in held}) != 1:
        raise Refused("takes pixels of different blocks")
    made = tensors[operator.outputs[0]]
    if made.dynamic:
        raise Refused("has an output without a fixed size")
    blocks = None
    if operator.kind in (*_RESHAPES, *_CONVOLUTIONS):
        if operator.inputs[0] not in apart:
            raise Refused("takes its window or shape from pixels")
        if operator.kind in _RESHAPES:
            return _reshaped(held[0], made.shape), None
        blocks = _convolution(tensors, operator, held[0])
    elif not _is_position_wise(tensors, operator, apart):
        raise Refused("does not treat every position alone")
    return held[0].with_shape(made.shape), blocks


def _is_position_wise(tensors: Tensors, operator: WireOperator, apart: Mapping[int, Apart]) -> bool:
    """Whether every output is a function of what stands at its own position."""
    if operator.kind in _OF_ONE:
        return len(operator.inputs) == 1
    if operator.kind == "CONCATENATION":
        rank = len(tensors[operator.outputs[0]].shape)
        axis = 0 if operator.options is None else operator.options.integer(0, "<i4")
        return axis in (-1, rank - 1) and all(index in apart for index in operator.inputs)
    if operator.kind not in _OF_TWO or len(operator.inputs) != 2:
        return False
    others = [tensors[index] for index in operator.inputs if index >= 0 and index not in apart]
    return all(prod(other.shape[:-1]) == 1 for other in others)


def _reshaped(apart: Apart, shape: Shape) -> Apart:
    """The parts of the axes when only axes of one come or go."""
    axes = list(zip(apart.joined[1:], apart.factors, strict=True))
    kept = [axis for axis in axes if axis != (1, 1)]
    factors = []
    for size in shape[1:]:
        if kept and size * kept[0][1] == kept[0][0]:
            factors.append(kept.pop(0)[1])
        elif size == 1:
            factors.append(1)
        else:
            raise Refused("mixes positions")
    if kept or factors[-1:] != [1]:
        raise Refused("mixes positions")
    return Apart(tuple(factors), apart.joined[:1]).with_shape(shape)


def _convolution(tensors: Tensors, operator: WireOperator, apart: Apart) -> Blocks:
    """Dilation and padding where the pixels were."""
    options, source = operator.options, apart.shape
    if options is None or operator.blocks is not None or len(operator.inputs) < 2:
        raise Refused("cannot be dilated")
    kernel = tensors[operator.inputs[1]].shape[1:3] if operator.inputs[1] >= 0 else ()
    padding = options.integer(0, "i1")
    if source is None or len(apart.factors) != 3 or len(kernel) != 2 or min(kernel) < 1:
        raise Refused("does not slide over the blocks")
    strides = (options.integer(2, "<i4"), options.integer(1, "<i4"))
    if padding not in (SAME, VALID) or min(strides) < 1:
        raise Refused("has no such padding or strides")
    spread = tuple(options.integer(at, "<i4", 1) for at in _CONVOLUTIONS[operator.kind])
    if min(spread) < 1:
        raise Refused("has no such dilation")
    pads = window_pads(padding, source[1:3], kernel, strides, spread)
    wider = [of * more for of, more in zip(apart.factors[:2], spread, strict=True)]
    around = [
        (front * of, behind * of)
        for (front, behind), of in zip(pads, apart.factors[:2], strict=True)
    ]
    return Blocks(tuple(wider), tuple(around), strides, apart.factors[:2])
