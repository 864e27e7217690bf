from typing import Any

import pytest

from supervisor.shell.render import render, size, span
from supervisor.terminal.table import Look


def service(name: str, **over: Any) -> dict[str, Any]:
    return {
        "name": name, "state": "RUNNING", "pid": 9, "adopted": False, "since_s": 5.0, "restarts": 0,
        "last_end": None, "error": "", "rss_bytes": 1024, **over,
    }  # fmt: skip


def worker(**over: Any) -> dict[str, Any]:
    return {
        "slot": 0, "name": "default.0", "pid": 12, "state": "RUNNING", "activity": "idle", "task": None,
        "generation": 1, "since_s": 61.0, "restarts": 2, "last_end": None, "jobs_done": 7, "rss_bytes": 3 << 20,
        "config": "abc", **over,
    }  # fmt: skip


def status(**over: Any) -> dict[str, Any]:
    pool = {
        "name": "default", "desired": 1, "stopped": False, "running": 1, "generation": 1, "rolling": False,
        "error": "", "workers": [worker()],
    }  # fmt: skip
    return {
        "state": "running", "pid": 1, "uptime_s": 3.0, "addresses": {"gateway": "127.0.0.1:5000"}, "pools": [pool],
        "programs": [], "store": {"kind": "given"}, "janitor": service("janitor"), "gateway": None,
        "logger": service("logger"), "queues": {"default": {"pending": 3}}, "logs": {"dropped_bytes": 0},
        "config": {"overrides": {}, "under_way": None, "pools": {"default": "abc"}}, **over,
    }  # fmt: skip


def test_every_process_has_a_line() -> None:
    text = render(status())
    assert "default.0" in text
    assert "janitor" in text
    assert "http://127.0.0.1:5000" in text
    assert "pool default: 1 of 1 running, generation 1" in text
    assert "queue default: 3 pending" in text


def test_the_status_as_a_person_sees_it() -> None:
    assert (
        render(status(), Look(width=60))
        == """\
herdsman running, pid 1, up 3s, gateway http://127.0.0.1:5000

NAME       PID  STATE      FOR  MEMORY  JOBS  DOING
default.0   12  RUNNING  1m 1s    3.0M     7  idle
janitor      9  RUNNING     5s    1.0K
logger       9  RUNNING     5s    1.0K

pool default: 1 of 1 running, generation 1
store: given
queue default: 3 pending, 0 scheduled, 0 processing, 0 dead"""
    )
    assert render(status(), Look(header=False, columns=("name", "state"))) == (
        "default.0  RUNNING\njanitor    RUNNING\nlogger     RUNNING"
    )


def test_what_is_wrong_is_said_in_words() -> None:
    sick = worker(state="BACKOFF", pid=None, activity=None, last_end={"cause": "signal 9", "code": None, "signal": 9})
    pool = {**status()["pools"][0], "workers": [sick], "running": 0, "error": "no module named x", "rolling": True}
    store = {"kind": "embedded", **service("store", state="BACKOFF", error="the data cannot be read")}
    text = render(status(pools=[pool], store=store))
    assert "after signal 9" in text
    assert "cannot start: no module named x" in text
    assert "store: the data cannot be read" in text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0s"), (59.9, "59s"), (200, "3m 20s"), (18_100, "5h 1m"), (1_050_000, "12d 3h")]
)
def test_a_length_of_time_has_two_units_at_most(seconds: float, said: str) -> None:
    assert span(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0B"), (1023, "1023B"), (1536, "1.5K"), (3 << 20, "3.0M"), (5 << 30, "5.0G")]
)
def test_a_size_is_short(count: int, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("generation", "rollout", "says"),
    [
        (0, None, "being started"),
        (0, {"id": 2, "phase": "rolled back", "ended": True}, "being started"),
        (3, {"id": 2, "phase": "canary", "ended": False}, "being replaced (rollout 2: canary)"),
        (3, {"id": 2, "phase": "done", "ended": True}, "being replaced"),
    ],
)
def test_a_first_start_is_no_replacement_and_a_rollout_that_ended_is_not_under_way(
    generation: int, rollout: dict[str, Any] | None, says: str
) -> None:
    told = status()
    told["pools"][0] |= {"generation": generation, "rolling": True, "rollout": rollout}
    line = next(line for line in render(told).splitlines() if line.startswith("pool default"))
    assert line.endswith(f", generation {generation}, {says}")
