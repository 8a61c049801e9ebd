"""The state of a network in C: where it lies, and the function that resets it."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.emit.memory import Memory
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.lifetimes import state_tensors
from tinyml_studio.program.program import Program, QuantizedTensor


def has_state(program: Program) -> bool:
    """Whether anything stays from one run to the next."""
    return bool(state_tensors(program))


def state_prototype(program: Program, prefix: str, plan: ArenaPlan) -> str:
    """The size of the state and the function that resets it; nothing without a state."""
    if not has_state(program):
        return ""
    name = prefix.upper()
    return (
        "/* The network keeps a state from one run to the next, in bytes at the beginning of the\n"
        " * arena that nothing else uses. */\n"
        f"#define {name}_STATE_BYTES {plan.state_bytes}\n\n"
        "/* Resets the state. Call it once before the first run, and again wherever a sample does\n"
        " * not follow the one before. */\n"
        f"void {prefix}_reset(void *arena);\n"
    )


def state_function(program: Program, prefix: str, memory: Memory) -> str:
    """The definition behind `state_prototype`."""
    if not has_state(program):
        return ""
    lines = "".join(_reset(program.tensors[name], memory) for name in state_tensors(program))
    return (
        f"void {prefix}_reset(void *arena)\n{{\n"
        f"    uint8_t *memory = (uint8_t *)arena;\n\n{lines}}}\n\n"
    )


def reset_call(program: Program, prefix: str, arena: str, *, indent: int) -> str:
    """The statement that resets the state; nothing without one."""
    return f"{' ' * indent}{prefix}_reset({arena});\n" if has_state(program) else ""


def _reset(tensor: QuantizedTensor, memory: Memory) -> str:
    """Fill a tensor with its zero point; one of 16 bits has 0."""
    value = tensor.zero_point & 0xFF if tensor.type.carrier == INT8.carrier else 0
    return f"    (void)memset(memory + {memory.offsets[tensor.name]}, {value}, {tensor.nbytes}u);\n"
