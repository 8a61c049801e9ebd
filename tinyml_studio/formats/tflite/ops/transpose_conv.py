"""TRANSPOSE_CONV: a convolution backwards, to the shape that the output states."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.layer_weights import layer_weights
from tinyml_studio.formats.tflite.values import Known, Tensor
from tinyml_studio.formats.tflite.windows import check_windows, window_pads
from tinyml_studio.ir.ops import ConvTranspose, Pads, Shape


def convert_transpose_conv(emitter: Emitter) -> tuple[Tensor, ...]:
    """Weights ``(O, KH, KW, I)`` are those of `ConvTranspose`; operand 0 repeats the shape."""
    source, shape = emitter.computed(2)
    held = layer_weights(emitter, source, channels=0, operands=(1, 3))
    strides = (emitter.option(2, "<i4"), emitter.option(1, "<i4"))
    check_windows(strides=strides)
    wanted = _asked(emitter) if emitter.output().dynamic else emitter.output_shape()
    fits = held.weight.ndim == 4 and len(shape) == len(wanted) == 3
    if not fits or shape[2] != held.weight.shape[3]:
        raise Malformed(f"weights of shape {held.weight.shape} do not fit the input {shape}")
    kernel = held.weight.shape[1:3]
    op = ConvTranspose(
        weight=held.weight,
        bias=held.bias,
        strides=strides,
        pads=_cuts(emitter, shape[:2], wanted[:2], kernel, strides),
        dilations=(1, 1),
        clamp=emitter.clamp(3),
    )
    return emitter.finish(op, source, weights=held.found)


def _asked(emitter: Emitter) -> Shape:
    """The shape in operand 0, for an output whose sizes the file leaves open."""
    if not isinstance(emitter.around.lookup(emitter.wire(0).index), Known):
        raise Refused("the shape of its output is computed from more than sizes that are known")
    full = emitter.integers(0)
    if len(full) != 4 or full[0] != emitter.around.batch or min(full) < 1:
        raise Malformed(f"it asks for the shape {list(full)}")
    return full[1:]


def _cuts(emitter: Emitter, size: Shape, wanted: Shape, kernel: Shape, strides: Shape) -> Pads:
    """What is cut from both ends: in front the padding of the convolution that it reverses."""
    pads = window_pads(emitter.option(0, "i1"), wanted, kernel, strides, (1, 1))
    return tuple(
        (before, (count - 1) * stride + length - before - target)
        for (before, _), count, stride, length, target in zip(
            pads, size, strides, kernel, wanted, strict=True
        )
    )
