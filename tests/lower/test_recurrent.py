"""Rules of LSTM, GRU and SVDF: grids, widths, refusals."""

import numpy as np
import pytest

from tests.formats.recurrent_floats import lstm as lstm_in_floats
from tests.lower.networks import floats, one_layer
from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.internal import internal_values
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.ir.measure import macs, parameters
from tinyml_studio.lower.cache import LoweringCache
from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.legality import activation_bits, check_scheme, settable_bits, with_bits
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

STEPS, SIZE, UNITS = 9, 4, 5
SEQUENCE = (STEPS, SIZE)


def lstm(*, scale=1.0, clip=0.0, bias=1.0):
    return ops.Lstm(
        floats(4, UNITS, SIZE, scale=scale),
        floats(4, UNITS, UNITS, scale=scale),
        floats(4, UNITS, scale=bias),
        cell_clip=clip,
    )


def gru(*, after=True):
    return ops.Gru(
        floats(3, UNITS, SIZE), floats(3, UNITS, UNITS), floats(3, UNITS), floats(3, UNITS), after
    )


def item_of(net, *args, **kwargs):
    return net.lower(*args, **kwargs).instructions[-1]


@pytest.mark.parametrize("clip", [0.0, 0.5])
def test_the_cell_is_measured_as_it_runs(clip):
    net = one_layer(lstm(), *[SEQUENCE])
    op = net.graph.nodes[0].op
    values = FloatRunner(net.graph).run(net.batch)
    (found,) = internal_values(net.graph, values)
    wanted = np.stack([lstm_in_floats(op, row)[1] for row in net.batch[0]])
    assert found[0] == "y#cell"
    np.testing.assert_allclose(found[1], wanted, rtol=1e-3, atol=1e-4)
    limited = one_layer(lstm(clip=clip), SEQUENCE).stats["y#cell"]
    if clip:
        assert max(-limited.min, limited.max) == pytest.approx(clip)


@pytest.mark.parametrize(("bias", "exponent"), [(0.1, -15), (4.0, None)])
def test_the_cell_has_the_least_power_of_two_that_covers_it(bias, exponent):
    net = one_layer(lstm(scale=0.3 if exponent else 2.0, bias=bias), SEQUENCE)
    program = net.lower()
    cell = program.tensors[program.instructions[-1].cell]
    reach = max(-net.stats["y#cell"].min, net.stats["y#cell"].max)
    assert np.log2(cell.scale) == int(np.log2(cell.scale))
    assert reach <= 32768 * cell.scale
    assert cell.scale == 2.0**exponent if exponent else reach > 16384 * cell.scale


def test_without_samples_the_layer_is_named():
    net = one_layer(lstm(), SEQUENCE)
    stats = {name: held for name, held in net.stats.items() if name != "y#cell"}
    with pytest.raises(SchemeError, match="layer") as error:
        lower(net.graph, stats, Scheme())
    assert "cell" in error.value.detail


@pytest.mark.parametrize("op", [lstm(), gru()])
@pytest.mark.parametrize("bits", range(1, 9))
def test_weights_of_every_width(op, bits):
    net = one_layer(op, SEQUENCE)
    item = item_of(net, f"w{bits}a8")
    assert item.weight_type.bits == bits
    for weights in (item.input_weights, item.hidden_weights):
        assert item.weight_type.min <= weights.min() <= weights.max() <= item.weight_type.max
    assert net.sqnr(net.lower(f"w{bits}a8"))[0] > (-3.0 if bits < 3 else 4.0 * bits - 8)


@pytest.mark.parametrize("op", [lstm(), gru()])
@pytest.mark.parametrize("asked", ["a4", "a8", "a16"])
def test_activations_have_8_bits_whatever_others_have(op, asked):
    program = one_layer(op, SEQUENCE).lower(f"w8{asked}")
    item = program.instructions[-1]
    assert program.tensors[item.inputs[0]].type == INT8
    assert program.tensors["y"].type == INT8


@pytest.mark.parametrize("op", [lstm(), gru()])
def test_a_width_of_activations_is_refused_by_name(op):
    graph = one_layer(op, SEQUENCE).graph
    with pytest.raises(SchemeError, match="'layer' takes no activation bits") as error:
        with_bits(graph, Scheme(), "layer", "a4")
    assert "8 bits" in error.value.detail
    assert with_bits(graph, Scheme(), "*", "w4a16").of("layer").bits == "w4a8"
    assert settable_bits(graph, graph.nodes[0]).weights
    asked = Scheme(default=LayerScheme().with_bits("w8a16"))
    assert activation_bits(graph, asked, graph.nodes[0]) == 8


def test_a_range_of_the_output_can_be_set():
    net = one_layer(gru(), SEQUENCE)
    check_scheme(net.graph, Scheme(ranges={"y": (-1.0, 1.0)}))
    output = net.lower(ranges={"y": (-0.5, 0.5)}).tensors["y"]
    assert output.scale == pytest.approx(1 / 255)
    with pytest.raises(SchemeError, match="layer"):
        net.lower(ranges={"y": (-1e-6, 1e-6)})


@pytest.mark.parametrize("op", [lstm(), gru()])
@pytest.mark.parametrize("name", ARITHMETICS)
def test_every_arithmetic_runs_or_refuses_by_name(op, name):
    net, arithmetic = one_layer(op, SEQUENCE), ARITHMETICS[name]
    if name == "onnx":
        with pytest.raises(SchemeError, match="layer"):
            net.lower(arithmetic=arithmetic)
        return
    program = net.lower(arithmetic=arithmetic)
    assert program.instructions[-1].rounding is arithmetic.rounding
    assert net.sqnr(program)[0] > (15 if "floor" in name else 25)


def test_a_large_bias_beside_small_weights_keeps_its_value():
    net = one_layer(lstm(scale=1e-9, bias=2.0), SEQUENCE)
    assert net.sqnr(net.lower())[0] > 25


def test_parameters_and_multiply_accumulates():
    graph = one_layer(lstm(), SEQUENCE).graph
    assert parameters(graph.nodes[0]) == 4 * UNITS * (SIZE + UNITS + 1)
    assert macs(graph, graph.nodes[0]) == STEPS * 4 * UNITS * (SIZE + UNITS)


def test_another_range_of_the_cell_lowers_the_layer_again():
    net, cache = one_layer(lstm(), SEQUENCE), LoweringCache()
    wide = dict(net.stats) | {"y#cell": one_layer(lstm(scale=40.0), SEQUENCE).stats["y#cell"]}
    made = [
        lower(net.graph, stats, Scheme(), cache=cache).instructions[-1]
        for stats in (net.stats, net.stats, wide)
    ]
    assert made[0] is made[1]
    assert made[0].update != made[2].update
