"""A device at hand: the self-test firmware is heard on a serial port."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.emit.checksum import layer_outputs
from tinyml_studio.errors import ToolError
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.verify.build import stated_bytes
from tinyml_studio.verify.report import Run, VerifyReport

if sys.platform != "win32":
    import termios

_LINE = re.compile(
    rb"tinyml-studio self-test: result=(\d{1,9}) samples=(\d{1,9}) "
    rb"arena=(\d{1,9}) weights=(\d{1,9}) macs=\d{1,10}\r?\n"
)
_KEPT_BYTES = 4096
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class _Heard:
    """What the device said."""

    result: int
    samples: int
    arena: int
    weights: int


def verify_device(
    port: Path,
    header: str,
    prefix: str,
    program: Program,
    *,
    timeout: float = 60.0,
    progress: Progress = silent,
) -> VerifyReport:
    """Listen until the firmware of ``resources/firmware/example`` has told its result.

    Parameters
    ----------
    port
        The serial port, as ``/dev/ttyACM0``; it is set to 115200 baud, 8N1.
    header, prefix, program
        What the device should run: its arena and weights are compared with what the device says.
    timeout
        Seconds to wait for a whole line.
    progress
        Told often while it listens.

    Raises
    ------
    ToolError
        If the port cannot be opened, nothing is heard in time, or the device runs another header.
    """
    if sys.platform == "win32":
        raise ToolError("A serial port can be read on Linux and macOS only")
    heard = _listen(port, timeout, lambda: progress(0, 1, f"listening on {port}"))
    stated = [stated_bytes(header, prefix, f"{word}_BYTES") for word in ("ARENA", "WEIGHT")]
    if [heard.arena, heard.weights] != stated:
        raise ToolError(
            f"The device on {port} runs another header",
            detail=f"its arena and weights are {heard.arena} and {heard.weights} bytes, "
            f"the project's {stated[0]} and {stated[1]}",
            hint="export again with --self-test, build and flash",
        )
    progress(1, 1, f"listening on {port}")
    return _report(heard, program)


def _report(heard: _Heard, program: Program) -> VerifyReport:
    match = heard.result == 0
    layers = [layer for layer, _ in layer_outputs(program)]
    at_fault = layers[min(heard.result, len(layers)) - 1] if not match else None
    run = Run("device", "the firmware's own", None, None, heard.arena, None, match)
    # the firmware stops at the first layer that differs and counts no elements
    return VerifyReport(match, heard.samples, 0, at_fault, (run,))


def _listen(port: Path, timeout: float, tick: Callable[[], None]) -> _Heard:
    """Read the port until a whole line has come."""
    try:
        handle = os.open(port, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError as error:
        raise ToolError(f"{port} cannot be opened", detail=error.strerror or "") from error
    try:
        _set_up(handle)
        return _read_line(handle, port, time.monotonic() + timeout, tick)
    except (OSError, termios.error) as error:
        raise ToolError(f"{port} cannot be read", detail=str(error)) from error
    finally:
        os.close(handle)


def _set_up(handle: int) -> None:
    """115200 baud, 8 data bits, no parity, 1 stop bit, nothing translated."""
    if not os.isatty(handle):
        return
    # input, output, control, local flags and both speeds; the control characters stay
    mode = termios.tcgetattr(handle)
    control = termios.CS8 | termios.CREAD | termios.CLOCAL
    termios.tcsetattr(
        handle,
        termios.TCSANOW,
        [0, 0, control, 0, termios.B115200, termios.B115200, mode[6]],
    )


def _read_line(handle: int, port: Path, end: float, tick: Callable[[], None]) -> _Heard:
    held = b""
    while time.monotonic() < end:
        tick()
        if not select.select([handle], [], [], _POLL_SECONDS)[0]:
            continue
        read = os.read(handle, _KEPT_BYTES)
        if not read:
            time.sleep(_POLL_SECONDS)
        held = (held + read)[-_KEPT_BYTES:]
        found = _LINE.search(held)
        if found:
            return _Heard(*map(int, found.groups()))
    raise ToolError(
        f"Nothing was heard of a self-test on {port}",
        detail=f"{len(held)} bytes of something else" if held else "",
        hint="flash resources/firmware/example with a header that was exported with --self-test",
    )
