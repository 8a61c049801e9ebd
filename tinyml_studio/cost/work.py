"""The work of a kernel's call in the quantities that its instructions on a chip grow with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tinyml_studio.cost import convolutions, depthwise, loops
from tinyml_studio.cost.convolutions import Held
from tinyml_studio.cost.quantities import Counts, Work, vector
from tinyml_studio.emit.binding import FIELDS
from tinyml_studio.emit.blocks import dense_unit, window_unit
from tinyml_studio.emit.call import KernelCall, Parameters

_OF_STRUCTURE: Mapping[str, Callable[[Held], Counts]] = MappingProxyType(
    {
        "conv2d_rows": convolutions.conv2d_rows,
        "conv2d16": convolutions.conv2d16,
        "conv2d16_patch": convolutions.conv2d16_patch,
        "conv2d_mve": convolutions.conv2d_mve,
        "conv2d_few_mve": convolutions.conv2d_gathered_mve,
        "conv2d_pixels_mve": convolutions.conv2d_gathered_mve,
        "conv2d_patch_mve": convolutions.conv2d_gathered_mve,
        "conv2d_gathered_mve": convolutions.conv2d_gathered_mve,
        "fully_connected_blocks": convolutions.fully_connected_blocks,
        "fully_connected_mve": convolutions.fully_connected_mve,
        "depthwise_mve": depthwise.depthwise_mve,
        "depthwise16": depthwise.depthwise_taps,
        "transpose_conv2d": depthwise.transpose_conv2d,
        "mean": loops.mean,
        "prod": loops.product,
        "softmax": loops.rows,
        "softmax16": loops.rows,
        "softmax_float32": loops.rows,
        "log_softmax": loops.rows,
        "l2_normalization": loops.rows,
        "batch_matmul": loops.batch_matmul,
        "gather": loops.gather,
        "resize_bilinear": loops.resize,
        "resize_bilinear_float32": loops.resize,
        "arg_max": loops.arg_max,
        "stream_buffer": loops.stream_buffer,
        "add_narrow": loops.narrow,
        "add_mve": loops.narrow,
    }
)
_ON_BLOCKS = ("conv2d_patch", "conv2d_gathered", "conv2d_bytes", "depthwise_blocks")
_GATES: Mapping[str, int] = MappingProxyType({"lstm": 4, "gru": 3})
_TOGETHER: Mapping[str, int] = MappingProxyType({"average_pool2d_mve": 4, "max_pool2d_mve": 16})


def work(call: KernelCall, *, dsp: bool) -> Work:
    """The quantities of one call, ``(25,)`` in the order of `quantities.QUANTITIES`.

    `dsp` says whether the core has Arm's DSP extension.
    """
    return vector(counts(call, dsp=dsp))


def counts(call: KernelCall, *, dsp: bool) -> Counts:
    """The same by name."""
    name = call.kernel.removeprefix("tms_")
    structures = [held.values for held in call.arguments if isinstance(held, Parameters)]
    if not structures:
        return loops.values(next(held for held in call.arguments if isinstance(held, int)))
    held = structures[0]
    if name in _OF_STRUCTURE:
        return _OF_STRUCTURE[name](held)
    if name in _ON_BLOCKS:
        return _on_blocks(call, held, dsp=dsp)
    if call.binding.weights is not None:
        return _of_width(name, held, call.binding.weights.bits)
    if "geometry" in held:
        return depthwise.pool(held, together=_TOGETHER.get(name, 1))
    return _looped(held)


def _looped(held: Held) -> Counts:
    """Of the kernels without windows or weights."""
    walk = held["loops"].values if "loops" in held else held
    return loops.nested(walk) if "sizes" in walk else loops.in_order(held)


def _on_blocks(call: KernelCall, held: Held, *, dsp: bool) -> Counts:
    """Of the kernels that have few bits in another order."""
    bits = call.binding.weights.bits if call.binding.weights is not None else 8
    if call.kernel == "tms_depthwise_blocks":
        return depthwise.depthwise_blocks(held, dsp=dsp, few=bits in FIELDS)
    if call.kernel == "tms_conv2d_bytes":
        return convolutions.conv2d_bytes(held, unit=window_unit(bits))
    return convolutions.conv2d_patch(held, unit=window_unit(bits))


def _of_width(name: str, held: Held, bits: int) -> Counts:
    """Of the kernels for weights of any width."""
    if name in _GATES:
        return loops.gated(held, _GATES[name], unit=dense_unit(bits))
    if name == "svdf":
        return loops.svdf(held, unit=dense_unit(bits))
    if name.startswith("fully_connected"):
        return convolutions.fully_connected(held, bits=bits)
    if name == "depthwise_conv2d":
        return depthwise.depthwise_taps(held, bits=bits)
    return convolutions.conv2d(held, bits=bits)
