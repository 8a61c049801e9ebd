from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.profile import ONNX, TFLM
from tinyml_studio.errors import DataError
from tinyml_studio.ir.build import build_graph
from tinyml_studio.ir.graph import Port
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.simulate.io import dequantize_outputs, quantize_inputs
from tinyml_studio.simulate.run import run


def networks(bits=8, scale=0.5, zero_point=-3):
    """A network whose output is its input, channels first outside and last inside."""
    port = Port("x", "t", (1, 2, 3), (1, 2, 0))
    graph = build_graph(name="n", inputs=[port], outputs=[port], nodes=[], constants={})
    tensor = QuantizedTensor("t", (2, 3, 1), IntType(bits), scale, zero_point)
    program = Program(
        "n", TFLM, MappingProxyType({"t": tensor}), MappingProxyType({}), ("t",), ("t",), ()
    )
    return program, graph


def test_values_go_to_the_nearest_step_and_are_clipped():
    program, graph = networks()
    x = np.array([0.25, -0.25, 0.2499, -0.75, 100.0, -100.0], np.float32).reshape(1, 1, 2, 3)
    (q,) = quantize_inputs(program, graph, (x,))
    assert q.dtype == np.int8
    assert q.shape == (1, 2, 3, 1)
    assert q.ravel().tolist() == [-2, -4, -3, -5, 127, -128]


def test_tflite_quantizes_in_float32_with_ties_away_from_zero():
    program, graph = networks(scale=float(np.float32(0.1)))
    # 0.35 and -0.25 are ties in float32, and 0.35 is a little less than one in float64
    x = np.array([0.35, -0.35, -0.25, 0.34, 3e38, -3e38], np.float32).reshape(1, 1, 2, 3)
    (q,) = quantize_inputs(program, graph, (x,))
    assert q.ravel().tolist() == [4 - 3, -4 - 3, -3 - 3, 3 - 3, 127, -128]


def test_onnx_runtime_quantizes_in_float32_with_ties_to_even():
    program, graph = networks(scale=float(np.float32(0.1)))
    program = replace(program, arithmetic=ONNX)
    # 0.35 is 3.5 steps in float32 and a little less in float64
    x = np.array([0.05, 0.15, -0.25, 0.35, 3e38, -3e38], np.float32).reshape(1, 1, 2, 3)
    (q,) = quantize_inputs(program, graph, (x,))
    steps = np.rint(x.ravel()[:4] / np.float32(0.1))
    assert q.ravel().tolist() == [*(steps - 3).astype(int), 127, -128]


@pytest.mark.parametrize(("bits", "dtype"), [(4, np.int8), (8, np.int8), (16, np.int16)])
def test_outputs_come_back_in_the_models_layout(bits, dtype):
    program, graph = networks(bits, zero_point=0)
    x = np.array([0.0, 0.5, 1.0, -1.5, 2.0, -4.0], np.float32).reshape(1, 1, 2, 3)
    inputs = quantize_inputs(program, graph, (x,))
    assert inputs[0].dtype == dtype
    (y,) = dequantize_outputs(program, graph, run(program, inputs))
    assert y.dtype == np.float32
    np.testing.assert_array_equal(y, x)


def test_integers_pass_unchanged():
    program, graph = networks()
    x = np.arange(-3, 3, dtype=np.int64).reshape(1, 1, 2, 3)
    (q,) = quantize_inputs(program, graph, (x,))
    assert q.ravel().tolist() == [-3, -2, -1, 0, 1, 2]
    assert q.dtype == np.int8


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        ((), "0 inputs"),
        ((np.zeros((1, 2, 3), np.float32),), "'x' has shape"),
        ((np.full((1, 1, 2, 3), np.nan, np.float32),), "not finite"),
        ((np.full((1, 1, 2, 3), 128),), "integers from 128"),
        ((np.full((1, 1, 2, 3), "a"),), "does not hold numbers"),
    ],
)
def test_what_does_not_fit_is_named(batch, words):
    program, graph = networks()
    with pytest.raises(DataError, match=words):
        quantize_inputs(program, graph, batch)
