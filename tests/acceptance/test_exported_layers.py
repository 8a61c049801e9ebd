"""Layers that ONNX has no form of their own for, written all the same: ONNX Runtime runs them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import helper

from tests.acceptance.test_exported_models import Case, read_back, session
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.emit.stated import stated
from tinyml_studio.formats.quantized_writer import real_layers, write_quantized
from tinyml_studio.formats.reader import read_model
from tinyml_studio.formats.writer.stated import Form
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.simulate.io import dequantize_outputs

RANDOM = np.random.default_rng(62)


def real(shape, least=-1.0, most=1.0):
    return RANDOM.uniform(least, most, shape).astype(np.float32)


def vector_factors():
    """A batch norm of vectors behind which nothing takes its factors."""
    norm = [real(6, 0.2, 3.0), real(6), real(6), real(6, 0.5, 2.0)]
    return "BatchNormalization", {}, (6,), norm


def groups_of_channels():
    """Channels of both groups with weights of sizes of their own."""
    weights = real((4, 3, 2, 2)) * np.array([0.1, 1.0, 4.0], np.float32)[:, None, None]
    weights[2:] *= np.float32(7)
    return "ConvTranspose", {"group": 2, "strides": [2, 2]}, (4, 5, 5), [weights, real(6)]


def resized(mode, *size):
    """Shares that neither few bits nor float32 hold exactly."""
    constants = [np.empty(0, np.float32), np.empty(0, np.float32), np.array([1, 3, *size])]
    how = {"mode": "linear", "coordinate_transformation_mode": mode}
    return "Resize", how, (3, 11, 5), constants


LAYERS = [vector_factors, groups_of_channels]
TWICE = (22, 10)
"""Of an image of (11, 5), where float32 sums decide many ties."""

MODES = ["asymmetric", "half_pixel", "align_corners"]


def drawn(layer, bits, folder):
    """A network of one layer, which is drawn or given."""
    kind, attributes, shape, constants = layer if isinstance(layer, tuple) else layer()
    names = [f"c{position}" for position in range(len(constants))]
    graph = helper.make_graph(
        [helper.make_node(kind, ["x", *names], ["y"], name="layer", **attributes)],
        "graph",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [1, *shape])],
        [onnx.ValueInfoProto(name="y")],
        [onnx.numpy_helper.from_array(*pair) for pair in zip(constants, names, strict=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "model.onnx")
    network = prepare(read_model(folder / "model.onnx"))
    samples = real((40, *shape), -3.0, 3.0)
    stats = collect(network, Samples.of([samples]))
    scheme = Scheme(default=LayerScheme().with_bits(bits))
    return Case(network, {"x": samples}, lower(network, stats, scheme, ONNX))


@pytest.mark.parametrize("bits", ["w8a8", "w5a8", "w8a16"])
@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("layer", LAYERS)
def test_it_is_written(layer, form, bits, tmp_path):
    case = drawn(layer, bits, tmp_path)
    data = write_quantized(case.graph, stated(case.graph, case.program), form)
    onnx.checker.check_model(data, full_check=True)
    (ours,) = dequantize_outputs(case.program, case.graph, case.trace)
    (theirs,) = session(data).run(None, case.samples)
    units = np.rint(np.abs(ours - theirs) / case.program.tensors[case.program.outputs[0]].scale)
    has_operator = form is Form.OPERATORS and layer is vector_factors and bits != "w8a16"
    assert units.max() <= (0 if has_operator else 1)
    graph, _ = read_back(data, tmp_path)
    assert graph.shapes[graph.outputs[0].tensor] == case.graph.shapes[case.graph.outputs[0].tensor]


@pytest.mark.parametrize("bits", ["w8a8", "w8a16"])
@pytest.mark.parametrize("size", [TWICE, (7, 12), (30, 3)])
@pytest.mark.parametrize("mode", MODES)
def test_a_resized_image_is_within_a_unit(mode, size, bits, tmp_path):
    case = drawn(resized(mode, *size), bits, tmp_path)
    data = write_quantized(case.graph, stated(case.graph, case.program), Form.PAIRS)
    (ours,) = dequantize_outputs(case.program, case.graph, case.trace)
    (theirs,) = session(data).run(None, case.samples)
    units = np.rint(np.abs(ours - theirs) / case.program.tensors[case.program.outputs[0]].scale)
    assert units.max() <= 1
    assert (units > 0).mean() < (0.25 if size == TWICE else 0.05)


def test_weights_of_9_bits_are_held_in_16(tmp_path):
    case = drawn(vector_factors, "w8a8", tmp_path)
    found = stated(case.graph, case.program)
    held = found.weights["layer"]
    ends = np.where(np.arange(6) % 2, -255, 255).reshape(held.integers.shape)
    wide = replace(found, weights={"layer": replace(held, integers=ends, bits=9)})
    assert real_layers(case.graph, wide) == {"layer": "its weights take more than 8 bits"}
    model = onnx.load_from_string(write_quantized(case.graph, wide, Form.OPERATORS))
    stored = [onnx.numpy_helper.to_array(constant) for constant in model.graph.initializer]
    assert any(
        held.dtype == np.int16 and np.array_equal(held.ravel(), ends.ravel()) for held in stored
    )
    session(model.SerializeToString())
