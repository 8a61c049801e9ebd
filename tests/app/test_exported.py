"""What is exported: the same outputs without channels that say nothing, and it is said."""

from dataclasses import replace

import numpy as np
import onnx
import pytest

from tests.c.compilers import need
from tests.formats.files import File
from tinyml_studio.app import exported as room
from tinyml_studio.app.studio import Studio

DEAD = (1, 4, 5)


@pytest.fixture
def studio(tmp_path):
    """A network with three dead channels between its first and its last convolution."""
    draw = np.random.default_rng(8)
    net = File(3, 8, 8)
    weights = draw.normal(size=(8, 3, 3, 3)).astype(np.float32)
    biases = draw.normal(size=8).astype(np.float32)
    weights[list(DEAD)], biases[list(DEAD)] = 0, -1
    x = net.add("Relu", net.add("Conv", net.x, weights, biases, pads=[1, 1, 1, 1]))
    last = draw.normal(size=(4, 8, 3, 3)).astype(np.float32)
    y = net.add("Conv", x, last, np.zeros(4, np.float32), pads=[1, 1, 1, 1])
    path = tmp_path / "dead.onnx"
    onnx.save(net.proto(y), path)
    np.savez(tmp_path / "data.npz", x=draw.normal(size=(12, 3, 8, 8)).astype(np.float32))
    opened = Studio.open(path)
    opened.calibrate(tmp_path / "data.npz")
    return opened


def test_dead_channels_are_not_exported(studio):
    pruned = studio.exported()
    assert [(held.removed, held.channels) for held in pruned.removals] == [(3, 8)]
    assert (pruned.macs_before, pruned.macs) == (64 * 8 * 9 * 3 + 64 * 4 * 9 * 8, 64 * 5 * 9 * 7)
    text = studio.header(target="cortex-m4")
    assert f"#define DEAD_MACS {pruned.macs}" in text
    assert "3 constant or unread channels of 1 layers removed exactly" in " ".join(text.split())


def test_verify_compares_with_the_whole_network(studio, monkeypatch):
    need("gcc")
    report = studio.verify(samples=12)
    assert report.match
    assert any("3 constant or unread channels" in note for note in report.notes)
    whole, slim = studio.derived.need_program(), studio.exported()
    monkeypatch.setitem(room._KNOWN, whole, _spoilt(slim))
    spoilt = studio.verify(samples=12)
    assert not spoilt.match
    assert spoilt.mismatched_elements > 0
    assert "without its constant channels the network gives other outputs" in spoilt.notes


def _spoilt(pruned):
    """The removal with another bias in its last layer."""
    *before, last = pruned.program.instructions
    changed = replace(last, bias=last.bias + 20_000)
    program = replace(pruned.program, instructions=(*before, changed))
    return replace(pruned, program=program)
