"""Targets and examples are found by their names."""

import pytest

from tinyml_studio.app.examples import examples, find_example
from tinyml_studio.app.targets import find_target, targets
from tinyml_studio.errors import StudioError


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("cortex-m4", "cortex-m4"),
        ("M4", "cortex-m4"),
        ("cortex-m0", "cortex-m0plus"),
        ("rv32", "rv32imc"),
        ("ESP32-S3", "esp32-s3"),
    ],
)
def test_a_target_is_found_by_name_or_alias(name, core):
    assert find_target(name).core == core


def test_no_name_means_two_targets():
    names = [name for held in targets() for name in (held.name, *held.aliases)]
    assert sorted(names) == sorted(set(names))
    assert all(name == name.lower() for name in names)


def test_an_unknown_target_lists_the_known():
    with pytest.raises(StudioError, match=r"no target 'z80'.*cortex-m0plus"):
        find_target("z80")


def test_every_example_is_complete():
    assert {held.name for held in examples()} >= {"digits", "motion"}
    for held in examples():
        for file in (held.model, held.calibration, held.test):
            assert file.is_file()


def test_a_misspelt_example_is_suggested():
    with pytest.raises(StudioError, match="did you mean digits"):
        find_example("digit")
