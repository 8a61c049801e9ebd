"""Multipliers, biases, limits and grids against values computed by hand."""

import math

import numpy as np
import pytest

from tests.lower.networks import conv, floats, network, one_layer
from tinyml_studio.arith.inttype import INT8, INT16, IntType
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.errors import SchemeError, UnsupportedError
from tinyml_studio.ir import ops
from tinyml_studio.ir.build import build_graph, rebuild
from tinyml_studio.ir.graph import Node
from tinyml_studio.lower import cache as cache_module
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.rules.mean import fold_count
from tinyml_studio.lower.rules.softmax import difference_multiplier
from tinyml_studio.program import instructions as made
from tinyml_studio.quantize.scheme import RangeMethod

UNIT = {"x0": (-128.0, 127.0)}  # scale 1, zero point 0 at 8 bits


def dense(weight, bias, clamp=ops.NO_CLAMP):
    return ops.Dense(np.array(weight, np.float32), np.array(bias, np.float32), clamp)


def test_dense_by_hand():
    net = one_layer(dense([[127.0, -127.0], [63.5, 32.0]], [10.4, -3.75]), (2,))
    program = net.lower(ranges=UNIT | {"y": (-256.0, 254.0)})
    item = program.instructions[0]
    assert item.weights.tolist() == [[127, -127], [127, 64]]
    assert item.bias.tolist() == [10, -8]  # -7.5 goes away from zero
    assert item.bias.dtype == np.int64
    assert [tuple(pair) for pair in zip(item.multiplier, item.shift, strict=True)] == [
        quantize_multiplier(0.5),
        quantize_multiplier(0.25),
    ]
    assert (item.low, item.high) == (-128, 127)
    assert program.tensors["y"].scale == 2.0


@pytest.mark.parametrize(
    ("clamp", "bits", "limits"),
    [
        (ops.Clamp(0.0, 6.0), 8, (-28, 127)),
        (ops.Clamp(0.0), 8, (-28, 127)),
        (ops.Clamp(-0.5, 1.0), 8, (-78, 72)),
        (ops.Clamp(-9.0, -1.0), 8, (-128, -128)),
        (ops.Clamp(0.0), 4, (-2, 7)),
        (ops.Clamp(0.0), 16, (0, 32767)),
        (ops.Clamp(-0.775, 0.775), 16, (-16384, 16384)),
    ],
)
def test_a_clamp_becomes_limits_on_the_output_grid(clamp, bits, limits):
    net = one_layer(dense(np.eye(2), [0.0, 0.0], clamp), (2,))
    item = net.lower(layer=f"a{bits}", ranges={"y": (-1.0, 1.55)}).instructions[0]
    assert (item.low, item.high) == limits


def test_add_scales_by_twice_the_larger_input():
    net = one_layer(ops.Add(), (2,), (2,))
    ranges = {"x0": (-128.0, 127.0), "x1": (-64.0, 63.5), "y": (-192.0, 190.5)}
    item = net.lower(ranges=ranges).instructions[0]
    assert item.left_shift == 20
    assert item.multiplier_a == Multiplier(1 << 30, 0)
    assert item.multiplier_b == Multiplier(1 << 30, -1)
    assert item.multiplier_out == quantize_multiplier(2.0 / (2**20 * 1.5))


@pytest.mark.parametrize("wide", ["in0", "in1", "layer"])
def test_add_shifts_less_where_16_bits_take_part(wide):
    net = one_layer(ops.Add(), (2,), (2,))
    assert net.lower(**{wide: "a16"}).instructions[0].left_shift == 15


def test_sub_divides_scales_in_float32():
    net = one_layer(ops.Sub(), (2,), (2,))
    program = net.lower(ranges={"x0": (-0.3, 0.7), "x1": (-0.1, 0.2), "y": (-0.4, 0.8)})
    item = program.instructions[0]
    a, b, y = (np.float32(program.tensors[name].scale) for name in ("x0", "x1", "y"))
    assert item.subtract
    assert item.multiplier_b == quantize_multiplier(float(b / (a * np.float32(2))))
    wanted = (a * np.float32(2)) / (np.float32(1 << 20) * y)
    assert item.multiplier_out == quantize_multiplier(float(wanted))


def test_mul_multiplies_scales():
    net = one_layer(ops.Mul(), (2,), (2,))
    program = net.lower(ranges={"x0": (-1.0, 1.0), "x1": (-2.0, 2.0), "y": (-3.0, 3.0)})
    a, b, y = (program.tensors[name].scale for name in ("x0", "x1", "y"))
    assert program.instructions[0].multiplier == quantize_multiplier(a * b / y)


@pytest.mark.parametrize(
    ("count", "mantissa", "shift"),
    [
        (1, 1 << 30, 1),
        (3, (1 << 31) // 3, 0),
        (4, 1 << 30, -1),
        (49, (1 << 35) // 49, -4),
        (1 << 33, (1 << 62) // (1 << 33), -31),
    ],
)
def test_the_count_is_folded_into_the_multiplier(count, mantissa, shift):
    assert fold_count(Multiplier(1 << 30, 1), count) == (mantissa, shift)


def test_the_fold_never_shifts_below_31():
    assert fold_count(Multiplier(1 << 30, -30), 1000) == ((1 << 31) // 1000, -31)


@pytest.mark.parametrize(
    ("scale", "multiplier"),
    [
        (2.0**-7, (1 << 30, 20)),
        (0.1, quantize_multiplier(0.1 * 2**26)),
        (1e-12, (1 << 30, 1)),
        (1e6, (2**31 - 1, 31)),
    ],
)
def test_softmax_differences_in_q5_26(scale, multiplier):
    assert difference_multiplier(scale) == multiplier


def test_softmax_by_hand():
    net = one_layer(ops.Softmax(0), (5,))
    item = net.lower(ranges={"x0": (-1.0, 127 / 128)}).instructions[0]
    assert item.multiplier == (1 << 30, 20)
    assert item.diff_min == -1984  # 31 * 2**26 >> 20
    wide = net.lower("a16", ranges={"x0": (-1.0, 1.0)})
    scale = wide.tensors["x0"].scale
    assert wide.instructions[0].multiplier == quantize_multiplier(scale / (10.0 / 65535.0))


FIXED = [
    (ops.Softmax(0), 8, 8, 2.0**-8, -128),
    (ops.Softmax(0), 8, 4, 2.0**-4, -8),
    (ops.Softmax(0), 8, 16, 2.0**-16, -32768),
    (ops.Softmax(0), 16, 16, 2.0**-15, 0),
    (ops.Softmax(0), 16, 8, 2.0**-8, -128),
    (ops.Sigmoid(), 8, 8, 2.0**-8, -128),
    (ops.Sigmoid(), 16, 8, 2.0**-8, -128),
    (ops.Sigmoid(), 4, 4, 2.0**-4, -8),
    (ops.Sigmoid(), 8, 16, 2.0**-15, 0),
    (ops.Tanh(), 8, 8, 2.0**-7, 0),
    (ops.Tanh(), 8, 4, 2.0**-3, 0),
    (ops.Tanh(), 16, 16, 2.0**-15, 0),
]


@pytest.mark.parametrize(("op", "a_in", "a_out", "scale", "zero_point"), FIXED)
def test_fixed_output_grids(op, a_in, a_out, scale, zero_point):
    program = one_layer(op, (6,)).lower(in0=f"a{a_in}", layer=f"a{a_out}")
    found = program.tensors["y"]
    assert (found.type, found.scale, found.zero_point) == (IntType(a_out), scale, zero_point)


@pytest.mark.parametrize("a_in", [4, 8, 16])
@pytest.mark.parametrize(
    "op",
    [
        ops.MaxPool((2,), (2,), ((0, 0),)),
        ops.AveragePool((2,), (2,), ((0, 0),)),
        ops.Reshape((8,)),
        ops.Transpose((1, 0)),
        ops.Pad(((1, 1), (0, 0))),
        ops.Slice((0, 0), (2, 2), (1, 1)),
        ops.Split(0, (1, 3)),
    ],
    ids=lambda op: op.kind,
)
def test_followers_keep_the_grid_of_their_input(op, a_in):
    program = one_layer(op, (4, 2)).lower(in0=f"a{a_in}", layer="a4")
    source = program.tensors["x0"]
    for name in program.outputs:
        found = program.tensors[name]
        assert (found.type, found.scale, found.zero_point) == (
            source.type,
            source.scale,
            source.zero_point,
        )


@pytest.mark.parametrize(("value", "integer"), [(0.0, -28), (0.5, 22), (9.0, 127), (-9.0, -128)])
def test_padding_is_quantized_on_the_grid(value, integer):
    net = one_layer(ops.Pad(((1, 0),), value), (3,))
    assert net.lower(ranges={"x0": (-1.0, 1.55)}).instructions[0].value == integer


def test_concat_requantizes_what_lies_on_another_grid():
    net = one_layer(ops.Concat(0), (3,), (2,))
    program = net.lower(ranges={"x0": (-1.0, 1.0), "x1": (-2.0, 2.0), "y": (-2.0, 2.0)})
    first, join = program.instructions
    assert isinstance(first, made.Requantize)
    assert (first.inputs, first.output) == (("x0",), "y#1")
    assert join.inputs == ("y#1", "x1")
    assert program.tensors["y#1"].scale == program.tensors["y"].scale
    assert first.multiplier == quantize_multiplier(
        program.tensors["x0"].scale / program.tensors["y"].scale
    )


def test_split_is_slices():
    program = one_layer(ops.Split(1, (1, 2, 3)), (2, 6)).lower()
    found = [(item.starts, item.sizes, item.steps) for item in program.instructions]
    assert found == [
        ((0, 0), (2, 1), (1, 1)),
        ((0, 1), (2, 2), (1, 1)),
        ((0, 3), (2, 3), (1, 1)),
    ]


def test_a_sequence_is_an_image_of_height_one():
    net = one_layer(conv(3, (5,), 4, strides=(2,), pads=((2, 1),), dilations=(2,)), (12, 4))
    program = net.lower()
    item = program.instructions[0]
    assert item.weights.shape == (3, 1, 5, 4)
    assert item.strides == (1, 2)
    assert item.pads == ((0, 0), (2, 1))
    assert item.dilations == (1, 2)
    assert program.tensors["y"].shape == net.graph.shapes["y"]


def test_depthwise_weights_have_the_channel_last():
    op = conv(6, (3, 2), 3, groups=3)
    item = one_layer(op, (5, 5, 3)).lower().instructions[0]
    assert item.weights.shape == (3, 2, 6)
    largest = np.abs(op.weight).reshape(6, -1).argmax(axis=1)
    assert np.abs(item.weights).reshape(-1, 6).argmax(axis=0).tolist() == largest.tolist()


def test_a_channel_wise_layer_has_one_scale_per_channel_always():
    net = one_layer(ops.ChannelAffine(np.array([1.0, -0.01], np.float32), floats(2)), (3, 2))
    item = net.lower().instructions[0]
    assert item.weights.tolist() == [[[127, -127]]]


@pytest.mark.parametrize(("bits", "kind"), [("a8", INT8), ("a4", INT8), ("a16", INT16)])
def test_a_constant_operand_has_a_grid_of_its_own(bits, kind):
    constant = np.array([0.5, -1.0, 2.0], np.float32)
    program = one_layer(ops.Mul(), (2, 3), constants={"c": constant}).lower(layer=bits)
    name = program.instructions[0].inputs[1]
    tensor = program.tensors[name]
    assert name == "y#1"
    assert tensor.type == kind
    assert program.constants[name].dtype == kind.carrier
    values = (program.constants[name].astype(float) - tensor.zero_point) * tensor.scale
    assert values == pytest.approx(constant, abs=tensor.scale * 0.51)


@pytest.mark.parametrize(("bits", "held"), [("a8", 29), ("a16", 37)])
def test_a_bias_that_does_not_fit_widens_its_channel(bits, held):
    net = one_layer(dense([[1e-9, -1e-9], [0.5, 0.25]], [3e4, 1.0]), (2,))
    item = net.lower(bits, ranges={"y": (-1.0, 1.0)}).instructions[0]
    assert 2 ** (held - 1) < item.bias[0] <= 2**held
    assert item.weights[1].tolist() == [127, 64]
    assert net.sqnr(net.lower(bits))[0] > 30


def test_an_accumulator_is_no_finer_than_any_output_of_8_bits_shows():
    net = one_layer(dense([[1e-9, -1e-9], [0.5, 0.25]], [0.1, 1.0]), (2,))
    item, finer = net.lower("a8").instructions[0], net.lower("a16").instructions[0]
    real = item.multiplier[0] * 2.0 ** (item.shift[0] - 31.0)
    assert real == pytest.approx(2.0**-20, rel=1e-6)
    assert item.weights[1].tolist() == [127, 64]
    assert net.sqnr(net.lower("a8"))[0] > 30
    assert finer.shift[0] < -20


@pytest.mark.parametrize("bits", range(1, 9))
def test_a_dead_channel_still_gives_its_bias(bits):
    weight = floats(3, 4)
    weight[1] = 0.0
    net = one_layer(dense(weight, [0.1, -0.7, 0.2]), (4,))
    program = net.lower(f"w{bits}a8")
    item, output = program.instructions[0], program.tensors["y"]
    real = item.bias[1] * item.multiplier[1] * 2.0 ** (item.shift[1] - 31.0) * output.scale
    assert real == pytest.approx(-0.7, abs=output.scale)


def test_dead_layers_and_constant_inputs_lower():
    net = network(
        [
            ("dense", dense(np.zeros((2, 3)), [0.0, 0.0]), ("x0",), ("h",)),
            ("again", dense(floats(2, 2), [0.5, -0.5]), ("h",), ("y",)),
        ],
        [(3,)],
    )
    program = net.lower()
    assert all(math.isfinite(tensor.scale) for tensor in program.tensors.values())
    assert net.sqnr(program)[0] > 25


def test_a_range_that_is_far_too_small_is_refused_by_name():
    net = one_layer(dense(floats(2, 3), floats(2)), (3,))
    with pytest.raises(SchemeError, match=r"layer .*Dense"):
        net.lower(ranges={"y": (-1e-20, 1e-20)})


@pytest.mark.parametrize("op", [ops.Sigmoid(), ops.Tanh()])
def test_a_wide_range_is_brought_to_the_kernel_of_16_bits(op):
    net = one_layer(op, (40,), scale=3.0)
    program = net.lower("a16", ranges={"x0": (-1e6, 1e6)})
    assert [type(item) for item in program.instructions] == [made.Requantize, made.Logistic16]
    program = net.lower(in0="a16", layer="a8")
    assert [type(item) for item in program.instructions] == [made.Logistic16, made.Requantize]


def test_the_16_bit_grid_of_a_softmax_serves_any_reader():
    net = network(
        [
            ("soft", ops.Softmax(0), ("x0",), ("s",)),
            ("dense", dense(floats(3, 5), floats(3)), ("s",), ("d",)),
            ("sigmoid", ops.Sigmoid(), ("s",), ("g",)),
            ("sum", ops.Add(), ("s", "g"), ("a",)),
            ("product", ops.Mul(), ("s", "g"), ("p",)),
        ],
        [(5,)],
        outputs=("d", "g", "a", "p"),
    )
    program = net.lower("w8a16", in0="a8")
    assert program.tensors["s"].zero_point == -32768
    assert min(net.sqnr(program)) > 35


def test_an_unknown_operator_is_refused_by_name():
    op = ops.Opaque("Strange", "", "nobody knows it", ((2,),))
    net = one_layer(ops.Clip(ops.Clamp(0.0)), (2,))
    ports = {"inputs": net.graph.inputs, "outputs": net.graph.outputs}
    node = Node("odd one", op, ("x0",), ("y",))
    net.graph = build_graph(name="g", nodes=[node], constants={}, **ports)
    with pytest.raises(UnsupportedError, match=r"odd one .*Strange.*nobody knows it"):
        net.lower()


def test_layers_that_nothing_changed_for_keep_their_instructions():
    net = network(
        [
            ("first", dense(floats(4, 3), floats(4)), ("x0",), ("h",)),
            ("second", dense(floats(4, 4), floats(4)), ("h",), ("i",)),
            ("third", dense(floats(2, 4), floats(2)), ("i",), ("y",)),
        ],
        [(3,)],
    )
    cache = LoweringCache()
    before = net.lower(cache=cache).instructions
    after = net.lower(second="w4a8", cache=cache).instructions
    assert after[0] is before[0]
    assert after[1] is not before[1]
    assert after[2] is before[2]
    narrow = net.lower(second="w8a4", cache=cache).instructions
    assert narrow[0] is before[0]
    assert narrow[2] is not before[2]
    assert net.lower(cache=cache).instructions == before


def test_a_network_of_more_layers_than_the_cache_is_used_to_keeps_them_all(monkeypatch):
    monkeypatch.setattr(cache_module, "_KEPT", 2)
    count = 9
    names = [*(f"t{place}" for place in range(count - 1)), "y"]
    layers = zip(names, ["x0", *names], names, strict=False)
    net = network(
        [
            (name, dense(floats(3, 3), floats(3)), (before,), (after,))
            for name, before, after in layers
        ],
        [(3,)],
    )
    cache = LoweringCache()
    before = net.lower(cache=cache).instructions
    assert len(before) == count
    net.lower("w4a8", cache=cache)
    assert net.lower(cache=cache).instructions == before


def test_a_constant_that_changes_is_quantized_again():
    net = one_layer(ops.Mul(), (3,), constants={"c": np.array([1.0, 2.0, 3.0], np.float32)})
    cache = LoweringCache()
    before = net.lower(cache=cache).constants["y#1"]
    constants = {"c": np.array([3.0, 2.0, 1.0], np.float32)}
    net.graph = rebuild(net.graph, constants=constants)
    after = net.lower(cache=cache).constants["y#1"]
    assert after.tolist() == before.tolist()[::-1]


def test_a_range_or_percentile_that_changes_counts():
    net = one_layer(ops.Clip(ops.Clamp(-1.0, 1.0)), (50,))
    cache, method = LoweringCache(), RangeMethod.PERCENTILE
    scales = {
        net.lower(method=method, cache=cache, **options).tensors["y"].scale
        for options in ({}, {"percentile": 80.0}, {"ranges": {"y": (-3.0, 3.0)}})
    }
    assert len(scales) == 3
