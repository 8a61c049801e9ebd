"""Operators that carry a state from one step in time to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.ops.operator import NO_CLAMP, Clamp, Operator


@dataclass(frozen=True, eq=False)
class Lstm(Operator):
    """Long short-term memory over the first axis of the sample: ``(T, I) -> (T, H)``.

    With i, f, g, o the gates "input", "forget", "cell" and "output" of one step::

        i, f, o = sigmoid(W x + R h + b),  g = tanh(W x + R h + b)
        c = f * c + i * g,  h = o * tanh(c)

    `input_weight` ``(4, H, I)``, `hidden_weight` ``(4, H, H)`` and `bias` ``(4, H)`` have the
    gates in that order. The cell is limited to +-`cell_clip` where that is above 0. h and c begin
    at zero: with every sample, or, where `keeps_state`, only when the network is reset.
    """

    GATES: ClassVar[int] = 4

    input_weight: FloatArray
    hidden_weight: FloatArray
    bias: FloatArray
    cell_clip: float = 0.0
    keeps_state: bool = False


@dataclass(frozen=True, eq=False)
class Gru(Operator):
    """Gated recurrent unit over the first axis of the sample: ``(T, I) -> (T, H)``.

    With z, r, n the gates "update", "reset" and "new" of one step::

        z, r = sigmoid(W x + b + R h + d)
        n = tanh(W x + b + r * (R h + d))     where `reset_after`
        n = tanh(W x + b + R (r * h) + d)     elsewhere
        h = (1 - z) * n + z * h

    `input_weight` ``(3, H, I)``, `hidden_weight` ``(3, H, H)``, b `bias` ``(3, H)`` and d
    `hidden_bias` ``(3, H)`` have the gates in that order. h begins at zero with every sample.
    """

    GATES: ClassVar[int] = 3

    input_weight: FloatArray
    hidden_weight: FloatArray
    bias: FloatArray
    hidden_bias: FloatArray
    reset_after: bool


@dataclass(frozen=True, eq=False)
class Svdf(Operator):
    """Singular value decomposition filter, one step in time per sample: ``(I,) -> (U,)``.

    ``feature_weight`` ``(F, I)`` makes F features of the input, of which the last M are kept;
    ``time_weight`` ``(F, M)`` weighs them, oldest first, and each output sums F / U neighbours and
    its `bias` ``(U,)``. The kept features are zero when the network is reset.
    """

    feature_weight: FloatArray
    time_weight: FloatArray
    bias: FloatArray
    clamp: Clamp = NO_CLAMP


@dataclass(frozen=True)
class StreamBuffer(Operator):
    """The newest values behind those before them: ``(.., T, ..) -> (.., length + T, ..)``.

    What it makes are the last `length` positions along `axis` of all that came before, then the T
    positions of the input. What came before is zero when the network is reset.
    """

    axis: int
    length: int
