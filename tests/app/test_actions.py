"""The table of actions."""

from collections import Counter

import pytest

from tinyml_studio.app.actions import ACTIONS, BY_ID, MENUS
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio


def enabled(studio):
    return {action.id for action in ACTIONS if action.enabled_when(studio)}


@pytest.mark.parametrize("field", ["id", "shortcut", "title"])
def test_no_two_actions_share(field):
    values = [getattr(action, field) for action in ACTIONS if getattr(action, field)]
    assert [value for value, times in Counter(values).items() if times > 1] == []


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_is_explained(action):
    assert action.menu in MENUS
    assert action.tooltip.endswith(".")
    assert BY_ID[action.id] is action


def test_what_is_possible_follows_the_session(tmp_path):
    assert "file.save" not in enabled(None)
    assert "file.open" in enabled(None)
    studio = Studio.open(find_example("digits").model)
    assert "file.data" in enabled(studio)
    assert "run.evaluate" not in enabled(studio)
    studio.calibrate(find_example("digits").calibration)
    assert {"run.evaluate", "file.export", "edit.undo", "file.save"} <= enabled(studio)
    assert "edit.redo" not in enabled(studio)
    studio.save(tmp_path / "p.tmls")
    assert "file.save" not in enabled(studio)
    studio.undo()
    assert {"edit.redo", "file.save"} <= enabled(studio)
