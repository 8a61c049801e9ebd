"""The self-test of a header: golden samples, and a checksum after every layer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.c_text import array
from tinyml_studio.emit.info import SelfTestVectors
from tinyml_studio.emit.kernels import Kernels
from tinyml_studio.emit.layers import Step
from tinyml_studio.emit.memory import Memory
from tinyml_studio.emit.ports import Port
from tinyml_studio.emit.state import reset_call
from tinyml_studio.program.program import Program


def self_test_prototypes(prefix: str, layers: int, vectors: SelfTestVectors | None) -> str:
    """Declarations behind ``..._SELF_TEST``."""
    name = prefix.upper()
    text = (
        f"#ifdef {name}_SELF_TEST\n"
        f"#define {name}_LAYERS {layers}\n\n"
        "/* Runs the network on the inputs in the arena and stores one checksum per layer. */\n"
        f"void {prefix}_checksums(void *arena, uint32_t checksums[{name}_LAYERS]);\n"
    )
    if vectors is not None:
        text += (
            "\n/* Runs the stored samples: 0, or 1 + the index of the first layer that differs */\n"
            f"int {prefix}_self_test(void *arena);\n"
        )
    return f"{text}#endif\n"


def self_test_functions(
    program: Program,
    prefix: str,
    kernels: Kernels,
    steps: Sequence[Step],
    memory: Memory,
) -> str:
    """The walk through the layers with a checksum after each; `kernels` is the self-test's own."""
    body = ""
    for step in steps:
        if step.function:
            body += f"    {step.function}(memory);\n"
        if step.final:
            tensor = program.tensors[step.final]
            name = kernels.name("tms_checksum", Binding(input=tensor.type))
            checksum = f"{name}({memory.read(tensor)}, {tensor.size})"
            body += (
                f"    if ({prefix}_differs({checksum}, {step.layer}, seen, expected)) {{\n"
                f"        return {step.layer + 1};\n    }}\n"
            )
    return _walk(prefix, kernels.text(), body)


def _walk(prefix: str, kernels: str, body: str) -> str:
    return f"""{kernels}
/* stores a checksum, or compares it with the expected one */
static int {prefix}_differs(uint32_t checksum, int32_t layer, uint32_t *seen,
                            const uint32_t *expected)
{{
    if (seen != NULL) {{
        seen[layer] = checksum;
    }}
    return (expected != NULL) && (expected[layer] != checksum);
}}

static int {prefix}_walk(uint8_t *memory, uint32_t *seen, const uint32_t *expected)
{{
{body}    return 0;
}}

void {prefix}_checksums(void *arena, uint32_t checksums[{prefix.upper()}_LAYERS])
{{
    (void){prefix}_walk((uint8_t *)arena, checksums, NULL);
}}
"""


def self_test_data(
    program: Program, prefix: str, ports: Sequence[Port], vectors: SelfTestVectors
) -> str:
    """The golden samples and the function that runs them."""
    flat = [int(value) for row in vectors.checksums for value in row]
    size = len(flat)
    text = array(f"static const uint32_t {prefix}_test_checksums[{size}]", flat, "uint32_t")
    arrays = [*vectors.inputs, *vectors.outputs]
    for port, values in zip(ports, arrays, strict=True):
        data = np.asarray(values).reshape(-1).tolist()
        declaration = f"static const {prefix}_{port.name}_t {prefix}_test_{port.name}[{len(data)}]"
        text += "\n" + array(declaration, data, port.c_type)
    return f"{text}\n{_self_test(program, prefix, ports, vectors.count)}"


def _self_test(program: Program, prefix: str, ports: Sequence[Port], count: int) -> str:
    copies = checks = ""
    reset = reset_call(program, prefix, "arena", indent=8)
    layers = {items[-1].output: i for i, items in enumerate(program.by_layer.values())}
    for port in ports:
        name = f"{prefix}_{port.name}".upper()
        stored = f"{prefix}_test_{port.name}"
        found = f"{prefix}_{port.name}(arena)"
        if port.is_input:
            copies += (
                f"        (void)memcpy({found}, {stored} + (i * {name}_SIZE),\n"
                f"                     {name}_SIZE * sizeof({prefix}_{port.name}_t));\n"
            )
        else:
            checks += (
                f"        for (int32_t j = 0; j < {name}_SIZE; j++) {{\n"
                f"            if ({found}[j] != {stored}[(i * {name}_SIZE) + j]) {{\n"
                f"                return {layers.get(port.tensor.name, 0) + 1};\n"
                "            }\n        }\n"
            )
    return f"""int {prefix}_self_test(void *arena)
{{
    for (int32_t i = 0; i < {count}; i++) {{
        int status;

{reset}{copies}        status = {prefix}_walk((uint8_t *)arena, NULL,
                            {prefix}_test_checksums + (i * {prefix.upper()}_LAYERS));
        if (status != 0) {{
            return status;
        }}
{checks}    }}
    return 0;
}}
"""
