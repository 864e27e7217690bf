from typing import Any

import pytest

from engine import WorkerInfo
from engine.doctor.findings import NOTE, RISK, Finding
from engine.jobs.job import QueueFigures, StoreFigures
from gateway.live.troubles import Facts, span, troubles

NOW = 1_800_000_000.0


def worker(*queues: str) -> WorkerInfo:
    return WorkerInfo(incarnation="a", host="h", pid=1, pool="default", slot=0, queues=queues)


def facts(queue: QueueFigures | None = None, **more: Any) -> Facts:
    queues = {"mail & co": queue} if queue else {}
    return Facts(**{"now": NOW, "queues": queues, "workers": [worker()], "swept_at": NOW - 1, **more})


def found(*args: Any, **more: Any) -> list[tuple[str, str, str]]:
    return [(one["level"], one["text"], one["href"]) for one in troubles(facts(*args, **more))]


def pool(**more: Any) -> dict[str, Any]:
    return {"name": "gpu", "desired": 4, "running": 4, "stopped": False, "error": "", "workers": [], **more}


def seat(**more: Any) -> dict[str, Any]:
    return {"name": "gpu.0", "state": "RUNNING", "restarts": 0, "last_end": None, **more}


def test_a_herd_that_is_well_has_none() -> None:
    busy = QueueFigures(pending=5, processing=3, dead=2, oldest=3.0)
    told = found(
        busy,
        targets=lambda _: 30.0,
        alerts=lambda _: 100,
        dead_before={"mail & co": 2},
        pools=[pool(workers=[seat()])],
        store=StoreFigures(1, 100, 0, "valkey", "9"),
        findings=[Finding("fsync", NOTE, "x", "y")],
    )
    assert told == []


@pytest.mark.parametrize(("oldest", "level"), [(31.0, "warn"), (301.0, "bad")])
def test_a_queue_over_its_target_is_late_and_ten_times_over_it_in_trouble(oldest: float, level: str) -> None:
    [(said, text, href)] = found(QueueFigures(pending=1, oldest=oldest), targets=lambda _: 30.0)
    assert (said, href) == (level, "/ui/queues/mail%20%26%20co")
    assert text.startswith("queue mail & co: the oldest job waits for ")


def test_a_paused_queue_is_not_late() -> None:
    assert found(QueueFigures(pending=1, oldest=99.0, paused=True), targets=lambda _: 30.0) == []


def test_a_queue_without_a_worker_is_told() -> None:
    [(level, text, _)] = found(QueueFigures(pending=3), workers=[worker("other")])
    assert (level, text) == ("bad", "queue mail & co: 3 jobs wait, and no worker serves it")
    assert found(QueueFigures(pending=3), workers=[])[0][1] == "no worker lives, and jobs wait"


def test_jobs_that_no_worker_knows_are_told() -> None:
    [(level, text, _)] = found(QueueFigures(pending=3, parked=2))
    assert (level, text.split(": ")[1][:11]) == ("warn", "2 jobs wait")


@pytest.mark.parametrize(
    ("dead", "before", "level"), [(5, 5, None), (5, 3, "warn"), (100, 100, "warn"), (100, 90, "bad")]
)
def test_dead_jobs_are_told_when_they_grow_or_are_too_many(dead: int, before: int, level: str | None) -> None:
    told = found(QueueFigures(dead=dead), alerts=lambda _: 100, dead_before={"mail & co": before})
    assert [one[0] for one in told] == ([level] if level else [])
    assert [one[2] for one in told] == (["/ui/dead?queue=mail%20%26%20co"] if level else [])


def test_a_pool_without_workers_is_told_with_its_reason() -> None:
    assert found(pools=[pool(running=0, error="No module named\n'x'")]) == [
        ("bad", "pool gpu: 0 of 4 workers: No module named 'x'", "/ui/workers?pool=gpu")
    ]
    assert found(pools=[pool(running=0, stopped=True)]) == []
    assert found(pools=[pool(error="rolled back")])[0][0] == "warn"


def test_a_worker_that_is_restarted_again_and_again_is_told() -> None:
    restless = pool(workers=[seat(restarts=7, last_end={"cause": "exit 3"})])
    assert found(pools=[restless], restarts_before={"gpu.0": 5}) == []
    [(level, text, _)] = found(pools=[restless], restarts_before={"gpu.0": 2})
    assert (level, text) == ("bad", "worker gpu.0 was restarted 5 times in 10 minutes: exit 3")
    assert "cannot be started" in found(pools=[pool(workers=[seat(state="FATAL")])])[0][1]


def test_a_janitor_that_is_silent_is_told() -> None:
    assert found(swept_at=NOW - 29) == []
    assert found(swept_at=NOW - 31)[0][0] == "bad"
    assert found(swept_at=0) == []
    assert found(QueueFigures(scheduled=1), swept_at=0)[0][0] == "warn"


@pytest.mark.parametrize(("used", "level"), [(79, None), (85, "warn"), (95, "bad")])
def test_a_store_that_fills_up_is_told(used: int, level: str | None) -> None:
    told = found(store=StoreFigures(used, 100, 0, "valkey", "9"))
    assert [one[0] for one in told] == ([level] if level else [])


def test_what_the_store_s_doctor_finds_is_told_and_the_worst_comes_first() -> None:
    eviction = Finding("eviction", RISK, "maxmemory-policy is allkeys-lru", "it deletes jobs")
    told = found(QueueFigures(pending=1, parked=1), findings=[eviction])
    assert [one[0] for one in told] == ["bad", "warn"]
    assert told[0][1] == "the store: maxmemory-policy is allkeys-lru: it deletes jobs"


def test_spans_are_as_people_say_them() -> None:
    assert [span(one) for one in (0.25, 41, 119, 120, 7200, 200_000)] == [
        "0.25 s", "41 s", "119 s", "2 min", "2 h", "2 d",
    ]  # fmt: skip
