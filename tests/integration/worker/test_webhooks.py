"""Webhooks from a real worker to a real receiver."""

import os
import signal
import time

import pytest

from engine import JobState
from tests.support.processes import eventually
from tests.support.receiver import SECRET, Receiver

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("sweeper")]

OTHER = "whsec_" + "b3RoZXIgc2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="
SETTINGS = {
    "secrets": [SECRET, OTHER],
    "allow_private": True,
    "allow_http": True,
    "timeout": "5s",
    "retries": 3,
    "backoff": {"base": "10ms", "factor": 1},
}
TYPE = "herdsman.webhook"


def dead_webhooks(pool):
    return pool.client.jobs(state="dead", type=TYPE).jobs


def test_a_completed_job_is_told_once_and_signed_by_every_secret(start):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver() as receiver:
        target = {"url": receiver.url + "?a=b", "headers": {"X-Key": "k"}}
        job = pool.client.enqueue("add", {"left": 2}, webhook=target, keep=60)
        [got] = receiver.gets(1)
        assert job.result(timeout=10) == 3
        eventually(lambda: pool.client.queues()["default"].processing == 0, 10)
        assert len(receiver.received) == 1
    assert got.path == "/hook?a=b"
    assert got.headers["x-key"] == "k"
    assert got.headers["content-type"] == "application/json"
    assert got.signed_by(SECRET)
    assert got.signed_by(OTHER)
    assert not got.signed_by("whsec_" + "A" * 32)
    assert abs(int(got.headers["webhook-timestamp"]) - time.time()) < 60
    assert got.event["type"] == "job.completed"
    data = got.event["data"]
    told = (data["id"], data["type"], data["queue"], data["state"], data["result"], data["error"], data["attempts"])
    assert told == (job.id, "add", "default", "completed", 3, None, 1)


def test_a_job_that_died_is_told_with_its_error(start):
    pool = start(sections={"webhooks": SETTINGS}, policies={"default": {"retries": 0}})
    with Receiver() as receiver:
        pool.client.enqueue("fail", webhook=receiver.url)
        [got] = receiver.gets(1)
    assert got.event["type"] == "job.dead"
    error = got.event["data"]["error"]
    assert (error["type"], error["message"], "no luck" in error["traceback"]) == ("ValueError", "no luck", True)


def test_a_receiver_that_is_not_well_is_asked_again_under_the_same_id(start):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver([500, (503, {"Retry-After": "0"}), 404]) as receiver:
        pool.client.enqueue("noop", webhook=receiver.url)
        got = receiver.gets(4)
        assert len({one.id for one in got}) == len({one.body for one in got}) == 1
        assert all(one.signed_by(SECRET) for one in got)
        eventually(lambda: pool.client.queues()["default"].processing == 0, 10)
    assert dead_webhooks(pool) == []


def test_one_that_is_never_taken_is_a_dead_letter_and_can_be_replayed(start):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver([500] * 4) as receiver:
        pool.client.enqueue("noop", webhook=receiver.url)
        [letter] = eventually(lambda: dead_webhooks(pool), 15)
        assert (letter.attempts, "127.0.0.1 answered 500" in letter.error.message) == (4, True)
        assert pool.client.dead_letters.retry(letter.id)
        got = receiver.gets(5)
        assert len({one.id for one in got}) == len({one.body for one in got}) == 1


@pytest.mark.parametrize(
    ("answer", "said", "attempts"),
    [(410, "answered 410", 1), ((302, {"Location": "/elsewhere"}), "answered 302", 4)],
)
def test_gone_ends_it_at_once_and_a_redirect_is_not_followed(start, answer, said, attempts):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver([answer] * 4) as receiver:
        pool.client.enqueue("noop", webhook=receiver.url)
        [letter] = eventually(lambda: dead_webhooks(pool), 15)
        assert {one.path for one in receiver.received} == {"/hook"}
    assert (said in letter.error.message, letter.attempts, len(receiver.received)) == (True, attempts, attempts)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433"])
def test_without_leave_nothing_on_this_host_is_reached(start, host):
    pool = start(sections={"webhooks": {**SETTINGS, "allow_private": False}})
    with Receiver() as receiver:
        pool.client.enqueue("noop", webhook=receiver.url.replace("127.0.0.1", host))
        [letter] = eventually(lambda: dead_webhooks(pool), 15)
        assert receiver.received == []
    assert (letter.error.type.endswith("Refused"), letter.attempts) == (True, 1)


def test_a_worker_killed_in_the_middle_of_a_delivery_is_followed_by_one_that_delivers_under_the_same_id(start):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver() as receiver:
        receiver.hold.clear()
        pool.client.enqueue("noop", webhook=receiver.url)
        receiver.gets(1)
        [pid] = pool.pids("worker")
        os.kill(pid, signal.SIGKILL)
        receiver.hold.set()
        first, second = receiver.gets(2)[:2]
        assert (first.id, first.body) == (second.id, second.body)
        eventually(lambda: pool.client.queues()["default"].processing == 0, 10)
    assert dead_webhooks(pool) == []


def test_many_are_sent_at_once_where_a_process_runs_many_jobs(start):
    pool = start(sections={"webhooks": SETTINGS}, concurrency=8)
    with Receiver() as receiver:
        receiver.hold.clear()
        for _ in range(6):
            pool.client.enqueue("noop", webhook=receiver.url)
        receiver.gets(6)  # none has got its answer yet
        receiver.hold.set()
        eventually(lambda: pool.client.queues()["default"].processing == 0, 10)
        assert len({one.id for one in receiver.received}) == 6


def test_webhooks_wait_in_a_queue_of_their_own_when_the_config_says_so(start):
    pool = start(sections={"webhooks": {**SETTINGS, "queue": "hooks"}})  # which this pool does not serve
    job = pool.client.enqueue("noop", webhook="http://127.0.0.1:9/", keep=60)
    assert pool.ended(job).state is JobState.COMPLETED
    assert [one.queue for one in pool.client.jobs(type=TYPE).jobs] == ["hooks"]


def test_the_secrets_are_nowhere_in_the_log_nor_in_the_store(start, store):
    pool = start(sections={"webhooks": SETTINGS})
    with Receiver([500] * 4) as receiver:
        pool.client.enqueue("noop", webhook=receiver.url)
        [letter] = eventually(lambda: dead_webhooks(pool), 15)
    assert SECRET not in pool.log.read_text() + repr(letter)
