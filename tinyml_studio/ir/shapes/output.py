"""The shapes of an operator's outputs from those of its operands."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Operator, Shape
from tinyml_studio.ir.shapes.rule import ShapeMismatchError, infer

MaybeShapes = tuple[Shape | None, ...]


def output_shapes(op: Operator, input_shapes: MaybeShapes) -> MaybeShapes:
    """Shapes of an operator's outputs, one sample each; checks the operands and the attributes.

    Parameters
    ----------
    op
        Any operator of `tinyml_studio.ir.ops`.
    input_shapes
        One per operand; ``None`` where unknown.

    Returns
    -------
    tuple
        One shape per output; ``None`` for each when an operand's shape is unknown (a `Reshape`
        knows its own, an `Opaque` gives what its file says).

    Raises
    ------
    ShapeMismatchError
        If the operands do not fit the operator.
    """
    _check_operands(op, len(input_shapes))
    if isinstance(op, ops.Opaque):
        return op.output_shapes
    known = [shape for shape in input_shapes if shape is not None]
    if len(known) < len(input_shapes):
        if isinstance(op, ops.Reshape):
            return (op.shape,)
        return (None,) * op.results
    return tuple(infer(op, known))


def _check_operands(op: Operator, count: int) -> None:
    """Refuse a wrong number of operands."""
    if op.operands is not None and count != op.operands:
        raise ShapeMismatchError(f"{op.kind} has {op.operands} operand(s), not {count}")
    if op.operands is None and count < 1 and not isinstance(op, ops.Opaque):
        raise ShapeMismatchError(f"a {op.kind} needs an operand")
