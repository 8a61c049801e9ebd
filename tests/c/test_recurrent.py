"""LSTM, GRU and SVDF with weights of every width, on every kind of core."""

import re
from functools import partial

import numpy as np
import pytest

from tests.c.emulated import differing
from tests.c.merged import Merged, joined
from tests.reference import case_recurrent
from tests.reference.cases import Case, case_of

pytestmark = pytest.mark.usefixtures("quick_to_compile")

KINDS = {
    "lstm": (case_recurrent.lstm, 30),
    "gru": (case_recurrent.gru, 30),
    "svdf": (case_recurrent.svdf, 30),
    "whole lstm": (partial(case_recurrent.lstm, most=4, unit=8), 20),
    "whole gru": (partial(case_recurrent.gru, most=4, unit=8), 20),
    "long lstm": (partial(case_recurrent.lstm, most=60), 8),
    "long gru": (partial(case_recurrent.gru, most=60), 8),
    "long svdf": (partial(case_recurrent.svdf, most=300), 12),
}
SAMPLES = 1
CORES = ("host", "cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac")


def case(kind: str, seed: int) -> Case:
    rng = np.random.default_rng((seed, len(kind)))
    return case_of(KINDS[kind][0](rng), rng, samples=SAMPLES)


@pytest.fixture(scope="module")
def cases() -> Merged:
    return joined(
        (f"{kind} {seed}", case(kind, seed)) for kind in KINDS for seed in range(KINDS[kind][1])
    )


@pytest.fixture(scope="module")
def header(cases) -> str:
    return cases.header(samples=SAMPLES)


def test_every_width_occurs_with_and_without_a_rest(header):
    for kernel in ("lstm", "gru", "svdf"):
        found = set(re.findall(rf"^static void net_{kernel}_\w*?w(\d)\w*?(_rest)?\(", header, re.M))
        assert {bits for bits, _ in found} == set("12345678"), kernel
        assert {rest for _, rest in found} == {"", "_rest"}, kernel


@pytest.mark.parametrize("core", CORES)
def test_integers_are_those_of_the_plain_model(core, header, cases, tmp_path):
    assert not differing(core, header, cases, tmp_path, samples=SAMPLES)
