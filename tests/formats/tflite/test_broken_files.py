"""Files that break one rule each: the error names the file, the place and the reason."""

from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pytest

from tests.formats.tflite.case_builders import IN, Case, conv, depthwise, int32
from tests.formats.tflite.flatbuffers_encoder import Scalar, Table, Vector, encode
from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.models import ModelFile
from tinyml_studio.errors import ModelError, StudioError
from tinyml_studio.ir.ops import Opaque


def changed(file: ModelFile, tensor: int, **fields) -> ModelFile:
    """The file with other quantization of a tensor."""
    numbers = {"scale": 2, "zero": 3, "axis": 6}
    held = file.tensors[tensor].fields[4]
    for name, value in fields.items():
        held.fields[numbers[name]] = value
    return file


def floats(*values):
    return Vector(np.array(values, "<f4"))


def longs(*values):
    return Vector(np.array(values, "<i8"))


def with_shape(file: ModelFile, tensor: int, *shape: int) -> ModelFile:
    file.tensors[tensor].fields[0] = Vector(np.array(shape, "<i4"))
    return file


def with_operands(file: ModelFile, *inputs: int) -> ModelFile:
    file.operators[0].fields[1] = Vector(np.array(inputs, "<i4"))
    return file


def with_code(file: ModelFile, index: int) -> ModelFile:
    file.operators[0].fields[0] = Scalar("<u4", index)
    return file


def with_buffer(file: ModelFile, tensor: int, index: int) -> ModelFile:
    file.tensors[tensor].fields[2] = Scalar("<u4", index)
    return file


def with_version(file: ModelFile, version: int) -> ModelFile:
    file.version = version
    return file


def with_output(file: ModelFile, index: int) -> ModelFile:
    file.outputs = [index]
    return file


def with_input(file: ModelFile, index: int) -> ModelFile:
    file.inputs = [index]
    return file


def cut_buffer(file: ModelFile) -> ModelFile:
    held = file.buffers[1].fields[0]
    file.buffers[1] = Table({0: Vector(held.values[:-1], 16)})
    return file


# tensors of `conv`: input 0, weights 1, bias 2, output 3
BROKEN = {
    "scale zero": (lambda: changed(conv(), 0, scale=floats(0)), "scale 0"),
    "scale negative": (lambda: changed(conv(), 0, scale=floats(-1)), "scale -1"),
    "scale NaN": (lambda: changed(conv(), 3, scale=floats(np.nan)), "scale nan"),
    "scale infinite": (lambda: changed(conv(), 3, scale=floats(np.inf)), "scale inf"),
    "scale denormal": (lambda: changed(conv(), 0, scale=floats(1e-40)), "scale 9.99995e-41"),
    "weights' scale zero": (
        lambda: changed(conv(), 1, scale=floats(1, 1, 1, 0, 1, 1, 1, 1)),
        "tensor 1",
    ),
    "zero point 300": (lambda: changed(conv(), 0, zero=longs(300)), "zero point 300"),
    "zero point 2^40": (lambda: changed(conv(), 0, zero=longs(2**40)), "zero point 1099511627776"),
    "axis": (lambda: changed(conv(), 1, axis=int32(7)), "axis 7"),
    "negative axis": (lambda: changed(conv(), 1, axis=int32(-1)), "axis -1"),
    "too few scales": (lambda: changed(conv(), 1, scale=floats(1, 1)), "2 scales for 8 channels"),
    "zero points": (lambda: changed(conv(), 1, zero=longs(0, 0)), "2 zero points for 8 scales"),
    "bias scales": (lambda: changed(conv(), 2, scale=floats(1, 1)), "2 scales for 8 channels"),
    "bias scale NaN": (lambda: changed(conv(), 2, scale=floats(np.nan)), "a scale of its bias"),
    "bias zero point": (lambda: changed(conv(), 2, zero=longs(*[1] * 8)), "bias has a zero point"),
    "data too short": (lambda: cut_buffer(conv()), "bytes of data, not 192"),
    "weights' shape": (lambda: with_shape(conv(), 1, 8, 3, 2, 5), "bytes of data"),
    "bias' shape": (lambda: with_shape(conv(), 2, 4), "for 8 channels"),
    "output's shape": (lambda: with_shape(conv(), 3, 1, 6, 5, 9), "should have (6, 5, 8)"),
    "negative size": (lambda: with_shape(conv(), 0, 1, -6, 5, 4), "shape (1, -6, 5, 4)"),
    "enormous": (lambda: with_shape(conv(), 0, 1, 65536, 65536, 4), "no array can hold"),
    "operand": (lambda: with_operands(conv(), 0, 99, 2), "names tensor 99"),
    "operand missing": (lambda: with_operands(conv(), 0), "operand 1 is missing"),
    "read too early": (lambda: with_operands(conv(), 3, 1, 2), "before an operator makes it"),
    "code": (lambda: with_code(conv(), 5), "names code 5"),
    "buffer": (lambda: with_buffer(conv(), 1, 77), "names buffer 77"),
    "version": (lambda: with_version(conv(), 2), "version 2"),
    "no such output": (lambda: with_output(conv(), 50), "names tensor 50"),
    "constant output": (lambda: with_output(conv(), 1), "does not depend on the input"),
    "constant input": (lambda: with_input(conv(), 1), "is a constant"),
    "stride 0": (lambda: conv_options(1, int32(0)), "strides is (1, 0)"),
    "padding": (lambda: conv_options(0, Scalar("i1", 5)), "padding is number 5"),
}


def conv_options(number: int, value: Scalar) -> ModelFile:
    file = conv()
    file.operators[0].fields[4].fields[number] = value
    return file


@pytest.mark.parametrize(("make", "reason"), BROKEN.values(), ids=BROKEN)
def test_broken(make, reason, tmp_path):
    with pytest.raises(ModelError) as caught:
        read(make().encode(), tmp_path)
    assert "model.tflite" in str(caught.value)
    assert reason in str(caught.value)


def other_grid(kind, options=None):
    case = Case((1, 8))
    return case.end(kind, [case.x], (1, 8), options, scale=0.3, zero=7)


def narrow_bias():
    file = depthwise("int16")
    file.tensors[2].fields[1] = Scalar("i1", 2)
    held = file.buffers[2].fields[0].values.view("<i8").astype("<i4").view("u1")
    file.buffers[2] = Table({0: Vector(held, 16)})
    return file


REFUSED = {
    "another activation": (lambda: conv_options(3, Scalar("i1", 4)), "activation number 4"),
    "softmax grid": (lambda: other_grid("SOFTMAX", {0: Scalar("<f4", 1.0)}), "kernels compute"),
    "softmax beta": (lambda: other_grid("SOFTMAX", {0: Scalar("<f4", -2.0)}), "beta is -2"),
    "logistic grid": (lambda: other_grid("LOGISTIC"), "kernels compute with 0.00390625"),
    "tanh grid": (lambda: other_grid("TANH"), "kernels compute with 0.0078125"),
    "reshape to another grid": (lambda: other_grid("RESHAPE"), "another grid"),
    "operator": (lambda: other_grid("CUMSUM"), "CUMSUM is not supported"),
    "int32 bias of int16": (narrow_bias, "bias of type INT32"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused_by_name(make, reason, tmp_path):
    graph = read(make().encode(), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [Opaque]
    assert reason in graph.nodes[0].op.reason


def test_a_scale_of_a_constant_is_checked(tmp_path):
    case = Case()
    held = case.file.tensor((4,), data=[1, 2, 3, 4], scale=0.0)
    file = case.end("ADD", [case.x, held], (1, 6, 5, 4), {0: Scalar("i1", 0)}, **IN)
    with pytest.raises(ModelError, match=r"operator 0 \(ADD\): the quantization of tensor 1"):
        read(file.encode(), tmp_path)


def test_offsets_that_lead_out_of_the_file(tmp_path):
    data = conv().encode()
    for place in range(0, 120, 4):
        for offset in (0, 3, len(data), 2**31, 2**32 - 1):
            broken = bytearray(data)
            struct.pack_into("<I", broken, place, offset)
            broken[4:8] = b"TFL3"
            with suppress(StudioError):
                lowered(bytes(broken), tmp_path)


def test_a_very_long_name(tmp_path):
    file = conv()
    file.tensors[0].fields[3] = "x" * 5000
    with pytest.raises(ModelError, match="has 5000 bytes"):
        read(file.encode(), tmp_path)


def test_no_graph(tmp_path):
    with pytest.raises(ModelError, match="has no graph"):
        read(encode(Table({0: Scalar("<u4", 3)})), tmp_path)
