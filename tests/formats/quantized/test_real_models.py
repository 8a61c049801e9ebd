"""Quantized ONNX files made by others: every integer of theirs is found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from tests.formats.files import assert_same_outputs, opaque_reasons
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.ops import Conv, Dense
from tinyml_studio.passes.prepare import prepare

MODELS = Path(__file__).resolve().parents[4] / "shared" / "models"
KINDS = ("qdq_s8s8_pc", "qdq_u8s8_pt", "qdq_w4a8_pt", "qdq_a16w8", "qop_s8s8_pc", "qop_u8u8_pt")
FILES = [f"{net}/onnx_ort_quant/{net}_{kind}.onnx" for net in ("kws", "ic") for kind in KINDS]
FILES.append("ic/kai_resnet8_qdq_ppq.onnx")
PAIRS = ("QuantizeLinear", "DequantizeLinear")
OFFSETS = {"uint8": 128, "uint16": 32768, "uint4": 8}


def existing(name):
    path = MODELS / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return path


def constants(proto):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in proto.graph.initializer}


def without_pairs(proto):
    """The same network in real numbers: weights dequantized, activations never rounded.

    A grid that begins at 0 stays a limit, because ONNX Runtime's quantizer removes each Relu and
    Clip that such a grid makes superfluous.
    """
    known, nodes, renamed = constants(proto), [], {}
    summed = {n.output[0] for n in proto.graph.node if n.op_type in ("Conv", "Gemm", "Add")}
    for node in proto.graph.node:
        inputs = [renamed.get(name, name) for name in node.input]
        if node.op_type not in PAIRS:
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.input[:] = inputs
            nodes.append(copy)
        elif inputs[0] in known:
            known[node.output[0]] = dequantized(node, known)
        elif node.input[0] in summed and (limits := dropped_relu(node, known)):
            known |= {f"{node.output[0]}/{at}": np.float32(end) for at, end in enumerate(limits)}
            operands = [inputs[0], *(f"{node.output[0]}/{at}" for at in (0, 1))]
            nodes.append(onnx.helper.make_node("Clip", operands, node.output))
        else:
            renamed[node.output[0]] = inputs[0]
    nodes += [
        onnx.helper.make_node("Identity", [renamed[port.name]], [port.name])
        for port in proto.graph.output
        if port.name in renamed
    ]
    graph = onnx.helper.make_graph(
        nodes,
        "float",
        proto.graph.input,
        proto.graph.output,
        [numpy_helper.from_array(np.asarray(value), name) for name, value in known.items()],
    )
    version = next(o.version for o in proto.opset_import if o.domain == "")
    opsets = [onnx.helper.make_opsetid("", version)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)


def dropped_relu(node, known):
    """The ends of a grid that begins at 0."""
    scale, zero = (known[name] for name in node.input[1:])
    kind = np.iinfo(zero.dtype)
    return (0.0, float(scale) * (kind.max - kind.min)) if zero == kind.min else None


def dequantized(node, known):
    values, scale, zero = (np.asarray(known[name]) for name in node.input)
    axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
    shape = [1] * values.ndim
    if scale.size > 1:
        shape[axis] = -1
    real = (values.astype(np.float64) - zero.astype(np.float64).reshape(shape)) * scale.reshape(
        shape
    )
    return real.astype(np.float32)


@pytest.mark.parametrize("name", FILES)
def test_every_operator_is_understood_and_every_layer_stated(name):
    graph = prepare(read_model(existing(name)))
    found = graph.found
    assert opaque_reasons(graph) == []
    assert found.arithmetic == "onnx"
    assert found.remarks == ()
    weighted = [node for node in graph.nodes if isinstance(node.op, Conv | Dense)]
    assert len(weighted) == 10
    assert all(found.weights[node.name].bias is not None for node in weighted)
    silent = {node.op.kind for node in graph.nodes if node.outputs[0] not in found.activations}
    assert silent <= {"Softmax"}
    assert set(found.activations) <= set(graph.shapes)


@pytest.mark.parametrize("name", [name for name in FILES if "qdq" in name])
def test_the_float_network_is_the_file_with_dequantized_weights(name):
    path = existing(name)
    graph = prepare(read_model(path))
    plain = without_pairs(onnx.load(path)).SerializeToString()
    assert_same_outputs(graph, plain, batch=4, tolerance=1e-4)


@pytest.mark.parametrize("name", FILES)
def test_weights_and_biases_are_the_files_integers(name):
    path = existing(name)
    proto, graph = onnx.load(path), prepare(read_model(path))
    known, makers = constants(proto), {n.output[0]: n for n in proto.graph.node}
    checked = 0
    for node in proto.graph.node:
        places = {"Conv": (1, 2), "Gemm": (1, 2), "QLinearConv": (3, 8), "QGemm": (3, 6)}
        if node.op_type not in places:
            continue
        weight, bias = (node.input[at] for at in places[node.op_type])
        if weight in makers:
            weight, bias = makers[weight].input[0], makers[bias].input[0]
        zero = 0 if node.op_type in ("Conv", "Gemm") else known[node.input[5]].astype(np.int64)
        turned = next((a.i for a in node.attribute if a.name == "transB"), 0)
        integers = known[weight].astype(np.int64) - np.ravel(zero)[0]
        if "Gemm" in node.op_type:
            integers = integers if turned else integers.T
        else:
            integers = np.moveaxis(integers, 1, -1)
        layer, held = graph.by_name[node.name], graph.found.weights[node.name]
        scale = held.scale.reshape(-1, *[1] * (integers.ndim - 1))
        ours = np.rint(layer.op.weight / scale)
        np.testing.assert_array_equal(ours, integers.reshape(ours.shape))
        np.testing.assert_array_equal(held.bias, known[bias])
        np.testing.assert_array_equal(held.bias.dtype, np.int64)
        assert held.type.min <= ours.min() <= ours.max() <= held.type.max
        checked += 1
    assert checked == 10


@pytest.mark.parametrize("name", [name for name in FILES if "qdq" in name])
def test_activations_are_on_the_files_grids(name):
    path = existing(name)
    proto, graph = onnx.load(path), prepare(read_model(path))
    known, checked = constants(proto), 0
    for node in proto.graph.node:
        held = graph.found.activations.get(node.input[0])
        if node.op_type != "QuantizeLinear" or held is None:
            continue
        zero = known[node.input[2]]
        assert held.scale == float(known[node.input[1]])
        assert held.zero_point == int(zero) - OFFSETS.get(str(zero.dtype), 0)
        checked += 1
    assert checked >= 10
