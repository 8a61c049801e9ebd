"""Functions of one value, and softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.ir.ops.operator import Clamp, Operator


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
class Function(Operator):
    """One of `tinyml_studio.ir.functions.FUNCTIONS`, by its name.

    `alpha` and `gamma` are those of ONNX where the function has them.
    """

    name: str
    alpha: float = 1.0
    gamma: float = 1.0

    @property
    def kind(self) -> str:
        """The function's own name."""
        return self.name


@dataclass(frozen=True)
class PRelu(Operator):
    """``x`` where positive, else ``slope * x``; the slope is the second operand and broadcasts."""

    operands: ClassVar[int | None] = 2


@dataclass(frozen=True)
class LogSoftmax(Operator):
    """Logarithm of the softmax over the last axis of the sample."""


@dataclass(frozen=True)
class L2Normalization(Operator):
    """Every vector along the last axis of the sample, brought to the length 1; 0 stays 0."""


@dataclass(frozen=True)
class Softmax(Operator):
    """Softmax of ``beta * x`` over one axis of the sample (not negative); `beta` is positive.

    With `whole_steps` its integers are shares of the whole number of output steps in 1, as those of
    ``QLinearSoftmax``, which drops the fraction (254 for a scale of 1/255 in float32).
    """

    axis: int
    whole_steps: bool = False
    beta: float = 1.0
