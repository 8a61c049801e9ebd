"""The small network's header, and ways to plant a fault in it."""

from __future__ import annotations

from tests.c.merged import info
from tests.c.small import small_program, small_values
from tinyml_studio.emit.header import c_header

_INVOKE = "int net_invoke(void *arena)\n{\n"
_START = "    uint8_t *memory = (uint8_t *)arena;\n\n"


def small_header() -> str:
    """What firmware would include."""
    return c_header(small_program(), info=info())


def small_inputs(count: int):
    """Samples of the network."""
    return {"x": small_values(small_program(), count=count)["x"]}


def in_invoke(header: str, statement: str) -> str:
    """The header with another statement at the beginning of `invoke`."""
    before, after = header.split(f"{_INVOKE}{_START}")
    return f"{before}{_INVOKE}{_START}    {statement}\n{after}"
