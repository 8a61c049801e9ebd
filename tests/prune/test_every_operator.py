"""Behind a layer with constant channels every operator keeps its outputs, removed or not."""

import numpy as np
import pytest

from tests.lower.networks import floats, network
from tests.lower.test_every_operator import CASES
from tests.prune.planted import outputs, samples
from tinyml_studio.ir.ops import ChannelAffine, Split
from tinyml_studio.prune.prune import prune


def planted(case, bias):
    """The operator behind a scale per channel, of which every second one is 0."""
    op, shapes, constants = CASES[case]
    channels = shapes[0][-1]
    scale = floats(channels)
    scale[::2] = 0
    shift = np.where(scale == 0, np.float32(bias), floats(channels)).astype(np.float32)
    names = [f"x{i}" for i in range(len(shapes))]
    results = tuple(f"y{i}" for i in range(len(op.sizes))) if isinstance(op, Split) else ("y",)
    nodes = [
        ("first", ChannelAffine(scale, shift), ("x0",), ("t",)),
        ("layer", op, ("t", *names[1:], *(constants or {})), results),
    ]
    return network(nodes, shapes, constants=constants, outputs=results)


@pytest.mark.parametrize("bias", [0.0, 0.7])
@pytest.mark.parametrize("case", CASES)
def test_outputs_stay(case, bias):
    program = planted(case, bias).lower()
    given = samples(program, count=4)
    pruned = prune(program)
    pairs = zip(outputs(program, given), outputs(pruned.program, given), strict=True)
    for whole, slim in pairs:
        np.testing.assert_array_equal(whole, slim)


@pytest.mark.parametrize("case", ["lstm", "gru"])
def test_the_memory_of_recurrent_layers_stays(case):
    names = [name for name in CASES if name.startswith(case)]
    for name in names:
        program = planted(name, 0.0).lower()
        slim = prune(program).program
        for item in program.instructions:
            for tensor in (*item.states, *item.memory):
                assert slim.tensors[tensor] == program.tensors[tensor]
    assert names
