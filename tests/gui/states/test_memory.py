"""The arena as rectangles: exact, and the peak names its cause."""

from dataclasses import replace

import pytest

from tinyml_studio.app.exported import exported
from tinyml_studio.app.footprint import footprint
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states.assembling.memory import memory_state
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.charts_of_panes import memory_table
from tinyml_studio.gui.states.memory import (
    MOST_BLOCKS,
    PICTURE,
    Block,
    MemoryState,
    Overlap,
    block_at,
    block_text,
    headline,
    overlaps_of,
    peak_text,
    picture_of,
    uncovered,
)


@pytest.fixture(scope="module")
def studio():
    return Studio.open_example("digits")


@pytest.fixture(scope="module")
def state(studio):
    derived = studio.derived
    program, plan = exported(derived).program, footprint(derived).plan
    return memory_state(program, plan, derived.graph, names_of(studio.layers))


def test_every_rectangle_lies_in_the_arena_and_has_a_layer(state, studio):
    names = {row.name for row in studio.layers}
    assert state.blocks
    assert {block.key for block in state.blocks} <= names
    assert max(block.offset + block.size for block in state.blocks) == state.size


def test_what_lives_at_the_peak_takes_at_least_the_lower_bound(state):
    live = [block for block in state.blocks if block.at_peak]
    held = {byte for block in live for byte in range(block.offset, block.offset + block.size)}
    assert state.lower_bound <= len(held) <= state.size
    assert all(block.first <= state.peak <= block.last for block in live)
    assert state.steps[state.peak] in state.cause
    assert live[0].name in state.cause


def test_a_result_over_its_operand_says_so(state):
    over = [block for block in state.blocks if block.over]
    assert over
    for block in over:
        assert f"over what is read of {block.over}" in block_text(state, block)


def test_rectangles_over_each_other_are_found_and_told():
    wide = Block("a", "a", "a", 0, 2, 0, 100)
    upper = Block("b", "b", "b", 2, 3, 60, 80)
    apart = Block("c", "c", "c", 3, 3, 0, 60)
    blocks = (wide, upper, apart)
    overlaps = overlaps_of(blocks)
    assert overlaps == (Overlap(0, 1, 2, 2, 60, 40),)
    held = MemoryState(blocks, tuple("abcd"), overlaps=overlaps)
    assert block_text(held, wide).endswith("shares 40 B with b")
    assert block_text(held, upper).endswith("shares 40 B with a")
    assert "shares" not in block_text(held, apart)


def test_a_copy_of_an_operand_is_a_rectangle_of_the_step_that_reads_it(studio):
    derived = studio.derived
    program, plan = exported(derived).program, footprint(derived).plan
    place = 2
    step = plan.steps[place]
    operand = program.instructions[place].inputs[0]
    steps = (*plan.steps[:place], replace(step, copied=operand), *plan.steps[place + 1 :])
    copied = replace(plan, steps=steps, copies={step.output: 48})
    made = memory_state(program, copied, derived.graph, names_of(studio.layers))
    (block,) = [block for block in made.blocks if block.copied_for]
    assert (block.first, block.last, block.offset) == (place, place, 48)
    assert block.size == program.tensors[operand].nbytes
    assert block.key == step.layer
    assert block.name.startswith("copy of ")
    assert f"made and read by {block.copied_for}" in block_text(made, block)


def test_a_point_finds_the_smallest_rectangle_there():
    wide = Block("a", "a", "a", 0, 3, 0, 100)
    inner = Block("b", "b", "b", 1, 1, 20, 10)
    held = MemoryState((wide, inner), ("a", "b", "c", "d"))
    assert block_at(held, 1.5, 25.0) is inner
    assert block_at(held, 2.5, 25.0) is wide
    assert block_at(held, 1.5, 200.0) is None
    assert block_text(held, wide) == "a · 100 B · step 1 to 4 of 4 · bytes 0 to 100"


@pytest.mark.parametrize(("bound", "words"), [(2000, "no layout"), (1600, "+25.0 %")])
def test_the_headline_holds_the_size_against_the_bound(bound, words):
    assert words in headline(MemoryState(size=2000, lower_bound=bound))


def test_the_cause_names_the_largest_first_and_counts_the_rest():
    live = tuple((f"t{number}", number * 10) for number in range(1, 6))
    assert peak_text("conv", live) == "Peak at conv: t5 50 B, t4 40 B, t3 30 B and 2 more"


def test_the_table_has_a_row_for_each_tensor(state):
    table = memory_table(state)
    assert len(table.rows) == len(state.blocks)
    assert len(table.columns) == len(table.rows[0])


def many(count: int) -> tuple[Block, ...]:
    """A chain: each tensor lives in two steps, in turn below and above."""
    return tuple(
        Block(f"l{n}", f"l{n}", f"t{n}", n, n + 1, n % 2 * 500, 500, n == 9) for n in range(count)
    )


def test_few_blocks_are_drawn_one_by_one():
    assert picture_of(many(MOST_BLOCKS), MOST_BLOCKS, 1000) is None


@pytest.mark.parametrize("count", [MOST_BLOCKS + 1, 20_000])
def test_very_many_blocks_become_one_picture(count):
    picture = picture_of(many(count), count, 1000)
    assert picture.shape == (PICTURE[0], min(count, PICTURE[1]))
    assert (picture[:, 1:] > 0).all()  # both halves are taken in every step but the first
    assert (picture == 2).any(axis=0).sum() <= 3
    assert (picture == 2).any()


def test_a_picture_has_a_place_for_every_block_however_small():
    blocks = (*many(MOST_BLOCKS), Block("x", "x", "x", 700, 700, 999_999, 1))
    picture = picture_of(blocks, 20_000, 1_000_000)
    column = 700 * picture.shape[1] // 20_000
    assert picture[-1, column] == 1
    assert picture[-1].sum() == 1


@pytest.mark.parametrize(
    ("above", "span"),
    [
        ((), (2.0, 6.0)),
        ((Block("b", "b", "b", 5, 7, 0, 100),), (2.0, 5.0)),
        ((Block("b", "b", "b", 1, 2, 40, 20),), (3.0, 6.0)),
        ((Block("b", "b", "b", 3, 3, 0, 100), Block("c", "c", "c", 5, 5, 0, 100)), (2.0, 3.0)),
        ((Block("b", "b", "b", 2, 4, 60, 40),), (2.0, 6.0)),
        ((Block("b", "b", "b", 0, 9, 0, 100),), (2.0, 2.0)),
    ],
)
def test_a_name_stands_where_nothing_is_drawn_over_it(above, span):
    assert uncovered(Block("a", "a", "a", 2, 5, 0, 100), above) == span
