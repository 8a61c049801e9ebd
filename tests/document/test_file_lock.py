"""A lock between processes, and what becomes of it when its owner is killed."""

import signal
import subprocess
import sys

import pytest

from tinyml_studio.document.file_lock import FileLock

HOLD = """
import sys, time
from pathlib import Path
from tinyml_studio.document.file_lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def owner(tmp_path):
    """Another process that has the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path / "x.lock"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


def test_only_one_has_it(tmp_path):
    first, second = FileLock(tmp_path / "a" / "x.lock"), FileLock(tmp_path / "a" / "x.lock")
    assert first.acquire()
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    assert not (tmp_path / "a" / "x.lock").exists()


def test_a_killed_process_leaves_nothing_stale(tmp_path, owner):
    lock = FileLock(tmp_path / "x.lock")
    assert not lock.acquire()
    owner.send_signal(signal.SIGKILL)
    owner.wait(timeout=60)
    assert lock.acquire()
    lock.release()


def test_a_lock_that_was_removed_under_its_waiter_is_made_again(tmp_path, monkeypatch):
    place = tmp_path / "x.lock"
    lock, tries = FileLock(place), []
    real = type(place).stat

    def vanish_once(self, **options):
        if self == place and not tries:
            tries.append(1)
            self.unlink()
        return real(self, **options)

    monkeypatch.setattr(type(place), "stat", vanish_once)
    assert lock.acquire()
    assert place.exists()
    assert not FileLock(place).acquire()
    lock.release()
