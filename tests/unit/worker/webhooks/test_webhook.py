"""What a webhook says, and what an answer leads to."""

import json
from types import SimpleNamespace

import msgspec
import pytest

from config.schema import Config
from engine import JobError
from engine.entrance.webhook import Target
from worker.run.context import running
from worker.run.wishes import Retry
from worker.tasks.registry import Registry
from worker.webhooks import sending, webhook
from worker.webhooks.undelivered import Gone, Refused, Undelivered
from worker.webhooks.webhook import Webhooks, message, wait_of

DATA = {"id": "1-2-3", "type": "t", "queue": "q", "state": "completed", "attempts": 1, "crashes": 0}
JOB = SimpleNamespace(options=b"", id="1-9-9", type="herdsman.webhook", queue="q", token=1, attempts=0, crashes=0)


def said(**more):
    return json.loads(message("job.completed", 1_700_000_000_123, {**DATA, **more}))


def test_a_completed_job_is_told_with_its_result():
    body = said(result=msgspec.msgpack.encode({"n": 1}), started=1_700_000_000_000)
    assert (body["type"], body["timestamp"]) == ("job.completed", "2023-11-14T22:13:20.123Z")
    started = "2023-11-14T22:13:20.000Z"
    assert body["data"] == {**DATA, "result": {"n": 1}, "error": None, "started_at": started}


@pytest.mark.parametrize("result", [{(1, 2): 3}, {"x": msgspec.msgpack.Ext(5, b"")}])
def test_a_result_that_json_has_no_form_for_is_shown_as_text(result):
    assert "undisplayable" in said(result=result)["data"]["result"]


def test_a_result_that_cannot_be_read_stops_nothing():
    assert "undisplayable" in said(result=b"\xc1")["data"]["result"]


def test_a_dead_job_is_told_with_its_error():
    error = msgspec.msgpack.encode(JobError(type="ValueError", message="no", traceback="tb"))
    expected = {"type": "ValueError", "message": "no", "traceback": "tb", "cause": "exception"}
    assert said(state="dead", error=error)["data"]["error"] == expected


def test_a_crash_is_told_with_its_cause():
    error = said(state="dead", crashes=3, cause="signal 9")["data"]["error"]
    assert (error["cause"], "3 time(s)" in error["message"]) == ("signal 9", True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        ("99999999", 86400.0),
        ("Tue, 14 Nov 2023 22:13:30 GMT", 10.0),
        ("Tue, 14 Nov 2000 22:13:30 GMT", 0.0),
        *((odd, None) for odd in ("soon", "-5", "1.5", "", "٣", "9" * 400)),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_a_day(text, seconds):
    assert wait_of(text, 1_700_000_000.0) == seconds


@pytest.fixture
def deliver(monkeypatch):
    """Runs one attempt, which gets that answer."""

    def deliver(status, retry_after=None, url="https://a.test/x"):
        async def post(to, headers, body, **_):
            return sending.Answer(status, retry_after)

        monkeypatch.setattr(sending, "post", post)
        hand = running.set((JOB, 0))
        try:
            attempt = Webhooks(Config()).deliver("job.completed", 1, Target(url), dict(DATA))
            with pytest.raises(StopIteration):
                attempt.send(None)
        finally:
            running.reset(hand)

    return deliver


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_status_that_means_success_is_the_end_of_it(deliver, status):
    deliver(status)


@pytest.mark.parametrize(
    ("status", "retry_after", "raised"),
    [
        (410, None, Gone),
        *((status, None, Undelivered) for status in (199, 301, 302, 307, 308, 400, 401, 404, 429, 500, 502, 503)),
        (500, "5", Undelivered),
        (429, "5", Retry),
        (503, "5", Retry),
        (503, "soon", Undelivered),
    ],
)
def test_any_other_status_is_a_failure_of_its_kind(deliver, status, retry_after, raised):
    with pytest.raises(raised, match=rf"a\.test answered {status}") as told:
        deliver(status, retry_after)
    assert not isinstance(told.value, Retry) or told.value.after == 5.0


@pytest.mark.parametrize("url", ["ftp://a/", "http://u:p@a/", "https://a/\r\nX: y"])
def test_a_payload_that_was_written_by_hand_is_checked_again(deliver, url):
    with pytest.raises(Refused):
        deliver(200, url=url)


def test_the_task_is_made_by_the_config():
    registry = Registry()
    settings = {"retries": 4, "queue": "hooks", "timeout": 3, "backoff": {"base": 10, "factor": 10, "max": "5m"}}
    webhook.install(Config(webhooks=settings), registry)
    task = registry.get("herdsman.webhook")
    assert (task.queue, task.rules.retries, task.rules.backoff) == ("hooks", 4, (10.0, 100.0, 300.0, 300.0))
    assert task.rules.give_up_on == (Gone, Refused)
    assert registry.traits() == {"herdsman.webhook": '{"queue": "hooks"}'}


def test_without_a_queue_of_their_own_webhooks_wait_where_their_job_did():
    registry = Registry()
    webhook.install(Config(), registry)
    assert registry.traits() == {}
