"""The self-test in the header finds the layer that computes something else."""

import re

import pytest

from tests.c.compilers import WARNINGS, implementation, run_main
from tests.c.merged import header_of
from tests.c.small import small_program, small_values
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.program.program import Program

MAIN = """#define NET_SELF_TEST
#include "net.h"
#include <stdio.h>
static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;
int main(void) { printf("%d\\n", net_self_test(arena)); return 0; }
"""


def status(folder, header: str) -> int:
    source = implementation(folder, header, "net", "SELF_TEST")
    (folder / "main.c").write_text(MAIN)
    return int(run_main(folder, [source, "main.c"], "-std=c99", *WARNINGS))


@pytest.fixture(scope="module")
def program() -> Program:
    return small_program()


@pytest.fixture(scope="module")
def values(program) -> dict[str, IntArray]:
    return small_values(program)


def test_nothing_differs(program, values, tmp_path):
    assert status(tmp_path, header_of(program, values, "net", samples=3)) == 0


@pytest.mark.parametrize("layer", [0, 1, 3])
def test_a_corrupt_weight_is_found_in_its_layer(layer, program, values, tmp_path):
    header = header_of(program, values, "net")
    found = re.search(rf"net_00{layer}_\w+_weights\[\d+\](?: NET_\w+)* = \{{\s+(-?\d+)", header)
    corrupt = header[: found.start(1)] + str(-int(found[1])) + header[found.end(1) :]
    assert status(tmp_path, corrupt) == layer + 1


def test_every_sample_runs(program, values, tmp_path):
    wrong = values["y"].copy()
    wrong[2] ^= 1
    for samples, layer in ((2, 0), (3, 5)):
        header = header_of(program, values | {"y": wrong}, "net", samples=samples)
        assert status(tmp_path, header) == layer


def test_outputs_are_compared_besides_the_checksums(program, values, tmp_path):
    header = header_of(program, values, "net", samples=1)
    found = re.search(r"net_test_output\[3\] = \{\s+(-?\d+)", header)
    corrupt = header[: found.start(1)] + str(int(found[1]) ^ 1) + header[found.end(1) :]
    assert status(tmp_path, corrupt) == 5
