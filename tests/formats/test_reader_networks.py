"""Whole networks in the shapes that exporters give them."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.formats.files import File, assert_agrees, assert_same_outputs, opaque_reasons, read
from tinyml_studio.errors import ModelError
from tinyml_studio.passes.prepare import prepare

RANDOM = np.random.default_rng(0)


def weights(*shape):
    return (RANDOM.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def scalar(value):
    return np.array(value, np.float32)


def conv(file, x, filters, channels, kernel=3, **attributes):
    attributes = {"pads": [kernel // 2] * 4, **attributes}
    per_group = channels // attributes.get("group", 1)
    return file.add(
        "Conv",
        x,
        weights(filters, per_group, kernel, kernel),
        weights(filters, 1)[:, 0],
        **attributes,
    )


def norm(file, x, channels):
    values = [np.abs(weights(channels, 1)[:, 0]) + 0.5 for _ in range(4)]
    return file.add("BatchNormalization", x, *values)


def dense(file, x, inputs, outputs):
    return file.add("Gemm", x, weights(outputs, inputs), weights(outputs, 1)[:, 0], transB=1)


def multilayer_perceptron(opset):
    file = File(8, opset=opset)
    x = file.x
    for inputs, outputs in ((8, 16), (16, 12)):
        x = file.add("Relu", dense(file, x, inputs, outputs))
    return file.proto(file.add("Softmax", dense(file, x, 12, 4), axis=1))


def perceptron_with_matmul(opset):
    file = File(8, opset=opset)
    mean, scale = weights(1, 8), np.abs(weights(1, 8)) + 0.5
    x = file.add("Div", file.add("Sub", file.x, mean), scale)
    x = file.add("Tanh", file.add("Add", file.add("MatMul", x, weights(8, 6)), weights(6, 1)[:, 0]))
    return file.proto(
        file.add("Sigmoid", file.add("Add", file.add("MatMul", x, weights(6, 1)), scalar(0.1)))
    )


def sequence_network(opset):
    file = File(3, 32, opset=opset)
    x = file.add("Conv", file.x, weights(8, 3, 5), weights(8, 1)[:, 0], pads=[2, 2], strides=[2])
    x = file.add("MaxPool", file.add("Relu", norm(file, x, 8)), kernel_shape=[2], strides=[2])
    x = file.add("Conv", x, weights(8, 1, 3), group=8, dilations=[2], pads=[2, 2])
    x = file.add("GlobalAveragePool", file.add("LeakyRelu", x, alpha=0.1))
    return file.proto(dense(file, file.add("Flatten", x), 8, 5))


def sequence_as_keras_writes_it(opset):
    file = File(32, 3, opset=opset)
    x = file.add("Unsqueeze", file.add("Transpose", file.x, perm=[0, 2, 1]), axes=[2])
    x = file.add("Conv", x, weights(8, 3, 1, 5), auto_pad="SAME_UPPER")
    x = file.add("Transpose", file.add("Squeeze", x, axes=[2]), perm=[0, 2, 1])
    x = file.add("Relu", file.add("Add", x, weights(8, 1)[:, 0]))
    x = file.add("ReduceMean", x, axes=[1], keepdims=0)
    return file.proto(file.add("Add", file.add("MatMul", x, weights(8, 5)), weights(5, 1)[:, 0]))


def residual_network(opset):
    file = File(3, 16, 16, opset=opset)
    x = file.add("Relu", norm(file, conv(file, file.x, 8, 3), 8))
    for channels, stride in ((8, 1), (12, 2)):
        inner = file.add(
            "Relu", norm(file, conv(file, x, channels, 8, strides=[stride] * 2), channels)
        )
        inner = norm(file, conv(file, inner, channels, channels), channels)
        if stride > 1:
            x = conv(file, x, channels, 8, kernel=1, strides=[stride] * 2)
        x = file.add("Relu", file.add("Add", inner, x))
    x = file.add("Flatten", file.add("GlobalAveragePool", x))
    return file.proto(dense(file, x, 12, 10))


def mobile_network(opset):
    file = File(3, 16, 16, opset=opset)
    limits = {"min": 0.0, "max": 6.0} if opset < 11 else {}
    bounds = [] if opset < 11 else [scalar(0), scalar(6)]
    x = conv(file, file.x, 8, 3, strides=[2, 2])
    inner = file.add("Clip", norm(file, conv(file, x, 16, 8, kernel=1), 16), *bounds, **limits)
    inner = file.add("Clip", norm(file, conv(file, inner, 16, 16, group=16), 16), *bounds, **limits)
    x = file.add("Add", norm(file, conv(file, inner, 8, 16, kernel=1), 8), x)
    x = file.add("AveragePool", x, kernel_shape=[8, 8])
    shape = ints(-1, 8)
    return file.proto(dense(file, file.add("Reshape", x, shape), 8, 10))


def squeeze_and_excite(opset):
    file = File(3, 12, 12, opset=opset)
    x = file.add("HardSwish", conv(file, file.x, 8, 3)) if opset >= 14 else conv(file, file.x, 8, 3)
    pooled = file.add("GlobalAveragePool", x)
    gate = file.add("Relu", conv(file, pooled, 4, 8, kernel=1, pads=[0] * 4))
    gate = file.add("HardSigmoid", conv(file, gate, 8, 4, kernel=1, pads=[0] * 4), alpha=1 / 6)
    x = file.add("Mul", x, gate)
    swish = file.add("Mul", x, file.add("Sigmoid", x))
    return file.proto(file.add("GlobalMaxPool", swish))


def hard_swish_by_hand(opset):
    file = File(4, 6, 6, opset=opset)
    shifted = file.add("Add", file.x, scalar(3))
    limits = {"min": 0.0, "max": 6.0} if opset < 11 else {}
    bounds = [] if opset < 11 else [scalar(0), scalar(6)]
    clipped = file.add("Clip", shifted, *bounds, **limits)
    return file.proto(file.add("Div", file.add("Mul", file.x, clipped), scalar(6)))


def fire_module(opset):
    file = File(3, 15, 15, opset=opset)
    x = file.add("Relu", conv(file, file.x, 8, 3, strides=[2, 2], pads=[0] * 4))
    ceil = {"ceil_mode": 1} if opset >= 10 else {}
    x = file.add("MaxPool", x, kernel_shape=[3, 3], strides=[2, 2], **ceil)
    small = file.add("Relu", conv(file, x, 4, 8, kernel=1))
    wide = [file.add("Relu", conv(file, small, 6, 4, kernel=k)) for k in (1, 3)]
    x = file.add("Dropout", file.add("Concat", *wide, axis=1))
    x = file.add("GlobalAveragePool", file.add("Relu", conv(file, x, 10, 12, kernel=1)))
    return file.proto(file.add("Softmax", file.add("Flatten", x), axis=1))


def autoencoder(opset):
    file = File(1, 8, 8, opset=opset)
    x = file.add("Relu", dense(file, file.add("Flatten", file.x), 64, 16))
    x = file.add("Relu", dense(file, file.add("Relu", dense(file, x, 16, 4)), 4, 16))
    x = file.add("Sigmoid", dense(file, x, 16, 64))
    return file.proto(file.add("Reshape", x, ints(-1, 1, 8, 8)))


def channels_last_input(opset):
    file = File(12, 12, 3, opset=opset)
    x = file.add("Transpose", file.x, perm=[0, 3, 1, 2])
    pads = [0, 0, 0, 0, 0, 0, 1, 1]
    x = file.add("Pad", x, pads=pads) if opset < 11 else file.add("Pad", x, ints(*pads))
    x = file.add("Relu", conv(file, x, 6, 3, strides=[2, 2], pads=[0] * 4))
    x = file.add("Transpose", x, perm=[0, 2, 3, 1])
    x = file.add("ReduceMean", x, axes=[1, 2], keepdims=0)
    return file.proto(file.add("MatMul", x, weights(6, 4)))


def two_branches_and_two_outputs(opset):
    file = File(6, opset=opset)
    other = file.input(4)
    x = file.add(
        "Concat", dense(file, file.x, 6, 5), dense(file, other, 4, 3), axis=-1 if opset > 10 else 1
    )
    first, second = file.add("Split", x, outputs=2, axis=1)
    return file.proto(file.add("Tanh", first), file.add("Neg", second))


NETWORKS = [
    multilayer_perceptron,
    perceptron_with_matmul,
    sequence_network,
    residual_network,
    mobile_network,
    squeeze_and_excite,
    hard_swish_by_hand,
    fire_module,
    autoencoder,
    channels_last_input,
    two_branches_and_two_outputs,
]


@pytest.mark.parametrize("opset", [7, 9, 11, 13, 17])
@pytest.mark.parametrize("network", NETWORKS)
def test_networks_compute_what_the_file_does(network, opset, tmp_path):
    assert_agrees(network(opset), tmp_path)


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_compute_the_same_when_prepared(network, tmp_path):
    proto = network(13)
    graph = prepare(read(proto, tmp_path))
    assert_same_outputs(graph, proto.SerializeToString(), batch=2, tolerance=1e-4)


@pytest.mark.parametrize("opset", [9, 12])
def test_a_keras_sequence_network(opset, tmp_path):
    assert_agrees(sequence_as_keras_writes_it(opset), tmp_path)


@pytest.mark.parametrize("batch", [1, 4])
def test_a_file_made_for_a_fixed_batch(batch, tmp_path):
    file = File(3, 8, 8, batch=batch)
    x = file.add("MaxPool", conv(file, file.x, 4, 3), kernel_shape=[8, 8])
    x = file.add("Reshape", x, ints(batch, 4))
    assert_agrees(file.proto(dense(file, x, 4, 2)), tmp_path)


def test_an_old_file_lists_its_weights_among_the_inputs(tmp_path):
    file = File(4, opset=8)
    proto = file.proto(file.add("MatMul", file.x, weights(4, 2)))
    proto.ir_version = 3
    name = proto.graph.initializer[0].name
    proto.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [4, 2]))
    graph = assert_agrees(proto, tmp_path)
    assert [port.name for port in graph.inputs] == ["x0"]


@pytest.mark.parametrize("kind", [np.float16, np.float64])
def test_other_float_types(kind, tmp_path):
    element = helper.np_dtype_to_tensor_dtype(np.dtype(kind))
    file = File(4, element=element)
    made = file.add("MatMul", file.x, weights(4, 2).astype(kind))
    proto = file.proto(made)
    proto.graph.output[0].type.tensor_type.elem_type = element
    assert_agrees(proto, tmp_path, tolerance=1e-2 if kind is np.float16 else 1e-5)


@pytest.mark.parametrize("element", [TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32])
def test_an_integer_input_that_becomes_float(element, tmp_path):
    file = File(4, element=element)
    x = file.add("Mul", file.add("Cast", file.x, to=1), scalar(1 / 255))
    assert_agrees(file.proto(dense(file, x, 4, 2)), tmp_path, low=0, high=100)


def test_an_integer_input_that_stays_integer_is_an_error(tmp_path):
    file = File(4, element=TensorProto.INT8)
    proto = file.proto(file.add("Add", file.x, file.x))
    with pytest.raises(ModelError, match="'x0' has the type int8"):
        read(proto, tmp_path)


def test_a_recurrent_network_opens_and_says_what_is_not_understood(tmp_path):
    file = File(10, 3)
    x = file.add("Transpose", file.x, perm=[1, 0, 2])
    state, _, _ = file.add(
        "LSTM", x, weights(1, 32, 3), weights(1, 32, 8), outputs=3, hidden_size=8,
        clip=3.0,
    )  # fmt: skip
    x = file.add("Gather", file.add("Squeeze", state, ints(1)), np.int64(-1), axis=0)
    graph = prepare(read(file.proto(dense(file, x, 8, 4)), tmp_path))
    reasons = dict(zip([node.op.kind for node in graph.nodes], opaque_reasons(graph), strict=True))
    assert reasons["LSTM"] == "the attribute clip is not supported"
    assert "is not known" in reasons["Gemm"]
    lstm = next(node for node in graph.nodes if node.op.kind == "LSTM")
    assert [array.shape for _, array in lstm.op.weights] == [(1, 32, 3), (1, 32, 8)]


def test_what_the_file_says_about_a_tensor_helps_behind_an_unknown_operator(tmp_path):
    file = File(4)
    unknown = file.add("Atan", file.x)
    proto = file.proto(dense(file, unknown, 4, 2))
    proto.graph.value_info.append(
        helper.make_tensor_value_info(unknown, TensorProto.FLOAT, ["N", 4])
    )
    graph = read(proto, tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Atan", "Dense"]
    assert graph.outputs[0].shape == (2,)


def test_a_first_axis_that_is_not_the_batch_says_nothing_about_a_sample(tmp_path):
    file = File(4, batch=1)
    unknown = file.add("Atan", file.x)
    proto = file.proto(dense(file, unknown, 4, 2))
    value = helper.make_tensor_value_info(unknown, TensorProto.FLOAT, [10, 4])
    proto.graph.value_info.append(value)
    assert [node.op.kind for node in read(proto, tmp_path).nodes] == ["Atan", "Gemm"]


def test_names_of_the_file_are_kept_and_others_made_unique(tmp_path):
    file = File(2, 4, 4)
    x = file.add("Relu", file.x, name="first")
    x = file.add("Relu", x, name="first")
    x = file.add("Relu", x, name="Relu_1")
    x = file.add("Conv", file.add("Relu", x), weights(2, 2, 1, 1), name="conv")
    graph = read(file.proto(x), tmp_path)
    assert [node.name for node in graph.nodes] == [
        "first",
        "Relu_1_2",
        "Relu_1",
        "Relu_3",
        "conv/to_channels_last",
        "conv",
        "conv/to_channels_first",
    ]


def test_nodes_in_any_order(tmp_path):
    file = File(4)
    x = file.add("Relu", dense(file, file.x, 4, 3))
    proto = file.proto(file.add("Tanh", x))
    nodes = list(proto.graph.node)[::-1]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    graph = read(proto, tmp_path)
    assert [node.op.kind for node in graph.nodes] == ["Dense", "Relu", "Tanh"]


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((3, "H", "W"), "axis 2 of the input 'x0' has the size 'H'"),
        ((), "at least one axis"),
        ((0,), "axis 1"),
    ],
)
def test_an_input_of_unknown_size_is_an_error(shape, reason, tmp_path):
    file = File(*shape)
    with pytest.raises(ModelError, match=reason) as error:
        read(file.proto(file.add("Relu", file.x)), tmp_path)
    assert bool(error.value.hint) == bool(shape)


def test_inputs_made_for_different_batches_are_an_error(tmp_path):
    file = File(3, batch=2)
    file.batch = 4
    proto = file.proto(file.add("Add", file.x, file.input(3)))
    with pytest.raises(ModelError, match=r"batch.*\[2, 4\]"):
        read(proto, tmp_path)
