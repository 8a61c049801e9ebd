"""Differences of two programs, counted over batches."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from tests.simulate.small_network import graph, program
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions import DepthwiseConv2D, Softmax
from tinyml_studio.simulate.difference import Comparison
from tinyml_studio.simulate.run import run

NETWORK = graph()
FIRST = program(NETWORK)
RNG = np.random.default_rng(4)
BATCHES = [RNG.integers(-128, 128, (count, 6, 5, 2)).astype(np.int8) for count in (3, 5)]


def compared(second, *, change=None):
    comparison = Comparison(FIRST, second, {FIRST.inputs[0]: "in"})
    for batch in BATCHES:
        values = dict(run(second, (batch,)).values)
        if change:
            change(values)
        comparison.add(run(FIRST, (batch,)).values, values)
    return comparison.result()


def with_changed(kind, **changes):
    items = tuple(
        replace(item, **changes) if isinstance(item, kind) else item for item in FIRST.instructions
    )
    return replace(FIRST, instructions=items)


def test_the_same_program_is_equal():
    found = compared(FIRST)
    assert found.is_equal
    assert found.samples == 8
    assert [layer.name for layer in found.layers] == ["in", *FIRST.by_layer]
    assert found.layers[0].elements == 8 * 60


def test_elements_are_counted_over_all_batches():
    output = FIRST.instructions[0].output

    def change(values):
        values[output] = values[output].copy()
        values[output].flat[0] ^= 5

    found = compared(FIRST, change=change)
    first = found.layers[1]
    assert found.first_difference == first.name
    assert first.differing == 2
    assert first.max_difference in (3, 5)
    assert "only one has" in found.cause


@pytest.mark.parametrize(
    ("kind", "changes", "cause"),
    [
        (DepthwiseConv2D, {"rounding": Rounding.FLOOR}, "its rounding: double and floor"),
        (DepthwiseConv2D, {"low": 3}, "its limits"),
        (DepthwiseConv2D, {"bias": np.full(4, 900)}, "its biases"),
    ],
)
def test_the_cause_is_the_field_that_differs(kind, changes, cause):
    found = compared(with_changed(kind, **changes))
    layer = next(item.layer for item in FIRST.instructions if isinstance(item, kind))
    assert (found.first_difference, found.cause) == (layer, cause)
    assert not found.is_equal


def test_other_grids_are_compared_in_steps_of_the_first():
    name = FIRST.outputs[0]
    tensor = replace(FIRST.tensors[name], zero_point=FIRST.tensors[name].zero_point + 2)
    second = replace(FIRST, tensors=MappingProxyType({**FIRST.tensors, name: tensor}))
    comparison = Comparison(FIRST, second, {})
    values = run(FIRST, (BATCHES[0],)).values
    comparison.add(values, values)
    found = comparison.result()
    last = found.layers[-1]
    assert last.differing == last.elements
    assert last.max_difference == pytest.approx(2.0)
    assert "its zero point" in found.cause


def test_layers_of_another_name_are_compared_with_their_counterparts():
    items = tuple(replace(item, layer=f"their {item.layer}") for item in FIRST.instructions)
    names = {layer: f"their {layer}" for layer in FIRST.by_layer}
    second = replace(FIRST, instructions=items)
    comparison = Comparison(FIRST, second, {FIRST.inputs[0]: "in"}, names=names)
    values = run(FIRST, (BATCHES[0],)).values
    comparison.add(values, values)
    found = comparison.result()
    assert found.is_equal
    assert [layer.other for layer in found.layers] == ["", *names.values()]


def test_a_layer_that_only_one_has_is_unmatched():
    items = tuple(
        replace(item, layer="renamed") if isinstance(item, Softmax) else item
        for item in FIRST.instructions
    )
    found = compared(replace(FIRST, instructions=items))
    old = next(item.layer for item in FIRST.instructions if isinstance(item, Softmax))
    assert set(found.unmatched) == {old, "renamed"}
    assert not found.is_equal
    assert not found.first_difference
