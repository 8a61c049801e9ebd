"""Tables bit for bit as TFLite-Micro fills them.

The checksums are CRC-32 of little-endian entries. Those of the sigmoid table and of the softmax
tables are of the values in (or computed by) ``tensorflow/lite/kernels/internal/common.h``, those
of the 8-bit functions were made with TFLite-Micro's ``reference_integer_ops::Logistic`` and
``Tanh``, ``reference_ops::HardSwish`` and gemmlowp's ``fixedpoint.h``, compiled with g++ 12.
"""

import zlib

import numpy as np
import pytest

from tests.lower.networks import one_layer
from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.ir import ops
from tinyml_studio.lower.tables.hard_swish import hard_swish_fits, hard_swish_table
from tinyml_studio.lower.tables.interpolation import interpolation_table
from tinyml_studio.lower.tables.logistic16 import SIGMOID_TABLE, input_factor
from tinyml_studio.lower.tables.nearest import nearest_table
from tinyml_studio.lower.tables.radius import input_radius
from tinyml_studio.lower.tables.saturating import sigmoid_table, tanh_table
from tinyml_studio.lower.tables.softmax16 import EXP_TABLE, RECIPROCAL_TABLE
from tinyml_studio.program.program import QuantizedTensor


def tensor(scale, zero_point, kind=INT8):
    return QuantizedTensor("t", (1,), kind, float(np.float32(scale)), zero_point)


SIGMOID_OUT, TANH_OUT = tensor(2.0**-8, -128), tensor(2.0**-7, 0)


def checksum(table, dtype):
    return zlib.crc32(table.astype(dtype).tobytes())


def test_tables_of_the_16_bit_kernels():
    assert checksum(SIGMOID_TABLE, "<u2") == 3092212404
    assert checksum(EXP_TABLE, "<i2") == 2893938602
    assert checksum(RECIPROCAL_TABLE, "<i2") == 972789333


@pytest.mark.parametrize(
    ("scale", "zero_point", "sigmoid", "tanh", "hard_swish"),
    [
        (0.05, -10, 749647285, 1809927942, 3819282581),
        (0.003, 100, 2783009482, 791260131, 243890604),
        (1.5, 3, 1885160937, 518564837, 2274654288),
    ],
)
def test_tables_from_8_to_8_bits(scale, zero_point, sigmoid, tanh, hard_swish):
    source = tensor(scale, zero_point)
    output = tensor(source.scale * 0.6, -20)
    assert checksum(sigmoid_table(source, SIGMOID_OUT), "i1") == sigmoid
    assert checksum(tanh_table(source, TANH_OUT), "i1") == tanh
    assert checksum(hard_swish_table(source, output), "i1") == hard_swish


@pytest.mark.parametrize("scale", [1e-30, 1e-9, 1e-4, 0.02, 0.3, 7.9, 8.0, 1e4, 1e30])
def test_sigmoid_and_tanh_stay_within_one_step_of_the_real_function(scale):
    source = tensor(scale, 5)
    reals = (np.arange(-128, 128) - 5) * source.scale
    with np.errstate(over="ignore"):
        wanted = np.minimum(np.rint(256 / (1 + np.exp(-reals))) - 128, 127)
    steps = np.abs(sigmoid_table(source, SIGMOID_OUT) - wanted)
    # beyond a scale of 8 TFLite's kernel has no value between the ends, not even at zero
    assert steps[np.arange(-128, 128) != 5].max() <= 1
    wanted = np.clip(np.rint(128 * np.tanh(reals)), -128, 127)
    steps = np.abs(tanh_table(source, TANH_OUT) - wanted)
    assert steps[np.arange(-128, 128) != 5].max() <= 1


def test_hard_swish_of_a_far_smaller_output_is_rounded_from_the_real_function():
    source, output = tensor(1.0, 0), tensor(1e-3, 0)
    assert not hard_swish_fits(source, output)
    net = one_layer(ops.HardSwish(), (4,), scale=30.0)
    program = net.lower(ranges={"y": (-0.1, 0.1)})
    assert program.instructions[0].table[0] == 0
    assert program.instructions[0].table[-1] == 127


@pytest.mark.parametrize(
    ("scale", "tanh", "factor"),
    [
        (2.0**-12, False, (3, 0)),
        (2.0**-12, True, (3, 0)),
        (2.0**-11, True, (6, 0)),
        (2.0**-11, False, (24576, 12)),
        (2.0**-13, False, (24576, 14)),
        (10 / 32767, False, (30720, 13)),
        (2.6, False, (31948, 0)),
        (2.7, False, None),
        (1e-20, False, (0, 31)),
    ],
)
def test_factor_of_the_16_bit_logistic(scale, tanh, factor):
    assert input_factor(scale, tanh=tanh) == factor


def test_radius():
    assert input_radius(4, 0) == 15 << 27
    assert input_radius(4, 20) == 15 << 7
    assert input_radius(5, 20) == 31 << 6
    assert input_radius(4, 40) == 0


def test_nearest_rounds_ties_away_from_zero():
    source, output = tensor(0.5, 0, IntType(4)), tensor(1.0, 0, IntType(4))
    table = nearest_table(lambda x: x, source=source, output=output)
    assert table.tolist() == [-4, -4, -3, -3, -2, -2, -1, -1, 0, 1, 1, 2, 2, 3, 3, 4]
    assert table.dtype == np.int8


def test_nearest_has_the_carrier_of_a_wide_output():
    table = nearest_table(np.tanh, source=tensor(0.1, 0), output=tensor(2.0**-15, 0, INT16))
    assert table.dtype == np.int16
    assert table[128] == 0
    assert table[-1] == 32767


@pytest.mark.parametrize(("kind", "scale", "zero_point"), [(INT16, 1e-4, 0), (INT8, 0.03, -4)])
def test_interpolation_table_hits_the_function_at_its_places(kind, scale, zero_point):
    table = interpolation_table(np.sin, source=(1e-4, 0), output=(scale, zero_point), kind=kind)
    places = np.append(np.arange(-32768, 32768, 128), 32767) * 1e-4
    assert table.shape == (513,)
    assert np.abs((table - zero_point) * scale - np.sin(places)).max() < 2 * scale


def test_leaky_relu_table_by_hand():
    net = one_layer(ops.LeakyRelu(0.5), (4,))
    program = net.lower(ranges={"x0": (-128.0, 127.0), "y": (-128.0, 127.0)})
    table = program.instructions[0].table
    assert table[128:].tolist() == list(range(128))
    # halves of negative numbers: the high multiplication takes ties up
    assert table[:128].tolist() == [-(-x // 2) for x in range(-128, 0)]


def test_a_negative_slope_takes_ties_up_as_the_product_of_two_negative_factors():
    net = one_layer(ops.LeakyRelu(-0.5), (4,))
    program = net.lower(ranges={"x0": (-128.0, 127.0), "y": (-128.0, 127.0)})
    assert program.instructions[0].table[:128].tolist() == [(1 - x) // 2 for x in range(-128, 0)]


def test_hard_sigmoid_limits():
    net = one_layer(ops.HardSigmoid(0.2, 0.5), (3, 5), scale=10.0)
    item = net.lower(ranges={"y": (0.0, 255 / 256)}).instructions[0]
    assert item.table[0] == -128
    assert item.table[-1] == 127
    assert (np.diff(item.table.astype(int)) >= 0).all()


def test_shared_tables_cannot_be_changed():
    for table in (SIGMOID_TABLE, EXP_TABLE, RECIPROCAL_TABLE):
        with pytest.raises(ValueError, match="read-only"):
            table[0] = 1
