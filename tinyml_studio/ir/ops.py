"""The operators of the float network, one frozen dataclass each.

Shapes are those of one sample: the batch axis is never written. Spatial tensors are channels
last: ``(H, W, C)`` for images, ``(L, C)`` for sequences. Weights belong to the operator; the other
operands are tensors, named in `Node.inputs` (a constant operand stands in `Graph.constants`).
Arrays make generated equality meaningless, so operators that hold one compare by identity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from tinyml_studio.arith.inttype import FloatArray

Shape = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]  # (before, after) for each axis


@dataclass(frozen=True, slots=True)
class Clamp:
    """A fused activation: the output is limited to [low, high] (Relu: [0, inf))."""

    low: float = -math.inf
    high: float = math.inf

    def __bool__(self) -> bool:
        """Whether the clamp limits anything."""
        return self.low > -math.inf or self.high < math.inf


NO_CLAMP = Clamp()


@dataclass(frozen=True)
class Operator:
    """Base of all operators; `kind` is the name that a person sees."""

    @property
    def kind(self) -> str:
        """Name of the operator in the field's own words."""
        return type(self).__name__


@dataclass(frozen=True, eq=False)
class Conv(Operator):
    """Convolution over one or two spatial axes: ``(*spatial, I) -> (*spatial', O)``.

    `weight` has shape ``(O, *kernel, I / groups)``, `bias` ``(O,)`` (zeros when the model has
    none). `strides`, `dilations` and `pads` have one entry per spatial axis.
    """

    weight: FloatArray
    bias: FloatArray
    strides: tuple[int, ...]
    pads: Pads
    dilations: tuple[int, ...]
    groups: int = 1
    clamp: Clamp = NO_CLAMP

    @property
    def kernel(self) -> tuple[int, ...]:
        """Kernel size per spatial axis."""
        return tuple(self.weight.shape[1:-1])

    @property
    def is_depthwise(self) -> bool:
        """Every input channel has filters of its own."""
        return self.weight.shape[-1] == 1 and self.groups > 1


@dataclass(frozen=True, eq=False)
class Dense(Operator):
    """Fully connected over the last axis: ``(..., I) -> (..., O)``; `weight` is ``(O, I)``."""

    weight: FloatArray
    bias: FloatArray
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True, eq=False)
class ChannelAffine(Operator):
    """``y = x * scale + bias`` per channel of the last axis: a batch norm that could not fold.

    `scale` and `bias` have shape ``(C,)``.
    """

    scale: FloatArray
    bias: FloatArray
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class Clip(Operator):
    """Limits every value to ``[clamp.low, clamp.high]``: Relu, Relu6, Clip."""

    clamp: Clamp

    @property
    def kind(self) -> str:
        """Relu when that is what it is."""
        return "Relu" if self.clamp == Clamp(low=0.0) else "Clip"


@dataclass(frozen=True)
class LeakyRelu(Operator):
    """``x`` where positive, else ``alpha * x``."""

    alpha: float


@dataclass(frozen=True)
class HardSwish(Operator):
    """``x * clip(x / 6 + 0.5, 0, 1)``."""


@dataclass(frozen=True)
class HardSigmoid(Operator):
    """``clip(alpha * x + beta, 0, 1)``."""

    alpha: float = 0.2
    beta: float = 0.5


@dataclass(frozen=True)
class Sigmoid(Operator):
    """``1 / (1 + exp(-x))``."""


@dataclass(frozen=True)
class Tanh(Operator):
    """Hyperbolic tangent."""


@dataclass(frozen=True)
class Softmax(Operator):
    """Softmax over one axis of the sample (not negative)."""

    axis: int


@dataclass(frozen=True)
class Add(Operator):
    """Sum of two tensors, broadcast as NumPy does."""

    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class Sub(Operator):
    """Difference of two tensors, broadcast as NumPy does."""

    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class Mul(Operator):
    """Product of two tensors, broadcast as NumPy does."""

    clamp: Clamp = NO_CLAMP


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
class Mean(Operator):
    """Mean over `axes` of the sample (sorted, not negative); global pools and ReduceMean."""

    axes: tuple[int, ...]
    keepdims: bool = True


@dataclass(frozen=True)
class Reshape(Operator):
    """The same elements in order, in another shape of one sample."""

    shape: Shape


@dataclass(frozen=True)
class Transpose(Operator):
    """Axes of the sample in another order, as `numpy.transpose`."""

    perm: tuple[int, ...]


@dataclass(frozen=True)
class Concat(Operator):
    """Several tensors joined along an axis of the sample (not negative)."""

    axis: int


@dataclass(frozen=True)
class Split(Operator):
    """One tensor cut along an axis of the sample; one output per entry of `sizes`."""

    axis: int
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Slice(Operator):
    """``x[start : start + step * size : step]`` on every axis; steps may be negative."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Pad(Operator):
    """Constant padding; `pads` has an entry for every axis of the sample."""

    pads: Pads
    value: float = 0.0


@dataclass(frozen=True)
class Requantize(Operator):
    """The same values on a grid of their own: a quantized file changes the scale between layers."""


@dataclass(frozen=True)
class Identity(Operator):
    """Does nothing (Identity, Dropout); removed by a pass."""


@dataclass(frozen=True, eq=False)
class Opaque(Operator):
    """An operator that is shown but never run as integers.

    `op_type` and `domain` are the file's own words, `reason` says why it is not understood, and
    `weights` are its constant operands, for inspection. `output_shapes` holds what the file says
    about its outputs (``None`` where it says nothing).
    """

    op_type: str
    domain: str
    reason: str
    output_shapes: tuple[Shape | None, ...]
    weights: tuple[tuple[str, FloatArray], ...] = field(default=())

    @property
    def kind(self) -> str:
        """The file's own name for it."""
        return f"{self.domain}.{self.op_type}" if self.domain else self.op_type
