"""Sliding windows of convolutions and pools: how many positions they have."""

from __future__ import annotations

from tinyml_studio.ir.ops import Pads, Shape


def window_counts(
    spatial: Shape, kernel: Shape, strides: Shape, pads: Pads, dilations: Shape
) -> Shape:
    """Positions of a window on each spatial axis.

    ``floor((size + before + after - dilation * (kernel - 1) - 1) / stride) + 1``, the rule of ONNX
    without ``ceil_mode`` (a reader writes that as more padding behind).

    Raises
    ------
    ValueError
        If an attribute is out of range or a window is longer than the padded input.
    """
    counts = []
    for size, length, stride, pair, dilation in zip(
        spatial, kernel, strides, pads, dilations, strict=True
    ):
        if min(length, stride, dilation) < 1 or min(pair) < 0:
            raise ValueError(
                f"kernel {length}, stride {stride}, dilation {dilation}, pads {pair} out of range"
            )
        reach = dilation * (length - 1) + 1
        padded = size + sum(pair)
        if reach > padded:
            raise ValueError(f"a window of {reach} on a padded axis of {padded}")
        counts.append((padded - reach) // stride + 1)
    return tuple(counts)


def transposed_counts(
    spatial: Shape, kernel: Shape, strides: Shape, pads: Pads, dilations: Shape
) -> Shape:
    """Outputs of a transposed convolution on each spatial axis.

    ``(size - 1) * stride + dilation * (kernel - 1) + 1 - before - after``, where a negative
    `after` adds outputs: fewer than the stride or the dilation, as in ONNX.

    Raises
    ------
    ValueError
        If an attribute is out of range or nothing is left.
    """
    counts = []
    for size, length, stride, (before, after), dilation in zip(
        spatial, kernel, strides, pads, dilations, strict=True
    ):
        if min(length, stride, dilation) < 1 or before < 0 or -after >= max(stride, dilation):
            raise ValueError(
                f"kernel {length}, stride {stride}, dilation {dilation}, pads {(before, after)} "
                "out of range"
            )
        full = (size - 1) * stride + dilation * (length - 1) + 1
        if full - before - after < 1:
            raise ValueError(f"pads {(before, after)} cut all of {full} outputs")
        counts.append(full - before - after)
    return tuple(counts)


def check_windows_touch(
    spatial: Shape, counts: Shape, kernel: Shape, strides: Shape, pads: Pads
) -> None:
    """Refuse pooling windows that see nothing but padding.

    Raises
    ------
    ValueError
        If the first or the last window of an axis lies outside the input.
    """
    for size, count, length, stride, (before, _) in zip(
        spatial, counts, kernel, strides, pads, strict=True
    ):
        if before >= length or (count - 1) * stride - before >= size:
            raise ValueError(f"a window of {length} sees only padding ({before} in front)")
