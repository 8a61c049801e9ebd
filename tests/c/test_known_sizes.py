"""Compilers that know every size find nothing to warn of, and leave no layer out."""

import numpy as np
import pytest

from tests.c.compilers import WARNINGS, compile_c, implementation, run_main
from tests.c.merged import header_of, info
from tests.reference.model import run_reference
from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.emit.header import c_header
from tinyml_studio.program.instructions import DepthwiseConv2D, FullyConnected, Mean
from tinyml_studio.program.program import Program, QuantizedTensor


def dense_program(bits: int, size: int) -> Program:
    """One dense layer whose size is a whole number of bytes of packed weights."""
    weights = np.where(np.arange(size * size) % 3 == 0, 1, -1).astype(np.int8)
    layer = FullyConnected(
        "dense", ("x",), "y", weights=weights.reshape(size, size), weight_type=IntType(bits),
        bias=np.arange(size, dtype=np.int64), multiplier=np.full(size, 1 << 30, np.int32),
        shift=np.full(size, -5, np.int32), low=-128, high=127,
    )  # fmt: skip
    tensors = {name: QuantizedTensor(name, (size,), INT8, 0.1, 3) for name in "xy"}
    return Program("dense", TFLM, tensors, {}, ("x",), ("y",), (layer,))


def depthwise_program(bits: int, channels: int) -> Program:
    """One depthwise layer with a line as its filter."""
    weights = np.where(np.arange(3 * channels) % 3 == 0, 1, -1).astype(np.int8)
    layer = DepthwiseConv2D(
        "depthwise", ("x",), "y", weights=weights.reshape(1, 3, channels), strides=(1, 1),
        pads=((0, 0), (1, 1)), dilations=(1, 1), weight_type=IntType(bits),
        bias=np.arange(channels, dtype=np.int64), multiplier=np.full(channels, 1 << 30, np.int32),
        shift=np.full(channels, -5, np.int32), low=-128, high=127,
    )  # fmt: skip
    tensors = {name: QuantizedTensor(name, (1, 31, channels), INT8, 0.1, 3) for name in "xy"}
    return Program("depthwise", TFLM, tensors, {}, ("x",), ("y",), (layer,))


def mean_program() -> Program:
    """A mean whose wide output lies in the same memory as its input."""
    layer = Mean(
        "mean", ("x",), "y", axes=(0, 1), multiplier=Multiplier(814740400, 8), low=-32768,
        high=32767,
    )  # fmt: skip
    tensors = {
        "x": QuantizedTensor("x", (10, 10, 16), INT8, 0.1, -8),
        "y": QuantizedTensor("y", (16,), INT16, 0.001, 0),
    }
    return Program("mean", TFLM, tensors, {}, ("x",), ("y",), (layer,))


@pytest.mark.parametrize("bits", [1, 2, 3, 8])
@pytest.mark.parametrize("level", ["-O2", "-O3"])
@pytest.mark.parametrize(
    "program", [lambda bits: dense_program(bits, 128), lambda bits: depthwise_program(bits, 16)],
    ids=["dense", "depthwise"],
)  # fmt: skip
def test_no_warning(program, bits, level, tmp_path):
    source = implementation(tmp_path, c_header(program(bits), info=info()))
    compile_c(tmp_path, "gcc", "-std=c99", level, *WARNINGS, "-c", source, "-o", "net.o")


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-Os"])
def test_no_layer_is_left_out(compiler, level, tmp_path):
    program = mean_program()
    x = np.random.default_rng(3).integers(-8, 8, (2, 10, 10, 16)).astype(np.int8)
    values = {"x": x}
    values["y"] = run_reference(program, program.instructions[0], values)
    source = implementation(tmp_path, header_of(program, values, "net"), "net", "SELF_TEST")
    (tmp_path / "main.c").write_text(
        '#define NET_SELF_TEST\n#include "net.h"\n'
        "static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;\n"
        "int main(void) { return net_self_test(arena); }\n"
    )
    run_main(tmp_path, ["main.c", source], "-std=c99", level, *WARNINGS, compiler=compiler)
