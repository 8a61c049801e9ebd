"""Files that are no model, or a broken one: one clear error each, and never a hang."""

from __future__ import annotations

import os

import numpy as np
import pytest
from onnx import TensorProto, helper

from tests.formats.files import File, opaque_reasons, read, with_opset
from tinyml_studio.errors import Cancelled, ModelError
from tinyml_studio.formats import framing, limits
from tinyml_studio.formats.reader import read_model


def dense_proto(opset=17):
    file = File(4, opset=opset)
    made = file.add("MatMul", file.x, np.ones((4, 2), np.float32), name="dense")
    return file.proto(file.add("Relu", made, name="act"))


GOOD = dense_proto().SerializeToString()
NOT_MODELS = {
    "empty": (b"", "is empty"),
    "text": (b"this is not a model\n", "text file"),
    "long text": (("räksmörgås " * 100).encode(), "text file"),
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS pointer"),
    "html": (b"<!DOCTYPE html>\n<html><body>404</body></html>", "web page"),
    "zip": (b"PK\x03\x04" + bytes(50), "zip archive"),
    "tflite": (b"\x1c\x00\x00\x00TFL3" + bytes(50), "cannot be read"),
    "keras": (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
    "gzip": (b"\x1f\x8b\x08" + bytes(50), "gzip"),
    "array": (b"\x93NUMPY\x01\x00" + bytes(50), "NumPy array"),
    "zeros": (bytes(100), "damaged"),
    "noise": (bytes(range(128, 256)), "damaged"),
    "truncated": (GOOD[:-20], "cut off"),
    "truncated tag": (GOOD + b"\x80", "cut off"),
    "trailing": (GOOD + b"\x00\x00\x00\x00", "unknown data"),
    "twice": (GOOD + GOOD, "occurs twice"),
    "overlong number": (b"\x08" + b"\xff" * 12, "no valid number"),
    "wrong wire type": (b"\x38\x01", "unknown data"),
    "part in part": (b"\x08\x08\x3a\x03\x0a\x7f\x01" + bytes(200), "longer than the whole"),
    "inner damage": (b"\x08\x08\x3a\x03\x5a\x01\xff", "protobuf"),
}


def nested(depth):
    """A model whose only node holds a graph whose only node holds a graph, and so on."""
    graph = b""
    for _ in range(depth):
        for number in (6, 5, 1):  # AttributeProto.g, NodeProto.attribute, GraphProto.node
            graph = bytes([number << 3 | 2]) + length(graph) + graph
    return b"\x3a" + length(graph) + graph


def length(data):
    """The number of bytes as a protobuf varint."""
    size, coded = len(data), bytearray()
    while size >= 0x80:
        coded.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*coded, size])


def test_deep_nesting_is_refused_before_it_is_parsed(tmp_path):
    with pytest.raises(ModelError, match="nested too deeply"):
        read(nested(100_000 // 12), tmp_path)


@pytest.mark.parametrize("unit", [b"\x0a\x00", b"\x0a\x02\x2a\x00", b"\x2a\x00"])
def test_millions_of_empty_parts_are_refused_before_they_are_parsed(unit, tmp_path, monkeypatch):
    monkeypatch.setattr(framing, "MAX_FIELDS", 10_000)
    content = unit * 10_001
    with pytest.raises(ModelError, match="too large"):
        read(b"\x3a" + length(content) + content, tmp_path)


@pytest.mark.parametrize("kind", NOT_MODELS)
def test_what_is_no_model_is_named(kind, tmp_path):
    data, reason = NOT_MODELS[kind]
    with pytest.raises(ModelError, match=rf"model\.onnx.*{reason}"):
        read(data, tmp_path)


def test_a_missing_file(tmp_path):
    with pytest.raises(ModelError, match=r"none\.onnx does not exist"):
        read_model(tmp_path / "none.onnx")


def test_a_folder(tmp_path):
    with pytest.raises(ModelError, match="is a folder"):
        read_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_a_fifo_does_not_block(tmp_path):
    os.mkfifo(tmp_path / "model.onnx")
    with pytest.raises(ModelError, match="not a regular file"):
        read_model(tmp_path / "model.onnx")


def test_a_name_with_nul(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_model(tmp_path / "a\0b")


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "model.onnx"
    with path.open("wb") as stream:
        stream.truncate(limits.MAX_FILE_BYTES + 1)
    with pytest.raises(ModelError, match="too large"):
        read_model(path)


def test_cancelling_stops_the_reading(tmp_path):
    def stop(done, total, what):
        raise Cancelled

    (tmp_path / "model.onnx").write_bytes(GOOD)
    with pytest.raises(Cancelled):
        read_model(tmp_path / "model.onnx", progress=stop)


def tensor(dims, data_type=TensorProto.FLOAT, **fields):
    return TensorProto(name="w", dims=dims, data_type=data_type, **fields)


EIGHT = np.ones(8, np.float32).tobytes()
TENSORS = {
    "short": (tensor([4, 2], raw_data=EIGHT[:-1]), "31 bytes where its shape asks for 32"),
    "long": (tensor([4, 2], raw_data=EIGHT + b"\0"), "33 bytes"),
    "missing": (tensor([4, 2]), "0 values"),
    "raw and typed": (tensor([4, 2], raw_data=EIGHT, float_data=[1] * 8), "given twice"),
    "wrong field": (tensor([4, 2], int32_data=[1] * 8), "int32_data where the type float has"),
    "typed short": (tensor([4, 2], float_data=[1] * 7), "7 values where its shape asks for 8"),
    "negative": (tensor([-4, -2], raw_data=EIGHT), r"\[-4, -2\]"),
    "huge": (tensor([2**40, 2], raw_data=EIGHT), "1099511627776"),
    "many": (tensor([2**30, 2**30], raw_data=EIGHT), "more than"),
    "overflow": (tensor([2**31 - 1] * 9, raw_data=EIGHT), "more than"),
    "deep": (tensor([1] * 40, raw_data=EIGHT[:4]), "40 axes"),
    "type": (tensor([4, 2], data_type=99, raw_data=EIGHT), "element type 99"),
    "untyped": (tensor([4, 2], data_type=0, raw_data=EIGHT), "element type 0"),
    "nan": (tensor([4, 2], float_data=[1] * 7 + [np.nan]), r"nan at \[3, 1\]"),
    "infinite": (tensor([4, 2], float_data=[1] * 7 + [-np.inf]), "-inf"),
    "nan scalar": (tensor([], float_data=[np.nan]), "nan"),
    "double": (tensor([2], TensorProto.DOUBLE, double_data=[1, 1e300]), r"inf at \[1\]"),
    "byte": (tensor([2], TensorProto.INT8, int32_data=[1, 300]), "outside the type int8"),
    "half": (tensor([2], TensorProto.FLOAT16, int32_data=[1, -1]), "outside the type float16"),
    "segment": (tensor([4, 2], raw_data=EIGHT, segment={"begin": 0, "end": 1}), "segments"),
}


@pytest.mark.parametrize("kind", TENSORS)
def test_a_constant_whose_data_does_not_fit_is_named(kind, tmp_path):
    broken, reason = TENSORS[kind]
    proto = dense_proto()
    proto.graph.initializer.append(broken)
    with pytest.raises(ModelError, match=rf"the constant 'w': .*{reason}"):
        read(proto, tmp_path)


def edited(change):
    """The small model after a change."""
    proto = dense_proto()
    change(proto)
    return proto


def set_names(proto, name):
    proto.graph.node[1].name = name


def make_cycle(proto):
    proto.graph.node[0].input[0] = proto.graph.output[0].name


def repeat_node(proto):
    proto.graph.node.add().CopyFrom(proto.graph.node[0])


def repeat_constant(proto):
    proto.graph.initializer.add().CopyFrom(proto.graph.initializer[0])


def read_nothing(proto):
    proto.graph.node[0].input[1] = "ghost"


def promise_nothing(proto):
    proto.graph.output[0].name = "ghost"


def overwrite_input(proto):
    proto.graph.node[0].output[0] = "x0"


def leave_out_operand(proto):
    proto.graph.node[0].input[0] = ""


def add_attribute(proto):
    proto.graph.node[0].attribute.append(helper.make_attribute("axes", [1]))


def repeat_attribute(proto):
    proto.graph.node[0].attribute.extend([helper.make_attribute("a", 1)] * 2)


def mix_attribute(proto):
    proto.graph.node[0].attribute.append(helper.make_attribute("a", 1))
    proto.graph.node[0].attribute[0].f = 2.0


def untype_attribute(proto):
    proto.graph.node[0].attribute.append(helper.make_attribute("a", 1))
    proto.graph.node[0].attribute[0].type = 0


def refer_attribute(proto):
    proto.graph.node[0].attribute.append(helper.make_attribute("a", 1))
    proto.graph.node[0].attribute[0].ref_attr_name = "b"


STRUCTURES = {
    "old opset": (lambda p: with_opset(p, 6), "version 6"),
    "new opset": (lambda p: with_opset(p, 99), "version 99"),
    "no opset": (with_opset, "does not say which version"),
    "two opsets": (lambda p: with_opset(p, 17, 17), "twice"),
    "ir version": (lambda p: setattr(p, "ir_version", 2), "IR version is 2"),
    "future": (lambda p: setattr(p, "ir_version", 1000), "IR version is 1000"),
    "cycle": (make_cycle, "'dense' .* part of a cycle"),
    "repeated node": (repeat_node, "which exists already"),
    "repeated constant": (repeat_constant, "two constants are named"),
    "unknown operand": (read_nothing, "'ghost', which nothing makes"),
    "unknown output": (promise_nothing, "nothing makes the output 'ghost'"),
    "overwritten input": (overwrite_input, "'x0', which exists already"),
    "no output": (lambda p: p.graph.ClearField("output"), "no output"),
    "no input": (lambda p: p.graph.ClearField("input"), "which nothing makes"),
    "no graph": (lambda p: p.ClearField("graph"), "no output"),
    "sparse": (lambda p: p.graph.sparse_initializer.add(), "sparse"),
    "long name": (lambda p: set_names(p, "x" * 5000), "5000 characters"),
    "nameless operator": (lambda p: p.graph.node[0].ClearField("op_type"), "operator has no name"),
    "repeated attribute": (repeat_attribute, "given twice"),
    "mixed attribute": (mix_attribute, "two types"),
    "untyped attribute": (untype_attribute, "no type"),
    "referring attribute": (refer_attribute, "of a function"),
    "too few operands": (lambda p: p.graph.node[0].input.pop(), "'dense' .*1 operands"),
    "left out operand": (leave_out_operand, "'dense' .*operand 0 is missing"),
    "unknown attribute": (add_attribute, "no attribute axes of MatMul"),
    "no operands": (lambda p: p.graph.node[1].ClearField("input"), "'act' .*0 operands"),
    "no result": (lambda p: p.graph.node.append(helper.make_node("Neg", ["x0"], [""])), "no name"),
}


@pytest.mark.parametrize("kind", STRUCTURES)
def test_a_broken_structure_is_named(kind, tmp_path):
    change, reason = STRUCTURES[kind]
    with pytest.raises(ModelError, match=rf"model\.onnx.*{reason}"):
        read(edited(change), tmp_path)


@pytest.mark.parametrize("name", [b"dense", b"act", b"x0", b"MatMul"])
def test_names_that_are_not_utf8_are_an_error(name, tmp_path):
    with pytest.raises(ModelError):
        read(GOOD.replace(name, b"\xff" * len(name)), tmp_path)


def test_inputs_named_twice_are_an_error(tmp_path):
    proto = edited(lambda p: p.graph.input.append(p.graph.input[0]))
    with pytest.raises(ModelError, match="two inputs are named 'x0'"):
        read(proto, tmp_path)


def test_a_function_of_the_file_is_never_run(tmp_path):
    node = helper.make_node("Mine", ["a"], ["b"], domain="own")
    function = helper.make_function("own", "Mine", ["a"], ["b"], [node], [])
    file = File(4)
    proto = file.proto(file.add("Mine", file.x, domain="own"))
    proto.functions.append(function)
    assert "function of the file" in opaque_reasons(read(proto, tmp_path))[0]


def test_a_function_may_not_take_the_place_of_an_operator(tmp_path):
    node = helper.make_node("Neg", ["a"], ["b"])
    proto = dense_proto()
    proto.functions.append(helper.make_function("", "Relu", ["a"], ["b"], [node], []))
    assert "function of the file" in opaque_reasons(read(proto, tmp_path))[0]


def test_an_endless_loop_is_never_run(tmp_path):
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Neg", ["v"], ["w"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("w", TensorProto.FLOAT, None),
        ],
    )
    file = File(4)
    made = file.add("Loop", "", np.array(True), file.x, body=body)
    assert opaque_reasons(read(file.proto(made), tmp_path)) == [
        "the operator Loop is not supported"
    ]


def test_an_operator_of_a_later_opset_is_opaque(tmp_path):
    file = File(4, opset=13)
    graph = read(file.proto(file.add("HardSwish", file.x)), tmp_path)
    assert opaque_reasons(graph) == ["opset 13 has no operator HardSwish"]


def test_a_custom_domain_is_opaque(tmp_path):
    file = File(4)
    graph = read(file.proto(file.add("Gelu", file.x, domain="com.microsoft")), tmp_path)
    assert graph.nodes[0].op.kind == "com.microsoft.Gelu"
    assert "com.microsoft" in opaque_reasons(graph)[0]


def test_a_constant_of_strings_is_opaque_where_it_is_used(tmp_path):
    file = File(4)
    proto = file.proto(file.add("Add", file.x, np.ones(4, np.float32)))
    proto.graph.initializer[0].CopyFrom(
        TensorProto(name="c1", dims=[4], data_type=TensorProto.STRING, string_data=[b"a"] * 4)
    )
    proto.graph.node[0].input[1] = "c1"
    assert "string" in opaque_reasons(read(proto, tmp_path))[0]


def test_twenty_thousand_nodes_read_in_time(tmp_path):
    file = File(4)
    x = file.x
    for _ in range(20_000):
        x = file.add("Relu", x)
    assert len(read(file.proto(x), tmp_path).nodes) == 20_000


TYPED = {
    TensorProto.FLOAT16: ("int32_data", [0x3C00, 0xC000], [1, -2]),
    TensorProto.BFLOAT16: ("int32_data", [0x3F80, 0xC000], [1, -2]),
    TensorProto.DOUBLE: ("double_data", [1, -2], [1, -2]),
    TensorProto.FLOAT: ("float_data", [1, -2], [1, -2]),
}


@pytest.mark.parametrize("element", TYPED)
def test_typed_fields_of_every_float(element, tmp_path):
    field, stored, values = TYPED[element]
    file = File(2)
    proto = file.proto(file.add("Add", file.x, np.zeros(2, np.float32)))
    weight = proto.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_type = element
    getattr(weight, field).extend(stored)
    graph = read(proto, tmp_path)
    assert next(iter(graph.constants.values())).tolist() == values


def test_four_bit_integers_are_unpacked(tmp_path):
    file = File(3)
    proto = file.proto(file.add("Unknown", file.x, np.zeros(3, np.float32)))
    weight = proto.graph.initializer[0]
    weight.CopyFrom(TensorProto(name=weight.name, dims=[3], data_type=22, raw_data=b"\x7f\x08"))
    graph = read(proto, tmp_path)
    assert graph.nodes[0].op.weights[0][1].tolist() == [-1, 7, -8]
