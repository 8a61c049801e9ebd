"""Outputs that reach into inputs: right at the stated distance, wrong one word nearer."""

from collections import Counter

import numpy as np
import pytest

from tests.c.emulated import differing
from tests.c.merged import Merged, joined
from tests.c.overlapped import WORD, call_of, header_at, stated, with_scratch
from tests.reference import case_blocks, case_float32, case_halves, case_helium, case_windows
from tests.reference.cases import Case, case_of
from tinyml_studio.emit.depthwise_order import KERNEL
from tinyml_studio.emit.orders import ORDERS
from tinyml_studio.kernels.registry import run_instruction

SAMPLES = 1
DRAWN = (
    *((case_blocks.conv2d, 20), (case_blocks.depthwise_conv2d, 14), (case_blocks.pointwise, 18)),
    (case_blocks.depthwise_same, 16),
    (case_blocks.conv2d_large, 12),
    *((case_windows.conv2d, 10), (case_windows.depthwise_conv2d, 8)),
    *((case_windows.max_pool2d, 4), (case_windows.average_pool2d, 4)),
    *((case_halves.conv2d, 22), (case_halves.depthwise_conv2d, 6)),
    *((case_helium.conv2d, 24), (case_helium.depthwise_conv2d, 5)),
    *((case_helium.max_pool2d, 4), (case_helium.average_pool2d, 4)),
    *((case_windows.fully_connected, 6), (case_blocks.fully_connected, 8)),
    *((case_helium.fully_connected, 6), (case_float32.average_pool, 5)),
)
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac")


def case(kind, seed: int) -> Case:
    rng = np.random.default_rng(seed)
    return case_of(kind(rng), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    return joined(
        (
            (f"{kind.__module__.rsplit('_')[-1]} {kind.__name__} {seed}", case(kind, seed))
            for kind, count in DRAWN
            for seed in range(count)
        ),
        run=run_instruction,
    )


def kernels(cases: Merged, *, helium: bool) -> dict[str, str]:
    """The kernels of the layers whose output can reach into their input, by layer."""
    program, scratch = cases.program, with_scratch(cases.program)
    distances = stated(program, helium=helium)
    return {
        item.layer: call_of(program, item, scratch, helium=helium).kernel
        for item in program.instructions
        if item.output in distances
    }


@pytest.mark.parametrize("core", CORES)
def test_the_integers_at_the_stated_distance_are_right(core, cases, tmp_path):
    distances = stated(cases.program, helium=core == "cortex-m55")
    header = header_at(cases, distances, samples=SAMPLES)
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)


def test_every_order_is_tried(cases):
    tried = Counter([*kernels(cases, helium=False).values(), *kernels(cases, helium=True).values()])
    assert {name for name, count in tried.items() if count >= 2} >= {*ORDERS, KERNEL}


def test_one_word_nearer_every_kernel_reads_what_it_has_overwritten(cases, tmp_path):
    broken, tried = set(), set()
    for core in ("cortex-m4", "cortex-m55"):
        helium = core == "cortex-m55"
        distances = stated(cases.program, helium=helium, farther=WORD)
        header = header_at(cases, distances, samples=SAMPLES)
        folder = tmp_path / core
        folder.mkdir()
        held = kernels(cases, helium=helium)
        wrong = differing(core, header, cases, folder, samples=SAMPLES)
        broken |= {held[layer] for layer in wrong}
        tried |= set(held.values())
    assert broken == tried
