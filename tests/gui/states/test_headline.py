"""The sentence above the table."""

from dataclasses import dataclass
from math import inf, nan

import pytest

from tinyml_studio.gui.states.assembling.headline import MEASURING, NO_DATA, headline
from tinyml_studio.gui.states.assembling.obstacle import Obstacle
from tinyml_studio.gui.states.summary import Tone


@dataclass
class Row:
    name: str


@dataclass
class Error:
    name: str
    sqnr_isolated_db: float
    sqnr_cumulative_db: float


@dataclass
class Live:
    layers: tuple[Error, ...]


def said(*layers):
    errors = tuple(Error(name, *figures) for name, *figures in layers)
    return headline(tuple(Row(held.name) for held in errors), Live(errors), has_data=True)


@pytest.mark.parametrize(("has_data", "text"), [(True, MEASURING), (False, NO_DATA)])
def test_without_figures_it_says_what_to_do_or_to_expect(has_data, text):
    assert headline((Row("a"),), None, has_data=has_data).text == text


def test_what_is_in_the_way_of_integers_is_said_instead_of_asking_for_data():
    told = headline(
        (Row("a"),), None, Obstacle("a cannot run", "a", asks_data=False), has_data=False
    )
    assert told.text == "✕ a cannot run"
    assert (told.layer, told.tone) == ("a", Tone.SUSPECT)


def test_the_layer_that_suffers_most_is_named_with_those_behind_it():
    told = said(("a", 40.0, 40.0), ("b", 2.5, 2.5), ("c", 37.0, 5.0), ("d", 12.0, 4.0))
    assert told.text == "▾ b suffers most: 2.5 dB alone; 3 of 4 below 10 dB"
    assert (told.layer, told.tone) == ("b", Tone.SUSPECT)


def test_errors_of_which_none_is_suspect_alone_add_up():
    told = said(("a", 12.0, 12.0), ("b", 13.0, 9.0))
    assert told.text == ("▾ Errors add up, a loses most: 12.0 dB alone; 1 of 2 below 10 dB")
    assert told.layer == "a"


def test_a_calm_network_says_its_lowest_layer():
    told = said(("a", 40.0, 40.0), ("b", 41.0, 30.0), ("c", nan, nan))
    assert told.text == "✓ Every layer keeps 30.0 dB or more, b the least: fewer bits may do"
    assert (told.layer, told.tone) == ("b", Tone.GOOD)


@pytest.mark.parametrize("lowest", [10.0, 19.9])
def test_a_network_with_little_left_is_not_called_good(lowest):
    told = said(("a", 40.0, 40.0), ("b", 41.0, lowest))
    assert told.text.startswith(f"● b has least left: {lowest} dB")
    assert told.tone is Tone.INTEGER


def test_no_error_at_all_is_said():
    assert "equal" in said(("a", inf, inf)).text
