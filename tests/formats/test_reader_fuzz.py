"""Damaged copies of a small model: every one reads or gives an error for the user, in time."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np
import pytest

from tests.formats.files import File, read
from tinyml_studio.errors import StudioError

VARIANTS = int(os.environ.get("TINYML_FUZZ_VARIANTS", "300"))
TIME_LIMIT = 2.0  # seconds for one file


def small_model() -> bytes:
    """Every kind of field: attributes of all types, shape arithmetic, several operators."""
    file = File(2, 6, 6, opset=13)
    x = file.add("Conv", file.x, np.ones((4, 2, 3, 3), np.float32), pads=[1, 1, 1, 1], name="conv")
    x = file.add("Clip", x, np.float32(0), np.float32(6))
    x = file.add("MaxPool", x, kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")
    size = file.add("Gather", file.add("Shape", x), np.array([0]), axis=0)
    target = file.add("Concat", size, file.add("Constant", value_ints=[-1]), axis=0)
    first, second = file.add("Split", file.add("Reshape", x, target), outputs=2, axis=1)
    x = file.add("Gemm", file.add("Add", first, second), np.ones((18, 3), np.float32), alpha=0.5)
    return file.proto(file.add("Softmax", x, axis=-1)).SerializeToString()


def damaged(data: bytes, seed: int) -> bytes:
    """One to four small damages."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(damaged))
        kind = chance.randrange(6)
        if kind == 0:
            damaged[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            damaged[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif kind == 2:
            del damaged[at : at + chance.randint(1, 8)]
        elif kind == 3:
            damaged[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif kind == 4:
            damaged[at:at] = damaged[at : at + chance.randint(1, 64)]
        else:
            damaged[at : at + 4] = chance.choice([b"\xff" * 4, b"\x00" * 4, b"\x00\x00\xc0\x7f"])
    return bytes(damaged)


def outcome(data: bytes, folder: Path) -> str:
    """ "read", or the error that the user sees."""
    try:
        read(data, folder)
    except StudioError as error:
        return str(error)
    return "read"


@pytest.mark.parametrize("part", range(4))
def test_damaged_files_never_crash_or_hang(part, tmp_path):
    data = small_model()
    assert outcome(data, tmp_path) == "read"
    for seed in range(part, VARIANTS, 4):
        start = time.monotonic()
        found = outcome(damaged(data, seed), tmp_path)
        assert found == "read" or "model.onnx" in found, f"seed {seed}"
        assert time.monotonic() - start < TIME_LIMIT, f"seed {seed}"
