"""The header never takes more stack than it states, on any core, for any width."""

import re
from pathlib import Path

import pytest

from tests.c.call_graph import stack_bytes
from tests.c.merged import info, merged
from tests.c.test_kernels import CASES, ROUNDED_CASES
from tinyml_studio.calibrate.samples import read_samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.emit.front_matter import STACK_BYTES
from tinyml_studio.emit.header import c_header
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.instructions import Conv2D
from tinyml_studio.quantize.scheme import LayerScheme, Scheme

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
CORES = ("cortex-m0plus", "cortex-m3", "cortex-m4", "cortex-m55", "rv32imac")
NETWORKS = {
    "kws": ("kws/kws_ref_float.onnx", "kws/data/kws_features_int8_600.npz"),
    "ic": ("ic/resnet8_float.onnx", "ic/data/cifar10_lossless_149.npz"),
}
WIDTHS = [(8, 8), (4, 8), (3, 8), (2, 8), (1, 8), (8, 4), (8, 16), (4, 16), (2, 16), (1, 16)]
RUN = 32
"""Bytes that ``net_run`` of one input and one output adds at most."""
LEVELS = [
    ("cortex-m0plus", "-O2"),
    ("cortex-m0plus", "-O3"),
    ("cortex-m55", "-O2"),
    ("rv32imac", "-Os"),
]


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    """A network with statistics of a few samples."""
    model, data = NETWORKS[request.param]
    if not (MODELS / model).is_file():
        pytest.skip(f"{model} is not there")
    graph = prepare(read_model(MODELS / model))
    return graph, collect(graph, read_samples(MODELS / data, graph).take(4))


@pytest.mark.parametrize(("weights", "activations"), WIDTHS)
def test_networks_stay_within_what_their_headers_state(weights, activations, network, tmp_path):
    layer = LayerScheme(weight_bits=weights, activation_bits=activations)
    header = c_header(lower(*network, Scheme(default=layer)), info=info())
    found = {core: stack_bytes(header, core, tmp_path, root="net_run") for core in CORES}
    assert max(found.values()) <= STACK_BYTES, found


@pytest.fixture(scope="module")
def kernels() -> str:
    """A header with most kernels, and with all convolutions."""
    chosen = [case for case in CASES if case[1] < (24 if case[0] is Conv2D else 4)]
    return merged([*chosen, *ROUNDED_CASES]).header(samples=1)


@pytest.mark.parametrize(("core", "level"), LEVELS)
def test_no_kernel_takes_more_than_the_header_states(core, level, kernels, tmp_path):
    stated = re.search(r"at most (\d+) bytes of stack", kernels)
    assert int(stated[1]) == STACK_BYTES == 512
    assert 300 < stack_bytes(kernels, core, tmp_path, level=level) <= STACK_BYTES - RUN
