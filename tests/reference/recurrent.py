"""What keeps a state, in plain Python, step by step and unit by unit, from a reset."""

from __future__ import annotations

from tests.reference.arithmetic import clamp, mbqm
from tests.reference.elementwise import sigmoid16_of, tanh16_of
from tests.reference.sample import Sample, indices
from tinyml_studio.program.instructions import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.program.program import QuantizedTensor

INT16 = (-(2**15), 2**15 - 1)
INT8 = (-128, 127)


def product(weights: list[int], values: list[int], zero_point: int) -> int:
    """A weighted sum of values that are counted from a zero point."""
    return sum(w * (value - zero_point) for w, value in zip(weights, values, strict=True))


def shares(
    item: Lstm | Gru, gate: int, unit: int, x: Sample, row: list[int], h: list[int], zero: int
) -> tuple[int, int]:
    """What the input and what the output of the step before give to a gate."""
    from_input = int(item.bias[gate, unit]) + product(
        item.input_weights[gate, unit].tolist(), row, x.zero_point
    )
    from_hidden = int(item.hidden_bias[gate, unit]) + product(
        item.hidden_weights[gate, unit].tolist(), h, zero
    )
    return (
        clamp(
            mbqm(
                from_input,
                int(item.input_multiplier[gate]),
                int(item.input_shift[gate]),
                item.rounding,
            ),
            *INT16,
        ),
        clamp(
            mbqm(
                from_hidden,
                int(item.hidden_multiplier[gate]),
                int(item.hidden_shift[gate]),
                item.rounding,
            ),
            *INT16,
        ),
    )


def rows(x: Sample) -> list[list[int]]:
    """One list for each step."""
    size = x.shape[1]
    return [x.data[start : start + size] for start in range(0, len(x.data), size)]


def lstm(item: Lstm, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    units, zero, table = output.shape[1], output.zero_point, item.table.tolist()
    h, c = [zero] * units, [0] * units
    made: list[int] = []
    for row in rows(operands[0]):
        fresh = []
        for unit in range(units):
            sums = [
                clamp(sum(shares(item, gate, unit, operands[0], row, h, zero)), *INT16)
                for gate in range(4)
            ]
            i, f, o = (sigmoid16_of(3 * sums[gate], table) for gate in (0, 1, 3))
            g = tanh16_of(3 * sums[2], table)
            kept = clamp(mbqm(f * c[unit], *item.forget, item.rounding), *INT16)
            added = clamp(mbqm(i * g, *item.update, item.rounding), *INT16)
            c[unit] = clamp(kept + added, *INT16)
            if item.clip > 0:
                c[unit] = clamp(c[unit], -item.clip, item.clip)
            half = 2**item.cell_shift // 2
            argument = (c[unit] * item.cell_multiplier + half) // 2**item.cell_shift
            value = mbqm(tanh16_of(argument, table) * o, *item.output_multiplier, item.rounding)
            fresh.append(clamp(zero + value, *INT8))
        h = fresh
        made += h
    return made


def gru(item: Gru, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    units, zero, table = output.shape[1], output.zero_point, item.table.tolist()
    h, v = [zero] * units, [0] * units
    made: list[int] = []
    for row in rows(operands[0]):
        x = operands[0]
        z, r = (
            [
                sigmoid16_of(3 * clamp(sum(shares(item, gate, u, x, row, h, zero)), *INT16), table)
                for u in range(units)
            ]
            for gate in (0, 1)
        )
        gated = [
            clamp(zero + mbqm(r[u] * v[u], *item.reset_multiplier, item.rounding), *INT8)
            for u in range(units)
        ]
        for u in range(units):
            if item.reset_after:
                from_input, own = shares(item, 2, u, x, row, h, zero)
                own = clamp(mbqm(r[u] * own, 2**30, -14, item.rounding), *INT16)
            else:
                from_input, own = shares(item, 2, u, x, row, gated, zero)
            n = tanh16_of(3 * clamp(from_input + own, *INT16), table)
            v[u] = clamp((n * (2**15 - z[u]) + v[u] * z[u] + 2**14) // 2**15, *INT16)
        h = [clamp(zero + mbqm(q, *item.output_multiplier, item.rounding), *INT8) for q in v]
        made += h
    return made


def svdf(item: Svdf, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    features, steps = item.time_weights.shape
    limits = (item.time_type.min, item.time_type.max)
    made = []
    for unit in range(output.size):
        total = int(item.bias[unit])
        for feature in range(unit * features // output.size, (unit + 1) * features // output.size):
            acc = product(item.feature_weights[feature].tolist(), x.data, x.zero_point)
            newest = clamp(mbqm(acc, *item.feature_multiplier, item.rounding), *limits)
            newest = clamp(newest + item.state_zero_point, *limits) - item.state_zero_point
            state = [0] * (steps - 1) + [newest]
            total += product(item.time_weights[feature].tolist(), state, 0)
        total = (total + 2**31) % 2**32 - 2**31
        value = output.zero_point + mbqm(total, *item.output_multiplier, item.rounding)
        made.append(clamp(value, item.low, item.high))
    return made


def stream_buffer(item: StreamBuffer, operands: list[Sample], output: QuantizedTensor) -> list[int]:
    x = operands[0]
    kept = output.shape[item.axis] - x.shape[item.axis]
    made = []
    for index in indices(output.shape):
        place = index[item.axis] - kept
        own = (*index[: item.axis], place, *index[item.axis + 1 :])
        made.append(output.zero_point if place < 0 else x.at(*own))
    return made
