"""Random networks of joins, slices and steps in place: the same integers in C as in the model."""

import numpy as np

from tests.c.compilers import WARNINGS, run_main
from tests.c.merged import header_of
from tests.reference.model import run_reference
from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import Concat, Lookup, Reshape, Slice
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.program.views import is_view

NETWORKS = 24


class Drawn:
    """A random network over rows of eight values."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.rows, self.items = {"x": 6, "z": 4}, []
        self.tensors = {name: (rows, 8) for name, rows in self.rows.items()}
        for number in range(int(self.rng.integers(4, 12))):
            draw = (self.lookup, self.join, self.cut, self.columns)
            draw[self.rng.choice(4, p=[0.3, 0.35, 0.25, 0.1])](f"t{number}")

    def pick(self):
        # mostly what was made last, so that networks are deep
        names = list(self.rows)
        return names[-1 - min(int(self.rng.geometric(0.4)) - 1, len(names) - 1)]

    def add(self, kind, name, sources, shape, **rest):
        self.items.append(kind(name, sources, name, **rest))
        self.tensors[name] = shape
        if shape[1] == 8:
            self.rows[name] = shape[0]

    def lookup(self, name):
        source = self.pick()
        table = self.rng.integers(-128, 128, 256).astype(np.int8)
        self.add(Lookup, name, (source,), self.tensors[source], table=table)

    def join(self, name):
        sources = tuple(self.pick() for _ in range(int(self.rng.integers(2, 4))))
        shape = (sum(self.rows[source] for source in sources), 8)
        self.add(Concat, name, sources, shape, axis=0)

    def cut(self, name):
        source = self.pick()
        start = int(self.rng.integers(0, self.rows[source]))
        size = int(self.rng.integers(1, self.rows[source] - start + 1))
        self.add(
            Slice, name, (source,), (size, 8), starts=(start, 0), sizes=(size, 8), steps=(1, 1)
        )

    def columns(self, name):
        source, half = self.pick(), f"{name} half"
        rows = self.rows[source]
        if rows % 2:
            self.lookup(name)
            return
        self.add(Slice, half, (source,), (rows, 4), starts=(0, 2), sizes=(rows, 4), steps=(1, 1))
        self.add(Reshape, name, (half,), (rows // 2, 8))

    def program(self):
        tensors = {
            name: QuantizedTensor(name, shape, INT8, 1.0, 0) for name, shape in self.tensors.items()
        }
        read = {name for item in self.items for name in item.inputs}
        outputs = tuple(item.output for item in self.items if item.output not in read)
        return Program("drawn", TFLM, tensors, {}, ("x", "z"), outputs, tuple(self.items))


def values_of(program):
    rng = np.random.default_rng(3)
    values = {
        name: rng.integers(-128, 128, (2, *program.tensors[name].shape)).astype(np.int8)
        for name in program.inputs
    }
    for item in program.instructions:
        values[item.output] = run_reference(program, item, values)
    return values


def test_the_integers_are_those_of_the_model_and_views_are_no_code(tmp_path):
    programs = [Drawn(seed).program() for seed in range(NETWORKS)]
    views = copies = 0
    lines, calls = [], []
    for number, program in enumerate(programs):
        plan = plan_arena(program)
        for item in program.instructions:
            if isinstance(item, Concat | Slice):
                seen = is_view(program, item, plan.offsets)
                views, copies = views + seen, copies + (not seen)
        header = header_of(program, values_of(program), f"n{number}")
        (tmp_path / f"n{number}.h").write_text(header)
        lines.append(f'#include "n{number}.h"\nstatic uint8_t a{number}[N{number}_ARENA_BYTES];\n')
        calls.append(f"    if (n{number}_self_test(a{number}) != 0) return {number + 1};\n")
    defines = "".join(
        f"#define N{number}_IMPLEMENTATION\n#define N{number}_SELF_TEST\n"
        for number in range(NETWORKS)
    )
    main = f"{defines}{''.join(lines)}int main(void)\n{{\n{''.join(calls)}    return 0;\n}}\n"
    (tmp_path / "main.c").write_text(main)
    run_main(tmp_path, ["main.c"], "-std=c99", "-fsanitize=address,undefined", *WARNINGS)
    assert min(views, copies) >= NETWORKS // 2
