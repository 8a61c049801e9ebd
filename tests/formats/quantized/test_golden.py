"""Whole networks against ONNX Runtime's outputs, made with its optimisations off."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.quantized.test_real_models import existing
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.simulate.io import dequantize_outputs, quantize_inputs
from tinyml_studio.simulate.run import run

ON_INTEGERS = [(net, kind) for net in ("kws", "ic") for kind in ("qop_s8s8_pc", "qop_u8u8_pt")]
IN_PAIRS = [("kws", kind) for kind in ("qdq_s8s8_pc", "qdq_u8s8_pt", "qdq_w4a8_pt")]


def distance(net, kind):
    """Between our outputs and the golden ones, in steps of the output's grid."""
    path = existing(f"{net}/onnx_ort_quant/{net}_{kind}.onnx")
    golden = np.load(existing(f"{net}/golden_onnx/q_{net}_{kind}.npz"))
    graph = prepare(read_model(path))
    program = lower(graph, {}, file_scheme(graph), file_arithmetic(graph))
    trace = run(program, quantize_inputs(program, graph, [golden["inputs"]]))
    (ours,) = dequantize_outputs(program, graph, trace)
    theirs = golden["outputs_noopt"].reshape(ours.shape)
    return np.abs(ours - theirs) / program.tensors[program.outputs[0]].scale


@pytest.mark.parametrize(("net", "kind"), ON_INTEGERS)
def test_operators_on_integers_give_the_very_outputs(net, kind):
    assert distance(net, kind).max() < 1e-3


@pytest.mark.parametrize(("net", "kind"), IN_PAIRS)
def test_pairs_give_outputs_within_one_unit(net, kind):
    assert distance(net, kind).max() < 1 + 1e-3
