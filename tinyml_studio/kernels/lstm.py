"""LSTM, step by step for all samples of a batch at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels import gates
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.logistic16 import tanh_of
from tinyml_studio.kernels.states import States, consecutive
from tinyml_studio.program.instructions import Lstm
from tinyml_studio.program.program import QuantizedTensor


def lstm(item: Lstm, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Every sample begins with the state after a reset."""
    (x,) = operands
    shape = (len(x.integers), output.shape[-1])
    hidden, cell = np.full(shape, output.zero_point, np.int64), np.zeros(shape, np.int64)
    return finish(_steps(item, x.centred, hidden, cell, output)[0], output)


def lstm_stream(
    item: Lstm, operands: Sequence[Activation], output: QuantizedTensor, states: States
) -> Activation:
    """The samples follow each other; `states` holds the state before and, at the end, after."""
    (x,) = operands
    hidden, cell = (states[name][None] for name in item.states)
    made, hidden, cell = _steps(item, consecutive(x.centred), hidden, cell, output)
    states |= {item.hidden: hidden[0], item.cell: cell[0]}
    return finish(made.reshape(len(x.integers), *output.shape), output)


def _steps(
    item: Lstm, x: Int64Array, hidden: Int64Array, cell: Int64Array, output: QuantizedTensor
) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Outputs ``(N, T, H)`` for centred inputs ``(N, T, I)``, and both states at the end."""
    from_input = gates.from_input(item, x)
    made = np.empty((*x.shape[:2], output.shape[-1]), np.int64)
    for step in range(x.shape[1]):
        from_hidden = gates.from_hidden(item, hidden - output.zero_point, 0, Lstm.GATES)
        sums = gates.clamp16(from_input[:, step] + from_hidden)
        cell = _cell(item, sums, cell)
        open_ = gates.sigmoid(sums[:, 3], item.table)
        product = _tanh_of_cell(item, cell) * open_
        scaled = gates.scaled(product, item.output_multiplier, item.rounding)
        made[:, step] = hidden = gates.on_byte(scaled, output.zero_point)
    return made, hidden, cell


def _cell(item: Lstm, sums: Int64Array, cell: Int64Array) -> Int64Array:
    """The cell ``(N, H)`` after a step with these gates ``(N, 4, H)``."""
    taken, kept = (gates.sigmoid(sums[:, gate], item.table) for gate in (0, 1))
    new = gates.tanh(sums[:, 2], item.table)
    kept = gates.clamp16(gates.scaled(kept * cell, item.forget, item.rounding))
    added = gates.clamp16(gates.scaled(taken * new, item.update, item.rounding))
    cell = gates.clamp16(kept + added)
    return np.asarray(np.clip(cell, -item.clip, item.clip)) if item.clip else cell


def _tanh_of_cell(item: Lstm, cell: Int64Array) -> Int64Array:
    rounding = (1 << item.cell_shift) >> 1
    return gates.clamp16(
        tanh_of((cell * item.cell_multiplier + rounding) >> item.cell_shift, item.table)
    )
