"""What running jobs say, from real workers of every kind: seen while they run, whole when they have ended."""

import psutil
import pytest

from engine import JobState
from tests.support.processes import eventually

pytestmark = pytest.mark.process
kinds = pytest.mark.parametrize("concurrency", [1, 4])


@pytest.fixture
def begin(start):
    return lambda **keys: start(tasks=["hm_tasks", "hm_words"], **keys)


@kinds
@pytest.mark.parametrize("type_", ["teller", "teller-async"])
def test_progress_and_log_are_seen_while_it_runs_and_whole_once_it_has_ended(
    begin, tmp_path, concurrency, type_
) -> None:
    pool = begin(concurrency=concurrency)
    gate = tmp_path / "gate"
    job = pool.client.enqueue(type_, [str(gate)])
    progress = eventually(lambda: job.fetch().progress, 10, pool.text)
    assert (progress.fraction, progress.text) == (0.25, "a quarter is done")
    assert job.state is JobState.PROCESSING
    eventually(lambda: [line.text for line in job.logs().lines] == ["first"], 10, pool.text)
    gate.touch()
    assert job.result(timeout=10) == "told"
    assert job.fetch().progress.fraction == 1.0
    assert [line.text for line in job.logs().lines] == ["first", "last", "but one"]
    assert job.fetch().enqueued_at <= job.logs().lines[0].at <= job.logs().lines[-1].at


def test_a_job_that_said_something_keeps_its_record_though_it_returned_nothing(begin) -> None:
    pool = begin()
    job = pool.client.enqueue("mute")
    assert job.result(timeout=10) is None
    assert [line.text for line in job.logs().lines] == ["only this"]


def test_a_job_that_says_nothing_has_no_record_and_its_worker_no_thread_for_it(begin, store) -> None:
    pool = begin()
    [pid] = pool.pids("worker")
    job = pool.client.enqueue("noop")
    assert job.result(timeout=10) is None
    assert store.client.exists(f"herdsman:{{default}}:job:{job.id}") == 0
    before = psutil.Process(pid).num_threads()
    pool.run("mute")
    assert psutil.Process(pid).num_threads() == before + 1


def test_of_too_much_the_newest_stays_and_few_calls_are_made(begin, store) -> None:
    pool = begin()
    pool.run("noop")
    store.client.config_resetstat()
    job = pool.client.enqueue("babble", [20_000])
    job.result(timeout=30)
    log = job.logs()
    assert log.lines[-1].text.startswith("line 19999 ")
    assert log.dropped + len(log.lines) == 20_000
    assert sum(len(line.text) for line in log.lines) <= 16_384
    assert job.fetch().progress.text == "line 19999"
    said = store.client.info("commandstats")["cmdstat_evalsha"]["calls"]
    assert said < 200


@kinds
@pytest.mark.parametrize("flush", [False, True])
def test_a_retried_job_goes_on_from_its_checkpoint(begin, sweeper, concurrency, flush) -> None:
    pool = begin(concurrency=concurrency)
    job = pool.client.enqueue("goes-on", [flush])
    assert job.result(timeout=20) == [{"step": 4}, 4]
    assert [line.split(" ", 2)[2] for line in pool.runs_file.read_text().splitlines()] == [
        "found=None",
        "found={'step': 1}",
        "found={'step': 2}",
        "found={'step': 3}",
    ]
    events = [event.what for event in job.fetch().history]
    assert events == ["enqueued", *["retried", "promoted", "claimed"] * 3, "completed"]
    why = job.fetch().history[1]
    assert why.why == "ValueError: 0"
    assert why.due is not None
    assert why.due > why.at


def test_a_checkpoint_that_is_too_large_is_an_error_that_says_so(begin) -> None:
    pool = begin()
    job = pool.client.enqueue("greedy")
    found = pool.ended(job)
    assert found.state is JobState.DEAD
    assert found.error.type == "engine.errors.PayloadError"
    assert "checkpoint" in found.error.message
    assert "65536" in found.error.message
