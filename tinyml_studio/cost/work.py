"""The work of an instruction in the quantities that its instructions on a chip grow with."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.program import instructions as ops
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

QUANTITIES = (
    "calls",
    "positions",
    "edge positions",
    "rows",
    "outputs",
    "blocked outputs",
    "inputs",
    "products",
    "blocked products",
    "gathered rows",
    "gathered values",
    "weights",
)
"""`positions` are pixels or rows of a matrix, `edge positions` those whose window leaves the input,
`rows` lines of an image; `blocked` counts go up to whole blocks of channels and positions;
`gathered` are the inputs of all windows, and the lines that they lie in; `weights` are those of a
call."""

Work = NDArray[np.float64]
_POSITIONS, _CHANNELS, _INPUTS = 2, 2, 4  # of a block


def work(program: Program, item: Instruction) -> Work:
    """The quantities of one inference, ``(12,)`` in the order of `QUANTITIES`."""
    output = program.tensors[item.output]
    inputs = sum(program.tensors[name].size for name in item.inputs)
    channels = output.shape[-1] if output.shape else 1
    positions = output.size // max(channels, 1)
    held = {
        "calls": 1,
        "positions": positions,
        "rows": output.shape[0] if len(output.shape) > 2 else 1,
        "outputs": output.size,
        "blocked outputs": positions * _up(channels, _INPUTS),
        "inputs": inputs,
        **_products(program, item, positions, channels),
    }
    return np.array([held.get(name, 0) for name in QUANTITIES], np.float64)


def variant(item: Instruction, kernel: str) -> str:
    """A kernel's instance, with the window behind it where the kernel runs some faster."""
    if not isinstance(item, ops.DepthwiseConv2D):
        return kernel
    height, width = item.weights.shape[:2]
    return f"{kernel}@{height}x{width}/{item.strides[1]}"


def _products(program: Program, item: Instruction, positions: int, channels: int) -> dict[str, int]:
    """What only operators with weights or windows have."""
    if isinstance(item, ops.Conv2D):
        matrix = _matrix(positions, channels, item.weights[0].size, item.weights.size)
        return matrix | _windows(program, item, positions)
    if isinstance(item, ops.FullyConnected | ops.FullyConnectedReal):
        return _matrix(positions, channels, item.weights.shape[1], item.weights.size)
    if isinstance(item, ops.DepthwiseConv2D):
        taps = prod(item.weights.shape[:2])
        blocks = _up(positions, _POSITIONS) * _up(channels, _INPUTS) * taps
        return {
            "products": positions * channels * taps,
            "blocked products": blocks,
            "gathered values": positions * taps,
            "weights": item.weights.size,
            **_windows(program, item, positions),
        }
    if isinstance(item, ops.Gated):
        held = item.input_weights.size + item.hidden_weights.size
        return {"products": held * _steps(program, item), "weights": held}
    if isinstance(item, ops.MaxPool2D | ops.AveragePool2D):
        return {"products": positions * channels * prod(item.kernel)}
    arrays = [value for value in vars(item).values() if isinstance(value, np.ndarray)]
    weights = sum(value.size for value in arrays if value.ndim == 2)
    return {"products": weights * _steps(program, item), "weights": weights}


def _windows(
    program: Program, item: ops.Conv2D | ops.DepthwiseConv2D, positions: int
) -> dict[str, int]:
    """The lines of all windows, and the windows that leave the input."""
    kernel = item.weights.shape[1:3] if isinstance(item, ops.Conv2D) else item.weights.shape[:2]
    sizes = (1, 1, *program.tensors[item.inputs[0]].shape)[-3:-1]
    made = (1, 1, *program.tensors[item.output].shape)[-3:-1]
    inside = 1
    for axis in range(2):
        before = item.pads[axis][0]
        starts = np.arange(made[axis]) * item.strides[axis] - before
        reach = (kernel[axis] - 1) * item.dilations[axis]
        inside *= int(((starts >= 0) & (starts + reach < sizes[axis])).sum())
    return {"gathered rows": positions * int(kernel[0]), "edge positions": positions - inside}


def _matrix(positions: int, channels: int, size: int, weights: int) -> dict[str, int]:
    """A product of matrices: every position's window with every channel's filter."""
    return {
        "products": positions * channels * size,
        "blocked products": _up(positions, _POSITIONS)
        * _up(channels, _CHANNELS)
        * _up(size, _INPUTS),
        "gathered values": positions * size,
        "weights": weights,
    }


def _steps(program: Program, item: Instruction) -> int:
    """Steps in time of a recurrent operator: the first axis of its input."""
    shape = program.tensors[item.inputs[0]].shape if item.inputs else ()
    return shape[0] if len(shape) > 1 else 1


def _up(count: int, block: int) -> int:
    """The next multiple of a block."""
    return -(-count // block) * block
