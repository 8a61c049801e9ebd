"""Channels whose weights are all zero give their bias, however large the input."""

import numpy as np
import pytest

from tests.lower.networks import network
from tinyml_studio.ir import ops


@pytest.mark.parametrize("bits", ["w8a8", "w8a16", "w4a16", "w2a4"])
@pytest.mark.parametrize("bias", [[0.0, 0.0], [0.75, -0.25], [1e-3, 0.0]])
def test_a_layer_of_zeros_gives_its_bias(bits, bias):
    dense = ops.Dense(np.zeros((2, 3), np.float32), np.array(bias, np.float32), ops.NO_CLAMP)
    net = network([("y", dense, ("x0",), ("y",))], [(3,)], scale=1e6)
    (item,) = net.lower(bits).instructions
    assert not item.weights.any()
    program = net.lower(bits)
    scale, step = program.tensors["x0"].scale, program.tensors["y"].scale
    assert (item.multiplier / 2.0**31 * 2.0 ** item.shift.astype(float)).max() < 1.001
    made = item.bias * (item.multiplier / 2.0**31) * 2.0 ** item.shift.astype(float) * step
    assert scale > step
    np.testing.assert_allclose(made, bias, atol=0.51 * step)
