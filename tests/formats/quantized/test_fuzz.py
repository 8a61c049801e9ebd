"""Damaged quantized files: every one opens or gives an error for the user, in time and memory."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from tests.formats.files import read
from tests.formats.memory import a_gibibyte_at_most
from tests.formats.quantized.drawing import BIAS, WEIGHT, QuantizedFile
from tests.formats.test_reader_fuzz import (
    add_attribute,
    change_attribute,
    change_operand,
    change_operator,
    damaged,
)
from tinyml_studio.errors import StudioError
from tinyml_studio.formats.quantized.registry import CONVERTERS
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme

VARIANTS = int(os.environ.get("TINYML_FUZZ_VARIANTS", "300"))
TIME_LIMIT = 2.0  # seconds for one file
MODELS = Path(__file__).resolve().parents[4] / "shared" / "models" / "kws" / "onnx_ort_quant"
REAL = ("kws_qop_s8s8_pc.onnx", "kws_qop_u8u8_pt.onnx", "kws_qdq_w4a8_pt.onnx")
MICROSOFT, QONNX = "com.microsoft", "qonnx.custom_op.general"
OPERATORS = sorted({*CONVERTERS, "Conv", "Gemm", "Relu", "Add", "MaxPool", "Concat", "Softmax"})
SCALES = (0.0, -1.0, np.nan, np.inf, -np.inf, 1e-42, 1e-38, 3e38, 1.0, 2.0**-149)
TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64, np.float32, np.float64)


def drawn() -> bytes:
    """Pairs, operators on integers, QONNX, several widths and scales for every channel."""
    file = QuantizedFile(3, 8, 8, opset=21)
    x = file.conv(file.pair(file.x, 0.05, 131, "uint8"), 0.05, name="first")
    q = file.quantize(file.add("Relu", x), 0.1, -128)
    q = file.add("MaxPool", q, kernel_shape=[2, 2])
    grid = [np.float32(0.1), file.typed(-128, "int8")]
    kernel = np.moveaxis(np.resize(WEIGHT, (4, 4, 3, 3)), 0, 0)
    scales, zeros = np.full(4, 0.01, np.float32), file.typed([1, 0, 2, 3], "uint8")
    weight = [file.typed(kernel.view(np.uint8), "uint8"), scales, zeros]
    q = file.add("QLinearConv", q, *grid, *weight, *grid, BIAS)
    q = file.add("QLinearAdd", q, *grid, q, *grid, *grid, domain=MICROSOFT)
    q = file.add("QLinearGlobalAveragePool", q, *grid, *grid, domain=MICROSOFT)
    x = file.add("Flatten", file.dequantize(q, 0.1, -128))
    bits = [np.float32(0.1), np.float32(0), np.float32(3)]
    real = np.random.default_rng(1).normal(size=(4, 5)).astype(np.float32)
    weight = file.add("Quant", real, *bits, domain=QONNX, signed=1, narrow=1)
    x = file.add("Gemm", file.add("Quant", x, *bits, domain=QONNX, signed=0), weight)
    return file.proto(file.pair(file.add("Softmax", x), 1 / 256, -8, "int4")).SerializeToString()


def change_parameter(proto, node, chance):
    """Another scale or zero point."""
    small = [t for t in proto.graph.initializer if np.prod(t.dims) <= 64]
    tensor = chance.choice(small)
    array = numpy_helper.to_array(tensor).copy()
    if array.dtype == np.float32 and array.size:
        array.reshape(-1)[chance.randrange(array.size)] = chance.choice(SCALES)
    elif array.dtype.kind in "iu" and array.size:
        limits = np.iinfo(array.dtype)
        array.reshape(-1)[chance.randrange(array.size)] = chance.choice([limits.min, limits.max])
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def change_type(proto, node, chance):
    """A constant of another type."""
    tensor = chance.choice(proto.graph.initializer)
    with np.errstate(all="ignore"):
        array = numpy_helper.to_array(tensor).astype(np.float64).astype(chance.choice(TYPES))
    tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))


def change_count(proto, node, chance):
    """A constant of another size."""
    tensor = chance.choice(proto.graph.initializer)
    array = numpy_helper.to_array(tensor)
    count = chance.choice([0, 1, 2, 3, array.size + 1])
    tensor.CopyFrom(numpy_helper.from_array(np.resize(array.reshape(-1), count), tensor.name))


def change_quantization(proto, node, chance):
    """Another operator in another dialect."""
    node.op_type = chance.choice(OPERATORS)
    node.domain = chance.choice(["", MICROSOFT, QONNX])


def change_axis(proto, node, chance):
    """Scales along another axis."""
    del node.attribute[:]
    node.attribute.append(helper.make_attribute("axis", chance.choice([0, 1, 2, -1, 9, 2**62])))


CHANGES = (
    *(change_parameter, change_type, change_count, change_quantization, change_axis),
    *(add_attribute, change_attribute, change_operand, change_operator),
)


def mutated(data: bytes, seed: int) -> bytes:
    """One to three valid protobuf changes, which reach the converters."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    proto = onnx.ModelProto.FromString(data)
    for _ in range(chance.randint(1, 3)):
        chance.choice(CHANGES)(proto, chance.choice(proto.graph.node), chance)
    return proto.SerializeToString()


def outcome(data: bytes, folder: Path) -> str:
    """ "program", "network", or the error that the user sees."""
    try:
        graph = prepare(read(data, folder))
    except StudioError as error:
        return str(error)
    try:
        lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    except StudioError:
        return "network"
    return "program"


def sources():
    """The files that are damaged."""
    real = {name: MODELS / name for name in REAL}
    return {"drawn": drawn()} | {
        name: path.read_bytes() for name, path in real.items() if path.exists()
    }


@pytest.mark.parametrize("name", ["drawn", *REAL])
@pytest.mark.parametrize("change", [damaged, mutated])
def test_changed_files_never_crash_or_hang(name, change, tmp_path):
    data = sources().get(name)
    if data is None:
        pytest.skip(f"{name} is not on this machine")
    for seed in range(VARIANTS // 4):
        start = time.monotonic()
        changed = change(data, seed)
        with a_gibibyte_at_most():
            found = outcome(changed, tmp_path)
        assert found in ("program", "network") or "model.onnx" in found, f"seed {seed}"
        assert time.monotonic() - start < TIME_LIMIT, f"seed {seed}"


def test_the_drawn_file_is_read_whole(tmp_path):
    assert "model.onnx" not in outcome(drawn(), tmp_path)
