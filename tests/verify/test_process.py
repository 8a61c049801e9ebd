"""Outside tools: beside each other, and none is left when one fails or nobody waits any more."""

import sys

import pytest

from tinyml_studio.errors import Cancelled, ToolError
from tinyml_studio.verify import process
from tinyml_studio.verify.process import run_tools

MEET = """
import pathlib, sys, time
mine, others = map(pathlib.Path, sys.argv[1:])
mine.touch()
while not others.exists():
    time.sleep(0.01)
print(mine.name)
"""
SLEEP = "import time; time.sleep(600)"


def python(text, *arguments):
    return [sys.executable, "-c", text, *arguments]


@pytest.fixture
def started(monkeypatch):
    """All processes that were started."""
    seen, start = [], process.subprocess.Popen

    def spied(*held, **more):
        seen.append(start(*held, **more))
        return seen[-1]

    monkeypatch.setattr(process.subprocess, "Popen", spied)
    return seen


def idle():
    """Nobody watches."""


def test_tools_run_beside_each_other_and_answer_in_order(tmp_path):
    commands = [python(MEET, "a", "b"), python(MEET, "b", "a")]  # each waits for the other
    said = run_tools(commands, folder=tmp_path, timeout=60.0, tick=idle)
    assert [text.strip() for text in said] == ["a", "b"]


def test_when_one_fails_the_others_are_stopped(tmp_path, started):
    fails = python("import sys; print('why', file=sys.stderr); sys.exit(3)")
    with pytest.raises(ToolError, match="failed with status 3") as caught:
        run_tools([python(SLEEP), fails], folder=tmp_path, timeout=300.0, tick=idle)
    assert caught.value.detail == "why"
    assert all(held.returncode is not None for held in started)


def test_what_takes_too_long_is_stopped(tmp_path, started):
    with pytest.raises(ToolError, match=r"took longer than 0\.1 seconds"):
        run_tools([python(SLEEP)], folder=tmp_path, timeout=0.1, tick=idle)
    assert all(held.returncode is not None for held in started)


def test_cancelling_stops_all(tmp_path, started):
    def cancel():
        raise Cancelled

    with pytest.raises(Cancelled):
        run_tools([python(SLEEP)] * 2, folder=tmp_path, timeout=300.0, tick=cancel)
    assert len(started) == 2
    assert all(held.returncode is not None for held in started)


def test_what_cannot_start_stops_what_has(tmp_path, started):
    with pytest.raises(ToolError, match="could not be started"):
        run_tools([python(SLEEP), ["no-such-tool"]], folder=tmp_path, timeout=300.0, tick=idle)
    assert all(held.returncode is not None for held in started)
