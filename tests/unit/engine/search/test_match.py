"""What a query means for a job."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Job, JobError, JobState, Sealed, WorkerInfo
from engine.dead.fingerprint import fingerprint
from engine.search.match import TOO_LONG, Around, Matcher, Verdict, known
from engine.search.parse import parse
from engine.search.query import Value
from engine.search.values import contains, same

ERROR = JobError(type="SMTPTimeout", message="timed out after 30s", cause="exception")
WORKER = WorkerInfo(incarnation="ab12", host="h7", pid=1, pool="mail", slot=3)
AROUND = Around(2000.0, {"ab12": WORKER})


def _job(**changes: Any) -> Job:
    usual: dict[str, Any] = {
        "id": "1-1000000-1", "type": "send-email", "queue": "mail", "state": JobState.DEAD, "enqueued_at": 1000.0,
        "started_at": 1100.0, "finished_at": 1190.0, "attempts": 3, "crashes": 1, "worker": "ab12", "tenant": "acme",
        "priority": "high", "limit_key": "k", "flow": "1-5-5", "error": ERROR, "headers": {"trace": "t1"},
        "data": {
            "to": "Ann@example.com", "user": {"id": 42, "name": "Ann"}, "tags": ["a", "b"], "n": 1.5, "ok": True,
            "none": None, "a.b": 1, "rows": [{"sku": "x"}, {"sku": "y"}], "zip": "042", "bytes": b"xx",
        },
        "result": "4711",
    }  # fmt: skip
    return Job(**{**usual, **changes})


def _says(query: str, **changes: Any) -> str:
    return str(Matcher(parse(query)).says(_job(**changes), AROUND))


@pytest.mark.parametrize(
    "query",
    [
        "", "id:1-1000000-1", "type:send-email", "type:send-*", "type:*mail", "type:s*d*l", "queue:other,mail", "dead",
        "state:dead", "-state:completed", "worker:ab12", "worker:mail.3", "worker:mail.*", "pool:mail", "host:h7",
        "tenant:acme", "tenant:*", "priority:high", "key:k", "workflow:1-5-5", "cause:exception", "error:smtptimeout",
        "error:timed*30s", "error:*", f"group:{fingerprint('mail', 'send-email', ERROR)}", "attempts:3", "attempts>=3",
        "crashes>0", "attempts:1,3", "releases:0", "age>16m", "age<17m", "run>89s", "run<=90s", "ended<14m",
        "header.trace:t1", "payload:ann@EXAMPLE", "payload.user.id:42", "payload.user.id>41",
        'payload.user.name:"Ann"', "payload.tags:b",
        "payload.tags.0:a", "payload.n:1.5", "payload.n<2", "payload.ok:true", "payload.none:null", 'payload."a.b":1',
        "payload.rows.sku:y", "payload.rows.1.sku:y", "payload.user:*", "payload.zip:042", 'payload.zip:"042"',
        "result:47", "-payload.user.id:43", "example.com", '"SMTPTimeout"', "4711", "-nothing", "send-email",
    ],
)  # fmt: skip
def test_these_mean_the_job(query: str) -> None:
    assert _says(query) == "yes"


@pytest.mark.parametrize(
    "query",
    [
        "id:1-1-1", "type:send", "type:SEND-EMAIL", "type:*x*", 'type:"send-*"', "queue:mai", "completed", "retrying",
        "-dead", "worker:mail.4", "host:h8", "-tenant:acme", "-tenant:*", "priority:low", "error:refused", "cause:oom",
        "group:0123456789ab", "attempts:2", "attempts<3", "age<16m", "run>90s", "ended>15m", "due<1h", "header.trace:t",
        "payload.user.id:43", 'payload.user.id:"42"', "payload.user:42", "payload.none:*", "payload.zip>1",
        "payload.ok:1", "payload.tags.7:a", "payload.tags.x:a", "payload.zip:42", "payload.ok>0", "-payload.user.id:42",
        "nothing",
        "dead completed", "type:send-email queue:other", "payload.bytes:1", "payload.user.id.x:1", "result.x:1",
    ],
)  # fmt: skip
def test_these_do_not(query: str) -> None:
    assert _says(query) == "no"


def test_retrying_is_scheduled_and_has_run_before() -> None:
    assert _says("retrying", state=JobState.SCHEDULED) == "yes"
    assert _says("scheduled", state=JobState.SCHEDULED) == "yes"
    assert _says("retrying", state=JobState.SCHEDULED, attempts=0) == "no"
    assert _says("-retrying scheduled", state=JobState.SCHEDULED, attempts=0) == "yes"


def test_a_running_job_has_run_until_now() -> None:
    assert _says("run>14m", state=JobState.PROCESSING, finished_at=None) == "yes"
    assert _says("run>1s", state=JobState.PENDING, started_at=None, finished_at=None) == "no"


@pytest.mark.parametrize(("carried", "said"), [(Sealed(b"", "k1"), "encrypted"), (TOO_LONG, "too long")])
def test_what_cannot_be_looked_through_is_neither_a_yes_nor_a_no(carried: Any, said: str) -> None:
    assert _says("payload.user.id:42", data=carried) == said
    assert _says("-payload.user.id:42", data=carried) == said
    assert _says("payload.user.id:42 type:other", data=carried) == "no"
    assert _says("send", data=carried) == "yes"
    assert _says("nothing", data=carried) == said
    assert _says("type:send-email", data=carried) == "yes"


CONDITIONS = (
    "type:send-email", "-type:send-email", "type:*x", "queue:mail,x", "-queue:mail", "dead", "-dead", "retrying",
    "-retrying", "state:retr*", "state:*", "scheduled", "tenant:acme", "-tenant:*", "priority:high", "age>5m",
    "-age>5m", "attempts:0",
)  # fmt: skip


@given(
    st.lists(st.sampled_from(CONDITIONS), max_size=4).map(" ".join),
    st.sampled_from(list(JobState)),
    st.sampled_from([0, 2]),
    st.sampled_from(["acme", None]),
    st.sampled_from(["send-email", "x"]),
    st.sets(st.sampled_from(["id", "type", "queue", "state", "tenant", "priority", "age"])),
)
def test_what_is_known_beforehand_never_contradicts_the_job(
    query: str, state: JobState, attempts: int, tenant: str | None, type: str, told: set[str]
) -> None:
    job = _job(state=state, attempts=attempts, tenant=tenant, type=type)
    matcher = Matcher(parse(query))
    beforehand = {name: value for name, value in known(job, AROUND).items() if name in told}
    verdict = matcher.says(job, AROUND)
    if verdict is Verdict.YES:
        assert matcher.could_be(beforehand)
    if matcher.must_be(beforehand):
        assert verdict is Verdict.YES


@given(st.text("ab*", max_size=6), st.text("ab", max_size=8))
def test_a_star_stands_for_anything_and_costs_no_more_than_a_look(pattern: str, text: str) -> None:
    assert same(Value("a*"), text) == text.startswith("a")
    assert contains(Value(pattern), text + pattern.replace("*", "") + text)
    assert same(Value(f"*{pattern}*"), f"x{pattern.replace('*', '')}x")


@pytest.mark.parametrize(
    ("query", "seconds"),
    [("age<5m age<=1m", 60.0), ("age>5m", math.inf), ("-age<5m", math.inf), ("run<5m", math.inf)],
)
def test_how_old_a_job_may_be_is_told_beforehand(query: str, seconds: float) -> None:
    assert Matcher(parse(query)).oldest() == seconds


def test_lists_in_lists_end_somewhere() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    assert _says("payload.a:x", data={"a": deep}) == "no"
    assert _says("payload:x", data={"a": deep}) == "yes"
    assert _says("payload.k:x", data={("odd",): 1, "k": "x"}) == "yes"
    assert _says("payload:odd", data={("odd",): 1}) == "yes"
