"""Worst cases of accumulators: never exceeded by any input, refused where too large."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lower.networks import conv, floats, one_layer
from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.lower.bounds import accumulator_bound, check_accumulators
from tinyml_studio.program.instructions import Add, FullyConnected, Mean, Mul, Requantize, Reshape
from tinyml_studio.program.program import Program, QuantizedTensor

HALF = Multiplier(1 << 30, 0)


def tensor(name, shape, kind=INT8, zero_point=0):
    return QuantizedTensor(name, shape, kind, 1.0, zero_point)


def program_of(item, *tensors, constants=None):
    held = {one.name: one for one in tensors}
    return Program("p", TFLM, held, constants or {}, ("x",), ("y",), (item,))


def dense(weights, bias, *, shift=0):
    weights = np.asarray(weights, np.int8)
    count = len(weights)
    return FullyConnected(
        layer="dense",
        inputs=("x",),
        output="y",
        weights=weights,
        weight_type=INT8,
        bias=np.asarray(bias, np.int64),
        multiplier=np.full(count, 1 << 30, np.int32),
        shift=np.full(count, shift, np.int32),
        low=-128,
        high=127,
    )


def dense_program(item, kind=INT8, zero_point=0):
    outputs, inputs = item.weights.shape
    return program_of(item, tensor("x", (inputs,), kind, zero_point), tensor("y", (outputs,)))


@pytest.mark.parametrize(
    ("kind", "zero_point", "reach"),
    [(INT8, 0, 128), (INT8, -128, 255), (INT8, 127, 255), (IntType(4), -8, 15), (INT16, 0, 32768)],
)
def test_bound_of_a_dense_layer(kind, zero_point, reach):
    item = dense([[1, -2], [127, 127]], [-10, 3])
    program = dense_program(item, kind, zero_point)
    assert accumulator_bound(item, program).tolist() == [3 * reach + 10, 254 * reach + 3]


@given(
    weights=st.lists(st.lists(st.integers(-128, 127), min_size=3, max_size=3), min_size=1),
    x=st.lists(st.integers(-128, 127), min_size=3, max_size=3),
    zero_point=st.integers(-128, 127),
    bias=st.integers(-(2**20), 2**20),
)
@settings(max_examples=60, deadline=None)
def test_no_input_exceeds_the_bound(weights, x, zero_point, bias):
    item = dense(weights, [bias] * len(weights))
    bound = accumulator_bound(item, dense_program(item, INT8, zero_point))
    partial = bias
    for column in range(3):
        partial = partial + item.weights[:, column].astype(np.int64) * (x[column] - zero_point)
        assert (np.abs(partial) <= bound).all()


@pytest.mark.parametrize(
    ("op", "shape", "axes"),
    [
        (conv(5, (3, 2), 4), (6, 6, 4), (1, 2, 3)),
        (conv(8, (3, 2), 4, groups=4), (6, 6, 4), (0, 1)),
        (conv(5, (3,), 4), (9, 4), (1, 2, 3)),
    ],
)
def test_bound_of_a_convolution_per_channel(op, shape, axes):
    program = one_layer(op, shape).lower()
    item = program.instructions[0]
    source = program.tensors["x0"]
    reach = max(127 - source.zero_point, source.zero_point + 128)
    wanted = np.abs(item.weights.astype(int)).sum(axis=axes) * reach + np.abs(item.bias)
    assert accumulator_bound(item, program).tolist() == wanted.tolist()


def test_all_instructions_that_accumulate_are_listed():
    program = one_layer(ops.AveragePool((2, 2), (2, 2), ((0, 0), (0, 0))), (4, 4, 1)).lower()
    bound = check_accumulators(program)[0]
    assert (bound.layer, bound.operator) == ("layer", "AveragePool2D")
    assert (bound.worst, bound.bits, bound.limit) == (4 * 128 + 2, 11, 32)


def test_moving_values_accumulates_nothing():
    program = program_of(Reshape("r", ("x",), "y"), tensor("x", (4,)), tensor("y", (2, 2)))
    assert check_accumulators(program) == ()
    assert accumulator_bound(program.instructions[0], program).size == 0


@pytest.mark.parametrize(
    ("weights", "bias", "shift", "kind", "bits"),
    [
        ([[127] * 140_000], [0], 0, INT8, 33),
        ([[1]], [2**31], 0, INT8, 33),
        ([[1]], [2**26], 5, INT8, 33),
        ([[1]], [2**47], 0, INT16, 49),
    ],
)
def test_a_layer_that_could_overflow_is_named_with_its_bits(weights, bias, shift, kind, bits):
    item = dense(weights, bias, shift=shift)
    with pytest.raises(SchemeError, match=rf"dense .*needs {bits} bits"):
        check_accumulators(dense_program(item, kind))


def test_a_64_bit_accumulator_is_not_shifted_left():
    item = dense([[1]], [2**46], shift=7)
    assert check_accumulators(dense_program(item, INT16))[0].bits == 48


def test_int8_is_safe_up_to_65793_products():
    item = dense([[127] * 65_793], [0])
    assert check_accumulators(dense_program(item, INT8, -128))[0].bits == 32


def add(left_shift, zero_point, kind):
    item = Add("add", ("x", "z"), "y", False, left_shift, HALF, HALF, HALF, -128, 127)
    shape = (2,)
    return program_of(
        item, tensor("x", shape, kind, zero_point), tensor("z", shape, kind), tensor("y", shape)
    )


@pytest.mark.parametrize(
    ("left_shift", "zero_point", "kind", "fits"),
    [
        (20, -128, INT8, True),
        (15, -32768, INT16, True),
        (20, 0, INT16, False),
        (16, -32768, INT16, False),
    ],
)
def test_left_shifted_operands_of_add(left_shift, zero_point, kind, fits):
    program = add(left_shift, zero_point, kind)
    if fits:
        assert check_accumulators(program)[0].bits <= 32
        return
    with pytest.raises(SchemeError, match=r"add .*overflow"):
        check_accumulators(program)


@pytest.mark.parametrize(("zero_point", "fits"), [(0, True), (-32768, False)])
def test_products_of_mul(zero_point, fits):
    item = Mul("mul", ("x", "z"), "y", HALF, -128, 127)
    program = program_of(
        item,
        tensor("x", (2,), INT16, zero_point),
        tensor("z", (2,), INT16, zero_point),
        tensor("y", (2,)),
    )
    if fits:
        assert check_accumulators(program)[0].worst == 2**30
        return
    with pytest.raises(SchemeError, match=r"mul .*needs 33 bits"):
        check_accumulators(program)


def test_sums_of_mean():
    item = Mean("mean", ("x",), "y", (0,), HALF, -128, 127)
    program = program_of(item, tensor("x", (2**16, 1), INT16), tensor("y", (1, 1)))
    with pytest.raises(SchemeError, match=r"mean .*needs 33 bits"):
        check_accumulators(program)


def test_a_constant_counts_with_its_own_values():
    item = Mul("mul", ("x", "c"), "y", HALF, -128, 127)
    program = program_of(
        item,
        tensor("x", (2,)),
        tensor("c", (2,)),
        tensor("y", (2,)),
        constants={"c": np.array([3, -5], np.int8)},
    )
    assert accumulator_bound(item, program).tolist() == [128 * 5]


def test_the_left_shift_of_a_requantization_counts():
    item = Requantize("relu", ("x",), "y", Multiplier(1 << 30, 17), -128, 127)
    program = program_of(item, tensor("x", (2,), INT16), tensor("y", (2,)))
    with pytest.raises(SchemeError, match=r"relu .*needs 34 bits"):
        check_accumulators(program)


def test_lowering_refuses_what_could_overflow():
    net = one_layer(ops.Dense(floats(1, 3), floats(1)), (3,))
    with pytest.raises(SchemeError, match=r"layer .*overflow"):
        net.lower(ranges={"y": (-1e-9, 1e-9)})
