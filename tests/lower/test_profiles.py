"""What each arithmetic changes: scales, roundings, and multipliers that match a real factor."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lower.networks import conv, floats, network, one_layer
from tests.lower.test_every_operator import CASES, UNLIKE_ONNX, UNLIKE_POWERS
from tinyml_studio.arith.multiplier import quantize_multiplier
from tinyml_studio.arith.profile import (
    ARITHMETICS,
    LITERT,
    ONNX,
    POW2,
    TFLM,
    TFLM_SINGLE,
    arithmetic,
)
from tinyml_studio.arith.rounding import Rounding, multiply
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.real_factor import matching_mantissas, real_multipliers
from tinyml_studio.program.instructions import (
    ROUNDED,
    AveragePool2D,
    FullyConnected,
    FullyConnectedReal,
    Mean,
    ResizeBilinear,
)

CACHE = LoweringCache()
QUOTIENTS = {Rounding.DOUBLE: Rounding.HALF_AWAY, Rounding.FLOAT32: Rounding.HALF_EVEN}
OF_POWERS = [case for case in CASES if not isinstance(CASES[case][0], UNLIKE_POWERS)]
OF_ONE_ENGINE = [profile for profile in ARITHMETICS.values() if profile.delegate is None]
POWERS = [profile for profile in ARITHMETICS.values() if profile.powers_of_two]
# decibels; power-of-two steps are up to twice as large, and floor adds half a step everywhere
ENOUGH = {4: 4.0, 8: 20.0, 16: 20.0}


def lowered(case, profile, bits="w8a8"):
    op, shapes, constants = CASES[case]
    net = one_layer(op, *shapes, constants=constants)
    return net, net.lower(bits, arithmetic=profile)


@pytest.mark.parametrize("profile", OF_ONE_ENGINE, ids=lambda profile: profile.name)
@pytest.mark.parametrize("case", CASES)
def test_every_instruction_takes_the_rounding_of_its_kind(case, profile):
    unlike = UNLIKE_ONNX if profile is ONNX else UNLIKE_POWERS if profile.powers_of_two else ()
    if isinstance(CASES[case][0], unlike):
        with pytest.raises(SchemeError, match=profile.name):
            lowered(case, profile)
        return
    _, program = lowered(case, profile)
    assert program.arithmetic is profile
    for item in program.instructions:
        if isinstance(item, ROUNDED):
            expected = {
                FullyConnected: profile.fully_connected,
                AveragePool2D: profile.average,
                ResizeBilinear: QUOTIENTS.get(profile.rounding, profile.rounding),
            }.get(type(item), profile.rounding)
            assert item.rounding is expected


@pytest.mark.parametrize("bits", ["w4a4", "w8a8", "w3a16"])
@pytest.mark.parametrize("case", OF_POWERS)
def test_scales_are_powers_of_two_and_nothing_has_a_zero_point(case, bits):
    net, program = lowered(case, POW2, bits)
    for name, tensor in program.tensors.items():
        assert math.frexp(tensor.scale)[0] == 0.5
        # softmax's own grid between kernel and output
        assert tensor.zero_point == 0 or (case.startswith("softmax") and "#" in name)
    for item in program.instructions:
        if hasattr(item, "weights"):
            assert (item.multiplier == 1 << 30).all()
    for port in net.graph.inputs:
        values = net.batch[int(port.tensor[1:])]
        tensor = program.tensors[port.tensor]
        assert tensor.scale * tensor.type.min <= values.min()
        assert values.max() <= tensor.scale * tensor.type.max


@pytest.mark.parametrize("profile", POWERS, ids=lambda profile: profile.name)
@pytest.mark.parametrize("case", OF_POWERS)
def test_power_of_two_networks_follow_the_float_layer(case, profile):
    bits = 16 if profile is POW2 and CASES[case][0].kind == "Softmax" else 8
    net, program = lowered(case, profile, f"w8a{bits}")
    less = 6.0 if profile.rounding is Rounding.FLOOR else 0.0
    for decibels in net.sqnr(program):
        assert decibels > ENOUGH[bits] - less


def test_weights_of_one_bit_take_the_nearer_power():
    weight = np.array([[0.7, -0.7], [0.8, -0.8]], np.float32)
    net = one_layer(ops.Dense(weight, np.zeros(2, np.float32)), (2,))
    program = net.lower("w1a8", arithmetic=POW2)
    item = program.instructions[0]
    steps = np.exp2(item.shift - 1.0) * program.tensors["y"].scale / program.tensors["x0"].scale
    assert steps.tolist() == [0.5, 1.0]


def test_a_mean_divides_by_its_count():
    _, program = lowered("mean", POW2)
    (item,) = program.instructions
    assert isinstance(item, Mean)
    assert (item.divisor, item.multiplier.mantissa) == (30, 1 << 30)
    assert lowered("mean", TFLM_SINGLE)[1].instructions[0].divisor == 1


def test_a_bias_that_is_large_keeps_the_power_of_two():
    layer = conv(3, (1, 1), 2)
    layer = ops.Conv(layer.weight * 1e-9, layer.bias * 1e6, (1, 1), ((0, 0),) * 2, (1, 1), 1)
    net = one_layer(layer, (2, 2, 2))
    item = net.lower(arithmetic=POW2).instructions[0]
    assert (item.multiplier == 1 << 30).all()
    assert np.abs(item.bias).max() < 2**31


@settings(max_examples=60, deadline=None)
@given(
    factor=st.floats(2.0**-14, 2.0**-2) | st.sampled_from([0.0125, 0.125, 1 / 96, 0.0009765625]),
    data=st.data(),
)
def test_matching_mantissas_round_as_the_real_factor(factor, data):
    nearest = quantize_multiplier(factor)
    bound = 1 << 18
    (mantissa,) = matching_mantissas(
        np.array([nearest.mantissa], np.int32),
        np.array([nearest.shift], np.int32),
        np.array([factor]),
        bounds=np.array([bound]),
        reach=256,
    )
    ties = (np.arange(1, 257) - 0.5) / factor
    near = np.concatenate([np.floor(ties), np.ceil(ties)]).astype(np.int64)
    near = near[near <= bound]
    acc = np.concatenate([near, -near, data.draw(st.lists(st.integers(-bound, bound)))])
    acc = acc.astype(np.int64)
    real = acc * factor
    expected = np.trunc(real) + (np.abs(real) % 1 >= 0.5) * np.sign(real)
    found = multiply(acc, int(mantissa), nearest.shift, Rounding.HALF_AWAY)
    within = np.abs(expected) <= 256
    wrong = np.flatnonzero((found != expected) & within)
    # two accumulators on different sides of a tie, both nearer to it than 2**-31, are no one's
    assert wrong.size == 0 or (mantissa == nearest.mantissa and wrong.size <= 2)


def test_the_nearest_mantissa_is_not_always_the_matching_one():
    factor = 0.0125  # 40 of these are 0.5
    nearest = quantize_multiplier(factor)
    args = np.array([nearest.mantissa], np.int32), np.array([nearest.shift], np.int32)
    (found,) = matching_mantissas(*args, np.array([factor]), bounds=np.array([1 << 20]), reach=128)
    assert found == nearest.mantissa + 1
    assert multiply(40, nearest.mantissa, nearest.shift, Rounding.HALF_AWAY) == 0
    assert multiply(40, int(found), nearest.shift, Rounding.HALF_AWAY) == 1


def test_litert_takes_the_whole_factor_for_16_bit_inputs_of_fully_connected_layers():
    net, program = lowered("dense", LITERT, "w8a16")
    (item,) = program.instructions
    assert isinstance(item, FullyConnectedReal)
    scale = program.tensors[item.inputs[0]].scale * item.weight_scale
    factors = scale / program.tensors[item.output].scale
    np.testing.assert_array_equal(np.ldexp(item.factor, -item.shift), factors)
    assert ((item.factor >= 2**52) & (item.factor < 2**53)).all()
    assert not isinstance(lowered("dense", TFLM, "w8a16")[1].instructions[0], FullyConnectedReal)
    assert net.sqnr(program)[0] > ENOUGH[16]


def test_a_factor_that_nothing_reaches_is_zero():
    factor, shift = real_multipliers(np.array([2.0**-60, 0.75, 2.0**20]))
    assert factor.tolist() == [0, 3 * 2**51, 2**52]
    assert shift.tolist() == [102, 53, 32]


def test_one_cache_serves_all_profiles():
    nodes = [("dense", ops.Dense(floats(3, 6), floats(3)), ("x0",), ("y",))]
    net = network(nodes, [(6,)])
    from_one = [net.lower(arithmetic=profile, cache=CACHE) for profile in (TFLM, POW2, TFLM)]
    assert [held.tensors["x0"].zero_point == 0 for held in from_one] == [False, True, False]
    assert from_one[0].instructions[0] is from_one[2].instructions[0]


def test_names_and_their_other_names():
    assert list(ARITHMETICS) == [
        "tflm", "tflm-single", "litert", "xnnpack", "onnx", "pow2", "pow2-half-up", "pow2-floor",
    ]  # fmt: skip
    assert arithmetic("pow2-half-even") is POW2
    with pytest.raises(SchemeError, match="not available"):
        arithmetic("float32")
