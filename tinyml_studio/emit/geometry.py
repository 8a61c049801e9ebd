"""Shapes as the kernels of `resources/c/` want them: images, and few nested loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tinyml_studio.emit.call import Parameters
from tinyml_studio.errors import ExportError
from tinyml_studio.program.instructions import (
    AveragePool2D,
    AveragePoolFloat32,
    Conv2D,
    DepthwiseConv2D,
    Instruction,
    MaxPool2D,
    TransposeConv2D,
)
from tinyml_studio.program.program import Program

MAX_LOOPS = 5

_AXES = (
    ("in_height", "in_width"),
    ("out_height", "out_width"),
    ("kernel_height", "kernel_width"),
    ("stride_y", "stride_x"),
    ("pad_top", "pad_left"),
    ("dilation_y", "dilation_x"),
)
# what stands for each member where rows and columns change places
_TURNED = dict([*_AXES, *((column, row) for row, column in _AXES)])

Window = Conv2D | DepthwiseConv2D | TransposeConv2D | MaxPool2D | AveragePool2D | AveragePoolFloat32


def image_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """``(H, W, C)`` of a spatial tensor: unit axes stand in front of a shorter shape."""
    height, width, channels = (1,) * (3 - len(shape)) + shape
    return height, width, channels


def window_geometry(
    program: Program,
    item: Window,
    kernel: tuple[int, int],
    dilations: tuple[int, int] = (1, 1),
) -> Parameters:
    """The structure `tms_geometry_t` of a sliding window."""
    in_shape = image_shape(program.tensors[item.inputs[0]].shape)
    out_shape = image_shape(program.tensors[item.output].shape)
    values = {
        "in_height": in_shape[0],
        "in_width": in_shape[1],
        "in_channels": in_shape[2],
        "out_height": out_shape[0],
        "out_width": out_shape[1],
        "out_channels": out_shape[2],
        "kernel_height": kernel[0],
        "kernel_width": kernel[1],
        "stride_y": item.strides[0],
        "stride_x": item.strides[1],
        "pad_top": item.pads[0][0],
        "pad_left": item.pads[1][0],
        "dilation_y": dilations[0],
        "dilation_x": dilations[1],
    }
    return Parameters("tms_geometry_t", values)


def line_geometry(
    program: Program,
    item: Window,
    kernel: tuple[int, int],
    dilations: tuple[int, int] = (1, 1),
) -> Parameters:
    """The same, where an image and a window that are one column each are one row.

    Values lie in the same order, and kernels are made for long rows.
    """
    geometry = window_geometry(program, item, kernel, dilations)
    values = geometry.values
    widths = ("in_width", "out_width", "kernel_width")
    if any(values[name] != 1 for name in widths) or any(item.pads[1]):
        return geometry
    turned = {name: values[_TURNED.get(name, name)] for name in values}
    return Parameters("tms_geometry_t", turned)


def is_one_row(item: Conv2D) -> bool:
    """Whether every pixel depends on one alone, so that all rows are one."""
    kernel = (item.weights.shape[1], item.weights.shape[2])
    return kernel == item.strides == (1, 1) and not any(map(any, item.pads))


def convolution_geometry(program: Program, item: Conv2D) -> Parameters:
    """That of a convolution; where it has one tap and no gaps, all pixels are one row."""
    kernel = (item.weights.shape[1], item.weights.shape[2])
    if not is_one_row(item):
        return line_geometry(program, item, kernel, item.dilations)
    channels, depth = len(item.weights), item.groups * item.weights.shape[3]
    return row_geometry(program.tensors[item.output].size // channels, depth, channels)


def row_geometry(pixels: int, in_channels: int, out_channels: int) -> Parameters:
    """The structure `tms_geometry_t` of a layer whose every pixel depends on one pixel alone."""
    values = {
        "in_height": 1,
        "in_width": pixels,
        "in_channels": in_channels,
        "out_height": 1,
        "out_width": pixels,
        "out_channels": out_channels,
        "kernel_height": 1,
        "kernel_width": 1,
        "stride_y": 1,
        "stride_x": 1,
        "pad_top": 0,
        "pad_left": 0,
        "dilation_y": 1,
        "dilation_x": 1,
    }
    return Parameters("tms_geometry_t", values)


def strides_of(shape: Sequence[int]) -> tuple[int, ...]:
    """Elements from one index to the next on every axis, in C order."""
    strides: list[int] = []
    step = 1
    for extent in reversed(shape):
        strides.insert(0, step)
        step *= extent
    return tuple(strides)


def broadcast_strides(shape: tuple[int, ...], to: tuple[int, ...]) -> tuple[int, ...]:
    """Strides of a tensor under the index of a shape that it broadcasts to: 0 where it repeats."""
    full = (1,) * (len(to) - len(shape)) + shape
    pairs = zip(full, strides_of(full), strict=True)
    return tuple(0 if extent == 1 else stride for extent, stride in pairs)


@dataclass(frozen=True, slots=True)
class Loops:
    """Nested loops, outermost first, with one tuple of strides per tensor."""

    sizes: tuple[int, ...]
    strides: tuple[tuple[int, ...], ...]


def merged_loops(
    sizes: Sequence[int], *strides: Sequence[int], item: Instruction, count: int = MAX_LOOPS
) -> Loops:
    """The same walk with as few loops as possible, filled up to `count` with loops of one step.

    Raises
    ------
    ExportError
        If more than `count` loops remain; names the layer.
    """
    axes: list[tuple[int, ...]] = []
    for axis in zip(sizes, *strides, strict=True):
        if axis[0] == 1:
            continue
        if axes and all(
            outer == inner * axis[0] for outer, inner in zip(axes[-1][1:], axis[1:], strict=True)
        ):
            axes[-1] = (axes[-1][0] * axis[0], *axis[1:])
        else:
            axes.append(axis)
    if len(axes) > count:
        raise ExportError(
            f"Layer {item.layer!r} cannot be written in C",
            detail=f"its {type(item).__name__} walks over {len(axes)} axes; at most {count} work",
        )
    filled = [(1, *(0 for _ in strides))] * (count - len(axes)) + axes
    columns = tuple(zip(*filled, strict=True))
    return Loops(columns[0], columns[1:])
