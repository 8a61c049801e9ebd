"""Layers in C: their constants, and one function each that calls the kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.c_text import array_of, comment_text, hint, integer
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    Scratch,
    Table,
    Value,
    integer_table,
)
from tinyml_studio.emit.firmware_plan import FirmwarePlan
from tinyml_studio.emit.guard import Guard
from tinyml_studio.emit.kernels import Kernels
from tinyml_studio.emit.memory import Memory
from tinyml_studio.emit.planned import planned_calls
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import is_view
from tinyml_studio.progress import give_way

Calls = Callable[[Instruction, Program], tuple[KernelCall, ...]]


@dataclass(frozen=True, slots=True)
class Step:
    """Instructions of one layer that follow each other.

    Parameters
    ----------
    layer
        Index of the layer, in the order of `Program.by_layer`.
    function
        The C function that runs them; "" when there is nothing to run.
    final
        The layer's final tensor when this step makes it, else "".
    """

    layer: int
    function: str
    final: str


class LayerWriter:
    """Writes layers one after the other and keeps count of what they put into flash."""

    def __init__(
        self,
        program: Program,
        kernels: Kernels,
        prefix: str,
        plan: FirmwarePlan,
        calls: Calls | None = None,
    ) -> None:
        self._program = program
        self._kernels = kernels
        self._prefix = prefix
        self._plan = plan
        self._calls_of = calls
        self._copies = plan.tensors.copies
        self._index = {layer: index for index, layer in enumerate(program.by_layer)}
        self._tables: dict[tuple[Guard, str, bytes, bool], str] = {}
        self._guard = Guard.NONE
        self._names: set[str] = set()
        self._text: list[str] = []
        self.helium = False
        self.weight_bytes = 0
        self.constant_bytes = 0
        self.memory = Memory(dict(plan.tensors.offsets), self._constants())

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "\n".join(self._text)

    def steps(self) -> tuple[Step, ...]:
        """Write all layers."""
        groups = groupby(self._program.instructions, key=lambda item: item.layer)
        return tuple(self._step(layer, tuple(items)) for layer, items in groups)

    def _step(self, layer: str, items: Sequence[Instruction]) -> Step:
        give_way()
        index = self._index[layer]
        last = self._program.by_layer[layer][-1]
        final = last.output if items[-1] is last else ""
        stem = "_".join(part for part in (f"{self._prefix}_{index:03d}", hint(layer)) if part)
        kinds = ", ".join(type(item).__name__ for item in items)
        self._text.append(f'/* layer {index}: {kinds} "{comment_text(layer, limit=60)}" */')
        body = "".join(self._body(item, stem) for item in items)
        if not body:
            self._text.append(
                f"/* layer {index} moves nothing: its tensors lie one in the other */\n"
            )
            return Step(index, "", final)
        function = self._unique(f"{self._prefix}_layer_{index:03d}")
        self._text.append(
            f"static {self._prefix.upper()}_LAYER void {function}(uint8_t *memory)\n{{\n{body}}}\n"
        )
        return Step(index, function, final)

    def _body(self, item: Instruction, stem: str) -> str:
        """The statements of an instruction, perhaps behind one that copies its operand."""
        place, offsets = self._copies.get(item.output), self.memory.offsets
        scratch = self._plan.scratch.offsets.get(item.output, 0)
        if place is None or offsets[item.inputs[0]] == place:
            return "".join(self._statement(call, stem, scratch) for call in self._calls(item))
        operand = self._program.tensors[item.inputs[0]]
        source, memory = self.memory.read(operand), self.memory
        self.memory = replace(memory, offsets={**offsets, operand.name: place})
        lift = self._kernels.name("tms_lift", Binding(), self._guard)
        text = f"    {lift}({self.memory.write(operand)}, {source}, {operand.nbytes});\n"
        text += "".join(self._statement(call, stem, scratch) for call in self._calls(item))
        self.memory = memory
        return text

    def _calls(self, item: Instruction) -> tuple[KernelCall, ...]:
        if is_view(self._program, item, self.memory.offsets):
            return ()
        if self._calls_of is not None:
            return self._calls_of(item, self._program)
        return planned_calls(item, self._program, self._plan)

    def _statement(self, call: KernelCall, stem: str, scratch: int) -> str:
        """The call as a statement, or two of which the core chooses one."""
        if call.helium is None:
            return self._call(call, stem, scratch)
        self.helium = True
        for table in set(call.tables) & set(call.helium.tables):
            self._table(table, stem)
        with self._under(Guard.OTHERS):
            plain = self._call(call, stem, scratch)
        with self._under(Guard.HELIUM):
            fast = self._call(call.helium, stem, scratch)
        return f"#ifdef {self._prefix.upper()}_HELIUM\n{fast}#else\n{plain}#endif\n"

    @contextmanager
    def _under(self, guard: Guard) -> Iterator[None]:
        """What is written meanwhile is for some cores only."""
        outside, self._text, self._guard = self._text, [], guard
        yield
        inside, self._text, self._guard = self._text, outside, Guard.NONE
        self._text.append(guard.around("\n".join(inside), self._prefix))

    def _call(self, call: KernelCall, stem: str, scratch: int) -> str:
        """The call as a statement; its constants are written before."""
        name = self._kernels.name(call.kernel, call.binding, self._guard)
        arguments = [
            f"(uint32_t *)(void *)(memory + {scratch})"
            if isinstance(item, Scratch)
            else self._argument(item, call.binding, stem)
            for item in call.arguments
        ]
        one_line = f"{name}({', '.join(arguments)});"
        if len(one_line) <= 94:
            return f"    {one_line}\n"
        gap = ",\n        "
        return f"    {name}(\n        {gap.join(arguments)});\n"

    def _argument(
        self, item: int | Operand | Result | Table | Parameters, binding: Binding, stem: str
    ) -> str:
        if isinstance(item, Operand):
            return self.memory.read(self._program.tensors[item.tensor])
        if isinstance(item, Result):
            return self.memory.write(self._program.tensors[item.tensor])
        if isinstance(item, Table):
            return self._table(item, stem)
        if isinstance(item, Parameters):
            return f"&{self._structure(item, binding, stem)}"
        return integer(item)

    def _structure(self, item: Parameters, binding: Binding, stem: str) -> str:
        """Write a structure of parameters; its name."""
        text = self._members(item, binding, stem, "    ")
        type_ = self._kernels.name(item.struct, binding, self._guard)
        role = item.struct.removeprefix("tms_").removesuffix("_t")
        name = self._unique(f"{stem}_{role}")
        self._text.append(
            f"static const {type_} {name} {self._prefix.upper()}_CONST = {{\n{text}}};\n"
        )
        return name

    def _members(self, item: Parameters, binding: Binding, stem: str, indent: str) -> str:
        fields = self._kernels.fields(item.struct)
        if sorted(fields) != sorted(item.values):
            raise ValueError(f"{item.struct} has the members {fields}, not {tuple(item.values)}")
        text = ""
        for member in fields:
            value = self._member(item.values[member], binding, stem, indent)
            text += f"{indent}{value}, /* {member} */\n"
        return text

    def _member(self, value: Value, binding: Binding, stem: str, indent: str) -> str:
        if isinstance(value, Table):
            self._count("pointer", 4)
            return self._table(value, stem)
        if isinstance(value, Parameters):
            inner = self._members(value, binding, stem, f"{indent}    ")
            return f"{{\n{inner}{indent}}}"
        if isinstance(value, tuple):
            self._count("values", 4 * len(value))
            return f"{{{', '.join(map(integer, value))}}}"
        self._count("value", 4)
        return integer(value)

    def _table(self, table: Table, stem: str) -> str:
        """Write a constant array, unless the same stands there already; its name."""
        content = (table.c_type, table.data, table.aligned)
        key = (Guard.NONE, *content)
        if key not in self._tables:
            key = (self._guard, *content)
        if key not in self._tables:
            name = self._unique(f"{stem}_{table.role}")
            declaration = f"static const {table.c_type} {name}[{table.count}]"
            words = ("WORDS",) if table.aligned else ()
            for word in (*words, "WEIGHTS" if table.role == "weights" else "CONST"):
                declaration += f" {self._prefix.upper()}_{word}"
            self._text.append(array_of(declaration, table.text))
            self._tables[key] = name
            self._count(table.role, table.nbytes)
        return self._tables[key]

    def _count(self, role: str, size: int) -> None:
        """Count bytes in flash; those for Helium stand in the place of others."""
        if self._guard is Guard.HELIUM:
            return
        if role == "weights":
            self.weight_bytes += size
        else:
            self.constant_bytes += size

    def _constants(self) -> dict[str, str]:
        """Write the constant operands; their names by tensor."""
        return dict(self._constant_names())

    def _constant_names(self) -> Iterator[tuple[str, str]]:
        for index, (tensor, values) in enumerate(self._program.constants.items()):
            table = integer_table("constant", values, self._program.tensors[tensor].type)
            yield tensor, self._table(table, f"{self._prefix}_operand_{index:03d}")

    def _unique(self, name: str) -> str:
        """The name, with a number behind it when it is taken."""
        unique, number = name, 1
        while unique in self._names:
            number += 1
            unique = f"{name}_{number}"
        self._names.add(unique)
        return unique
