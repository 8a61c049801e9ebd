import threading
import time

import pytest

from tinyml_studio import progress
from tinyml_studio.app.jobs import Job, JobState
from tinyml_studio.errors import Cancelled, DataError
from tinyml_studio.gui import qt_jobs
from tinyml_studio.gui.qt_jobs import Lane, Runner
from tinyml_studio.gui.widgets.job_bar import JobBar


@pytest.fixture
def runner(qtbot):
    made = Runner()
    yield made
    assert made.stop()
    made.deleteLater()


class Ends:
    """What came of jobs."""

    def __init__(self):
        self.done, self.failed, self.threads = [], [], []

    def take(self, answer):
        self.done.append(answer)
        self.threads.append(threading.current_thread())


def submit(runner, ends, work, lane=Lane.FRONT):
    return runner.submit(lane, "a job", work, ends.take, ends.failed.append)


def test_work_runs_elsewhere_and_its_answer_comes_here(runner, qtbot):
    ends = Ends()
    submit(runner, ends, lambda _: threading.current_thread())
    qtbot.waitUntil(runner.is_idle)
    assert ends.done[0] is not threading.main_thread()
    assert ends.threads == [threading.main_thread()]


def test_front_jobs_run_one_after_the_other(runner, qtbot):
    ends, running = Ends(), []

    def work(_):
        running.append(1)
        time.sleep(0.01)
        assert len(running) == 1
        running.pop()
        return len(ends.done)

    for _ in range(5):
        submit(runner, ends, work)
    qtbot.waitUntil(runner.is_idle)
    assert len(ends.done) == 5
    assert not ends.failed


def test_long_work_waits_until_the_window_has_come_round(runner, qtbot, monkeypatch):
    runner.waits_at_once = True
    monkeypatch.setattr(progress, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(qt_jobs, "LET_IN_SECONDS", 30.0)
    ends, turns = Ends(), []

    def work(_):
        for _ in range(20):
            turns.append(1)
            progress.give_way()

    submit(runner, ends, work)
    while not turns:
        time.sleep(0.001)
    time.sleep(0.05)  # the window is busy
    assert len(turns) == 1
    qtbot.waitUntil(runner.is_idle)
    assert len(turns) == 20
    assert not ends.failed


def test_work_goes_on_where_the_window_does_not_come_round(runner, monkeypatch):
    runner.waits_at_once = True
    monkeypatch.setattr(progress, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(qt_jobs, "LET_IN_SECONDS", 0.001)
    ended = threading.Event()

    def work(_):
        for _ in range(5):
            progress.give_way()
        ended.set()

    submit(runner, Ends(), work)
    assert ended.wait(10.0)


def test_a_late_answer_is_dropped(runner, qtbot):
    ends, gate = Ends(), threading.Event()

    def slow(_):
        gate.wait(5)
        return "old"

    submit(runner, ends, slow, Lane.LIVE)
    submit(runner, ends, lambda _: "new", Lane.LIVE)
    gate.set()
    qtbot.waitUntil(runner.is_idle)
    assert ends.done == ["new"]
    assert not ends.failed


def test_what_an_overtaken_lane_brings_is_dropped(runner, qtbot):
    ends, gate = Ends(), threading.Event()
    submit(runner, ends, lambda _: gate.wait(5), Lane.TABLE)
    runner.overtake(Lane.TABLE)
    gate.set()
    qtbot.waitUntil(runner.is_idle)
    assert ends.done == []
    assert ends.failed == []


def test_an_error_is_told_and_the_next_job_runs(runner, qtbot):
    ends = Ends()

    def fail(_):
        raise DataError("no")

    submit(runner, ends, fail)
    submit(runner, ends, lambda _: 1)
    qtbot.waitUntil(runner.is_idle)
    assert [str(error) for error in ends.failed] == ["no"]
    assert ends.done == [1]


def test_cancel_stops_a_job_within_a_second(runner, qtbot):
    ends, started = Ends(), threading.Event()

    def endless(progress):
        while True:
            started.set()
            time.sleep(0.005)
            progress(1, 2, "waiting")

    submit(runner, ends, endless)
    assert started.wait(5)
    begin = time.monotonic()
    runner.cancel(Lane.FRONT)
    qtbot.waitUntil(runner.is_idle)
    assert time.monotonic() - begin < 1.0
    assert isinstance(ends.failed[0], Cancelled)


def test_busy_is_told_when_it_changes(runner, qtbot):
    told = []
    runner.busy_changed.connect(told.append)
    ends = Ends()
    submit(runner, ends, lambda _: 1)
    submit(runner, ends, lambda _: 2)
    qtbot.waitUntil(runner.is_idle)
    assert told == [True, False]


def test_progress_is_told_in_the_window_thread(runner, qtbot):
    told = []
    runner.progressed.connect(
        lambda job, state: told.append((job.title, state.done, threading.current_thread()))
    )
    submit(runner, Ends(), lambda progress: progress(1, 1, "steps"))
    qtbot.waitUntil(runner.is_idle)
    assert told == [("a job", 1, threading.main_thread())]


def test_the_bar_shows_how_far_and_how_long(qtbot):
    bar = JobBar()
    qtbot.addWidget(bar)
    job = Job("Calibrating", lambda _: None)
    bar.begin(job)
    assert not bar.isVisible()
    qtbot.waitUntil(bar.isVisible, timeout=2000)
    bar.show_progress(job, JobState(30, 100, "samples", elapsed=2.0, remaining=5.0))
    assert bar.text.text() == "Calibrating · samples · 30 of 100 · about 5 s left"
    assert bar.bar.value() / bar.bar.maximum() == pytest.approx(0.3)
    for title, what, shown in (
        ("Calibrating with x.npz", "Calibrating", "Calibrating with x.npz · 3 of 9"),
        ("Verifying", "Running samples", "Verifying · running samples · 3 of 9"),
    ):
        bar.show_progress(Job(title, lambda _: None), JobState(3, 9, what))
        assert bar.text.text() == shown
    with qtbot.waitSignal(bar.cancelled):
        bar.button.click()
    assert not bar.button.isEnabled()
    bar.end()
    assert not bar.isVisible()
