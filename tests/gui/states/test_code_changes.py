from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states import code
from tinyml_studio.gui.states.code import CodeState, code_state
from tinyml_studio.gui.states.code_changes import with_changes

FRONT = "/*\n * net.h\n */\n#ifndef NET_H_INCLUDED\n#ifdef NET_IMPLEMENTATION\n"


def header(*layers: str) -> str:
    """A header whose layers hold these lines."""
    return FRONT + "".join(
        f'/* layer {number}: Conv2D "/{number}" */\n{lines}' for number, lines in enumerate(layers)
    )


def changed(before: CodeState, after: CodeState) -> tuple[str, int]:
    """What the replacements make of the text before, and how many lines they write."""
    since = with_changes(after, before).since
    assert since.text is before.text
    lines = before.shown.splitlines(keepends=True)
    for held in reversed(since.replacements):
        lines[held.first : held.last] = [held.text]
    return "".join(lines), sum(held.text.count("\n") for held in since.replacements)


lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n"]), max_size=6).map("".join)
layers = st.lists(lines, max_size=4)


def states(*layers: list[str]) -> list[CodeState]:
    return [code_state(header(*held), "host") for held in layers]


@given(layers, layers)
def test_the_replacements_make_one_text_of_the_other(old, new):
    before, after = states(old, new)
    assert changed(before, after)[0] == after.shown


@given(layers, layers)
def test_also_where_only_the_beginning_is_shown(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code, "MOST_SHOWN", 130)
        before, after = states(old, new)
        assert changed(before, after)[0] == after.shown


def test_only_the_lines_that_differ_are_replaced():
    before = code_state(header("a\nb\nc\n", "d\n", "e\n"), "host")
    after = code_state(header("a\nx\nc\n", "d\n", "e\nf\n"), "host")
    text, written = changed(before, after)
    assert text == after.text
    assert written == 2


def test_an_edit_of_a_layer_leaves_the_others_alone():
    studio = Studio.open_example("digits")
    layer = next(row.name for row in studio.layers if row.weight_bits is not None)
    texts = []
    for bits in ("w8", "w4"):
        studio.set_layers((layer,), bits=bits)
        texts.append(code_state(studio.header(target="cortex-m4"), "cortex-m4"))
    text, written = changed(*texts)
    assert text == texts[1].text
    assert 0 < written < text.count("\n") / 3


def test_a_text_that_ends_within_a_line_is_shown_anew():
    state = code_state("int x;", "host")
    assert with_changes(state, replace(state, text="int y;\n")).since is None
    assert with_changes(state, CodeState()).since is None
