"""The whole metrics page over a real scoreboard, with pools of straw."""

import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from config import Config, checked
from scoreboard import Board, Cause, WorkerState
from supervisor.deaths.certificates import Certificates
from supervisor.outside.kept_names import MOST_QUEUES, MOST_TYPES, KeptNames
from supervisor.outside.metrics import HerdCollector
from supervisor.pools.slots import Slots
from supervisor.services.states import State

NIGHTLY = "schedules: [{name: nightly, task: t, cron: '@daily'}]"


def config(text: str = "") -> Config:
    return checked(f"pools: [{{name: default, tasks: [t]}}]\n{text}", Path("/c.yaml"), {})


def collector(herd: Any, text: str = "", kept: KeptNames | None = None) -> HerdCollector:
    return HerdCollector(herd, config(text), kept or KeptNames())


def herd(board: Board, slots: Slots) -> Any:
    seat = SimpleNamespace(state=State.RUNNING, pid=None, name="default.0", slot=0)
    pool = SimpleNamespace(
        name="default",
        number=0,
        target=2,
        seats=[seat],
        restarts=Counter({Cause.SIGNAL: 3}),
        recycles=Counter({"reload": 5, "keeper lost": 1}),
        generations=SimpleNamespace(current=SimpleNamespace(generation=7)),
        config=SimpleNamespace(max_memory_restart=300 << 20),
    )
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
        seen = scrape(collector(herd(board, Slots(4)), NIGHTLY))
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
    assert seen["herdsman_jobs_started_late_total", ("default",)] == 0
    assert seen["herdsman_jobs_total", ("", "default", "lost")] == 0
    assert seen["herdsman_worker_recycles_total", ("default", "memory")] == 0
    assert seen["herdsman_schedule_period_seconds", ("nightly",)] == 0


def test_counters_are_sums_over_all_slots_that_were_ever_used() -> None:
    slots = Slots(4)
    with Board.create(4, 1) as board:
        for slot in (slots.take(), slots.take()):
            row = board.series(slot).row("default", "uppercase")
            row.add(completed=5, dead=1)
            row.observe(2_000_000, n=3)
            waits = board.series(slot).row("default", "")
            waits.observe(500_000_000)
            waits.add_late(2)
            waits.add(lost=3)
            board.aftermath(slot).row("default", "uppercase").add(crashed=1, dead=1)
        slots.give_back(1)  # its worker is gone, what it counted is not
        seen = scrape(collector(herd(board, slots)))
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
    assert seen["herdsman_jobs_started_late_total", ("default",)] == 4
    assert seen["herdsman_jobs_total", ("", "default", "lost")] == 6
    assert seen["herdsman_job_crashes_total", ("default", "uppercase")] == 4  # two went back, two were the last straw


def test_workers_and_queues_are_told_by_pool_and_queue() -> None:
    now = float(int(time.time()))
    with Board.create(4, 1) as board:
        figures = {
            "up": True, "memory": 10, "memory_limit": 20, "swept_at": 1.5, "rescued": {"mail": 4},
            "alarms": ["mail", 7], "new_groups": {"mail": 5},
            "schedules": {"nightly": [7.5, 3, 1, 60], "hourly": 2.5}, "read_at": now,
            "queues": {"mail": {"scheduled": 2, "processing": 3, "parked": 6, "dead": 4, "oldest": 5.5, "paused": 1}},
        }  # fmt: skip
        board.figures(0).publish(figures)
        seen = scrape(collector(herd(board, Slots(4)), "queues: {mail: {wait_target: 5s, max_pending: 9}}"))
    assert seen["herdsman_schedule_last_success_timestamp_seconds", ("nightly",)] == 7.5
    assert seen["herdsman_schedule_since_timestamp_seconds", ("nightly",)] == 3
    assert seen["herdsman_schedule_paused", ("nightly",)] == 1
    assert seen["herdsman_schedule_period_seconds", ("nightly",)] == 60
    # A keeper of the last release tells less.
    assert seen["herdsman_schedule_last_success_timestamp_seconds", ("hourly",)] == 2.5
    assert seen["herdsman_schedule_period_seconds", ("hourly",)] == 0
    assert seen["herdsman_metrics_last_read_timestamp_seconds", ("default",)] == now
    assert seen["herdsman_queue_max_pending", ("mail",)] == 9
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


def test_a_flood_of_types_and_queues_has_a_bound_and_no_counter_goes_back() -> None:
    slots, kept = Slots(64), KeptNames()
    with Board.create(64, 1) as board:
        page = collector(herd(board, slots), kept=kept)

        def flood(first: int, types: int) -> dict[tuple[str, tuple[str, ...]], float]:
            for number in range(first, first + types):
                if number % 200 == 0:
                    table = board.series(slots.take())
                table.row(f"queue{number}", f"type{number}").add(completed=1)
            return sampled(page)

        early = flood(0, 400)
        board.series(0).row("default", "first").add(completed=1)  # comes in before the rest, in a slot of its own
        late = flood(400, 4600)
    assert len(slots_of(late, "herdsman_jobs_total", "completed")) == MOST_TYPES + 1
    assert len(late) < 501 * 30 + 100
    assert late["herdsman_jobs_total", ("(other)", "(other)", "completed")] == 5001 - MOST_TYPES
    assert sum(slots_of(late, "herdsman_jobs_total", "completed").values()) == 5001
    gone_back = [key for key in slots_of(early, "herdsman_jobs_total", "completed") if late[key] < early[key]]
    assert not gone_back
    with Board.create(4, 1) as board:
        names = {f"q{number}": {"pending": 2, "oldest": number} for number in range(1000)}
        board.figures(0).publish({"up": True, "queues": names})
        seen = scrape(collector(herd(board, Slots(4)), "queues: {late: {max_pending: 3}}"))
    assert len(slots_of(seen, "herdsman_queue_depth", "pending")) == MOST_QUEUES + 3  # late, default, (other)
    assert seen["herdsman_queue_depth", ("(other)", "pending")] == 2 * (1000 - MOST_QUEUES)
    assert seen["herdsman_queue_oldest_seconds", ("(other)",)] == 999


def sampled(collector: HerdCollector) -> dict[tuple[str, tuple[str, ...]], float]:
    """As `scrape`, without the text: that of so many series takes long to read."""
    samples = (sample for family in collector.collect() for sample in family.samples)
    return {(sample.name, tuple(sorted(sample.labels.values()))): sample.value for sample in samples}


def slots_of(seen: dict[tuple[str, tuple[str, ...]], float], name: str, label: str) -> dict[Any, float]:
    return {key: value for key, value in seen.items() if key[0] == name and label in key[1]}


def test_a_pool_s_generation_limit_and_busy_workers_are_told() -> None:
    with Board.create(4, pools=1) as board:
        made = herd(board, Slots(4))
        made.pools[0].seats[0].pid = 4711
        board.worker(0).begin(4711, 1, 1)
        board.worker(0).set_state(WorkerState.BUSY)
        seen = scrape(collector(made))
    assert seen["herdsman_workers_busy", ("default",)] == 1
    assert seen["herdsman_pool_generation", ("default",)] == 7
    assert seen["herdsman_pool_memory_limit_bytes", ("default",)] == 300 << 20
    assert seen["herdsman_worker_recycles_total", ("default", "reload")] == 5
    assert seen["herdsman_worker_recycles_total", ("default", "keeper_lost")] == 1


def test_a_host_without_pools_claims_nothing_of_the_store() -> None:
    with Board.create(4, pools=1) as board:
        made = herd(board, Slots(4))
        made.pools = []
        seen = scrape(collector(made))
    assert not [key for key in seen if key[0].startswith(("herdsman_store", "herdsman_janitor_last"))]


def test_what_was_read_too_long_ago_is_left_out_and_that_the_store_was_down_is_not() -> None:
    with Board.create(4, pools=1) as board:
        old = {"read_at": time.time() - 61, "queues": {"default": {"pending": 7}}, "rescued": {"default": 3}}
        board.figures(0).publish({**old, "up": True})
        seen = scrape(collector(herd(board, Slots(4))))
        board.figures(0).publish({**old, "up": False})
        down = scrape(collector(herd(board, Slots(4))))
    gone = {"herdsman_queue_depth", "herdsman_dlq_size", "herdsman_store_up", "herdsman_store_memory_bytes"}
    assert not gone & {name for name, _ in seen}
    assert seen["herdsman_janitor_rescued_total", ("default",)] == 3
    assert down["herdsman_store_up", ()] == 0


def test_decisions_and_strays_are_counted_by_pool() -> None:
    with Board.create(4, pools=1) as board:
        seen = scrape(collector(herd(board, Slots(4))))
    assert seen["herdsman_autoscale_decisions_total", ("default", "up")] == 2
    assert seen["herdsman_autoscale_decisions_total", ("default", "down")] == 0
    assert seen["herdsman_strays_killed_total", ("default",)] == 4
