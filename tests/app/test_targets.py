"""Targets and examples by their names; a project keeps a target file's place."""

import pytest

from tinyml_studio.app.edits import change_target
from tinyml_studio.app.examples import examples, find_example
from tinyml_studio.errors import StudioError


def test_an_unknown_target_lists_the_known():
    with pytest.raises(StudioError, match=r"no target 'z80'.*cortex-m0plus"):
        change_target("z80")


def test_an_edit_names_the_target_not_its_alias():
    assert change_target("NUCLEO-L4R5ZI")[1] == "target → stm32l4r5zi"


def test_every_example_is_complete():
    assert {held.name for held in examples()} >= {"digits", "motion"}
    for held in examples():
        for file in (held.model, held.calibration, held.test):
            assert file.is_file()


def test_a_misspelt_example_is_suggested():
    with pytest.raises(StudioError, match="did you mean digits"):
        find_example("digit")
