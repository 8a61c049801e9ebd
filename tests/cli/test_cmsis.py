"""``export --format cmsis-nn``: a header that calls the library, with own kernels between."""

from pathlib import Path

import pytest

MODEL = Path(__file__).resolve().parents[3] / "shared" / "models" / "kws" / "kws_ref_model.tflite"
WORDS = ("--target", "m4", "--name", "net", "--format", "cmsis-nn")


def test_the_layer_that_it_cannot_compute_has_a_kernel_of_its_own(call, project, tmp_path):
    done = call("export", project, *WORDS, "-o", tmp_path / "net.h")
    assert done.status == 0
    front = (tmp_path / "net.h").read_text().split("*/")[0]
    assert '"/ReduceMean"' in front.split("which kernels here compute:")[1]


def test_header_and_source_call_the_library(call, tmp_path):
    if not MODEL.exists():
        pytest.skip("the shared models are not beside the repository")
    project = tmp_path / "kws.tmls"
    assert call("quantize", MODEL, "-o", project).status == 0
    done = call("export", project, *WORDS, "--split", "-o", tmp_path / "net.h")
    assert done.status == 0
    assert "--format cmsis-nn --split -o net.h" in (tmp_path / "net.h").read_text()
    assert "arm_convolve_wrapper_s8(" in (tmp_path / "net.c").read_text()
