"""Every operator at every mix of widths in the arithmetic of ONNX Runtime."""

from dataclasses import replace

import numpy as np
import pytest

from tests.lower.networks import floats, on_grid, one_layer
from tests.lower.test_every_operator import CASES, ENOUGH, ENOUGH_FROM_16_TO_16, UNLIKE_ONNX
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid, FoundQuantization
from tinyml_studio.lower.lower import lower
from tinyml_studio.program.instructions import AddFloat32, Conv2D, Lookup, Mean, RequantizeFloat32
from tinyml_studio.quantize.file_grids import file_scheme

COMPUTED = [case for case in CASES if not isinstance(CASES[case][0], UNLIKE_ONNX)]


def lowered(case, bits="w8a8"):
    op, shapes, constants = CASES[case]
    return one_layer(op, *shapes, constants=constants).lower(bits, arithmetic=ONNX)


@pytest.mark.parametrize("a_out", [4, 8, 16])
@pytest.mark.parametrize("a_in", [4, 8, 16])
@pytest.mark.parametrize("case", COMPUTED)
def test_integers_follow_the_float_layer(case, a_in, a_out):
    op, shapes, constants = CASES[case]
    net = one_layer(op, *shapes, constants=constants)
    inputs = {f"in{i}": f"a{a_in}" for i in range(len(shapes))}
    program = net.lower(**inputs, layer=f"a{a_out}", arithmetic=ONNX)
    widths = {program.tensors[name].type.bits for name in (*program.inputs, *program.outputs)}
    limit = ENOUGH_FROM_16_TO_16 if widths == {16} else ENOUGH[min(widths)]
    for decibels in net.sqnr(program):
        assert decibels > limit


@pytest.mark.parametrize("case", [case for case in CASES if case not in COMPUTED])
def test_recurrent_layers_are_refused_by_name(case):
    with pytest.raises(SchemeError, match=r"layer.*onnx"):
        lowered(case)


@pytest.mark.parametrize("bits", ["w8a8", "w4a16"])
def test_multipliers_are_float32_products_and_quotients(bits):
    program = lowered("conv", bits)
    (item,) = program.instructions
    assert isinstance(item, Conv2D)
    assert (item.multiplier % 128 == 0).all()
    x, y = (np.float32(program.tensors[name].scale) for name in ("x0", "y"))
    weight = CASES["conv"][0].weight
    scales = np.abs(weight).reshape(len(weight), -1).max(axis=1) / (127 if bits == "w8a8" else 7)
    factors = item.multiplier.astype(np.float64) * np.exp2(item.shift - 31.0)
    np.testing.assert_array_equal(factors, (x * scales.astype(np.float32)) / y)


def test_a_mean_divides_its_factor_as_onnx_runtime():
    program = lowered("mean")
    (item,) = program.instructions
    assert isinstance(item, Mean)
    x, y = (np.float32(program.tensors[name].scale) for name in ("x0", "y"))
    mantissa, exponent = np.frexp(x / (y * np.float32(30)))
    assert item.multiplier == Multiplier(int(mantissa * 2**31), int(exponent))
    assert item.divisor == 1


def test_limits_of_an_activation_are_rounded_to_even():
    net = one_layer(ops.Clip(ops.Clamp(-0.25, 1.25)), (4,))
    found = FoundQuantization(
        {"x0": FoundGrid(8, 0.5, 0), "y": FoundGrid(8, 0.5, 0)}, {}, arithmetic="onnx"
    )
    graph = replace(net.graph, found=found)
    (item,) = lower(graph, {}, file_scheme(graph), ONNX).instructions
    assert isinstance(item, Lookup)
    assert (item.table.min(), item.table.max()) == (0, 2)


@pytest.mark.parametrize("op", [ops.AveragePool((2, 2), (2, 2), ((0, 0),) * 2), ops.Softmax(2)])
def test_outputs_take_the_grid_of_the_file(op):
    net = one_layer(op, (4, 4, 2))
    grids = {"x0": FoundGrid(8, 0.1, 5), "y": FoundGrid(8, 0.03, -7)}
    graph = replace(net.graph, found=FoundQuantization(grids, {}, arithmetic="onnx"))
    program = lower(graph, {}, file_scheme(graph), ONNX)
    assert (program.tensors["y"].scale, program.tensors["y"].zero_point) == (0.03, -7) or (
        program.tensors["y"].scale == pytest.approx(0.03)
    )
    assert len(program.instructions) == 1


@pytest.mark.parametrize(("stored", "origin"), [("int8", 0), ("uint8", 128)])
def test_sums_of_unsigned_files_are_those_of_unsigned_integers(stored, origin):
    net = one_layer(ops.Add(), (4,), (4,))
    grids = {name: FoundGrid(8, 0.1, 3, stored) for name in ("x0", "x1", "y")}
    graph = replace(net.graph, found=FoundQuantization(grids, {}, arithmetic="onnx"))
    (item,) = lower(graph, {}, file_scheme(graph), ONNX).instructions
    assert isinstance(item, AddFloat32)
    assert item.origin == origin
    assert item.offset == -3.0 - origin


def test_16_bit_values_change_their_grid_by_a_quotient():
    program = lowered("requantize", "w8a16")
    (item,) = program.instructions
    assert isinstance(item, RequantizeFloat32)
    assert (item.scale, item.out_scale) == tuple(
        program.tensors[name].scale for name in ("x0", "y")
    )


def test_scales_that_float32_could_make_infinite_are_refused():
    net = one_layer(ops.Add(), (4,), (4,), scale=1e30)
    with pytest.raises(SchemeError, match="infinite in float32"):
        net.lower(arithmetic=ONNX)
    assert on_grid(floats(4), net.lower().tensors["x0"]).shape == (4,)
