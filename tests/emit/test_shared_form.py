"""Layers whose accumulators are shifted left give their form to all others."""

import numpy as np
import pytest

from tests.c.merged import info
from tests.c.small import small_program, with_instruction
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.used import kernels_used

WEIGHTED = (0, 1, 3)


def kernels(program):
    """Kernels of the layers with weights, which the header calls too."""
    used = [kernel.instance for item in kernels_used(program) for kernel in item.kernels]
    found = {name.removesuffix("*") for name in used if "_w8" in name}
    header = c_header(program, info=info())
    assert all(f"    net_{name}(\n" in header for name in found)
    return found


@pytest.mark.parametrize("shifted", [None, *WEIGHTED])
def test_all_kernels_with_weights_have_one_form(shifted):
    program = small_program()
    if shifted is not None:
        shift = program.instructions[shifted].shift.copy()
        shift[0] = 1
        program = with_instruction(program, shifted, shift=shift)
    found = kernels(program)
    assert len(found) == len(WEIGHTED)
    assert {name.endswith("_left") for name in found} == {shifted is not None}


def test_shifts_that_no_layer_shares_are_one_layers_own():
    program = small_program()
    far = np.full_like(program.instructions[0].shift, -30)
    found = kernels(with_instruction(program, 0, shift=far))
    assert {name.rpartition("_")[2] for name in found} == {"any", "w8"}
