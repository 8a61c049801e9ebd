"""Programs of quantized files: the file's integers, and only what was asked for changes."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from tests.formats.tflite.lowered import lowered, read
from tests.formats.tflite.networks import image_network
from tinyml_studio.errors import SchemeError
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_scheme
from tinyml_studio.quantize.legality import with_bits
from tinyml_studio.quantize.scheme import RangeMethod


@pytest.fixture
def graph(tmp_path):
    return prepare(read(image_network().encode(), tmp_path))


def same(first, second) -> bool:
    """Whether two instructions hold the same numbers."""
    return all(
        np.array_equal(getattr(first, held.name), getattr(second, held.name))
        for held in fields(first)
    )


def changed_layers(graph, pattern, bits):
    scheme = file_scheme(graph)
    before = lower(graph, {}, scheme)
    after = lower(graph, {}, with_bits(graph, scheme, pattern, bits))
    return [
        one.layer
        for one, other in zip(before.instructions, after.instructions, strict=True)
        if not same(one, other)
    ]


def test_weights_and_bias_are_those_of_the_file(graph):
    program = lower(graph, {}, file_scheme(graph))
    for instruction in program.instructions:
        held = graph.found.weights.get(instruction.layer)
        if held is None:
            continue
        weight = graph.by_name[instruction.layer].op.weight
        scale = held.scale.reshape(-1, *(1,) * (weight.ndim - 1))
        np.testing.assert_allclose(instruction.weights * scale, weight, rtol=1e-6)
        np.testing.assert_array_equal(instruction.bias, held.bias)


def test_fewer_weight_bits_touch_that_layer_only(graph):
    assert changed_layers(graph, "conv_2d_2", "w4") == ["conv_2d_2"]


def test_another_activation_touches_the_layer_and_its_reader(graph):
    assert changed_layers(graph, "conv_2d", "a16") == ["conv_2d", "conv_2d_2"]


def test_the_reader_keeps_its_weights(graph):
    scheme = file_scheme(graph)
    after = lower(graph, {}, with_bits(graph, scheme, "conv_2d", "a16"))
    before = lower(graph, {}, scheme)
    one, other = before.by_layer["conv_2d_2"][0], after.by_layer["conv_2d_2"][0]
    np.testing.assert_array_equal(one.weights, other.weights)
    assert not np.array_equal(one.bias, other.bias)


def test_a_range_that_was_not_measured_is_refused(graph):
    scheme = file_scheme(graph)
    choice = replace(scheme.of("conv_2d"), range_method=RangeMethod.MSE)
    with pytest.raises(SchemeError, match="there are no calibration samples"):
        lower(graph, {}, scheme.with_layer("conv_2d", choice))


def test_a_range_by_hand_needs_no_samples(graph):
    scheme = file_scheme(graph).with_range(graph.by_name["conv_2d"].outputs[0], (0.0, 2.55))
    program = lower(graph, {}, scheme)
    tensor = program.tensors[graph.by_name["conv_2d"].outputs[0]]
    assert (tensor.scale, tensor.zero_point) == (pytest.approx(0.01), -128)


def test_one_weight_scale_rounds_the_product_in_float32(tmp_path):
    graph, program = lowered(image_network().encode(), tmp_path)
    item = program.by_layer["fully_connected"][0]
    scale = float(np.float32(0.08) * np.float32(0.011)) / float(np.float32(0.15))
    found = item.multiplier[0] * 2.0 ** (int(item.shift[0]) - 31)
    assert found == pytest.approx(scale, rel=2**-31)
    assert graph.found is not None
