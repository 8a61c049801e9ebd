"""A model as its file describes it: checked for structure, not yet understood.

Everything here is plain Python and NumPy: no protobuf object leaves the modules that parse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.refusal import Malformed

Array = NDArray[Any]


@dataclass(frozen=True)
class Foreign:
    """A tensor of a type that is not read: strings, complex numbers, 8-bit floats."""

    kind: str


@dataclass(frozen=True)
class Subgraph:
    """An attribute that holds a graph or a type: seen, and never looked into."""


AttributeValue = (
    float
    | int
    | bytes
    | tuple[float, ...]
    | tuple[int, ...]
    | tuple[bytes, ...]
    | Array
    | Foreign
    | Subgraph
)


@dataclass(frozen=True, eq=False)
class Attributes:
    """The attributes of one node, with the types that an operator expects."""

    values: Mapping[str, AttributeValue]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def integer(self, name: str, default: int) -> int:
        """An integer; raises `Malformed` when the file holds another type."""
        value = self.values.get(name, default)
        if not isinstance(value, int):
            raise Malformed(f"the attribute {name} is not an integer")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch, 0 or 1; raises `Malformed` for other values."""
        value = self.integer(name, int(default))
        if value not in (0, 1):
            raise Malformed(f"the attribute {name} is {value}, not 0 or 1")
        return bool(value)

    def real(self, name: str, default: float) -> float:
        """A number that is not NaN; raises `Malformed` otherwise."""
        value = self.values.get(name, default)
        if not isinstance(value, float) or np.isnan(value):
            raise Malformed(f"the attribute {name} is not a number")
        return value

    def integers(self, name: str) -> tuple[int, ...] | None:
        """A list of integers, or None when absent; raises `Malformed` for another type."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, tuple):
            raise Malformed(f"the attribute {name} is not a list of integers")
        whole = tuple(entry for entry in value if isinstance(entry, int))
        if len(whole) != len(value):
            raise Malformed(f"the attribute {name} is not a list of integers")
        return whole

    def text(self, name: str, default: str) -> str:
        """A short string; raises `Malformed` when the file holds another type."""
        value = self.values.get(name, default.encode())
        if not isinstance(value, bytes):
            raise Malformed(f"the attribute {name} is not a string")
        return value.decode("utf-8", errors="replace")


@dataclass(frozen=True, eq=False)
class WireNode:
    """One node of the file; `name` is unique, made up where the file has none."""

    name: str
    op_type: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Attributes


@dataclass(frozen=True)
class WireTensor:
    """What the file declares about a tensor.

    `element` is a number of ``TensorProto.DataType`` (0: not a tensor); `dims` is None for an
    unknown rank, and holds None or a symbol's name for an unknown size.
    """

    name: str
    element: int
    dims: tuple[int | str | None, ...] | None


@dataclass(frozen=True, eq=False)
class WireModel:
    """A whole file: nodes in topological order, unique tensor names, all operands known."""

    file: str
    name: str
    opset: int
    inputs: tuple[WireTensor, ...]
    outputs: tuple[WireTensor, ...]
    nodes: tuple[WireNode, ...]
    initializers: Mapping[str, Array | Foreign]
    declared: Mapping[str, WireTensor]
    functions: frozenset[tuple[str, str]]
    packed: frozenset[str] = frozenset()  # constants of integers below 8 bits
