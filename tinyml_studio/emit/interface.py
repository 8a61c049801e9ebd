"""What a program sees of a header: types, sizes, prototypes, and the functions behind them."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.emit.c_text import real
from tinyml_studio.emit.layers import Step
from tinyml_studio.emit.memory import Memory
from tinyml_studio.emit.ports import Port


def types_and_sizes(prefix: str, ports: Sequence[Port]) -> str:
    """An element type, a size and a grid for every port."""
    lines = [f"typedef {port.c_type} {prefix}_{port.name}_t;" for port in ports]
    for port in ports:
        name = f"{prefix}_{port.name}".upper()
        shape = " x ".join(map(str, port.tensor.shape)) or "1"
        lines += [
            "",
            f"/* real = {name}_SCALE * (integer - {name}_ZERO_POINT); shape {shape} */",
            f"#define {name}_SIZE {port.tensor.size}",
            f"#define {name}_SCALE {real(port.tensor.scale)}",
            f"#define {name}_ZERO_POINT ({port.tensor.zero_point})",
        ]
    return "\n".join(lines) + "\n"


def budget(prefix: str, *, arena: int, alignment: int, weights: int, macs: int) -> str:
    """The macros that say what the network takes."""
    name = prefix.upper()
    return (
        f"/* bytes of working memory, bytes of weights, multiply-accumulates of one run */\n"
        f"#define {name}_ARENA_BYTES {arena}\n"
        f"#define {name}_WEIGHT_BYTES {weights}\n"
        f"#define {name}_MACS {macs}\n\n"
        f"/* static uint8_t arena[{name}_ARENA_BYTES] {name}_ALIGN; */\n"
        f"#if defined(__GNUC__)\n"
        f"#define {name}_ALIGN __attribute__((aligned({alignment})))\n"
        f"#else\n"
        f"#define {name}_ALIGN /* align the arena to {alignment} bytes */\n"
        f"#endif\n"
    )


def prototypes(prefix: str, ports: Sequence[Port]) -> str:
    """Declarations with their documentation."""
    text = ""
    for port in ports:
        size = f"{prefix}_{port.name}".upper() + "_SIZE"
        use = f"{size} elements; valid until the next write to an input."
        if port.is_input:
            use = f"Where to write {size} elements; inside the arena."
        text += f"/* {use} */\n{_accessor(prefix, port)};\n\n"
    return (
        f"{text}/* Runs the network once; 0 on success. The inputs may be overwritten. */\n"
        f"int {prefix}_invoke(void *arena);\n\n"
        "/* The same with copies in and out. */\n"
        f"{_run_signature(prefix, ports)};\n"
    )


def accessors(prefix: str, ports: Sequence[Port], memory: Memory) -> str:
    """The functions that find the ports in the arena."""
    text = ""
    for port in ports:
        base = "((uint8_t *)arena)" if port.is_input else "((const uint8_t *)arena)"
        find = memory.write if port.is_input else memory.read
        unused = "" if port.tensor.name not in memory.constants else "    (void)arena;\n"
        pointer = find(port.tensor, base=base)
        text += f"{_accessor(prefix, port)}\n{{\n{unused}    return {pointer};\n}}\n\n"
    return text


def runners(prefix: str, ports: Sequence[Port], steps: Sequence[Step]) -> str:
    """``invoke`` and ``run``."""
    done = f"{prefix.upper()}_LAYER_DONE"
    calls = "".join(
        f"    {step.function}(memory);\n    {done}({step.layer});\n"
        for step in steps
        if step.function
    )
    copies_in, copies_out = (
        "".join(_copy(prefix, port) for port in ports if port.is_input is side)
        for side in (True, False)
    )
    return (
        f"int {prefix}_invoke(void *arena)\n{{\n    uint8_t *memory = (uint8_t *)arena;\n\n"
        f"{calls or '    (void)memory;' + chr(10)}    return 0;\n}}\n\n"
        f"{_run_signature(prefix, ports)}\n{{\n    int status;\n\n{copies_in}"
        f"    status = {prefix}_invoke(arena);\n{copies_out}    return status;\n}}\n"
    )


def _accessor(prefix: str, port: Port) -> str:
    if port.is_input:
        return f"{prefix}_{port.name}_t *{prefix}_{port.name}(void *arena)"
    return f"const {prefix}_{port.name}_t *{prefix}_{port.name}(const void *arena)"


def _run_signature(prefix: str, ports: Sequence[Port]) -> str:
    parameters = [
        f"{'const ' if port.is_input else ''}{prefix}_{port.name}_t *{port.name}" for port in ports
    ]
    return f"int {prefix}_run({', '.join([*parameters, 'void *arena'])})"


def _copy(prefix: str, port: Port) -> str:
    inside = f"{prefix}_{port.name}(arena)"
    target, source = (inside, port.name) if port.is_input else (port.name, inside)
    size = f"{prefix}_{port.name}".upper() + "_SIZE"
    return f"    (void)memcpy({target}, {source}, {size} * sizeof({prefix}_{port.name}_t));\n"
