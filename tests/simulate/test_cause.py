"""The likely cause of a difference, from values that were spoilt in a known way."""

from dataclasses import replace

import numpy as np
import pytest

from tests.lower import networks
from tests.lower.networks import conv, on_grid, one_layer
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir.ops import Clamp
from tinyml_studio.simulate.cause import Divergence, likely_cause
from tinyml_studio.simulate.run import run


def layer(clamp=None, out=4):
    networks.RNG = np.random.default_rng(2)  # the same weights whatever ran before
    net = one_layer(conv(out, (3, 3), 3, **({"clamp": clamp} if clamp else {})), (9, 8, 3))
    program = net.lower(ranges={})
    grid = program.tensors[program.inputs[0]]
    draw = np.random.default_rng(5)
    wild = draw.normal(size=(6, 9, 8, 3)) * 1.3
    return program, run(program, (on_grid(wild, grid),))


def cause(program, trace, spoil):
    (name,) = program.outputs
    tensor = program.tensors[name]
    ours = trace.values[name].astype(np.int64)
    return likely_cause(
        Divergence(
            program, "layer", tensor, ours, spoil(ours, tensor).astype(np.int64), trace.values
        )
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x, _: x + 128, "zero point: its values are 128 higher, as unsigned integers are"),
        (lambda x, _: (x + 256) % 256 - 128, "zero point: its values are 128 higher, unsigned"),
        (
            lambda x, t: np.clip(np.rint((x - t.zero_point) * 0.5 + t.zero_point + 40), -128, 127),
            "scale and zero point: its values are 0.",
        ),
        (lambda x, _: np.where(x == x.max(), 1 << 40, x), "no numbers: "),
        (lambda x, _: x - 3, "zero point: its values are 3 lower"),
        (lambda x, _: np.clip(x - 3, -128, 127), "zero point: its values are 3 lower"),
        (
            lambda x, _: x.transpose(0, 3, 1, 2).reshape(x.shape),
            "layout: its axes have the order (2, 0, 1) (channels first)",
        ),
        (
            lambda x, _: x.transpose(0, 2, 1, 3).reshape(x.shape),
            "layout: its axes have the order (1, 0, 2), ours",
        ),
        (
            lambda x, t: np.rint((x - t.zero_point) * 0.5).astype(np.int64) + t.zero_point,
            "scale: its values are 0.",
        ),
        (lambda x, _: np.random.default_rng(1).permutation(x.ravel()).reshape(x.shape), "nothing"),
        (
            lambda x, _: x + (np.random.default_rng(1).random(x.shape) < 0.1),
            "rounding mode: ",
        ),
    ],
)
def test_causes(spoil, words):
    program, trace = layer()
    assert cause(program, trace, spoil).startswith(words)


@pytest.mark.parametrize(
    ("rounding", "engines"), [(Rounding.HALF_UP, "tflm-single"), (Rounding.FLOOR, "pow2-floor")]
)
def test_a_rounding_is_named_when_it_gives_the_values(rounding, engines):
    program, trace = layer()
    (item,) = program.instructions
    other = replace(program, instructions=(replace(item, rounding=rounding),))
    given = [trace.values[name] for name in program.inputs]
    theirs = run(other, given).values[program.outputs[0]].astype(np.int64)
    assert (theirs != trace.values[program.outputs[0]]).any()
    found = cause(program, trace, lambda x, _: theirs.reshape(x.shape))
    assert found.startswith(f"rounding mode: with {rounding.value} rounding (")
    assert engines in found


def test_another_engine_is_named_when_it_gives_the_values():
    elsewhere, theirs = layer()
    program = replace(elsewhere, instructions=(float32(elsewhere.instructions[0]),))
    trace = run(program, [theirs.values[name] for name in program.inputs])
    (name,) = program.outputs
    ours = trace.values[name].astype(np.int64)
    assert (theirs.values[name] != ours).any()
    found = Divergence(
        program,
        "layer",
        program.tensors[name],
        ours,
        theirs.values[name].astype(np.int64),
        trace.values,
        others={"refusing": lambda: None, "same": lambda: program, "other": lambda: elsewhere},
    )
    words = likely_cause(found)
    assert words == "rounding mode: with the arithmetic other it gives these values"


def float32(item):
    return replace(item, multiplier=item.multiplier & -128, rounding=Rounding.FLOAT32)


def test_saturation_that_wraps_around():
    program, trace = layer()

    def wrapped(x, _):
        return np.where(x == 127, -128 + 5, x)

    name = program.outputs[0]
    assert (trace.values[name] == 127).any()
    assert "wraps around" in cause(program, trace, wrapped)


def test_a_clamp_that_is_missing():
    program, trace = layer(clamp=Clamp(low=-0.5, high=0.5))
    low, high = program.instructions[0].low, program.instructions[0].high
    narrowed = replace(program.tensors[program.outputs[0]])
    assert narrowed.type.min <= low < high <= narrowed.type.max

    def unclamped(x, _):
        return np.where(x == low, low - 7, x)

    assert "a clamp such as Relu may be missing" in cause(program, trace, unclamped)
