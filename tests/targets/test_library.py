"""The bundled targets are complete, sourced and found; a user's own file stands beside them."""

import pytest

from tinyml_studio.errors import TargetError
from tinyml_studio.targets.library import find_target, lasting_name, targets
from tinyml_studio.targets.reader import FIGURES
from tinyml_studio.targets.target import CORES

CHIPS = [held for held in targets() if held.clock_hz is not None]
OWN = 'name = "mine"\ntitle = "My own"\ncore = "cortex-m7"\nram_bytes = 1000\n'


def test_there_are_chips_for_every_core():
    assert len(CHIPS) >= 20
    assert {held.core for held in CHIPS} == set(CORES)


@pytest.mark.parametrize("held", targets(), ids=lambda held: held.name)
def test_every_figure_has_a_source(held):
    stated = {key for key in FIGURES if getattr(held, key) is not None}
    assert set(held.source) == stated
    current = held.run_current_ma or held.run_current_ua_per_mhz
    assert (current is None) == (held.supply_volts is None)


def test_a_name_has_one_meaning():
    names = [name for held in targets() for name in (held.name, *held.aliases)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("cortex-m4", "cortex-m4"),
        ("M4", "cortex-m4"),
        ("cortex-m0", "cortex-m0plus"),
        ("rv32", "rv32imc"),
        ("ESP32-S3", "xtensa-lx7"),
        ("nucleo-l4r5zi", "cortex-m4"),
        (" RP2040 ", "cortex-m0plus"),
    ],
)
def test_a_target_is_found_by_name_or_alias(name, core):
    assert find_target(name).core == core


def test_an_unknown_target_names_close_ones_and_all():
    with pytest.raises(TargetError, match=r"'stm32l4r5z'.*did you mean stm32l4r5zi.*cortex-m0plus"):
        find_target("stm32l4r5z")
    with pytest.raises(TargetError) as caught:
        find_target("z" * 100_000)
    assert len(caught.value.title) < 120


def test_a_file_of_ones_own_is_read(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text(OWN)
    assert find_target(str(tmp_path / "mine.toml")).ram_bytes == 1000
    monkeypatch.chdir(tmp_path)
    assert lasting_name("mine.toml") == str(tmp_path / "mine.toml")
    assert lasting_name("M4") == "cortex-m4"
    with pytest.raises(TargetError, match="no such file"):
        lasting_name("other.toml")
