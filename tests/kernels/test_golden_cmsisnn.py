"""Golden vectors of ARM's CMSIS-NN unit tests, kept outside the repository."""

import numpy as np
import pytest

from tests.kernels.cmsisnn import (
    Vectors,
    batch_matmul,
    binary,
    convolution,
    extremum,
    fully_connected,
    index,
    pool,
    run_one,
    tensor,
    transposed_convolution,
)
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.lower.tables.softmax16 import EXP_TABLE, RECIPROCAL_TABLE
from tinyml_studio.program import instructions as ops

pytestmark = pytest.mark.skipif(not index(), reason="the CMSIS-NN vectors are not there")

# shape and order of the axes, which CMSIS-NN's config_data.h has on lines that the index leaves out
TRANSPOSED = {
    "transpose_3dim": ((5, 4, 20), (0, 2, 1)),
    "transpose_chwn": ((5, 4, 12, 17), (3, 1, 2, 0)),
    "transpose_matrix": ((5, 20), (1, 0)),
    "transpose_ncwh": ((5, 4, 3, 9), (0, 3, 2, 1)),
    "transpose_nwhc": ((1, 19, 3, 64), (0, 2, 1, 3)),
}
OTHERS = ("fc", "fully_connected", "avgpooling", "maxpool", "add", "mul", "ds_cnn_l")
OTHERS += ("transpose_conv", "reverse_transpose_conv", "batch_matmul", "maximum", "minimum")
OTHERS += ("pad_int8_1", "softmax_s16", *TRANSPOSED)
NOT_HERE = ("lstm", "svdf")  # recurrent layers have tests of their own
CONVOLUTIONS = ("basic", "conv", "depthwise", "dw", "grouped", "kernel", "requant", "stride")
NARROW = "int16xint8xint32"
WIDE = ("int16xint8", "int16xint8_dilation_2", "int16xint8_spill")


def names(*starts: str) -> list[str]:
    return [name for name in index() if name.startswith(starts)]


def given(case: Vectors) -> IntArray:
    values = case.array("input", "input_tensor")
    assert values is not None
    return values


def assert_golden(case: Vectors, computed: IntArray) -> None:
    expected = case.array("output_ref", "output")
    assert expected is not None
    np.testing.assert_array_equal(computed.reshape(-1), expected)


@pytest.mark.parametrize(
    "name", [*names(*CONVOLUTIONS, NARROW), *(name for name in WIDE if name in index())]
)
def test_convolution(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, convolution(case, given(case)))


@pytest.mark.parametrize("name", names("fc", "fully_connected"))
def test_fully_connected(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, fully_connected(case, given(case), case.number("OUT_CH")))


@pytest.mark.parametrize("name", names("avgpooling"))
def test_average_pool(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, pool(case, given(case), ops.AveragePool2D))


@pytest.mark.parametrize("name", names("maxpool"))
def test_max_pool(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, pool(case, given(case), ops.MaxPool2D))


@pytest.mark.parametrize("name", names("add", "mul"))
def test_add_and_mul(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, binary(case))


@pytest.mark.parametrize("name", names("transpose_conv", "reverse_transpose_conv"))
def test_transposed_convolution(name: str) -> None:
    case = Vectors(name)
    assert_golden(case, transposed_convolution(case, given(case)))


@pytest.mark.parametrize("name", names("batch_matmul"))
def test_batch_matmul(name: str) -> None:
    assert_golden(Vectors(name), batch_matmul(Vectors(name)))


@pytest.mark.parametrize("name", names("maximum", "minimum"))
def test_maximum_and_minimum(name: str) -> None:
    assert_golden(Vectors(name), extremum(Vectors(name)))


@pytest.mark.parametrize("name", TRANSPOSED)
def test_transpose(name: str) -> None:
    case = Vectors(name)
    shape, perm = TRANSPOSED[name]
    x = given(case)
    item = ops.Transpose(layer="layer", inputs=("x",), output="y", perm=perm)
    moved = tuple(shape[axis] for axis in perm)
    pair = (tensor("x", shape, x.dtype, 0), x)
    assert_golden(case, run_one(item, {"x": pair}, tensor("y", moved, x.dtype, 0)))


def test_every_case_runs_somewhere() -> None:
    known = names(*CONVOLUTIONS, NARROW, *OTHERS, *NOT_HERE)
    assert set(index()) == {*known, *WIDE}


def test_pad() -> None:
    case = Vectors("pad_int8_1")
    x = given(case)
    grid = tensor("x", tuple(case.number(f"INPUT_{axis}") for axis in "HWC"), x.dtype, 0)
    pads = tuple((case.number(f"PRE_PAD_{a}"), case.number(f"POST_PAD_{a}")) for a in "HWC")
    shape = tuple(size + sum(pair) for size, pair in zip(grid.shape, pads, strict=True))
    value = case.number("PAD_VALUE")
    item = ops.Pad(layer="layer", inputs=("x",), output="y", pads=pads, value=value)
    assert_golden(case, run_one(item, {"x": (grid, x)}, tensor("y", shape, x.dtype, 0)))


def test_softmax_of_16_bits() -> None:
    case = Vectors("softmax_s16")
    x = given(case)
    grid = tensor("x", (case.number("ROW_SIZE"),), x.dtype, 0)
    item = ops.Softmax16(
        layer="layer", inputs=("x",), output="y", exp_table=EXP_TABLE,
        multiplier=Multiplier(case.number("INPUT_MULT"), case.number("INPUT_LEFT_SHIFT")),
        reciprocal_table=RECIPROCAL_TABLE,
    )  # fmt: skip
    assert_golden(case, run_one(item, {"x": (grid, x)}, tensor("y", grid.shape, x.dtype, 0)))


def test_a_whole_network() -> None:
    name = "ds_cnn_l"
    x = given(Vectors(name))
    for layer in range(1, 12):
        kind = "depthwise_conv_2d" if layer % 2 == 0 else "conv_2d"
        case = Vectors(name, f"{kind}_{layer}_")
        x = convolution(case, x, f"layer_{layer}_{kind}_")
    x = pool(Vectors(name, "average_pool_2d_12_"), x, ops.AveragePool2D)
    x = fully_connected(Vectors(name, "fully_connected_14_"), x, 12, "layer_14_fully_connected_")
    last = Vectors(name, "softmax_15_")
    item = ops.Softmax(
        layer="layer", inputs=("x",), output="y", diff_min=last.number("DIFF_MIN"),
        multiplier=Multiplier(last.number("MULT"), last.number("SHIFT")),
    )  # fmt: skip
    grids = tensor("x", (12,), x.dtype, 0), tensor("y", (12,), x.dtype, -128)
    assert_golden(Vectors(name), run_one(item, {"x": (grids[0], x)}, grids[1]))
