"""Activations that exporters write as several operators become one function again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundQuantization
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Operator
from tinyml_studio.passes.editor import Editor

_TOLERANCE = 1e-4  # of constants that exporters round
_RELU6 = ops.Clamp(0.0, 6.0)


def fuse_gates(graph: Graph) -> Graph:
    """Fuse products of a tensor with a function of itself, and the hard sigmoid written out.

    ``x * Sigmoid(x)`` becomes Silu, ``x * HardSigmoid(x)`` with slope 1/6 and
    ``x * relu6(x + 3) / 6`` become HardSwish, ``x * Tanh(Softplus(x))`` becomes Mish,
    ``x / 2 * (1 + Erf(x / sqrt 2))`` becomes Gelu, ``relu6(x + 3) / 6`` becomes HardSigmoid: one
    table each, and one rounding. Requires nothing. Ensures that none of these patterns is left;
    what they were made of stays for `drop_dead`. In a quantized network only a product with a
    function of its own input is fused, where nothing is rounded between.
    """
    editor = Editor(graph)
    for node in editor.walk():
        if not isinstance(node.op, ops.Mul) or node.op.clamp:
            continue
        if graph.found is None:
            fused = _gated(editor, node) or _scaled(editor, node)
        else:
            fused = _ungraded(editor, node, graph.found)
        if fused is not None and editor.shapes.get(fused[1]) == editor.shapes.get(node.outputs[0]):
            editor.replace(node, replace(node, op=fused[0], inputs=(fused[1],)))
    return editor.graph()


_Fused = tuple[Operator, str]  # the function, and the tensor that it is of


def _gated(editor: Editor, node: Node) -> _Fused | None:
    """A tensor times a function of itself."""
    for source, gate in (node.inputs, node.inputs[::-1]):
        maker = editor.producer(gate)
        if maker is None:
            continue
        if maker.inputs[0] == source:
            op = _times_own(maker.op)
            if op is not None:
                return op, source
        if isinstance(maker.op, ops.Tanh) and _is_function(editor, maker, "Softplus", source):
            return ops.Function("Mish"), source
        half = _scalar(editor, editor.producer(source), ops.Mul)
        if half is not None and _near(half[1], 0.5) and _erf_gate(editor, maker) == half[0]:
            return ops.Function("Gelu"), half[0]
    return None


def _ungraded(editor: Editor, node: Node, found: FoundQuantization) -> _Fused | None:
    """A tensor times a function of itself that the file computes in real numbers."""
    for source, gate in (node.inputs, node.inputs[::-1]):
        maker = editor.producer(gate)
        if maker is not None and maker.inputs[0] == source and not found.states(gate):
            op = _times_own(maker.op)
            if op is not None:
                return op, source
    return None


def _times_own(gate: Operator) -> Operator | None:
    """The function ``x * gate(x)``."""
    if isinstance(gate, ops.Sigmoid):
        return ops.Function("Silu")
    if isinstance(gate, ops.HardSigmoid) and _near(gate.alpha, 1 / 6) and _near(gate.beta, 0.5):
        return ops.HardSwish()
    return None


def _scaled(editor: Editor, node: Node) -> _Fused | None:
    """A constant times something that lacks just that."""
    found = _scalar(editor, node, ops.Mul)
    inner = None if found is None else editor.producer(found[0])
    if found is None or inner is None:
        return None
    if _near(found[1], 1 / 6):
        source = _relu6_of_plus_3(editor, inner)
        if source is not None:
            return ops.HardSigmoid(1 / 6, 0.5), source
    if not isinstance(inner.op, ops.Mul) or inner.op.clamp:
        return None
    for source, gate in (inner.inputs, inner.inputs[::-1]):
        maker = editor.producer(gate)
        if _near(found[1], 1 / 6) and _relu6_of_plus_3(editor, maker) == source:
            return ops.HardSwish(), source
        if _near(found[1], 0.5) and _erf_gate(editor, maker) == source:
            return ops.Function("Gelu"), source
    return None


def _relu6_of_plus_3(editor: Editor, node: Node | None) -> str | None:
    """The x where a node computes ``relu6(x + 3)``."""
    if node is None:
        return None
    if isinstance(node.op, ops.Clip) and node.op.clamp == _RELU6:
        node = editor.producer(node.inputs[0])
    elif not (isinstance(node.op, ops.Add) and node.op.clamp == _RELU6):
        return None
    found = _scalar(editor, node, ops.Add)
    return found[0] if found is not None and _near(found[1], 3.0) else None


def _erf_gate(editor: Editor, node: Node | None) -> str | None:
    """The x where a node computes ``1 + Erf(x / sqrt 2)``."""
    found = _scalar(editor, node, ops.Add)
    erf = None if found is None else editor.producer(found[0])
    if found is None or erf is None or not _near(found[1], 1.0):
        return None
    if erf.op != ops.Function("Erf"):
        return None
    inner = _scalar(editor, editor.producer(erf.inputs[0]), ops.Mul)
    return inner[0] if inner is not None and _near(inner[1], math.sqrt(0.5)) else None


def _is_function(editor: Editor, node: Node, name: str, source: str) -> bool:
    """Whether a node reads a function of `source`."""
    inner = editor.producer(node.inputs[0])
    return inner is not None and inner.op == ops.Function(name) and inner.inputs == (source,)


def _scalar(
    editor: Editor, node: Node | None, kind: type[ops.Add] | type[ops.Mul]
) -> tuple[str, float] | None:
    """A tensor and the one number that a node adds to it or multiplies it by."""
    if node is None or not isinstance(node.op, kind):
        return None
    for source, other in (node.inputs, node.inputs[::-1]):
        value = editor.constants.get(other)
        if value is not None and value.size and source not in editor.constants:
            number = float(value.flat[0])
            return (source, number) if bool(np.all(value == value.flat[0])) else None
    return None


def _near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= _TOLERANCE * abs(wanted)
