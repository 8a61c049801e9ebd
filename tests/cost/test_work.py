"""The loops of kernels, counted by hand."""

import numpy as np
import pytest

from tests.bench.cost_layers import theme_program, themes
from tests.lower.networks import conv
from tests.prune.planted import SAME, chain, dense
from tinyml_studio.cost.quantities import QUANTITIES, vector
from tinyml_studio.cost.windows import Axis
from tinyml_studio.cost.work import counts, work
from tinyml_studio.emit.used import kernels_used
from tinyml_studio.ir import ops


def quantities(*layers, shape, dsp=True, helium=False):
    (used,) = kernels_used(chain(*layers, shape=shape).lower(), helium=helium)
    (kernel,) = used.kernels
    return kernel.instance, counts(kernel.call, dsp=dsp)


def test_taps_inside_and_windows_that_leave():
    axis = Axis(inside=5, outside=5, kernel=3, stride=1, pad=1, dilation=1)
    assert axis.taps.tolist() == [2, 3, 3, 3, 2]
    assert axis.whole.tolist() == [False, True, True, True, False]
    apart = Axis(inside=5, outside=3, kernel=3, stride=2, pad=2, dilation=2)
    assert [bound.tolist() for bound in apart.bounds()] == [[1, 0, 0], [3, 3, 2]]


def test_a_gathered_convolution():
    name, found = quantities(conv(6, (3, 3), 5, pads=SAME), shape=(7, 6, 5))
    assert name in ("conv2d_patch_w8", "conv2d_gathered_w8")
    # 42 pixels in 21 pairs, 6 channels in 3; 45 values make 12 blocks
    assert (found["pairs"], found["groups"], found["blocks"]) == (21, 63, 756)
    # the third and fourth pixel of the rows inside are the only pairs inside
    assert found["border pixels"] == 21 - 5
    assert found["gathered runs"] == 5 * 3
    # (7 * 3 - 2) * (6 * 3 - 2) taps lie inside, 9 under each of those ten windows
    assert found["border blocks"] == (304 - 10 * 9) * 5


def test_rows_of_pairs_and_columns_at_their_ends():
    # each step fills the memory: there is none to gather in
    layers = [conv(32, (3, 3), 32, pads=SAME) for _ in range(2)]
    used = kernels_used(chain(*layers, shape=(5, 6, 32)).lower())
    kernels = [held for item in used for held in item.kernels if held.instance != "lift"]
    assert [held.instance for held in kernels] == ["conv2d_rows_w8*"] * 2
    found = counts(kernels[0].call, dsp=True)
    # two pairs inside each of five rows; at both sides a column: the first and the last pixel
    # alone, of the three between a pair and one
    assert found["pairs"] == 5 * 2 + 2 * 4
    assert found["groups"] == 18 * 16
    assert found["outputs"] == 5 * 6 * 32


def test_a_depthwise_convolution_shares_rows_without_dsp():
    layer = conv(8, (3, 3), 8, groups=8, pads=SAME)
    name, alone = quantities(layer, shape=(6, 5, 8))
    assert name == "depthwise_blocks_w8"
    # columns of 6 pixels: first, four inside, last; two blocks of four channels
    assert (alone["columns"], alone["runs"], alone["groups"]) == (3, 5 * 3 * 2, 5 * 6 * 2)
    assert alone["gathered runs"] == 3 * (2 + 4 * 3 + 2) * 2
    assert alone["border runs"] == 2 * (2 + 4 * 3 + 2) * 2
    _, shared = quantities(layer, shape=(6, 5, 8), dsp=False)
    assert shared["pairs"] == 5 * 2 * 8
    assert shared["groups"] == 5 * 2 * 2


def test_a_fully_connected_layer():
    name, found = quantities(dense(100, 10), shape=(100,))
    assert name == "fully_connected_blocks_w8"
    assert (found["groups"], found["blocks"], found["rest"]) == (3, 75, 3)


def test_sums_and_functions():
    _, found = quantities(ops.Mean((0, 1)), shape=(6, 5, 8))
    assert (found["outputs"], found["blocks"]) == (8, 240)
    _, found = quantities(ops.Tanh(), shape=(6, 5, 8))
    assert found["outputs"] == 240


def test_an_unknown_quantity_is_refused():
    with pytest.raises(KeyError, match="no quantity is called nonsense"):
        vector({"nonsense": 1.0})


@pytest.mark.parametrize("number", range(0, len(themes()), 9))
def test_every_kernel_has_work(number):
    program = theme_program(themes()[number], number)
    for helium in (False, True):
        for used in kernels_used(program, helium=helium):
            for kernel in used.kernels:
                found = work(kernel.call, dsp=helium)
                assert found.shape == (len(QUANTITIES),)
                assert np.isfinite(found).all()
                assert found.min() >= 0
                assert found.max() > 0
