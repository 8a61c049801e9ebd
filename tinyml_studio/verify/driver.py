"""A small C program that runs a header over samples from a file."""

from __future__ import annotations

from tinyml_studio.emit.ports import Port, ports_of
from tinyml_studio.program.program import Program

GUARD_BYTES = 64
OVERRUN_STATUS = 3

_HEAD = """#include <stdio.h>
#define {name}_IMPLEMENTATION
#define {name}_SELF_TEST
#include "{header}"

static struct {{
    uint8_t before[{guard}];
    uint8_t memory[{name}_ARENA_BYTES] {name}_ALIGN;
    uint8_t after[{guard}];
}} arena;
static uint32_t checksums[{name}_LAYERS];
"""

_OVERRUN = """
static int overrun(void)
{{
    for (int i = 0; i < {guard}; i++) {{
        if (arena.before[i] != 0xA5u || arena.after[i] != 0xA5u) {{
            return 1;
        }}
    }}
    return 0;
}}
"""

_PREPARE = """
static void prepare(void)
{
    memset(arena.memory, 0xA5, sizeof arena.memory);
"""

_MAIN = """
int main(int argc, char **argv)
{{
    FILE *in = (argc == 3) ? fopen(argv[1], "rb") : NULL;
    FILE *out = (argc == 3) ? fopen(argv[2], "wb") : NULL;
    int status = 0;

    if (in == NULL || out == NULL) {{
        return 2;
    }}
    memset(&arena, 0xA5, sizeof arena);
    while (status == 0) {{
        if ({reads}) {{
            break;
        }}
        prepare();
        status = {prefix}_invoke(arena.memory);
{writes}        prepare();
        {prefix}_checksums(arena.memory, checksums);
        fwrite(checksums, sizeof checksums, 1, out);
        if (overrun()) {{
            status = {status};
        }}
    }}
    fclose(in);
    return (fclose(out) != 0) ? 2 : status;
}}
"""


def driver(program: Program, prefix: str, header: str) -> str:
    """C text of the program.

    It takes two file names. The first file holds the inputs of one sample after the other; into
    the second it writes for each sample all outputs of ``invoke``, then one checksum per layer of
    a second run. The arena is filled with garbage before every run, and the bytes around it
    must stay what they are.
    """
    name = prefix.upper()
    ports = ports_of(program)
    buffers = "".join(
        f"static {prefix}_{port.name}_t {port.name}[{name}_{port.name.upper()}_SIZE];\n"
        for port in ports
        if port.is_input
    )
    reads = " || ".join(
        f"fread({port.name}, sizeof {port.name}, 1, in) != 1" for port in ports if port.is_input
    )
    head = _HEAD.format(name=name, header=header, guard=GUARD_BYTES)
    prepare = f"{_PREPARE}{_copies(prefix, ports)}}}\n"
    main = _MAIN.format(
        prefix=prefix, reads=reads, writes=_writes(prefix, ports), status=OVERRUN_STATUS
    )
    return f"{head}{buffers}{_OVERRUN.format(guard=GUARD_BYTES)}{prepare}{main}"


def _copies(prefix: str, ports: tuple[Port, ...]) -> str:
    return "".join(
        f"    memcpy({prefix}_{port.name}(arena.memory), {port.name}, sizeof {port.name});\n"
        for port in ports
        if port.is_input
    )


def _writes(prefix: str, ports: tuple[Port, ...]) -> str:
    return "".join(
        f"        fwrite({prefix}_{port.name}(arena.memory), sizeof({prefix}_{port.name}_t),\n"
        f"               {f'{prefix}_{port.name}'.upper()}_SIZE, out);\n"
        for port in ports
        if not port.is_input
    )
