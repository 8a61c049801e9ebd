"""A state is no channel: it stays whole, and so does the memory of an instruction."""

import pytest

from tests.reference.cases import seeded_case
from tinyml_studio.program.instructions import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.prune.prune import prune


@pytest.mark.parametrize("kind", [Lstm, Gru, Svdf, StreamBuffer])
@pytest.mark.parametrize("seed", range(4))
def test_nothing_of_a_recurrent_layer_is_cut(kind, seed):
    program = seeded_case(seed, kind).program
    assert prune(program).program.tensors == program.tensors
