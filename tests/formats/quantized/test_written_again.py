"""Files of operators on integers, written as such again: ONNX Runtime gives the same integers."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto

from tests.formats.files import read
from tests.formats.quantized.drawing import KINDS, QuantizedFile
from tests.formats.quantized.lowered import run_program
from tests.formats.quantized.test_integer_operators import CASES, of_runtime
from tests.formats.tflite.cases import CASES as TFLITE
from tests.formats.tflite.lowered import lowered
from tests.formats.tflite.models import ModelFile
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.emit.stated import stated
from tinyml_studio.formats.quantized_writer import write_quantized
from tinyml_studio.formats.writer.stated import Form
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme


class Proto:
    """Bytes with the face of a model."""

    def __init__(self, data):
        self.SerializeToString = lambda: data


def assert_survives(graph, program):
    """ONNX Runtime gives the program's integers with a file of operators on integers."""
    data = write_quantized(graph, stated(graph, program), Form.OPERATORS)
    random, signed, real = np.random.default_rng(4), [], {}
    for port in graph.inputs:
        tensor = program.tensors[port.tensor]
        low, high = tensor.type.min, tensor.type.max
        signed.append(random.integers(low, high, (27, *port.shape), endpoint=True))
        steps = signed[-1] - tensor.zero_point
        real[port.name] = (steps * tensor.scale).astype(np.float32)
    made = program.tensors[program.outputs[0]]
    outputs = np.rint(of_runtime(Proto(data), real) / np.float64(made.scale)) + made.zero_point
    np.testing.assert_array_equal(outputs, run_program(graph, program, signed))


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("case", CASES)
def test_integers_survive(tmp_path, case, kind):
    file, y = CASES[case][0](kind)
    graph = prepare(read(file.proto(y, element=KINDS[kind]), tmp_path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    assert_survives(graph, program)


@pytest.mark.parametrize("case", ["leaky relu int16 of a negative slope", "abs int16"])
def test_a_slope_that_the_instruction_adds_is_no_operand(tmp_path, case):
    graph, program = lowered(TFLITE[case]().encode(), tmp_path)
    assert len(program.constants) == 1
    model = onnx.load_from_string(write_quantized(graph, stated(graph, program), Form.PAIRS))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds[2:3] == ["Abs" if case.startswith("abs") else "LeakyRelu"]


def test_a_softmax_of_a_multiple_has_another_scale_of_its_input(tmp_path):
    assert_survives(*lowered(TFLITE["softmax of 0.3 times"]().encode(), tmp_path, ONNX))


def test_weights_beside_unsigned_values_are_unsigned(tmp_path):
    """Of unsigned and signed bytes some processors make sums of 16 bits."""
    file, y = CASES["conv"][0]("uint8")
    graph = prepare(read(file.proto(y, element=KINDS["uint8"]), tmp_path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    for form, element in ((Form.OPERATORS, TensorProto.UINT8), (Form.PAIRS, TensorProto.INT8)):
        model = onnx.load_from_string(write_quantized(graph, stated(graph, program), form))
        kinds = {held.data_type for held in model.graph.initializer if len(held.dims) == 4}
        assert kinds == {element}


def test_an_input_that_is_made_signed_at_once_does_not_make_all_unsigned(tmp_path):
    file = ModelFile()
    x, q = (
        file.tensor((1, 4), "uint8", scale=0.05, zero=7),
        file.tensor((1, 4), scale=0.05, zero=-9),
    )
    y = file.tensor((1, 4), scale=0.05, zero=-9)
    file.operator("QUANTIZE", [x], [q])
    file.operator("RELU", [q], [y])
    file.inputs, file.outputs = [x], [y]
    graph, program = lowered(file.encode(), tmp_path, ONNX)
    assert not stated(graph, program).unsigned


def signed_behind_unsigned(f):
    x = f.dequantize(f.x, 0.05, 128, "uint8")
    a = f.pair(x, 0.05, 0, "int8")
    b = f.pair(f.conv(a, 0.05, pads=[1, 1, 1, 1]), 0.05, 0, "int8")
    return f.pair(
        f.add(
            "Add", f.pair(f.add("Slice", b, np.array([0]), np.array([3]), np.array([1])), 0.05), a
        ),
        0.06,
        5,
    )


def third_of_4_bits(f):
    x = f.pair(f.dequantize(f.x, 0.05, 128, "uint8"), 0.8, 8, "uint4")
    return f.pair(f.add("Mul", x, np.float32(1 / 3)), 0.32, 8, "uint4")


def pool_of_16_bits(f):
    x = f.pair(f.x, 0.0002, 0, "int16")
    return f.pair(f.add("MaxPool", x, kernel_shape=[2, 2]), 0.0002, 0, "int16")


@pytest.mark.parametrize(
    ("draw", "element"),
    [
        (signed_behind_unsigned, KINDS["uint8"]),
        (third_of_4_bits, KINDS["uint8"]),
        (pool_of_16_bits, TensorProto.FLOAT),
    ],
)
def test_pairs_become_operators_on_integers(tmp_path, draw, element):
    file = QuantizedFile(3, 8, 8, opset=21, element=element)
    graph = prepare(read(file.proto(draw(file)), tmp_path))
    assert_survives(graph, lower(graph, {}, file_scheme(graph), file_arithmetic(graph)))
