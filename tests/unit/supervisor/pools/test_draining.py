"""Whom a drain waits for, in words."""

from datetime import datetime
from typing import Any

from supervisor.pools.draining import sentence, summary
from supervisor.shell.waiting import Watcher
from supervisor.verbs.stop import is_over


def row(job: str | None = "1-2-3", **more: Any) -> dict[str, Any]:
    kind = "mail" if job else None
    since = 4.2 if job else None
    return {"pool": "p", "worker": "p.2", "pid": 7, "deadline_s": 26.0, "job": job, "type": kind, "since_s": since,
            **more}  # fmt: skip


def test_a_row_names_job_worker_and_deadline() -> None:
    assert sentence(row()) == "mail 1-2-3 on p.2 since 4 s, killed in 26 s at the latest"
    assert sentence(row(deadline_s=None)).endswith("no deadline")
    assert sentence(row(None)) == "p.2, which runs nothing, killed in 26 s at the latest"


def test_the_summary_counts_jobs_or_else_workers() -> None:
    assert summary([row(), row(), row(None)]) == "waiting for 2 jobs"
    assert summary([row(None)]) == "waiting for 1 worker without a job"


def test_the_command_line_says_each_job_once_and_again_when_it_has_been_silent() -> None:
    said, now = list[str](), [0.0]
    watcher = Watcher(said.append, lambda: now[0])
    wall = datetime(2026, 1, 1, 14, 2, 44)  # noqa: DTZ001  any zone will do
    watcher.look([row()], wall)
    assert said == [
        "waiting for 1 job",
        "  mail 1-2-3 on p.2 since 4 s, killed at 14:03:10 at the latest (in 26 s)",
    ]
    watcher.look([row()], wall)
    assert len(said) == 2
    watcher.look([row(), row("4-5-6")], wall)
    assert said[2] == "waiting for 2 jobs"
    assert len(said) == 4
    now[0] = 6.0
    watcher.look([row(), row("4-5-6")], wall)
    assert said[4:] == ["waiting for 2 jobs"]
    watcher.look([row(None)], wall)
    assert len(said) == 5


def test_a_stop_is_over_when_nobody_is_left_or_somebody_wants_them_again() -> None:
    def status(state: str, *, stopped: bool = True, program: str = "STOPPED") -> dict[str, Any]:
        workers = [{"state": state}]
        pools = [{"name": "p", "stopped": stopped, "workers": workers}]
        return {"pools": pools, "programs": [{"name": "q.0", "state": program}]}

    assert not is_over(status("RUNNING"), ["p"], [])
    assert not is_over(status("DRAINING"), ["p"], [])
    assert is_over(status("STOPPED"), ["p"], [])
    assert is_over(status("RUNNING", stopped=False), ["p"], [])
    assert not is_over(status("STOPPED", program="DRAINING"), ["p"], ["q.0"])
