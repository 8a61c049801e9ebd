"""The C program that runs a header over samples from a file, here or on a bare machine."""

from __future__ import annotations

import numpy as np

from tinyml_studio.emit.ports import Port, ports_of
from tinyml_studio.emit.state import has_state, reset_call
from tinyml_studio.program.program import Program

GUARD_BYTES = 64
OVERRUN_STATUS = 3
INPUTS = "inputs"
RESULTS = "results"


def record_type(program: Program) -> np.dtype[np.void]:
    """What the program writes for one sample: outputs, checksums, ticks, stack, ticks by layer."""
    fields = [
        (f"output_{i}", program.tensors[name].type.carrier, program.tensors[name].shape)
        for i, name in enumerate(program.outputs)
    ]
    checksums = ("checksums", np.uint32, (len(program.by_layer),))
    laps = ("laps", np.uint64, (len(program.by_layer),))
    return np.dtype([*fields, checksums, ("ticks", np.uint64), ("stack", np.uint32), laps])


def model_source(prefix: str, header: str) -> str:
    """The header as firmware has it: its size, instructions and stack are what is measured."""
    return f'#define {prefix.upper()}_IMPLEMENTATION\n#include "{header}"\n'


def checked_source(program: Program, prefix: str, header: str) -> str:
    """The header once more, with the self-test, laps after the layers, and under other names."""
    names = ["invoke", "run", *(port.name for port in ports_of(program))]
    if has_state(program):
        names.append("reset")
    renamed = "".join(f"#define {prefix}_{name} {prefix}_checked_{name}\n" for name in names)
    name = prefix.upper()
    hook = (
        f"#include <stdint.h>\nvoid {prefix}_lap(uint32_t layer);\n"
        f"#define {name}_LAYER_DONE(layer) {prefix}_lap(layer)\n"
    )
    return f"{hook}{renamed}#define {name}_SELF_TEST\n{model_source(prefix, header)}"


def driver_source(program: Program, prefix: str, header: str) -> str:
    """C text of the program.

    It reads the inputs of one sample after the other; for each it writes all outputs of
    ``invoke``, one checksum per layer of a second run, and what the harness counted in the first;
    of the first sample also what each layer took in a third run.
    The arena is filled with garbage before every run and a state reset, so that no sample follows
    another, and the bytes around the arena must stay what they are.
    """
    ports = ports_of(program)
    reads = " || ".join(
        f"harness_read({port.name}, sizeof {port.name})" for port in ports if port.is_input
    )
    return (
        f'#include "harness.h"\n#define {prefix.upper()}_SELF_TEST\n#include "{header}"\n\n'
        f"{_storage(prefix, ports)}{_SUPPORT}{_sample(program, prefix, ports)}"
        f"{_MAIN.replace('READS', reads)}"
    )


# loops of its own, so that no library function is linked for the driver's sake and counted as
# the model's
_SUPPORT = f"""
static void fill(void *place, uint32_t size)
{{
    uint8_t *bytes = place;

    for (uint32_t i = 0; i < size; i++) {{
        bytes[i] = 0xA5u;
    }}
}}

static void copy(void *place, const void *from, uint32_t size)
{{
    uint8_t *bytes = place;
    const uint8_t *source = from;

    for (uint32_t i = 0; i < size; i++) {{
        bytes[i] = source[i];
    }}
}}

static int overrun(void)
{{
    for (uint32_t i = 0; i < {GUARD_BYTES}; i++) {{
        if (arena.before[i] != 0xA5u || arena.after[i] != 0xA5u) {{
            return 1;
        }}
    }}
    return 0;
}}
"""

_MAIN = """
int main(void)
{
    int status = 0;

    if (harness_open()) {
        return 2;
    }
    fill(&arena, sizeof arena);
    while (status == 0) {
        if (READS) {
            break;
        }
        status = sample();
    }
    return harness_close() ? 2 : status;
}
"""


def _storage(prefix: str, ports: tuple[Port, ...]) -> str:
    """The arena between guards, and a buffer for each input."""
    name = prefix.upper()
    buffers = "".join(
        f"static {prefix}_{port.name}_t {port.name}[{name}_{port.name.upper()}_SIZE];\n"
        for port in ports
        if port.is_input
    )
    return f"""static struct {{
    uint8_t before[{GUARD_BYTES}];
    uint8_t memory[{name}_ARENA_BYTES] {name}_ALIGN;
    uint8_t after[{GUARD_BYTES}];
}} arena;
static uint32_t checksums[{name}_LAYERS];
static uint64_t laps[{name}_LAYERS];
static int lapped;

void {prefix}_lap(uint32_t layer);
int {prefix}_checked_invoke(void *memory);

void {prefix}_lap(uint32_t layer)
{{
    laps[layer] += harness_lap();
}}
{buffers}"""


def _sample(program: Program, prefix: str, ports: tuple[Port, ...]) -> str:
    """The function that runs one sample twice and writes its record."""
    return f"""
static void prepare(void)
{{
    fill(arena.memory, sizeof arena.memory);
{reset_call(program, prefix, "arena.memory", indent=4)}{_copies(prefix, ports)}}}

static int sample(void)
{{
    uint64_t ticks;
    uint32_t stack;
    int status;

    prepare();
    harness_start();
    status = {prefix}_invoke(arena.memory);
    harness_stop(&ticks, &stack);
{_writes(prefix, ports)}    prepare();
    {prefix}_checksums(arena.memory, checksums);
    if (!lapped) {{
        lapped = 1;
        prepare();
        harness_start();
        (void){prefix}_checked_invoke(arena.memory);
    }}
    if (harness_write(checksums, sizeof checksums) || harness_write(&ticks, sizeof ticks)
        || harness_write(&stack, sizeof stack) || harness_write(laps, sizeof laps)) {{
        return 2;
    }}
    return overrun() ? {OVERRUN_STATUS} : status;
}}
"""


def _copies(prefix: str, ports: tuple[Port, ...]) -> str:
    return "".join(
        f"    copy({prefix}_{port.name}(arena.memory), {port.name}, sizeof {port.name});\n"
        for port in ports
        if port.is_input
    )


def _writes(prefix: str, ports: tuple[Port, ...]) -> str:
    return "".join(
        f"    if (harness_write({prefix}_{port.name}(arena.memory),\n"
        f"                      {f'{prefix}_{port.name}'.upper()}_SIZE"
        f" * sizeof({prefix}_{port.name}_t))) {{\n"
        "        return 2;\n    }\n"
        for port in ports
        if not port.is_input
    )
