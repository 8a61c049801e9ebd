"""Damaged files: one clear error or a network that can be looked at, and nothing else."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from tests.formats.memory import a_gibibyte_at_most
from tests.formats.tflite.cases import CASES
from tests.formats.tflite.lowered import lowered
from tinyml_studio.errors import StudioError

VARIANTS = int(os.environ.get("TINYML_FUZZ_VARIANTS", "200"))
EXTREMES = (0, 1, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
SECONDS = 10.0


def real_files() -> list[bytes]:
    """Whole networks of others, where they are at hand."""
    models = Path(__file__).resolve().parents[4] / "shared" / "models"
    paths = [*models.glob("tflm/*.tflite"), *models.glob("mnist/*valid_q.tflite")]
    return [path.read_bytes() for path in sorted(paths)]


@pytest.fixture(scope="module")
def seeds() -> list[bytes]:
    return [make().encode() for make in CASES.values()] + 8 * real_files()


def damaged(data: bytes, generator: np.random.Generator) -> bytes:
    """One to eight faults: numbers, bits, lost and repeated parts."""
    held = bytearray(data)
    for _ in range(generator.integers(1, 9)):
        at = int(generator.integers(len(held)))
        fault = generator.integers(6)
        if fault == 0:
            held[at] ^= 1 << int(generator.integers(8))
        elif fault == 1:
            held[at] = int(generator.integers(256))
        elif fault in (2, 3):
            value = int(generator.choice(EXTREMES))
            held[at & ~3 : (at & ~3) + 4] = value.to_bytes(4, "little")
        elif fault == 4 and len(held) > 64:
            del held[at : at + int(generator.integers(1, 9))]
        else:
            held[at:at] = held[at : at + int(generator.integers(1, 17))]
    cut = generator.random() < 0.1
    return bytes(held[: int(generator.integers(9, len(held)))] if cut else held)


@pytest.mark.parametrize("block", range(-(-VARIANTS // 50)))
def test_damaged_files(block, seeds, tmp_path):
    for number in range(50 * block, 50 * block + 50):
        generator = np.random.default_rng(number)
        data = damaged(seeds[int(generator.integers(len(seeds)))], generator)
        began = time.perf_counter()
        with suppress(StudioError), a_gibibyte_at_most():
            lowered(data, tmp_path)
        assert time.perf_counter() - began < SECONDS, number


@pytest.mark.parametrize("name", ["conv same", "strided slice", "add constant"])
def test_every_cut(name, tmp_path):
    data = CASES[name]().encode()
    for length in range(8, len(data) - 1, 3):
        with pytest.raises(StudioError):
            lowered(data[:length], tmp_path)
