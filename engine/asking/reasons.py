"""Why a job is not running: each reason is a small function of what is known of it (`why.py` asks for that). Pure. The
order of `REASONS` is the order in which they are told, the most telling first.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from engine.asking.standing import Standing
from engine.jobs.job import Job, WorkerInfo
from engine.jobs.states import FINISHED, JobState

LONGEST = 300  # characters of an error in a sentence


class Reason(msgspec.Struct, frozen=True):
    """One reason: a word for programs, a sentence for people, and what it is made of (plain data)."""

    code: str
    text: str
    data: dict[str, Any] = {}


class Why(msgspec.Struct, frozen=True):
    """Why a job is not running, or that it runs or has ended; `reasons` has one at least, the most telling first."""

    id: str
    state: JobState
    reasons: list[Reason]

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        return self.reasons[0].text


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known when the question was asked. Times are epoch seconds by the store's clock.

    Attributes:
        held: it waits in scheduled for something else than a time.
        serving: live workers that serve its queue. knowing: those among them that know its type.
        standing: what keeps its lane back.
        ahead: jobs that stand before it in its lane, None when unknown; `more`: there are more than that.
    """

    job: Job
    now: float
    paused: bool = False
    held: bool = False
    live: int = 0
    serving: Sequence[WorkerInfo] = ()
    knowing: Sequence[WorkerInfo] = ()
    standing: Standing = Standing()
    ahead: int | None = None
    more: bool = False


def ended(facts: Facts) -> Reason | None:
    """It has ended."""
    job = facts.job
    if job.state not in FINISHED:
        return None
    at = f" at {moment(job.finished_at)}" if job.finished_at else ""
    what = f"it died{at} and is a dead letter" if job.state == JobState.DEAD else f"it was {job.state.value}{at}"
    return Reason("ended", what + _after(job), {"state": job.state.value, "finished_at": job.finished_at})


def runs(facts: Facts) -> Reason | None:
    """A worker has it."""
    job = facts.job
    if job.state != JobState.PROCESSING:
        return None
    host = f" on {job.host}" if job.host else ""
    info = next((one for one in facts.serving if one.incarnation == job.worker), None)
    started = (info.since if info and info.job == job.id else None) or job.started_at
    if info and info.job != job.id and info.job is not None and job.started_at is None:
        text = f"worker {job.worker}{host} has claimed it and runs {info.job} before it"
        return Reason("claimed", text, {"worker": job.worker, "host": job.host, "runs": info.job})
    since = f" since {moment(started)}" if started else ""
    return Reason("runs", f"it runs{since} on worker {job.worker}{host}", {"worker": job.worker, "host": job.host})


def waits_for_others(facts: Facts) -> Reason | None:
    """It waits for other jobs, not for a time."""
    if not facts.held:
        return None
    return Reason("waits for others", "it waits until the jobs before it have ended")


def waits_for_time(facts: Facts) -> Reason | None:
    """Its time has not come."""
    job = facts.job
    if job.state != JobState.SCHEDULED or facts.held or job.due_at is None:
        return None
    data = {"due_at": job.due_at, "attempts": job.attempts}
    wait = f"until {moment(job.due_at)} ({_length(job.due_at - facts.now)})"
    if facts.now > job.due_at:
        late = f"its time came at {moment(job.due_at)}, and no janitor has moved it to its queue yet"
        return Reason("due", late, data)
    if not job.attempts and job.error is None:
        return Reason("scheduled", f"it is scheduled: it waits {wait}", data)
    if job.error and job.error.cause in ("snoozed", "unknown task"):
        return Reason("postponed", f"it was put off {wait}{_after(job)}", data)
    most = f" of {job.retries}" if job.retries is not None else ""
    return Reason("retry", f"it waits {wait} for retry {max(1, job.attempts)}{most}{_after(job)}", data)


def paused(facts: Facts) -> Reason | None:
    """Its queue gives nothing out."""
    if not _pending(facts) or not facts.paused:
        return None
    queue = facts.job.queue
    return Reason("paused", f"its queue {queue} is paused: resume {queue} and it goes on", {"queue": queue})


def paused_type(facts: Facts) -> Reason | None:
    """No job of its type starts."""
    if not _pending(facts) or not facts.standing.stopped:
        return None
    kind = facts.job.type
    return Reason("paused type", f"its type {kind} is paused: resume the type {kind} and it goes on", {"type": kind})


def parked(facts: Facts) -> Reason | None:
    """A worker met it that does not know its type, and there is none that does."""
    since, kind = facts.standing.parked_since, facts.job.type
    if not _pending(facts) or since is None or facts.standing.stopped:
        return None
    text = f"it is parked since {moment(since)}: no live worker knows the type {kind}; one that does takes it at once"
    return Reason("parked", text, {"type": kind, "since": since})


def limited(facts: Facts) -> Reason | None:
    """A rate or a concurrency limit lets none of its lane start now."""
    lane = facts.standing
    held = lane.held_until is not None and lane.held_until > facts.now
    if not _pending(facts) or not (held or lane.full):
        return None
    texts = []
    if held:
        whose = " or of ".join(f"its {one}" for one in lane.rates) or "its lane"
        texts.append(f"the rate of {whose} lets none start until {moment(lane.held_until)}")
    texts += [
        f"its {one.whose} has {one.running} of {one.most} running, all it may: {', '.join(one.jobs)}"
        for one in lane.full
    ]
    data = {"until": lane.held_until if held else None, "full": [msgspec.to_builtins(one) for one in lane.full]}
    return Reason("limited", "; ".join(texts), data)


def nobody_serves(facts: Facts) -> Reason | None:
    """No live worker takes jobs of its queue."""
    if not _pending(facts) or facts.serving:
        return None
    others = f"; {facts.live} serve others" if facts.live else "; no worker is alive at all"
    text = f"no live worker serves its queue {facts.job.queue}{others}"
    return Reason("no worker for its queue", text, {"queue": facts.job.queue, "live": facts.live})


def nobody_knows(facts: Facts) -> Reason | None:
    """No live worker that serves its queue has a task of its type."""
    if not _pending(facts) or not facts.serving or facts.knowing:
        return None
    job, serving = facts.job, len(facts.serving)
    text = f"none of the {serving} live worker(s) of its queue {job.queue} knows the type {job.type}"
    return Reason("no worker for its type", text, {"type": job.type, "serving": serving})


def turns(facts: Facts) -> Reason | None:
    """Lanes of other tenants, types and priorities have their turns before its own."""
    lane = facts.standing
    if not _pending(facts) or not lane.lanes:
        return None
    own = lane.own or f"the main one of queue {facts.job.queue}"
    text = f"{lane.lanes} lane(s) have their turn before its own ({own}), a few jobs each"
    return Reason("turns", text, {"lanes": lane.lanes, "own": lane.own})


def behind(facts: Facts) -> Reason | None:
    """Others are before it."""
    if not _pending(facts) or not facts.ahead:
        return None
    number = f"more than {facts.ahead:,}" if facts.more else f"{facts.ahead:,}"
    lane = f", lane of {facts.standing.own}" if facts.standing.own else ""
    text = f"it is pending behind {number} job(s) in queue {facts.job.queue}{lane}"
    return Reason("behind", text, {"ahead": facts.ahead, "more": facts.more})


def all_busy(facts: Facts) -> Reason | None:
    """Everybody who could run it runs something."""
    if not _pending(facts) or not facts.knowing or any(one.state == "idle" for one in facts.knowing):
        return None
    text = f"all {len(facts.knowing)} worker(s) that could run it are at work"
    return Reason("busy", text, {"workers": len(facts.knowing)})


def about_to_run(facts: Facts) -> Reason | None:
    """Nothing keeps it."""
    if not _pending(facts) or not facts.knowing:
        return None
    return Reason("next", "nothing keeps it: a worker takes it at any moment")


def _after(job: Job) -> str:
    return f", after {job.error.type}: {job.error.message}"[:LONGEST] if job.error else ""


def _pending(facts: Facts) -> bool:
    return facts.job.state == JobState.PENDING


REASONS: list[Callable[[Facts], Reason | None]] = [
    ended,
    runs,
    waits_for_others,
    waits_for_time,
    paused,
    paused_type,
    parked,
    limited,
    nobody_serves,
    nobody_knows,
    behind,
    turns,
    all_busy,
]
"""Each answers None when it does not apply. A new kind of waiting adds one here, and what it looks at to `Facts`."""


def explain(facts: Facts) -> Why:
    """All reasons that apply. Pure."""
    found = [reason for one in REASONS if (reason := one(facts)) is not None]
    if not found:
        found = [about_to_run(facts) or Reason("unknown", f"it is {facts.job.state.value}")]
    return Why(facts.job.id, facts.job.state, found)


def moment(epoch: float | None) -> str:
    """Epoch seconds as UTC text to the second."""
    return datetime.fromtimestamp(epoch or 0.0, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _length(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return f"in {seconds / size:.1f}".removesuffix(".0") + unit
    return f"in {max(0.0, seconds):.0f}s"
