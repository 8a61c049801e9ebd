"""Which operators are evaluated when all their operands are constant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tinyml_studio.formats.folds import arithmetic, generate, indexing, reduction, shaping
from tinyml_studio.formats.folds.call import Fold, FoldCall
from tinyml_studio.formats.limits import MAX_RANK
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Array

FOLDS: Mapping[str, Fold] = {
    **dict.fromkeys(arithmetic.BINARY, arithmetic.binary),
    **dict.fromkeys(arithmetic.UNARY, arithmetic.unary),
    **dict.fromkeys(reduction.REDUCTIONS, reduction.reduction),
    "Where": arithmetic.where,
    "Clip": arithmetic.clip,
    "Cast": arithmetic.cast,
    "Reshape": shaping.reshape,
    "Flatten": shaping.flatten,
    "Transpose": shaping.transpose,
    "Squeeze": shaping.squeeze,
    "Unsqueeze": shaping.unsqueeze,
    "Concat": shaping.concat,
    "Split": shaping.split,
    "MatMul": shaping.matmul,
    "Expand": shaping.expand,
    "Tile": shaping.tile,
    "Shape": shaping.shape_of,
    "Size": shaping.size_of,
    "Slice": indexing.slice_constant,
    "Gather": indexing.gather,
    "Constant": generate.constant,
    "ConstantOfShape": generate.constant_of_shape,
    "Range": generate.arange,
}


def fold(call: FoldCall) -> tuple[Array, ...]:
    """Evaluate one operator; the results are read-only.

    Raises
    ------
    Refused
        For a variant that is not evaluated.
    Malformed
        For operands that do not fit, and results that are too large.
    """
    try:
        with np.errstate(all="ignore"):
            results = FOLDS[call.op_type](call)
    except (ValueError, IndexError, TypeError, OverflowError) as error:
        raise Malformed(f"its operands do not fit: {error}") from None
    for result in results:
        call.budget.claim(result.shape)
        if result.ndim > MAX_RANK:
            raise Malformed(f"a computed constant has {result.ndim} axes")
        result.flags.writeable = False
    return results
