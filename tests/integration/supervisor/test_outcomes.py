"""What becomes of jobs, and of schedules, as the supervisor's metrics tell it."""

from collections.abc import Callable

import pytest

from engine import Schedule
from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process

OUTCOMES = ("completed", "retried", "dead", "discarded", "expired", "cancelled", "released", "lost", "crashed")


def test_every_outcome_is_counted_and_zeros_are_there_from_the_start(make_herd: Callable[..., Herd]) -> None:
    herd = make_herd(pool={"instances": 1}, queues={"default": {"max_crashes": 2, "wait_target": "5s"}})
    page = herd.get(herd.metrics_port, "/metrics")
    for outcome in OUTCOMES:
        assert f'outcome="{outcome}",queue="default",type="die"}} 0.0' in page, outcome
    assert 'herdsman_queue_wait_target_seconds{queue="default"} 5.0' in page

    def counted(type: str, outcome: str) -> float:
        return herd.metric("herdsman_jobs_total", type=type, outcome=outcome)

    herd.client.enqueue("die")
    eventually(lambda: counted("die", "dead") == 1, 20, herd.tail)
    assert counted("die", "crashed") == 1
    eventually(herd.worker_pids, 20, herd.tail)
    herd.client.enqueue("discard")
    eventually(lambda: counted("discard", "discarded") == 1, 20, herd.tail)
    running = herd.client.enqueue("hang-once")
    eventually(lambda: running.state == "processing", 20, herd.tail)
    herd.client.enqueue("nap", start_before=0.01)
    assert not herd.client.cancel(running.id)
    eventually(lambda: counted("hang-once", "cancelled") == 1, 20, herd.tail)
    eventually(lambda: counted("nap", "expired") == 1, 20, herd.tail)


def test_the_last_success_of_a_schedule_is_told_and_one_that_never_ran_is_zero(make_herd: Callable[..., Herd]) -> None:
    tick = {"name": "tick", "task": "nap", "cron": "* * * * * *", "payload": 0}
    herd = make_herd(schedules=[tick, {**tick, "name": "never", "cron": "@yearly"}])

    def success(name: str) -> float:
        return herd.metric("herdsman_schedule_last_success_timestamp_seconds", schedule=name)

    assert 'last_success_timestamp_seconds{schedule="never"} 0.0' in herd.get(herd.metrics_port, "/metrics")
    eventually(lambda: success("tick"), 20, herd.tail)
    herd.client.schedules.put(Schedule(name="put", task="nap", cron="* * * * * *", payload=0))
    eventually(lambda: success("put"), 20, herd.tail)
    assert success("never") == 0

    def told(what: str, name: str) -> float:
        return herd.metric(f"herdsman_schedule_{what}", schedule=name)

    assert (told("period_seconds", "tick"), told("paused", "tick")) == (1, 0)
    assert told("period_seconds", "never") > 364 * 86400
    assert 0 <= success("put") - told("since_timestamp_seconds", "put") < 60
