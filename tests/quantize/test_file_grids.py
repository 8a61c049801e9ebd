"""Grids that a file states: taken as they are, or over the same range at another width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.formats.tflite.cases import CASES
from tests.formats.tflite.lowered import read
from tests.formats.tflite.networks import image_network
from tinyml_studio.arith.profile import ONNX, TFLM
from tinyml_studio.errors import SchemeError
from tinyml_studio.ir.found import FoundGrid, FoundQuantization, FoundWeights
from tinyml_studio.quantize.file_grids import (
    file_activation,
    file_arithmetic,
    file_constant,
    file_scheme,
    file_weights,
    states_inputs,
)
from tinyml_studio.quantize.legality import check_scheme
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod, Scheme

FILE = LayerScheme(range_method=RangeMethod.FILE)
FOUND = FoundQuantization(
    {"x": FoundGrid(8, 0.5, -28)}, {"layer": FoundWeights(8, np.array([0.5, 0.25]))}
)


def test_the_very_grid_at_the_same_width():
    found = file_activation(FOUND, "x", FILE)
    assert (float(found.scale[0]), found.zero_point, found.type.bits) == (0.5, -28, 8)


@pytest.mark.parametrize("bits", [4, 16])
def test_the_same_range_at_another_width(bits):
    found = file_activation(FOUND, "x", replace(FILE, activation_bits=bits))
    reached = found.dequantize(np.array([found.low, found.high]))
    assert reached[1] == pytest.approx(0.5 * (127 + 28), abs=float(found.scale[0]))
    assert reached[0] <= -50 + float(found.scale[0])


@pytest.mark.parametrize(
    "choice",
    [LayerScheme(), replace(FILE, weight_bits=4), replace(FILE, granularity=Granularity.TENSOR)],
    ids=["another method", "other bits", "one scale"],
)
def test_changed_weights_are_not_those_of_the_file(choice):
    assert file_weights(FOUND, "layer", FILE) is FOUND.weights["layer"]
    assert file_weights(FOUND, "layer", choice) is None


def test_another_method_does_not_take_the_file():
    assert file_activation(FOUND, "x", LayerScheme()) is None
    assert file_activation(FOUND, "y", FILE) is None
    assert file_activation(None, "x", FILE) is None


@pytest.mark.parametrize(
    ("bits", "grid"), [(4, None), (8, (0.5, -28)), (16, (0.5, 0))], ids=["4", "8", "16"]
)
def test_a_constant_keeps_its_very_integers_in_a_wider_type(bits, grid):
    found = file_constant(FOUND, "x", replace(FILE, activation_bits=bits))
    assert (None if found is None else (float(found.scale[0]), found.zero_point)) == grid


def test_the_scheme_of_a_file(tmp_path):
    graph = read(image_network().encode(), tmp_path)
    scheme = file_scheme(graph)
    assert scheme.default.bits == "w8a8"
    assert scheme.default.range_method is RangeMethod.FILE
    assert scheme.of("conv_2d").granularity is Granularity.CHANNEL
    assert scheme.of("conv_2d_2").granularity is Granularity.TENSOR
    assert states_inputs(graph)


@pytest.mark.parametrize(
    ("case", "bits"), [("conv int16", "w8a16"), ("conv int4", "w4a8"), ("conv uint8", "w8a8")]
)
def test_the_widths_of_a_file(case, bits, tmp_path):
    assert file_scheme(read(CASES[case]().encode(), tmp_path)).default.bits == bits


def test_layers_that_came_as_floats_get_scales_per_channel(tmp_path):
    graph = read(image_network().encode(), tmp_path)
    weights = {"conv_2d_2": graph.found.weights["conv_2d_2"]}
    hybrid = replace(graph, found=FoundQuantization({}, weights))
    scheme = file_scheme(hybrid)
    assert scheme.of("conv_2d_2").granularity is Granularity.TENSOR
    assert scheme.of("conv_2d").granularity is Granularity.CHANNEL
    assert not states_inputs(hybrid)


def test_a_float_model_states_no_ranges(tmp_path):
    graph = replace(read(image_network().encode(), tmp_path), found=None)
    with pytest.raises(SchemeError, match="states no ranges"):
        check_scheme(graph, Scheme(default=FILE))


def test_a_file_says_which_arithmetic_it_was_made_for(tmp_path):
    graph = read(CASES["conv same"]().encode(), tmp_path)
    assert file_arithmetic(graph) is TFLM
    assert file_arithmetic(replace(graph, found=replace(FOUND, arithmetic="onnx"))) is ONNX
    assert file_arithmetic(replace(graph, found=None)) is TFLM
