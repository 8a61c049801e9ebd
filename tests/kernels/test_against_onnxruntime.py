"""Every integer operator of ONNX Runtime, on its own: equal in every element.

One graph of one layer is lowered with random grids and run; the same node runs in ONNX Runtime
with its optimizations off.
"""

from __future__ import annotations

import platform

import numpy as np
import pytest

from tests.kernels.onnx_nodes import Case, all_pairs, grids, int8_inputs, weighted
from tinyml_studio.ir import ops

KINDS = ("int8", "uint8")
SEEDS = range(6)
adds_fused = pytest.mark.skipif(
    platform.machine().lower() not in ("x86_64", "amd64"),
    reason="here ONNX Runtime adds in fixed point",
)


@adds_fused
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_add_on_all_pairs_of_values(kind, seed):
    a, b = all_pairs()
    case = Case(ops.Add(), grids(seed, 3), [a, b], kind=kind)
    names = ["x0", "s0", "z0", "x1", "s1", "z1", "s2", "z2"]
    np.testing.assert_array_equal(case.run(), case.runtime("QLinearAdd", names))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_mul_on_all_pairs_of_values(kind, seed):
    a, b = all_pairs()
    case = Case(ops.Mul(), grids(seed, 3, product=True), [a, b], kind=kind)
    names = ["x0", "s0", "z0", "x1", "s1", "z1", "s2", "z2"]
    np.testing.assert_array_equal(case.run(), case.runtime("QLinearMul", names))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_fully_connected(kind, seed):
    case, constants = weighted(seed, kind, depth=700)
    names = ["x0", "s0", "z0", "w", "ws", "wz", "bias", "s1", "z1"]
    expected = case.runtime("QGemm", names, constants, transB=1)
    assert len(np.unique(expected)) > 50
    np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_average_pool(kind, seed):
    x = int8_inputs(seed, (3, 9, 8, 5))
    pads = ((1, 0), (0, 1))
    case = Case(ops.AveragePool((3, 2), (2, 1), pads), grids(seed, 2), [x], kind=kind)
    attributes = {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 0, 1]}
    expected = case.runtime(
        "QLinearAveragePool", ["x0", "s0", "z0", "s1", "z1"], channels_last=1, **attributes
    )
    np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_global_average_pool(kind, seed):
    x = int8_inputs(seed, (20, 7, 6, 33))
    case = Case(ops.Mean((0, 1)), grids(seed, 2), [x], kind=kind)
    expected = case.runtime(
        "QLinearGlobalAveragePool", ["x0", "s0", "z0", "s1", "z1"], channels_last=1
    )
    np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize("depth", [1, 2, 10, 200])
@pytest.mark.parametrize("scale", [0.002, 0.05, 0.3, 1.7])
@pytest.mark.parametrize("kind", KINDS)
def test_softmax(kind, scale, depth):
    x = int8_inputs(depth, (40, depth))
    case = Case(ops.Softmax(0), [(scale, 11), (1 / 256, -128)], [x], kind=kind)
    names = ["x0", "s0", "z0", "s1", "z1"]
    expected = case.runtime("QLinearSoftmax", names, axis=-1, opset=13)
    np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize("depth", [8, 13])
def test_shares_next_to_a_tie(depth):
    """As many that quotients rounded to float32 would end on the wrong side of some."""
    x = int8_inputs(1, (200_000, depth))
    case = Case(ops.Softmax(0), [(0.033, 11), (1 / 256, -128)], [x])
    names = ["x0", "s0", "z0", "s1", "z1"]
    expected = case.runtime("QLinearSoftmax", names, axis=-1, opset=13)
    np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize(
    ("op", "name", "attributes"),
    [
        (ops.Sigmoid(), "QLinearSigmoid", {}),
        (ops.LeakyRelu(0.3), "QLinearLeakyRelu", {"alpha": 0.3}),
        (ops.LeakyRelu(-0.7), "QLinearLeakyRelu", {"alpha": -0.7}),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_functions_of_one_value_on_all_of_them(kind, op, name, attributes):
    x = np.arange(-128, 128, dtype=np.int8)[:, None]
    for seed in range(20):
        case = Case(op, grids(seed, 2), [x], kind=kind)
        expected = case.runtime(name, ["x0", "s0", "z0", "s1", "z1"], **attributes)
        np.testing.assert_array_equal(case.run(), expected)


@pytest.mark.parametrize("kind", KINDS)
def test_concat_brings_its_operands_on_one_grid(kind):
    x = np.arange(-128, 128, dtype=np.int8)[:, None]
    for seed in range(20):
        case = Case(ops.Concat(0), grids(seed, 3), [x, x], kind=kind)
        names = ["s2", "z2", "x0", "s0", "z0", "x1", "s1", "z1"]
        expected = case.runtime("QLinearConcat", names, axis=1)
        np.testing.assert_array_equal(case.run(), expected)


UNFUSED = {
    # operator, bits, name in ONNX, attributes, share that may differ by one: `QLinearMul` adds the
    # zero point before it rounds, so that ties fall to the other side of an odd one
    "sub": (ops.Sub(), 8, "Sub", {}, 0.005),
    "add": (ops.Add(), 8, "Add", {}, 0.005),
    "mul": (ops.Mul(), 8, "Mul", {}, 0.02),
    "add16": (ops.Add(), 16, "Add", {}, 0.02),
    "mul16": (ops.Mul(), 16, "Mul", {}, 0.02),
    "relu": (ops.Clip(ops.Clamp(low=0.0)), 8, "Relu", {}, 0.0),
    "relu16": (ops.Clip(ops.Clamp(low=0.0)), 16, "Relu", {}, 0.0),
    "leaky relu16": (ops.LeakyRelu(0.3), 16, "LeakyRelu", {"alpha": 0.3}, 0.0),
    "tanh": (ops.Tanh(), 8, "Tanh", {}, 0.002),
    "hard sigmoid": (ops.HardSigmoid(0.3, 0.4), 8, "HardSigmoid", {"alpha": 0.3, "beta": 0.4}, 0.0),
    "hard swish": (ops.HardSwish(), 8, "HardSwish", {}, 0.002),
    "requantize": (ops.Requantize(), 8, "Identity", {}, 0.0),
    "requantize16": (ops.Requantize(), 16, "Identity", {}, 0.0),
    "softmax": (ops.Softmax(0), 8, "Softmax", {"axis": -1}, 0.002),
    "softmax16": (ops.Softmax(0), 16, "Softmax", {"axis": -1}, 0.01),
}


@pytest.mark.parametrize("name", UNFUSED)
def test_unfused_operators_are_within_one_unit(name):
    op, bits, onnx_op, attributes, share = UNFUSED[name]
    differing = total = 0
    for seed in range(8):
        case = Case.unfused(op, bits, seed)
        expected = case.unfused_runtime(onnx_op, **attributes)
        found = case.run().astype(np.int64)
        distance = np.abs(found - expected)
        assert distance.max() <= 1
        differing, total = differing + int((distance > 0).sum()), total + distance.size
    assert differing <= share * total, f"{differing} of {total} differ by one"
