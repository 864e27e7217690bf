from typing import Any

from engine import WorkerInfo
from gateway.live.topics.herd import DEATHS, POOLS, STACK_CHARACTERS, WORKERS, death_row, joined, pool_row

NOW = 1_800_000_000.0


def worker(pid: int, host: str = "here", **more: Any) -> WorkerInfo:
    said = {"incarnation": f"w{pid}", "host": host, "pool": "default", "slot": pid % 10, **more}
    return WorkerInfo(pid=pid, **said)


def seat(name: str, pid: int | None, **more: Any) -> dict[str, Any]:
    said = {"state": "RUNNING", "slot": 1, "since_s": 5.0, "generation": 3, "restarts": 2, "rss_bytes": 100}
    return {"name": name, "pid": pid, "activity": "busy", "last_end": None, **said, **more}


def rows(workers: list[WorkerInfo], *seats: dict[str, Any], cpu: dict[int, float] | None = None) -> dict[str, Any]:
    found = joined(workers, [("default", one) for one in seats], "here", cpu or {}, NOW)
    return {row[0]: dict(zip(WORKERS.columns, row, strict=True)) for row in found}


def test_a_worker_of_this_host_bears_what_its_supervisor_says_of_it() -> None:
    found = rows([worker(11)], seat("default.7", 11), cpu={11: 0.5})["w11"]
    said = {name: found[name] for name in ("name", "local", "rss", "cpu", "restarts")}
    assert said == {"name": "default.7", "local": True, "rss": 100, "cpu": 0.5, "restarts": 2}


def test_a_worker_of_another_host_is_told_without_even_where_its_pid_is_the_same() -> None:
    found = rows([worker(11, "there")], seat("default.1", 11, slot=1))
    assert [found["w11"][name] for name in ("local", "rss", "name")] == [False, None, "default.1"]
    assert found["seat-default.1-11"]["local"]


def test_one_that_is_being_started_or_waits_to_be_is_told_too() -> None:
    found = rows([], seat("default.1", 12, state="STARTING"), seat("default.2", None, state="BACKOFF", rss_bytes=0))
    assert [(one["id"], one["state"], one["pid"]) for one in found.values()] == [
        ("seat-default.1-12", "starting", 12),
        ("seat-default.2-0", "backoff", None),
    ]
    assert found["seat-default.1-12"]["since"] == NOW - 5
    assert rows([], seat("default.1", None, state="STOPPED")) == {}


def test_one_that_drains_says_so() -> None:
    assert rows([worker(11, state="busy")], seat("default.1", 11, state="DRAINING"))["w11"]["state"] == "draining"


def test_a_pool_counts_those_at_work_and_their_memory() -> None:
    pool = {
        "name": "default", "desired": 2, "running": 2, "generation": 1, "rolling": False, "rollout": None,
        "restarts": 0, "error": "", "stopped": False, "autoscale": {"min": 1, "max": 8}, "tasks": ["a"],
        "workers": [seat("default.0", 1), seat("default.1", 2, activity="idle")],
    }  # fmt: skip
    found = dict(zip(POOLS.columns, pool_row(pool), strict=True))
    assert [found[name] for name in ("busy", "rss", "min", "max")] == [1, 200, 1, 8]
    assert pool_row({**pool, "autoscale": None})[-3:-1] == (None, None)


def test_a_long_stack_is_cut_and_a_missing_field_is_null() -> None:
    found = dict(zip(DEATHS.columns, death_row({"id": "1-2", "stack": "x" * 9999}), strict=True))
    assert (len(found["stack"]), found["cause"]) == (STACK_CHARACTERS, None)
