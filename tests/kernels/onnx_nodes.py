"""One layer between grids of a file, here and as one node in ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import onnxruntime as ort
from onnx import helper, numpy_helper

from tests.lower.networks import network
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid, FoundQuantization, FoundWeights
from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.file_grids import file_scheme
from tinyml_studio.simulate.run import run

Grid = tuple[float, int]


@dataclass
class Case:
    """An operator, the grids of its operands and its output, and values ``(N, *shape)``."""

    op: ops.Operator
    grids: Sequence[Grid]
    inputs: Sequence[np.ndarray]
    kind: str = "int8"
    bits: int = 8
    weights: Mapping[str, FoundWeights] = field(default_factory=dict)

    @classmethod
    def unfused(cls, op: ops.Operator, bits: int, seed: int) -> Case:
        """Random grids without and with zero points, and values all over the type."""
        count = 2 if isinstance(op, ops.Add | ops.Sub | ops.Mul) else 1
        made = grids(seed, count + 1, product=isinstance(op, ops.Mul), bits=bits)
        if isinstance(op, ops.Softmax):
            made = [(made[0][0], 3), (1 / (2**bits - 1), -(2 ** (bits - 1)))]
        low, high = -(2 ** (bits - 1)), 2 ** (bits - 1)
        random = np.random.default_rng(seed)
        inputs = [random.integers(low, high, (50, 40)).astype(f"int{bits}") for _ in range(count)]
        return cls(op, made, inputs, kind=f"int{bits}", bits=bits)

    def run(self) -> np.ndarray:
        """The output's integers by the lowered program."""
        names = [f"x{i}" for i in range(len(self.inputs))]
        shapes = [values.shape[1:] for values in self.inputs]
        graph = network([("layer", self.op, tuple(names), ("y",))], shapes).graph
        stored = self.kind if self.kind.startswith("u") else f"int{self.bits}"
        activations = {
            name: FoundGrid(self.bits, float(np.float32(scale)), zero, stored)
            for name, (scale, zero) in zip([*names, "y"], self.grids, strict=True)
        }
        found = FoundQuantization(activations, self.weights, arithmetic="onnx")
        graph = replace(graph, found=found)
        program = lower(graph, {}, file_scheme(graph), ONNX)
        return run(program, dict(zip(names, self.inputs, strict=True))).values["y"]

    def runtime(self, op: str, names: list[str], constants=None, **attributes) -> np.ndarray:
        """The output's signed integers by ONNX Runtime's own operator of that name."""
        offset = 128 if self.kind == "uint8" else 0
        held = dict(constants or {})
        for i, (scale, zero) in enumerate(self.grids):
            held[f"s{i}"] = np.array(scale, np.float32)
            held[f"z{i}"] = np.array(zero + offset).astype(self.kind)
        feeds = {
            f"x{i}": (values.astype(np.int64) + offset).astype(self.kind)
            for i, values in enumerate(self.inputs)
        }
        node = helper.make_node(op, names, ["y"], domain="com.microsoft", **attributes)
        result = infer([node], held, feeds, helper.np_dtype_to_tensor_dtype(np.dtype(self.kind)))
        shape = (len(self.inputs[0]), *result.shape[1:])
        made = result.astype(np.int64).reshape(shape) - offset
        return made.reshape(self.run().shape)

    def unfused_runtime(self, op: str, **attributes) -> np.ndarray:
        """The output's integers by dequantization, the float operator and quantization."""
        held, nodes, reals = {}, [], []
        for i, (scale, zero) in enumerate(self.grids):
            held[f"s{i}"] = np.array(scale, np.float32)
            held[f"z{i}"] = np.array(zero).astype(self.kind)
        for i in range(len(self.inputs)):
            nodes.append(
                helper.make_node("DequantizeLinear", [f"x{i}", f"s{i}", f"z{i}"], [f"r{i}"])
            )
            reals.append(f"r{i}")
        last = len(self.grids) - 1
        nodes.append(helper.make_node(op, reals, ["r"], **attributes))
        nodes.append(helper.make_node("QuantizeLinear", ["r", f"s{last}", f"z{last}"], ["y"]))
        feeds = {f"x{i}": values for i, values in enumerate(self.inputs)}
        element = helper.np_dtype_to_tensor_dtype(np.dtype(self.kind))
        return infer(nodes, held, feeds, element).astype(np.int64)


def infer(nodes, constants, feeds, element) -> np.ndarray:
    """The output ``y`` of a few nodes, optimizations off."""
    dtypes = {name: helper.np_dtype_to_tensor_dtype(values.dtype) for name, values in feeds.items()}
    graph = helper.make_graph(
        nodes,
        "case",
        [helper.make_tensor_value_info(n, dtypes[n], v.shape) for n, v in feeds.items()],
        [helper.make_tensor_value_info("y", element, None)],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model.SerializeToString(), options)
    return session.run(None, feeds)[0]


def grids(seed: int, count: int, *, product: bool = False, bits: int = 8) -> list[Grid]:
    """Grids of about one size: random, or of small ratios, where ties are frequent."""
    random = np.random.default_rng(seed)
    if seed % 3 == 2:
        scales = random.choice([1, 2, 3, 4, 6, 8], count) / 64
    else:
        scales = np.exp(random.uniform(-4, -2, count))
    if product:
        scales[-1] = scales[0] * scales[1] * 20
    scales = scales * 2.0 ** (8 - bits)
    if product:
        scales[-1] *= 2.0 ** (bits - 8)
    edge = 2 ** (bits - 1)
    zeros = random.integers(-edge, edge, count) if seed % 2 == 0 or bits == 8 else [0] * count
    return [(float(np.float32(s)), int(z)) for s, z in zip(scales, zeros, strict=True)]


def all_pairs() -> tuple[np.ndarray, np.ndarray]:
    """All pairs of 8-bit values, ``(256, 256)`` each."""
    values = np.arange(-128, 128, dtype=np.int8)
    return np.repeat(values[:, None], 256, axis=1), np.repeat(values[None], 256, axis=0)


def int8_inputs(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    """Values all over the type."""
    return np.random.default_rng(seed).integers(-128, 128, shape).astype(np.int8)


def weighted(seed: int, kind: str, *, depth: int) -> tuple[Case, dict[str, np.ndarray]]:
    """A fully connected layer with a scale per channel, and its constants."""
    random = np.random.default_rng(seed)
    # without VNNI, ONNX Runtime limits sums of two products of uint8 and int8 to 16 bits
    most = 127 if kind == "int8" else 63
    integers = random.integers(-most, most + 1, (16, depth)).astype(np.int8)
    signs = np.sign(integers[:8].astype(np.int64))
    x = int8_inputs(seed, (24, depth))
    # rows that follow the weights' signs have large sums
    x[:8] = np.clip(signs * random.integers(0, 128, (8, depth)), -128, 127)
    scale = np.exp(random.uniform(-6, -5, 16)).astype(np.float32)
    bias = random.integers(-(2**20), 2**20, 16).astype(np.int32)
    found = FoundWeights(bits=8, scale=scale.astype(np.float64), bias=bias.astype(np.int64))
    reals = (bias * scale * np.float32(0.03)).astype(np.float32)
    op = ops.Dense(integers * scale[:, None], reals)
    case = Case(op, [(0.03, 5), (0.5, -3)], [x], kind=kind, weights={"layer": found})
    zeros = np.zeros(16, np.int8)
    return case, {"w": integers, "ws": scale, "wz": zeros, "bias": bias}
