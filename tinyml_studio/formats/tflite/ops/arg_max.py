"""ARG_MAX and ARG_MIN along an axis of a sample."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import ArgMax


def convert_arg_max(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; its output holds integers without a scale."""
    source, shape = emitter.computed()
    axes = emitter.integers(1)
    if len(axes) != 1:
        raise Malformed(f"it looks along {len(axes)} axes")
    op = ArgMax(sample_axis(axes[0], len(shape)), smallest=emitter.operator.kind == "ARG_MIN")
    return emitter.finish(op, source)
