"""Why a job is not running: each reason from the facts alone."""

import pytest

from engine.asking import reasons
from engine.asking.reasons import Facts, Reason, explain
from engine.asking.standing import Full, Standing
from engine.jobs.job import Job, JobError, WorkerInfo
from engine.jobs.states import JobState

NOW = 1_000_000.0


def worker(**said):
    return WorkerInfo(**{"incarnation": "a1", "host": "h", "pid": 1, "pool": "p", "slot": 0, **said})


def facts(state=JobState.PENDING, job=None, **more):
    record = Job(**{"id": "1-2-3", "type": "t", "queue": "q", "state": state, "enqueued_at": NOW - 60, **(job or {})})
    return Facts(job=record, now=NOW, **more)


ERROR = JobError(type="ValueError", message="no luck")
IDLE, BUSY = worker(), worker(state="busy", job="1-1-1")
CASES = [
    ("ended", facts(JobState.COMPLETED, {"finished_at": NOW}), "it was completed at 1970-01-12 13:46:40 UTC"),
    ("ended", facts(JobState.DEAD, {"error": ERROR}), "it died and is a dead letter, after ValueError: no luck"),
    ("runs", facts(JobState.PROCESSING, {"worker": "a1", "host": "h"}), "it runs on worker a1 on h"),
    (
        "runs",
        facts(JobState.PROCESSING, {"worker": "a1"}, serving=[worker(job="1-2-3", since=NOW)]),
        "it runs since 1970-01-12 13:46:40 UTC on worker a1",
    ),
    (
        "claimed",
        facts(JobState.PROCESSING, {"worker": "a1"}, serving=[BUSY]),
        "worker a1 has claimed it and runs 1-1-1 before it",
    ),
    ("waits for others", facts(JobState.SCHEDULED, held=True), "until the jobs before it have ended"),
    ("scheduled", facts(JobState.SCHEDULED, {"due_at": NOW + 90}), "13:48:10 UTC (in 1.5m)"),
    ("due", facts(JobState.SCHEDULED, {"due_at": NOW - 90}), "no janitor has moved it"),
    (
        "retry",
        facts(JobState.SCHEDULED, {"due_at": NOW + 9, "attempts": 2, "retries": 5, "error": ERROR}),
        "(in 9s) for retry 2 of 5, after ValueError: no luck",
    ),
    (
        "postponed",
        facts(JobState.SCHEDULED, {"due_at": NOW + 9, "error": JobError(type="S", message="m", cause="snoozed")}),
        "it was put off until",
    ),
    ("paused", facts(paused=True, serving=[IDLE], knowing=[IDLE]), "its queue q is paused"),
    ("paused type", facts(standing=Standing(stopped=True, parked_since=NOW)), "its type t is paused"),
    ("parked", facts(standing=Standing(parked_since=NOW)), "no live worker knows the type t"),
    (
        "limited",
        facts(standing=Standing(held_until=NOW + 9, rates=["type t", "tenant a"])),
        "the rate of its type t or of its tenant a lets none start until 1970-01-12 13:46:49 UTC",
    ),
    (
        "limited",
        facts(standing=Standing(full=[Full("type t with key k", 2, 2, ["1-2-8", "1-2-9"])])),
        "its type t with key k has 2 of 2 running, all it may: 1-2-8, 1-2-9",
    ),
    ("no worker for its queue", facts(standing=Standing(held_until=NOW - 1)), "no live worker serves"),
    (
        "turns",
        facts(serving=[IDLE], knowing=[IDLE], ahead=0, standing=Standing(lanes=2, own="tenant a")),
        "2 lane(s) have their turn before its own (tenant a)",
    ),
    (
        "behind",
        facts(serving=[IDLE], knowing=[IDLE], ahead=2, standing=Standing(lanes=2, own="tenant a")),
        "behind 2 job(s) in queue q, lane of tenant a",
    ),
    ("no worker for its queue", facts(), "no live worker serves its queue q; no worker is alive at all"),
    ("no worker for its queue", facts(live=3), "no live worker serves its queue q; 3 serve others"),
    ("no worker for its type", facts(serving=[IDLE]), "none of the 1 live worker(s) of its queue q knows the type t"),
    ("behind", facts(serving=[IDLE], knowing=[IDLE], ahead=12), "pending behind 12 job(s) in queue q"),
    ("behind", facts(serving=[IDLE], knowing=[IDLE], ahead=10_000, more=True), "behind more than 10,000 job(s)"),
    ("busy", facts(serving=[BUSY], knowing=[BUSY], ahead=0), "all 1 worker(s) that could run it are at work"),
    ("next", facts(serving=[BUSY, IDLE], knowing=[BUSY, IDLE], ahead=0), "nothing keeps it"),
]


@pytest.mark.parametrize(("code", "known", "said"), CASES, ids=[case[0] for case in CASES])
def test_the_first_reason_is_the_most_telling(code, known, said) -> None:
    why = explain(known)
    assert why.reasons[0].code == code
    assert said in why.text


def test_all_reasons_that_apply_are_told() -> None:
    why = explain(facts(paused=True, serving=[BUSY], knowing=[BUSY], ahead=3))
    assert [reason.code for reason in why.reasons] == ["paused", "behind", "busy"]


@pytest.mark.parametrize("state", JobState)
def test_there_is_always_an_answer(state) -> None:
    assert explain(facts(state)).text


def test_a_reason_that_is_added_is_told(monkeypatch) -> None:
    monkeypatch.setattr(reasons, "REASONS", [lambda _: Reason("limited", "until noon"), *reasons.REASONS])
    assert explain(facts()).text == "until noon"
