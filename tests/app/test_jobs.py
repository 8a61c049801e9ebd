"""Jobs: progress, remaining time, cancel, and answers that come too late."""

import threading
from types import SimpleNamespace

import pytest

from tinyml_studio.app.jobs import Generations, Job
from tinyml_studio.errors import Cancelled
from tinyml_studio.progress import (
    SHORT_SECONDS,
    TURN_SECONDS,
    give_way,
    in_turns,
    letting_in,
)


class Clock:
    """Time that passes only when told."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def steps(clock, count=4, seconds=2.0):
    def work(progress):
        for done in range(count + 1):
            progress(done, count, "Counting")
            clock.now += seconds
        return "result"

    return work


def test_a_job_gives_its_result_and_its_progress():
    clock, seen = Clock(), []
    job = Job("count", steps(clock), on_progress=seen.append, clock=clock)
    assert job.run() == "result"
    assert [(state.done, state.fraction) for state in seen][-1] == (4, 1.0)
    assert seen[0].remaining is None
    assert seen[1].remaining == pytest.approx(6.0)
    assert seen[2].elapsed == pytest.approx(4.0)


def test_progress_is_told_no_more_often_than_asked():
    clock, seen = Clock(), []
    work = steps(clock, count=100, seconds=0.01)
    Job("count", work, on_progress=seen.append, interval=0.1, clock=clock).run()
    assert 10 <= len(seen) <= 12
    assert seen[-1].done == 100


def test_a_new_phase_is_told_at_once():
    clock, seen = Clock(), []

    def work(progress):
        for what in ("compiling", "compiling", "running"):
            clock.now += 0.01
            progress(0, 0, what)

    Job("count", work, on_progress=seen.append, interval=10.0, clock=clock).run()
    assert [state.what for state in seen] == ["compiling", "running"]


def test_a_cancelled_job_stops_at_its_next_step():
    reached = []

    def work(progress):
        for done in range(10):
            progress(done, 10, "Counting")
            reached.append(done)
            if done == 3:
                job.cancel()

    job = Job("count", work)
    with pytest.raises(Cancelled):
        job.run()
    assert reached == [0, 1, 2, 3]


def test_a_job_that_never_looks_is_still_cancelled():
    def work(_):
        job.cancel()
        return "late"

    job = Job("deaf", work)
    with pytest.raises(Cancelled):
        job.run()


def test_each_phase_is_estimated_by_itself():
    clock = Clock()

    def work(progress):
        progress(0, 2, "Slow")
        clock.now += 100
        progress(0, 10, "Fast")
        clock.now += 1
        progress(1, 10, "Fast")
        return job.state.remaining

    job = Job("phases", work, clock=clock)
    assert job.run() == pytest.approx(9.0)


def test_only_the_latest_generation_is_current():
    generations = Generations()
    first, second = generations.next(), generations.next()
    assert not generations.is_current(first)
    assert generations.is_current(second)


def test_a_worker_gives_way_now_and_then_and_the_main_thread_never(monkeypatch):
    pauses, now = [], [100.0]
    clock = SimpleNamespace(perf_counter=lambda: now[0], sleep=pauses.append)
    monkeypatch.setattr("tinyml_studio.progress.time", clock)

    def work():
        for _ in range(10):
            give_way()
            now[0] += TURN_SECONDS / 2

    work()
    assert pauses == []
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert 4 <= len(pauses) <= 6


def test_only_long_work_waits_for_the_window(monkeypatch):
    pauses, calls, now = [], [], [100.0]
    clock = SimpleNamespace(perf_counter=lambda: now[0], sleep=pauses.append)
    monkeypatch.setattr("tinyml_studio.progress.time", clock)

    def work():
        with letting_in(lambda: calls.append(now[0] - begun)):
            while now[0] - begun < 3 * SHORT_SECONDS:
                give_way()
                now[0] += TURN_SECONDS
        give_way()

    begun = now[0]
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    turns = SHORT_SECONDS / TURN_SECONDS
    assert turns <= len(pauses) <= turns + 3  # the last one is behind the work
    assert min(calls) > SHORT_SECONDS
    assert 1.8 * turns <= len(calls) <= 2.2 * turns


def test_between_items_a_worker_gives_way(monkeypatch):
    asked = []
    monkeypatch.setattr("tinyml_studio.progress.give_way", lambda: asked.append(1))
    assert list(in_turns("abc")) == ["a", "b", "c"]
    assert len(asked) == 3


def test_a_job_that_tells_its_progress_gives_way(monkeypatch):
    asked = []
    monkeypatch.setattr("tinyml_studio.app.jobs.give_way", lambda: asked.append(1))
    Job("count", lambda progress: progress(0, 1, "")).run()
    assert asked == [1]
