"""What becomes of the parts of a file."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.case_builders import (
    IN,
    OUT,
    Case,
    conv,
    dense,
    depthwise,
    dilated,
    prelu,
    shares,
)
from tests.formats.tflite.cases import CASES
from tests.formats.tflite.flatbuffers_encoder import Scalar, encode
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.models import ModelFile
from tests.formats.tflite.recurrent_cases import lstm, svdf
from tinyml_studio.arith.multiplier import quantize_multiplier
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import ModelError, UnsupportedError
from tinyml_studio.formats.tflite.ops.function import NAMES
from tinyml_studio.formats.tflite.ops.registry import CONVERTERS
from tinyml_studio.formats.tflite.variables import STREAM_BUFFER
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.functions import evaluate
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_scheme

REAL_ONLY = sorted(set(NAMES) - {"ABS", "ELU", "EXP", "LOG", "RSQRT", "SQRT"})
PRODUCTS, SUMS = {"NEG"}, {"ADD_N"}
MADE = {STREAM_BUFFER}  # of several


def test_every_operator_has_a_case():
    kinds = {kind for make in (*CASES.values(), svdf, lstm) for kind in make().codes}
    assert kinds == set(CONVERTERS) - {"DEQUANTIZE", *REAL_ONLY, *PRODUCTS, *SUMS, *MADE}


@pytest.mark.parametrize(("kind", "wanted"), [("DIV", [0.15, 0.25]), ("NEG", [-0.3, -1.0])])
def test_products_with_a_constant(kind, wanted, tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 2), "float32"), file.tensor((1, 2), "float32")
    divisor = [file.tensor((2,), "float32", data=[2, 4])] if kind == "DIV" else []
    file.operator(kind, [x, *divisor], [y])
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    (found,) = FloatRunner(graph).outputs((np.array([[0.3, 1.0]], np.float32),))
    np.testing.assert_allclose(found, [wanted], rtol=1e-6)


def sum_of_three(kind, **grid):
    file = ModelFile()
    *file.inputs, made = [file.tensor((1, 2), kind, **grid) for _ in range(4)]
    file.operator("ADD_N", file.inputs, [made])
    file.outputs = [made]
    return file.encode()


def test_sums_of_many(tmp_path):
    graph = read(sum_of_three("float32"), tmp_path)
    assert [node.op for node in graph.nodes] == [ops.Add(), ops.Add()]
    batch = np.array([[0.3, 1.0]], np.float32)
    (found,) = FloatRunner(graph).outputs((batch, 2 * batch, -5 * batch))
    np.testing.assert_allclose(found, -2 * batch, rtol=1e-6)


def test_sums_of_many_integers_are_refused(tmp_path):
    (node,) = read(sum_of_three("int8", scale=0.1), tmp_path).nodes
    assert "it adds integers" in node.op.reason


@pytest.mark.parametrize("kind", REAL_ONLY)
def test_functions_of_real_numbers(kind, tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 3), "float32"), file.tensor((1, 3), "float32")
    file.operator(kind, [x], [y])
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    batch = np.array([[0.3, 1.0, 2.5]], np.float32)
    (found,) = FloatRunner(graph).outputs((batch,))
    wanted = evaluate(NAMES[kind], batch)
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_weights_bias_and_grids_of_a_convolution(tmp_path):
    file = conv()
    graph = read(file.encode(), tmp_path)
    (node,) = graph.nodes
    held = graph.found.weights[node.name]
    assert held.bits == 8
    assert held.scale.shape == (8,)
    integers = node.op.weight / held.scale.reshape(8, 1, 1, 1)
    np.testing.assert_allclose(integers, np.round(integers), atol=1e-4)
    np.testing.assert_allclose(node.op.bias, held.bias * held.scale * np.float32(0.05), rtol=1e-6)
    assert graph.found.activations["t0"] == FoundGrid(8, float(np.float32(0.05)), 3)
    assert graph.found.activations["t3"].zero_point == -30


def test_padding_behind_is_larger(tmp_path):
    op = read(conv().encode(), tmp_path).nodes[0].op
    assert op.pads == ((1, 1), (0, 1))
    assert op.clamp == ops.Clamp(low=0.0)


def test_pixels_moved_to_the_batch_are_a_dilation(tmp_path):
    (node,) = read(dilated().encode(), tmp_path).nodes
    assert (node.op.dilations, node.op.pads) == ((2, 2), ((1, 0), (0, 2)))


def test_depth_multiplier(tmp_path):
    op = read(depthwise().encode(), tmp_path).nodes[0].op
    assert op.weight.shape == (8, 3, 3, 1)
    assert op.groups == 4
    assert op.strides == (1, 2)


def test_without_bias_it_is_zero(tmp_path):
    graph, program = lowered(conv(bias=False).encode(), tmp_path)
    assert not graph.nodes[0].op.bias.any()
    assert not program.instructions[0].bias.any()


def test_a_sample_is_flattened_unless_axes_are_kept(tmp_path):
    flat = read(dense(per_channel=False).encode(), tmp_path)
    assert [node.op.kind for node in flat.nodes] == ["Reshape", "Dense"]
    kept = read(dense(keep=True, per_channel=False).encode(), tmp_path)
    assert [node.op.kind for node in kept.nodes] == ["Dense"]
    assert kept.outputs[0].shape == (6, 5, 7)


def test_unsigned_becomes_signed(tmp_path):
    case = Case(kind="uint8")
    graph = read(case.end("RELU", [case.x], (1, 6, 5, 4), **OUT).encode(), tmp_path)
    grid = graph.found.activations["t0"]
    assert (grid.zero_point, grid.stored, grid.stored_zero_point) == (3, "uint8", 131)


def test_quantize_and_dequantize_at_the_ends_vanish(tmp_path):
    file = ModelFile()
    ends = [file.tensor((1, 4), "float32") for _ in range(2)]
    inner = [file.tensor((1, 4), **grid) for grid in (IN, OUT)]
    file.operator("QUANTIZE", [ends[0]], [inner[0]])
    file.operator("RELU", [inner[0]], [inner[1]])
    file.operator("DEQUANTIZE", [inner[1]], [ends[1]])
    file.inputs, file.outputs = [ends[0]], [ends[1]]
    graph, program = lowered(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Relu"]
    assert graph.found.activations["t0"].stored == "float32"
    assert program.tensors["t0"].zero_point == 3
    assert program.tensors[program.outputs[0]].zero_point == -9


def test_quantizing_between_layers_gives_the_grid_to_the_layer_before(tmp_path):
    file = ModelFile()
    x = file.tensor((1, 4), **IN)
    real = [file.tensor((1, 4), "float32") for _ in range(2)]
    made = file.tensor((1, 4), **OUT)
    file.operator("DEQUANTIZE", [x], [real[0]])
    file.operator("RELU", [real[0]], [real[1]])
    file.operator("QUANTIZE", [real[1]], [made])
    file.inputs, file.outputs = [x], [made]
    graph, program = lowered(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Relu"]
    assert program.tensors[program.outputs[0]].zero_point == -9


def test_one_tensor_on_two_grids_is_refused(tmp_path):
    file = ModelFile()
    x = file.tensor((1, 4), "float32")
    made = [file.tensor((1, 4), **grid) for grid in (IN, OUT)]
    for index in made:
        file.operator("QUANTIZE", [x], [index])
    file.inputs, file.outputs = [x], made
    graph = read(file.encode(), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [ops.Identity, ops.Opaque]
    assert "two different grids" in graph.nodes[1].op.reason


def test_quantizing_again_stays(tmp_path):
    graph = prepare(read(CASES["quantize"]().encode(), tmp_path))
    assert [node.op.kind for node in graph.nodes] == ["Requantize"]


def test_weights_of_16_bit_floats(tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 4), "float32"), file.tensor((1, 3), "float32")
    values = np.arange(12).reshape(3, 4) / 8
    half, full = file.tensor((3, 4), "float16", data=values), file.tensor((3, 4), "float32")
    file.operator("DEQUANTIZE", [half], [full])
    file.operator("FULLY_CONNECTED", [x, full, -1], [y], {0: Scalar("i1", 0)})
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    assert graph.found is None
    np.testing.assert_array_equal(graph.nodes[0].op.weight, values.astype(np.float32))


def test_integer_weights_with_float_activations(tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 4), "float32"), file.tensor((1, 3), "float32")
    held = file.tensor((3, 4), data=np.arange(12).reshape(3, 4), scale=0.5)
    file.operator("FULLY_CONNECTED", [x, held, -1], [y], {0: Scalar("i1", 0)})
    file.inputs, file.outputs = [x], [y]
    graph = read(file.encode(), tmp_path)
    assert not graph.found.activations
    assert graph.found.weights["fully_connected"].bias is None
    assert graph.nodes[0].op.weight.max() == 5.5


def test_an_operator_of_its_own_is_shown_and_refused(tmp_path):
    case = Case((1, 4))
    held = case.file.tensor((4,), data=[1, 2, 3, 4], scale=0.5, name="table")
    file = case.end("CUSTOM", [case.x, held], (1, 4), **OUT)
    root = file.root
    root.fields[1][0].fields[1] = "Detect\n<b>"
    graph = read(encode(root), tmp_path)
    (node,) = graph.nodes
    assert node.op.kind == "CUSTOM Detect\n<b>"
    assert "not supported" in node.op.reason
    assert [(name, values.tolist()) for name, values in node.op.weights] == [
        ("table", [0.5, 1.0, 1.5, 2.0])
    ]
    with pytest.raises(UnsupportedError, match="cannot run as integers"):
        lower(graph, {}, file_scheme(graph))


@pytest.mark.parametrize("name", ["", "t0"])
def test_names_are_made_unique(name, tmp_path):
    case = Case()
    made = case.file.tensor((1, 6, 5, 4), name=name, **OUT)
    case.file.operator("RELU", [case.x], [made])
    case.file.outputs = [made]
    graph = read(case.file.encode(), tmp_path)
    assert graph.outputs[0].tensor not in ("", graph.inputs[0].tensor)


def test_4_bit_weights_are_unpacked_low_half_first(tmp_path):
    case = Case((1, 3))
    held = case.file.tensor((1, 3), "int4", data=[[-8, 7, 3]], scale=0.25)
    file = case.end("FULLY_CONNECTED", [case.x, held, -1], (1, 1), {0: Scalar("i1", 0)})
    graph, program = lowered(file.encode(), tmp_path)
    assert graph.nodes[0].op.weight.tolist() == [[-2.0, 1.75, 0.75]]
    assert program.instructions[0].weights.tolist() == [[-8, 7, 3]]
    assert program.instructions[0].weight_type.bits == 4


def test_unsigned_weights_around_any_zero_point(tmp_path):
    file = conv("uint8", weight_kind="uint8", zero=90, per_channel=False)
    graph = read(file.encode(), tmp_path)
    (name,) = graph.found.weights
    held, weight = graph.found.weights[name], graph.by_name[name].op.weight
    integers = np.rint(weight / held.scale)
    assert (held.bits, held.type.bits, held.stored) == (8, 9, "uint8")
    assert held.zero_point.tolist() == [90]
    assert integers.max() > 127
    assert integers.max() <= held.type.max


def shares_read_by(operator, shape=(1, 40, 8), *, step=2.0**-16, **grid):
    """A softmax from 8 to 16 bits, and an operator behind it."""
    file = shares(scale=step)
    made = file.tensor(shape, **grid)
    file.operator(operator, [file.outputs[0]], [made])
    file.outputs = [made]
    return file


def test_shares_of_16_bits_are_reshaped_and_quantized(tmp_path):
    grid = {"kind": "int16", "scale": 2.0**-16, "zero": -32768}
    kinds = [shares_read_by("RESHAPE", (1, 8, 40), **grid), shares_read_by("QUANTIZE", **OUT)]
    for file, wanted in zip(kinds, ("Reshape", "Requantize"), strict=True):
        graph, program = lowered(file.encode(), tmp_path)
        assert [node.op.kind for node in graph.nodes] == ["Softmax", wanted]
        source = program.tensors[program.instructions[-1].inputs[0]]
        assert (source.type.bits, source.scale, source.zero_point) == (16, 2.0**-16, -32768)


def test_what_reads_shares_takes_the_scale_of_the_file(tmp_path):
    file = shares_read_by("QUANTIZE", step=1 / 65535, **OUT)
    _, program = lowered(file.encode(), tmp_path)
    source = program.tensors[program.instructions[-1].inputs[0]]
    assert source.scale == float(np.float32(1 / 65535))
    factor = quantize_multiplier(source.scale / float(np.float32(OUT["scale"])))
    assert program.instructions[-1].multiplier == factor


def test_shares_on_another_grid_are_refused(tmp_path):
    op = read(shares(scale=1.0e-3 * 2.0**-6).encode(), tmp_path).nodes[0].op
    assert "the kernels compute with 1.52588e-05 and -32768" in op.reason


def test_integers_of_32_bits_are_refused_inside_a_network(tmp_path):
    file = shares_read_by("QUANTIZE", kind="int32", scale=3e-5)
    (made,) = file.outputs
    file.outputs = [file.tensor((1, 40, 8), "float32")]
    file.operator("DEQUANTIZE", [made], file.outputs)
    reasons = [getattr(node.op, "reason", "") for node in read(file.encode(), tmp_path).nodes]
    assert any("its output is of type INT32" in reason for reason in reasons)


def test_a_last_step_to_32_bits_is_left_out_and_told(tmp_path):
    file = shares_read_by("QUANTIZE", kind="int32", scale=3e-5)
    graph, program = lowered(file.encode(), tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Softmax"]
    assert program.tensors[program.outputs[0]].type.bits == 16
    (remark,) = graph.found.remarks
    assert remark == (
        f"the output {graph.outputs[0].name!r} is brought to 32 bits at the end of the file; "
        "here it has the 16-bit integers in front of that"
    )


@pytest.mark.parametrize(("kind", "zero"), [("int8", 0), ("uint8", -128), ("int16", 0)])
def test_an_input_without_a_scale_holds_whole_numbers(kind, zero, tmp_path):
    file = ModelFile()
    x, y = file.tensor((1, 4), kind), file.tensor((1, 4), scale=0.5, zero=3)
    file.operator("QUANTIZE", [x], [y])
    file.inputs, file.outputs = [x], [y]
    graph, program = lowered(file.encode(), tmp_path)
    held = program.tensors[program.inputs[0]]
    assert (held.scale, held.zero_point) == (1.0, zero)
    assert graph.found.remarks == (
        "the input 't0' has no scale: its integers are taken as they are",
    )


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_an_input_of_another_type_is_told_what_is_read(kind, tmp_path):
    file = ModelFile()
    file.inputs = file.outputs = [file.tensor((1, 4), kind)]
    with pytest.raises(ModelError, match="real numbers and integers of 8 or 16 bits are read"):
        read(file.encode(), tmp_path)


def test_no_other_operator_takes_shares_of_16_bits(tmp_path):
    graph = read(shares_read_by("ABS", kind="int16", scale=0.01).encode(), tmp_path)
    assert "16 bits and a zero point" in graph.nodes[-1].op.reason


@pytest.mark.parametrize("kind", ["RELU", "SOFTMAX"])
def test_other_zero_points_of_16_bits_are_refused(kind, tmp_path):
    case = Case((1, 40, 8))
    zero = -32768 if kind == "RELU" else 7
    made = case.file.tensor((1, 40, 8), "int16", scale=2.0**-16, zero=zero)
    case.file.operator(kind, [case.x], [made], {0: Scalar("<f4", 1.0)} if kind != "RELU" else None)
    case.file.outputs = [made]
    op = read(case.file.encode(), tmp_path).nodes[0].op
    assert f"16 bits and the zero point {zero}, not 0" in op.reason


def test_slopes_of_16_bits_are_refused(tmp_path):
    (node,) = read(prelu(kind="int16", slope="int16").encode(), tmp_path).nodes
    assert node.op.reason == "its slopes have 16 bits, and the kernels read them as 8"
