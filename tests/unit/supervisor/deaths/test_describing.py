"""What `describe` prints."""

from typing import Any

from config import Pool, Program
from supervisor.applying.leaves import Leaf
from supervisor.deaths.certificates import Certificate, RanJob
from supervisor.deaths.describing import text
from supervisor.deaths.redact import HIDDEN, shown


def told(**death: Any) -> dict[str, Any]:
    about: dict[str, Any] = {
        "owner": "p", "name": "p.0", "kind": "worker", "pid": 7, "at": 100.0, "lived_s": 65.0, "cause": "hard_timeout",
        "why": "a job passed its hard timeout", "signal": 9, "charged": True, "generation": 2,
        "jobs": (RanJob(id="1-2-3", type="mail", since=95.5),), "jobs_done": 12, "rss_bytes": 1 << 20,
        "stack": "Current thread:\n  File x\n", **death,
    }  # fmt: skip
    one = {**Certificate(**about).plain(), "last_lines": ["the last"]}
    worker = {"name": "p.0", "state": "RUNNING", "since_s": 3, "pid": 8, "generation": 2, "restarts": 1,
              "rss_bytes": 0, "task": "mail"}  # fmt: skip
    status = {"name": "p", "desired": 1, "error": "", "workers": [worker]}
    restarts = {"hard_timeout": 1}
    return {"name": "p", "kind": "pool", "status": status, "restarts": restarts, "draining": [], "deaths": [one],
            "config": {"drain_timeout": 30.0}}  # fmt: skip


def test_a_death_is_told_with_job_stack_and_last_lines() -> None:
    said = text({**told(), "deaths": [{**one, "jobs": [{"id": "1-2-3", "type": "mail", "since": 95.5}]}
                                      for one in told()["deaths"]]})  # fmt: skip
    for part in (
        "p.0, pid 7, generation 2, lived 1m 5s: hard timeout (signal 9)",
        "a job passed its hard timeout",
        "ran mail 1-2-3 for 4.5 s, charged",
        "12 jobs done; memory 1.0M",
        "  File x",
        "the last",
        "restarts by what ended the one before: 1 hard timeout",
        "drain_timeout: 30.0",
        "runs mail",
    ):
        assert part in said


def test_code_and_signal_are_never_one() -> None:
    assert "exit 3" in text(told(cause="exit", code=3, signal=None))
    assert "signal 11 (SIGSEGV, core dumped)" in text(told(cause="signal", signal=11, core=True))
    assert "drained (status 0)" in text(told(cause="drained", code=0, signal=None))


def test_secrets_of_the_config_are_not_shown() -> None:
    pool = Pool.model_validate({"name": "p", "tasks": ["a.b"], "env": {"TOKEN": "s3cret"}, "queues": {"q": 3}})
    found = shown(pool)
    assert found["env"] == {"TOKEN": HIDDEN}
    assert (found["queues"], found["name"], found["tasks"]) == ({"q": 3}, "p", ["a.b"])


def test_instances_of_a_program_are_told_apart() -> None:
    status = [{"name": f"web.{number}", "state": "RUNNING"} for number in range(2)]
    said = text({"name": "web", "kind": "program", "status": status, "deaths": []})
    assert said.splitlines() == [
        "program web",
        "  web.0:",
        "  state: RUNNING",
        "  web.1:",
        "  state: RUNNING",
        "no deaths",
    ]


def test_a_password_in_an_address_is_hidden_in_a_command_too() -> None:
    made = Program.model_validate({"name": "a", "command": ["celery", "-b", "redis://me:hush@host/0"]})
    assert shown(made)["command"] == ["celery", "-b", "redis://me:***@host/0"]
    assert "hush" not in str(Leaf(made.command))
