"""Files of operators on integers, written as such again: ONNX Runtime gives the same integers."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from tests.formats.files import read
from tests.formats.quantized.drawing import KINDS
from tests.formats.quantized.lowered import run_integers
from tests.formats.quantized.test_integer_operators import CASES, of_runtime
from tests.formats.tflite.cases import CASES as TFLITE
from tests.formats.tflite.lowered import lowered
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


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("case", CASES)
def test_integers_survive(tmp_path, case, kind):
    file, y = CASES[case][0](kind)
    graph = prepare(read(file.proto(y, element=KINDS[kind]), tmp_path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    data = write_quantized(graph, stated(graph, program), Form.OPERATORS)
    random = np.random.default_rng(4)
    signed = [random.integers(-128, 128, (7, *port.shape)) for port in graph.inputs]
    real = {}
    for port, values in zip(graph.inputs, signed, strict=True):
        tensor = program.tensors[port.tensor]
        real[port.name] = ((values - tensor.zero_point) * tensor.scale).astype(np.float32)
    made = program.tensors[program.outputs[0]]
    outputs = np.rint(of_runtime(Proto(data), real) / np.float64(made.scale)) + made.zero_point
    np.testing.assert_array_equal(outputs, run_integers(graph, signed))


@pytest.mark.parametrize("case", ["leaky relu int16 of a negative slope", "abs int16"])
def test_a_slope_that_the_instruction_adds_is_no_operand(tmp_path, case):
    graph, program = lowered(TFLITE[case]().encode(), tmp_path)
    assert len(program.constants) == 1
    model = onnx.load_from_string(write_quantized(graph, stated(graph, program), Form.PAIRS))
    kinds = [node.op_type for node in model.graph.node]
    assert kinds[2:3] == ["Abs" if case.startswith("abs") else "LeakyRelu"]
