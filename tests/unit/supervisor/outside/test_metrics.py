"""The whole metrics page over a real scoreboard, with pools of straw."""

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from scoreboard import Board, Cause
from supervisor.deaths.certificates import Certificates
from supervisor.outside.metrics import HerdCollector
from supervisor.pools.slots import Slots
from supervisor.services.states import State


def herd(board: Board, slots: Slots) -> Any:
    seat = SimpleNamespace(state=State.RUNNING, pid=None, name="default.0", slot=0)
    pool = SimpleNamespace(name="default", target=2, seats=[seat], restarts=Counter({Cause.SIGNAL: 3}))
    deaths = Certificates()
    deaths.counts["default", "oom"] = 2
    follower = SimpleNamespace(counts=Counter({"up": 2}))
    return SimpleNamespace(
        certificates=deaths,
        board=board,
        slots=slots,
        pools=[pool],
        pool_records=1,
        programs={},
        logger=SimpleNamespace(sink=SimpleNamespace(discarded=0)),
        store=None,
        strays_killed=Counter({"default": 4}),
        autoscaling=SimpleNamespace(of=lambda _pool: follower),
    )


def scrape(collector: HerdCollector) -> dict[tuple[str, tuple[str, ...]], float]:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in families
        for sample in family.samples
    }


def test_zeros_stand_there_before_anything_has_happened() -> None:
    with Board.create(4, 1) as board:
        seen = scrape(HerdCollector(herd(board, Slots(4)), ["default"], ["nightly"]))
    assert seen["herdsman_queue_depth", ("default", "pending")] == 0
    assert seen["herdsman_queue_depth", ("default", "parked")] == 0
    assert seen["herdsman_queue_wait_target_seconds", ("default",)] == 0
    assert seen["herdsman_schedule_last_success_timestamp_seconds", ("nightly",)] == 0
    assert seen["herdsman_dlq_size", ("default",)] == 0
    assert seen["herdsman_dlq_alert", ("default",)] == 0
    assert seen["herdsman_dlq_new_groups_total", ("default",)] == 0
    assert seen["herdsman_store_up", ()] == 0
    assert seen["herdsman_job_wait_seconds_count", ("default",)] == 0
    assert seen["herdsman_worker_restarts_total", ("default", "oom")] == 0
    assert seen["herdsman_worker_deaths_total", ("default", "oom")] == 2
    assert seen["herdsman_worker_deaths_total", ("default", "hard_timeout")] == 0
    assert seen["herdsman_janitor_rescued_total", ("default",)] == 0


def test_counters_are_sums_over_all_slots_that_were_ever_used() -> None:
    slots = Slots(4)
    with Board.create(4, 1) as board:
        for slot in (slots.take(), slots.take()):
            row = board.series(slot).row("default", "uppercase")
            row.add(completed=5, dead=1)
            row.observe(2_000_000, n=3)
            board.series(slot).row("default", "").observe(500_000_000)
            board.aftermath(slot).row("default", "uppercase").add(crashed=1, dead=1)
        slots.give_back(1)  # its worker is gone, what it counted is not
        seen = scrape(HerdCollector(herd(board, slots), []))
    assert seen["herdsman_jobs_total", ("completed", "default", "uppercase")] == 10
    assert seen["herdsman_jobs_total", ("dead", "default", "uppercase")] == 4
    assert seen["herdsman_jobs_total", ("crashed", "default", "uppercase")] == 2
    assert seen["herdsman_jobs_total", ("default", "discarded", "uppercase")] == 0
    assert seen["herdsman_jobs_total", ("default", "expired", "uppercase")] == 0
    assert seen["herdsman_jobs_total", ("cancelled", "default", "uppercase")] == 0
    assert seen["herdsman_jobs_total", ("default", "lost", "uppercase")] == 0
    assert seen["herdsman_job_duration_seconds_count", ("default", "uppercase")] == 6
    assert seen["herdsman_job_duration_seconds_bucket", ("0.0025", "default", "uppercase")] == 6
    assert seen["herdsman_job_duration_seconds_bucket", ("0.001", "default", "uppercase")] == 0
    assert seen["herdsman_job_duration_seconds_sum", ("default", "uppercase")] == pytest.approx(0.012)
    assert seen["herdsman_job_wait_seconds_bucket", ("+Inf", "default")] == 2


def test_workers_and_queues_are_told_by_pool_and_queue() -> None:
    with Board.create(4, 1) as board:
        figures = {
            "up": True, "memory": 10, "memory_limit": 20, "swept_at": 1.5, "rescued": {"mail": 4},
            "alarms": ["mail", 7], "new_groups": {"mail": 5}, "schedules": {"nightly": 7.5},
            "queues": {"mail": {"scheduled": 2, "processing": 3, "parked": 6, "dead": 4, "oldest": 5.5, "paused": 1}},
        }  # fmt: skip
        board.figures(0).publish(figures)
        seen = scrape(HerdCollector(herd(board, Slots(4)), ["default"], ["hourly"], {"mail": 5.0, "default": 0}.get))
    assert seen["herdsman_schedule_last_success_timestamp_seconds", ("nightly",)] == 7.5
    assert seen["herdsman_schedule_last_success_timestamp_seconds", ("hourly",)] == 0
    assert seen["herdsman_queue_wait_target_seconds", ("mail",)] == 5
    assert seen["herdsman_queue_depth", ("mail", "processing")] == 3
    assert seen["herdsman_queue_depth", ("mail", "parked")] == 6
    assert seen["herdsman_queue_oldest_seconds", ("mail",)] == 5.5
    assert seen["herdsman_queue_paused", ("mail",)] == 1
    assert seen["herdsman_dlq_size", ("mail",)] == 4
    assert seen["herdsman_dlq_alert", ("mail",)] == 1
    assert seen["herdsman_dlq_alert", ("default",)] == 0
    assert seen["herdsman_dlq_new_groups_total", ("mail",)] == 5
    assert seen["herdsman_janitor_rescued_total", ("mail",)] == 4
    assert seen["herdsman_store_up", ()] == 1
    assert seen["herdsman_store_memory_limit_bytes", ()] == 20
    assert seen["herdsman_janitor_last_sweep_timestamp_seconds", ()] == 1.5
    assert seen["herdsman_workers", ("default", "running")] == 1
    assert seen["herdsman_pool_desired", ("default",)] == 2
    assert seen["herdsman_worker_restarts_total", ("default", "signal")] == 3
    assert seen["herdsman_worker_memory_bytes", ("default", "default.0")] == 0


def test_decisions_and_strays_are_counted_by_pool() -> None:
    with Board.create(4, pools=1) as board:
        seen = scrape(HerdCollector(herd(board, Slots(4)), []))
    assert seen["herdsman_autoscale_decisions_total", ("default", "up")] == 2
    assert seen["herdsman_autoscale_decisions_total", ("default", "down")] == 0
    assert seen["herdsman_strays_killed_total", ("default",)] == 4
