"""Limits are saved with the project; a project without any is written as before."""

import json

import pytest

from tinyml_studio.app.budgets import change_limit, limit_text
from tinyml_studio.app.studio import Studio
from tinyml_studio.app.tried import Tried
from tinyml_studio.document.budget import Budget
from tinyml_studio.document.project_file import load_project, save_project
from tinyml_studio.errors import ProjectError

FULL = Budget(64_000, 32_000, 200.0, 4.5, 0.85, 0.95)


@pytest.fixture(scope="module")
def document():
    return Studio.open_example("digits").document


@pytest.mark.parametrize("budget", [Budget(), Budget(latency_ms=3.5), FULL])
def test_limits_come_back(document, budget, tmp_path):
    changed = document
    for name, value in budget.values().items():
        changed = change_limit(name, value)[0](changed)
    save_project(changed, tmp_path / "p.tmls")
    assert load_project(tmp_path / "p.tmls").budget == budget
    assert ("budget" in json.loads((tmp_path / "p.tmls").read_text())) == bool(budget)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("flash_bytes", 0, "budget"),
        ("flash_bytes", 1.5, "budget"),
        ("latency_ms", -1, "above 0"),
        ("accuracy", 1.2, "at most 1"),
        ("colour", 3, "not known"),
    ],
)
def test_impossible_limits_are_refused(document, name, value, words, tmp_path):
    place = tmp_path / "p.tmls"
    save_project(document, place)
    held = json.loads(place.read_text())
    place.write_text(json.dumps({**held, "budget": {name: value}}))
    with pytest.raises(ProjectError, match=words):
        load_project(place)


def test_a_limit_is_one_step_of_undo():
    studio = Studio.open_example("digits")
    program = studio.derived.program
    studio.apply(*change_limit("flash_bytes", 64_000.0))
    assert studio.document.budget == Budget(flash_bytes=64_000)
    assert studio.undo_name == "budget flash → 64 kB"
    assert studio.derived.program is program
    studio.undo()
    assert not studio.document.budget


def test_attempts_know_a_configuration_again_whatever_its_target_and_budget(document):
    tried = Tried()
    tried.note(document, data_bytes=7)
    limited = change_limit("ram_bytes", 10.0)[0](document)
    assert tried.note(limited, arena_bytes=9).data_bytes == 7
    assert len(tried) == 1
    assert tried.find(limited).arena_bytes == 9
    tried.clear()
    assert tried.find(document) is None


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("flash_bytes", 12_500, "12.5 kB"),
        ("ram_bytes", 640, "640 B"),
        ("latency_ms", 200.0, "200 ms"),
        ("energy_mj", 0.5, "0.5 mJ"),
        ("accuracy", 0.855, "85.5 %"),
    ],
)
def test_a_limit_has_its_unit(name, value, text):
    assert limit_text(name, value) == text
    assert change_limit(name, value)[1].endswith(f"→ {text}")
