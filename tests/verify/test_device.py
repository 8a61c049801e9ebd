"""The self-test firmware is built, runs, and is heard on a serial port."""

import os
import shutil
import subprocess
import sys
import threading
import time

import pytest

from tests.c.compilers import need
from tests.c.merged import info
from tests.c.small import small_program, small_values
from tests.verify.network import small_header
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import self_test_vectors
from tinyml_studio.errors import Cancelled, ToolError
from tinyml_studio.verify.build import firmware, stated_bytes
from tinyml_studio.verify.device import verify_device

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX terminal")


def line(result=0, **other):
    header = small_header()
    said = {
        "result": result,
        "samples": 3,
        "arena": stated_bytes(header, "net", "ARENA_BYTES"),
        "weights": stated_bytes(header, "net", "WEIGHT_BYTES"),
        "macs": 5,
    } | other
    words = " ".join(f"{key}={value}" for key, value in said.items())
    return f"tinyml-studio self-test: {words}\r\n".encode()


@pytest.fixture
def port():
    """Our end of a terminal, and the path of the other."""
    ours, theirs = os.openpty()
    yield ours, os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def listen(port, *pieces, timeout=5.0, **other):
    ours, path = port

    def speak():
        for piece in pieces:
            time.sleep(0.1)
            os.write(ours, piece)

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        return verify_device(path, small_header(), "net", small_program(), timeout=timeout, **other)
    finally:
        speaker.join()


def test_a_good_result_is_heard_among_noise_and_in_pieces(port):
    report = listen(port, b"boot\xff\x00\r\n", line()[:60], line()[60:])
    assert report.match
    assert report.samples == 3
    assert report.first_layer_that_differs is None
    (run,) = report.runs
    assert (run.core, run.ram_bytes) == ("device", 84)


def test_the_layer_at_fault_is_named(port):
    report = listen(port, line(2))
    assert not report.match
    assert report.first_layer_that_differs == "depthwise"


@pytest.mark.parametrize("other", [{"arena": 101}, {"weights": 1}])
def test_another_header_is_refused(port, other):
    with pytest.raises(ToolError, match="runs another header"):
        listen(port, line(**other))


def test_silence_and_noise_are_given_up(port):
    with pytest.raises(ToolError, match=r"Nothing was heard.*9 bytes of something else"):
        listen(port, b"a" * 9, timeout=0.5)
    with pytest.raises(ToolError, match="cannot be opened"):
        verify_device("/dev/no-such-port", small_header(), "net", small_program())


def test_cancel_stops_listening(port):
    def progress(done, total, what):
        raise Cancelled

    with pytest.raises(Cancelled):
        listen(port, progress=progress)


@pytest.mark.parametrize(
    ("core", "tools", "broken"),
    [
        ("cortex-m4", ("arm", "arm-none-eabi-gcc", "qemu-system-arm"), False),
        ("cortex-m55", ("arm", "arm-none-eabi-gcc", "qemu-system-arm"), True),
        ("rv32imac", ("riscv", "riscv64-unknown-elf-gcc", "qemu-system-riscv32"), False),
    ],
)
def test_the_example_firmware_says_the_line(core, tools, broken, port, tmp_path):
    family, *programs = tools
    need("cmake", "make", *programs)
    program = small_program()
    vectors = self_test_vectors(program, small_values(program), count=3)
    header = c_header(program, info=info(), vectors=vectors)
    if broken:
        header = header.replace("net_test_checksums[15] = {\n    ", "net_test_checksums[15] = {1 +")
    (tmp_path / "net.h").write_text(header)
    shutil.copytree(firmware(), tmp_path / "firmware")
    example = tmp_path / "firmware" / "example"
    build = tmp_path / "build"
    settings = {
        "CORE": core,
        "HEADER": tmp_path / "net.h",
        "PREFIX": "net",
        "CMAKE_TOOLCHAIN_FILE": example / f"{family}.cmake",
    }
    defines = [f"-D{key}={value}" for key, value in settings.items()]
    options = {"capture_output": True, "timeout": 120}
    subprocess.run(["cmake", "-S", example, "-B", build, *defines], check=True, **options)
    subprocess.run(["cmake", "--build", build], check=True, **options)
    done = subprocess.run(
        ["cmake", "--build", build, "--target", "emulate"],
        check=False,
        **options,
    )
    said = done.stdout + done.stderr
    start = said.index(b"tinyml-studio self-test")
    report = listen(port, said[start : said.index(b"\n", start) + 1])
    assert report.match is not broken
    assert report.samples == 3
    assert (done.returncode == 0) is not broken
