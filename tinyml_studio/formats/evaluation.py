"""Nodes whose operands are all constant, and Shape of computed tensors: evaluated while reading."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from tinyml_studio.formats.folds.call import Budget, FoldCall
from tinyml_studio.formats.folds.registry import FOLDS, fold
from tinyml_studio.formats.folds.shaping import shape_window
from tinyml_studio.formats.limits import MAX_FOLDED_ELEMENTS
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import BATCHES, Known, Tensor, Value
from tinyml_studio.formats.wire import Array, Foreign, WireNode

MAX_SIZE = 2**62  # elements of a tensor, so that shape arithmetic cannot overflow at once


class Evaluator:
    """Evaluates nodes for both trial batch sizes, within one budget.

    Parameters
    ----------
    opset
        Version of the standard operators.
    lookup
        The value of a tensor.
    """

    def __init__(self, opset: int, lookup: Callable[[str], Value]) -> None:
        self._opset = opset
        self._lookup = lookup
        self._budget = Budget(MAX_FOLDED_ELEMENTS, "its computed constants")

    def evaluate(self, node: WireNode) -> tuple[Known, ...] | None:
        """The results of a node of the standard domain; None when the network computes it.

        Raises
        ------
        Refused
            For a variant that is not evaluated, or a shape that is not known.
        Malformed
            For operands that do not fit, and results that are too large.
        """
        if node.op_type not in FOLDS:
            return None
        operands = [self._lookup(name) if name else None for name in node.inputs]
        if node.op_type in ("Shape", "Size") and isinstance(operands[0], Tensor):
            return self._measure(node, operands[0])
        if any(isinstance(operand, Tensor | Foreign) for operand in operands):
            return None
        known = [operand for operand in operands if isinstance(operand, Known)]
        first = self._fold(node, operands, 0)
        if all(operand.other is None for operand in known):
            return tuple(Known(array) for array in first)
        second = self._fold(node, operands, 1)
        return tuple(Known.of(a, b) for a, b in zip(first, second, strict=True))

    def _fold(self, node: WireNode, operands: list[Value | None], trial: int) -> tuple[Array, ...]:
        """Evaluate a node for one of the trial batch sizes."""
        results = fold(
            self._call(
                node,
                tuple(
                    operand.at(trial) if isinstance(operand, Known) else None
                    for operand in operands
                ),
            )
        )
        if len(results) != len(node.outputs) or not all(node.outputs):
            raise Refused("its outputs do not fit")
        return results

    def _measure(self, node: WireNode, tensor: Tensor) -> tuple[Known, ...]:
        """Shape or Size of a computed tensor, for both trial batch sizes."""
        if tensor.shape is None:
            raise Refused(f"the shape of its operand {tensor.name!r} is not known")
        shapes = [tensor.file_shape(batch) for batch in BATCHES]
        if max(prod(shape) for shape in shapes) > MAX_SIZE:
            raise Malformed(f"its operand has the shape {list(tensor.shape)}")
        if node.op_type == "Size":
            return (Known.of(*(np.array(prod(shape), np.int64) for shape in shapes)),)
        call = self._call(node, ())
        return (Known.of(*(shape_window(np.array(shape, np.int64), call) for shape in shapes)),)

    def _call(self, node: WireNode, arrays: tuple[Array | None, ...]) -> FoldCall:
        return FoldCall(
            node.op_type, self._opset, node.attributes, arrays, len(node.outputs), self._budget
        )
