import re

import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states.code import MOST_SHOWN, Ink, code_state, spans

TEXT = """/*
 * net.h
 */
#ifndef NET_H_INCLUDED
int net_invoke(void *arena);
#ifdef NET_SELF_TEST
#endif
#ifdef NET_IMPLEMENTATION
/* one */ int x; /* begins
ends */ int y;
/* layer 0: Conv2D "/stem/Conv" */
static const int8_t net_000_weights[192] NET_WORDS = {
static const int32_t net_000_bias[16] = {
/* layer 1: Add "block" */
int net_invoke(void *arena)
#ifdef NET_SELF_TEST
"""


def test_sections_name_layers_and_count_their_constants():
    sections = code_state(TEXT, "host").sections
    assert [section.name for section in sections] == [
        "Front matter",
        "Interface",
        "Kernels",
        "0 Conv2D stem Conv",
        "1 Add block",
        "Entry points",
        "Self-test",
    ]
    assert [section.constant_bytes for section in sections] == [0, 0, 0, 192 + 64, 0, 0, 0]
    assert sum(section.text_bytes for section in sections) == len(TEXT)
    assert [section.line for section in sections] == [0, 3, 7, 10, 13, 14, 15]


def test_lines_within_a_comment_are_known():
    assert code_state(TEXT, "host").in_comment == {1, 2, 9}


@pytest.mark.parametrize(
    ("line", "inside", "expected"),
    [
        ("static const int8_t x[3];", False, ["KEYWORD", "KEYWORD", "TYPE", "NUMBER"]),
        ("return 0x1fu + 2.5e-3f; /* why", False, ["KEYWORD", "NUMBER", "NUMBER", "COMMENT"]),
        ("end */ int y;", True, ["COMMENT", "TYPE"]),
        ("still", True, ["COMMENT"]),
        ('#include "a.h" /* x */', False, ["DIRECTIVE", "COMMENT"]),
        ('x = "/* no */";', False, ["TEXT"]),
        ("", False, []),
    ],
)
def test_the_pieces_of_a_line(line, inside, expected):
    found = spans(line, in_comment=inside)
    assert [ink.name for _, _, ink in found] == expected
    ends = [0, *(start + length for start, length, _ in found)]
    assert all(start >= end for (start, _, _), end in zip(found, ends, strict=False))


def test_the_layers_of_a_real_header_are_its_sections():
    text = Studio.open_example("digits").header(target="cortex-m4")
    state = code_state(text, "cortex-m4")
    layers = [section for section in state.sections if section.name[0].isdigit()]
    assert len(layers) == 10
    assert max(layers, key=lambda section: section.constant_bytes).constant_bytes > 4608
    assert Ink.COMMENT in {ink for _, _, ink in spans(text.splitlines()[0], in_comment=False)}


@pytest.mark.parametrize("helium", [False, True])
def test_constants_count_once_where_a_header_has_them_in_two_forms(helium):
    text = TEXT.replace(
        "/* layer 1",
        "#ifndef NET_HELIUM\nstatic const int8_t net_a[10] = {\n#endif\n"
        "#ifdef NET_HELIUM\nstatic const int8_t net_b[1000] = {\n#endif\n/* layer 1",
    )
    counted = code_state(text, "host", helium=helium).sections[3].constant_bytes
    assert counted == 192 + 64 + (1000 if helium else 10)


def test_the_constants_of_a_header_are_those_that_its_comment_states():
    text = Studio.open_example("digits").header(target="cortex-m4")
    stated = re.search(r"flash +(\d+) bytes of weights, (\d+) bytes of other", text)
    sections = code_state(text, "cortex-m4").sections
    listed = sum(section.constant_bytes for section in sections)
    assert 0.75 < listed / (int(stated[1]) + int(stated[2])) <= 1  # structures are not listed


def test_of_a_very_long_header_the_beginning_is_shown():
    state = code_state("int x;\n" * MOST_SHOWN, "host")
    assert MOST_SHOWN - 10 < len(state.shown) <= MOST_SHOWN
    assert state.shown.endswith(";\n")
    assert "beginning" in state.about
    assert code_state(TEXT, "host").shown == TEXT
    assert "beginning" not in code_state(TEXT, "host").about


def test_sections_say_the_short_names_of_layers_with_both_their_ends():
    long = "mobilenet_small_backbone_inverted_residual_block_4_conv"
    names = [held.name for held in code_state(TEXT, "host", layers=["stem", long]).sections]
    assert names[3] == "0 Conv2D stem"
    assert names[4].startswith("1 Add mobilenet")
    assert names[4].endswith("_4_conv")
    assert max(len(word) for word in names[4].split()) <= 24
