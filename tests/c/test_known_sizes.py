"""Compilers that know every size at compile time still find nothing to warn of."""

import numpy as np
import pytest

from tests.c.compilers import WARNINGS, compile_c, implementation
from tests.c.merged import info
from tinyml_studio.arith.inttype import INT8, IntType
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.emit.header import c_header
from tinyml_studio.program.instructions import FullyConnected
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


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("level", ["-O2", "-O3"])
def test_no_warning(bits, level, tmp_path):
    source = implementation(tmp_path, c_header(dense_program(bits, 128), info=info()))
    compile_c(tmp_path, "gcc", "-std=c99", level, *WARNINGS, "-c", source, "-o", "net.o")
