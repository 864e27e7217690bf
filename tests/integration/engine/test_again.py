"""A job once more: same type, payload, queue and options."""

from typing import Any

import pytest

from engine import Client, JobError, JobNotFound, PayloadGone
from engine.payloads.payload import encode
from engine.store.claims import Done
from engine.store.keys import base
from tests.support.seats import claim

pytestmark = pytest.mark.store

SAID: dict[str, Any] = {
    "queue": "q",
    "retries": 4,
    "timeout": 9.0,
    "keep": 60.0,
    "priority": "high",
    "tenant": "acme",
    "limit_key": "k",
    "version": 2,
    "headers": {"traceparent": "x"},
    "start_before": 90.0,
    "webhook": {"url": "https://example.com/h", "events": ["cancelled"], "headers": {"x-a": "b"}},
}
SHOWN = ("type", "data", "queue", "retries", "timeout", "priority", "tenant", "limit_key", "version", "headers")


def same(client: Client, first: str, second: str) -> None:
    one, other = client.find(first), client.find(second)
    assert one
    assert other
    assert first != second
    assert [getattr(one, name) for name in SHOWN] == [getattr(other, name) for name in SHOWN]


def test_a_pending_job_is_doubled_with_all_that_was_said_of_it(client: Client, store: Any) -> None:
    first = client.enqueue("send-email", {"to": "a@b"}, **SAID).id
    second = client.again(first).id
    same(client, first, second)
    hooks = {store.client.hget(f"{base('default')}:job:{one}", "hook") for one in (first, second)}
    assert len(hooks) == 1
    assert hooks != {None}


def test_a_plain_job_that_nobody_kept_a_record_of_can_be_run_again_while_it_waits(client: Client) -> None:
    first = client.enqueue("a", [1, {"b": None}]).id
    same(client, first, client.again(first).id)


@pytest.mark.parametrize("end", ["completed", "dead", "cancelled"])
def test_a_job_that_has_ended_can_be_run_again_while_its_record_stays(client: Client, seats: Any, end: str) -> None:
    first = client.enqueue("a", {"n": 1}, queue="default").id
    if end == "cancelled":
        client.cancel(first)
    else:
        seat = seats(5)
        (job,) = claim(seat, 1).jobs
        lease = seat.lease(job)
        if end == "dead":
            seat.bury(lease, JobError("ValueError", "on purpose"))
        else:
            seat.complete([Done(lease, encode("fine"), 60.0)])
    same(client, first, client.again(first).id)


def test_a_payload_of_null_is_one(client: Client) -> None:
    first = client.enqueue("a", None).id
    same(client, first, client.again(first).id)


def test_a_job_that_left_nothing_behind_cannot_be_run_again(client: Client, seats: Any) -> None:
    first = client.enqueue("a", queue="default").id
    seat = seats(5)
    (job,) = claim(seat, 1).jobs
    seat.complete([Done(seat.lease(job))])
    with pytest.raises(PayloadGone):
        client.again(first)


def test_a_job_that_was_purged_cannot_be_run_again(client: Client) -> None:
    first = client.enqueue("a", queue="default").id
    client.purge("default")
    with pytest.raises(PayloadGone):
        client.again(first)


def test_a_job_that_never_was_cannot_be_run_again(client: Client) -> None:
    with pytest.raises(JobNotFound):
        client.again("1-1-1")
