"""Headers that call CMSIS-NN, linked with it: the integers are those of the simulator."""

from pathlib import Path

import numpy as np
import pytest

from tests.c.cmsis import Cmsis, checkout, compiled, outcome
from tests.c.compilers import run_main
from tests.c.merged import Merged, info, joined, layer_name
from tests.reference.cases import seeded_case
from tinyml_studio.app.exported import exported
from tinyml_studio.app.studio import Studio
from tinyml_studio.emit.cmsis import buffers
from tinyml_studio.emit.cmsis.calls import library_call
from tinyml_studio.emit.cmsis.variant import cmsis_variant
from tinyml_studio.emit.header import c_header
from tinyml_studio.program import instructions as ops

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
NETWORKS = {
    "kws": ("kws/kws_ref_model.tflite", "kws/data/kws_features_int8_600.npz"),
    "ic": ("ic/pretrainedResnet_quant.tflite", "ic/data/cifar10_lossless_149.npz"),
}
KINDS = (
    ops.Conv2D, ops.DepthwiseConv2D, ops.FullyConnected, ops.MaxPool2D, ops.AveragePool2D, ops.Add,
    ops.Mul, ops.Softmax, ops.Pad, ops.Concat,
)  # fmt: skip
SEEDS = dict.fromkeys(KINDS[:3], 1500) | {ops.Add: 400, ops.Mul: 200}


@pytest.fixture(scope="module", params=["host", "cortex-m4", "cortex-m55"])
def cmsis(request, tmp_path_factory) -> Cmsis:
    checkout()
    return compiled(request.param, tmp_path_factory.mktemp(request.param))


def header_for(cmsis: Cmsis, program) -> str:
    variant = cmsis_variant(helium=cmsis.core == "cortex-m55")
    return c_header(program, info=info("net"), variant=variant)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_byte_of_a_network(name, cmsis, tmp_path):
    model, data = NETWORKS[name]
    if not (MODELS / model).exists():
        pytest.skip("the shared models are not beside the repository")
    studio = Studio.open(MODELS / model)
    program = exported(studio.derived).program
    samples = np.load(MODELS / data)["x"][:4]
    shape = program.tensors[program.inputs[0]].shape
    inputs = {program.inputs[0]: samples.reshape(4, *shape).astype(np.int8)}
    found = outcome(cmsis, header_for(cmsis, program), program, inputs, tmp_path)
    assert (found.elements, found.layer) == (0, None)


def random_cases(*, helium: bool) -> Merged:
    """Random layers that CMSIS-NN computes, and moves."""
    kept = []
    for kind in KINDS:
        for seed in range(SEEDS.get(kind, 40)):
            case = seeded_case(seed, kind)
            if library_call(case.instruction, case.program, helium=helium) is None and (
                kind not in (ops.Pad, ops.Concat)
            ):
                continue
            kept.append((layer_name(kind, seed), case))
    return joined(kept)


def test_random_layers(cmsis, tmp_path):
    cases = random_cases(helium=cmsis.core == "cortex-m55")
    program = cases.program
    inputs = {name: cases.values[name] for name in program.inputs}
    found = outcome(cmsis, header_for(cmsis, program), program, inputs, tmp_path)
    layers = list(program.by_layer)
    assert (found.elements, found.layer and layers[found.layer]) == (0, None)
    assert {kind.__name__ for kind in KINDS} == {layer.split()[0] for layer in layers}


OWN = (
    ops.Mean, ops.Softmax16, ops.Lookup, ops.Interpolate, ops.StreamBuffer, ops.TransposeConv2D,
    ops.Conv2D, ops.Softmax,
)  # fmt: skip


def test_own_kernels_between_those_of_the_library(cmsis, tmp_path):
    cases = joined(
        [(layer_name(kind, seed), seeded_case(seed, kind)) for kind in OWN for seed in range(20)]
    )
    program = cases.program
    inputs = {name: cases.values[name] for name in program.inputs}
    header = header_for(cmsis, program)
    assert "arm_convolve_wrapper_s8(" in header
    found = outcome(cmsis, header, program, inputs, tmp_path)
    layers = list(program.by_layer)
    assert (found.elements, found.layer and layers[found.layer]) == (0, None)


SIZES = """#include "arm_nnfunctions.h"
#include <stdio.h>
static void sizes(int32_t h, int32_t w, int32_t c, int32_t sy, int32_t sx, int32_t py, int32_t px,
                  int32_t dy, int32_t dx, int32_t in_w, int32_t out_w)
{
    const cmsis_nn_conv_params p = {0, 0, {sx, sy}, {px, py}, {dx, dy}, {-128, 127}};
    const cmsis_nn_dw_conv_params d = {0, 0, 1, {sx, sy}, {px, py}, {dx, dy}, {-128, 127}};
    const cmsis_nn_dims in = {1, 1, in_w, c}, conv = {5, h, w, c}, dw = {1, h, w, c};
    const cmsis_nn_dims out = {1, 1, out_w, 5}, dw_out = {1, 1, out_w, c};
    CALLS
    printf("\\n");
}
int main(void)
{
ROWS    return 0;
}
"""
FAMILIES = {
    "arm_convolve_wrapper_s8": (buffers.convolution_s8, "&p, &in, &conv, &out"),
    "arm_convolve_wrapper_s4": (buffers.convolution_s4, "&p, &in, &conv, &out"),
    "arm_convolve_wrapper_s16": (buffers.convolution_s16, "&p, &in, &conv, &out"),
    "arm_depthwise_conv_wrapper_s8": (buffers.depthwise_s8, "&d, &in, &dw, &dw_out"),
    "arm_depthwise_conv_wrapper_s4": (buffers.depthwise_s4, "&d, &in, &dw, &dw_out"),
    "arm_depthwise_conv_wrapper_s16": (buffers.depthwise_s16, "&d, &in, &dw, &dw_out"),
}


def drawn_filters(count: int) -> list[buffers.Filter]:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(count):
        h, w, sy, sx, dy, dx = (int(value) for value in rng.integers(1, 4, 6))
        py, px = (int(value) for value in rng.integers(0, 3, 2))
        c, in_w, out_w = (int(value) for value in rng.integers(1, 20, 3))
        found.append(buffers.Filter(h, w, c, (sy, sx), (dy, dx), (py, px), in_w, out_w))
    return found


def _numbers(held: buffers.Filter) -> list[int]:
    pairs = (*held.strides, *held.pads, *held.dilations)
    shape = (held.height, held.width, held.channels)
    return [*shape, *pairs, held.input_width, held.output_width]


def test_there_is_room_for_what_the_library_asks_for(tmp_path):
    library = compiled("host", tmp_path)
    filters = drawn_filters(300)
    calls = "".join(
        f'printf("%d ", (int){name}_get_buffer_size{core}({arguments}));\n    '
        for name, (_, arguments) in FAMILIES.items()
        for core in ("", "_dsp", "_mve")
    )
    rows = "".join(f"    sizes({', '.join(map(str, _numbers(held)))});\n" for held in filters)
    (tmp_path / "main.c").write_text(SIZES.replace("CALLS", calls).replace("ROWS", rows))
    words = [f"-I{library.include}", "-w", "-Wl,--gc-sections", *map(str, library.objects)]
    lines = run_main(tmp_path, ["main.c"], *words).splitlines()
    for held, line in zip(filters, lines, strict=True):
        asked = np.array(line.split(), int).reshape(len(FAMILIES), 3)
        for (name, (size, _)), (plain, dsp, helium) in zip(FAMILIES.items(), asked, strict=True):
            outputs = (held.channels,) if "depthwise" in name else ()
            assert size(held, *outputs, helium=False) >= max(plain, dsp), (name, held)
            assert size(held, *outputs, helium=True) >= helium, (name, held)
