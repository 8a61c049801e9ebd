"""Pools and means."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.ir.ops.operator import NO_CLAMP, Clamp, Operator, Pads


@dataclass(frozen=True)
class MaxPool(Operator):
    """Maximum over windows of the spatial axes: ``(*spatial, C) -> (*spatial', C)``."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    pads: Pads
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class AveragePool(Operator):
    """Mean over windows of the spatial axes; padding is never counted.

    A model that counts the padding is read as `Pad` and `AveragePool` without padding.
    """

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    pads: Pads
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class ArgMax(Operator):
    """The index of the largest value along an axis of the sample, the first of several.

    With `smallest` that of the smallest value. The axis stays as one of size 1 with `keepdims`.
    """

    axis: int
    keepdims: bool = False
    smallest: bool = False

    @property
    def kind(self) -> str:
        """ArgMin when that is what it is."""
        return "ArgMin" if self.smallest else "ArgMax"


@dataclass(frozen=True)
class Sum(Operator):
    """Sum over `axes` of the sample (sorted, not negative); ReduceSum."""

    axes: tuple[int, ...]
    keepdims: bool = True


@dataclass(frozen=True)
class Prod(Operator):
    """Product over `axes` of the sample (sorted, not negative); ReduceProd."""

    axes: tuple[int, ...]
    keepdims: bool = True


@dataclass(frozen=True)
class Mean(Operator):
    """Mean over `axes` of the sample (sorted, not negative); global pools and ReduceMean."""

    axes: tuple[int, ...]
    keepdims: bool = True
