"""CMSIS-NN's own unit-test vectors as programs of one instruction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tinyml_studio.arith.inttype import IntArray, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.packing import packed_size, unpack
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.program import instructions as ops
from tinyml_studio.program.program import Program, QuantizedTensor

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "cmsisnn_ops"
Pair = tuple[int, int]


@cache
def index() -> Mapping[str, dict[str, dict[str, str]]]:
    """Defines and arrays of every case; nothing when the vectors are not there."""
    path = FOLDER / "index.json"
    return json.loads(path.read_text()) if path.is_file() else {}


@dataclass(frozen=True)
class Vectors:
    """One case: its numbers by define, its arrays by name, both without the case's own name."""

    name: str
    part: str = ""

    def number(self, *names: str, default: int | None = None) -> int:
        """The define of the first name that exists."""
        defines = index()[self.name]["defines"]
        for name in names:
            key = f"{self.part or self.name + '_'}{name}".upper()
            if key in defines:
                return int(defines[key])
        assert default is not None, names
        return default

    def array(self, *names: str) -> IntArray | None:
        """The array of the first name that exists."""
        with np.load(FOLDER / f"{self.name}.npz") as arrays:
            for name in names:
                if f"{self.name}_{name}" in arrays:
                    return arrays[f"{self.name}_{name}"]
        return None

    def weights(self, count: int, *names: str) -> tuple[IntArray, IntType]:
        """Flat weights; packed to 4 bits when the array is too short for anything else."""
        values = self.array(*names)
        assert values is not None
        if values.size == count:
            return values, IntType(8)
        assert values.size == packed_size(count, IntType(4))
        return unpack(values.tobytes(), IntType(4), count), IntType(4)

    def multiplier(self, start: str) -> Multiplier:
        """The multiplier of one operand."""
        return Multiplier(
            self.number(f"{start}_MULT", f"{start}_MULTIPLIER"), self.number(f"{start}_SHIFT")
        )

    def limits(self) -> tuple[int, int]:
        """Lower and upper limit of the output."""
        low = self.number("OUT_ACTIVATION_MIN", "ACTIVATION_MIN")
        return low, self.number("OUT_ACTIVATION_MAX", "ACTIVATION_MAX")


def tensor(name: str, shape: tuple[int, ...], dtype: np.dtype, zero_point: int) -> QuantizedTensor:
    """A tensor of the case; its scale plays no part."""
    return QuantizedTensor(name, shape, IntType(dtype.itemsize * 8), 1.0, zero_point)


def run_one(
    instruction: ops.Instruction,
    inputs: Mapping[str, tuple[QuantizedTensor, IntArray]],
    output: QuantizedTensor,
) -> IntArray:
    """The instruction's output for values of any shape of the right size."""
    tensors = {output.name: output} | {name: pair[0] for name, pair in inputs.items()}
    program = Program("case", TFLM, tensors, {}, tuple(inputs), (output.name,), (instruction,))
    values = {name: data.reshape(-1, *grid.shape) for name, (grid, data) in inputs.items()}
    return run_instruction(program, instruction, values)


def spatial(case: Vectors) -> tuple[tuple[int, int], tuple[int, int], Pair, Pair]:
    """Input extent, output extent, kernel, strides."""
    return (
        (case.number("INPUT_H"), case.number("INPUT_W")),
        (case.number("OUTPUT_H"), case.number("OUTPUT_W")),
        (case.number("FILTER_Y", "FILTER_H"), case.number("FILTER_X", "FILTER_W")),
        (case.number("STRIDE_Y", "STRIDE_H"), case.number("STRIDE_X", "STRIDE_W")),
    )


def pads(case: Vectors, dilations: Pair) -> tuple[Pair, Pair]:
    """Padding before from the case, padding after as the output's extent needs it."""
    before = (case.number("PAD_Y", "PADDING_H"), case.number("PAD_X", "PADDING_W"))
    both = []
    for extent, result, kernel, stride, first, dilation in zip(
        *spatial(case), before, dilations, strict=True
    ):
        after = (result - 1) * stride + (kernel - 1) * dilation + 1 - extent - first
        both.append((first, max(after, 0)))
    return both[0], both[1]


def convolution(case: Vectors, x: IntArray, layer: str = "") -> IntArray:
    """Convolution or depthwise convolution of `x`."""
    extent, result, kernel, strides = spatial(case)
    channels, outputs = case.number("IN_CH"), case.number("OUT_CH")
    depthwise = "CH_MULT" in str(index()[case.name]["defines"]) or "depthwise" in layer
    depth = 1 if depthwise else case.number("FILTER_CH", default=channels)
    weights, type_ = case.weights(
        outputs * depth * kernel[0] * kernel[1], f"{layer}weights", "input_weights"
    )
    bias = case.array(f"{layer}biases", f"{layer}bias", "input_bias")
    dilations = (case.number("DILATION_Y"), case.number("DILATION_X"))
    multiplier = case.array(f"{layer}output_mult", "output_multiplier")
    low, high = case.limits()
    shared = {
        "layer": "layer", "inputs": ("x",), "output": "y", "weight_type": type_,
        "bias": np.zeros(outputs, np.int64) if bias is None else bias.astype(np.int64),
        "strides": strides, "pads": pads(case, dilations), "dilations": dilations,
        "multiplier": multiplier, "shift": case.array(f"{layer}output_shift"),
        "low": low, "high": high, "narrow": case.name.startswith("int16xint8xint32"),
    }  # fmt: skip
    item: ops.Instruction
    if depthwise:
        item = ops.DepthwiseConv2D(weights=weights.reshape(*kernel, outputs), **shared)
    else:
        shaped = weights.reshape(outputs, *kernel, depth)
        item = ops.Conv2D(weights=shaped, groups=channels // depth, **shared)
    grid = tensor("x", (*extent, channels), x.dtype, -case.number("INPUT_OFFSET"))
    output = tensor("y", (*result, outputs), x.dtype, case.number("OUTPUT_OFFSET"))
    return run_one(item, {"x": (grid, x)}, output)


def transposed_convolution(case: Vectors, x: IntArray) -> IntArray:
    """Transposed convolution of `x`."""
    extent, result, kernel, strides = spatial(case)
    channels, outputs = case.number("IN_CH"), case.number("OUT_CH")
    weights, type_ = case.weights(outputs * channels * kernel[0] * kernel[1], "weights")
    bias = case.array("biases", "bias")
    before = (case.number("PAD_Y"), case.number("PAD_X"))
    low, high = case.limits()
    item = ops.TransposeConv2D(
        layer="layer", inputs=("x",), output="y", weight_type=type_, groups=1, dilations=(1, 1),
        weights=weights.reshape(outputs, *kernel, channels), strides=strides,
        bias=np.zeros(outputs, np.int64) if bias is None else bias.astype(np.int64),
        pads=((before[0], 0), (before[1], 0)), low=low, high=high,
        multiplier=case.array("output_mult"), shift=case.array("output_shift"),
    )  # fmt: skip
    grid = tensor("x", (*extent, channels), x.dtype, -case.number("INPUT_OFFSET"))
    output = tensor("y", (*result, outputs), x.dtype, case.number("OUTPUT_OFFSET"))
    return run_one(item, {"x": (grid, x)}, output)


def batch_matmul(case: Vectors) -> IntArray:
    """Product of the case's two stacks; its batches are an axis of the sample."""
    values = {"a": case.array("lhs_input_tensor"), "b": case.array("rhs_input_tensor")}
    low, high = case.limits()
    item = ops.BatchMatMul(
        layer="layer", inputs=("a", "b"), output="y", adj_x=bool(case.number("ADJ_X")),
        adj_y=bool(case.number("ADJ_Y")), multiplier=case.multiplier("OUTPUT"), low=low, high=high,
    )  # fmt: skip
    grids = [
        tensor(name, _matrices(case, side), np.dtype(np.int16), -case.number(f"{side}_OFFSET"))
        for name, side in (("a", "LHS"), ("b", "RHS"))
    ]
    output = tensor("y", _matrices(case, "OUTPUT"), np.dtype(np.int16), 0)
    return run_one(item, {grid.name: (grid, values[grid.name]) for grid in grids}, output)


def _matrices(case: Vectors, side: str) -> tuple[int, ...]:
    return tuple(case.number(f"{side}_{axis}") for axis in ("BATCH", "HEIGHT", "ROWS", "COLS"))


def extremum(case: Vectors) -> IntArray:
    """The larger or the smaller of the case's two inputs; its batch is an axis of the sample."""
    values = {"a": case.array("input_tensor_1"), "b": case.array("input_tensor_2")}
    shapes = {
        name: tuple(case.number(f"{axis}_{i}") for axis in ("BATCH", "HEIGHT", "WIDTH", "CHANNEL"))
        for i, name in ((1, "a"), (2, "b"))
    }
    largest = case.name.startswith("maximum")
    item = ops.Extremum(layer="layer", inputs=("a", "b"), output="y", largest=largest)
    grids = [tensor(name, shape, np.dtype(np.int8), 0) for name, shape in shapes.items()]
    output = tensor("y", np.broadcast_shapes(*shapes.values()), np.dtype(np.int8), 0)
    return run_one(item, {grid.name: (grid, values[grid.name]) for grid in grids}, output)


def fully_connected(case: Vectors, x: IntArray, outputs: int, layer: str = "") -> IntArray:
    """Fully connected layer with one multiplier for all channels."""
    depth = case.number("ACCUMULATION_DEPTH", default=276)
    weights, type_ = case.weights(outputs * depth, f"{layer}weights", "input_weights")
    bias = case.array(f"{layer}biases", f"{layer}bias", "input_bias")
    low, high = case.limits()
    item = ops.FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights.reshape(outputs, depth),
        weight_type=type_, low=low, high=high,
        bias=np.zeros(outputs, np.int64) if bias is None else bias.astype(np.int64),
        multiplier=np.full(outputs, case.number("OUTPUT_MULTIPLIER"), np.int32),
        shift=np.full(outputs, case.number("OUTPUT_SHIFT"), np.int32),
    )  # fmt: skip
    grid = tensor("x", (depth,), x.dtype, -case.number("INPUT_OFFSET"))
    output = tensor("y", (outputs,), x.dtype, case.number("OUTPUT_OFFSET"))
    return run_one(item, {"x": (grid, x)}, output)


def pool(
    case: Vectors, x: IntArray, kind: type[ops.MaxPool2D] | type[ops.AveragePool2D]
) -> IntArray:
    """A pool of `x`."""
    extent, result, kernel, strides = spatial(case)
    channels = case.number("INPUT_C", "IN_CH")
    low, high = case.limits()
    item = kind(
        layer="layer", inputs=("x",), output="y", kernel=kernel, strides=strides,
        pads=pads(case, (1, 1)), low=low, high=high,
    )  # fmt: skip
    grid = tensor("x", (*extent, channels), x.dtype, 0)
    return run_one(item, {"x": (grid, x)}, tensor("y", (*result, channels), x.dtype, 0))


def binary(case: Vectors) -> IntArray:
    """Add or Mul of the case's two inputs."""
    left, right = case.array("input1"), case.array("input2")
    assert left is not None
    assert right is not None
    low, high = case.limits()
    shared = {"layer": "layer", "inputs": ("a", "b"), "output": "y", "low": low, "high": high}
    item: ops.Instruction
    if case.name.startswith("add"):
        item = ops.Add(
            subtract=False, left_shift=case.number("LEFT_SHIFT"),
            multiplier_a=case.multiplier("INPUT1"), multiplier_b=case.multiplier("INPUT2"),
            multiplier_out=case.multiplier("OUTPUT"), **shared,
        )  # fmt: skip
    else:
        item = ops.Mul(multiplier=case.multiplier("OUTPUT"), **shared)
    grids = [
        tensor(name, left.shape, left.dtype, -case.number(f"INPUT{i}_OFFSET"))
        for i, name in ((1, "a"), (2, "b"))
    ]
    output = tensor("y", left.shape, left.dtype, case.number("OUTPUT_OFFSET"))
    return run_one(item, {"a": (grids[0], left), "b": (grids[1], right)}, output)
