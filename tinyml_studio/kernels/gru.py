"""GRU, step by step for all samples of a batch at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.kernels import gates
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Gru
from tinyml_studio.program.program import QuantizedTensor

ONE = 1 << 15
_SHARE = Multiplier(1 << 30, -14)  # 2**-15


def gru(item: Gru, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Every sample begins at zero."""
    (x,) = operands
    from_input = gates.from_input(item, x.centred)
    value = np.zeros((len(from_input), output.shape[-1]), np.int64)
    made = np.empty((*from_input.shape[:2], output.shape[-1]), np.int64)
    hidden = _byte(item, value, item.output_multiplier, output)
    for step in range(from_input.shape[1]):
        value = _step(item, from_input[:, step], value, hidden, output)
        made[:, step] = hidden = _byte(item, value, item.output_multiplier, output)
    return finish(made, output)


def _step(
    item: Gru,
    from_input: Int64Array,
    value: Int64Array,
    hidden: Int64Array,
    output: QuantizedTensor,
) -> Int64Array:
    """The value ``(N, H)`` after a step with these shares of the input ``(N, 3, H)``."""
    centred = hidden - output.zero_point
    sums = gates.clamp16(from_input[:, :2] + gates.from_hidden(item, centred, 0, 2))
    update, reset = (gates.sigmoid(sums[:, gate], item.table) for gate in (0, 1))
    if item.reset_after:
        own = gates.from_hidden(item, centred, 2, 3)[:, 0]
        own = gates.clamp16(gates.scaled(reset * own, _SHARE, item.rounding))
    else:
        gated = _byte(item, reset * value, item.reset_multiplier, output)
        own = gates.from_hidden(item, gated - output.zero_point, 2, 3)[:, 0]
    new = gates.tanh(gates.clamp16(from_input[:, 2] + own), item.table)
    return gates.clamp16((new * (ONE - update) + value * update + (ONE >> 1)) >> 15)


def _byte(item: Gru, values: Int64Array, factor: Multiplier, output: QuantizedTensor) -> Int64Array:
    """Values on the grid of the output."""
    return gates.on_byte(gates.scaled(values, factor, item.rounding), output.zero_point)
