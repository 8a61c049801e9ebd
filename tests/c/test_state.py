"""The header keeps a state from one run to the next and resets it when asked, as the simulator."""

import numpy as np
import pytest

from tests.c.compilers import WARNINGS, implementation, run_main
from tests.c.merged import info
from tests.reference.cases import seeded_case
from tests.simulate.test_states import long, stateful
from tinyml_studio.emit.c_text import array
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import self_test_vectors
from tinyml_studio.program.instructions import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.simulate.run import run, states_of

MAIN = """#define NET_SELF_TEST
#include "net.h"
#include <stdio.h>
static uint8_t arena[NET_ARENA_BYTES] NET_ALIGN;
{data}
static void pass(int32_t alone)
{{
    for (int32_t i = 0; i < {count}; i++) {{
        if (alone != 0) {{
            net_reset(arena);
        }}
        (void)memcpy(net_input(arena), samples + (i * NET_INPUT_SIZE), NET_INPUT_SIZE);
        (void)net_invoke(arena);
        for (int32_t j = 0; j < NET_OUTPUT_SIZE; j++) {{
            printf("%d ", net_output(arena)[j]);
        }}
    }}
}}
int main(void)
{{
    (void)memset(arena, 0xA5, sizeof arena);
    net_reset(arena);
    pass(0);
    pass(1);
    printf("%d\\n", net_self_test(arena));
    return 0;
}}
"""


@pytest.mark.parametrize("kind", [Lstm, Svdf, StreamBuffer])
def test_stream_and_reset_are_those_of_the_simulator(kind, tmp_path):
    program = stateful(kind)
    values = long(program)
    alone, stream = run(program, values), run(program, values, states=states_of(program))
    vectors = self_test_vectors(program, alone.values, count=3)
    header = c_header(program, info=info(), vectors=vectors)
    source = implementation(tmp_path, header, "net", "SELF_TEST")
    flat = values[0].reshape(-1).tolist()
    data = array(f"static const int8_t samples[{len(flat)}]", flat, "int8_t")
    (tmp_path / "main.c").write_text(MAIN.format(data=data, count=len(values[0])))
    printed = run_main(tmp_path, [source, "main.c"], "-std=c99", *WARNINGS).split()
    wanted = np.concatenate([stream.values["y"].reshape(-1), alone.values["y"].reshape(-1)])
    assert [int(word) for word in printed] == [*wanted.tolist(), 0]


def test_the_header_says_where_the_state_is():
    header = c_header(stateful(Lstm), info=info())
    assert "#define NET_STATE_BYTES" in header
    assert "void net_reset(void *arena);" in header
    assert header.index("Call it once before the first run") < header.index("net_reset(void")


def test_a_network_without_a_state_has_no_reset():
    header = c_header(seeded_case(0, Gru).program, info=info())
    assert "reset(void" not in header
    assert "STATE_BYTES" not in header
