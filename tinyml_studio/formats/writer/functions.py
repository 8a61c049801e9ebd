"""Functions of one value as ONNX; those that the opset lacks are made of others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Function

_WITH_ALPHA = frozenset({"Elu", "Celu", "ThresholdedRelu"})


def write_function(draft: Draft, node: Node, op: Function) -> None:
    """In the layout of the input."""
    layout = draft.preferred(node.inputs[0])
    source = draft.read(node.inputs[0], layout)
    if draft.opset >= _NEWER and op.name in _SINGLE:
        name = _SINGLE[op.name](draft, source)
    elif op.name in _COMPOSED:
        name = _COMPOSED[op.name](draft, source)
    elif op.name == "Bipolar":
        name = _bipolar(draft, source, op.gamma)
    elif op.name == "Pow":
        name = draft.add("Pow", [source, draft.floats(op.alpha)])
    elif op.name == "Selu":
        name = draft.add("Selu", [source], alpha=op.alpha, gamma=op.gamma)
    elif op.name in _WITH_ALPHA:
        name = draft.add(op.name, [source], alpha=op.alpha)
    else:
        name = draft.add(op.name, [source])
    draft.write(node.outputs[0], name, layout)


def _bipolar(draft: Draft, x: str, gamma: float) -> str:
    """``gamma * sign(sign(x) + 1/2)``: zero counts as positive."""
    signs = draft.add("Add", [draft.add("Sign", [x]), draft.floats(0.5)])
    made = draft.add("Sign", [signs])
    return made if gamma == 1.0 else draft.add("Mul", [made, draft.floats(gamma)])


def _square(draft: Draft, x: str) -> str:
    return draft.add("Mul", [x, x])


def _rsqrt(draft: Draft, x: str) -> str:
    return draft.add("Reciprocal", [draft.add("Sqrt", [x])])


def _silu(draft: Draft, x: str) -> str:
    return draft.add("Mul", [x, draft.add("Sigmoid", [x])])


def _mish(draft: Draft, x: str) -> str:
    return draft.add("Mul", [x, draft.add("Tanh", [draft.add("Softplus", [x])])])


def _gelu(draft: Draft, x: str) -> str:
    scaled = draft.add("Mul", [x, draft.floats(math.sqrt(0.5))])
    return _half_of_one_more(draft, x, draft.add("Erf", [scaled]))


def _gelu_tanh(draft: Draft, x: str) -> str:
    cubic = draft.add("Mul", [draft.floats(0.044715), draft.add("Mul", [x, _square(draft, x)])])
    inner = draft.add("Mul", [draft.floats(math.sqrt(2.0 / math.pi)), draft.add("Add", [x, cubic])])
    return _half_of_one_more(draft, x, draft.add("Tanh", [inner]))


def _half_of_one_more(draft: Draft, x: str, gate: str) -> str:
    """``x / 2 * (1 + gate)``."""
    half = draft.add("Mul", [x, draft.floats(0.5)])
    return draft.add("Mul", [half, draft.add("Add", [gate, draft.floats(1.0)])])


_NEWER = 20
_SINGLE: Mapping[str, Callable[[Draft, str], str]] = MappingProxyType(
    {
        "Gelu": lambda draft, x: draft.add("Gelu", [x]),
        "GeluTanh": lambda draft, x: draft.add("Gelu", [x], approximate="tanh"),
        "Mish": lambda draft, x: draft.add("Mish", [x]),
        "Rsqrt": lambda draft, x: draft.add("Pow", [x, draft.floats(-0.5)]),
    }
)
"""One operator from opset 20 on, so that nothing lies between that could have a grid."""

_COMPOSED: Mapping[str, Callable[[Draft, str], str]] = MappingProxyType(
    {
        "Gelu": _gelu,
        "GeluTanh": _gelu_tanh,
        "Mish": _mish,
        "Rsqrt": _rsqrt,
        "Silu": _silu,
        "Square": _square,
    }
)
