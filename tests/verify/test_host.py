import os
import re
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.c.compilers import need
from tests.c.merged import info
from tests.c.small import small_program, small_values
from tests.verify.network import in_invoke
from tinyml_studio.emit.header import c_header
from tinyml_studio.errors import Cancelled, ToolError
from tinyml_studio.verify.verify import Means, verify


@pytest.fixture(scope="module")
def program():
    return small_program()


@pytest.fixture(scope="module")
def inputs(program):
    return {"x": small_values(program, count=40)["x"]}


@pytest.fixture(scope="module")
def header(program):
    need("gcc")
    return c_header(program, info=info())


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_header_and_simulator_agree(compiler, header, program, inputs):
    need(compiler)
    report = verify(header, "net", program, inputs, means=Means(compiler=compiler))
    assert report.match
    assert report.samples == 40
    assert (report.mismatched_elements, report.first_layer_that_differs) == (0, None)
    (run,) = report.runs
    assert run.core == "host"
    assert run.ram_bytes == int(re.search(r"NET_ARENA_BYTES (\d+)", header)[1])
    assert 120 < run.flash_bytes < 30_000
    assert (run.stack_bytes is None) == (compiler == "clang")


def test_stack_is_small(header, program, inputs):
    report = verify(header, "net", program, inputs, means=Means(compiler="gcc"))
    assert 0 < report.runs[0].stack_bytes <= 512


def test_the_first_layer_that_differs_is_named(header, program, inputs):
    corrupt = re.sub(r"(net_001_\w+_scaling\[12\] NET_CONST = \{\s+)-?\d+", r"\g<1>90000", header)
    report = verify(corrupt, "net", program, inputs)
    assert not report.match
    assert report.first_layer_that_differs == "depthwise"


def test_differing_elements_are_counted(header, program, inputs):
    other = in_invoke(header, "memset(arena, 0, 60);")
    report = verify(other, "net", program, inputs)
    assert not report.match
    assert report.first_layer_that_differs is None
    assert report.mismatched_elements > 0


@pytest.mark.parametrize("place", ["-1", "NET_ARENA_BYTES"])
def test_writing_outside_the_arena_is_noticed(place, header, program, inputs):
    other = in_invoke(header, f"memory[{place}] = 0;")
    with pytest.raises(ToolError, match="driver failed with status 3"):
        verify(other, "net", program, inputs)


def test_missing_compiler_is_named_with_its_package(header, program, inputs, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ToolError, match="No C compiler") as caught:
        verify(header, "net", program, inputs)
    assert "build-essential" in str(caught.value)


def test_the_variable_cc_chooses(header, program, inputs, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -m32")
    with pytest.raises(ToolError, match="'no-such-compiler -m32' was not found"):
        verify(header, "net", program, inputs)


def test_a_header_that_does_not_compile_says_why(program, inputs):
    need("gcc")
    with pytest.raises(ToolError, match="gcc failed") as caught:
        verify("#error broken on purpose\n", "net", program, inputs, means=Means(compiler="gcc"))
    assert "broken on purpose" in str(caught.value)


def test_cancel_stops_a_program_that_never_ends(header, program, inputs):
    endless = in_invoke(header, "for (;;) {}")
    runs = []

    def progress(done: int, total: int, what: str) -> None:
        if what == "running samples on this computer":
            assert (done, total) == (0, 40)
            runs.append(time.monotonic())
            if runs[-1] - runs[0] > 0.5:
                raise Cancelled

    with pytest.raises(Cancelled):
        verify(endless, "net", program, inputs, progress=progress)
    assert time.monotonic() - runs[-1] < 5
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_program_that_never_ends_is_given_up(header, program, inputs):
    endless = in_invoke(header, "for (;;) {}")
    with pytest.raises(ToolError, match="took longer than"):
        verify(endless, "net", program, inputs, means=Means(timeout=0.5))


def test_progress_ends_with_all_samples(header, program, inputs):
    seen = []
    verify(header, "net", program, inputs, progress=lambda *told: seen.append(told))
    assert seen[-1] == (40, 40, "running samples on this computer")
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)


def test_progress_says_for_what_is_compiled_and_promises_no_share_of_it(header, program, inputs):
    need("gcc", "arm-none-eabi-gcc", "qemu-system-arm")
    seen = []
    means = Means(core="cortex-m4")
    verify(header, "net", program, inputs, means=means, progress=lambda *told: seen.append(told))
    phases = list(dict.fromkeys((what, total) for _, total, what in seen))
    assert phases == [
        ("compiling for this computer", 0),
        ("compiling for cortex-m4", 0),
        ("running samples on this computer and on cortex-m4", 40),
    ]


def test_sixteen_bit_outputs_are_compared():
    need("gcc")
    program = small_program()
    tensors = dict(program.tensors)
    wide = replace(tensors["y"].type, bits=16)
    tensors["y"] = replace(tensors["y"], type=wide, zero_point=-(2**15), scale=2.0**-16)
    program = replace(program, tensors=tensors)
    rng = np.random.default_rng(0)
    inputs = {"x": rng.integers(-128, 128, (3, 6, 5, 2)).astype(np.int8)}
    report = verify(c_header(program, info=info()), "net", program, inputs)
    assert report.match
