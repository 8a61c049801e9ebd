"""Products of two computed matrices as ONNX."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import MatMul


def write_matmul(draft: Draft, node: Node, op: MatMul) -> None:
    """MatMul behind a Transpose for each operand that is held the other way round."""
    rank = max(map(draft.rank, node.inputs))
    pairs = zip(node.inputs, (op.adj_x, op.adj_y), strict=True)
    operands = [_operand(draft, tensor, rank, turned=turned) for tensor, turned in pairs]
    draft.write(node.outputs[0], draft.add("MatMul", operands))


def _operand(draft: Draft, tensor: str, rank: int, *, turned: bool) -> str:
    """``(N, ..., rows, columns)`` with unit axes behind the batch axis up to the rank."""
    missing = rank - draft.rank(tensor)
    name = draft.read(tensor)
    if missing:
        name = draft.add("Unsqueeze", [name, draft.integers(np.arange(1, missing + 1).tolist())])
    if not turned:
        return name
    return draft.add("Transpose", [name], perm=[*range(rank - 1), rank, rank - 1])
