"""Damaged copies of a small model: each reads or is an error for the user, in time and memory."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from tests.formats.files import File, read
from tests.formats.memory import a_gibibyte_at_most
from tinyml_studio.errors import StudioError
from tinyml_studio.formats.folds.registry import FOLDS
from tinyml_studio.formats.onnx_ops.registry import CONVERTERS

VARIANTS = int(os.environ.get("TINYML_FUZZ_VARIANTS", "300"))
TIME_LIMIT = 2.0  # seconds for one file


def small_model() -> bytes:
    """Every kind of field: attributes of all types, shape arithmetic, several operators."""
    file = File(2, 6, 6, opset=13)
    x = file.add("Conv", file.x, np.ones((4, 2, 3, 3), np.float32), pads=[1, 1, 1, 1], name="conv")
    x = file.add("Clip", x, np.float32(0), np.float32(6))
    x = file.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    size = file.add("Gather", file.add("Shape", x), np.array([0]), axis=0)
    target = file.add("Concat", size, file.add("Constant", value_ints=[-1]), axis=0)
    first, second = file.add("Split", file.add("Reshape", x, target), outputs=2, axis=1)
    x = file.add("Gemm", file.add("Add", first, second), np.ones((18, 3), np.float32), alpha=0.5)
    return file.proto(file.add("Softmax", x, axis=-1)).SerializeToString()


def damaged(data: bytes, seed: int) -> bytes:
    """One to four small damages."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(damaged))
        kind = chance.randrange(6)
        if kind == 0:
            damaged[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            damaged[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif kind == 2:
            del damaged[at : at + chance.randint(1, 8)]
        elif kind == 3:
            damaged[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif kind == 4:
            damaged[at:at] = damaged[at : at + chance.randint(1, 64)]
        else:
            damaged[at : at + 4] = chance.choice([b"\xff" * 4, b"\x00" * 4, b"\x00\x00\xc0\x7f"])
    return bytes(damaged)


def mutated(data: bytes, seed: int) -> bytes:
    """One to three valid protobuf changes, which reach the converters."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    proto = onnx.ModelProto.FromString(data)
    for _ in range(chance.randint(1, 3)):
        node = chance.choice(proto.graph.node)
        chance.choice(CHANGES)(proto, node, chance)
    return proto.SerializeToString()


def change_operator(proto, node, chance):
    node.op_type = chance.choice(OPERATORS)


def change_attribute(proto, node, chance):
    for attribute in node.attribute:
        if attribute.type == attribute.INT:
            attribute.i = chance.choice(NUMBERS)
        for index in range(len(attribute.ints)):
            attribute.ints[index] = chance.choice([*NUMBERS, attribute.ints[index]])


def add_attribute(proto, node, chance):
    name = chance.choice(ATTRIBUTES)
    value = chance.choice([*NUMBERS, [0, 1], [1], [2, 2], [0, 2, 1], [-1], "VALID", 0.5])
    node.attribute.append(helper.make_attribute(name, value))


def change_operand(proto, node, chance):
    names = ["", "x0", *(tensor.name for tensor in proto.graph.initializer)]
    names += [name for other in proto.graph.node for name in other.output]
    if node.input:
        node.input[chance.randrange(len(node.input))] = chance.choice(names)


def change_constant(proto, node, chance):
    tensor = chance.choice(proto.graph.initializer)
    array = numpy_helper.to_array(tensor).copy()
    if array.dtype == np.int64:
        array.reshape(-1)[:1] = chance.choice(NUMBERS)
    else:
        array = array.reshape(chance.choice([(-1,), (1, *array.shape), array.shape[::-1]]))
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def change_opset(proto, node, chance):
    proto.opset_import[0].version = chance.randint(7, 23)


CHANGES = (
    change_operator,
    change_attribute,
    add_attribute,
    change_operand,
    change_constant,
    change_opset,
)
OPERATORS = sorted({*CONVERTERS, *FOLDS, "LSTM", "If", "Resize"})
NUMBERS = (0, 1, -1, 2, 3, -2, 7, 2**31 - 1, 2**63 - 1, -(2**63), 2**40)
ATTRIBUTES = ("axis", "axes", "perm", "pads", "strides", "kernel_shape", "auto_pad", "group", "to")


def outcome(data: bytes, folder: Path) -> str:
    """ "read", or the error that the user sees."""
    try:
        read(data, folder)
    except StudioError as error:
        return str(error)
    return "read"


@pytest.mark.parametrize("change", [damaged, mutated])
@pytest.mark.parametrize("part", range(4))
def test_changed_files_never_crash_or_hang(part, change, tmp_path):
    data = small_model()
    assert outcome(data, tmp_path) == "read"
    for seed in range(part, VARIANTS, 4):
        start = time.monotonic()
        changed = change(data, seed)
        with a_gibibyte_at_most():
            found = outcome(changed, tmp_path)
        assert found == "read" or "model.onnx" in found, f"seed {seed}"
        assert time.monotonic() - start < TIME_LIMIT, f"seed {seed}"
