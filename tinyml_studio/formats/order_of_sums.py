"""In which order ONNX Runtime's QLinearAdd adds, which moves the last bit of its float32 sums."""

from __future__ import annotations

from itertools import zip_longest

from tinyml_studio.ir.ops import Shape


def is_added_last(first: Shape, second: Shape) -> bool:
    """Whether the first operand of a QLinearAdd takes the second one's place in the formula.

    ONNX Runtime hands rows to its kernel, and where the first operand has one value for a whole
    row of the second, it exchanges the two. Source: ``QLinearAdd`` in
    ``contrib_ops/cpu/quantization/qlinear_binary_op.cc``.

    Parameters
    ----------
    first, second
        In the file's layout, without the batch.
    """
    axes = zip_longest(reversed(first), reversed(second), fillvalue=1)
    return next((one == 1 for one, other in axes if max(one, other) > 1), False)
