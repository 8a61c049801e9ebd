"""Findings and remedies in words."""

import math

import pytest

from tinyml_studio.app.advice import Cause, Finding, Remedy
from tinyml_studio.app.edits import Choice
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states.advice import (
    Mark,
    advice_line,
    refused_lines,
    remedy_line,
    signed_db,
)
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

NAMES = {"net/conv": "conv"}


@pytest.mark.parametrize(
    ("cause", "figure", "text", "mark", "words"),
    [
        (Cause.WEAK, 5.6, "", Mark.BAD, "conv: 5.6 dB alone"),
        (Cause.WEAK, 15.0, "", Mark.LIMIT, "conv: 15.0 dB alone"),
        (Cause.WEAK, 25.0, "", Mark.NOTE, "25.0 dB"),
        (Cause.AMPLIFIES, 7.0, "", Mark.LIMIT, "amplifies earlier errors by 7.0 dB"),
        (Cause.SATURATES, 0.03, "", Mark.LIMIT, "clips 3.0 %"),
        (Cause.POINTLESS, 16, "", Mark.LIMIT, "between tensors of 8"),
        (Cause.HEADROOM, 11, "", Mark.GOOD, "No accumulator overflows: 11 bits free"),
        (Cause.HEADROOM, 1, "", Mark.LIMIT, "1 bit free"),
        (Cause.CHANNELS, 3, "16", Mark.GOOD, "3 of 16 channels"),
    ],
)
def test_findings_in_words(cause, figure, text, mark, words):
    line = advice_line(Finding(cause, "net/conv", figure, text), NAMES)
    assert line.mark is mark
    assert words in line.text
    assert line.key == "net/conv"
    assert line.tip


@pytest.mark.parametrize(
    ("choice", "text"),
    [
        (Choice(bits="w5"), "w5: +1.02 kB"),
        (Choice(bits="a16"), "a16: +1.02 kB"),
        (Choice(range_method=RangeMethod.MSE), "MSE range: +1.02 kB"),
        (Choice(granularity=Granularity.CHANNEL), "one scale per channel: +1.02 kB"),
    ],
)
def test_remedies_in_words(choice, text):
    line = remedy_line(Remedy(choice, 6.1, 0.84, 1024, 0))
    assert (line.text, line.gain, line.helps) == (text, "+0.8 dB", True)
    assert "+6.1 dB for this layer alone" in line.tip
    assert [line.bits, line.method, line.granularity].count("") == 2


@pytest.mark.parametrize(
    ("cycles", "shown", "told"),
    [
        (12_345.0, "w5: +1.02 kB, +12.3 k cycles", "+12.3 k cycles for one inference"),
        (-800.0, "w5: +1.02 kB, −800 cycles", "−800 cycles for one"),
        (0.2, "w5: +1.02 kB", "±0 cycles for one"),
        (None, "w5: +1.02 kB", "Nothing is known of the cycles"),
    ],
)
def test_cycles_in_words(cycles, shown, told):
    line = remedy_line(Remedy(Choice(bits="w5"), 6.1, 0.84, 1024, 0, cycles))
    assert line.text == shown
    assert told in line.tip


@pytest.mark.parametrize(
    ("value", "text"), [(1.25, "+1.2 dB"), (-2.0, "−2.0 dB"), (0.01, "±0.0 dB")]
)
def test_signs(value, text):
    assert signed_db(value) == text


def test_refused_layers_are_told_with_their_reason():
    studio = Studio.open(find_example("digits").model)
    assert refused_lines(studio.layers, {}) == ()
    assert math.isnan(Finding(Cause.WEAK, "x").figure)


def test_long_names_keep_both_ends_in_the_narrow_list():
    long = "mobilenet_small_backbone_inverted_residual_block_4_conv"
    line = advice_line(Finding(Cause.WEAK, long, 5.6, ""), {long: long})
    name = line.text.split(":")[0]
    assert len(name) <= 24
    assert name.endswith("_4_conv")
