"""A real herd from end to end: a job goes in over HTTP, its end is told, and what dies raises an alarm."""

from collections.abc import Callable

import httpx
import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually
from tests.support.receiver import SECRET, Receiver

pytestmark = [pytest.mark.process, pytest.mark.timeout(120)]


def submit(herd: Herd, **body: object) -> str:
    """POST /tasks; the job's id."""
    answer = httpx.post(f"http://127.0.0.1:{herd.gateway_port}/tasks", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_ends_are_told_and_too_many_dead_letters_raise_an_alarm(make_herd: Callable[..., Herd], store) -> None:
    with Receiver() as receiver:
        herd = make_herd(
            with_gateway=True,
            url=store.url,
            queues={"default": {"max_crashes": 1, "dlq_alert": 2}},
            webhooks={
                "secrets": [SECRET],
                "allow_private": True,
                "allow_http": True,
                "alerts": receiver.url + "/alerts",
            },
        )
        assert herd.metric("herdsman_dlq_alert", queue="default") == 0
        done = submit(herd, type="nap", data=[0], webhook=receiver.url + "/jobs")
        dead = [submit(herd, type="die", webhook={"url": receiver.url + "/jobs", "events": ["dead"]}) for _ in range(2)]
        eventually(lambda: len(receiver.received) >= 5, 40, lambda: f"{receiver.received}\n{herd.tail()}")
        eventually(lambda: herd.metric("herdsman_dlq_alert", queue="default") == 1, 15)
    assert all(one.signed_by(SECRET) for one in receiver.received)
    # At least once: only a receiver that looks at the ids knows of a repetition.
    events = [one.event for one in {one.id: one for one in receiver.received}.values()]
    told = {(event["type"], event["data"].get("id") or event["data"]["queue"]) for event in events}
    assert told == {
        ("job.completed", done),
        *(("job.dead", job) for job in dead),
        ("dlq.threshold", "default"),
        ("dlq.new_group", "default"),
    }
    assert {e["data"]["error"]["cause"] for e in events if e["type"] == "job.dead"} == {"signal 9"}
