"""Functions of one value that have no file of their own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Function

PLAIN = (
    *("Abs", "Ceil", "Cos", "Erf", "Exp", "Floor", "Log", "Mish", "Reciprocal", "Round", "Sign"),
    *("Sin", "Softplus", "Softsign", "Sqrt"),
)
"""Functions without attributes, which the standard calls as we do."""

_DEFAULTS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "Celu": (1.0, 1.0),
        "Elu": (1.0, 1.0),
        "Selu": (1.67326319217681884765625, 1.05070102214813232421875),
        "ThresholdedRelu": (1.0, 1.0),
    }
)
WITH_ALPHA = tuple(_DEFAULTS)


def plain(emitter: Emitter) -> Tensor:
    """No attributes."""
    return emitter.add(Function(emitter.node.op_type), emitter.tensor()[0])


def with_alpha(emitter: Emitter) -> Tensor:
    """A slope, and a factor where there is one."""
    alpha, gamma = _DEFAULTS[emitter.node.op_type]
    alpha = emitter.attributes.real("alpha", alpha)
    gamma = emitter.attributes.real("gamma", gamma)
    if not (math.isfinite(alpha) and math.isfinite(gamma)):
        raise Malformed("its alpha or gamma is not finite")
    if emitter.node.op_type == "Celu" and alpha == 0:
        raise Malformed("its alpha is 0")
    return emitter.add(Function(emitter.node.op_type, alpha, gamma), emitter.tensor()[0])


def gelu(emitter: Emitter) -> Tensor:
    """Exact, or by way of tanh."""
    mode = emitter.attributes.text("approximate", "none")
    if mode not in ("none", "tanh"):
        raise Refused(f"its approximation {mode[:40]!r} is not supported")
    return emitter.add(Function("Gelu" if mode == "none" else "GeluTanh"), emitter.tensor()[0])
