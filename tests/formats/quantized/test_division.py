"""Division between pairs: every pair of values against ONNX Runtime."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from tests.formats.files import opaque_reasons, read
from tests.formats.quantized.drawing import QuantizedFile
from tests.formats.quantized.lowered import run_integers
from tinyml_studio.emit.stated import stated
from tinyml_studio.formats.quantized_writer import write_quantized
from tinyml_studio.formats.writer.stated import Form
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme

TYPES = {"int8": TensorProto.INT8, "uint8": TensorProto.UINT8, "int16": TensorProto.INT16}
GRIDS = [(0.05, 3, 0.02, 40, 0.07, 9), (0.013, 0, 0.031, 0, 0.5, 0), (0.1, 5, 0.002, 100, 3.7, 50)]


def divided(kind, grids, *, count, constant=None):
    """A quotient of two tensors of integers, or of one and a constant, and their quantization."""
    made, shape = [], ["N", count]
    names = ("a", "b", "y")

    def held(name, value, type_):
        made.append(helper.make_tensor(name, type_, [], [value]))
        return name

    given = {
        name: (held(f"{name}_scale", grids[2 * i], TensorProto.FLOAT),
               held(f"{name}_zero", 0 if kind == "int16" else grids[2 * i + 1], TYPES[kind]))
        for i, name in enumerate(names)
    }  # fmt: skip
    nodes = [
        helper.make_node("DequantizeLinear", [name, *given[name]], [f"{name}_real"])
        for name in names[:2]
    ]
    nodes.append(helper.make_node("Div", ["a_real", "b_real"], ["quotient"]))
    nodes.append(helper.make_node("QuantizeLinear", ["quotient", *given["y"]], ["y"]))
    inputs = [helper.make_tensor_value_info("a", TYPES[kind], shape)]
    if constant is None:
        inputs.append(helper.make_tensor_value_info("b", TYPES[kind], shape))
    else:
        made.append(helper.make_tensor("b", TYPES[kind], [len(constant)], constant))
    output = helper.make_tensor_value_info("y", TYPES[kind], shape)
    graph = helper.make_graph(nodes, "quotient", inputs, [output], made)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def runtime(proto, values):
    """The integers of ONNX Runtime, its optimizations off."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    (made,) = session.run(None, values)
    return made.astype(np.int64)


def ours(proto, values, folder, kind):
    graph = prepare(read(proto, folder))
    assert opaque_reasons(graph) == []
    assert [node.op.kind for node in graph.nodes] == ["Div"]
    offset = 128 if kind == "uint8" else 0
    signed = [values[port.name].astype(np.int64) - offset for port in graph.inputs]
    return run_integers(graph, signed) + offset


@pytest.mark.parametrize("grids", GRIDS)
@pytest.mark.parametrize("kind", TYPES)
def test_every_pair_has_the_integer_of_the_runtime(kind, grids, tmp_path):
    limits = np.iinfo(kind)
    every = np.arange(limits.min, limits.max + 1)
    if kind == "int16":
        drawn = np.random.default_rng(0).choice(every, 250)
        every = np.unique(np.r_[drawn, limits.min, limits.max, -3:4])
    pairs = np.stack(np.meshgrid(every, every)).reshape(2, 1, -1).astype(kind)
    proto = divided(kind, grids, count=pairs.shape[-1])
    values = dict(zip("ab", pairs, strict=True))
    # 0 / 0 depends on how a machine compares what is no number
    real = (pairs[0] != (0 if kind == "int16" else grids[1])) | (
        pairs[1] != (0 if kind == "int16" else grids[3])
    )
    found, wanted = ours(proto, values, tmp_path, kind), runtime(proto, values)
    np.testing.assert_array_equal(found[real], wanted[real])


def test_a_constant_divides_by_its_own_integers(tmp_path):
    constant = [1, 77, -128, 127]
    proto = divided("int8", GRIDS[0], count=4, constant=constant)
    values = {"a": np.arange(-128, 128, dtype=np.int8).reshape(-1, 4)}
    found, wanted = ours(proto, values, tmp_path, "int8"), runtime(proto, values)
    np.testing.assert_array_equal(found, wanted)


def test_real_numbers_keep_a_reciprocal_with_a_range_of_its_own(tmp_path):
    file = QuantizedFile(4, 6, 6)
    real = file.add("Add", file.add("Abs", file.x), np.float32(1))
    graph = read(file.proto(file.add("Div", file.x, real)), tmp_path)
    assert [node.op.kind for node in graph.nodes][-2:] == ["Reciprocal", "Mul"]


@pytest.mark.parametrize("form", Form)
def test_a_quotient_is_written_again(form, tmp_path):
    random = np.random.default_rng(3)
    proto = divided("int8", GRIDS[0], count=500)
    values = {name: random.integers(-128, 128, (4, 500)).astype(np.int8) for name in "ab"}
    graph = prepare(read(proto, tmp_path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    again = onnx.load_from_string(write_quantized(graph, stated(graph, program), form))
    given = {}
    for port in graph.inputs:
        tensor = program.tensors[port.tensor]
        centred = values[port.name].astype(np.float64) - tensor.zero_point
        given[port.name] = (centred * tensor.scale).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(again.SerializeToString(), options)
    made = program.tensors[program.outputs[0]]
    (real,) = session.run(None, given)
    steps = np.rint(real / np.float64(made.scale)) + made.zero_point
    np.testing.assert_array_equal(steps, runtime(proto, values))
