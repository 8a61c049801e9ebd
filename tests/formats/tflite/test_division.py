"""Quotients of integers: every pair against LiteRT's kernel, and what is divided by zero."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.case_builders import IN, RELU, Case, function, with_constant
from tests.formats.tflite.flatbuffers_encoder import Scalar
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.models import ModelFile
from tinyml_studio.arith.profile import LITERT, ONNX, POW2, POW2_FLOOR, TFLM, TFLM_SINGLE
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import ModelError, SchemeError
from tinyml_studio.program.instructions import Div, DivFloat32
from tinyml_studio.simulate.run import run

BYTES = np.arange(-128, 128)
WIDE = np.unique(np.r_[np.random.default_rng(0).integers(-32768, 32767, 150), -9:9, -32768, 32767])
OFFSETS = {"uint8": 128}


def quotient(count, bits, scale, shape=None, activation=0):
    """DIV of two computed tensors of so many values, to an output with a scale."""
    case = Case((1, count), bits, **IN)
    divisor = case.activation(shape or (1, count), scale=0.02, zero=-40)
    case.file.inputs.append(divisor)
    options = {0: Scalar("i1", activation)}
    return case.end("DIV", [case.x, divisor], (1, count), options, scale=scale, zero=-9)


def litert(data, batch, bits):
    """The outputs of LiteRT's reference kernel for one sample."""
    module = pytest.importorskip("ai_edge_litert.interpreter", reason="LiteRT is not installed")
    resolver = module.OpResolverType.BUILTIN_REF
    made = module.Interpreter(model_content=data, experimental_op_resolver_type=resolver)
    made.allocate_tensors()
    offset = OFFSETS.get(bits, 0)
    for detail, values in zip(made.get_input_details(), batch, strict=True):
        made.set_tensor(detail["index"], (values.astype(int) + offset).astype(detail["dtype"]))
    made.invoke()
    return made.get_tensor(made.get_output_details()[0]["index"]).astype(int) - offset


def far_right(item, tensors, batch):
    """Pairs whose product is shifted by more than 31 bits, where TFLite's kernel is undefined."""
    a, b = (
        values.astype(int) - tensors[name].zero_point
        for name, values in zip(item.inputs, batch, strict=True)
    )
    numerator = np.where(b < 0, -a, a)
    above = np.where(numerator < 0, -1 - numerator, numerator)
    bits = [np.frexp(values)[1] for values in (above, np.abs(b))]
    return (31 - bits[0]) + bits[1] - 1 - item.multiplier.shift > 31


@pytest.mark.parametrize("scale", [0.0009, 0.007, 0.07, 0.5, 20.0])
@pytest.mark.parametrize("bits", ["int8", "uint8", "int16"])
def test_every_pair_has_the_integer_of_litert(bits, scale, tmp_path):
    every = WIDE if bits == "int16" else BYTES
    pairs = np.stack(np.meshgrid(every, every, indexing="ij")).reshape(2, -1)
    pairs = pairs[:, pairs[1] != (0 if bits == "int16" else -40)]
    data = quotient(pairs.shape[1], bits, scale).encode()
    graph, program = lowered(data, tmp_path, LITERT)
    carrier = program.tensors[graph.inputs[0].tensor].type.carrier
    batch = tuple(values[None].astype(carrier) for values in pairs)
    found = run(program, batch).values[graph.outputs[0].tensor].astype(int)
    (item,) = program.instructions
    beyond = far_right(item, program.tensors, batch)
    wanted = litert(data, batch, bits)
    np.testing.assert_array_equal(found[~beyond], wanted[~beyond])
    zero_point = program.tensors[item.output].zero_point
    assert (found[beyond] == zero_point).all()


@pytest.mark.parametrize("profile", [TFLM, TFLM_SINGLE], ids=lambda held: held.name)
def test_the_factor_is_that_of_float32(profile, tmp_path):
    _, program = lowered(quotient(4, "int8", 0.07).encode(), tmp_path, profile)
    (item,) = program.instructions
    scales = [np.float32(value) for value in (0.05, 0.02, 0.07)]
    mantissa, exponent = np.frexp(np.float64(scales[0] / (scales[1] * scales[2])))
    assert item.multiplier == (round(mantissa * 2**31), exponent)
    assert item.rounding is profile.rounding


@pytest.mark.parametrize(("activation", "least"), [(0, -128), (RELU.value, -9)])
def test_division_by_zero_gives_the_limit_on_its_side(activation, least, tmp_path):
    data = quotient(3, "int8", 0.07, shape=(1, 1), activation=activation).encode()
    graph, program = lowered(data, tmp_path)
    batch = (np.array([[100, 3, -100]], np.int8), np.array([[-40]], np.int8))
    found = run(program, batch).values[graph.outputs[0].tensor]
    assert found.tolist() == [[127, -9, least]]


def test_a_constant_that_holds_zero_is_refused(tmp_path):
    case = Case((1, 2))
    held = case.file.tensor((2,), data=[5, 11], scale=0.03, zero=11)
    data = case.end("DIV", [case.x, held], (1, 2), {0: Scalar("i1", 0)}).encode()
    with pytest.raises(ModelError) as caught:
        read(data, tmp_path)
    assert "it divides by zero" in str(caught.value.detail)


def test_a_constant_that_becomes_zero_is_refused(tmp_path):
    file = ModelFile()
    x, y = (file.tensor((1, 2), scale=scale) for scale in (0.05, 0.07))
    held = file.tensor((2,), "int16", data=[32767, 1], scale=0.001)
    file.operator("DIV", [x, held], [y], {0: Scalar("i1", 0)})
    file.inputs, file.outputs = [x], [y]
    with pytest.raises(SchemeError) as caught:
        lowered(file.encode(), tmp_path)
    assert "holds 0" in str(caught.value.detail)


@pytest.mark.parametrize(
    ("profile", "nothing"),
    [(ONNX, -128), (POW2, 0), (POW2_FLOOR, 0)],
    ids=lambda held: getattr(held, "name", held),
)
def test_other_engines_divide_real_numbers(profile, nothing, tmp_path):
    data = quotient(4, "int8", 0.07, shape=(1, 1)).encode()
    graph, program = lowered(data, tmp_path, profile)
    (item,) = program.instructions
    assert isinstance(item, DivFloat32)
    assert item.rounding is profile.rounding
    zeros = [program.tensors[name].zero_point for name in item.inputs]
    batch = (np.array([[127, zeros[0], -128, zeros[0]]], np.int8), np.array([[zeros[1]]], np.int8))
    found = run(program, batch).values[graph.outputs[0].tensor]
    assert found.tolist() == [[127, nothing, -128, nothing]]


def test_an_output_of_far_too_fine_steps_is_refused(tmp_path):
    with pytest.raises(SchemeError) as caught:
        lowered(quotient(2, "int8", 1e-9).encode(), tmp_path)
    assert "steps of the output" in str(caught.value.detail)


def test_a_constant_is_divided_by_what_is_computed(tmp_path):
    graph, program = lowered(with_constant("DIV", first=True).encode(), tmp_path)
    (item,) = program.instructions
    assert isinstance(item, Div)
    assert item.inputs[0] in program.constants
    assert [node.op.kind for node in graph.nodes] == ["Div"]


def test_real_numbers_are_divided(tmp_path):
    file = ModelFile()
    x, y, z = (file.tensor((1, 2), "float32") for _ in range(3))
    file.operator("DIV", [x, y], [z])
    file.inputs, file.outputs = [x, y], [z]
    graph = read(file.encode(), tmp_path)
    batch = (np.array([[3.0, 1.0]], np.float32), np.array([[2.0, -4.0]], np.float32))
    (found,) = FloatRunner(graph).outputs(batch)
    assert found.tolist() == [[1.5, -0.25]]


def test_whole_numbers_are_not_divided(tmp_path):
    case = Case((1, 6, 5))
    made = [case.file.tensor((1, 6), "int32") for _ in range(2)]
    case.file.operator("ARG_MAX", [case.x, case.file.integers(2)], made[:1])
    case.file.operator("DIV", [made[0], case.file.integers([2])], made[1:])
    case.file.outputs = made[1:]
    op = read(case.file.encode(), tmp_path).nodes[-1].op
    assert "rounded towards zero" in op.reason


def test_negation_of_integers_says_what_engines_do(tmp_path):
    op = read(function("NEG", **IN).encode(), tmp_path).nodes[0].op
    assert "TFLite-Micro negates real numbers alone" in op.reason
