"""Instructions that carry a state from one step in time to the next.

What they carry lies in tensors of the program that no other instruction reads: it is `states` where
it stays from one run of the network to the next, and `memory` where it begins anew with every run.
Reset, every state is the zero point of its tensor. All sums of products have 32 bits and all
weights a zero point of 0; inside, values have 16 bits, and their products are requantized by
`MBQM` with the rule of `rounding`. `clamp16` limits to [-2**15, 2**15 - 1].

Gates are computed by TFLite's 16-bit sigmoid and tanh (see `Logistic16`) of values on a scale of
2**-12; their results have a scale of 2**-15.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.arith.inttype import Int8Array, Int32Array, Int64Array, IntArray, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction


@dataclass(frozen=True, eq=False)
class Gated(Instruction):
    """What LSTM and GRU share: two products for every gate, with G gates and H units.

    For gate k, with x the input ``(I,)`` of a step and h the output ``(H,)`` of the step before::

        from_input  = clamp16(MBQM(bias[k] + W[k] (x - zx), input_multiplier[k], input_shift[k]))
        from_hidden = clamp16(MBQM(hidden_bias[k] + R[k] (h - zh), hidden_multiplier[k], ...))

    `input_weights` W is ``(G, H, I)``, `hidden_weights` R ``(G, H, H)``, the biases ``(G, H)``, the
    multipliers ``(G,)``. `table` is that of `Logistic16`.
    """

    input_weights: Int8Array
    hidden_weights: Int8Array
    weight_type: IntType
    bias: Int64Array
    hidden_bias: Int64Array
    input_multiplier: Int32Array
    input_shift: Int32Array
    hidden_multiplier: Int32Array
    hidden_shift: Int32Array
    table: Int32Array


@dataclass(frozen=True, eq=False)
class Lstm(Gated):
    """Long short-term memory ``(T, I) -> (T, H)``, as TFLite-Micro with an int16 cell.

    Every step, with the gates i, f, g, o in this order and all products unit by unit::

        i, f, o = sigmoid(clamp16(from_input + from_hidden)),  g = tanh(clamp16(... + ...))
        c = clamp16(clamp16(MBQM(f * c, forget)) + clamp16(MBQM(i * g, update)))
        c = clamp(c, -clip, clip)                                     where `clip` is above 0
        h = clamp(zh + MBQM(tanh(c) * o, output_multiplier), -128, 127)

    The tanh of the cell reads its table with `cell_multiplier` and `cell_shift` as `Logistic16`.
    `hidden` ``(H,)`` of the output's grid and `cell` ``(H,)`` of 16 bits hold h and c; they stay
    from one run to the next where `keeps_state`.

    Source: ``lstm_eval.h`` of TFLite-Micro.
    """

    GATES: ClassVar[int] = 4

    forget: Multiplier
    update: Multiplier
    output_multiplier: Multiplier
    cell_multiplier: int
    cell_shift: int
    clip: int
    hidden: str
    cell: str
    keeps_state: bool
    rounding: Rounding = Rounding.DOUBLE

    @property
    def states(self) -> tuple[str, ...]:
        """Both where they stay."""
        return (self.hidden, self.cell) if self.keeps_state else ()

    @property
    def memory(self) -> tuple[str, ...]:
        """Both where they do not."""
        return () if self.keeps_state else (self.hidden, self.cell)


@dataclass(frozen=True, eq=False)
class Gru(Gated):
    """Gated recurrent unit ``(T, I) -> (T, H)``, in the manner of `Lstm`: our own definition.

    The unit's value v has 16 bits and a scale of 2**-15, which its range [-1, 1] allows; h is v on
    the grid of the output. Every step, with the gates z, r, n in this order::

        h = clamp(zh + MBQM(v, output_multiplier), -128, 127)
        z, r = sigmoid(clamp16(from_input + from_hidden))
        n = tanh(clamp16(from_input + clamp16(MBQM(r * from_hidden, 2**-15))))  if `reset_after`
        n = tanh(clamp16(from_input + from_hidden))                             if not,
            there with clamp(zh + MBQM(r * v, reset_multiplier), -128, 127) in the place of h
        v = clamp16((n * (2**15 - z) + v * z + 2**14) >> 15)

    and the output of the step is h of the new v. `value` ``(H,)`` of 16 bits holds v, `hidden` and
    `gated` ``(H,)`` of the output's grid hold h and its product with r, or both h if `reset_after`.
    """

    GATES: ClassVar[int] = 3

    output_multiplier: Multiplier
    reset_multiplier: Multiplier
    reset_after: bool
    value: str
    hidden: str
    gated: str
    rounding: Rounding = Rounding.DOUBLE

    @property
    def memory(self) -> tuple[str, ...]:
        """Nothing stays."""
        return tuple(dict.fromkeys((self.value, self.hidden, self.gated)))


@dataclass(frozen=True, eq=False)
class Svdf(Instruction):
    """One step of a filter ``(I,) -> (U,)`` over features of the last M steps, as TFLite-Micro.

    `state` ``(F, M)`` of `time_type`, 16 bits or 8, and with the zero point zs holds the features,
    oldest first. It moves up by one step; then::

        state[f, M - 1] = clamp(zs + clamp(MBQM(feature_weights[f] (x - zx), feature_multiplier)))
        sum[u] = bias[u] + (state[f] - zs) time_weights[f] + ... over the f of u
        y[u] = clamp(zo + MBQM(sum[u], output_multiplier), low, high)

    where the features of u are the F / U from ``u * F / U`` on, and both clamps of a feature are
    those of its type; TFLite-Micro lacks the outer one and wraps there. The sum has 32 bits and
    wraps, as in all engines that sum so. The shift of its multiplier is not positive.
    `time_weights` ``(F, M)`` have `time_type` too.

    Source: ``svdf_common.cc`` of TFLite-Micro.
    """

    feature_weights: Int8Array
    weight_type: IntType
    time_weights: IntArray
    time_type: IntType
    bias: Int64Array
    feature_multiplier: Multiplier
    output_multiplier: Multiplier
    low: int
    high: int
    state: str
    state_zero_point: int = 0
    rounding: Rounding = Rounding.DOUBLE

    @property
    def states(self) -> tuple[str, ...]:
        """The features."""
        return (self.state,)


@dataclass(frozen=True, eq=False)
class StreamBuffer(Instruction):
    """``y = state, x`` along `axis`; then the state is the end of y. All lie on one grid.

    `state` has the shape of x with as many positions along `axis` as are kept.
    """

    axis: int
    state: str

    @property
    def states(self) -> tuple[str, ...]:
        """What came before."""
        return (self.state,)
