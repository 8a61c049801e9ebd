"""Kernels of different widths share what has nothing to do with weights."""

import re

import pytest

from tests.c.merged import info
from tests.lower.networks import conv
from tests.prune.planted import chain
from tinyml_studio.emit.header import c_header


def instances(header, function):
    return set(re.findall(rf"^static .*\bnet_({function}\w*)\(", header, re.MULTILINE))


@pytest.mark.parametrize("widths", [("w8", "w4"), ("w3", "w5"), ("w1", "w8")])
def test_windows_are_gathered_by_one_function_for_all_widths(widths):
    net = chain(conv(4, (3, 3), 4), conv(4, (3, 3), 4), shape=(9, 9, 4))
    names = [node.name for node in net.graph.nodes]
    header = c_header(net.lower(**dict(zip(names, widths, strict=True))), info=info())
    assert len(instances(header, "patch_channels")) == 2
    for shared in ("patch_inner", "patch_taps", "patch_copy", "patch_both", "patch_window"):
        assert instances(header, shared) == {shared}
